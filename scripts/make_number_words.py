"""Writes the number words that the product reads, `ingest/data/number_words.csv`, from their parts.

    python scripts/make_number_words.py > ingest/data/number_words.csv

Ordinals up to 99 in the forms in which sessions are named ("fifty-third session", "cinquante-troisième session",
"quincuagésimo tercer período de sesiones", "الدورة الثالثة والخمسون"), and cardinals as articles and items are named.
"""

import csv
import sys
from collections.abc import Iterator

_EN = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen""".split()
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_EN_ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth""".split()
_FR = """première deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième onzième douzième
treizième quatorzième quinzième seizième dix-septième dix-huitième dix-neuvième""".replace("-", "_").split()
_FR_TENS = "vingt trente quarante cinquante soixante".split()
_ES = "primer segundo tercer cuarto quinto sexto séptimo octavo noveno décimo undécimo duodécimo".split()
_ES_TENS = """décimo vigésimo trigésimo cuadragésimo quincuagésimo sexagésimo septuagésimo octogésimo
nonagésimo""".split()
_RU = """перв втор трет четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат
шестнадцат семнадцат восемнадцат девятнадцат""".split()
_RU_TENS = "двадцат тридцат сороков пятидесят шестидесят семидесят".split()
_RU_BEFORE_UNITS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят".split()
_AR = "الأولى الثانية الثالثة الرابعة الخامسة السادسة السابعة الثامنة التاسعة العاشرة".split()
_AR_TENS = "العشرون الثلاثون الأربعون الخمسون الستون السبعون الثمانون التسعون".split()

_HEADER = """\
# Number words, made by scripts/make_number_words.py; a space stands for a space or a hyphen. Russian ordinals are
# stems, to which endings are added; of a compound only the last word is an ordinal (двадцать + перв).
"""

Numbers = Iterator[tuple[int, str]]


def english_cardinals() -> Numbers:
    """Yields "one" to "ninety-nine"."""
    yield from enumerate(_EN, 1)
    for ten, tens in enumerate(_EN_TENS, 2):
        yield 10 * ten, tens
        yield from ((10 * ten + unit, f"{tens} {word}") for unit, word in enumerate(_EN[:9], 1))


def english() -> Numbers:
    """Yields "first" to "ninety-ninth"."""
    yield from enumerate(_EN_ORDINALS, 1)
    for ten, tens in enumerate(_EN_TENS, 2):
        yield 10 * ten, tens.removesuffix("y") + "ieth"
        yield from ((10 * ten + unit, f"{tens} {word}") for unit, word in enumerate(_EN_ORDINALS[:9], 1))


def french() -> Numbers:
    """Yields "première" to "quatre-vingt-neuvième"."""
    words = [word.replace("_", " ") for word in _FR]
    yield from enumerate(words, 1)
    for ten, tens in enumerate(_FR_TENS, 2):
        yield 10 * ten, tens.removesuffix("e") + "ième"
        yield from ((10 * ten + unit, f"{tens} {word}") for unit, word in enumerate(["et unième", *words[1:9]], 1))
    yield 70, "soixante dixième"
    yield from ((70 + unit, f"soixante {word}") for unit, word in enumerate(["et onzième", *words[11:19]], 1))
    yield 80, "quatre vingtième"
    yield 81, "quatre vingt unième"
    yield from ((80 + unit, f"quatre vingt {word}") for unit, word in enumerate(words[1:9], 2))


def spanish() -> Numbers:
    """Yields "primer" to "nonagésimo noveno": masculine as "período de sesiones", feminine as "sesión"."""
    feminine = [word.removesuffix("o") + "a" for word in _ES]
    yield from [*enumerate(_ES, 1), (1, "primero"), (3, "tercero"), *enumerate(feminine, 1)]
    for ten, tens in enumerate(_ES_TENS, 1):
        tens_feminine = tens.removesuffix("o") + "a"
        yield from ((10 * ten, tens), (10 * ten, tens_feminine))
        for unit, (word, word_feminine) in enumerate(zip(_ES[:9], feminine[:9], strict=True), 1):
            joined = tens.replace("é", "e")
            for form in (
                *(f"{tens} {word}", f"{tens} {word_feminine}", f"{tens_feminine} {word_feminine}"),
                *(f"{joined}{word}", f"{joined}{word_feminine}"),
            ):
                yield 10 * ten + unit, form


def arabic() -> Numbers:
    """Yields "الأولى" to "التاسعة والتسعون", in both cases."""
    yield from enumerate(_AR, 1)
    yield 11, "الحادية عشرة"
    yield from ((10 + unit, f"{word} عشرة") for unit, word in enumerate(_AR[:9], 1))
    for ten, tens in enumerate(_AR_TENS, 2):
        for form in (tens, tens.replace("ون", "ين")):
            yield 10 * ten, form
            yield from ((10 * ten + unit, f"{word} و{form}") for unit, word in enumerate(["الحادية", *_AR[1:9]], 1))


def main() -> None:
    """Writes the table to the standard output."""
    sys.stdout.write(_HEADER)
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(("language", "kind", "value", "word"))
    for language, kind, numbers in (
        ("en", "cardinal", english_cardinals()),
        ("en", "ordinal", english()),
        ("fr", "ordinal", french()),
        ("es", "ordinal", spanish()),
        ("ar", "ordinal", arabic()),
        ("ru", "stem", iter([*enumerate(_RU, 1), *((10 * n, stem) for n, stem in enumerate(_RU_TENS, 2))])),
        ("ru", "tens", ((10 * ten, tens) for ten, tens in enumerate(_RU_BEFORE_UNITS, 2))),
    ):
        table.writerows((language, kind, value, word) for value, word in numbers)


if __name__ == "__main__":
    main()
