"""A glossary of the field in the six languages of the United Nations, and the translation of topics with it.

It lets a search model for English serve other languages. `data/glossary_synonyms.csv` has a row for each concept and a
cell for its terms in each language, the preferred term first; `data/dictionary.csv` has the same for ordinary words, so
that whole questions are translated into English word by word: "combien de navires" is "how many ships".
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, NamedTuple

import regex

from ingest.language.claim_words import operators, roles
from ingest.language.lexicons import load_table
from ingest.language.matches import TextMatch
from ingest.language.word_frequencies import NO_WORD, commonness
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES
from vectorstore.stems import fold, is_function_word, language_of, stem, stems, verb_stems, words_without_topic

# A note that distinguishes meanings for readers of the table: "well (water)".
_NOTE: Final = regex.compile(r" \([^)]*\)")
# Least letters of a word whose typing error is corrected; shorter words are similar to too many others.
_SHORTEST_MENDED: Final = 7
# The English cell of the dictionary row with words that a translation leaves out: "así", "déjà".
_NOTHING: Final = ("-",)
_ARTICLES: Final = regex.compile(r"\b(?:[وف]?(?:[بك]?ال|لل))(?=\p{Arabic}{3})")
# What is put for operators (see `claim_words.OperatorKind`), for words of some roles, and for signs.
_OPERATORS: Final = {
    "more": "more", "less": "less", "only": "only", "ended": "no longer", "evenif": "even if", "unless": "unless",
    "if": "if", "without": "without", "not": "not", "must": "must", "should": "should", "may": "may", "can": "can",
    "will": "will", "would": "would", "all": "all", "some": "some", "most": "most", "many": "many", "few": "few",
    "before": "before", "after": "after", "until": "until", "was": "was", "against": "against",
}  # fmt: skip
_ROLES: Final = {"self": "we", "noun": "we", "void": "", "opener": ""}
_SIGNS: Final = dict(zip("，、،。；؛：？؟！—–", ",,,.;;:??!--", strict=True))
_TOKEN: Final = regex.compile(r"\p{Han}|\p{N}+|(?:(?!\p{Han})[\p{L}\p{M}])+")
_TOKEN_OR_SIGN: Final = regex.compile(rf"{_TOKEN.pattern}|[,;:.!?«»“”\"，；：。！？、،؛؟—–]")


@dataclass(frozen=True, kw_only=True)
class TranslatedTopic:
    """A topic as the glossary translates it."""

    text: str
    """The preferred terms for what was recognised, numbers and names among them, in the order of the topic."""
    coverage: float
    """Share of the topic's content words (characters in Chinese) that were recognised, 0 to 1."""
    terms: tuple[str, ...]
    """All terms of the recognised concepts, for lexical search."""


@dataclass(frozen=True, kw_only=True)
class NamedTerm(TextMatch):
    """A term of the field in a topic, with the number of its `words` without function words.

    Its `concept` is named by the preferred English term; `terms` are all terms for it in the language.
    """

    concept: str
    terms: tuple[str, ...]
    words: int


class _Word(NamedTuple):
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


# A concept is its terms by language, the preferred one of each first.
_Concept = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class _RecognisedTokens:
    """Recognised tokens `[first, last)` of a topic; those without terms are fillers, or words to leave out."""

    first: int
    last: int
    terms: tuple[str, ...] = ()
    concept: _Concept | None = None
    as_written: bool = True
    """Whether they are spelt like the term, rather than only sharing its stems: "generación" is not "género"."""


class _Terms(NamedTuple):
    """The terms of one language by their stems, and all prefixes of these."""

    by_key: Mapping[tuple[str, ...], Sequence[tuple[str, _Concept | None]]]
    beginnings: Set[tuple[str, ...]]


def translate_topic(topic: str, language: str, to: str = "en") -> TranslatedTopic:
    """Translates a topic, or any text, word by word: by terms of the glossary, then by ordinary words.

    Words that are known only within a longer term are not recognised by themselves. Numbers and names in Latin script
    are kept; names of parties are translated by their table.
    """
    if language == to:
        return TranslatedTopic(text=topic, coverage=1.0 if topic.strip() else 0.0, terms=(topic,))
    words = _words(topic, language)
    recognised = _translated(topic, words, language, to)
    known = sum(tokens.last - tokens.first for tokens in recognised if tokens.terms)
    content = len(words) - sum(tokens.last - tokens.first for tokens in recognised if not tokens.terms)
    return TranslatedTopic(
        text=" ".join(dict.fromkeys(tokens.terms[0] for tokens in recognised if tokens.terms)),
        coverage=known / content if content else 0.0,
        terms=tuple(dict.fromkeys(term for tokens in recognised for term in tokens.terms)),
    )


def gloss(text: str, language: str) -> str:
    """Translates a text word by word into English; unknown words stay as they are written."""
    words = _words(text, language)
    english, at = [], 0
    for tokens in _translated(text, words, language, "en"):
        english += [*(word.text for word in words[at : tokens.first]), *tokens.terms[:1]]
        at = tokens.last
    return " ".join([*english, *(word.text for word in words[at:])])


def gloss_with_operators(text: str, language: str) -> str:
    """Translates a text word by word into English, with the words that say how others are meant: "not", "only", "we".

    Other function words and unknown words stay as they are written: what learns from such texts learns those as well.
    """
    words, named = _words(text, language), roles(language)
    operator_words = [
        (match.span(), _OPERATORS.get(match.lastgroup or "")) for match in operators(language).finditer(text)
    ]
    # An operator goes before an ordinary word that is written alike: "ряд" is "some" rather than "row".
    spans = {span for span, english in operator_words if english}
    found = [
        (*span, tokens.terms[0])
        for tokens in _translated(text, words, language, "en")
        if tokens.terms and (span := (words[tokens.first].start, words[tokens.last - 1].end)) not in spans
    ]
    known = [
        *operator_words,
        *((match.span(), _ROLES.get(named[1][match.lastgroup or ""].kind)) for match in named[0].finditer(text)),
        *((match.span(), _SIGNS.get(match.group(), match.group())) for match in _TOKEN_OR_SIGN.finditer(text)),
    ]
    for (start, end), english in known:
        if english is not None and start < end and all(end <= first or last <= start for first, last, _ in found):
            found.append((start, end, english))
    return " ".join(english for *_, english in sorted(found) if english)


def _translated(text: str, words: list[_Word], language: str, to: str) -> tuple[_RecognisedTokens, ...]:
    recognised = [
        *_recognised(text, words, language, to),
        *_names(text, words, language, to),
        *_recognised(text, words, language, to, "dictionary"),
    ]
    best = _best(len(words), recognised)
    left_over = _lone_characters(words, to, best) if language == "zh" else ()
    return tuple(sorted((*best, *left_over), key=lambda tokens: tokens.first))


def other_terms(topic: str) -> tuple[str, ...]:
    """Returns English synonyms that share no word with a topic of one term: "death penalty", "capital punishment"."""
    own = _stems(topic, "en")
    return tuple(term for term in terms_of(topic, "en") if not own & _stems(term, "en"))


def terms_of(topic: str, language: str) -> tuple[str, ...]:
    """Returns all terms of the concept that makes up a whole topic; empty if the topic is more than one term."""
    words, recognised = _terms_in(topic, language)
    named = [tokens for tokens in recognised if tokens.terms]
    if len(named) != 1 or sum(tokens.last - tokens.first for tokens in recognised) < len(words):
        return ()
    return named[0].concept[language] if named[0].concept is not None else ()


def is_term(topic: str, language: str) -> bool:
    """Returns whether a topic is one term, apart from names and numbers, so that other languages have a term for it.

    "war in Syria" is one; "data stored abroad" is not, and is translated word by word.
    """
    words = _words(topic, language)
    # A capital alone does not make a name: "Whaling" may be the head of a column.
    known = [
        each
        for each in _recognised(topic, words, language, language)
        if each.concept is not None or not each.terms or each.terms[0].isdigit()
    ]
    recognised = _best(len(words), [*known, *_names(topic, words, language, language)])
    covered = sum(tokens.last - tokens.first for tokens in recognised)
    return covered == len(words) and sum(tokens.concept is not None for tokens in recognised) <= 1


def _terms_in(topic: str, language: str) -> tuple[list[_Word], tuple[_RecognisedTokens, ...]]:
    words = _words(topic, language)
    return words, _best(len(words), list(_recognised(topic, words, language, language)))


def terms_of_concept(concept: str, language: str = "en") -> tuple[str, ...]:
    """Returns the terms of a concept in a language, by its preferred English term."""
    return _glossary()[concept][language]


def terms_within(topic: str, language: str, *, to: str | None = None) -> tuple[NamedTerm, ...]:
    """Returns the terms in a topic, in order, in the language `to`: two in "training on mutual legal assistance"."""
    words, recognised = _terms_in(topic, language)
    return tuple(
        NamedTerm(
            concept=tokens.concept["en"][0], terms=tokens.concept[to or language], words=tokens.last - tokens.first,
            start=words[tokens.first].start, end=words[tokens.last - 1].end,
        )
        for tokens in recognised
        if tokens.concept is not None
    )  # fmt: skip


@cache
def words_of_terms(language: str) -> dict[str, str]:
    """Returns the words of all terms of a language, as they are written, with what `fold` makes of each."""
    return {word: fold(word) for word in _written_words(language) if word == word.lower()}


@cache
def acronyms_of_terms(language: str) -> frozenset[str]:
    """Returns the words of terms that are written in capitals: "AIDS" is not the plural of "aid"."""
    return frozenset(filter(str.isupper, _written_words(language)))


def _written_words(language: str) -> Iterator[str]:
    terms = (term for concept in _concepts("glossary_synonyms") for term in concept[language])
    return (word.text for term in terms for word in _words(term, language))


def mistyped_terms(text: str, language: str) -> dict[str, str]:
    """Returns the mistyped words of a text, each with the word of a term that is one typing error away.

    Words with a capital may be names and are left alone; a word with the same stem is an inflected form, not an error.
    """
    if language == "zh":
        return {}
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    found: dict[str, str] = {}
    for word in regex.findall(r"[^\W\d_]+", text):
        if len(word) < _SHORTEST_MENDED or not word.islower() or commonness(word, language) >= NO_WORD:
            continue
        near = process.extractOne(
            fold(word), words_of_terms(language), scorer=DamerauLevenshtein.distance, score_cutoff=1
        )
        if near is not None and near[1] and stem(near[2], language) != stem(word, language):
            found[word] = near[2]
    return found


def _stems(text: str, language: str) -> frozenset[str]:
    return frozenset(stem(word.text, language) for word in _words(text, language))


@cache
def _glossary() -> dict[str, _Concept]:
    return {concept["en"][0]: concept for concept in _concepts("glossary_synonyms")}


@cache
def _concepts(table: str) -> tuple[_Concept, ...]:
    return tuple(
        {language: tuple(_NOTE.sub("", row[language]).split("|")) for language in LANGUAGES}
        for row in load_table(table)
    )


@cache
def _terms(language: str, table: str) -> _Terms:
    """Returns the terms of the field in one language with fillers, or its ordinary words (`dictionary`)."""
    written: list[tuple[str, _Concept | None]] = [
        (term, concept) for concept in _concepts(table) for term in concept[language]
    ]
    if table == "glossary_synonyms":
        written += [(filler, None) for filler in words_without_topic("fillers", language)]
    by_key: dict[tuple[str, ...], list[tuple[str, _Concept | None]]] = {}
    for entry in written:
        words = [word.text for word in _words(entry[0], language)]
        # A word may have different stems with and without accents.
        spelt = dict.fromkeys((tuple(words), tuple(map(fold, words))))
        keys = [tuple(stem(word, language) for word in each) for each in spelt]
        if len(words) == 1:
            keys += [(reading,) for reading in _readings(words[0], language, table)]
        for key in filter(None, dict.fromkeys(keys)):
            by_key.setdefault(key, []).append(entry)
    return _Terms(by_key, {key[:length] for key in by_key for length in range(1, len(key) + 1)})


def _readings(word: str, language: str, table: str) -> tuple[str, ...]:
    """Returns the stems that a word may have; an ordinary one has those of a verb, too."""
    return (*stems(word, language), *(verb_stems(word, language) if table == "dictionary" else ()))


_parties = cache(PartyTable.load)


def _words(text: str, language: str) -> list[_Word]:
    """Returns the words of a text without function words; Chinese ones stay, since they may be part of a term."""
    words = [_Word(found.group(), found.start()) for found in _TOKEN.finditer(text)]
    return [word for word in words if _is_han(word.text) or not is_function_word(word.text, language)]


def _recognised(
    topic: str, words: list[_Word], language: str, to: str, table: str = "glossary_synonyms"
) -> Iterator[_RecognisedTokens]:
    """Yields every reading of words as a term, a filler or a name; they may overlap."""
    terms, text = _terms(language, table), fold(topic)
    for first, word in enumerate(words):
        keys: list[tuple[str, ...]] = [()]
        for last in range(first + 1, len(words) + 1):
            readings = _readings(words[last - 1].text, language, table)
            keys = [longer for key in keys for reading in readings if (longer := (*key, reading)) in terms.beginnings]
            if not keys:
                break
            written = topic[words[first].start : words[last - 1].end]
            entries = [entry for key in keys for entry in terms.by_key.get(key, ()) if _fits(written, *entry)]
            # "por lo tanto" has one content word, "tanto", which alone is another word: the text must have the whole.
            lone = last == first + 1 and table == "dictionary"
            entries = [entry for entry in entries if not (lone and " " in entry[0]) or fold(entry[0]) in text]
            if entries and (last > first + 1 or not _within_han(words, first)):
                term, concept = min(entries, key=partial(_reading_order, written, language, lone))
                as_written = _spelt(term) == _spelt(written) or (lone and " " in term)
                yield _RecognisedTokens(
                    first=first, last=last, terms=_terms_to(concept, to), concept=concept, as_written=as_written
                )
        if _stands_for_itself(words, first, language):
            # A capitalised word is a name unless it is known otherwise: "Autriche" is Austria, "Gobierno" government.
            yield _RecognisedTokens(first=first, last=first + 1, terms=(word.text,), as_written=word.text.isdigit())
        elif _is_han(word.text) and is_function_word(word.text, language):
            yield _RecognisedTokens(first=first, last=first + 1)


def _lone_characters(words: list[_Word], to: str, best: Sequence[_RecognisedTokens]) -> Iterator[_RecognisedTokens]:
    """Yields single Chinese characters that were left over, read as words: 卖 in 卖象牙, beside 象牙 (ivory)."""
    characters = _terms("zh", "dictionary").by_key
    known = {row for tokens in best for row in range(tokens.first, tokens.last)}
    left_over = {word.start for row, word in enumerate(words) if row not in known}
    for row, word in enumerate(words):
        concept = next((own for _, own in characters.get((word.text,), ())), None)
        if concept is not None and row not in known and left_over.isdisjoint((word.start - 1, word.start + 1)):
            yield _RecognisedTokens(first=row, last=row + 1, terms=_terms_to(concept, to), concept=concept)


def _spelt(term: str) -> str:
    """Returns a term without case, accents and the Arabic article, which do not distinguish terms."""
    return _ARTICLES.sub("", fold(term))


def _fits(written: str, term: str, concept: _Concept | None) -> bool:
    """Returns whether words with the stems of a term stand for it; a word to leave out must be spelt like the term."""
    return concept is None or concept["en"] != _NOTHING or fold(term) == fold(written)


def _terms_to(concept: _Concept | None, to: str) -> tuple[str, ...]:
    """Returns the terms of a concept in a language; empty for fillers and for words to leave out."""
    return () if concept is None or concept["en"] == _NOTHING else concept[to]


def _reading_order(
    written: str, language: str, lone: bool, entry: tuple[str, _Concept | None]
) -> tuple[bool, bool, bool, bool]:
    """Returns a sort key for terms with the same stems: the one spelt like the text, then its concept's preferred term.

    "pacifique" is "peaceful" and "Pacific". An expression for a `lone` word comes first, a filler last.
    """
    term, concept = entry
    by_name = concept is None or concept[language][0] != term
    return not (lone and " " in term), term != written, fold(term) != fold(written), by_name


def _names(topic: str, words: list[_Word], language: str, to: str) -> Iterator[_RecognisedTokens]:
    parties = _parties()
    for match in parties.find(topic, language):
        inside = [row for row, word in enumerate(words) if match.start <= word.start < match.end]
        if len(match.codes) == 1 and inside:
            # Searched by its short form: "Iran (Islamic Republic of)".
            name = parties.display(match.codes[0], to).partition(" (")[0]
            yield _RecognisedTokens(first=inside[0], last=inside[-1] + 1, terms=(name,))


def _best(length: int, recognised: list[_RecognisedTokens]) -> tuple[_RecognisedTokens, ...]:
    """Returns the readings, not overlapping, that cover most words.

    Ties are decided by fewer readings, then by more readings that are spelt like their term.
    """
    best: list[tuple[int, int, int, tuple[_RecognisedTokens, ...]]] = [(0, 0, 0, ())] * (length + 1)
    for first in reversed(range(length)):
        best[first] = best[first + 1]
        for tokens in recognised:
            if tokens.first == first:
                words, fewer, written, rest = best[tokens.last]
                choice = (words + tokens.last - first, fewer - 1, written + tokens.as_written, (tokens, *rest))
                best[first] = max(best[first], choice, key=lambda known: known[:3])
    return best[0][3]


def _stands_for_itself(words: list[_Word], row: int, language: str) -> bool:
    """Returns whether a word needs no translation: a number, or a name in Latin script, known by its capital."""
    word = words[row].text
    if word.isdigit() or language_of(word, "") != "en":
        return word.isdigit()
    # The first word of a topic may be capitalised for its position only.
    capital = word[0].isupper() and (row > 0 or len(words) == 1 or word.isupper())
    return capital or language not in ("en", "fr", "es")


def _within_han(words: list[_Word], row: int) -> bool:
    """Returns whether a Chinese character is part of a longer word, so that it means nothing alone."""
    beside = words[max(0, row - 1) : row] + words[row + 1 : row + 2]
    return _is_han(words[row].text) and any(
        _is_han(other.text) and abs(other.start - words[row].start) == 1 and not is_function_word(other.text, "zh")
        for other in beside
    )


def _is_han(word: str) -> bool:
    return language_of(word, "") == "zh"
