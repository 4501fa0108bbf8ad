"""Follow-up resolution: what a question inherits from the turns before it.

A question that names a speaker and a subject inherits nothing. "And Cuba?" refines the one before: it replaces the kind
of thing that it names and keeps the rest. "When was that?" is about the answer, and inherits everything.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.question.followup_cues import CUES, Cues
from app.question.frames import fold_accents, frames_of
from app.question.resolution import Resolution
from app.records import Scope, TreatyScope
from ingest.language.ordinals import find_session_mentions
from ingest.treaties.references import find_articles
from ingest.treaties.treaties import TREATIES, article_title, find_treaties
from vectorstore.records import JSONValue

_WHEN: Final = ("sessions", "years", "interval", "months", "pick")
# In the order of the contract.
_FIELDS: Final = ("states", "groups", "members_of", "excluded", "treaties", "bodies", *_WHEN, "agenda_items", "topic")
_LATIN: Final = ("en", "fr", "es")
_NUMBER: Final = re.compile(
    r"(?:(?:the|the\s+number|number|le|la|el|du|de\s+l')\s+|ال|第)?(?P<number>\d{1,2})\s*条?$", re.IGNORECASE
)
_PARAGRAPH: Final = re.compile(
    r"(?:the\s+)?(?:sub-?)?(?:paragraphs?|paras?\.?|paragraphes?|alineas?|parrafos?|apartados?|пункт\w*|(?:ال)?فقر[هة]|第)\s*\(?\w{1,2}\)?\s*款?$",
    re.IGNORECASE,
)
# Around an ordinal that stands for a session where one was asked about before: "and at the eleventh?".
_SESSIONS: Final = ("{} session", "{} sesión", "{} período de sesiones", "{} сессии", "الدورة {}", "{}届会议")
# What takes States away from those asked about: "not Chile", "without Chile".
_AWAY: Final = re.compile(
    r"^\W*(?:(?:and|but|et|mais|y|pero|и|а|но)\s+)?(?:(?:not|without|except(?:\s+for)?|excluding|minus|drop|remove|leave\s+out|forget"
    r"|(?:non\s+)?pas|sans|sauf|hormis|sin|no|excepto|salvo|menos|не|без|кроме|و?ليس|بدون|دون|باستثناء|ما\s+عدا)(?=\s+\w)|(?:不要|不包括|除了|除|去掉))",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class EarlierTurn:
    """A question asked before in the same conversation.

    Attributes:
        overrides: The parts of its scope that were set in place of what it says, in the form of `Answer.scope`.
    """

    question: str
    overrides: Mapping[str, JSONValue] = field(default_factory=dict)


def earlier_turns(history: Iterable[str | EarlierTurn]) -> tuple[EarlierTurn, ...]:
    """Returns the turns of a conversation that hold a question; a plain question has no overrides."""
    turns = [EarlierTurn(question=turn) if isinstance(turn, str) else turn for turn in history]
    return tuple(turn for turn in turns if turn.question.strip())


def merge_turn(current: Resolution, previous: Resolution | None) -> Resolution:
    """Takes over from the turn before what a follow-up leaves out, and says what kind of question it is."""
    if previous is None:
        return current
    cues = CUES[_language(current, previous)]
    said = _numbered(_taken_away(_without_cues(current, previous, cues), previous), previous)
    if said.provision:
        return _in_treaty(current, previous)
    if _stands_alone(said, cues):
        return current
    said = _in_treaty(said, previous)
    if not _names_speaker(said) and not any(getattr(said.scope, name) for name in _FIELDS):
        return _about_answer(said, previous)
    return _refined(said, previous, cues)


def _language(current: Resolution, previous: Resolution) -> str:
    """Returns the language of a follow-up, which is often too short to tell: that of its cue words, else as before."""
    language, before = current.scope.language, previous.scope.language
    if language not in _LATIN:
        return language
    weights = {name: CUES[name].weight(current.question) for name in _LATIN}
    best = max(weights.values())
    if best == 0 and len(current.question.split()) < 4:
        return before if before in _LATIN else language
    if weights[language] == best:
        return language
    return before if weights.get(before) == best else max(_LATIN, key=lambda name: weights[name])


def _without_cues(current: Resolution, previous: Resolution, cues: Cues) -> Resolution:
    """Reads the cue words of a question, and leaves only its own words in the topic."""
    scope, asked = current.scope, current.asked
    topic, treaties = cues.bare(scope.topic), scope.treaties
    named = scope.members_of or not current.all_states
    if _names_speaker(current) and named and _speaks_of(current, topic, cues):
        current = replace(current, unclear=None, all_states=False, party_notes=())
        scope = replace(scope, states=(), groups=(), members_of=())
        topic = cues.core(current.question)
    named = cues.treaties(topic, _only_treaty(previous))
    if named:
        treaties, topic = treaties or tuple(TreatyScope(treaty=code) for code in named), ""
    speaks = bool(scope.states or scope.groups)
    # "both", "the same" and "compare" alone mean those asked about before.
    is_open = current.all_states and (previous.all_states or _asks_which(current))
    if cues.has("subject", current.question):
        # "Which States did it mention?"
        is_open, asked = False, asked or ("state" if is_open else None)
    elif not speaks and cues.has("others", current.question):
        is_open, asked = True, None
    elif cues.refers_only(current.question) and not current.stance:
        # "Who said that?" asks for the speaker of what was just shown, "who opposed that?" for others.
        is_open = False
    language = next(name for name, known in CUES.items() if known is cues)
    return replace(
        current,
        scope=replace(scope, topic=topic, treaties=treaties, language=language),
        all_states=is_open,
        asked=asked,
    )


def _asks_which(current: Resolution) -> bool:
    """Whether a question asks in words which States, so that it does not only compare."""
    frames, text = frames_of(current.scope.language), fold_accents(current.question)
    return frames.everyone.search(text) is not None or frames.compare.search(text) is None


def _taken_away(said: Resolution, previous: Resolution) -> Resolution:
    """Reads "not Chile" and "without Chile" as those asked about before without Chile."""
    scope, question = said.scope, fold_accents(said.question)
    away = _AWAY.match(question)
    named = {*scope.states, *scope.groups}
    states = tuple(code for code in previous.scope.states if code not in named)
    groups = tuple(code for code in previous.scope.groups if code not in named)
    # What remains of a topic are the words that take away.
    if away is None or not named or re.sub(r"\W", "", fold_accents(scope.topic)) not in re.sub(r"\W", "", away.group()):
        return said
    sets = previous.scope.members_of
    if not (states or groups or previous.all_states):
        return said
    kept = tuple(name for name, codes in (("states", states), ("groups", groups), ("members_of", sets)) if codes)
    left = replace(scope, topic="", states=states, groups=groups, members_of=sets, kept=kept)
    return replace(said, all_states=previous.all_states, scope=left)


def _numbered(said: Resolution, previous: Resolution) -> Resolution:
    """Reads a bare number or ordinal, a paragraph or a mere treaty by what was asked about before.

    "17?" after an article is an article, "and the eleventh?" after a session a session, and another Protocol after
    an article of one the same article of the other.
    """
    scope, earlier = said.scope, previous.scope
    topic = fold_accents(scope.topic).strip()
    if len(earlier.treaties) == 1 and earlier.treaties[0].articles:
        before = earlier.treaties[0]
        number = _NUMBER.match(topic)
        if number and article_title(before.treaty, number["number"]):
            treaty = TreatyScope(treaty=before.treaty, articles=(number["number"],))
            return replace(said, scope=replace(scope, topic="", treaties=(treaty,)))
        if _PARAGRAPH.match(topic) and not scope.treaties:
            return replace(said, scope=replace(scope, topic="", treaties=(before,), kept=("treaties",)))
        if len(scope.treaties) == 1 and not scope.treaties[0].articles and not _own_topic(scope):
            code = scope.treaties[0].treaty
            articles = tuple(each for each in before.articles if article_title(code, each))
            if articles:
                return replace(
                    said, scope=replace(scope, topic="", treaties=(TreatyScope(treaty=code, articles=articles),))
                )
    session = _session(scope.topic.strip()) if earlier.sessions and not scope.sessions else None
    return replace(said, scope=replace(scope, topic="", sessions=(session,))) if session else said


def _session(topic: str) -> str | None:
    """Returns the number of the session that a topic is, where it is only a number or an ordinal."""
    number = _NUMBER.match(topic)
    if number:
        return number["number"]
    for form in _SESSIONS if topic else ():
        text = form.format(topic)
        found = find_session_mentions(text)
        if len(found) == 1 and found[0].start == 0 and found[0].end > len(topic) + 1:
            return str(found[0].number)
    return None


def _speaks_of(current: Resolution, topic: str, cues: Cues) -> bool:
    """Whether the same speaker is asked of whoever is named: "and on Austria?", "does it mention Austria?"."""
    if cues.has("too", current.question):
        return False
    if not topic and cues.has("on", current.question):
        return True
    pronoun = frames_of(current.scope.language).pronoun.search(fold_accents(current.question))
    # "Belmora, in its last statement": a pronoun after a name is that name's.
    earlier = pronoun is not None and (current.named_at is None or pronoun.start() < current.named_at)
    return cues.has("subject", current.question) if topic else earlier or cues.has("subject", current.question)


def _names_speaker(said: Resolution) -> bool:
    return bool(said.scope.states or said.scope.groups or said.scope.members_of or said.all_states or said.unclear)


def _names_subject(scope: Scope) -> bool:
    return bool(scope.topic or scope.treaties or scope.agenda_items)


def _stands_alone(said: Resolution, cues: Cues) -> bool:
    return _names_speaker(said) and _names_subject(said.scope) and not cues.is_fragment(said.question)


def _about_answer(said: Resolution, previous: Resolution) -> Resolution:
    scope = replace(previous.scope, language=said.scope.language, notes=())
    kept = tuple(name for name in _FIELDS if getattr(scope, name))
    return replace(
        previous,
        question=said.question,
        scope=replace(scope, kept=kept),
        asked=said.asked,
        negated=said.negated or previous.negated,
        intent="about_answer",
    )


def _refined(said: Resolution, previous: Resolution, cues: Cues) -> Resolution:
    scope, earlier, question = said.scope, previous.scope, said.question
    taken: dict[str, Any] = {}
    speaks, about = _names_speaker(said), _names_subject(scope)
    adds = cues.has("too", question) or (previous.unclear is not None and not about)
    if not speaks or (adds and (scope.members_of or not said.all_states)):
        taken |= _joined(scope, earlier, "states", "groups", "members_of")
    if not about:
        taken |= _joined(scope, earlier, "topic", "treaties", "agenda_items")
    else:
        taken |= _subject_beside(scope, earlier, narrows=cues.has("only", question))
        if adds and not scope.topic and len(_articles(scope.treaties)) < 2:
            taken |= _joined(scope, earlier, "treaties", "agenda_items")
    if not any(getattr(scope, name) for name in _WHEN):
        # The number of a session belongs to its body.
        taken |= _joined(scope, earlier, *(name for name in _WHEN if name != "sessions" or not scope.bodies))
    elif adds:
        taken |= _joined(scope, earlier, "sessions", "years", "months")
    if not scope.bodies:
        taken |= _joined(scope, earlier, "bodies")
    kept = {*scope.kept, *(name for name, value in taken.items() if value)}
    same = not about
    return replace(
        said,
        scope=replace(scope, **taken, kept=tuple(name for name in _FIELDS if name in kept)),
        all_states=(said.all_states or (not speaks and previous.all_states))
        and not (taken.get("states") or taken.get("groups")),
        unclear=said.unclear if speaks else previous.unclear,
        options=said.options if speaks else previous.options,
        known_name=said.known_name if speaks else previous.known_name,
        asked=said.asked or (previous.asked if same and not said.all_states else None),
        stance=said.stance or (same and previous.stance),
        over_time=said.over_time or (same and previous.over_time),
        negated=said.negated or (previous.negated and (same or not speaks)),
        provision=previous.provision and not speaks and (same or bool(scope.treaties)),
        is_statement_question=True,
        intent="refine",
    )


def _joined(scope: Scope, earlier: Scope, *names: str) -> dict[str, Any]:
    """Returns fields as they were before, with what the question adds to them."""
    joined: dict[str, Any] = {}
    for name in names:
        before, now = getattr(earlier, name), getattr(scope, name)
        if name == "treaties":
            joined[name] = _treaty_scopes(_articles((*before, *now)))
        elif before:
            joined[name] = (
                tuple(dict.fromkeys((*before, *now)))
                if name != "interval" and isinstance(before, tuple)
                else now or before
            )
    return joined


def _subject_beside(scope: Scope, earlier: Scope, *, narrows: bool) -> dict[str, Any]:
    """Returns what of the earlier subject stays beside a new one.

    An agenda item beside a topic is where something was said, and stays. A topic of its own stays where only the
    treaty is replaced, or where the question narrows: "only under article 16".
    """
    taken: dict[str, Any] = {}
    own, was = _own_topic(scope), _own_topic(earlier)
    if not scope.agenda_items and (was or earlier.treaties):
        taken |= _joined(scope, earlier, "agenda_items")
    whole = bool(scope.treaties) and not any(treaty.articles for treaty in scope.treaties)
    if not own and was and (narrows or (whole and earlier.treaties)):
        taken["topic"] = earlier.topic
    if narrows and not own and not scope.treaties:
        taken |= _joined(scope, earlier, "treaties")
    return taken


def _own_topic(scope: Scope) -> str:
    """Returns a topic, unless it is only the name of a treaty that is in scope anyway."""
    cues, rest = CUES[scope.language], scope.topic
    if cues.treaties(cues.bare(rest), None):
        return ""
    for found in reversed(find_treaties(rest)):
        rest = rest[: found.start] + rest[found.end :]
    words = [word for word in rest.split() if word.lower() not in ("the", "la", "le", "el")]
    return scope.topic if words or not scope.treaties else ""


def _only_treaty(previous: Resolution) -> str | None:
    """Returns the treaty that a conversation is about, where it is one and not the Convention."""
    codes = {treaty.treaty for treaty in previous.scope.treaties}
    return codes.pop() if len(codes) == 1 and "UNTOC" not in codes else None


def _in_treaty(said: Resolution, previous: Resolution) -> Resolution:
    """Reads "article 4" and "article 4 of the Protocol" as those of the Protocol that the conversation is about."""
    treaty, topic = _only_treaty(previous), said.scope.topic
    if treaty is None:
        return said
    named = _articles(said.scope.treaties)
    if said.assumed_treaty:
        found = [(treaty if number and article_title(treaty, number) else code, number) for code, number in named]
    else:
        context = f"{TREATIES[treaty].aliases[0]}. {said.question}"
        found = [(each.treaty, each.article) for each in find_articles(context) if each.treaty] or named
        rest = topic
        for mention in reversed(find_articles(topic)):
            rest = f"{rest[: mention.start]} {rest[mention.end :]}"
        topic = "" if CUES[said.scope.language].is_reference(rest) else topic
    treaties = _treaty_scopes(found)
    if treaties == said.scope.treaties:
        return said
    return replace(said, scope=replace(said.scope, treaties=treaties, topic=topic, kept=("treaties",)))


def _articles(treaties: Iterable[TreatyScope]) -> list[tuple[str, str]]:
    """Returns (treaty, article) one by one; a treaty without articles has an empty one."""
    return [(treaty.treaty, number) for treaty in treaties for number in treaty.articles or ("",)]


def _treaty_scopes(articles: Iterable[tuple[str, str]]) -> tuple[TreatyScope, ...]:
    numbers: dict[str, dict[str, None]] = {}
    for code, number in articles:
        numbers.setdefault(code, {}).update({number: None} if number else {})
    return tuple(TreatyScope(treaty=code, articles=tuple(listed)) for code, listed in numbers.items())
