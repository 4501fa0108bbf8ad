"""Ingest by workers gives what one process gives, whichever processes are killed and servers restarted."""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from sqlalchemy import text

import ingest.indexer
from app.corpus import ingest_jobs
from app.corpus.ingest_jobs import IngestRequest
from ingest.metadata.manifest import read_manifest
from tests.cases import Cases
from tests.fakes_corpora import write_corpus
from tests.fakes_engines import own_cluster, own_schema
from tests.fakes_store import unlike_text
from tests.fakes_workers import BUGGY, HEARTBEAT, SlowEmbedder, await_that, open_corpus, start_ingest, start_worker
from vectorstore import shared_files
from vectorstore.errors import StoreAwayError, StoreError

cases = Cases(__file__)

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]
KILLS = int(os.environ.get("UNTOC_KILLS", "4"))
SEED = int(os.environ.get("UNTOC_KILL_SEED", "4"))
FILES = 18
TABLES = cases["TABLES"]


def write(folder, number, version=0, words=""):
    body = " ".join(f"We support {unlike_text(number, version, n)} before courts." for n in range(12))
    statement = f"Arvandia\n\nMadam President,\n\n{body} {words}\n\nWe thank you.\n"
    (folder / f"{number:03}.txt").write_text(statement, encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    parties = "code,name,aliases,kind\nXAA,Arvandia,Arvandian,state\n"
    made = write_corpus(tmp_path / "statements", {"broken.docx": b"PK\x03\x04 no document"}, parties=parties)
    for number in range(FILES):
        write(made, number)
    return made


@pytest.fixture
def url(postgres):
    with own_schema(postgres) as made:
        yield made


@pytest.fixture
def sharing(tmp_path):
    """A corpus whose files are sent to a folder that all machines share."""
    with open_corpus(tmp_path / "store", None, f"file://{tmp_path / 'shared'}") as corpus:
        yield corpus


@pytest.fixture
def started():
    """Starts workers that end with the test."""
    with ExitStack() as stack:

        def start(*args, **named):
            process = start_worker(*args, **named)
            stack.callback(process.join)
            stack.callback(process.kill)
            return process

        yield start


def contents(corpus):
    """Returns everything that an ingest writes to the record, except times and row numbers, and the store's checks."""
    rows = corpus.store.catalogue.database.rows
    found = {name: sorted(map(repr, rows(text(f"SELECT {what} FROM {name}")))) for name, what in TABLES.items()}
    return found | {"parts": [(check.name, check.ok) for check in corpus.store.check()]}


def undisturbed(folder, tmp_path, postgres):
    """Returns the contents of the record and the report when one process ingests a folder."""
    with own_schema(postgres) as url, open_corpus(tmp_path / "undisturbed", url) as corpus:
        report = corpus.ingest([folder], sync=True)
        return contents(corpus), report


def embedded(tmp_path):
    return (tmp_path / "embedded").read_text(encoding="utf-8").splitlines()


@pytest.mark.slow
def test_two_workers_make_what_one_process_makes_and_embed_no_text_twice(folder, tmp_path, postgres, url, started):
    # Copies of the paragraphs under other file names, so that both workers meet the same texts.
    for number in range(8):
        body = (folder / f"{number:03}.txt").read_text(encoding="utf-8")
        (folder / f"{FILES + number:03}.txt").write_text(body.replace("We thank", f"Clause {number} stands. We thank"))
    expected, report = undisturbed(folder, tmp_path, postgres)
    (tmp_path / "embedded").unlink()
    with open_corpus(tmp_path / "store", url) as corpus:
        assert corpus.doctor().ok and corpus.given_up() == ()
        for _ in range(2):
            started(tmp_path / "store", url, seconds=0.005)
        await_that(lambda: corpus.queue.workers() == 2)
        heard = []
        by_workers = corpus.ingest([folder], sync=True, progress=heard.append)
        assert contents(corpus) == expected
        assert by_workers.files == report.files
        assert (by_workers.passages, by_workers.embedded_passages) == (report.passages, report.embedded_passages)
        assert len(embedded(tmp_path)) == len(set(embedded(tmp_path))) == report.embedded_passages
        assert {step.total for step in heard} == {FILES + 9} and heard[-1].done > 0
        again = corpus.ingest([folder], sync=True)
        assert again.embedded_passages == 0 and {f.result for f in again.files} == {"unchanged", "failed"}
        checks = {check.name: check for check in corpus.doctor().checks}
        assert checks["jobs"].ok and "2 workers, 0 jobs" in checks["jobs"].detail


@pytest.mark.slow
def test_killed_workers_and_servers_lose_nothing_and_double_nothing(folder, tmp_path, postgres, url, started):
    draw, store, killed, rounds = random.Random(SEED), tmp_path / "store", 0, 0
    with open_corpus(store, url) as corpus:
        alive = [started(store, url, seconds=0.01) for _ in range(2)]
        await_that(lambda: corpus.queue.workers() == 2)
        while killed < KILLS:
            rounds += 1
            for number in draw.sample(range(rounds, FILES), 6):
                write(folder, number, version=rounds)
            write(folder, FILES + rounds)
            (folder / f"{rounds - 1:03}.txt").unlink()
            server = start_ingest(store, url, folder)
            await_that(lambda: corpus.queue.waiting() > 0)
            for _ in range(3):
                time.sleep(draw.uniform(0.0, 0.7))
                victim = draw.randrange(3)
                (alive[victim] if victim < 2 else server).kill()
                if victim < 2:
                    alive[victim] = started(store, url, seconds=0.01)
                killed += 1
            # Queued jobs are done even if the process that waits for them was killed.
            await_that(lambda: not jobs(corpus), 180)
            server.join()
            assert {document.file for document in corpus.documents()} == {path.name for path in folder.glob("*.txt")}
            assert corpus.given_up() == ()
        now = contents(corpus)
    expected, _ = undisturbed(folder, tmp_path, postgres)
    # Vectors of texts that were removed stay in the store.
    assert set(expected.pop("vectors")) <= set(now.pop("vectors"))
    assert now == expected


def jobs(corpus):
    """Returns the jobs that are queued or under way."""
    found = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'job' AND status IN ('todo', 'doing')"
    return corpus.store.catalogue.database.rows(text(found))


@pytest.mark.slow
def test_what_fails_for_good_is_a_dead_letter_and_the_rest_is_taken_in(folder, tmp_path, url, started):
    write(folder, 3, words=f"An {BUGGY}.")
    with open_corpus(tmp_path / "store", url) as corpus:
        started(tmp_path / "store", url)
        await_that(lambda: corpus.queue.workers() == 1)
        report = corpus.ingest([folder])
        results = {file.file: file for file in report.files}
        assert results["003.txt"].result == "failed" and "a bug" in (results["003.txt"].reason or "")
        assert sum(file.result == "added" for file in report.files) >= FILES - 8
        (line,) = corpus.given_up()
        assert "a bug" in line and ".txt" in line
        checks = {check.name: check for check in corpus.doctor().checks}
        assert not checks["jobs"].ok and "a bug" in checks["jobs"].detail
        write(folder, 3)
        report = corpus.ingest([folder])
        assert corpus.given_up() == () and len(report.failed) == 1


@pytest.mark.slow
def test_ingest_that_is_stopped_is_cancelled(folder, tmp_path, url, started):
    class Stop(Exception):
        pass

    def stop(step):
        raise Stop

    with open_corpus(tmp_path / "store", url) as corpus:
        started(tmp_path / "store", url, seconds=0.05)
        await_that(lambda: corpus.queue.workers() == 1)
        with pytest.raises(Stop):
            corpus.ingest([folder], progress=stop)
        assert corpus.queue.waiting() == 0
        await_that(lambda: not jobs(corpus))
        before = len(embedded(tmp_path)) if (tmp_path / "embedded").exists() else 0
        assert before < 100
        # The worker takes other ingests after that.
        assert len(corpus.ingest([folder / "000.txt"]).files) == 1


@pytest.mark.slow
def test_worker_that_is_told_to_end_gives_its_job_back(folder, tmp_path, url, started):
    with open_corpus(tmp_path / "store", url) as corpus:
        worker = started(tmp_path / "store", url, seconds=0.02)
        await_that(lambda: corpus.queue.workers() == 1)
        server = start_ingest(tmp_path / "store", url, folder)
        await_that(lambda: len(corpus.documents()) > 3)
        worker.terminate()
        worker.join(120)
        assert worker.exitcode == 0 and corpus.queue.workers() == 0 and corpus.queue.waiting() > 0
        started(tmp_path / "store", url)
        await_that(lambda: not server.is_alive())
        assert len(corpus.documents()) == FILES and corpus.given_up() == ()


def test_without_workers_one_process_does_it(folder, tmp_path, url):
    with open_corpus(tmp_path / "store", url) as corpus:
        assert len(corpus.ingest([folder]).files) == FILES + 1
        corpus.queue.make()
        assert corpus.queue.cancel() == 0 and len(corpus.ingest([folder]).files) == FILES + 1


@pytest.mark.slow
def test_batch_whose_workers_are_gone_says_so(folder, tmp_path, url, monkeypatch):
    monkeypatch.setattr("vectorstore.jobs._UNSERVED_SECONDS", HEARTBEAT)
    with open_corpus(tmp_path / "store", url) as corpus:
        corpus.queue.make()
        batch = corpus.queue.submit("nothing", {"paths": []}, [])
        with pytest.raises(StoreError, match="start `untoc worker`"):
            corpus.queue.wait(batch, lambda outcomes: None)
        assert corpus.queue.cancel(batch) == 1
        # The files of an upload do not stay, so that nothing of it may wait.
        upload = IngestRequest(paths=tuple(sorted(folder.glob("00*.txt"))), upload=True)
        with pytest.raises(StoreError, match="send again"):
            ingest_jobs.ingest_by_workers(corpus.queue, upload, None)
        assert corpus.queue.waiting() == 0


@pytest.mark.slow
def test_files_under_an_address_reach_a_machine_that_has_them_not(folder, tmp_path, postgres, url, started):
    shared = f"file://{tmp_path / 'shared'}"
    with open_corpus(tmp_path / "store", url, shared) as corpus:
        started(tmp_path / "store", url, shared)
        await_that(lambda: corpus.queue.workers() == 1)
        # The local copy of an upload that was removed on another machine a while ago.
        removed = tmp_path / "store" / "uploads" / "tmp_removed"
        removed.mkdir(parents=True)
        (removed / "a.txt").write_text("Gone.", encoding="utf-8")
        os.utime(removed, (0, 0))
        report = corpus.ingest([folder], sync=True)
        assert sum(file.result == "added" for file in report.files) == FILES and not removed.exists()
        (copies,) = (tmp_path / "store" / "files").iterdir()
        assert {document.folder for document in corpus.documents()} == {str(copies)}
        (folder / "007.txt").unlink()
        report = corpus.ingest([folder], sync=True)
        assert [file.file for file in report.files if file.result == "removed"] == ["007.txt"]
        assert [party.name for party in corpus.added_parties()] == ["Arvandia"]


def test_address_that_is_set_later_keeps_what_was_ingested_before(folder, tmp_path):
    with open_corpus(tmp_path / "store", None) as corpus:
        corpus.ingest([folder])
        before = {(document.document_id, document.file) for document in corpus.documents()}
        assert [each.file for each in corpus.store.catalogue.unreadable(str(folder))] == ["broken.docx"]
    with open_corpus(tmp_path / "store", None, f"file://{tmp_path / 'shared'}") as corpus:
        report = corpus.ingest([folder], sync=True)
        assert {file.result for file in report.files} == {"unchanged", "failed"}
        assert {(document.document_id, document.file) for document in corpus.documents()} == before
        (copies,) = (tmp_path / "store" / "files").iterdir()
        assert {document.folder for document in corpus.documents()} == {str(copies)}
        assert [each.file for each in corpus.store.catalogue.unreadable()] == ["broken.docx"]
        # The table of parties still belongs to the folder, so the folder may correct it.
        (folder / "parties.csv").write_text("code,name,aliases,kind\nXAA,Arvandia the Great,,state\n", encoding="utf-8")
        corpus.ingest([folder])
        assert [party.name for party in corpus.added_parties()] == ["Arvandia the Great"]


def test_what_cannot_be_sent_is_reported_recorded_and_not_removed(folder, tmp_path, monkeypatch):
    with open_corpus(tmp_path / "store", None, f"file://{tmp_path / 'shared'}") as corpus:
        for number in range(3, FILES):
            (folder / f"{number:03}.txt").unlink()
        assert len(corpus.ingest([folder]).failed) == 1
        (tmp_path / "out.txt").write_text("Elsewhere.", encoding="utf-8")
        (folder / "link.txt").symlink_to(tmp_path / "out.txt")
        os.mkfifo(folder / "pipe.txt")

        def unreadable(path):
            if path.name == "001.txt":
                raise PermissionError(13, "Permission denied")
            return sha256(path)

        sha256 = shared_files.file_sha256
        monkeypatch.setattr(shared_files, "file_sha256", unreadable)
        report = corpus.ingest([folder], sync=True)
        results = {file.file: (file.result, file.reason or "") for file in report.files}
        assert results["001.txt"][0] == "failed" and "Permission denied" in results["001.txt"][1]
        assert results["link.txt"][0] == "skipped" and "leads out" in results["link.txt"][1]
        assert results["pipe.txt"][0] == "skipped" and "pipe" in results["pipe.txt"][1]
        assert results["002.txt"][0] == "unchanged" and "removed" not in {result for result, _ in results.values()}
        assert [each.file for each in corpus.store.catalogue.unreadable()] == ["001.txt", "broken.docx"]
        (single,) = corpus.ingest([folder / "001.txt"]).files
        assert single.result == "failed" and "Permission denied" in single.reason
        (gone,) = corpus.ingest([folder / "gone.txt"]).files
        assert gone.result == "failed" and repr(str(folder / "gone.txt")) in gone.reason


def test_manifest_that_cannot_be_sent_stops_its_folder(folder, tmp_path, sharing):
    (folder / "statements.csv").symlink_to(tmp_path / "nowhere.csv")
    (result,) = sharing.ingest([folder]).files
    assert (result.file, result.result) == ("statements.csv", "failed") and sharing.documents() == ()


def test_single_file_is_sent_with_the_manifest_of_a_folder_above(folder, sharing):
    (folder / "day" / "one").mkdir(parents=True)
    (folder / "000.txt").rename(folder / "day" / "one" / "000.txt")
    (folder / "statements.csv").write_text("file,state,session\nday/one/000.txt,XAA,9\n", encoding="utf-8")
    # A manifest that is nearer lists another file alone.
    (folder / "day" / "statements.csv").write_text("file,session\none/other.txt,8\n", encoding="utf-8")
    sharing.ingest([folder / "day" / "one" / "000.txt"])
    (document,) = sharing.documents()
    assert (document.file, document.metadata.session) == ("day/one/000.txt", "9")
    wanted = IngestRequest(paths=(folder / "day" / "one" / "000.txt", folder / "001.txt"))
    (part,) = ingest_jobs._parts(ingest_jobs.share_files(wanted, sharing.store.files, sharing.store.move_folder))
    (listing,) = part.listings.values()
    assert set(listing) == {"day/one/000.txt", "001.txt", "statements.csv", "parties.csv"}


def test_manifest_above_single_files_is_read_once(folder, sharing, monkeypatch):
    (folder / "statements.csv").write_text("file,session\n000.txt,9\n001.txt,9\n", encoding="utf-8")
    read = []
    for module in (ingest_jobs, ingest.indexer):
        monkeypatch.setattr(module, "read_manifest", lambda path: read.append(path) or read_manifest(path))
    sharing.ingest([folder / "000.txt", folder / "001.txt"])
    assert [document.metadata.session for document in sharing.documents()] == ["9", "9"]
    assert len(read) == len(set(read)) == 2


def test_store_in_the_folder_sends_no_copies_of_copies(folder, tmp_path):
    with open_corpus(folder, None, f"file://{tmp_path / 'shared'}") as corpus:
        reports = [corpus.ingest([folder]) for _ in range(2)]
        assert [len(report.files) for report in reports] == [FILES + 1] * 2
        assert (folder / "000.txt").is_file() and len(list((folder / "files").iterdir())) == 1


@pytest.mark.slow
def test_server_that_restarts_under_load_loses_nothing(folder, tmp_path, postgres, started, caplog):
    expected, _ = undisturbed(folder, tmp_path, postgres)
    with own_cluster() as (server, restart), own_schema(server) as url, open_corpus(tmp_path / "store", url) as corpus:
        for _ in range(2):
            started(tmp_path / "store", url, seconds=0.02)
        await_that(lambda: corpus.queue.workers() == 2)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(corpus.ingest, [folder], sync=True)
            for stored in (1, 8):
                await_that(lambda stored=stored: len(corpus.documents()) > stored)
                restart()
            report = waiting.result()
        assert contents(corpus) == expected
        assert len(report.files) == FILES + 1 and len(report.failed) == 1 and corpus.given_up() == ()


@pytest.mark.slow
def test_server_that_stops_under_an_ingest_is_named_in_a_line(folder, tmp_path, monkeypatch):
    with (
        own_cluster() as (server, restart),
        own_schema(server) as url,
        open_corpus(tmp_path / "store", url) as corpus,
    ):
        embed = SlowEmbedder.embed_documents

        # Texts are embedded inside a transaction, here that of a single file, for whose vectors everything else waits.
        def restart_and_embed(self, texts, progress=None):
            restart()
            return embed(self, texts, progress)

        with monkeypatch.context() as patch:
            patch.setattr(SlowEmbedder, "embed_documents", restart_and_embed)
            with pytest.raises(StoreAwayError, match="ended the connection: run the command again") as caught:
                corpus.ingest([folder / "000.txt"])
        assert "\n" not in str(caught.value)
        assert len(corpus.ingest([folder]).failed) == 1 and len(corpus.documents()) == FILES
