"""Detection, by word frequency, of words that extraction glued together ("itsgreat") or cut apart ("implemen tation").

Only tokens that no list of wordfreq has are examined. A split by wordninja is accepted only if every piece is a common
word and the whole reads like prose, not like a name or a compound. Source: https://github.com/keredson/wordninja.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from string import ascii_lowercase

from babel import Locale

from ingest.language.lexicons import load_words
from ingest.language.word_frequencies import rareness, zipf

_UNKNOWN = 1.0
"""Lowest Zipf value in wordfreq's large lists; below it a token is in no list."""
_COMMON_PIECE = 3.0  # Zipf frequency
_COMMON_PIECE_OF_CAPITALISED = 4.0  # Zipf frequency
_KNOWN_DESPITE_GLUE = 4.0
"""Zipf value from which a token is never split; below it, one in the lists may be glued function words ("ofthe")."""
_DETERMINERS = load_words("determiners")
_FUNCTION_WORDS = load_words("function_words")
_LAST_LETTERS = frozenset(word[-3:] for word in _DETERMINERS)
_CUT_WHOLE = 3.0  # Zipf frequency
_CUT_PIECE = 2.0  # Zipf frequency
_LONGEST_TOKEN = 60  # characters
_LONG_TOKEN = 8  # characters
_COMMON_LONG_WORD = 2.0  # Zipf frequency
_COMMON_SHORT_WORD = 4.0  # Zipf frequency
_MOST_PIECES = 4
_MID_SENTENCE_NAME = re.compile(r"(?<=[a-z,])\s+([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"([a-z]+)([A-Z][a-z]+)")


@cache
def territory_words() -> frozenset[str]:
    """Returns the words of the English names of States and territories, in lower case."""
    names = Locale("en").territories.values()
    return frozenset(word.lower() for name in names for word in _WORD.findall(name) if word[0].isupper())


def document_names(text: str) -> frozenset[str]:
    """Finds the words that a document capitalises inside its sentences, in lower case.

    An unknown word that occurs once and can be split may be a name glued to the words after it, and is left out.
    """
    counted = Counter(word for word in _MID_SENTENCE_NAME.findall(text) if word[0].isupper())
    known = frozenset(word.lower() for word, count in counted.items() if count > 1 or zipf(word) >= _UNKNOWN)
    lone = (word for word in counted if word.lower() not in known)
    return known | {word.lower() for word in lone if len(split_glued(word, known, opens_sentence=False)) == 1}


def _parts(token: str) -> tuple[str, ...]:
    # wordninja reads a list of words when it is imported, which asking questions does not need.
    import wordninja

    return tuple(wordninja.split(token))


@lru_cache(maxsize=1 << 16)
def _pieces(token: str) -> tuple[str, ...]:
    """Proposes the words that are glued together in a token; the token alone if it should stay whole."""
    if not 5 <= len(token) <= _LONGEST_TOKEN or not token.isascii() or not token[1:].islower():
        return (token,)
    if zipf(token) >= _KNOWN_DESPITE_GLUE or (zipf(token) >= _UNKNOWN and token.lower()[-3:] not in _LAST_LETTERS):
        return (token,)
    pieces = _parts(token)
    if not 1 < len(pieces) <= _MOST_PIECES or "".join(pieces) != token:
        return (token,)
    if zipf(token) >= _UNKNOWN and not (pieces[-1] in _DETERMINERS and _are_function_words(pieces)):
        return (token,)
    short = [piece.lower() for piece in pieces if len(piece) <= 2]
    # A word of an unknown language is split into scraps; real short words are between longer ones.
    if 2 * len(short) > len(pieces) or not load_words("short_words").issuperset(short):
        return (token,)
    return pieces


def _are_function_words(pieces: Sequence[str]) -> bool:
    return all(piece.lower() in _FUNCTION_WORDS for piece in pieces)


def split_glued(token: str, names: frozenset[str], *, opens_sentence: bool) -> tuple[str, ...]:
    """Splits glued words; returns the token alone if it is one word, or not clearly several.

    Names (in lower case) are never split and may begin a glued token. With `opens_sentence`, a capital is no sign of a
    name.
    """
    if token.lower() in names:
        return (token,)
    if camel := _CAMEL.fullmatch(token):
        left, right = camel.groups()
        known = right.lower() in names or zipf(right) >= _COMMON_PIECE
        glued = len(left) > 1 and len(right) > 2 and known and left in _FUNCTION_WORDS
        return (left, right) if glued else (token,)
    pieces = _pieces(token)
    if len(pieces) == 1:
        return pieces
    if token[0].isupper():
        return pieces if _capitalised_prose(pieces, names, opens_sentence) else (token,)
    return pieces if _are_function_words(pieces) or _reads_as_prose(token, pieces) else (token,)


def _reads_as_prose(token: str, pieces: tuple[str, ...]) -> bool:
    if not all(piece in _FUNCTION_WORDS or zipf(piece) >= needed_zipf(piece) for piece in pieces):
        return False
    if pieces[0] in load_words("prefixes") or pieces[-1] in load_words("endings") or _is_misspelt(token):
        return False
    if len(pieces) == 2:
        first, second = pieces
        if first in load_words("prepositions") and second.endswith("ed") and not second.endswith("eed"):
            return False  # "ingathered" is a word; a preposition does not stand before a past form.
        if min(map(len, pieces)) >= 6:
            return not first.endswith("o")  # Combining forms: "electromobility".
    return any(piece in _FUNCTION_WORDS for piece in pieces)


def needed_zipf(piece: str) -> float:
    """Returns the least Zipf value of a piece, higher for short ones, which are in every word list by chance."""
    return {1: 5.0, 2: 5.0, 3: 4.5, 4: 3.5}.get(len(piece), _COMMON_PIECE)


@lru_cache(maxsize=1 << 14)
def _is_misspelt(token: str) -> bool:
    """Returns whether a token is one edit away from a known word, and so misspelt rather than glued.

    Source: Norvig, https://norvig.com/spell-correct.html (words at one edit).
    """
    common = _COMMON_LONG_WORD if len(token) >= _LONG_TOKEN else _COMMON_SHORT_WORD
    rare, most = rareness("large", "en"), 100 * (9 - common)
    halves = [(token[:cut], token[cut:]) for cut in range(len(token) + 1)]
    near = chain(
        (left + right[1:] for left, right in halves),
        (left + right[1:2] + right[:1] + right[2:] for left, right in halves),
        (left + letter + rest for left, right in halves for letter in ascii_lowercase for rest in (right[1:], right)),
    )
    return any(rare.get(candidate, math.inf) <= most for candidate in near)


def _capitalised_prose(pieces: tuple[str, ...], names: frozenset[str], opens_sentence: bool) -> bool:
    first, *rest = (piece.lower() for piece in pieces)
    if any(len(piece) == 1 or zipf(piece) < _COMMON_PIECE_OF_CAPITALISED for piece in rest):
        return False
    if first in names or first in territory_words():
        return any(len(piece) > 2 and piece in _FUNCTION_WORDS for piece in rest)
    opener = first in _FUNCTION_WORDS or (len(first) == 2 and first in load_words("short_words"))
    return opens_sentence and opener and zipf(first) >= _COMMON_PIECE_OF_CAPITALISED


def may_be_cut(word: str) -> bool:
    """Returns whether a string is too rare to be a word, or occurs only at the beginning of one ("inter")."""
    return zipf(word) < _CUT_PIECE or word.lower() == "inter"


def is_cut_word(left: str, right: str, names: frozenset[str]) -> bool:
    """Returns whether two neighbouring tokens are one word that white space has cut."""
    whole = left + right
    if not right.islower() or (not left[1:].islower() and len(left) > 1) or left.lower() in names or right in names:
        return False
    if zipf(whole) < _CUT_WHOLE or not (may_be_cut(left) or may_be_cut(right)):
        return False
    # The lists hold glued words too ("ofthe").
    return len(_parts(whole)) == 1


def joins_without_hyphen(left: str, right: str, language: str | None, known: Mapping[str, int]) -> bool:
    """Decides whether a word that was hyphenated at a line end is commoner without its hyphen.

    How often the document itself writes a form elsewhere (`known`, in lower case) decides first. Words of an unknown
    language and before a capital ("Secretary-General") keep it.
    """
    if not right.islower() or (left.isupper() and len(left) > 1):
        return False
    joined, hyphenated = (left + right).lower(), f"{left}-{right}".lower()
    if known.get(joined, 0) != known.get(hyphenated, 0):
        return known.get(joined, 0) > known.get(hyphenated, 0)
    if language is None:
        return False
    whole, parts = zipf(joined, language), min(zipf(left, language), zipf(right, language))
    return whole >= 1.5 and (parts < 2.5 or whole >= parts - 0.7)
