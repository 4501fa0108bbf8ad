"""The evidence panel: one card per citation, with its words in their paragraph and where they come from."""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from fastapi import HTTPException

from app.answering.localization import language_name, localize
from app.answering.provenance import as_quoting, cited_holders, date_in_words, scan_note
from app.corpus.corpus import Corpus
from app.errors import SHOWN_ERRORS, NotFoundError
from app.records import Answer, Citation
from app.ui.templates import error_line, render
from app.ui.words import language, say
from ingest.language.detection import direction_of
from prompts.wording import load_wording

PartyNamer = Callable[[str | None], str]
SpeakerNamer = Callable[[str], str]
_AROUND = 320  # characters of the paragraph shown on each side before the rest is folded away


def card_id(turn: int, number: int) -> str:
    """Names the card of a citation, uniquely on the page."""
    return f"card-{turn}-{number}"


def evidence_section(turn: int, answer: Answer, corpus: Corpus, used: Sequence[int] = ()) -> str:
    """Renders the evidence of a turn's answer, with related passages that the reader added to it (`used`)."""
    names = partial(corpus.party_name, language=language())
    speaker = localize(corpus.parties(), language()).speaker

    def card(citation: Citation) -> dict[str, object]:
        shown: dict[str, object] = {
            "citation": citation,
            "id": card_id(turn, citation.number),
            "speaker": speaker_line(citation, names, speaker),
            "sources": provenance(citation),
        }
        if citation.verdict != "verified":
            return shown | {"context": None, "reference": "", "problem": load_wording(language()).say("withdrawn")}
        try:
            context = corpus.context(citation)
            reference = corpus.reference(citation, answer.scope.language)
        except SHOWN_ERRORS as error:
            return shown | {"context": None, "reference": citation.quote, "problem": error_line(error)}
        before, after = _end_of(context.before), _start_of(context.after)
        return shown | {"context": context, "before": before, "after": after, "reference": reference}

    added = [citation for citation in answer.related if citation.number in used]
    return render(
        "evidence",
        turn=turn,
        cards=[card(citation) for citation in (*answer.citations, *added)],
        related=[card(citation) for citation in answer.related if citation.number not in used],
        more=answer.more,
    )


def fetched(corpus: Corpus, read: Callable[[Corpus, str, int, int], dict[str, str]]) -> Callable[[Any], dict[str, str]]:
    """Returns a function that browsers call by the name of `read`, for a part of a card that is fetched when opened.

    Browsers send `statement`, `start` and `end`, which are checked; on an error it returns a `note` with the reason.
    """

    # Not a method: Gradio stores the function under its name, and sets an attribute on it.
    def answered(asked: Any) -> dict[str, str]:  # noqa: ANN401 - whatever a browser sends
        values = asked if isinstance(asked, dict) else {}
        identifier = str(values.get("statement"))
        try:
            corpus.show(identifier)
        except NotFoundError as error:
            raise HTTPException(404) from error
        try:
            place = int(values["start"]), int(values["end"])
        except (KeyError, TypeError, ValueError):
            return {"note": say("fetch-failed")}
        try:
            return read(corpus, identifier, *place)
        except SHOWN_ERRORS as error:
            return {"note": error_line(error)}

    answered.__name__ = read.__name__
    return answered


def whole_statement(corpus: Corpus, statement_id: str, start: int, end: int) -> dict[str, str]:
    """Returns the whole statement around a citation: the text `before`, `quote`, `after`, with `lang` and `dir`."""
    statement = corpus.show(statement_id)
    text, span = statement.source_text, statement.span
    quoted = {"before": text[span.start : start], "quote": text[start:end], "after": text[end : span.end]}
    spoken = statement.metadata.language
    return quoted | {"lang": spoken or "", "dir": direction_of(spoken) if spoken else "auto"}


def page_image(corpus: Corpus, statement_id: str, start: int, end: int) -> dict[str, str]:
    """Returns the image of a page: `image`, a data URI, with `alt`, and a `note` where nothing is marked on it."""
    found = corpus.page_image(statement_id, start, end)
    return {
        "image": f"data:image/png;base64,{b64encode(found.png).decode('ascii')}",
        "alt": say("page-marked" if found.marked else "page-unmarked", page=found.page),
        "note": "" if found.marked else say("page-unmarked", page=found.page),
    }


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


def provenance(citation: Citation) -> tuple[tuple[str, bool], ...]:
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
        ("date", None, date_in_words(citation.date, language()) if citation.date else None),
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


def _end_of(text: str) -> str:
    tail = text[-_AROUND:]
    return text if len(text) <= _AROUND else "… " + tail[tail.find(" ") + 1 :]


def _start_of(text: str) -> str:
    if len(text) <= _AROUND:
        return text
    head = text[:_AROUND]
    return head[: head.rfind(" ")] + " …" if " " in head else head + "…"
