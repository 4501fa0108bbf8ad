"""Prompts of chat models: Markdown files with the sections `system` and `user`, checked when loaded.

Every section has declared variables; a file whose placeholders differ from them does not load. Braces that are no
placeholder are written twice.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Final

from prompts.errors import PromptError

SECTIONS: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "compose": {"system": frozenset(), "user": frozenset({"question", "evidence", "limit", "language", "style"})},
    "compose_lines": {"system": frozenset(), "user": frozenset({"question", "evidence", "limit", "language", "style"})},
    "read": {"system": frozenset(), "user": frozenset({"question", "earlier"})},
    "translate": {"system": frozenset(), "user": frozenset({"evidence", "language"})},
}


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """The system and the user message of a chat model.

    Attributes:
        version: Hash of the file, so that an answer tells by which words it was asked for.
        user: With placeholders; see `ask`.
    """

    name: str
    version: str
    system: str
    user: str

    def ask(self, **variables: str) -> str:
        """Returns the user's message with its variables filled in, as they are."""
        return self.user.format(**variables)


@cache
def load_prompt(name: str) -> Prompt:
    """Loads a prompt by its name in `SECTIONS`.

    Raises:
        PromptError: A section is missing or unknown, or its placeholders are not the declared ones.
    """
    text = (files("prompts") / f"{name}.md").read_text(encoding="utf-8")
    parts = re.split(r"^## +(\w+) *\n", text, flags=re.MULTILINE)[1:]
    sections = {key: body.strip() for key, body in zip(parts[::2], parts[1::2], strict=True)}
    declared = SECTIONS[name]
    if sections.keys() != declared.keys():
        difference = sorted(sections.keys() ^ declared.keys())
        raise PromptError(f"{name}.md: sections missing or unknown: {', '.join(difference)}")
    for key, body in sections.items():
        found = placeholders(f"{name}.md", key, body)
        if found != declared[key]:
            raise PromptError(f"{name}.md: {key!r} uses {sorted(found)}, declared are {sorted(declared[key])}")
    version = hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
    return Prompt(name=name, version=version, system=sections["system"].format(), user=sections["user"])


def placeholders(file: str, section: str, body: str) -> frozenset[str]:
    """Returns the variables of a section of a file; a stray brace is a PromptError."""
    try:
        return frozenset(field for _, field, _, _ in Formatter().parse(body) if field is not None)
    except ValueError as exc:
        raise PromptError(f"{file}: {section!r} has a brace that is no variable: {exc}") from exc
