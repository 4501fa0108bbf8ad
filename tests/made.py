"""Records made for tests, with values where a test names none."""

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
    """Cites a quotation, which reads as it stands in its source where no `source_quote` is given."""
    values = {**dict.fromkeys(_UNKNOWN), **_USUAL, "quote": quote, "source_quote": quote, **given}
    return Citation(**{"end": values["start"] + len(values["source_quote"]), **values})
