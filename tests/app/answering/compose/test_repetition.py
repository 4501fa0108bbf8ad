"""Whether a sentence says again what is quoted already."""

import pytest

from app.answering.compose.repetition import repeats, words_of

QUOTED = (
    "We fully support the mechanism for the review of implementation, which the Conference established in 2018, and"
    " call on all States to organise their co-operation with it."
)


@pytest.mark.parametrize(
    "sentence",
    [
        QUOTED,
        QUOTED.upper(),
        QUOTED.replace(" ", "\n").replace("review", "re\u00adview"),
        QUOTED.replace("co-operation", "cooperation"),
        "We fully support the mechanism for the review of implementation",
    ],
    ids=["same", "case", "white space", "hyphen", "part"],
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
