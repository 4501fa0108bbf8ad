"""A store that version 0.1.0 built: the present version opens it, answers from it and finds it sound."""

import shutil
from pathlib import Path

import pytest

from app.settings import Settings
from app.wiring import open_workspace
from tests.conftest import PROJECT
from vectorstore.catalogue import Catalogue
from vectorstore.embeddings import SentenceTransformerEmbedder
from vectorstore.records import AnnotatedDocument

pytestmark = pytest.mark.model

OLD = PROJECT / "tests" / "data" / "store-0.1.0"
TRACE = "e3859a2670d14bf1"
QUESTION = "What did Arvandia say about article 4 at the eighth session?"


@pytest.fixture
def old_store(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OLD, tmp_path / "store"))


@pytest.mark.parametrize("rebuilt", [False, True])
def test_old_store_answers_without_its_vector_index_and_is_sound_with_it(old_store: Path, rebuilt: bool) -> None:
    with open_workspace(Settings(store=old_store)) as workspace:
        if rebuilt:
            report = workspace.doctor(rebuild=True)
            assert {check.name: check.detail for check in report.checks if not check.ok} == {} and report.ok
        answer = workspace.assistant.ask(QUESTION)
    assert answer.status == "answered"
    assert {(citation.state, citation.file, citation.verdict) for citation in answer.citations} == {
        ("XAA", "txt/XAA_08_2016.txt", "verified")
    }
    assert "reads that article as a rule to be applied each day" in answer.citations[0].quote


def test_old_record_keeps_its_interventions_and_an_old_answer_its_trace(old_store: Path) -> None:
    with open_workspace(Settings(store=old_store)) as workspace:
        (record,) = (item for item in workspace.corpus.documents() if item.file == "txt/summary_en.txt")
        parts = [part.metadata for part in workspace.corpus.interventions(record.document_id)]
        assert {part.state or part.on_behalf_of for part in parts} >= {"XAA", "XGR", "XES"}
        assert workspace.corpus.trace(TRACE)["question"] == QUESTION
        answer = workspace.assistant.ask("What did Esquaria say about a fixed limit?")
    assert any("could not support a fixed limit" in citation.quote for citation in answer.citations)


def test_rebuilding_brings_an_old_store_up_to_date_without_embedding(old_store: Path, monkeypatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("nothing may be embedded")

    monkeypatch.setattr(SentenceTransformerEmbedder, "embed_documents", never)
    with open_workspace(Settings(store=old_store)) as workspace:
        before = {summary.file: summary for summary in workspace.corpus.documents()}
        (annotation,) = (c for c in workspace.doctor(rebuild=True).checks if c.name == "annotation")
        # Headings of these files no longer run into the text below, so that their passages differ.
        others = "'000_6237221ecf9e9373.txt', 'txt/XAA_12_2024.txt', 'txt/XGA_11_2022.txt' read differently"
        assert annotation.detail.startswith(f"{len(before) - 3} brought up to date; {others}")
        after = {summary.file: summary for summary in workspace.corpus.documents()}
        assert {file: s.passages for file, s in after.items()} == {file: s.passages for file, s in before.items()}
        (record,) = (summary for summary in after.values() if summary.interventions)
        spoken = [item.span for item in workspace.corpus.interventions(record.document_id)]
        assert {part.state for part in spoken if part.role == "party"} >= {"XAA", "XES"}
        (annotation,) = (c for c in workspace.doctor(rebuild=True).checks if c.name == "annotation")
        assert annotation.detail.startswith(f"0 brought up to date; {others}")


def test_an_upgrade_that_is_interrupted_goes_on_with_the_rest(old_store: Path, monkeypatch) -> None:
    stored: list[str] = []
    keep = Catalogue.store

    def interrupted(self: Catalogue, annotated: AnnotatedDocument, **given: object) -> None:
        if len(stored) == 3:
            raise KeyboardInterrupt
        stored.append(annotated.document.file)
        keep(self, annotated, **given)

    with open_workspace(Settings(store=old_store)) as workspace:
        monkeypatch.setattr(Catalogue, "store", interrupted)
        with pytest.raises(KeyboardInterrupt):
            workspace.doctor(rebuild=True)
        monkeypatch.setattr(Catalogue, "store", keep)
        (annotation,) = (c for c in workspace.doctor(rebuild=True).checks if c.name == "annotation")
        assert annotation.detail.startswith(f"{len(workspace.corpus.documents()) - 6} brought up to date; '000_")
        answer = workspace.assistant.ask(QUESTION)
    assert answer.status == "answered"


def test_a_state_that_a_person_gave_an_intervention_survives_the_upgrade(old_store: Path) -> None:
    with open_workspace(Settings(store=old_store)) as workspace:
        (record,) = (item for item in workspace.corpus.documents() if item.file == "txt/summary_en.txt")
        unknown = [i for i in workspace.corpus.interventions(record.document_id) if i.span.role == "unknown"]
        assert unknown
        for item in unknown:
            workspace.corpus.edit(item.statement_id, {"state": "XGA"})
        workspace.doctor(rebuild=True)
        (record,) = (item for item in workspace.corpus.documents() if item.file == "txt/summary_en.txt")
        names = {item.span.named for item in unknown}
        given = [i for i in workspace.corpus.interventions(record.document_id) if i.span.named in names]
    assert [item.metadata.state for item in given] == ["XGA"] * len(unknown)
