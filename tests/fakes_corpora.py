"""The product over a few texts that a test writes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.wiring import Workspace
from tests.conftest import PROJECT
from tests.fakes import fake_workspace
from vectorstore.records import Sentence, Statement, StatementKind

_PARTIES = PROJECT / "evals" / "conference" / "parties.csv"
Stored = dict[str, tuple[Statement, tuple[Sentence, ...]]]


def write_corpus(folder: Path, texts: Mapping[str, str], manifest: str = "", parties: str | None = None) -> Path:
    """Writes texts by the names of their files, with these `statements.csv` and `parties.csv`, where there are any.

    The parties are those of the fictional conference by default.
    """
    known = _PARTIES.read_text(encoding="utf-8") if parties is None else parties
    for name, text in {**texts, "statements.csv": manifest, "parties.csv": known}.items():
        if text:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def stored_in(workspace: Workspace) -> Stored:
    """Every stored statement with its sentences, by file name without folder and suffix."""
    documents, sentences = workspace.corpus.documents(), workspace.store.catalogue.sentences
    return {Path(d.file).stem: (workspace.corpus.show(d.document_id), sentences(d.document_id)) for d in documents}


@contextmanager
def workspace_over(
    folder: Path,
    texts: Mapping[str, str],
    manifest: str = "",
    parties: str | None = None,
    kind: StatementKind = "statement",
    **wired: Any,
) -> Iterator[Workspace]:
    """Opens the product in a folder over texts as `write_corpus` writes them; `wired` as in `fake_workspace`."""
    corpus = write_corpus(folder / "corpus", texts, manifest, parties)
    with fake_workspace(folder / "store", **wired) as workspace:
        workspace.corpus.ingest([corpus], kind=kind)
        yield workspace
