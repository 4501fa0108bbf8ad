"""Corrections by hand: which metadata of a document a person set, and what becomes of them when its file changes.

The names of the corrected fields stand at the end of the document's input key: "…!date,session".
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from ingest.metadata.heading import find_heading
from vectorstore.records import Document, Metadata, Statement

_MARK: Final = "!"
# Metadata that one correction of the speaker changes together.
OF_SPEAKER: Final = ("state", "on_behalf_of", "speaker", "held_by")
# Letters in the pieces by which two texts are compared: two speeches on one subject share few of so many.
_LENGTH: Final = 8


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
    names: Sequence[str], held: Document, before: Metadata, read: Document, given: Iterable[str], *, unattributed: bool
) -> tuple[Metadata, tuple[str, ...], tuple[str, ...]]:
    """Carries corrections over to a changed file; returns its metadata, the corrected fields, and notes on the others.

    A correction of `held` is kept where most of its text is in the new one, which says the same (`read`) as the old one
    did (`before`), unless a changed row of the manifest gives the field (`given`). One of the speaker is kept only for
    the same text: under a heading alike, and not if what it holds is `unattributed`, or a record by now.
    """
    given, kept, notes = set(given), list[str](), list[str]()
    metadata, same_kind = read.metadata, held.kind == read.kind
    old, new = (_pieces(document.source_text) for document in (held, read))
    shared = 2 * len(old & new)
    is_alike = shared >= min(len(old), len(new)) and (same_kind or "treaty" not in (held.kind, read.kind))
    same_speaker = shared >= max(len(old), len(new)) and same_kind and not unattributed
    same_speaker = same_speaker and (before.holders != () or heading_letters(held) == heading_letters(read))
    for name in names:
        of_speaker = name in OF_SPEAKER
        together = OF_SPEAKER if of_speaker else (name,)
        by_hand, said, says = (
            tuple(getattr(of, each) for each in together) for of in (held.metadata, before, read.metadata)
        )
        holds = is_alike and (same_speaker or not of_speaker)
        if by_hand == says or (holds and said == says and given.isdisjoint(together)):
            metadata = replace(metadata, **{each: getattr(held.metadata, each) for each in together})
            kept.append(name)
        else:
            value, now = getattr(held.metadata, name), getattr(read.metadata, name)
            notes.append(f"{name} was set to {value!r}, and is now read as {now!r}")
    return metadata, tuple(kept), tuple(notes)


def heading_letters(document: Document) -> str:
    """Returns the letters of a document's heading, where an unknown speaker may be named."""
    heading = find_heading(document.source_text, document.blocks)
    return "".join(filter(str.isalpha, heading.text.casefold()))


def is_state_by_hand(item: Statement) -> bool:
    """Returns whether a person set the State of an intervention, or took it away; a group's is not the one read."""
    of_read_group = item.metadata.on_behalf_of is not None and item.span.state is not None
    return item.is_intervention and item.metadata.state != item.span.state and not of_read_group


def lost_of_interventions(statements: Sequence[Statement]) -> tuple[str, ...]:
    """Returns a note on each intervention of a record whose State a person set, which a changed file loses."""
    given = filter(is_state_by_hand, statements)
    return tuple(f"state of {item.span.named!r} was set to {item.metadata.state!r} by hand" for item in given)


def _pieces(text: str) -> set[str]:
    letters = "".join(filter(str.isalnum, text.casefold()))
    return {letters[at : at + _LENGTH] for at in range(max(1, len(letters) - _LENGTH + 1))}
