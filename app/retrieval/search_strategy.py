"""Search strategy: how statements are searched, chosen from what a question names, else from its topic.

"What did Arvandia say about article 18 on witnesses?" is searched by articles, which looks up the sentences that name
the article, and "has it ratified the Convention?" by treaties; by topic, sentences are ranked by their meaning.
"""

from dataclasses import dataclass
from typing import Final, Literal

from app.question.resolution import Resolution, TopicWording
from app.records import Scope, TreatyScope
from app.retrieval.terms import content_terms
from ingest.language.lexicons import Patterns, load_words
from ingest.treaties.treaties import TREATIES, find_treaties

_TREATY_WORDS: Final = Patterns("treaty_attribution")


@dataclass(frozen=True, kw_only=True)
class SearchStrategy:
    """What statements are searched for."""

    by: Literal["articles", "agenda_items", "treaties", "topic", "centroid"]
    """`articles`: the sentences that name those of the scope, on a topic those that speak of it first. `agenda_items`:
    the sentences that name these. `treaties`: likewise, else those that refer to them in other words. `topic`: the
    sentences that speak of it. `centroid`: those nearest to all that was said, as for "what did Arvandia say?"."""
    topic: str | None = None
    wording: TopicWording | None = None
    """How the question asks about the topic; None where that is not known."""
    itself: bool = False
    """Whether an item's own words are asked for, not what was said under it without any other topic."""
    joining: bool = False
    """Whether the question is who ratified, signed or joined, which only sentences that name the treaty answer."""


def choose_strategy(resolution: Resolution) -> SearchStrategy | None:
    """Returns the strategy for what the question names, else for its topic; None where it has neither."""
    scope = resolution.scope
    topic = _topic(scope)
    if any(treaty.articles for treaty in scope.treaties):
        return SearchStrategy(by="articles", topic=topic)
    if scope.agenda_items and _is_about_itself(scope.topic):
        return SearchStrategy(by="agenda_items", itself=True)
    beside = _beside_treaties(scope.topic, scope.language) if topic is not None else frozenset()
    if scope.treaties and all(map(_TREATY_WORDS.joining_stem.fullmatch, beside)):
        # The verb may be missing in the topic, so the question is tested: "which States have joined the Protocol?".
        joining = any(map(_TREATY_WORDS.joining_stem.fullmatch, content_terms(resolution.question, scope.language)))
        return SearchStrategy(by="treaties", topic=topic, joining=joining)
    if topic is not None:
        # "How has its position changed?" is worded as a question on positions, which any position answers.
        wording = None if resolution.over_time else resolution.wording
        known = wording if wording is not None and wording.topic == scope.topic else None
        return SearchStrategy(by="topic", topic=topic, wording=known)
    if scope.agenda_items and scope.named_parties:
        return SearchStrategy(by="agenda_items")
    filtered = scope.is_timed or scope.sessions or scope.bodies or scope.agenda_items
    if scope.named_parties or scope.members_of or (scope.all_states and filtered):
        return SearchStrategy(by="centroid")
    return None


def treaty_words(treaties: tuple[TreatyScope, ...]) -> str:
    """Returns the English words that treaties are searched by where a statement does not name them."""
    return " ".join(TREATIES[treaty.treaty].search_words for treaty in treaties)


def _topic(scope: Scope) -> str | None:
    """Returns the topic with the search words of treaties beside it, as in "and the Protocols?" after a topic."""
    if not scope.topic or ((scope.agenda_items or scope.treaties) and _is_about_itself(scope.topic)):
        return None
    if scope.language != "en":
        return scope.topic
    named = {match.treaty for match in find_treaties(scope.topic)}
    beside = tuple(treaty for treaty in scope.treaties if not treaty.articles and treaty.treaty not in named)
    return f"{scope.topic} {treaty_words(beside)}".strip()


def _is_about_itself(topic: str) -> bool:
    words = {word.strip(".,;:?!").lower() for word in topic.split()}
    return bool(words) and words <= load_words("about_itself")


def _beside_treaties(topic: str, language: str) -> frozenset[str]:
    """Returns the content stems of a topic outside names of treaties."""
    for match in reversed(find_treaties(topic)):
        topic = f"{topic[: match.start]} {topic[match.end :]}"
    return content_terms(topic, language)
