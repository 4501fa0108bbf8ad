"""Conditions met: of a list with several conditions, only parties that meet all of them answer.

"Which States support fees but oppose tolls?" is searched for each by itself; whoever supports fees and is not found to
oppose tolls is named in a note. What must not be met is taken to be met by whoever may speak of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.question.resolution import Condition
from app.records import Note
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.retrieved import Retrieved

# Notes on who was not listed on one condition, which say nothing of the others.
_OF_ONE_CONDITION: Final = frozenset({"no_direction", "earlier_direction", "other_direction", "direction_not_found"})


def meeting_all(found: Sequence[Retrieved], conditions: Sequence[Condition]) -> tuple[Retrieved, ...]:
    """Returns what was found on each condition that is to be met, of which only parties that meet all answer."""
    pairs = list(zip(found, conditions, strict=True))
    excluded = {each.party for on, asked in pairs if asked.is_denied for each in on.party_evidence if _may_meet(each)}
    answering = [_answering(on) for on, asked in pairs if not asked.is_denied]
    meeting = set[str].intersection(*answering) - excluded
    kept = [(on, asked) for on, asked in pairs if not asked.is_denied]
    return tuple(
        replace(
            on,
            party_evidence=tuple(
                replace(each, other_direction=each.other_direction or (each.answers and each.party not in meeting))
                for each in on.party_evidence
            ),
            notes=tuple(_notes(on, asked.subject, met - meeting)),
        )
        for (on, asked), met in zip(kept, answering, strict=True)
    )


def _answering(found: Retrieved) -> set[str]:
    return {each.party for each in found.party_evidence if each.answers}


def _may_meet(evidence: PartyEvidence) -> bool:
    return evidence.answers or evidence.may_answer or (evidence.silence_unproven and bool(evidence.statements))


def _notes(found: Retrieved, subject: str, only: set[str]) -> Iterator[Note]:
    """Yields the notes on one condition, and one on the parties that meet it alone."""
    yield from (note for note in found.notes if note.kind not in _OF_ONE_CONDITION)
    parties = [each.party for each in found.party_evidence if each.party in only]
    if parties:
        yield Note(kind="one_condition", values={"topic": subject, "parties": tuple(dict.fromkeys(parties))})
