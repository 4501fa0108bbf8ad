"""Claims of texts to embed, and the job queue without workers."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import numpy as np
import pytest
from croniter import croniter

from tests.fakes_engines import own_schema
from vectorstore.catalogue import Catalogue
from vectorstore.database import Database
from vectorstore.errors import JobGivenUpError
from vectorstore.jobs import _ATTEMPTS, HEARTBEAT, JobQueue, cron, give_up_all


def vectors(texts):
    return np.ones((len(texts), 4), dtype=np.float32)


def test_text_is_embedded_once_by_one_process(catalogue):
    asked = []
    embed = lambda texts: vectors(asked.extend(texts) or texts)  # noqa: E731 - a line that two calls share
    assert catalogue.vectors.embed_missing({"a": "A", "b": "B"}, embed) == 2
    assert catalogue.vectors.embed_missing({"b": "B", "c": "C"}, embed) == 1
    assert asked == ["A", "B", "C"] and catalogue.vectors.known("abc") == {"a", "b", "c"}
    with pytest.raises(ZeroDivisionError):
        catalogue.vectors.embed_missing({"d": "D"}, lambda texts: 1 / 0)
    assert catalogue.vectors.known("abcd") == {"a", "b", "c"}


@pytest.mark.parametrize("fails", [False, True])
def test_text_that_another_process_embeds_is_waited_for(postgres, fails):
    began, goes_on, asked = Event(), Event(), []

    def slowly(texts):
        began.set()
        assert goes_on.wait(60)
        return vectors(texts[fails:])

    with own_schema(postgres) as url, closing(Catalogue(url)) as one, closing(Catalogue(url)) as other:
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(one.vectors.embed_missing, {"b": "B", "c": "C"}, slowly)
            assert began.wait(60)
            second = pool.submit(
                other.vectors.embed_missing, {"a": "A", "b": "B"}, lambda texts: vectors(asked.extend(texts) or texts)
            )
            assert not second.done() and not one.vectors.known("b")
            goes_on.set()
            assert second.result() == 1 + fails
            assert isinstance(first.exception(), ValueError) if fails else first.result() == 2
        assert asked == (["A", "B"] if fails else ["A"])
        assert one.vectors.known("abc") == ({"a", "b"} if fails else {"a", "b", "c"})


@pytest.fixture
def queue(postgres):
    with own_schema(postgres) as url, closing(Database(url)) as database:
        yield JobQueue(database)


def test_all_that_is_unfinished_is_given_up_by_name(queue):
    with queue._database.transaction() as connection:
        give_up_all(connection, "why")
    queue.make()
    begun = queue.submit("begun", {"only": "begun"}, [{"only": "done"}, {"only": "waits"}, {"only": "bad"}])
    queue._note(begun, 1, outcome="{}", error=None)
    queue._note(begun, 3, error="a bug")
    parted = queue.submit("parted", {"only": "parted"}, [{"only": "done"}])
    queue._note(parted, 1, outcome="{}", error=None)
    done = queue.submit("done", {"only": "done"}, [{"only": "done"}])
    for number in (0, 1):
        queue._note(done, number, outcome="{}", error=None)
    with queue._database.transaction(counted=False) as connection:
        lock = "INSERT INTO procrastinate_jobs (task_name, queue_name, priority, queueing_lock) VALUES"
        connection.exec_driver_sql(f"{lock} ('take_over', 'untoc-other', 1, 'take_over')")
        connection.exec_driver_sql("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert (queue.workers(), queue.waiting()) == (1, 8)
    with queue._database.transaction() as connection:
        give_up_all(connection, "why")
    letters = {(what["only"], error) for what, error in queue.given_up()}
    assert letters == {("waits", "why"), ("bad", "a bug"), ("parted", "why")}
    assert (queue.workers(), queue.waiting()) == (0, 0)
    with queue._database.transaction(counted=False) as connection:
        # The lock for taking over is free again, for workers of the store as it is now.
        connection.exec_driver_sql(f"{lock} ('take_over', 'untoc-own', 1, 'take_over')")
    # A batch that is submitted again is no longer reported as given up.
    for about in ("begun", "parted"):
        queue.submit(about, {"only": about}, [])
    assert queue.given_up() == ()
    # What one upload lost is not part of another, so it stays reported.
    queue.submit("upload", {"only": "lost"}, [])
    with queue._database.transaction() as connection:
        give_up_all(connection, "why")
    queue.submit("upload", {"only": "other"}, [])
    assert "lost" in {what["only"] for what, _ in queue.given_up()}


def test_jobs_wait_are_cancelled_and_known_when_given_up(queue):
    assert (queue.workers(), queue.waiting(), queue.given_up(), queue.cancel()) == (0, 0, (), 0)
    queue.make()
    queue.make()
    batch = queue.submit("statements", {"paths": []}, [{"only": "a"}, {"only": "b"}])
    assert queue.waiting() == 3
    queue._note(batch, 1, error="a bug")
    assert queue.given_up() == (({"only": "a"}, "a bug"),)
    assert queue.cancel(batch) == 3 and queue.waiting() == 0
    with pytest.raises(JobGivenUpError, match="cancelled"):
        queue.wait(batch, lambda outcomes: None)
    batch = queue.submit("statements", {"paths": []}, [])
    queue._note(batch, 0, error="a bug")
    with pytest.raises(JobGivenUpError, match="a bug"):
        queue.wait(batch, lambda outcomes: None)
    queue.submit("statements", {"paths": []}, [])
    assert queue.given_up() == ()
    # Dead letters of an unfinished batch stay when another batch with the same `about` is submitted.
    going_on = queue.submit("upload", {"paths": []}, [{"only": "a"}])
    queue._note(going_on, 1, error="a bug")
    done = queue.submit("upload", {"paths": []}, [])
    assert len(queue.given_up()) == 1
    queue._note(going_on, 0, outcome="{}")
    queue._note(done, 0, outcome="{}")
    queue.submit("upload", {"paths": []}, [])
    assert queue.given_up() == ()


def test_whole_that_kills_worker_after_worker_is_given_up(queue):
    queue.make()
    batch = queue.submit("statements", {"paths": []}, [])
    assert [queue._count_death(batch, 0) for _ in range(_ATTEMPTS)] == [False] * (_ATTEMPTS - 1) + [True]
    with pytest.raises(JobGivenUpError, match=f"killed {_ATTEMPTS} times"):
        queue.wait(batch, lambda outcomes: None)
    assert not queue._count_death("cancelled", 0)


@pytest.mark.parametrize(("seconds", "interval"), [(HEARTBEAT, 10), (0.7, 1), (30.0, 30)])
def test_dead_workers_are_looked_for_at_every_heartbeat(seconds, interval):
    times = croniter(cron(seconds), 0.0)
    assert [times.get_next() for _ in range(3)] == [interval, 2 * interval, 3 * interval]
