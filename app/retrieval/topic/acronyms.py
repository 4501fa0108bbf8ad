"""Acronyms in a topic that statements spell out, and the reverse: "the Fisheries Watch of the North (FWN)".

The full text of the store is searched for the acronym in parentheses, so that nothing has to be stored; else a name of
the statements in scope counts whose capitals it has.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from app.retrieval.terms import content_terms
from app.retrieval.topic.share import share_of_topic
from ingest.glossary.glossary import terms_within
from ingest.parties.party_table import PartyTable
from vectorstore.catalogue import Catalogue
from vectorstore.records import Sentence, StatementSummary
from vectorstore.stems import is_function_word

_CAPITALS: Final = r"(?<![\p{Lu}\p{Ll}\p{N}-])\p{Lu}[\p{Lu}\p{N}-]+\p{Lu}(?=s?(?![\p{Lu}\p{Ll}\p{N}-]))"
# Between the words of a name: function words, elided articles, or a hyphen.
_JOINT: Final = r"(?:,?\s+(?:\p{Ll}{1,4}\s+){0,3}(?:\p{Ll}['’])?|[-‑])"
_WORD: Final = r"[\p{L}'’]*"
# A name of three capitalised words or more at the end of a text, whose capitals may be those of another language.
_NAME_AT_END: Final = regex.compile(rf"\b\p{{Lu}}{_WORD}(?:{_JOINT}\p{{Lu}}{_WORD}){{2,}}\W*$")
# Passages that are looked through for an acronym, and statements in scope for a name with its capitals.
_MAX_PASSAGES: Final = 40
_MAX_STATEMENTS: Final = 40
# Share of the words of a name that speak of it.
_SHARE_MIN: Final = 0.7


@dataclass(frozen=True, kw_only=True)
class Expansion:
    """A word of a topic, and the words that mean the same."""

    word: str
    meant: str
    alone: bool
    """Whether the topic is the acronym and nothing else, so that only what names it answers."""

    def naming(self, parties: PartyTable) -> Callable[[Sentence], bool]:
        """Returns a function that tells whether a sentence names what the topic is, by its acronym or by its name."""
        written = regex.compile(rf"(?<!\p{{L}}){regex.escape(self.word)}")
        share = share_of_topic(self.meant, "en", parties)

        def names(sentence: Sentence) -> bool:
            text = sentence.text
            return not self.alone or written.search(text) is not None or share(text, sentence.language) >= _SHARE_MIN

        return names


def expansion_of(
    topic: str, language: str, statements: Sequence[StatementSummary], catalogue: Catalogue, parties: PartyTable
) -> Expansion | None:
    """Returns the name of an acronym in a topic that the glossary does not know, or the acronym of a name in it."""
    if topic.isupper() and len(topic.split()) > 1:
        return None
    known = [range(each.start, each.end) for each in terms_within(topic, language)]
    for found in regex.finditer(_CAPITALS, topic):
        word = found[0]
        group = next((m.code for m in parties.find(word) if m.code and parties.kind_of(m.code) == "group"), None)
        if not any(found.start() in each for each in known):
            names = [parties.display(group)] if group else [*_spelled_out(word, catalogue)]
            if name := _commonest(names or [*_with_capitals(word, statements, catalogue)]):
                return Expansion(
                    word=word, meant=name, alone=content_terms(topic, language) <= content_terms(word, language)
                )
    short = _commonest([*_acronyms_of(topic, language, catalogue)])
    return Expansion(word=topic, meant=short, alone=False) if short else None


def _commonest(names: Sequence[str]) -> str:
    counts = Counter(names)
    return max(counts, key=lambda name: (counts[name], -len(name)), default="")


def _spelled_out(word: str, catalogue: Catalogue) -> Iterator[str]:
    """Yields the names that the store's statements write before an acronym in parentheses."""
    for text in _passages(word, catalogue):
        for found in regex.finditer(rf"\(\W*{regex.escape(word)}s?\b[^()]{{0,30}}\)", text):
            before = text[: found.start()]
            name = regex.search(rf"(?i){_initials(word)}\W*$", before) or _NAME_AT_END.search(before)
            yield from [name[0].strip(" \n“”\"'")] if name else []


def _with_capitals(word: str, statements: Sequence[StatementSummary], catalogue: Catalogue) -> Iterator[str]:
    """Yields the names in these statements, if they are few, whose words begin with the letters of an acronym."""
    ids = [summary.statement_id for summary in statements] if len(statements) <= _MAX_STATEMENTS else []
    for sentence in (each for own in catalogue.sentences_of(ids).values() for each in own):
        yield from (found[0] for found in regex.finditer(_initials(word), sentence.text))


def _acronyms_of(topic: str, language: str, catalogue: Catalogue) -> Iterator[str]:
    """Yields the acronyms that stand in parentheses after a name of several capitalised words."""
    words = topic.split()
    while words and is_function_word(words[0], language):
        words = words[1:]
    if sum(word[:1].isupper() for word in words) > 1:
        name = r"\s+".join(map(regex.escape, words))
        written = rf"(?i:{name})(?:\s+[^\s()]+){{0,3}}\s*\(({_CAPITALS}s?)\)"
        yield from (found[1] for text in _passages(topic, catalogue) for found in regex.finditer(written, text))


def _initials(acronym: str) -> str:
    """Returns the pattern of a name whose words begin with the letters of an acronym."""
    return r"\b" + _JOINT.join(f"{letter}{_WORD}" for letter in acronym if letter.isalpha()) + r"\b"


def _passages(words: str, catalogue: Catalogue) -> Iterator[str]:
    found = catalogue.passages([key for key, _ in catalogue.search_lexical(words, None, _MAX_PASSAGES)])
    return (passage.text for passage in found.values())
