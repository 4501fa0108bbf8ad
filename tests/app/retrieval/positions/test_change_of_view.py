"""What a sentence takes back of the one before it, and what would only have been, is no present view."""

from functools import partial

from app.retrieval.positions.change_of_view import (
    disowns,
    is_counterfactual,
    is_former,
    limits,
    retracts,
    takes_back,
)
from app.retrieval.positions.direction import read_sentence
from app.retrieval.positions.quotation_reading import read_quotations
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)
PARTIES = PartyTable.load()
KINDS = {
    "disowns": disowns,
    "retracts": retracts,
    "takes_back": takes_back,
    "limits": limits,
    "is_counterfactual": partial(is_counterfactual, language=None, parties=PARTIES),
}


@cases("language", "text", "topic", "former", at_once=True)
def test_a_former_view_is_told_from_a_present_one(language, text, topic, former):
    assert is_former(read_sentence(text, topic, language, PARTIES), text) is former


@cases("how", "words", "known", at_once=True)
def test_words_that_take_back_are_known_in_six_languages(how, words, known):
    assert KINDS[how](words) is known


@cases("sentences", "readings")
def test_what_the_next_sentence_takes_back_is_no_direction(sentences, readings):
    (read,) = read_quotations([" ".join(sentences)], "", "en", PARTIES)
    assert [each.read.reading for each in read] == readings
