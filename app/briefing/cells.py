"""The briefing and its parts: the records that the position table, documents, the chat and the API share.

A cell holds what one party said on one subject, such as Arvandia on extradition: citations and a kind of position.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from app.records import Citation, Claim, Coverage, Direction, DroppedClaim
from app.retrieval.position_marks import PositionKind
from vectorstore.records import StoredReview

ReviewState = Literal["accepted", "changed", "rejected"]
# How a cell is worded: by quotations alone, or by a chat model with its quotations below.
Composer = Literal["extractive", "model"]
COMPOSERS: Final[tuple[Composer, ...]] = get_args(Composer)
# Why a cell has quotations alone although a model was asked for.
Unworded = Literal["failed", "slow", "nothing", "not_asked"]
# How a cell stands: its kind; that it takes no position in so many words; that its quotations are to be read, since no
# kind is sure; that only a group spoke; that they are the nearest ones, since nothing surely is on its subject; that it
# lost them when the corpus was corrected; or that finding nothing proves no silence.
Standing = PositionKind | Literal["mentioned", "untold", "of_group", "nearest", "emptied", "unproven"]


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
    """The suggested kind of position."""

    kind: PositionKind
    direction: Direction | None = None
    """The direction behind it; None where nothing was cited, or what was reports others."""
    likely: Direction | None = None
    """The likeliest direction, whether it is sure enough to be told or not; on a harm, `for` stands for both, since who
    opposes it and who supports action against it say the same."""
    sure: float = 0.0
    """Chance that the words take a direction at all, 0 to 1."""
    words: tuple[EvidenceWords, ...] = ()
    """What shows it; for `no_position`, what declines to take one, empty where nothing does."""

    @property
    def declines(self) -> bool:
        """Whether its words say that no position is taken."""
        return self.kind == "no_position" and bool(self.words)


@dataclass(frozen=True, kw_only=True)
class Review(StoredReview):
    """What a person decided on a cell, and when (ISO 8601, UTC); `kind` holds now, None where rejected."""

    state: ReviewState
    """`accepted` the suggestion stands, `changed` to `kind`, `rejected` the evidence does not fit the topic."""
    kind: PositionKind | None


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
    """The session, where the table is split by sessions, else None."""
    kind: PositionKind
    """The suggested kind; a `changed` review puts another in its place (see `holds`)."""
    words: tuple[EvidenceWords, ...] = ()
    """The words that show the suggested kind: for `no_position`, those that decline to take one."""
    citations: tuple[int, ...] = ()
    """Numbers of its citations, newest first; what a group said for the party comes last."""
    suggestions: Mapping[int, Suggestion] = field(default_factory=dict)
    """What each of its citations shows by itself, by number."""
    superseded: Mapping[int, int | None] = field(default_factory=dict)
    """Which of its citations a later one of them supersedes, and its number; None for one that a short document leaves
    out."""
    nearest: bool = False
    """Its citations are the passages nearest to the subject, where nothing surely is on it: no evidence."""
    of_group: bool = False
    """Its citations are what groups said for the party, which has no words of its own on the subject."""
    unproven: bool = False
    """Finding nothing proves no silence: its subject may be said in other words or in a language that is searched
    poorly."""
    emptied: bool = False
    """It lost its last citations when the corpus was corrected."""
    more: int = 0
    """How many further evidence sentences there are; of a short document, quotations that it leaves out as well."""
    note: str = ""
    """Why there is no evidence, for whom a group spoke, or what else to know; one line, may be empty."""
    key: str = ""
    """Under what its review is kept."""
    review: Review | None = None
    claims: tuple[Claim, ...] = ()
    """What a model worded on this evidence, as far as it holds; each cites citations of the cell. A claim on what a
    group said for the party has the group as its state."""
    dropped: tuple[DroppedClaim, ...] = ()
    """What the model wrote and did not hold, with the reason; never shown."""
    unworded: Unworded | None = None
    """Why there are no claims though a model was to write some: it failed, was too slow, wrote nothing that holds, or
    was no longer asked; else None."""

    @property
    def is_rejected(self) -> bool:
        """Whether a person found that the evidence does not fit the subject."""
        return self.review is not None and self.review.state == "rejected"

    @property
    def holds(self) -> PositionKind:
        """The kind in force: a person's where one set it, else the suggestion."""
        return self.review.kind if self.review is not None and self.review.kind is not None else self.kind

    @property
    def standing(self) -> Standing:
        """How it stands: the kind in force, or why none is told."""
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
        """The numbers of its citations that are on the subject, or were found to be by a person."""
        return () if self.is_rejected or (self.nearest and self.review is None) else self.citations


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The position of a party in one statement, by its strongest citation, to compare with its others."""

    party: str
    subject: str
    citation: int
    kind: PositionKind
    outright: bool
    """Whether its words lean to that kind at least, and a judgement beside them does not merely imply it."""

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
    """Two verified quotations of one party on one subject that say different things on it: for, against, on condition.

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
        """The numbers of both."""
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
    """What a model worded, one of the cell's claims; its quotations follow, whole. None for a quotation alone."""

    @property
    def citations(self) -> tuple[int, ...]:
        """The numbers of all citations whose quotations follow."""
        return (self.citation,) if self.claim is None else self.claim.citations


@dataclass(frozen=True, kw_only=True)
class Writing:
    """How a chat model took part in a briefing; `prompt_versions` are hashes of its instructions."""

    model: str
    prompt_versions: tuple[str, ...] = ()
    usage: Mapping[str, int | float | bool] = field(default_factory=dict)
    """Tokens, requests and, where prices are set, the cost of all cells together."""
    notes: tuple[str, ...] = ()
    """What has to be said openly of it, in the briefing's language, plain text."""


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """A position table with everything that its documents need; every citation in it is verified."""

    title: str
    language: str = "en"
    """ISO 639-1 code of the assistant's own words; quotations stay in theirs."""
    parties: tuple[str, ...] = ()
    """Codes, in the order asked."""
    names: dict[str, str] = field(default_factory=dict)
    """Name of every party code that occurs, in `language`."""
    subjects: tuple[Subject, ...] = ()
    """Columns, in the order asked."""
    sessions: tuple[str, ...] = ()
    """The sessions that the table is split by, in order; empty where it is not."""
    years: tuple[str, ...] = ()
    """Those that were asked about; empty for all."""
    everyone: bool = False
    """Nobody was named: the parties are all that had a statement."""
    by_session: bool = False
    """No session was named: the table is split by all that there were."""
    cells: tuple[Cell, ...] = ()
    """One per party, subject and session, in the order party, subject, session; none is left out."""
    citations: tuple[Citation, ...] = ()
    """All citations, numbered from 1: those of the cells in their order, then those of moments and repetitions."""
    moments: tuple[Moment, ...] = ()
    """What each statement of a party shows, by date, where a cell has evidence in several statements."""
    repetitions: tuple[Repetition, ...] = ()
    changes: tuple[PositionChange, ...] = ()
    points: tuple[Point, ...] = ()
    """Talking points, within the length limit that was asked for."""
    translations: dict[int, str] = field(default_factory=dict)
    """Of quotations in another language, by number, as far as a model's hold; nobody's words."""
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
        """Whether anything in it is worded by a model."""
        return "model" if any(cell.claims for cell in self.cells) else "extractive"

    def subject(self, label: str) -> Subject:
        """Returns a subject by its label."""
        return next(subject for subject in self.subjects if subject.label == label)

    def citation(self, number: int) -> Citation:
        """Returns a citation by its number."""
        return self.citations[number - 1]
