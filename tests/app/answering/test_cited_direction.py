"""The direction of a citation is that of its words as they stand, on the topic asked about."""

from dataclasses import replace

from app.answering.citations import cite_place
from app.answering.cited_direction import CitedDirection, directions_of, with_directions, words_for_direction
from app.records import Claim
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.fakes_store import annotated
from tests.made import citation

cases = Cases(__file__)
PARTIES = PartyTable.load()


@cases("topic", "words", "direction", "sure")
def test_words_that_hardly_name_the_topic_are_never_surely_for_or_against_it(
    topic: str, words: str, direction: str, sure: bool
) -> None:
    language = "en" if words.isascii() else "zh"
    made = [replace(citation(words), language=language)]
    assert directions_of(made, topic, language, PARTIES)[1] == CitedDirection(direction=direction, sure=sure)


def test_words_quoted_from_others_have_no_direction() -> None:
    claims = [Claim(text="", state="XAA", citations=(1,))]
    for quoting, direction in ((False, "against"), (True, None)):
        directed = with_directions(
            claims, directions_of([citation("Arvandia rejects the court.", quoting=quoting)], "court", "en", PARTIES)
        )
        assert [claim.direction for claim in directed] == [direction]


def test_who_is_listed_for_a_direction_is_not_told_to_take_the_contrary_one() -> None:
    read = directions_of([citation("Arvandia rejects the court.")], "court", "en", PARTIES)
    (claim,) = with_directions([Claim(text="", state="XAA", citations=(1,))], read, "against")
    assert claim.direction == "mentions"


@cases("words", "direction", at_once=True)
def test_direction_is_that_of_the_quotation_as_it_stands(words: str, direction: str | None) -> None:
    assert directions_of([citation(words)], "court for pirates", "en", PARTIES)[1].direction == direction


@cases("words", "sure")
def test_plain_words_of_both_directions_are_not_sure(words: str, sure: bool) -> None:
    assert directions_of([citation(words)], "court for pirates", "en", PARTIES)[1].sure == sure


OFFENCE = ("Ondrava punishes whoever uses their services.", "Six persons have been convicted.", "Two were set free.")


def test_what_a_quotation_only_goes_on_with_is_not_read_for_its_direction() -> None:
    made = [replace(sentence, paragraph=1) for sentence in annotated("s", OFFENCE).sentences]
    (statement,) = annotated("s", OFFENCE, state="XOD").statements
    quotation = replace(
        cite_place(statement, 0, 40, page=None, paragraph=1),
        quote=" ".join(OFFENCE),
        sentence_ids=tuple(sentence.sentence_id for sentence in made),
    )
    texts = [sentence.text for sentence in made]
    assert words_for_direction(quotation, made, {made[0].sentence_id: True}, texts) == OFFENCE[0]
    assert words_for_direction(quotation, made, {made[1].sentence_id: True}, texts) == "\n".join(OFFENCE[:2])
    assert words_for_direction(quotation, made, {}, texts) == quotation.quote
    assert words_for_direction(quotation, made, {made[1].sentence_id: False}, texts) == ""
    made = [*made[:2], replace(made[2], text="We disagree with that view.")]
    texts = [sentence.text for sentence in made]
    assert (
        words_for_direction(quotation, made, {made[0].sentence_id: True}, texts)
        == f"{OFFENCE[0]}\nWe disagree with that view."
    )
