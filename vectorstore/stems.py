"""Words as a search compares them, in the six languages of the United Nations: folded, and reduced to their stems.

It knows no names and no topics. Languages are ISO 639-1 codes; the script of a word tells Russian, Arabic and
Chinese without being told.
"""

import unicodedata
from functools import cache, lru_cache
from typing import Any, Final

import regex
import snowballstemmer

_ALGORITHMS: Final = {"en": "english", "fr": "french", "es": "spanish"}
_WORD: Final = regex.compile(r"\p{Han}|(?:(?!\p{Han})[\p{L}\p{M}\p{N}])+")
_SCRIPT: Final = regex.compile(r"(?P<ru>\p{Cyrillic})|(?P<ar>\p{Arabic})|(?P<zh>\p{Han})")
# The breve of й makes another letter; all other marks are accents.
_MARK: Final = regex.compile(r"\p{Mn}(?<!и\u0306)")
_LETTERS: Final = str.maketrans({"ё": "е", "œ": "oe", "æ": "ae", "ة": "ه", "ى": "ي", "ٱ": "ا", "ـ": None, "’": "'"})
# "organised" and "organized", "utilisation" and "utilization" are one word.
_BRITISH: Final = regex.compile(r"(?<=\w{3})is(?=(?:e|ed|er|es|ing|ation|ations)$)")

# Words that hold a sentence together; a letter alone is one as well (`l'`, `d'`, `'s`).
_FUNCTION_WORDS: Final[dict[str, str]] = {
    "en": """a about above after again against all also am an and any are as at be because been before being below
    between both but by can could did do does doing down during each for from has had have having he her
    here hers him his how i if in into is it its just me my of off on once only or other our out over own
    same she should so some such than that the their them then there these they this those through to too
    under until up upon very was we were what when where which while who whom whose why will with within
    would you your toward towards among must shall regarding concerning via per""",
    "fr": """le la les un une des du de et en sur pour par dans au aux que qui est sont ce cet cette ces se ou où à
    avec sous entre vers chez son sa ses leur leurs notre nos votre vos il elle ils elles on nous vous lui
    y dont quel quelle quels quelles comme plus moins très ainsi contre lors afin qu été a ont avoir même
    doit doivent devrait devraient peut peuvent tout toute tous toutes aussi concernant""",
    "es": """el la los las lo un una unos unas del de y e en o u por para con sobre entre que es son se al su sus a
    ante bajo desde hasta hacia según este esta estos estas ese esa esos esas como más menos muy ya si qué
    cuál cuáles quien quién nuestro nuestra contra fue ser ha han le les nos también cada todo toda todos
    todas debe deben debería deberían puede pueden""",
    "ru": """в во на с со о об обо по для что как к ко из за от это этот эта эти и а но или у до при под над про
    между через против также их его ее свой своего свои которые который которая которого ли же бы то все
    всех быть был была были есть мы он она они нас вас том том числе области сфере должен должна должны
    должно может могут""",
    "ar": """في من على عن إلى الى التي الذي الذين هذا هذه ذلك تلك و أن ان إن ما أو او ثم كما مع بين بعد قبل خلال عند
    كل أي هو هي هم كان كانت قد لدى ضد نحو حول بشأن إزاء فيما بما ذات ذوي به بها له لها فيها منها يجب ينبغي
    يمكن""",
    "zh": """的 了 和 与 及 在 对 之 等 是 中 上 为 以 向 从 将 所 其 该 个 于 或 并 且 也 就 把 被 让 给 吗 呢 着 过 地
    得""",
}
# Words of a topic that say nothing of it by themselves, but may within a term: "non-State actors", "no intervención".
_FILLERS: Final[dict[str, str]] = {
    "en": "issue matter question problem subject topic regard way use using role need importance state country world"
    " area aspect context article particular no not nor without",
    "fr": "problème sujet matière thème question État pays monde rôle domaine article aspect cas cadre égard vue"
    " particulier être ne pas ni sans",
    "es": "problema asunto tema materia cuestión Estado país mundo papel ámbito artículo aspecto caso marco respecto"
    " particular no sin ni",
    "ar": "مسألة مسائل قضية قضايا موضوع مشكلة دور مجال مادة جانب جوانب دولة دول بلد بلدان عالم سياق إطار شأن"
    " لا لم لن عبر",
    "ru": "вопрос проблема тема роль область статья аспект государство страна мир дело случай контекст отношение рамки"
    " особенность частность не ни без",
    "zh": "各国 问题 事项 议题 主题 作用 领域 条款 国家 情况 方面 事务 重要性 以及 关于 对于 有关 针对 如何 什么 哪些"
    " 之间 当中 特别是 尤其 尤其是",
}

_FEMININE: Final = regex.compile(r"(?<=i|ng|ul|ch)[eè]res?$")

# Cases of nouns and adjectives only: the stemmer of snowball takes защите for a verb and makes it another word than
# защита, and topics are nouns.
_RUSSIAN_CASE: Final = regex.compile(
    r"(?<=...)(?:[иья]?(?:ями|ях|ям|ей|ем)|ами|ах|ам|ыми|ими|[оеыи]го|[оеыи]му|[иы][хмей]|ая|яя|ую|юю|ое|ее|ые|ою|[ое][вмй]"
    r"|[иь]?[аеоиуыьюя]|й|)(?:ся)?$"
)

# Light10 of Larkey et al., with the pronouns that UN texts use and the ة that opens before them; the stemmer of
# snowball makes التعاون and تعاون two words.
_ARTICLE: Final = regex.compile(r"^[وف]?(?:[بك]?ال|لل)(?=...)")
_PROCLITIC: Final = regex.compile(r"^(?:[وف]|[بكل]|ال)(?=...)")
_ENDINGS: Final = (
    regex.compile(r"(?<=...)(?:اتها|اتهم|اته|اتنا|تها|تهم|تنا|ها|هم|هما|ات|ان|ون|ين|يه|ته|ه|ي)$"),
    regex.compile(r"(?<=...)(?:ات|ان|ون|ين|يه|ه|ي)$"),
)


def words_of(text: str) -> list[str]:
    """Returns the words and numbers of a text in order, as written; a Chinese character is a word of its own."""
    return _WORD.findall(text)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Folds case, accents, Arabic spelling variants and compatibility forms; keeps the letter й."""
    return without_accents(text.casefold()).translate(_LETTERS)


def without_accents(text: str) -> str:
    """Removes accents, and puts plain letters in place of compatibility forms; keeps the letter й."""
    return unicodedata.normalize("NFC", _MARK.sub("", unicodedata.normalize("NFKD", text)))


def language_of(word: str, otherwise: str) -> str:
    """Returns the language that a word's script tells, or the one given for Latin script."""
    found = _SCRIPT.search(word)
    if found is not None and found.lastgroup is not None:
        return found.lastgroup
    return otherwise if otherwise in ("en", "fr", "es") else "en"


@cache
def function_words(language: str) -> frozenset[str]:
    """Returns the folded words of a language that carry no topic."""
    return frozenset(fold(word) for word in _FUNCTION_WORDS.get(language, "").split())


def is_function_word(word: str, language: str) -> bool:
    """Tells whether a word carries no topic: a function word, or one letter of an alphabet."""
    language, folded = language_of(word, language), fold(word)
    letter = len(folded) == 1 and folded.isalpha() and language != "zh"
    return letter or folded in function_words(language)


@cache
def filler_words(language: str) -> tuple[str, ...]:
    """Returns the words of a language that topics are put in without being told by them: "the issue of …"."""
    return tuple(_FILLERS.get(language, "").split())


@lru_cache(maxsize=65536)
def is_filler(word: str, language: str) -> bool:
    """Tells whether a word, in any of its forms, is one of `filler_words`."""
    language = language_of(word, language)
    return stem(word, language) in {stem(filler, language) for filler in filler_words(language)}


@lru_cache(maxsize=65536)
def stem(word: str, language: str) -> str:
    """Returns the folded stem of a word; `language` counts for Latin script only.

    Source: Porter, Snowball (2001); for Arabic, Larkey, Ballesteros and Connell, Light Stemming for Arabic
    Information Retrieval (2007); for Russian after Dolamic and Savoy, Indexing and Searching Strategies for the
    Russian Language (2009).
    """
    language = language_of(word, language)
    if language == "ar":
        return _without_endings(_ARTICLE.sub("", fold(word)))
    if language == "ru":
        return _RUSSIAN_CASE.sub("", fold(word))
    if language not in _ALGORITHMS:
        return fold(word)
    lower = word.casefold()
    return fold(_stemmer(language).stemWord(_BRITISH.sub("iz", lower) if language == "en" else lower))


@lru_cache(maxsize=65536)
def stems(word: str, language: str) -> tuple[str, ...]:
    """Returns the stems that a word may have, the likeliest first: `stem`, and those of other readings.

    French and Spanish words may be typed without accents; the first letters of an Arabic word may be particles
    or its own.
    """
    language = language_of(word, language)
    found = {stem(word, language): None}
    if language in ("fr", "es"):
        found[stem(fold(word), language)] = None
        # étrangères, étranger
        found[stem(_FEMININE.sub("er", word), language)] = None
    elif language == "ar":
        readings = [fold(word)]
        for reading in readings:
            found[_without_endings(reading)] = None
            if particle := _PROCLITIC.match(reading):
                readings.append(reading[particle.end() :])
                if reading.startswith("لل"):
                    readings.append(reading[2:])
    return tuple(found)


def _without_endings(word: str) -> str:
    for endings in _ENDINGS:
        word = endings.sub("", word)
    return word


@cache
def _stemmer(language: str) -> Any:  # noqa: ANN401 - the library has no types
    return snowballstemmer.stemmer(_ALGORITHMS[language])
