"""The process that reads files: work beyond its limits is ended with a reason, and no process is left behind."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.errors import EmptyFileError, LoadError
from ingest.loaders.bounded_process import run_bounded
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.worker import exists, load, with_members
from tests.fakes_files import zip_of

# A busy machine takes seconds to start a process.
LIMITS = LoadLimits(load_seconds=60, load_memory_bytes=600_000_000, load_output_bytes=1_000_000)
SOON = LIMITS.model_copy(update={"load_seconds": 1})


def processes(mark: str) -> list[int]:
    """Returns the ids of running processes whose command line contains a mark."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
                ended = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            except OSError:
                continue
            if mark in command and not ended:
                found.append(int(folder.name))
    return found


def wait_until(holds, seconds=20.0):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "arguments", "reason"),
    [
        (time.sleep, (600,), "took longer than 1 s"),
        # Native code that never returns control to the interpreter.
        (re.match, (r"(a+)+b", "a" * 60), "took longer than 1 s"),
        (bytes, (10**9,), "UNTOC_LOAD__LOAD_MEMORY_BYTES"),
        (bytes, (2 * 10**6,), "UNTOC_LOAD__LOAD_OUTPUT_BYTES"),
        (ctypes.string_at, (0,), "SIGSEGV"),
        (os.abort, (), "SIGABRT"),
        (os._exit, (3,), "ended with 3"),
        (os.kill, (0, signal.SIGKILL), "SIGKILL"),
        (int, ("x",), "ValueError"),
        (float, (10**400,), "OverflowError"),
        (sys.exit, (0,), "ended with 0"),
    ],
)
def test_file_that_goes_over_a_bound_is_refused_with_the_reason_and_the_next_is_read(function, arguments, reason):
    with pytest.raises(LoadError, match=reason) as caught:
        run_bounded(SOON if "1 s" in reason else LIMITS, "a.pdf", function, *arguments)
    assert str(caught.value).startswith("'a.pdf' ") and "\n" not in str(caught.value)
    assert run_bounded(LIMITS, "b.pdf", len, "four") == 4


@pytest.mark.slow
def test_programs_that_the_process_started_end_with_it():
    with pytest.raises(LoadError, match="took longer than 1 s"):
        run_bounded(SOON, "a.pdf", subprocess.run, ["sleep", "602"])
    assert wait_until(lambda: not processes("sleep\x00602"))


def test_refusal_of_a_loader_comes_back_as_it_was(tmp_path):
    (tmp_path / "a.txt").touch()
    with pytest.raises(EmptyFileError, match="holds no text"):
        load(tmp_path / "a.txt", LIMITS)


def test_one_process_reads_file_after_file_whatever_a_library_prints():
    assert run_bounded(LIMITS, "a.txt", os.getpid) == run_bounded(LIMITS, "b.txt", os.getpid) != os.getpid()
    assert run_bounded(LIMITS, "a.txt", print, "noise") is None
    assert run_bounded(LIMITS, "a.txt", os.write, 1, b"noise" * 100) == 500


@pytest.mark.slow
def test_threads_read_at_the_same_time():
    with ThreadPoolExecutor(4) as pool:
        pids = list(pool.map(lambda _: run_bounded(LIMITS, "a.txt", _pid_after, 0.5), range(4)))
    assert len(set(pids)) == 4


def _pid_after(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_is_left_when_its_parent_is_ended(ended_by, tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(
        "import signal, subprocess\n"
        # A test run in the background would leave SIGINT ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from ingest.loaders.bounded_process import run_bounded\n"
        "from ingest.loaders.loaded import LoadLimits\n"
        "print(run_bounded(LoadLimits(), 'a', len, ''), flush=True)\n"
        "run_bounded(LoadLimits(), 'a', eval, \"__import__('re').match('(a+)+b', 'a' * 70)\")\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "mark"), *filter(None, sys.path)])}
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    assert parent.stdout.readline() == b"0\n"
    mark = str(tmp_path / "mark")
    assert len(processes(mark)) == 1
    time.sleep(0.3)
    parent.send_signal(ended_by)
    parent.communicate(timeout=120)
    assert wait_until(lambda: not processes(mark))


def test_files_are_read_and_listed_as_in_this_process(tmp_path):
    (tmp_path / "a.txt").write_text("We support article 4.", encoding="utf-8")
    (tmp_path / "a.zip").write_bytes(zip_of({"in/b.txt": b"We support article 5."}))
    inside = tmp_path / "a.zip" / "in" / "b.txt"
    assert load(tmp_path / "a.txt", LoadLimits(), tmp_path).text == "We support article 4."
    assert with_members(tmp_path / "a.zip", LoadLimits()) == (inside,)
    assert load(inside, LoadLimits(), tmp_path).text == "We support article 5."
    assert exists(inside, LoadLimits()) and not exists(tmp_path / "a.zip" / "c.txt", LoadLimits())
