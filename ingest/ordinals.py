"""The number of a session as a text writes it: digits, words and roman numerals, in the six languages."""

import re
from dataclasses import dataclass

_EN = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
]
_EN += ["fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"]
_EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_FR = [
    "première",
    "deuxième",
    "troisième",
    "quatrième",
    "cinquième",
    "sixième",
    "septième",
    "huitième",
    "neuvième",
    "dixième",
]
_FR += [
    "onzième",
    "douzième",
    "treizième",
    "quatorzième",
    "quinzième",
    "seizième",
    "dix-septième",
    "dix-huitième",
    "dix-neuvième",
]
_FR_TENS = ["vingt", "trente", "quarante", "cinquante", "soixante"]
_FR_UNITS = ["et-unième", *_FR[1:9]]
_ES = [
    "primer",
    "segundo",
    "tercer",
    "cuarto",
    "quinto",
    "sexto",
    "séptimo",
    "octavo",
    "noveno",
    "décimo",
    "undécimo",
    "duodécimo",
]
_ES_TENS = [
    "vigésimo",
    "trigésimo",
    "cuadragésimo",
    "quincuagésimo",
    "sexagésimo",
    "septuagésimo",
    "octogésimo",
    "nonagésimo",
]
_RU = [
    "перв",
    "втор",
    "трет",
    "четверт",
    "пят",
    "шест",
    "седьм",
    "восьм",
    "девят",
    "десят",
    "одиннадцат",
    "двенадцат",
    "тринадцат",
]
_RU += ["четырнадцат", "пятнадцат", "шестнадцат", "семнадцат", "восемнадцат", "девятнадцат"]
_RU_TENS = {"двадцат": 20, "тридцат": 30, "сороков": 40, "пятидесят": 50, "шестидесят": 60, "семидесят": 70}
_RU_COMPOUND = {"двадцать": 20, "тридцать": 30, "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70}
_RU_ENDING = "(?:ая|ой|ую|ья|ьей|ью|ье)"
# A session is feminine as "sesión", masculine as "período de sesiones".
_ES_FEMININE = [word.removesuffix("o") + "a" for word in _ES]
_AR = ["الأولى", "الثانية", "الثالثة", "الرابعة", "الخامسة", "السادسة", "السابعة", "الثامنة", "التاسعة", "العاشرة"]
_AR_TENS = ["العشرون", "الثلاثون", "الأربعون", "الخمسون", "الستون", "السبعون", "الثمانون", "التسعون"]
_ZH_DIGITS = "零一二三四五六七八九"
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def _words() -> dict[str, int]:
    """Map every ordinal word to its number; compound words are joined by a space."""
    words = {word: number for number, word in enumerate(_EN, 1)}
    for number, tens in enumerate(_EN_TENS, 2):
        words[tens.removesuffix("y") + "ieth"] = 10 * number
        words |= {f"{tens} {unit}": 10 * number + value for value, unit in enumerate(_EN[:9], 1)}
    words |= {word: number for number, word in enumerate(_FR, 1)}
    for number, tens in enumerate(_FR_TENS, 2):
        words[tens.removesuffix("e") + "ième"] = 10 * number
        joined = {f"{tens}-{unit}".replace("-", " "): 10 * number + v for v, unit in enumerate(_FR_UNITS, 1)}
        words |= joined
    seventies = ["et onzième", *(word.replace("-", " ") for word in _FR[11:19])]
    words |= {f"soixante {unit}": 70 + value for value, unit in enumerate(seventies, 1)}
    words |= {"soixante dixième": 70, "quatre vingtième": 80}
    words |= {f"quatre vingt {unit}": 80 + value for value, unit in enumerate(_FR[1:9], 2)}
    words |= {word.replace("-", " "): number for number, word in enumerate(_FR, 1)}
    words |= {word: number for number, word in enumerate(_ES, 1)} | {"primero": 1, "tercero": 3}
    words |= {word: number for number, word in enumerate(_ES_FEMININE, 1)}
    for number, tens in enumerate(["décimo", *_ES_TENS], 1):
        feminine = tens.removesuffix("o") + "a"
        words |= {tens: 10 * number, feminine: 10 * number}
        for value, (unit, unit_feminine) in enumerate(zip(_ES[:9], _ES_FEMININE[:9], strict=True), 1):
            forms = (f"{tens} {unit}", f"{tens} {unit_feminine}", f"{feminine} {unit_feminine}")
            words |= dict.fromkeys(forms, 10 * number + value)
            joined_tens = tens.replace("é", "e")
            words |= {f"{joined_tens}{form}": 10 * number + value for form in (unit, unit_feminine)}
    words |= {word: number for number, word in enumerate(_AR, 1)} | {"الحادية عشرة": 11}
    words |= {f"{word} عشرة": 10 + number for number, word in enumerate(_AR[:9], 1)}
    for number, tens in enumerate(_AR_TENS, 2):
        words |= {tens: 10 * number, tens.replace("ون", "ين"): 10 * number}
        for value, unit in enumerate(["الحادية", *_AR[1:9]], 1):
            words |= {f"{unit} و{form}": 10 * number + value for form in (tens, tens.replace("ون", "ين"))}
    return words


_WORDS = _words()
_RU_STEMS = {stem: number for number, stem in enumerate(_RU, 1)} | _RU_TENS
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
        return _roman(roman.lower())
    if word := groups.get("word"):
        return _WORDS.get(" ".join(re.split(r"[\s\-–]+", word.lower())))
    if stem := groups.get("stem"):
        return _RU_COMPOUND.get(groups.get("tens", "").lower(), 0) + _RU_STEMS[stem.lower()]
    return _chinese(groups.get("zh", ""))


def _roman(numeral: str) -> int | None:
    values = [_ROMAN[letter] for letter in numeral]
    after = [*values[1:], 0]
    number = sum(-value if value < following else value for value, following in zip(values, after, strict=True))
    return number if number > 0 else None


def _chinese(numeral: str) -> int | None:
    tens, ten, units = numeral.rpartition("十")
    if not ten:
        return int("".join(str(_ZH_DIGITS.index(digit)) for digit in units)) if units else None
    return 10 * (_ZH_DIGITS.index(tens) if tens else 1) + (_ZH_DIGITS.index(units) if units else 0)
