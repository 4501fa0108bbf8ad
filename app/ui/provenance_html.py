"""Provenance for cards and statements, in words: whose words, when, where, in which language."""

import re
from calendar import month_name
from collections.abc import Callable

from babel import Locale

from app.answering.provenance import holders, scan_note
from app.records import Citation
from prompts.wording import load_wording

PartyNamer = Callable[[str | None], str]
Part = tuple[str, bool]

_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


def read_date(date: str) -> str:
    """Says an ISO 8601 year, day or interval in words; anything else is returned unchanged.

    `2020-10-12/2020-10-16` reads `12–16 October 2020`.
    """
    start, _, end = date.partition("/")
    first, last = _day_month_year(start), _day_month_year(end or start)
    if first is None or last is None:
        return date
    if first == last:
        return _joined(*first)
    if first[1:] == last[1:] and first[0]:
        return f"{first[0]}–{_joined(*last)}"
    if first[2] == last[2] and first[1]:
        return f"{_joined(*first[:2])} – {_joined(*last)}"
    return f"{_joined(*first)} – {_joined(*last)}"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _day_month_year(date: str) -> tuple[str, str, str] | None:
    if re.fullmatch(r"\d{4}", date):
        return "", "", date
    match = _DAY.fullmatch(date)
    if match is None or not 1 <= int(match[2]) <= 12:
        return None
    return (str(int(match[3])) if match[3] else ""), month_name[int(match[2])], match[1]


def language_name(code: str) -> str:
    """Gives the English name of an ISO 639-1 code, or the code itself."""
    return str(Locale("en").languages.get(code, code))


_EDGES = {
    "list_item": "Begins or ends at an item of a list, not with a sentence",
    "text": "Begins or ends where the text does, not with a sentence",
}


def speaker_line(citation: Citation, names: PartyNamer) -> str:
    """Says whose words these are: a State's, or a group's with who delivered them."""
    if citation.kind == "treaty":
        return citation.title or "Treaty text"
    if citation.summarised:
        return f"{names(citation.state)}, as summarised in the record"
    if citation.held_by:
        return holders(citation, names, load_wording("en"))
    if citation.on_behalf_of is None:
        return names(citation.state) if citation.state else "Not attributed to a State"
    group = f"{names(citation.on_behalf_of)} (group)"
    return f"{group}, delivered by {names(citation.speaker)}" if citation.speaker else group


def provenance(citation: Citation) -> tuple[Part, ...]:
    """Lists what is known of a quotation's source.

    Returns:
        Pairs of words and whether they were inferred rather than read, in reading order.
    """
    fields = (
        ("kind", "Treaty text, not a State's words" if citation.kind == "treaty" else None),
        ("kind", "Summary record: the record's words, not the speaker's" if citation.summarised else None),
        ("kind", "Record of a meeting" if citation.kind == "record" and not citation.summarised else None),
        ("speaker", f"Speaker: {citation.speaker}" if citation.speaker and not citation.on_behalf_of else None),
        ("body", citation.body),
        ("session", f"Session {citation.session}" if citation.session else None),
        ("date", read_date(citation.date) if citation.date else None),
        ("agenda_item", f"Agenda item {citation.agenda_item}" if citation.agenda_item else None),
        ("title", citation.title if citation.kind != "treaty" else None),
        ("symbol", citation.symbol),
        ("page", f"Page {citation.page}" if citation.page is not None else None),
        ("paragraph", f"Paragraph {citation.paragraph}" if citation.paragraph is not None else None),
        ("language", language_name(citation.language) if citation.language not in (None, "en") else None),
        ("ocr_confidence", _scan(citation)),
        ("file", citation.file),
        ("edge", _EDGES.get(citation.edge or "")),
        ("also_in", f"Same words also in {', '.join(citation.also_in)}" if citation.also_in else None),
    )
    return tuple((words, field in citation.inferred) for field, words in fields if words)


def _scan(citation: Citation) -> str | None:
    note = scan_note(citation, load_wording("en"))
    return None if note is None else note[0].upper() + note[1:]
