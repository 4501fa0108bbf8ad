"""When and where a question asks about: bodies, sessions, dates, years, the last statement."""

from datetime import date

import pytest

from app.question.language import detect_language
from app.question.reading import resolve
from app.question.spans import find_spans, time_and_venue_of
from app.records import Scope
from ingest.metadata.sessions import UNTOC_COP, load_sessions
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.topic_words import topic_words

cases = Cases(__file__)

PARTIES = PartyTable.load()


def find_occasions(text: str) -> Scope:
    """What a text names, all of it taken for when and where."""
    return time_and_venue_of(find_spans(text, detect_language(text, PARTIES), PARTIES))


@cases("text")
def test_the_tenth_session_is_read_however_it_is_written(text: str) -> None:
    assert find_occasions(text).sessions == ("10",)


@cases("text", "body")
def test_bodies_are_read_by_their_short_names(text: str, body: str) -> None:
    assert find_occasions(text).bodies == (body,)


@pytest.mark.parametrize(
    "text", ["at COP26 on the climate", "about the Conference of the Parties", "on Security Council reform"]
)
def test_what_is_spoken_of_is_no_occasion(text: str) -> None:
    found = find_occasions(text)
    assert (found.bodies, found.sessions) == ((), ())


@cases("text")
def test_october_2020_is_read_however_it_is_written(text: str) -> None:
    found = find_occasions(text)
    assert (found.months, found.years) == (("2020-10",), ("2020",))


def test_months_can_be_several() -> None:
    assert find_occasions("in October and November 2020").months == ("2020-10", "2020-11")
    assert find_occasions("from 28 September to 2 October 2020").months == ("2020-09", "2020-10")


@cases("text", "years", tuples=True)
def test_spans_of_years_are_read(text: str, years: tuple[int, int]) -> None:
    found = find_occasions(text)
    assert found.years == tuple(str(year) for year in range(years[0], years[1] + 1))
    assert found.interval == (str(years[0]), str(years[1]))


@cases("text", "interval", tuples=True)
def test_open_intervals_are_read(text: str, interval: tuple[str | None, str | None]) -> None:
    found = find_occasions(text)
    assert (found.interval, found.years, found.months) == (interval, (), ())


@cases("text", "interval", tuples=True)
def test_decades_and_their_halves_are_intervals(text: str, interval: tuple[str, str]) -> None:
    assert find_occasions(text).interval == interval


@cases("text", "interval", "months", tuples=True)
def test_relative_times_are_counted_from_today(
    text: str, interval: tuple[str, str | None], months: tuple[str, ...]
) -> None:
    found = time_and_venue_of(find_spans(text, detect_language(text, PARTIES), PARTIES, date(2031, 6, 30)))
    assert found.months == months
    assert (found.interval or (found.years[0], found.years[-1])) == interval


@pytest.mark.parametrize(
    "text", ["in 2016 and 2020", "en 2016 et 2020", "en 2016 y 2020", "в 2016 и 2020 годах", "2016年和2020年"]
)
def test_two_years_are_no_span(text: str) -> None:
    found = find_occasions(text)
    assert found.years == ("2016", "2020")


@cases("text")
def test_the_last_statement_is_picked(text: str) -> None:
    assert find_occasions(text).pick == "latest"


@cases("text")
def test_the_first_statement_is_picked(text: str) -> None:
    assert find_occasions(text).pick == "earliest"


@cases("text")
def test_other_lasts_and_firsts_pick_nothing(text: str) -> None:
    assert find_occasions(text).pick is None


def test_the_last_session_of_a_body_is_the_body_and_the_pick() -> None:
    found = find_occasions("at the last session of the Conference of the Parties")
    assert (found.pick, found.bodies, found.sessions) == ("latest", (UNTOC_COP,), ())


@cases("when")
def test_an_occasion_leaves_no_topic(when: str, parties: PartyTable) -> None:
    scope = resolve(f"What did Arvandia say {when} about extradition?", parties).scope
    assert (scope.states, scope.topic) == (("XAA",), "extradition")


def test_a_meeting_place_is_no_state(parties: PartyTable) -> None:
    scope = resolve("What did Arvandia say at the Vienna session of October 2020?", parties).scope
    assert (scope.states, scope.months, scope.topic) == (("XAA",), ("2020-10",), "")


@cases("question", "sessions", tuples=True)
def test_lists_and_ranges_of_sessions_are_read_whole(question: str, sessions: tuple[str, ...]) -> None:
    found = find_occasions(question)
    assert (found.sessions, found.years) == (sessions, ())


@pytest.mark.parametrize("question", ["two articles and the 10th session", "in 2009 and at the tenth session"])
def test_other_numbers_beside_a_session_are_none(question: str) -> None:
    assert find_occasions(question).sessions == ("10",)


@cases("question", "years", tuples=True)
def test_years_of_what_is_spoken_of_are_no_occasion(question: str, years: tuple[str, ...]) -> None:
    assert resolve(question, PARTIES).scope.years == years


@cases("text", "session")
def test_the_number_beside_a_body_is_its_session(text: str, session: str) -> None:
    found = find_occasions(text)
    assert found.sessions == (session,) and len(found.bodies) == 1 and found.years == ()


@cases("text")
def test_other_numbers_beside_a_body_are_no_session(text: str) -> None:
    assert find_occasions(text).sessions == ()


@cases("text", "number")
def test_a_feminine_ordinal_is_read(text: str, number: str) -> None:
    assert find_occasions(text).sessions == (number,)


LAST_KNOWN = max(int(each.session) for each in load_sessions() if each.body == UNTOC_COP)


@cases("text", "first")
def test_sessions_of_a_known_body_are_read_from_one_on(text: str, first: int) -> None:
    numbers = [int(each) for each in find_occasions(text).sessions]
    assert numbers == list(range(first, numbers[-1] + 1)) and numbers[-1] >= LAST_KNOWN


@cases("text", "first")
def test_sessions_of_any_body_are_read_from_one_on(text: str, first: int) -> None:
    found = find_occasions(text)
    assert found.sessions[0] == str(first) and len(found.sessions) > 1
    assert found.years == ()


@cases("text")
def test_sessions_before_one_leave_it_out(text: str) -> None:
    assert find_occasions(text).sessions == tuple(str(number) for number in range(1, 10))


def test_before_the_first_session_there_was_none() -> None:
    assert find_occasions("before the first session").sessions == ("0",)


@cases("text")
def test_to_speak_before_a_body_is_no_time(text: str) -> None:
    assert find_occasions(text).sessions == ("75",)


@cases("text")
def test_a_span_of_months_over_years_is_read_whole(text: str) -> None:
    found = find_occasions(text)
    assert (found.years, found.months) == (tuple(str(year) for year in range(2015, 2022)), ())


@cases("text", "months", tuples=True)
def test_months_are_read_as_they_are_typed(text: str, months: tuple[str, ...]) -> None:
    assert find_occasions(text).months == months


@pytest.mark.parametrize(
    ("text", "years"),
    [("in 2017/2018", ("2017", "2018")), ("in 2017/18", ("2017", "2018")), ("in 2010-12", ("2010", "2011", "2012"))],
)
def test_years_joined_by_a_sign_are_read(text: str, years: tuple[str, ...]) -> None:
    assert find_occasions(text).years == years


@cases("question", "topic")
def test_words_for_time_are_no_topic(question: str, topic: str, parties: PartyTable) -> None:
    assert topic_words(resolve(question, parties).scope.topic) == topic_words(topic)


@cases("question", "pick")
def test_the_last_and_the_first_time_are_picked(question: str, pick: str | None, parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert scope.pick == pick and topic_words(scope.topic) in (["extradition"], ["extradicion"])


@cases("question")
def test_what_a_statement_is_about_is_its_whole(question: str, parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert (scope.states, scope.pick, scope.topic) == (("NGA",), "latest", "")


@cases("words", "treaties", tuples=True)
def test_articles_without_a_home_are_looked_for(
    words: str, treaties: dict[str, tuple[str, ...]], parties: PartyTable
) -> None:
    read = resolve(f"What did Arvandia say about {words}?", parties)
    assert {each.treaty: each.articles for each in read.scope.treaties} == treaties
    assert read.scope.topic == "" and len(read.notes) == sum(map(len, treaties.values()))


@pytest.mark.parametrize("words", ["Article 51 of the Charter", "article 6 of the Protocol to the American Convention"])
def test_articles_of_other_instruments_stay_words(words: str, parties: PartyTable) -> None:
    scope = resolve(f"What did Arvandia say about {words}?", parties).scope
    assert (scope.treaties, scope.topic) == ((), words)


@cases("question", "treaties", "topic", tuples=True)
def test_what_a_treaty_says_is_asked(question: str, treaties: tuple[str, ...], topic: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.provision and read.is_statement_question
    assert tuple(each.treaty for each in read.scope.treaties) == treaties
    assert topic_words(read.scope.topic) == topic_words(topic)


@cases("question")
def test_what_states_say_of_a_treaty_is_another_question(question: str, parties: PartyTable) -> None:
    assert not resolve(question, parties).provision


@cases("question")
def test_a_time_or_a_meeting_that_is_left_out_narrows_nothing(question: str) -> None:
    scope = resolve(question, PARTIES).scope
    assert (scope.states, scope.years, scope.interval, scope.sessions, scope.bodies) == (("AUT",), (), None, (), ())
    assert not {"apart", "except"} & {*scope.topic.split()}


@cases("question", "years", "interval", tuples=True)
def test_several_times_are_each_asked_about(
    question: str, years: tuple[str, ...], interval: tuple[str | None, str | None] | None
) -> None:
    scope = resolve(question, PARTIES).scope
    assert ((*scope.years[:4],), scope.interval, scope.months) == (years, interval, ())


@cases("question", "excluded", tuples=True)
def test_those_who_are_not_of_a_set_are_asked(question: str, excluded: tuple[str, ...]) -> None:
    scope = resolve(question, PARTIES).scope
    assert (scope.members_of, scope.excluded, scope.all_states) == ((), excluded, True)
    # That is no denial of what they said.
    assert not resolve(question, PARTIES).denies
