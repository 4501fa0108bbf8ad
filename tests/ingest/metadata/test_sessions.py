from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.metadata.sessions import (
    GENERAL_ASSEMBLY,
    UNTOC_COP,
    canonical_body,
    canonical_session,
    find_bodies,
    find_session_number,
    is_general_debate,
    load_sessions,
    session_for,
)
from tests.cases import Cases

cases = Cases(__file__)


@cases("name", "body", at_once=True)
def test_canonical_body_for_any_name(name, body):
    assert canonical_body(name) == body


def test_canonical_body_of_a_canonical_name_is_itself():
    for session in load_sessions():
        assert canonical_body(session.body) == session.body


def test_find_bodies_gives_places_and_takes_the_longest_name():
    text = "At the Conference of the Parties to UNTOC and the CND, not a cnd."
    found = find_bodies(text)
    assert [(text[match.start : match.end], match.body) for match in found] == [
        ("Conference of the Parties to UNTOC", UNTOC_COP),
        ("CND", "CND"),
    ]


@cases("text", "number", at_once=True)
def test_find_session_number_for_any_form(text, number):
    assert find_session_number(text) == (number and str(number))


@cases("cell", "session", at_once=True)
def test_canonical_session_for_any_cell(cell, session):
    assert canonical_session(cell) == session


def test_session_for_every_session_of_the_table_and_for_a_year_with_one():
    for session in load_sessions():
        assert session.first <= session.last
        assert session_for(session.body, f"{session.first}/{session.last}") == session.session
        assert session_for(session.body, str(session.last)) == session.session
    assert [session_for(UNTOC_COP, iso) for iso in ("2018", "2019", "2018/2020", None)] == ["9", None, None, None]
    assert session_for("Board of Examplia", "2020-10-12") is session_for(None, "2020-10-12") is None


@cases("day", "session", at_once=True)
def test_session_for_the_general_assembly_follows_its_rule(day, session):
    assert session_for(GENERAL_ASSEMBLY, str(day)) == session


@given(st.dates(date(1947, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_session_for_the_general_assembly_is_never_ahead_of_its_year(day, length):
    session = session_for(GENERAL_ASSEMBLY, f"{day}/{day + timedelta(days=length)}")
    assert session is None or int(session) in (day.year - 1945, day.year - 1946)


def test_general_debate_is_recognised():
    assert is_general_debate("General\nDebate of the Assembly")
    assert not is_general_debate("a general and lively debate")
