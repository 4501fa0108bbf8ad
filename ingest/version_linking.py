"""Links the versions of a text, which are a family: near-duplicates, revisions, translations; found in a store.

A new statement is compared once, with the few that share a band of its MinHash signature, its symbol or its occasion,
so that the cost does not grow with the number of pairs. Of two statements, the one compared later finds the other.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Final, NamedTuple

import numpy as np
import regex

from ingest.language.lexicons import Patterns
from ingest.report import FileResult
from ingest.text.readable import readable
from vectorstore.catalogue import Catalogue
from vectorstore.records import Document, DocumentSummary, Metadata
from vectorstore.version_links import Family, Link, Relation, Traits

NEAR_DUPLICATE: Final = 0.7
"""Jaccard similarity of shingles from which two texts are near-duplicates. Two speeches on one subject have a few
hundredths; a text with one word in ten changed has about 0.55, with one word in twenty 0.75."""
# Words in a shingle, and characters in a shingle of scripts without spaces.
_SHINGLE_WORDS: Final = 3
_SHINGLE_CHARS: Final = 5
# A text with fewer shingles is too short to tell a copy from a common phrase.
_SHINGLES_MIN: Final = 20
# 32 bands of 4 hashes miss 1 in 6,000 pairs at the threshold, and make 1 in 4 pairs with similarity 0.3 candidates.
_BANDS: Final = 32
_ROWS: Final = 4
_COMPARISON_SCHEME: Final = f"2/{version('datasketch')}"

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_NUMBER = re.compile(r"(?<!\d)\d{1,15}(?!\d)")
_SUFFIX = re.compile(r"/(Rev|Corr|Add)\.?\s*(\d+)$", re.IGNORECASE)
# Smaller numbers are not compared between translations: some languages spell them out, and lists are counted by them.
_TELLING_NUMBER: Final = 10
# Least ratio of the numbers of paragraphs of two translations, and least share of numbers that they have in common.
_PARAGRAPHS_SHARED: Final = 0.8
_NUMBERS_SHARED: Final = 0.5
# Characters at the beginning of a text in which it says that it is a corrected version.
_HEAD: Final = 1000
_CORRECTED = Patterns("occasion").corrected
_RELATIONS: Final[Mapping[str, Relation]] = {"rev": "revision", "corr": "correction", "add": "addendum"}


class Symbol(NamedTuple):
    """A parsed document symbol: `A/C.3/L.5/Add.1/Rev.2` is revision 2 of `A/C.3/L.5/Add.1`; its root is `A/C.3/L.5`."""

    whole: str
    root: str
    base: str
    suffix: str
    number: int

    @classmethod
    def of(cls, written: str) -> "Symbol":
        """Parses a symbol; one without suffix is its own base and root."""
        whole = root = "".join(written.split()).upper()
        last = _SUFFIX.search(whole)
        while (found := _SUFFIX.search(root)) is not None:
            root = root[: found.start()]
        if last is None:
            return cls(whole, root, whole, "", 0)
        return cls(whole, root, whole[: last.start()], last[1].lower(), int(last[2]))


def link_families(catalogue: Catalogue) -> None:
    """Links documents that were not compared yet with others of their families; the caller holds the write lock."""
    for identifier in catalogue.families.unseen(_COMPARISON_SCHEME):
        document = catalogue.document(identifier)
        if document is not None:
            text = readable(document.source_text, document.edits)
            sequences = shingles(text)
            numbers = sorted({number for found in _NUMBER.findall(text) if (number := int(found)) >= _TELLING_NUMBER})
            paragraphs = max((block.paragraph or 0 for block in document.blocks), default=0)
            traits = Traits(paragraphs=paragraphs, numbers=tuple(numbers), bands=_bands(sequences))
            links = (
                *_near_duplicates(catalogue, document, sequences, traits),
                *_of_symbol(catalogue, document),
                *_translations(catalogue, document, traits),
            )
            catalogue.families.record(identifier, _COMPARISON_SCHEME, traits, links)


def with_family(
    result: FileResult, families: Mapping[str, Family], summaries: Mapping[str, DocumentSummary]
) -> FileResult:
    """Adds the family of a file's statement to its result, and for a new statement how it is related to the others."""
    family = families.get(result.statement_id or "")
    if family is None or result.statement_id is None:
        return result
    reason = result.reason
    if result.result in ("added", "updated", "replaced"):
        reason = "; ".join(filter(None, (reason, describe(result.statement_id, family, summaries))))
    return replace(result, reason=reason, family=family.family_id)


def describe(document_id: str, family: Family, summaries: Mapping[str, DocumentSummary]) -> str:
    """Returns a line on how a document is related to the others of its family."""
    parts = []
    for link in family.links_of(document_id):
        first = link.document_id == document_id
        other = summaries[link.other_id if first else link.document_id]
        name = repr(other.file)
        if link.relation == "near_duplicate":
            parts.append(f"near-duplicate of {name} ({link.likeness or 0.0:.0%} alike)")
        elif link.relation == "translation":
            parts.append(f"same statement as {name} in {other.metadata.language}")
        elif link.relation == "revision":
            parts.append(f"supersedes {name}" if first else f"superseded by {name}")
        else:
            parts.append(f"{link.relation} to {name}" if first else f"has the {link.relation} {name}")
    return "; ".join(parts)


def shingles(text: str) -> frozenset[str]:
    """Returns the shingles of a text: three words each, or five characters in scripts that write no spaces."""
    words = _WORD.findall(text.casefold())
    characters = "".join(words)
    if 2 * len(_UNSPACED.findall(characters)) > len(characters):
        found = frozenset(characters[i : i + _SHINGLE_CHARS] for i in range(len(characters) - _SHINGLE_CHARS + 1))
    else:
        found = frozenset(" ".join(words[i : i + _SHINGLE_WORDS]) for i in range(len(words) - _SHINGLE_WORDS + 1))
    return found if len(found) >= _SHINGLES_MIN else frozenset()


def _bands(sequences: frozenset[str]) -> tuple[int, ...]:
    """Returns hashes of the bands of a MinHash signature, as signed 64-bit numbers.

    Source: Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3 (locality-sensitive hashing).
    """
    if not sequences:
        return ()
    # Importing datasketch imports scipy.integrate, which would be a third of the product's import time.
    from datasketch import MinHash

    # A fast checksum is sufficient, since the candidates are compared by all their shingles afterwards.
    signature = MinHash(num_perm=_BANDS * _ROWS, seed=1, hashfunc=zlib.crc32)
    signature.update_batch([sequence.encode("utf-8", "surrogatepass") for sequence in sequences])
    rows = np.asarray(signature.hashvalues, dtype=np.uint64).reshape(_BANDS, _ROWS)
    keyed = (bytes([band]) + row.tobytes() for band, row in enumerate(rows))
    return tuple((zlib.crc32(key) << 32 | zlib.crc32(key[::-1])) - (1 << 63) for key in keyed)


def _near_duplicates(
    catalogue: Catalogue, document: Document, sequences: frozenset[str], traits: Traits
) -> Iterator[Link]:
    identifier = document.document_id
    for other in catalogue.families.alike(traits):
        candidate = catalogue.document(other) if other != identifier else None
        if candidate is None:
            continue
        shared = jaccard(sequences, shingles(readable(candidate.source_text, candidate.edits)))
        if shared >= NEAR_DUPLICATE:
            yield _unordered(identifier, other, "near_duplicate", round(shared, 4))
            if _of_one_speech(document.metadata, candidate.metadata) and document.kind == candidate.kind == "statement":
                old, new = sorted((document, candidate), key=_version)
                if _version(old) < _version(new):
                    yield Link(document_id=new.document_id, other_id=old.document_id, relation="revision")


def _of_one_speech(one: Metadata, other: Metadata) -> bool:
    """Returns whether two near-duplicates may be versions of one speech: same party and language, no other meeting."""
    fields = ("body", "session", "agenda_item") if one.session and other.session else ("body", "date", "agenda_item")
    pairs = [(getattr(one, name), getattr(other, name)) for name in fields]
    same = bool(one.holders) and (one.holders, one.language) == (other.holders, other.language)
    return same and all(a == b or None in (a, b) for a, b in pairs)


def _version(document: Document) -> int:
    """Returns the number in a line such as "Rev.2" at a text's head, 1 for "Corrected version", 0 without one."""
    found = map(_CORRECTED.match, document.source_text[:_HEAD].split("\n"))
    return max((int(line["number"] or 1) for line in found if line), default=0)


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Returns the Jaccard similarity of the shingles of two texts, 0 to 1; 0 if a text is too short to have any.

    Source: Broder, On the resemblance and containment of documents (1997).
    """
    return len(one & other) / len(one | other) if one and other else 0.0


def _of_symbol(catalogue: Catalogue, document: Document) -> Iterator[Link]:
    """Links a document with others of the same symbol: revisions, corrections, addenda, and other languages."""
    metadata, identifier = document.metadata, document.document_id
    if metadata.symbol is None:
        return
    own = Symbol.of(metadata.symbol)
    for other_id, other in catalogue.families.under_symbol(own.root, document.kind):
        if other_id == identifier or other.state != metadata.state or other.symbol is None:
            continue
        symbol = Symbol.of(other.symbol)
        if symbol.root != own.root:
            continue
        if None not in (metadata.language, other.language) and metadata.language != other.language:
            if symbol.whole == own.whole:
                yield _unordered(identifier, other_id, "translation")
            continue
        for new_id, new, old_id, old in ((identifier, own, other_id, symbol), (other_id, symbol, identifier, own)):
            if (relation := _relation(new, old)) is not None:
                yield Link(document_id=new_id, other_id=old_id, relation=relation)


def _relation(one: Symbol, other: Symbol) -> Relation | None:
    """Returns the relation of the first symbol to the second; None if there is none, or the first is the older one."""
    if one.suffix and one.base == other.whole:
        return _RELATIONS[one.suffix]
    if one.suffix == other.suffix == "rev" and one.base == other.base and one.number > other.number:
        return "revision"
    # An addendum to a revision is linked to the root document too, since the revision may not be in the store.
    return _RELATIONS[one.suffix] if one.suffix in ("add", "corr") and other.whole == one.root else None


def _translations(catalogue: Catalogue, document: Document, traits: Traits) -> Iterator[Link]:
    metadata = document.metadata
    if metadata.state is None or metadata.language is None or not (metadata.date or metadata.session):
        return
    for other_id, other in catalogue.families.on_occasion(metadata, document.kind):
        if other_id != document.document_id and _built_alike(traits, other):
            yield _unordered(document.document_id, other_id, "translation")


def _built_alike(one: Traits, other: Traits) -> bool:
    few, many = sorted((one.paragraphs, other.paragraphs))
    if many - few > 1 and few < _PARAGRAPHS_SHARED * many:
        return False
    numbers = set(one.numbers) | set(other.numbers)
    return len(numbers) < 2 or len(set(one.numbers) & set(other.numbers)) >= _NUMBERS_SHARED * len(numbers)


def _unordered(one: str, other: str, relation: Relation, alike: float | None = None) -> Link:
    low, high = sorted((one, other))
    return Link(document_id=low, other_id=high, relation=relation, likeness=alike)
