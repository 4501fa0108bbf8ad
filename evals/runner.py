"""The runner: asks every case as often as wanted, appends answers as they come, and resumes a stopped run."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitTimeoutError
from datetime import UTC, datetime
from threading import Thread
from typing import Any

from evals.adapters import Adapter
from evals.cases.case import Case, slices
from evals.errors import AnswerError, TimeLimitError
from evals.runs import AnswerRecord, AskError, Run

logger = logging.getLogger(__name__)
# Progress callback: the record just stored, how many are done, of how many.
OnAnswer = Callable[[AnswerRecord, int, int], None]


class Pace:
    """How long the answers that are left will take, by the pace of those so far."""

    def __init__(self) -> None:
        self.asked = 0
        self._first = self._last = 0.0

    def told(self, done: int, total: int) -> str:
        """Notes an answer; returns such as ", about 4 min left", from the third answer on."""
        self._last = time.monotonic()
        self._first = self._first or self._last
        self.asked += 1
        if self.asked < 3 or done == total:
            return ""
        left = (self._last - self._first) / (self.asked - 1) * (total - done)
        return f", about {in_words(left)} left"


def in_words(seconds: float) -> str:
    """Returns a time such as "40 s" or "4 min"."""
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def run_cases(run: Run, adapter: Adapter, *, on_answer: OnAnswer | None = None) -> Run:
    """Asks what a run has not asked yet, cases that failed before again, and notes that it ended."""
    cases = run.cases()
    wanted = [(case, repeat) for repeat in range(run.manifest.repeats) for case in cases]
    done = {(r.case, r.repeat) for r in run.answers() if r.error is None}
    remaining = [(case, repeat) for case, repeat in wanted if (case.id, repeat) not in done]
    for number, (case, repeat) in enumerate(remaining, start=len(wanted) - len(remaining) + 1):
        record = ask_within(adapter, case, repeat, run.manifest.time_limit)
        run.append(record)
        if on_answer is not None:
            on_answer(record, number, len(wanted))
    return run.ended(datetime.now(UTC))


def ask_within(adapter: Adapter, case: Case, repeat: int, time_limit: float) -> AnswerRecord:
    """Asks one case and waits no longer than the limit, in seconds.

    A thread cannot be stopped: work on a question that ran out of time goes on until it ends by itself, and what it
    gives is dropped.
    """
    began = time.perf_counter()
    try:
        answer = _call_within(lambda: adapter.ask(case, repeat), time_limit)
    except TimeLimitError as exc:
        return _record(case, repeat, began, error=AskError(kind="timeout", message=str(exc)))
    except AnswerError as exc:
        return _record(case, repeat, began, error=AskError(kind="error", message=str(exc)))
    except Exception as exc:  # a bug in what is evaluated is a finding about it, and must not stop the other cases
        logger.exception("case %s", case.id)
        return _record(case, repeat, began, error=AskError(kind="error", message=f"{type(exc).__name__}: {exc}"))
    return _record(case, repeat, began, answer=answer)


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


def _record(
    case: Case, repeat: int, began: float, *, answer: dict[str, Any] | None = None, error: AskError | None = None
) -> AnswerRecord:
    seconds = round(time.perf_counter() - began, 4)
    return AnswerRecord(case=case.id, repeat=repeat, seconds=seconds, answer=answer, error=error)


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
        fold = (str(case.tags.get("fold", "")),)
        found = {**slices(case), "id": (case.id,), "review": (case.review.status,), "fold": fold}
        return all(
            set(found.get(name, ())) & set(values.split(","))
            for name, _, values in (item.partition("=") for item in only)
        )

    return tuple(case for case in cases if fits(case))[:limit:every]
