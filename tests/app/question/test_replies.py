"""Replies to a question back: which of the readings offered is meant."""

import pytest

from app.question.replies import chosen_option
from ingest.parties.party_table import PartyTable

CONGOS = ("Congo", "Democratic Republic of the Congo")
KOREAS = ("Republic of Korea", "Democratic People's Republic of Korea")


@pytest.mark.parametrize(
    ("language", "reply", "options", "meant"),
    [
        ("en", "the first", CONGOS, CONGOS[0]),
        ("en", "the second one, please", CONGOS, CONGOS[1]),
        ("en", "the last one", CONGOS, CONGOS[1]),
        ("en", "the Democratic one", CONGOS, CONGOS[1]),
        ("en", "1", KOREAS, KOREAS[0]),
        ("fr", "le deuxième", CONGOS, CONGOS[1]),
        ("es", "la primera", CONGOS, CONGOS[0]),
        ("ru", "второе", CONGOS, CONGOS[1]),
        ("ar", "الأول", CONGOS, CONGOS[0]),
        ("zh", "第二个", CONGOS, CONGOS[1]),
    ],
)
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
