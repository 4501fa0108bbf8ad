"""Reads numbers of articles and items: Arabic and Arabic-Indic digits, Roman, Chinese and some number words."""

import re

_WORDS = {
    word: value
    for value, words in enumerate(
        (
            "one premier primero الأولى الحادية",
            "two الثانية",
            "three الثالثة",
            "four الرابعة",
            "five الخامسة",
            "six السادسة",
            "seven السابعة",
            "eight الثامنة",
            "nine التاسعة",
            "ten العاشرة",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty العشرين العشرون",
        ),
        start=1,
    )
    for word in words.split()
}
_TENS = {"عشر": 10, "عشرة": 10, "العشرين": 20, "العشرون": 20, "الثلاثين": 30, "الثلاثون": 30}
_TENS |= {"الأربعين": 40, "الأربعون": 40, "thirty": 30, "forty": 40}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_CHINESE = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def number_of(written: str) -> str:
    """The number as Arabic digits, with `bis` and the like kept; what is no number comes back unchanged."""
    text = " ".join(written.split())
    digits = re.match(r"\d+", text)
    if digits:
        suffix = re.search(r"(?:bis|ter|quater)\b", text, re.IGNORECASE)
        return str(int(digits.group())) + (f" {suffix.group().casefold()}" if suffix else "")
    if re.fullmatch(r"[IVXLC]+", text):
        return str(_roman(text))
    if all(c in _CHINESE or c in "十百" for c in text):
        return str(_chinese(text))
    parts = text.casefold().replace("-", " ").split()
    total = _WORDS.get(parts[0], 0) or _TENS.get(parts[0], 0)
    for part in parts[1:]:
        total += _TENS.get(part.removeprefix("و"), 0) or _WORDS.get(part, 0)
    return str(total) if total else text


def _roman(text: str) -> int:
    values = [_ROMAN[c] for c in text]
    return sum(-v if v < max(values[i + 1 :], default=0) else v for i, v in enumerate(values))


def _chinese(text: str) -> int:
    total, digit = 0, 0
    if not any(c in "十百" for c in text):
        return int("".join(str(_CHINESE[c]) for c in text))
    for c in text:
        if c in "十百":
            total += (digit or 1) * (10 if c == "十" else 100)
            digit = 0
        else:
            digit = _CHINESE[c]
    return total + digit
