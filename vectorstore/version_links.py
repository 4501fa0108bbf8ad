"""Families of documents: links between versions of one text, such as a draft, its revision and its translation."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import func, select

from vectorstore.database import Database
from vectorstore.records import Metadata
from vectorstore.rows import put
from vectorstore.schema import BANDS, DOCUMENTS, LINKS, TRAITS

Relation = Literal["near_duplicate", "revision", "correction", "addendum", "translation"]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A relation between two documents of a family."""

    document_id: str
    """Id of the revision, correction or addendum; for other relations, the lesser of the two ids."""
    other_id: str
    """Id of the document that it revises, corrects or adds to; for other relations, the greater id."""
    relation: Relation
    likeness: float | None = None
    """For near-duplicates the share of word sequences that both contain (Jaccard), 0 to 1; for others None."""


@dataclass(frozen=True, kw_only=True)
class Traits:
    """The features of a document that are compared to find its family."""

    paragraphs: int
    """Number of its paragraphs."""
    numbers: tuple[int, ...]
    """The distinct numbers in its text, ascending."""
    bands: tuple[int, ...] = ()
    """Hashes of the bands of its MinHash signature, 64 bits each; empty for a text that is too short."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """Documents linked directly or through others; `members` are their ids, ascending, the first also the family's."""

    family_id: str
    members: tuple[str, ...]
    links: tuple[Link, ...]

    def superseded_by(self, document_id: str) -> str | None:
        """Returns the newest revision of a document, or None if it has no revision."""
        revisions = [link for link in self.links if link.relation == "revision"]
        revised = {link.other_id for link in revisions}
        newer = (link.document_id for link in revisions if link.other_id == document_id)
        return min((identifier for identifier in newer if identifier not in revised), default=None)

    def links_of(self, document_id: str) -> tuple[Link, ...]:
        """Returns the links of one member."""
        return tuple(link for link in self.links if document_id in (link.document_id, link.other_id))


class FamilyTables:
    """The families' tables of the catalogue; deleting a document deletes its rows in them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Family]:
        """Returns the family of every document that has one, by document id."""
        rows = self._database.rows(select(LINKS).order_by(LINKS.c.document_id, LINKS.c.other_id, LINKS.c.relation))
        return connected(Link(document_id=a, other_id=b, relation=c, likeness=d) for a, b, c, d in rows)

    def revised(self) -> dict[str, str]:
        """Returns the newest revision of each document that has one, by its id."""
        rows = self._database.rows(select(LINKS.c.document_id, LINKS.c.other_id).where(LINKS.c.relation == "revision"))
        found = connected(Link(document_id=new, other_id=old, relation="revision") for new, old in rows)
        return {old: new for old, family in found.items() if (new := family.superseded_by(old)) is not None}

    def corrections(self) -> dict[str, tuple[str, ...]]:
        """Returns the corrigenda of each document that has one, by its id."""
        rows = self._database.rows(
            select(LINKS.c.other_id, LINKS.c.document_id).where(LINKS.c.relation == "correction")
        )
        found: dict[str, tuple[str, ...]] = {}
        for other, correction in sorted((str(one), str(two)) for one, two in rows):
            found[other] = (*found.get(other, ()), correction)
        return found

    def unseen(self, scheme: str) -> tuple[str, ...]:
        """Returns the ids of the documents that have not been compared under this scheme yet, ascending."""
        seen = select(TRAITS.c.document_id).where(TRAITS.c.scheme == scheme)
        rows = self._database.rows(
            select(DOCUMENTS.c.document_id)
            .where(DOCUMENTS.c.kind != "treaty", DOCUMENTS.c.document_id.not_in(seen))
            .order_by(DOCUMENTS.c.document_id)
        )
        return tuple(str(row[0]) for row in rows)

    def alike(self, traits: Traits) -> tuple[str, ...]:
        """Returns the ids of documents that share a band with these traits, ascending: possible near-duplicates."""
        shared = select(BANDS.c.document_id).distinct().where(BANDS.c.band.in_(traits.bands))
        return tuple(str(row[0]) for row in self._database.rows(shared.order_by(BANDS.c.document_id)))

    def under_symbol(self, root: str, kind: str) -> tuple[tuple[str, Metadata], ...]:
        """Returns (id, state, symbol, language) of documents whose symbol is `root` or begins with it."""
        symbol, least = func.lower(DOCUMENTS.c.symbol), root.lower()
        rows = self._database.rows(
            select(*(DOCUMENTS.c[name] for name in ("document_id", "state", "symbol", "language")))
            .join(TRAITS)
            # The range ends before "0", the next character after "/" in ASCII.
            .where(DOCUMENTS.c.kind == kind, symbol >= least, symbol < f"{least}0")
            .order_by(DOCUMENTS.c.document_id)
        )
        return tuple((str(a), Metadata(state=b, symbol=c, language=d)) for a, b, c, d in rows)

    def on_occasion(self, metadata: Metadata, kind: str) -> tuple[tuple[str, Traits], ...]:
        """Returns the documents by the same party on the same occasion in another language, with their traits."""
        same = ("body", "session", "date", "agenda_item")
        rows = self._database.rows(
            select(DOCUMENTS.c.document_id, TRAITS.c.paragraphs, TRAITS.c.numbers)
            .join(TRAITS)
            .where(DOCUMENTS.c.kind == kind, DOCUMENTS.c.state == metadata.state)
            .where(DOCUMENTS.c.language != metadata.language)
            .where(*(DOCUMENTS.c[name].is_not_distinct_from(getattr(metadata, name)) for name in same))
            .order_by(DOCUMENTS.c.document_id)
        )
        return tuple((str(a), Traits(paragraphs=b, numbers=c)) for a, b, c in rows)

    def record(self, document_id: str, scheme: str, traits: Traits, links: Sequence[Link]) -> None:
        """Stores the traits and links of a document in one transaction, in place of older ones."""
        with self._database.transaction() as connection:
            connection.execute(BANDS.delete().where(BANDS.c.document_id == document_id))
            old = (LINKS.c.document_id == document_id) | (LINKS.c.other_id == document_id)
            connection.execute(LINKS.delete().where(old))
            key = {"document_id": document_id}
            row = {"scheme": scheme, "paragraphs": traits.paragraphs, "numbers": traits.numbers}
            put(connection, TRAITS, [key | row])
            put(connection, BANDS, [key | {"band": band} for band in dict.fromkeys(traits.bands)])
            put(connection, LINKS, list(map(asdict, links)))


def connected(links: Iterable[Link]) -> dict[str, Family]:
    """Returns the family of every linked document: the connected components of the links."""
    links = tuple(links)
    # All members of a component share one set.
    component: dict[str, set[str]] = {}
    for link in links:
        one, other = (component.get(each, {each}) for each in (link.document_id, link.other_id))
        if one is not other:
            joined = one | other
            component |= dict.fromkeys(joined, joined)
    component_links: dict[int, list[Link]] = {}
    for link in links:
        component_links.setdefault(id(component[link.document_id]), []).append(link)
    families = {
        number: Family(family_id=min(members), members=tuple(sorted(members)), links=tuple(component_links[number]))
        for number, members in {id(members): members for members in component.values()}.items()
    }
    return {identifier: families[id(members)] for identifier, members in component.items()}
