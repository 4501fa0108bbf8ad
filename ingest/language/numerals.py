"""Numbers as texts of six languages write them: digits of any script, Roman and Chinese numerals, and number words.

"1 900", "two hundred and thirty million", "百分之五" and "a third" are read as 1900, 230000000, 5% and 1/3.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Final, Literal

from ingest.language.lexicons import Patterns, load_lexicon, load_table
from ingest.language.matches import TextMatch, without_overlaps

NumberKind = Literal["cardinal", "ordinal", "stem"]
# Digits of other scripts read as ASCII digits, one for one, so that offsets stay.
_DIGITS: Final = {ord(char): str(index % 10) for index, char in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９")}
_ROMAN: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_HAN_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_UNITS: Final = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_MYRIAD: Final = 10_000
_NUMERAL: Final = re.compile(
    r"(?<![\w.,])(?P<thousands>\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+)(?![\d])|(?P<decimal>\d+[.,]\d+)|(?P<plain>\d+)"
)
_HUNDRED: Final = 100
_SCALES: Final = (1000, 10**6, 10**9)
_LEXICON: Final = load_lexicon("numbers")
_WORDS: Final = Patterns("numbers")


def ascii_digits(text: str) -> str:
    """Returns a text with Arabic-Indic, Persian and full-width digits as ASCII digits; offsets stay."""
    return text.translate(_DIGITS)


def is_han_number(text: str) -> bool:
    """Returns whether a text is a number in Chinese characters and ASCII digits, and nothing else."""
    return bool(text) and all(char in _HAN_DIGITS or char in _HAN_UNITS for char in text)


def han_value(numeral: str) -> int:
    """Returns the value of a Chinese numeral, such as "二十一", "二〇二〇" or "3万"."""
    if not any(char in _HAN_UNITS for char in numeral):
        return int("".join(str(_HAN_DIGITS.get(char, char)) for char in numeral))
    total = section = digit = 0
    for char in numeral:
        if char.isascii():
            digit = digit * 10 + int(char)
        elif char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        elif (unit := _HAN_UNITS[char]) < _MYRIAD:
            section, digit = section + (digit or 1) * unit, 0
        elif unit == _MYRIAD:
            total, section, digit = total + (section + digit) * unit, 0, 0
        else:
            total, section, digit = (total + section + digit) * unit, 0, 0
    return total + section + digit


def roman_value(numeral: str) -> int:
    """Returns the value of a Roman numeral in capital or small letters, such as 14 for "XIV"."""
    values = [_ROMAN[letter] for letter in numeral.upper()]
    return sum(-value if value < max(values[at + 1 :], default=0) else value for at, value in enumerate(values))


def number_of(written: str) -> str:
    """Returns an article's or item's number in digits ("XXI", "二十一"; `bis` stays), other text as it is."""
    text = " ".join(written.split())
    digits = re.match(r"\d+", text)
    if digits:
        suffix = re.search(r"(?:bis|ter|quater)\b", text, re.IGNORECASE)
        return str(int(digits.group())) + (f" {suffix.group().casefold()}" if suffix else "")
    if re.fullmatch(r"[IVXLC]+", text):
        return str(roman_value(text))
    if is_han_number(text):
        return str(han_value(text))
    value = article_words().get(text.casefold().replace("-", " "))
    return str(value) if value else text


@cache
def article_words() -> dict[str, int]:
    """Returns the value of the words by which articles are numbered: "article twenty", "artículo primero"."""
    words = number_words("cardinal", "en") | number_words("ordinal", "ar")
    words |= {word.removesuffix("ة"): value for word, value in words.items() if word.endswith(" عشرة")}
    return words | {"premier": 1, "primero": 1, "الحادية": 1}


@cache
def number_words(kind: NumberKind, language: str | None = None) -> dict[str, int]:
    """Returns the value of each number word of a kind, in one language or in all; words of a compound are spaced."""
    return {
        row["word"]: int(row["value"])
        for row in load_table("number_words")
        if row["kind"] == kind and language in (None, row["language"])
    }


@dataclass(frozen=True, kw_only=True)
class Number(TextMatch):
    """A number in a text; `5%` and `5` are different values."""

    value: str


def find_numbers(text: str, language: str) -> tuple[Number, ...]:
    """Returns the numbers of a text in order: number words of its language, and digits and Chinese numerals in any."""
    digits = ascii_digits(text)
    found = (*_written(digits, language), *_chinese(digits))
    return without_overlaps(sorted(found, key=lambda number: (number.start, -number.end)))


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
        # "One" alone may be an article.
        if numeral or parts or value != 1:
            parts.append((match.start(), match.end(), value))
            digits = numeral
    if parts:
        yield _number(text, parts)


def _goes_on(last: Fraction, value: Fraction, *, numeral: bool, after_numeral: bool) -> bool:
    """Returns whether a further number word belongs to the number before it, as in "two hundred" and "forty two"."""
    if numeral or (after_numeral and value not in _SCALES) or value.denominator != 1:
        return False
    if value >= _HUNDRED or last.denominator != 1:
        return value >= _HUNDRED
    arabic_tens = last < 10 and (value == 10 or value >= 20)
    return last >= _HUNDRED or (last >= 10 and value < 20 and last % 10 == 0) or arabic_tens


def _number(text: str, parts: list[tuple[int, int, Fraction]]) -> Number:
    total, current = Fraction(0), Fraction(0)
    for _, _, value in parts:
        if len(parts) > 1 and value in _SCALES:
            # "Dos mil millones": a scale multiplies the smaller scales before it.
            smaller = total % value
            total, current = total - smaller + (smaller + current or 1) * value, Fraction(0)
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
            value = f"{han_value(match['percent'])}%"
        elif match["parts"]:
            value = str(Fraction(han_value(match["share"]), han_value(match["parts"])))
        elif match["figure"]:
            figure = Fraction(match["figure"].replace(",", "").strip())
            value = str(figure * han_value(f"1{match['unit']}") + han_value(f"零{match['tail']}"))
        else:
            written, after = match["number"], text[match.end() : match.end() + 1]
            counts = after and after in _LEXICON["chinese_counters"] and written not in _LEXICON["chinese_never_alone"]
            if not (len(written) > 1 or counts) or set(written) == {"一"}:
                continue
            value = str(han_value(written))
        yield Number(start=match.start(), end=match.end(), value=value)
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
