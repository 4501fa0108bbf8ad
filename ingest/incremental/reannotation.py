"""Reannotation: stored documents annotated again by newer rules, with a person's corrections.

What a changed file leads to is decided in `source_files.py`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ingest.annotate import Annotator, identify
from ingest.language.detection import with_languages
from ingest.metadata.corrections import OF_SPEAKER, corrected_fields, is_state_by_hand
from ingest.report import quoted
from ingest.text.layout import find_blocks
from vectorstore.health import Check
from vectorstore.records import (
    AnnotatedDocument,
    Document,
    SpeakerRole,
    Statement,
    StatementSpan,
)
from vectorstore.store import Store


@dataclass(frozen=True, kw_only=True)
class ReannotatedDocument:
    """A stored document as annotated by this version; States that a person set for the `unset` speakers are lost."""

    annotated: AnnotatedDocument
    digest: str
    input_key: str
    unset: tuple[str, ...] = ()


def reannotate(
    annotator: Annotator, document: Document, statements: Sequence[Statement], input_key: str
) -> ReannotatedDocument:
    """Annotates a stored document again under its stored metadata, a person's corrections among them.

    A State that a person set on one of the `statements`, or took from it, is kept for an overlapping intervention
    of the same speaker, read as the same party.
    """
    fresh = with_fresh_blocks(document, corrected_fields(input_key))
    identifier, digest = identify(fresh, annotator.interventions(fresh))
    annotated = annotator.annotate(replace(fresh, document_id=identifier))
    stored, renewed = [item for item in statements if item.is_intervention], [*annotated.statements]
    for at, item in enumerate(annotated.statements):
        # The same speaker at the same place: perhaps one intervention that two versions cut differently.
        alike = (old for old in stored if (old.span.named, old.span.state) == (item.span.named, item.span.state))
        before = [old for old in alike if _overlap(old.span, item.span)]
        if all(map(is_state_by_hand, before)) and len(states := {old.metadata.state for old in before}) == 1:
            role: SpeakerRole = "unknown" if states == {None} else "party"
            by_hand = {name: getattr(before[0].metadata, name) for name in OF_SPEAKER}
            metadata, span = replace(item.metadata, **by_hand), replace(item.span, role=role)
            renewed[at] = replace(item, metadata=metadata, span=span)
    if renewed != [*annotated.statements]:
        annotated = annotator.split(annotated.document, renewed)
    lost = [
        old.span.named
        for old in filter(is_state_by_hand, stored)
        if not any(item.metadata.state == old.metadata.state and _overlap(old.span, item.span) for item in renewed)
    ]
    unset = tuple(dict.fromkeys(named for named in lost if named is not None))
    return ReannotatedDocument(
        annotated=annotated, digest=digest, input_key=annotator.with_present_rules(input_key), unset=unset
    )


def bring_up_to_date(store: Store, annotator: Annotator) -> Check:
    """Annotates the documents of an older version again if nothing has to be embedded; the caller holds the lock.

    Each document is one transaction, so that an interrupted upgrade can be continued. The check says how many these
    were, and what a person still has to do: ingest files again of which the text of some passages changed, and set
    States again that were set by hand.
    """
    updated, waiting, unset = 0, list[str](), list[str]()
    catalogue = store.catalogue
    for summary in catalogue.documents():
        if annotator.is_current(summary.input_key):
            continue
        document = catalogue.document(summary.document_id)
        if document is None:
            continue
        renewed = reannotate(annotator, document, catalogue.statements_of(document), summary.input_key)
        keys = renewed.annotated.texts.keys()
        if keys - catalogue.vectors.known(keys):
            waiting.append(summary.file)
            continue
        catalogue.store(
            renewed.annotated, folder=summary.folder, digest=renewed.digest, input_key=renewed.input_key,
            replaces=summary.document_id,
        )  # fmt: skip
        updated += 1
        if renewed.unset:
            unset.append(f"States set by hand in {summary.file!r} have to be set again, of {quoted(renewed.unset)}")
    parts = [f"{updated} brought up to date" if updated or waiting else "up to date"]
    if waiting:
        parts.append(f"{quoted(waiting)} read differently now and have to be embedded: run `untoc ingest` on them")
    return Check(name="annotation", ok=True, detail="; ".join((*parts, *unset)))


def with_fresh_blocks(document: Document, corrected: Collection[str]) -> Document:
    """Returns a document with its blocks found anew, in their languages, and without edits.

    Blocks without a language of their own are in that of the document, which a person may have `corrected`.
    """
    text = document.source_text
    blocks = with_languages(text, find_blocks(text), document.metadata.language, is_corrected="language" in corrected)
    return replace(document, blocks=blocks, edits=())


def _overlap(one: StatementSpan, other: StatementSpan) -> bool:
    return one.start < other.end and other.start < one.end
