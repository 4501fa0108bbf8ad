"""Upgrade of an older store: annotations are derived again from the stored texts, without embedding anything.

Each document is one transaction, so that an interrupted upgrade can be continued. Metadata are kept, with a person's
corrections.
"""

from ingest.annotate import Annotator
from ingest.renewal import renew
from ingest.report import quoted
from vectorstore.health import Check
from vectorstore.store import Store


def bring_up_to_date(store: Store, annotator: Annotator) -> Check:
    """Annotates the documents of an older version again if nothing has to be embedded; the caller holds the lock.

    The check says how many these were, and what a person still has to do: ingest files again of which the text of some
    passages changed, and set States again that were set by hand.
    """
    updated, waiting, unset = 0, list[str](), list[str]()
    catalogue = store.catalogue
    for summary in catalogue.documents():
        if annotator.is_current(summary.input_key):
            continue
        document = catalogue.document(summary.document_id)
        if document is None:
            continue
        renewed = renew(annotator, document, catalogue.statements_of(document), summary.input_key)
        keys = renewed.annotated.texts.keys()
        if keys - catalogue.known_keys(keys):
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
