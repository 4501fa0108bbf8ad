"""Tokens of a text for the comparison with a claim: each with its kind and the keys by which two tokens match.

"We did not sign" is read as `self`, the operator `not`, and the stem `sign`; "signed" and "signing" share a key, and so
do "27" and "twenty-seven".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import regex

from ingest.language.claim_words import KINDS, SELF, first_person, heads, operators, phrases, roles
from ingest.language.dates import month_numbers
from ingest.language.lexicons import Patterns
from ingest.language.matches import TextMatch
from ingest.language.numerals import find_numbers
from ingest.treaties.references import find_articles
from ingest.treaties.treaties import find_treaties
from prompts.wording import LANGUAGES
from vectorstore.stems import language_of, stem, stemmer, stems

_TOKEN: Final = regex.compile(
    r"\p{Han}|(?:(?!\p{Han})[\p{L}\p{M}\p{N}])+|[\p{Sc}%]|(?P<comma>[,،，、()（）]|\s[–—-]\s)|(?P<stop>[.:：](?!\d)|[;；؛。!?！？؟\n])"
)
_TREATY_WORDS: Final = Patterns("treaty_attribution")
# Prefixes of Arabic words: "and", and the person of a verb.
_AND: Final = regex.compile(r"^[وف](?=\w{3})")
_PERSON: Final = regex.compile(r"^[يتنأا](?=\w{3})")
# Endings of the first person plural, and what they are replaced by to match other persons in words of more characters.
_PLURAL: Final = {"es": ("mos", ""), "fr": ("ons", "e")}
_MAX_UNCUT_CHARS: Final = 5
# The second word of a French negation ("ne … pas") is no other negation within so many words of the first.
_MAX_NEGATION_WORDS: Final = 4
# Operators that are compared as words; all others are compared by their kind.
WORDED: Final = frozenset({"against", "guard", "doubt", "say"})
# Nonveridical operators, of which what follows need not be true: those that reverse or weaken it.
NONVERIDICAL: Final = frozenset({"against", "guard", "doubt"})
OPERATORS: Final[frozenset[str]] = frozenset(KINDS) - WORDED
# Kinds of tokens that must occur in the evidence, in order.
CONTENT: Final[frozenset[str]] = frozenset({"word", "number", "name", "noun", "opener", *WORDED})


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimToken(TextMatch):
    """A word, or several words that count as one."""

    kind: str
    """An operator's kind, a role's, or `word`, `number`, `name`, `comma`, `stop`; `owner` or `object` (`heads`)."""
    keys: frozenset[str]
    """Two tokens match if they share one: a stem, a concept, the value of a number, the code of a party."""

    @property
    def counts(self) -> bool:
        """Whether the evidence of a claim with this token has to contain it."""
        return self.kind in OPERATORS or self.kind in CONTENT


@lru_cache(maxsize=4096)
def tokenize(text: str, language: str, names: tuple[ClaimToken, ...] = ()) -> tuple[ClaimToken, ...]:
    """Returns the tokens of a text in order, without void words such as "the".

    In a language other than the six, operators, function words and synonyms are not read. `names` are its parties.
    """
    found = [*names, *_referring(text)]
    numbers = (
        ClaimToken(kind="number", keys=frozenset({number.value}), start=number.start, end=number.end)
        for number in find_numbers(text, language)
    )
    found += _disjoint(numbers, found)
    if language in LANGUAGES:
        function_words = list(_roles(text, language))
        # Longer forms first, since some are made of an operator and a word: "would like", "is opposed to".
        found += _disjoint((t for t in function_words if t.kind == "self" or " " in text[t.start : t.end]), found)
        found += _disjoint(_synonyms(text, language, found), found)
        found += _disjoint(_operators(text, language), found)
        found += _disjoint(function_words, found)
        for match in heads(language).finditer(text):
            found.append(ClaimToken(kind=str(match.lastgroup), keys=frozenset(), start=match.end(), end=match.end()))
    found += _disjoint(_words(text, language), found)
    return tuple(sorted((token for token in found if token.kind != "void"), key=lambda token: (token.start, token.end)))


def _disjoint(new: Iterable[ClaimToken], found: Sequence[ClaimToken]) -> list[ClaimToken]:
    taken = {at for token in found for at in range(token.start, token.end)}
    return [token for token in new if taken.isdisjoint(range(token.start, token.end))]


def _referring(text: str) -> Iterator[ClaimToken]:
    """Yields one token for each reference to an article or treaty: "article 18", "the Palermo Convention"."""
    articles: dict[tuple[int, int], set[str]] = {}
    for mention in find_articles(text):
        articles.setdefault((mention.start, mention.end), set()).add(f"article {mention.article}")
    for (start, end), keys in articles.items():
        yield ClaimToken(kind="word", keys=frozenset(keys), start=start, end=end)
    treaties: dict[tuple[int, int], set[str]] = {}
    for match in find_treaties(text):
        treaties.setdefault((match.start, match.end), set()).add(f"treaty {match.treaty}")
    for (start, end), keys in treaties.items():
        if not any(start < last and first < end for first, last in articles):
            # Statements on UNTOC call it "the Convention", so that the word alone matches its names.
            if "treaty UNTOC" in keys:
                words = filter(_TREATY_WORDS.convention_word.match, regex.findall(r"\w+", text[start:end]))
                keys |= {stem(word, "en") for word in words}
            yield ClaimToken(kind="word", keys=frozenset(keys), start=start, end=end)


def _operators(text: str, language: str) -> Iterator[ClaimToken]:
    negated = -1
    for match in operators(language).finditer(text):
        kind = "word" if match.lastgroup == "idle" else str(match.lastgroup)
        if kind == "not":
            between = text[max(negated, 0) : match.start()]
            if negated >= 0 and len(between.split()) <= _MAX_NEGATION_WORDS and not regex.search(r"[.;:!?]", between):
                negated = -1
                yield ClaimToken(kind="void", keys=frozenset(), start=match.start(), end=match.end())
                continue
            negated = match.end() if match.group().lower() in ("ne", "n") else -1
        keys = frozenset({kind}) if kind in OPERATORS else keys_of(match.group(), language)
        yield ClaimToken(kind=kind, keys=keys, start=match.start(), end=match.end())
        if match.group().lower() in ("cannot", "can't", "can’t"):
            yield ClaimToken(kind="can", keys=frozenset({"can"}), start=match.end() - 1, end=match.end())


def _roles(text: str, language: str) -> Iterator[ClaimToken]:
    pattern, role_of = roles(language)
    for match in pattern.finditer(text):
        role = role_of[str(match.lastgroup)]
        named = (
            language == "en" and len(match.group()) == 1 and match.group().isupper() and text[: match.start()].strip()
        )
        # A single capital letter, as in "region A", is a name and not the article "a".
        if named and match.group() != "I":
            yield ClaimToken(kind="word", keys=frozenset({match.group()}), start=match.start(), end=match.end())
            continue
        keys = role.keys or (frozenset() if role.kind == "void" else keys_of(match.group(), language))
        yield ClaimToken(kind=role.kind, keys=keys, start=match.start(), end=match.end())


def _synonyms(text: str, language: str, found: Sequence[ClaimToken]) -> Iterator[ClaimToken]:
    words = [match for match in _TOKEN.finditer(text) if match.lastgroup is None]
    taken = {at for token in found for at in range(token.start, token.end)}
    roots = ["" if match.start() in taken else stem(match.group(), language) for match in words]
    operator_pattern = operators(language)
    role_pattern, role_of = roles(language)
    at = 0
    while at < len(words):
        parts = list(phrases(roots, at, language))
        length = parts[0][0] if parts else 1
        if parts:
            start, end = words[at].start(), words[at + length - 1].end()
            operator, role = operator_pattern.match(text, start), role_pattern.match(text, start)
            kind = str(operator.lastgroup) if operator and operator.lastgroup in WORDED else "word"
            if role and role_of[str(role.lastgroup)].kind == "noun":
                kind = "noun"
            keys = frozenset(f"~{concept}" for size, concept in parts if size == length)
            if length == 1:
                keys |= keys_of(text[start:end], language)
            yield ClaimToken(kind=kind, keys=keys, start=start, end=end)
        at += length


def _words(text: str, language: str) -> Iterator[ClaimToken]:
    for match in _TOKEN.finditer(text):
        word, start, end = match.group(), match.start(), match.end()
        if match.lastgroup is not None:
            yield ClaimToken(kind=match.lastgroup, keys=frozenset(), start=start, end=end)
            continue
        month = month_of(word)
        keys = frozenset({f"month {month}"}) if month else keys_of(word, language)
        yield ClaimToken(kind="word", keys=keys, start=start, end=end)


@lru_cache(maxsize=65536)
def keys_of(word: str, language: str) -> frozenset[str]:
    """Returns the stems that a word may have, so that forms of one verb match, and `SELF` for a first person."""
    own = language_of(word, language)
    found = set(stems(word, own))
    # "instamos", "insta"; "invitons", "invite"
    if own in _PLURAL and word.endswith(_PLURAL[own][0]) and len(word) > _MAX_UNCUT_CHARS:
        found.update(stems(word.removesuffix(_PLURAL[own][0]) + _PLURAL[own][1], own))
    if own == "ru":
        found.add(stemmer("russian")(word.lower().replace("ё", "е")))
    if own == "ar":
        found |= {_PERSON.sub("", stem(_AND.sub("", word), own))}
    if own in LANGUAGES and first_person(own).fullmatch(word):
        found.add(SELF)
    return frozenset(found)


def month_of(word: str) -> int | None:
    """Returns the month that a word names, 1 to 12."""
    # "may" and "march" are also English verbs and "mar" is a Spanish noun: the former are months only with a capital,
    # and of Latin words of up to three letters only "May" and "mai" are.
    number = month_numbers().get(word.lower())
    if number is None or (len(word) <= 3 and word.isascii() and word not in ("May", "mai")):
        return None
    return number if word[0].isupper() or word.lower() not in ("may", "march", "mars", "august") else None
