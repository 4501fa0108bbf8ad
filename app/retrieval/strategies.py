"""Search strategies: how evidence is found, chosen from what a question names before any statement is read.

"What did Arvandia say about article 18 on witnesses?" is searched `ByArticle`, "has it ratified the Convention?"
`ByTreaty`, "what did it say about extradition?" `ByTopic`.
"""

import re
from dataclasses import dataclass
from typing import Final

from app.question.resolution import Resolution, TopicWording
from app.records import Scope, TreatyScope
from app.retrieval.terms import content_terms
from ingest.treaties.treaties import TREATIES, find_treaties

# What remains of "what is the subject of agenda item 4": the item's own words are the answer.
_ABOUT_ITSELF: Final = frozenset(
    """subject title topic theme name called heading object objet sujet titre intitulé tema título asunto тема название
    موضوع عنوان 主题 题目""".split()
)
# Stems of what is done to a treaty as a whole: "has it ratified the Convention", "is it a party to the Protocols"; only
# sentences that name the treaty answer. Whole stems, since "participation" is no party and "joint" joins nothing.
_JOINS: Final = re.compile(
    r"ratif\w*|sign|signat\w+|acced\w*|access(?:ion)?|join|part[iy]|becom|adh[eé][rs]\w*|firm|firmant\w*|suscri\w+"
    r"|ратифиц\w+|подпис\w+|присоедин\w+|участни\w+|批准|签署|加入|缔约|(?:صادق|صدق|وقع|انضم|طرف)\w*"
)


@dataclass(frozen=True, kw_only=True)
class ByArticle:
    """The sentences that name these articles; on a topic, those that speak of it first."""

    treaties: tuple[TreatyScope, ...]
    topic: str | None


@dataclass(frozen=True, kw_only=True)
class ByAgendaItem:
    """The sentences that name these items of the agenda.

    Attributes:
        itself: The item's own words are asked for; else what was said under it, without any other topic.
    """

    items: tuple[str, ...]
    itself: bool
    topic: None = None


@dataclass(frozen=True, kw_only=True)
class ByTreaty:
    """The sentences that name these treaties, else those that speak of them in other words.

    Attributes:
        joining: Asks who ratified, signed or joined, which only sentences that name the treaty answer.
    """

    treaties: tuple[TreatyScope, ...]
    topic: str | None
    joining: bool


@dataclass(frozen=True, kw_only=True)
class ByTopic:
    """The sentences that speak of a topic.

    Attributes:
        wording: How the question asks about it; None where that is not known.
    """

    topic: str
    wording: TopicWording | None = None


@dataclass(frozen=True, kw_only=True)
class Representative:
    """The sentences nearest to the whole of what was said: "what did Arvandia say?"."""

    topic: None = None


SearchStrategy = ByArticle | ByAgendaItem | ByTreaty | ByTopic | Representative


def choose_strategy(resolution: Resolution) -> SearchStrategy | None:
    """Returns how the evidence is found: by what the question names, else by its topic; None where it has neither."""
    scope = resolution.scope
    topic = _topic(scope)
    if any(treaty.articles for treaty in scope.treaties):
        return ByArticle(treaties=scope.treaties, topic=topic)
    if scope.agenda_items and _is_about_itself(scope.topic):
        return ByAgendaItem(items=scope.agenda_items, itself=True)
    beside = _beside_treaties(scope.topic, scope.language) if topic is not None else frozenset()
    if scope.treaties and all(map(_JOINS.fullmatch, beside)):
        # The topic may leave out what is done to the treaty: "which States have joined the Protocol?".
        joining = any(map(_JOINS.fullmatch, content_terms(resolution.question, scope.language)))
        return ByTreaty(treaties=scope.treaties, topic=topic, joining=joining)
    if topic is not None:
        wording = resolution.wording
        return ByTopic(topic=topic, wording=wording if wording is not None and wording.topic == scope.topic else None)
    if scope.agenda_items and (scope.states or scope.groups):
        return ByAgendaItem(items=scope.agenda_items, itself=False)
    filtered = scope.years or scope.sessions or scope.bodies or scope.agenda_items
    if scope.states or scope.groups or scope.members_of or (resolution.scope.all_states and filtered):
        return Representative()
    return None


def treaty_words(treaties: tuple[TreatyScope, ...]) -> str:
    """Returns the English words that treaties are searched by where a statement does not name them."""
    return " ".join(TREATIES[treaty.treaty].search_words for treaty in treaties)


def _topic(scope: Scope) -> str | None:
    """Returns the topic with the treaties that stand beside it, as in "and the Protocols?" after a topic."""
    if not scope.topic or ((scope.agenda_items or scope.treaties) and _is_about_itself(scope.topic)):
        return None
    if scope.language != "en":
        return scope.topic
    named = {match.treaty for match in find_treaties(scope.topic)}
    beside = tuple(treaty for treaty in scope.treaties if not treaty.articles and treaty.treaty not in named)
    return f"{scope.topic} {treaty_words(beside)}".strip()


def _is_about_itself(topic: str) -> bool:
    words = {word.strip(".,;:?!").lower() for word in topic.split()}
    return bool(words) and words <= _ABOUT_ITSELF


def _beside_treaties(topic: str, language: str) -> frozenset[str]:
    """Returns the stems of what a topic holds besides names of treaties."""
    for match in reversed(find_treaties(topic)):
        topic = f"{topic[: match.start]} {topic[match.end :]}"
    return content_terms(topic, language)
