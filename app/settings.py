"""The settings: environment variables `UNTOC_*`, composed of the config models of the packages."""

import io
import os
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream
from platformdirs import user_data_path
from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as EnvironmentSettingsError

from app.chat_model import LlmConfig
from app.errors import SettingsError
from app.telemetry import TelemetryConfig
from ingest.loaders.loaded import LoadLimits
from ingest.text.splitter import SplitConfig
from vectorstore.chroma import EMBEDDED, ChromaConfig
from vectorstore.database import IN_FOLDER, DatabaseConfig
from vectorstore.embeddings import EmbeddingConfig
from vectorstore.hybrid_search import RetrievalConfig
from vectorstore.rerank import RerankConfig
from vectorstore.shared_files import SAME_PATHS, FilesConfig

PREFIX = "UNTOC_"
# Variables that tests and the shell around the program read, and not the settings.
OUTSIDE = frozenset(
    "UNTOC_TEST_DATA UNTOC_TEST_LOAD UNTOC_TEST_POSTGRES UNTOC_CHROMIUM UNTOC_KILLS UNTOC_KILL_SEED".split()
)


# Days that may be counted back from today, since dates begin with the year 1.
_LONGEST_DAYS: Final = 700_000


class OidcConfig(BaseModel, frozen=True, extra="forbid"):
    """The sign-on of an organization (OpenID Connect), which `accounts=oidc` takes."""

    issuer: str = ""
    """Address of the provider; its `/.well-known/openid-configuration` is read when somebody signs in."""
    client_id: str = ""
    """What the provider knows this server by."""
    client_secret: SecretStr = SecretStr("")
    """The secret that the provider gave with it."""
    claim: str = "preferred_username"
    """The claim that names a person's account, which is bound to the person's `sub` at the first sign-in."""


class ServerConfig(BaseModel, frozen=True, extra="forbid"):
    """Where the chat and the server listen, and who may use the server."""

    host: str = "127.0.0.1"
    """Address to bind to; the chat, and a server without accounts, take one of this machine's own alone."""
    port: int = Field(default=7860, ge=0, le=65535)
    """Port; 0 takes a free one."""
    accounts: Literal["none", "local", "proxy", "oidc"] = "none"
    """Who signs people in: nobody (loopback only), this server by password, a trusted proxy's header, or OIDC."""
    new_role: Literal["", "reader", "editor"] = ""
    """Role of persons whom the proxy or the provider names and who have no account yet; empty, they are refused."""
    address: str = Field(default="", pattern=r"^(https?://[^/?#\s@]+(/[^?#\s]*)?)?$")
    """Address that browsers see, such as https://untoc.example.org/ask: its host alone is answered, its path is the
    root path, and https makes cookies secure; empty, only names of this machine are."""
    trusted_proxies: str = ""
    """Addresses or networks, with commas, whose forwarded headers are believed; empty believes nobody's."""
    proxy_header: str = Field(default="X-Remote-User", pattern=r"^[A-Za-z0-9-]+$")
    """Header in which a trusted proxy names the person, with `accounts=proxy`."""
    session_hours: float = Field(default=12.0, gt=0, le=720)
    """Hours after which a person signs in again."""
    requests: str = "600/minute"
    """Requests of one person, or of one address that is signed in as nobody."""
    questions: str = "30/minute"
    """Questions, briefings, checks and uploads of one person."""
    sign_ins: str = "10/minute"
    """Attempts to sign in from one address; to one account from all together ten times as many."""
    at_once: int = Field(default=4, ge=1, le=64)
    """Questions, briefings and checks that are worked on together; others wait."""
    upload_mb: int = Field(default=200, ge=1, le=10_000)
    """Size of a request with files to the API at most, in MB; each file has `UNTOC_LOAD__MAX_BYTES`."""
    stop_seconds: float = Field(default=15.0, ge=0, le=3600)
    """Seconds that what is asked has when the server is told to end; then it is cancelled, and who asked is told."""
    audit_questions: bool = False
    """Whether the audit log keeps questions; it keeps who signed in, added, corrected, removed and exported anyway."""
    audit_days: int = Field(default=365, ge=1, le=_LONGEST_DAYS)
    """Days after which entries of the audit log are deleted."""
    oidc: OidcConfig = OidcConfig()
    """The sign-on of an organization (OpenID Connect), which `accounts=oidc` takes."""

    @property
    def signs_in(self) -> bool:
        """Whether people sign in and out at this server, by password or OIDC."""
        return self.accounts in ("local", "oidc")


class AnswerConfig(BaseModel, frozen=True, extra="forbid"):
    """How answers are made."""

    max_citations: int = Field(default=5, ge=1, le=50)
    """Quotations shown in all, and at least one per State with evidence; what remains is counted. Lists of who said
    something quote each once."""
    keep_traces: int = Field(default=500, ge=0)
    """Traces of answers kept in the store, newest first; 0 keeps none."""
    keep_traces_days: int = Field(default=0, ge=0, le=_LONGEST_DAYS)
    """Days after which traces of answers are deleted; 0 sets no limit."""


class BriefingConfig(BaseModel, frozen=True, extra="forbid"):
    """How briefings are made."""

    template: Path | None = None
    """A .docx of your house whose styles, header and footer Word and PDF briefings take; default: our own."""
    quotations: int = Field(default=3, ge=1, le=20)
    """Quotations in a cell of the position table at most; what remains is counted."""
    one_page_tokens: int = Field(default=900, ge=50, le=5000)
    """Length of a one-pager's points in cl100k tokens; quotations are never cut, fewer are taken."""
    talking_points: int = Field(default=12, ge=1, le=200)
    """Talking points at most."""


class Settings(BaseSettings):
    """All settings; each is an environment variable, nested by two underscores (`UNTOC_EMBEDDING__MODEL`)."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        # An empty variable, of which a copied `.env.example` has some, means the default.
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        env_file=None,
    )

    store: Path = Field(default_factory=lambda: user_data_path("untoc", appauthor=False))
    """The store folder; default: the platform's folder for user data."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    """Least severe level that is logged."""
    wait_seconds: float = Field(default=10.0, ge=0)
    """Seconds for which a command that writes waits for another one that does."""
    database: DatabaseConfig = DatabaseConfig()
    """The record."""
    chroma: ChromaConfig = ChromaConfig()
    """The vector index."""
    files: FilesConfig = FilesConfig()
    """The files that machines share."""
    server: ServerConfig = ServerConfig()
    """Where the chat and the server listen, and who may use the server."""
    answer: AnswerConfig = AnswerConfig()
    """How answers are made."""
    briefing: BriefingConfig = BriefingConfig()
    """How briefings are made."""
    llm: LlmConfig = LlmConfig()
    """The chat model; without one nothing leaves the machine."""
    embedding: EmbeddingConfig = EmbeddingConfig()
    """The embedding model."""
    rerank: RerankConfig = RerankConfig()
    """The cross-encoder."""
    retrieval: RetrievalConfig = RetrievalConfig()
    """Search."""
    split: SplitConfig = SplitConfig()
    """Passages."""
    load: LoadLimits = LoadLimits()
    """Limits on files."""
    telemetry: TelemetryConfig = TelemetryConfig()
    """Spans for OpenTelemetry."""

    def in_folder(self, folder: Path) -> "Settings":
        """Returns the settings for a store that lies in a folder as a whole, without the servers that they name."""
        here = {"database": IN_FOLDER, "chroma": EMBEDDED, "files": SAME_PATHS}
        return self.model_copy(update={"store": folder, **here})


def load_settings(
    *, store: Path | None = None, host: str | None = None, port: int | None = None, env_file: Path | None = None
) -> Settings:
    """Reads the settings from the environment; arguments given on the command line come first.

    Variables of the environment take precedence over those of `env_file`. Raises a SettingsError if a value is out of
    bounds or of the wrong kind, if the file cannot be read, or if a variable in it is no setting.
    """
    lines = {} if env_file is None else _load_env_file(env_file)

    def fault(variable: str, message: str) -> SettingsError:
        group = (name for name in lines if variable == name or variable.startswith(f"{name}__"))
        line = lines.get(next(group, ""))
        return SettingsError(message if line is None else f"{str(env_file)!r}, line {line}: {message}")

    try:
        settings = Settings() if store is None else Settings(store=store)
    except ValidationError as exc:
        first = exc.errors()[0]
        variable = PREFIX + "__".join(str(part) for part in first["loc"]).upper()
        if first["type"] == "extra_forbidden":
            raise fault(variable, _no_setting(variable)) from exc
        raise fault(variable, f"{variable}={first['input']!r}: {first['msg']}; see .env.example") from exc
    except EnvironmentSettingsError as exc:
        # A group of settings can be given as one variable of JSON; this value is not JSON.
        found = re.search(r'field "(\w+)"', str(exc))
        variable = PREFIX + (found.group(1).upper() if found else "…")
        raise fault(
            variable, f"{variable} is not JSON: set its parts, such as {variable}__…; see .env.example"
        ) from exc
    unknown = next((name for name in unknown_variables(settings) if name in lines), None)
    if unknown is not None:
        raise fault(unknown, _no_setting(unknown))
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    if changes:
        settings = settings.model_copy(update={"server": settings.server.model_copy(update=changes)})
    return settings


def _no_setting(variable: str) -> str:
    """Returns the message for a variable that no setting reads, with the setting that it resembles."""
    # Made without validation, since what is set may be invalid.
    close = get_close_matches(variable, [name for name, _ in variables(Settings.model_construct())], 1)
    meant = f"did you mean {close[0]}?" if close else "`untoc config` lists them"
    return f"no setting is called {variable}: {meant}"


def _load_env_file(path: Path) -> Mapping[str, int]:
    """Sets the variables of a .env file that the environment does not set, and returns their lines.

    They go into the environment, as with `dotenv.load_dotenv`, since libraries read variables from there as well, such
    as a provider's own key (OPENAI_API_KEY).
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise SettingsError(f"cannot read {str(path)!r}: {exc.strerror}; check --env-file") from exc
    except UnicodeDecodeError as exc:
        raise SettingsError(f"{str(path)!r} is not UTF-8 text: save it as UTF-8") from exc
    lines = {}
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or "\0" in binding.original.string or (binding.key is not None and binding.value is None):
            raise SettingsError(f"{str(path)!r}, line {_line(binding)}: not NAME=VALUE; see .env.example")
        if binding.key is not None:
            lines[binding.key] = _line(binding)
    for name, value in dotenv_values(stream=io.StringIO(text)).items():
        if value and not os.environ.get(name):
            os.environ[name] = value
    return lines


def _line(binding: Binding) -> int:
    # The parser gives the line of the first blank line before the binding.
    before = binding.original.string[: -len(binding.original.string.lstrip()) or None]
    return binding.original.line + before.count("\n")


def variables(model: BaseModel, prefix: str = PREFIX) -> Iterator[tuple[str, Any]]:
    """Yields (environment variable, effective value) for every setting, secrets masked."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from variables(value, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}", "********" if isinstance(value, SecretStr) else value


def settings_json(settings: "Settings") -> dict[str, Any]:
    """Returns the settings in force by their variables, and the variables that no setting reads."""
    values = {n: v if isinstance(v, int | float | None) else str(v) for n, v in variables(settings)}
    return {"settings": values, "unknown": list(unknown_variables(settings))}


def unknown_variables(settings: Settings) -> tuple[str, ...]:
    """Returns the `UNTOC_*` variables of the environment that no setting reads."""
    names = [name for name, _ in variables(settings)]
    # A group may be given as a whole, in JSON.
    groups = {name.rsplit("__", depth)[0] for name in names for depth in range(1, name.count("__") + 1)}
    known = {*names, *groups, *OUTSIDE}
    return tuple(sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known))
