"""Golden cases: questions with their evidence as spans of files, never as passage ids.

The format is YAML that people write by hand; `evals/datasets/schema.json` lets editors check it while they do.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, field_validator, model_validator

from app.records import AbstentionReason, AnswerType, Status
from evals.errors import DatasetError, RunError
from evals.files import FileRecord, read_records, read_yaml

SCHEMA_VERSION = 1
CaseType = Literal[
    "single_state", "multi_state", "compare", "list_states", "temporal", "follow_up", "partial", "ambiguous",
    "unanswerable",
]  # fmt: skip
UnanswerableKind = Literal[
    "near_miss_state", "near_miss_article", "near_miss_session", "near_miss_topic", "no_statement",
    "no_state_speaks_of_it", "false_premise", "out_of_scope", "nonexistent", "underspecified", "future", "help",
    "not_in_corpus",
]  # fmt: skip
Source = Literal["human", "template", "model", "chat", "given"]
_Text = Annotated[str, Field(min_length=1)]


class Evidence(FileRecord):
    """One span of a file that answers, by its words, by its offsets, or by both."""

    id: _Text
    file: _Text
    """Path below the corpus folder, as the manifest names it."""
    state: str | None = None
    """Who holds the position: an ISO 3166 alpha-3 code, or a group's."""
    start: int = Field(default=-1, ge=-1)
    """Offset of the first character in the file's text; left out, `quote` is looked for."""
    end: int = Field(default=-1, ge=-1)
    """Offset after the last character."""
    sha256: str | None = None
    """Hash of the span, for texts that may not be published."""
    quote: str | None = None
    """The span's exact words; white space and line-end hyphens may differ where no offsets are given."""
    lang: str | None = None

    @model_validator(mode="after")
    def _findable(self) -> "Evidence":
        if not self.located and not self.quote:
            raise ValueError(f"evidence {self.id!r} needs `quote`, or `start` and `end` with `start` < `end`")
        return self

    @property
    def located(self) -> bool:
        """Whether the offsets of the span are known."""
        return 0 <= self.start < self.end


class Nugget(FileRecord):
    """One checkable fact that a good answer holds."""

    id: _Text
    text: _Text
    importance: Literal["vital", "okay"] = "vital"
    evidence: tuple[str, ...] = ()
    """Ids of spans of which any shows the fact; a citation that meets one supports the nugget."""
    any_of: tuple[str, ...] = ()
    """Regular expressions; one that is found in a claim's text supports the nugget weakly, without evidence."""

    @field_validator("any_of")
    @classmethod
    def _compiled(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except (re.error, OverflowError, RecursionError) as exc:
                raise ValueError(f"{pattern!r} is no regular expression: {exc}") from exc
        return patterns


class Expectation(FileRecord):
    """The right outcome."""

    status: Status
    states: tuple[str, ...] = ()
    """Codes of those asked about; for a question after States, the complete set that answers."""
    states_forbidden: tuple[str, ...] = ()
    """Codes that must not be cited."""
    years: tuple[str | int, ...] = ()
    reason: AbstentionReason | None = None
    missing: AnswerType | None = None


class CaseReview(FileRecord):
    """Who has looked at a case."""

    status: Literal["reviewed", "unreviewed", "draft", "rejected"] = "draft"
    """`reviewed`: by a person. `unreviewed`: no person has read it, such as a language model's; it gates. A
    draft never does."""
    source: Source = "human"
    by: tuple[str, ...] = ()
    """The persons who reviewed it."""
    on: date | None = None


class Case(FileRecord):
    """One question with its right outcome."""

    id: _Text
    """Stable, and never used again for another question."""
    question: _Text
    history: tuple[str, ...] = ()
    """Earlier questions of the conversation, oldest first."""
    type: CaseType
    lang: str = "en"
    """ISO 639-1 code of the question."""
    split: str = "dev"
    """`smoke`, `dev`, `holdout`: whether code may be tuned on it."""
    answerable: bool
    """Whether the corpus holds all that is asked; left out, it follows from `expect.status`."""
    unanswerable_kind: UnanswerableKind | None = None
    variant_of: str | None = None
    """Id of the case that asks the same in other words or another language."""
    tags: Mapping[str, Any] = {}
    """Slices to read figures by, such as article, topic or difficulty."""
    expect: Expectation
    evidence: tuple[Evidence, ...] = ()
    evidence_groups: tuple[tuple[str, ...], ...] = ()
    """AND of ORs over ids of evidence: each group is met by any of its spans. Left out, all spans are one group."""
    nuggets: tuple[Nugget, ...] = ()
    review: CaseReview = CaseReview()

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, values: Any) -> Any:  # noqa: ANN401 - whatever a file holds
        def field(value: object, name: str) -> Any:  # noqa: ANN401 - as above
            return value.get(name) if isinstance(value, dict) else getattr(value, name, None)

        if isinstance(values, dict):
            values = {"answerable": field(values.get("expect"), "status") == "answered"} | values
            evidence = values.get("evidence")
            ids = tuple(field(span, "id") for span in evidence) if isinstance(evidence, list | tuple) else ()
            # Malformed evidence is left to the validation of its field, whose error names the position.
            if ids and None not in ids and not values.get("evidence_groups"):
                values["evidence_groups"] = (ids,)
        return values

    @model_validator(mode="after")
    def _consistent(self) -> "Case":
        ids = {span.id for span in self.evidence}
        named = {*chain(*self.evidence_groups, *(nugget.evidence for nugget in self.nuggets))}
        if len(ids) < len(self.evidence):
            raise ValueError(f"case {self.id!r}: two spans of evidence have the same id")
        if named - ids:
            raise ValueError(f"case {self.id!r}: no evidence has the id {min(named - ids)!r}")
        return self

    @property
    def cluster(self) -> str:
        """The key that dependent cases share: the first State asked about, else the id of the original wording."""
        return self.expect.states[0] if self.expect.states else (self.variant_of or self.id)

    @property
    def may_gate(self) -> bool:
        """Whether the case may decide a gate, which drafts and rejected cases may not."""
        return self.review.status in ("reviewed", "unreviewed")

    @property
    def read_by_a_person(self) -> bool:
        """Whether a person vouches for the case, as its reviewer or its author."""
        return self.review.status == "reviewed" or (self.may_gate and self.review.source == "human")

    @property
    def spans(self) -> list[Evidence]:
        """The evidence spans of all groups, group by group."""
        return [span for group in self.groups for span in group]

    @property
    def groups(self) -> Sequence[Sequence[Evidence]]:
        """The evidence groups: each must be met by any one of its spans."""
        by_id = {span.id: span for span in self.evidence}
        return [[by_id[identifier] for identifier in group] for group in self.evidence_groups]


class Defaults(FileRecord):
    """What cases of a file need not repeat."""

    split: str = "dev"
    lang: str = "en"
    corpus: str | None = None
    """A folder of statements beside the file, or `conference` or `general_debate` for information only."""


class CaseFile(FileRecord):
    """A file of cases."""

    schema_: Literal[1] = Field(alias="schema", default=1)
    defaults: Defaults = Defaults()
    cases: tuple[Case, ...]

    @model_validator(mode="before")
    @classmethod
    def _apply_defaults(cls, values: Any) -> Any:  # noqa: ANN401 - whatever a file holds
        match values:
            case {"cases": [*cases], "defaults": {**shared}}:
                given = {name: shared[name] for name in ("split", "lang") if name in shared}
                return values | {"cases": [given | case if isinstance(case, dict) else case for case in cases]}
        return values


def load_cases(path: Path) -> tuple[Case, ...]:
    """Loads cases from YAML, or from JSON lines of the same records."""
    try:
        lines = tuple(read_records(path, Case, todo="correct it")) if path.suffix == ".jsonl" else None
    except RunError as exc:
        raise DatasetError(f"cannot read the cases of {str(path)!r}: {exc}") from exc
    cases = read_yaml(path, CaseFile, "the cases", DatasetError).cases if lines is None else lines
    require_own_ids((case.id for case in cases), f"cases of {str(path)!r}")
    return cases


def require_own_ids(ids: Iterable[str], what: str) -> None:
    """Raises `DatasetError` if two ids are equal; `what` names the items in its message, as "cases of 'mine.yaml'"."""
    (name, count), *_ = Counter(ids).most_common(1) or [("", 0)]
    if count > 1:
        raise DatasetError(f"two {what} have the id {name!r}: give one of them another")


def case_schema() -> dict[str, Any]:
    """Returns the JSON schema of a file of cases, for editors."""
    schema = CaseFile.model_json_schema(by_alias=True)
    # `answerable` may be left out in a file: it then follows from `expect.status`.
    schema["$defs"]["Case"]["required"].remove("answerable")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Cases of untoc-eval"}


# Tags by which cases are not sliced: values of single cases, and `fold`, which keeps cases out of fits.
_NO_SLICES: Final = frozenset({"topic_words", "overlap", "fold", "should_be", "answer_trace"})


def slices(case: Case) -> dict[str, tuple[str, ...]]:
    """Returns the values by which a case is sliced: fields such as `type` and `lang`, and tags with a single value."""
    found: dict[str, Sequence[str]] = {
        "type": (case.type,), "lang": (case.lang,), "split": (case.split,),
        "state": case.expect.states if case.type != "list_states" else (),
        "year": tuple(str(year) for year in case.expect.years), "expected": (case.expect.status,),
        "kind": (case.unanswerable_kind,) if case.unanswerable_kind else (), "source": (case.review.source,),
        "wording": (str(case.tags.get("wording", "variant" if case.variant_of else "original")),),
    }  # fmt: skip
    for name, value in case.tags.items():
        if name not in found and name not in _NO_SLICES and isinstance(value, str | int | float | bool):
            found[name] = (str(value),)
    return {name: tuple(values) for name, values in found.items() if values}
