"""Query normalisation: typing errors in asking words are mended, and articles in words become numbers.

"waht did Iran say on article sixteen" is read as "what did Iran say on article 16".
"""

import re
from functools import cache
from typing import Final

import wordfreq
from rapidfuzz.distance import DamerauLevenshtein

from app.question.frames import fold_accents

# The words that ask, which decide how a question is read; names and topics are never mended.
_ASKING: Final = {
    "en": "what which say said says about regarding concerning position statement statements stance view views mention mentioned article articles session"
    " compare between according countries",
    "fr": "quelle quelles quels position declaration concernant selon article articles session comparer comparez entre delegation",
    "es": "posicion declaracion sobre articulo articulos segun compara comparar entre delegacion cuales",
    "ru": "сказал сказала заявил позиция позицию статья статье статьи заявление сравните согласно мнению делегация",
    "ar": "ماذا قالت موقف المادة بشأن الدول",
}
_FIRST: Final = {
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth",
    "fr": "premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme onzieme douzieme treizieme"
    " quatorzieme quinzieme seizieme dix-septieme dix-huitieme dix-neuvieme vingtieme",
}
_COUNTED: Final = {
    "fr": "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt",
    "es": "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte",
    "ru": "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать"
    " шестнадцать семнадцать восемнадцать девятнадцать двадцать",
}
_RU_STEMS: Final = (
    "перв втор трет четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат шестнадцат"
    " семнадцат восемнадцат девятнадцат двадцат"
)
_ARTICLE: Final = {"en": "article", "fr": "article", "es": "articulo", "ru": r"стат(?:ья|ью|ье|ьи|ей|ьей)"}


def reword(question: str, language: str) -> str:
    """Returns a question with typing errors in its asking words mended and articles named by number.

    "waht did Iran sya abuot the fourth article" becomes "what did Iran say about article 4".
    """
    # What is blanked later is marked by control characters.
    spaced = re.sub(r"[\s\x00-\x1f]+", " ", question)
    mended = re.sub(r"[^\W\d_]{3,}", lambda found: _mended(found.group(), language), spaced)
    return _numbered(mended, language)


def _mended(word: str, language: str) -> str:
    wanted = _ASKING.get(language, "").split()
    typed = fold_accents(word).lower()
    if not wanted or typed in wanted or word[0].isupper() or wordfreq.zipf_frequency(word, language) >= 2.5:
        return word
    near = [each for each in wanted if DamerauLevenshtein.distance(typed, each, score_cutoff=1) <= 1]
    return near[0] if near else word


@cache
def _articles(language: str) -> "tuple[re.Pattern[str], dict[str, int]] | None":
    article = _ARTICLE.get(language)
    if article is None:
        return None
    counted = {word: number for number, word in enumerate(_COUNTED.get(language, "").split(), 1)}
    ordinals = {word: number for number, word in enumerate(_FIRST.get(language, "").split(), 1)}
    endings = ""
    if language == "ru":
        ordinals = {stem: number for number, stem in enumerate(_RU_STEMS.split(), 1)}
        endings = "(?:ая|ой|ую|ья|ьей|ью|ье|ьи)"
    forms = []
    if counted:
        forms.append(rf"\b(?P<head>{article})\s+(?P<counted>{_longest(counted)})\b")
    if ordinals:
        forms.append(rf"\b(?:the\s+)?(?P<ordinal>{_longest(ordinals)}){endings}\s+(?P<named>{article})\b(?!\s*\d)")
    if language == "en":
        forms.append(r"\b(?:the\s+)?(?P<digits>\d{1,2})(?:st|nd|rd|th)\s+article\b")
    return (re.compile("|".join(forms), re.IGNORECASE), {**counted, **ordinals}) if forms else None


def _numbered(question: str, language: str) -> str:
    known = _articles(language)
    if known is None:
        return question
    pattern, numbers = known
    text = fold_accents(question)
    for found in reversed(list(pattern.finditer(text))):
        groups = {name: value for name, value in found.groupdict().items() if value}
        number = groups.get("digits") or numbers[(groups.get("counted") or groups["ordinal"]).lower()]
        name = question[found.start("head") : found.end("head")] if "head" in groups else ""
        name = name or (question[found.start("named") : found.end("named")] if "named" in groups else "article")
        question = f"{question[: found.start()]}{name} {number}{question[found.end() :]}"
    return question


def _longest(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))
