"""Where the store is, as commands say it: moved, brought up to date, and every failure in one line."""

import json
import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, make_url, select

from app.cli import main
from app.desk.tables import AUDIT, PARTS, USERS, WORKS, open_tables
from app.errors import WorkError
from tests.conftest import PROJECT
from tests.fakes_engines import free_port, own_schema
from vectorstore.chroma import VectorIndex
from vectorstore.database import DatabaseConfig

OLD = PROJECT / "tests" / "data" / "store-0.1.0" / "catalogue.sqlite3"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(list(map(str, arguments)))
    told = capsys.readouterr()
    return code, told.out, told.err


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Runs a command that could not, and returns what it says."""
    code, out, err = run(capsys, *arguments)
    assert code == 1 and out == "" and err.count("\n") == 1, err
    return err


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "catalogue.sqlite3").write_bytes(OLD.read_bytes())
    return folder


def test_store_of_an_older_release_is_migrated(store, capsys):
    code, out, _ = run(capsys, "migrate", "--store", store)
    assert code == 0 and "is up to date" in out
    assert "no store at" in refusal(capsys, "migrate", "--store", store / "absent")


def test_store_is_copied_to_a_server_and_back(store, postgres, tmp_path, monkeypatch, capsys):
    with own_schema(postgres) as url:
        code, out, err = run(capsys, "copy", "--store", store, "--to", url, "--json")
        assert code == 0, err
        there = json.loads(out)["copied"]
        assert "holds another record" in refusal(capsys, "copy", "--store", store, "--to", url)
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        code, out, _ = run(capsys, "list", "--store", store, "--json")
        listed = json.loads(out)
        assert code == 0 and len(listed) == there["documents"] > 3
        code, out, err = run(capsys, "copy", "--store", store, "--to", tmp_path / "back", "--json")
        assert code == 0, err
        assert json.loads(out)["copied"] == there
    monkeypatch.delenv("UNTOC_DATABASE__URL")
    code, out, _ = run(capsys, "list", "--store", tmp_path / "back", "--json")
    assert code == 0 and json.loads(out) == listed


@pytest.mark.slow
def test_a_copy_is_sound_also_after_a_kill_while_its_index_is_filled(
    filled_store, postgres, chroma_server, scripted_models, tmp_path, monkeypatch, capsys
):
    source = tmp_path / "source"
    shutil.copytree(filled_store, source)
    monkeypatch.setenv("UNTOC_CHROMA__URL", chroma_server)
    monkeypatch.setattr("vectorstore.store.BATCH", 4)
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
            assert run(capsys, *command)[0] == 130
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        assert "run the same copy again" in refusal(capsys, "list", "--store", source)
        monkeypatch.delenv("UNTOC_DATABASE__URL")
        code, out, err = run(capsys, *command)
        assert code == 0 and "and their index" in out, err
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        code, out, _ = run(capsys, "doctor", "--store", source)
        assert code == 0 and "vectors, in step" in out, out


@pytest.mark.parametrize(
    "url",
    ["postgresql://me:canary@127.0.0.1/untoc", "mysql://127.0.0.1/untoc", "canary", "postgresql+psycopg://me@h:x/y"],
)
def test_url_of_another_kind_is_refused(url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("UNTOC_DATABASE__URL", url)
    said = refusal(capsys, "list", "--store", tmp_path)
    assert "postgresql+psycopg://USER:PASSWORD@HOST:5432/DATABASE" in said and "canary" not in said


def test_server_that_is_gone_is_named_without_the_password(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("UNTOC_DATABASE__URL", f"postgresql+psycopg://me:canary@127.0.0.1:{free_port()}/untoc")
    said = refusal(capsys, "list", "--store", tmp_path)
    assert "cannot be used" in said and "refused" in said and "canary" not in said


def test_database_or_user_that_is_not_there_is_named(postgres, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(
        "UNTOC_DATABASE__URL", make_url(postgres).set(database="absent").render_as_string(hide_password=False)
    )
    assert "createdb" in refusal(capsys, "list", "--store", tmp_path)
    monkeypatch.setenv(
        "UNTOC_DATABASE__URL", make_url(postgres).set(username="nobody").render_as_string(hide_password=False)
    )
    assert "check user and password" in refusal(capsys, "list", "--store", tmp_path)


def test_empty_database_and_older_tables_say_what_to_run(postgres, store, monkeypatch, capsys):
    with own_schema(postgres) as url:
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        assert f"run `untoc ingest --store {store}` first" in refusal(capsys, "list", "--store", store)
        monkeypatch.delenv("UNTOC_DATABASE__URL")
        assert run(capsys, "copy", "--store", store, "--to", url)[0] == 0
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
        engine.dispose()
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        assert f"run `untoc migrate --store {store}`" in refusal(capsys, "list", "--store", store)


def test_what_people_made_is_copied_with_the_record(store, postgres, tmp_path, monkeypatch, capsys):
    with closing(open_tables(store)) as tables, tables.transaction() as connection:
        for number in range(3):
            values = {"id": f"w{number}", "kind": "conversation", "owner": "Amina", "made": "2031", "changed": "2031"}
            connection.execute(WORKS.insert(), {**values, "title": "第4条"})
            connection.execute(PARTS.insert(), {"work": f"w{number}", "number": 1, "content": "{}", "words": "é"})
        for name in ("Zoe", "amina", "Öz"):
            connection.execute(USERS.insert(), {"name": name, "role": "reader", "made": "2031"})
        told = {"at": "2031", "account": "Zoe", "action": "edit", "target": "s", "address": "", "request": ""}
        connection.execute(AUDIT.insert(), [{"id": 5, **told}, {"id": 9, **told}])
    with own_schema(postgres) as url:
        code, out, err = run(capsys, "copy", "--store", store, "--to", url, "--json")
        assert code == 0, err
        copied = json.loads(out)["copied"]
        assert (copied["work"], copied["work_part"], copied["account"], copied["audit"]) == (3, 3, 3, 2)
        database = DatabaseConfig(url=SecretStr(url))
        with closing(open_tables(store, database)) as tables, tables.transaction() as connection:
            connection.execute(AUDIT.insert(), told)
            assert list(connection.scalars(select(AUDIT.c.id).order_by(AUDIT.c.id))) == [5, 9, 10]
        monkeypatch.setenv("UNTOC_DATABASE__URL", url)
        code, out, err = run(capsys, "copy", "--store", store, "--to", tmp_path / "back")
        assert code == 0 and "3 conversations, briefings and cases, 3 accounts" in out, err
    monkeypatch.delenv("UNTOC_DATABASE__URL")
    with closing(open_tables(tmp_path / "back")) as tables, tables.transaction() as connection:
        assert sorted(connection.scalars(select(USERS.c.name))) == ["Zoe", "amina", "Öz"]
        connection.execute(USERS.delete())
    with closing(open_tables(store)) as tables, closing(open_tables(tmp_path / "back")) as other:
        with other.transaction() as connection:
            connection.execute(USERS.insert(), {"name": "Mallory", "role": "admin", "made": "2031"})
        with pytest.raises(WorkError, match="'account'"):
            tables.copy_to(other)
