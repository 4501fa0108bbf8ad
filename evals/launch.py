"""Launching a run: cases, environment and adapter are put together, asked and scored; a stopped run is resumed.

A run is resumed only where all that decides answers is as it was (`_DECIDING`), such as settings, models and code.
"""

import os
import platform
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Final

from app.settings import Settings
from evals.case_sets import cases_hash, corpus_of, folder_name, open_set
from evals.cases.case import Case
from evals.cases.documents import Documents, read_documents, stored_documents
from evals.cases.rewording import chosen_wordings, reword, setting_of
from evals.errors import RunError
from evals.eval_environment import (
    changed,
    code_hash,
    described,
    git_commit,
    open_environment,
    packages,
    statement_files,
)  # fmt: skip
from evals.paths import EvalPaths, eval_paths
from evals.review import read_rulings
from evals.run_options import RunOptions
from evals.runner import Tell, asking, chosen, in_words, replaying, run_cases
from evals.runs import Run, RunManifest, create_run, list_runs, new_name, open_run, require_new
from evals.score import score_run
from evals.variants import VARIANTS, assistant_of

# Fields of the manifest on which answers depend: a run is resumed only where all are the same.
_DECIDING: Final = (
    "dataset_sha256", "corpus_sha256", "settings", "models", "variant", "adapter", "source", "code", "packages",
    "repeats", "time_limit",
)  # fmt: skip


def launch(
    options: RunOptions,
    settings: Settings,
    *,
    name: str | None = None,
    resume: bool = False,
    tell: Tell = lambda text, done, total: None,
) -> Run:
    """Asks and scores a set of cases; returns the run, which is kept below the store.

    Args:
        options: What to run.
        settings: The settings to start from.
        name: The run's name; default: time and set.
        resume: Whether the run of that name goes on where it was stopped.
        tell: Told what is being done.
    """
    paths = eval_paths(settings.store)
    if options.variant is not None and options.variant not in VARIANTS:
        raise RunError(f"no variant {options.variant!r}: there are {', '.join(VARIANTS)}")
    name = name or new_name(options.dataset)
    # Before an hour is spent on what cannot be stored under it.
    begun = open_run(paths.runs, name) if resume else None
    if begun is None:
        require_new(paths.runs, name)
    effective = changed(settings, options.changes or ())

    def say(text: str) -> None:
        tell(text, 0, None)

    with ExitStack() as stack:
        say("reading the statements")
        folders = corpus_of(options.dataset, options.corpus or (), paths)
        ask, source = replaying(options.answers) if options.answers is not None else (None, None)
        documents = read_documents(folders) if folders else stored_documents(effective)
        cases = _cases(options, paths, documents)
        if not cases:
            raise RunError("no case is left to ask: see --only and --limit")
        files = None
        if ask is None or not folders:
            say("indexing the statements")
            opened = open_environment(effective, folders, documents, store=options.index, say=say)
            workspace = stack.enter_context(opened)
            files = statement_files(workspace)
            ask = ask or asking(assistant_of(workspace, options.variant))
        pace = _pace(paths.runs, len(cases) * options.repeats)
        manifest = RunManifest(
            name=name, dataset=options.dataset, dataset_sha256=cases_hash(cases), corpus_sha256=documents.sha256,
            corpus=tuple(folder_name(folder) for folder in folders), adapter="replay" if source else "inprocess",
            source=source, variant=options.variant, code=code_hash("app", "ingest", "vectorstore", "prompts"),
            settings=described(effective), cases=len(cases), repeats=options.repeats, time_limit=options.time_limit,
            models={"embedding": effective.embedding.model, "reranker": effective.rerank.model}, git=git_commit(),
            packages=packages(), machine=f"{platform.machine()}, {os.cpu_count()} CPUs", started=datetime.now(UTC),
        )  # fmt: skip
        run = _resumed(begun, manifest) if begun is not None else create_run(paths.runs, manifest, cases, files)
        say(f"asking {len(cases)} questions{pace}")
        run = run_cases(run, ask, tell=tell)
    say("scoring")
    score_run(run, documents, read_rulings(paths.reviews))
    return run


def _pace(runs: Path, answers: int) -> str:
    """Says how long so many answers take at the pace of the last run; nothing where there was none."""
    spent = [record.seconds for run in list_runs(runs)[:1] for record in run.answers()]
    return f", about {in_words(mean(spent) * answers)} at the pace of the last run" if spent else ""


def _cases(options: RunOptions, paths: EvalPaths, documents: Documents) -> tuple[Case, ...]:
    cases = open_set(options.dataset, options.corpus or (), paths, documents).cases
    kept = tuple(c for c in cases if c.review.status != "rejected" and (options.drafts or c.gates))
    cases = chosen(kept, only=options.only or (), limit=options.limit, every=options.every)
    if options.reword is None:
        return cases
    wordings, setting = chosen_wordings(options.reword), setting_of(documents)
    return tuple(asked for case in cases for asked in (case, *reword(case, setting, wordings).values()))


def _resumed(run: Run, manifest: RunManifest) -> Run:
    """Goes on with a run, if it is the same: answers of two configurations must not be mixed."""
    for field in _DECIDING:
        if getattr(run.manifest, field) != getattr(manifest, field):
            raise RunError(
                f"the run {run.name!r} was begun with another {field.replace('_', ' ')}: give another --name"
            )
    return replace(run, manifest=run.manifest.model_copy(update={"ended": None}))
