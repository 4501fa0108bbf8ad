"""The evaluation sample that every metric takes: one case, the answer that it got, and the ground truth beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.records import Answer, Citation
from evals.cases.case import Case
from evals.cases.documents import Document

# Where a quotation stands: file, start, end.
FileSpan = tuple[str, int, int]
# The result of most measures for a case: (count, total); None where the measure does not apply.
Share = tuple[float, float] | None
_CONTRACT: TypeAdapter[Answer] = TypeAdapter(Answer)


@dataclass(frozen=True, kw_only=True)
class EvalSample:
    """One answer with all that it is judged by."""

    case: Case
    answer: Answer
    documents: Mapping[str, Document] = field(default_factory=dict)
    """The documents of the corpus by file; `files` has the file of each statement by the statement's id."""
    files: Mapping[str, str] = field(default_factory=dict)
    sessions: Mapping[str, str] = field(default_factory=dict)
    """The session of each year that has only one."""
    original: Answer | None = None
    """The answer to the case of which this one is a variant."""
    original_lang: str = "en"
    repeated: Answer | None = None
    """The answer that the case got when it was first asked; None if this is that answer."""
    rulings: Mapping[FileSpan, bool] = field(default_factory=dict)
    """What persons decided on spans cited for this case: whether they answer it."""
    groups: frozenset[str] = frozenset()
    """Codes of the groups in the table of parties; no other code, such as a State's, counts as a group in an answer."""

    @property
    def shown(self) -> tuple[Citation, ...]:
        """All quotations shown, those of the answer and those of related passages."""
        return (*self.answer.citations, *self.answer.related)

    @property
    def names_parties(self) -> bool:
        """Whether the expected States are those that the question names."""
        return self.case.type not in ("list_states", "ambiguous")

    def text_of(self, citation: Citation) -> str:
        """Returns the text of the file that a citation names; empty where the corpus has none."""
        document = self.documents.get(citation.file)
        return "" if document is None else document.text

    def words_at(self, citation: Citation) -> str:
        """Returns the words of the file at a citation's offsets; empty where there are none."""
        return self.text_of(citation)[citation.start : citation.end] if citation.start >= 0 else ""

    @property
    def asked_about(self) -> frozenset[str]:
        """The States and groups that the question names; empty where it names none, or asks which."""
        return frozenset(self.case.expect.states if self.names_parties else ())

    def spoke_for(self, wanted: Iterable[str]) -> set[str]:
        """Returns the groups that, by the answer, spoke for some of the `wanted` States and for nobody else."""
        spoken = self.answer.spoken_for.items()
        return {group for group, members in spoken if members and set(members) <= {*wanted} and group in self.groups}


def share(flags: Iterable[bool | None]) -> Share:
    """Returns (how many are true, how many are known); None where nothing is known."""
    known = [flag for flag in flags if flag is not None]
    return (float(sum(known)), float(len(known))) if known else None


def read_answer(record: Mapping[str, Any] | None) -> Answer | None:
    """Reads an answer from its JSON record, unknown fields left out; None if the record is not valid."""
    try:
        return None if record is None else _CONTRACT.validate_python(record)
    except ValidationError:
        return None
