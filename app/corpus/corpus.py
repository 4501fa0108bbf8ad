"""The corpus for people: lists, shows, corrects and removes statements, ingests files, and shows citations in context.

`Corpus.edit("685815eed2f2fa70", {"session": "10"})` corrects a session.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import to_jsonable_python
from rapidfuzz import fuzz

from app.answering.localization import localize
from app.answering.provenance import reference
from app.answering.recheck import answer_as_of_today, citations_as_of_today
from app.corpus import ingest_jobs
from app.corpus.citation_view import EvidenceContext, PageImage, context_of, page_image_of
from app.corpus.doctor import examine
from app.corpus.ingest_jobs import IngestRequest
from app.corpus.uploads_store import UploadsStore
from app.errors import DuplicateError, MetadataError, NotFoundError
from app.records import Answer, Citation
from ingest.annotate import Annotator, UnsplitDocument, identify
from ingest.errors import IngestError, LoadError, ManifestError, PartyTableError
from ingest.families import describe, link_families
from ingest.indexer import Indexer, IngestOptions
from ingest.input_key import key_of_held
from ingest.loaders.loaded import LoadedText
from ingest.loaders.registry import find_files
from ingest.loaders.worker import load, with_members
from ingest.metadata.corrections import corrected_fields, heading_letters, with_corrections
from ingest.metadata.manifest import MANIFEST_NAME, ManifestRow, draft_row, read_manifest, write_draft
from ingest.metadata.metadata import ReadMetadata, held_alone, merge, of_deliverer, read_metadata
from ingest.metadata.party_checks import check_added_names
from ingest.parties.party_names import PARTIES_NAME, Party, PartyKind, added_rows, user_assigned_codes, without_party
from ingest.parties.party_table import PartyTable, load_parties
from ingest.renewal import bring_up_to_date, with_corrections_of, with_fresh_blocks
from ingest.report import NO_STATE, FileResult, IngestReport, PartReport, ProgressListener
from ingest.text.layout import find_blocks
from vectorstore.embeddings import Embedder
from vectorstore.families import Family
from vectorstore.health import Check
from vectorstore.records import (
    AnnotatedDocument,
    Document,
    DocumentSummary,
    Metadata,
    Role,
    Statement,
    StatementKind,
    StatementSummary,
    document_id_of,
)

if TYPE_CHECKING:
    from vectorstore.jobs import Job, JobQueue

EDITABLE: Final = tuple(name for name in Metadata.__dataclass_fields__ if name != "held_by")
# Metadata that differ between the interventions of a record.
_OF_SPEAKER: Final = frozenset({"state", "on_behalf_of", "speaker"})
# User-assigned codes of ISO 3166, never a State's, from XZZ down, since tables that users write begin with XAA.
_USER_ASSIGNED: Final = tuple(user_assigned_codes())[::-1]
# Lowest similarity, 0 to 100, at which an upload corrects the earlier file of its name; and characters compared.
_SIMILARITY_MIN: Final = 70
_COMPARED_CHARS: Final = 20_000
# Metadata that a corrected upload takes over from the file sent before, where its own text does not give them.
_KEPT_OF_EARLIER: Final = ("agenda_item", "body", "date", "session")


@dataclass(frozen=True, kw_only=True)
class UndoStep:
    """A document and its interventions before a correction or removal; `now` is its id after it, None if removed."""

    document: Document
    summary: DocumentSummary
    parts: tuple[StatementSummary, ...]
    now: str | None


@dataclass(frozen=True, kw_only=True)
class DoctorReport:
    """The findings of a health check."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether the store is sound."""
        return all(check.ok for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Returns the contract of `untoc doctor --json`."""
        return {"ok": self.ok, "checks": [asdict(check) for check in self.checks]}


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
        self._store, self._split, self._limits = indexer.store, indexer.split, indexer.limits
        self.uploads = UploadsStore(self._store)

    @cached_property
    def _queue(self) -> "JobQueue | None":
        return self._open_queue()

    def parties(self) -> PartyTable:
        """Returns the table of all parties: the built-in ones and those that ingested folders added."""
        return load_parties(self._store)

    @property
    def _annotator(self) -> Annotator:
        return Annotator(self.parties(), self._split, self._embedder)

    def added_parties(self) -> tuple[Party, ...]:
        """Returns the parties that ingested folders added, by code."""
        codes = {row.code for path in self._store.party_files() for _, row in added_rows(path)}
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
            self._store.write_party_file(f"{code.lower()}-", path.read_bytes())
        if (added := self.parties().get(code)) is None:
            raise NotFoundError(f"the party {name!r} was not kept: try again")
        return added

    def remove_party(self, code: str) -> tuple[DocumentSummary, ...]:
        """Removes a party that an ingested folder added; returns documents that became duplicates and were removed.

        Statements and interventions that were attributed to it are attributed to nobody from then on; the next ingest
        of their folder reads them anew.
        """
        with self._store.writer():
            files = [path for path in self._store.party_files() if any(row.code == code for _, row in added_rows(path))]
            if not files:
                raise NotFoundError(f"no folder added a party {code!r}: `untoc parties` lists those that were")
            for path in files:
                prefix = path.name.partition("-")[0] + "-"
                self._store.write_party_file(prefix, without_party(path, code))
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
            metadata = _without(old.metadata, code)
            inferred = tuple(name for name in old.inferred if getattr(metadata, name) is not None)
            # A key without hashes makes the next ingest read the file again; what else was corrected by hand stays so.
            of = old if isinstance(old, Document) else old.document
            marked = corrected_fields(self._document_summary(of.document_id).input_key)
            kept = [name for name in marked if getattr(metadata, name) == getattr(old.metadata, name)]
            if isinstance(old, Statement) and metadata.state is None:
                # Else the next version would take this for a person's correction.
                old = replace(old, span=replace(old.span, state=None))
            self._change(old, metadata, inferred, input_key=with_corrections("", kept))

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
            return self._document_summary(record)
        found = next((s for s in self.interventions(record) if s.statement_id == statement_id), None)
        return _require(found, statement_id)

    def _document_summary(self, document_id: str) -> DocumentSummary:
        return _require(self._store.catalogue.document_summary(document_id), document_id)

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

    def show(self, statement_id: str) -> Statement | Document:
        """Returns a statement with its text, an intervention with the text of its record, or a whole record."""
        catalogue = self._store.catalogue
        statement = catalogue.statement(statement_id)
        return statement if statement is not None else _require(catalogue.document(statement_id), statement_id)

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
            _check_editable(old, changes)
            return self._change(old, *self._corrected(old, changes), by_hand=changes.keys())

    def _change(
        self,
        old: Statement | Document,
        metadata: Metadata,
        inferred: tuple[str, ...],
        *,
        input_key: str | None = None,
        instead_of: str | None = None,
        by_hand: Iterable[str] = (),
    ) -> str:
        """Stores a statement or document with other metadata; returns its id. The caller holds the write lock.

        A person corrected the fields `by_hand`, which a later ingest of the changed file keeps.

        The document `instead_of` may be a duplicate of it, since the caller removes that one.
        """
        annotator, before = self._annotator, old if isinstance(old, Document) else old.document
        if isinstance(old, Statement) and old.is_intervention:
            role: Role = "unknown" if metadata.state is None else "party"
            changed = replace(old, metadata=metadata, inferred=inferred, span=replace(old.span, role=role))
            self._keep_intervention(annotator.split(changed.document, [changed]))
            if input_key is not None:
                of = self._document_summary(before.document_id)
                self._store.catalogue.touch(
                    of.document_id, file=of.file, folder=of.folder, sha256=of.sha256, input_key=input_key
                )
            return old.statement_id
        others = {d.document_id: d for d in self.documents()}
        summary = others.pop(before.document_id)
        corrected = {*corrected_fields(summary.input_key), *by_hand}
        document = with_fresh_blocks(replace(before, metadata=metadata, inferred=inferred), corrected)
        new_id, digest = identify(document, annotator.interventions(document))
        twin = next((d for d in others.values() if d.digest == digest and d.document_id != instead_of), None)
        if twin is not None:
            raise DuplicateError(f"{twin.file!r} is the same text with this metadata: remove one of the two")
        if input_key is None:
            attribution_changed = any(getattr(metadata, name) != getattr(before.metadata, name) for name in _OF_SPEAKER)
            input_key = key_of_held(summary.input_key, before.kind) if attribution_changed else summary.input_key
        summary = replace(summary, input_key=with_corrections(input_key, by_hand))
        self._keep(annotator.annotate(replace(document, document_id=new_id)), summary, digest, before.document_id)
        return new_id

    def _keep_intervention(self, annotated: AnnotatedDocument) -> None:
        self._store.catalogue.embed_missing(annotated.texts, self._embedder.embed_documents)
        self._store.catalogue.store_intervention(annotated)

    def _keep(self, annotated: AnnotatedDocument, summary: DocumentSummary, digest: str, replaces: str | None) -> None:
        self._store.catalogue.embed_missing(annotated.texts, self._embedder.embed_documents)
        self._store.catalogue.store(
            annotated, folder=summary.folder, digest=digest, input_key=summary.input_key, replaces=replaces
        )
        link_families(self._store.catalogue)

    def undo_step(self, document_id: str) -> UndoStep:
        """Returns a snapshot of a document, which `restore` brings back after a correction or removal."""
        document, summary = self._document(document_id), self._document_summary(document_id)
        return UndoStep(document=document, summary=summary, parts=self.interventions(document_id), now=document_id)

    def restore(self, step: UndoStep) -> None:
        """Brings a document back as it was, with corrections of its interventions; a second call changes nothing."""
        summary, annotator = step.summary, self._annotator
        annotated = annotator.annotate(step.document)
        as_read = {item.statement_id: item for item in annotated.statements}
        with self._store.writer():
            if step.now is not None and self._store.catalogue.document(summary.document_id) is None:
                # `show` raises if the document was corrected or removed again since: this step does not undo that.
                self.show(step.now)
            others = [d for d in self.documents() if d.document_id != step.now]
            of_same_file = [d for d in others if (d.folder, d.file) == (summary.folder, summary.file)]
            twin = next((d for d in others if d.digest == summary.digest and d not in of_same_file), None)
            if twin is not None:
                raise DuplicateError(f"{twin.file!r} is the same text with this metadata by now: remove it first")
            # The file may have been ingested again since the document was removed.
            self._keep(annotated, summary, summary.digest, of_same_file[0].document_id if of_same_file else step.now)
            for part in step.parts:
                read = as_read.get(part.statement_id)
                if read is not None and (read.metadata, read.span.role) != (part.metadata, part.span.role):
                    span = replace(read.span, role=part.span.role)
                    as_before = replace(read, metadata=part.metadata, inferred=part.inferred, span=span)
                    self._keep_intervention(annotator.split(as_before.document, [as_before]))

    def remove(self, statement_id: str, *, undoable: bool = False) -> None:
        """Removes a statement or record, never one intervention; its file is deleted only if it is an upload.

        With `undoable`, an uploaded file stays until a later upload tidies up, so that the removal can be undone.
        """
        with self._store.writer():
            held = self.show(statement_id)
            if isinstance(held, Statement) and held.is_intervention:
                record = held.document.document_id
                raise MetadataError(f"{statement_id!r} is part of a record: remove the whole record {record!r}")
            folder = self._document_summary(statement_id).folder
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
        request = request.model_copy(update={"paths": tuple(map(ingest_jobs.absolute, request.paths))})
        if files is not None:
            request = ingest_jobs.shared(request, files, self._store.move_folder)
        if queue is None:
            return self._take_whole(request, progress)
        report = ingest_jobs.ingest_by_workers(queue, request, progress)
        self._store.sync_party_tables()
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
        return self._with_corrections(report, request.paths) if request.upload else report

    def _fetch(self, request: IngestRequest) -> None:
        self._store.sync_party_tables()
        if self._store.files is not None:
            ingest_jobs.fetch(request, self._store.files)

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

    def _with_corrections(self, report: IngestReport, paths: Sequence[Path]) -> IngestReport:
        """Removes the statements that uploaded files correct; returns the report with these files as replacements."""
        folders = {str((path if path.is_dir() else path.parent).resolve()) for path in paths}
        uploaded = {d.file: d for d in self.documents() if d.folder in folders}
        replaced = {file: old for file, new in uploaded.items() if (old := self._sent_before(new)) is not None}
        return replace(report, files=tuple(self._corrected_upload(file, uploaded, replaced) for file in report.files))

    def _sent_before(self, new: DocumentSummary) -> DocumentSummary | None:
        """Returns the document of an earlier upload that a new one corrects, or None."""
        read = self._document(new.document_id)
        for old in self.documents():
            if old.file != new.file or old.folder == new.folder or Path(old.folder).parent != Path(new.folder).parent:
                continue
            before = self._document(old.document_id)
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
        return frozenset(read_metadata(held.source_text, blocks, self.parties(), held.file).metadata.holders)

    def _corrected_upload(
        self, result: FileResult, uploaded: Mapping[str, DocumentSummary], replaced: Mapping[str, DocumentSummary]
    ) -> FileResult:
        """Removes the statement that an uploaded file corrects; returns the result of the file, which says so."""
        old = replaced.get(result.file)
        if old is None or result.result != "added":
            return result
        new, reason = uploaded[result.file], "in place of the file of this name that was sent before"
        identifier = new.document_id
        with self._store.writer():
            read = self._document(identifier)
            known = self._with_known_before(old, new, read)
            metadata, by_hand = known.document.metadata, corrected_fields(known.input_key)
            changed = [name for name in EDITABLE if getattr(metadata, name) != getattr(read.metadata, name)]
            if changed or by_hand:
                try:
                    identifier = self._change(
                        read, metadata, known.document.inferred, instead_of=old.document_id, by_hand=by_hand
                    )
                    unsaid = any(getattr(read.metadata, name) is None for name in changed)
                    reason += "; what its text does not say stays as it was" if unsaid else ""
                except DuplicateError as error:
                    metadata = read.metadata
                    reason += f"; what was known of that one ({', '.join(changed)}) is not kept: {error}"
            if identifier != old.document_id:
                self._store.catalogue.remove(old.document_id)
        self.uploads.remove(Path(old.folder), old.file)
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
        annotator, row = self._annotator, _row_of(new)
        values = ((name, getattr(old.metadata, name)) for name in _KEPT_OF_EARLIER)
        filled = {name: value for name, value in values if getattr(read.metadata, name) is None}
        loaded = LoadedText(text=read.source_text, sha256=new.sha256)
        again = annotator.read(loaded, row, file=new.file, kind="statement", input_key=new.input_key)
        document = replace(read, blocks=again.document.blocks, metadata=replace(read.metadata, **filled))
        unsplit = replace(again, document=document, input_key=new.input_key, reason=None)
        without = old.kind == new.kind == "statement" and old.metadata.holders and not new.metadata.holders
        given = {"state"} if without and not self._holders_by_text(self._document(old.document_id)) else ()
        held = replace(old, input_key=with_corrections(old.input_key, given))
        return with_corrections_of(annotator, held, unsplit, row, "statement", self._store.catalogue)

    def draft_manifest(self, folder: Path, *, overwrite: bool = False) -> Path:
        """Writes a draft `statements.csv` from what the texts of a folder say; returns its path."""
        rows = []
        table, parties = folder / PARTIES_NAME, self.parties()
        if table.is_file():
            # The folder's own parties are recognised already; an error in its table is left for the ingest to report.
            with suppress(PartyTableError):
                parties = load_parties(self._store, other_than=table).with_extra(table)
        annotator = Annotator(parties, self._split, self._embedder)
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
        return context_of(self._statement(citation.statement_id), citation)

    def as_of_today(self, citations: Sequence[Citation]) -> tuple[Citation, ...]:
        """Returns kept citations as they stand in the store now; see `app.answering.recheck`."""
        with self._store.catalogue.snapshot():
            return citations_as_of_today(citations, self._store.catalogue)

    def answer_as_of_today(self, answer: Answer) -> Answer:
        """Returns a kept answer with its citations as they stand in the store now; see `app.answering.recheck`."""
        return answer_as_of_today(answer, self.as_of_today, localize(self.parties(), answer.scope.language))

    def page_image(self, statement_id: str, start: int, end: int) -> PageImage:
        """Renders the page on which a span of a statement begins, with the span marked; raises as `page_image_of`."""
        statement = self._statement(statement_id)
        folder = Path(self._document_summary(statement.document.document_id).folder)
        return page_image_of(statement, start, end, folder, self._store.files, self._limits)

    def _statement(self, statement_id: str) -> Statement:
        return _require(self._store.catalogue.statement(statement_id), statement_id)

    def _document(self, document_id: str) -> Document:
        return _require(self._store.catalogue.document(document_id), document_id)

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
                renewed.append(bring_up_to_date(self._store, self._annotator))
                link_families(self._store.catalogue)
                self._store.rebuild_index()
        checks = [*examine(self._store), *renewed]
        if self._queue is not None and checks[0].ok:
            checks.append(ingest_jobs.check_jobs(self._queue))
        return DoctorReport(checks=tuple(checks))

    def _corrected(self, old: Statement | Document, changes: Mapping[str, str]) -> tuple[Metadata, tuple[str, ...]]:
        if unknown := sorted(set(changes) - set(EDITABLE)):
            raise MetadataError(f"unknown field {unknown[0]!r}: fields are {', '.join(EDITABLE)}")
        filled = {name: value.strip() for name, value in changes.items() if value.strip()}
        cleared: dict[str, Any] = {name: None for name, value in changes.items() if not value.strip()}
        try:
            row = ManifestRow.model_validate({"file": old.file, **filled})
        except ValidationError as exc:
            problem = exc.errors()[0]
            wrong = problem["msg"].removeprefix("Value error, ")
            raise MetadataError(f"{problem['loc'][-1]}={problem['input']!r}: {wrong}") from exc
        # Setting or clearing `state` by hand clears the group and the joint holders, unless the group is set as well;
        # clearing it also clears the speaker. Clearing the group leaves the statement to the State that delivered it.
        base = old.metadata
        if "state" in changes:
            base = replace(held_alone(base, self.parties()), on_behalf_of=None)
            cleared |= {"speaker": None} if "state" in cleared and "speaker" not in filled else {}
        elif "on_behalf_of" in cleared:
            base = of_deliverer(base, self.parties())
        merged = merge(ReadMetadata(metadata=base, inferred=old.inferred), row, self.parties())
        if merged.problems:
            raise MetadataError("; ".join(merged.problems))
        inferred = tuple(name for name in merged.inferred if name not in changes)
        return replace(merged.metadata, **cleared), inferred


_T = TypeVar("_T")


def _require(found: _T | None, statement_id: str) -> _T:
    if found is None:
        raise NotFoundError(f"no statement {statement_id!r} in the store: `untoc list` shows their ids")
    return found


def _row_of(document: DocumentSummary) -> ManifestRow | None:
    """Returns the row of an uploaded file in the manifest that was sent beside it; None for one inside an archive."""
    folder, manifest = Path(document.folder), None
    with suppress(ManifestError):
        manifest = read_manifest(folder, files=[folder / document.file], by_base_name=True)
    return next((row for row in manifest.rows if row.file == document.file), None) if manifest else None


def _without(metadata: Metadata, code: str) -> Metadata:
    """Returns metadata without a party; a statement of which it is the `state` is attributed to nobody."""
    if metadata.state == code:
        return replace(metadata, state=None, on_behalf_of=None, speaker=None, held_by=None)
    group = None if metadata.on_behalf_of == code else metadata.on_behalf_of
    others = tuple(holder for holder in metadata.held_by or () if holder != code)
    return replace(metadata, on_behalf_of=group, held_by=None if others in ((), (metadata.state,)) else others)


def _check_editable(old: Statement | Document, changes: Mapping[str, str]) -> None:
    of_speaker = changes.keys() & _OF_SPEAKER
    if isinstance(old, Statement) and old.is_intervention:
        if others := sorted(changes.keys() - _OF_SPEAKER):
            record = old.document.document_id
            raise MetadataError(f"{others[0]!r} is the same for a whole record: edit the record {record!r}")
        if old.span.role == "office":
            raise MetadataError(f"{old.span.named!r} holds an office of the meeting: the words are nobody's position")
    elif old.kind == "treaty" and of_speaker:
        raise MetadataError(f"{old.file!r} is the text of a treaty, which nobody speaks: leave its State empty")
    elif old.kind == "record" and of_speaker:
        raise MetadataError(
            f"{old.file!r} is a record of several speakers: leave its State empty, and edit its interventions, which"
            f" `untoc show {(old if isinstance(old, Document) else old.document).document_id}` lists"
        )
