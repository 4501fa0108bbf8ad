"""Topic mask: the places where a text names a topic, by its words or synonyms, so that they can be replaced.

"We support the abolition of the death penalty" becomes "We support the abolition of this" for "capital punishment":
what a classifier then reads is the same for every topic.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise, product
from typing import Final

import regex

from app.retrieval.terms import content_terms
from ingest.glossary.glossary import gloss_with_operators, terms_of, terms_within
from ingest.language.topic_placeholder import TOPIC_PLACEHOLDER
from ingest.parties.party_table import PartyTable

# A word, or one Chinese character.
WORD: Final = regex.compile(r"\p{Han}|[[\p{L}\p{M}\p{N}]--\p{Han}]+(?:[-’'][[\p{L}\p{M}\p{N}]--\p{Han}]+)*", regex.V1)


def mask_topic(text: str, topic: str, language: str, parties: PartyTable) -> str:
    """Masks a topic in a text: each run of its words or synonyms is replaced by "this" in the text's language.

    A State that the topic names is masked only together with other topic words: with "the embargo against Rimalia",
    one is for or against the embargo.
    """
    return _with_topic(text, topic, language, lambda _: TOPIC_PLACEHOLDER[language], parties)


def _with_topic(text: str, topic: str, language: str, put: Callable[[str], str], parties: PartyTable) -> str:
    """Returns a text with each run of topic words replaced by what `put` makes of it."""
    for start, end in reversed(topic_runs(text, topic, language, parties)):
        text = text[:start] + put(text[start:end]) + text[end:]
    return text


@lru_cache(maxsize=16)
def topic_runs(text: str, topic: str, language: str, parties: PartyTable) -> tuple[tuple[int, int], ...]:
    """Returns the spans of the runs of topic words in a text; cached, since each classifier of a sentence asks."""
    terms = content_terms(topic, language)
    subject, synonyms = _subject_of(topic, language, parties)
    pieces: list[tuple[int, int]] = []
    joinable = False
    for start, end, held in _topical(text, terms, synonyms, language):
        if held and joinable and pieces and not regex.search(r"[,.;:!?，。；：]", text[pieces[-1][1] : start]):
            pieces[-1] = (pieces[-1][0], end)
        elif held:
            pieces.append((start, end))
        joinable = held or (joinable and held is None)
    # A run that consists only of the name of a State does not name the topic.
    return tuple(each for each in pieces if not content_terms(text[slice(*each)], language).isdisjoint(subject))


def topic_and_text(text: str, topic: str, language: str, parties: PartyTable) -> tuple[str, str]:
    """Returns the input of the fine-tuned classifier: a topic, and an English text with the topic between asterisks.

    Other languages are translated word by word. A text that does not name the topic in its words has no asterisks.
    """
    runs = topic_runs(text, topic, language, parties)
    if language == "en":
        return topic, _with_topic(text, topic, language, lambda words: f"* {words} *", parties)
    edges = [0, *(edge for run in runs for edge in run), len(text)]
    pieces = [gloss_with_operators(text[start:end], language) for start, end in pairwise(edges)]
    return gloss_with_operators(topic, language), " * ".join(pieces).strip()


def without_states(text: str, language: str, parties: PartyTable) -> str:
    """Returns a text without the names of States in it."""
    for match in reversed(parties.find(text, language, relaxed=True)):
        if any(parties.kind_of(code) == "state" for code in match.codes):
            text = f"{text[: match.start]} {text[match.end :]}"
    return text


@lru_cache(maxsize=256)
def _subject_of(topic: str, language: str, parties: PartyTable) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    """Returns the content terms by which a text names a topic, without names of States, and those of each synonym.

    A synonym that names a State ("blockade against Rimalia") counts only if the rest of it ("blockade") is a glossary
    term itself.
    """
    synonyms = {
        content_terms(own, language)
        for named in terms_within(topic, language)
        for term in named.terms
        if (own := without_states(term, language, parties)) == term or terms_of(own, language)
    } - {frozenset()}
    subject = content_terms(without_states(topic, language, parties), language) or content_terms(topic, language)
    return subject.union(*synonyms), tuple(synonyms)


def _topical(
    text: str, terms: frozenset[str], synonyms: Sequence[frozenset[str]], language: str
) -> list[tuple[int, int, bool | None]]:
    """Returns the offsets of each word of a text and whether it is the topic's: None for function words, which join."""
    words = [(match.start(), match.end()) for match in WORD.finditer(text)]
    if language == "zh":
        pairs = [any(text[at : at + 2] in each for each in (terms, *synonyms)) for at, _ in words]
        return [(*word, pairs[n] or (n > 0 and pairs[n - 1])) for n, word in enumerate(words)]
    with_terms = [(start, end, content_terms(text[start:end], language)) for start, end in words]
    content = [at for at, (_, _, own) in enumerate(with_terms) if own]
    others: set[int] = set()
    for each, first in product(synonyms, range(len(content))):
        if not with_terms[content[first]][2] <= each:
            continue
        # The shortest run of words that has all of its terms, of which "non-governmental" has two, and no others.
        unions = accumulate((with_terms[at][2] for at in content[first:]), lambda one, other: one | other)
        length = next((n for n, union in enumerate(unions, 1) if union == each or not union <= each), 0)
        run = content[first : first + length]
        others |= set(run) if frozenset().union(*(with_terms[at][2] for at in run)) == each else set()
    return [
        (start, end, own <= terms or at in others if own else None) for at, (start, end, own) in enumerate(with_terms)
    ]
