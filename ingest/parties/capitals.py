"""Capitals: where the name of a capital stands for its State, and where it is a place or part of a title.

"Vienna said" speaks for Austria, and "the Vienna Convention" names no State. A look-up says which capitals it wants
(`PartyTable.find`): with `all`, "in Vienna" counts as Austria too, with `speaking` only "Vienna said" and "Vienna’s
view is that". In questions `app/question/spans/parties.py` decides, for which "in Vienna" is a place. The capitals are
a column of `ingest/data/states.csv`, and the words around them stand in `ingest/language/data/parties.yaml`.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

from ingest.language.attribution_verbs import attribution
from ingest.language.lexicons import load_words
from ingest.parties.name_tokens import Token, fold_token

Capitals = Literal["all", "speaking", "none"]
"""The capitals that count as their States: all of them, those that speak ("Vienna said", "Vienna’s view is that"),
or none."""

_words = partial(load_words, name="parties")
# Words that make a capital part of a title, in one set for all languages, since a capital is also found by its English
# name in other languages' text: "Doha Declaration", "Treaty of Lisbon".
_TITLES_AFTER: Final = _words("titles_after")
_TITLES_BEFORE: Final = _words("titles_before")
# Words that do so only with a capital letter: "déclaration de Moscou" is what Moscow said.
_TITLES_CAPITALISED_BEFORE: Final = _words("titles_capitalised_before")
# Words that stand between a title and a capital.
_PARTICLES: Final = _words("particles")
# Words that make a title with nothing in between, as in Arabic.
_TITLES_DIRECTLY_BEFORE: Final = frozenset(
    prefix + fold_token(title) for title in _words("titles_ar") for prefix in _words("title_particles_ar")
)


def is_in_title(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Returns whether a capital between these words is only part of a title: "the Vienna Convention"."""
    # A Chinese title is two or three characters, which are a token each.
    if any("".join(t.folded for t in after[:length]) in _TITLES_AFTER for length in (1, 2, 3)):
        return not after[0].gap
    if len(before) > 1 and before[-1].folded in _PARTICLES:
        title = before[-2]
        capitalised = title.folded in _TITLES_CAPITALISED_BEFORE and title.word[0].isupper()
        return title.folded in _TITLES_BEFORE or capitalised
    return bool(before) and before[-1].folded in _TITLES_DIRECTLY_BEFORE


def stands_for_state(text: str, end: int, capitals: Capitals) -> bool:
    """Returns whether the capital that ends at `end` counts as its State, where these capitals do."""
    if capitals == "speaking":
        behind = text[end:]
        return any((attribution().verb.match(behind.lstrip()), attribution().says_by_noun.match(behind)))
    return capitals == "all"
