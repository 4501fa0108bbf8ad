"""Kept answers and briefings after a correction of the corpus no longer show words as those of the wrong party."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.answering.related_passages import related_readings
from app.briefing.cells import Suggestion
from app.briefing.edit import add_quotation, recheck_briefing
from app.briefing.request import read_request
from app.export.briefing_markdown import markdown_bytes
from app.ui.briefing_view import briefing_html
from app.wiring import Workspace
from tests.fakes_corpora import workspace_over

pytestmark = pytest.mark.integration

PARTIES = "code,name,aliases,kind\nXAA,Arvandia,,state\nXAB,Belmora,,state\n"
EXTRADITION = "We oppose extradition without a treaty."
LATER = "We support extradition of fugitives by sea."
ROWS = "file,state,session,date\nb8.txt,XAB,8,2016\nb9.txt,XAB,9,2018\na.txt,XAA,9,2018\n"


def speech(words: str) -> str:
    return f"Mr. President,\n\n{words} Our courts apply the law on it.\n\nI thank you.\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    texts = {
        "b8.txt": speech(EXTRADITION),
        "b9.txt": speech(LATER),
        "a.txt": speech("We welcome extradition between neighbours."),
    }
    with workspace_over(tmp_path, texts, ROWS, PARTIES) as opened:
        yield opened


def above(answer: str) -> dict[str, str]:
    """Maps each of the two quotations to the provenance line above it."""
    lines = answer.split("\n\n")
    return {words: lines[at - 1] for words in (EXTRADITION, LATER) for at, line in enumerate(lines) if words in line}


def identifier_of(workspace: Workspace, file: str) -> str:
    return next(d.document_id for d in workspace.corpus.documents() if d.file == file)


def test_answer_leaves_out_words_that_are_another_states_or_gone_and_says_so(workspace: Workspace) -> None:
    corpus = workspace.corpus
    kept = workspace.assistant.ask("What did Belmora say about extradition?")
    assert EXTRADITION in kept.answer and LATER in kept.answer and corpus.recheck_answer(kept) == kept
    wrong = identifier_of(workspace, "b8.txt")
    corpus.edit(wrong, {"state": "XAA"})
    corpus.remove(identifier_of(workspace, "b9.txt"))
    now = corpus.recheck_answer(kept)
    assert EXTRADITION not in now.answer and LATER not in now.answer and "was left out here" in now.answer
    verdicts = {citation.file: citation.verdict for citation in now.citations}
    assert verdicts == {"b8.txt": "misattributed", "b9.txt": "not_found"} and now.claims == ()
    assert (kept.status, now.status) == ("answered", "abstained")
    assert [citation.superseded_by for citation in now.citations] == [None, None]
    # The kept answer itself is unchanged, so undoing a correction shows the words again.
    corpus.edit(identifier_of(workspace, "b8.txt"), {"state": "XAB"})
    again = corpus.recheck_answer(kept).answer
    assert EXTRADITION in again and LATER not in again and "superseded" in kept.answer and "superseded" not in again


def test_citations_follow_a_statement_whose_session_was_corrected(workspace: Workspace) -> None:
    corpus = workspace.corpus
    kept = workspace.assistant.ask("What did Belmora say about extradition?")
    moved = corpus.edit(identifier_of(workspace, "b8.txt"), {"session": "7", "agenda_item": "3"})
    now = corpus.recheck_answer(kept)
    (citation,) = [citation for citation in now.citations if citation.file == "b8.txt"]
    assert (citation.statement_id, citation.session, citation.verdict) == (moved, "7", "verified")
    assert {identifier.statement_id for identifier in citation.sentence_ids} == {moved}
    assert corpus.context(citation).quote == citation.quote
    assert "seventh session" in now.answer or "session 7" in now.answer
    assert "session 8" not in now.answer and "eighth session" not in now.answer and EXTRADITION in now.answer


def test_of_statements_with_one_provenance_only_the_corrected_one_is_attributed_anew(workspace: Workspace) -> None:
    """Two statements of a State at one session share a provenance line; each follows its own correction."""
    corpus = workspace.corpus
    corpus.edit(identifier_of(workspace, "b8.txt"), {"session": "9", "date": "2018"})
    kept = workspace.assistant.ask("What did Belmora say about extradition?")
    corpus.edit(identifier_of(workspace, "b9.txt"), {"session": "12", "date": "2024"})
    lines = above(corpus.recheck_answer(kept).answer)
    assert "2018" in lines[EXTRADITION] and "2024" in lines[LATER]
    corpus.edit(identifier_of(workspace, "b8.txt"), {"session": "12", "date": "2024"})
    corpus.edit(identifier_of(workspace, "b9.txt"), {"session": "9", "date": "2018"})
    lines = above(corpus.recheck_answer(kept).answer)
    assert "2024" in lines[EXTRADITION] and "2018" in lines[LATER]


def test_briefing_loses_words_of_another_state_with_what_they_decided(workspace: Workspace) -> None:
    corpus = workspace.corpus
    request = read_request(corpus.parties(), topics=["extradition"], states=["XAB"])
    kept = workspace.briefings.build(request)
    (cell,) = kept.cells
    assert len(cell.citations) == 2 and recheck_briefing(kept, corpus.recheck) == kept
    corpus.edit(identifier_of(workspace, "b9.txt"), {"state": "XAA"})
    now = recheck_briefing(kept, corpus.recheck)
    (left,) = now.cells
    assert [now.citation(number).file for number in left.citations] == ["b8.txt"]
    assert "was left out here" in left.note and set(left.suggestions) == set(left.citations)
    entries = (*now.points, *now.changes, *now.moments, *now.repetitions)
    assert all(now.citation(number).file == "b8.txt" for entry in entries for number in entry.citations)


def test_cell_of_a_session_loses_words_of_another_one_and_what_changed_is_open_again(workspace: Workspace) -> None:
    corpus = workspace.corpus
    request = read_request(corpus.parties(), topics=["extradition"], states=["XAB"], sessions=["8", "9"])
    kept = workspace.briefings.build(request)
    assert [len(cell.citations) for cell in kept.cells] == [1, 1]
    moved = corpus.edit(identifier_of(workspace, "b8.txt"), {"session": "10", "date": "2020"})
    now = recheck_briefing(kept, corpus.recheck)
    assert [len(cell.citations) for cell in now.cells] == [0, 1]
    assert [bool(cell.note) for cell in now.cells] == [True, False] and not now.changes
    # A cell that a correction emptied says so instead of "no position found".
    assert [cell.standing == "emptied" for cell in now.cells] == [True, False]
    matrix = markdown_bytes(now).decode().partition("| Belmora |")[2].partition("\n")[0]
    assert "emptied: the corpus was corrected" in matrix and "no position" not in matrix
    assert "emptied: the corpus was corrected" in briefing_html(now).partition("u-matrix")[2].partition("</table>")[0]
    again = recheck_briefing(now, corpus.recheck)
    assert again == now and add_quotation(now, now.cells[0].key, now.citations[1]).cells[0].standing != "emptied"
    assert moved in {source.statement_id for source in now.sources}


def test_cell_takes_the_position_of_what_is_the_latest_statement_by_its_corrected_date(workspace: Workspace) -> None:
    corpus = workspace.corpus
    request = read_request(corpus.parties(), topics=["extradition"], states=["XAB"])
    kept = workspace.briefings.build(request)
    # Outright support in 2018, and opposition in 2016, whose date is corrected to 2020 below.
    shown = {"b9.txt": Suggestion(kind="supports", likely="for", direction="for")}
    shown["b8.txt"] = Suggestion(kind="opposes", likely="against", direction="against")
    (cell,) = kept.cells
    read = {number: shown[kept.citation(number).file] for number in cell.citations}
    kept = replace(kept, cells=(replace(cell, kind="supports", suggestions=read),))
    assert kept.citation(cell.citations[0]).file == "b9.txt"
    corpus.edit(identifier_of(workspace, "b8.txt"), {"session": "10", "date": "2020"})
    now = recheck_briefing(kept, corpus.recheck)
    (cell,) = now.cells
    assert (cell.kind, now.citation(cell.citations[0]).file) == ("opposes", "b8.txt")


def test_related_passages_have_numbers_of_their_own_and_withdraw_nothing(workspace: Workspace) -> None:
    question = "What did Belmora say about extradition?"
    kept = workspace.assistant.ask(question)
    found = workspace.retrieve(question.replace("Belmora", "Arvandia"))
    found = replace(found, related_evidence=found.party_evidence)
    (numbered,) = related_readings(found, kept.citations)
    assert (numbered.file, numbered.number) == ("a.txt", len(kept.citations) + 1)
    # Answers of earlier releases number both from 1.
    kept = replace(kept, related=(replace(numbered, number=1),))
    workspace.corpus.remove(identifier_of(workspace, "a.txt"))
    now = workspace.corpus.recheck_answer(kept)
    assert (now.answer, now.claims, now.citations) == (kept.answer, kept.claims, kept.citations)
    assert [citation.verdict for citation in now.related] == ["not_found"]


def test_what_was_earlier_is_no_longer_called_so_after_the_later_one_is_redated(tmp_path: Path) -> None:
    texts = {"b8.txt": speech("We support extradition between neighbours."), "b9.txt": speech(LATER)}
    rows = "file,state,session,date\nb8.txt,XAB,8,2016\nb9.txt,XAB,9,2018\n"
    with workspace_over(tmp_path, texts, rows, PARTIES) as desk:
        kept = desk.assistant.ask("What is Belmora's position on extradition?")
        assert "*(for; earlier)*" in kept.answer
        desk.corpus.edit(identifier_of(desk, "b9.txt"), {"session": "10", "date": "2020"})
        assert "*(for; earlier)*" in desk.corpus.recheck_answer(kept).answer
        desk.corpus.edit(identifier_of(desk, "b9.txt"), {"session": "7", "date": "2014"})
        now = desk.corpus.recheck_answer(kept).answer
        assert "earlier" not in now and now.count("*(for)*") == 2
