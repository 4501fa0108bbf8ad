import pytest

from app.checking.attributions import AttributionReader
from app.checking.documents import read_pasted
from app.checking.findings import Attribution
from app.checking.quotations import find_quotations
from ingest.parties.party_table import PartyTable

Q = "“the lighthouse keepers count their lamps twice a year”"


def read_all(text: str, files: tuple[str, ...] = ()) -> list[Attribution]:
    document = read_pasted(text)
    found = find_quotations(document).found
    reader = AttributionReader(document, PartyTable.load(), found, files)
    return [reader.read(quotation) for quotation in found]


def read(text: str) -> Attribution:
    (attribution,) = read_all(text)
    return attribution


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("Austria said: {q}", ("AUT",)),
        ("According to Iran, {q}.", ("IRN",)),
        ("The representative of Mexico stated that {q}.", ("MEX",)),
        ("{q}, said Austria.", ("AUT",)),
        ("{q}, Austria said.", ("AUT",)),
        ("{q} (Austria, 2000).", ("AUT",)),
        ("{q} [Austria]", ("AUT",)),
        ("{q} — Austria", ("AUT",)),
        ("{q}. These were the words of Austria.", ("AUT",)),
        ("In response to Germany, Austria said {q}.", ("AUT",)),
        ("Austria, unlike Germany, said {q}.", ("AUT",)),
        ("Unlike Germany, Austria said {q}.", ("AUT",)),
        ("Austria told Germany that {q}.", ("AUT",)),
        ("The Iranian delegation noted that {q}.", ("IRN",)),
        ("At the meeting in Vienna, Mexico said: {q}", ("MEX",)),
        ("Tehran said: {q}", ("IRN",)),
        ("Finland, on behalf of the European Union, said: {q}", ("EU", "FIN")),
        ("Austria and Germany said: {q}", ("AUT", "DEU")),
        ("Austria took the floor. It said: {q}", ("AUT",)),
        ("Austria took the floor.\n\nIt said: {q}", ("AUT",)),
        ("## Austria\n\nThe main point: {q}", ("AUT",)),
        ("# Austria\n\n## Extradition\n\nThe main point: {q}", ("AUT",)),
        ("**Austria** · UN General Assembly, session 55\n\n> {q} [1]\n\n> {q} [2]", ("AUT",)),
        ("Austria put it so:\n\n> {q}", ("AUT",)),
        ("> the lighthouse keepers count their lamps twice\n\n— Austria", ("AUT",)),
        ("| State | Words |\n|---|---|\n| Austria | {q} |", ("AUT",)),
        ("| Topic | Austria | Germany |\n|---|---|---|\n| Lamps | {q} | No position. |", ("AUT",)),
        ("It was said: {q}[^1]\n\n[^1]: Austria, session 55, 2000.", ("AUT",)),
        ("It was said: {q} [1]\n\n[1] Austria, session 55.", ("AUT",)),
        ("L’Autriche a déclaré : {q}", ("AUT",)),
        ("Según México, {q}.", ("MEX",)),
        ("Австрия заявила: {q}", ("AUT",)),
        ("قالت النمسا: {q}", ("AUT",)),
        ("奥地利代表指出：{q}", ("AUT",)),
        ("It is known that {q}.", ()),
    ],
)
def test_speaker_is_read_where_the_document_names_it(text, parties):
    for attribution in read_all(text.replace("{q}", Q)):
        assert attribution.parties == parties


def test_a_state_that_a_quotation_mentions_does_not_speak_the_next():
    assert [
        a.parties
        for a in read_all("Austria said: “we support Germany in every way”. It is known that {}.".replace("{}", Q))
    ] == [
        ("AUT",),
        ("AUT",),
    ]


def test_two_speakers_of_one_sentence_are_kept_apart():
    text = f"{Q}, said Austria, while Germany said: “the ferrymen count their boats in the rain”."
    assert [a.parties for a in read_all(text)] == [("AUT",), ("DEU",)]


def test_name_of_several_states_stands_for_each():
    assert read(f"Congo said: {Q}").parties == ("COD", "COG")


@pytest.mark.parametrize(
    ("text", "years", "sessions"),
    [
        ("In 1998 Austria said: {q}", (1998,), ()),
        ("Austria said in 1998: {q}", (1998,), ()),
        ("{q} (Austria, 1998)", (1998,), ()),
        ("{q}, said Austria at the fifty-fifth session.", (), ("55",)),
        ("At its tenth session Austria said: {q}", (), ("10",)),
        ("In its 1998 statement Austria said: {q}", (1998,), ()),
        ("Austria’s 1998 statement said: {q}", (1998,), ()),
        ("Austria said of the 1995 agreement: {q}", (), ()),
        ("Since 1990 Austria said: {q}", (), ()),
        ("Austria in 1998 replied to a question: {q}", (1998,), ()),
        ("## Session 55\n\nAustria said: {q}", (), ("55",)),
        ("Austria took the floor in 1998. It said: {q}", (1998,), ()),
        ("> the lighthouse keepers count their lamps twice\n\n— Austria, 1998", (1998,), ()),
        ("| State | Year | Session | Words |\n|---|---|---|---|\n| Austria | 1998 | 53 | {q} |", (1998,), ("53",)),
        ("Austria: {q}[^1]\n\n[^1]: Austria, UN General Assembly, session 55, 2000.", (2000,), ("55",)),
        ("В 1998 году Австрия заявила: {q}", (1998,), ()),
        ("قالت النمسا في عام 1998: {q}", (1998,), ()),
        ("奥地利在1998年表示：{q}", (1998,), ()),
        ("L’Autriche a déclaré en 1998 : {q}", (1998,), ()),
        ("Austria declaró en 1998: {q}", (1998,), ()),
    ],
)
def test_occasion_is_read_but_not_years_that_are_spoken_of(text, years, sessions):
    attribution = read(text.replace("{q}", Q))
    assert (attribution.when.years, attribution.when.sessions) == (years, sessions)


def test_note_that_names_a_stored_file_points_to_it():
    (attribution,) = read_all(
        f"It said: {Q}[^1]\n\n[^1]: Austria, txt/AUT_55_2000.txt", ("txt/AUT_55_2000.txt", "a.txt")
    )
    assert attribution.files == ("txt/AUT_55_2000.txt",)
