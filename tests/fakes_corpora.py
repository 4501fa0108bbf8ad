"""Workspaces over a few texts that a test writes."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.wiring import Workspace
from ingest.language.sentences import split_sentences
from tests.conftest import PROJECT
from tests.fakes import fake_workspace
from vectorstore.records import Sentence, Statement, StatementKind

_PARTIES = PROJECT / "evals" / "conference" / "parties.csv"
Stored = dict[str, tuple[Statement, tuple[Sentence, ...]]]


def write_corpus(
    folder: Path, files: Mapping[str, str | bytes], manifest: str = "", parties: str | None = None
) -> Path:
    """Writes files by their names, and `statements.csv` and `parties.csv` unless their text is empty.

    The parties are those of the fictional conference by default.
    """
    known = _PARTIES.read_text(encoding="utf-8") if parties is None else parties
    tables = {name: table for name, table in (("statements.csv", manifest), ("parties.csv", known)) if table}
    for name, content in {**files, **tables}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def debate(test_data: Path) -> list[dict[str, str]]:
    """Returns the rows of the manifest of the general debate."""
    with (test_data / "general_debate" / "statements.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def texts_of(test_data: Path, rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Returns the speeches of these manifest rows of the general debate, by the names of their files."""
    return {row["file"]: (test_data / "general_debate" / row["file"]).read_text(encoding="utf-8") for row in rows}


def manifest_of(rows: Sequence[Mapping[str, str]]) -> str:
    """Returns these rows as the text of a `statements.csv`."""
    written = io.StringIO()
    table = csv.DictWriter(written, [*rows[0]])
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def split(text: str, *, paragraph: int | None = 1) -> list[Sentence]:
    """Returns the sentences of a text in the statement `s`, whose paragraphs are counted from this one on."""
    return [
        Sentence(
            statement_id="s",
            ordinal=at,
            start=start,
            end=end,
            text=text[start:end],
            paragraph=None if paragraph is None else paragraph + text.count("\n\n", 0, start),
            page=None,
        )
        for at, (start, end) in enumerate(split_sentences(text))
    ]


def stored_in(workspace: Workspace) -> Stored:
    """Returns every stored statement with its sentences, by file name without folder and suffix."""
    documents, sentences = workspace.corpus.documents(), workspace.store.catalogue.sentences
    return {Path(d.file).stem: (workspace.corpus.show(d.document_id), sentences(d.document_id)) for d in documents}


@contextmanager
def workspace_over(
    folder: Path,
    files: Mapping[str, str | bytes],
    manifest: str = "",
    parties: str | None = None,
    kind: StatementKind = "statement",
    **wired: Any,
) -> Iterator[Workspace]:
    """Yields a workspace over files as `write_corpus` writes them; `wired` are options of `fake_workspace`."""
    corpus = write_corpus(folder / "corpus", files, manifest, parties)
    with fake_workspace(folder / "store", **wired) as workspace:
        workspace.corpus.ingest([corpus], kind=kind)
        yield workspace
