"""A store with the shipped cases' statements, the real models over it, and runs on it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.answering.assistant import Assistant
from app.question.resolution import Resolution
from app.retrieval.evidence_retriever import EvidenceRetriever, Retrieved
from app.settings import Settings
from app.wiring import Workspace
from evals.case_sets import CONFERENCE, SAMPLE, cases_hash, open_set
from evals.cases.case import Case
from evals.cases.documents import Documents, read_documents
from evals.eval_environment import open_environment, statement_files
from evals.files import EvalPaths, eval_paths
from evals.runner import asking, run_cases
from evals.runs import Run, create_run
from evals.score import score_run
from evals.variants import assistant_of
from ingest.parties.party_table import PartyTable
from tests.evals.made import manifest

RunVariant = Callable[..., Run]


class _Remembering:
    """A retriever that finds the same for the same question without searching again."""

    def __init__(self, retriever: EvidenceRetriever) -> None:
        self._retriever = retriever
        self._found: dict[str, Retrieved] = {}

    def retrieve(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        key = repr(resolution)
        if key not in self._found:
            self._found[key] = self._retriever.retrieve(resolution, parties)
        return self._found[key]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._retriever, name)


@pytest.fixture
def paths(tmp_path: Path) -> EvalPaths:
    return eval_paths(tmp_path / "store")


@pytest.fixture(scope="session")
def smoke_documents() -> Documents:
    return read_documents([CONFERENCE, SAMPLE])


@pytest.fixture(scope="session")
def smoke_workspace(smoke_documents: Documents, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The conference and the sample statement, indexed with the real models."""
    settings = Settings(store=tmp_path_factory.mktemp("store"))
    with open_environment(settings, [CONFERENCE, SAMPLE], smoke_documents) as workspace:
        steps = replace(workspace.steps, retriever=_Remembering(workspace.steps.retriever))  # type: ignore[arg-type]
        assistant = Assistant(steps, workspace.store.catalogue, keep_traces=0)
        yield replace(workspace, steps=steps, assistant=assistant)


@pytest.fixture(scope="session")
def smoke_cases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, ...]:
    """Every third case of the smoke set: enough for every gate, and a third of the time."""
    return open_set("smoke", (), eval_paths(tmp_path_factory.mktemp("paths")))[::3]


@pytest.fixture(scope="session")
def run_variant(
    smoke_workspace: Workspace, smoke_documents: Documents, tmp_path_factory: pytest.TempPathFactory
) -> RunVariant:
    """Runs cases through the pipeline, as it is or deliberately broken, and scores them."""
    root: Path = tmp_path_factory.mktemp("runs")

    def run(cases: tuple[Case, ...], variant: str | None = None) -> Run:
        told = manifest(
            f"{len([*root.iterdir()])}-{variant or 'as-it-is'}", dataset_sha256=cases_hash(cases),
            corpus_sha256=smoke_documents.sha256, variant=variant, cases=len(cases), ended=None,
        )  # fmt: skip
        made = create_run(root, told, cases, statement_files(smoke_workspace))
        made = run_cases(made, asking(assistant_of(smoke_workspace, variant)))
        score_run(made, smoke_documents)
        return made

    return run
