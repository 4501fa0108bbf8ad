"""Provenance of citations in words, for evidence cards: speaker, meeting, date, source and language."""

import re
from collections.abc import Callable

from app.answering.localization import language_name
from app.answering.provenance import as_quoting, cited_holders, scan_note, spoken_date
from app.records import Citation
from app.ui.words import language, say
from prompts.wording import load_wording

PartyNamer = Callable[[str | None], str]
SpeakerNamer = Callable[[str], str]
Part = tuple[str, bool]


def speaker_line(citation: Citation, names: PartyNamer, speaker: SpeakerNamer) -> str:
    """Returns the holder of a citation in words: a State, or a group with who spoke for it, named by `speaker`."""
    if citation.kind == "treaty":
        return citation.title or say("treaty-text")
    if citation.summarised:
        return say("as-summarised", party=names(citation.state))
    if citation.quoting:
        return as_quoting(names(citation.state), citation, names, load_wording(language()))
    if citation.held_by:
        return cited_holders(citation, names, load_wording(language()))
    if citation.on_behalf_of is None:
        return names(citation.state) if citation.state else say("nobody")
    group = names(citation.on_behalf_of)
    if citation.speaker is None:
        return say("group", group=group)
    return say("group-delivered", group=group, speaker=speaker(citation.speaker))


def provenance(citation: Citation) -> tuple[Part, ...]:
    """Returns the known facts of a citation in display order, each as (words, whether inferred rather than read)."""
    items = re.split(r",\s*", citation.agenda_item) if citation.agenda_item else []
    note = scan_note(citation, load_wording(language()))
    foreign = citation.language if citation.language != language() else None
    facts = (
        ("kind", "treaty-not-state", citation.kind == "treaty" or None),
        ("kind", "record-summary", citation.summarised or None),
        ("kind", "record-meeting", (citation.kind == "record" and not citation.summarised) or None),
        ("speaker", "spoken-by", None if citation.on_behalf_of else citation.speaker),
        ("body", None, citation.body),
        ("session", "session", citation.session),
        ("date", None, spoken_date(citation.date, language()) if citation.date else None),
        ("agenda_item", "agenda-item" if len(items) == 1 else "agenda-items", say("comma").join(items) or None),
        ("title", None, citation.title if citation.kind != "treaty" else None),
        ("symbol", None, citation.symbol),
        ("page", "page", citation.page),
        ("paragraph", "paragraph", citation.paragraph),
        ("language", None, language_name(foreign, language()) if foreign else None),
        ("ocr_confidence", None, note and note[0].upper() + note[1:]),
        ("file", None, citation.file),
        ("edge", f"edge-{citation.edge}", citation.edge),
        ("also_in", "also-in", len(citation.also_in) or None),
    )
    fields = ((name, say(key, value=v) if key else str(v)) for name, key, v in facts if v is not None)
    return tuple((words, field in citation.inferred) for field, words in fields if words)
