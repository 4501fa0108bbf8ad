"""The documents that a store holds, as a running ingest knows them."""

from dataclasses import replace

from ingest.metadata.corrections import corrected_fields, with_corrections
from vectorstore.records import DocumentSummary
from vectorstore.store import Store


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
