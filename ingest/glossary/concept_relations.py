"""How concepts of the glossary are related: broader, near, easily confused. Synonyms of each are in `glossary.py`.

A statement on "unilateral coercive measures" is one on "sanctions", their broader concept; "small arms and light
weapons" are near "firearms" and answer in part; "smuggling of migrants" is not "trafficking in persons".
`data/glossary_relations.csv` holds one relation per row, of concepts by their preferred English terms. Queries are
expanded with both by `app/retrieval/topic/topic.py` (`lexical_expansions`).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from ingest.glossary.glossary import terms_within
from ingest.language.lexicons import load_table


class RelationRow(NamedTuple):
    """A row of `glossary_relations.csv`: the `relation` of a concept to an `other`.

    `broader`: the other includes it; `near`: statements on either answer questions on the other in part; `not`: the two
    are easily confused, and different.
    """

    concept: str
    relation: str
    other: str


def concepts_in(text: str, language: str) -> tuple[str, ...]:
    """Returns the concepts that a text names, by the longest known terms, in order and each once."""
    return tuple(dict.fromkeys(term.concept for term in terms_within(text, language)))


@cache
def narrower(concept: str) -> tuple[str, ...]:
    """Returns all concepts that a concept includes, the nearest first: a statement on these is a statement on it."""
    found: dict[str, None] = {}
    step = [concept]
    while step:
        step = [other for one in step for other in _related("narrower").get(one, ()) if other not in found]
        found.update(dict.fromkeys(step))
    return tuple(found)


def near(concept: str) -> tuple[str, ...]:
    """Returns related concepts: statements on these may answer in part."""
    return tuple(_related("near").get(concept, ()))


def differs_from(concept: str) -> tuple[str, ...]:
    """Returns concepts easily confused with this one: statements on these are no answer."""
    return tuple(_related("not").get(concept, ()))


@cache
def relation_rows() -> tuple[RelationRow, ...]:
    """Returns the rows of `glossary_relations.csv`."""
    return tuple(RelationRow(**row) for row in load_table("glossary_relations"))


@cache
def _related(relation: str) -> Mapping[str, Sequence[str]]:
    """Returns for each concept the concepts that it has a relation to; `narrower` is the inverse of `broader`."""
    related: dict[str, list[str]] = {}
    for row in relation_rows():
        if row.relation == relation:
            related.setdefault(row.concept, []).append(row.other)
        if row.relation == ("broader" if relation == "narrower" else relation):
            related.setdefault(row.other, []).append(row.concept)
    return related
