import pytest

from app.checking.attributions import AttributionReader
from app.checking.documents import read_pasted
from app.checking.findings import Attribution
from app.checking.quotations import find_quotations
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)

Q = "“the lighthouse keepers count their lamps twice a year”"


def read_all(text: str, files: tuple[str, ...] = ()) -> list[Attribution]:
    document = read_pasted(text)
    found = find_quotations(document).found
    reader = AttributionReader(document, PartyTable.load(), found, files)
    return [reader.read(quotation) for quotation in found]


def read(text: str) -> Attribution:
    (attribution,) = read_all(text)
    return attribution


@cases("text", "parties", tuples=True)
def test_speaker_is_read_where_the_document_names_it(text, parties):
    for attribution in read_all(text.replace("{q}", Q)):
        assert attribution.parties == parties


@cases("text")
def test_the_second_quotation_is_of_who_is_named_between_the_two(text):
    assert [a.parties for a in read_all(text.replace("{}", Q))] == [("AUT",), ("DEU",)]


@cases("text")
def test_an_object_or_a_genitive_between_two_quotations_speaks_neither(text):
    found = [(a.parties, a.beside) for a in read_all(text.replace("{}", Q))]
    assert found == [(("AUT",), ()), (("AUT",), ())]


def test_a_state_that_a_quotation_mentions_does_not_speak_the_next():
    assert [
        a.parties
        for a in read_all("Austria said: “we support Germany in every way”. It is known that {}.".replace("{}", Q))
    ] == [("AUT",), ("AUT",)]


def test_two_speakers_of_one_sentence_are_kept_apart():
    text = f"{Q}, said Austria, while Germany said: “the ferrymen count their boats in the rain”."
    assert [a.parties for a in read_all(text)] == [("AUT",), ("DEU",)]


def test_name_of_several_states_stands_for_each():
    assert read(f"Congo said: {Q}").parties == ("COD", "COG")


@cases("text", "years", "sessions", tuples=True)
def test_occasion_is_read_but_not_years_that_are_spoken_of(text, years, sessions):
    attribution = read(text.replace("{q}", Q))
    assert (attribution.when.years, attribution.when.sessions) == (years, sessions)


def test_note_that_names_a_stored_file_points_to_it():
    (attribution,) = read_all(
        f"It said: {Q}[^1]\n\n[^1]: Austria, txt/AUT_55_2000.txt", ("txt/AUT_55_2000.txt", "a.txt")
    )
    assert attribution.files == ("txt/AUT_55_2000.txt",)


@pytest.mark.parametrize("stop", [".", "؟"])
def test_a_note_behind_another_sentence_is_not_of_the_quotation(stop):
    (attribution,) = read_all(
        f"قالت النمسا: {Q} أمام الجمعية{stop} وردت دول أخرى.[^1]\n\n[^1]: a.txt", ("txt/AUT_55_2000.txt", "a.txt")
    )
    assert attribution.files == ()
