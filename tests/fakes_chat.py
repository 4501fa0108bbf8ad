"""A scripted chat model, which streams the reply that a test gives, as text or as structured output."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field

from app.answering.compose.llm_composer import ModelWriter
from app.chat_model import LlmConfig

Claims = Sequence[tuple[str, Sequence[str]]]
# Maps (system prompt, user prompt) to the reply of the model: claims, raw text, or an error to raise.
Script = Callable[[str, str], Claims | str | Exception]


class ScriptedChat(BaseChatModel):
    """Streams the reply of its script; claims become a tool call where tools are bound, and lines of text elsewhere."""

    script: Any
    piece: int = 20
    pause: float = 0.0
    structured: bool = True
    usage: tuple[int, int] | None = None
    prompts: list[tuple[str, str]] = Field(default_factory=list)
    stopped: Any = None

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **options: Any) -> Runnable[Any, Any]:
        if not self.structured:
            raise NotImplementedError
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools])

    def _generate(self, messages: list[BaseMessage], *arguments: Any, **options: Any) -> ChatResult:
        raise NotImplementedError

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> Iterator[ChatGenerationChunk]:
        system, user = (str(message.content) for message in messages)
        self.prompts.append((system, user))
        said = self.script(system, user)
        if isinstance(said, Exception):
            raise said
        tools = options.get("tools")
        text = said if isinstance(said, str) else written(said, as_json=bool(tools))
        try:
            for at in range(0, len(text), self.piece):
                time.sleep(self.pause)
                yield ChatGenerationChunk(message=_chunk(text[at : at + self.piece], tools, first=not at))
        finally:
            if isinstance(self.stopped, threading.Event):
                self.stopped.set()
        if self.usage is not None:
            used = UsageMetadata(input_tokens=self.usage[0], output_tokens=self.usage[1], total_tokens=sum(self.usage))
            yield ChatGenerationChunk(
                message=AIMessageChunk(content="", usage_metadata=used, response_metadata={"model_name": "scripted"})
            )


def _chunk(piece: str, tools: Any, *, first: bool) -> AIMessageChunk:
    if not tools:
        return AIMessageChunk(content=piece)
    name = tools[0]["function"]["name"] if first else None
    return AIMessageChunk(
        content="", tool_call_chunks=[{"name": name, "args": piece, "id": "1" if first else None, "index": 0}]
    )


def written(claims: Claims, *, as_json: bool) -> str:
    """Returns claims in the format in which a model writes them."""
    if as_json:
        return json.dumps(
            {"claims": [{"text": text, "sentences": list(ids)} for text, ids in claims]}, ensure_ascii=False
        )
    return "\n".join(f"- {text} [{', '.join(ids)}]" for text, ids in claims)


def writer(script: Script, *, config: LlmConfig | None = None, **options: Any) -> ModelWriter:
    """Returns a writer whose model follows a script."""
    chat = ScriptedChat(script=script, **options)
    return ModelWriter(lambda: chat, config or LlmConfig(model="scripted:test", timeout_seconds=10))
