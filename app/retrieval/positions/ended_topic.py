"""Topic that ends a thing: whoever is against the embargo is for "the lifting of the embargo", and the other way round.

A sentence that names the thing alone is read on the thing, and its direction turned round; one that speaks of ending it
in other words than the topic's is read on these: "we oppose lifting the blockade" for "an end to the embargo".
"""

from typing import Final, NamedTuple

import regex

from app.retrieval.positions.position_marks import cues_of
from app.retrieval.terms import content_terms
from app.retrieval.topic.mask import WORD, topic_runs, without_states
from app.retrieval.topic.share import share_of_topic
from ingest.parties.party_table import PartyTable

# Share of the words of a thing above which a text names it.
_NAMED_ABOVE: Final = 0.5
# The most words, or Chinese characters, between a word of ending and the thing: "lifting of the unjust embargo".
_MAX_WORDS_BETWEEN: Final = 3
_PUNCTUATION: Final = regex.compile(r"[,.;:!?()，。；：、،؛؟]")


class TopicToRead(NamedTuple):
    """The topic on which a text is read."""

    words: str
    is_opposite: bool
    """Whether a direction on it is the opposite one on the topic that was asked about."""


def thing_ended(topic: str, language: str) -> str:
    """Returns what a topic ends: "the embargo" of "an immediate end to the embargo"; empty where it ends nothing."""
    match = cues_of(language)["ends_topic"].search(topic)
    ended = f"{topic[: match.start()]}{topic[match.end() :]}".strip() if match else ""
    return ended if content_terms(ended, language) else ""


def topic_to_read(topic: str, text: str, language: str, parties: PartyTable) -> TopicToRead:
    """Returns the topic on which to read a text: the topic, or what it ends, or how the text itself calls ending it."""
    thing, ending = thing_ended(topic, language), cues_of(language)["ending"]
    if not (thing and _names(text, thing, language, parties)):
        return TopicToRead(topic, is_opposite=False)
    runs, endings_of_thing = topic_runs(text, topic, language, parties), len(ending.findall(thing))
    if runs and all(len(ending.findall(text, *run)) > endings_of_thing for run in runs):
        return TopicToRead(topic, is_opposite=False)
    if ended := _ending_named(text, thing, language, parties):
        return TopicToRead(ended, is_opposite=False)
    words, is_opposite = topic_to_read(thing, text, language, parties)
    return TopicToRead(words, is_opposite=not is_opposite)


def _names(text: str, thing: str, language: str, parties: PartyTable) -> bool:
    """Returns whether a text names most of a thing, or all of it but States: "the economic embargo on our friends"."""
    if not topic_runs(text, thing, language, parties):
        return False
    own = content_terms(without_states(thing, language, parties), language)
    share = share_of_topic(thing, language, parties)(text, language)
    return share > _NAMED_ABOVE or (bool(own) and own <= content_terms(text, language))


def _ending_named(text: str, thing: str, language: str, parties: PartyTable) -> str:
    """Returns the words of a text for ending a thing, such as "lift the unjust embargo"; empty without any."""
    for start, end in topic_runs(text, thing, language, parties):
        for match in cues_of(language)["ending"].finditer(text, 0, start):
            between = text[match.end() : start]
            if not _PUNCTUATION.search(between) and len(WORD.findall(between)) <= _MAX_WORDS_BETWEEN:
                return text[match.start() : end]
    return ""
