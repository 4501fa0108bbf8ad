"""Numbers as texts write them: digits of any script, Roman and Chinese numerals, number words, numbers of sessions."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from ingest.language.lexicons import Patterns, any_of, load_table
from ingest.language.matches import TextMatch, without_overlaps

NumberKind = Literal["cardinal", "ordinal", "stem", "tens"]
# Digits of other scripts read as ASCII digits, one for one, so that offsets stay.
_DIGITS: Final = {ord(char): str(index % 10) for index, char in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９")}
_ROMAN: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_HAN_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_UNITS: Final = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_MYRIAD: Final = 10_000


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
class SessionMatch(TextMatch):
    """A session named by its number."""

    number: int


def find_session_mentions(text: str) -> tuple[SessionMatch, ...]:
    """Find the sessions that a text names by number, in its order: "tenth session", "Session X", "第十届"."""
    found: list[SessionMatch] = []
    for pattern in _session_forms():
        for match in pattern.finditer(text):
            if number := _session_number({name: value for name, value in match.groupdict().items() if value}):
                found.append(SessionMatch(start=match.start(), end=match.end(), number=number))
    return without_overlaps(found)


def find_session_number(text: str) -> int | None:
    """Read the number of the first session that a text names."""
    found = find_session_mentions(text)
    return found[0].number if found else None


@cache
def _session_forms() -> tuple[re.Pattern[str], ...]:
    words = {
        "ordinal": number_words("ordinal"),
        "russian_tens": number_words("tens", "ru"),
        "russian_stem": number_words("stem", "ru"),
    }
    return Patterns("numbers", **{name: any_of(own, r"[\s\-–]+") for name, own in words.items()}).each("session_forms")


def _session_number(groups: dict[str, str]) -> int | None:
    if digits := groups.get("digits"):
        return int(digits)
    if roman := groups.get("roman"):
        # "VVVX" is no number.
        return max(0, roman_value(roman))
    if word := groups.get("word"):
        return number_words("ordinal").get(" ".join(re.split(r"[\s\-–]+", word.lower())))
    if stem := groups.get("stem"):
        tens = number_words("tens", "ru").get(groups.get("tens", "").lower(), 0)
        return tens + number_words("stem", "ru")[stem.lower()]
    return han_value(groups["zh"]) if "zh" in groups else None
