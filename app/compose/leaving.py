"""Leaving a reply that still comes: an interrupted chain of langchain would read it to its end, for its records."""

import threading
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler


class LeftError(BaseException):
    """Nobody reads the reply any more; no fault, so that langchain does not log it as one."""


class Leaving(BaseCallbackHandler):
    """Ends a stream at its next piece once nobody reads it any more."""

    raise_error = True

    def __init__(self, left: threading.Event) -> None:
        self._left = left

    def on_llm_new_token(self, token: Any, **details: Any) -> None:  # noqa: ANN401 - as the base class has it
        """Is called with every piece.

        Raises:
            LeftError: Nobody reads any more.
        """
        if self._left.is_set():
            raise LeftError
