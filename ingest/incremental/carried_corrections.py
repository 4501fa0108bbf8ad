"""A person's corrections of a document, carried over to its changed file."""

from dataclasses import replace
from functools import partial

from ingest.annotate import Annotator, UnsplitDocument, identify
from ingest.input_key import key_of_attributed
from ingest.loaders.loaded import LoadedText
from ingest.metadata.corrections import (
    OF_SPEAKER,
    carry_over,
    corrected_fields,
    lost_of_interventions,
    with_corrections,
)
from ingest.metadata.manifest import ManifestRow
from vectorstore.catalogue import Catalogue
from vectorstore.records import DocumentSummary, StatementKind


def with_corrections_of(
    annotator: Annotator,
    held: DocumentSummary,
    unsplit: UnsplitDocument,
    row: ManifestRow | None,
    kind: StatementKind,
    catalogue: Catalogue,
    *,
    reannotates: bool = False,
) -> UnsplitDocument:
    """Carries the corrections by hand of a document over to its changed file, and reports those that are lost.

    What becomes of the States set on its interventions is left to `reannotate` where the caller `reannotates` it.
    """
    names = corrected_fields(held.input_key)
    old = catalogue.document(held.document_id) if names or held.interventions else None
    if old is None:
        return unsplit
    same = LoadedText(text=old.source_text, sha256=held.sha256)
    known = annotator.input_key(same, row, kind).is_of_same_row(held.input_key, held.kind)
    cells = {} if known or row is None else row.model_dump(exclude_none=True)
    before = annotator.read(same, row, file=held.file, kind=kind, input_key="").document.metadata
    carried = partial(carry_over, names, old, before, unsplit.document, cells)
    metadata, kept, lost = carried(unattributed=unsplit.is_unattributed)
    is_kind_given = row is not None and row.kind is not None
    if metadata.holders != unsplit.document.metadata.holders and not is_kind_given:
        told = annotator.note_on_others(replace(unsplit.document, metadata=metadata))
        if told is not None:
            metadata, kept, lost = carried(unattributed=True)
            lost = (*lost, told)
    inferred = tuple(name for name in unsplit.document.inferred if name not in kept)
    document = replace(unsplit.document, metadata=metadata, inferred=inferred)
    identifier, digest = identify(document, annotator.interventions(document))
    if digest != held.digest and not reannotates:
        lost += lost_of_interventions(catalogue.statements_of(old))
    notes = [f"lost with the file as it was: {'; '.join(lost)}"] if lost else []
    own = unsplit.input_key
    own = own if set(OF_SPEAKER).isdisjoint(kept) else key_of_attributed(own, document.kind)
    return replace(
        unsplit, document=replace(document, document_id=identifier), digest=digest,
        input_key=with_corrections(own, kept),
        reason="; ".join(filter(None, (unsplit.reason, *notes))) or None,
    )  # fmt: skip
