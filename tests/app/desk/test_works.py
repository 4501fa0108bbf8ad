"""Works: what each person sees, may change and finds."""

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.desk.conversations import Conversations, KeptTurn
from app.desk.tables import FILE, Tables, open_tables
from app.desk.works import Works
from app.errors import NotFoundError, WorkError
from app.server.accounts import Accounts
from app.server.person import LOCAL_PERSON
from tests.fakes_engines import only_local, places
from tests.fakes_ui import EXAMPLE, fake_workspace
from vectorstore.database import IN_FOLDER


@pytest.fixture
def tables(engines: str, tmp_path: Path) -> Iterator[Tables]:
    store = tmp_path / "store"
    tables = open_tables(store, places(store).get("database", IN_FOLDER))
    yield tables
    tables.close()


def test_each_call_is_checked_for_who_asks(tables: Tables) -> None:
    amina, boris = (Works(tables, name, knows=str) for name in ("amina", "boris"))
    work = amina.add("briefing", "Extradition")
    amina.put(work, 1, {"rows": 3}, ["Belmora"])
    refused = (
        lambda: boris.get(work), lambda: boris.parts(work), lambda: boris.put(work, 1, {}),
        lambda: boris.rename(work, "Mine"), lambda: boris.delete(work), lambda: boris.restore(work),
        lambda: boris.share(work, "boris"), lambda: boris.unshare(work, "amina"),
    )  # fmt: skip
    for call in refused:
        with pytest.raises(NotFoundError):
            call()
    assert boris.list("briefing") == ()
    amina.share(work, "boris")
    assert boris.parts(work) == {1: {"rows": 3}}
    assert [(found.title, found.mine) for found in boris.list("briefing")] == [("Extradition", False)]
    for call in refused[2:]:
        with pytest.raises(NotFoundError):
            call()
    amina.share(work, "boris", may_change=True)
    boris.put(work, 2, [])
    boris.rename(work, "Extradition and more")
    for call in refused[4:]:
        with pytest.raises(NotFoundError):
            call()
    amina.unshare(work, "boris")
    assert boris.list("briefing") == () and amina.get(work).title == "Extradition and more"
    assert amina.parts(work) == {1: {"rows": 3}, 2: []}


def test_without_accounts_there_is_nobody_to_share_with(tables: Tables) -> None:
    works = Works(tables)
    work = works.add("briefing", "Extradition")
    with pytest.raises(WorkError, match="no accounts"):
        works.share(work, "anybody")
    assert works.shares(work) == {}


def test_list_is_searched_in_titles_and_parts_newest_first(tables: Tables) -> None:
    works = Works(tables)
    first, second = works.add("conversation", "Extradition by treaty"), works.add("conversation", "100% sure?")
    works.put(first, 1, {}, ["Die Auslieferung nach ARTIKEL 16"])
    assert [work.identifier for work in works.list("conversation")] == [first, second]
    assert [work.identifier for work in works.list("conversation", "treaty artikel")] == [first]
    assert [work.identifier for work in works.list("conversation", "100%")] == [second]
    assert works.list("conversation", "treaty 100%") == works.list("briefing") == ()
    # Capitals outside ASCII are letters as others.
    works.rename(first, "Évaluation: Доклад")
    assert [work.identifier for work in works.list("conversation", "évaluation ДОКЛАД")] == [first]


def test_parts_appended_at_the_same_time_are_all_kept(tables: Tables) -> None:
    works = Works(tables)
    work = works.add("conversation", "Firearms")
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda n: works.append(work, lambda number: [n, number]), range(24)))
    parts = works.parts(work)
    assert sorted(numbers) == list(parts) == list(range(1, 25))
    assert sorted(n for n, _ in parts.values()) == list(range(24))
    assert all(number == own for number, (_, own) in parts.items())
    with pytest.raises(NotFoundError):
        Works(tables, "boris").append(work, lambda _: {})


def test_any_character_is_kept_and_asked_for(tables: Tables) -> None:
    """PostgreSQL stores no NUL character, but a work with one is kept there as with SQLite."""
    works = Works(tables, "amina", knows=str)
    work = works.add("conversation", "A\0B")
    works.put(work, 1, {"question": "\0\x8a"}, ["Zero\0Width"])
    works.share(work, "bo\0ris")
    assert works.get(work).title == "A\0B" and works.parts(work) == {1: {"question": "\0\x8a"}}
    assert works.shares(work) == {"bo\0ris": False}
    assert [found.identifier for found in works.list("conversation", "zero\0w")] == [work]
    with pytest.raises(NotFoundError):
        works.get("\0" + "x" * 300)
    accounts = Accounts(tables)
    accounts.log("review", "\0 of a cell", LOCAL_PERSON)
    assert [entry["target"] for entry in accounts.logged()] == ["\0 of a cell"]
    assert accounts.active_name("\0") is accounts.of_key("untoc_\0_\0") is accounts.of_session("\0") is None


def test_a_work_of_another_kind_is_not_found(tables: Tables) -> None:
    works = Works(tables)
    work = works.add("briefing", "Firearms")
    assert works.get(work, "briefing").identifier == work
    for call in (works.get, works.parts, works.restore):
        with pytest.raises(NotFoundError):
            call(work, "conversation")
    with pytest.raises(NotFoundError):
        Conversations(works, recheck=lambda answer: answer).turns(work)


def test_deletion_is_taken_back(tables: Tables) -> None:
    works = Works(tables)
    work = works.add("conversation", "Firearms")
    works.put(work, 1, {"question": "?"})
    works.delete(work)
    assert works.list("conversation") == ()
    with pytest.raises(NotFoundError):
        works.parts(work)
    works.restore(work)
    assert works.parts(work) == {1: {"question": "?"}}


def test_name_without_a_letter_is_refused(tables: Tables) -> None:
    works = Works(tables)
    with pytest.raises(WorkError, match="at least one letter"):
        works.rename(works.add("conversation", "Firearms"), "  ")


@only_local
def test_answers_come_back_as_they_were_kept(tables: Tables, tmp_path: Path) -> None:
    assistant, _ = fake_workspace()
    conversations = Conversations(Works(tables), recheck=lambda answer: answer)
    turns = [
        KeptTurn(number=1, question=EXAMPLE, answer=assistant.ask(EXAMPLE), overrides={"years": ["2020"]}, used=(3,)),
        KeptTurn(number=2, question="What did Korea say?", answer=assistant.ask("What did Korea say?"), judged="wrong"),
    ]
    kept = conversations.keep(None, turns[0])
    assert conversations.keep(kept, turns[1]) == kept
    assert conversations.turns(kept) == turns
    conversations.mark(kept, replace(turns[0], judged="right"))
    assert [turn.judged for turn in conversations.turns(kept)] == ["right", "wrong"]
    with pytest.raises(NotFoundError):  # another tab asked this again and replaced the answer that is judged
        conversations.mark(kept, replace(turns[0], answer=turns[1].answer))
    (listed,) = conversations.works.list("conversation", "cognizant")
    assert (listed.identifier, listed.title) == (kept, EXAMPLE)
    # Turns that cannot be read, such as those of a later version, are skipped.
    with sqlite3.connect(tmp_path / "store" / FILE) as connection:
        connection.execute("UPDATE work_part SET content = '{}' WHERE number = 1")
    connection.close()
    assert conversations.turns(kept) == turns[1:]


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
@only_local
def test_file_is_for_its_owner_alone(tables: Tables, tmp_path: Path) -> None:
    Works(tables).add("conversation", "Firearms")
    assert (tmp_path / "store" / FILE).stat().st_mode & 0o077 == 0


def test_store_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(WorkError, match="cannot be kept or read"):
        Works(open_tables(tmp_path / "store")).add("conversation", "Firearms")
