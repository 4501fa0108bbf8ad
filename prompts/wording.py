"""The assistant's own words: Markdown files with one section per message, checked when loaded.

Every message has declared variables; a file whose placeholders differ from them does not load.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter

from prompts.errors import PromptError

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")

VARIABLES: dict[str, frozenset[str]] = {
    key: frozenset(variables.split())
    for key, variables in {
        "attribution": "party provenance",
        "attribution_group": "group speaker provenance",
        "session": "number",
        "agenda_item": "item",
        "page": "number",
        "paragraph": "number",
        "inferred": "fact",
        "more": "count",
        "related": "",
        "coverage": "in_scope with_evidence",
        "coverage_without_evidence": "parties",
        "coverage_without_statement": "parties",
        "coverage_unreadable": "files",
        "no_statement": "party",
        "no_statement_in_scope": "party held",
        "no_statement_at_all": "",
        "not_mentioned": "party count",
        "not_mentioned_anywhere": "count",
        "article_absent": "party article count",
        "article_not_cited": "party article count",
        "article_elsewhere": "party article count",
        "no_position": "party",
        "group_only": "party group",
        "group_only_elsewhere": "party group",
        "out_of_scope": "",
        "ambiguous_party": "name",
        "unknown_party": "name",
        "unnamed_party": "",
        "negated": "",
        "index_incomplete": "",
        "empty_corpus": "",
        "not_verified": "",
        "missing_number": "",
        "missing_name": "",
        "missing_date": "",
        "missing_reason": "",
        "missing_state": "",
        "missing_article": "",
        "note_article": "article treaty title",
        "note_agenda_item": "item",
        "note_capital": "place party",
        "note_former": "name party",
        "note_topic_party": "party",
        "attribution_treaty": "treaty",
        "as_member": "group party",
        "as_aligned": "group party",
        "treaty_text_absent": "treaty",
        "not_in_treaty": "",
        "note_bridged": "words",
        "note_bridged_partly": "words",
        "note_latest": "dates",
        "note_earliest": "dates",
        "note_other_reading": "article treaty",
        "note_uncovered": "parties",
        "note_not_attributed": "count",
        "model_failed": "model",
        "model_slow": "model",
        "model_nothing": "model",
        "model_left_out": "count",
        "unofficial_translation": "text",
    }.items()
}


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The messages of one language.

    Attributes:
        version: Hash of the file, so that an answer tells with which words it was made.
    """

    language: str
    version: str
    messages: dict[str, str]

    def say(self, key: str, **variables: object) -> str:
        """Returns a message with its variables filled in."""
        return self.messages[key].format(**variables)


@cache
def load_wording(language: str) -> Wording:
    """Loads the wording of a language; a language that has none gets English.

    Raises:
        PromptError: The file misses a message, has one too many, or its placeholders are not the declared ones.
    """
    known = language if language in LANGUAGES else "en"
    text = (files("prompts") / f"wording.{known}.md").read_text(encoding="utf-8")
    sections = re.split(r"^## +(\w+) *\n", text, flags=re.MULTILINE)[1:]
    messages = {key: body.strip() for key, body in zip(sections[::2], sections[1::2], strict=True)}
    _check(known, messages)
    return Wording(language=known, version=hashlib.sha256(text.encode("utf-8")).hexdigest()[:12], messages=messages)


def _check(language: str, messages: dict[str, str]) -> None:
    name = f"wording.{language}.md"
    if messages.keys() != VARIABLES.keys():
        difference = sorted(messages.keys() ^ VARIABLES.keys())
        raise PromptError(f"{name}: sections missing or unknown: {', '.join(difference)}")
    for key, message in messages.items():
        try:
            found = frozenset(field for _, field, _, _ in Formatter().parse(message) if field is not None)
        except ValueError as exc:
            raise PromptError(f"{name}: {key!r} has a brace that is no variable: {exc}") from exc
        if found != VARIABLES[key]:
            raise PromptError(f"{name}: {key!r} uses {sorted(found)}, declared are {sorted(VARIABLES[key])}")
