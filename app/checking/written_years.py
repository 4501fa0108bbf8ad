"""Years as people write them, put into digits: other scripts' digits, words, Roman numerals, "’21"."""

import unicodedata
from typing import Final

import regex

from ingest.language.lexicons import RegexPatterns
from ingest.language.numerals import find_numbers, number_words, roman_value

_HAN_DIGITS: Final = {digit: str(value) for value, digit in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}
_HAN_YEAR: Final = regex.compile(rf"[{''.join(_HAN_DIGITS)}]{{4}}(?=\s*年)")
_SHORT: Final = regex.compile(r"(?<![\w’'‘])[’'‘](\d\d)(?![\d\p{L}])")
_ROMAN: Final = regex.compile(
    r"(?<!\p{L})M{1,2}(?:CM|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,4})(?!\p{L})", regex.IGNORECASE
)
# Two letters may be a form of address: "MM. Renn et Tov".
_FEWEST_ROMAN: Final = 3
_PATTERNS: Final = RegexPatterns("drafts")
_SOONEST, _LATEST = 1940, 2049


def in_digits(text: str) -> str:
    """Returns a text with the years that it writes otherwise in ASCII digits; other numbers stay as they are."""
    text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    text = _HAN_YEAR.sub(lambda year: "".join(_HAN_DIGITS[char] for char in year.group()), text)
    text = _SHORT.sub(lambda year: f"{19 if int(year[1]) >= _SOONEST - 1900 else 20}{year[1]}", text)
    for year, start in reversed(roman_years(text)):
        text = f"{text[:start]}{year}{text[_ROMAN.match(text, start).end() :]}"  # type: ignore[union-attr]  # found there
    text = _PATTERNS.year_by_century.sub(lambda year: _year(_by_century(year), year.group()), text)
    text = _PATTERNS.year_russian.sub(lambda year: _year(_russian(year), year.group()), text)
    text = _PATTERNS.year_arabic.sub(lambda year: _year(2000 + _value(year["rest"] or "", "ar"), year.group()), text)
    if _PATTERNS.thousand.search(text) is None:
        return text
    for language in ("en", "fr", "es", "ru"):
        for number in reversed(find_numbers(text, language)):
            written = text[number.start : number.end]
            counts = number.value == "2000" and regex.match(r"\s+\p{Ll}", text, pos=number.end)
            if not any(char.isdigit() for char in written) and number.value.isdecimal() and not counts:
                text = text[: number.start] + _year(int(number.value), written) + text[number.end :]
    return text


def roman_years(text: str) -> list[tuple[int, int]]:
    """Returns the years of a text in Roman numerals, which count no things, with their offsets."""
    found = ((roman_value(year.group()), year) for year in _ROMAN.finditer(text))
    return [(v, year.start()) for v, year in found if _SOONEST <= v <= _LATEST and len(year[0]) >= _FEWEST_ROMAN]


def _year(value: int, written: str) -> str:
    return str(value) if _SOONEST <= value <= _LATEST else written


def _by_century(year: "regex.Match[str]") -> int:
    return (1900 if year["century"].lower() == "nineteen" else 2000) + _value(year["rest"], "en")


def _russian(year: "regex.Match[str]") -> int:
    tens = _value(year["tens"] or "", "ru")
    stem = (year["ordinal"] or "").lower()
    return 2000 + tens + (number_words("stem", "ru").get(stem) or _value(f"{stem}ь", "ru"))


def _value(words: str, language: str) -> int:
    values = [int(number.value) for number in find_numbers(words, language) if number.value.isdecimal()]
    return sum(values)
