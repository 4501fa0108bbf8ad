"""From a question to its scope: who is asked about, when, where, which article; and the topic that remains.

Everything is found by lookup and rules over the question's own words, never by a model.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.answer import Missing, Scope, TreatyScope
from app.errors import QuestionError
from app.followup import carry
from app.frames import ASKED, FRAMES, PRONOUN, TO_ASSISTANT, Frames
from app.language import detect_language
from app.occasions import find_occasions
from app.overrides import override
from app.resolution import Resolution
from app.speakers import AskedParties, find_asked_parties
from ingest.parties import PartyTable
from ingest.references import find_agenda_items, find_articles
from ingest.treaties import article_title, find_treaties
from prompts.wording import Wording, load_wording
from vectorstore.records import JSONValue

MAX_QUESTION = 2000
# After an article: "of the Convention", which the article's treaty says already.
_OWN_TREATY = re.compile(
    r"(?<=\x00)[\s,]*(?:(?:of|to|under|in|de|del|du)\s+)?(?:the|la|el|l['’])\s*(?:said\s+|same\s+|un\s+)?(?:convention|protocol|treaty|convenci[óo]n)\b",
    re.IGNORECASE,
)
# A determiner left over before the topic in French and Spanish.
_ARTICLE_BEFORE = re.compile(r"^\s*(?:l[ae]s?\s+|los\s+|el\s+|l['’]\s*)", re.IGNORECASE)


def resolve(
    question: str,
    parties: PartyTable,
    *,
    overrides: Mapping[str, JSONValue] | None = None,
    history: Sequence[str] = (),
) -> Resolution:
    """Reads a question.

    Args:
        question: At most 2,000 characters.
        parties: Who can speak.
        overrides: Parts of the scope to put in place of what was read, in the form of `Answer.scope`.
        history: Earlier questions of the conversation, oldest first; a question that names no State or no topic
            takes over what the one before it asked about.

    Raises:
        QuestionError: The question is empty or too long.
        ScopeError: An override names something unknown.
    """
    resolution: Resolution | None = None
    for earlier in [text for text in history if text.strip()][-8:]:
        resolution = carry(_read(earlier[:MAX_QUESTION], parties), resolution)
    text = question.strip()
    if not text:
        raise QuestionError(
            "the question is empty: ask what a State said on a topic, such as `What did Iran say about article 4?`"
        )
    if len(text) > MAX_QUESTION:
        raise QuestionError(
            f"the question has {len(text)} characters, at most {MAX_QUESTION} are read: ask a shorter one"
        )
    current = carry(_read(text, parties), resolution)
    resolved = _with_notes(override(current, overrides or {}, parties))
    named = resolved.scope.states or resolved.scope.groups or resolved.open or resolved.unclear
    return replace(
        resolved,
        unnamed=not named and PRONOUN.search(text) is not None,
        to_assistant=TO_ASSISTANT.search(text) is not None,
    )


def _read(question: str, parties: PartyTable) -> Resolution:
    language = detect_language(question)
    frames = FRAMES[language]
    spans: list[tuple[int, int]] = []
    agenda = find_agenda_items(question)
    spans += [(found.start, found.end) for found in agenda]
    free = _blank(question, spans)
    articles = find_articles(free, default_treaty="UNTOC")
    spans += [(found.start, found.end) for found in articles]
    spans += [found.span() for found in _OWN_TREATY.finditer(_blank(question, spans))]
    treaties = [found for found in find_treaties(free) if not _inside(found.start, spans)]
    occasion = find_occasions(_blank(question, spans))
    spans += list(occasion.spans)
    asked = find_asked_parties(_blank(question, spans), parties, frames, language)
    spans += [*asked.spans, *asked.places]
    everyone = frames.everyone.search(question)
    if asked.everyone and everyone is not None:
        spans.append(everyone.span())
    treaty_scopes = _treaty_scopes([(a.treaty, a.article) for a in articles if a.treaty], [t.treaty for t in treaties])
    items = tuple(dict.fromkeys(found.item for found in agenda))
    if articles:
        spans += [(t.start, t.end) for t in treaties]
    topic = _topic(question, spans, frames)
    scope = Scope(
        states=tuple(code for code in asked.speakers if _is_state(code, parties)),
        groups=tuple(code for code in asked.speakers if not _is_state(code, parties)),
        treaties=treaty_scopes,
        bodies=occasion.bodies,
        sessions=occasion.sessions,
        years=occasion.years,
        months=occasion.months,
        pick=occasion.pick,
        agenda_items=items,
        topic=topic,
        language=language,
    )
    return Resolution(
        scope=scope,
        question=question,
        asked=None if asked.everyone and not asked.speakers else _asked_kind(question),
        open=asked.everyone and not asked.speakers,
        unclear=asked.unclear,
        options=asked.options,
        known_name=asked.known_name,
        party_notes=tuple(_party_notes(asked, parties, load_wording(language))),
        has_frame=bool(
            asked.speakers or asked.everyone or articles or items or occasion.spans or frames.speech.search(question)
        ),
    )


def _is_state(code: str, parties: PartyTable) -> bool:
    party = parties.get(code)
    return party is None or party.kind == "state"


def _with_notes(resolution: Resolution) -> Resolution:
    """Says how the question was read; after overrides, so that no note outlives what it is about."""
    scope = resolution.scope
    wording = load_wording(scope.language)
    notes = [
        wording.say(
            "note_article", article=number, treaty=treaty.treaty, title=article_title(treaty.treaty, number) or "?"
        )
        for treaty in scope.treaties
        for number in treaty.articles
    ]
    notes += [wording.say("note_agenda_item", item=item) for item in scope.agenda_items]
    return replace(resolution, scope=replace(scope, notes=(*notes, *resolution.party_notes)))


def _asked_kind(question: str) -> Missing | None:
    for kind, pattern in ASKED.items():
        if pattern.search(question):
            return kind
    return None


def _treaty_scopes(articles: Sequence[tuple[str, str]], treaties: Sequence[str]) -> tuple[TreatyScope, ...]:
    numbers: dict[str, dict[str, None]] = {treaty: {} for treaty in treaties}
    for treaty, article in articles:
        numbers.setdefault(treaty, {})[article] = None
    return tuple(TreatyScope(treaty=treaty, articles=tuple(found)) for treaty, found in numbers.items())


def _party_notes(asked: AskedParties, parties: PartyTable, wording: Wording) -> list[str]:
    notes = [
        wording.say(
            f"note_{form}",
            **{"place" if form == "capital" else "name": name, "party": parties.display(code, wording.language)},
        )
        for name, code, form in asked.read_as
    ]
    notes += [wording.say("note_topic_party", party=parties.display(code, wording.language)) for code in asked.topical]
    return notes


def _topic(question: str, spans: Sequence[tuple[int, int]], frames: Frames) -> str:
    """Returns what remains of a question without resolved names and without the words that ask."""
    text = _blank(question, spans)
    # A possessive belongs to the name that was taken out.
    text = re.sub(r"\x00+(?:['’]s?\b|['’](?=\s))", lambda found: "\x00" * len(found.group()), text)
    speech = frames.speech.search(text)
    if speech is not None:
        marker = frames.topic_marker.search(text, speech.start())
    else:
        # "And about extradition?"
        begins = re.match(r"(?:\W|\x00|\b(?:and|or|what|how|et|y|и|و)\b)*", text, re.IGNORECASE)
        marker = frames.topic_marker.match(text, begins.end() if begins else 0)
    body = text if marker is None else text[marker.end() :]
    if marker is not None and not re.search(r"\w", frames.tail.sub("", body.replace("\x00", " ").strip())):
        if "\x00" in body:
            # "… about article 4": what is asked about was read already.
            return ""
        # "… on" with nothing after it: the topic stood before the marker.
        body, marker = text[: marker.start()], None
    # Prepositions that led to a resolved name go with it.
    body = re.sub(
        r"(?:\b(?:in|at|by|of|from|for|to|during|before|since|between|and|or|the|its|under|within|with|de|du|des|del|en|par|por|sur|в|на|au|aux|la|le|les|l['’]|d['’])\s*)*(?:\W*\x00+)+",
        lambda found: " , " if "\x00" in found.group() else found.group(),
        body,
        flags=re.IGNORECASE,
    )
    if marker is None:
        body = frames.filler.sub(" ", body)
    body = _strip_repeatedly(body, frames.lead if marker is None else None, frames.tail)
    body = _ARTICLE_BEFORE.sub("", re.sub(r"\s*,(?:\s*,)*\s*", ", ", body))
    return re.sub(r"\s+", " ", body).strip(" \t\n,.;:?!¿¡؟？。…\"'’“”()[]-–—/&")


def _strip_repeatedly(text: str, lead: "re.Pattern[str] | None", tail: re.Pattern[str]) -> str:
    previous = None
    while previous != text:
        previous = text
        text = text.strip(" \t\n,.;:?!¿¡؟？。…")
        if lead is not None:
            text = lead.sub(" ", text)
        shorter = tail.sub(" ", text)
        # After a topic marker even an occasion is a topic: "on the conference".
        text = shorter if lead is not None or re.search(r"\w", shorter) else text
    return text


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Replaces spans by NUL characters, so that offsets stay."""
    for start, end in spans:
        text = text[:start] + "\x00" * (end - start) + text[end:]
    return text


def _inside(position: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)
