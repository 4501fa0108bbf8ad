"""Parsing a chat model's reply into claims as it grows: structured output, or plain lines.

`- Arvandia supports the proposal. [S3, S4]` is a claim with the numbers 3 and 4. One without
numbers is read too, and dropped by `reply_claims.py`.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import regex
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError

from vectorstore.stems import words_of

_IDS: Final = r"\d{1,5}(?:\s*[,;、，]\s*[Ss]?\d{1,5})*\s*[\])】）]\s*"
# Bare numbers in round brackets are ids only after others, or alone and after no number: "article 18 (3) [S2]".
_LINE: Final = regex.compile(
    rf"^\s*(?:[-*•–]|\d{{1,2}}[.)])?\s*(?P<text>.*?\S)\s*"
    rf"(?P<ids>(?:[\[【]\s*[Ss]?{_IDS}|[(（]\s*[Ss]{_IDS})(?:[\[(【（]\s*[Ss]?{_IDS})*"
    rf"|(?<![\d)）]\s*)(?:[(（]\s*{_IDS})+)[.。]?\s*$"
)
_ID: Final = regex.compile(r"\d{1,5}")
# The most claims that are read from a reply; the rest is ignored.
MAX_CLAIMS: Final = 30
_MAX_LINE_CHARS: Final = 4000
# A line without ids is a claim that cites nothing if it has at least so many words, else a heading. Two Chinese
# characters count as a word.
_MIN_CLAIM_WORDS: Final = 5
_HAN_WORD: Final = regex.compile(r"\p{Han}{1,2}")


class WrittenClaim(BaseModel):
    """One claim of a model."""

    text: Annotated[str, AfterValidator(lambda text: " ".join(text.split()))] = Field(
        description="One sentence about one party, in your own words, without quotation marks."
    )
    sentences: list[Annotated[int, BeforeValidator(lambda value: _number(value))]] = Field(
        description="Numbers of the sentences that it rests on: 3 for S3."
    )

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the sentences, each once; 0 stands for an id that cannot be read."""
        return tuple(dict.fromkeys(self.sentences))


class Reply(BaseModel):
    """The claims that answer the question."""

    claims: list[WrittenClaim] = Field(description="The claims, most important first; empty where nothing answers.")


def is_structured(reply: str) -> bool:
    """Returns whether a reply has the structure asked for: `{"claims": []}` says that nothing answers."""
    try:
        Reply.model_validate_json(reply)
    except ValidationError:
        return False
    return True


@dataclass
class StructuredReader:
    """Reads claims from a structured reply as it grows; a claim is complete once the next has begun, or at the end."""

    _read: int = 0
    _last: dict[str, Any] = field(default_factory=dict)

    def feed(self, value: object) -> Iterator[WrittenClaim]:
        """Takes the whole reply received so far, and yields the claims that are now complete."""
        claims = _claims(value)
        if len(claims) >= len(_claims(self._last)) and isinstance(value, dict):
            self._last = value
        while self._read < len(claims) - 1:
            self._read += 1
            yield from _validated(claims[self._read - 1])

    def finish(self) -> Iterator[WrittenClaim]:
        """Yields the claims that were incomplete until the reply ended."""
        for claim in _claims(self._last)[self._read :]:
            yield from _validated(claim)


@dataclass
class LineReader:
    """Reads claims from lines of text that end with the ids of their sentences."""

    _rest: str = ""

    def feed(self, value: object) -> Iterator[WrittenClaim]:
        """Takes the next piece of text, and yields the claims of completed lines."""
        *lines, rest = (self._rest + str(value)).split("\n")
        self._rest = rest[-_MAX_LINE_CHARS:]
        for line in lines:
            yield from _line(line)

    def finish(self) -> Iterator[WrittenClaim]:
        """Yields the claims that were incomplete until the reply ended."""
        yield from _line(self._rest)


def _claims(value: object) -> list[Any]:
    claims = value.get("claims") if isinstance(value, dict) else None
    return claims[:MAX_CLAIMS] if isinstance(claims, list) else []


def _validated(value: object) -> Iterator[WrittenClaim]:
    with suppress(ValidationError):
        yield WrittenClaim.model_validate(value)


def _number(identifier: object) -> int:
    """Returns the number in "S3", "[3]" or 3; anything else gives 0, which is the number of no sentence."""
    match = regex.fullmatch(r"\W*[Ss]?(\d{1,5})\W*", str(identifier))
    return int(match[1]) if match else 0


def _line(line: str) -> Iterator[WrittenClaim]:
    match = _LINE.match(line[:_MAX_LINE_CHARS])
    if match is None:
        if len(words_of(_HAN_WORD.sub(" x ", line))) >= _MIN_CLAIM_WORDS:
            yield WrittenClaim(text=line, sentences=[])
    else:
        yield WrittenClaim(text=match["text"], sentences=[int(found) for found in _ID.findall(match["ids"])])
