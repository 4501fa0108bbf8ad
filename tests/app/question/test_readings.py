"""Questions, and what is read of them: who speaks, about what, when and where, and what kind of answer is wanted.

Each table of `test_readings.yaml` says what it shows (`shows`) and which parts of a reading it checks (`reads`).
"""

from datetime import date
from typing import Any, get_args

import pytest

from app.answering.localization import localize
from app.answering.render import note_in_words
from app.errors import QuestionError
from app.question.kind_traits import KIND_TRAITS
from app.question.language import detect_language
from app.question.occasion import occasion_of
from app.question.question_patterns import asks_who_was_silent
from app.question.reading import MAX_QUESTION, read_question
from app.question.spans.find_spans import find_spans
from app.records import Note, QuestionKind, Scope
from ingest.metadata.sessions import UNTOC_COP, load_sessions
from ingest.parties.party_table import PartyTable
from tests.app.question.reading_parts import check
from tests.cases import Cases
from tests.topic_words import topic_words

cases = Cases(__file__)
LAST_KNOWN = max(int(each.session) for each in load_sessions() if each.body == UNTOC_COP)


def rows(name: str) -> list[Any]:
    found = []
    for table in cases[name]:
        before: list[str] = []
        for row in table["rows"]:
            words, expected = (row, {}) if isinstance(row, str) else row
            given = {"after": before or table.get("after", []), **table.get("all", {}), **expected}
            after, text = given.pop("after"), table.get("ask", "{}").format(words)
            shown = f"{table['shows']}: {' / '.join([*after, words])}"
            found.append(pytest.param(text, after, table["reads"], given, id=shown))
            before = [*before, text] if table.get("in_turn") else []
    return found


def occasion(text: str, parties: PartyTable, today: date | None = None) -> Scope:
    """Returns the time and venue of a text, taken from all spans in it."""
    return occasion_of(find_spans(text, detect_language(text, parties), parties, today), today)


@pytest.mark.parametrize(("question", "after", "parts", "told"), rows("QUESTIONS"))
def test_a_question_is_read(question, after, parts, told, parties):
    check(read_question(question, parties, history=after), parts, told)


@pytest.mark.parametrize(("text", "after", "parts", "told"), rows("OCCASIONS"))
def test_an_occasion_is_read(text, after, parts, told, parties):
    check(occasion(text, parties), parts, told)


@cases("text", "interval", "months", tuples=True, at_once=True)
def test_relative_times_are_counted_from_today(text, interval, months, parties):
    found = occasion(text, parties, date(2031, 6, 30))
    assert found.months == months
    assert (found.interval or (found.years[0], found.years[-1])) == interval


def test_times_apart_are_each_asked_about_up_to_today(parties):
    scope = read_question("What did Austria say about gold before 1947 and after 2023?", parties).scope
    assert (scope.years[:4], scope.interval, scope.months) == (("1945", "1946", "2024", "2025"), None, ())


@cases("text", "first", at_once=True)
def test_sessions_of_a_known_body_are_read_from_one_on(text, first, parties):
    numbers = [int(each) for each in occasion(text, parties).sessions]
    assert numbers == list(range(first, numbers[-1] + 1)) and numbers[-1] >= LAST_KNOWN


@cases("text", at_once=True)
def test_so_many_last_sessions_are_the_last_that_were_held(text, parties):
    assert occasion(text, parties, date(2023, 5, 3)).sessions == ("10", "11")


@cases("text", "first", at_once=True)
def test_sessions_of_any_body_are_read_from_one_on(text, first, parties):
    found = occasion(text, parties)
    assert found.sessions[0] == str(first) and len(found.sessions) > 1
    assert found.years == ()


@cases("question", "silent", at_once=True)
def test_a_denied_verb_of_saying_asks_who_was_silent_and_a_denied_deed_who_says_so(question, silent):
    assert asks_who_was_silent(question) is silent


@cases("question", "note")
def test_readings_that_are_not_obvious_are_noted(question, note, parties):
    read = read_question(question, parties)
    assert any(note_in_words(each, localize(parties, "en")).startswith(note) for each in read.notes)


@cases("language", "note")
def test_an_article_is_noted_with_its_treaty_and_title_in_the_language_of_the_answer(language, note, parties):
    read = Note(kind="article", values={"article": "5", "treaty": "SOM", "title": "Criminal liability of migrants"})
    assert note_in_words(read, localize(parties, language)) == note


@cases("question", "states", "written", tuples=True)
def test_a_name_that_is_near_to_one_alone_is_read_and_said(question, states, written, parties):
    read = read_question(question, parties)
    assert (read.unclear, set(read.scope.states)) == (None, set(states))
    assert written in [note.values["name"] for note in read.notes if note.kind == "read_as"]


@cases("question", "note")
def test_it_is_said_whom_a_set_was_read_as(question, note, parties):
    read = read_question(question, parties)
    assert note in [note_in_words(each, localize(parties, "en")) for each in read.notes] and read.scope.topic == "gold"


@cases("question", "kind", "topic")
def test_a_kind_that_no_lookup_knows_is_said_in_other_languages(question, kind, topic, parties):
    read = read_question(question, parties)
    assert read.scope.all_states and topic_words(read.scope.topic) == topic_words(topic)
    assert any(kind == note.values.get("kind") for note in read.notes)


def test_every_kind_of_question_has_its_traits():
    assert list(KIND_TRAITS) == list(get_args(QuestionKind))


def test_a_question_of_2001_characters_is_refused(parties):
    fits = "What did Iran say about article 4? ".ljust(MAX_QUESTION, "x")
    assert read_question(fits, parties).scope.states == ("IRN",)
    with pytest.raises(QuestionError, match="2001"):
        read_question(fits + "x", parties)


@pytest.mark.parametrize("question", ["", " ", "\n\t"])
def test_an_empty_question_is_refused(question, parties):
    with pytest.raises(QuestionError, match="empty"):
        read_question(question, parties)


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    [
        "(((((" * 300,
        "\x00\x01",
        "?" * 2000,
        "Iran " * 400,
        "a" * 2000,
        "\u202e\u200b\ufeff Iran",
        "’s " * 600,
        "in 2018 " * 250,
    ],
)
def test_nonsense_is_read_without_failing(question, parties):
    assert read_question(question, parties).question


@pytest.mark.parametrize("question", ["", "?", "(((", "and", "和", "و", "\x00", "and " * 400, "’s " * 300])
def test_nonsense_after_a_question_is_read_without_failing(question, parties):
    first, follow = "What did Arvandia say in 2031 about article 4?", question or " "
    if follow.strip():
        assert read_question(follow, parties, history=[first]).scope.states == ("XAA",)
    assert read_question("and Belmora?", parties, history=[first, follow]).scope.states == ("XAB",)


@cases("question", "asked", "excluded", tuples=True)
def test_each_of_a_list_is_left_out(question, asked, excluded, parties):
    read = read_question(question, parties)
    scope = read.scope
    assert ((*scope.states, *scope.groups, *scope.members_of), scope.excluded) == (asked, excluded)
    assert not any(note.kind == "topic_party" for note in (*read.notes, *read.party_notes))


@cases("question", "topic")
def test_a_topic_begins_with_all_of_a_compound(question, topic, parties):
    assert read_question(question, parties).scope.topic == topic
