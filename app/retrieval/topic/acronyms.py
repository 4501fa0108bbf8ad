"""Acronyms in a topic that statements spell out, and the reverse: "the Fisheries Watch of the North (FWN)".

The full text of the store is searched for the acronym in parentheses, so that nothing has to be stored; else a name of
the statements in scope counts whose capitals it has.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

import regex

from app.retrieval.terms import content_terms
from app.retrieval.topic.share import share_of_topic
from ingest.glossary.glossary import terms_within
from ingest.parties.party_table import PartyTable
from vectorstore.catalogue import Catalogue
from vectorstore.records import Passage, StatementSummary
from vectorstore.stems import is_function_word

_ACRONYM: Final = regex.compile(r"(?<![\p{Lu}\p{Ll}\p{N}-])\p{Lu}[\p{Lu}\p{N}-]*\p{Lu}(?=s?(?![\p{Lu}\p{Ll}\p{N}-]))")
_ACRONYM_MIN: Final = 3
# Passages that are looked through for an acronym, and statements in scope for a name with its capitals.
_PASSAGES: Final = 40
_STATEMENTS: Final = 40
# Longest name in words, and the fewest capitalised words of one whose capitals are not those of its acronym.
_NAME_WORDS: Final = 14
_CAPITALISED_MIN: Final = 3
# Share of the words of a name that speak of it.
_SHARE_MIN: Final = 0.7


@dataclass(frozen=True, kw_only=True)
class Expansion:
    """A word of a topic, and the words that mean the same."""

    word: str
    meant: str
    language: str
    alone: bool
    """Whether the topic is the acronym and nothing else, so that only what names it answers."""

    def named_in(self, text: str, language: str | None, parties: PartyTable) -> bool:
        """Returns whether a text names what the topic is, by its acronym or by its name."""
        if not self.alone or regex.search(rf"(?<!\p{{L}}){regex.escape(self.word)}", text):
            return True
        return share_of_topic(self.meant, self.language, parties)(text, language) >= _SHARE_MIN


def expansion_of(
    topic: str, language: str, statements: Sequence[StatementSummary], catalogue: Catalogue, parties: PartyTable
) -> Expansion | None:
    """Returns the name of an acronym in a topic that the glossary does not know, or the acronym of a name in it."""
    if topic.isupper() and len(topic.split()) > 1:
        return None
    known = [(each.start, each.end) for each in terms_within(topic, language)]
    for found in _ACRONYM.finditer(topic):
        word = found[0]
        if len(word) < _ACRONYM_MIN or any(start < found.end() and found.start() < end for start, end in known):
            continue
        group = next((m.code for m in parties.find(word) if m.code and parties.kind_of(m.code) == "group"), None)
        named = (parties.display(group), "en") if group else _spelled_out(word, catalogue)
        named = named or _with_capitals(word, statements, catalogue)
        if named is not None and named[0] != word:
            alone = content_terms(topic, language) <= content_terms(word, language)
            return Expansion(word=word, meant=named[0], language=named[1], alone=alone)
    short = _acronym_of(topic, language, catalogue)
    return Expansion(word=topic, meant=short, language=language, alone=False) if short else None


def _spelled_out(word: str, catalogue: Catalogue) -> tuple[str, str] | None:
    """Returns the name that the store's statements write most often before an acronym in parentheses."""
    written = regex.compile(rf"\(\W*{regex.escape(word)}s?\b[^()]{{0,30}}\)")
    names = Counter(
        (name, passage.language or "en")
        for passage in _passages(word, catalogue)
        for found in written.finditer(passage.text)
        if (name := _name_at_end(passage.text[: found.start()], word, passage.language or "en"))
    )
    return max(names, key=lambda name: (names[name], -len(name[0])), default=None)


def _name_at_end(text: str, acronym: str, language: str) -> str:
    """Returns the words at the end of a text with these initials, or else those in capitals; empty without any."""
    words = text.split()[-_NAME_WORDS:]
    for start in range(len(words) - 1, -1, -1):
        if _initials(words[start:], language) == acronym.casefold() and not is_function_word(words[start], language):
            return " ".join(words[start:])
    run = [*takewhile(lambda w: w[:1].isupper() or is_function_word(w, language), reversed(words))][::-1]
    ends = [at for at, each in enumerate(run, start=1) if each[-1] in ".;:)?!"]
    run = run[ends[-1] if ends else 0 :]
    begin = next((at for at, each in enumerate(run) if not is_function_word(each, language)), 0)
    return " ".join(run[begin:]) if sum(w[:1].isupper() for w in run) >= _CAPITALISED_MIN else ""


def _initials(words: Iterable[str], language: str) -> str:
    parts = (part for word in words if not is_function_word(word, language) for part in regex.split(r"[-‑]", word))
    return "".join(part.lstrip("“\"'(")[:1] for part in parts).casefold()


def _with_capitals(word: str, statements: Sequence[StatementSummary], catalogue: Catalogue) -> tuple[str, str] | None:
    """Returns the name in these statements, if they are few, whose words begin with the letters of an acronym."""
    ids = [summary.statement_id for summary in statements] if len(statements) <= _STATEMENTS else []
    sentences = (each for own in catalogue.sentences_of(ids).values() for each in own)
    names = Counter(
        (name, each.language or "en")
        for each in sentences
        for name in _capitalised(each.text.split(), word, each.language or "en")
    )
    return max(names, key=lambda name: (names[name], -len(name[0])), default=None)


def _capitalised(words: Sequence[str], acronym: str, language: str) -> Iterator[str]:
    for start, first in enumerate(words):
        if first[:1].casefold() != acronym[:1].casefold() or not first[:1].isupper():
            continue
        run = [*takewhile(lambda w: w[:1].isupper() or is_function_word(w, language), words[start:])][:_NAME_WORDS]
        for end in range(len(acronym), len(run) + 1):
            if _initials(run[:end], language) == acronym.casefold() and run[end - 1][:1].isupper():
                yield " ".join(run[:end]).rstrip(".,;:’'")
                break


def _acronym_of(topic: str, language: str, catalogue: Catalogue) -> str:
    """Returns the acronym that stands in parentheses after a name of several capitalised words; empty if none does."""
    words = topic.split()
    while words and is_function_word(words[0], language):
        words = words[1:]
    if sum(word[:1].isupper() for word in words) < _CAPITALISED_MIN - 1 or _ACRONYM.search(topic):
        return ""
    name = r"\s+".join(map(regex.escape, words))
    written = regex.compile(rf"(?i:{name})(?:\s+[^\s()]+){{0,3}}\s*\(({_ACRONYM.pattern}s?)\)")
    found = Counter(m[1] for passage in _passages(topic, catalogue) for m in written.finditer(passage.text))
    return max(found, key=lambda each: found[each], default="")


def _passages(words: str, catalogue: Catalogue) -> Iterable[Passage]:
    return catalogue.passages([key for key, _ in catalogue.search_lexical(words, None, _PASSAGES)]).values()
