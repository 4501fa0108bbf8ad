"""Sets of States: regions and members of groups are asked for as such and shown (design: promise 4)."""

from dataclasses import replace

import pytest

from app.answering.localization import localize
from app.answering.notes import word_notes
from app.errors import ScopeError
from app.question.reading import resolve
from app.records import Scope
from app.retrieval.scoped_statements import Asked
from app.ui.briefing_requests import briefing_asked
from app.wiring import Workspace
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.topic_words import topic_words
from vectorstore.records import ScopeFilter, StatementSummary

cases = Cases(__file__)

_LAC = "LATIN_AMERICA_CARIBBEAN"


@cases("question", "sets", "topic", tuples=True)
def test_a_set_of_states_is_asked(question: str, sets: tuple[str, ...], topic: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    scope = read.scope
    assert (scope.members_of, scope.states, scope.groups, read.all_states) == (sets, (), (), True)
    assert topic_words(scope.topic) == topic_words(topic) and read.unclear is None


@cases("question", "states", "groups", "topic", tuples=True)
def test_other_words_for_a_region_name_no_set(
    question: str, states: tuple[str, ...], groups: tuple[str, ...], topic: str, parties: PartyTable
) -> None:
    scope = resolve(question, parties).scope
    assert (scope.members_of, scope.states, scope.groups) == ((), states, groups)
    assert topic_words(scope.topic) == topic_words(topic)


@cases("question", "note")
def test_it_is_said_whom_a_set_was_read_as(question: str, note: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert note in word_notes(read.notes, localize(parties, "en")) and read.scope.topic == "gold"


@cases("question", "kind", "topic")
def test_a_kind_that_no_lookup_knows_is_said_in_other_languages(
    question: str, kind: str, topic: str, parties: PartyTable
) -> None:
    read = resolve(question, parties)
    assert read.all_states and topic_words(read.scope.topic) == topic_words(topic)
    assert any(kind == note.values.get("kind") for note in read.notes)


@cases("question")
def test_words_that_narrow_nobody_get_no_note(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.all_states and not read.notes


def test_a_state_beside_a_set_is_asked_as_well(parties: PartyTable) -> None:
    read = resolve("What did Austria and African States say about piracy?", parties)
    assert (read.scope.states, read.scope.members_of, read.all_states) == (("AUT",), ("AFRICA",), False)


@cases("follow_up", "sets", "states", "topic", tuples=True)
def test_a_follow_up_carries_a_set_like_other_parts(
    follow_up: str, sets: tuple[str, ...], states: tuple[str, ...], topic: str, parties: PartyTable
) -> None:
    scope = resolve(follow_up, parties, history=["What did African States say about piracy?"]).scope
    assert (scope.members_of, scope.states, topic_words(scope.topic)) == (sets, states, topic_words(topic))
    assert ("members_of" in scope.kept) == ("AFRICA" in sets)


def test_a_set_can_be_put_in_place_and_taken_away(parties: PartyTable) -> None:
    asked = "What did African States say about piracy?"
    read = resolve(asked, parties, overrides={"members_of": ["Europe", "G77"]})
    assert read.scope.members_of == ("EUROPE", "G77") and read.all_states
    read = resolve(asked, parties, overrides={"members_of": []})
    assert read.scope.members_of == () and read.all_states and not read.notes


@pytest.mark.parametrize("name", ["Atlantis", "IRN", "UNODC", "Like-Minded Group"])
def test_an_override_that_names_no_set_is_an_error(name: str, parties: PartyTable) -> None:
    with pytest.raises(ScopeError, match="no region"):
        resolve("What did Iran say about gold?", parties, overrides={"members_of": [name]})


def _summary(like: StatementSummary, state: str, date: str) -> StatementSummary:
    return replace(like, statement_id=f"{state}-{date}", metadata=replace(like.metadata, state=state, date=date))


def test_members_of_a_group_are_those_at_the_date_of_a_statement(workspace: Workspace, parties: PartyTable) -> None:
    like = workspace.store.catalogue.summaries(ScopeFilter())[0]
    held = [_summary(like, *each) for each in (("GBR", "2019"), ("GBR", "2021"), ("KEN", "2019"), ("EU", "2019"))]

    def kept(**scope: tuple[str, ...]) -> list[str]:
        asked = Asked(Scope(**scope), parties)  # type: ignore[arg-type]
        return [s.statement_id for s in held if asked.keeps(s.metadata)]

    assert kept(members_of=("EU",)) == ["GBR-2019"]
    assert kept(members_of=("AFRICA",)) == ["KEN-2019"]
    assert kept(states=("GBR",), members_of=("AFRICA",)) == ["GBR-2019", "GBR-2021", "KEN-2019"]
    assert kept(excluded=("EU",)) == ["GBR-2021", "KEN-2019"]


def test_members_of_a_group_are_searched_for_themselves(workspace: Workspace, parties: PartyTable) -> None:
    answer = workspace.assistant.ask("Which members of the Group of Riparian States mentioned technical assistance?")
    members = parties.members("XGR")
    claimed = {claim.state for claim in answer.claims}
    assert answer.scope.members_of == ("XGR",) and claimed and claimed <= members
    own = (summary.metadata for summary in workspace.corpus.documents())
    held = {each.state for each in own if each.state in parties.members("XGR", each.date)}
    assert claimed | set(answer.coverage.states_without_evidence) == held
    assert answer.coverage.states_without_statement == ()


def test_a_region_without_statements_is_named(workspace: Workspace) -> None:
    answer = workspace.assistant.ask("What did Central Asian States say about extradition?")
    assert answer.abstention is not None and answer.abstention.reason == "no_statement"
    assert "Central Asia" in answer.abstention.message


def test_a_briefing_on_a_region_asks_its_states(parties: PartyTable) -> None:
    assert briefing_asked("Brief me on what Nordic States from Central Asia say about extradition", [], parties)
    wish = briefing_asked("Brief me on extradition for Central Asian States as talking points", [], parties)
    assert wish is not None and wish.form == "talking_points"
    assert wish.request.parties == ("KAZ", "KGZ", "TJK", "TKM", "UZB")


def test_a_scope_without_a_set_is_as_before() -> None:
    assert Scope().members_of == ()


def test_members_are_asked_one_by_one_only_where_they_are_counted(parties: PartyTable) -> None:
    asked = resolve("Within how many days must the members of the Group of Riparian States reply?", parties).scope
    assert (asked.groups, asked.members_of) == (("XGR",), ())
    counted = resolve("How many members of the Group of Riparian States support a treaty on rivers?", parties).scope
    assert (counted.groups, counted.members_of) == ((), ("XGR",))
