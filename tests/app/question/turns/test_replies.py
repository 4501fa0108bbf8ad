"""Replies to a clarification question: which of the offered readings is chosen."""

import pytest

from app.question.turns.follow_ups import chosen_option
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)

CONGOS = ("Congo", "Democratic Republic of the Congo")
KOREAS = ("Republic of Korea", "Democratic People's Republic of Korea")


@cases("language", "reply", "options", "meant", tuples=True)
def test_a_short_reply_chooses_by_place_or_word(
    language: str, reply: str, options: tuple[str, ...], meant: str, parties: PartyTable
) -> None:
    assert chosen_option(reply, "Congo", options, language, parties) == meant


def test_a_word_completes_the_name(parties: PartyTable) -> None:
    assert parties.resolve(chosen_option("South", "Korea", KOREAS, "en", parties)).codes == ("KOR",)


@pytest.mark.parametrize(
    "reply", ["and on firearms?", "the third", "Austria", "What did the other one say about it?", "?"]
)
def test_anything_else_stays_as_it_is(reply: str, parties: PartyTable) -> None:
    assert chosen_option(reply, "Congo", CONGOS, "en", parties) == reply


def test_without_options_nothing_is_chosen(parties: PartyTable) -> None:
    assert chosen_option("the first", None, (), "en", parties) == "the first"
