"""Works that two people, or two tabs, have open: no change is undone, and what cannot be kept is reported."""

from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event, Semaphore
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from app.briefing.cells import Briefing
from app.briefing.kept_briefings import KeptBriefings
from app.briefing.request import read_request
from app.desk.conversations import Conversations
from app.desk.tables import open_tables
from app.desk.works import Works
from app.errors import UnkeptError
from app.export.briefing_lines import Sayings
from app.records import Answer, Citation, Scope
from app.ui.ask_tab import _AskTabController
from app.ui.briefing_requests import ChatBriefing, briefing_of_turns
from app.ui.briefing_tab import _BriefingTabController
from app.ui.conversation import ShownTurn
from app.ui.words import say
from app.wiring import Workspace
from ingest.parties.party_table import PartyTable
from tests.fakes_corpora import workspace_over
from tests.made import citation

pytestmark = pytest.mark.integration

ROWS = "file,state,session,date\nb8.txt,XAB,8,2016\nb9.txt,XAB,9,2018\na9.txt,XAA,9,2018\n"
OPPOSED = "We oppose extradition without a treaty."


def speech(words: str) -> str:
    return f"Mr. President,\n\n{words} Our courts apply the law on it.\n\nI thank you.\n"


class Desk:
    """Two people over one store, with the controllers of each one's tabs."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.tables = workspace, open_tables(workspace.settings.store)
        self.works = {name: Works(self.tables, name, knows=str) for name in ("amina", "bela")}

    def briefings(self, name: str = "amina") -> _BriefingTabController:
        kept = KeptBriefings(self.works[name], self.workspace.corpus.recheck, self.workspace.reviews.of)
        return _BriefingTabController(self.workspace, kept)

    def talks(self, name: str = "amina") -> _AskTabController:
        conversations = Conversations(self.works[name], self.workspace.corpus.recheck_answer)
        return _AskTabController(self.workspace, conversations)

    def briefed(self, **asked: Any) -> tuple[Briefing, str]:
        empty = dict.fromkeys(("articles", "sessions", "years", "bodies"), "")
        fields = {"parties": ["XAB", "XAA"], "topics": "extradition", **empty, "split": False} | asked
        made = self.briefings().make(**fields, spoken="en", form="full", composer=None)
        *_, (_, briefing, here, *_) = made
        return briefing, here


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    texts = {
        "b8.txt": speech(OPPOSED),
        "b9.txt": speech("We support extradition of fugitives by sea."),
        "a9.txt": speech("We welcome extradition between neighbours."),
    }
    with workspace_over(tmp_path, texts, ROWS) as workspace:
        desk = Desk(workspace)
        yield desk
        desk.tables.close()


def event(**data: str) -> gr.EventData:
    return gr.EventData(target=None, _data=data)


def asked(tab: _AskTabController, question: str, turns: list[ShownTurn], here: str | None) -> tuple[Any, ...]:
    *_, last = tab.ask_new(question, turns, here)
    return last


def full(*_: object) -> None:
    raise UnkeptError("what you make cannot be kept or read just now")


def drop(briefing: Briefing, cell: int) -> gr.EventData:
    target = briefing.cells[cell]
    return event(key=target.key, action="drop", number=str(target.citations[0]))


def quoted(briefing: Briefing) -> list[int]:
    return [len(cell.citations) for cell in briefing.cells]


def test_two_people_who_edit_one_briefing_both_have_their_way(desk: Desk) -> None:
    briefing, here = desk.briefed()
    assert quoted(briefing) == [2, 1]
    desk.works["amina"].share(here, "bela", may_change=True)
    amina, bela = desk.briefings(), desk.briefings("bela")
    amina.change_cell(briefing, here, None, "Amina", drop(briefing, 0))
    _, seen, *_ = bela.change_cell(briefing, here, None, "Bela", drop(briefing, 1))
    assert quoted(seen) == quoted(amina.reopened(here)[-5]) == [1, 0]
    # An edit of a cell that somebody else has changed is not made; the present state is shown instead.
    out, seen, *_ = bela.change_cell(briefing, here, None, "Bela", drop(briefing, 0))
    assert "Somebody changed this cell" in out and quoted(seen) == [1, 0]


def test_nobody_waits_for_a_search_or_for_the_change_of_another_briefing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (briefing, here), (other, there) = desk.briefed(), desk.briefed()
    tab, ends, begun = desk.briefings(), Event(), Semaphore(0)

    def lasts(*_: object, **__: object) -> tuple[Citation, ...]:
        begun.release()
        ends.wait(60)
        return ()

    monkeypatch.setattr(desk.workspace.briefings, "find", lasts)
    monkeypatch.setattr(desk.workspace.reviews, "keep", lasts)
    key = briefing.cells[0].key
    with ThreadPoolExecutor(4) as people:
        search = people.submit(tab.change_cell, briefing, here, None, "Amina", event(key=key, action="find", typed="x"))
        assert begun.acquire(timeout=10)
        try:
            dropped = people.submit(tab.change_cell, briefing, here, None, "Bela", drop(briefing, 0)).result(timeout=10)
            assert quoted(dropped[1]) == [1, 1]
            key = briefing.cells[1].key
            review = event(key=key, action="review", state="rejected")
            people.submit(tab.change_cell, briefing, here, None, "Bela", review)
            assert begun.acquire(timeout=10)
            second = people.submit(
                tab.change_cell, briefing, here, None, "Cleo", event(key=key, action="review", state="open")
            )
            dropped = people.submit(tab.change_cell, other, there, None, "Cleo", drop(other, 0)).result(timeout=10)
            assert quoted(dropped[1]) == [1, 1] and not second.done()
        finally:
            ends.set()
        assert search.result()[2].citations == ()


def test_change_that_cannot_be_kept_is_told_and_not_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    briefing, here = desk.briefed()
    desk.works["amina"].share(here, "bela")
    out, seen, *_ = desk.briefings("bela").change_cell(briefing, here, None, "Bela", drop(briefing, 0))
    assert "u-error" in out and quoted(seen) == [2, 1]
    # Whoever may read the briefing may still review it: reviews are shared by everybody.
    review = event(key=briefing.cells[0].key, action="review", state="rejected")
    out, seen, *_ = desk.briefings("bela").change_cell(briefing, here, None, "Bela", review)
    assert "u-error" not in out and desk.briefings().reopened(here)[-5].cells[0].is_rejected

    with monkeypatch.context() as patch:
        patch.setattr(Works, "put", full)
        out, seen, *_ = desk.briefings().change_cell(briefing, here, None, "Amina", drop(briefing, 0))
        assert "u-error" in out and quoted(seen) == [2, 1]


def test_briefing_that_is_gone_says_so_and_goes_on_as_a_new_one_of_ones_own(desk: Desk) -> None:
    briefing, here = desk.briefed()
    desk.works["amina"].share(here, "bela")
    # Bela may only read it, and Amina has it open when it is deleted in another tab.
    shown = {"bela": desk.briefings("bela").change_cell(briefing, here, None, "Bela", drop(briefing, 0))[0]}
    desk.works["amina"].delete(here)
    shown["amina"] = desk.briefings().change_cell(briefing, here, None, "Amina", drop(briefing, 0))[0]
    again, *unchanged = desk.briefings().refreshed(briefing, here)
    assert again == shown["amina"] and unchanged == [gr.skip()] * 2
    for name, out in shown.items():
        assert "u-error" in out and 'data-action="keep"' in out and OPPOSED in out
        *_, out, kept, own, _, _, listing = desk.briefings(name).keep_as_own(briefing)
        assert "u-error" not in out and own != here and quoted(kept) == [2, 1] and own in listing
        out, kept, *_ = desk.briefings(name).change_cell(kept, own, None, name, drop(kept, 0))
        assert "u-error" not in out and quoted(desk.briefings(name).reopened(own)[-5]) == [1, 1]


def test_documents_go_once_the_briefing_is_another(desk: Desk) -> None:
    briefing, here = desk.briefed()
    find = event(key=briefing.cells[0].key, action="find", typed="treaty")
    changed = desk.briefings().change_cell(briefing, here, None, "Amina", drop(briefing, 0))
    assert desk.briefings().change_cell(changed[1], here, None, "Amina", find)[3] == gr.skip()
    for files in (changed[3], desk.briefings().refreshed(briefing, here)[2], desk.briefings().reopened("none")[-3]):
        assert (files.value, files.visible) == (None, False)


def test_second_of_two_reviews_at_once_builds_on_the_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    briefing, here = desk.briefed()
    tab, begun, going_on = desk.briefings(), Event(), Event()
    open_kept, opened = KeptBriefings.open, list[str]()

    def slowly(kept: KeptBriefings, identifier: str) -> Briefing:
        found = open_kept(kept, identifier)
        opened.append(identifier)
        if len(opened) == 1:
            begun.set()
            going_on.wait(1)
        return found

    monkeypatch.setattr(KeptBriefings, "open", slowly)
    with ThreadPoolExecutor(2) as two:
        first = two.submit(tab.change_cell, briefing, here, None, "Amina", drop(briefing, 0))
        assert begun.wait(10)
        second = two.submit(tab.change_cell, briefing, here, None, "Amina", drop(briefing, 1))
        going_on.set()
    assert (quoted(first.result()[1]), quoted(second.result()[1])) == ([1, 1], [1, 0])


def test_only_what_is_typed_empties_and_fills_the_question_box(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    talks = desk.talks()
    _, _, turns, here, *_ = asked(talks, "What did Belmora say about extradition?", [], None)
    pressed = event(action="kind", kind="content")
    boxes = [step[4] for step in talks.act(turns, here, pressed)]
    boxes += [step[4] for step in talks.ask_as_read(turns, here)]
    monkeypatch.setattr("app.ui.ask_tab.briefing_of_turns", full)
    boxes += [step[4] for step in talks.act(turns, here, event(action="brief"))]
    assert len(boxes) > 4 and boxes == [gr.skip()] * len(boxes)
    # What is stopped goes back to the box, unless the next question is typed there by now.
    assert [talks.stopped(turns, here, "What?", typed)[1] for typed in ("", "And who?")] == ["What?", gr.skip()]
    # A typed question empties it, and goes back if it cannot be read.
    first, *_, last = (step[4] for step in talks.ask_new("word " * 2000, turns, here))
    assert (first, last) == ("", "word " * 2000)


def test_change_of_the_corpus_leaves_a_conversation_and_its_first_question_as_they_are(desk: Desk) -> None:
    talks = desk.talks()
    turns = asked(talks, "What did Belmora say about extradition?", [], None)[2]
    assert talks.refreshed(turns, None, "")[0] == talks.refreshed([], None, "What did Arvandia say?")[0] == gr.skip()
    assert "u-welcome" in talks.refreshed([], None, "")[0] and "u-welcome" in asked(talks, " ", [], None)[0]


def test_conversation_that_cannot_be_exported_says_why(desk: Desk) -> None:
    assert "not there any more" in desk.talks().export({"conversation": "none", "form": "md"})["note"]


def test_two_verdicts_at_once_are_both_shown(desk: Desk) -> None:
    talks = desk.talks()
    _, _, turns, here, *_ = asked(talks, "What did Belmora say about extradition?", [], None)
    _, _, turns, here, *_ = asked(talks, "And Arvandia?", turns, here)
    talks.judge(turns, here, event(turn="1", verdict="right"))
    _, marked, _ = talks.judge(turns, here, event(turn="2", verdict="wrong", typed="Nothing"))
    assert [turn.judged for turn in marked] == ["right", "wrong"]


def test_reopened_briefing_has_its_request_in_the_form_again(desk: Desk) -> None:
    briefing, here = desk.briefed(articles="18", sessions="8, 9", years="2016-2018", bodies="UNTOC COP")
    parties, *rest = desk.briefings().reopened(here)[:-6]
    assert parties.value == ["XAB", "XAA"] and ("Belmora", "XAB") in parties.choices
    assert rest == ["extradition", "UNTOC 18", "8, 9", "2016, 2017, 2018", "UNTOC COP", False, "en"]
    assert "Bodies: UNTOC COP" in desk.briefings().shown(briefing, here)
    assert Sayings(briefing).subtitle("full").startswith("Position table from verified quotations · UNTOC COP · ")
    # A request that named no party and no session fills none into the form.
    _, here = desk.briefed(parties=[], split=True)
    parties, *rest = desk.briefings().change_list(None, event(id=here, action="open"))[:-6]
    assert parties.value == [] and rest == ["extradition", "", "", "", "", True, "en"]


def test_form_keeps_what_was_typed_since_when_the_open_briefing_is_renamed_or_kept_as_own(desk: Desk) -> None:
    briefing, here = desk.briefed()
    renamed = desk.briefings().change_list(here, event(id=here, action="rename", typed="For the Ambassador"))
    kept = desk.briefings().keep_as_own(briefing)
    assert renamed[:8] == (gr.skip(),) * 8 and len(kept) == 6, "what is kept as own leaves the form out"
    for title, (out, shown, *_) in (("For the Ambassador", renamed[8:]), (briefing.title, kept)):
        assert title in out and shown.title == title


def test_party_that_is_typed_becomes_the_match_or_is_said_to_be_none(desk: Desk) -> None:
    tab = desk.briefings()

    def named(chosen: list[str]) -> tuple[Any, str]:
        *before, typed = chosen
        return tab.named(before, gr.SelectData(None, {"index": -1, "value": typed, "selected": True}))

    for typed, codes in (("Belm", ["XAB"]), ("Arvandia; XAB", ["XAA", "XAB"]), ("Allemagne", ["DEU"])):
        chosen, problem = named([typed])
        assert (chosen.value, problem) == (codes, "")
    assert named(["XAA", "DEU"]) == (gr.skip(), "")
    chosen, problem = named(["XAA", "<Qqqq>", "r"])
    assert chosen.value == ["XAA"] and "&lt;Qqqq&gt;&#x27; is no known State or group" in problem
    assert "&#x27;r&#x27; may be several parties: say" in problem and "Belmora (XAB)" in problem


def test_error_that_nobody_foresaw_is_told_below_the_answers_and_the_question_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    talks = desk.talks()
    _, _, turns, here, *_ = asked(talks, "What did Belmora say about extradition?", [], None)

    def broken(*_: object, **__: object) -> Iterator[object]:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(type(desk.workspace.assistant), "stream", broken)
    for shown, evidence, kept, _, box, ask, stop, *_ in (
        asked(talks, "And Arvandia?", turns, here),
        [*talks.ask_as_read(turns, here)][-1],
    ):
        assert OPPOSED in shown and say("went-wrong") in shown and "a bug" not in shown
        assert (evidence, kept) == (gr.skip(), gr.skip()) and ask.visible and not stop.visible
        assert box in ("And Arvandia?", gr.skip())
    assert caplog.text.count("ZeroDivisionError: a bug") == 2


def test_work_is_shared_from_the_list_with_whom_the_server_knows(desk: Desk) -> None:
    _, here = desk.briefed()
    # Without accounts there is nobody to share with, and everybody sees every work.
    desk.works["amina"] = Works(desk.tables, "amina")
    alone = desk.briefings().listed(here)
    assert 'data-action="share"' not in alone and "data-link" in alone and "Without accounts, whoever opens" in alone
    *_, listing = desk.briefings().change_list(here, event(id=here, action="share", typed="anybody"))
    assert "There are no accounts to share with" in listing
    assert "Briefings that you make are kept here." in desk.briefings("bela").listed(None)
    logged: list[str] = []
    desk.works["amina"] = Works(
        desk.tables, "amina", knows=lambda name: name if name == "bela" else None, log=logged.append
    )
    amina = desk.briefings()
    assert 'data-action="share"' in amina.listed(here) and f'data-link="?b={here}"' in amina.listed(here)
    *_, listing = amina.change_list(here, event(id=here, action="share", typed="nobody"))
    assert "No account" in listing and "u-error" in listing and "shared with" not in listing.lower()
    *_, listing = amina.change_list(here, event(id=here, action="share", typed=" bela "))
    assert "Shared with: bela" in listing
    assert desk.briefings("bela").reopened(here)[-5] is not None
    # Only the owner can share a work.
    assert 'data-action="share"' not in desk.briefings("bela").listed(here)
    amina.change_list(here, event(id=here, action="share-to-change", typed="bela"))
    desk.works["bela"].may_change(here)
    *_, listing = amina.change_list(here, event(id=here, action="unshare", name="bela"))
    assert "Shared with" not in listing and desk.briefings("bela").reopened(here)[-5] is None
    assert logged == [f"{here} with bela", f"{here} with bela to change", f"{here} no longer with bela"]


def test_quotation_for_a_cell_of_a_session_is_sought_in_that_session(desk: Desk) -> None:
    briefing, here = desk.briefed(sessions="8, 9")
    cell = next(cell for cell in briefing.cells if (cell.party, cell.session) == ("XAB", "9"))
    find = event(key=cell.key, action="find", typed="courts apply the law treaty")
    _, _, found, _ = desk.briefings().change_cell(briefing, here, None, "", find)
    assert {citation.session for citation in found.citations} <= {"9"}
    before = cell.session and desk.workspace.briefings.find("XAB", "courts apply the law treaty")
    assert {citation.session for citation in before} >= {"8"}
    # A semicolon or a line break is not the end of what is sought.
    again = desk.workspace.briefings.find("XAB", "harbour;\ncourts apply the law treaty")
    assert {citation.quote for citation in again} >= {citation.quote for citation in before}
    # Sentences that the cell quotes already are not offered again, nor within a longer quotation.
    cited = {sentence for number in cell.citations for sentence in briefing.citation(number).sentence_ids}
    assert cited and cited.isdisjoint(sentence for citation in found.citations for sentence in citation.sentence_ids)


def test_briefing_of_a_conversation_has_the_quotations_that_the_settings_say_and_nobody_left_out(desk: Desk) -> None:
    config = desk.workspace.settings.briefing.model_copy(update={"quotations": 1})
    settings = desk.workspace.settings.model_copy(update={"briefing": config})
    desk.workspace = replace(desk.workspace, settings=settings)
    request = read_request(desk.workspace.corpus.parties(), states=["XAB"], topics=["extradition"])
    *_, made = desk.briefings().opened(ChatBriefing(request=request), "en", "full", None)
    assert quoted(made[-5]) == [1]
    # Who is left out stays so when the form that it fills is sent again.
    *_, made = desk.briefings().opened(
        ChatBriefing(request=replace(request, parties=(), excluded=("XAB",))), "en", "full", None
    )
    assert made[0].value == ["XAA"]


def test_briefing_by_months_is_made_again_from_the_form_that_it_fills(desk: Desk) -> None:
    request = read_request(desk.workspace.corpus.parties(), topics=["extradition"], years=["2018-03"])
    *_, made = desk.briefings().opened(ChatBriefing(request=request), "en", "full", None)
    again, _ = desk.briefed(parties=made[0].value, years=made[4])
    assert again.years == ("2018-03",) and [cell.party for cell in again.cells] == ["XAA", "XAB"]


def test_briefing_of_a_conversation_has_rows_for_who_holds_a_joint_statement_with_one_left_out() -> None:
    joint = (citation("We reject it.", state="GHA"), citation("We welcome it.", state="GHA", held_by=("GHA", "KEN")))
    scope = Scope(topic="extradition", excluded=("GHA",))
    turn: Any = SimpleNamespace(answer=Answer(question="?", answer="", status="answered", scope=scope, citations=joint))
    assert briefing_of_turns([turn], PartyTable.load()).parties == ("KEN",)


def test_quotation_for_a_cell_of_a_year_is_sought_in_that_year(desk: Desk) -> None:
    briefing, here = desk.briefed(topics="fishing", years="2018")
    cell = next(cell for cell in briefing.cells if cell.party == "XAB")
    find = event(key=cell.key, action="find", typed="extradition without a treaty")
    *_, found, _ = desk.briefings().change_cell(briefing, here, None, "", find)
    assert {citation.file for citation in found.citations} == {"b9.txt"}


def test_corrected_state_reaches_what_is_open_kept_and_written(desk: Desk) -> None:
    briefing, here = desk.briefed()
    talks = desk.talks()
    _, _, turns, talk, *_ = asked(talks, "What did Belmora say about extradition?", [], None)
    document = next(d for d in desk.workspace.corpus.documents() if d.file == "b8.txt")
    desk.workspace.corpus.edit(document.document_id, {"state": "XAA"})
    # The conversation when its tab is shown again, and when it is opened again.
    for shown, evidence in (talks.refreshed(turns, talk, "")[:2], talks.opened(talk)[:2]):
        assert OPPOSED not in shown and "was left out here" in shown and "u-misattributed" in evidence
    assert talks.refreshed(talks.opened(talk)[2], talk, "")[0] == gr.skip()
    made = talks.export({"conversation": talk, "form": "md"})["data"].partition(",")[2]
    written = b64decode(made).decode()
    assert OPPOSED not in written and "was left out here" in written and "b8.txt" not in written
    for out, now in (desk.briefings().refreshed(briefing, here)[:2], desk.briefings().reopened(here)[-6:-4]):
        assert OPPOSED not in out and "was left out here" in out and quoted(now) == [1, 1]


def test_quotation_found_before_its_state_was_corrected_is_not_added(desk: Desk) -> None:
    briefing, here = desk.briefed(topics="fishing")
    cell = next(cell for cell in briefing.cells if cell.party == "XAB")
    find = event(key=cell.key, action="find", typed="extradition without a treaty")
    *_, found, _ = desk.briefings().change_cell(briefing, here, None, "", find)
    place = next(at for at, citation in enumerate(found.citations) if citation.file == "b8.txt")
    document = next(d for d in desk.workspace.corpus.documents() if d.file == "b8.txt")
    desk.workspace.corpus.edit(document.document_id, {"state": "XAA"})
    add = event(key=cell.key, action="add", number=str(place))
    out, *_ = desk.briefings().change_cell(briefing, here, found, "", add)
    assert OPPOSED not in out


def test_what_may_only_be_read_goes_on_as_ones_own_with_all_that_was_before(desk: Desk) -> None:
    talks, bela = desk.talks(), desk.talks("bela")
    _, _, turns, here, *_ = asked(talks, "What did Belmora say about extradition?", [], None)
    _, _, turns, here, *_ = asked(talks, "And Arvandia?", turns, here)
    desk.works["amina"].share(here, "bela")
    turns = bela.opened(here)[2]
    _, marked, own = bela.judge(turns, here, event(turn="2", verdict="right"))
    assert own != here
    _, marked, again = bela.judge(marked, own, event(turn="1", verdict="right"))
    *_, followed = asked(bela, "And Corvia?", marked, again)[2:4]
    assert again == own == followed
    kept = bela._kept.turns(own)
    assert [turn.number for turn in kept] == [1, 2, 3] and [turn.judged for turn in kept] == ["right", "right", None]
    assert len([work for work in desk.works["bela"].list("conversation") if work.mine]) == 1
    # A follow-up as the first action copies the earlier turns to a conversation of one's own as well.
    first = asked(desk.talks("bela"), "And Corvia?", bela.opened(here)[2], here)[3]
    assert len(bela._kept.turns(first)) == 3 and len(talks._kept.turns(here)) == 2
    # A conversation deleted in another tab is copied likewise, with the turns that the page shows.
    shown = talks.opened(here)[2]
    desk.works["amina"].delete(here)
    _, _, _, own = talks.use(shown, here, event(turn="1", number="99"))
    assert own == gr.skip()
    _, _, again = talks.judge(shown, here, event(turn="1", verdict="wrong", typed="Nothing"))
    assert [turn.judged for turn in talks._kept.turns(again)] == ["wrong", None]


def test_answer_that_cannot_be_kept_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Works, "add", full)
    shown, _, turns, here, *_ = asked(desk.talks(), "What did Belmora say about extradition?", [], None)
    assert OPPOSED in shown and "u-error" in shown and here in (None, gr.skip()) and len(turns) == 1


def test_long_conversation_is_written_whole_and_says_what_the_page_leaves_out(desk: Desk) -> None:
    talks = desk.talks()
    _, _, turns, here, *_ = asked(talks, "What did Belmora say about extradition?", [], None)
    for number in range(2, 36):
        talks._kept.keep(here, replace(turns[0], number=number, question=f"Question number {number}"))
    made = talks.export({"conversation": here, "form": "md"})["data"].partition(",")[2]
    written = b64decode(made).decode()
    assert written.count("\n## ") == 35 and "## Question number 35" in written
    shown = talks.opened(here)[0]
    assert (
        'data-turn="6"' in shown and 'data-turn="5"' not in shown and "Earlier questions, in the document: 5" in shown
    )
