"""Documents of the chat lie in the store and go with their session, or at the next start if the chat was killed."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import PROJECT

pytest.importorskip("gradio")

from app.ui.served_files import FOLDER, forget_session, served_folder, session_folder

KILLED = (
    "import os, sys\nfrom pathlib import Path\nfrom app.ui.served_files import served_folder\n"
    "with served_folder(Path(sys.argv[1])) as made:\n    (made / 'a.docx').touch()\n    os._exit(9)\n"
)


def _chats(store: Path) -> list[Path]:
    return sorted((store / FOLDER).iterdir())


def test_folder_lies_in_the_store_for_its_owner_alone_and_goes_at_the_end(tmp_path):
    old = os.umask(0)
    try:
        with served_folder(tmp_path / "store") as served:
            assert served.parent == tmp_path / "store" / FOLDER
            assert stat.S_IMODE(served.stat().st_mode) == stat.S_IMODE(served.parent.stat().st_mode) == 0o700
            (served / "briefing.docx").touch()
    finally:
        os.umask(old)
    assert _chats(tmp_path / "store") == []


@pytest.mark.slow
def test_what_a_killed_chat_left_goes_at_the_next_start_and_that_of_a_running_one_stays(tmp_path):
    store = tmp_path / "store"
    with served_folder(store) as running:
        (running / "b.docx").touch()
        environment = os.environ | {"PYTHONPATH": str(PROJECT)}
        assert subprocess.run([sys.executable, "-c", KILLED, store], env=environment, check=False).returncode == 9
        assert len([path for path in _chats(store) if path.is_dir()]) == 2
        with served_folder(store) as another:
            assert {path for path in _chats(store) if path.is_dir()} == {running, another}
        assert (running / "b.docx").exists()


def test_store_that_cannot_be_written_is_served_all_the_same(tmp_path):
    (tmp_path / "store").write_text("a file is in the way", encoding="utf-8")
    with served_folder(tmp_path / "store") as served:
        assert served.is_dir()
    assert not served.exists()


@pytest.mark.parametrize("hostile", ["../../outside", "/etc", "a" * 5000, "", None])
def test_documents_of_a_session_stay_inside_and_go_alone(hostile, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    one: Any = SimpleNamespace(session_hash=hostile)
    other: Any = SimpleNamespace(session_hash="other")
    mine, theirs = session_folder(one), session_folder(other)
    assert mine.is_relative_to(tmp_path) and mine.parent.parent == tmp_path
    forget_session(one)
    assert not mine.exists() and theirs.exists()
