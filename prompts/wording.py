"""The assistant's own words: Markdown files with one section per message, checked when loaded.

Every message has declared variables; a file whose placeholders differ from them does not load.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Literal, get_args

from prompts.errors import PromptError

Language = Literal["en", "fr", "es", "ar", "ru", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

VARIABLES: dict[str, frozenset[str]] = {
    key: frozenset(variables.split())
    for key, variables in {
        "attribution": "party provenance",
        "attribution_group": "group speaker provenance",
        "attribution_summary": "party provenance",
        "held_together": "party others",
        "as_summarised": "party",
        "as_quoting": "party",
        "quoting": "",
        "session": "number",
        "agenda_item": "item",
        "page": "number",
        "paragraph": "number",
        "inferred": "fact",
        "scanned": "share",
        "scanned_unsure": "share",
        "more": "count",
        "related": "",
        "coverage": "in_scope with_evidence",
        "coverage_without_evidence": "parties",
        "coverage_without_statement": "parties",
        "coverage_unreadable": "files",
        "no_statement": "party",
        "no_statement_in_scope": "party held",
        "no_statement_at_all": "",
        "nearest_passage": "party count",
        "not_mentioned": "party count",
        "not_mentioned_anywhere": "count",
        "article_absent": "party article count",
        "article_not_cited": "party article count",
        "article_elsewhere": "party article count",
        "article_unnamed": "number article count",
        "no_position": "party",
        "group_only": "party group",
        "group_only_elsewhere": "party group",
        "out_of_scope": "",
        "other_language": "",
        "ambiguous_party": "name",
        "unknown_party": "name",
        "similar_party": "name",
        "unnamed_party": "",
        "negated": "",
        "silent_parties": "count parties",
        "spoke_as_well": "parties",
        "spoke_everyone": "parties",
        "silence_is_not_proof": "",
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
        "note_read_as": "name party",
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
        "note_unnamed_article": "article",
        "note_uncovered": "parties",
        "note_words_only": "parties",
        "note_no_direction": "parties",
        "other_direction": "parties",
        "direction_for": "",
        "direction_against": "",
        "direction_conditional": "",
        "earlier": "",
        "superseded": "number",
        "note_read_closely": "count read",
        "note_gloss": "term gloss",
        "note_uncalibrated": "",
        "note_not_attributed": "count",
        "note_members_of": "name count region source",
        "note_members_of_group": "name group",
        "note_unknown_kind": "kind",
        "note_unknown_kind_beside": "kind",
        "no_statement_of_members": "region",
        "model_failed": "model",
        "model_slow": "model",
        "model_nothing": "model",
        "model_checked": "model",
        "model_left_out": "count",
        "unofficial_translation": "text",
        "facts_speaker": "speaker",
        "facts_no_speaker": "",
        "facts_group": "group",
        "facts_no_date": "",
        "facts_no_item": "",
        "facts_symbol": "symbol",
        "facts_language": "language",
        "facts_words": "count",
        "facts_characters": "count",
        "facts_file": "file",
        "list_of": "count",
        "list_rest": "count",
        "summary_note": "",
        "source_altered": "",
        "words_not_found": "",
        "nothing_more": "count",
        "note_excluded": "parties",
        "note_form_unknown": "",
        "greeting": "",
        "example_said": "party",
        "example_summary": "party",
        "example_list": "party",
        "suggest_said": "party topic",
        "suggest_which": "topic",
    }.items()
}


# What documents say beside their quotations: headings, columns, kinds of position.
DOCUMENT_VARIABLES: dict[str, frozenset[str]] = {
    key: frozenset(variables.split())
    for key, variables in {
        "kind_supports": "",
        "kind_supports_against": "",
        "kind_opposes": "",
        "kind_proposes": "",
        "kind_conditional": "",
        "kind_reports_practice": "",
        "kind_calls_on_others": "",
        "kind_no_position": "",
        "kind_no_statement": "",
        "mentioned": "",
        "suggested": "",
        "reviewed": "reviewer date",
        "set_aside": "reviewer date",
        "somebody": "",
        "form_full": "",
        "form_one_pager": "",
        "form_talking_points": "",
        "made": "made",
        "corpus_of": "date",
        "counts": "parties subjects quotations searched cited",
        "contents": "",
        "overview": "",
        "marks_note": "",
        "heat_map": "",
        "timeline": "",
        "uncited_mark": "",
        "repeated_mark": "",
        "undated": "count",
        "over_time": "",
        "changes": "",
        "changes_note": "",
        "repeated": "",
        "repeated_note": "",
        "annex": "",
        "searched": "",
        "gaps": "",
        "without_statement": "",
        "without_evidence": "",
        "unreadable": "",
        "corpus_date": "",
        "unknown": "",
        "none": "",
        "method": "",
        "how_kinds": "",
        "how_check": "file",
        "delivered": "group speaker",
        "of_group": "group",
        "more": "count",
        "place": "id start end",
        "worded": "",
        "worded_points": "",
        "worded_by": "model claims dropped",
        "worded_left_out": "count",
        "quoted_only": "count reasons",
        "quoted_failed": "count",
        "quoted_slow": "count",
        "quoted_nothing": "count",
        "quoted_not_asked": "count",
        "see_note": "number",
        "notes": "",
        "points": "",
        "no_points": "",
        "positions": "",
        "quotations": "",
        "matrix": "",
        "coverage": "",
        "col_party": "",
        "col_topic": "",
        "col_session": "",
        "col_position": "",
        "col_review": "",
        "col_words": "",
        "col_said": "",
        "col_sources": "",
        "col_note": "",
        "col_number": "",
        "col_quotation": "",
        "col_source_quote": "",
        "col_reference": "",
        "col_on_behalf_of": "",
        "col_speaker": "",
        "col_body": "",
        "col_date": "",
        "col_agenda_item": "",
        "col_title": "",
        "col_symbol": "",
        "col_page": "",
        "col_paragraph": "",
        "col_file": "",
        "col_statement": "",
        "col_start": "",
        "col_end": "",
        "col_language": "",
        "col_inferred": "",
        "col_verdict": "",
        "col_cited": "",
        "col_earlier": "",
        "col_later": "",
        "yes": "",
        "no": "",
        "title": "subjects",
        "title_many": "count",
        "left_out": "count",
        "translated": "text",
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
    return _load("wording", language, VARIABLES)


@cache
def load_document_words(language: str) -> Wording:
    """Loads the words of documents in a language; a language that has none gets English.

    Raises:
        PromptError: As `load_wording`.
    """
    return _load("document", language, DOCUMENT_VARIABLES)


def _load(stem: str, language: str, variables: dict[str, frozenset[str]]) -> Wording:
    known = language if language in LANGUAGES else "en"
    name = f"{stem}.{known}.md"
    text = (files("prompts") / name).read_text(encoding="utf-8")
    sections = re.split(r"^## +(\w+) *\n", text, flags=re.MULTILINE)[1:]
    messages = {key: body.strip() for key, body in zip(sections[::2], sections[1::2], strict=True)}
    _check(name, messages, variables)
    return Wording(language=known, version=hashlib.sha256(text.encode("utf-8")).hexdigest()[:12], messages=messages)


def _check(name: str, messages: dict[str, str], variables: dict[str, frozenset[str]]) -> None:
    if messages.keys() != variables.keys():
        difference = sorted(messages.keys() ^ variables.keys())
        raise PromptError(f"{name}: sections missing or unknown: {', '.join(difference)}")
    for key, message in messages.items():
        try:
            found = frozenset(field for _, field, _, _ in Formatter().parse(message) if field is not None)
        except ValueError as exc:
            raise PromptError(f"{name}: {key!r} has a brace that is no variable: {exc}") from exc
        if found != variables[key]:
            raise PromptError(f"{name}: {key!r} uses {sorted(found)}, declared are {sorted(variables[key])}")
