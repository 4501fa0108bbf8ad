"""Names of parties that the table of names lacks as written: with a typing error, an adjective's ending, or as a code.

"brasil" and "Souht Africa" are read as the one name that is near; "les juges esquariens" are Esquarie's.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Final

from rapidfuzz import fuzz, process

from app.question.lexicon import lexicon_of, words_in
from app.question.spans.span import Span
from ingest.glossary.glossary import words_of_terms
from ingest.language.word_frequencies import NO_WORD, commonest, commonness
from ingest.parties.inflection import arabic_variants
from ingest.parties.name_tokens import Token, fold_token, tokens_of
from ingest.parties.party_table import PartyTable
from vectorstore.stems import is_function_word, stem

# Zipf frequency (how often in a billion words, as a power of ten): rarer words are typing errors or names.
_RARE_BELOW: Final = 3.2
# Shortest word that is read despite a typing error.
_SHORTEST_TYPED: Final = 4
# Minimum similarity of a mistyped word to the common word that was meant, 0 to 100.
_SIMILARITY_MIN: Final = 84
# Number of the commonest words of a language with which a mistyped word is compared.
_COMPARED_WORDS: Final = 12000
# Words on either side of a mistyped one that may belong to the same name.
_NAME_WORDS: Final = 3


def find_respelt_names(text: str, taken: Sequence[Span], language: str, parties: PartyTable) -> list[Span]:
    """Finds codes that are also words, and names with a typing error, in another language, or with an ending."""
    tokens = tokens_of(text)
    spans: list[Span] = []
    for at, token in enumerate(tokens):
        word = token.word
        span = Span(start=token.start, end=token.end, kind="party", party_form="name")
        if not word.isalpha() or span.overlaps(taken) or span.overlaps(spans):
            continue
        if word.isupper() and parties.get(word) is not None and not text.isupper():
            spans += [] if is_function_word(word.lower(), language) else [replace(span, codes=(word,))]
        elif (
            len(word) >= _SHORTEST_TYPED
            and not _is_word(token.folded, word, language)
            and not _is_capital(word, parties)
            # "NEPAD" is an acronym, and not Nepal.
            and not (word.isupper() and not text.isupper() and not parties.nearest(word, errors=0))
        ):
            codes = _of_adjective(token.folded, language, parties)
            adjective = [replace(span, codes=codes, party_form="adjective")] if codes else []
            spans += adjective or _mistyped(text, tokens, at, language, parties)
    return spans


def _is_capital(word: str, parties: PartyTable) -> bool:
    """Returns whether a word is a capital, which is no name here but part of a title: "the Doha Round"."""
    return any(match.form == "capital" for match in parties.find(word, "en", relaxed=True))


def _of_adjective(folded: str, language: str, parties: PartyTable) -> tuple[str, ...]:
    """Returns the party from which an adjective is derived, by a language's endings: "esquariens", "рималийских"."""
    forms = [form.removeprefix("ال") for form in (folded, *arabic_variants(folded, first=language == "ar"))]
    for rule, form in product(words_in("adjective_endings").get(language, "").split("|"), forms):
        ending, _, of_name = rule.partition("=")
        stem = re.fullmatch(f"(.{{3,}}?){ending.strip().rstrip('*')}.{{0,3}}", form)
        codes = parties.nearest(stem[1] + of_name.strip(), errors=0) if stem and rule else ()
        if len(codes) == 1:
            return codes
    return ()


def _mistyped(text: str, tokens: Sequence[Token], at: int, language: str, parties: PartyTable) -> list[Span]:
    """Reads a rare word, with neighbours or alone, as the one name nearest to it, or as possibly one of several."""
    token = tokens[at]
    span = Span(start=token.start, end=token.end, kind="party", party_form="typed")
    for first, last in _windows(tokens, at, language, parties.name_words):
        codes = parties.nearest(text[tokens[first].start : tokens[last - 1].end])
        if len(codes) == 1:
            return [replace(span, start=tokens[first].start, end=tokens[last - 1].end, codes=codes)]
    # Mistyped question words and common words are not names: "sumarize", "statments".
    if lexicon_of(language).correct_typo(token.folded):
        return []
    common = _common_words(language, len(token.folded))
    meant = process.extractOne(token.folded, common, scorer=fuzz.ratio, score_cutoff=_SIMILARITY_MIN)
    if meant is not None and not parties.nearest(meant[0], errors=0):
        return []
    bare = parties.nearest(token.word[:-1], errors=0) if token.word[-1] in "sS" else ()
    codes = bare or parties.nearest(token.word)
    if len(codes) == 1:
        return [replace(span, end=token.end - bool(bare), codes=codes, party_form="name" if bare else "typed")]
    no_word = len(token.word) > _SHORTEST_TYPED and commonness(token.word, language) < NO_WORD
    similar = parties.resolve(token.word).suggestions if no_word else ()
    return [replace(span, similar=similar)] if similar else []


def _windows(tokens: Sequence[Token], at: int, language: str, words: frozenset[str]) -> list[tuple[int, int]]:
    """Returns the runs of a word with neighbours that occur in names, longest first: "Souht Africa"."""
    first, last = at, at + 1
    while first > 0 and at - first < _NAME_WORDS and not tokens[first].gap and tokens[first - 1].folded in words:
        first -= 1
    while last < len(tokens) and last - at <= _NAME_WORDS and not tokens[last].gap and tokens[last].folded in words:
        last += 1
    ends = [each for each in range(first, last) if each == at or not is_function_word(tokens[each].word, language)]
    runs = [(begin, end + 1) for begin in ends for end in ends if begin <= at <= end and begin < end]
    return sorted(runs, key=lambda run: run[0] - run[1])


def _is_word(folded: str, word: str, language: str) -> bool:
    """Returns whether a word is too common to be a mistyped name; True for Chinese, which has no word frequencies."""
    known = (
        language == "zh" or bool(lexicon_of(language).kinds_of(word)) or stem(word, language) in _term_stems(language)
    )
    return known or max(commonness(word, language), commonness(folded, language)) >= _RARE_BELOW


@cache
def _term_stems(language: str) -> frozenset[str]:
    """Returns the stems of the words of the glossary's terms, which are in forms that no list of words holds."""
    return frozenset(stem(word, language) for word in words_of_terms(language))


@cache
def _common_words(language: str, length: int) -> tuple[str, ...]:
    """Returns the common words whose length allows the similarity `_SIMILARITY_MIN` to a word of this length."""
    words = (fold_token(word) for word in commonest(language, _COMPARED_WORDS) if len(word) >= _SHORTEST_TYPED)
    return tuple(word for word in words if 200 * min(len(word), length) >= _SIMILARITY_MIN * (len(word) + length))
