"""Quantity target: what a question counts ("how many ships", "how much money"), and whether a number counts just that.

Without it any number would answer: "nineteen countries" is no number of ships.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, Protocol

import snowballstemmer

from app.question.folding import fold_accents
from ingest.language.detection import detect_language

Measure = Literal["noun", "people", "kind of people", "amount", "share"]

# Arabic and Chinese count by forms that a stem does not join; there any number counts.
_STEMMED: Final = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian"}
_SHARE: Final = re.compile(
    fold_accents(
        r"\bhow much of\b|\b(?:what|which) (?:\w+ )?(?:percentage|percent|proportion|share|rate)\b|\b(?:pourcentage|proportion|quelle\s+part|taux)\b"
        r"|\b(?:porcentaje|proporci[óo]n|tasa)\b|\b(?:процент\w*|дол[яюи])\b|نسبة|百分|比例"
    ),
    re.IGNORECASE,
)
_AMOUNT: Final = re.compile(
    fold_accents(
        r"\bhow much\b|\bwhat (?:\w+ )?(?:amount|sum)\b|\bhow many (?:\w+ )?(?:millions?|billions?|dollars|euros)\b|\b(?:montant|somme|combien\s+(?:d'argent|coût\w+|de\s+(?:millions|milliards|dollars)))\b"
        r"|\b(?:monto|suma|cu[áa]nto\s+(?:dinero|cuesta|cost\w+)|cu[áa]ntos\s+(?:millones|d[óo]lares))\b|\bсколько\s+(?:денег|средств|стоит|стоило|миллион\w+|миллиард\w+)|\bсумм[ауы]\b|مبلغ|مقدار|多少(?:钱|资金|美元)|金额"
    ),
    re.IGNORECASE,
)
_MANY: Final = {
    "en": re.compile(r"\bhow many\s+(?:of\s+)?(?:the\s+|its\s+|their\s+)?(?P<noun>[^,?]+)", re.IGNORECASE),
    "fr": re.compile(r"\bcombien\s+(?:de\s+|d'|des\s+)(?P<noun>[^,?]+)", re.IGNORECASE),
    "es": re.compile(r"\bcuant[oa]s\s+(?:de\s+(?:los|las)\s+)?(?P<noun>[^,?]+)", re.IGNORECASE),
    "ru": re.compile(r"\bсколько\s+(?P<noun>[^,?]+)", re.IGNORECASE),
}
# Where the words that name what is counted end.
_ENDS: Final = frozenset(
    "do did does are were was is be been have has had will would can could may must in of from on at to by with that which who for against under"
    " ont a sont etaient est etait ete dans de du des d sur par pour avec qui que selon y"
    " han ha son eran fue fueron hay en del por para con segun se los las el la"
    " было были будет в на из с по от для согласно".split()
)
_PEOPLE: Final = re.compile(
    fold_accents(
        r"people|persons?|individuals?|lives|dead|deaths|victims?|casualt\w+|inhabitants|citizens|nationals|refugees?|migrants?|displaced|men|women|child\w*|boys|girls|families|soldiers|troops|officers|workers"
        r"|personnes?|gens|vies|morts?|victimes?|habitants|citoyen\w*|réfugié\w*|migrants|déplacé\w*|hommes|femmes|enfants|soldats|familles"
        r"|personas?|vidas|muertos?|muertes|v[íi]ctimas?|habitantes|ciudadan\w+|refugiad\w+|migrantes|desplazad\w+|hombres|mujeres|niñ\w+|soldados|familias"
        r"|человек\w*|люд\w+|лиц\w*|жизн\w+|погибш\w*|жертв\w*|житель\w*|жителей|граждан\w*|беженц\w+|мигрант\w*|женщин\w*|мужчин\w*|дет\w+|солдат\w*|семей"
    ),
    re.IGNORECASE,
)
_ANYBODY: Final = re.compile(
    fold_accents(
        r"people|persons?|individuals?|lives|dead|personnes?|gens|vies|morts|personas?|vidas|muertos|человек\w*|люд\w+|лиц\w*|жизн\w+"
    ),
    re.IGNORECASE,
)
_MONEY_BEFORE: Final = re.compile(r"(?:[$€£¥]|\b(?:USD|EUR|US)\s?\$?)\s*$")
_MONEY: Final = re.compile(
    fold_accents(
        r"dollars?|euros?|pounds?|francs?|CFA|yen|yuan|rupees?|USD|EUR|d[óo]lares|доллар\w*|евро|рубл\w+|франк\w*|\w*دولار\w*|\w*يورو"
    ),
    re.IGNORECASE,
)
_MONEY_ZH: Final = re.compile(r"\W*[\u4e00-\u9fff]?(?:美元|欧元|元|法郎)")
_PERCENT: Final = re.compile(
    fold_accents(r"\s*(?:%|(?:per\s?cent|pour\s+cent|por\s+ciento|процент\w*|في\s+المائة)(?!\w))"), re.IGNORECASE
)
_MEASURE: Final = re.compile(
    fold_accents(
        r"tonn?e?s?|tons|kilos?|kilogram\w*|kg|km|kilomet\w+|hectares?|acres|miles|met(?:re|er)s?|lit(?:re|er)s?|barrels|watts?|megawatts?|toneladas?|kil[óo]metros?|hect[áa]reas?|тонн\w*|килограмм\w*|километр\w*|гектар\w*"
    ),
    re.IGNORECASE,
)
_FRACTION: Final = re.compile(
    fold_accents(
        r"(?:half|thirds?|quarters?|fifths?|moitié|tiers|quart|mitad|tercio|половин\w+|треть|четверть|半数|百分之\w*)"
    ),
    re.IGNORECASE,
)
# After a number that stands for what was counted before: "316 persons, of which 121 proved right".
_ALONE: Final = re.compile(
    r"\s*(?:[,.;:)]|$|(?:of (?:them|which|whom)|were|was|have|had|are|proved|d'entre|de (?:ellos|ellas)|из них)\b)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_REACH: Final = 4


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...


@cache
def _stemmer(language: str) -> _Stemmer:
    stemmer: _Stemmer = snowballstemmer.stemmer(_STEMMED[language])
    return stemmer


@dataclass(frozen=True, kw_only=True)
class QuantityTarget:
    """What is counted: a noun by its stems, people in general or of one kind, an amount or a share."""

    measure: Measure
    language: str = "en"
    stems: frozenset[str] = frozenset()

    def follows(self, text: str, end: int) -> bool:
        """Whether the noun itself stands right after a number that ends there: "14 years", "two ships"."""
        words = [found.group().lower() for found in _WORD.finditer(text, end, end + 40)][:2]
        return bool(self.stems) and any(_stemmer(self.language).stemWord(word) in self.stems for word in words)

    def fits(self, text: str, start: int, end: int) -> bool:
        """Whether the number at `[start, end)` of a plain text, in any language, counts this."""
        number, before, after = text[start:end], text[:start], text[end:]
        percent = _PERCENT.search(number) is not None or _PERCENT.match(after) is not None
        if self.measure == "share":
            return percent or _FRACTION.fullmatch(number) is not None
        words = [found.group() for found in _WORD.finditer(re.split(r"[.;:]\s", after)[0])][: _REACH + 1]
        money = _MONEY_BEFORE.search(before) is not None or any(_MONEY.fullmatch(word) for word in words)
        money = money or _MONEY_ZH.match(after) is not None
        if self.measure == "amount":
            return money or percent or any(_MEASURE.fullmatch(word) for word in words[:2])
        if detect_language(text) not in (self.language, None):
            return not money
        stem = _stemmer(self.language).stemWord
        if any(stem(word.lower()) in self.stems for word in words[:_REACH]):
            return True
        named = any(stem(word.lower()) in self.stems for word in _WORD.findall(text))
        if self.measure == "people":
            return any(_PEOPLE.fullmatch(word) for word in words) or (percent and named)
        if self.measure == "kind of people" and any(_ANYBODY.fullmatch(word) for word in words):
            return True
        return named and not money and (percent or _ALONE.match(after) is not None)


def find_quantity_target(question: str, language: str) -> QuantityTarget | None:
    """Returns what a question counts, or None where any number may answer."""
    text = fold_accents(question)
    if _SHARE.search(text):
        return QuantityTarget(measure="share")
    if _AMOUNT.search(text):
        return QuantityTarget(measure="amount")
    found = _MANY[language].search(text) if language in _MANY else None
    if found is None:
        return None
    nouns: list[str] = []
    for word in _WORD.findall(found["noun"])[:3]:
        if word.lower() in _ENDS:
            break
        nouns.append(word.lower())
    if not nouns:
        return None
    heads = nouns
    if language == "en":
        # "Somali pirates", "migrants arrive": the last plural is what is counted, unless people are.
        people = [word for word in nouns if _PEOPLE.fullmatch(word)]
        heads = people[-1:] or [word for word in nouns if word.endswith("s")][-1:] or nouns
    elif language in ("fr", "es"):
        heads = nouns[:1]
    stem = _stemmer(language).stemWord
    measure: Measure = "noun"
    if any(_ANYBODY.fullmatch(word) for word in heads):
        measure = "people"
    elif any(_PEOPLE.fullmatch(word) for word in heads):
        measure = "kind of people"
    return QuantityTarget(measure=measure, language=language, stems=frozenset(stem(word) for word in heads))
