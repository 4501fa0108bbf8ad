"""Word frequencies on the Zipf scale, by the lists of wordfreq: the log10 of the occurrences in a billion words.

wordfreq itself takes a quarter of a second to import and to load a list; it is only called where a word may have to be
split first. Sources: wordfreq, https://doi.org/10.5281/zenodo.7199437; van Heuven et al. 2014,
https://doi.org/10.1080/17470218.2013.850521.
"""

import gzip
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Final

import regex

from prompts.wording import LANGUAGES

# Zipf frequency below which a string is not a word of a language.
NO_WORD: Final = 2.0
# Zipf frequency from which a word is too common to name anybody: between words of meetings ("delegation" 3.9,
# "trafficking" 3.9) and names of fictional States ("Atlantis" 3.6, "Utopia" 3.2).
_ORDINARY: Final = 3.7
# Strings that wordfreq keeps as one word.
_ONE_WORD: Final = regex.compile(r"\p{Latin}+|\p{Cyrillic}+|(?:(?!ـ)\p{Arabic})+")


@lru_cache(maxsize=1 << 16)
def commonness(word: str, language: str) -> float:
    """Returns the Zipf frequency of a word in a language; if no list has it as it is written, wordfreq splits it.

    With Chinese, it is looked up as English: Chinese words cannot be counted without a dictionary to split them.
    """
    language = "en" if language == "zh" else language
    written = word.lower()
    # Words of a question are mostly in the small list, a tenth of the large one, with the same frequencies.
    if listed := zipf(word, language, "small") or zipf(word, language):
        return round(listed, 2)
    if _ONE_WORD.fullmatch(written) and written == unicodedata.normalize("NFKC", word.casefold()):
        return 0.0
    from wordfreq import zipf_frequency

    return zipf_frequency(word, language)


def zipf(word: str, language: str = "en", size: str = "large") -> float:
    """Returns the Zipf frequency of a word as it is written; 0 if it is not in the list of that size."""
    hundredths = rareness(size, language).get(word.lower())
    return 0.0 if hundredths is None else 9 - hundredths / 100


def is_ordinary(word: str) -> bool:
    """Returns whether a word is too common in one of the six languages to name anybody."""
    # Words as common as these are all in the small list.
    return any(zipf(word, language, "small") >= _ORDINARY for language in LANGUAGES)


def commonest(language: str, count: int) -> list[str]:
    """Returns the commonest words of a language, in order, 28,000 at most."""
    return list(islice(rareness("small", language), count))


@cache
def rareness(size: str, language: str) -> dict[str, int]:
    """Returns the rarity of each word of a language: -100 times the log10 of its share of all words.

    Many languages have no large list, so that the small one is used, and others have none at all.
    """
    import msgpack

    spec = find_spec("wordfreq")
    (folder,) = (spec and spec.submodule_search_locations) or ("",)
    paths = (Path(folder) / "data" / f"{each}_{language}.msgpack.gz" for each in (size, "small"))
    path = next(filter(Path.exists, paths), None)
    if path is None:
        return {}
    with gzip.open(path) as file:
        _, *lists = msgpack.load(file, use_list=False)
    return {word: hundredths for hundredths, words in enumerate(lists) for word in words}
