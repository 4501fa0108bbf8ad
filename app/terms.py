"""Words of a topic as a search compares them: stemmed, without function words."""

from functools import cache
from itertools import pairwise
from typing import Any, Final

import regex
import snowballstemmer

_ALGORITHMS: Final = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian", "ar": "arabic"}
_WORD: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}][\p{L}\p{M}\p{N}’'-]*|\p{N}+")
_STOP: Final = frozenset(
    """a about above after again against all also am an and any are as at be because been before being below between
    both but by can could did do does doing down during each few for from further had has have having he her here
    hers him his how i if in into is it its just me more most my no nor not of off on once only or other our out
    over own same she should so some such than that the their them then there these they this those through to too
    under until up upon very was we were what when where which while who whom why will with would you your issue
    issues question questions matter matters problem problems subject topic regard way ways use using role
    importance need needs state states country countries world le la les l un une des du de d et en sur pour par
    dans au aux que qui est sont ce cette ces se ne pas el los las una unos unas del y en por para con que es son se
    no al lo su sus и в во на с со о об по для не что как к из за от это في من على عن إلى التي الذي هذا هذه و
    أن ما""".split()
)


@cache
def _stemmer(language: str) -> Any:  # noqa: ANN401 - the library has no types
    return snowballstemmer.stemmer(_ALGORITHMS[language])


def key_phrases(text: str) -> tuple[str, ...]:
    """Returns the pairs of adjacent content words of a topic, or its one content word where it has no pair."""
    words = [word.lower() for word in _WORD.findall(text)]
    pairs = [f"{a} {b}" for a, b in pairwise(words) if a not in _STOP and b not in _STOP]
    alone = [word for word in words if word not in _STOP and len(word) > 2]
    return tuple(dict.fromkeys(pairs or alone))


def content_terms(text: str, language: str) -> frozenset[str]:
    """Returns the stems of a text's content words; Chinese characters count one by one."""
    words = {word.lower().removesuffix("’s").removesuffix("'s") for word in _WORD.findall(text)} - _STOP
    if language not in _ALGORITHMS:
        return frozenset(words)
    return frozenset(_stemmer(language).stemWords(sorted(words)))
