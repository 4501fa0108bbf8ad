"""Loads texts from Markdown files with a section for each message; defined here are the prompts of chat models.

Every message has declared variables; a file whose placeholders differ from them does not load. Literal braces are
written twice.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Final

# The placeholders of each message.
Variables = Mapping[str, frozenset[str]]
_NOTHING: Final[frozenset[str]] = frozenset()
_COMPOSE: Final = frozenset({"question", "evidence", "limit", "language", "style"})
SECTIONS: Final[Mapping[str, Variables]] = {
    "compose": {"system": _NOTHING, "user": _COMPOSE},
    "compose_lines": {"system": _NOTHING, "user": _COMPOSE},
    "read": {"system": _NOTHING, "user": frozenset({"question", "earlier"})},
    "translate": {"system": _NOTHING, "user": frozenset({"evidence", "language"})},
}


class PromptError(Exception):
    """A prompt file is absent, or its variables are not the declared ones."""


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """The system and the user message of a chat model."""

    name: str
    version: str
    """Hash of the file, so that an answer records the prompt that it was made with."""
    system: str
    user: str
    """With placeholders; see `ask`."""

    def ask(self, **variables: str) -> str:
        """Returns the user's message with the variables inserted verbatim."""
        return self.user.format(**variables)


@cache
def load_prompt(name: str) -> Prompt:
    """Loads a prompt by its name in `SECTIONS`; raises as `read_messages`."""
    version, messages, _ = read_messages(f"{name}.md", SECTIONS[name])
    return Prompt(name=name, version=version, system=messages["system"].format(), user=messages["user"])


def read_messages(file: str, declared: Variables | None) -> tuple[str, dict[str, str], Variables]:
    """Returns the hash of a file, its messages and their variables; checks these against `declared`, if given.

    Raises:
        PromptError: A section is missing or unknown, its placeholders are not the declared ones, or a brace is stray.
    """
    text = (files("prompts") / file).read_text(encoding="utf-8")
    parts = re.split(r"^## +(\w+) *\n", text, flags=re.MULTILINE)[1:]
    messages = {key: body.strip() for key, body in zip(parts[::2], parts[1::2], strict=True)}
    found = {key: _placeholders(file, key, message) for key, message in messages.items()}
    declared = found if declared is None else declared
    if found.keys() != declared.keys():
        raise PromptError(f"{file}: sections missing or unknown: {', '.join(sorted(found.keys() ^ declared.keys()))}")
    for key, variables in found.items():
        if variables != declared[key]:
            raise PromptError(f"{file}: {key!r} uses {sorted(variables)}, declared are {sorted(declared[key])}")
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12], messages, found


def _placeholders(file: str, section: str, body: str) -> frozenset[str]:
    try:
        return frozenset(field for _, field, _, _ in Formatter().parse(body) if field is not None)
    except ValueError as exc:
        raise PromptError(f"{file}: {section!r} has a brace that is no variable: {exc}") from exc
