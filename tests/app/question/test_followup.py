"""Follow-ups: what stays of the question before, and that what was taken away by hand stays away."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.errors import ScopeError
from app.question.reading import resolve
from app.question.resolution import Resolution
from app.question.turn import EarlierTurn
from app.records import Scope
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.topic_words import topic_words

cases = Cases(__file__)

ARTICLE = "What did Arvandia say in 2031 about article 4?"
TOPIC = "What did Arvandia say about extradition at the tenth session?"
OPEN = "Which States spoke of extradition in 2031?"


def held(read: Resolution) -> dict[str, Any]:
    """Writes a scope as the table does."""
    scope = read.scope
    lists = {name: " ".join(getattr(scope, name)) for name in ("states", "groups", "sessions", "years", "months")}
    named = [f"{each.treaty} {number}".strip() for each in scope.treaties for number in each.articles or ("",)]
    lists |= {"bodies": " + ".join(scope.bodies), "agenda_items": " ".join(scope.agenda_items), "topic": scope.topic}
    lists |= {"treaties": " + ".join(named), "pick": scope.pick or ""}
    return {name: value for name, value in lists.items() if value}


def _rows() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    for turn in cases["TURNS"]:
        for line in turn["next"]:
            question, read = line.split(" -> ")
            intent, parts = read.split(": ", 1)
            given = {part.split(" ")[0]: part.partition(" ")[2] for part in parts.split("; ")}
            yield turn["question"], question, intent, given


@pytest.mark.parametrize(("first", "question", "intent", "parts"), list(_rows()))
def test_follow_ups_are_told_apart_and_keep_what_they_leave_out(
    first: str, question: str, intent: str, parts: dict[str, str], parties: PartyTable
) -> None:
    read = resolve(question, parties, history=[first])
    asked, language, unclear = (parts.pop(name, None) for name in ("asked", "language", "unclear"))
    is_open = parts.pop("all", "") == "States"
    expected = {name.removeprefix("*"): value for name, value in parts.items()}
    kept = [name.removeprefix("*") for name in parts if name.startswith("*")]
    assert (read.act == "new", read.act == "about") == (intent == "new", intent == "about_answer")
    now = held(read)
    assert topic_words(now.pop("topic", "")) == topic_words(expected.pop("topic", ""))
    assert now == expected
    assert sorted(read.scope.kept) == sorted(kept)
    assert read.all_states is is_open
    assert asked is None or (read.answer_type or "nothing") == asked
    assert language is None or read.scope.language == language
    assert read.unclear == unclear


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (
            (ARTICLE, "And Galdoria?", "And about extradition?", "And Belmora?"),
            {"states": "XAB", "years": "2031", "topic": "extradition"},
        ),
        ((OPEN, "and Belmora?", "and on victims?", "which States agree?"), {"years": "2031", "topic": "victims"}),
        (
            (TOPIC, "why?", "and Belmora too?", "what did they say about victims?"),
            {"states": "XAA XAB", "sessions": "10", "topic": "victims"},
        ),
        (
            ("What did Congo say about extradition?", "the Democratic Republic of the Congo"),
            {"states": "COD", "topic": "extradition"},
        ),
        (
            ("What did Austria and Congo say about extradition?", "the Democratic Republic of the Congo"),
            {"states": "AUT COD", "topic": "extradition"},
        ),
        (
            ("What did Austria say about extradition?", "and Congo?", "the Democratic Republic of the Congo"),
            {"states": "COD", "topic": "extradition"},
        ),
        (
            (
                "What did Arvandia say about extradition under agenda item 4?",
                "and on firearms?",
                "and under agenda item 5?",
            ),
            {"states": "XAA", "agenda_items": "5", "topic": "firearms"},
        ),
        (
            ("How many agreements did Arvandia conclude?", *["and Belmora?", "and Arvandia?"] * 10),
            {"states": "XAA", "topic": "agreements"},
        ),
    ],
)
def test_chains_reach_back_over_their_turns(
    turns: tuple[str, ...], expected: dict[str, str], parties: PartyTable
) -> None:
    *history, question = turns
    found = held(resolve(question, parties, history=history))
    assert found.pop("topic", "").startswith(expected.pop("topic", ""))
    assert found == expected


def test_an_ambiguous_name_stays_to_be_asked_back_until_it_is_settled(parties: PartyTable) -> None:
    first = "What did Congo say about extradition?"
    assert resolve("and on firearms?", parties, history=[first]).unclear == "Congo"
    assert resolve("why?", parties, history=[first]).unclear == "Congo"
    assert resolve("the Democratic Republic of the Congo", parties, history=[first]).unclear is None


@pytest.mark.parametrize("topic", ["gold", "iron", "witnesses", "corruption", "chair", "human rights", "mail"])
def test_a_common_word_in_a_fragment_is_a_topic(topic: str, parties: PartyTable) -> None:
    read = resolve(f"and {topic}?", parties, history=[TOPIC])
    assert (read.unclear, read.scope.states, read.scope.topic) == (None, ("XAA",), topic)


def test_the_kind_of_thing_asked_for_stays_with_the_subject(parties: PartyTable) -> None:
    first = "How many agreements did Arvandia conclude?"
    assert resolve("and Belmora?", parties, history=[first]).answer_type == "number"
    assert resolve("and on extradition?", parties, history=[first]).answer_type is None


def test_what_a_treaty_says_is_asked_on_until_somebody_is_named(parties: PartyTable) -> None:
    first = "What does article 16 say?"
    assert resolve("and article 18?", parties, history=[first]).provision
    assert not resolve("and Belmora?", parties, history=[first]).provision
    assert not resolve("and on extradition?", parties, history=[first]).provision


def _read(**scope: Any) -> Resolution:
    return Resolution(scope=Scope(**scope), question="and article 4?")


@cases("overrides", "question", "expected")
def test_what_was_set_by_hand_is_carried_on(
    overrides: dict[str, Any], question: str, expected: dict[str, str], parties: PartyTable
) -> None:
    edited = EarlierTurn(question=ARTICLE, overrides=overrides)
    assert held(resolve(question, parties, history=[edited])) == expected
    later = resolve("and Drelnia?", parties, history=[edited, question])
    assert held(later) == {**expected, "states": "XDR"}


def test_taking_the_last_state_away_asks_all_of_them(parties: PartyTable) -> None:
    assert resolve(ARTICLE, parties, overrides={"states": []}).all_states
    after = resolve("only 2030", parties, history=[EarlierTurn(question=ARTICLE, overrides={"states": []})])
    assert after.all_states and held(after) == {"treaties": "UNTOC 4", "years": "2030"}


def test_kept_names_only_what_is_still_as_it_was(parties: PartyTable) -> None:
    history = ["What did Arvandia and Galdoria say in 2031 about article 4?"]
    kept = {
        name: resolve("only 2030", parties, history=history, overrides=change).scope.kept
        for name, change in {
            "nothing": {},
            "one state away": {"states": ["XAA"]},
            "both away": {"states": []},
            "another": {"states": ["XAB"]},
        }.items()
    }
    assert kept["nothing"] == kept["one state away"] == ("states", "treaties")
    assert kept["both away"] == kept["another"] == ("treaties",)


def test_an_answers_own_scope_can_be_given_back_with_its_question(parties: PartyTable) -> None:
    scope = {
        "states": ["XAA"],
        "treaties": [],
        "years": ["2031"],
        "topic": "extradition",
        "kept": ["years"],
        "notes": [],
    }
    turn = EarlierTurn(question="and on extradition?", overrides=scope)
    assert held(resolve("and Belmora?", parties, history=[turn])) == {
        "states": "XAB",
        "years": "2031",
        "topic": "extradition",
    }


def test_an_earlier_scope_that_names_nothing_known_is_an_error(parties: PartyTable) -> None:
    with pytest.raises(ScopeError, match="Wakanda"):
        resolve("and Belmora?", parties, history=[EarlierTurn(question=ARTICLE, overrides={"states": ["Wakanda"]})])


@pytest.mark.parametrize("question", ["", "?", "(((", "and", "和", "و", "\x00", "and " * 400, "’s " * 300])
def test_nonsense_after_a_question_is_read_without_failing(question: str, parties: PartyTable) -> None:
    follow = question or " "
    if follow.strip():
        assert resolve(follow, parties, history=[ARTICLE]).scope.states == ("XAA",)
    assert resolve("and Belmora?", parties, history=[ARTICLE, follow]).scope.states == ("XAB",)


@cases("question")
def test_a_pronoun_after_a_name_is_that_name_s(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties, history=["What did Arvandia say about mutual legal assistance?"])
    assert (read.scope.states, read.scope.pick, read.scope.topic) == (("XAB",), "latest", "mutual legal assistance")
