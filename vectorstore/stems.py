"""Normalisation of words for search in the six languages of the United Nations: folding, stemming, function words.

"organised" and "organized" have one stem, and so have защите and защита. Languages are ISO 639-1 codes; for Russian,
Arabic and Chinese the script of a word decides.
"""

import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from threading import Lock
from typing import Final, Literal

import regex
import Stemmer
import yaml

_ALGORITHMS: Final = {"en": "english", "fr": "french", "es": "spanish"}
# A Snowball stemmer keeps the current word as state, so that two threads at once would mix up their letters.
_STEMMING: Final = Lock()
_WORD: Final = regex.compile(r"\p{Han}|[[\p{L}\p{M}\p{N}]--\p{Han}]+", regex.V1)
_SCRIPT: Final = regex.compile(r"(?P<ru>\p{Cyrillic})|(?P<ar>\p{Arabic})|(?P<zh>\p{Han})")
# Accents to remove: all marks but the breve of й, which is a letter of its own.
_MARK: Final = regex.compile(r"\p{Mn}(?<!и\u0306)")
_LETTERS: Final = str.maketrans({"ё": "е", "œ": "oe", "æ": "ae", "ة": "ه", "ى": "ي", "ٱ": "ا", "ـ": None, "’": "'"})
# "organised" and "organized", "utilisation" and "utilization" are one word.
_BRITISH: Final = regex.compile(r"(?<=\w{3})is(?=(?:e|ed|er|es|ing|ation|ations)$)")

_FEMININE: Final = regex.compile(r"(?<=i|ng|ul|ch)[eè]res?$")

# Case endings of nouns and adjectives only, since topics are nouns: Snowball's Russian stemmer takes защите for a verb
# and gives it another stem than защита.
_RUSSIAN_CASE: Final = regex.compile(
    r"(?<=...)(?:[иья]?(?:ями|ях|ям|ей|ем)|ами|ах|ам|ыми|ими|[оеыи]го|[оеыи]му|[иы][хмей]|ая|яя|ую|юю|ое|ее|ые|ою|[ое][вмй]"
    r"|[иь]?[аеоиуыьюя]|й|)(?:ся)?$"
)

# The light10 stemmer of Larkey et al., extended by the pronouns that UN texts use and by the ة that becomes ت before
# them; Snowball's Arabic stemmer gives التعاون and تعاون different stems.
_ARTICLE: Final = regex.compile(r"^[وف]?(?:[بك]?ال|لل)(?=...)")
_PROCLITIC: Final = regex.compile(r"^(?:[وف]|[بكل]|ال)(?=...)")
# The accusative ending: طفلا is a form of طفل.
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
    """Returns a word's language by its script; for Latin script `otherwise` if it is en, fr or es, else en."""
    found = None if word.isascii() else _SCRIPT.search(word)
    if found is not None and found.lastgroup is not None:
        return found.lastgroup
    return otherwise if otherwise in ("en", "fr", "es") else "en"


@cache
def _topic_words() -> dict[str, dict[str, str]]:
    text = (files("vectorstore") / "data" / "topic_words.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.CSafeLoader))


@cache
def words_without_topic(kind: Literal["function_words", "fillers", "denials"], language: str) -> tuple[str, ...]:
    """Returns words of a language that carry no topic.

    Fillers introduce a topic, as in "the issue of …"; denials ("not", "without") are not left out of a translation.
    """
    return tuple(_topic_words()[kind].get(language, "").split())


@cache
def function_words(language: str) -> frozenset[str]:
    """Returns the folded function words of a language."""
    return frozenset(map(fold, words_without_topic("function_words", language)))


@lru_cache(maxsize=65536)
def is_function_word(word: str, language: str) -> bool:
    """Returns whether a word carries no topic: a function word, or one letter of an alphabet."""
    language, folded = language_of(word, language), fold(word)
    letter = len(folded) == 1 and folded.isalpha() and language != "zh"
    return letter or folded in function_words(language)


@lru_cache(maxsize=65536)
def is_filler(word: str, language: str) -> bool:
    """Returns whether a word, in any inflection, is a filler or a denial."""
    language = language_of(word, language)
    return stem(word, language) in _fillers_and_denials(language)


@cache
def _fillers_and_denials(language: str) -> frozenset[str]:
    words = chain(words_without_topic("fillers", language), words_without_topic("denials", language))
    return frozenset(stem(word, language) for word in words)


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
    """Returns the possible stems of a word, the likeliest first: that of `stem`, then those of other readings.

    French and Spanish words may be typed without accents; the first letters of an Arabic word may be particles
    or belong to the word.
    """
    language = language_of(word, language)
    found = {stem(word, language): None}
    if language in ("fr", "es"):
        found[stem(fold(word), language)] = None
        # Reads a feminine as its masculine: étrangères as étranger.
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
    """Returns the stems of a Russian or Arabic word read as a verb: проверяется, проверять; ترفض, رفضت from رفض."""
    if (language := language_of(word, language)) == "ru":
        return (fold(stemmer("russian")(word.casefold())),)
    if language == "ar":
        return tuple(
            {_without_endings(_VERB.sub("", form)): None for form in (fold(word), _PROCLITIC.sub("", fold(word)))}
        )
    return ()


def _without_endings(word: str) -> str:
    for endings in _ENDINGS:
        word = endings.sub("", word)
    return word


@cache
def stemmer(algorithm: str) -> Callable[[str], str]:
    """Returns the Snowball stemmer of a name, such as "russian", in a form that threads may share."""
    stem_word: Callable[[str], str] = Stemmer.Stemmer(algorithm).stemWord

    def one_at_a_time(word: str) -> str:
        with _STEMMING:
            return stem_word(word)

    return one_at_a_time
