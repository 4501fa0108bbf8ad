"""The runner: asks every case as often as wanted, appends answers as they come, and resumes a stopped run."""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitTimeoutError
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from threading import Thread
from typing import Any

from app.answering.assistant import Assistant
from app.errors import AppError
from app.question.turn import EarlierTurn
from evals.cases.case import Case, slices
from evals.errors import AnswerError, RunError, TimeLimitError
from evals.files import read_lines
from evals.runs import ANSWERS, AnswerRecord, AskError, Run
from ingest.errors import IngestError
from vectorstore.errors import StoreError

logger = logging.getLogger(__name__)
# Gives the answer to a case in the JSON contract; the number says how many times it was asked before in this run.
Ask = Callable[[Case, int], dict[str, Any]]
# Told what is being done, how many answers there are, and of how many; None before any is asked for. What it raises
# stops the run.
Tell = Callable[[str, int, int | None], None]


def asking(assistant: Assistant) -> Ask:
    """Returns what asks an assistant, with what whoever saved a case had set in its scope and its earlier turns."""

    def ask(case: Case, repeat: int) -> dict[str, Any]:
        turns = zip_longest(case.history, _tag(case, "history_overrides") or (), fillvalue=None)
        history = tuple(EarlierTurn(question=turn, overrides=change or {}) for turn, change in turns if turn)
        try:
            return assistant.ask(case.question, history=history, overrides=_tag(case, "overrides") or None).to_json()
        except (AppError, IngestError, StoreError) as exc:
            raise AnswerError(str(exc)) from exc

    return ask


def _tag(case: Case, name: str) -> Any:  # noqa: ANN401 - any JSON value
    given = case.tags.get(name)
    return json.loads(given) if isinstance(given, str) else given


def replaying(path: Path) -> tuple[Ask, str]:
    """Returns (what gives stored answers by the case's id, the hash of their file).

    They are those that `untoc ask --json --from` printed, or those of a run's folder.
    """
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
            raise AnswerError(f"no stored answer for the case {case.id!r}")
        return answers[case.id, repeat]

    return ask, hashlib.sha256(file.read_bytes()).hexdigest()


def time_left(seconds: float, answers: int, left: int) -> str:
    """Returns such as ", about 4 min left", by the time that answers took; nothing where there are fewer than two."""
    return f", about {in_words(seconds / answers * left)} left" if answers > 1 and left else ""


def in_words(seconds: float) -> str:
    """Returns a time such as "40 s" or "4 min"."""
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def run_cases(run: Run, ask: Ask, *, tell: Tell = lambda text, done, total: None) -> Run:
    """Asks what a run has not asked yet, cases that failed before again, and notes that it ended."""
    wanted = [(case, repeat) for repeat in range(run.manifest.repeats) for case in run.cases()]
    done = {(r.case, r.repeat) for r in run.answers() if r.error is None}
    remaining = [(case, repeat) for case, repeat in wanted if (case.id, repeat) not in done]
    total, first = len(wanted), 0.0
    for asked, (case, repeat) in enumerate(remaining):
        run.append(_ask_within(ask, case, repeat, run.manifest.time_limit))
        # The first answer loads the models, and says nothing of the pace of those after it.
        first = first or time.monotonic()
        number = total - len(remaining) + asked + 1
        left = time_left(time.monotonic() - first, asked, total - number)
        tell(f"{number} of {total} answers{left}", number, total)
    return run.ended(datetime.now(UTC))


def _ask_within(ask: Ask, case: Case, repeat: int, time_limit: float) -> AnswerRecord:
    """Asks one case and waits no longer than the limit, in seconds.

    A thread cannot be stopped: work on a question that ran out of time goes on until it ends by itself, and what it
    gives is dropped.
    """
    began, answer, error = time.perf_counter(), None, None
    try:
        answer = _call_within(lambda: ask(case, repeat), time_limit)
    except AnswerError as exc:
        error = AskError(kind="timeout" if isinstance(exc, TimeLimitError) else "error", message=str(exc))
    except Exception as exc:  # a bug in what is evaluated is a finding about it, and must not stop the other cases
        logger.exception("case %s", case.id)
        error = AskError(kind="error", message=f"{type(exc).__name__}: {exc}")
    seconds = round(time.perf_counter() - began, 4)
    return AnswerRecord(case=case.id, repeat=repeat, seconds=seconds, answer=answer, error=error)


def _call_within(call: Callable[[], dict[str, Any]], time_limit: float) -> dict[str, Any]:
    result: Future[dict[str, Any]] = Future()

    def work() -> None:
        try:
            result.set_result(call())
        except BaseException as exc:  # raised again by whoever waits
            result.set_exception(exc)

    Thread(target=work, daemon=True, name="untoc-eval-ask").start()
    try:
        return result.result(timeout=time_limit)
    except WaitTimeoutError as exc:
        if result.done():
            # Race: the answer came just as the wait ended, or the call raised a time-out of its own.
            return result.result()
        raise TimeLimitError(f"no answer within {time_limit:g} s") from exc


def chosen(
    cases: Sequence[Case], *, only: Sequence[str] = (), limit: int | None = None, every: int = 1
) -> tuple[Case, ...]:
    """Returns part of the cases.

    Args:
        cases: All of them.
        only: `name=value` conditions on slices, such as `lang=fr`; all must hold. Values separated by commas are
            alternatives.
        limit: At most so many.
        every: Only every so manieth, counted from the first.
    """

    def fits(case: Case) -> bool:
        own = {"id": (case.id,), "review": (case.review.status,), "fold": (str(case.tags.get("fold", "")),)}
        found = slices(case) | own
        return all(
            set(found.get(name, ())) & set(values.split(","))
            for name, _, values in (item.partition("=") for item in only)
        )

    return tuple(case for case in cases if fits(case))[:limit:every]
