"""How common words are, by the lists of wordfreq, of which a question needs a few words.

wordfreq itself takes a quarter of a second to import and to sort a list into a table; it is asked where a word may have
to be taken apart first. Source: wordfreq, https://doi.org/10.5281/zenodo.7199437.
"""

import gzip
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Final

import regex

# What is one word however it is taken apart.
_ONE_WORD: Final = regex.compile(r"\p{Latin}+|\p{Cyrillic}+|(?:(?!ـ)\p{Arabic})+")


@lru_cache(maxsize=1 << 16)
def commonness(word: str, language: str) -> float:
    """Returns the Zipf frequency of a word in a language: how often in a billion words, as a power of ten.

    In Chinese, whose words cannot be counted without a dictionary to part them, other letters count as English.
    """
    language = "en" if language == "zh" else language
    written = word.lower()
    # Words of a question are mostly in the small list, a tenth of the large one, with the same frequencies.
    for size in ("small", "large"):
        hundredths = _rareness(size, language).get(written)
        if hundredths is not None:
            return round(9 - hundredths / 100, 2)
    if _ONE_WORD.fullmatch(written) and written == unicodedata.normalize("NFKC", word.casefold()):
        return 0.0
    from wordfreq import zipf_frequency

    return zipf_frequency(word, language)


def is_common(word: str, language: str, least: float) -> bool:
    """Returns whether the Zipf frequency of a word as it is written is `least`, which is more than 3, or above.

    Such words are all in the small list, so that the large one need not be read.
    """
    hundredths = _rareness("small", language).get(word.lower())
    return hundredths is not None and 9 - hundredths / 100 >= least


def commonest(language: str, count: int) -> list[str]:
    """Returns the commonest words of a language, in order, 28,000 at most."""
    return list(islice(_rareness("small", language), count))


@cache
def _rareness(size: str, language: str) -> dict[str, int]:
    """Returns by how much rarer each word of a language is than all words, in hundredths of a power of ten."""
    import msgpack

    spec = find_spec("wordfreq")
    (folder,) = (spec and spec.submodule_search_locations) or ("",)
    with gzip.open(Path(folder) / "data" / f"{size}_{language}.msgpack.gz") as file:
        _, *lists = msgpack.load(file, use_list=False)
    rareness: dict[str, int] = {}
    for hundredths, words in enumerate(lists):
        rareness |= dict.fromkeys(words, hundredths)
    return rareness
