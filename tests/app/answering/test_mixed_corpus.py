"""Pitfalls of a corpus whose statements differ in occasion, language and group membership."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from app.answering.history import turn_of
from app.question.turns.state import EarlierTurn
from app.records import Answer
from app.wiring import Workspace
from tests.cases import Cases
from tests.fakes_corpora import workspace_over

pytestmark = pytest.mark.integration

cases = Cases(__file__)

Row = tuple[str, str, str, str, str, str]
Open = Callable[..., AbstractContextManager[Workspace]]

RIVERS = "We support international cooperation against zeppelins, and we reject every limit on it."
ALIGNS = "Arvandia aligns itself with the statement delivered on behalf of the Group of Riparian States."


@pytest.fixture
def corpus(engines: str, tmp_path: Path) -> Open:
    """Opens a workspace over statements: (file, state, session, date, language, text)."""

    def opened(*rows: Row, parties: str | None = None) -> AbstractContextManager[Workspace]:
        manifest = "file,state,body,session,date,language,on_behalf_of\n" + "".join(
            f"{file},{state},UNTOC COP,{session},{date},{language},{'XGR' if state == 'XGR' else ''}\n"
            for file, state, session, date, language, _ in rows
        )
        return workspace_over(tmp_path, {row[0]: row[-1] for row in rows}, manifest, parties)

    return opened


def _reason(answer: Answer) -> str | None:
    return answer.abstention.reason if answer.abstention else None


def test_a_statement_in_a_seventh_language_stops_no_question(corpus: Open) -> None:
    with corpus(
        ("a.txt", "XAA", "10", "2020-10-12", "en", RIVERS),
        ("b.txt", "XDR", "10", "2020-10-12", "de", "Wir unterstützen die Zusammenarbeit gegen Luftschiffe."),
    ) as workspace:
        answer = workspace.assistant.ask("Which States mentioned zeppelins?")
        assert {claim.state for claim in answer.claims} == {"XAA"}
        assert _reason(workspace.assistant.ask("What did Drelnia say about zeppelins?")) == "index_incomplete"


def test_alignment_lends_the_words_of_that_occasion_only(corpus: Open) -> None:
    rows = (
        ("own.txt", "XDR", "10", "2020-10-12", "en", ALIGNS.replace("Arvandia", "Drelnia")),
        ("then.txt", "XGR", "10", "2020-10-13", "en", RIVERS),
        ("before.txt", "XGR", "6", "2012-10-15", "en", "We oppose international cooperation against zeppelins."),
    )
    with corpus(*rows) as workspace:
        answer = workspace.assistant.ask("What did Drelnia say about zeppelins?")
        assert _reason(answer) == "group_only"
        assert {citation.file for citation in answer.related if citation.state == "XGR"} == {"then.txt"}


@pytest.mark.parametrize("reverse", [False, True])
def test_a_group_speaks_for_those_who_were_members_then(corpus: Open, reverse: bool) -> None:
    parties = (
        "code,name,aliases,kind,members\nXAA,Arvandia,,state,\nXAB,Belmora,,state,\n"
        "XGR,Group of Riparian States,,group,XAA:2000-01-01/2012-12-31|XAB:2015-01-01\n"
    )
    rows: Sequence[Row] = (
        ("old.txt", "XGR", "5", "2010-10-18", "en", RIVERS),
        ("new.txt", "XGR", "12", "2024-10-14", "en", RIVERS.replace("every", "any")),
        ("a.txt", "XAA", "5", "2010-10-18", "en", "Arvandia speaks of zeppelins and cooperation."),
        ("b.txt", "XAB", "12", "2024-10-14", "en", "Belmora speaks of zeppelins and cooperation."),
    )
    named = ["Belmora", "Arvandia"] if reverse else ["Arvandia", "Belmora"]
    with corpus(*rows, parties=parties) as workspace:
        answer = workspace.assistant.ask(f"Compare {named[0]} and {named[1]} on zeppelins.")
    for file, member, other in (("old.txt", "Arvandia", "Belmora"), ("new.txt", "Belmora", "Arvandia")):
        number = next(c.number for c in answer.citations if c.file == file)
        before = answer.answer.partition(f"[{number}]")[0].split("\n\n")
        line = [part for part in before if part.startswith("*") and not part.startswith("**")][-1]
        assert line.startswith(f"*{member}, as a member of") and other not in line


def test_silence_is_not_told_where_a_part_cannot_be_searched(corpus: Open) -> None:
    with corpus(
        ("en.txt", "XAA", "10", "2020-10-12", "en", RIVERS),
        ("ru.txt", "XAA", "11", "2022-10-17", "ru", "Мы поддерживаем сотрудничество в борьбе с преступностью."),
        ("b.txt", "XAB", "11", "2022-10-17", "en", RIVERS),
    ) as workspace:
        unknown = "What did Arvandia say about quibbling flamingos?"
        assert _reason(workspace.assistant.ask(unknown)) == "index_incomplete"
        assert _reason(workspace.assistant.ask(unknown.replace("Arvandia", "Belmora"))) == "not_mentioned"
        both = unknown.replace("Arvandia", "Belmora and Arvandia")
        assert _reason(workspace.assistant.ask(both)) == "index_incomplete"


def test_a_position_behind_mere_mentions_is_found(corpus: Open) -> None:
    text = (
        "Many delegations have mentioned zeppelins today. We take note of what was said on zeppelins. "
        "Zeppelins have been discussed before. We oppose zeppelins in any form."
    )
    with corpus(("a.txt", "XAA", "10", "2020-10-12", "en", text)) as workspace:
        answer = workspace.assistant.ask("What is the position of Arvandia on zeppelins?")
        assert answer.status == "answered"
        assert any("oppose" in citation.quote for citation in answer.citations)


def test_a_later_statement_whose_direction_is_not_read_comes_before_the_latest_position(corpus: Open) -> None:
    now = "Our view on zeppelins has not moved: they belong in the hands of the postal service."
    with corpus(
        ("old.txt", "XAA", "8", "2016-10-17", "en", "We oppose zeppelins in any form."),
        ("new.txt", "XAA", "10", "2020-10-12", "en", now),
    ) as workspace:
        answer = workspace.assistant.ask("What is the latest position of Arvandia on zeppelins?")
        assert [citation.file for citation in answer.citations] == ["new.txt", "old.txt"]
        (latest,) = (note for note in answer.scope.notes if "latest statement on this" in note)
        assert "2020" in latest and "2016" not in latest


@cases("questions", "files")
def test_a_single_quotation_of_a_party_is_of_its_latest_statement(questions, files, corpus: Open) -> None:
    with corpus(
        ("old.txt", "XAA", "8", "2016-10-17", "en", "We oppose zeppelins, zeppelins and zeppelins in any form."),
        ("new.txt", "XAA", "10", "2020-10-12", "en", "We now support zeppelins for the post. Letters come early."),
        ("b.txt", "XAB", "10", "2020-10-12", "en", "Belmora supports zeppelins."),
        ("c.txt", "XCS", "10", "2020-10-12", "en", "Cassivar supports zeppelins."),
    ) as workspace:
        history: list[EarlierTurn] = []
        for question in questions:
            answer = workspace.assistant.ask(question, history=history)
            history = [turn_of(answer)]
    assert [citation.file for citation in answer.citations] == files
    assert ("Letters come early" in answer.answer) is (len(questions) == 1)


def test_the_latest_statement_is_the_one_that_none_is_certainly_later_than(corpus: Open) -> None:
    with corpus(
        ("first.txt", "XAA", "8", "2016", "en", RIVERS),
        ("session.txt", "XAA", "10", "2020-10-12/2020-10-16", "en", RIVERS.replace("every", "any")),
        ("day.txt", "XAA", "10", "2020-10-14", "en", RIVERS.replace("every", "each")),
        ("undated.txt", "XAA", "", "", "en", RIVERS.replace("every", "no")),
    ) as workspace:
        answer = workspace.assistant.ask("What did Arvandia say about zeppelins in its last statement?")
        assert {citation.file for citation in answer.citations} == {"session.txt", "day.txt"}
        answer = workspace.assistant.ask("What did Arvandia say about zeppelins in its first statement?")
        assert {citation.file for citation in answer.citations} == {"first.txt"}


@cases("question", "files")
def test_the_latest_on_a_topic_is_the_latest_statement_that_speaks_of_it(question, files, corpus: Open) -> None:
    with corpus(
        ("old.txt", "XAA", "8", "2016-10-17", "en", RIVERS),
        ("mid.txt", "XAA", "9", "2018-10-15", "en", RIVERS.replace("every", "any")),
        ("new.txt", "XAA", "10", "2020-10-12", "en", "We thank the host for the lamps of this hall."),
    ) as workspace:
        answer = workspace.assistant.ask(question)
    assert [citation.file for citation in answer.citations] == files


@cases("question", "status", "files")
def test_facts_on_a_topic_are_of_the_statements_that_speak_of_it(question, status, files, corpus: Open) -> None:
    with corpus(
        ("old.txt", "XAA", "8", "2016-10-17", "en", RIVERS),
        ("new.txt", "XAA", "10", "2020-10-12", "en", "We thank the host for the lamps of this hall."),
    ) as workspace:
        answer = workspace.assistant.ask(question)
    assert (answer.status, [citation.file for citation in answer.citations]) == (status, files)


@cases("question", "files")
def test_what_was_not_searched_is_named_where_it_may_matter(question, files, corpus: Open) -> None:
    with corpus(
        ("a.txt", "XAA", "10", "2020-10-12", "en", RIVERS),
        ("undated.txt", "XAA", "", "", "en", "We welcome lamps."),
        ("nobodys.txt", "", "", "", "en", "The reviewers thank Arvandia for its replies on flamingos."),
        ("others.txt", "", "", "", "en", "The reviewers thank Belmora for its replies on flamingos."),
    ) as workspace:
        notes = " ".join(workspace.assistant.ask(question).scope.notes)
    assert [file for file in ("undated.txt", "nobodys.txt", "others.txt") if file in notes] == files


def test_nothing_is_related_twice(corpus: Open) -> None:
    with corpus(("g.txt", "XGR", "10", "2020-10-13", "en", RIVERS)) as workspace:
        answer = workspace.assistant.ask("What did Maravel say about zeppelins?")
        assert _reason(answer) == "group_only" and answer.related
        spans = [(citation.statement_id, citation.start) for citation in answer.related]
        assert len(spans) == len(set(spans))


def test_a_term_of_the_field_counts_under_any_of_its_names(corpus: Open) -> None:
    with corpus(
        ("a.txt", "XAA", "10", "2020", "en", "Arvandia abolished the death penalty a long time ago.")
    ) as opened:
        for topic, said in (("capital punishment", True), ("the death penalty", True), ("extradition", False)):
            answer = opened.assistant.ask(f"What did Arvandia say about {topic}?")
            assert (answer.status == "answered", answer.confidence_source) == (said, "lexical")


@pytest.mark.slow
@cases("question", "answered")
def test_who_joined_a_treaty_is_told_by_its_name_alone(corpus: Open, question: str, answered: bool) -> None:
    named = (
        "We must act against terrorism. Arvandia ratified the United Nations Convention against Transnational Organized"
        " Crime last year. We have ratified the convention on the financing of terrorism."
    )
    in_other_words = "Belmora has ratified a convention on terrorism. Transnational organized crime worries Belmora."
    with corpus(
        ("a.txt", "XAA", "10", "2020", "en", named), ("b.txt", "XAB", "10", "2020", "en", in_other_words)
    ) as workspace:
        answer = workspace.assistant.ask(question)
        assert (answer.status == "answered") is answered
        assert not answered or "Transnational" in answer.citations[0].quote or "Belmora" in question
