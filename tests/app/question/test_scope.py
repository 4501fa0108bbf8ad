"""How questions are read: who speaks, about what, when, and what is asked back (design: promise 4)."""

import pytest

from app.answering.localization import localize
from app.answering.notes import word_notes
from app.errors import QuestionError, ScopeError
from app.question.reading import MAX_QUESTION, resolve
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.topic_words import topic_words

cases = Cases(__file__)


@cases("question", "states", tuples=True)
def test_states_are_found_by_any_of_their_names(question: str, states: tuple[str, ...], parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert scope.states == states
    assert scope.topic == "extradition"


@cases("question", "note")
def test_readings_that_are_not_obvious_are_noted(question: str, note: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert any(text.startswith(note) for text in word_notes(read.notes, localize(parties, "en")))


@pytest.mark.parametrize(
    "question", ["What was said in Vienna about extradition?", "What was said at the Vienna session on extradition?"]
)
def test_a_capital_as_a_place_is_nobody(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.scope.states == () and read.unclear is None and read.scope.topic == "extradition"


@cases("question", "states", "topic", tuples=True)
def test_who_is_only_mentioned_is_topic(
    question: str, states: tuple[str, ...], topic: str, parties: PartyTable
) -> None:
    scope = resolve(question, parties).scope
    assert scope.states == states and topic in scope.topic.lower()


@pytest.mark.parametrize(
    ("question", "states"),
    [
        ("Compare the positions of Austria and Poland on extradition.", {"AUT", "POL"}),
        ("Compare Arvandia and Galdoria on extradition.", {"XAA", "XGA"}),
        ("How does Iran's position on extradition differ from that of Israel?", {"IRN", "ISR"}),
        ("Austria versus Poland on extradition", {"AUT", "POL"}),
        ("What did both Mali and Benin say about extradition?", {"MLI", "BEN"}),
    ],
)
def test_comparisons_ask_all_of_them(question: str, states: set[str], parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert set(scope.states) == states and "extradition" in scope.topic


@cases("question")
def test_questions_to_everyone_are_open(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.all_states and read.scope.states == ()


@cases("when", "years", tuples=True)
def test_years_are_read_and_leave_no_topic(when: str, years: tuple[str, ...], parties: PartyTable) -> None:
    scope = resolve(f"What did France say {when} about terrorism?", parties).scope
    assert (scope.years, scope.topic, scope.states) == (years, "terrorism", ("FRA",))


def test_since_and_before_are_open_ended(parties: PartyTable) -> None:
    since = resolve("What did France say since 2018 about terrorism?", parties).scope.years
    assert since[0] == "2018" and {"2018", "2020", "2026"} <= set(since) and "2017" not in since
    before = resolve("What did France say before 2001 about terrorism?", parties).scope.years
    assert before[-1] == "2000" and "2001" not in before


@cases("question", "sessions", tuples=True)
def test_sessions_are_read(question: str, sessions: tuple[str, ...], parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert scope.sessions == sessions and scope.topic == "sanctions" and scope.treaties == ()


@cases("question")
def test_bodies_are_read(question: str, parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert len(scope.bodies) == 1 and scope.states == ("IRN",)


@cases("question", "treaty", "articles", tuples=True)
def test_articles_are_filters_and_leave_no_topic(
    question: str, treaty: str, articles: tuple[str, ...], parties: PartyTable
) -> None:
    scope = resolve(question, parties).scope
    assert [(each.treaty, each.articles) for each in scope.treaties] == [(treaty, articles)]
    assert (scope.topic, scope.states, scope.agenda_items) == ("", ("IRN",), ())


def test_an_agenda_item_is_no_article(parties: PartyTable) -> None:
    scope = resolve("What did Iran say under agenda item 4 about extradition?", parties).scope
    assert (scope.agenda_items, scope.treaties, scope.topic) == (("4",), (), "extradition")


def test_an_article_keeps_the_topic_beside_it(parties: PartyTable) -> None:
    scope = resolve("What did Arvandia say about extradition under article 16?", parties).scope
    assert scope.treaties[0].articles == ("16",) and scope.topic == "extradition"


def test_follow_ups_keep_what_they_leave_out(parties: PartyTable) -> None:
    first = "What did Arvandia say in 2020 about article 4?"
    other_state = resolve("And Galdoria?", parties, history=[first]).scope
    assert other_state.states == ("XGA",) and other_state.treaties[0].articles == ("4",)
    assert other_state.years == ("2020",) and set(other_state.kept) == {"treaties", "years"}
    other_topic = resolve("And about extradition?", parties, history=[first]).scope
    assert other_topic.states == ("XAA",) and other_topic.topic == "extradition" and other_topic.treaties == ()
    assert "states" in other_topic.kept
    whole = resolve("What did Belmora say about witnesses?", parties, history=[first]).scope
    assert (whole.states, whole.treaties, whole.years, whole.kept) == (("XAB",), (), (), ())


def test_follow_ups_reach_back_over_several_turns(parties: PartyTable) -> None:
    history = ["What did Arvandia say about article 4?", "And Galdoria?", "And about extradition?"]
    scope = resolve("And Belmora?", parties, history=history).scope
    assert (scope.states, scope.topic) == (("XAB",), "extradition")


@pytest.mark.parametrize(("name", "options"), [("Congo", 2), ("Korea", 2)])
def test_an_ambiguous_name_is_asked_back(name: str, options: int, parties: PartyTable) -> None:
    read = resolve(f"What did {name} say about extradition?", parties)
    assert read.unclear == name and read.known_name and len(read.options) == options
    assert read.scope.states == ()


@cases("question", "states", "written", tuples=True)
def test_a_name_that_is_near_to_one_alone_is_read_and_said(
    question: str, states: tuple[str, ...], written: str, parties: PartyTable
) -> None:
    read = resolve(question, parties)
    assert (read.unclear, set(read.scope.states)) == (None, set(states))
    assert written in [note.values["name"] for note in read.notes if note.kind == "read_as"]


@pytest.mark.parametrize(
    ("question", "unclear", "states", "options"),
    [
        ("What did Nigera say about gold?", "Nigera", (), {"Nigeria", "Niger"}),
        ("Compare Austria and Ruritania on gold", "Ruritania", ("AUT",), set()),
        ("Compare Ruritania and Austria on gold", "Ruritania", ("AUT",), set()),
    ],
)
def test_an_unknown_name_is_asked_back(
    question: str, unclear: str, states: tuple[str, ...], options: set[str], parties: PartyTable
) -> None:
    read = resolve(question, parties)
    assert (read.unclear, read.known_name, read.scope.states) == (unclear, False, states)
    assert options <= set(read.options)


def test_a_word_in_small_letters_beside_a_name_is_no_mistyped_one(parties: PartyTable) -> None:
    resolution = resolve("Why did Libya abstain on the resolution on extrajudicial executions?", parties)
    assert (resolution.scope.states, resolution.unclear) == (("LBY",), None)
    assert resolve("what did nigera say about piracy?", parties).options


@cases("question")
def test_other_words_beside_a_state_are_no_unknown_names(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.unclear is None and read.scope.states[:1] == ("AUT",)


@cases("question", "states", tuples=True)
def test_every_subject_of_a_question_is_asked_about(
    question: str, states: tuple[str, ...], parties: PartyTable
) -> None:
    assert resolve(question, parties).scope.states == states


@cases("question", "topic")
def test_those_left_out_are_not_asked_about(question: str, topic: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert (read.scope.states, read.all_states, topic_words(read.scope.topic)) == ((), True, topic_words(topic))


@cases("question", "asked", "excluded", tuples=True)
def test_each_of_a_list_is_left_out(
    question: str, asked: tuple[str, ...], excluded: tuple[str, ...], parties: PartyTable
) -> None:
    read = resolve(question, parties)
    scope = read.scope
    assert ((*scope.states, *scope.groups, *scope.members_of), scope.excluded) == (asked, excluded)
    assert not any(note.kind == "topic_party" for note in (*read.notes, *read.party_notes))


def test_a_speaker_beside_those_left_out_is_asked_about(parties: PartyTable) -> None:
    assert resolve("Besides Chile, did Peru mention gold?", parties).scope.states == ("PER",)


@cases("question", "phrase")
def test_others_named_after_a_state_are_not_that_state(question: str, phrase: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert (read.unclear, read.scope.states, read.all_states) == (phrase, (), False)


def test_others_named_after_a_state_may_be_a_topic(parties: PartyTable) -> None:
    read = resolve("What did Chile say about Peru's neighbours?", parties)
    assert (read.unclear, read.scope.states, read.scope.topic) == (None, ("CHL",), "Peru's neighbours")


def test_a_choice_settles_an_ambiguous_name(parties: PartyTable) -> None:
    read = resolve("What did Congo say about extradition?", parties, overrides={"states": ["COG"]})
    assert read.unclear is None and read.scope.states == ("COG",)


def test_overrides_take_the_place_of_what_was_read(parties: PartyTable) -> None:
    overrides = {
        "states": ["Austria", "IRN"],
        "years": [2020],
        "sessions": ["10"],
        "bodies": [],
        "agenda_items": ["4"],
        "treaties": [{"treaty": "TIP", "articles": [4]}],
        "topic": "victims",
    }
    scope = resolve("What did Poland say in 1999 about article 16?", parties, overrides=overrides).scope
    assert (scope.states, scope.years, scope.sessions) == (("AUT", "IRN"), ("2020",), ("10",))
    assert (scope.agenda_items, scope.topic) == (("4",), "victims")
    assert [(each.treaty, each.articles) for each in scope.treaties] == [("TIP", ("4",))]


@cases("overrides", "says")
def test_overrides_that_name_nothing_known_are_errors(
    overrides: dict[str, object], says: str, parties: PartyTable
) -> None:
    with pytest.raises(ScopeError, match=says):
        resolve("What did Iran say about article 4?", parties, overrides=overrides)


def test_a_question_of_2001_characters_is_refused(parties: PartyTable) -> None:
    fits = "What did Iran say about article 4? ".ljust(MAX_QUESTION, "x")
    assert resolve(fits, parties).scope.states == ("IRN",)
    with pytest.raises(QuestionError, match="2001"):
        resolve(fits + "x", parties)


@pytest.mark.parametrize("question", ["", " ", "\n\t"])
def test_an_empty_question_is_refused(question: str, parties: PartyTable) -> None:
    with pytest.raises(QuestionError, match="empty"):
        resolve(question, parties)


@cases("language", "question")
def test_the_other_languages_are_read_alike(language: str, question: str, parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert (scope.language, scope.states, scope.topic) == (language, ("IRN",), "")
    assert [(each.treaty, each.articles) for each in scope.treaties] == [("UNTOC", ("4",))]


@cases("language", "question", "topic")
def test_topics_of_the_other_languages_are_bare(language: str, question: str, topic: str, parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert (scope.language, topic_words(scope.topic), len(scope.states)) == (language, topic_words(topic), 1)


@cases("question", "kind")
def test_the_kind_of_thing_asked_for_is_read(question: str, kind: str | None, parties: PartyTable) -> None:
    assert resolve(question, parties).answer_type == kind


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
def test_nonsense_is_read_without_failing(question: str, parties: PartyTable) -> None:
    assert resolve(question, parties).question
