"""The number of a session as a text writes it: digits, words and roman numerals, in the six languages."""

import re
from dataclasses import dataclass

from ingest.language.numerals import han_value, number_words, roman_value

_RU_ENDING = "(?:ая|ой|ую|ья|ьей|ью|ье)"
_WORDS = number_words("ordinal")
_RU_COMPOUND = number_words("tens", "ru")
_RU_STEMS = number_words("stem", "ru")
_ORDINAL_WORD = "|".join(re.escape(word).replace(r"\ ", r"[\s\-–]+") for word in sorted(_WORDS, key=len, reverse=True))
_RU_WORD = (
    f"(?:(?P<tens>{'|'.join(_RU_COMPOUND)})\\s+)?(?P<stem>{'|'.join(sorted(_RU_STEMS, key=len, reverse=True))})"
    + _RU_ENDING
)
_FILL = r"(?:(?:regular|resumed|extended|special|ordinary|annual|ordinaire|ordinario)\s+)?"

_PATTERNS = (
    re.compile(
        rf"\b(?P<digits>\d{{1,3}})\s*(?:st|nd|rd|th|e|è?me|er|[ºª°.]+|-?[йяе]|-?ая|-?ой)?\s+{_FILL}"
        r"(?:session|sesión|per[ií]odo\s+(?:ordinario\s+)?de\s+sesiones|сесси[яийюе])",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<word>{_ORDINAL_WORD})\s+{_FILL}"
        r"(?:session|sesión|per[ií]odo\s+(?:ordinario\s+)?de\s+sesiones|plenary\s+session)",
        re.IGNORECASE,
    ),
    # "79th UN General Assembly", "this Third Conference of the Parties"
    re.compile(
        rf"\b(?:(?P<digits>\d{{1,3}})\s*(?:st|nd|rd|th)|(?P<word>{_ORDINAL_WORD}))\s+"
        r"(?:UNGA|(?:(?:UN|United\s+Nations)\s+)?General\s+Assembly|(?:UNTOC\s+|UNCAC\s+)?(?:Conference\s+of\s+(?:the\s+)?(?:States\s+)?Parties|COS?P)\b)",
        re.IGNORECASE,
    ),
    re.compile(r"\bUNGA[\s-]?(?P<digits>\d{2})\b(?!\s*[-–/]\s*\d)"),
    re.compile(rf"\b{_RU_WORD}\s+(?:\w+\s+)?сесси", re.IGNORECASE),
    re.compile(rf"الدورة\s+(?P<word>{_ORDINAL_WORD})"),
    re.compile(r"الدورة\s+(?:رقم\s+)?(?P<digits>\d{1,3})"),
    re.compile(r"第\s*(?:(?P<digits>\d{1,3})|(?P<zh>[零一二三四五六七八九十]{1,5}))\s*届"),
    re.compile(r"\b(?:session|sesión|сессия)\s+(?:no\.?\s*)?(?P<digits>\d{1,3})\b(?![-/.–]\d)", re.IGNORECASE),
    re.compile(r"\b(?:COP|CoSP|COSP|CND|CCPCJ)[\s-]?(?P<digits>\d{1,2})\b(?!\s*[-–/]\s*\d)"),
    re.compile(r"\b[Ss](?:ession|ESSION)\s+(?P<roman>[IVXLC]{1,8})\b"),
    re.compile(r"\b(?P<roman>[IVXLC]{1,8})(?:th)?\s+[Ss](?:ession|ESSION|esión)\b"),
)


@dataclass(frozen=True, kw_only=True)
class SessionMatch:
    """A session named by its number in a text."""

    start: int
    end: int
    number: int


def find_session_mentions(text: str) -> tuple[SessionMatch, ...]:
    """Find the sessions that a text names by number, in its order: "tenth session", "Session X", "第十届"."""
    found: list[SessionMatch] = []
    for pattern in _PATTERNS:
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
        return _WORDS.get(" ".join(re.split(r"[\s\-–]+", word.lower())))
    if stem := groups.get("stem"):
        return _RU_COMPOUND.get(groups.get("tens", "").lower(), 0) + _RU_STEMS[stem.lower()]
    return han_value(groups["zh"]) if "zh" in groups else None
