"""The runner: puts cases and environment together, asks, appends answers as they come, and scores them."""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from app.answering.assistant import Assistant
from app.errors import SHOWN_ERRORS
from app.question.turns.state import EarlierTurn
from app.settings import Settings
from app.ui.background_job import BackgroundJob
from evals.case_sets import cases_hash, corpus_of, folder_name, open_set
from evals.cases.case import Case, slices
from evals.cases.documents import read_documents, stored_documents
from evals.cases.rewording import reworded
from evals.errors import RunError
from evals.eval_environment import asked_with, changed, open_environment, statement_files
from evals.files import EvalPaths, Tell, quiet, read_lines
from evals.pipeline_variants import VARIANTS, assistant_of
from evals.review import read_rulings
from evals.run_options import RunOptions
from evals.runs import ANSWERS, AnswerRecord, AskError, Run, RunManifest, create_run, new_name, open_run, run_path
from evals.score import score_run
from ingest.report import time_left

logger = logging.getLogger(__name__)
# Fields of the manifest on which answers depend: a run is resumed only where all are the same.
_DECIDING: Final = (
    "dataset_sha256", "corpus_sha256", "settings", "models", "variant", "source", "code", "packages", "repeats",
    "time_limit",
)  # fmt: skip
_OPTIONS: Final = TypeAdapter(RunOptions)
# Returns the answer to a case in the JSON contract; the number says how many times it was asked before in this run.
Ask = Callable[[Case, int], dict[str, Any]]


def asking(assistant: Assistant) -> Ask:
    """Returns a function that asks an assistant, with a case's saved overrides of its scope and its earlier turns."""

    def ask(case: Case, repeat: int) -> dict[str, Any]:
        given = (case.tags.get(name) or "null" for name in ("overrides", "history_overrides"))
        overrides, changes = (json.loads(value) if isinstance(value, str) else value for value in given)
        turns = zip_longest(case.history, changes or (), fillvalue=None)
        history = tuple(EarlierTurn(question=turn, overrides=change or {}) for turn, change in turns if turn)
        return assistant.ask(case.question, history=history, overrides=overrides or None).to_json()

    return ask


def replaying(path: Path) -> tuple[Ask, str]:
    """Returns (function that looks up the answers of a run or of `untoc ask --json --from`, hash of their file)."""
    file = path / ANSWERS if path.is_dir() else path
    if not file.is_file():
        raise RunError(f"no answers at {str(file)!r}: give a run's folder, or what `untoc ask --json --from` printed")
    answers: dict[tuple[str, int], dict[str, Any]] = {}
    for _, record in read_lines(file, torn_end=True):
        name, answer = record.get("case", record.get("id")), record.get("answer") if "case" in record else record
        if name is not None and answer is not None:
            answers[str(name), int(record.get("repeat", 0))] = answer

    def ask(case: Case, repeat: int) -> dict[str, Any]:
        if (case.id, repeat) not in answers:
            raise RunError(f"no stored answer for the case {case.id!r}")
        return answers[case.id, repeat]

    return ask, hashlib.sha256(file.read_bytes()).hexdigest()


def run_cases(run: Run, ask: Ask, *, tell: Tell = quiet) -> Run:
    """Asks the cases of a run that are unanswered, including those that failed before, and records its end."""
    wanted = [(case, repeat) for repeat in range(run.manifest.repeats) for case in run.cases()]
    done = {(r.case, r.repeat) for r in run.answers() if r.error is None}
    remaining = [(case, repeat) for case, repeat in wanted if (case.id, repeat) not in done]
    total, first = len(wanted), 0.0
    for asked, (case, repeat) in enumerate(remaining):
        run.append(_ask_within(ask, case, repeat, run.manifest.time_limit))
        # The time is measured from the first answer on, since that one loads the models.
        first = first or time.monotonic()
        number = total - len(remaining) + asked + 1
        left = time_left(time.monotonic() - first, asked, total - number)
        tell(f"{number} of {total} answers{left}", number, total)
    return run.ended(datetime.now(UTC))


def _ask_within(ask: Ask, case: Case, repeat: int, time_limit: float) -> AnswerRecord:
    """Asks one case and waits no longer than the limit, in seconds."""
    began = time.perf_counter()
    # A thread cannot be stopped: after the time limit, a question goes on until it ends, and its answer is dropped.
    result = BackgroundJob[None, dict[str, Any]](lambda _: ask(case, repeat), daemon=True).outcome
    answer: dict[str, Any] | None = None
    error: AskError | None = AskError(kind="timeout", message=f"no answer within {time_limit:g} s")
    try:
        if wait([result], time_limit).done:
            answer, error = result.result(), None
    except SHOWN_ERRORS as exc:
        error = AskError(kind="error", message=str(exc))
    except Exception as exc:  # a bug in what is evaluated is a finding about it, and must not stop the other cases
        logger.exception("case %s", case.id)
        error = AskError(kind="error", message=f"{type(exc).__name__}: {exc}")
    seconds = round(time.perf_counter() - began, 4)
    return AnswerRecord(case=case.id, repeat=repeat, seconds=seconds, answer=answer, error=error)


def chosen(cases: Sequence[Case], *, only: Sequence[str] = (), limit: int | None = None) -> tuple[Case, ...]:
    """Returns the first `limit` cases that meet all conditions of `only`; `lang=fr,es` is met by either value."""

    def fits(case: Case) -> bool:
        more = {"id": (case.id,), "review": (case.review.status,), "fold": (str(case.tags.get("fold", "")),)}
        found = slices(case) | more
        wanted = (item.partition("=") for item in only)
        return all(set(found.get(name, ())) & set(values.split(",")) for name, _, values in wanted)

    return tuple(case for case in cases if fits(case))[:limit]


def launch(
    options: RunOptions, settings: Settings, *, name: str | None = None, resume: bool = False, tell: Tell = quiet
) -> Run:
    """Asks and scores a set of cases, and keeps the run below the store; `resume` continues the run of that name."""
    paths = EvalPaths(settings.store)
    if options.variant is not None and options.variant not in VARIANTS:
        known = ", ".join(f"{name} ({variant.effect})" for name, variant in VARIANTS.items())
        raise RunError(f"no variant {options.variant!r}: there are {known}")
    name = name or new_name(options.dataset)
    # The name is checked first, so that no hour is spent on a run that cannot be stored under it.
    begun = open_run(paths.runs, name) if resume else None
    if begun is None:
        run_path(paths.runs, name, new=True)
    elif options == RunOptions():
        options = _OPTIONS.validate_python(begun.manifest.options)
    effective = changed(settings, options.changes or ())

    with ExitStack() as stack:
        tell("reading the statements", 0, None)
        folders = corpus_of(options.dataset, options.corpus or (), paths)
        ask, source = replaying(options.answers) if options.answers is not None else (None, None)
        documents = read_documents(folders, tell, effective.load) if folders else stored_documents(effective)
        found = open_set(options.dataset, options.corpus or (), paths, documents)
        kept = [case for case in found if case.review.status != "rejected"]
        cases = chosen(kept, only=options.only or (), limit=options.limit)
        if options.reword is not None:
            cases = reworded(cases, documents, options.reword)
        if not cases:
            raise RunError("no case is left to ask: see --only and --limit")
        files = None
        if ask is None or not folders:
            workspace = stack.enter_context(open_environment(effective, folders, documents, tell))
            files = statement_files(workspace)
            ask = ask or asking(assistant_of(workspace, options.variant))
        manifest = RunManifest(
            name=name, dataset=options.dataset, dataset_sha256=cases_hash(cases), corpus_sha256=documents.sha256,
            corpus=tuple(map(folder_name, folders)), source=source, variant=options.variant, cases=len(cases),
            repeats=options.repeats, time_limit=options.time_limit, started=datetime.now(UTC), **asked_with(effective),
            options=_OPTIONS.dump_python(options, mode="json", exclude_defaults=True),
        )  # fmt: skip
        tell(f"questions to ask: {len(cases)}", 0, None)
        run = _resumed(begun, manifest) if begun is not None else create_run(paths.runs, manifest, cases, files)
        stack.enter_context(run.hold())
        # The recorded end is cleared, since a run that is resumed and stopped again is not complete.
        run = run_cases(run.ended(None), ask, tell=tell)
        tell("scoring", 0, None)
        score_run(run, documents, read_rulings(paths.reviews))
    return run


def _resumed(run: Run, manifest: RunManifest) -> Run:
    """Returns a run to resume, if its configuration is the same: answers of two configurations must not be mixed."""
    for field in _DECIDING:
        if getattr(run.manifest, field) != getattr(manifest, field):
            raise RunError(
                f"the run {run.name!r} was begun with another {field.replace('_', ' ')}: give another --name"
            )
    return run
