"""How the concepts of the glossary hang together: what is part of what, what is near, what is easily confused.

A statement on "unilateral coercive measures" is one on "sanctions", their broader concept; "small arms and light
weapons" are near "firearms" and answer in part; "smuggling of migrants" is not "trafficking in persons".
`data/glossary_relations.csv` holds a relation a row. A concept is called by its preferred English term.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from ingest.glossary.glossary import terms_within
from ingest.language.lexicons import load_table


class RelationRow(NamedTuple):
    """A row of `glossary_relations.csv`: the `relation` of a concept to an `other`.

    `broader`, it is part of the other; `near`, each answers in part what is asked about the other; `not`, they are
    easily confused and are two things.
    """

    concept: str
    relation: str
    other: str


class Thesaurus:
    """The relations of concepts, looked up without computing."""

    def __init__(self, rows: Iterable[RelationRow]) -> None:
        direct: dict[str, dict[str, list[str]]] = {kind: {} for kind in ("broader", "narrower", "near", "not")}
        for concept, relation, other in rows:
            direct[relation].setdefault(concept, []).append(other)
            direct["narrower" if relation == "broader" else relation].setdefault(other, []).append(concept)
        self._narrower = _with_all_beyond(direct["narrower"])
        self._beside = direct

    def concepts_in(self, text: str, language: str) -> tuple[str, ...]:
        """Returns the concepts that a text names, by the longest terms known, in their order and each once."""
        return tuple(dict.fromkeys(term.concept for term in terms_within(text, language)))

    def narrower(self, concept: str) -> tuple[str, ...]:
        """Returns all that is part of a concept, the nearest first: what is said on these is said on it."""
        return self._narrower.get(concept, ())

    def near(self, concept: str) -> tuple[str, ...]:
        """Returns related concepts: what is said on these may answer in part."""
        return tuple(self._beside["near"].get(concept, ()))

    def differs_from(self, concept: str) -> tuple[str, ...]:
        """Returns concepts easily confused with this one: what is said on these is no answer."""
        return tuple(self._beside["not"].get(concept, ()))


@cache
def thesaurus() -> Thesaurus:
    """Returns the packaged thesaurus, read once."""
    return Thesaurus(relation_rows())


def relation_rows() -> tuple[RelationRow, ...]:
    """Returns the rows of `glossary_relations.csv`."""
    return tuple(RelationRow(**row) for row in load_table("glossary_relations"))


def _with_all_beyond(direct: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Returns for every concept those it leads to, directly first, then one step further, and so on."""
    related: dict[str, tuple[str, ...]] = {}
    for concept in direct:
        found: dict[str, None] = {}
        step = [concept]
        while step:
            step = [other for one in step for other in direct.get(one, ()) if other not in found]
            found.update(dict.fromkeys(step))
        related[concept] = tuple(found)
    return related
