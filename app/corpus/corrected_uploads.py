"""Files that are sent again: a corrected upload takes the place of the file of its name that was sent before."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz

from app.corpus.stored_documents import EDITABLE, StoredDocuments
from app.corpus.uploads_store import UploadsStore
from app.errors import DuplicateError
from ingest.annotate import UnsplitDocument
from ingest.errors import ManifestError
from ingest.incremental.carried_corrections import with_corrections_of
from ingest.loaders.loaded import LoadedText
from ingest.metadata.corrections import corrected_fields, heading_letters, with_corrections
from ingest.metadata.manifest import ManifestRow, read_manifest
from ingest.metadata.metadata import read_metadata
from ingest.parties.party_table import load_parties
from ingest.report import NO_STATE, FileResult, IngestReport
from ingest.text.layout import find_blocks
from vectorstore.records import Document, DocumentSummary
from vectorstore.store import Store

# Lowest similarity, 0 to 100, at which an upload corrects the earlier file of its name; and characters compared.
_SIMILARITY_MIN: Final = 70
_COMPARED_CHARS: Final = 20_000
# Metadata that a corrected upload takes over from the file sent before, where its own text does not give them.
_KEPT_OF_EARLIER: Final = ("agenda_item", "body", "date", "session")


class CorrectedUploads:
    """The uploads of one store that correct earlier ones."""

    def __init__(self, store: Store, documents: StoredDocuments, uploads: UploadsStore) -> None:
        self._store, self._documents, self._uploads = store, documents, uploads

    def replace_earlier(self, report: IngestReport, paths: Sequence[Path]) -> IngestReport:
        """Removes the statements that uploaded files correct; returns the report with these files as replacements."""
        folders = {str((path if path.is_dir() else path.parent).resolve()) for path in paths}
        uploaded = {d.file: d for d in self._store.catalogue.documents() if d.folder in folders}
        replaced = {file: old for file, new in uploaded.items() if (old := self._sent_before(new)) is not None}
        return replace(report, files=tuple(self._corrected_upload(file, uploaded, replaced) for file in report.files))

    def _sent_before(self, new: DocumentSummary) -> DocumentSummary | None:
        read = self._documents.document(new.document_id)
        for old in self._store.catalogue.documents():
            if old.file != new.file or old.folder == new.folder or Path(old.folder).parent != Path(new.folder).parent:
                continue
            before = self._documents.document(old.document_id)
            if fuzz.ratio(read.source_text[:_COMPARED_CHARS], before.source_text[:_COMPARED_CHARS]) < _SIMILARITY_MIN:
                continue
            # Similar files of one name, such as "statement.txt", may be of two parties: neither corrects the other.
            one, other = (self._holders_by_text(each) | {*each.metadata.holders} for each in (read, before))
            unclaimed = not other if one else heading_letters(read) == heading_letters(before)
            if one & other or unclaimed:
                return old
        return None

    def _holders_by_text(self, held: Document) -> frozenset[str]:
        blocks = find_blocks(held.source_text)
        return frozenset(read_metadata(held.source_text, blocks, load_parties(self._store), held.file).metadata.holders)

    def _corrected_upload(
        self, result: FileResult, uploaded: Mapping[str, DocumentSummary], replaced: Mapping[str, DocumentSummary]
    ) -> FileResult:
        old = replaced.get(result.file)
        if old is None or result.result != "added":
            return result
        new, reason = uploaded[result.file], "in place of the file of this name that was sent before"
        identifier = new.document_id
        with self._store.writer():
            read = self._documents.document(identifier)
            known = self._with_known_before(old, new, read)
            metadata, by_hand = known.document.metadata, corrected_fields(known.input_key)
            changed = [name for name in EDITABLE if getattr(metadata, name) != getattr(read.metadata, name)]
            if changed or by_hand:
                try:
                    changes = (metadata, known.document.inferred)
                    identifier = self._documents.change(
                        read.as_statement(), *changes, instead_of=old.document_id, by_hand=by_hand
                    )
                    unsaid = any(getattr(read.metadata, name) is None for name in changed)
                    reason += "; what its text does not say stays as it was" if unsaid else ""
                except DuplicateError as error:
                    metadata = read.metadata
                    reason += f"; what was known of that one ({', '.join(changed)}) is not kept: {error}"
            if identifier != old.document_id:
                self._store.catalogue.remove(old.document_id)
        self._uploads.remove(Path(old.folder), old.file)
        state = metadata.state
        # Only a missing State is still reported; that the text is near the replaced one is said already.
        missing_state = [part for part in (result.reason or "").split("; ") if NO_STATE in part and state is None]
        reason = "; ".join(filter(None, (reason, known.reason, *missing_state)))
        return replace(result, result="replaced", reason=reason, statement_id=identifier, state=state)

    def _with_known_before(self, old: DocumentSummary, new: DocumentSummary, read: Document) -> UnsplitDocument:
        """Returns an uploaded document (`read`) with what was known of the one that it corrects.

        Where its text does not say the agenda item, body, date or session, it is that of the earlier one; what a person
        set is carried over, or reported. A State that a manifest sent with the earlier file gave counts as set by a
        person.
        """
        annotator, row = self._documents.annotator(), _row_of(new)
        values = ((name, getattr(old.metadata, name)) for name in _KEPT_OF_EARLIER)
        filled = {name: value for name, value in values if getattr(read.metadata, name) is None}
        loaded = LoadedText(text=read.source_text, sha256=new.sha256)
        again = annotator.read(loaded, row, file=new.file, kind="statement", input_key=new.input_key)
        document = replace(read, blocks=again.document.blocks, metadata=replace(read.metadata, **filled))
        unsplit = replace(again, document=document, input_key=new.input_key, reason=None)
        without = old.kind == new.kind == "statement" and old.metadata.holders and not new.metadata.holders
        given = {"state"} if without and not self._holders_by_text(self._documents.document(old.document_id)) else ()
        held = replace(old, input_key=with_corrections(old.input_key, given))
        return with_corrections_of(annotator, held, unsplit, row, "statement", self._store.catalogue)


def _row_of(document: DocumentSummary) -> ManifestRow | None:
    """Returns the row of an uploaded file in the manifest that was sent beside it; None for one inside an archive."""
    folder, manifest = Path(document.folder), None
    with suppress(ManifestError):
        manifest = read_manifest(folder, files=[folder / document.file], by_base_name=True)
    return next((row for row in manifest.rows if row.file == document.file), None) if manifest else None
