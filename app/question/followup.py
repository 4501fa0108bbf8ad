"""Follow-ups by slots and cue words: what a turn keeps, told by what it names and by words such as "too" and "only".

A question that names a speaker and a subject keeps nothing. "And Cuba?" replaces who is asked and keeps the rest. "When
was that?" is about the answer, and keeps everything.
"""

import re
from dataclasses import replace
from typing import Final

from app.question.followup_cues import CUES, Cues
from app.question.frames import fold_accents, frames_of
from app.question.resolution import Act, Resolution
from app.question.turn import FILLED, Slot, TurnReading, articles_of, filled, treaty_scopes
from app.records import Scope, TreatyScope
from ingest.language.ordinals import find_session_mentions
from ingest.treaties.references import find_articles
from ingest.treaties.treaties import TREATIES, article_title, find_treaties

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


def read_turn(current: Resolution, previous: Resolution) -> tuple[Resolution, TurnReading]:
    """Reads a turn by the slots that it fills and by its cue words.

    Returns:
        The turn by itself, without its cue words; and what it keeps of the question before.
    """
    cues = CUES[_language(current, previous)]
    away = _takes_away(current, previous)
    said = _numbered(_without_cues(current, previous, cues), previous)
    if said.provision:
        return _in_treaty(current, previous), TurnReading()
    if said.quote:
        return said, TurnReading()
    if away:
        scope = replace(said.scope, topic="")
        return replace(said, scope=scope, all_states=False), TurnReading(act="remove", keeps=FILLED | {"kind"})
    if _stands_alone(said, cues):
        return current, TurnReading()
    said = _in_treaty(said, previous)
    own = filled(said)
    if not own:
        return said, TurnReading(act="about", keeps=FILLED if said.asked else FILLED | {"kind"})
    narrows = cues.has("only", said.question)
    # "Compare article 17 and article 18" names all that it is about.
    adds = cues.has("too", said.question) and len(articles_of(said.scope.treaties)) < 2
    keeps: set[Slot] = set(FILLED - own)
    if said.scope.agenda_items and not narrows:
        keeps -= {"topic", "treaty"}
    if "topic" in own and not adds and not narrows:
        keeps.discard("treaty")
    if not _own_topic(said.scope) and "treaty" in own:
        whole = not any(treaty.articles for treaty in said.scope.treaties)
        said = replace(said, scope=replace(said.scope, topic=""))
        own = filled(said)
        if _own_topic(previous.scope) and (narrows or (whole and previous.scope.treaties)):
            keeps.add("topic")
        else:
            keeps.discard("topic")
    if "topic" not in own or (previous.negated and "who" not in own):
        keeps.add("kind")
    others = said.all_states and "topic" not in own and cues.has("others", said.question)
    if others and not previous.all_states:
        keeps.discard("kind")
    act: Act = "more" if others else "add" if adds else "replace"
    return said, TurnReading(act=act, keeps=frozenset(keeps))


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


def _takes_away(current: Resolution, previous: Resolution) -> bool:
    """Whether a question takes States away from those asked about: "not Chile", "without Chile"."""
    scope, question = current.scope, fold_accents(current.question)
    away = _AWAY.match(question)
    named = {*scope.states, *scope.groups}
    # What remains of a topic are the words that take away.
    if away is None or not named or re.sub(r"\W", "", fold_accents(scope.topic)) not in re.sub(r"\W", "", away.group()):
        return False
    return bool({*previous.scope.states, *previous.scope.groups} - named) or previous.all_states


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
    named = articles_of(said.scope.treaties)
    if said.assumed_treaty:
        found = [(treaty if number and article_title(treaty, number) else code, number) for code, number in named]
    else:
        context = f"{TREATIES[treaty].aliases[0]}. {said.question}"
        found = [(each.treaty, each.article) for each in find_articles(context) if each.treaty] or named
        rest = topic
        for mention in reversed(find_articles(topic)):
            rest = f"{rest[: mention.start]} {rest[mention.end :]}"
        topic = "" if CUES[said.scope.language].is_reference(rest) else topic
    treaties = treaty_scopes(found)
    if treaties == said.scope.treaties:
        return said
    return replace(said, scope=replace(said.scope, treaties=treaties, topic=topic, kept=("treaties",)))
