"""Records of an answer, the JSON contract that the command line, the chat's endpoint and the evals share."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, StringConstraints
from pydantic_core import to_jsonable_python

from ingest.treaties.treaties import TREATIES
from prompts.wording import LANGUAGES
from vectorstore.records import Sentence, SentenceId, Statement

Status = Literal["answered", "partial", "abstained"]
AnswerType = Literal["number", "name", "date", "reason", "state", "article"]
CitationKind = Literal["statement", "record", "treaty", "reported"]
Verdict = Literal["verified", "altered", "misattributed", "not_found"]
Pick = Literal["latest", "earliest"]
Direction = Literal["for", "against", "conditional", "mentions"]
QuestionKind = Literal[
    "content", "position", "compare", "over_time", "which_states", "negated_which", "number", "date", "person",
    "reason", "yes_no", "metadata", "treaty_text", "summary", "list", "source", "format_request", "greeting",
    "out_of_scope", "ambiguous",
]  # fmt: skip
YEAR_FORM: Final = "[0-9]{4}"
MONTH_FORM: Final = f"{YEAR_FORM}-(?:0[1-9]|1[0-2])"
TIME_FORM: Final = f"{YEAR_FORM}|{MONTH_FORM}|{MONTH_FORM}-(?:0[1-9]|[12][0-9]|3[01])"
Year = Annotated[str, StringConstraints(pattern=f"^{YEAR_FORM}$")]
Month = Annotated[str, StringConstraints(pattern=f"^{MONTH_FORM}$")]
IntervalEnd = Annotated[str, StringConstraints(pattern=f"^(?:{TIME_FORM})$")]
Interval = tuple[IntervalEnd | None, IntervalEnd | None]
AbstentionReason = Literal[
    "no_statement", "not_mentioned", "article_not_cited", "no_position", "group_only", "out_of_scope", "ambiguous",
    "index_incomplete", "help",
]  # fmt: skip


def _one_of(codes: Collection[str]) -> AfterValidator:
    def checked(code: str) -> str:
        if code not in codes:
            raise ValueError(f"{code!r} is unknown")
        return code

    return AfterValidator(checked)


# Checked where a scope is read from JSON.
TreatyCode = Annotated[str, _one_of(TREATIES)]
LanguageCode = Annotated[str, _one_of(LANGUAGES)]


@dataclass(frozen=True, kw_only=True)
class TreatyScope:
    """A treaty asked about, with article numbers as written; no articles means the whole treaty."""

    treaty: TreatyCode
    articles: tuple[str, ...] = ()
    paragraphs: tuple[tuple[str, str], ...] = ()
    """Each paragraph asked about with its article, `("16", "3 (a)")`; an article without any as a whole."""

    def to_json(self) -> dict[str, Any]:
        """Returns it as the contract of `untoc ask --json` does, which has no empty list of paragraphs."""
        return {name: value for name, value in to_jsonable_python(self).items() if value or name != "paragraphs"}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The resolved filters of a question, and the topic words that remain."""

    states: tuple[str, ...] = ()
    """ISO 3166 alpha-3 codes of the States asked about as speakers, as `groups` are; empty means all."""
    groups: tuple[str, ...] = ()
    treaties: tuple[TreatyScope, ...] = ()
    bodies: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    years: tuple[Year, ...] = ()
    agenda_items: tuple[str, ...] = ()
    topic: str = ""
    """What remains of the question for retrieval, without names, dates and question frames."""
    language: LanguageCode = "en"
    """ISO 639-1 code of the question."""
    kept: tuple[str, ...] = ()
    """Names of the fields that an earlier turn supplied."""
    notes: tuple[str, ...] = ()
    """How the question was read, in the question's language."""
    months: tuple[Month, ...] = ()
    """Months as `2020-10`; a statement whose date is only a year stays in scope."""
    pick: Pick | None = None
    """Restricts the scope to the latest or earliest statement of each party."""
    members_of: tuple[str, ...] = ()
    """Codes of regions, and of groups whose members (at the date of a statement) are asked as speakers."""
    excluded: tuple[str, ...] = ()
    """Codes of parties, regions and groups that are left out: "States other than Chile"."""
    interval: Interval | None = None
    """First and last year or month of what was asked about, None at an open end: "since 2018" is `("2018", None)`."""
    all_states: bool = False
    """Whether the question asks which States said something, or about all of them."""
    negated: bool = False
    """Whether the question asks which States did not say something."""

    @property
    def named_parties(self) -> tuple[str, ...]:
        """Codes of the States and groups asked about by name."""
        return (*self.states, *self.groups)

    @property
    def is_timed(self) -> bool:
        """Whether a time is asked about; the latest or earliest statement (`pick`) is none."""
        return bool(self.years or self.months or self.interval)


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note on how a question was read or searched: the message `note_{kind}` with its values, parties by code."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Citation:
    """Evidence with its provenance."""

    number: int
    statement_id: str
    state: str | None
    """Who holds the position: an ISO code, or the group's code."""
    on_behalf_of: str | None
    speaker: str | None
    body: str | None
    session: str | None
    date: str | None
    agenda_item: str | None
    title: str | None
    file: str
    symbol: str | None
    page: int | None
    paragraph: int | None
    start: int
    end: int
    quote: str
    """The readable text; differs from `source_quote` by reading repair only."""
    source_quote: str
    """Exactly `source_text[start:end]` of the statement."""
    sentence_ids: tuple[SentenceId, ...]
    language: str | None
    kind: CitationKind
    """`reported` where a record or report summarises in its own words what was said; `summarised` is then True."""
    ocr_confidence: float | None
    inferred: tuple[str, ...]
    """Names of the fields that were inferred rather than read."""
    verdict: Verdict
    also_in: tuple[str, ...] = ()
    """Ids of other statements of the same party in scope that hold the same words."""
    summarised: bool = False
    held_by: tuple[str, ...] = ()
    """Codes of all States whose position a joint statement is."""
    edge: Literal["list_item", "text"] | None = None
    """Where the quotation begins or ends other than with a sentence: at an item of a list, or where the text does."""
    quoting: bool = False
    """Whether all these words stand in quotation marks: the speaker quotes somebody else."""
    quoted_party: str | None = None
    """Code of the party that the speaker quotes, where the statement names it."""
    superseded_by: int | None = None
    """Number of a later citation of the same party that takes another direction."""
    nearest: bool = False
    """Whether a related passage may answer, although its confidence is below the threshold for evidence."""

    @property
    def holders(self) -> tuple[str, ...]:
        """Whose position it is: the State or group, and the States that hold it together."""
        return tuple(dict.fromkeys(code for code in (self.state, *self.held_by) if code is not None))


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One thing that the answer says, about one State or group, with the numbers of its citations."""

    text: str
    state: str | None
    citations: tuple[int, ...]
    direction: Direction | None = None
    """Whether the citations are for or against the topic, for it under conditions, or only mention it; None where the
    question is on nothing that has a direction, and where they only report what others said."""


@dataclass(frozen=True, kw_only=True)
class Abstention:
    """Why there is no answer, and what to do next; `options` are readings or names to choose from."""

    reason: AbstentionReason
    message: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What was searched, and for whom nothing was found."""

    statements_in_scope: int = 0
    statements_with_evidence: int = 0
    states_without_evidence: tuple[str, ...] = ()
    states_without_statement: tuple[str, ...] = ()
    unreadable_files: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RetrievedPassage:
    """A retrieved passage and its place; rank counts from 1; scores of different parties do not compare."""

    passage_id: str
    statement_id: str
    start: int
    end: int
    rank: int
    score: float


@dataclass(frozen=True, kw_only=True)
class DroppedClaim:
    """A claim that did not pass verification, with the reason."""

    text: str
    state: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Timings:
    """Wall time per step in milliseconds; `first_claim` is the time until a model's first claim passed its checks."""

    resolve: float = 0.0
    retrieve: float = 0.0
    compose: float = 0.0
    verify: float = 0.0
    total: float = 0.0
    first_claim: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to a question: claims with verified citations, or an abstention with a reason; and coverage."""

    question: str
    answer: str
    """The rendered text, Markdown, with `[1]` markers."""
    status: Status
    missing: AnswerType | None = None
    """The kind of information asked for that the evidence does not contain (status `partial`)."""
    abstention: Abstention | None = None
    scope: Scope = field(default_factory=Scope)
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    """Within a party ordered newest first, then strongest."""
    more: int = 0
    """How many further evidence sentences exist beyond the citations."""
    related: tuple[Citation, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    retrieved: tuple[RetrievedPassage, ...] = ()
    confidence: float = 0.0
    """Probability that the evidence answers the question, 0 to 1, higher is better."""
    confidence_source: Literal["calibrated", "lexical", "cited", "representative"] | None = None
    """Source of `confidence`: `calibrated` by the fitted model, `lexical` from shared words alone, `cited` where the
    evidence names the article, treaty or agenda item, `representative` where no topic was asked about; None where
    nothing was found."""
    composer: Literal["extractive", "model"] = "extractive"
    model: str | None = None
    prompt_version: str | None = None
    dropped_claims: tuple[DroppedClaim, ...] = ()
    usage: dict[str, int | float | bool] | None = None
    timings_ms: Timings = field(default_factory=Timings)
    trace_id: str = ""
    spoken_for: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By code of a group that is cited for States asked about, the codes of these States."""
    translations: dict[int, str] = field(default_factory=dict)
    """By number of a citation, an unofficial translation that a model made, for reading only."""
    kind: QuestionKind = "content"
    """The kind of question that was read."""
    kind_chance: float = 1.0
    """Calibrated chance that it is of that kind, 0 to 1."""
    other_kinds: tuple[QuestionKind, ...] = ()
    """Kinds that it may be as well, likeliest first, where the chance is low."""
    conversation: Mapping[str, Any] = field(default_factory=dict)
    """The state of the conversation after this answer; given back with the question in a `history`, it makes earlier
    turns unnecessary."""

    def to_json(self) -> dict[str, Any]:
        """Returns the contract of `untoc ask --json`: plain dicts, lists, strings and numbers."""
        contract: dict[str, Any] = to_jsonable_python(self)
        contract["scope"]["treaties"] = [each.to_json() for each in self.scope.treaties]
        return contract


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The stored statements that an answer quotes, and their sentences, by statement id."""

    statements: Mapping[str, Statement]
    sentences: Mapping[str, Sequence[Sentence]]


@dataclass(frozen=True, kw_only=True)
class WordsFound:
    """A place of searched words in a statement's text: `verified` if they match exactly, `altered` if nearly."""

    statement_id: str
    start: int
    end: int
    verdict: Verdict


Style = Literal["answer", "shorter", "points"]
