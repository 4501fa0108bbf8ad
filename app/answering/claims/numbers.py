"""Numbers in texts of six languages, as digits and in words, by their value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Final

# Digits of other scripts read as ASCII digits, one for one, so offsets stay.
_DIGITS: Final = {ord(char): str(index % 10) for index, char in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９")}
_NUMERAL: Final = re.compile(
    r"(?<![\w.,])(?P<thousands>\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+)(?![\d])|(?P<decimal>\d+[.,]\d+)|(?P<plain>\d+)"
)
_PERCENT: Final = re.compile(
    r"\s*(?:%|٪|per\s?cent\b|pour\s+cent\b|por\s+ciento\b|процент|في\s+المائة|في\s+المئة)", re.IGNORECASE
)
_HUNDRED: Final = 100
_THOUSAND: Final = 1000
_SCALES: Final = (1000, 10**6, 10**9)
# Rows of a value and its form, a pattern in which `_` stands for a space. The word for one counts only within a larger
# number: it is an article as well.
_WORDS: Final[dict[str, str]] = {
    "en": r"""1 one;2 two;3 three;4 four;5 five;6 six;7 seven;8 eight;9 nine;10 ten;11 eleven;12 twelve;12 dozens?;13 thirteen;
        14 fourteen;15 fifteen;16 sixteen;17 seventeen;18 eighteen;19 nineteen;20 twenty;30 thirty;40 forty;50 fifty;
        60 sixty;70 seventy;80 eighty;90 ninety;100 hundreds?;1000 thousands?;1000000 millions?;1000000000 billions?;
        1/2 half;1/3 (?:one|a)_third;2/3 two_thirds;1/4 quarter""",
    "fr": r"""1 une?;2 deux;3 trois;4 quatre;5 cinq;6 six;7 sept;8 huit;9 neuf;10 dix;11 onze;12 douze;13 treize;14 quatorze;
        15 quinze;16 seize;20 vingts?;30 trente;40 quarante;50 cinquante;60 soixante;100 cents?;1000 mille;
        1000000 millions?;1000000000 milliards?;1/2 moitié;1/3 tiers;1/4 quart""",
    "es": r"""1 un[oa]?;2 dos;3 tres;4 cuatro;5 cinco;6 seis;7 siete;8 ocho;9 nueve;10 diez;11 once;12 doce;13 trece;14 catorce;
        15 quince;16 diecis[eé]is;17 diecisiete;18 dieciocho;19 diecinueve;20 veinte;21 veinti(?:ún|uno|una);
        22 veintid[oó]s;23 veintitr[eé]s;24 veinticuatro;25 veinticinco;26 veintis[eé]is;27 veintisiete;28 veintiocho;
        29 veintinueve;30 treinta;40 cuarenta;50 cincuenta;60 sesenta;70 setenta;80 ochenta;90 noventa;
        100 cien(?:to|tos|tas)?;200 doscient[oa]s;300 trescient[oa]s;400 cuatrocient[oa]s;500 quinient[oa]s;
        600 seiscient[oa]s;700 setecient[oa]s;800 ochocient[oa]s;900 novecient[oa]s;1000 mil;
        1000000 mill[oó]n(?:es)?;1/2 mitad;1/3 tercio;1/4 cuarta_parte""",
    "ru": r"""1 од(?:ин|на|но|ного|ной|ну|ним);2 дв(?:а|е|ух|ум|умя);3 тр(?:и|[её]х|[её]м|емя);4 четыр(?:е|[её]х|[её]м|ьмя);5 пят(?:ь|и|ью);
        6 шест(?:ь|и|ью);7 сем(?:ь|и|ью);8 вос(?:емь|ьми|емью|ьмью);9 девят(?:ь|и|ью);10 десят(?:ь|и|ью);
        11 одиннадцат(?:ь|и|ью);12 двенадцат(?:ь|и|ью);13 тринадцат(?:ь|и|ью);14 четырнадцат(?:ь|и|ью);
        15 пятнадцат(?:ь|и|ью);16 шестнадцат(?:ь|и|ью);17 семнадцат(?:ь|и|ью);18 восемнадцат(?:ь|и|ью);
        19 девятнадцат(?:ь|и|ью);20 двадцат(?:ь|и|ью);30 тридцат(?:ь|и|ью);40 сорока?;50 пятьдесят;50 пятидесяти;
        60 шестьдесят;60 шестидесяти;70 семьдесят;70 семидесяти;80 восемьдесят;80 восьмидесяти;90 девяност[оа];
        100 ст[оа];200 двести;200 двухсот;300 триста;300 тр[её]хсот;400 четыреста;500 пятьсот;500 пятисот;600 шестьсот;
        700 семьсот;800 восемьсот;900 девятьсот;1000 тысяч\w*;1000000 миллион\w*;1000000000 миллиард\w*;
        1/2 половин\w+;1/3 треть;1/4 четверть""",
    "ar": r"""1 [وبلف]?(?:واحد|واحدة|إحدى);2 [وبلف]?(?:اثنان|اثنين|اثنتان|اثنتين|اثنا|اثني|اثنتا|اثنتي);3 [وبلف]?ثلاثة?;4 [وبلف]?أربعة?;
        5 [وبلف]?خمسة?;6 [وبلف]?ستة?;7 [وبلف]?سبعة?;8 [وبلف]?ثماني?ة?;9 [وبلف]?تسعة?;10 [وبلف]?عشرة?;
        20 [وبلف]?عشر[وي]ن;30 [وبلف]?ثلاث[وي]ن;40 [وبلف]?أربع[وي]ن;50 [وبلف]?خمس[وي]ن;60 [وبلف]?ست[وي]ن;
        70 [وبلف]?سبع[وي]ن;80 [وبلف]?ثمان[وي]ن;90 [وبلف]?تسع[وي]ن;100 [وبلف]?(?:مائة|مئة);200 [وبلف]?(?:مائت|مئت)[اي]ن;
        1000 [وبلف]?(?:ألف|آلاف|ألفا);1000000 [وبلف]?(?:مليون\w?|ملايين);1000000000 [وبلف]?(?:مليار\w?|مليارات);
        1/2 [وبل]?نصف\w*;1/3 [وبل]?ثلث;1/4 [وبل]?ربع""",
}
_JOINED: Final = {"en": r"[\s-]+(?:and\s+)?", "fr": r"[\s-]+", "es": r"\s+(?:y\s+)?", "ru": r"\s+", "ar": r"\s+"}
_MYRIAD: Final = 10_000
_HAN_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_UNITS: Final = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_HAN: Final = re.compile(
    r"百分之(?P<percent>[零〇一二三四五六七八九十百]+)|(?P<parts>[二三四五六七八九十百]+)分之(?P<share>[一二两三四五六七八九十]+)"
    r"|(?P<number>\d*[零〇一二两三四五六七八九十百千万亿]+)"
)
# A single Chinese digit counts only before what it counts, since it is part of many words.
_COUNTED: Final = "个名件国年月日天项次份届起人成倍条款只种位分期组"
_HALF: Final = re.compile("(?<!前)(?<!后)(?:一半|半数)")


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number at `[start, end)`; a percentage and a plain number of the same value are different numbers."""

    start: int
    end: int
    value: str


def find_numbers(text: str, language: str) -> tuple[Number, ...]:
    """Returns the numbers of a text in order.

    Args:
        text: Any text.
        language: Whose number words count; digits and Chinese numerals count in each.
    """
    digits = text.translate(_DIGITS)
    found = [*_written(digits, language), *_chinese(digits)]
    taken: list[Number] = []
    for number in sorted(found, key=lambda number: (number.start, -number.end)):
        if not taken or number.start >= taken[-1].end:
            taken.append(number)
    return tuple(taken)


def _written(text: str, language: str) -> Iterator[Number]:
    """Yields runs of numerals and number words: "27", "1 900", "230 million", "four hundred and two"."""
    words = _word_values(language)
    parts: list[tuple[int, int, Fraction]] = []
    digits = False
    for match in _token(language).finditer(text):
        value: Fraction | None
        if match["word"] is None:
            value = _numeral(match["numeral"])
        else:
            value = next((v for pattern, v in words if pattern.fullmatch(match["word"])), None)
        if value is None or (value == 1 and match["word"] and not parts):
            continue
        joined = parts and re.fullmatch(_JOINED.get(language, r"\s+"), text[parts[-1][1] : match.start()])
        if parts and not (
            joined and _goes_on([part[2] for part in parts], value, numeral=match["word"] is None, after_numeral=digits)
        ):
            yield _number(text, parts)
            parts = []
            if value == 1 and match["word"]:
                continue
        parts.append((match.start(), match.end(), value))
        digits = match["word"] is None
    if parts:
        yield _number(text, parts)


def _goes_on(values: list[Fraction], value: Fraction, *, numeral: bool, after_numeral: bool) -> bool:
    """Whether a further number word belongs to the number before it, as in "two hundred" and "forty two"."""
    if (
        numeral
        or (after_numeral and value not in _SCALES)
        or value.denominator != 1
        or (values[-1].denominator != 1 and value < _HUNDRED)
    ):
        return False
    if value >= _HUNDRED:
        return True
    last = values[-1]
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
    percent = _PERCENT.match(text, end)
    written = str(total + current) + ("%" if percent else "")
    return Number(start=parts[0][0], end=percent.end() if percent else end, value=written)


def _numeral(written: str) -> Fraction:
    match = _NUMERAL.fullmatch(written)
    if match is not None and match["thousands"]:
        return Fraction(re.sub(r"\D", "", written))
    return Fraction(written.replace(",", "."))


def _chinese(text: str) -> Iterator[Number]:
    for match in _HAN.finditer(text):
        if match["percent"]:
            yield Number(start=match.start(), end=match.end(), value=f"{_han_value(match['percent'])}%")
            continue
        if match["parts"]:
            share = Fraction(_han_value(match["share"]), _han_value(match["parts"]))
            yield Number(start=match.start(), end=match.end(), value=str(share))
            continue
        written, after = match["number"], text[match.end() : match.end() + 1]
        alone = len(written) == 1 and (written in "一百千万亿零" or not after or after not in _COUNTED)
        if not alone and set(written) != {"一"}:
            yield Number(start=match.start(), end=match.end(), value=str(_han_value(written)))
    for match in _HALF.finditer(text):
        yield Number(start=match.start(), end=match.end(), value="1/2")


def _han_value(written: str) -> int:
    if not any(char in _HAN_UNITS for char in written):
        return int("".join(str(_HAN_DIGITS.get(char, char)) for char in written))
    total = section = digit = 0
    for char in written:
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


@cache
def _word_values(language: str) -> tuple[tuple[re.Pattern[str], Fraction], ...]:
    rows = [row.split() for row in _WORDS.get(language, "").split(";")]
    return tuple(
        (re.compile(form.replace("_", r"[\s-]+"), re.IGNORECASE), Fraction(row[0])) for row in rows for form in row[1:]
    )


@cache
def _token(language: str) -> re.Pattern[str]:
    words = sorted((pattern.pattern for pattern, _ in _word_values(language)), key=len, reverse=True)
    body = "|".join(words) or "(?!)"
    return re.compile(rf"(?P<numeral>{_NUMERAL.pattern})|(?<![^\W\d])(?P<word>{body})(?!\w)", re.IGNORECASE)
