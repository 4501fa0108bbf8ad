"""The ground truth of a corpus: texts from the files and facts from the manifest, without the product's index.

So an error in how the product reads a file cannot confirm itself: a quotation is compared with the file.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from app.settings import Settings
from app.wiring import open_workspace
from evals.cases.case import Case, Evidence
from evals.errors import DatasetError
from evals.files import Tell, counted, quiet
from ingest.errors import LoadError
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import find_files
from ingest.loaders.worker import load, with_members
from ingest.metadata.manifest import ManifestRow, read_manifest
from ingest.metadata.metadata import read_metadata
from ingest.parties.party_names import PARTIES_NAME
from ingest.parties.party_table import PartyTable
from ingest.text.layout import find_blocks
from vectorstore.records import Metadata, text_sha256

# Facts that both a citation and a manifest state, so that they can be compared.
FACTS: Final = ("body", "session", "date", "agenda_item", "symbol", "on_behalf_of")
_LIMITS: Final = LoadLimits()


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file of a corpus: its path as citations name it, and the text that offsets count in."""

    file: str
    text: str
    state: str | None = None
    """Code of who holds the position; None where the manifest does not say."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Values of the manifest by the names of `FACTS`; empty cells are left out."""
    language: str | None = None
    kind: str = "statement"

    @cached_property
    def years(self) -> frozenset[str]:
        """The years of the statement by the manifest, else by its text: for look-up and lint, not for scores."""
        told = Metadata(date=self.facts.get("date"))
        known = told if told.date else read_metadata(self.text, find_blocks(self.text), None, self.file).metadata
        return frozenset(map(str, known.years))

    def find(self, quote: str) -> tuple[int, int] | None:
        """Returns where a quotation stands, `[start, end)`; white space, hyphens and apostrophes may differ."""
        letters = ["['’‘]" if char in "'’‘" else re.escape(char) for char in quote if not char.isspace()]
        match = re.search(r"[\s-]*".join(letters), self.text) if letters else None
        return None if match is None else match.span()

    def evidence(self, identifier: str, start: int, end: int, *, state: str | None = None) -> Evidence:
        """Returns the words at `[start, end)` as evidence; `state` is used where the manifest names no State."""
        words = self.text[start:end]
        return Evidence(
            id=identifier, file=self.file, state=self.state or state, start=start, end=end, sha256=text_sha256(words),
            quote=words, lang=self.language,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Documents:
    """All files of a corpus by name, with a hash over names, texts and facts, and everyone who can speak there."""

    by_file: Mapping[str, Document]
    sha256: str
    parties: PartyTable

    def sessions(self) -> Mapping[str, str]:
        """Returns the session of each year in which all statements are of one session."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for facts in (document.facts for document in self.by_file.values()):
            if "date" in facts and "session" in facts:
                found[facts["date"][:4]].add(facts["session"])
        return {year: min(sessions) for year, sessions in found.items() if len(sessions) == 1}

    def words_of(self, span: Evidence) -> str:
        """Returns the words of a span of evidence: those of the file, else those that the case gives."""
        document = self.by_file.get(span.file)
        if document is not None and span.located and span.end <= len(document.text):
            return document.text[span.start : span.end]
        return span.quote or ""

    def informed_by(self, cases: Iterable[Case]) -> "Documents":
        """Returns the documents, those without a State in the manifest with the only State of their evidence."""
        states_by_file: defaultdict[str, set[str]] = defaultdict(set)
        for span in (span for case in cases for span in case.evidence):
            states_by_file[span.file].update([span.state] if span.state else ())
        # A file with evidence of several States is a record of a meeting, which has no State of its own.
        only = {file: min(states) for file, states in states_by_file.items() if len(states) == 1}
        completed = {f: replace(d, state=only[f]) for f, d in self.by_file.items() if d.state is None and f in only}
        return replace(self, by_file={**self.by_file, **completed})


def read_documents(folders: Sequence[Path], tell: Tell = quiet, limits: LoadLimits = _LIMITS) -> Documents:
    """Reads the documents of folders, as their manifests list them or, without one, every file that a loader reads.

    With the `limits` of the product their texts are those that the product reads, and its offsets count in them.
    """
    parties = PartyTable.load().with_extra(*(f / PARTIES_NAME for f in folders if (f / PARTIES_NAME).is_file()))
    by_file: dict[str, Document] = {}
    for folder in folders:
        if not folder.is_dir():
            raise DatasetError(f"no folder of statements at {str(folder)!r}: give --corpus FOLDER")
        for document in _of_folder(folder, parties, tell, limits):
            if document.file in by_file:
                raise DatasetError(f"{document.file!r} stands in two of the folders: rename one of the files")
            by_file[document.file] = document
    return _documents(by_file, parties)


def stored_documents(settings: Settings) -> Documents:
    """Reads documents and their facts from the store, for sets of cases that bring no corpus of their own."""
    with open_workspace(settings, read_only=True, check_model=False) as workspace:
        stored = [workspace.corpus.show(listed.document_id) for listed in workspace.corpus.documents()]
        parties = workspace.corpus.parties()
    found = (_document(s.file, s.source_text, s.metadata.state, s.kind, s.metadata) for s in stored)
    return _documents({document.file: document for document in found}, parties)


def _document(file: str, text: str, state: str | None, kind: str, metadata: ManifestRow | Metadata) -> Document:
    facts = {name: value for name in FACTS if (value := getattr(metadata, name))}
    return Document(file=file, text=text, state=state, facts=facts, language=metadata.language, kind=kind)


def located(cases: Iterable[Case], documents: Documents) -> tuple[Case, ...]:
    """Returns the cases with offsets added to evidence that is given by its words alone."""

    def find(case: Case, span: Evidence) -> Evidence:
        if span.located:
            return span
        document = documents.by_file.get(span.file)
        if document is None:
            raise DatasetError(f"case {case.id!r}: no file {span.file!r} in the corpus: name it as the manifest does")
        found = document.find(span.quote or "")
        if found is None:
            raise DatasetError(f"case {case.id!r}, {span.file}: evidence not found: {(span.quote or '')[:60]!r}")
        return span.model_copy(update={"start": found[0], "end": found[1]})

    return tuple(case.model_copy(update={"evidence": tuple(find(case, s) for s in case.evidence)}) for case in cases)


def _of_folder(folder: Path, parties: PartyTable, tell: Tell, limits: LoadLimits) -> Iterable[Document]:
    manifest = read_manifest(folder)
    found = [] if manifest else [path for each in find_files(folder) for path in with_members(each, limits)]
    rows = manifest.rows if manifest else [ManifestRow(file=p.relative_to(folder).as_posix()) for p in found]
    for row in counted(rows, f"reading the statements of {folder.name!r}", tell):
        try:
            text = load(folder / row.file, limits, folder).text
        except LoadError as exc:
            raise DatasetError(f"cannot read {row.file!r} of {str(folder)!r}: {exc}") from exc
        codes = parties.resolve(row.state).codes if row.state else ()
        yield _document(row.file, text, codes[0] if len(codes) == 1 else None, row.kind or "statement", row)


def _documents(by_file: Mapping[str, Document], parties: PartyTable) -> Documents:
    lines = (
        f"{file}\0{text_sha256(document.text)}\0{document.state}\0{sorted(document.facts.items())}\n"
        for file, document in sorted(by_file.items())
    )
    return Documents(by_file=by_file, sha256=text_sha256("".join(lines)), parties=parties)
