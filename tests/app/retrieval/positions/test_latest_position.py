"""The latest position of a party is its position, however many earlier statements name the topic."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from app.answering.history import turn_of
from app.question.turns.state import EarlierTurn
from app.wiring import Workspace
from tests.cases import Cases
from tests.fakes_corpora import workspace_over

pytestmark = pytest.mark.integration

cases = Cases(__file__)

AFTERTHOUGHTS = cases["AFTERTHOUGHTS"]
ARTICLE = "article 18 of the Convention against Transnational Organized Crime"
YEARS = [str(2008 + 2 * n) for n in range(len(AFTERTHOUGHTS) + 1)]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Statements of Drelnia every second year: it supports article 18 in all but the last."""
    said = [f"Drelnia fully supports {ARTICLE} on mutual legal assistance, {more}." for more in AFTERTHOUGHTS]
    said.append(f"Drelnia does not support {ARTICLE} on mutual legal assistance any longer, and rejects it.")
    texts = {f"{year}.txt": f"Mr. Chair,\n\n{text}\n" for year, text in zip(YEARS, said, strict=True)}
    manifest = "\n".join(["file,state,date", *(f"{year}.txt,XDR,{year}" for year in YEARS)])
    with workspace_over(tmp_path_factory.mktemp("changed"), texts, manifest) as workspace:
        yield workspace


@cases("question", "newest")
def test_what_was_said_last_on_an_article_is_quoted(question, newest, changed):
    dates = [citation.date for citation in changed.assistant.ask(question).citations]
    assert dates == YEARS[: -newest - 1 : -1]


@cases("since", "question", "dates")
def test_a_position_holds_after_mentions_that_speak_of_no_view(since, question, dates, tmp_path):
    mentions = "\n\n".join(f"{since.format(ARTICLE)[:-1]} on day {day}." for day in range(1, 8))
    texts = {"2018.txt": f"Drelnia fully supports {ARTICLE}.", "2024.txt": mentions}
    with workspace_over(tmp_path, texts, "file,state,date\n2018.txt,XDR,2018\n2024.txt,XDR,2024\n") as workspace:
        answer = workspace.assistant.ask(question)
    assert sorted({citation.date for citation in answer.citations}) == dates


@cases("said", "listed")
def test_a_sentence_on_something_else_is_no_position_on_the_topic(said, listed, tmp_path):
    with workspace_over(
        tmp_path, {"2020.txt": said.format(ARTICLE)}, "file,state,date\n2020.txt,XDR,2020\n"
    ) as workspace:
        answer = workspace.assistant.ask("Which States support article 18 of UNTOC?")
    assert bool(answer.citations) == listed


@cases("sessions", "question", "cited")
def test_the_latest_position_is_that_of_the_later_session_of_a_body(sessions, question, cited, tmp_path):
    texts = {"8.txt": f"Drelnia opposes {ARTICLE}, and rejects it.", "9.txt": f"Drelnia fully supports {ARTICLE}."}
    manifest = "\n".join(["file,state,body,session,date", *sessions])
    with workspace_over(tmp_path, texts, manifest) as workspace:
        answer = workspace.assistant.ask(question)
    assert [citation.session for citation in answer.citations] == cited


SAID = {
    "XAA": [f"Arvandia does not support {ARTICLE}, and rejects it.", f"Arvandia fully supports {ARTICLE}."],
    "XAB": [f"Belmora fully supports {ARTICLE}.", f"Esquaria has changed its position on {ARTICLE}."],
    "XDR": [f"Drelnia was consulted on {ARTICLE}.", f"Drelnia has since changed its position on {ARTICLE}."],
    "XGA": [f"In 2015 Galdoria opposed {ARTICLE}. Its practice has answered our questions."],
    "XES": [f"Esquaria does not support {ARTICLE}, and rejects it."],
    "XIV": [f"{ARTICLE[:1].upper()}{ARTICLE[1:]} was mentioned. Ilvenor will not dwell on this question."],
}


def opened(path: Path, speakers: Sequence[str]) -> AbstractContextManager[Workspace]:
    """Opens a workspace over the statements of `speakers` in `SAID`, of 2018 and 2022."""
    texts = {f"{code}-{2018 + 4 * n}.txt": text for code in speakers for n, text in enumerate(SAID[code])}
    rows = [f"{name},{name[:3]},{name[4:8]}" for name in texts]
    return workspace_over(path, texts, "\n".join(["file,state,date", *rows]))


@cases("speakers", "cited")
def test_who_changed_position_is_cited_with_what_shows_it(speakers, cited, tmp_path):
    with opened(tmp_path, speakers) as workspace:
        answer = workspace.assistant.ask("Has anybody changed their mind about article 18 of UNTOC?")
    assert [f"{citation.state} {citation.date}" for citation in answer.citations] == cited


@cases("turns", "states")
def test_later_turns_ask_for_the_direction_last_asked_for_or_its_opposite(turns, states, tmp_path):
    history: list[EarlierTurn] = []
    with opened(tmp_path, ["XAA", "XES"]) as workspace:
        for turn in turns:
            answer = workspace.assistant.ask(turn, history=history[-1:])
            history.append(turn_of(answer))
    assert {citation.state for citation in answer.citations} == {*states}
    # Who takes another direction is named as such, not as one without evidence.
    assert answer.coverage.states_without_evidence == ()


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("Which States oppose article 18 of UNTOC?", "not surely in the latest statement on this: Arvandia"),
        ("Which States support article 18 of UNTOC?", "not surely in that direction: Esquaria"),
        ("Who has changed their mind about article 18 of UNTOC?", "without a change that shows: Esquaria"),
        ("Which States ever opposed article 18 of UNTOC?", "which their latest statement on this does not surely say"),
    ],
)
def test_a_list_names_apart_who_takes_another_direction_or_did_not_change(question, note, tmp_path):
    with opened(tmp_path, ["XAA", "XES"]) as workspace:
        answer = workspace.assistant.ask(question)
    assert answer.citations and any(note in each for each in answer.scope.notes)


def test_who_declines_a_position_is_not_listed_where_one_may_be_asked_for(tmp_path):
    with opened(tmp_path, ["XES", "XIV"]) as workspace:
        answer = workspace.assistant.ask("Which States criticise article 18 of UNTOC?")
    assert {citation.state for citation in answer.citations} == {"XES"}


@cases("question", "cited")
def test_a_list_of_any_time_names_who_now_takes_another_direction(question, cited, tmp_path):
    with opened(tmp_path, ["XAA", "XES"]) as workspace:
        answer = workspace.assistant.ask(question)
    assert sorted(f"{citation.state} {citation.date}" for citation in answer.citations) == cited


@pytest.mark.parametrize(
    ("question", "speakers", "note"),
    [
        ("Which States changed their mind about article 18 of UNTOC?", ["XAB", "XES"], "no change of position"),
        ("Which States criticise article 18 of UNTOC?", ["XAB"], "nobody was surely found"),
    ],
)
def test_where_nobody_takes_what_may_be_asked_for_who_spoke_is_listed_with_a_note(question, speakers, note, tmp_path):
    with opened(tmp_path, speakers) as workspace:
        answer = workspace.assistant.ask(question)
    assert {citation.state for citation in answer.citations} == {*speakers}
    assert any(note in each for each in answer.scope.notes)
