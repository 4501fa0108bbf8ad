"""The indexer: load -> repair -> annotate -> split -> embed -> store, once per distinct text and metadata.

A file whose hash, manifest row and kind are unchanged is not annotated again; a renamed file keeps its statement; the
same text with the same metadata in two files is one statement.
"""

import logging
import os
import threading
import time
from collections import ChainMap
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from ingest.annotate import Annotator, UnsplitDocument
from ingest.errors import IngestStoppedError, LoadError, ManifestError, PartyTableError
from ingest.families import describe, link_families
from ingest.loaders.bounded_process import run_bounded
from ingest.loaders.loaded import LoadedText, LoadLimits, printable
from ingest.loaders.registry import read_bytes, survey
from ingest.loaders.worker import exists, load, with_members
from ingest.metadata.corrections import corrected_fields, with_corrections
from ingest.metadata.manifest import MANIFEST_NAME, Manifest, ManifestRow, find_row, read_manifest
from ingest.metadata.party_checks import check_added_names
from ingest.parties.party_names import PARTIES_NAME, added_rows, claimed_codes
from ingest.parties.party_table import load_parties
from ingest.renewal import renew, with_corrections_of
from ingest.report import NO_STATE, FileOutcome, FileResult, IngestProgress, IngestReport, IngestStep, listed, quoted
from ingest.text.splitter import SplitConfig
from vectorstore.arrays import Matrix
from vectorstore.embeddings import Embedder
from vectorstore.errors import StoreLockedError
from vectorstore.families import Family
from vectorstore.records import AnnotatedDocument, DocumentSummary, StatementKind, UnreadableFile
from vectorstore.store import Store

logger = logging.getLogger(__name__)

SAMPLE_FILE = "000_6237221ecf9e9373.txt"
# Files that are embedded and stored together: enough for even batches, few enough to lose little if the process is
# killed. The first batches are smaller, so that an ingest that is killed early has stored something too.
_BATCH_SIZE = 16
# Lists the files that an unfinished ingest began to read, so that the next ingest begins with others.
_BEGUN = "ingest.begun"

ProgressListener = Callable[[IngestProgress], None]


@dataclass(frozen=True, kw_only=True)
class IngestOptions:
    """Options of an ingest; with `sync`, statements whose file is gone from the folder are removed.

    With `by_base_name`, rows of a manifest match files by base name, since a browser dropped the folders.
    """

    kind: StatementKind = "statement"
    include_unlisted: bool = False
    sync: bool = False
    by_base_name: bool = False


@dataclass(frozen=True, kw_only=True)
class _Source:
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
class _ReadFile:
    """A file that was read, with the document that the store `held` for it at that time; annotated if it seems new."""

    source: _Source
    loaded: LoadedText
    held: DocumentSummary | None
    unsplit: UnsplitDocument
    annotated: AnnotatedDocument | None = None


@dataclass(frozen=True, kw_only=True)
class PartReport:
    """The outcome of a part of an ingest, with the results of its files by path."""

    results: Mapping[str, FileResult]
    embedded_passages: int
    passages: int


class Indexer:
    """Brings files into the store. One bad file never stops the others."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        split: SplitConfig,
        limits: LoadLimits,
        *,
        languages: Sequence[str] = ("en",),
    ) -> None:
        self.store, self.embedder, self.split, self.limits = store, embedder, split, limits
        self._languages = languages

    def make_annotator(self) -> Annotator:
        """Returns an annotator with the parties that the store knows now."""
        return Annotator(load_parties(self.store), self.split, self.embedder, self._languages)

    def ingest(
        self,
        paths: Sequence[Path],
        options: IngestOptions,
        progress: ProgressListener | None = None,
        parts: Sequence[PartReport] = (),
        unsent: Mapping[Path, LoadError] = MappingProxyType({}),
    ) -> IngestReport:
        """Ingests files and folders, which may hold a manifest, into the store.

        Files that `parts` of this ingest have already ingested are not read again. `unsent` are paths that another
        machine could not read, and which are missing here, with the error. `progress` is called at every file and step.

        Raises:
            PartyTableError: The tables of parties in the store contradict each other.
            StoreError: The store cannot be written; what was stored before is kept. An IngestStoppedError, with the
                report so far, if another process writes for longer than the store waits.
        """
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="embed") as executor:
            run = _Run(self, options, progress, executor, unsent, parts=parts)
            try:
                for path in paths:
                    run.ingest(path)
                run.finish()
            except StoreLockedError as exc:
                raise IngestStoppedError(str(exc), run.report()) from exc
        report = run.report()
        logger.info("ingest: %d files, %d passages embedded", len(report.files), report.embedded_passages)
        return report

    def ingest_part(
        self,
        paths: Sequence[Path],
        options: IngestOptions,
        progress: ProgressListener | None = None,
        only: Collection[str] | None = None,
        unsent: Mapping[Path, LoadError] = MappingProxyType({}),
    ) -> PartReport:
        """Ingests some of the files of an ingest, while other processes may ingest others of them.

        A later call of `ingest` with the reports of all parts does what needs all files: duplicates, files that are
        gone, families, the vector index. Of a folder, the files with the names `only` are ingested.
        """
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="embed") as executor:
            run = _Run(self, options, progress, executor, unsent, is_part=True, only=only)
            for path in paths:
                run.ingest(path)
            run.commit()
        return PartReport(results=run.by_path, embedded_passages=run.embedded, passages=run.passages)

    def ingest_sample(self, progress: ProgressListener | None = None) -> IngestReport:
        """Ingests the statement that ships with the product."""
        with as_file(files("ingest") / "sample" / SAMPLE_FILE) as path:
            return self.ingest([path], IngestOptions(), progress)


class _Run:
    """The state of a running ingest, or of a part of one (`is_part`), while other processes ingest other files."""

    def __init__(
        self,
        indexer: Indexer,
        options: IngestOptions,
        progress: ProgressListener | None,
        executor: ThreadPoolExecutor,
        unsent: Mapping[Path, LoadError],
        *,
        is_part: bool = False,
        only: Collection[str] | None = None,
        parts: Sequence[PartReport] = (),
    ) -> None:
        # Raises an error before any work is done if the store cannot be written.
        with indexer.store.writer(sync=False):
            pass
        self._indexer, self._options, self._progress = indexer, options, progress
        self._store, self._embedder, self._limits = indexer.store, indexer.embedder, indexer.limits
        self._annotator = indexer.make_annotator()
        self._held: dict[tuple[str, str], DocumentSummary] = {}
        self._by_digest: dict[str, DocumentSummary] = {}
        self._store_version = -1
        self._refresh_from_store()
        # Ids of the documents whose file was read in this run, and keys of the files that are still to be read.
        self._confirmed: set[str] = set()
        self._pending: set[tuple[str, str]] = set()
        self._results: list[tuple[int, FileResult]] = []
        self._is_part, self._only, self._unsent, self._parts = is_part, only, unsent, parts
        self._results_of_parts = {path: result for part in parts for path, result in part.results.items()}
        self.by_path: dict[str, FileResult] = {}
        self._unread: dict[tuple[str, str], UnreadableFile] = {}
        self._order = count(1)
        self._notes: list[str] = []
        # The manifests above single files, each read once.
        self._manifest_of = cache(read_manifest)
        # For each folder whose `parties.csv` was refused: the codes in it, with the names that they have there.
        self._disputed: dict[Path, dict[str, str]] = {}
        # The folders whose `parties.csv` was read for a single file that their manifest lists.
        self._learnt: set[Path] = set()
        self._waiting: list[_ReadFile] = []
        self._deferred: list[_Source] = []
        self._may_defer = True
        self._batch_size = 1
        self.embedded = self.passages = 0
        self._began = time.perf_counter()
        self._first_done: IngestProgress | None = None
        # The batch that is being embedded, in a separate thread: while the model runs, other files can be read.
        self._embed_executor = executor
        self._batch: tuple[Sequence[_ReadFile], Future[None]] | None = None
        self._files_in_embedding = 0.0
        self._progress_lock = threading.Lock()
        self._done = self._total = 0

    def ingest(self, path: Path) -> None:
        """Ingests one file or folder."""
        try:
            path = path.resolve()
            is_folder, is_there = path.is_dir(), path.exists()
        except (OSError, RuntimeError, ValueError):
            # An invalid file name, a folder without permission, or circular links.
            is_folder = is_there = False
        if (exc := self._unsent.get(path)) is not None:
            self._report(FileResult(file=printable(path.name), result=exc.result, reason=str(exc)))
            return
        # The path is resolved, so that a user may name a link to a file; links inside a folder are not resolved.
        if is_folder:
            self._ingest_folder(path)
        elif is_there:
            folder, row = find_row(path, self._manifest_of) or (path.parent, None)
            if row is not None and folder not in self._learnt:
                self._learnt.add(folder)
                self._learn_parties(folder)
            source = self._source(path, folder, row)
            sources = self._with_members([source])
            # An archive that was damaged before has no name of its own among its members.
            names = [source.name, *(each.name for each in sources)]
            self._record_unreadable(source.folder, self._ingest_sources(sources), read=names)
        else:
            reason = f"no such file or folder, or it may not be read: {str(path)!r}; check the path"
            self._report(FileResult(file=printable(str(path)), result="failed", reason=reason))

    def finish(self) -> None:
        """Embeds and stores the files that are still waiting, and links the families of new statements."""
        self.commit()
        with self._store.writer():
            link_families(self._store.catalogue)
        with suppress(OSError):
            (self._store.path / _BEGUN).unlink()

    def report(self) -> IngestReport:
        """Returns the outcome of every file, including those that parts of the ingest have read."""
        seconds = round(time.perf_counter() - self._began, 3)
        families = self._store.catalogue.families.all()
        summaries = {s.document_id: s for s in self._store.catalogue.documents()} if families else {}
        results = (result for _, result in sorted(self._results, key=lambda item: item[0]))
        return IngestReport(
            files=tuple(_with_family(result, families, summaries) for result in results),
            embedded_passages=self.embedded + sum(part.embedded_passages for part in self._parts),
            passages=self.passages + sum(part.passages for part in self._parts),
            seconds=seconds,
            notes=tuple(self._notes),
        )

    def _report(self, result: FileResult, source: _Source | None = None) -> None:
        self._results.append((next(self._order) if source is None else source.order, result))
        if source is not None:
            self.by_path[printable(str(source.path))] = result

    def _source(self, path: Path, folder: Path, row: ManifestRow | None = None) -> _Source:
        if row is not None:
            # If the folder's `parties.csv` was refused, its codes may be of others in the store: names replace them.
            disputed = ChainMap(*(self._disputed[each] for each in path.parents if each in self._disputed))
            cells = {"state": row.state or "", "on_behalf_of": row.on_behalf_of or ""}
            named = {column: disputed.get(cell.strip().upper()) for column, cell in cells.items()}
            row = row.model_copy(update={column: name for column, name in named.items() if name})
        return _Source(path=path, folder=folder, name=_name(path, folder), row=row, order=next(self._order))

    def _with_members(self, sources: Sequence[_Source]) -> list[_Source]:
        """Replaces an archive by the files inside it, and adds those of an e-mail; its manifest row applies to them."""
        named = {source.path for source in sources}
        expanded: list[_Source] = []
        for source in sources:
            members = with_members(source.path, self._limits)
            tables = [path for path in members if path != source.path and path.name in (MANIFEST_NAME, PARTIES_NAME)]
            try:
                rows = self._rows_of_archive(tables, members)
            except ManifestError as exc:
                if source.row is None:
                    self._report(FileResult(file=MANIFEST_NAME, result="failed", reason=str(exc)))
                    continue
                # Its own table may be of something else: the row that names the archive is there for its files.
                self._notes.append(str(exc))
                rows = None
            for path in (path for path in members if path not in tables):
                is_listed = rows is None or path in rows or source.row is not None
                if not (is_listed or self._options.include_unlisted):
                    self._report_not_listed(path, source.folder)
                elif path == source.path:
                    expanded.append(source)
                elif path not in named:
                    expanded.append(self._source(path, source.folder, (rows or {}).get(path, source.row)))
        return expanded

    def _rows_of_archive(self, tables: Sequence[Path], members: Sequence[Path]) -> dict[Path, ManifestRow] | None:
        """Uses the tables inside an archive like those of a folder; returns its rows by member, None without manifest.

        Raises:
            ManifestError: A manifest cannot be read.
        """
        rows: dict[Path, ManifestRow] | None = None
        for table in sorted(tables, key=lambda path: path.name):
            root = table.parent
            if table.name == PARTIES_NAME:
                self._learn_table_inside(table)
                continue
            manifest = read_manifest(root, files=members, by_base_name=self._options.by_base_name)
            if manifest is not None:
                self._report_manifest(manifest)
                rows = (rows or {}) | {root / row.file: row for row in manifest.rows}
        return rows

    def _not_listed_of(self, path: Path, rows: Collection[Path]) -> list[Path]:
        """Returns a file that no row names; if rows name files inside it, those of the others."""
        if not any(path in file.parents for file in rows):
            return [path]
        members = with_members(path, self._limits)
        # A damaged archive has no members, and is itself in their place.
        others = (each for each in members if each not in rows and each != path)
        return [each for each in others if each.name not in (MANIFEST_NAME, PARTIES_NAME)]

    def _report_not_listed(self, path: Path, folder: Path) -> None:
        reason = f"not in {MANIFEST_NAME}: add a row, or take files that it does not list as well"
        self._report(FileResult(file=_name(path, folder), result="not_listed", reason=reason))

    def _ingest_folder(self, folder: Path) -> None:
        learned = self._learn_parties(folder)
        found, passed_over = survey(folder)
        passed_over |= {path: exc for path, exc in self._unsent.items() if path.is_relative_to(folder)}
        flat = self._options.by_base_name
        files = [member for path in found for member in with_members(path, self._limits)] if flat else ()
        try:
            if (unsent := self._unsent.get(folder / MANIFEST_NAME)) is not None:
                raise ManifestError(str(unsent))
            manifest = read_manifest(folder, files=files, by_base_name=flat)
        except ManifestError as exc:
            self._report(FileResult(file=MANIFEST_NAME, result="failed", reason=str(exc)))
            return
        if manifest is None:
            sources = [self._source(path, folder) for path in found]
        else:
            problems = tuple(each for each in manifest.problems if folder / each.file not in self._unsent)
            manifest = replace(manifest, problems=problems)
            self._report_manifest(manifest)
            sources = [self._source(folder / row.file, folder, row) for row in manifest.rows]
            rows = {folder / row.file for row in manifest.rows}
            rest = [path for path in found if path not in rows]
            if self._options.include_unlisted:
                sources += [self._source(path, folder) for path in rest]
            elif self._only is None:
                for path in rest:
                    for each in self._not_listed_of(path, rows):
                        self._report_not_listed(each, folder)
        if self._only is not None:
            # The part that has an archive has the files inside it that rows name.
            only = {folder / name for name in self._only}
            own = [source for source in sources if not only.isdisjoint((source.path, *source.path.parents))]
            chosen = self._with_members(own)
            names = [*self._only, *(source.name for source in chosen)]
            self._record_unreadable(folder, self._ingest_sources(chosen), read=names)
            return
        below = {above for path in found for above in path.parents if above.is_relative_to(folder) and above != folder}
        for table in sorted(each / MANIFEST_NAME for each in below if (each / MANIFEST_NAME).is_file()):
            self._notes.append(
                f"{printable(_name(table, folder))} is not used: put its rows into the table of the folder itself, "
                "or take in its own folder"
            )
        named = {MANIFEST_NAME, PARTIES_NAME, *(each.file for each in (manifest.problems if manifest else ()))}
        failed: dict[str, UnreadableFile] = {}
        for path, error in sorted(passed_over.items(), key=lambda item: item[0]):
            if path.relative_to(folder).as_posix() not in named:
                self._report_failure(self._source(path, folder), error, failed)
        if not found and not sources and not passed_over:
            note = f"{PARTIES_NAME}: can be named from now on: {listed(learned, ', ')}"
            self._notes.append(note if learned else f"no supported file in {str(folder)!r}")
        failed |= self._ingest_sources(self._with_members(sources))
        self._record_unreadable(folder, failed, read=None)
        if self._options.sync and not (found or learned) and manifest is None:
            # A share that is not mounted looks empty too, and removing its documents would lose their corrections.
            note = "is it mounted? `untoc remove` takes out what shall go"
            self._notes.append(f"nothing is removed, since the folder is empty: {note}")
        elif self._options.sync:
            self._remove_missing(folder)

    def _report_failure(self, source: _Source, exc: LoadError, failed: dict[str, UnreadableFile]) -> None:
        """Reports a file that cannot be read, and unless it is skipped, adds it to those that `failed`."""
        self._report(FileResult(file=source.name, result=exc.result, reason=str(exc)), source)
        if exc.result == "failed":
            known = self._annotator.expected(source.row, source.name)
            failed[source.name] = UnreadableFile(file=source.name, reason=str(exc), metadata=known)

    def _learn_parties(self, folder: Path) -> tuple[str, ...]:
        """Adds the parties of a folder's table; returns their names, empty if it has no usable table."""
        path = folder / PARTIES_NAME
        if path in self._unsent:
            self._notes.append(str(self._unsent[path]))
            return ()
        return self._learn_table(path, path) if os.path.lexists(path) else ()

    def _learn_table_inside(self, path: Path) -> None:
        with TemporaryDirectory() as apart:
            table = Path(apart) / PARTIES_NAME
            try:
                table.write_bytes(run_bounded(self._limits, path.name, read_bytes, path, self._limits))
            except LoadError as exc:
                self._notes.append(str(exc))
            else:
                self._learn_table(table, path)

    def _learn_table(self, table: Path, path: Path) -> tuple[str, ...]:
        """Adds the parties in the file `table`, which belongs at `path`; returns their names."""
        try:
            check_added_names(table)
            load_parties(self._store, other_than=path).with_extra(table)
            names = tuple(row.name for _, row in added_rows(table))
        except PartyTableError as exc:
            self._notes.append(str(exc))
            self._disputed[path.parent] = claimed_codes(table)
            return ()
        with self._store.writer(sync=False):
            self._store.keep_party_file(path, table)
        # Waiting files were read with the previous table of parties, and are annotated with it too.
        self.commit()
        self._annotator = self._indexer.make_annotator()
        return names

    def _report_manifest(self, manifest: Manifest) -> None:
        self._notes += manifest.notes
        for problem in manifest.problems:
            self._report(problem)

    def _remove_missing(self, folder: Path) -> None:
        self.commit()
        paths = {key: folder / key[1] for key in self._held if key[0] == printable(str(folder))}
        known = {key: path for key, path in paths.items() if self._unsent.keys().isdisjoint((path, *path.parents))}
        missing = [key for key, path in known.items() if not exists(path, self._limits)]
        with self._store.writer(sync=False):
            self._refresh_from_store()
            for summary in filter(None, map(self._held.get, missing)):
                self._forget(summary)
                self._report(FileResult(file=summary.file, result="removed", statement_id=summary.document_id))

    def _forget(self, summary: DocumentSummary) -> None:
        self._store.catalogue.remove(summary.document_id)
        self._held.pop((summary.folder, summary.file), None)
        self._forget_digest(summary)

    def _forget_digest(self, summary: DocumentSummary) -> None:
        """Removes a document from the known digests, so that another file with this digest is stored again."""
        known = self._by_digest.get(summary.digest)
        if known is not None and known.document_id == summary.document_id:
            del self._by_digest[summary.digest]

    def _record_unreadable(
        self, folder: Path, failed: Mapping[str, UnreadableFile], read: Sequence[str] | None
    ) -> None:
        with self._store.writer(sync=False):
            self._store.catalogue.record_unreadable(printable(str(folder)), failed=tuple(failed.values()), read=read)

    def _ingest_sources(self, sources: Sequence[_Source]) -> dict[str, UnreadableFile]:
        """Ingests files; returns those that could not be read, wholly or in part."""
        self._total += len(sources)
        self._pending = {source.key for source in sources}
        failed: dict[str, UnreadableFile] = {}
        self._may_defer = True
        are_new = True
        for source in self._in_order_of_need(sources):
            if are_new and source.key in self._held:
                # The new files are stored now: those that follow may take long, and the run may be stopped.
                are_new = False
                self.commit()
            self._ingest_source(source, failed)
        self.commit()
        self._may_defer = False
        deferred, self._deferred = self._deferred, []
        for source in deferred:
            self._done -= 1
            self._ingest_source(source, failed)
        return failed

    def _in_order_of_need(self, sources: Sequence[_Source]) -> list[_Source]:
        """Orders files: new ones, then those in the store, which may take long, then those unreadable before.

        Of the new ones, those that an unfinished ingest began latest come last: an ingest stopped repeatedly gets on.
        """
        begun: dict[str, int] = {}
        with suppress(OSError):
            names = (self._store.path / _BEGUN).read_text(encoding="utf-8").splitlines()
            begun = {name: place for place, name in enumerate(names)}
        self._unread = {
            (folder, each.file): each
            for folder in {source.key[0] for source in sources}
            for each in self._store.catalogue.unreadable(folder)
        }

        def turn(source: _Source) -> tuple[int, int]:
            if source.key in self._held:
                return 1, 0
            return (2 if source.key in self._unread else 0), begun.get(str(source.path), -1)

        return sorted(sources, key=turn)

    def _ingest_source(self, source: _Source, failed: dict[str, UnreadableFile]) -> None:
        self._report_progress(source.name, "load")
        try:
            pages_lost = self._unread.get(source.key) if self._accept_from_part(source) else self._load_file(source)
            if pages_lost is not None:
                failed[source.name] = pages_lost
        except LoadError as exc:
            self._pending.discard(source.key)
            self._report_failure(source, exc, failed)
            if exc.result == "failed":
                self._record_unreadable(source.folder, {source.name: failed[source.name]}, read=())
        self._done += 1
        if len(self._waiting) >= self._batch_size:
            self._batch_size = min(_BATCH_SIZE, 2 * self._batch_size)
            self._flush_batch()
        elif self._batch is not None and self._batch[1].done():
            self._store_embedded()

    def _accept_from_part(self, source: _Source) -> bool:
        """Accepts and reports a part's result for a file, if it still holds; a LoadError if the part could not read."""
        # A part that was given up reports an archive, and not the files inside it.
        above = (printable(str(path)) for path in (source.path, *source.path.parents))
        result, held = next(filter(None, map(self._results_of_parts.get, above)), None), self._held.get(source.key)
        if result is not None and result.result in ("failed", "skipped"):
            raise LoadError(result.reason or "", result.result)
        # A duplicate is read again: the part could not know whether the other file still holds the same text.
        if result is None or held is None or result.statement_id != held.document_id or result.result == "duplicate":
            return False
        self._confirm(source, held.document_id, result)
        return True

    def _load_file(self, source: _Source) -> UnreadableFile | None:
        """Reads one file, and queues it unless the store is up to date; returns a record of its unreadable pages."""
        if printable(str(source.path)) != str(source.path):
            raise LoadError(f"the name {source.name!r} is not valid UTF-8; rename the file")
        if source.key not in self._held:
            # This file only determines the order of reading; if the disk is full, storing the document will fail.
            with suppress(OSError), (self._store.path / _BEGUN).open("a", encoding="utf-8") as begun:
                begun.write(f"{source.path}\n")
        loaded = load(source.path, self._limits, source.folder)
        read = self._read_source(source, loaded)
        if read is not None:
            self._waiting.append(read)
        if not loaded.unread:
            return None
        known = read.unsplit.document.metadata if read is not None else self._held[source.key].metadata
        return UnreadableFile(file=source.name, reason="; ".join(loaded.notes), metadata=known, pages=loaded.unread)

    def _read_source(self, source: _Source, loaded: LoadedText) -> _ReadFile | None:
        """Reads the metadata of a file's text; reports the file and returns None if the store is up to date."""
        held, kind = self._held.get(source.key), self._options.kind
        key = self._annotator.input_key(loaded, source.row, kind)
        document = None
        if held is not None:
            stored = key.with_present_rules(held.input_key)
            if held.input_key == stored:
                self._confirm(source, held.document_id, _result(source, "unchanged", held))
                return None
            if stored is not None or (held.kind != "record" and key.is_of_other_names(held.input_key)):
                document = self._store.catalogue.document(held.document_id)
            if document is not None and stored is not None:
                # Only the splitting rules are new: the metadata are kept, with a person's corrections.
                unsplit = UnsplitDocument(document=document, digest=held.digest, input_key=stored, reason=None)
                return self._renewed(source, loaded, held, unsplit)
        unsplit = self._annotator.read(
            loaded, source.row, file=source.name, kind=kind, input_key=str(key), stored=document
        )
        if held is not None and document is not None:
            kept = with_corrections(unsplit.input_key, corrected_fields(held.input_key))
            unsplit = replace(unsplit, input_key=kept)
        elif held is not None:
            catalogue, is_same = self._store.catalogue, False
            if held.kind == unsplit.document.kind == "record":
                old = catalogue.document(held.document_id)
                is_same = old is not None and old.source_text == loaded.text
            unsplit = with_corrections_of(self._annotator, held, unsplit, source.row, kind, catalogue, renews=is_same)
            is_current = unsplit.digest == held.digest and self._annotator.is_current(held.input_key)
            if is_same and not is_current:
                return self._renewed(source, loaded, held, unsplit)
        return _ReadFile(source=source, loaded=loaded, held=held, unsplit=unsplit)

    def _renewed(
        self, source: _Source, loaded: LoadedText, held: DocumentSummary, unsplit: UnsplitDocument
    ) -> _ReadFile:
        """Annotates a stored document by the present rules, with the States that a person set on its interventions."""
        before = self._store.catalogue.statements_of(replace(unsplit.document, document_id=held.document_id))
        renewed = renew(self._annotator, unsplit.document, before, unsplit.input_key)
        document, unset = renewed.annotated.document, renewed.unset
        notes = [f"States set by hand have to be set again, of {quoted(unset)}"] if unset else []
        reason = "; ".join(filter(None, (unsplit.reason, *notes))) or None
        unsplit = replace(unsplit, document=document, digest=renewed.digest, input_key=renewed.input_key, reason=reason)
        return _ReadFile(source=source, loaded=loaded, held=held, unsplit=unsplit, annotated=renewed.annotated)

    def _confirm(self, source: _Source, document_id: str, result: FileResult) -> None:
        """Reports a file that has been read and whose statement is in the store."""
        self._confirmed.add(document_id)
        self._pending.discard(source.key)
        self._report(result, source)

    def _refresh_from_store(self) -> None:
        """Reads the stored documents again if another process, or another thread of this one, has written."""
        version = self._store.catalogue.database.writes_of_others()
        if version != self._store_version:
            self._store_version = version
            self._held = {(s.folder, s.file): s for s in self._store.catalogue.documents()}
            self._by_digest = {s.digest: s for s in self._held.values()}

    def _store_or_update(self, read: _ReadFile) -> None:
        """Stores a file, updates its stored statement, or drops it as a duplicate; the caller holds the write lock."""
        source = read.source
        held = self._held.get(source.key)
        if held != read.held:
            again = self._read_source(source, read.loaded)
            if again is None:
                return
            read = again
        unsplit, same = read.unsplit, self._by_digest.get(read.unsplit.digest)
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
        elif (same.folder, same.file) not in self._pending and self._has_other_file(same, source):
            # In a part, another part may know that its file has changed: `ingest` reads both files afterwards.
            if not self._is_part:
                self._drop_duplicate(source, same, held)
        else:
            # The file was renamed or moved, or files changed places: the statement is the same.
            self._held.pop((same.folder, same.file), None)
            if held is not None and (same.folder, same.file) in self._pending:
                # The other file, which is read next, may hold this one's text: its corrections by hand are kept.
                self._record(held, (same.folder, same.file), held.sha256, held.input_key)
            elif held is not None:
                self._forget(held)
            self._record_file(source, same, unsplit)
        self._pending.discard(source.key)

    def _drop_duplicate(self, source: _Source, same: DocumentSummary, held: DocumentSummary | None) -> None:
        if held is not None:
            self._forget(held)
        reason = f"same text and metadata as {same.file!r}, which is in the store"
        self._report(_result(source, "duplicate", same, reason), source)

    def _record_file(self, source: _Source, same: DocumentSummary, unsplit: UnsplitDocument) -> None:
        summary = self._record(same, source.key, unsplit.document.sha256, unsplit.input_key)
        self._confirm(source, same.document_id, _result(source, "unchanged", summary, unsplit.reason))

    def _record(self, held: DocumentSummary, at: tuple[str, str], sha256: str, key: str) -> DocumentSummary:
        """Records the folder and name of the file in which a document stands now."""
        key = with_corrections(key, corrected_fields(held.input_key))
        summary = replace(held, folder=at[0], file=at[1], sha256=sha256, input_key=key)
        self._store.catalogue.touch(held.document_id, file=at[1], folder=at[0], sha256=sha256, input_key=key)
        self._by_digest[summary.digest] = self._held[at] = summary
        return summary

    def _has_other_file(self, same: DocumentSummary, source: _Source) -> bool:
        """Returns whether the file of `same` exists, and is not the file of `source`."""
        path = Path(same.folder, same.file)
        return exists(path, self._limits) and path.resolve() != source.path.resolve()

    def _flush_batch(self) -> None:
        """Annotates the waiting files, and starts to embed their new texts in the background."""
        if not self._waiting:
            return
        prepared = [
            replace(item, annotated=item.annotated or self._annotator.annotate(item.unsplit.document))
            if self._is_new(item)
            else item
            for item in self._waiting
        ]
        # The previous batch is stored first, so that no text is embedded twice.
        self._store_embedded()
        self._waiting = []
        annotated = (item.annotated for item in prepared if item.annotated is not None)
        texts = {key: text for each in annotated for key, text in each.texts.items()}
        self._files_in_embedding = float(len(prepared))
        last = prepared[-1].source.name
        self._report_progress(last, "embed")
        self._batch = prepared, self._embed_executor.submit(self._embed, texts, last)

    def _is_new(self, read: _ReadFile) -> bool:
        """Returns whether the text of a file seems not to be stored yet, or only with other splitting rules."""
        same, held = self._by_digest.get(read.unsplit.digest), read.held
        if same is None:
            return True
        if held is None or same.document_id != held.document_id:
            return False
        return not self._annotator.is_current(held.input_key)

    def _embed(self, texts: Mapping[str, str], last: str) -> None:
        files, before = self._files_in_embedding, self.embedded

        def embed(missing: Sequence[str]) -> Matrix:
            def on_progress(number: int) -> None:
                self.embedded = before + number
                self._files_in_embedding = files * (1.0 - number / len(missing))
                self._report_progress(last, "embed")

            return self._embedder.embed_documents(missing, on_progress)

        self.embedded = before + self._store.catalogue.embed_missing(texts, embed)
        self._files_in_embedding = 0.0

    def _store_embedded(self) -> None:
        """Waits for the vectors of the current batch and stores it, each statement in one transaction."""
        if self._batch is None:
            return
        (items, embedded), self._batch = self._batch, None
        embedded.result()
        self._report_progress(items[-1].source.name, "store")
        with self._store.writer(sync=False):
            self._refresh_from_store()
            for item in items:
                self._store_or_update(item)

    def _store_file(self, read: _ReadFile) -> None:
        source, unsplit, held = read.source, read.unsplit, self._held.get(read.source.key)
        folder, annotated = printable(str(source.folder)), read.annotated
        if annotated is None:
            # Rare: the store has changed since the batch was put together.
            annotated = self._annotator.annotate(unsplit.document)
            self.embedded += self._store.catalogue.embed_missing(annotated.texts, self._embedder.embed_documents)
        self._store.catalogue.store(
            annotated, folder=folder, digest=unsplit.digest, input_key=unsplit.input_key,
            replaces=held.document_id if held is not None else None,
        )  # fmt: skip
        self.passages += len(annotated.passages)
        if held is not None:
            self._forget_digest(held)
        summary = _summary(unsplit, annotated, folder)
        self._by_digest[unsplit.digest] = self._held[source.key] = summary
        outcome: FileOutcome = "added" if held is None else ("updated" if held.sha256 == summary.sha256 else "replaced")
        self._confirm(source, summary.document_id, _result(source, outcome, summary, unsplit.reason))

    def commit(self) -> None:
        """Embeds and stores all files that were read so far."""
        self._flush_batch()
        self._store_embedded()

    def _report_progress(self, file: str, step: IngestStep) -> None:
        if self._progress is None:
            return
        # The embedding model reports its progress from another thread.
        with self._progress_lock:
            event = IngestProgress(
                done=self._done, total=self._total, file=file, step=step,
                finished=max(0.0, self._done - len(self._waiting) - self._files_in_embedding),
                passages=self.embedded, seconds=time.perf_counter() - self._began, first_done=self._first_done,
            )  # fmt: skip
            if self._first_done is None and event.finished:
                self._first_done, event = event, replace(event, first_done=event)
            self._progress(event)


def _name(path: Path, folder: Path) -> str:
    """Returns the name of a file in the report and in the store."""
    return printable(path.relative_to(folder).as_posix())


def _with_family(
    result: FileResult, families: Mapping[str, Family], summaries: Mapping[str, DocumentSummary]
) -> FileResult:
    """Adds the family of a file's statement to its result, and for a new statement how it is related to the others."""
    family = families.get(result.statement_id or "")
    if family is None or result.statement_id is None:
        return result
    reason = result.reason
    if result.result in ("added", "updated", "replaced"):
        reason = "; ".join(filter(None, (reason, describe(result.statement_id, family, summaries))))
    return replace(result, reason=reason, family=family.family_id)


def _summary(unsplit: UnsplitDocument, annotated: AnnotatedDocument, folder: str) -> DocumentSummary:
    """Returns a document without its text, as it was stored."""
    kept = ("document_id", "file", "sha256", "kind", "metadata", "inferred")
    return DocumentSummary(
        **{name: getattr(unsplit.document, name) for name in kept}, folder=folder, digest=unsplit.digest,
        input_key=unsplit.input_key, passages=len(annotated.passages), added="",
        interventions=sum(item.is_intervention for item in annotated.statements),
    )  # fmt: skip


def _result(source: _Source, outcome: FileOutcome, summary: DocumentSummary, reason: str | None = None) -> FileResult:
    """Returns the result of a file whose statement is stored, with a note if the statement is attributed to nobody."""
    if not (summary.metadata.holders or summary.kind == "treaty" or summary.interventions):
        unattributed = f"{NO_STATE}, so it is never quoted as anyone's: name it in {MANIFEST_NAME}, or set its State"
        reason = "; ".join(filter(None, (reason, unattributed)))
    identifier, state = summary.document_id, summary.metadata.state
    return FileResult(file=source.name, result=outcome, reason=reason, statement_id=identifier, state=state)
