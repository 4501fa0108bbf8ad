"""The job queue that workers share, in the record's database: first the parts of a batch, then its concluding job.

The queue is procrastinate's, whose tables are in the same schema as the record's; the table `untoc_jobs` holds the
description, the outcome and the error of each job.
Only PostgreSQL has a queue: with SQLite, the process that ingests does the work itself.
"""

import asyncio
import contextlib
import json
import logging
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final
from uuid import uuid4

import procrastinate
import psycopg
from procrastinate import exceptions
from procrastinate.jobs import Job as Queued
from procrastinate.jobs import Status
from sqlalchemy import Column, Connection, FromClause, Integer, MetaData, Select, Table, Update, case, select, text

from vectorstore.database import STORE_ID, Database
from vectorstore.errors import JobGivenUpError, NoWorkerError, StoreAwayError, StoreError, StoreLockedError
from vectorstore.schema import Text

logger = logging.getLogger(__name__)
# Number of the "whole", the concluding job of a batch, which runs when no part is left to do.
WHOLE: Final = 0
# Seconds between heartbeats of a worker; after three times as long without one, the worker counts as dead.
HEARTBEAT: Final = 10.0
# Attempts at a part that fails for a transient reason, and at a job whose worker is killed.
_ATTEMPTS: Final = 8
# Longest wait before a retry, in seconds.
_LONGEST_WAIT: Final = 60
# Seconds between two looks of `wait` at a batch; and seconds without server or workers after which it gives up.
_LOOKS_EVERY: Final = 0.25
_UNSERVED_SECONDS: Final = 90.0
# Seconds a worker has to finish its job after SIGTERM.
_GRACE_SECONDS: Final = 10.0
# Days after which rows of abandoned batches are deleted.
_KEPT_DAYS: Final = 30
_JOBS: Final = Table(
    "untoc_jobs",
    MetaData(),
    Column("batch", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("about", Text, nullable=False),
    # Description and outcome are JSON; the outcome is null until the job is done, the error unless it is given up.
    Column("what", Text, nullable=False),
    Column("outcome", Text),
    Column("error", Text),
    # How many workers died while they did the job.
    Column("deaths", Integer, nullable=False, server_default="0"),
)
_UNDER_WAY: Final = text(
    "SELECT id, CAST(args ->> 'number' AS integer) FROM procrastinate_jobs"
    " WHERE args ->> 'batch' = :batch AND status IN ('todo', 'doing')"
)
_WAITING: Final = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'job' AND status = 'todo'")
_WORKERS: Final = text(
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :seconds)"
)
# `to_regclass` would keep returning null in a session that called it before another session created the table.
_MADE: Final = text("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'untoc_jobs'")
JSON = Mapping[str, Any]
# A job's description, its outcome or None, and the error for which it was given up or None.
Noted = tuple[JSON, JSON | None, str | None]


class _LaterError(Exception):
    """A job has to be retried after some seconds: its parts are not done yet, or it failed for a transient reason."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job that a worker has taken from the queue."""

    what: JSON
    """Description of the job."""
    is_whole: bool
    parts: Sequence[Noted]
    """The parts of the batch if this is its whole, else empty."""
    check: Callable[[], None]
    """Raises to end the job if it is cancelled or the worker has to end; the job calls it regularly."""


class JobQueue:
    """The jobs of one store."""

    def __init__(self, database: Database, *, heartbeat: float = HEARTBEAT) -> None:
        """Prepares access to the record's database in PostgreSQL without connecting to it yet.

        Workers send a heartbeat every `heartbeat` seconds; after three times as long without one, a worker is dead.
        """
        self._database = database
        self._heartbeat, self._dead_after = heartbeat, 3 * heartbeat
        url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=url, kwargs={"connect_timeout": 10}, min_size=1, max_size=4, timeout=10
            )
        )

    @cached_property
    def _queue(self) -> str:
        # Named by store, since PostgreSQL's NOTIFY also reaches the workers of other stores in the same database.
        return f"untoc-{self._database.meta(STORE_ID)}"

    def workers(self) -> int:
        """Returns how many workers are alive."""
        return int(self._database.value(_WORKERS, {"seconds": self._dead_after})) if self._is_made() else 0

    def submit(self, about: str, whole: JSON, parts: Sequence[JSON]) -> str:
        """Queues a whole and its parts as one batch in one transaction; returns the id of the batch.

        Dead letters of finished batches with the same `about` are deleted. Batches with fewer parts have priority.
        """
        batch, at = uuid4().hex[:12], datetime.now(UTC).isoformat(timespec="seconds")
        common = {"batch": batch, "at": at, "about": about}
        rows = [{**common, "number": n, "what": json.dumps(what)} for n, what in enumerate((whole, *parts))]
        with self._database.transaction(counted=False) as connection:
            dead_letters = _JOBS.delete().where(_JOBS.c.about == about, _JOBS.c.error.is_not(None))
            connection.execute(dead_letters.where(_JOBS.c.batch.not_in(_unfinished(_JOBS.alias()))))
            connection.execute(_JOBS.insert(), rows)
            job = self._app.configure_task(
                "job",
                queue=self._queue,
                priority=-len(parts),
                connection=connection.connection.driver_connection,
            )
            job.batch_defer(*({"batch": batch, "number": n} for n in (*range(1, len(rows)), WHOLE)))
        return batch

    def wait(self, batch: str, heard: Callable[[Sequence[JSON | None]], None]) -> JSON:
        """Waits for the outcome of the whole, returns it, and deletes the batch's rows except its dead letters.

        Meanwhile `heard` is called with the parts' outcomes so far; an exception of it cancels the batch. Raises a
        StoreError if the server is gone for a while, a NoWorkerError if all workers are, a JobGivenUpError if it is
        given up or cancelled.
        """
        seen = time.monotonic()
        try:
            while True:
                try:
                    rows, under_way = self._look(batch)
                    if self.workers():
                        seen = time.monotonic()
                    elif time.monotonic() > seen + _UNSERVED_SECONDS:
                        raise NoWorkerError(
                            "no worker runs any more: start `untoc worker`, which goes on with what waits"
                        )
                except StoreAwayError:
                    if time.monotonic() > seen + _UNSERVED_SECONDS:
                        raise
                else:
                    _, outcome, error = rows.get(WHOLE, ({}, None, "it was cancelled"))
                    if outcome is not None:
                        self._forget(batch)
                        return outcome
                    if error is not None or not under_way:
                        raise JobGivenUpError(error or "it was cancelled")
                    heard([rows[number][1] for number in sorted(rows) if number != WHOLE])
                time.sleep(_LOOKS_EVERY)
        except StoreError:
            raise
        except BaseException:
            # The waiting process is told to stop, as by Ctrl-C or by an exception of `heard`.
            self.cancel(batch)
            raise

    def cancel(self, batch: str | None = None) -> int:
        """Cancels the waiting jobs and aborts the running ones of one batch or of all; returns their number."""
        if not self._is_made():
            return 0
        with self._database.transaction(counted=False) as connection:
            batches = [batch] if batch else list(connection.scalars(select(_JOBS.c.batch).distinct()))
            ids = [job_id for each in batches for job_id, _ in connection.execute(_UNDER_WAY, {"batch": each})]
            for job_id in ids:
                self._app.job_manager.cancel_job_by_id(
                    job_id, abort=True, delete_job=True, connection=connection.connection.driver_connection
                )
            connection.execute(_JOBS.delete().where(_JOBS.c.batch.in_(batches)))
        return len(ids)

    def given_up(self) -> tuple[tuple[JSON, str], ...]:
        """Returns the dead letters, oldest first: descriptions of jobs that are not tried again, with the reason."""
        if not self._is_made():
            return ()
        found = select(_JOBS.c.what, _JOBS.c.error).where(_JOBS.c.error.is_not(None))
        rows = self._database.rows(found.order_by(_JOBS.c.at, _JOBS.c.batch, _JOBS.c.number))
        return tuple((json.loads(what), str(error)) for what, error in rows)

    def waiting(self) -> int:
        """Returns how many jobs wait in the queue."""
        return int(self._database.value(_WAITING)) if self._is_made() else 0

    def make(self) -> None:
        """Creates the tables if they do not exist."""
        if self._is_made():
            return
        with self._database.transaction(counted=False) as connection:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('untoc jobs ' || current_schema()))")
            if not connection.scalar(_MADE):
                driver: Any = connection.connection.driver_connection
                driver.execute(self._app.schema_manager.get_schema())
                _JOBS.create(connection)

    def _is_made(self) -> bool:
        return bool(self._database.value(_MADE))

    def _look(self, batch: str) -> tuple[dict[int, Noted], set[int]]:
        """Returns the row of every job of a batch by number, and the numbers of those that wait or are running."""
        with self._database.reading() as connection:
            # The running jobs are read first, so that a job that ends in between has its outcome in the rows below.
            numbers = {int(number) for _, number in connection.execute(_UNDER_WAY, {"batch": batch})}
            found = select(_JOBS.c.number, _JOBS.c.what, _JOBS.c.outcome, _JOBS.c.error).where(_JOBS.c.batch == batch)
            return {
                number: (json.loads(what), None if outcome is None else json.loads(outcome), error)
                for number, what, outcome, error in connection.execute(found)
            }, numbers

    def _forget(self, batch: str) -> None:
        old = datetime.fromtimestamp(time.time() - 86400 * _KEPT_DAYS, UTC).isoformat(timespec="seconds")
        with self._database.transaction(counted=False) as connection:
            connection.execute(_JOBS.delete().where(_JOBS.c.batch == batch, _JOBS.c.error.is_(None)))
            connection.execute(_JOBS.delete().where(_JOBS.c.at < old))

    def work(self, run: Callable[[Job], JSON]) -> None:
        """Does jobs until the process gets SIGINT or SIGTERM; a job that it then has not finished is queued again.

        If `run` raises a transient error (`StoreAwayError`, `StoreLockedError`), the job is retried, else given up.
        """
        self.make()
        # This module logs failures itself, so that those of the libraries are silenced.
        for name in ("procrastinate", "psycopg.pool"):
            logging.getLogger(name).setLevel(logging.CRITICAL)

        def work(context: procrastinate.JobContext, batch: str, number: int) -> None:
            self._do(run, context, batch, number)

        self._app.task(name="job", queue=self._queue, retry=_Retry(), pass_context=True)(work)
        taking_over = self._app.task(name="take_over", queue=self._queue, queueing_lock="take_over", priority=1)
        self._app.periodic(cron=cron(self._heartbeat))(taking_over(self._take_over))
        asyncio.run(self._work())

    async def _work(self) -> None:
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
        while not ended.is_set():
            # After a broken connection the worker starts anew under another id; its former jobs are taken over.
            with contextlib.suppress(psycopg.Error, exceptions.ProcrastinateException):
                await self._work_connected(ended)
            if not ended.is_set():
                logger.warning("the database does not answer as it should: this worker tries again")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), 1.0)

    async def _work_connected(self, ended: asyncio.Event) -> None:
        async with self._app.open_async():
            working = asyncio.create_task(
                self._app.run_worker_async(
                    queues=[self._queue],
                    fetch_job_polling_interval=1.0,
                    abort_job_polling_interval=1.0,
                    update_heartbeat_interval=self._heartbeat,
                    stalled_worker_timeout=self._dead_after,
                    shutdown_graceful_timeout=_GRACE_SECONDS,
                    install_signal_handlers=False,
                    delete_jobs="always",
                )
            )
            waiting = asyncio.create_task(ended.wait())
            await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if ended.is_set():
                working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working

    def _do(self, run: Callable[[Job], JSON], context: procrastinate.JobContext, batch: str, number: int) -> None:
        """Does a job, unless it has an outcome already, from a worker that was wrongly taken for dead."""

        def check() -> None:
            if context.should_abort():
                raise exceptions.JobAborted

        try:
            rows, under_way = self._look(batch)
            what, outcome, _ = rows.pop(number, ({}, {}, None))
            if outcome is not None:
                return
            parts = [rows[part] for part in sorted(rows)] if number == WHOLE else []
            if parts and any(rows[part][1] is None for part in under_way & rows.keys()):
                raise _LaterError(1)
            outcome = run(Job(what=what, is_whole=number == WHOLE, parts=parts, check=check))
            self._note(batch, number, outcome=json.dumps(outcome), error=None)
        except (StoreAwayError, StoreLockedError) as exc:
            logger.warning("job %s/%d is tried again later: %s", batch, number, exc)
            if number != WHOLE and context.job.attempts + 1 >= _ATTEMPTS:
                self._note(batch, number, error=f"tried {_ATTEMPTS} times: {exc}")
                raise
            raise _LaterError(min(2 ** min(context.job.attempts, 9), _LONGEST_WAIT)) from exc
        except (_LaterError, exceptions.JobAborted):
            raise
        except Exception as exc:  # any error is noted, so that whoever waits learns of it
            logger.error("job %s/%d is given up: %s", batch, number, exc, exc_info=not isinstance(exc, StoreError))
            self._note(batch, number, error=str(exc) or type(exc).__name__)
            raise

    def _note(self, batch: str, number: int, **values: str | None) -> None:
        with self._database.transaction(counted=False) as connection:
            connection.execute(_update(batch, number).values(values))

    async def _take_over(self, timestamp: int) -> None:
        """Queues the jobs of dead workers again; a job whose workers died `_ATTEMPTS` times is given up."""
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self._dead_after):
            taken: dict[str, Any] = job.task_kwargs
            if "batch" in taken and not await asyncio.to_thread(self._count_death, taken["batch"], taken["number"]):
                await manager.retry_job(job)
            else:
                await manager.finish_job(job, status=Status.FAILED, delete_job=True)

    def _count_death(self, batch: str, number: int) -> bool:
        """Counts the death of a worker that did a job; returns whether the job is given up for this reason."""
        counted = _update(batch, number).values(deaths=_JOBS.c.deaths + 1).returning(_JOBS.c.deaths)
        with self._database.transaction(counted=False) as connection:
            # A cancelled job has no row, and ends by itself.
            given_up = (connection.scalar(counted) or 0) >= _ATTEMPTS
        if given_up:
            self._note(batch, number, error=f"the worker that did it was killed {_ATTEMPTS} times")
        return given_up


class _Retry(procrastinate.BaseRetryStrategy):
    """The retry policy: soon for a job that waits for its parts, with a doubling delay after a transient error."""

    def get_retry_decision(self, *, exception: BaseException, job: Queued) -> procrastinate.RetryDecision | None:
        """Returns when to retry the job, or None if it is not retried."""
        if isinstance(exception, _LaterError):
            return procrastinate.RetryDecision(retry_in={"seconds": exception.seconds})
        # A worker that is told to end returns its job to the queue.
        return procrastinate.RetryDecision() if isinstance(exception, exceptions.JobAborted) else None


def give_up_all(connection: Connection, error: str) -> None:
    """Gives up the unfinished jobs of a restored record, and deletes its workers, which belong to another store."""
    if not connection.scalar(_MADE):
        return
    open_, part = _JOBS.c.outcome.is_(None) & _JOBS.c.error.is_(None), _JOBS.c.number != WHOLE
    batches = connection.scalars(_unfinished(_JOBS)).all()
    unfinished = _JOBS.c.batch.in_(batches)
    with_parts = connection.scalars(select(_JOBS.c.batch).where(unfinished, open_, part).distinct()).all()
    # The error goes to unfinished parts, which name files, and to the whole where no part is left. Each upload gets an
    # `about` of its own, since a later upload would otherwise clear it.
    at, upload = datetime.now(UTC).isoformat(timespec="seconds"), "restored upload " + _JOBS.c.batch
    values = {"error": error, "at": at, "about": case((_JOBS.c.about == "upload", upload), else_=_JOBS.c.about)}
    connection.execute(_JOBS.update().where(unfinished, open_, part | _JOBS.c.batch.not_in(with_parts)).values(values))
    connection.execute(_JOBS.delete().where(unfinished, _JOBS.c.error.is_(None)))
    connection.exec_driver_sql("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def _update(batch: str, number: int) -> Update:
    return _JOBS.update().where(_JOBS.c.batch == batch, _JOBS.c.number == number)


def _unfinished(jobs: FromClause) -> Select[Any]:
    """Selects the batches whose whole is neither done nor given up."""
    return select(jobs.c.batch).where(jobs.c.number == WHOLE, jobs.c.outcome.is_(None), jobs.c.error.is_(None))


def cron(seconds: float) -> str:
    """Returns the cron expression, with seconds as its last field, of an interval below a minute."""
    return f"* * * * * */{min(59, max(1, round(seconds)))}"
