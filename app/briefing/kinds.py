"""The kind of position that citations show, suggested by named rules, with the words that show it.

A rule is a table of patterns in each of six languages (`app/briefing/cues/`); what it shows and how plainly is said
here. Rules only suggest: a person decides. docs/positions.md defines the kinds.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.answer import Citation
from app.briefing.records import PositionKind, Words
from app.terms import content_terms
from ingest.readable import ReadableText
from ingest.sentences import split_sentences
from vectorstore.records import Statement


@dataclass(frozen=True, kw_only=True)
class Marked:
    """Words of a text that show a kind of position.

    Attributes:
        start: Offset of the first of them in the text.
        end: Offset after the last one.
        kind: What they show.
        rule: Name of the rule that says so, a key of `RULES`.
        plain: Whether they say it outright, as in "we reject"; a judgement such as "a threat" only implies it.
    """

    start: int
    end: int
    kind: PositionKind
    rule: str
    plain: bool


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """The suggested kind of position.

    Attributes:
        words: What shows it, in the order of the citation; empty only for `no_position`.
        rules: The name of the rule behind each of `words`.
    """

    kind: PositionKind
    words: tuple[Words, ...] = ()
    rules: tuple[str, ...] = ()


def suggest_kind(citations: Sequence[Citation], statements: Mapping[str, Statement], topic: str = "") -> Suggestion:
    """Suggests the kind of position that the citations of a cell show.

    Args:
        citations: Strongest first.
        statements: The stored statements by id; they map the words of a quotation to its source.
        topic: Topic words. Where a sentence of a citation names the topic, it decides, and its neighbours only
            where it shows nothing.

    Returns:
        `no_position` without words where there are no citations, or they show nothing.
    """
    raise NotImplementedError


def kinds_of(text: str, language: str | None) -> tuple[Marked, ...]:
    """Returns what a sentence shows, in the order of the text; nothing in a language without rules.

    Args:
        text: One sentence, readable.
        language: ISO 639-1 code; None is read as English.
    """
    raise NotImplementedError
