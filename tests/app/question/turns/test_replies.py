"""Replies to a clarification question: which of the offered readings is chosen."""

from app.question.turns.follow_ups import chosen_option
from tests.cases import Cases

cases = Cases(__file__)

KOREAS = ("Republic of Korea", "Democratic People's Republic of Korea")


@cases("language", "reply", "options", "meant", tuples=True, at_once=True)
def test_a_short_reply_chooses_by_place_or_word_and_anything_else_stays(language, reply, options, meant, parties):
    assert chosen_option(reply, "Congo", options, language, parties) == meant


def test_a_word_completes_the_name(parties):
    assert parties.resolve(chosen_option("South", "Korea", KOREAS, "en", parties)).codes == ("KOR",)


def test_without_options_nothing_is_chosen(parties):
    assert chosen_option("the first", None, (), "en", parties) == "the first"
