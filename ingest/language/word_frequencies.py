"""How common words are, by the lists of wordfreq, of which a question needs a few words.

wordfreq itself takes a quarter of a second to import and to sort a list into a table; it is asked where a word may have
to be taken apart first. Source: wordfreq, https://doi.org/10.5281/zenodo.7199437.
"""

import gzip
from bisect import bisect_left
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path


@lru_cache(maxsize=1 << 16)
def commonness(word: str, language: str) -> float:
    """Returns the Zipf frequency of a word in a language: how often in a billion words, as a power of ten.

    In Chinese, whose words cannot be counted without a dictionary to part them, other letters count as English.
    """
    language = "en" if language == "zh" else language
    written = word.lower()
    for hundredths, words in enumerate(_by_frequency(language)):
        at = bisect_left(words, written)
        if at < len(words) and words[at] == written:
            return round(9 - hundredths / 100, 2)
    if word.isascii() and word.isalpha():
        return 0.0
    from wordfreq import zipf_frequency

    return zipf_frequency(word, language)


@cache
def _by_frequency(language: str) -> tuple[tuple[str, ...], ...]:
    """Returns the words of a language by how much rarer they are than all words, in hundredths of a power of ten."""
    import msgpack

    spec = find_spec("wordfreq")
    (folder,) = (spec and spec.submodule_search_locations) or ("",)
    with gzip.open(Path(folder) / "data" / f"large_{language}.msgpack.gz") as file:
        _, *lists = msgpack.load(file, use_list=False)
    return tuple(lists)
