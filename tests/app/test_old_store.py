"""A store that version 0.1.0 built: opened, asked and found sound by the version at hand."""

import shutil
from pathlib import Path

import pytest

from app.settings import Settings
from app.wiring import open_workspace
from tests.conftest import PROJECT

pytestmark = pytest.mark.model

OLD = PROJECT / "tests" / "data" / "store-0.1.0"
TRACE = "e3859a2670d14bf1"
QUESTION = "What did Arvandia say about article 4 at the eighth session?"


@pytest.fixture
def old_store(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OLD, tmp_path / "store"))


def test_old_store_is_sound_once_its_vector_index_is_made_anew(old_store: Path) -> None:
    with open_workspace(Settings(store=old_store)) as workspace:
        report = workspace.doctor(rebuild=True)
    assert {check.name: check.detail for check in report.checks if not check.ok} == {} and report.ok


@pytest.mark.parametrize("rebuilt", [False, True])
def test_old_store_answers_with_and_without_its_vector_index(old_store: Path, rebuilt: bool) -> None:
    with open_workspace(Settings(store=old_store)) as workspace:
        if rebuilt:
            workspace.doctor(rebuild=True)
        answer = workspace.assistant.ask(QUESTION)
    assert answer.status == "answered"
    assert {(citation.state, citation.file, citation.verdict) for citation in answer.citations} == {
        ("XAA", "txt/XAA_08_2016.txt", "verified")
    }
    assert "reads that article as a rule to be applied each day" in answer.citations[0].quote


def test_old_record_keeps_its_interventions_and_an_old_answer_its_trace(old_store: Path) -> None:
    with open_workspace(Settings(store=old_store)) as workspace:
        (record,) = (item for item in workspace.corpus.statements() if item.file == "txt/summary_en.txt")
        assert {
            part.metadata.state or part.metadata.on_behalf_of
            for part in workspace.corpus.interventions(record.statement_id)
        } >= {"XAA", "XGR", "XES"}
        assert workspace.corpus.trace(TRACE)["question"] == QUESTION
        answer = workspace.assistant.ask("What did Esquaria say about a fixed limit?")
    assert any("could not support a fixed limit" in citation.quote for citation in answer.citations)
