"""Questions in the six languages: language, speakers, topic and filters, in many forms of asking."""

import pytest

from app.question.reading import resolve
from app.question.resolution import Resolution
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.topic_words import topic_words

cases = Cases(__file__)


TABLES = cases["TABLES"]
CASES = [
    pytest.param(language, *(cell.strip() for cell in row.split("|")), id=f"{language}-{number}")
    for language, table in TABLES.items()
    for number, row in enumerate(table)
]


def _when_and_where(read: Resolution) -> str:
    scope = read.scope
    years = list(scope.years)
    if len(years) > 2:
        years = [f"{years[0]}-{years[-1]}"]
    articles = [f"{each.treaty}:{','.join(each.articles)}" for each in scope.treaties if each.articles]
    sessions = [f"s{session}" for session in scope.sessions]
    return " ".join([*articles, *sessions, *years, *scope.months, *([scope.pick] if scope.pick else [])])


@pytest.mark.parametrize(("language", "question", "speakers", "topic", "filters"), CASES)
def test_a_question_is_read_in_its_language(
    language: str, question: str, speakers: str, topic: str, filters: str, parties: PartyTable
) -> None:
    read = resolve(question, parties)
    asked = "?" if read.all_states else " ".join((*read.scope.states, *read.scope.groups))
    assert (asked, _when_and_where(read)) == (speakers, filters)
    assert topic_words(read.scope.topic) == topic_words(topic)
    assert read.unclear is None and read.is_statement_question
    # A few names are spelt alike in two languages.
    assert read.scope.language == language or question == "Iran article 4"


@pytest.mark.parametrize("language", TABLES)
def test_each_language_has_many_forms(language: str) -> None:
    assert len(TABLES[language]) >= 25
