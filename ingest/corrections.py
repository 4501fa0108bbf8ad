"""Corrections by hand: which metadata of a document a person set, and what becomes of them when its file changes.

The names of the corrected fields stand at the end of the document's input key: "…!date,session".
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from vectorstore.records import Document, Metadata, Statement

_MARK: Final = "!"
# Metadata that one correction of the speaker changes together.
_OF_SPEAKER: Final = ("state", "on_behalf_of", "speaker", "held_by")


def corrected_fields(input_key: str) -> tuple[str, ...]:
    """Returns the names of the metadata that a person corrected, by a document's input key."""
    return tuple(filter(None, input_key.partition(_MARK)[2].split(",")))


def without_corrections(input_key: str) -> str:
    """Returns an input key without the names of corrected fields."""
    return input_key.partition(_MARK)[0]


def with_corrections(input_key: str, names: Iterable[str]) -> str:
    """Returns an input key that names corrected fields, those that it names already among them."""
    marked = sorted({*corrected_fields(input_key), *names})
    return f"{without_corrections(input_key)}{_MARK}{','.join(marked)}" if marked else input_key


def carry_over(
    names: Sequence[str], held: Document, before: Metadata, read: Metadata, given: Iterable[str]
) -> tuple[Metadata, tuple[str, ...], tuple[str, ...]]:
    """Carries corrections over to a changed file; returns its metadata, the corrected fields, and notes on the others.

    A correction of `held` is kept where the new text says the same (`read`) as the old one did (`before`), and unless a
    changed row of the manifest gives the field (`given`).
    """
    kept: list[str] = []
    notes: list[str] = []
    metadata, given = read, set(given)
    for name in names:
        together = _OF_SPEAKER if name in _OF_SPEAKER else (name,)
        by_hand, said, says = (tuple(getattr(of, each) for each in together) for of in (held.metadata, before, read))
        if by_hand == says or (said == says and given.isdisjoint(together)):
            metadata = replace(metadata, **{each: getattr(held.metadata, each) for each in together})
            kept.append(name)
        else:
            value, now = getattr(held.metadata, name), getattr(read, name)
            notes.append(f"{name} was set to {value!r} by hand, and is now read as {now!r}")
    return metadata, tuple(kept), tuple(notes)


def lost_of_interventions(statements: Sequence[Statement]) -> tuple[str, ...]:
    """Returns a note on each intervention of a record whose State a person set, which a changed file loses."""
    given = (
        item
        for item in statements
        if item.is_intervention and item.metadata.on_behalf_of is None and item.metadata.state != item.span.state
    )
    return tuple(f"state of {item.span.named!r} was set to {item.metadata.state!r} by hand" for item in given)
