"""Turns that ask parties without naming them: some of those asked before, everyone, or everyone else."""

from collections.abc import Sequence

from app.question.reading import read_question
from app.question.resolution import Resolution, Shown
from app.question.turns.state import ConversationState, EarlierTurn
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)


def read_after(first: str, shown: Sequence[str], turn: str, parties: PartyTable) -> Resolution:
    """Returns a turn as it is read after a question whose answer showed these parties."""
    seen = Shown(parties=tuple(shown), listed=tuple(shown), sentences=("s:1",))
    state = ConversationState(read=read_question(first, parties), shown=seen)
    return read_question(turn, parties, history=[EarlierTurn(question=first, state=state)])


@cases("row", at_once=True)
def test_words_for_parties_not_named_ask_those_before_or_everyone(row, parties):
    first, turn, asked, *act = row
    read = read_question(turn, parties, history=[first])
    scope = read.scope
    named = " ".join((*scope.states, *scope.groups, *scope.members_of))
    assert (named or ("all" if scope.all_states else "")) == asked
    assert not act or [read.act] == act


@cases("first", "turn", "members", "unclear")
def test_members_of_the_group_before_are_asked_and_its_neighbours_asked_back(first, turn, members, unclear, parties):
    read = read_question(turn, parties, history=[first])
    assert ([*read.scope.members_of], read.unclear) == (members, unclear)


def test_who_else_takes_no_direction_from_its_own_words(parties):
    read = read_question("ومن أيضا؟", parties, history=["ماذا قالت ريماليا عن تسليم المجرمين؟"])
    assert (read.kind, read.scope.topic, read.stance) == ("which_states", "تسليم المجرمين", False)


@cases("first", "turn", "states", "groups", "excluded", at_once=True)
def test_a_group_that_was_quoted_for_a_state_is_left_out_or_asked(first, turn, states, groups, excluded, parties):
    read = read_after(first, ["XAB", "XGR"], turn, parties)
    scope = read.scope
    assert ([*scope.states], [*scope.groups], [*scope.excluded]) == (states, groups, excluded)
    assert (read.kind, scope.topic != "", read.denies) == ("content", True, False)


@cases("first", "turn", "asked", "counts", at_once=True)
def test_a_turn_on_those_that_a_list_named_asks_or_counts_them_alone(first, turn, asked, counts, parties):
    read = read_after(first, ["XAA", "XIV", "XGR"], turn, parties)
    assert (" ".join(read.scope.named_parties), read.counts) == (asked, counts)
    assert (read.kind, read.scope.all_states, read.unnamed) == ("which_states", True, False)


def test_a_list_is_counted_after_it_and_not_after_an_answer_on_one_state(parties):
    read = read_after("What did Arvandia say about extradition?", ["XAA"], "How many is that?", parties)
    assert (read.kind, read.counts, read.scope.states) == ("number", False, ("XAA",))
