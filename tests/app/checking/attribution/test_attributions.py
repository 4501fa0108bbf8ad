import pytest

from app.checking.attribution.attributions import AttributionReader
from app.checking.findings import Attribution
from app.checking.quotations import find_quotations
from app.checking.reading.documents import read_pasted
from evals.files import CONFERENCE_PARTIES
from ingest.parties.party_table import PartyTable
from ingest.parties.persons import Persons
from tests.cases import Cases

cases = Cases(__file__)
PARTIES = PartyTable.load().with_extra(CONFERENCE_PARTIES)

Q = "“the lighthouse keepers count their lamps twice a year”"


def read_all(text: str, files: tuple[str, ...] = ()) -> list[Attribution]:
    document = read_pasted(text)
    found = find_quotations(document).found
    reader = AttributionReader(document, PARTIES, found, files, Persons((), PARTIES))
    return [reader.read(quotation) for quotation in found]


@cases("text", "parties", tuples=True, at_once=True)
def test_speaker_is_read_where_the_document_names_it(text, parties):
    for attribution in read_all(text.replace("{q}", Q)):
        assert attribution.parties == parties


@cases("text", "parties", "unknown", tuples=True, at_once=True)
def test_who_speaks_is_a_party_or_somebody_else_by_the_subject(text, parties, unknown):
    (attribution,) = read_all(text.replace("{q}", Q))
    assert (attribution.parties, attribution.unknown) == (parties, unknown)


def test_a_long_list_of_quotations_with_lines_of_attribution_is_read():
    document = read_pasted("\n\n".join([Q, "— Austria, 2000"] * 1200))
    found = find_quotations(document).found
    assert AttributionReader(document, PARTIES, found, (), Persons((), PARTIES)).read(found[-1]).parties == ("AUT",)


def test_a_pronoun_stands_for_the_party_that_a_long_paragraph_above_names_first():
    above = "Austria took the floor." + " The lamps are lit." * 45
    (attribution,) = read_all(f"Germany said that the port is open.\n\n{above}\n\nIt said that {Q}.")
    assert attribution.parties == ("AUT",)


@cases("text", "speakers", at_once=True)
def test_each_quotation_of_a_sentence_has_its_own_speaker(text, speakers):
    assert [[*attribution.parties] for attribution in read_all(text.replace("{}", Q))] == [[code] for code in speakers]


@cases("text")
def test_an_object_or_a_genitive_between_two_quotations_speaks_neither(text):
    found = [(a.parties, a.beside) for a in read_all(text.replace("{}", Q))]
    assert found == [(("AUT",), ()), (("AUT",), ())]


@cases("text", "together", tuples=True)
def test_several_named_before_a_quotation_that_names_nobody_are_each_its_speakers(text, together):
    (attribution,) = read_all(text.replace("{q}", Q))
    assert attribution.together == together


@cases("text", "years", "sessions", tuples=True, at_once=True)
def test_occasion_is_read_but_not_years_that_are_spoken_of(text, years, sessions):
    (attribution,) = read_all(text.replace("{q}", Q))
    assert (attribution.when.years, attribution.when.sessions) == (years, sessions)


@cases("text", "of_thing", at_once=True)
def test_a_time_that_is_not_said_of_speaking_may_be_that_of_a_thing(text, of_thing):
    (attribution,) = read_all(text.replace("{q}", Q))
    assert attribution.when.of_thing == of_thing


@cases("text", "times", tuples=True, at_once=True)
def test_each_quotation_of_a_sentence_has_the_time_of_its_own_clause(text, times):
    found = [attribution.when for attribution in read_all(text.replace("{}", Q))]
    assert tuple((*when.years, *when.sessions) for when in found) == times


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (f"It said: {Q}[^1]\n\n[^1]: Austria, txt/AUT_55_2000.txt", ("txt/AUT_55_2000.txt",)),
        # A note mark after a later sentence does not belong to the quotation.
        *((f"قالت النمسا: {Q} أمام الجمعية{stop} وردت دول أخرى.[^1]\n\n[^1]: a.txt", ()) for stop in (".", "؟")),
    ],
)
def test_note_that_names_a_stored_file_points_to_it(text, files):
    (attribution,) = read_all(text, ("txt/AUT_55_2000.txt", "a.txt"))
    assert attribution.files == files
