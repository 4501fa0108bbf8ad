import os
import re
import shutil
import sqlite3
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import IntegrityError

from tests.conftest import PROJECT
from tests.fakes_engines import own_schema
from tests.fakes_store import alter, annotated, put
from vectorstore import engines
from vectorstore.catalogue import Catalogue
from vectorstore.database import HEAD, Database
from vectorstore.errors import StoreAwayError, StoreCorruptError, StoreError, StoreFullError, StoreReadOnlyError
from vectorstore.store import Store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalogue.sqlite3"


@pytest.fixture
def catalogue(path):
    """Yields a record with one statement."""
    with closing(Catalogue(path)) as catalogue:
        put(catalogue, annotated("s", ["The heron flies."]))
        yield catalogue


@pytest.fixture
def older(path):
    """Returns the path of a record of the first release."""
    shutil.copy(PROJECT / "tests" / "data" / "store-0.1.0" / "catalogue.sqlite3", path)
    return path


def test_transaction_that_fails_is_undone(record):
    with closing(Database(record)) as database:
        with pytest.raises(KeyboardInterrupt), database.transaction() as connection:
            connection.exec_driver_sql("INSERT INTO meta VALUES ('a', 'b')")
            raise KeyboardInterrupt
        assert database.rows(text("SELECT 1 FROM meta WHERE key = 'a'")) == []
        with database.transaction() as connection:
            connection.exec_driver_sql("INSERT INTO meta VALUES ('a', 'c')")
        assert database.value(text("SELECT value FROM meta WHERE key = 'a'")) == "c"


def test_snapshot_shows_one_moment_whatever_is_written_meanwhile(record):
    with closing(Database(record)) as here, closing(Database(record)) as elsewhere:
        elsewhere.set_meta({"a": "1"})
        with here.snapshot():
            assert here.meta("a") == "1"
            elsewhere.set_meta({"a": "2"})
            with here.snapshot():
                assert here.meta("a") == "1"
            here.set_meta({"b": "own"})
            with here.outside_snapshot():
                assert (here.meta("a"), here.meta("b")) == ("2", "own")
            assert (here.meta("a"), here.meta("b")) == ("1", None)
        assert here.meta("a") == "2"


def test_a_held_snapshot_is_one_moment_for_any_thread_and_not_between_its_uses(record):
    with closing(Database(record)) as here, closing(Database(record)) as elsewhere:
        elsewhere.set_meta({"a": "1"})
        with ThreadPoolExecutor(1) as other_thread, here.held_snapshot() as reading:

            def read():
                with reading():
                    return here.meta("a")

            assert read() == "1"
            elsewhere.set_meta({"a": "2"})
            assert here.meta("a") == "2"
            assert other_thread.submit(read).result() == "1"
        assert here.engine.pool.checkedout() == 0


def test_server_that_ends_idle_transactions_ends_no_question_and_a_write_says_so(postgres):
    with own_schema(postgres) as url:
        options = f"{make_url(url).query['options']} -c idle_in_transaction_session_timeout=100"
        limited = make_url(url).update_query_dict({"options": options}).render_as_string(hide_password=False)
        with closing(Database(limited)) as here:
            with here.held_snapshot() as reading:
                for _ in range(2):
                    with reading():
                        assert here.writes == 0
                    time.sleep(0.4)
            with pytest.raises(StoreAwayError, match="run the command again"), here.transaction() as connection:
                time.sleep(0.4)
                connection.execute(text("SELECT 1"))
            assert (here.writes, here.engine.pool.checkedout()) == (0, 0)


def test_lexical_index_is_rebuilt_beside_questions_that_read_it(record):
    with closing(Catalogue(record)) as here, closing(Catalogue(record)) as elsewhere:
        put(here, annotated("s", ["The heron flies.", "The otter swims."]))
        (found,) = before = here.search_lexical("heron", None, 9)
        with ThreadPoolExecutor(1) as other_thread, here.snapshot():
            assert here.generation == 1
            elsewhere.health.rebuild_lexical()
            # The words are those of the snapshot's moment, and a reader of them keeps no rebuild waiting.
            assert here.search_lexical("heron", None, 9) == before and here.statements_with("heron") == {"s"}
            other_thread.submit(elsewhere.health.rebuild_lexical).result(timeout=20)
        assert here.search_lexical("heron", None, 9) == (found,)


def test_open_read_only_of_an_absent_store_says_to_ingest(path):
    with pytest.raises(StoreError, match="run `untoc ingest` first"):
        Database(path, read_only=True)
    assert not path.exists()


def test_write_to_a_store_opened_read_only_is_refused(path, catalogue):
    refused = pytest.raises(StoreReadOnlyError, match="reading only")
    with closing(Catalogue(path, read_only=True)) as reader, refused:
        reader.set_meta({"a": "b"})


def test_read_only_database_file_without_its_companions_is_read_immutably(path, catalogue):
    catalogue.close()
    assert not Path(f"{path}-wal").exists(), "closing folds the log in"
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        with closing(Catalogue(path, read_only=True)) as reader:
            assert reader.count_passages() == 1
    finally:
        path.parent.chmod(0o755)


def test_last_changes_in_the_log_are_not_left_out_where_the_log_cannot_be_read(path, catalogue, tmp_path):
    copy = tmp_path / "copy" / path.name
    copy.parent.mkdir()
    for end in ("", "-wal"):
        shutil.copy(f"{path}{end}", f"{copy}{end}")
    catalogue.close()
    # This keeps SQLite from making its shared-memory file, as an unwritable folder would, but for root as well.
    Path(f"{copy}-shm").symlink_to(tmp_path / "nowhere" / "shm")
    with pytest.raises(StoreReadOnlyError, match="holds its last changes"):
        Catalogue(copy, read_only=True)
    Path(f"{copy}-shm").unlink()
    with closing(Catalogue(copy, read_only=True)) as reader:
        assert reader.count_passages() == 1


def test_a_record_that_another_process_locks_is_not_read_past_the_lock(path, monkeypatch):
    Catalogue(path).close()
    opened = engines._open

    def at_once(address: str) -> sqlite3.Connection:
        connection = opened(address)
        connection.execute("PRAGMA busy_timeout = 0")
        return connection

    monkeypatch.setattr(engines, "_open", at_once)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA locking_mode = EXCLUSIVE")
        writer.execute("PRAGMA journal_mode = DELETE")
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked"):
            Catalogue(path, read_only=True)


def test_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be"):
        Database(tmp_path / "file" / "catalogue.sqlite3")


@pytest.mark.parametrize(
    "content", [b"this is not a database, but it is long enough to have a header" * 40, b"\0" * 8192]
)
def test_file_of_another_kind_is_corrupt(path, content):
    path.write_bytes(content)
    with pytest.raises(StoreCorruptError, match="damaged"):
        Database(path)


def test_damaged_pages_are_reported_and_never_a_traceback(path, catalogue):
    put(catalogue, annotated("t", [f"The heron number {number} flies over the river." for number in range(400)]))
    catalogue.close()
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 20] = os.urandom(4096 * 17)
    path.write_bytes(bytes(data))
    try:
        with closing(Catalogue(path)) as damaged:
            (finding,) = damaged.health.check(64)
            assert not finding.ok and len(re.findall("restore (it|the store) from a copy", finding.detail)) == 1
    except StoreCorruptError as exc:
        assert len(re.findall("restore (it|the store) from a copy", str(exc))) == 1


def test_database_of_another_program_is_not_taken_for_a_store(path):
    alter(path, "CREATE TABLE something (x)")
    with pytest.raises(StoreCorruptError, match="not a catalogue"):
        Database(path, read_only=True)


def test_wrong_call_is_a_bug_and_not_damage(catalogue):
    with pytest.raises(IntegrityError), catalogue.database.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO sentences SELECT * FROM sentences")


def assert_full(catalogue, make_room=lambda: None):
    """Asserts that a write that does not fit is reported and undone, and that the record stays usable."""
    with pytest.raises(StoreFullError, match="free space"):
        put(catalogue, annotated("t", ["The badger digs. " * 50 + str(number) for number in range(3000)]))
    assert [summary.document_id for summary in catalogue.documents()] == ["s"]
    assert catalogue.health.damage() is None
    make_room()
    put(catalogue, annotated("u", ["The otter swims."]))
    assert catalogue.count_passages() == 2


def test_full_database_is_named_and_keeps_what_was_stored(catalogue):
    pages = catalogue.database.value(text("PRAGMA page_count"))
    catalogue.database.rows(text(f"PRAGMA max_page_count = {pages + 2}"))
    assert_full(catalogue, lambda: catalogue.database.rows(text("PRAGMA max_page_count = 100000")))


@pytest.fixture
def small_disk(path):
    """Puts the record on a disk of one megabyte."""
    disk = path.parent
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("a small file system can be mounted by the superuser only")
    yield
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.slow
def test_full_disk_is_named_and_keeps_what_was_stored(small_disk, path):
    with closing(Catalogue(path)) as catalogue:
        put(catalogue, annotated("s", ["The heron flies."]))
        assert_full(catalogue)


def test_threads_read_while_another_writes(catalogue):
    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(lambda: [catalogue.count_passages() for _ in range(50)]) for _ in range(4)]
        for number in range(20):
            put(catalogue, annotated(f"w{number}", ["The badger digs."]))
        seen = {count for each in reading for count in each.result()}
    assert seen <= set(range(1, 22))


def test_two_openers_of_a_new_store_make_one_schema(path):
    with ThreadPoolExecutor(6) as pool:
        for catalogue in pool.map(Catalogue, [path] * 6):
            assert catalogue.count_passages() == 0
            catalogue.close()


@pytest.mark.parametrize("read_only", [True, False])
def test_older_store_is_brought_up_to_date_when_it_is_opened(older, read_only):
    with closing(Database(older, read_only=read_only)) as database:
        assert database.value(text("SELECT version_num FROM alembic_version")) == HEAD
        assert database.value(text("SELECT count(*) FROM mentions WHERE mention IS NOT NULL")) > 0


def test_older_store_that_is_not_to_be_migrated_says_what_to_run_and_stays(older):
    before = schema_of(older)
    with pytest.raises(StoreError, match="older version of this program: run `untoc migrate`"):
        Database(older, migrate=False)
    assert schema_of(older) == before


def schema_of(path):
    """Returns columns, indexes and foreign keys of each table, without spelling of types, defaults and order."""
    with closing(sqlite3.connect(path)) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {}
        for table in tables:
            if not table.startswith(("sqlite_", "passages_fts")):
                columns = file.execute(f"PRAGMA table_info({table})").fetchall()
                found[table] = (
                    {(name, bool(needed or key), key) for _, name, _, needed, _, key in columns},
                    {row[1:3] for row in file.execute(f"PRAGMA index_list({table})") if row[3] == "c"},
                    {(*row[2:4], *row[5:7]) for row in file.execute(f"PRAGMA foreign_key_list({table})")},
                )
        return found


def test_migrated_store_has_the_tables_of_a_new_one(tmp_path, older):
    new = tmp_path / "new.sqlite3"
    for each in (older, new):
        Database(each).close()
    assert schema_of(older) == schema_of(new)


def test_migration_that_fails_leaves_the_older_store_as_it_was(older, monkeypatch):
    before = schema_of(older)
    with monkeypatch.context() as patched, pytest.raises(ZeroDivisionError):
        patched.setattr("alembic.command.upgrade", lambda *_: 1 / 0)
        Database(older)
    assert schema_of(older) == before
    Database(older).close()


def test_store_between_two_releases_is_refused(older):
    alter(older, "INSERT INTO meta VALUES ('migration:006_holders', '')")
    with pytest.raises(StoreError, match=r"between two releases.*--store"):
        Database(older)


def test_store_of_a_newer_version_is_refused_by_name(record):
    with closing(Database(record)) as database, database.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"newer version.*'9999'.*update"):
        Database(record)


@pytest.fixture
def opened(monkeypatch):
    """Returns a list of all connections as they are opened; it keeps them alive, so Python closes none by itself."""
    connections = []
    connect = sqlite3.connect

    def keeping(*arguments, **options):
        connections.append(connect(*arguments, **options))
        return connections[-1]

    monkeypatch.setattr(sqlite3, "connect", keeping)
    return connections


def is_closed(connection):
    try:
        connection.total_changes  # noqa: B018 - raises when it is closed
    except sqlite3.ProgrammingError:
        return True
    return False


def test_connections_of_threads_that_ended_are_used_again_and_closed_at_the_end(path, opened):
    with closing(Catalogue(path)) as catalogue:
        for _ in range(40):
            thread = threading.Thread(target=catalogue.count_passages)
            thread.start()
            thread.join()
    assert len(opened) < 5 and all(map(is_closed, opened))


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(os.urandom(9000)), id="garbled"),
        pytest.param(lambda path: alter(path, "DROP TABLE alembic_version"), id="without a revision"),
        pytest.param(lambda path: alter(path, "UPDATE alembic_version SET version_num = '9999'"), id="newer"),
        pytest.param(lambda path: path.unlink() or alter(path, "CREATE TABLE birds (name TEXT)"), id="another's"),
    ],
)
def test_open_that_fails_leaves_no_connection_behind(path, opened, spoil, read_only):
    Catalogue(path).close()
    spoil(path)
    with suppress(StoreError):
        Catalogue(path, read_only=read_only).close()
    assert len(opened) > 1 and all(is_closed(connection) for connection in opened)


@pytest.mark.integration
def test_store_of_another_model_leaves_no_connection_behind(tmp_path, opened):
    one, other = (SimpleNamespace(name=name, dimension=4) for name in ("one", "other"))
    with closing(Store(tmp_path, one)) as store, store.writer():
        pass
    with pytest.raises(StoreError):
        Store(tmp_path, other)
    assert all(is_closed(connection) for connection in opened)
