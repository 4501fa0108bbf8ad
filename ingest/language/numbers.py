"""Numbers in texts of six languages, as digits and in words, with their values.

"1 900", "two hundred and thirty million", "百分之五" and "a third" are read as 1900, 230000000, 5% and 1/3.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Final

from ingest.language.lexicons import Patterns, load_lexicon
from ingest.language.matches import TextMatch
from ingest.language.numerals import ascii_digits, han_value

_NUMERAL: Final = re.compile(
    r"(?<![\w.,])(?P<thousands>\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+)(?![\d])|(?P<decimal>\d+[.,]\d+)|(?P<plain>\d+)"
)
_HUNDRED: Final = 100
_THOUSAND: Final = 1000
_SCALES: Final = (1000, 10**6, 10**9)
_LEXICON: Final = load_lexicon("numbers")
_WORDS: Final = Patterns("numbers")


@dataclass(frozen=True, kw_only=True)
class Number(TextMatch):
    """A number; a percentage and a plain number of the same value are different ones."""

    value: str


def find_numbers(text: str, language: str) -> tuple[Number, ...]:
    """Returns the numbers of a text in order: number words of its language, and digits and Chinese numerals in any."""
    digits = ascii_digits(text)
    found = [*_written(digits, language), *_chinese(digits)]
    taken: list[Number] = []
    for number in sorted(found, key=lambda number: (number.start, -number.end)):
        if not taken or number.start >= taken[-1].end:
            taken.append(number)
    return tuple(taken)


def _written(text: str, language: str) -> Iterator[Number]:
    """Yields runs of numerals and number words: "27", "1 900", "230 million", "four hundred and two"."""
    parts: list[tuple[int, int, Fraction]] = []
    digits = False
    joined_by = getattr(_WORDS, f"joined_{language}" if f"joined_{language}" in _LEXICON else "joined")
    for match in _token(language).finditer(text):
        word = match["word"]
        of_words = (own for pattern, own in _word_values(language) if word is not None and pattern.fullmatch(word))
        value = _numeral(match["numeral"]) if word is None else next(of_words, None)
        if value is None:
            continue
        numeral = match["word"] is None
        joined = parts and joined_by.fullmatch(text, parts[-1][1], match.start())
        if parts and not (joined and _goes_on(parts[-1][2], value, numeral=numeral, after_numeral=digits)):
            yield _number(text, parts)
            parts = []
        # "One" alone is an article.
        if numeral or parts or value != 1:
            parts.append((match.start(), match.end(), value))
            digits = numeral
    if parts:
        yield _number(text, parts)


def _goes_on(last: Fraction, value: Fraction, *, numeral: bool, after_numeral: bool) -> bool:
    """Whether a further number word belongs to the number before it, as in "two hundred" and "forty two"."""
    if numeral or (after_numeral and value not in _SCALES) or value.denominator != 1:
        return False
    if value >= _HUNDRED or last.denominator != 1:
        return value >= _HUNDRED
    arabic_tens = last < 10 and (value == 10 or value >= 20)
    return last >= _HUNDRED or (last >= 10 and value < 20 and last % 10 == 0) or arabic_tens


def _number(text: str, parts: list[tuple[int, int, Fraction]]) -> Number:
    total, current = Fraction(0), Fraction(0)
    for _, _, value in parts:
        if value >= _THOUSAND and len(parts) > 1 and value in _SCALES:
            total, current = total + (current or 1) * value, Fraction(0)
        elif value == _HUNDRED:
            current = (current or Fraction(1)) * value if current < _HUNDRED else current + value
        elif value == 20 and current == 4:
            current = Fraction(80)
        else:
            current += value
    end = parts[-1][1]
    percent = _WORDS.percent.match(text, end)
    written = str(total + current) + ("%" if percent else "")
    return Number(start=parts[0][0], end=percent.end() if percent else end, value=written)


def _numeral(written: str) -> Fraction:
    match = _NUMERAL.fullmatch(written)
    if match is not None and match["thousands"]:
        return Fraction(re.sub(r"\D", "", written))
    return Fraction(written.replace(",", "."))


def _chinese(text: str) -> Iterator[Number]:
    for match in _WORDS.chinese.finditer(text):
        if match["percent"]:
            yield Number(start=match.start(), end=match.end(), value=f"{han_value(match['percent'])}%")
            continue
        if match["parts"]:
            share = Fraction(han_value(match["share"]), han_value(match["parts"]))
            yield Number(start=match.start(), end=match.end(), value=str(share))
            continue
        written, after = match["number"], text[match.end() : match.end() + 1]
        counts = after and after in _LEXICON["chinese_counters"] and written not in _LEXICON["chinese_never_alone"]
        if (len(written) > 1 or counts) and set(written) != {"一"}:
            yield Number(start=match.start(), end=match.end(), value=str(han_value(written)))
    for match in _WORDS.half.finditer(text):
        yield Number(start=match.start(), end=match.end(), value="1/2")


@cache
def _word_values(language: str) -> tuple[tuple[re.Pattern[str], Fraction], ...]:
    """Returns the patterns of number words with their values; `_` in a form is a space or a hyphen."""
    return tuple(
        (re.compile(form.replace("_", r"[\s-]+"), re.IGNORECASE), Fraction(value))
        for value, forms in load_lexicon("number_forms").get(language, {}).items()
        for form in forms.split()
    )


@cache
def _token(language: str) -> re.Pattern[str]:
    words = sorted((pattern.pattern for pattern, _ in _word_values(language)), key=len, reverse=True)
    body = "|".join(words) or "(?!)"
    return re.compile(rf"(?P<numeral>{_NUMERAL.pattern})|(?<![^\W\d])(?P<word>{body})(?!\w)", re.IGNORECASE)
