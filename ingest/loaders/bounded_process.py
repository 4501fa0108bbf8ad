"""Files are read in a separate process, with bounds of time, memory and output.

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

# Program of the separate process: `serve` of this module, with the import path of this process.
_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from ingest.loaders.bounded_process import serve; serve()"
_LENGTH = struct.Struct(">Q")
_START_SECONDS = 60.0  # until a new process answers
# Seconds by which the process's own alarm comes after the deadline that its parent enforces.
_ALARM_AFTER = 5.0
# One process per core computes; threads of the linear algebra library would only take address space.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
# Idle processes, kept for the next file; any number may be at work at once, one for each thread that asks.
_WAITING: "list[_Worker]" = []
_MOST_WAITING = 2  # processes
_GUARD = threading.Lock()
_PR_SET_PDEATHSIG = 1

# The stream for messages to the parent, in the separate process; None in any other.
_CHANNEL: ContextVar[BinaryIO | None] = ContextVar("channel", default=None)

T = TypeVar("T")
_MessageKind = Literal["ready", "page", "result", "refused", "memory", "output", "failed", "ended"]


def run_bounded(limits: LoadLimits, name: str, function: Callable[..., T], *arguments: object) -> T:
    """Call a function that can be imported by its name in a separate process; arguments and result are pickled.

    Raises:
        LoadError: If the function raises one, a bound of `limits` is exceeded, or the process crashes.
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
        # A process that was interrupted, as by Ctrl-C, is still at work and cannot be used again.
        if not kept:
            worker.close()
    if kind == "result":
        result: T = value  # type: ignore[assignment] # what the function returned
        return result
    if kind == "refused" and isinstance(value, LoadError):
        raise value
    raise LoadError(f"{name!r} {_REASONS[kind].format(limits=limits, value=value)}")


def next_page() -> None:
    """Restart the time limit, since each scanned page has the time of a file; in the separate process only."""
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


_REASONS = {
    "memory": "needs more than {limits.load_memory_bytes:,} bytes of memory to be read; split it, or raise "
    "UNTOC_LOAD__LOAD_MEMORY_BYTES",
    "output": "gives more than {limits.load_output_bytes:,} bytes when it is read; split it, or raise "
    "UNTOC_LOAD__LOAD_OUTPUT_BYTES",
    "failed": "could not be read, perhaps since it is damaged ({value}); save it again",
    "ended": "{value}",
}


class _Worker:
    """A process that reads one file after the other, and a thread that ends it when its time is over.

    That thread also starts the process and lives as long, since the kernel takes the starting thread for the parent.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        # At first the deadline for getting ready; infinite while the process waits for a file.
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
        """Call a function in the process; return `ended` with the reason if it takes too long or crashes."""
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
            # The process closed its pipe, or ended.
            return "ended", self._why(process, limits)
        self._set_deadline(inf)
        return message

    def close(self) -> None:
        """End the process and those that it started."""
        self._set_deadline(0.0)
        self._thread.join()

    def _receive(self, stream: IO[bytes], limits: LoadLimits) -> tuple[_MessageKind, object]:
        length = _LENGTH.unpack(_read(stream, _LENGTH.size))[0]
        # Error messages may be longer than a small bound; the process itself applies the bound to results.
        if length > limits.load_output_bytes + 1_000_000:
            return "output", None
        message: tuple[_MessageKind, object] = pickle.loads(_read(stream, length))
        return message

    def _set_deadline(self, deadline: float) -> None:
        with self._changed:
            # A deadline that has passed stays, since the process is being ended for it.
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
        # The pipe may close shortly before the process ends.
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
        # The whole process group, since a program for text recognition may be at work.
        with suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            # Closing fails if half a request is left in the pipe of the killed process.
            with suppress(OSError, AttributeError):
                stream.close()  # type: ignore[union-attr] # both are pipes


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *filter(None, sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **_ONE_THREAD},
        # A process group of its own, which is ended as a whole, and which Ctrl-C in a terminal does not reach.
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
    # Output that a library prints must not mix with messages.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    _CHANNEL.set(channel)
    # Imported before the first file, so that importing does not count as time of reading it.
    from ingest.loaders.registry import LOADERS

    # `page_images` renders the page that is shown beside a citation.
    for reader in (*(loader.function.partition(":")[0] for loader in LOADERS.values()), "page_images"):
        import_module(f"ingest.loaders.{reader}")
    _send(channel, pickle.dumps(("ready", None)))
    with suppress(EOFError, BrokenPipeError):
        while True:
            length = _LENGTH.unpack(_read(requests, _LENGTH.size))[0]
            _send(channel, _answer(*pickle.loads(_read(requests, length))))
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
        # The alarm has no handler, so it ends the process even inside native code.
        signal.setitimer(signal.ITIMER_REAL, seconds)
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = most if memory is None else memory if most == resource.RLIM_INFINITY else min(memory, most)
    # macOS has the limit but does not accept every value.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
