"""The model composer: a chat model words claims on numbered sentences; `reply_claims.py` checks each.

The model never writes a quotation and names no State: "[S3] …" in its reply says on which sentence a claim rests, and
that sentence's statement says whose words it is.
"""

import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from app.answering.claims.claim_check import check_translation
from app.answering.claims.form import unquoted
from app.answering.compose.composition import ModelDraft, Used, WriterProblem
from app.answering.compose.llm_stream import ModelRequest, NoReplyError, Usage
from app.answering.compose.prompt_evidence import inert, number_sentences
from app.answering.compose.reply_claims import ClaimChecker
from app.answering.compose.reply_parser import Reply, is_structured
from app.answering.localization import Localization, language_name
from app.chat_model import LlmConfig, error_message, redact
from app.question.llm_reading import ProposedReading
from app.records import Citation, Sources, Style
from ingest.parties.party_table import PartyTable
from ingest.text.splitter import count_tokens
from prompts.prompt import Prompt, load_prompt
from prompts.wording import known_language
from vectorstore.records import Sentence

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

    from vectorstore.rerank import EntailmentModel

logger = logging.getLogger(__name__)

_STYLES: Final[dict[Style, str]] = {
    "answer": "",
    "shorter": "Be as short as you can: only what matters most.",
    "points": "Write them as talking points: each short, and fit to be read aloud.",
}
# Share of the context window that is left free, since tokenizers differ.
_FREE_SHARE: Final = 0.1
# Seconds that must be left for a second attempt, with plain lines.
_MIN_SECONDS_TO_RETRY: Final = 1.0
# Quotations in one request for translations.
_TRANSLATED_TOGETHER: Final = 10
# Failures in a row after which a model is not asked again for a briefing or its translations.
FAILURES_MAX: Final = 2
# The most dropped claims that a draft keeps.
_MAX_DROPPED: Final = 60
# The most earlier questions that are given to the model with a question to read.
_MAX_EARLIER_QUESTIONS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Task:
    """What to write claims on: the question or heading, and per party its sentences, strongest first."""

    question: str
    chosen: Sequence[Sequence[Sentence]]
    asked: Sequence[str]
    """The parties asked about: a joint statement is written on as that of the first of them."""
    sources: Sources
    limit: int
    style: Style = "answer"


@dataclass
class _TimeLimit:
    """The seconds that the requests of one answer may still wait for the model, together."""

    left: float


class ModelWriter:
    """Has a chat model write claims on evidence, and checks them one by one."""

    def __init__(
        self, open_chat: "Callable[[], BaseChatModel]", config: LlmConfig, entailment: "EntailmentModel | None" = None
    ) -> None:
        self._chat = cache(open_chat)
        self.config = config
        self._entailment = entailment
        self._lines_only = Event()
        if config.output == "lines":
            self._lines_only.set()
        self._limit: _TimeLimit | None = None

    def for_one_answer(self) -> "ModelWriter":
        """Returns a writer whose requests share the seconds that one answer may wait for the model."""
        writer = copy(self)
        writer._limit = _TimeLimit(self.config.timeout_seconds)
        return writer

    @property
    def name(self) -> str:
        """The model's name, for answers and records."""
        return self.config.model

    def write(self, task: Task, local: Localization) -> Generator[ModelDraft, None, None]:
        """Yields the draft after every claim that passes, and the finished one last; closing it ends the request.

        A model's failure is the `problem` of the draft; only a model that cannot be set up raises ChatModelError.
        """
        usage = Usage()
        draft = ModelDraft()
        with self._deadline() as deadline:
            for attempt, prompt in enumerate(map(load_prompt, self._prompts())):
                if attempt and deadline - time.monotonic() < _MIN_SECONDS_TO_RETRY:
                    break
                draft = yield from self._attempt(prompt, task, local, deadline, usage)
                if draft.claims or draft.dropped:
                    # Lines can be read where structure could not: the model, or its server, has none.
                    if attempt:
                        self._lines_only.set()
                    break
                if draft.problem == "slow" or not draft.evidence or is_structured(draft.reply):
                    break
        yield draft

    def _attempt(
        self, prompt: Prompt, task: Task, local: Localization, deadline: float, usage: Usage
    ) -> Generator[ModelDraft, None, ModelDraft]:
        """Asks once with one prompt: yields the draft after each claim that passes, and returns the finished one."""
        numbered = number_sentences(
            task.chosen,
            task.sources,
            local.parties,
            asked=task.asked,
            room=self._room(prompt, task, local.language),
        )
        checked = ClaimChecker(
            numbered=numbered, prompt=prompt, local=local, entailment=self._entailment, config=self.config
        )
        draft = ModelDraft(left_out=numbered.left_out, prompt_version=prompt.version, evidence=numbered.sentences)
        if not numbered.sentences:
            return replace(draft, problem="failed", detail="no room for evidence", usage=usage.to_json(self.config))
        schema = Reply.model_json_schema() if prompt.name == "compose" else None
        request = self._request(_asking(prompt, task, numbered.text, local.language), schema, deadline, usage)
        problem: WriterProblem | None = None
        detail = ""
        try:
            for written in request:
                passes = written is not None and checked.take(written)
                if written is not None and not passes and time.monotonic() < deadline:
                    continue
                yield replace(draft, claims=tuple(checked.claims), citations=tuple(checked.citations))
                # Checking takes time as well, so a reply of many claims is cut off at the time limit.
                late = written is not None and time.monotonic() > deadline
                if late or len(checked.claims) >= task.limit:
                    break
        except NoReplyError as exc:
            problem, detail = "slow" if exc.slow else "failed", error_message(exc.__cause__ or exc, self.config)
            logger.warning("the model %s: %s", self.name, detail)
        return replace(
            draft,
            claims=tuple(checked.claims),
            citations=tuple(checked.citations),
            dropped=tuple(checked.dropped[:_MAX_DROPPED]),
            problem=problem or (None if checked.claims else "nothing"),
            detail=detail,
            usage=usage.to_json(self.config),
            reply=redact(request.reply, self.config),
        )

    def translate(
        self, citations: Sequence[Citation], language: str, parties: PartyTable
    ) -> tuple[dict[int, str], Used]:
        """Returns the translations that pass, by citation number, and their usage; for reading only.

        Quotations in `language`, or in one that is not known, are not translated.
        """
        foreign = [citation for citation in citations if citation.language not in (language, None)]
        found: dict[int, str] = {}
        usage, failures = Usage(), 0
        for first in range(0, len(foreign), _TRANSLATED_TOGETHER):
            texts = self._translated(foreign[first : first + _TRANSLATED_TOGETHER], language, parties, usage)
            found |= texts
            failures = 0 if texts else failures + 1
            if failures >= FAILURES_MAX:
                break
        return found, usage.to_json(self.config) if foreign else {}

    def _translated(
        self, citations: Sequence[Citation], language: str, parties: PartyTable, usage: Usage
    ) -> dict[int, str]:
        """Asks once for translations; returns those that pass, by citation number."""
        prompt = load_prompt("translate")
        evidence = "\n".join(f"[S{citation.number}] {inert(citation.quote)}" for citation in citations)
        asking = messages(prompt, evidence=evidence, language=language_name(language, "en"))
        cited, translations = {citation.number: citation for citation in citations}, dict[int, str]()
        with self._deadline() as deadline:
            try:
                for written in filter(None, self._request(asking, None, deadline, usage)):
                    citation = cited.get(written.numbers[0]) if len(written.numbers) == 1 else None
                    if citation is None or citation.number in translations:
                        continue
                    spoken = known_language(citation.language)
                    if check_translation(written.text, language, citation.quote, spoken, parties) is None:
                        translations[citation.number] = unquoted(written.text)
            except NoReplyError as exc:
                logger.warning("no translation, or not of all: %s", exc)
        return translations

    def propose(self, question: str, earlier: Sequence[str]) -> ProposedReading | None:
        """Returns how the model would read a question; None where it fails, or says nothing that can be read."""
        before = "\n".join(earlier[-_MAX_EARLIER_QUESTIONS:])
        asking = messages(load_prompt("read"), question=inert(question), earlier=inert(before))
        reply: object = None
        with self._deadline() as deadline:
            try:
                request = self._request(asking, ProposedReading.model_json_schema(), deadline, Usage())
                for piece in filter(None, request.pieces()):
                    reply = piece
                return ProposedReading.model_validate(reply)
            except (NoReplyError, ValidationError) as exc:
                why = error_message(exc.__cause__ or exc, self.config)
                logger.warning("the model %s proposes no reading: %s", self.name, why)
                return None

    def _request(
        self, asking: "Sequence[BaseMessage]", schema: dict[str, Any] | None, deadline: float, usage: Usage
    ) -> ModelRequest:
        return ModelRequest(
            chat=self._chat(), messages=asking, config=self.config, schema=schema, deadline=deadline, usage=usage
        )

    @contextmanager
    def _deadline(self) -> Iterator[float]:
        """Yields the time until which a request may wait, on the monotonic clock."""
        limit = self._limit or _TimeLimit(self.config.timeout_seconds)
        begun = time.monotonic()
        try:
            yield begun + limit.left
        finally:
            limit.left = max(0.0, limit.left - (time.monotonic() - begun))

    def _prompts(self) -> list[str]:
        if self._lines_only.is_set():
            return ["compose_lines"]
        return ["compose", "compose_lines"] if self.config.output == "auto" else ["compose"]

    def _room(self, prompt: Prompt, task: Task, language: str) -> int:
        without = _asking(prompt, task, "", language)
        used = sum(count_tokens(str(message.content)) for message in without)
        return int((self.config.context_tokens - self.config.max_tokens) * (1 - _FREE_SHARE)) - used


def messages(prompt: Prompt, **variables: str) -> "list[BaseMessage]":
    """Returns the system and the user message; what comes from outside is `inert`, so it cannot close its tags."""
    from langchain_core.messages import HumanMessage, SystemMessage

    return [SystemMessage(prompt.system), HumanMessage(prompt.ask(**variables).strip())]


def _asking(prompt: Prompt, task: Task, evidence: str, language: str) -> "list[BaseMessage]":
    return messages(
        prompt,
        question=inert(task.question),
        evidence=evidence,
        limit=str(task.limit),
        language=language_name(language, "en"),
        style=_STYLES[task.style],
    )
