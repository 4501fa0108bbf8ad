"""Normalisation of words for search in the six languages of the United Nations: folding, stemming, function words.

"organised" and "organized" have one stem, and so have защите and защита. Languages are ISO 639-1 codes; for Russian,
Arabic and Chinese the script of a word decides.
"""

import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from threading import Lock
from typing import Final

import regex
import Stemmer
import yaml

_ALGORITHMS: Final = {"en": "english", "fr": "french", "es": "spanish"}
# A stemmer of snowball keeps the word that it works on: two threads at once get each other's letters.
_STEMMING: Final = Lock()
_WORD: Final = regex.compile(r"\p{Han}|[[\p{L}\p{M}\p{N}]--\p{Han}]+", regex.V1)
_SCRIPT: Final = regex.compile(r"(?P<ru>\p{Cyrillic})|(?P<ar>\p{Arabic})|(?P<zh>\p{Han})")
# The breve of й makes another letter; all other marks are accents.
_MARK: Final = regex.compile(r"\p{Mn}(?<!и\u0306)")
_LETTERS: Final = str.maketrans({"ё": "е", "œ": "oe", "æ": "ae", "ة": "ه", "ى": "ي", "ٱ": "ا", "ـ": None, "’": "'"})
# "organised" and "organized", "utilisation" and "utilization" are one word.
_BRITISH: Final = regex.compile(r"(?<=\w{3})is(?=(?:e|ed|er|es|ing|ation|ations)$)")

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
# The ending of an accusative: طفلا is طفل.
_ACCUSATIVE: Final = regex.compile(r"(?<=...)ا$")
_VERB: Final = regex.compile(r"^[يتنا](?=...)|(?<=...)(?:ت|وا|نا|تم)$")
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
    return text.lower() if text.isascii() else without_accents(text.casefold()).translate(_LETTERS)


def without_accents(text: str) -> str:
    """Removes accents, and puts plain letters in place of compatibility forms; keeps the letter й."""
    return unicodedata.normalize("NFC", _MARK.sub("", unicodedata.normalize("NFKD", text)))


def language_of(word: str, otherwise: str) -> str:
    """Returns the language of a word by its script; the one given for Latin script."""
    found = None if word.isascii() else _SCRIPT.search(word)
    if found is not None and found.lastgroup is not None:
        return found.lastgroup
    return otherwise if otherwise in ("en", "fr", "es") else "en"


@cache
def _topic_words(kind: str) -> dict[str, str]:
    """Returns the words of a kind by language, between white space."""
    text = (files("vectorstore") / "data" / "topic_words.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.CSafeLoader)[kind])


@cache
def function_words(language: str) -> frozenset[str]:
    """Returns the folded words of a language that carry no topic."""
    return frozenset(fold(word) for word in _topic_words("function_words").get(language, "").split())


@lru_cache(maxsize=65536)
def is_function_word(word: str, language: str) -> bool:
    """Returns whether a word carries no topic: a function word, or one letter of an alphabet."""
    language, folded = language_of(word, language), fold(word)
    letter = len(folded) == 1 and folded.isalpha() and language != "zh"
    return letter or folded in function_words(language)


@cache
def filler_words(language: str) -> tuple[str, ...]:
    """Returns the filler words of topics in a language: "the issue of …"."""
    return tuple(_topic_words("fillers").get(language, "").split())


@lru_cache(maxsize=65536)
def is_filler(word: str, language: str) -> bool:
    """Returns whether a word, in any of its forms, is one of `filler_words` or denies: "not", "without"."""
    language = language_of(word, language)
    return stem(word, language) in _fillers_and_denials(language)


@cache
def denials(language: str) -> tuple[str, ...]:
    """Returns the words of a language that deny: no topic, but not left out of a translation."""
    return tuple(_topic_words("denials").get(language, "").split())


@cache
def _fillers_and_denials(language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in (*filler_words(language), *denials(language)))


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
    return fold(stemmer(_ALGORITHMS[language])(_BRITISH.sub("iz", lower) if language == "en" else lower))


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
            found |= dict.fromkeys((_without_endings(reading), _without_endings(_ACCUSATIVE.sub("", reading))))
            if particle := _PROCLITIC.match(reading):
                readings.append(reading[particle.end() :])
                if reading.startswith("لل"):
                    readings.append(reading[2:])
    return tuple(found)


def verb_stems(word: str, language: str) -> tuple[str, ...]:
    """Returns the stems of a Russian or Arabic word if it is a verb: проверяется, проверять; ترفض, رفضت of رفض."""
    if (language := language_of(word, language)) == "ru":
        return (fold(stemmer("russian")(word.casefold())),)
    if language == "ar":
        return tuple(
            {_without_endings(_VERB.sub("", each)): None for each in (fold(word), _PROCLITIC.sub("", fold(word)))}
        )
    return ()


def _without_endings(word: str) -> str:
    for endings in _ENDINGS:
        word = endings.sub("", word)
    return word


@cache
def stemmer(algorithm: str) -> Callable[[str], str]:
    """Returns a stemmer of snowball by its name, such as "russian", that threads may share."""
    stem_word: Callable[[str], str] = Stemmer.Stemmer(algorithm).stemWord

    def one_at_a_time(word: str) -> str:
        with _STEMMING:
            return stem_word(word)

    return one_at_a_time
