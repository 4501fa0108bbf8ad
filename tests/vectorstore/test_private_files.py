"""Only its owner can read and write the store, whatever the umask says."""

import os
import stat

import pytest

from tests.fakes import HashingEmbedder
from tests.fakes_store import annotated, keep
from vectorstore.private_files import make_private_folder, make_store_private, private_opener
from vectorstore.store import Store

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name != "posix", reason="rights of others are those of POSIX"),
]


@pytest.fixture(params=[0o000, 0o022, 0o002], ids="umask {:03o}".format)
def umask(request):
    old = os.umask(request.param)
    yield
    os.umask(old)


def rights(path):
    return {found: stat.S_IMODE(found.lstat().st_mode) for found in (path, *path.rglob("*"))}


def assert_private(path):
    wrong = {
        str(found): oct(mode) for found, mode in rights(path).items() if mode != (0o700 if found.is_dir() else 0o600)
    }
    assert wrong == {}


@pytest.mark.usefixtures("umask")
def test_everything_in_a_store_is_its_owners_alone(tmp_path):
    path = tmp_path / "above" / "store"
    store = Store(path, HashingEmbedder())
    assert_private(path)
    keep(store, HashingEmbedder(), annotated("s", [f"Heron number {number} flies." for number in range(1100)]))
    table = tmp_path / "parties.csv"
    table.write_text("code,name\nXAA,Arvandia\n", encoding="utf-8")
    with store.writer():
        store.party_files.keep(table)
    assert {"catalogue.sqlite3-wal", "catalogue.sqlite3-shm", "chroma.sqlite3", "data_level0.bin"} <= {
        found.name for found in rights(path)
    }
    assert_private(path)
    store.close()


@pytest.mark.usefixtures("umask")
def test_store_that_others_could_read_is_mended_when_it_is_opened(tmp_path):
    path = tmp_path / "store"
    Store(path, HashingEmbedder()).close()
    (path / "uploads" / "one").mkdir(parents=True)
    (path / "evals" / "runs").mkdir(parents=True)
    for name in ("uploads/one/statement.txt", "evals/drafts.jsonl", "evals/runs/answers.jsonl", "ingest.begun"):
        (path / name).write_text("", encoding="utf-8")
    for found in (path, *path.rglob("*")):
        found.chmod(0o777 if found.is_dir() else 0o666)
    Store(path, HashingEmbedder()).close()
    assert_private(path)


def test_what_else_lies_in_the_folder_of_a_store_keeps_its_rights(tmp_path):
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    (tmp_path / "notes.txt").chmod(0o644)
    tmp_path.chmod(0o755)
    Store(tmp_path, HashingEmbedder()).close()
    found = {path.name: mode for path, mode in rights(tmp_path).items()}
    assert (found["notes.txt"], found[tmp_path.name], found["catalogue.sqlite3"]) == (0o644, 0o755, 0o600)


def test_rights_are_taken_and_never_given_and_links_not_followed(tmp_path):
    path, outside = tmp_path / "store", tmp_path / "outside.txt"
    (path / "uploads").mkdir(parents=True)
    outside.write_text("", encoding="utf-8")
    outside.chmod(0o644)
    (path / "uploads" / "link").symlink_to(outside)
    kept = path / "uploads" / "kept.txt"
    kept.write_text("", encoding="utf-8")
    kept.chmod(0o444)
    make_store_private(path)
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
    assert stat.S_IMODE(kept.stat().st_mode) == 0o400


@pytest.mark.usefixtures("umask")
def test_files_follow_their_folder(tmp_path):
    make_private_folder(tmp_path / "a" / "b")
    with open(tmp_path / "a" / "b" / "run.json", "w", encoding="utf-8", opener=private_opener) as file:
        file.write("{}")
    assert_private(tmp_path / "a")
    tmp_path.chmod(0o755)
    shared, plain = tmp_path / "baseline.json", tmp_path / "plain.json"
    with open(shared, "w", encoding="utf-8", opener=private_opener) as file:
        file.write("{}")
    plain.touch()
    assert shared.stat().st_mode == plain.stat().st_mode, "as the umask says"
