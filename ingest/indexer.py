"""The indexer: load -> repair -> annotate -> split -> embed -> store, once per distinct text and metadata."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from ingest.annotate import Annotator, Draft
from ingest.errors import EmptyFileError, LoadError, PartyTableError
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import find_files, load
from ingest.manifest import MANIFEST_NAME, Manifest, ManifestRow, read_manifest
from ingest.parties import PartyTable
from ingest.report import FileOutcome, FileResult, IngestProgress, IngestReport, IngestStep
from ingest.splitter import SplitConfig
from vectorstore.embeddings import Embedder
from vectorstore.records import Kind, StatementSummary, text_key
from vectorstore.store import Store

logger = logging.getLogger(__name__)

SAMPLE_FILE = "000_6237221ecf9e9373.txt"
PARTIES_NAME = "parties.csv"
# Statements embedded together: long enough for even batches, short enough to lose little when killed.
_GROUP = 16

ProgressListener = Callable[[IngestProgress], None]


@dataclass(frozen=True, kw_only=True)
class IngestOptions:
    """How an ingest treats what it finds.

    Attributes:
        kind: What the files are.
        include_unlisted: Take files that the folder's manifest does not list as well.
        sync: Remove statements whose file is gone from the folder.
    """

    kind: Kind = "statement"
    include_unlisted: bool = False
    sync: bool = False


@dataclass(frozen=True, kw_only=True)
class _Source:
    """One file to be taken: its path, its name in reports, and its row of the manifest."""

    path: Path
    folder: Path
    name: str
    row: ManifestRow | None


class Indexer:
    """Brings files into the store. One bad file never stops the others."""

    def __init__(self, store: Store, embedder: Embedder, split: SplitConfig, limits: LoadLimits) -> None:
        self._store = store
        self._embedder = embedder
        self._split = split
        self._limits = limits

    def ingest(
        self, paths: Sequence[Path], options: IngestOptions, progress: ProgressListener | None = None
    ) -> IngestReport:
        """Takes files and folders into the store.

        Args:
            paths: Files, or folders, which may hold a manifest.
            options: How to treat them.
            progress: Hears of every file and step.

        Raises:
            IngestError: A manifest cannot be read at all.
            StoreError: The store cannot be written; what was stored before is kept.
        """
        began = time.perf_counter()
        with self._store.writer():
            run = _Run(self._store, self._embedder, self._split, self._limits, options, progress)
            for path in paths:
                run.take(path)
            run.finish()
        report = run.report(time.perf_counter() - began)
        logger.info("ingest: %d files, %d passages embedded", len(report.files), report.embedded_passages)
        return report

    def ingest_sample(self, progress: ProgressListener | None = None) -> IngestReport:
        """Takes the statement that ships with the product into the store."""
        with as_file(files("ingest") / "sample" / SAMPLE_FILE) as path:
            return self.ingest([path], IngestOptions(), progress)


def load_parties(store: Store) -> PartyTable:
    """Returns the built-in parties and those that ingested folders brought."""
    return PartyTable.load().with_extra(*store.party_files())


class _Run:
    """One ingest under way."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        split: SplitConfig,
        limits: LoadLimits,
        options: IngestOptions,
        progress: ProgressListener | None,
    ) -> None:
        self._store, self._embedder, self._limits = store, embedder, limits
        self._options = options
        self._progress = progress
        self._split = split
        self._annotator = Annotator(load_parties(store), split, embedder)
        self._held = {(s.folder, s.file): s for s in store.catalogue.summaries()}
        self._by_digest = {s.digest: s for s in self._held.values()}
        self._results: list[FileResult] = []
        self._notes: list[str] = []
        self._waiting: list[tuple[_Source, Draft, StatementSummary | None]] = []
        self._embedded = self._passages = 0
        self._done = self._total = 0

    def take(self, path: Path) -> None:
        """Takes one path of the command line."""
        if path.is_dir():
            self._take_folder(path.resolve())
        elif path.exists():
            name = path.name
            self._take_sources([_Source(path=path.resolve(), folder=path.resolve().parent, name=name, row=None)])
        else:
            reason = f"no such file or folder: {str(path)!r}; check the path"
            self._results.append(FileResult(file=str(path), result="failed", reason=reason))

    def finish(self) -> None:
        """Embeds and stores what is still waiting."""
        self._flush()

    def report(self, seconds: float) -> IngestReport:
        """Returns what became of every file."""
        return IngestReport(
            files=tuple(self._results),
            embedded_passages=self._embedded,
            passages=self._passages,
            seconds=round(seconds, 3),
            notes=tuple(self._notes),
        )

    # --- folders and manifests

    def _take_folder(self, folder: Path) -> None:
        self._learn_parties(folder)
        manifest = read_manifest(folder)
        found = [path for path in find_files(folder) if path.name not in (MANIFEST_NAME, PARTIES_NAME)]
        by_name = {path.relative_to(folder).as_posix(): path for path in found}
        sources: list[_Source] = []
        if manifest is None:
            sources = [_Source(path=path, folder=folder, name=name, row=None) for name, path in by_name.items()]
        else:
            self._report_manifest(manifest)
            sources = [
                _Source(path=folder / row.file, folder=folder, name=row.file, row=row)
                for row in manifest.rows
                if (folder / row.file).exists()
            ]
            listed = {row.file for row in manifest.rows}
            rest = {name: path for name, path in by_name.items() if name not in listed}
            if self._options.include_unlisted:
                sources += [_Source(path=path, folder=folder, name=name, row=None) for name, path in rest.items()]
            else:
                reason = f"not in {MANIFEST_NAME}: add a row, or use --all"
                self._results += [FileResult(file=name, result="not_listed", reason=reason) for name in rest]
        if not sources and not self._results:
            self._notes.append(f"no supported file in {str(folder)!r}")
        self._take_sources(sources)
        if self._options.sync:
            self._remove_gone(folder, {source.name for source in sources})

    def _learn_parties(self, folder: Path) -> None:
        path = folder / PARTIES_NAME
        if not path.is_file():
            return
        try:
            load_parties(self._store).with_extra(path)
        except PartyTableError as exc:
            self._notes.append(str(exc))
            return
        self._store.keep_party_file(path)
        self._annotator = Annotator(load_parties(self._store), self._split, self._embedder)

    def _report_manifest(self, manifest: Manifest) -> None:
        if manifest.unknown_columns:
            self._notes.append(f"{MANIFEST_NAME}: columns not used: {', '.join(manifest.unknown_columns)}")
        for problem in manifest.problems:
            if problem.result is None:
                self._notes.append(problem.reason)
            else:
                name = problem.file or MANIFEST_NAME
                self._results.append(FileResult(file=name, result=problem.result, reason=problem.reason))

    def _remove_gone(self, folder: Path, present: set[str]) -> None:
        for (held_folder, name), summary in list(self._held.items()):
            if held_folder == str(folder) and name not in present:
                self._store.catalogue.remove(summary.statement_id)
                self._results.append(FileResult(file=name, result="removed", statement_id=summary.statement_id))
                del self._held[held_folder, name]

    # --- files

    def _take_sources(self, sources: Sequence[_Source]) -> None:
        self._total += len(sources)
        failed: dict[str, dict[str, str]] = {}
        for source in sources:
            self._tell(source.name, "load")
            try:
                self._take_file(source)
            except EmptyFileError as exc:
                self._results.append(FileResult(file=source.name, result="skipped", reason=str(exc)))
            except LoadError as exc:
                self._results.append(FileResult(file=source.name, result="failed", reason=str(exc)))
                failed.setdefault(str(source.folder), {})[source.name] = str(exc)
            self._done += 1
            if len(self._waiting) >= _GROUP:
                self._flush()
        for folder in {str(source.folder) for source in sources}:
            names = [source.name for source in sources if str(source.folder) == folder]
            self._store.catalogue.record_unreadable(folder, failed=failed.get(folder, {}), read=names)

    def _take_file(self, source: _Source) -> None:
        # A single file may be a link that its user named; inside a folder links must not lead out of it.
        inside = source.folder if source.row is not None or source.name != source.path.name else None
        loaded = load(source.path, self._limits, inside)
        key = self._annotator.input_key(loaded, source.row, self._options.kind)
        held = self._held.get((str(source.folder), source.name))
        if held is not None and held.input_key == key:
            self._results.append(_result(source, "unchanged", held))
            return
        draft = self._annotator.draft(loaded, source.row, file=source.name, kind=self._options.kind, input_key=key)
        twin = self._by_digest.get(draft.digest)
        if twin is not None and held is None:
            if twin.sha256 == loaded.sha256 and not Path(twin.folder, twin.file).exists():
                # The file was renamed or moved: the statement is the same.
                self._touch(source, twin, draft)
                return
            reason = f"same text and metadata as {twin.file!r}, which is in the store"
            self._results.append(_result(source, "duplicate", twin, reason))
            return
        if twin is not None and held is not None and twin.statement_id == held.statement_id:
            self._touch(source, twin, draft)
            return
        self._waiting.append((source, draft, held))
        self._by_digest[draft.digest] = draft.summary(str(source.folder))

    def _touch(self, source: _Source, twin: StatementSummary, draft: Draft) -> None:
        self._store.catalogue.touch(
            twin.statement_id,
            file=source.name,
            folder=str(source.folder),
            sha256=draft.statement.sha256,
            input_key=draft.input_key,
        )
        self._results.append(_result(source, "unchanged", twin, draft.reason))

    def _flush(self) -> None:
        """Embeds the texts that have no vector yet and stores the waiting statements, each in one transaction."""
        if not self._waiting:
            return
        annotated = [
            (source, draft, held, self._annotator.annotate(draft)) for source, draft, held in self._waiting
        ]
        self._waiting = []
        texts = {text_key(passage.text): passage.text for _, _, _, a in annotated for passage in a.passages}
        known = self._store.catalogue.known_keys(texts)
        missing = [key for key in texts if key not in known]
        last = annotated[-1][0].name
        self._tell(last, "embed")
        vectors = self._embedder.embed_documents([texts[key] for key in missing])
        fresh = dict(zip(missing, vectors, strict=True))
        self._embedded += len(missing)
        self._tell(last, "store")
        for source, draft, held, item in annotated:
            keys = {text_key(passage.text) for passage in item.passages}
            self._store.catalogue.store(
                item,
                folder=str(source.folder),
                digest=draft.digest,
                input_key=draft.input_key,
                vectors={key: fresh[key] for key in keys if key in fresh},
                replaces=held.statement_id if held is not None else None,
            )
            self._passages += len(item.passages)
            summary = draft.summary(str(source.folder))
            self._held[str(source.folder), source.name] = summary
            outcome: FileOutcome = (
                "added" if held is None else ("updated" if held.sha256 == summary.sha256 else "replaced")
            )
            self._results.append(_result(source, outcome, summary, draft.reason))

    def _tell(self, file: str, step: IngestStep) -> None:
        if self._progress is not None:
            self._progress(IngestProgress(done=self._done, total=self._total, file=file, step=step))


def _result(
    source: _Source, outcome: FileOutcome, summary: StatementSummary, reason: str | None = None
) -> FileResult:
    return FileResult(
        file=source.name,
        result=outcome,
        reason=reason,
        statement_id=summary.statement_id,
        state=summary.metadata.state,
    )
