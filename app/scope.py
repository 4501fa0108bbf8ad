"""From a question to its scope: who is asked about, when, where, which article; and the topic that remains.

Everything is found by lookup and rules over the question's own words, never by a model.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.answer import Missing, Scope, TreatyScope
from app.errors import QuestionError, ScopeError
from app.frames import ASKED, FRAMES, PRONOUN, TO_ASSISTANT, Frames
from app.language import detect_language
from app.occasions import find_occasions
from app.speakers import AskedParties, find_asked_parties
from ingest.parties import PartyTable
from ingest.references import find_agenda_items, find_articles
from ingest.sessions import canonical_body
from ingest.treaties import TREATIES, article_title, find_treaties
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


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """How a question was read.

    Attributes:
        scope: The filters and the topic.
        question: The question as it was asked.
        asked: The kind of thing asked for where the question names one, such as a number.
        open: The question asks which States, or all of them.
        unclear: A name that can mean several States, or none that is known.
        options: What that name may have meant.
        has_frame: The question uses words of saying, or names someone or something in scope.
        party_notes: How names of parties were read.
        unnamed: The question speaks of someone by a pronoun only, and no earlier turn says whom.
        to_assistant: The question asks the assistant for an opinion or another kind of work.
    """

    scope: Scope
    question: str
    asked: Missing | None = None
    open: bool = False
    unclear: str | None = None
    options: tuple[str, ...] = ()
    known_name: bool = True
    has_frame: bool = True
    party_notes: tuple[str, ...] = ()
    unnamed: bool = False
    to_assistant: bool = False


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
        resolution = _carry(_read(earlier[:MAX_QUESTION], parties), resolution, parties)
    text = question.strip()
    if not text:
        raise QuestionError(
            "the question is empty: ask what a State said on a topic, such as `What did Iran say about article 4?`"
        )
    if len(text) > MAX_QUESTION:
        raise QuestionError(
            f"the question has {len(text)} characters, at most {MAX_QUESTION} are read: ask a shorter one"
        )
    current = _carry(_read(text, parties), resolution, parties)
    resolved = _with_notes(_override(current, overrides or {}, parties))
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


def _carry(current: Resolution, previous: Resolution | None, parties: PartyTable) -> Resolution:
    """Takes over from the turn before what a follow-up leaves out."""
    if previous is None or current.unclear:
        return current
    scope, kept = current.scope, []
    named = scope.states or scope.groups or current.open
    if not named and (previous.scope.states or previous.scope.groups):
        scope = replace(scope, states=previous.scope.states, groups=previous.scope.groups)
        kept.append("states")
    about = scope.topic or scope.treaties or scope.agenda_items
    if not about:
        scope = replace(
            scope,
            topic=previous.scope.topic,
            treaties=previous.scope.treaties,
            agenda_items=previous.scope.agenda_items,
        )
        kept.append("topic")
    when = scope.years or scope.sessions or scope.bodies
    if not when and kept == ["topic"] and (previous.scope.years or previous.scope.sessions or previous.scope.bodies):
        # "and Austria?" asks the same of another State, so the occasion stays as well.
        scope = replace(
            scope, years=previous.scope.years, sessions=previous.scope.sessions, bodies=previous.scope.bodies
        )
        kept.append("years")
    return replace(current, scope=replace(scope, kept=tuple(kept)), has_frame=True)


def _override(resolution: Resolution, overrides: Mapping[str, JSONValue], parties: PartyTable) -> Resolution:
    if not overrides:
        return resolution
    # An answer's own scope can be given back: what only describes it is passed over.
    overrides = {name: value for name, value in overrides.items() if name not in ("language", "kept", "notes")}
    known = {"states", "groups", "treaties", "bodies", "sessions", "years", "agenda_items", "topic"}
    unknown = sorted(set(overrides) - known)
    if unknown:
        raise ScopeError(f"unknown part of the scope {unknown[0]!r}: known are {', '.join(sorted(known))}")
    scope = resolution.scope
    for name, value in overrides.items():
        if name == "topic":
            if not isinstance(value, str):
                raise ScopeError(f"the scope's 'topic' must be text, found {value!r}")
            scope = replace(scope, topic=value)
        elif name == "treaties":
            scope = replace(scope, treaties=_overridden_treaties(value))
        else:
            values = tuple(str(item) for item in _as_list(name, value))
            wrong = [item for item in values if name == "years" and not re.fullmatch(r"\d{4}", item)]
            if wrong:
                raise ScopeError(f"{wrong[0]!r} is no year: write it with four digits, such as 2020")
            if name == "bodies":
                values = tuple(canonical_body(item) or item for item in values)
            if name in ("states", "groups"):
                values = tuple(_party_code(item, parties) for item in values)
            scope = _with_values(scope, name, values)
    named = bool({"states", "groups"} & overrides.keys())
    return replace(
        resolution,
        scope=scope,
        open=resolution.open and not (scope.states or scope.groups),
        unclear=None if named else resolution.unclear,
        party_notes=() if named else resolution.party_notes,
        has_frame=True,
    )


def _with_values(scope: Scope, name: str, values: tuple[str, ...]) -> Scope:
    changed: dict[str, tuple[str, ...]] = {
        part: getattr(scope, part) for part in ("states", "groups", "bodies", "sessions", "years", "agenda_items")
    }
    changed[name] = values
    return replace(
        scope,
        states=changed["states"],
        groups=changed["groups"],
        bodies=changed["bodies"],
        sessions=changed["sessions"],
        years=changed["years"],
        agenda_items=changed["agenda_items"],
    )


def _party_code(name: str, parties: PartyTable) -> str:
    found = parties.resolve(name)
    if len(found.codes) != 1:
        options = ", ".join(found.codes or found.suggestions) or "a code of ISO 3166 alpha-3"
        raise ScopeError(f"{name!r} is not one known State or group: use {options}")
    return found.codes[0]


def _as_list(name: str, value: JSONValue) -> list[JSONValue]:
    if not isinstance(value, list):
        raise ScopeError(f"the scope's {name!r} must be a list, found {value!r}")
    return value


def _overridden_treaties(value: JSONValue) -> tuple[TreatyScope, ...]:
    scopes = []
    for item in _as_list("treaties", value):
        if not isinstance(item, Mapping) or not isinstance(item.get("treaty"), str):
            raise ScopeError('each of the scope\'s treaties must look like {"treaty": "UNTOC", "articles": ["4"]}')
        if item["treaty"] not in TREATIES:
            raise ScopeError(f"unknown treaty {item['treaty']!r}: known are {', '.join(sorted(TREATIES))}")
        articles = _as_list("articles", item.get("articles", []))
        scopes.append(TreatyScope(treaty=str(item["treaty"]), articles=tuple(str(article) for article in articles)))
    return tuple(scopes)


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Replaces spans by NUL characters, so that offsets stay."""
    for start, end in spans:
        text = text[:start] + "\x00" * (end - start) + text[end:]
    return text


def _inside(position: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)
