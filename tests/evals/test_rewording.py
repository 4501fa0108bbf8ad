"""Other wordings of a case: complete, repeatable, and read as the same State, year and topic as the case."""

from collections import Counter
from pathlib import Path

import pytest

from app.question.reading import read_question
from evals.cases.case import Case, Expectation
from evals.cases.documents import Document, Documents, read_documents
from evals.cases.rewording import WORDINGS, reword
from tests.cases import Cases
from tests.evals import made

pytestmark = pytest.mark.integration

cases = Cases(__file__)

TOPIC = "transnational organized crime"


def _corpus(**spoken: tuple[str, str | None, str]) -> Documents:
    """Returns a corpus of empty statements, given by file as State, session and year."""
    facts = {
        file: {"date": year} | ({"session": session} if session else {}) for file, (_, session, year) in spoken.items()
    }
    return made.documents(*(Document(file=f, text="", state=spoken[f][0], facts=known) for f, known in facts.items()))


SPEECHES = _corpus(
    a=("AUT", "53", "1998"), b=("MLI", "53", "1998"), c=("FIN", "67", "2012"), d=("AUT", "67", "2012")
)  # fmt: skip


def _case(state: str, name: str, *, year: str = "1998", topic: str = TOPIC, case_id: str | None = None) -> Case:
    question = f"What did {name} say about {topic} in its {year} UN General Debate statement?"
    return made.case(case_id or f"q_{state}_{year}", question=question, states=(state,), years=(year,))


def test_every_question_has_many_wordings_that_keep_the_gold() -> None:
    case = _case("AUT", "Austria")
    worded = reword(case, SPEECHES, tuple(WORDINGS))
    assert len(worded) >= 30
    for name, other in worded.items():
        assert other.id == f"q_AUT_1998@{name}"
        assert (other.expect, other.evidence_groups, other.type) == (case.expect, case.evidence_groups, case.type)
        assert other.tags["wording"] == name
        assert "{" not in other.question
    questions = [(*other.history, other.question) for other in worded.values()]
    assert len(set(questions)) == len(questions)
    assert {other.lang for other in worded.values()} == {"en", "fr", "es", "ar", "ru", "zh"}


@cases("name", "turns", tuples=True)
def test_wording_reads_as_written(name: str, turns: tuple[str, ...]) -> None:
    other = reword(_case("AUT", "Austria"), SPEECHES, (name,))[name]
    assert (*other.history, other.question) == tuple(turn.format(TOPIC) for turn in turns)


def test_names_that_two_states_bear_are_not_used() -> None:
    # "Congolese" may refer to either Congo; "Kingstown" is the capital of one State only.
    assert reword(_case("COG", "Congo"), SPEECHES, ("demonym",)) == {}
    assert "Kingstown" in reword(_case("VCT", "Saint Vincent"), SPEECHES, ("capital",))["capital"].question


def test_wordings_without_what_they_need_are_left_out() -> None:
    alone = _corpus(a=("AUT", None, "1998"))
    worded = reword(_case("AUT", "Austria", topic="the rights of rivers"), alone, tuple(WORDINGS))
    assert not {"session", "session_number", "follow_state", "follow_other_year", "fr", "zh_position"} & worded.keys()
    assert {"official", "year_first", "follow_topic"} <= worded.keys()


@cases("change", tuples=True)
def test_cases_that_templates_do_not_fit_are_not_reworded(change: dict[str, object]) -> None:
    if "expect" in change:
        change = {"expect": Expectation(**change["expect"])}
    assert reword(_case("AUT", "Austria").model_copy(update=change), SPEECHES, tuple(WORDINGS)) == {}


def test_a_number_draws_the_same_wordings_each_time_and_others_for_other_cases() -> None:
    one, again = (tuple(reword(_case("AUT", "Austria"), SPEECHES, 3)) for _ in range(2))
    assert one == again and len(one) == 3
    others = Counter(tuple(reword(_case("AUT", "Austria", case_id=f"q{n}"), SPEECHES, 3)) for n in range(10))
    assert len(others) > 5


@pytest.mark.parametrize(("state", "year"), [("AUT", "1998"), ("GBR", "1998"), ("MLI", "2012"), ("KAZ", "2012")])
def test_every_wording_of_a_real_name_is_read_as_meant(state: str, year: str) -> None:
    name = SPEECHES.parties.display(state)
    _assert_read_as_meant(_case(state, name, year=year), SPEECHES)


def test_every_wording_of_a_fictional_name_is_read_as_meant(conference: Path) -> None:
    documents = read_documents([conference])
    for state in ("XGA", "XQN", "XAA"):
        _assert_read_as_meant(_case(state, documents.parties.display(state), year="2022"), documents)


def _assert_read_as_meant(case: Case, documents: Documents) -> None:
    [year] = (str(year) for year in case.expect.years)
    wrong: dict[str, object] = {}
    for name, other in reword(case, documents, tuple(WORDINGS)).items():
        scope = read_question(other.question, documents.parties, history=other.history).scope
        when = scope.years == (year,) or scope.sessions == (documents.sessions()[year],)
        # A topic may keep its grammatical article: "la delincuencia organizada".
        topical = scope.topic.casefold().endswith(other.tags["topic_words"]) and len(scope.topic.split()) < 6
        if scope.states != case.expect.states or not when or not topical:
            wrong[name] = (other.question, scope.states, scope.years, scope.sessions, scope.topic)
    assert wrong == {}
