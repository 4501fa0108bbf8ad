"""Files to ingest, and how a file is read against the document that the store holds for it."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ingest.annotate import Annotator, UnsplitDocument
from ingest.incremental.renewal import renew, with_corrections_of
from ingest.loaders.loaded import LoadedText, printable
from ingest.metadata.corrections import corrected_fields, with_corrections
from ingest.metadata.manifest import ManifestRow
from ingest.report import quoted
from vectorstore.catalogue import Catalogue
from vectorstore.records import AnnotatedDocument, DocumentSummary, StatementKind


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
    if stored is not None or (held.kind != "record" and key.is_of_other_names(held.input_key)):
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
    unsplit = with_corrections_of(annotator, held, unsplit, source.row, kind, catalogue, renews=is_same)
    is_current = unsplit.digest == held.digest and annotator.is_current(held.input_key)
    file = as_read(unsplit=unsplit)
    return _renewed(file, held.document_id, annotator, catalogue) if is_same and not is_current else file


def _renewed(read: ReadFile, held_id: str, annotator: Annotator, catalogue: Catalogue) -> ReadFile:
    """Annotates a stored document by the present rules, with the States that a person set on its interventions."""
    unsplit = read.unsplit
    before = catalogue.statements_of(replace(unsplit.document, document_id=held_id))
    renewed = renew(annotator, unsplit.document, before, unsplit.input_key)
    document, unset = renewed.annotated.document, renewed.unset
    notes = [f"States set by hand have to be set again, of {quoted(unset)}"] if unset else []
    reason = "; ".join(filter(None, (unsplit.reason, *notes))) or None
    unsplit = replace(unsplit, document=document, digest=renewed.digest, input_key=renewed.input_key, reason=reason)
    return replace(read, unsplit=unsplit, annotated=renewed.annotated)
