"""Traces: an answer as it is stored, with the evidence and scores behind it and what a model wrote.

`untoc trace ID` shows it; it answers "why was this sentence quoted?" after the fact.
"""

from datetime import UTC, datetime
from typing import Any, Final

from app.answering.compose.composition import Composition
from app.records import Answer
from app.retrieval.retrieved import Retrieved

# The most sentences of evidence per party that a trace lists.
_MAX_LISTED: Final = 30


def trace_of(answer: Answer, retrieved: Retrieved | None, composed: Composition | None) -> dict[str, Any]:
    """Returns the trace: the answer's contract, with a key `record`.

    The record has the time (`at`, UTC) and the sentences found with their scores (`evidence`); if a model was asked,
    the sentences in its prompt (`numbered`), its `reply`, and any `problem`. It contains no settings and no keys.
    """
    by_party = (*retrieved.party_evidence, *retrieved.group_evidence) if retrieved is not None else ()
    record: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "evidence": [
            {
                "party": item.party,
                "sentence_id": evidence.sentence.sentence_id,
                "confidence": round(evidence.relevance.chance, 4),
                "confidence_source": evidence.relevance.source,
            }
            for item in by_party
            for evidence in item.sentences[:_MAX_LISTED]
        ],
    }
    draft = composed.draft if composed is not None else None
    if draft is not None:
        record |= {
            "numbered": {f"S{number}": sentence.sentence_id for number, sentence in draft.evidence.items()},
            "left_out": draft.left_out,
            "reply": draft.reply,
            "problem": draft.problem,
            "detail": draft.detail,
        }
    return {**answer.to_json(), "record": record}
