"""The number of a session as a text writes it: digits, words and roman numerals, in the six languages."""

import re
from dataclasses import dataclass
from functools import cache

from ingest.language.lexicons import Patterns, any_of
from ingest.language.numerals import han_value, number_words, roman_value

_ORDINALS = number_words("ordinal")
_RUSSIAN_TENS = number_words("tens", "ru")
_RUSSIAN_STEMS = number_words("stem", "ru")


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    words = {"ordinal": _ORDINALS, "russian_tens": _RUSSIAN_TENS, "russian_stem": _RUSSIAN_STEMS}
    forms = {name: any_of(own, r"[\s\-–]+") for name, own in words.items()}
    return Patterns("numbers", **forms).each("session_forms")


@dataclass(frozen=True, kw_only=True)
class SessionMatch:
    """A session named by its number in a text."""

    start: int
    end: int
    number: int


def find_session_mentions(text: str) -> tuple[SessionMatch, ...]:
    """Find the sessions that a text names by number, in its order: "tenth session", "Session X", "第十届"."""
    found: list[SessionMatch] = []
    for pattern in _forms():
        for match in pattern.finditer(text):
            number = _number({name: value for name, value in match.groupdict().items() if value})
            apart = all(match.end() <= other.start or match.start() >= other.end for other in found)
            if number and apart:
                found.append(SessionMatch(start=match.start(), end=match.end(), number=number))
    return tuple(sorted(found, key=lambda session: session.start))


def find_session_number(text: str) -> int | None:
    """Read the number of the first session that a text names."""
    found = find_session_mentions(text)
    return found[0].number if found else None


def _number(groups: dict[str, str]) -> int | None:
    if digits := groups.get("digits"):
        return int(digits)
    if roman := groups.get("roman"):
        value = roman_value(roman)
        return value if value > 0 else None
    if word := groups.get("word"):
        return _ORDINALS.get(" ".join(re.split(r"[\s\-–]+", word.lower())))
    if stem := groups.get("stem"):
        return _RUSSIAN_TENS.get(groups.get("tens", "").lower(), 0) + _RUSSIAN_STEMS[stem.lower()]
    return han_value(groups["zh"]) if "zh" in groups else None
