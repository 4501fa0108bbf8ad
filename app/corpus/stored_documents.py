"""The documents of a store one by one: found or told to be missing, corrected, and brought back as they were."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from app.errors import DuplicateError, MetadataError, NotFoundError
from ingest.annotate import Annotator, identify
from ingest.incremental.reannotation import with_fresh_blocks
from ingest.input_key import key_of_attributed
from ingest.metadata.corrections import corrected_fields, with_corrections
from ingest.metadata.manifest import ManifestRow
from ingest.metadata.metadata import ReadMetadata, held_alone, merge, of_deliverer
from ingest.parties.party_table import PartyTable
from ingest.version_linking import link_families
from vectorstore.catalogue import Catalogue
from vectorstore.embeddings import Embedder
from vectorstore.records import (
    AnnotatedDocument,
    Document,
    DocumentSummary,
    Metadata,
    SpeakerRole,
    Statement,
    StatementSummary,
)

EDITABLE: Final = tuple(name for name in Metadata.__dataclass_fields__ if name != "held_by")
# Metadata that differ between the interventions of a record.
_OF_SPEAKER: Final = frozenset({"state", "on_behalf_of", "speaker"})
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class UndoStep:
    """A document and its interventions before a correction or removal; `now` is its id after it, None if removed."""

    document: Document
    summary: DocumentSummary
    parts: tuple[StatementSummary, ...]
    now: str | None


class StoredDocuments:
    """The documents of one store; whoever changes them holds the write lock.

    What takes an id raises a NotFoundError if nothing in the store has it.
    """

    def __init__(self, catalogue: Catalogue, embedder: Embedder, annotator: Callable[[], Annotator]) -> None:
        self._catalogue, self._embedder, self.annotator = catalogue, embedder, annotator

    def show(self, statement_id: str) -> Statement:
        """Returns a statement with its text, an intervention with the text of its record, or a record as a whole."""
        statement = self._catalogue.statement(statement_id)
        return self.document(statement_id).as_statement() if statement is None else statement

    def document(self, document_id: str) -> Document:
        """Returns a document with its text."""
        return require(self._catalogue.document(document_id), document_id)

    def summary(self, document_id: str) -> DocumentSummary:
        """Returns a document without its text."""
        return require(self._catalogue.document_summary(document_id), document_id)

    def change(
        self,
        old: Statement,
        metadata: Metadata,
        inferred: tuple[str, ...],
        *,
        input_key: str | None = None,
        instead_of: str | None = None,
        by_hand: Iterable[str] = (),
    ) -> str:
        """Stores a statement or record with other metadata; returns its id.

        A person corrected the fields `by_hand`, which a later ingest of the changed file keeps. The document
        `instead_of` may be a duplicate of it, since the caller removes that one.
        """
        annotator, before = self.annotator(), old.document
        if old.is_intervention:
            role: SpeakerRole = "unknown" if metadata.state is None else "party"
            changed = replace(old, metadata=metadata, inferred=inferred, span=replace(old.span, role=role))
            self._keep_intervention(annotator.split(changed.document, [changed]))
            if input_key is not None:
                self._catalogue.touch(before.document_id, input_key=input_key)
            return old.statement_id
        others = {d.document_id: d for d in self._catalogue.documents()}
        summary = others.pop(before.document_id)
        corrected = {*corrected_fields(summary.input_key), *by_hand}
        document = with_fresh_blocks(replace(before, metadata=metadata, inferred=inferred), corrected)
        new_id, digest = identify(document, annotator.interventions(document))
        twin = next((d for d in others.values() if d.digest == digest and d.document_id != instead_of), None)
        if twin is not None:
            raise DuplicateError(f"{twin.file!r} is the same text with this metadata: remove one of the two")
        if input_key is None:
            attribution_changed = any(getattr(metadata, name) != getattr(before.metadata, name) for name in _OF_SPEAKER)
            input_key = key_of_attributed(summary.input_key, before.kind) if attribution_changed else summary.input_key
        summary = replace(summary, input_key=with_corrections(input_key, by_hand))
        self._keep(annotator.annotate(replace(document, document_id=new_id)), summary, digest, before.document_id)
        return new_id

    def _keep_intervention(self, annotated: AnnotatedDocument) -> None:
        self._catalogue.vectors.embed_missing(annotated.texts, self._embedder.embed_documents)
        self._catalogue.store_intervention(annotated)

    def _keep(self, annotated: AnnotatedDocument, summary: DocumentSummary, digest: str, replaces: str | None) -> None:
        self._catalogue.vectors.embed_missing(annotated.texts, self._embedder.embed_documents)
        self._catalogue.store(
            annotated, folder=summary.folder, digest=digest, input_key=summary.input_key, replaces=replaces
        )
        link_families(self._catalogue)

    def restore(self, step: UndoStep) -> None:
        """Brings a document back as it was; see `Corpus.restore`."""
        summary, annotator = step.summary, self.annotator()
        annotated = annotator.annotate(step.document)
        as_read = {item.statement_id: item for item in annotated.statements}
        if step.now is not None and self._catalogue.document(summary.document_id) is None:
            # `show` raises if the document was corrected or removed again since: this step does not undo that.
            self.show(step.now)
        others = [d for d in self._catalogue.documents() if d.document_id != step.now]
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


def require(found: _T | None, statement_id: str) -> _T:
    """Returns what was found; raises a NotFoundError where it is None."""
    if found is None:
        raise NotFoundError(f"no statement {statement_id!r} in the store: `untoc list` shows their ids")
    return found


def corrected_metadata(
    old: Statement, changes: Mapping[str, str], parties: PartyTable
) -> tuple[Metadata, tuple[str, ...]]:
    """Returns the metadata of a statement or record with changes, and which of them are inferred.

    Raises a MetadataError if a field is unknown or not of this statement, or a value is wrong.
    """
    if unknown := sorted(set(changes) - set(EDITABLE)):
        raise MetadataError(f"unknown field {unknown[0]!r}: fields are {', '.join(EDITABLE)}")
    _check_editable(old, changes)
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
        base = replace(held_alone(base, parties), on_behalf_of=None)
        cleared |= {"speaker": None} if "state" in cleared and "speaker" not in filled else {}
    elif "on_behalf_of" in cleared:
        base = of_deliverer(base, parties)
    merged = merge(ReadMetadata(metadata=base, inferred=old.inferred), row, parties)
    if merged.problems:
        raise MetadataError("; ".join(merged.problems))
    inferred = tuple(name for name in merged.inferred if name not in changes)
    return replace(merged.metadata, **cleared), inferred


def metadata_without(metadata: Metadata, code: str) -> Metadata:
    """Returns metadata without a party; a statement of which it is the `state` is attributed to nobody."""
    if metadata.state == code:
        return replace(metadata, state=None, on_behalf_of=None, speaker=None, held_by=None)
    group = None if metadata.on_behalf_of == code else metadata.on_behalf_of
    others = tuple(holder for holder in metadata.held_by or () if holder != code)
    return replace(metadata, on_behalf_of=group, held_by=None if others in ((), (metadata.state,)) else others)


def _check_editable(old: Statement, changes: Mapping[str, str]) -> None:
    of_speaker, record = changes.keys() & _OF_SPEAKER, old.document.document_id
    if old.is_intervention:
        if others := sorted(changes.keys() - _OF_SPEAKER):
            raise MetadataError(f"{others[0]!r} is the same for a whole record: edit the record {record!r}")
        if old.span.role == "office":
            raise MetadataError(f"{old.span.named!r} holds an office of the meeting: the words are nobody's position")
    elif old.kind == "treaty" and of_speaker:
        raise MetadataError(f"{old.file!r} is the text of a treaty, which nobody speaks: leave its State empty")
    elif old.kind == "record" and of_speaker:
        raise MetadataError(
            f"{old.file!r} is a record of several speakers: leave its State empty, and edit its interventions, which"
            f" `untoc show {record}` lists"
        )
