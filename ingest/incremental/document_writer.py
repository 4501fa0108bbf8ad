"""Writes the documents of files: reads and annotates them, embeds them in batches, and stores what is new.

A file whose hash, manifest row and kind are unchanged is not annotated again; a renamed file keeps its statement; the
same text with the same metadata in two files is one statement.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

from ingest.annotate import Annotator, UnsplitDocument
from ingest.errors import LoadError
from ingest.incremental.source_files import DocumentsByFile, ReadFile, Source, read_source
from ingest.loaders.loaded import LoadedText, LoadLimits, printable
from ingest.loaders.worker import digest, exists, load
from ingest.metadata.manifest import MANIFEST_NAME
from ingest.report import (
    NO_STATE,
    FileOutcome,
    FileResult,
    IngestStep,
    PartReport,
    ProgressListener,
    ProgressMeter,
)
from vectorstore.arrays import Matrix
from vectorstore.embeddings import Embedder
from vectorstore.private_files import touch_private
from vectorstore.records import AnnotatedDocument, DocumentSummary, StatementKind, UnreadableFile
from vectorstore.store import Store

# Files that are embedded and stored together: enough for even batches, few enough to lose little if the process is
# killed. The first batches are smaller, so that an ingest that is killed early has stored something too.
_BATCH_SIZE = 16


class DocumentWriter:
    """Reads files and stores their documents, while other processes may do so for other files (`is_part`)."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        limits: LoadLimits,
        annotator: Annotator,
        kind: StatementKind,
        progress: ProgressListener | None,
        executor: ThreadPoolExecutor,
        *,
        is_part: bool,
        parts: Sequence[PartReport],
    ) -> None:
        """Sets what documents are made from; files that `parts` have stored are not read again."""
        self._store, self._embedder, self._limits, self._kind = store, embedder, limits, kind
        self.annotator, self._is_part = annotator, is_part
        self._meter = ProgressMeter(progress)
        # Lists the files that an unfinished ingest began to read, so that the next ingest begins with others.
        self._list_of_begun = store.path / "ingest.begun"
        self.stored = DocumentsByFile(store)
        # Ids of the documents whose file was read in this run, and keys of the files that are still to be read.
        self._confirmed: set[str] = set()
        self._pending: set[tuple[str, str]] = set()
        self._results: list[tuple[int, FileResult]] = []
        self._results_of_parts = {path: result for part in parts for path, result in part.results.items()}
        self._by_path: dict[str, FileResult] = {}
        self._unread: dict[tuple[str, str], UnreadableFile] = {}
        self.order = count(1)
        self._waiting: list[ReadFile] = []
        self._deferred: list[Source] = []
        self._may_defer = True
        self._batch_size = 1
        self._passages = 0
        # The batch that is being embedded, in a separate thread: while the model runs, other files can be read.
        self._embed_executor = executor
        self._batch: tuple[Sequence[ReadFile], Future[None]] | None = None

    def report(self, result: FileResult, source: Source | None = None) -> None:
        """Reports the outcome of a file; without `source`, after all that was reported or found before."""
        self._results.append((next(self.order) if source is None else source.order, result))
        if source is not None:
            self._by_path[printable(str(source.path))] = result

    def report_failure(self, source: Source, exc: LoadError, failed: dict[str, UnreadableFile]) -> None:
        """Reports a file that cannot be read, and unless it is skipped, adds it to those that `failed`."""
        self.report(FileResult(file=source.name, result=exc.result, reason=str(exc)), source)
        if exc.result == "failed":
            known = self.annotator.expected(source.row, source.name)
            failed[source.name] = UnreadableFile(file=source.name, reason=str(exc), metadata=known)

    def record_unreadable(self, folder: Path, failed: Mapping[str, UnreadableFile], read: Sequence[str] | None) -> None:
        """Records which files of a folder could not be read; of the others, the `read` ones could, or all if None."""
        with self._store.writer(sync=False):
            self._store.catalogue.record_unreadable(printable(str(folder)), failed=tuple(failed.values()), read=read)

    def ingest(self, sources: Sequence[Source]) -> dict[str, UnreadableFile]:
        """Ingests files; returns those that could not be read, wholly or in part."""
        self._meter.total += len(sources)
        self._pending = {source.key for source in sources}
        failed: dict[str, UnreadableFile] = {}
        self._may_defer = True
        are_new = True
        for source in self._in_order_of_need(sources):
            if are_new and source.key in self.stored.by_file:
                # The new files are stored now: those that follow may take long, and the run may be stopped.
                are_new = False
                self.commit()
            self._ingest_source(source, failed)
        self.commit()
        self._may_defer = False
        deferred, self._deferred = self._deferred, []
        for source in deferred:
            self._meter.done -= 1
            self._ingest_source(source, failed)
        self.commit()
        return failed

    def commit(self) -> None:
        """Embeds and stores all files that were read so far."""
        self._flush_batch()
        self._store_embedded()

    def _in_order_of_need(self, sources: Sequence[Source]) -> list[Source]:
        """Orders files: new ones, then those in the store, which may take long, then those unreadable before.

        Of the new ones, those that an unfinished ingest began latest come last: an ingest stopped repeatedly gets on.
        """
        begun: dict[str, int] = {}
        with suppress(OSError):
            names = self._list_of_begun.read_text(encoding="utf-8", errors="replace").splitlines()
            begun = {name: place for place, name in enumerate(names)}
        self._unread = {
            (folder, each.file): each
            for folder in {source.key[0] for source in sources}
            for each in self._store.catalogue.unreadable(folder)
        }

        def turn(source: Source) -> tuple[int, int]:
            if source.key in self.stored.by_file:
                return 1, 0
            return (2 if source.key in self._unread else 0), begun.get(str(source.path), -1)

        return sorted(sources, key=turn)

    def _ingest_source(self, source: Source, failed: dict[str, UnreadableFile]) -> None:
        self._report_progress(source.name, "load")
        try:
            pages_lost = self._unread.get(source.key) if self._accept_from_part(source) else self._load_file(source)
            if pages_lost is not None:
                failed[source.name] = pages_lost
        except LoadError as exc:
            self._pending.discard(source.key)
            self.report_failure(source, exc, failed)
            if exc.result == "failed":
                self.record_unreadable(source.folder, {source.name: failed[source.name]}, read=())
        self._meter.done += 1
        if len(self._waiting) >= self._batch_size:
            self._batch_size = min(_BATCH_SIZE, 2 * self._batch_size)
            self._flush_batch()
        elif self._batch is not None and self._batch[1].done():
            self._store_embedded()

    def _accept_from_part(self, source: Source) -> bool:
        """Accepts and reports a part's result for a file, if it still holds; a LoadError if the part could not read."""
        # A part that was given up reports an archive, and not the files inside it.
        above = (printable(str(path)) for path in (source.path, *source.path.parents))
        result = next(filter(None, map(self._results_of_parts.get, above)), None)
        held = self.stored.by_file.get(source.key)
        if result is not None and result.result in ("failed", "skipped"):
            raise LoadError(result.reason or "", result.result)
        # A duplicate is read again: the part could not know whether the other file still holds the same text.
        if result is None or held is None or result.statement_id != held.document_id or result.result == "duplicate":
            return False
        self._confirm(source, held.document_id, result)
        return True

    def _load_file(self, source: Source) -> UnreadableFile | None:
        """Reads one file, and queues it unless the store is up to date; returns a record of its unreadable pages."""
        if printable(str(source.path)) != str(source.path):
            raise LoadError(f"the name {source.name!r} is not valid UTF-8; rename the file")
        if source.key not in self.stored.by_file:
            # This file only determines the order of reading; if the disk is full, storing the document will fail.
            touch_private(self._list_of_begun)
            with suppress(OSError), self._list_of_begun.open("a", encoding="utf-8") as begun:
                begun.write(f"{source.path}\n")
        loaded = load(source.path, self._limits, source.folder)
        read = self._read(source, loaded)
        if read is not None:
            self._waiting.append(read)
        if not loaded.unread:
            return None
        known = read.unsplit.document.metadata if read is not None else self.stored.by_file[source.key].metadata
        return UnreadableFile(file=source.name, reason="; ".join(loaded.notes), metadata=known, pages=loaded.unread)

    def _read(self, source: Source, loaded: LoadedText) -> ReadFile | None:
        """Reads the metadata of a file's text; reports the file and returns None if the store is up to date."""
        held = self.stored.by_file.get(source.key)
        read = read_source(source, loaded, held, self._kind, self.annotator, self._store.catalogue)
        if read is None and held is not None:
            self._confirm(source, held.document_id, _result(source, "unchanged", held))
        return read

    def _confirm(self, source: Source, document_id: str, result: FileResult) -> None:
        """Reports a file that has been read and whose statement is in the store."""
        self._confirmed.add(document_id)
        self._pending.discard(source.key)
        self.report(result, source)

    def _store_or_update(self, read: ReadFile) -> None:
        """Stores a file, updates its stored statement, or drops it as a duplicate; the caller holds the write lock."""
        source = read.source
        held = self.stored.by_file.get(source.key)
        if held != read.held:
            again = self._read(source, read.loaded)
            if again is None:
                return
            read = again
        unsplit, same = read.unsplit, self.stored.by_digest.get(read.unsplit.digest)
        if same is None or self._is_new(read):
            self._store_file(read)
        elif held is not None and same.document_id == held.document_id:
            self._record_file(source, same, unsplit)
        elif same.document_id in self._confirmed:
            self._drop_duplicate(source, same, held)
        elif (same.folder, same.file) in self._pending and self._may_defer:
            # Its file is read later in this run, and may have other contents by now.
            self._deferred.append(source)
            return
        elif (same.folder, same.file) not in self._pending and self._other_file_holds(same, source):
            # In a part, another part may know that its file has changed: `ingest` reads both files afterwards.
            if not self._is_part:
                self._drop_duplicate(source, same, held)
        else:
            # The file was renamed or moved, or files changed places: the statement is the same.
            self.stored.by_file.pop((same.folder, same.file), None)
            if held is not None and (same.folder, same.file) in self._pending:
                # The other file, which is read next, may hold this one's text: its corrections by hand are kept.
                self.stored.move(held, (same.folder, same.file), held.sha256, held.input_key)
            elif held is not None:
                self.stored.remove(held)
            self._record_file(source, same, unsplit)
        self._pending.discard(source.key)

    def _drop_duplicate(self, source: Source, same: DocumentSummary, held: DocumentSummary | None) -> None:
        if held is not None:
            self.stored.remove(held)
        reason = f"same text and metadata as {same.file!r}, which is in the store"
        self.report(_result(source, "duplicate", same, reason), source)

    def _record_file(self, source: Source, same: DocumentSummary, unsplit: UnsplitDocument) -> None:
        summary = self.stored.move(same, source.key, unsplit.document.sha256, unsplit.input_key)
        self._confirm(source, same.document_id, _result(source, "unchanged", summary, unsplit.reason))

    def _other_file_holds(self, same: DocumentSummary, source: Source) -> bool:
        """Returns whether the file of `same` is not that of `source`, and holds that text still, if it can be read."""
        path = Path(same.folder, same.file)
        if not exists(path, self._limits) or path.resolve() == source.path.resolve():
            return False
        # Whether a file that belongs to another part still holds it is looked at after all parts.
        if self._is_part:
            return True
        try:
            return digest(path, self._limits) == same.sha256
        except LoadError:
            return True

    def _flush_batch(self) -> None:
        """Annotates the waiting files, and starts to embed their new texts in the background."""
        if not self._waiting:
            return
        prepared = [
            replace(item, annotated=item.annotated or self.annotator.annotate(item.unsplit.document))
            if self._is_new(item)
            else item
            for item in self._waiting
        ]
        # The previous batch is stored first, so that no text is embedded twice.
        self._store_embedded()
        self._waiting = []
        annotated = (item.annotated for item in prepared if item.annotated is not None)
        texts = {key: text for each in annotated for key, text in each.texts.items()}
        self._meter.in_embedding = float(len(prepared))
        last = prepared[-1].source.name
        self._report_progress(last, "embed")
        self._batch = prepared, self._embed_executor.submit(self._embed, texts, last)

    def _is_new(self, read: ReadFile) -> bool:
        """Returns whether the text of a file seems not to be stored yet, or only with other splitting rules."""
        same, held = self.stored.by_digest.get(read.unsplit.digest), read.held
        if same is None:
            return True
        if held is None or same.document_id != held.document_id:
            return False
        return not self.annotator.is_current(held.input_key)

    def _embed(self, texts: Mapping[str, str], last: str) -> None:
        meter, files, before = self._meter, self._meter.in_embedding, self._meter.embedded

        def embed(missing: Sequence[str]) -> Matrix:
            def on_progress(number: int) -> None:
                meter.embedded = before + number
                meter.in_embedding = files * (1.0 - number / len(missing))
                self._report_progress(last, "embed")

            return self._embedder.embed_documents(missing, on_progress)

        meter.embedded = before + self._store.catalogue.vectors.embed_missing(texts, embed)
        meter.in_embedding = 0.0

    def _store_embedded(self) -> None:
        """Waits for the vectors of the current batch and stores it, each statement in one transaction."""
        if self._batch is None:
            return
        (items, embedded), self._batch = self._batch, None
        embedded.result()
        self._report_progress(items[-1].source.name, "store")
        with self._store.writer(sync=False):
            self.stored.refresh()
            for item in items:
                self._store_or_update(item)

    def _store_file(self, read: ReadFile) -> None:
        source, unsplit, held = read.source, read.unsplit, self.stored.by_file.get(read.source.key)
        folder, annotated = printable(str(source.folder)), read.annotated
        if annotated is None:
            # Rare: the store has changed since the batch was put together.
            annotated = self.annotator.annotate(unsplit.document)
            self._meter.embedded += self._store.catalogue.vectors.embed_missing(
                annotated.texts, self._embedder.embed_documents
            )
        self._store.catalogue.store(
            annotated, folder=folder, digest=unsplit.digest, input_key=unsplit.input_key,
            replaces=held.document_id if held is not None else None,
        )  # fmt: skip
        self._passages += len(annotated.passages)
        summary = _summary(unsplit, annotated, folder)
        self.stored.put(source.key, summary)
        outcome: FileOutcome = "added" if held is None else ("updated" if held.sha256 == summary.sha256 else "replaced")
        self._confirm(source, summary.document_id, _result(source, outcome, summary, unsplit.reason))

    def _report_progress(self, file: str, step: IngestStep) -> None:
        self._meter.report(file, step, len(self._waiting))

    def forget_begun(self) -> None:
        """Forgets which files the ingest began to read, at its end."""
        with suppress(OSError):
            self._list_of_begun.unlink()

    def results(self) -> Iterator[FileResult]:
        """Yields the outcome of every file, in order."""
        return (result for _, result in sorted(self._results, key=lambda item: item[0]))

    def part_report(self) -> PartReport:
        """Returns the outcome so far, without that of `parts`."""
        return PartReport(results=self._by_path, embedded_passages=self._meter.embedded, passages=self._passages)


def _summary(unsplit: UnsplitDocument, annotated: AnnotatedDocument, folder: str) -> DocumentSummary:
    """Returns a document without its text, as it was stored."""
    kept = ("document_id", "file", "sha256", "kind", "metadata", "inferred")
    return DocumentSummary(
        **{name: getattr(unsplit.document, name) for name in kept}, folder=folder, digest=unsplit.digest,
        input_key=unsplit.input_key, passages=len(annotated.passages), added="",
        interventions=sum(item.is_intervention for item in annotated.statements),
    )  # fmt: skip


def _result(source: Source, outcome: FileOutcome, summary: DocumentSummary, reason: str | None = None) -> FileResult:
    """Returns the result of a file whose statement is stored, with a note if the statement is attributed to nobody."""
    if not (summary.metadata.holders or summary.kind == "treaty" or summary.interventions):
        unattributed = f"{NO_STATE}, so it is never quoted as anyone's: name it in {MANIFEST_NAME}, or set its State"
        reason = "; ".join(filter(None, (reason, unattributed)))
    identifier, state = summary.document_id, summary.metadata.state
    return FileResult(file=source.name, result=outcome, reason=reason, statement_id=identifier, state=state)
