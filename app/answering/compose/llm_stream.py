"""Streaming from a chat model within a time limit: usage, and cancellation by a token that is polled.

Claims are yielded as the reply comes; closing the iteration sets the token, and the request ends at its next piece.
"""

import json
import queue
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from app.answering.compose.composition import Used
from app.answering.compose.reply_parser import LineReader, StructuredReader, WrittenClaim
from app.chat_model import LlmConfig
from ingest.text.splitter import count_tokens

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

# Characters read for each token that a reply may have; a longer reply is cut off.
_MAX_CHARS_PER_TOKEN: Final = 8
# Seconds between two heartbeats while no piece comes.
_HEARTBEAT_SECONDS: Final = 0.5


@dataclass
class Usage:
    """Tokens and requests used; estimated with cl100k where the provider reports none."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    requests: int = 0
    estimated: bool = False

    def to_json(self, config: LlmConfig) -> Used:
        """Returns the contract's `usage`, with the cost where prices are set."""
        usage: dict[str, int | float | bool] = asdict(self)
        if config.input_price or config.output_price:
            cost = self.prompt_tokens * config.input_price + self.completion_tokens * config.output_price
            usage["cost"] = round(cost / 1_000_000, 6)
        return usage


def add_usage(one: Used, other: Used) -> Used:
    """Returns the usage of two requests together: sums, and whether either was estimated."""
    both = dict(one)
    for name, used in other.items():
        before = both.get(name, 0)
        both[name] = bool(before) or used if isinstance(used, bool) else round(before + used, 6)
    return both


class NoReplyError(Exception):
    """The model did not answer: not in time (`slow`), or not at all."""

    def __init__(self, message: str, *, slow: bool = False) -> None:
        super().__init__(message)
        self.slow = slow


@dataclass
class ModelRequest:
    """One request: iterate over it for the claims of the reply, or over its `pieces`; closing either early stops it.

    The `reply`, as far as it was read, and its `usage` are complete when the iteration ends.
    """

    chat: "BaseChatModel"
    messages: "Sequence[BaseMessage]"
    config: LlmConfig
    schema: dict[str, Any] | None
    """The JSON schema of a structured reply; None for plain text."""
    deadline: float
    usage: Usage
    reply: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)
    # Whether the provider has reported usage; set by the listening thread.
    _usage_reported: bool = False

    def __iter__(self) -> Iterator[WrittenClaim | None]:
        """Yields claims as they come, and None as a heartbeat between them, at which the caller can stop waiting.

        Raises NoReplyError where no reply comes, or none in time; claims that came before have been yielded.
        """
        reader = LineReader() if self.schema is None else StructuredReader()
        with closing(self.pieces()) as pieces:
            try:
                for piece in pieces:
                    if piece is None:
                        yield None
                    else:
                        yield from reader.feed(piece)
            except NoReplyError:
                yield from reader.finish()
                raise
            yield from reader.finish()

    def pieces(self) -> Generator[object, None, None]:
        """Yields pieces of the reply, of a structured one the whole so far each time, and None as a heartbeat.

        Raises NoReplyError where no reply comes, or none in time.
        """
        if self.deadline <= time.monotonic():
            raise NoReplyError("no time is left to ask", slow=True)
        # Bounded, so that the model cannot run far ahead of the reader.
        pieces: queue.Queue[object] = queue.Queue(maxsize=64)
        worker = threading.Thread(target=self._listen, args=(pieces,), daemon=True)
        worker.start()
        try:
            while True:
                left = self.deadline - time.monotonic()
                if left <= 0:
                    raise NoReplyError("no answer in time", slow=True)
                try:
                    piece = pieces.get(timeout=min(left, _HEARTBEAT_SECONDS))
                except queue.Empty:
                    yield None
                    continue
                if piece is _END:
                    break
                if isinstance(piece, BaseException):
                    raise NoReplyError(str(piece) or type(piece).__name__) from piece
                whole = None if isinstance(piece, str) else json.dumps(piece, ensure_ascii=False)
                self.reply = f"{self.reply}{piece}" if whole is None else whole
                yield piece
                if len(self.reply) > _MAX_CHARS_PER_TOKEN * self.config.max_tokens:
                    break
        finally:
            self._stop.set()
            if not self._usage_reported:
                self.usage.estimated = True
                self.usage.prompt_tokens += sum(count_tokens(str(message.content)) for message in self.messages)
                self.usage.completion_tokens += count_tokens(self.reply)

    def _listen(self, pieces: "queue.Queue[object]") -> None:
        """Queues the pieces of the reply, in a thread of its own, since a client may block past the deadline."""
        try:
            for piece in self._stream():
                _put(pieces, piece, self._stop)
            _put(pieces, _END, self._stop)
        except Exception as exc:  # the clients of providers have no error in common
            _put(pieces, exc, self._stop)

    def _stream(self) -> Iterator[object]:
        from langchain_core.callbacks import UsageMetadataCallbackHandler

        counting = UsageMetadataCallbackHandler()
        self.usage.requests += 1
        model, *parsers = self._links()
        try:
            # Cancellation is polled at every chunk, since langchain would read a closed stream to its end.
            written = model.stream(list(self.messages), {"callbacks": [counting]})
            chunks: Iterator[Any] = takewhile(lambda _: not self._stop.is_set(), written)
            for parser in parsers:
                chunks = parser.transform(chunks)
            for chunk in chunks:
                piece = str(chunk.text) if self.schema is None else chunk
                if piece is not None and piece != "":
                    yield piece
        finally:
            for used in counting.usage_metadata.values():
                self._usage_reported = True
                self.usage.prompt_tokens += used["input_tokens"]
                self.usage.completion_tokens += used["output_tokens"]

    def _links(self) -> "Sequence[Runnable[Any, Any]]":
        """Returns the model, and after it the parsers that turn its messages into structured output."""
        from langchain_core.runnables import RunnableSequence

        if self.schema is None:
            return [self.chat]
        # With a schema given as a dict, partial replies are streamed.
        structured: Runnable[Any, Any] = self.chat.with_structured_output(self.schema)
        return structured.steps if isinstance(structured, RunnableSequence) else [structured]


_END: Final = object()


def _put(pieces: "queue.Queue[object]", piece: object, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            pieces.put(piece, timeout=0.2)
        except queue.Full:
            continue
        return
