"""The result of checking a document: a finding for each quotation, the strings that were skipped, and the summary.

Remarks and places are data; they are put into words where they are shown.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args

from app.records import Verdict
from prompts.wording import Wording, load_remark_words

_VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
LABELS_BETWEEN: Final = " | "  # between the labels of a table cell, in place of words before a quotation
ChangeKind = Literal["same", "left_out", "put_in"]


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One remark: its kind, which names a section of `prompts/check.*.md`, and values for its variables."""

    kind: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    alters: bool = False
    """Whether it reports a difference by which the quotation no longer says what the source says."""

    def __str__(self) -> str:
        """Returns the remark in English, without an initial capital and a full stop."""
        return self.say(load_remark_words("en"))

    def say(self, words: Wording) -> str:
        """Returns the remark in the language of `words`, in the same form as `__str__`."""
        return words.say(self.kind, **self.values)

    def to_json(self) -> dict[str, str]:
        """Returns the kind and the values."""
        return {"kind": self.kind, **self.values}


def remark(kind: str, *, alters: bool = False, **values: str) -> Remark:
    """Makes a remark."""
    return Remark(kind=kind, values=values, alters=alters)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A run of words in a diff: in both, only in the source (`left_out`), or only in the quotation (`put_in`)."""

    kind: ChangeKind
    text: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where quoted words stand in the corpus, `[start, end)` of a source text; `reference` shows it in words."""

    statement_id: str
    state: str | None
    """Who holds them: a State or a group; None for a treaty and for a statement that nobody is known to hold."""
    start: int
    end: int
    reference: str


@dataclass(frozen=True, kw_only=True)
class SpokenTime:
    """When and where words were spoken, as a draft gives it."""

    years: tuple[int, ...] = ()
    sessions: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    """ISO days or intervals; a month of a year is an interval."""
    days: tuple[str, ...] = ()
    """Days and months without a year, as `--10-03` and `--10` (ISO 8601:2000)."""
    items: tuple[str, ...] = ()
    """Numbers of agenda items."""
    bodies: tuple[str, ...] = ()
    unresolved: str | None = None
    """A time, as it is written, that the text alone does not determine: "last year"."""
    together: bool = False
    """Whether one sentence gives all these times for the words, as "in 2016 and 2018" does."""
    of_thing: bool = False
    """Whether these may be times of what is spoken of: "of the cases tried in 2016"."""

    def __bool__(self) -> bool:
        """Whether a time is given."""
        return bool(self.years or self.sessions or self.dates or self.days or self.unresolved)


@dataclass(frozen=True, kw_only=True)
class Attribution:
    """The speaker and the time that a document gives for quoted words; what it does not give is empty."""

    parties: tuple[str, ...] = ()
    """Codes, the likeliest first."""
    when: SpokenTime = SpokenTime()
    together: tuple[str, ...] = ()
    """The parties that are each said to have spoken the words, as in "both X and Y"; empty unless there are several."""
    beside: tuple[str, ...] = ()
    """Other parties that the sentence names where a speaker can stand, so that they may have spoken instead."""
    delivered_by: tuple[str, ...] = ()
    """The parties that are said to have delivered the words of a group."""
    group_noun: str | None = None
    """The noun of that group where nothing else names it: "on behalf of the Forum"."""
    unknown: str | None = None
    """The name to which the words are attributed, where no lookup knows it."""
    suggestion: str | None = None
    """The party whose name is similar to the unknown one."""
    files: tuple[str, ...] = ()
    """Names of stored files that a reference names."""
    of_office: bool = False
    """Whether the sentence names a President, Chair or Secretariat and no party, whoever is named above it."""
    articles: tuple[str, ...] = ()
    """Numbers of the articles that the sentence names for the words: they are presented as a treaty's."""
    around: tuple[str, str] = ("", "")
    """The document's own words before and after the quotation in its sentence."""
    source: str | None = None
    """The part of the document that gives the attribution, such as `sentence`, `note` or `heading`."""


@dataclass(frozen=True, kw_only=True)
class Quotation:
    """Words that a document presents as somebody's, without the outer quotation marks."""

    text: str
    spans: tuple[tuple[int, int], ...]
    """Where they stand in the document's text, in order; several where paragraphs lie between."""
    marked: bool
    """Whether they stand in quotation marks, rather than in a paragraph set off as a quotation."""
    reading_remark: str | None = None
    """The kind of a remark on how it was read, such as a quotation mark that is never closed."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One quotation of the document and the verdict on it."""

    quotation: Quotation
    where: Remark | None
    """The place in the document, for display."""
    attribution: Attribution
    verdict: Verdict
    place: Place | None = None
    """Where the words stand, or the nearest ones for an altered quotation; None if they were not found."""
    found_in: tuple[Place, ...] = ()
    """All places of the exact words."""
    changes: tuple[Change, ...] = ()
    """The word diff of an altered quotation, source against quotation."""
    remarks: tuple[Remark, ...] = ()
    """Remarks that a reader should look at, also where the words are exact."""
    named: str = ""
    """The speaker and the time that the document gives, in words."""

    def with_remarks(self, *remarks: Remark) -> "Finding":
        """Returns the finding with further remarks."""
        return replace(self, remarks=(*self.remarks, *remarks))

    @property
    def diff(self) -> str | None:
        """The word diff as text: `[-words of the source-]`, `{+words of the quotation+}`."""
        if not self.changes:
            return None
        marks = {"same": "{}", "left_out": "[-{}-]", "put_in": "{{+{}+}}"}
        return " ".join(marks[change.kind].format(change.text) for change in self.changes)

    def to_json(self) -> dict[str, Any]:
        """Returns the finding as JSON: the fields of the contract, and after them further ones."""
        named, when = self.attribution, self.attribution.when
        return {
            "quote": self.quotation.text,
            "attributed_to": named.parties[0] if named.parties else None,
            "verdict": self.verdict,
            **{name: getattr(self.place, name, None) for name in ("statement_id", "start", "end")},
            "found_in": [{"statement_id": found.statement_id, "state": found.state} for found in self.found_in],
            "diff": self.diff,
            "where": str(self.where or ""),
            "reference": self.place.reference if self.place else None,
            "attributed_by": named.source,
            "named": {
                "parties": list(named.parties),
                **{name: list(getattr(when, name)) for name in ("years", "dates", "sessions", "days")},
                "agenda_items": list(when.items),
                "unknown": named.unknown,
                "suggestion": named.suggestion,
            },
            "warnings": list(map(str, self.remarks)),
            "remarks": [each.to_json() for each in self.remarks],
            "document_spans": [list(span) for span in self.quotation.spans],
        }


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A quoted string that was not checked, and why."""

    quote: str
    reason: Remark
    where: Remark | None


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """The findings in the order of the document, and what was left out."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...] = ()
    """Quoted strings that were not checked, and words that no reader sees."""
    notes: tuple[str, ...] = ()
    """Sentences about this document as a whole, such as what could not be read of it."""
    limits: tuple[str, ...] = ()
    """Sentences on what no check can see, whatever the document."""
    complete: bool = True
    """Whether every quotation was checked; False where the check reached its work limit before."""
    language: str = "en"
    """ISO 639-1 code of the names, references and limits in it, and of a document made of it."""

    @property
    def summary(self) -> dict[Verdict, int]:
        """How many findings have each verdict."""
        counted = Counter(finding.verdict for finding in self.findings)
        return {verdict: counted[verdict] for verdict in _VERDICTS}

    @property
    def remarked(self) -> int:
        """How many verified findings bear a remark."""
        return sum(finding.verdict == "verified" and bool(finding.remarks) for finding in self.findings)

    @property
    def passed(self) -> bool:
        """Whether every quotation was checked and is verified."""
        return self.complete and all(finding.verdict == "verified" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Returns the JSON contract of `untoc verify --json`."""
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "summary": self.summary,
            "skipped": [{"quote": s.quote, "reason": str(s.reason), "where": str(s.where or "")} for s in self.skipped],
            "notes": list(self.notes),
            "limits": list(self.limits),
        }
