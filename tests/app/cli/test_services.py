"""Commands on stores that are old or on a server: migration, copies, and every failure in one line."""

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, make_url, select

from app.desk.tables import AUDIT, PARTS, USERS, WORKS, open_tables
from app.errors import WorkError
from tests.conftest import PROJECT
from tests.fakes_engines import free_port, own_schema
from vectorstore.chroma import VectorIndex
from vectorstore.database import DatabaseConfig

OLD = PROJECT / "tests" / "data" / "store-0.1.0" / "catalogue.sqlite3"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "catalogue.sqlite3").write_bytes(OLD.read_bytes())
    return folder


def test_store_of_an_older_release_is_migrated(store, call):
    call("migrate", "--store", store).done("is up to date")
    call("migrate", "--store", store / "absent").refused(1, "no store at")


def test_store_is_copied_to_a_server_and_back(store, postgres, tmp_path, monkeypatch, call):
    with own_schema(postgres) as url:
        there = call("copy", "--store", store, "--to", url, "--json").done().json["copied"]
        assert call("copy", "--store", store, "--to", url, "--json").done().json["copied"] == there
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        listed = call("list", "--store", store, "--json").done().json
        assert len(listed) == there["documents"] > 3 and there["mentions"] > 3
        back = call("copy", "--store", store, "--to", tmp_path / "back", "--json").done()
        assert back.json["copied"] == there
    monkeypatch.delenv("UNTOC_DATABASE__URL")
    assert call("list", "--store", tmp_path / "back", "--json").done().json == listed


def test_a_store_is_not_copied_into_itself(filled_store, monkeypatch, call):
    monkeypatch.chdir(filled_store.parent)
    call("copy", "--store", filled_store, "--to", filled_store.name).refused(2, "is the store itself")


@pytest.mark.usefixtures("scripted_models")
def test_a_copy_that_was_complete_is_told_from_a_wrong_target(filled_store, tmp_path, call):
    store = shutil.copytree(filled_store, tmp_path / "source")
    for _ in range(2):
        call("copy", "--store", store, "--to", tmp_path / "copy").done("copied and compared: 36 documents")
    call("ingest", "--sample", "--store", tmp_path / "other").done()
    call("copy", "--store", tmp_path / "other", "--to", tmp_path / "copy").refused(1, "holds another record")
    identifier = call("list", "--store", store, "--json").json[0]["statement_id"]
    call("remove", identifier, "--store", store).done()
    call("copy", "--store", store, "--to", tmp_path / "copy").refused(1, "holds a complete copy", "has changed since")


@pytest.mark.slow
def test_a_copy_is_sound_also_after_a_kill_while_its_index_is_filled(
    filled_store, postgres, chroma_server, scripted_models, tmp_path, monkeypatch, call
):
    source = shutil.copytree(filled_store, tmp_path / "source")
    monkeypatch.setenv("UNTOC_CHROMA__URL", chroma_server)
    monkeypatch.setattr("vectorstore.vectors._AT_ONCE", 4)
    with own_schema(postgres) as url:
        command = ("copy", "--store", source, "--to", url)
        upsert = VectorIndex.upsert
        filled = list[int]()

        def killed(index: VectorIndex, ids: Sequence[str], *rest: Any) -> None:
            filled.append(len(ids))
            if len(filled) == 2:
                raise KeyboardInterrupt
            upsert(index, ids, *rest)

        with monkeypatch.context() as patch:
            patch.setattr(VectorIndex, "upsert", killed)
            assert call(*command).code == 130
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        call("list", "--store", source).refused(1, "run the same copy again")
        monkeypatch.delenv("UNTOC_DATABASE__URL")
        call(*command).done("and their index")
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        call("doctor", "--store", source).done("vectors, in step")


@pytest.mark.parametrize(
    "url",
    ["postgresql://me:canary@127.0.0.1/untoc", "mysql://127.0.0.1/untoc", "canary", "postgresql+psycopg://me@h:x/y"],
)
def test_url_of_another_kind_is_refused(url, tmp_path, monkeypatch, call):
    monkeypatch.setenv("UNTOC_DATABASE__URL", url)
    said = call("list", "--store", tmp_path).refused(1)
    assert "postgresql+psycopg://USER:PASSWORD@HOST:5432/DATABASE" in said and "canary" not in said


def test_server_that_is_gone_is_named_without_the_password(tmp_path, monkeypatch, call):
    monkeypatch.setenv("UNTOC_DATABASE__URL", f"postgresql+psycopg://me:canary@127.0.0.1:{free_port()}/untoc")
    said = call("list", "--store", tmp_path).refused(1)
    assert "cannot be used" in said and "refused" in said and "canary" not in said


def test_database_or_user_that_is_not_there_is_named(postgres, tmp_path, monkeypatch, call):
    for wrong, advice in (({"database": "absent"}, "createdb"), ({"username": "nobody"}, "check user and password")):
        url = make_url(postgres).set(**wrong).render_as_string(hide_password=False)
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        call("list", "--store", tmp_path).refused(1, advice)


def test_empty_database_and_older_tables_say_what_to_run(postgres, store, monkeypatch, call):
    with own_schema(postgres) as url:
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        call("list", "--store", store).refused(1, f"run `untoc ingest --store {store}` first")
        monkeypatch.delenv("UNTOC_DATABASE__URL")
        call("copy", "--store", store, "--to", url).done()
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        engine.dispose()
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        call("list", "--store", store).refused(1, f"run `untoc migrate --store {store}`")


def test_what_people_made_is_copied_with_the_record(store, postgres, tmp_path, monkeypatch, call):
    with closing(open_tables(store)) as tables, tables.transaction() as connection:
        for number in range(3):
            values = {"id": f"w{number}", "kind": "conversation", "owner": "Amina", "made": "2031", "changed": "2031"}
            connection.execute(WORKS.insert(), {**values, "title": "第4条"})
            connection.execute(PARTS.insert(), {"work": f"w{number}", "number": 1, "content": "{}", "words": "é"})
        for name in ("Zoe", "amina", "Öz"):
            connection.execute(USERS.insert(), {"name": name, "role": "reader", "made": "2031"})
        entry = {"at": "2031", "account": "Zoe", "action": "edit", "target": "s", "address": "", "request": ""}
        connection.execute(AUDIT.insert(), [{"id": 5, **entry}, {"id": 9, **entry}])
    with own_schema(postgres) as url:
        copied = call("copy", "--store", store, "--to", url, "--json").done().json["copied"]
        assert (copied["work"], copied["work_part"], copied["account"], copied["audit"]) == (3, 3, 3, 2)
        database = DatabaseConfig(url=SecretStr(url))
        with closing(open_tables(store, database)) as tables, tables.transaction() as connection:
            connection.execute(AUDIT.insert(), entry)
            assert list(connection.scalars(select(AUDIT.c.id).order_by(AUDIT.c.id))) == [5, 9, 10]
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        call("copy", "--store", store, "--to", tmp_path / "back").done(
            "3 conversations, briefings and cases, 3 accounts"
        )
    monkeypatch.delenv("UNTOC_DATABASE__URL")
    with closing(open_tables(tmp_path / "back")) as tables, tables.transaction() as connection:
        assert sorted(connection.scalars(select(USERS.c.name))) == ["Zoe", "amina", "Öz"]
        connection.execute(USERS.delete())
    with closing(open_tables(store)) as tables, closing(open_tables(tmp_path / "back")) as other:
        with other.transaction() as connection:
            connection.execute(USERS.insert(), {"name": "Mallory", "role": "admin", "made": "2031"})
        with pytest.raises(WorkError, match="'account'"):
            tables.copy_to(other)
