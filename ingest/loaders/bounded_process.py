"""Files are read in a process apart, with bounds of time, memory and output.

The libraries that read files are native code, and what a hostile file makes one of them do (hang, take all memory,
crash) ends that process and not this one: the file is reported as failed, and a new process reads the next. A process
is kept from file to file, since starting one takes about half a second.

It is started as a program of its own and not forked, since a fork of a process with threads may hang. It ends when
this process ends, however it ends: the kernel sees to that on Linux; elsewhere it sees its input close, or an alarm
goes off. Where there are no resource limits (Windows, and in part macOS), time and output are bounded all the same.
"""

import atexit
import ctypes
import logging
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from importlib import import_module
from math import inf
from typing import IO, BinaryIO, Literal, NoReturn, TypeVar

from ingest.errors import LoadError
from ingest.loaders.loaded import LoadLimits

logger = logging.getLogger(__name__)

# What the process runs: this module, found where this process finds it.
_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from ingest.loaders.bounded_process import serve; serve()"
_LENGTH = struct.Struct(">Q")
_START_SECONDS = 60.0
# By how much the alarm of the process itself comes after the deadline that its parent keeps.
_ALARM_AFTER = 5.0
# One process per core computes; threads of the linear algebra library would only take address space.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
# Processes that wait for the next file; as many work at once as threads ask.
_WAITING: "list[_Worker]" = []
_MOST_WAITING = 2
_GUARD = threading.Lock()
_PR_SET_PDEATHSIG = 1

# Where the process apart tells of what it does; None in any other.
_CHANNEL: ContextVar[BinaryIO | None] = ContextVar("channel", default=None)

T = TypeVar("T")
_MessageKind = Literal["ready", "page", "result", "refused", "memory", "output", "failed", "ended"]


def run_bounded(limits: LoadLimits, name: str, function: Callable[..., T], *arguments: object) -> T:
    """Call a function that can be imported by its name in a process apart; arguments and result are pickled.

    Raises:
        LoadError: What the function raises of that kind, or a bound of `limits` was exceeded, or the process crashed.
    """
    with _GUARD:
        worker = _WAITING.pop() if _WAITING else None
    worker = worker if worker is not None and worker.is_alive() else _Worker()
    kept = False
    try:
        kind, value = worker.run(limits, function, *arguments)
        with _GUARD:
            kept = kind in ("result", "refused") and len(_WAITING) < _MOST_WAITING
            if kept:
                _WAITING.append(worker)
    finally:
        # Interrupted, as by Ctrl-C, it is still at work.
        if not kept:
            worker.close()
    if kind == "result":
        result: T = value  # type: ignore[assignment] # what the function returned
        return result
    if kind == "refused" and isinstance(value, LoadError):
        raise value
    raise LoadError(f"{name!r} {_REASONS[kind](limits, value)}")


def next_page() -> None:
    """Begin the time for a page anew, as each scanned page has the time of a file; in the process apart only."""
    channel = _CHANNEL.get()
    if channel is not None:
        _send(channel, pickle.dumps(("page", None)))


def die_with_parent() -> None:
    """Have the kernel end this process when the thread that started it ends; on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@atexit.register
def _close_waiting() -> None:
    for worker in _WAITING:
        worker.close()


_REASONS: dict[str, Callable[[LoadLimits, object], str]] = {
    "memory": lambda limits, _: (
        f"needs more than {limits.load_memory_bytes:,} bytes of memory to be read; "
        "split it, or raise UNTOC_LOAD__LOAD_MEMORY_BYTES"
    ),
    "output": lambda limits, _: (
        f"gives more than {limits.load_output_bytes:,} bytes when it is read; "
        "split it, or raise UNTOC_LOAD__LOAD_OUTPUT_BYTES"
    ),
    "failed": lambda _, value: f"could not be read, perhaps since it is damaged ({value}); save it again",
    "ended": lambda _, value: str(value),
}


class _Worker:
    """A process that reads one file after the other, and a thread that ends it when its time is over.

    That thread also starts it, and lives as long: the kernel takes the thread that started a process for its parent.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        # Until it is ready; none while it waits for a file.
        self._deadline = time.monotonic() + _START_SECONDS
        self._process: subprocess.Popen[bytes] | None = None
        self._problem = ""
        started = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(started,), name="load", daemon=True)
        self._thread.start()
        started.wait()

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def run(
        self, limits: LoadLimits, function: Callable[..., object], *arguments: object
    ) -> tuple[_MessageKind, object]:
        """Have a function called; where that takes too long, or crashes the process, it is `ended`, with the reason."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return "ended", f"was not read: {self._problem}"
        try:
            if self._deadline < inf:
                self._receive(process.stdout, limits)
            began = time.monotonic()
            self._set_deadline(began + limits.load_seconds)
            _send(process.stdin, pickle.dumps((function, arguments, limits)))
            latest = began + max(limits.scan_seconds, limits.load_seconds)
            while (message := self._receive(process.stdout, limits))[0] == "page":
                self._set_deadline(min(time.monotonic() + limits.load_seconds, latest))
        except (OSError, EOFError, ValueError):
            # Its pipe is closed, by it or with it.
            return "ended", self._why(process, limits)
        self._set_deadline(inf)
        return message

    def close(self) -> None:
        """End the process and those that it started."""
        self._set_deadline(0.0)
        self._thread.join()

    def _receive(self, stream: IO[bytes], limits: LoadLimits) -> tuple[_MessageKind, object]:
        length = _LENGTH.unpack(_read(stream, _LENGTH.size))[0]
        # Names of what went wrong come with the result; the process itself keeps to the bound.
        if length > limits.load_output_bytes + 1_000_000:
            return "output", None
        message: tuple[_MessageKind, object] = pickle.loads(_read(stream, length))
        return message

    def _set_deadline(self, deadline: float) -> None:
        with self._changed:
            # One that has passed stays, since the process is being ended for it.
            if time.monotonic() < self._deadline:
                self._deadline = deadline
            self._changed.notify()

    def _why(self, process: subprocess.Popen[bytes], limits: LoadLimits) -> str:
        if time.monotonic() >= self._deadline:
            return (
                f"took longer than {limits.load_seconds} s to be read (for scans {limits.load_seconds} s a page and"
                f" {limits.scan_seconds} s in all); "
                "split it, or raise UNTOC_LOAD__LOAD_SECONDS and UNTOC_LOAD__SCAN_SECONDS"
            )
        # Its pipe may close a little before it ends.
        with suppress(subprocess.TimeoutExpired):
            process.wait(1.0)
        self.close()
        code, signals = process.returncode, {each.value: each.name for each in signal.Signals}
        ended = f"by {signals.get(-code, f'signal {-code}')}" if code < 0 else f"with {code}"
        return (
            f"made the program that reads it crash (ended {ended}); it may be damaged, or need more memory than "
            "UNTOC_LOAD__LOAD_MEMORY_BYTES: save it again"
        )

    def _watch(self, started: threading.Event) -> None:
        try:
            process = self._process = _start()
        except OSError as exc:
            self._problem = f"no process to read files can be started ({exc.strerror}); close other programs"
            return
        finally:
            started.set()
        with self._changed:
            while (left := self._deadline - time.monotonic()) > 0:
                self._changed.wait(min(left, threading.TIMEOUT_MAX))
        # The group, since a program for text recognition may be at work.
        with suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            # Half a request that nobody took is left in it when it was killed.
            with suppress(OSError, AttributeError):
                stream.close()  # type: ignore[union-attr] # both are pipes


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *filter(None, sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **_ONE_THREAD},
        # A group of its own, to end it with what it started; Ctrl-C in a terminal does not reach it.
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(_LENGTH.pack(len(message)) + message)
    stream.flush()


def _read(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


def serve() -> NoReturn:
    """Call what is asked for on standard input, one call after the other, until it closes."""
    die_with_parent()
    requests, channel = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints must not come between.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    _CHANNEL.set(channel)
    # Imported before the first file, so that this does not count as its time.
    from ingest.loaders.registry import LOADERS

    # The last shows the page beside a citation.
    for reader in (*(loader.function.partition(":")[0] for loader in LOADERS.values()), "page_images"):
        import_module(f"ingest.loaders.{reader}")
    _send(channel, pickle.dumps(("ready", None)))
    while True:
        try:
            function, arguments, limits = pickle.loads(_read(requests, _LENGTH.unpack(_read(requests, 8))[0]))
        except EOFError:
            sys.exit(0)
        answer = _answer(function, arguments, limits)
        try:
            _send(channel, answer)
        except BrokenPipeError:
            sys.exit(0)


def _answer(function: Callable[..., object], arguments: tuple[object, ...], limits: LoadLimits) -> bytes:
    _limit(limits.load_memory_bytes, max(limits.load_seconds, limits.scan_seconds) + _ALARM_AFTER)
    try:
        answer = pickle.dumps(("result", function(*arguments)))
        return answer if len(answer) <= limits.load_output_bytes else pickle.dumps(("output", None))
    except LoadError as exc:
        return pickle.dumps(("refused", exc))
    except MemoryError:
        return pickle.dumps(("memory", None))
    except Exception as exc:
        logger.info("reading a file raised", exc_info=True)
        return pickle.dumps(("failed", f"{type(exc).__name__}: {exc}"[:200].splitlines()[0]))
    finally:
        _limit(None, 0.0)


def _limit(memory: int | None, seconds: float) -> None:
    """Set how much address space this process may take, and when it is ended if its parent does not do so."""
    if hasattr(signal, "setitimer"):
        # Nobody handles the alarm: it ends the process, whatever native code is at.
        signal.setitimer(signal.ITIMER_REAL, seconds)
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = most if memory is None else memory if most == resource.RLIM_INFINITY else min(memory, most)
    # macOS knows the limit and does not take every value.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
