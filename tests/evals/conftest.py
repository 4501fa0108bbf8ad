"""A store with the shipped cases' statements, the real models over it, and runs on it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.assistant import Assistant
from app.resolution import Resolution
from app.retrieve import Retrieved, Searcher
from app.settings import Settings
from app.wiring import Workspace
from evals.adapters.inprocess import InProcess
from evals.bed import Bed, open_bed
from evals.golden.cases import Case
from evals.golden.sets import cases_hash, home_of, open_set
from evals.runner import run_cases
from evals.runs import Run, RunManifest, create_run
from evals.score import score_run
from evals.variants import assistant_of
from ingest.parties import PartyTable

RunVariant = Callable[..., Run]


class _Remembering:
    """A searcher that finds the same for the same question without searching again."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._found: dict[str, Retrieved] = {}

    def search(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        key = repr(resolution)
        if key not in self._found:
            self._found[key] = self._searcher.search(resolution, parties)
        return self._found[key]

    def scoped_by(self, scoped: Any) -> Searcher:
        return self._searcher.scoped_by(scoped)


def _remembering(workspace: Workspace) -> Workspace:
    steps = replace(workspace.steps, searcher=_Remembering(workspace.steps.searcher))  # type: ignore[arg-type]
    assistant = Assistant(steps, workspace.store.catalogue, keep_traces=0)
    return replace(workspace, steps=steps, assistant=assistant)


@pytest.fixture(scope="session")
def smoke_cases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, ...]:
    """Every second case of the smoke set: enough for every gate, and half the time."""
    return open_set("smoke", (), home_of(tmp_path_factory.mktemp("home"))).cases[::2]


@pytest.fixture(scope="session")
def smoke_bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    """The conference and the sample statement, indexed with the real models."""
    home = home_of(tmp_path_factory.mktemp("home"))
    folders = open_set("smoke", (), home).folders
    with open_bed(Settings(store=tmp_path_factory.mktemp("store")), folders) as bed:
        yield replace(bed, workspace=_remembering(bed.workspace))


@pytest.fixture(scope="session")
def run_variant(smoke_bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> RunVariant:
    """Runs cases through the pipeline, as it is or deliberately broken, and scores them."""
    root: Path = tmp_path_factory.mktemp("runs")

    def run(cases: tuple[Case, ...], variant: str | None = None, *, repeats: int = 1) -> Run:
        manifest = RunManifest(
            name=f"{len([*root.iterdir()])}-{variant or 'as-it-is'}",
            dataset="smoke",
            dataset_sha256=cases_hash(cases),
            corpus_sha256=smoke_bed.documents.sha256,
            variant=variant,
            cases=len(cases),
            repeats=repeats,
            started=datetime.now(UTC),
        )
        made = create_run(root, manifest, cases, smoke_bed.statement_files())
        made = run_cases(made, InProcess(assistant_of(smoke_bed.workspace, variant)))
        score_run(made, smoke_bed.documents)
        return made

    return run
