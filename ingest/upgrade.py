"""Upgrade of an older store: annotations are derived again from the stored texts, without embedding anything.

Each document is one transaction, so that an interrupted upgrade can be continued. Metadata are kept, with a person's
corrections.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.annotate import Annotator
from vectorstore.records import text_key
from vectorstore.store import Store


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """The outcome of an upgrade: how many documents were `updated`, and what a person still has to do."""

    updated: int
    waiting: tuple[str, ...]
    """Files that have to be ingested again, since the text of some passages changed and has to be embedded."""
    unset: Mapping[str, tuple[str, ...]]
    """Files, each with the speakers whose States were set by hand and have to be set again."""


def bring_up_to_date(store: Store, annotator: Annotator) -> Upgrade:
    """Annotates the documents of an older version again if nothing has to be embedded; the caller holds the lock."""
    updated = 0
    waiting: list[str] = []
    unset: dict[str, tuple[str, ...]] = {}
    catalogue = store.catalogue
    for summary in catalogue.documents():
        if annotator.is_current(summary.input_key):
            continue
        document = catalogue.document(summary.document_id)
        if document is None:
            continue
        renewed = annotator.renew(document, catalogue.statements_of(document), summary.input_key)
        keys = {text_key(passage.text) for passage in renewed.annotated.passages}
        if keys - catalogue.known_keys(keys):
            waiting.append(summary.file)
            continue
        catalogue.store(
            renewed.annotated, folder=summary.folder, digest=renewed.digest, input_key=renewed.input_key,
            replaces=summary.document_id,
        )  # fmt: skip
        updated += 1
        if renewed.unset:
            unset[summary.file] = renewed.unset
    return Upgrade(updated=updated, waiting=tuple(waiting), unset=unset)
