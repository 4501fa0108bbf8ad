"""What a short question takes back, and years that are counted from the one before."""

import pytest

from app.question.reading import resolve
from ingest.parties.party_table import PartyTable
from tests.app.question.test_relative_time import COUNTED
from tests.cases import Cases

cases = Cases(__file__)

FIRST = {
    "en": "What did Austria say about drugs in 2015?",
    "fr": "Qu'a dit l'Autriche sur la drogue en 2015 ?",
    "es": "¿Qué dijo Austria sobre las drogas en 2015?",
    "ru": "Что сказала Австрия о наркотиках в 2015 году?",
    "ar": "ماذا قالت النمسا عن المخدرات في عام 2015؟",
    "zh": "奥地利在2015年就毒品说了什么？",
}


@cases("language", "question", "states", "years", tuples=True)
def test_what_is_taken_back_is_not_asked_about(
    language: str, question: str, states: tuple[str, ...], years: tuple[str, ...], parties: PartyTable
) -> None:
    scope = resolve(question, parties, history=[FIRST[language]]).scope
    assert (scope.states, scope.years) == (states, years)
    assert "topic" in scope.kept


@pytest.mark.parametrize(("language", "question", "year"), COUNTED)
def test_years_are_counted_from_the_one_before(language: str, question: str, year: str, parties: PartyTable) -> None:
    read = resolve(question, parties, history=[FIRST[language]])
    assert (read.scope.states, read.scope.years, read.act, read.question) == (("AUT",), (year,), "replace", question)
    assert "topic" in read.scope.kept


@pytest.mark.parametrize("question", ["and terrorism?", "and Kosovo?", "and cybercrime?"])
def test_a_known_word_in_a_follow_up_is_a_topic(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties, history=[FIRST["en"]])
    assert read.unclear is None and read.scope.states == ("AUT",)
    assert read.scope.topic.lower() in question.lower()


@cases("language", "question")
def test_whom_a_pronoun_speaks_of_is_topic(language: str, question: str, parties: PartyTable) -> None:
    scope = resolve(question, parties, history=[FIRST[language]]).scope
    assert scope.states == ("AUT",)
    assert "ir" in scope.topic.lower() and "nucl" in scope.topic.lower()


CONGO = ("Democratic Republic of the Congo", "Congo")
KOREA = ("Republic of Korea", "Democratic People's Republic of Korea")
