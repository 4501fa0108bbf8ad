"""Relative times of a follow-up ("the year before that"), counted from the turn before."""

import pytest

from app.question.reading import read_question
from app.question.turns.relative_times import counted_from, time_note
from app.records import Note, Scope
from tests.cases import Cases

cases = Cases(__file__)

OF_2015 = Scope(years=("2015",))


@cases("language", "question", "year")
def test_years_are_counted_from_the_one_before(language, question, year):
    assert counted_from(question, Scope(language=language), OF_2015).years == (year,)


@cases("language", "question", "interval", tuples=True, at_once=True)
def test_before_that_is_before_all_the_years_asked_about(language, question, interval):
    before = Scope(years=("2018", "2019", "2020"), interval=("2018", "2020"))
    assert counted_from(question, Scope(language=language), before).interval == interval


def test_older_persons_are_no_time():
    assert counted_from("and older persons?", Scope(topic="older persons"), OF_2015).interval is None


@cases("language", "question", "words", at_once=True)
def test_so_many_last_statements_are_not_counted_which_is_said(language, question, words):
    own = Scope(language=language)
    assert counted_from(question, own, OF_2015) == own
    assert time_note(question, own, own) == Note(kind="last_statements", values={"words": words})


def test_two_times_asked_one_after_the_other_are_compared(parties):
    turns = ["What did Austria say about gold in 2016?", "and four years later?"]
    read = read_question("compare the two", parties, history=turns)
    assert (read.scope.years, read.kind, read.scope.states) == (("2016", "2020"), "over_time", ("AUT",))
    assert read_question("and on drugs?", parties, history=turns).years_before == ()


def test_a_time_is_counted_from_the_statements_shown_where_no_year_was_asked():
    shown = ("2020", "2018")
    assert counted_from("and the year before?", Scope(), Scope(), shown).years == ("2017",)
    assert counted_from("and after that?", Scope(), Scope(), shown).interval == ("2021", None)
    assert counted_from("and the year before?", Scope(), OF_2015, shown).years == ("2014",)
    assert counted_from("last year", Scope(years=("2019",)), Scope(), shown).years == ("2019",)
    assert counted_from("and the previous year?", Scope(years=("2025",)), Scope(), shown).years == ("2017",)
    for own, question in ((("2024", None), "and in the last two years, since then?"), ((None, "2025"), "and before?")):
        assert counted_from(question, Scope(interval=own), Scope(), shown).interval == own


@cases("language", "question", "session", at_once=True)
def test_a_session_is_counted_from_the_one_before(language, question, session):
    said = Scope(language=language, sessions=("10",))
    assert counted_from(question, said, Scope(sessions=("10",))).sessions == (session,)
    assert counted_from(question, said, Scope(sessions=("9", "10"))) == said


def test_a_session_is_counted_from_the_statements_shown_where_a_year_was_asked():
    asked = "and at the previous session?"
    assert counted_from(asked, Scope(), Scope(years=("2024",)), ("2024",), ("12",)).sessions == ("11",)
    assert counted_from(asked, Scope(), OF_2015, ("2015",), ("10", "11")) == Scope()
    assert time_note(asked, Scope(), Scope()) == Note(kind="not_counted", values={"words": "previous session"})
    assert counted_from("and the one before?", Scope(), OF_2015, ("2015",), ("10", "11")).years == ("2014",)
    assert counted_from("and four sessions earlier?", Scope(), Scope(sessions=("2",))).sessions == ("0",)


@cases("language", "question", at_once=True)
def test_a_step_of_sessions_is_not_counted_in_years(language, question):
    assert counted_from(question, Scope(language=language), OF_2015) == Scope(language=language)


@pytest.mark.parametrize(
    "question",
    [
        "What did Arvandia say two sessions ago about extradition?",
        "What did Arvandia say 2 sessions ago about extradition?",
        "Which States spoke at more than two sessions?",
        "Quels États ont pris la parole à trois sessions ?",
        "Какие государства выступали на двух сессиях?",
    ],
)
def test_a_number_of_sessions_is_no_session(question, parties):
    assert not read_question(question, parties).scope.sessions


@pytest.mark.parametrize(
    ("question", "said", "before"),
    [
        ("and before that?", Scope(), Scope()),
        ("the year before 2020", Scope(years=("2019",)), OF_2015),
        ("and extradition?", Scope(), OF_2015),
        ("what did they say on trafficking in the year before the Convention came into force", Scope(), OF_2015),
        (
            "what did they say then on the trials of smugglers that begin two years later?",
            Scope(topic="the trials of smugglers that begin two years later"),
            OF_2015,
        ),
    ],
)
def test_a_time_of_its_own_or_none_before_is_left_alone(question, said, before):
    assert counted_from(question, said, before) == said


def test_a_note_says_how_a_time_was_counted_or_that_it_was_not():
    def noted(question: str, before: Scope, topic: str = "") -> tuple[str, dict[str, object]] | None:
        said = Scope(topic=topic)
        note = time_note(question, said, counted_from(question, said, before))
        return None if note is None else (note.kind, dict(note.values))

    assert noted("And the year before?", OF_2015) == ("counted", {"words": "year before", "meant": "2014"})
    assert noted("Before that?", OF_2015) == ("counted", {"words": "Before that", "meant": "–2014"})
    assert noted("And the year before?", Scope()) == ("not_counted", {"words": "year before"})
    assert noted("And extradition?", OF_2015) is None
    topic = "the trials of smugglers that begin a year later"
    of_topic = noted(f"and on {topic}, what did they say two years later?", OF_2015, topic)
    assert of_topic == ("counted", {"words": "two years later", "meant": "2017"})


def test_a_time_set_by_hand_leaves_no_note_on_the_one_that_was_read(parties):
    asked = ["What did Arvandia say about extradition in 2015?"]
    read = read_question("And the year before?", parties, history=asked)
    given = read_question("And the year before?", parties, history=asked, overrides={"years": ["2012"]})
    assert [note.kind for note in read.notes] == ["counted"] and not given.notes
    other = read_question("And the year before?", parties, history=asked, overrides={"topic": "asylum"})
    assert [note.kind for note in other.notes] == ["counted"]
