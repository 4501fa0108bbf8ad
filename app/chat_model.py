"""Chat models from settings: provider, limits of time and tokens, and a key that never shows in messages.

No model is asked unless the settings name one; the integrations of providers are extras.
"""

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError

from app.errors import ChatModelError
from vectorstore.health import Check

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# Providers with an extra of this package; others work where their integration is installed.
EXTRAS: Final = ("openai", "anthropic", "ollama")
_REASON_CHARS_MAX: Final = 300


class LlmConfig(BaseModel, frozen=True, extra="forbid"):
    """Which chat model writes answers, if any."""

    model: str = ""
    """PROVIDER:NAME, such as openai:NAME, anthropic:NAME or ollama:NAME; empty, answers are quotations alone."""
    base_url: str = ""
    """Address of an OpenAI-compatible or Ollama server; empty, the provider's own."""
    api_key: SecretStr = SecretStr("")
    """Key of the provider; empty, what the provider's own variable holds, and none for a server of your own."""
    timeout_seconds: float = Field(default=60.0, gt=0, le=3600)
    """Seconds that an answer may wait for the model in all, retries included."""
    max_retries: int = Field(default=2, ge=0, le=10)
    """Further attempts after a failure that may pass, with growing pauses; with ollama, to connect to its server."""
    requests_per_minute: float = Field(default=0.0, ge=0)
    """Most requests per minute; 0 sets no limit."""
    temperature: float | Literal["default"] = 0.0
    """Temperature; `default` leaves it to models that take none."""
    context_tokens: int = Field(default=8192, ge=512)
    """Tokens that instructions, evidence and reply may have together, counted with cl100k."""
    max_tokens: int = Field(default=1024, ge=64)
    """Tokens of a reply."""
    output: Literal["auto", "structured", "lines"] = "auto"
    """How claims come back: as structured output, as plain lines, or as lines where structured output fails."""
    input_price: float = Field(default=0.0, ge=0)
    """Price of a million tokens read, in your currency, for the cost of answers."""
    output_price: float = Field(default=0.0, ge=0)
    """Price of a million tokens written."""
    reads_questions: bool = False
    """Whether the model proposes how a question is read as well; what it names has to stand in the question."""
    entailment_model: str = ""
    """Cross-encoder that checks claims as well, by name or folder; local files only; empty, none does."""


def open_chat_model(config: LlmConfig) -> "BaseChatModel":
    """Returns the chat model of the settings without asking it; raises a ChatModelError if it cannot be set up."""
    from langchain.chat_models import init_chat_model

    provider, separator, name = config.model.partition(":")
    if not (separator and provider and name):
        raise ChatModelError(
            f"UNTOC_LLM__MODEL={config.model!r} is not PROVIDER:NAME, such as openai:NAME or ollama:NAME"
        )
    try:
        model: BaseChatModel = init_chat_model(name, model_provider=provider, **_arguments(provider, config))
    except ImportError as exc:
        raise ChatModelError(_not_installed(provider, exc)) from exc
    except Exception as exc:  # the clients of providers have no error in common
        raise ChatModelError(
            f"the model {config.model!r} cannot be set up ({error_message(exc, config)}): check UNTOC_LLM__MODEL,"
            " UNTOC_LLM__BASE_URL and UNTOC_LLM__API_KEY"
        ) from exc
    return model


def _arguments(provider: str, config: LlmConfig) -> dict[str, Any]:
    """Returns the arguments for a provider's client, under the names that this client uses."""
    arguments: dict[str, Any] = {}
    if config.temperature != "default":
        arguments["temperature"] = config.temperature
    if config.base_url:
        arguments["base_url"] = config.base_url
    if config.requests_per_minute:
        from langchain_core.rate_limiters import InMemoryRateLimiter

        arguments["rate_limiter"] = InMemoryRateLimiter(requests_per_second=config.requests_per_minute / 60)
    if provider == "ollama":
        from httpx import HTTPTransport

        arguments |= {"num_predict": config.max_tokens, "num_ctx": config.context_tokens}
        # Its client takes no number of retries; `with_retry` of LangChain does not repeat a stream.
        arguments["sync_client_kwargs"] = {"transport": HTTPTransport(retries=config.max_retries)}
        return arguments | {"client_kwargs": {"timeout": config.timeout_seconds}}
    arguments |= {"max_tokens": config.max_tokens, "timeout": config.timeout_seconds, "max_retries": config.max_retries}
    if key := config.api_key.get_secret_value():
        arguments["api_key"] = key
    elif config.base_url:
        # A placeholder, so that the client does not send the provider's key from the environment to another server.
        arguments["api_key"] = "none"
    if provider == "openai":
        arguments["stream_usage"] = True
    return arguments


def _not_installed(provider: str, exc: ImportError) -> str:
    if provider in EXTRAS:
        return f"models of {provider!r} need an extra: install it with `pip install 'untoc[{provider}]'`"
    match = re.search(r"requires the (\S+) package", str(exc))
    package = match[1] if match else f"langchain-{provider}"
    return f"models of {provider!r} need the package {package}: install it with `pip install {package}`"


def error_message(exc: BaseException, config: LlmConfig) -> str:
    """Returns the message of a client's error, in one line and without the key."""
    # A validation error repeats its input, which may hold a key.
    text = exc.errors()[0]["msg"] if isinstance(exc, ValidationError) else str(exc)
    return redact(" ".join(f"{type(exc).__name__}: {text}".split())[:_REASON_CHARS_MAX], config)


def redact(text: str, config: LlmConfig) -> str:
    """Returns a text without the key of the settings."""
    key = config.api_key.get_secret_value()
    return text.replace(key, "********") if key else text


def try_model(config: LlmConfig) -> Check:
    """Asks the model of the settings for one word, and says what came back."""
    ok, detail = False, ""
    try:
        reply = open_chat_model(config).invoke("Reply with the word: ready")
        words = " ".join(str(reply.text).split())[:40]
        ok, detail = True, f"{config.model!r} answers: {words!r}" if words else f"{config.model!r} answers nothing"
    except ChatModelError as exc:
        detail = str(exc)
    except Exception as exc:  # the clients of providers have no error in common
        detail = f"{config.model!r} does not answer ({error_message(exc, config)})"
    return Check(name="chat model", ok=ok, detail=detail)
