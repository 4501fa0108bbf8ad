"""Lexical search on either engine: the normalisation of indexed text, and queries for topics, phrases and terms.

FTS5 splits at white space, folds accents and stems English. This module normalises everything else, in the text and in
the query alike: Chinese characters, the cases of Russian, the particles of Arabic, the genders of French and Spanish,
so that "взаимной помощи" finds "взаимная помощь". A query also has the words as written, so that it still finds
passages in an index that was made before this normalisation.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from vectorstore.stems import is_function_word, language_of, stem, stems

_HAN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_TERM = regex.compile(rf"{_HAN.pattern}+|(?:(?!{_HAN.pattern})[\p{{L}}\p{{M}}\p{{N}}])+")
_STEMMED = regex.compile(r"\p{Cyrillic}|\p{Arabic}")
# Agreement endings (gender, number) of French and Spanish, which FTS5's English stemmer does not strip. They are
# stripped in any language, since a query's may differ from the passage's.
_AGREEING = regex.compile(r"(?:(?<=\w{4})[oa]s?|(?<=\p{L}{3}[éÉ])e?s?|(?<=\w{3})aux)$", regex.IGNORECASE)
# Chinese particles between words: a pair of characters with a particle in between is not a word.
_BETWEEN = regex.compile("[的了吗呢]")
_PARTICLES = ("و", "ب", "ل", "ف", "ك", "وب", "ول")


@dataclass(frozen=True)
class Phrase:
    """Adjacent words, separated by spaces; with `prefix` the last is the start of a word. `str` gives FTS5's syntax."""

    words: str
    prefix: bool = False

    def __str__(self) -> str:
        return f'"{self.words}"{"*" * self.prefix}'


@dataclass(frozen=True)
class Near:
    """Words in any order, with at most `between` others between first and last; `str` gives FTS5's syntax."""

    words: tuple[str, ...]
    between: int

    def __str__(self) -> str:
        quoted = " ".join(f'"{word}"' for word in self.words)
        return f"NEAR({quoted}, {self.between})"


# A disjunction: a text matches if it matches any of these.
Query = Sequence[Phrase | Near]


def lexical_text(text: str) -> str:
    """Returns a text as it is indexed: Chinese characters are separated, other words replaced by their stems."""
    return _TERM.sub(lambda found: _indexed(found.group()), text)


def prefix_query(term: str) -> Phrase:
    """Returns the query for words that begin with a term, such as "recover" for "recovery"."""
    return Phrase(_written(term), prefix=True)


def phrase_query(phrase: str) -> Query:
    """Returns the query for a phrase, with its words in order and in any inflection."""
    prepared = map(" ".join, _with_particles(_TERM.findall(lexical_text(phrase))))
    return [Phrase(each) for each in dict.fromkeys((*prepared, _written(phrase)))]


def unordered_query(term: str) -> Query:
    """Returns the query for a term's content words near each other, in any order and inflection."""
    words = [word for word in _TERM.findall(term) if not is_function_word(word, "en")]
    if len(words) < 2 or _HAN.search(term):
        return phrase_query(term)
    # The n words of a term have n - 2 between the first and the last of them; two more are allowed.
    return [Near(each, len(words)) for each in _with_particles(_TERM.findall(lexical_text(" ".join(words))))]


def any_word_query(topic: str) -> Query:
    """Returns the query for any of a topic's words.

    Words that carry no topic are left out if others remain. A run of Chinese characters becomes overlapping pairs,
    each a phrase; words are quoted, so that nothing in a question acts as query syntax.
    """
    terms = _TERM.findall(_BETWEEN.sub(" ", topic)) or _TERM.findall(topic)
    content = [term for term in terms if term.isupper() or not _carries_no_topic(term)] or terms
    return list(dict.fromkeys(Phrase(words) for term in content for words in _queries(term)))


def _written(phrase: str) -> str:
    """Returns the words of a phrase as written, separated by spaces, as are Chinese characters."""
    return " ".join(_TERM.findall(_HAN.sub(r" \g<0> ", phrase)))


@lru_cache(maxsize=1 << 15)
def _indexed(term: str) -> str:
    if term.isdecimal():
        # Arabic, Persian and full-width digits become ASCII digits.
        return "".join(str(unicodedata.decimal(digit)) for digit in term)
    if _HAN.match(term):
        return _HAN.sub(r" \g<0> ", term)
    if _STEMMED.search(term):
        return stem(term, "")
    return _AGREEING.sub(lambda found: "al" if found.group().casefold() == "aux" else "", term)


def _queries(term: str) -> list[str]:
    """Returns the words, or pairs of Chinese characters, to search for a term in the index."""
    if _HAN.match(term):
        return [f"{first} {second}" for first, second in pairwise(term)] or [term]
    if term.isdecimal() or not _STEMMED.search(term):
        return [_indexed(term), term]
    first, *others = stems(term, "")
    return [*(words[0] for words in _with_particles([first])), *others, term]


def _with_particles(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Returns indexed words as they are, and where the first is Arabic also with each particle that it may have.

    The index keeps a particle that may be a letter of the word: "لتسليم" is not stemmed to "تسليم".
    """
    first, *others = words or [""]
    particles = _PARTICLES if language_of(first, "") == "ar" else ()
    return [(particle + first, *others) for particle in ("", *particles)]


def _carries_no_topic(term: str) -> bool:
    # The language of a query is not known here; Russian and Arabic are recognised by their script.
    return any(is_function_word(term, language) for language in ("en", "fr", "es"))
