"""The corpus for people: lists, shows, corrects and removes statements, ingests files, and shows citations in context.

`Corpus.edit("685815eed2f2fa70", {"session": "10"})` corrects a session.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import to_jsonable_python

from app.answering.localization import localize
from app.answering.provenance import reference
from app.answering.recheck import recheck_answer, recheck_citations
from app.corpus import ingest_jobs
from app.corpus.citation_view import EvidenceContext, PageImage, context_of, page_image_of
from app.corpus.corrected_uploads import CorrectedUploads
from app.corpus.doctor import DoctorReport, examine
from app.corpus.ingest_jobs import IngestRequest
from app.corpus.stored_documents import StoredDocuments, UndoStep, corrected_metadata, metadata_without, require
from app.corpus.uploads_store import UploadsStore
from app.errors import DuplicateError, MetadataError, NotFoundError
from app.records import Answer, Citation
from ingest.annotate import Annotator
from ingest.errors import IngestError, LoadError, PartyTableError
from ingest.incremental.reannotation import bring_up_to_date
from ingest.indexer import Indexer, IngestOptions
from ingest.loaders.registry import find_files
from ingest.loaders.worker import load, with_members
from ingest.metadata.corrections import corrected_fields, with_corrections
from ingest.metadata.manifest import MANIFEST_NAME, draft_row, write_draft
from ingest.metadata.party_checks import check_added_names
from ingest.parties.party_names import PARTIES_NAME, Party, PartyKind, added_rows, user_assigned_codes, without_party
from ingest.parties.party_table import PartyTable, load_parties
from ingest.report import IngestReport, PartReport, ProgressListener
from ingest.version_linking import describe, link_families
from vectorstore.embeddings import Embedder
from vectorstore.health import Check
from vectorstore.records import DocumentSummary, Metadata, Statement, StatementKind, StatementSummary, document_id_of
from vectorstore.version_links import Family

if TYPE_CHECKING:
    from vectorstore.jobs import Job, JobQueue

# User-assigned codes of ISO 3166, never a State's, from XZZ down, since tables that users write begin with XAA.
_USER_ASSIGNED: Final = tuple(user_assigned_codes())[::-1]


class Corpus:
    """The statements of one store, and the uploads among their files.

    `embedder` is the one for questions, which runs on numpy: an edit embeds a few passages, and must not load torch.
    `doctor(reembed=True)` uses the indexer's embedder, which loads torch.
    """

    def __init__(
        self,
        indexer: Indexer,
        embedder: Embedder,
        open_queue: Callable[[], "JobQueue | None"] = lambda: None,
    ) -> None:
        self._indexer, self._embedder, self._open_queue = indexer, embedder, open_queue
        self._store, self._limits = indexer.store, indexer.limits
        self._documents = StoredDocuments(self._store.catalogue, embedder, self._annotator)
        self.uploads = UploadsStore(self._store)

    @cached_property
    def _queue(self) -> "JobQueue | None":
        return self._open_queue()

    def parties(self) -> PartyTable:
        """Returns the table of all parties: the built-in ones and those that ingested folders added."""
        return load_parties(self._store)

    def _annotator(self, parties: PartyTable | None = None) -> Annotator:
        return Annotator(parties or self.parties(), self._indexer.split, self._embedder)

    def added_parties(self) -> tuple[Party, ...]:
        """Returns the parties that ingested folders added, by code."""
        codes = {row.code for path in self._store.party_files.paths() for _, row in added_rows(path)}
        return tuple(filter(None, map(self.parties().get, sorted(codes))))

    def add_party(self, name: str, *, kind: PartyKind = "state", aliases: Sequence[str] = ()) -> Party:
        """Adds a party that no table contains, under a free user-assigned code; see `ingest/parties`.

        Raises a PartyTableError if the name is empty, already means another party, or is an everyday word.
        """
        if not name.strip():
            raise PartyTableError("a name needs at least one letter")
        code = next((code for code in _USER_ASSIGNED if self.parties().get(code) is None), "XAA")
        with self._store.writer(), TemporaryDirectory() as apart:
            path = Path(apart) / PARTIES_NAME
            with path.open("w", encoding="utf-8", newline="") as file:
                rows = (("code", "name", "aliases", "kind"), (code, name.strip(), "|".join(aliases), kind))
                csv.writer(file, lineterminator="\n").writerows(rows)
            try:
                check_added_names(path)
                self.parties().with_extra(path)
            except PartyTableError as exc:
                # The path and line are those of the temporary table, which the user never wrote.
                raise PartyTableError(str(exc).removeprefix(f"{str(path)!r}, line 2: ")) from exc
            self._store.party_files.write(f"{code.lower()}-", path.read_bytes())
        if (added := self.parties().get(code)) is None:
            raise NotFoundError(f"the party {name!r} was not kept: try again")
        return added

    def remove_party(self, code: str) -> tuple[DocumentSummary, ...]:
        """Removes a party that an ingested folder added; returns documents that became duplicates and were removed.

        Statements and interventions that were attributed to it are attributed to nobody from then on; the next ingest
        of their folder reads them anew.
        """
        with self._store.writer():
            files = [
                path for path in self._store.party_files.paths() if any(row.code == code for _, row in added_rows(path))
            ]
            if not files:
                raise NotFoundError(f"no folder added a party {code!r}: `untoc parties` lists those that were")
            for path in files:
                prefix = path.name.partition("-")[0] + "-"
                self._store.party_files.write(prefix, without_party(path, code))
        duplicates = []
        for summary in self.documents():
            if summary.kind == "record":
                # A record is read anew whenever the names of parties change.
                for part in self.interventions(summary.document_id):
                    if code in (*part.metadata.holders, part.metadata.on_behalf_of):
                        self._take_from(part.statement_id, code)
            elif code in (*summary.metadata.holders, summary.metadata.on_behalf_of):
                try:
                    self._take_from(summary.document_id, code)
                except DuplicateError:
                    self.remove(summary.document_id)
                    duplicates.append(summary)
        return tuple(duplicates)

    def _take_from(self, statement_id: str, code: str) -> None:
        """Stops attributing a statement or an intervention to a party that no table contains any more."""
        # `show` finds no statement that was corrected or removed meanwhile; that one is not the party's any more.
        with suppress(NotFoundError), self._store.writer():
            old = self.show(statement_id)
            metadata = metadata_without(old.metadata, code)
            inferred = tuple(name for name in old.inferred if getattr(metadata, name) is not None)
            # A key without hashes makes the next ingest read the file again; what else was corrected by hand stays so.
            marked = corrected_fields(self._documents.summary(old.document.document_id).input_key)
            kept = [name for name in marked if getattr(metadata, name) == getattr(old.metadata, name)]
            if metadata.state is None:
                # Else the next version would take this for a person's correction.
                old = replace(old, span=replace(old.span, state=None))
            self._documents.change(old, metadata, inferred, input_key=with_corrections("", kept))

    def documents(self) -> tuple[DocumentSummary, ...]:
        """Returns all documents, ordered by State and date; a record counts as one document."""
        return self._store.catalogue.documents()

    def holding(self, words: str) -> frozenset[str]:
        """Returns the ids of documents whose texts contain all these words, in any order and inflection."""
        terms = [term for term in words.split() if any(map(str.isalnum, term))]
        matches = [set(map(document_id_of, self._store.catalogue.statements_with(term))) for term in terms]
        return frozenset(set.intersection(*matches)) if matches else frozenset()

    def summary(self, statement_id: str) -> DocumentSummary | StatementSummary:
        """Returns a document, or an intervention of a record, without its text."""
        record = document_id_of(statement_id)
        if record == statement_id:
            return self._documents.summary(record)
        found = next((s for s in self.interventions(record) if s.statement_id == statement_id), None)
        return require(found, statement_id)

    def families(self) -> dict[str, Family]:
        """Returns the family of every document that has one, by its id."""
        return self._store.catalogue.families.all()

    def kinship(self, document_id: str) -> str | None:
        """Returns how a document belongs to its family, in one line; None where it has none."""
        family = self.families().get(document_id)
        return None if family is None else describe(document_id, family, {d.document_id: d for d in self.documents()})

    def interventions(self, record_id: str) -> tuple[StatementSummary, ...]:
        """Returns the interventions of a record in order; none for a statement or an intervention."""
        return tuple(s for s in self._store.catalogue.summaries_of(record_id) if s.span.named is not None)

    def show(self, statement_id: str) -> Statement:
        """Returns a statement with its text, an intervention with the text of its record, or a record as a whole."""
        return self._documents.show(statement_id)

    def trace(self, trace_id: str) -> dict[str, object]:
        """Returns the trace of an answer; old ones are dropped."""
        if (record := self._store.catalogue.trace(trace_id)) is None:
            raise NotFoundError(f"no trace of an answer {trace_id!r} in the store; only the newest are kept")
        return record

    def edit(self, statement_id: str, changes: Mapping[str, str]) -> str:
        """Corrects metadata of a statement or record, and returns its id; an empty value clears a field.

        Passages that have vectors keep them; an intervention without a party had no passages, and is embedded now.
        A statement gets a new id, which is a hash of text and metadata; an intervention keeps its id. Correcting a
        record splits it anew, so its interventions are to be corrected after it.
        """
        # Read under the write lock, so that of two concurrent corrections the second builds on the first.
        with self._store.writer():
            old = self.show(statement_id)
            metadata, inferred = corrected_metadata(old, changes, self.parties())
            return self._documents.change(old, metadata, inferred, by_hand=changes.keys())

    def undo_step(self, document_id: str) -> UndoStep:
        """Returns a snapshot of a document, which `restore` brings back after a correction or removal."""
        document, summary = self._documents.document(document_id), self._documents.summary(document_id)
        return UndoStep(document=document, summary=summary, parts=self.interventions(document_id), now=document_id)

    def restore(self, step: UndoStep) -> None:
        """Brings a document back as it was, with corrections of its interventions; a second call changes nothing."""
        with self._store.writer():
            self._documents.restore(step)

    def remove(self, statement_id: str, *, undoable: bool = False) -> None:
        """Removes a statement or record, never one intervention; its file is deleted only if it is an upload.

        With `undoable`, an uploaded file stays until a later upload tidies up, so that the removal can be undone.
        """
        with self._store.writer():
            held = self.show(statement_id)
            if held.is_intervention:
                record = held.document.document_id
                raise MetadataError(f"{statement_id!r} is part of a record: remove the whole record {record!r}")
            folder = self._documents.summary(statement_id).folder
            self._store.catalogue.remove(statement_id)
        if not undoable:
            self.uploads.remove(Path(folder), held.file)

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        sample: bool = False,
        sync: bool = False,
        include_unlisted: bool = False,
        kind: StatementKind = "statement",
        progress: ProgressListener | None = None,
    ) -> IngestReport:
        """Ingests files and folders, through workers where any run, or the sample; see `ingest.indexer.Indexer`.

        Paths beside the sample are an IngestError.
        """
        if sample:
            if paths:
                raise IngestError("the sample is ingested by itself: ingest the paths with a call of their own")
            return self._indexer.ingest_sample(progress)
        options = IngestOptions(kind=kind, include_unlisted=include_unlisted, sync=sync)
        return self._take_in(IngestRequest(paths=tuple(paths), options=options), progress)

    def _take_in(self, request: IngestRequest, progress: ProgressListener | None) -> IngestReport:
        files, queue = self._store.files, self._queue
        if queue is not None and not queue.workers():
            queue = None
        # A path with bytes that are not UTF-8 cannot be written down for other processes, so this one ingests it.
        if (files is None and queue is None) or not all(str(path).isprintable() for path in request.paths):
            return self._take_whole(request, progress)
        request = request.model_copy(update={"paths": tuple(map(ingest_jobs.absolute_path, request.paths))})
        if files is not None:
            request = ingest_jobs.share_files(request, files, self._store.move_folder)
        if queue is None:
            return self._take_whole(request, progress)
        report = ingest_jobs.ingest_by_workers(queue, request, progress)
        self._store.party_files.sync()
        return report

    def do_job(self, job: "Job") -> Mapping[str, Any]:
        """Runs a job that a worker took from the queue: a part of an ingest, or the whole, which finishes it."""
        request = IngestRequest.model_validate(job.what)
        outcome: IngestReport | PartReport
        if job.is_whole:
            outcome = self._take_whole(request, lambda _: job.check(), ingest_jobs.part_reports(job))
            # Deletes copies on this machine of uploads whose statements were removed on another.
            self.uploads.tidy()
        else:
            self._fetch(request)
            outcome = self._indexer.ingest_part(
                request.paths, request.options, lambda _: job.check(), request.only, request.unsent_files
            )
        as_json: dict[str, Any] = to_jsonable_python(outcome)
        return as_json

    def _take_whole(
        self, request: IngestRequest, progress: ProgressListener | None, parts: Sequence[PartReport] = ()
    ) -> IngestReport:
        """Ingests in this process what `parts` have not, and finishes the ingest; see `Indexer.ingest`."""
        self._fetch(request)
        report = self._indexer.ingest(request.paths, request.options, progress, parts, request.unsent_files)
        if not request.upload:
            return report
        return CorrectedUploads(self._store, self._documents, self.uploads).replace_earlier(report, request.paths)

    def _fetch(self, request: IngestRequest) -> None:
        self._store.party_files.sync()
        if self._store.files is not None:
            ingest_jobs.fetch_files(request, self._store.files)

    def given_up(self) -> tuple[str, ...]:
        """Returns one line for each job that workers failed to ingest and do not retry."""
        return () if self._queue is None else tuple(ingest_jobs.given_up(self._queue))

    def broken_off(self, person: str) -> int:
        """Returns how many uploads of a person were broken off when a server stopped; each is told of once."""
        return self.uploads.broken_off(person)

    def ingest_uploads(
        self, paths: Sequence[Path], *, include_unlisted: bool = False, progress: ProgressListener | None = None
    ) -> IngestReport:
        """Ingests files that were uploaded into a folder; a corrected file replaces the one uploaded before.

        A browser drops folders from file names, so rows of a manifest match by base name. A file corrects an earlier
        one if their names are equal, their texts similar, and both of one party or, where the new text names none,
        under one heading; what was set by hand is kept as in a changed file of a folder.
        """
        self.uploads.forget_broken()
        options = IngestOptions(include_unlisted=include_unlisted, by_base_name=True)
        return self._take_in(IngestRequest(paths=tuple(paths), options=options, upload=True), progress)

    def draft_manifest(self, folder: Path, *, overwrite: bool = False) -> Path:
        """Writes a draft `statements.csv` from what the texts of a folder say; returns its path."""
        rows = []
        table, parties = folder / PARTIES_NAME, self.parties()
        if table.is_file():
            # The folder's own parties are recognised already; an error in its table is left for the ingest to report.
            with suppress(PartyTableError):
                parties = load_parties(self._store, other_than=table).with_extra(table)
        annotator = self._annotator(parties)
        found = chain.from_iterable(with_members(path, self._limits) for path in find_files(folder))
        for path in found:
            if path.name in (MANIFEST_NAME, PARTIES_NAME):
                continue
            name = path.relative_to(folder).as_posix()
            try:
                loaded = load(path, self._limits, folder)
            except LoadError:
                rows.append(draft_row(name, Metadata()))
                continue
            # A record gets no State, which would attribute the words of all its speakers to one party.
            document = annotator.read(loaded, None, file=name, kind="statement", input_key="").document
            rows.append(draft_row(name, document.metadata, document.kind))
        return write_draft(folder, rows, force=overwrite)

    def context(self, citation: Citation) -> EvidenceContext:
        """Returns a citation within its paragraph; see `context_of`."""
        return context_of(self.show(citation.statement_id), citation)

    def recheck(self, citations: Sequence[Citation]) -> tuple[Citation, ...]:
        """Returns kept citations as they stand in the store now; see `app.answering.recheck`."""
        with self._store.catalogue.snapshot():
            return recheck_citations(citations, self._store.catalogue)

    def recheck_answer(self, answer: Answer) -> Answer:
        """Returns a kept answer with its citations as they stand in the store now; see `app.answering.recheck`."""
        return recheck_answer(answer, self.recheck, localize(self.parties(), answer.scope.language))

    def page_image(self, statement_id: str, start: int, end: int) -> PageImage:
        """Renders the page on which a span of a statement begins, with the span marked; raises as `page_image_of`."""
        statement = self.show(statement_id)
        folder = Path(self._documents.summary(statement.document.document_id).folder)
        return page_image_of(statement, start, end, folder, self._store.files, self._limits)

    def party_name(self, code: str | None, language: str = "en") -> str:
        """Returns the name of a party to show; a dash where there is none."""
        return "—" if code is None else self.parties().display(code, language)

    def reference(self, citation: Citation, language: str = "en") -> str:
        """Returns the reference of a citation as plain text, to copy."""
        return reference(citation, localize(self.parties(), language))

    def doctor(self, *, rebuild: bool = False, reembed: bool = False) -> DoctorReport:
        """Checks the store; if asked, first renews all embeddings (`reembed`), annotations and indexes (`rebuild`)."""
        renewed: list[Check] = []
        if reembed:
            with self._store.writer(sync=not rebuild):
                self._store.embed_anew(self._indexer.embedder.embed_documents)
        if rebuild:
            with self._store.writer():
                renewed.append(bring_up_to_date(self._store, self._annotator()))
                link_families(self._store.catalogue)
                self._store.rebuild_index()
        checks = [*examine(self._store), *renewed]
        if self._queue is not None and checks[0].ok:
            checks.append(ingest_jobs.check_jobs(self._queue))
        return DoctorReport(checks=tuple(checks))
