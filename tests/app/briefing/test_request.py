from itertools import pairwise

import pytest

from app.briefing.cells import Subject
from app.briefing.request import asked_for_briefing, read_request, request_of_resolution, request_of_scopes
from app.errors import BriefingError
from app.export.briefing_lines import kind_in_words
from app.question.reading import read_question
from app.question.resolution import Restyle
from app.records import Scope, TreatyScope
from ingest.parties.party_table import PartyTable
from prompts.wording import load_briefing_words
from tests.cases import Cases

cases = Cases(__file__)

PARTIES = PartyTable.load()


def test_names_and_codes_listed_together_are_read_in_order():
    states = ["Poland, AUT; Korea, Republic of", "Iran, Islamic Republic of"]
    request = read_request(PARTIES, states=states, topics=["x"])
    assert request.parties == ("POL", "AUT", "KOR", "IRN")


def test_group_brings_itself_and_its_members():
    request = read_request(PARTIES, groups=["European Union"], topics=["x"])
    assert request.parties[0] == "EU"
    assert set(request.parties[1:]) == PARTIES.members("EU")
    names = [PARTIES.display(code) for code in request.parties[1:]]
    assert all(one <= other for one, other in pairwise(names))


@cases("given", "said", at_once=True)
def test_what_cannot_be_read_is_refused_with_what_to_do(given, said):
    with pytest.raises(BriefingError, match=said):
        read_request(PARTIES, **given)


def test_articles_are_of_the_convention_unless_their_treaty_is_named():
    request = read_request(PARTIES, articles=["18, article 16, TIP 9, UNCAC art. 43"])
    found = [(subject.treaty, subject.article) for subject in request.subjects]
    assert found == [("UNTOC", "18"), ("UNTOC", "16"), ("TIP", "9"), ("UNCAC", "43")]
    assert request.subjects[0].label == "UNTOC article 18 (Mutual legal assistance)"


def test_topics_one_a_line_and_years_as_range():
    topics = ["mutual legal assistance", "extradition", "asset recovery"]
    request = read_request(PARTIES, topics=["{}\n{}; {}".format(*topics)], years=["2018-2020"])
    assert [subject.topic for subject in request.subjects] == topics
    assert request.years == ("2018", "2019", "2020")


def test_a_topic_in_capitals_is_the_same_column():
    request = read_request(PARTIES, topics=["ICC; icc; visits"])
    assert [subject.topic for subject in request.subjects] == ["ICC", "visits"]


@cases("typed")
def test_sessions_are_read_as_people_write_them(typed):
    assert read_request(PARTIES, topics=["x"], sessions=[typed]).sessions == ("8", "9", "10")


@pytest.mark.parametrize(("typed", "bodies"), [("CCPCJ 10", ("CCPCJ",)), ("10 / COP 12", ("UNTOC COP",)), ("10", ())])
def test_the_body_typed_with_a_session_is_asked_for(typed, bodies):
    assert read_request(PARTIES, topics=["x"], sessions=[typed]).bodies == bodies


@cases("question", "rest", at_once=True)
def test_briefing_is_told_from_a_question(question, rest):
    assert asked_for_briefing(question) == (None if rest is None else (rest, Restyle()))


@cases("question", "form", tuples=True)
def test_language_and_form_of_a_briefing_are_read(question, form):
    assert asked_for_briefing(question) == ("extradition for Austria", Restyle(style=form[0], language=form[1]))


def spoken(words):
    """Returns the request that a sentence makes."""
    return request_of_resolution(read_question(words, PARTIES), PARTIES)


def test_spoken_request_keeps_parties_topic_and_years():
    request = spoken("mutual legal assistance for Austria and Poland since 2024")
    assert set(request.parties) == {"AUT", "POL"}
    assert "mutual legal assistance" in request.subjects[0].topic
    assert request.years[0] == "2024"


def test_topics_side_by_side_are_columns_of_their_own():
    subjects = spoken("extradition and mutual legal assistance for Austria").subjects
    assert [subject.topic for subject in subjects] == ["extradition", "mutual legal assistance"]


def test_spoken_request_with_an_ambiguous_name_is_asked_back():
    with pytest.raises(BriefingError, match=r"'Korea' can be read in several ways"):
        spoken("corruption for Korea")


def test_conversation_becomes_all_its_parties_on_all_its_subjects():
    article = Scope(states=("IRN",), treaties=(TreatyScope(treaty="UNTOC", articles=("4",)),), years=("2020",))
    topic = Scope(states=("AUT", "IRN"), topic="extradition", years=("2018",))
    request = request_of_scopes([article, topic], PARTIES)
    assert request.parties == ("IRN", "AUT")
    subjects = [(subject.treaty, subject.article, subject.topic) for subject in request.subjects]
    assert subjects == [("UNTOC", "4", ""), (None, None, "extradition")]
    # A year of one question must not narrow the other.
    assert request.years == ()


def test_conversation_that_names_nobody_takes_who_was_quoted_and_needs_a_topic():
    assert request_of_scopes([Scope(topic="extradition")], PARTIES, ["POL"]).parties == ("POL",)
    with pytest.raises(BriefingError, match="names no topic"):
        request_of_scopes([Scope(states=("IRN",))], PARTIES)


def test_members_are_asked_for_but_those_left_out():
    asked = Scope(members_of=("CENTRAL_ASIA",), excluded=("UZB",), topic="extradition")
    request = request_of_scopes([asked, Scope(states=("BRA",), topic="extradition")], PARTIES)
    assert request.parties == ("KAZ", "KGZ", "TJK", "TKM", "BRA") and request.excluded == ()
    assert request_of_scopes([Scope(excluded=("GHA",), topic="extradition")], PARTIES).excluded == ("GHA",)


@pytest.mark.parametrize(
    ("when", "years", "months"), [("in October 2020", ("2020",), ("2020-10",)), ("in 2020", ("2020",), ())]
)
def test_months_stay_months(when, years, months):
    request = spoken(f"extradition for Austria {when}")
    asked = request.scope(request.subjects[0], "AUT", None, PARTIES)
    assert (asked.years, asked.months) == (years, months)
    assert read_request(PARTIES, topics=["extradition"], years=[", ".join(request.years)]).years == request.years


def test_support_on_a_harm_is_shown_as_action_against_it():
    harm = Subject(label="Corruption", topic="corruption", harm=True)
    other, words = Subject(label="Extradition", topic="extradition"), load_briefing_words("en")
    assert kind_in_words(words, "supports", harm) == "supports action against it"
    assert kind_in_words(words, "opposes", harm) == "opposes"
    assert kind_in_words(words, "supports", other) == "supports"
