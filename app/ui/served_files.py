"""Served files: a folder in the store for this process, with one for each session, deleted when these end."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir, mkdtemp
from typing import Final
from uuid import uuid4

import gradio as gr
from filelock import FileLock, Timeout

from vectorstore.private_files import make_private_folder

FOLDER: Final = "served"


@contextmanager
def served_folder(store: Path) -> Iterator[Path]:
    """Yields a new folder that Gradio serves from; deletes it at the end, and first those that killed processes left.

    Where the store cannot be written, the system's temporary folder takes its place.
    """
    home = store / FOLDER
    try:
        make_private_folder(home)
        made = home / f"chat-{uuid4().hex[:8]}"
        # Locked before it exists: another process deletes a folder without a lock as left behind.
        lock = FileLock(_lock_of(made), mode=0o600)
        lock.acquire(timeout=0)
        made.mkdir(mode=0o700)
    except OSError:
        with TemporaryDirectory(prefix="untoc-chat-") as folder:
            yield Path(folder)
        return
    try:
        for old in filter(Path.is_dir, home.glob("chat-*")):
            # A running process holds the lock of its folder; that of a killed one is free.
            with suppress(Timeout, OSError), FileLock(_lock_of(old), timeout=0, mode=0o600):
                _remove(old)
        yield made
    finally:
        lock.release()
        _remove(made)


def session_folder(request: gr.Request) -> Path:
    """Returns a new folder for documents of a session, inside the one that is served."""
    folder = _folder_of(request)
    make_private_folder(folder)
    return Path(mkdtemp(dir=folder))


def forget_session(request: gr.Request) -> None:
    """Deletes the documents of a session that ends."""
    shutil.rmtree(_folder_of(request), ignore_errors=True)


def _folder_of(request: gr.Request) -> Path:
    # The session hash comes from the browser; its digest is a safe name of a single folder.
    name = hashlib.sha256(str(request.session_hash).encode()).hexdigest()[:32]
    return Path(os.environ.get("GRADIO_TEMP_DIR") or gettempdir()) / f"session-{name}"


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        _lock_of(folder).unlink(missing_ok=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_suffix(".lock")
