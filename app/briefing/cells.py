"""The briefing and its parts: the records that the position table, documents, the chat and the API share.

A cell holds what one party said on one subject, such as Arvandia on extradition: citations and a kind of position.
`Cell.standing` chooses what is shown of it: a kind, "see quotation" (`untold`), "nearest passage" (`nearest`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Self, get_args

from app.answering.compose.composition import WriterProblem
from app.records import Citation, Claim, Coverage, Direction, DroppedClaim
from app.retrieval.positions.position_marks import PositionKind

ReviewState = Literal["accepted", "changed", "rejected"]
# How a cell is worded: by quotations alone, or by a chat model with its quotations below.
Composer = Literal["extractive", "model"]
COMPOSERS: Final[tuple[Composer, ...]] = get_args(Composer)
# Status of a cell: its kind, or why none is shown.
Standing = (
    PositionKind
    | Literal[
        "mentioned",  # it expressly takes no position
        "untold",  # no kind is sure, so its quotations must be read
        "of_group",  # only a group spoke
        "nearest",  # its quotations are the nearest ones, since nothing surely is on its subject
        "emptied",  # it lost its quotations when the corpus was corrected
        "unproven",  # nothing was found, which does not prove silence
    ]
)


@dataclass(frozen=True, kw_only=True)
class EvidenceWords:
    """Words of a citation, by its number, that show a kind of position, at `[start, end)` of its source text."""

    citation: int
    start: int
    end: int
    text: str
    kind: PositionKind


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """The kind of position that is suggested for a citation or a cell, with the evidence for it."""

    kind: PositionKind
    direction: Direction | None = None
    """The direction behind it; None where nothing is cited, or the citation only reports others."""
    likely: Direction | None = None
    """The likeliest direction, also if it is too uncertain to be shown. On a harm, `for` stands for both directions:
    opposing it and supporting action against it are one position."""
    attitude: float = 0.0
    """Chance that the words take a direction at all, 0 to 1."""
    words: tuple[EvidenceWords, ...] = ()
    """The words that show it; for `no_position`, those that decline to take one, if any do."""

    @property
    def declines(self) -> bool:
        """Whether its words say that no position is taken."""
        return self.kind == "no_position" and bool(self.words)


@dataclass(frozen=True, kw_only=True)
class Review:
    """A person's decision on a cell and its time (ISO 8601, UTC); `kind` is the kind in force, None where rejected."""

    state: ReviewState
    """`accepted` the suggestion stands, `changed` to `kind`, `rejected` the evidence does not fit the topic."""
    kind: PositionKind | None
    note: str
    reviewer: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A column of the table: a topic in words, or an article."""

    label: str
    """How it is shown, such as `Mutual legal assistance` or `UNTOC article 18`."""
    topic: str = ""
    """Topic words to search; empty for an article alone."""
    treaty: str | None = None
    """Code of the treaty where it is an article."""
    article: str | None = None
    """Its number as written."""
    language: str = "en"
    """ISO 639-1 code of the topic words, one of the six."""
    harm: bool = False
    """The topic names a harm, so that support is for action against it."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one party said on one subject, in one session or in all that were searched."""

    party: str
    subject: str
    """Label of the subject."""
    session: str | None
    """The session, where the table is split by sessions, empty for statements without one; else None."""
    kind: PositionKind
    """The suggested kind; a `changed` review puts another in its place (see `holds`)."""
    words: tuple[EvidenceWords, ...] = ()
    """The words that show the suggested kind: for `no_position`, those that decline to take one."""
    citations: tuple[int, ...] = ()
    """Numbers of its citations, newest first; what a group said for the party comes last."""
    suggestions: Mapping[int, Suggestion] = field(default_factory=dict)
    """What each of its citations shows by itself, by number."""
    superseded: Mapping[int, int | None] = field(default_factory=dict)
    """For each citation that a later one of the cell supersedes, the number of that one; None where a short document
    leaves it out."""
    nearest: bool = False
    """Its citations are only the passages nearest to the subject and no evidence, since nothing surely is on it."""
    of_group: bool = False
    """Its citations are what groups said for the party, which has no words of its own on the subject."""
    unproven: bool = False
    """Finding nothing does not prove silence: the subject may occur in other words, or in a language that is searched
    poorly."""
    emptied: bool = False
    """It lost its last citations when the corpus was corrected."""
    more: int = 0
    """Number of further evidence sentences, and of the quotations that a short document leaves out."""
    note: str = ""
    """Why there is no evidence, for whom a group spoke, or what else to know; one line, may be empty."""
    key: str = ""
    """The key under which its review is stored."""
    review: Review | None = None
    claims: tuple[Claim, ...] = ()
    """A model's claims on this evidence that passed verification; each cites citations of the cell. A claim on what a
    group said for the party has the group as its `state`."""
    dropped: tuple[DroppedClaim, ...] = ()
    """The model's claims that failed verification, with the reason; never shown."""
    unworded: WriterProblem | None = None
    """Why there are no claims though a model was to write some; else None."""

    @property
    def is_rejected(self) -> bool:
        """Whether a person found that the evidence does not fit the subject."""
        return self.review is not None and self.review.state == "rejected"

    @property
    def holds(self) -> PositionKind:
        """The kind in force: a person's where one set it, else the suggestion."""
        return self.review.kind if self.review is not None and self.review.kind is not None else self.kind

    @property
    def position(self) -> PositionKind:
        """The kind to show: the one in force, or `no_position` where the evidence was rejected."""
        return "no_position" if self.is_rejected else self.holds

    @property
    def standing(self) -> Standing:
        """The status of the cell: the kind in force, or why none is shown."""
        if self.is_rejected:
            return "no_position"
        if self.holds != "no_position" or not (self.citations or self.more):
            if self.emptied and not self.citations:
                return "emptied"
            return "unproven" if self.unproven and self.review is None else self.holds
        if self.review is not None or self.words:
            return "mentioned"
        if self.nearest:
            return "nearest"
        return "of_group" if self.of_group else "untold"

    @property
    def evidence(self) -> tuple[int, ...]:
        """The numbers of its citations, if they are on the subject by search or by a person's review; else none."""
        return () if self.is_rejected or (self.nearest and self.review is None) else self.citations


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The position of a party in one statement, by its strongest citation, for comparison with its other statements."""

    party: str
    subject: str
    citation: int
    kind: PositionKind
    outright: bool
    """Whether a direction is sure, with a chance of at least `SHOWN_MIN` (`cell_suggestion`), in whatever words."""

    @property
    def citations(self) -> tuple[int, ...]:
        """The number of its citation alone."""
        return (self.citation,)


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """The same language read out again by one party: numbers of citations from two or more statements, by date."""

    party: str
    subject: str
    citations: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PositionChange:
    """Two verified quotations of one party that take different positions on one subject: for, against, on condition.

    The earlier citation's statement is certainly older.
    """

    party: str
    subject: str
    earlier: int
    later: int
    earlier_kind: PositionKind
    later_kind: PositionKind

    @property
    def citations(self) -> tuple[int, ...]:
        """The numbers of both citations."""
        return self.earlier, self.later


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A statement that was searched, for the manifest, and whether a citation of the briefing is from it."""

    statement_id: str
    party: str | None
    file: str
    date: str | None
    session: str | None
    sha256: str
    """Hash of the file's bytes, hexadecimal."""
    text_sha256: str
    """Hash of the stored source text in UTF-8, hexadecimal, which offsets refer to."""
    cited: bool
    held_by: tuple[str, ...] = ()

    @property
    def holders(self) -> tuple[str, ...]:
        """Whose position it is: the State or group, and the States that hold it together."""
        return tuple(dict.fromkeys(code for code in (self.party, *self.held_by) if code is not None))


@dataclass(frozen=True, kw_only=True)
class Point:
    """A talking point: one verified quotation with who said it, or a model's claim over its quotations."""

    party: str
    subject: str
    citation: int
    """Number of the citation whose whole quotation follows; of several, the first."""
    claim: Claim | None = None
    """A claim of the cell that a model worded; its whole quotations follow. None for a quotation alone."""

    @property
    def citations(self) -> tuple[int, ...]:
        """The numbers of all citations whose quotations follow."""
        return (self.citation,) if self.claim is None else self.claim.citations


# What a briefing has beside its cells; each cites by number.
Part = Point | PositionChange | Repetition | Moment


@dataclass(frozen=True, kw_only=True)
class Writing:
    """How a chat model took part in a briefing; `prompt_versions` are hashes of its instructions."""

    model: str
    prompt_versions: tuple[str, ...] = ()
    usage: Mapping[str, int | float | bool] = field(default_factory=dict)
    """Tokens, requests and, where prices are set, the cost of all cells together."""
    notes: tuple[str, ...] = ()
    """What readers must be told about the model's part, as plain text in the briefing's language."""


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """A position table with everything that its documents need; every citation in it is verified."""

    title: str
    language: str = "en"
    """ISO 639-1 code of the assistant's own words; quotations stay in theirs."""
    parties: tuple[str, ...] = ()
    """Codes, in the order asked."""
    names: dict[str, str] = field(default_factory=dict)
    """Name of every party code that occurs, and of every State as the deliverer of a group's words, in `language`."""
    subjects: tuple[Subject, ...] = ()
    """Columns, in the order asked."""
    sessions: tuple[str, ...] = ()
    """The sessions that the table is split by, in order; empty where it is not."""
    years: tuple[str, ...] = ()
    """The years, or months such as `2020-10`, that were asked about; empty for all."""
    bodies: tuple[str, ...] = ()
    """The bodies that were asked about; empty for all."""
    everyone: bool = False
    """Nobody was named: the parties are all that had a statement."""
    by_session: bool = False
    """No session was named: the table is split by all that there were."""
    cells: tuple[Cell, ...] = ()
    """One per party, subject and session, in the order party, subject, session; none is left out."""
    citations: tuple[Citation, ...] = ()
    """All citations, numbered from 1: those of the cells in their order, then those of moments and repetitions."""
    moments: tuple[Moment, ...] = ()
    """The position of a party in each statement, by date, where a cell has evidence in several statements."""
    repetitions: tuple[Repetition, ...] = ()
    changes: tuple[PositionChange, ...] = ()
    points: tuple[Point, ...] = ()
    """Talking points, within the length limit that was asked for."""
    translations: dict[int, str] = field(default_factory=dict)
    """Translations by a model of quotations in other languages, by number, if they pass checks; nobody's own words."""
    left_out: int = 0
    """Quotations for which a document of one page has no room."""
    coverage: Coverage = field(default_factory=Coverage)
    """What was searched, and for whom nothing was found."""
    sources: tuple[SourceFile, ...] = ()
    """Every statement searched, by party and date."""
    made: str = ""
    """When, ISO 8601, UTC, to the second."""
    corpus_date: str | None = None
    """When the store last took in a statement that was searched, ISO 8601; None for an empty store."""
    writing: Writing | None = None

    @property
    def composer(self) -> Composer:
        """Who worded it: `model` if any claim is a model's, else `extractive`."""
        return "model" if any(cell.claims for cell in self.cells) else "extractive"

    def subject(self, label: str) -> Subject:
        """Returns a subject by its label."""
        return next(subject for subject in self.subjects if subject.label == label)

    def citation(self, number: int) -> Citation:
        """Returns a citation by its number."""
        return self.citations[number - 1]

    def counted(self) -> Self:
        """Returns the briefing with the evidence of its cells counted in its coverage."""
        cited = {self.citation(number).statement_id for cell in self.cells for number in cell.evidence}
        heard = {*self.coverage.states_without_statement, *(cell.party for cell in self.cells if cell.evidence)}
        silent = tuple(code for code in self.parties if code not in heard)
        counts = replace(self.coverage, statements_with_evidence=len(cited), states_without_evidence=silent)
        return replace(self, coverage=counts)
