"""The append-only ledger of decisions: one JSON line each, written under a lock that all processes share."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from evals.errors import EvalError
from evals.files import mend_end
from vectorstore.private import make_private_folder, private_opener

# Writing one line takes milliseconds; whoever holds the lock for longer is stuck.
_WAIT_SECONDS: Final = 5.0


def append_record(path: Path, record: Mapping[str, object]) -> None:
    """Adds a record at the end, whatever other processes add at the same time; a torn last line is cut off first.

    Args:
        path: The file; it and its folder are made where they are missing.
        record: Values that JSON knows.

    Raises:
        EvalError: It cannot be written.
    """
    # ASCII only: other readers break lines at more characters than JSON escapes.
    line = json.dumps(record) + "\n"
    try:
        make_private_folder(path.parent)
        with FileLock(path.with_suffix(".lock"), timeout=_WAIT_SECONDS, mode=0o600):
            mend_end(path)
            with open(path, "a", encoding="ascii", opener=private_opener) as file:
                file.write(line)
    except Timeout as exc:
        raise EvalError(f"not noted: another process holds {exc.lock_file!r}; wait until it is done") from exc
    except OSError as exc:
        raise EvalError(
            f"not noted: {str(path)!r} cannot be written ({exc.strerror}); check its permissions and the free space"
        ) from exc
