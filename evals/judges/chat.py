"""A chat model as judge: votes on whether quotations support a claim, by a prompt in which both are only data."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, Field, StrictBool, ValidationError

from evals.errors import EvalError
from evals.judges.claims import QuotedClaim
from prompts.prompt import Prompt, load_prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

VOTES: Final = 3
_SHOWN: Final = 200
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class JudgeReply(BaseModel):
    """Whether the quotations support the claim."""

    # First, so that a model gives its reasons before it decides.
    rationale: str = Field(default="", description="One or two sentences that say why.")
    supported: StrictBool = Field(description="Whether every part of the claim is supported by the quotations.")


@dataclass(frozen=True, kw_only=True)
class Vote:
    """One reply of the model.

    Attributes:
        supported: None where the reply holds no verdict, or more than one.
        failed: Whether there was no reply at all; `rationale` says why.
    """

    supported: bool | None
    rationale: str
    failed: bool = False


class ChatJudge:
    """Asks a chat model, several times for each claim."""

    def __init__(self, chat: "BaseChatModel", *, votes: int = VOTES) -> None:
        self._chat = chat
        self._votes = votes
        self._prompt = load_prompt("judge")
        try:
            # What the model said is kept beside what was read from it: it may have replied in plain text.
            self._structured: Any = chat.with_structured_output(JudgeReply, include_raw=True)
        except NotImplementedError:
            # A model without structured output replies in plain text, which is read as well.
            self._structured = None

    @property
    def version(self) -> str:
        """Prompt and number of votes: verdicts of another version are not mixed with these."""
        return f"{self._prompt.version}/{self._votes}"

    def votes(self, claim: QuotedClaim) -> tuple[Vote, ...]:
        """Returns the votes on a claim; each sees the quotations in another order, since the first weighs most.

        Source: Zheng et al., Judging LLM-as-a-Judge (NeurIPS 2023), on position bias.
        """
        return tuple(self._vote(messages(claim, self._prompt, first=number)) for number in range(self._votes))

    def _vote(self, asked: "list[BaseMessage]") -> Vote:
        if self._structured is not None:
            try:
                reply = self._structured.invoke(asked)
            except Exception:  # the clients of providers have no error in common
                # A provider may refuse the schema and still answer in plain text.
                plain = self._plain(asked)
                if not plain.failed:
                    self._structured = None
                return plain
            parsed = reply["parsed"]
            if isinstance(parsed, JudgeReply):
                return Vote(supported=parsed.supported, rationale=parsed.rationale)
            return read_vote(str(reply["raw"].text))
        return self._plain(asked)

    def _plain(self, asked: "list[BaseMessage]") -> Vote:
        try:
            reply = self._chat.invoke(asked)
        except Exception as exc:  # the clients of providers have no error in common
            return Vote(supported=None, rationale=_reason(exc), failed=True)
        return read_vote(str(reply.text))


def messages(claim: QuotedClaim, prompt: Prompt, *, first: int = 0) -> "list[BaseMessage]":
    """Returns what the model is told.

    Args:
        claim: The claim; its words and its quotations stand between tags, and cannot close these.
        prompt: The prompt.
        first: Which quotation comes first; counted on from the last to the first again.
    """
    from langchain_core.messages import HumanMessage, SystemMessage

    count = len(claim.quotes)
    order = [(first + place) % count for place in range(count)]
    quotations = "\n\n".join(f"<quotation>\n{inert(claim.quotes[index])}\n</quotation>" for index in order)
    return [
        SystemMessage(prompt.system),
        HumanMessage(prompt.ask(claim=inert(claim.text), quotations=quotations)),
    ]


def inert(text: str) -> str:
    """Returns a text in which no tag can begin or end."""
    return text.translate(_ESCAPES)


def read_vote(text: str) -> Vote:
    """Reads a verdict from a reply in plain text; none is guessed where there is none, or where there are two."""
    verdicts = list(_verdicts(text))
    if len({verdict.supported for verdict in verdicts}) != 1:
        return Vote(supported=None, rationale=f"no verdict in: {_line(text)}")
    return Vote(supported=verdicts[-1].supported, rationale=verdicts[-1].rationale)


def _verdicts(text: str) -> Iterator[JudgeReply]:
    decoder, start = json.JSONDecoder(), text.find("{")
    while start >= 0:
        try:
            value, end = decoder.raw_decode(text, start)
            yield JudgeReply.model_validate(value)
        except (json.JSONDecodeError, RecursionError):
            end = start + 1
        except ValidationError:
            pass
        start = text.find("{", end)


def open_chat(model: str) -> "BaseChatModel":
    """Returns a chat model by its name, `PROVIDER:NAME`, at temperature 0.

    Raises:
        EvalError: The provider is unknown, its package is not installed, or it cannot be set up.
    """
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(model, temperature=0)
    except ImportError as exc:
        match = re.search(r"requires the (\S+) package", str(exc))
        package = match[1] if match else (exc.name or "of its provider").replace("_", "-")
        raise EvalError(
            f"the judge {model!r} needs the package {package}: install the extra with `pip install 'untoc[judge]'`,"
            f" or a package that it does not bring with `pip install {package}`"
        ) from exc
    except ValueError as exc:
        # Covers what pydantic finds wrong with a client's fields, such as a key that is not there.
        raise EvalError(
            f"the judge {model!r} cannot be used ({_reason(exc)}): name it PROVIDER:NAME, such as openai:NAME or"
            " ollama:NAME, and set the provider's key in the environment if it needs one"
        ) from exc
    except Exception as exc:  # the clients of providers have no error in common
        raise EvalError(f"the judge {model!r} cannot be set up: {_reason(exc)}") from exc


def _reason(exc: Exception) -> str:
    # A validation error repeats its input, which may hold a key.
    text = exc.errors()[0]["msg"] if isinstance(exc, ValidationError) else str(exc)
    return _line(f"{type(exc).__name__}: {text}")


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
