"""Files that machines share: which ones are sent and fetched, and which are not touched."""

import os
import stat

import pytest

from vectorstore.errors import FileGoneError, StoreAwayError, StoreError
from vectorstore.shared_files import FilesConfig, SharedFiles


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "statements"
    made.mkdir()
    for name in ("a.txt", "b.txt"):
        (made / name).write_text(f"We support {name}.", encoding="utf-8")
    return made


def shared(tmp_path):
    return SharedFiles(f"file://{tmp_path / 'shared'}", tmp_path / "store")


@pytest.fixture
def files(tmp_path):
    return shared(tmp_path)


def files_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_copies_hold_what_was_sent_and_no_other_file(files, folder, tmp_path):
    listing, unread = files.send(folder, folder.iterdir())
    copies = files.place(folder)
    assert copies.parent == tmp_path / "store" / "files" and files.place(copies) == copies and not unread
    copies.mkdir(parents=True)
    for name in ("gone.txt", ".fetching"):
        (copies / name).write_text("x", encoding="utf-8")
    files.fetch_all(copies, listing, whole=True)
    assert files_in(copies) == [".fetching", "a.txt", "b.txt"]


@pytest.mark.parametrize("inside", [".", "own", "files", "files/own"])
def test_folder_of_a_user_inside_the_store_is_no_copy_and_loses_nothing(files, tmp_path, inside):
    folder = tmp_path / "store" / inside
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("a.txt", "notes.xlsx", ".hidden"):
        (folder / name).write_text("x", encoding="utf-8")
    listing, _ = files.send(folder, [folder / "a.txt"])
    assert files.place(folder) != folder
    files.fetch_all(folder, listing, whole=True)
    files.fetch_all(files.place(folder), listing, whole=True)
    assert {"a.txt", "notes.xlsx", ".hidden"} <= set(files_in(folder)) and files_in(files.place(folder)) == ["a.txt"]


def test_upload_is_its_own_copy_and_loses_nothing(files, tmp_path):
    folder = tmp_path / "store" / "uploads" / "one"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("x", encoding="utf-8")
    assert files.place(folder) == folder
    files.fetch_all(folder, {}, whole=True)
    assert files_in(folder) == ["a.txt"]


def test_file_that_vanished_is_named_and_the_others_are_sent(files, folder):
    listing, unread = files.send(folder, [folder / "a.txt", folder / "gone.txt", folder / "b.txt"])
    assert list(listing) == ["a.txt", "b.txt"] and list(unread) == [folder / "gone.txt"]


def test_nothing_is_fetched_to_where_no_copies_are(files, folder, tmp_path):
    listing, _ = files.send(folder, [folder / "a.txt"])
    with pytest.raises(FileGoneError, match="no copy that this store keeps"):
        files.fetch(tmp_path / "elsewhere" / "a.txt", listing["a.txt"])
    assert not (tmp_path / "elsewhere").exists()
    # A file is where the folder of the next one should be.
    files.fetch(files.place(folder) / "a.txt", listing["a.txt"])
    with pytest.raises(StoreAwayError, match=r"a\.txt"):
        files.fetch(files.place(folder) / "a.txt" / "inside.txt", "0")


def test_file_that_was_damaged_in_its_place_is_sent_again(files, folder, tmp_path):
    listing, _ = files.send(folder, [folder / "a.txt"])
    blob = tmp_path / "shared" / listing["a.txt"]
    blob.write_bytes(bytes(blob.stat().st_size))
    copy = files.place(folder) / "a.txt"
    with pytest.raises(FileGoneError, match=r"a\.txt.* ingest it again"):
        files.fetch(copy, listing["a.txt"])
    files.send(folder, [folder / "a.txt"])
    files.fetch(copy, listing["a.txt"])
    assert copy.read_bytes() == (folder / "a.txt").read_bytes()


def test_address_shows_no_password():
    config = FilesConfig.model_validate({"url": "nothing://user:secret@server/files"})
    assert "secret" not in repr(config)
    with pytest.raises(StoreError, match="nothing://server/files") as told:
        SharedFiles(config.url.get_secret_value(), None)
    assert "secret" not in str(told.value)


@pytest.mark.skipif(os.name != "posix", reason="rights of others are those of POSIX")
def test_shared_folder_of_this_machine_is_its_owners_alone(files, folder, tmp_path):
    files.send(folder, folder.iterdir())
    assert stat.S_IMODE((tmp_path / "shared").stat().st_mode) == 0o700


TABLES = [f"{folder}-{'0' * 16}.csv" for folder in ("aa", "bb")]


def test_tables_of_parties_are_synced_by_several_processes_at_a_time(tmp_path, monkeypatch):
    one, other = shared(tmp_path), shared(tmp_path)
    mine, theirs = tmp_path / "one", tmp_path / "other"
    mine.mkdir()
    for name in (*TABLES, "guests.csv"):
        (mine / name).write_text(name, encoding="utf-8")
    one.sync_party_tables(mine)
    get, begun = other._files.get_file, []

    def get_file(source, target):
        if not begun:
            begun.append(source)
            # Meanwhile another process of the machine syncs the same tables, and a table is replaced.
            one.sync_party_tables(theirs)
            (tmp_path / "shared" / "parties" / source.rpartition("/")[2]).unlink()
        get(source, target)

    monkeypatch.setattr(other._files, "get_file", get_file)
    other.sync_party_tables(theirs)
    assert files_in(theirs) == TABLES
