"""View models of failed cases: records that templates show as they are."""

from dataclasses import dataclass

from evals.failure_taxonomy import Stage
from evals.golden.cases import Case
from evals.report.marked_evidence import Context, Word


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A finding about a citation: a sign, a word and whether it is good."""

    sign: str
    text: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class CitationView:
    """One citation with what is known of it.

    Attributes:
        source: The quotation in the text around it; None where the file is not in the corpus.
        changes: How it differs from the words at its offsets; empty where it does not.
    """

    number: int
    state: str
    place: str
    quote: str
    source: Context | None
    badges: tuple[Badge, ...]
    changes: tuple[Word, ...]


@dataclass(frozen=True, kw_only=True)
class PassageView:
    """One retrieved passage, and whether it holds expected evidence."""

    rank: int
    score: float
    state: str
    file: str
    text: str
    gold: bool


@dataclass(frozen=True, kw_only=True)
class AnswerView:
    """What one run gave to a case.

    Attributes:
        outcome: In words.
        stage: What broke; None where the outcome is right.
        claims: Those that say more than their quotations.
    """

    outcome: str
    stage: Stage | None
    meaning: str
    message: str = ""
    options: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    citations: tuple[CitationView, ...] = ()
    related: tuple[CitationView, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()
    passages: tuple[PassageView, ...] = ()
    retrieved: int = 0
    gold_ranks: tuple[int, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GoldView:
    """One span of expected evidence."""

    id: str
    state: str
    file: str
    source: Context | None
    quote: str


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """One failed case.

    Attributes:
        anchor: Unique in the report, and made of nothing that others wrote.
        groups: Each must be met, by any of its spans.
        nuggets: Facts that a good answer holds, and whether each is vital.
        regressed: Whether the baseline got it right.
    """

    anchor: str
    id: str
    question: str
    history: tuple[str, ...]
    lang: str
    type: str
    stage: Stage
    expected: str
    expected_more: tuple[str, ...]
    groups: tuple[tuple[GoldView, ...], ...]
    nuggets: tuple[tuple[str, bool], ...]
    answer: AnswerView
    baseline: AnswerView | None
    regressed: bool
    draft: bool


@dataclass(frozen=True, kw_only=True)
class StageView:
    """The failed cases that broke first at one stage."""

    stage: Stage
    meaning: str
    cases: tuple[CaseView, ...]


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A case that means the same as another and came out otherwise."""

    case: Case
    original: Case
    outcome: str
    original_outcome: str
