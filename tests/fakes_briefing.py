"""A briefing over fictional statements in four languages, one of them hostile, without a store."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from app.briefing.cells import (
    Briefing,
    Cell,
    EvidenceWords,
    Point,
    PositionChange,
    PositionKind,
    Repetition,
    Review,
    SourceFile,
    Subject,
    Suggestion,
    Writing,
)
from app.records import Citation, Claim, Coverage, Direction, DroppedClaim
from tests.cases import Cases
from tests.made import citation
from vectorstore.records import SentenceId

cases = Cases(__file__)

MADE = "2026-11-25T12:30:00+00:00"
EXTRADITION, ASSISTANCE = "Extradition", "UNTOC article 18"
NAMES = cases["NAMES"]
REPEATED = cases["REPEATED"]
HOSTILE = cases["HOSTILE"]
REJECTED = Review(state="rejected", kind=None, note="", reviewer="B. Reader", at="2026-11-24T09:00:00+00:00")


@dataclass(frozen=True)
class Said:
    """A fictional statement with its speaker and occasion; its sentences are quoted by their number."""

    file: str
    session: str
    date: str
    sentences: tuple[str, ...]
    state: str
    language: str = "en"
    speaker: str | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.sentences)

    @property
    def statement_id(self) -> str:
        return hashlib.sha256((self.file + self.text).encode()).hexdigest()[:16]


STATEMENTS = tuple(Said(**said) for said in cases.tuples("STATEMENTS"))


def cited(number: int, place: int, sentence: int) -> Citation:
    """Returns a citation of one sentence of `STATEMENTS[place]`."""
    said = STATEMENTS[place]
    quote = said.sentences[sentence]
    start = said.text.index(quote)
    group = said.state == "XGR"
    return citation(
        quote, number=number, statement_id=said.statement_id, state=said.state, on_behalf_of="XGR" if group else None,
        speaker=said.speaker, body="UNTOC COP", session=said.session, date=said.date, agenda_item="4", file=said.file,
        paragraph=sentence + 1, start=start, sentence_ids=(SentenceId(said.statement_id, sentence),),
        language=said.language, inferred=("session",) if said.language == "zh" else (),
    )  # fmt: skip


def fake_briefing(language: str = "en", *, sessions: tuple[str, ...] = ()) -> Briefing:
    """Returns a briefing of six parties: one has only a group's words, one nothing on the topic, one no statement.

    Args:
        language: The language of the assistant's own words.
        sessions: Sessions by which the table is split; without them each cell covers all sessions.
    """
    citations = tuple(cited(number, *place) for number, place in enumerate(cases["CITED"], 1))
    reviewed = Review(state="accepted", kind="supports", note="", reviewer="A. Reader", at="2026-11-24T09:00:00+00:00")
    telling, by_party = cases["TELLING"], cases.tuples("CELLS")
    cells = []
    for party, found in by_party.items():
        for subject, (kind, numbers, note) in zip((EXTRADITION, ASSISTANCE), found, strict=True):
            words = tuple(
                _words(citations[number - 1], telling[number], "conditional" if number in (2, 3) else kind)
                for number in numbers
                if number in telling
            )
            cell = Cell(
                party=party, subject=subject, session=None, kind=kind, words=words, citations=numbers, note=note,
                suggestions={word.citation: _suggestion(word) for word in words},
                more=2 if party == "XAA" else 0, key=f"{party}/{subject}", review=reviewed if party == "XRM" else None,
            )  # fmt: skip
            cells += _split(cell, citations, sessions) if sessions else [cell]
    return Briefing(
        title="Extradition and mutual legal assistance",
        language=language,
        parties=tuple(by_party),
        names=NAMES | cases["OTHER_NAMES"].get(language, {}),
        subjects=(
            Subject(label=EXTRADITION, topic="extradition"),
            Subject(label=ASSISTANCE, treaty="UNTOC", article="18"),
        ),
        sessions=sessions,
        cells=tuple(cells),
        citations=citations,
        repetitions=(Repetition(party="XAA", subject=EXTRADITION, citations=(2, 3)),),
        changes=(
            PositionChange(
                party="XAA", subject=EXTRADITION, earlier=2, later=1, earlier_kind="conditional", later_kind="supports"
            ),
        ),
        points=(
            Point(party="XAA", subject=EXTRADITION, citation=1),
            Point(party="XRM", subject=ASSISTANCE, citation=7),
        ),
        coverage=Coverage(
            statements_in_scope=len(STATEMENTS),
            statements_with_evidence=7,
            states_without_evidence=(),
            states_without_statement=("XNO",),
            unreadable_files=("broken|<b>.pdf",),
        ),
        sources=tuple(
            SourceFile(
                statement_id=said.statement_id,
                party=said.state,
                file=said.file,
                date=said.date,
                session=said.session,
                sha256=hashlib.sha256(said.file.encode()).hexdigest(),
                text_sha256=hashlib.sha256(said.text.encode()).hexdigest(),
                cited=any(citation.statement_id == said.statement_id for citation in citations),
            )
            for said in STATEMENTS
        ),
        made=MADE,
        corpus_date="2026-11-20T08:00:00+00:00",
    )


def cell_of(briefing: Briefing, party: str, subject: str = EXTRADITION) -> Cell:
    """Returns the cell of a party on a subject."""
    return next(cell for cell in briefing.cells if (cell.party, cell.subject) == (party, subject))


def with_cells(briefing: Briefing, party: str, *subjects: str, **changes: Any) -> Briefing:
    """Returns the briefing with the cells of a party on some subjects changed."""
    cells = (replace(c, **changes) if c.party == party and c.subject in subjects else c for c in briefing.cells)
    return replace(briefing, cells=tuple(cells))


def crowded_briefing() -> Briefing:
    """Returns a briefing of four topics with six long quotations each, all talking points: more than a page holds."""
    briefing = fake_briefing()
    labels = [f"Topic {number}" for number in range(4)]
    citations = tuple(
        replace(cited(number, 2, 0), quote=f"{number}. " + "Arvandia supports the Convention. " * 8)
        for number in range(1, 25)
    )
    return replace(
        briefing,
        parties=("XAA",),
        subjects=tuple(Subject(label=label, topic=label) for label in labels),
        citations=citations,
        cells=tuple(
            Cell(
                party="XAA", subject=label, session=None, kind="supports", citations=tuple(range(at, at + 6)), key=label
            )
            for label, at in zip(labels, range(1, 25, 6), strict=True)
        ),
        points=tuple(Point(party="XAA", subject=labels[(number - 1) // 6], citation=number) for number in range(1, 25)),
        changes=(),
        repetitions=(),
    )


CLAIM = "Arvandia now supports the Convention | <b>as a legal basis</b> for extradition."
GROUP_CLAIM = "=The Group proposes that requests be confirmed within five working days."
DROPPED = "Arvandia rejects everything on 14 May 1987."


def worded_briefing(language: str = "en") -> Briefing:
    """Returns `fake_briefing` with model claims on a State's own words, also as a point, and on words of a group."""
    briefing = fake_briefing(language)
    of_state = Claim(text=CLAIM, state="XAA", citations=(1,))
    of_group = Claim(text=GROUP_CLAIM, state="XGR", citations=(5,))
    dropped = DroppedClaim(text=DROPPED, state="XAA", reason="it names a month that its evidence does not")
    changes = {
        ("XAA", EXTRADITION): {"claims": (of_state,), "dropped": (dropped,)},
        ("XAB", ASSISTANCE): {"claims": (of_group,)},
        ("XRM", EXTRADITION): {"unworded": "slow"},
    }
    cells = [replace(cell, **changes.get((cell.party, cell.subject), {})) for cell in briefing.cells]  # type: ignore[arg-type]
    first, *others = briefing.points
    writing = Writing(
        model="openai:test", prompt_versions=("abc",), usage={"requests": 4}, notes=("Model asked: <i>.",)
    )
    points = (replace(first, claim=of_state), *others)
    return replace(briefing, cells=tuple(cells), points=points, writing=writing)


def _suggestion(words: EvidenceWords) -> Suggestion:
    direction: Direction = "conditional" if words.kind == "conditional" else "for"
    return Suggestion(kind=words.kind, direction=direction, likely=direction, attitude=0.9, words=(words,))


def _words(citation: Citation, text: str, kind: PositionKind) -> EvidenceWords:
    at = citation.start + citation.quote.index(text)
    return EvidenceWords(citation=citation.number, start=at, end=at + len(text), text=text, kind=kind)


def _split(cell: Cell, citations: tuple[Citation, ...], sessions: tuple[str, ...]) -> list[Cell]:
    parts = []
    for session in sessions:
        held = tuple(number for number in cell.citations if citations[number - 1].session == session)
        kind = cell.kind if held or cell.kind == "no_statement" else "no_position"
        words = tuple(words for words in cell.words if words.citation in held)
        parts.append(
            replace(cell, session=session, citations=held, words=words, kind=kind, key=f"{cell.key}/{session}", more=0)
        )
    return parts
