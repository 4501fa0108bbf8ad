"""The product with its real models on the statement that ships: the right evidence, or the right silence."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.answering.verify_citations import verify_citation
from app.records import Answer
from app.settings import Settings
from app.wiring import Workspace, open_workspace
from ingest.text.canonical_form import squash
from tests.fakes_engines import places

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def seeded(engines: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    store = tmp_path_factory.mktemp("seeded") / "store"
    with open_workspace(Settings(store=store, **places(store))) as opened:
        report = opened.corpus.ingest([], sample=True)
        assert [file.result for file in report.files] == ["added"]
        yield opened


def _quotes(answer: Answer, words: str) -> bool:
    return any(squash(words) in squash(citation.quote) for citation in answer.citations)


def test_article_4_is_quoted_with_the_measures_it_speaks_of(seeded: Workspace) -> None:
    answer = seeded.assistant.ask("What did Iran say about article 4 of the Convention?")
    assert answer.status == "answered" and answer.scope.treaties[0].articles == ("4",)
    first = answer.citations[0]
    assert "unilateral coercive measures" in first.quote
    assert "obligations of the States Parties under article 4 of the Convention and consequently" in first.quote
    assert (first.state, first.session, first.date) == ("IRN", "10", "2020-10-12/2020-10-16")
    assert set(first.inferred) >= {"state", "session"}


def test_agenda_item_4_is_international_cooperation(seeded: Workspace) -> None:
    answer = seeded.assistant.ask("What is the subject of agenda item 4 in the Iranian statement?")
    assert answer.status == "answered" and answer.scope.treaties == ()
    assert _quotes(answer, "Agenda item 4: International cooperation")
    assert "sovereignty" not in answer.answer


def test_given_questions_get_the_right_evidence_or_silence(seeded: Workspace, test_data: Path) -> None:
    lines = (test_data / "seed" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines if line.strip()]
    assert len(asked) >= 5
    for question in asked:
        answer = seeded.assistant.ask(question["question"])
        if question["answerable"]:
            assert answer.status == "answered", question["id"]
            assert all(_quotes(answer, span["text"]) for span in question["evidence"]), question["id"]
        else:
            assert answer.status == "abstained" or answer.missing is not None, question["id"]
        for citation in (*answer.citations, *answer.related):
            assert verify_citation(citation, seeded.corpus.show(citation.statement_id)) == "verified"
        assert {citation.state for citation in answer.citations} <= {"IRN"}
