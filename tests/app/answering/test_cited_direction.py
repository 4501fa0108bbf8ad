"""The direction of a citation is that of its words as they stand, on the topic asked about."""

from dataclasses import replace

from app.answering.citation_spans import takes_back
from app.answering.cited_direction import _COUNTERFACTUAL, _DISOWNS, directions_of, with_directions
from app.records import Claim
from tests.cases import Cases
from tests.made import citation

cases = Cases(__file__)


@cases("topic", "words", "direction")
def test_words_that_do_not_name_the_topic_have_no_direction(topic: str, words: str, direction: str | None) -> None:
    language = "en" if words.isascii() else "zh"
    made = [replace(citation(words), language=language)]
    assert directions_of(made, topic, language)[1].direction == direction


def test_words_quoted_from_others_have_no_direction() -> None:
    claims = [Claim(text="", state="XAA", citations=(1,))]
    for quoting, direction in ((False, "against"), (True, None)):
        directed = with_directions(
            claims, directions_of([citation("Arvandia rejects the court.", quoting=quoting)], "court", "en")
        )
        assert [claim.direction for claim in directed] == [direction]


@cases("words", "direction")
def test_direction_is_that_of_the_quotation_as_it_stands(words: str, direction: str | None) -> None:
    assert directions_of([citation(words)], "court for pirates", "en")[1].direction == direction


@cases("words", "sure")
def test_plain_words_of_both_directions_are_not_sure(words: str, sure: bool) -> None:
    assert directions_of([citation(words)], "court for pirates", "en")[1].sure == sure


@cases("how", "words", "known")
def test_words_that_take_back_are_known_in_six_languages(how: str, words: str, known: bool) -> None:
    matches = {"disowns": _DISOWNS.search, "counterfactual": _COUNTERFACTUAL.search, "takes_back": takes_back}[how]
    assert bool(matches(words)) is known
