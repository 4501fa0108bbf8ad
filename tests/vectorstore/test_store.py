import errno
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from filelock import FileLock
from sqlalchemy import create_engine, text

from tests.cases import Cases
from tests.conftest import PROJECT
from tests.fakes import HashingEmbedder
from tests.fakes_engines import chroma_server, free_port, only_local, only_servers, open_index, open_store, places
from tests.fakes_store import alter, annotated, keep, put, unlike_text
from vectorstore.chroma import ChromaConfig, VectorIndex
from vectorstore.errors import (
    ModelMismatchError,
    StoreAwayError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
)
from vectorstore.private_files import CATALOGUE
from vectorstore.store import Store

pytestmark = pytest.mark.integration

cases = Cases(__file__)

# More vectors than Chroma keeps in its log before it writes its graph files.
MANY = 1100


@pytest.fixture
def embedder():
    return HashingEmbedder()


@pytest.fixture
def path(engines, tmp_path):
    return tmp_path / "store"


@pytest.fixture
def opening(path, embedder):
    """Yields a function that opens the store, once or more often; all opened stores are closed at the end."""
    with ExitStack() as stack:
        yield lambda by=embedder, **options: stack.enter_context(closing(open_store(path, by, **options)))


@pytest.fixture
def store(opening):
    return opening()


# The beginning of all scripts that run in another process.
BESIDE = cases["BESIDE"]


def beside(script, *arguments):
    """Starts a script in another process."""
    command = [sys.executable, "-c", BESIDE + script, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT, env=environment)


TEXTS = [unlike_text(index) for index in range(MANY)]


def index_folder(path):
    (folder,) = path.glob("index-*")
    return folder


def findings(store):
    return {check.name: check.ok for check in store.check()}


def assert_in_step(store):
    assert all(check.ok for check in store.check()), store.check()
    with closing(store.index._indexes.open(store.catalogue.meta("index_folder"))) as index:
        assert index.ids() == frozenset(store.catalogue.passage_ids())


def test_store_is_made_where_there_is_none(store):
    assert store.catalogue.count_passages() == 0
    checks = {check.name: check for check in store.check()}
    assert all(check.ok for check in checks.values()) and checks["vector index"].detail == "empty"
    assert store.index.search(np.ones(64, dtype=np.float32), 3) is None


@only_local
def test_store_folder_that_is_a_file_is_refused(path, embedder):
    path.write_text("x", encoding="utf-8")
    with pytest.raises(StoreReadOnlyError, match="choose another with --store"):
        open_store(path, embedder)


def test_read_only_store_reads_and_refuses_to_write(store, embedder, opening):
    keep(store, embedder, annotated("s", ["The heron flies."]))
    reader = opening(read_only=True)
    assert reader.catalogue.count_passages() == 1
    with pytest.raises(StoreReadOnlyError), reader.writer():
        pytest.fail("never entered")
    assert reader.index.search(embedder.embed_query("heron"), 1)[0][0] == "s/0"


OTHER = SimpleNamespace(name="other-model", dimension=8)


def test_other_model_is_refused_with_its_name_and_the_way_out(store, embedder, opening):
    keep(store, embedder, annotated("s", ["The heron flies."]))
    with pytest.raises(ModelMismatchError) as caught:
        opening(OTHER)
    for part in ("'hashing'", "'other-model'", "UNTOC_EMBEDDING__MODEL=hashing", "untoc doctor --reembed"):
        assert part in str(caught.value)


def test_writer_of_a_store_that_another_model_filled_meanwhile_is_refused(embedder, opening):
    late, first = opening(OTHER), opening()
    keep(first, embedder, annotated("s", ["The heron flies."]))
    with pytest.raises(ModelMismatchError), late.writer():
        pytest.fail("never entered")


def test_other_model_takes_over_after_embedding_again(store, embedder, opening):
    keep(store, embedder, annotated("s", ["The heron flies."]))
    store.close()
    other = opening(OTHER, check_model=False)
    with other.writer():
        other.embed_anew(lambda texts: np.eye(8, dtype=np.float32)[: len(texts)])
    assert_in_step(other)
    assert other.index.search(np.eye(8, dtype=np.float32)[0], 1) == (("s/0", pytest.approx(1.0)),)
    other.close()
    opening(OTHER)


def test_refused_writer_is_told_who_writes_and_what_to_do(engines, store, opening):
    second = opening(wait_seconds=0.2)
    with store.writer():
        with pytest.raises(StoreLockedError) as caught, second.writer():
            pytest.fail("never entered")
        store.catalogue.set_meta({"first": "done"})
    who = f"process {os.getpid()} on " if engines == "local" else "a process at 127.0.0.1, connected since "
    for part in (who, "0.2 s were not enough", "UNTOC_WAIT_SECONDS"):
        assert part in str(caught.value)
    with second.writer():
        assert second.catalogue.meta("first") == "done"


HOLD_THE_STORE = cases["HOLD_THE_STORE"]


@only_local
@pytest.mark.slow
def test_writer_is_told_of_another_process_and_takes_over_after_its_kill(path, opening):
    def told():
        with pytest.raises(StoreLockedError) as caught, third.writer():
            pytest.fail("never entered")
        return str(caught.value)

    second, third = (opening(wait_seconds=0.2) for _ in range(2))
    holder = beside(HOLD_THE_STORE, path)
    try:
        assert holder.stdout.readline() == "held\n"
        message = told()
    finally:
        holder.kill()
        holder.communicate()
    for part in (f"process {holder.pid} on ", "0.2 s were not enough", "UNTOC_WAIT_SECONDS", "--store"):
        assert part in message
    with second.writer():
        second.catalogue.set_meta({"after": "the kill"})
        assert f"process {os.getpid()} on " in told()


@only_local
def test_writer_is_refused_while_something_that_gives_no_name_holds_the_lock(path, opening):
    store, began = opening(wait_seconds=0.2), time.monotonic()
    refused = pytest.raises(StoreLockedError, match="another process writes")
    with FileLock(path / "write.lock"), refused, store.writer():
        pytest.fail("never entered")
    assert time.monotonic() - began < 5


def test_second_writer_waits_for_a_thread_that_finishes(store, opening):
    second = opening()
    entered = threading.Event()

    def write():
        with store.writer():
            entered.set()
            time.sleep(0.3)
            store.catalogue.set_meta({"first": "done"})

    thread = threading.Thread(target=write)
    thread.start()
    entered.wait()
    with second.writer():
        assert second.catalogue.meta("first") == "done"
    thread.join()


@only_local
def test_lock_that_cannot_be_made_is_a_store_error(store, path):
    (path / "write.lock").mkdir()
    with pytest.raises(StoreError, match="cannot be locked"), store.writer():
        pytest.fail("never entered")


def test_index_behind_the_catalogue_is_not_used_until_a_writer_updates_it(store, embedder):
    keep(store, embedder, annotated("s", ["The heron flies."]))
    query = embedder.embed_query("heron")
    assert store.index.search(query, 1) is not None
    put(store.catalogue, annotated("t", ["The otter swims."]), embedder=embedder)
    assert store.index.search(query, 1) is None
    assert findings(store)["vector index"] is False
    with store.writer():
        store.catalogue.remove("s")
    assert_in_step(store)
    assert store.index.search(query, 5)[0][0] == "t/0"


def test_interrupted_writer_leaves_a_store_that_the_next_one_completes(store, embedder, opening):
    with pytest.raises(KeyboardInterrupt), store.writer():
        put(store.catalogue, annotated("s", ["The heron flies."]))
        raise KeyboardInterrupt
    second = opening(wait_seconds=0.2)
    keep(second, embedder, annotated("s", ["The heron flies."]))
    assert_in_step(second)


def test_reader_sees_what_another_store_object_wrote(store, embedder, opening):
    keep(store, embedder, annotated("s", ["The heron flies."]))
    reader = opening(read_only=True)
    query = embedder.embed_query("otter swims")
    assert [identifier for identifier, _ in reader.index.search(query, 5)] == ["s/0"]
    keep(store, embedder, annotated("t", ["The otter swims."]))
    assert reader.index.search(query, 5)[0][0] == "t/0"
    assert all(check.ok for check in reader.check())


WRITE_BESIDE = cases["WRITE_BESIDE"]


@only_local
@pytest.mark.slow
@pytest.mark.parametrize("read_only", [True, False])
def test_open_reader_finds_everything_that_another_process_writes(store, path, embedder, read_only, opening):
    keep(store, embedder, annotated("old", [f"Heron {index} flies." for index in range(50)]))
    reader = opening(read_only=read_only)
    query = embedder.embed_query("heron 7 flies")
    assert reader.index.search(query, 1)[0][0] == "old/7"
    with beside(WRITE_BESIDE, path) as writer:
        while writer.poll() is None:
            # Meanwhile every result is consistent: from the index as it was, or exact, from the catalogue.
            found = reader.index.search(query, 1)
            assert found is None or found[0][1] == pytest.approx(1.0, abs=1e-4) or found[0][0].startswith("new")
    assert writer.returncode == 0
    assert reader.catalogue.count_passages() == 5 * 300
    for number in range(5):
        for lake in range(0, 300, 60):
            (_, score), *_ = reader.index.search(embedder.embed_query(unlike_text(number, lake)), 20)
            assert score == pytest.approx(1.0, abs=1e-4)
    assert not {name for name, _ in reader.index.search(query, 20) if name.startswith("old")}


def test_rebuild_makes_a_fresh_index_without_embedding(store, embedder):
    with store.writer():
        assert store.rebuild_index() == 0
    assert_in_step(store)
    keep(store, embedder, annotated("s", ["The heron flies.", "The badger digs."]))
    before, embedded = store.catalogue.meta("index_folder"), len(embedder.embedded)
    # What cannot be deleted, like a file that another process maps on some systems, stays.
    (store.path / f"mapped-{store.catalogue.store_id}-vectors-held").mkdir()
    with store.writer():
        assert store.rebuild_index() == 2
    assert store.catalogue.meta("index_folder") != before
    assert len(embedder.embedded) == embedded
    assert_in_step(store)


def test_what_lies_beside_the_parts_of_a_store_is_neither_read_nor_deleted(store, embedder):
    mine = [store.path / each for each in ("index-cards/heron.txt", "mapped-lakes-vectors-1.csv", "parties/guests.csv")]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    keep(store, embedder, annotated("s", ["The heron flies."]))
    with store.writer():
        store.rebuild_index()
    assert {path.read_text(encoding="utf-8") for path in mine} == {"mine"} and store.party_files.paths() == ()


@only_servers
def test_connections_that_the_server_ends_lose_nothing(store, embedder, postgres):
    keep(store, embedder, annotated("s", ["The heron flies."]))
    pid_query, engine = text("SELECT pg_backend_pid()"), create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as administrator:

        def end(process):
            administrator.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})

        end(store.catalogue.database.value(pid_query))
        assert store.catalogue.count_passages() == 1
        lost = pytest.raises(StoreError, match="run the command again")
        with lost as caught, store.catalogue.database.transaction() as writing:
            writing.exec_driver_sql("DELETE FROM documents")
            end(writing.scalar(pid_query))
            writing.exec_driver_sql("DELETE FROM statements")
    engine.dispose()
    assert "\n" not in str(caught.value)
    assert store.catalogue.count_passages() == 1
    keep(store, embedder, annotated("t", ["The otter swims."]))
    assert_in_step(store)


@only_local
def test_index_server_that_was_never_there_is_not_called_damaged(path, embedder, caplog):
    store = Store(path, embedder)
    keep(store, embedder, annotated("s", ["The heron flies."]))
    store.close()
    elsewhere = ChromaConfig(url=f"http://127.0.0.1:{free_port()}")
    away = pytest.raises(StoreAwayError, match=r"127\.0\.0\.1.* is not reached .*check UNTOC_CHROMA__URL")
    with closing(Store(path, embedder, chroma=elsewhere)) as store:
        with away as caught:
            store.index.sync()
        assert "\n" not in str(caught.value) and not caplog.messages
        keep(store, embedder, annotated("t", ["The otter swims."]))
        assert "is not reached" in caplog.text and store.catalogue.count_passages() == 2


@only_servers
def test_a_write_is_done_and_search_exact_while_the_index_server_is_gone(path, embedder, tmp_path, opening, caplog):
    with chroma_server(tmp_path / "chroma") as url:
        store = Store(path, embedder, database=places(path)["database"], chroma=ChromaConfig(url=url))
        keep(store, embedder, annotated("s", ["The heron flies."]))
        assert store.index.search(embedder.embed_query("heron"), 1)[0][0] == "s/0"
    assert store.index.search(embedder.embed_query("heron"), 1) is None
    keep(store, embedder, annotated("t", ["The otter swims."]))
    (told,) = [message for message in caplog.messages if "what was written is kept" in message]
    assert re.search(r"the vector index .* is not reached .*UNTOC_CHROMA__URL", told) and "\n" not in told
    assert store.catalogue.count_passages() == 2
    store.close()
    again = opening()
    with again.writer():
        pass
    assert_in_step(again)


def garble(folder, pattern):
    (file,) = folder.glob(pattern)
    file.write_bytes(os.urandom(file.stat().st_size))


def delete_one(folder):
    with closing(open_index(folder)) as index:
        index.delete(["s/1"])


DAMAGES = {
    "no folder": shutil.rmtree,
    "no database": lambda folder: (folder / "chroma.sqlite3").unlink(),
    "empty database": lambda folder: (folder / "chroma.sqlite3").write_bytes(b""),
    "garbled database": lambda folder: (folder / "chroma.sqlite3").write_bytes(os.urandom(9000)),
    "no graph files": lambda folder: [file.unlink() for file in folder.glob("*/*")],
    "a passage too few": delete_one,
} | {
    f"garbled {name}": partial(garble, pattern=f"*/{name}")
    for name in ("data_level0.bin", "header.bin", "length.bin", "link_lists.bin", "index_metadata.pickle")
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    path = tmp_path_factory.mktemp("filled") / "store"
    store = open_store(path, HashingEmbedder())
    keep(store, HashingEmbedder(), annotated("s", TEXTS))
    store.close()
    return path


@pytest.fixture
def damaged(filled, path, request):
    shutil.copytree(filled, path)
    DAMAGES[request.param](index_folder(path))
    return path


def rebuild(store):
    with store.writer():
        store.rebuild_index()


def write(store):
    keep(store, HashingEmbedder(), annotated("t", ["The otter swims."]))
    assert store.index.search(HashingEmbedder().embed_query("The otter swims."), 1)[0][0] == "t/0"


@only_local
@pytest.mark.parametrize("damaged", DAMAGES, indirect=True)
@pytest.mark.parametrize("mend", [rebuild, pytest.param(write, marks=pytest.mark.heavy)])
def test_torn_index_is_reported_never_searched_wrongly_and_mended_without_embedding(damaged, mend, embedder, opening):
    store = opening()
    found = store.index.search(embedder.embed_query(TEXTS[7]), 5)
    assert found is None or found == () or set(dict(found)) <= set(store.catalogue.passage_ids())
    assert [name for name, ok in findings(store).items() if not ok] == ["vector index"]
    assert "untoc doctor --rebuild" in next(check.detail for check in store.check() if not check.ok)
    mend(store)
    assert embedder.embedded == []
    assert_in_step(store)
    assert store.index.search(embedder.embed_query(TEXTS[3]), 1)[0][1] == pytest.approx(1.0, abs=1e-4)


# For each seed, opens a store with flipped bytes in one file of the index, and rewrites it until it answers again.
SURVIVE = cases["SURVIVE"]


@pytest.mark.slow
def test_flipped_bytes_in_the_index_never_end_the_process(filled, tmp_path):
    ran = beside(SURVIVE, filled, tmp_path / "copy", 40)
    said, _ = ran.communicate()
    assert ran.returncode == 0, said[-300:]
    assert said.count("was set aside") > 30


DOCTORED = cases.tuples("DOCTORED")


@only_local
@pytest.mark.parametrize("damage", DOCTORED)
def test_check_names_the_damaged_part_and_what_mends_it(store, path, embedder, damage):
    keep(store, embedder, annotated("s", ["The heron flies.", "The badger digs.", "The otter swims."]))
    command, part, advice = DOCTORED[damage]
    alter(path / CATALOGUE, command)
    (finding,) = (check for check in store.check() if not check.ok)
    assert finding.name == part and advice in finding.detail
    if advice == "--rebuild":
        embedded = len(embedder.embedded)
        with store.writer():
            store.rebuild_index()
        assert all(findings(store).values()) and len(embedder.embedded) == embedded
        assert store.catalogue.search_lexical("heron", None, 5)[0][0] == "s/0"


def test_vectors_of_texts_that_are_gone_are_no_damage(store, embedder):
    keep(store, embedder, annotated("s", ["The heron flies."]), annotated("t", ["The otter swims."]))
    with store.writer():
        store.catalogue.remove("t")
    assert all(findings(store).values())
    assert "1 more are kept, of texts that are gone or not stored yet" in next(
        c.detail for c in store.check() if c.name == "vectors"
    )


@only_local
def test_failed_rebuild_leaves_no_half_built_folder(store, path, embedder, monkeypatch):
    keep(store, embedder, annotated("s", ["The heron flies."]))
    before = index_folder(path)

    def fail(self, ids, vectors, table):
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch, pytest.raises(StoreError, match="disk is full"), store.writer():
        patch.setattr(VectorIndex, "upsert", fail)
        store.rebuild_index()
    assert index_folder(path) == before
    assert_in_step(store)


def party_file(folder, text):
    folder.mkdir(exist_ok=True)
    file = folder / "parties.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_party_file_of_each_folder_is_kept_once_and_replaced_when_corrected(store, tmp_path):
    file = party_file(tmp_path / "a", "one")
    for _ in range(2):
        store.party_files.keep(file)
        store.party_files.keep(party_file(tmp_path / "b", "one"))
    (other,) = store.party_files.paths(other_than=file)
    (kept,) = {*store.party_files.paths()} - {other}
    party_file(tmp_path / "a", "two")
    store.party_files.keep(file)
    (corrected,) = {*store.party_files.paths()} - {other}
    assert (other.read_text(encoding="utf-8"), corrected.read_text(encoding="utf-8")) == ("one", "two")
    assert corrected != kept, "a new name, so that readers notice"


@only_local
def test_party_file_that_cannot_be_kept_is_a_store_error(store, path, tmp_path, monkeypatch):
    (path / "parties").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreReadOnlyError, match="cannot be copied"):
        store.party_files.keep(party_file(tmp_path / "a", "one"))
    (path / "parties").unlink()

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreFullError, match="No space left on device"):
        store.party_files.keep(party_file(tmp_path / "a", "one"))
