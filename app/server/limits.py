"""Limits: how often somebody may ask for something, and how much is worked on together."""

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from app.errors import AppError, SettingsError
from app.settings import ServerConfig

Kind = Literal["requests", "questions", "sign_ins", "of_account"]
# Seconds to wait for room, below the two minutes that clients often wait; and then to stay away.
_LONGEST_WAIT: Final = 100.0
_COMES_BACK: Final = 60
# Each waits in a thread: nobody takes those of the others, and all together leave some for what need not wait.
_OF_ONE_PERSON: Final = 8
_ADDRESSES: Final = 10
MOST_WAITING: Final = 80


class TooManyError(AppError):
    """Somebody asks too often; `seconds` tells when to come back."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class BusyError(TooManyError):
    """Others ask so much that there is no room."""


class LeftError(AppError):
    """Whoever asked waits for the answer no more."""

    def __init__(self) -> None:
        super().__init__("nobody waits for this any more: ask again, and wait")


class EndingError(BusyError):
    """The server ends before it is done with what was asked."""

    def __init__(self) -> None:
        super().__init__("the server stops before it is done with this: ask again in a minute", _COMES_BACK)


class Limits:
    """Counts requests in memory, since one process serves."""

    def __init__(self, config: ServerConfig) -> None:
        kinds: tuple[Kind, ...] = ("requests", "questions", "sign_ins")
        self._rates: dict[Kind, RateLimitItem] = {kind: _rate(kind, getattr(config, kind)) for kind in kinds}
        # Of all addresses together: one of them alone keeps nobody out of their account.
        one = self._rates["sign_ins"]
        self._rates["of_account"] = type(one)(one.amount * _ADDRESSES, one.multiples)
        self._window = MovingWindowRateLimiter(MemoryStorage())
        # Without accounts all are one person.
        of_one = config.at_once if config.accounts == "none" else math.ceil(config.at_once / 2)
        self._slots = _Slots(config.at_once, of_one)
        self._cancelled = threading.Event()

    def close(self) -> None:
        """Has nothing begin from now on, since the server ends; what waits for room is told at once."""
        self._slots.close()

    def cancel(self) -> None:
        """Has what is under way end at its next step."""
        self._cancelled.set()

    def go_on(self) -> None:
        """Is called at each step of what is under way; raises an EndingError once that is cancelled."""
        if self._cancelled.is_set():
            raise EndingError

    def count(self, kind: Kind, *who: str) -> None:
        """Counts one request; a TooManyError says that there were as many as there may be."""
        rate = self._rates[kind]
        if not self._window.hit(rate, kind, *who):
            reset = self._window.get_window_stats(rate, kind, *who).reset_time
            seconds = max(1, math.ceil(reset - time.time()))
            what = "sign-ins" if kind == "of_account" else kind.replace("_", "-")
            raise TooManyError(f"too many {what} ({rate}): try again in {seconds} seconds", seconds)

    @contextmanager
    def slot(self, name: str) -> Iterator[None]:
        """Waits until there is room for one more question of a person.

        A BusyError says that there was none for long, or that too many wait; a TooManyError, that the person has as
        many under way as one person may; an EndingError, that the server ends.
        """
        if not self._slots.acquire(name, timeout=_LONGEST_WAIT):
            if self._slots.closed:
                raise EndingError
            raise BusyError("too much is under way: try again in a minute", _COMES_BACK)
        try:
            yield
        finally:
            self._slots.release(name)


class _Slots:
    """A semaphore whose slots go to whoever has waited longest; Python's lets newcomers pass, and some wait forever.

    A person holds so many at most, so that long work of one, such as briefings, leaves room for the others' questions.
    """

    def __init__(self, free: int, of_one: int) -> None:
        self._free, self._of_one, self._held = free, of_one, Counter[str]()
        self._lock, self._waiting = threading.Lock(), deque[tuple[str, threading.Event]]()
        self.closed = False

    def acquire(self, name: str, timeout: float) -> bool:
        turn = (name, threading.Event())
        with self._lock:
            if self._held[name] + sum(waits == name for waits, _ in self._waiting) >= _OF_ONE_PERSON:
                raise TooManyError(f"{_OF_ONE_PERSON} of yours are under way: wait for an answer", _COMES_BACK)
            # Where a slot is free, those who wait hold as many as they may.
            has_room = self._free > 0 and self._held[name] < self._of_one
            if self.closed or (not has_room and len(self._waiting) >= MOST_WAITING):
                return False
            if has_room:
                self._take(name)
                return True
            self._waiting.append(turn)
        turn[1].wait(timeout)
        with self._lock:
            # Whoever was given room is taken out of those who wait, if need be at the last moment.
            given = turn not in self._waiting
            if not given:
                self._waiting.remove(turn)
            return given

    def release(self, name: str) -> None:
        with self._lock:
            self._free += 1
            self._held -= Counter((name,))
            turn = next((each for each in self._waiting if self._held[each[0]] < self._of_one), None)
            if turn is not None and not self.closed:
                self._waiting.remove(turn)
                self._take(turn[0])
                turn[1].set()

    def close(self) -> None:
        with self._lock:
            self.closed = True
            for _, turn in self._waiting:
                turn.set()

    def _take(self, name: str) -> None:
        self._free -= 1
        self._held[name] += 1


def _rate(kind: Kind, text: str) -> RateLimitItem:
    try:
        return parse(text)
    except ValueError as exc:
        name = f"UNTOC_SERVER__{kind.upper()}"
        raise SettingsError(f"{name}={text!r} is no rate: write it like 30/minute") from exc
