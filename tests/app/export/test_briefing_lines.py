"""Layout of briefings: reading order, what a reviewer rejected, and what each line of a document says."""

import re
from dataclasses import replace

import pytest

from app.briefing.as_json import contract_of
from app.briefing.cells import Briefing, Cell, EvidenceWords, Moment, Review
from app.export.briefing_lines import Sayings, arrange, columns, pieces, position_of_citation
from app.export.briefing_markdown import markdown_bytes
from tests.cases import Cases
from tests.fakes_briefing import ASSISTANCE, EXTRADITION, REJECTED, cell_of, cited, fake_briefing, with_cells

cases = Cases(__file__)


def test_citations_are_numbered_as_they_are_read_by_subject_then_party() -> None:
    briefing = fake_briefing()
    arranged = arrange(briefing)
    read = [
        number for subject in (EXTRADITION, ASSISTANCE) for c in arranged.cells if c.subject == subject
        for number in c.citations
    ]  # fmt: skip
    assert read == list(range(1, len(briefing.citations) + 1)) == [c.number for c in arranged.citations]
    before = {(c.party, c.subject): [briefing.citation(n).quote for n in c.citations] for c in briefing.cells}
    after = {(c.party, c.subject): [arranged.citation(n).quote for n in c.citations] for c in arranged.cells}
    assert after == before


def test_everything_that_refers_to_a_citation_follows_it() -> None:
    briefing, arranged = fake_briefing(), arrange(fake_briefing())
    for old, new in zip(briefing.points, arranged.points, strict=True):
        assert arranged.citation(new.citation).quote == briefing.citation(old.citation).quote
    for cell in arranged.cells:
        for words in cell.words:
            assert words.text in arranged.citation(words.citation).quote
    (change,) = arranged.changes
    assert arranged.citation(change.earlier).date == "2016-10-17/2016-10-21"
    assert arranged.citation(change.later).date == "2024-10-14/2024-10-18"


@pytest.mark.parametrize("form", ["full", "one_pager", "talking_points"])
def test_arranging_twice_changes_nothing(form: str) -> None:
    once = arrange(fake_briefing(), form)  # type: ignore[arg-type]
    assert arrange(once, form) == once  # type: ignore[arg-type]


def test_a_form_of_points_holds_only_what_they_cite() -> None:
    briefing = fake_briefing()
    arranged = arrange(briefing, "talking_points")
    assert [c.quote for c in arranged.citations] == [briefing.citation(p.citation).quote for p in briefing.points]
    assert {s.statement_id for s in arranged.sources if s.cited} == {c.statement_id for c in arranged.citations}
    assert arranged.changes == () and arranged.repetitions == ()


def test_only_what_is_quoted_is_numbered_and_cited() -> None:
    briefing = with_cells(fake_briefing(), "XRM", ASSISTANCE, citations=())
    moment = Moment(party="XRM", subject=ASSISTANCE, citation=7, kind="supports", outright=True)
    arranged = arrange(replace(briefing, moments=(moment,)))
    unquoted = briefing.citation(7)
    assert unquoted.quote not in [c.quote for c in arranged.citations] and arranged.moments == ()
    markdown = markdown_bytes(arranged).decode()
    assert markdown.count("\n[^") == len(arranged.citations) == len({*re.findall(r"\[\^(\d+)\](?!:)", markdown)})
    held = {c.statement_id for c in arranged.citations}
    assert {s.statement_id for s in arranged.sources if s.cited} == held


def test_rejected_evidence_is_not_cited_anywhere() -> None:
    arranged = arrange(with_cells(fake_briefing(), "XAA", EXTRADITION, review=REJECTED))
    cell = cell_of(arranged, "XAA")
    assert cell.citations == () and cell.position == "no_position"
    assert "B. Reader" in Sayings(arranged).review(cell)
    assert not any("extradition" in c.quote.lower() for c in arranged.citations if c.state == "XAA")
    assert arranged.changes == () and arranged.repetitions == ()
    assert [p.party for p in arranged.points] == ["XRM"]


def test_evidence_rejected_in_one_cell_stays_where_it_fits() -> None:
    briefing = fake_briefing()
    numbers = (*cell_of(briefing, "XAA", ASSISTANCE).citations, *cell_of(briefing, "XAA").citations)
    arranged = arrange(with_cells(briefing, "XAA", EXTRADITION, citations=numbers, review=REJECTED))
    assert any("48 requests" in c.quote for c in arranged.citations)


def test_what_a_person_rejected_is_not_told_beside_its_cell_either() -> None:
    briefing = fake_briefing()
    # The change is between two statements that the cell does not quote; one of them is cited on another subject.
    other = with_cells(briefing, "XAA", ASSISTANCE, citations=(4, 1))
    rejected = with_cells(other, "XAA", EXTRADITION, citations=(3,), words=(), review=REJECTED)
    arranged, points = arrange(rejected), arrange(rejected, "talking_points")
    assert arranged.changes == arranged.repetitions == arranged.moments == ()
    assert [c.quote for c in arranged.citations if c.state == "XAA"] == [briefing.citation(n).quote for n in (4, 1)]
    assert [point.party for point in points.points] == ["XRM"]
    assert "now supports" not in markdown_bytes(points, form="talking_points").decode()


@pytest.mark.parametrize(("session", "told"), [("8", False), ("12", False), ("9", True)])
def test_what_a_person_rejected_in_a_session_is_not_told_of_that_session(session: str, told: bool) -> None:
    briefing = fake_briefing(sessions=("8", "9", "12"))
    place = ("XAA", EXTRADITION, session)
    cells = tuple(
        replace(c, review=REJECTED) if (c.party, c.subject, c.session) == place else c for c in briefing.cells
    )
    arranged = arrange(replace(briefing, cells=cells))
    assert bool(arranged.changes) == told and bool(arranged.repetitions) == (session == "12")


def test_a_rejected_cell_takes_no_position_in_json() -> None:
    briefing = with_cells(fake_briefing(), "XAA", EXTRADITION, review=REJECTED)
    (row, *_) = contract_of(arrange(briefing))["rows"]
    assert (row["kind"], row["suggested"], row["review"]["state"]) == ("no_position", "supports", "rejected")


def test_what_supersedes_a_quotation_is_told_on_its_own_subject_alone() -> None:
    briefing = with_cells(fake_briefing(), "XAA", EXTRADITION, superseded={2: 1})
    arranged = arrange(with_cells(briefing, "XAA", ASSISTANCE, citations=(4, 2)))
    marks = [[Sayings(arranged).earlier(c, arranged.citation(n)) for n in c.citations] for c in arranged.cells[:2]]
    assert marks == [["", "earlier, superseded by [1]", "earlier"], ["", ""]]
    (change,) = arranged.changes
    assert "superseded by [1]" in Sayings(arranged).source_of(change, arranged.citation(change.earlier))
    rows = contract_of(arranged)["rows"][:2]
    assert [[c["superseded_by"] for c in row["citations"]] for row in rows] == [[None, 1, None], [None, None]]


def test_a_page_of_few_words_says_who_holds_which_position_where_they_are_few() -> None:
    briefing = fake_briefing()
    tally = Sayings(briefing).tally(EXTRADITION, named=True)
    assert tally.startswith("supports: Arvandia (fictional), Rimalia (fictional), ")
    assert "no statement: Nowhereland" in tally
    many = replace(briefing, parties=briefing.parties * 3)
    assert Sayings(many).tally(EXTRADITION, named=True) == Sayings(many).tally(EXTRADITION)


@cases("text", "cut", tuples=True)
def test_pieces_join_to_the_quotation_and_mark_the_words(text: str, cut: tuple[tuple[str, bool], ...]) -> None:
    citation = replace(cited(1, 0, 0), quote="we support, and support again", start=100, end=129)
    words = EvidenceWords(citation=1, start=116, end=123, text=text, kind="supports")
    cell = Cell(party="XAA", subject="x", session=None, kind="supports", words=(words,), citations=(1,))
    assert [(p.text, p.telling) for p in pieces(cell, citation)] == [*cut]


def test_a_person_decides_the_kind_of_every_citation_of_a_cell(briefing: Briefing) -> None:
    cell = cell_of(briefing, "XAA")
    assert [position_of_citation(cell, n) for n in cell.citations] == ["supports", "conditional", "conditional"]
    changed = Review(state="changed", kind="opposes", note="", reviewer="", at="2026-11-24")
    assert [position_of_citation(replace(cell, review=changed), n) for n in cell.citations] == ["opposes"] * 3


def test_columns_are_subjects_or_their_sessions() -> None:
    briefing = fake_briefing()
    assert [c.label for c in columns(Sayings(briefing))] == [EXTRADITION, ASSISTANCE]
    split = fake_briefing(sessions=("8", "10"))
    labels = [c.label for c in columns(Sayings(split))]
    assert labels[:2] == [f"{EXTRADITION}, session 8", f"{EXTRADITION}, session 10"]


@cases("changed", "standing", "review", tuples=True)
def test_a_cell_says_why_no_kind_is_told(
    changed: dict[str, object], standing: str, review: str, briefing: Briefing
) -> None:
    say, quoted = Sayings(briefing), briefing.cells[0]
    words = quoted.words if changed.pop("words", None) else ()
    cell = replace(quoted, **({"kind": "no_position", "words": words, "review": None} | changed))  # type: ignore[arg-type]
    assert (say.position(cell), say.review(cell)) == (standing, review)


def test_what_a_later_statement_of_the_cell_follows_is_marked_as_earlier(briefing: Briefing) -> None:
    say, cell = Sayings(briefing), briefing.cells[0]
    newest, older = sorted(map(briefing.citation, cell.citations), key=lambda citation: citation.date or "")[::-1][:2]
    assert say.source(cell, older).endswith(" · earlier") and "earlier" not in say.source(cell, newest)


def test_a_short_document_counts_the_kinds_that_the_whole_table_has() -> None:
    cells = tuple(replace(cell, kind="no_position", words=(), review=None) for cell in fake_briefing().cells)
    briefing = replace(fake_briefing(), cells=cells, points=())
    full, short = (Sayings(arrange(briefing, form)).tally(EXTRADITION) for form in ("full", "one_pager"))
    assert full == short and "see quotation" in full
