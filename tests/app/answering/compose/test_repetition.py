"""Whether a sentence says again what is quoted already."""

import pytest

from app.answering.compose.repetition import repeats, words_of
from tests.cases import Cases

cases = Cases(__file__)

QUOTED = cases["QUOTED"]


@pytest.mark.parametrize(
    "sentence",
    [
        QUOTED,
        QUOTED.upper(),
        QUOTED.replace(" ", "\n").replace("review", "re\u00adview"),
        QUOTED.replace("organise", "organise").replace("co-operation", "cooperation"),
        QUOTED.replace("organise", "organize"),
        "We fully support the mechanism for the review of implementation",
    ],
    ids=["same", "case", "white space", "hyphen", "spelling", "part"],
)
def test_same_words_are_a_repetition(sentence):
    assert repeats(words_of(sentence), [words_of("Thank you."), words_of(QUOTED)])


@pytest.mark.parametrize(
    "sentence",
    [
        QUOTED.replace("fully support", "do not support"), QUOTED.replace("fully support", "fully oppose"),
        QUOTED.replace("2018", "2019"), QUOTED.replace("all States", "all our States"),
        QUOTED.replace("fully", "not"), QUOTED + " We do so gladly.", "", QUOTED.replace("mechanism", "mechanisms"),
        QUOTED.replace("established", "re-established"), QUOTED.replace("Conference", "Conferences"),
    ],
    ids=["negated", "another verb", "another number", "a word more", "negation for a word", "more said", "nothing",
         "plural", "prefix", "another name"],
)  # fmt: skip
def test_other_words_are_no_repetition(sentence):
    assert not repeats(words_of(sentence), [words_of(QUOTED)])


@cases("one", "other", "same")
def test_a_spelling_is_the_same_word_and_a_like_word_is_not(one, other, same):
    text = "word " * 30 + "{} of the keepers"
    assert repeats(words_of(text.format(one)), [words_of(text.format(other))]) == same
