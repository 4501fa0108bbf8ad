"""Turns that ask parties without naming them: some of those asked before, everyone, or everyone else."""

from app.question.reading import read_question
from tests.cases import Cases

cases = Cases(__file__)


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
