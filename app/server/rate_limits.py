"""Limits: rates of requests per person or address, and how many questions are worked on at the same time."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from app.errors import AppError, SettingsError
from app.settings import ServerConfig

Kind = Literal["requests", "questions", "sign_ins", "of_account"]
# Seconds to wait for a slot, below the two minutes of many clients' timeouts; and seconds after which to retry.
_LONGEST_WAIT: Final = 100.0
_RETRY_SECONDS: Final = 60
# A waiting request blocks a thread: one person may not block all, and some stay free for what needs no slot.
_MOST_OF_ONE_PERSON: Final = 8
_ADDRESSES_PER_ACCOUNT: Final = 10
MOST_WAITING: Final = 80


class TooManyError(AppError):
    """One person or address sends too many requests; `seconds` tells how long to wait before a retry."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class BusyError(TooManyError):
    """No slot is free, because other people's requests occupy them."""


class DisconnectedError(AppError):
    """The client has disconnected before its answer was ready."""


class ShutdownError(BusyError):
    """The server shuts down before the request is done."""

    def __init__(self) -> None:
        super().__init__("the server stops before it is done with this: ask again in a minute", _RETRY_SECONDS)


class Limits:
    """Rate limits and slots, counted in memory, since one process serves all requests."""

    def __init__(self, config: ServerConfig) -> None:
        kinds: tuple[Kind, ...] = ("requests", "questions", "sign_ins")
        self._rates: dict[Kind, RateLimitItem] = {kind: _rate(kind, getattr(config, kind)) for kind in kinds}
        # Sign-ins to one account from all addresses together, so that one address alone cannot lock its owner out.
        rate = self._rates["sign_ins"]
        self._rates["of_account"] = type(rate)(rate.amount * _ADDRESSES_PER_ACCOUNT, rate.multiples)
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._at_once = config.at_once
        # One person's long work, such as briefings, leaves slots to others; without accounts there is only one person.
        self._of_one = config.at_once if config.accounts == "none" else math.ceil(config.at_once / 2)
        # First come, first served: with Python's semaphores newcomers overtake, and some requests wait forever.
        self._running, self._waiting = list[str](), list[tuple[str, object]]()
        self._changed, self._closed, self._cancelled = threading.Condition(), False, threading.Event()

    def close(self) -> None:
        """Lets no request start from now on, since the server shuts down; waiting ones get an ShutdownError at once."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def cancel(self) -> None:
        """Makes every running request end at its next step, in `stop_if_over`."""
        self._cancelled.set()

    def stop_if_over(self) -> None:
        """Raises an ShutdownError once requests are cancelled; called at each step of a running request."""
        if self._cancelled.is_set():
            raise ShutdownError

    def count(self, kind: Kind, *who: str) -> None:
        """Counts one request against the rate of its kind; raises a TooManyError if that is exceeded."""
        rate = self._rates[kind]
        if not self._window.hit(rate, kind, *who):
            reset = self._window.get_window_stats(rate, kind, *who).reset_time
            seconds = max(1, math.ceil(reset - time.time()))
            what = "sign-ins" if kind == "of_account" else kind.replace("_", "-")
            raise TooManyError(f"too many {what} ({rate}): try again in {seconds} seconds", seconds)

    @contextmanager
    def slot(self, name: str) -> Iterator[None]:
        """Waits for a slot for one more question of a person, and frees it at the end.

        Raises a BusyError if no slot was free in time or too many requests wait; a TooManyError if the person has as
        many running and waiting as one person may; an ShutdownError if the server shuts down.
        """
        request = (name, object())
        with self._changed:
            if [*self._running, *(who for who, _ in self._waiting)].count(name) >= _MOST_OF_ONE_PERSON:
                raise TooManyError(f"{_MOST_OF_ONE_PERSON} of yours are under way: wait for an answer", _RETRY_SECONDS)
            self._waiting.append(request)
            self._admit()
            if len(self._waiting) <= MOST_WAITING:
                self._changed.wait_for(lambda: self._closed or request not in self._waiting, _LONGEST_WAIT)
            if request in self._waiting:
                self._waiting.remove(request)
                if self._closed:
                    raise ShutdownError
                raise BusyError("too much is under way: try again in a minute", _RETRY_SECONDS)
        try:
            yield
        finally:
            with self._changed:
                self._running.remove(name)
                self._admit()

    def _admit(self) -> None:
        """Gives free slots to those who have waited longest, except people who hold as many as one person may."""
        for name, request in [] if self._closed else [*self._waiting]:
            if len(self._running) < self._at_once and self._running.count(name) < self._of_one:
                self._waiting.remove((name, request))
                self._running.append(name)
        self._changed.notify_all()


def _rate(kind: Kind, text: str) -> RateLimitItem:
    try:
        return parse(text)
    except ValueError as exc:
        name = f"UNTOC_SERVER__{kind.upper()}"
        raise SettingsError(f"{name}={text!r} is no rate: write it like 30/minute") from exc
