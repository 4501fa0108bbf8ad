"""Files to ingest, the documents that the store holds for them, and how a file is read against its document."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ingest.annotate import Annotator, UnsplitDocument
from ingest.incremental.carried_corrections import with_corrections_of
from ingest.incremental.reannotation import reannotate
from ingest.loaders.loaded import LoadedText, printable
from ingest.metadata.corrections import corrected_fields, with_corrections
from ingest.metadata.manifest import ManifestRow
from ingest.report import quoted
from vectorstore.catalogue import Catalogue
from vectorstore.records import AnnotatedDocument, DocumentSummary, StatementKind
from vectorstore.store import Store


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file to ingest: its path, its name and position (`order`) in the report, and its manifest row."""

    path: Path
    folder: Path
    name: str
    order: int
    row: ManifestRow | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Its key in the catalogue: folder and name."""
        return printable(str(self.folder)), self.name


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    """A file that was read, with the document that the store `held` for it at that time; annotated if it seems new."""

    source: Source
    loaded: LoadedText
    held: DocumentSummary | None
    unsplit: UnsplitDocument
    annotated: AnnotatedDocument | None = None


class DocumentsByFile:
    """The documents of a store, by folder and name of their file, and by digest."""

    def __init__(self, store: Store) -> None:
        self._store, self._version = store, -1
        self.by_file: dict[tuple[str, str], DocumentSummary] = {}
        self.by_digest: dict[str, DocumentSummary] = {}
        self.refresh()

    def refresh(self) -> None:
        """Reads the stored documents again if another process, or another thread of this one, has written."""
        version = self._store.catalogue.database.writes_of_others()
        if version != self._version:
            self._version = version
            self.by_file = {(s.folder, s.file): s for s in self._store.catalogue.documents()}
            self.by_digest = {s.digest: s for s in self.by_file.values()}

    def put(self, at: tuple[str, str], summary: DocumentSummary) -> None:
        """Notes that a document was stored, in place of the one of the same file."""
        if (before := self.by_file.get(at)) is not None:
            self._forget_digest(before)
        self.by_digest[summary.digest] = self.by_file[at] = summary

    def remove(self, summary: DocumentSummary) -> None:
        """Removes a document from the store."""
        self._store.catalogue.remove(summary.document_id)
        self.by_file.pop((summary.folder, summary.file), None)
        self._forget_digest(summary)

    def _forget_digest(self, summary: DocumentSummary) -> None:
        """Removes a document from the known digests, so that another file with this digest is stored again."""
        known = self.by_digest.get(summary.digest)
        if known is not None and known.document_id == summary.document_id:
            del self.by_digest[summary.digest]

    def move(self, held: DocumentSummary, at: tuple[str, str], sha256: str, key: str) -> DocumentSummary:
        """Records the folder and name of the file in which a document stands now."""
        key = with_corrections(key, corrected_fields(held.input_key))
        summary = replace(held, folder=at[0], file=at[1], sha256=sha256, input_key=key)
        self._store.catalogue.touch(held.document_id, file=at[1], folder=at[0], sha256=sha256, input_key=key)
        self.by_digest[summary.digest] = self.by_file[at] = summary
        return summary


def name_of(path: Path, folder: Path) -> str:
    """Returns the name of a file in the report and in the store."""
    return printable(path.relative_to(folder).as_posix())


def read_source(
    source: Source, loaded: LoadedText, held: DocumentSummary | None, kind: StatementKind, annotator: Annotator,
    catalogue: Catalogue,
) -> ReadFile | None:  # fmt: skip
    """Reads the metadata of a file's text; None if the document that the store `held` for the file is up to date."""
    key = annotator.input_key(loaded, source.row, kind)
    read = partial(annotator.read, loaded, source.row, file=source.name, kind=kind, input_key=str(key))
    as_read = partial(ReadFile, source=source, loaded=loaded, held=held)
    if held is None:
        return as_read(unsplit=read())
    stored, document = key.with_present_rules(held.input_key), None
    if held.input_key == stored:
        return None
    if stored is not None or (held.kind != "record" and key.has_other_party_names(held.input_key)):
        document = catalogue.document(held.document_id)
    if document is not None and stored is not None:
        # Only the splitting rules are new: the metadata are kept, with a person's corrections.
        unsplit = UnsplitDocument(document=document, digest=held.digest, input_key=stored, reason=None)
        return _renewed(as_read(unsplit=unsplit), held.document_id, annotator, catalogue)
    unsplit = read(stored=document)
    if document is not None:
        kept = with_corrections(unsplit.input_key, corrected_fields(held.input_key))
        return as_read(unsplit=replace(unsplit, input_key=kept))
    is_same = False
    if held.kind == unsplit.document.kind == "record":
        old = catalogue.document(held.document_id)
        is_same = old is not None and old.source_text == loaded.text
    unsplit = with_corrections_of(annotator, held, unsplit, source.row, kind, catalogue, reannotates=is_same)
    is_current = unsplit.digest == held.digest and annotator.is_current(held.input_key)
    file = as_read(unsplit=unsplit)
    return _renewed(file, held.document_id, annotator, catalogue) if is_same and not is_current else file


def _renewed(read: ReadFile, held_id: str, annotator: Annotator, catalogue: Catalogue) -> ReadFile:
    """Annotates a stored document by the present rules, with the States that a person set on its interventions."""
    unsplit = read.unsplit
    before = catalogue.statements_of(replace(unsplit.document, document_id=held_id))
    renewed = reannotate(annotator, unsplit.document, before, unsplit.input_key)
    document, unset = renewed.annotated.document, renewed.unset
    notes = [f"States set by hand have to be set again, of {quoted(unset)}"] if unset else []
    reason = "; ".join(filter(None, (unsplit.reason, *notes))) or None
    unsplit = replace(unsplit, document=document, digest=renewed.digest, input_key=renewed.input_key, reason=reason)
    return replace(read, unsplit=unsplit, annotated=renewed.annotated)
