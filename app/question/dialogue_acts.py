"""Dialogue acts of short follow-ups: corrections, relative years, and replies to a question back.

"Not Austria, Germany" takes Austria back; "two years later" counts from the year of the question before.
"""

import re
from collections.abc import Sequence
from typing import Final

from app.question.frames import fold_accents
from ingest.parties.party_table import PartyTable

# What is taken back, at either end of a short question: "not Austria, Germany", "2016 instead of 2015".
_TAKEN_BACK: Final = (
    r"(?:not\b(?!\s+only)|no\b|(?:non\s+)?pas\b(?!\s+seulement)|не\b(?!\s+только)|و?ليست?|而?不是"
    r"|instead\s+of|rather\s+than|plutot\s+que|au\s+lieu\s+(?:de|d')|en\s+(?:lugar|vez)\s+de|вместо|بدلا\s+من)"
)
_BUT: Final = r"(?:\s*[,;:،，、–—-]+\s*(?:(?:but|mais|sino|но|а|بل)\s+|而是)?|\s+(?:but|mais|sino|а|بل)\s+|而是)"
_NEGATED: Final = re.compile(
    rf"^(?P<before>\W*(?:(?:no|non|нет|sorry|i\s+mean|and|et|y|а|и)\W+)*){_TAKEN_BACK}\s*(?:[^\s,;،，、]+\s*){{1,5}}?{_BUT}(?=\w)"
    rf"|(?<=\w)(?:\s*[,;،，]\s*|\s+(?=(?:instead|rather|plut|au|en|вместо|بدلا)))\s*{_TAKEN_BACK}\s+(?:[^\s,;،，、?？؟]+\s*){{1,5}}(?=\W*$)",
    re.IGNORECASE,
)
_SHORT: Final = 10
_COUNT: Final = {
    word: number
    for words in (
        "a two three four five six seven eight nine ten",
        "un deux trois quatre cinq six sept huit neuf dix",
        "un dos tres cuatro cinco seis siete ocho nueve diez",
        "один два три четыре пять шесть семь восемь девять десять",
        "一 两 三 四 五 六 七 八 九 十",
    )
    for number, word in enumerate(words.split(), 1)
} | {"one": 1, "二": 2}
_N: Final = rf"(?P<n>\d{{1,2}}|{'|'.join(sorted(_COUNT, key=len, reverse=True))})"
# "the year before", "two years later", by how many years in which direction.
_EARLIER: Final = (
    rf"the\s+year\s+(?:before|earlier|prior)|(?:the\s+)?(?:previous|preceding|prior)\s+year|{_N}\s+years?\s+(?:before|earlier|prior|previously)",
    rf"(?:l')?annee\s+(?:d'avant|precedente)|{_N}\s+ans?\s+(?:plus\s+tot|avant|auparavant)",
    rf"(?:el\s+)?ano\s+(?:anterior|previo)|{_N}\s+anos?\s+antes",
    rf"предыдущ\w+\s+год\w*|годом\s+(?:раньше|ранее)|(?:на\s+|за\s+)?{_N}\s+(?:года?|лет)\s+(?:раньше|ранее|до\s+этого)|за\s+год\s+до\s+(?:этого|того)",
    r"(?:العام|السنة)\s+(?:السابق\w*|الذي\s+قبله|التي\s+قبلها)|قبل\s+ذلك\s+بعام",
    rf"(?:前|上)一年|{_N}年(?:之|以)?前",
)
_LATER: Final = (
    rf"the\s+year\s+(?:after|later)|(?:the\s+)?(?:following|next|subsequent)\s+year|{_N}\s+years?\s+(?:later|after|afterwards?|on)",
    rf"(?:l')?annee\s+(?:d'apres|suivante)|{_N}\s+ans?\s+(?:plus\s+tard|apres)",
    rf"(?:el\s+)?ano\s+(?:siguiente|posterior)|{_N}\s+anos?\s+(?:despues|mas\s+tarde)",
    rf"следующ\w+\s+год\w*|год\s+спустя|через\s+год|(?:через\s+)?{_N}\s+(?:года?|лет)\s+(?:спустя|позже)|через\s+{_N}\s+(?:года?|лет)".replace(
        "(?P<n>", "(?P<n_ru>", 1
    ),
    r"(?:العام|السنة)\s+(?:التالي\w*|اللاحق\w*)|بعد\s+ذلك\s+بعام|بعد\s+(?:عام|سنة)",
    rf"(?:后一|次|下一|第二)年|{_N}年(?:之|以)?后",
)
_SHIFTS: Final = tuple(
    (sign, re.compile(rf"(?<![^\W\u4e00-\u9fff])(?:{fold_accents(form)})(?![^\W\u4e00-\u9fff])", re.IGNORECASE))
    for sign, forms in ((-1, _EARLIER), (1, _LATER))
    for form in forms
)


# Words of a choice among what was asked back that name nothing: "the first one".
_PLAIN_WORDS: Final = frozenset(
    "the one i mean meant please and of le la les un une celle celui de du el los las uno una y del".split()
)
_ORDER: Final = {
    word: number
    for number, words in enumerate(
        (
            "first 1 1st premier premiere primero primera первый первая первое первую الاول الاولي 第一个 第一",
            "second 2 2nd deuxieme segundo segunda второй вторая второе вторую الثاني الثانيه 第二个 第二",
            "third 3 3rd troisieme tercero tercera третий третья третье третью الثالث الثالثه 第三个 第三",
        )
    )
    for word in words.split()
} | dict.fromkeys("last latter dernier derniere ultimo ultima последний последняя последнюю".split(), -1)
_LONGEST_CHOICE: Final = 5


def chosen_option(question: str, name: str | None, options: Sequence[str], parties: PartyTable) -> str:
    """Returns which of the options asked back a short reply means, else the reply as it is.

    Args:
        question: The reply: "the first", "the Democratic one", "South".
        name: The name that was asked back.
        options: What it may mean, in the order in which they were shown.
        parties: Who can speak.
    """
    said = re.findall(r"[\w']+", fold_accents(question).lower())
    words = [word for word in said if word not in _PLAIN_WORDS]
    if name is None or not options or not words or len(said) > _LONGEST_CHOICE:
        return question
    place = _ORDER.get(words[0]) if len(words) == 1 else None
    if place is not None:
        return options[place] if place < len(options) else question
    fitting = [option for option in options if set(words) <= set(re.findall(r"[\w']+", fold_accents(option).lower()))]
    if len(fitting) == 1:
        return fitting[0]
    whole = f"{' '.join(words)} {name}"
    return whole if len(parties.resolve(whole).codes) == 1 else question


def without_negated(question: str) -> str:
    """Returns a short question without what it takes back: "not Austria, Germany" asks about Germany."""
    if len(question.split()) > _SHORT:
        return question
    found = _NEGATED.search(fold_accents(question))
    if found is None:
        return question
    return f"{question[: found.start()]}{found['before'] or ''}{question[found.end() :]}"


def relative_year(question: str, years: Sequence[str]) -> tuple[str, str] | None:
    """Reads "the year before" and "two years later" from the one year that was asked about before.

    Returns:
        The question without these words, and the year; None where it holds none.
    """
    if len(years) != 1 or len(question.split()) > _SHORT:
        return None
    for sign, pattern in _SHIFTS:
        found = pattern.search(fold_accents(question))
        if found is not None:
            count = next((value.lower() for value in found.groupdict().values() if value), "1")
            year = int(years[0]) + sign * (_COUNT.get(count) or int(count))
            return f"{question[: found.start()]} {question[found.end() :]}", str(year)
    return None
