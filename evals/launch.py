"""Launching a run: cases, environment and adapter are put together, asked and scored; a stopped run is resumed.

A run is resumed only where all that decides answers is as it was (`_DECIDING`), such as settings, models and code.
"""

import os
import platform
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from app.settings import Settings
from evals.adapters.adapter import Adapter
from evals.adapters.http import Http
from evals.adapters.inprocess import InProcess
from evals.adapters.replay import Replay
from evals.case_sets import cases_hash, folder_name, open_set, shipped_folder
from evals.errors import RunError
from evals.eval_environment import (
    EvalEnvironment,
    changed,
    code_hash,
    described,
    git_commit,
    open_environment,
    packages,
)
from evals.golden.cases import Case
from evals.golden.documents import Documents, read_documents
from evals.golden.rewording import chosen_wordings, reword, setting_of
from evals.paths import EvalPaths, eval_paths
from evals.review.decisions import read_rulings
from evals.runner import OnAnswer, chosen, run_cases
from evals.runs import Run, RunManifest, create_run, new_name, open_run, run_path
from evals.score import score_run
from evals.variants import VARIANTS, assistant_of

TIME_LIMIT: Final = 120.0
# Fields of the manifest on which answers depend: a run is resumed only where all are the same.
_DECIDING: Final = (
    "dataset_sha256", "corpus_sha256", "settings", "models", "variant", "adapter", "source", "code", "packages",
    "repeats", "time_limit",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What to run.

    Attributes:
        dataset: `smoke`, `dev`, `saved`, or a file of cases.
        corpus: Folders of statements; the store itself without any, except for `smoke`.
        changes: Settings to change, `group.name=value`.
        variant: A deliberate change to the pipeline; see `evals.variants`.
        reword: Other wordings to ask as well: `all`, names, or how many to draw.
        only: Conditions on slices, `name=value`.
        drafts: Whether drafts are asked as well; they never gate.
        store: Where the corpus is indexed instead of below the store of the settings.
    """

    dataset: str
    corpus: tuple[Path, ...] = ()
    name: str | None = None
    adapter: Literal["inprocess", "http", "replay"] = "inprocess"
    url: str = "http://127.0.0.1:7860"
    answers: Path | None = None
    changes: tuple[str, ...] = ()
    variant: str | None = None
    reword: str | None = None
    only: tuple[str, ...] = ()
    limit: int | None = None
    every: int = 1
    drafts: bool = True
    repeats: int = 1
    time_limit: float = TIME_LIMIT
    resume: bool = False
    store: Path | None = None
    seed: int = 0


def launch(
    options: RunOptions,
    settings: Settings,
    *,
    runs: Path | None = None,
    on_stage: Callable[[str], None] | None = None,
    on_answer: OnAnswer | None = None,
) -> Run:
    """Asks and scores a set of cases; returns the run.

    Args:
        options: What to run.
        settings: The settings to start from.
        runs: The folder of runs; default: below the store of the settings.
        on_stage: Told what is being done.
        on_answer: Told of every answer.

    Raises:
        EvalError: The cases, the corpus or the run cannot be used.
        AppError: A setting cannot be used.
        StoreError: The store or a model cannot be used.
    """
    say = on_stage or (lambda text: None)
    paths = eval_paths(settings.store)
    _check_name(options, runs or paths.runs)
    effective = changed(settings, options.changes)
    with ExitStack() as stack:
        say("reading the statements")
        given = open_set(options.dataset, options.corpus, paths)
        adapter = _stored_or_remote(options)
        documents = read_documents(given.folders) if given.folders else stored_documents(effective)
        cases = _cases(options, paths, documents, given.folders)
        if not cases:
            raise RunError("no case is left to ask: see --only and --limit")
        environment: EvalEnvironment | None = None
        if options.adapter == "inprocess" or not given.folders:
            say("indexing the statements")
            environment = stack.enter_context(
                open_environment(effective, given.folders, documents, store=options.store)
            )
        if adapter is None:
            adapter = _in_process(options, environment)
        run = _open(options, runs or paths.runs, effective, cases, documents, given.folders, environment)
        say("asking")
        run = run_cases(run, adapter, on_answer=on_answer)
    say("scoring")
    score_run(run, documents, read_rulings(paths.reviews))
    return run


def _check_name(options: RunOptions, runs: Path) -> None:
    """Refuses a name before an hour is spent on what cannot be stored under it."""
    if options.name is None:
        if options.resume:
            raise RunError("--resume needs the --name of the run to go on with")
        return
    path = run_path(runs, options.name)
    if options.resume:
        open_run(runs, options.name)
    elif path.exists():
        raise RunError(f"there is a run {options.name!r}: give --resume to go on with it, or another --name")
    if options.variant is not None and options.variant not in VARIANTS:
        raise RunError(f"no variant {options.variant!r}: there are {', '.join(VARIANTS)}")


def documents_of_run(run: Run, settings: Settings) -> Documents:
    """Reads the statements that a run was asked over, from its folders or from the store.

    Raises:
        DatasetError: They are gone.
    """
    if run.manifest.corpus:
        return read_documents([shipped_folder(folder) for folder in run.manifest.corpus])
    return stored_documents(settings)


def stored_documents(settings: Settings) -> Documents:
    """Reads the statements of the store."""
    with open_environment(settings) as environment:
        return environment.documents


def _cases(options: RunOptions, paths: EvalPaths, documents: Documents, folders: Sequence[Path]) -> tuple[Case, ...]:
    cases = open_set(options.dataset, options.corpus, paths, documents).cases
    kept = tuple(c for c in cases if c.review.status != "rejected" and (options.drafts or c.gates))
    cases = chosen(kept, only=options.only, limit=options.limit, every=options.every)
    if options.reword is None:
        return cases
    if not folders:
        raise RunError("other wordings are drawn from a folder's manifest: give --corpus")
    wordings, setting = chosen_wordings(options.reword), setting_of(folders[0], documents.parties)
    return tuple(asked for case in cases for asked in (case, *reword(case, setting, wordings).values()))


def _open(
    options: RunOptions,
    runs: Path,
    settings: Settings,
    cases: Sequence[Case],
    documents: Documents,
    folders: Sequence[Path],
    environment: EvalEnvironment | None,
) -> Run:
    manifest = RunManifest(
        name=options.name or new_name(options.dataset),
        dataset=options.dataset,
        dataset_sha256=cases_hash(cases),
        corpus_sha256=documents.sha256,
        corpus=tuple(folder_name(folder) for folder in folders),
        adapter=options.adapter,
        source=_source(options),
        variant=options.variant,
        code=code_hash("app", "ingest", "vectorstore", "prompts"),
        settings=described(settings),
        models={"embedding": settings.embedding.model, "reranker": settings.rerank.model},
        cases=len(cases),
        repeats=options.repeats,
        time_limit=options.time_limit,
        seed=options.seed,
        git=git_commit(),
        packages=packages(),
        machine=f"{platform.machine()}, {os.cpu_count()} CPUs",
        started=datetime.now(UTC),
    )
    if options.resume:
        return _resumed(open_run(runs, manifest.name), manifest)
    return create_run(runs, manifest, cases, environment.statement_files() if environment else None)


def _resumed(run: Run, manifest: RunManifest) -> Run:
    """Goes on with a run, if it is the same: answers of two configurations must not be mixed.

    Raises:
        RunError: Something that decides answers has changed.
    """
    for field in _DECIDING:
        if getattr(run.manifest, field) != getattr(manifest, field):
            raise RunError(
                f"the run {run.name!r} was begun with another {field.replace('_', ' ')}: give another --name"
            )
    return replace(run, manifest=run.manifest.model_copy(update={"ended": None}))


def _source(options: RunOptions) -> str | None:
    """Returns what answers, where it is not this program: an address, or the hash of stored answers."""
    if options.adapter == "http":
        return options.url
    if options.adapter == "replay" and options.answers is not None:
        return Replay(options.answers).sha256
    return None


def _stored_or_remote(options: RunOptions) -> Adapter | None:
    """Returns the adapter that needs no index, before one is made; None for the program in this process."""
    if options.adapter == "http":
        return Http(options.url, time_limit=options.time_limit)
    if options.adapter == "replay":
        if options.answers is None:
            raise RunError("--adapter replay needs --answers FILE, or a run's folder")
        return Replay(options.answers)
    return None


def _in_process(options: RunOptions, environment: EvalEnvironment | None) -> Adapter:
    if environment is None:
        raise RunError("nothing to ask: give --corpus FOLDER or a --store with statements")
    return InProcess(assistant_of(environment.workspace, options.variant))
