"""The indexer: finds files in folders and archives, with their rows of manifests, and brings them into the store."""

import logging
import os
import time
from collections import ChainMap
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from ingest.annotate import Annotator
from ingest.errors import IngestStoppedError, LoadError, ManifestError, PartyTableError
from ingest.incremental.document_writer import DocumentWriter
from ingest.incremental.source_files import Source, name_of
from ingest.loaders.bounded_process import run_bounded
from ingest.loaders.loaded import LoadLimits, printable
from ingest.loaders.registry import read_bytes, survey
from ingest.loaders.worker import exists, with_members
from ingest.metadata.manifest import MANIFEST_NAME, Manifest, ManifestRow, find_row, read_manifest
from ingest.metadata.party_checks import RefusedName, check_added_names, refused_names
from ingest.parties.party_names import PARTIES_NAME, added_rows, claimed_codes, without_aliases
from ingest.parties.party_table import load_parties
from ingest.report import FileResult, IngestReport, PartReport, ProgressListener, listed
from ingest.text.splitter import SplitConfig
from ingest.version_linking import link_families, with_family
from vectorstore.embeddings import Embedder
from vectorstore.errors import StoreLockedError
from vectorstore.records import StatementKind, UnreadableFile
from vectorstore.store import Store

logger = logging.getLogger(__name__)

SAMPLE_FILE = "000_6237221ecf9e9373.txt"


@dataclass(frozen=True, kw_only=True)
class IngestOptions:
    """Options of an ingest; with `sync`, statements whose file is gone from the folder are removed.

    With `by_base_name`, rows of a manifest match files by base name, since a browser dropped the folders.
    """

    kind: StatementKind = "statement"
    include_unlisted: bool = False
    sync: bool = False
    by_base_name: bool = False


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
            return run.part_report()

    def ingest_sample(self, progress: ProgressListener | None = None) -> IngestReport:
        """Ingests the statement that ships with the product."""
        with as_file(files("ingest") / "sample" / SAMPLE_FILE) as path:
            return self.ingest([path], IngestOptions(), progress)


class _Run:
    """A running ingest, or a part of one (`is_part`): finds the files, their rows of manifests, and added parties."""

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
        self._indexer, self._options, self._store, self._limits = indexer, options, indexer.store, indexer.limits
        self._only, self._unsent, self._parts = only, unsent, parts
        self._began = time.perf_counter()
        self._writer = DocumentWriter(
            indexer.store, indexer.embedder, indexer.limits, indexer.make_annotator(), options.kind, progress, executor,
            is_part=is_part, parts=parts,
        )  # fmt: skip
        self._notes: list[str] = []
        # The manifests above single files, each read once.
        self._manifest_of = cache(read_manifest)
        # For each folder whose `parties.csv` was refused: the codes in it, with the names that they have there.
        self._disputed: dict[Path, dict[str, str]] = {}
        # The folders whose `parties.csv` was read for a single file that their manifest lists.
        self._learnt: set[Path] = set()

    def ingest(self, path: Path) -> None:
        """Ingests one file or folder."""
        try:
            path = path.resolve()
            is_folder, is_there = path.is_dir(), path.exists()
        except (OSError, RuntimeError, ValueError):
            # An invalid file name, a folder without permission, or circular links.
            is_folder = is_there = False
        if (exc := self._unsent.get(path)) is not None:
            self._writer.report(FileResult(file=printable(path.name), result=exc.result, reason=str(exc)))
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
            self._writer.record_unreadable(source.folder, self._writer.ingest(sources), read=names)
        else:
            reason = f"no such file or folder, or it may not be read: {str(path)!r}; check the path"
            self._writer.report(FileResult(file=printable(str(path)), result="failed", reason=reason))

    def finish(self) -> None:
        """Embeds and stores the files that are still waiting, and links the families of new statements."""
        self._writer.commit()
        with self._store.writer():
            link_families(self._store.catalogue)
        self._writer.forget_begun()

    def part_report(self) -> PartReport:
        """Embeds and stores the files that are still waiting, and returns the outcome of this part of an ingest."""
        self._writer.commit()
        return self._writer.part_report()

    def report(self) -> IngestReport:
        """Returns the outcome of every file, including those that parts of the ingest have read."""
        families = self._store.catalogue.families.all()
        summaries = {s.document_id: s for s in self._store.catalogue.documents()} if families else {}
        parts = (self._writer.part_report(), *self._parts)
        return IngestReport(
            files=tuple(with_family(result, families, summaries) for result in self._writer.results()),
            embedded_passages=sum(part.embedded_passages for part in parts),
            passages=sum(part.passages for part in parts),
            seconds=round(time.perf_counter() - self._began, 3),
            notes=tuple(self._notes),
        )

    def _source(self, path: Path, folder: Path, row: ManifestRow | None = None) -> Source:
        if row is not None:
            # If the folder's `parties.csv` was refused, its codes may be of others in the store: names replace them.
            disputed = ChainMap(*(self._disputed[each] for each in path.parents if each in self._disputed))
            cells = {"state": row.state or "", "on_behalf_of": row.on_behalf_of or ""}
            named = {column: disputed.get(cell.strip().upper()) for column, cell in cells.items()}
            row = row.model_copy(update={column: name for column, name in named.items() if name})
        return Source(path=path, folder=folder, name=name_of(path, folder), row=row, order=next(self._writer.order))

    def _with_members(self, sources: Sequence[Source]) -> list[Source]:
        """Replaces an archive by the files inside it, and adds those of an e-mail; its manifest row applies to them."""
        named = {source.path for source in sources}
        expanded: list[Source] = []
        for source in sources:
            members = with_members(source.path, self._limits)
            tables = [path for path in members if path != source.path and path.name in (MANIFEST_NAME, PARTIES_NAME)]
            try:
                rows = self._rows_of_archive(tables, members)
            except ManifestError as exc:
                if source.row is None:
                    self._writer.report(FileResult(file=MANIFEST_NAME, result="failed", reason=str(exc)))
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
        self._writer.report(FileResult(file=name_of(path, folder), result="not_listed", reason=reason))

    def _read_manifest(self, folder: Path, found: Sequence[Path]) -> Manifest | None:
        """Reads and reports the manifest of a folder in which files were found; None without one.

        Raises:
            ManifestError: It cannot be read.
        """
        if (unsent := self._unsent.get(folder / MANIFEST_NAME)) is not None:
            raise ManifestError(str(unsent))
        flat = self._options.by_base_name
        files = [member for path in found for member in with_members(path, self._limits)] if flat else ()
        manifest = read_manifest(folder, files=files, by_base_name=flat)
        if manifest is not None:
            problems = tuple(each for each in manifest.problems if folder / each.file not in self._unsent)
            manifest = replace(manifest, problems=problems)
            self._report_manifest(manifest)
        return manifest

    def _sources_of(self, folder: Path, found: Sequence[Path], manifest: Manifest | None) -> list[Source]:
        """Returns the files of a folder that are ingested, and reports the others."""
        if manifest is None:
            return [self._source(path, folder) for path in found]
        sources = [self._source(folder / row.file, folder, row) for row in manifest.rows]
        rows = {source.path for source in sources}
        rest = [path for path in found if path not in rows]
        if self._options.include_unlisted:
            return sources + [self._source(path, folder) for path in rest]
        for path in rest if self._only is None else ():
            for each in self._not_listed_of(path, rows):
                self._report_not_listed(each, folder)
        return sources

    def _ingest_folder(self, folder: Path) -> None:
        learned = self._learn_parties(folder)
        found, passed_over = survey(folder)
        passed_over |= {path: exc for path, exc in self._unsent.items() if path.is_relative_to(folder)}
        try:
            manifest = self._read_manifest(folder, found)
        except ManifestError as exc:
            self._writer.report(FileResult(file=MANIFEST_NAME, result="failed", reason=str(exc)))
            return
        sources = self._sources_of(folder, found, manifest)
        if self._only is not None:
            self._ingest_only(self._only, folder, sources)
            return
        self._note_tables_below(folder, found)
        failed = self._report_passed_over(passed_over, folder, manifest)
        if not found and not sources and not passed_over:
            note = f"{PARTIES_NAME}: can be named from now on: {listed(learned, ', ')}"
            self._notes.append(note if learned else f"no supported file in {str(folder)!r}")
        failed |= self._writer.ingest(self._with_members(sources))
        self._writer.record_unreadable(folder, failed, read=None)
        if self._options.sync and not (found or learned) and manifest is None:
            # A share that is not mounted looks empty too, and removing its documents would lose their corrections.
            note = "is it mounted? `untoc remove` takes out what shall go"
            self._notes.append(f"nothing is removed, since the folder is empty: {note}")
        elif self._options.sync:
            self._remove_missing(folder)

    def _ingest_only(self, names: Collection[str], folder: Path, sources: Sequence[Source]) -> None:
        """Ingests the files of a folder with these names; with an archive, the files inside it that rows name."""
        only = {folder / name for name in names}
        own = [source for source in sources if not only.isdisjoint((source.path, *source.path.parents))]
        chosen = self._with_members(own)
        read = [*names, *(source.name for source in chosen)]
        self._writer.record_unreadable(folder, self._writer.ingest(chosen), read=read)

    def _note_tables_below(self, folder: Path, found: Sequence[Path]) -> None:
        """Notes the manifests of folders below one that is ingested, which are not used."""
        below = {above for path in found for above in path.parents if above.is_relative_to(folder) and above != folder}
        for table in sorted(each / MANIFEST_NAME for each in below if (each / MANIFEST_NAME).is_file()):
            self._notes.append(
                f"{printable(name_of(table, folder))} is not used: put its rows into the table of the folder itself, "
                "or take in its own folder"
            )

    def _report_passed_over(
        self, passed_over: Mapping[Path, LoadError], folder: Path, manifest: Manifest | None
    ) -> dict[str, UnreadableFile]:
        """Reports files of a folder that are not read, unless reported with its tables; returns those that failed."""
        named = {MANIFEST_NAME, PARTIES_NAME, *(each.file for each in (manifest.problems if manifest else ()))}
        failed: dict[str, UnreadableFile] = {}
        for path, error in sorted(passed_over.items(), key=lambda item: item[0]):
            if path.relative_to(folder).as_posix() not in named:
                self._writer.report_failure(self._source(path, folder), error, failed)
        return failed

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
            refused = refused_names(table)
            if refused and all(each.alias for each in refused):
                return self._learn_without(refused, table, path)
            check_added_names(table)
            load_parties(self._store, other_than=path).with_extra(table)
            names = tuple(row.name for _, row in added_rows(table))
        except PartyTableError as exc:
            self._refuse(str(exc).replace(str(table), str(path)))
            self._disputed[path.parent] = claimed_codes(table)
            return ()
        with self._store.writer(sync=False):
            self._store.party_files.keep(path, table)
        # Waiting files were read with the previous table of parties, and are annotated with it too.
        self._writer.commit()
        self._writer.annotator = self._indexer.make_annotator()
        return names

    def _learn_without(self, refused: Sequence[RefusedName], table: Path, path: Path) -> tuple[str, ...]:
        problems = "; ".join(each.problem for each in refused)
        self._refuse(f"{str(path)!r}, {problems}; the other names of the table are known without it")
        with TemporaryDirectory() as apart:
            kept = Path(apart) / PARTIES_NAME
            kept.write_bytes(without_aliases(table, {(each.code, each.name) for each in refused}))
            return self._learn_table(kept, path)

    def _refuse(self, problem: str) -> None:
        """Reports what is wrong in a table of parties, and logs it before any file is read."""
        logger.warning("%s", problem)
        self._notes.append(problem)

    def _report_manifest(self, manifest: Manifest) -> None:
        self._notes += manifest.notes
        for problem in manifest.problems:
            self._writer.report(problem)

    def _remove_missing(self, folder: Path) -> None:
        self._writer.commit()
        paths = {key: folder / key[1] for key in self._writer.stored.by_file if key[0] == printable(str(folder))}
        known = {key: path for key, path in paths.items() if self._unsent.keys().isdisjoint((path, *path.parents))}
        missing = [key for key, path in known.items() if not exists(path, self._limits)]
        with self._store.writer(sync=False):
            self._writer.stored.refresh()
            for summary in filter(None, map(self._writer.stored.by_file.get, missing)):
                self._writer.stored.remove(summary)
                self._writer.report(FileResult(file=summary.file, result="removed", statement_id=summary.document_id))
