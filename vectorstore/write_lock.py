"""The write lock of a store in a folder: a locked file, with a note beside it that says who holds it."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from vectorstore.errors import StoreLockedError, StoreReadOnlyError


@contextmanager
def write_lock(store: Path, wait: float) -> Iterator[None]:
    """Holds the write lock; after `wait` seconds a StoreLockedError names who holds it."""
    lock = FileLock(store / "write.lock", mode=0o600)
    # A file of its own, since the locked one has to stay empty on some systems.
    holder = store / "write.holder"
    try:
        lock.acquire(timeout=wait)
    except Timeout as exc:
        named = ""
        with suppress(OSError):
            named = holder.read_text(encoding="utf-8")
        raise StoreLockedError(
            f"{named or 'another process'} writes to the store {str(store)!r}, and {wait:g} s were not enough: run"
            " this again when it is done, wait longer with UNTOC_WAIT_SECONDS, or choose another store with --store"
        ) from exc
    except OSError as exc:
        raise StoreReadOnlyError(
            f"the store {str(store)!r} cannot be locked for writing ({exc.strerror}): change its permissions,"
            " or choose another with --store"
        ) from exc
    try:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        # Errors are ignored, since only a message needs the note; on a full disk the store's own write reports it.
        with suppress(OSError):
            holder.write_text(f"process {os.getpid()} on {platform.node()}, since {now},", encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            holder.unlink()
        lock.release()
