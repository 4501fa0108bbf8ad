"""Provenance for cards and statements, in words: whose words, when, where, in which language."""

from collections.abc import Callable

from babel import Locale

from app.answering.provenance import holders, scan_note, spoken_date
from app.records import Citation
from prompts.wording import load_wording

PartyNamer = Callable[[str | None], str]
Part = tuple[str, bool]


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
    if citation.quoting:
        return load_wording("en").say("as_quoting", party=names(citation.state))
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
        ("date", spoken_date(citation.date, "en") if citation.date else None),
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
