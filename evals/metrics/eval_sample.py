"""The evaluation sample that every metric takes: one case, the answer that it got, and the ground truth beside them.

Ground truth is the corpus as its files have it, what persons ruled on cited spans, and the answers to the same question
in other words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.records import Answer
from evals.cases.case import Case
from evals.cases.documents import Document
from evals.errors import AnswerError, first_fault

# Where a quotation stands: file, start, end.
FileSpan = tuple[str, int, int]
_CONTRACT: TypeAdapter[Answer] = TypeAdapter(Answer)


@dataclass(frozen=True, kw_only=True)
class EvalSample:
    """One answer with all that it is judged by.

    Attributes:
        documents: By file.
        files: The file of each statement, by its id.
        sessions: The session of a year, where that is one.
        original: The answer to the case of which this one is a variant.
        original_lang: The language of that case.
        repeated: The answer that the case got when it was asked first, where this is a later time.
        groups: Codes of groups; States may not be cited as if they were some.
        rulings: What persons decided on spans cited for this case: whether they answer it.
    """

    case: Case
    answer: Answer
    documents: Mapping[str, Document] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    sessions: Mapping[str, str] = field(default_factory=dict)
    original: Answer | None = None
    original_lang: str = "en"
    repeated: Answer | None = None
    rulings: Mapping[FileSpan, bool] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()

    def is_group(self, code: str | None) -> bool:
        """Whether a code is that of a group, by the table of parties and not by what the answer says."""
        return code in self.groups


def read_answer(record: Mapping[str, Any]) -> Answer:
    """Reads the JSON contract; fields that it does not know are left out."""
    try:
        return _CONTRACT.validate_python(record)
    except ValidationError as exc:
        raise AnswerError(f"not an answer of `untoc ask --json`: {first_fault(exc)}") from exc
