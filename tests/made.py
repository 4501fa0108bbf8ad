"""Hand-made records for tests, with defaults for what a test does not set."""

from typing import Any

from app.records import Citation

_USUAL: dict[str, Any] = {
    "number": 1, "state": "XAA", "statement_id": "s1", "file": "a.txt", "start": 0, "sentence_ids": (),
    "language": "en", "kind": "statement", "inferred": (), "verdict": "verified",
}  # fmt: skip
_UNKNOWN = (
    "on_behalf_of", "speaker", "body", "session", "date", "agenda_item", "title", "symbol", "page", "paragraph",
    "ocr_confidence",
)  # fmt: skip


def citation(quote: str, **given: Any) -> Citation:
    """Returns a citation of a quotation; `source_quote`, its text in the source, is by default the same."""
    values = {**dict.fromkeys(_UNKNOWN), **_USUAL, "quote": quote, "source_quote": quote, **given}
    return Citation(**{"end": values["start"] + len(values["source_quote"]), **values})
