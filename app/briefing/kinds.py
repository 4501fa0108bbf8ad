"""The kind of position that citations show, suggested by named rules, with the words that show it.

What each rule shows, and how plainly, is said here; its patterns stand in one module a language (`app/briefing/cues/`).
Rules only suggest: a person decides. docs/positions.md defines the kinds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

import regex

from app.answer import Citation
from app.briefing.cues import ar, en, es, fr, ru, zh
from app.briefing.records import PositionKind, Words
from app.terms import content_terms
from ingest.readable import ReadableText
from ingest.sentences import split_sentences
from vectorstore.records import Edit, Statement

Rule = Literal[
    "refuses",
    "objects",
    "forbids",
    "harm",
    "condition",
    "limit",
    "proposes",
    "should_be",
    "asks",
    "duty_of_others",
    "acted",
    "was_done",
    "supports",
    "accepts",
    "values",
]
# What a rule shows, and whether its words say it outright; a judgement such as "a threat" only implies it.
RULES: Final[dict[Rule, tuple[PositionKind, bool]]] = {
    "refuses": ("opposes", True),
    "objects": ("opposes", True),
    "forbids": ("opposes", True),
    "harm": ("opposes", False),
    "condition": ("conditional", False),
    "limit": ("conditional", False),
    "proposes": ("proposes", True),
    "should_be": ("proposes", False),
    "asks": ("calls_on_others", True),
    "duty_of_others": ("calls_on_others", True),
    "acted": ("reports_practice", True),
    "was_done": ("reports_practice", False),
    "supports": ("supports", True),
    "accepts": ("supports", True),
    "values": ("supports", False),
}
# What wins where several kinds are said outright: to miss an objection or a condition is the worse error.
_PLAIN_ORDER: Final[tuple[PositionKind, ...]] = (
    "opposes",
    "conditional",
    "proposes",
    "calls_on_others",
    "supports",
    "reports_practice",
)
# What wins where all are only implied: a danger is often named to lead up to what should be done about it.
_IMPLIED_ORDER: Final[tuple[PositionKind, ...]] = (
    "conditional",
    "proposes",
    "calls_on_others",
    "opposes",
    "supports",
    "reports_practice",
)
_NEVER_HIDDEN: Final = frozenset({"opposes", "conditional"})
# Attitudes that a negation turns round; what else is negated shows nothing.
_TURNED: Final[dict[Rule, Rule]] = {"supports": "refuses", "objects": "accepts"}
_NEGATED_ITSELF: Final = frozenset({"refuses", "forbids", "accepts", "condition", "limit"})
_CUES: Final = {module.__name__.rpartition(".")[2]: module for module in (ar, en, es, fr, ru, zh)}
# How far back from an attitude, in the same clause, a negation reaches.
_REACH: Final = 40
_CLAUSE: Final = regex.compile(r"[,;:.()，；：。、،؛—–]")


@dataclass(frozen=True, kw_only=True)
class Marked:
    """Words of a text that show a kind of position.

    Attributes:
        start: Offset of the first of them in the text.
        end: Offset after the last one.
        kind: What they show.
        rule: Name of the rule that says so.
        plain: Whether they say it outright.
    """

    start: int
    end: int
    kind: PositionKind
    rule: Rule
    plain: bool


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """The suggested kind of position.

    Attributes:
        words: What shows it, in the order of the citations; empty only for `no_position`.
        rules: The rule behind each of `words`.
    """

    kind: PositionKind
    words: tuple[Words, ...] = ()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """What one citation shows: its kind, whether outright and in a sentence that names the topic, and the words."""

    kind: PositionKind
    plain: bool
    named: bool
    citation: Citation
    marks: tuple[Marked, ...]


def suggest_kind(citations: Sequence[Citation], statements: Mapping[str, Statement], topic: str = "") -> Suggestion:
    """Suggests the kind of position that the citations of a cell show.

    The first citation that says something outright decides, else the first that implies something; a later citation of
    the same party overrules it only by an outright objection or condition in a sentence that names the topic.

    Args:
        citations: Strongest first.
        statements: The stored statements by id; they map the words of a quotation to its source.
        topic: Topic words. Where sentences of a citation name the topic, they decide, and their neighbours only where
            they show nothing.

    Returns:
        `no_position` without words where there are no citations, or they show nothing.
    """
    shown = [found for found in (_shown(citation, statements, topic) for citation in citations) if found]
    if not shown:
        return Suggestion(kind="no_position")
    party = citations[0].state
    decides = min(shown, key=lambda found: (found.citation.state != party, not found.plain))
    if decides.kind not in _NEVER_HIDDEN:
        decides = next((found for found in shown if _overrules(found, party)), decides)
    statement = statements[decides.citation.statement_id]
    return Suggestion(
        kind=decides.kind,
        words=tuple(_words(mark, decides.citation, statement) for mark in decides.marks),
        rules=tuple(mark.rule for mark in decides.marks),
    )


def kinds_of(text: str, language: str | None) -> tuple[Marked, ...]:
    """Returns what a sentence shows, in the order of the text; nothing in a language without rules.

    Args:
        text: One sentence, readable.
        language: ISO 639-1 code; None is read as English.
    """
    cues = _compiled(language or "en")
    if cues is None or _found("abstains", cues, text):
        return ()
    # What others said is blanked out, so that offsets stay.
    own = cues["others_said"].sub(lambda match: " " * len(match.group()), text) if "others_said" in cues else text
    marks = [mark for rule in RULES for mark in _marks(rule, cues, own)]
    return tuple(sorted(_conditions(_apart(marks)), key=lambda mark: mark.start))


def kind_of(marks: Iterable[Marked]) -> PositionKind:
    """Returns the kind that wins among what one sentence shows; `no_position` where that is nothing."""
    found = tuple(marks)
    plain = {mark.kind for mark in found if mark.plain}
    if {"conditional", "opposes"} <= plain:
        # "We cannot accept this unless …" binds the refusal itself.
        return "conditional"
    implied = {mark.kind for mark in found}
    return _first(plain, _PLAIN_ORDER) or _first(implied, _IMPLIED_ORDER) or "no_position"


def _first(kinds: Iterable[PositionKind], order: Sequence[PositionKind]) -> PositionKind | None:
    return min(kinds, key=order.index, default=None)


def _found(rule: str, cues: Mapping[str, "regex.Pattern[str]"], text: str) -> bool:
    return rule in cues and cues[rule].search(text) is not None


def _marks(rule: Rule, cues: Mapping[str, "regex.Pattern[str]"], text: str) -> Iterator[Marked]:
    for match in cues[rule].finditer(text) if rule in cues else ():
        if not match.group().strip():
            continue
        start, end, turned = match.start(), match.end(), rule
        if rule not in _NEGATED_ITSELF:
            negation = _negation(cues["negation"], text, start, end)
            if negation is not None:
                if rule not in _TURNED:
                    continue
                start, turned = min(start, negation), _TURNED[rule]
        kind, plain = RULES[turned]
        yield Marked(start=start, end=end, kind=kind, rule=turned, plain=plain)


def _negation(negation: "regex.Pattern[str]", text: str, start: int, end: int) -> int | None:
    """Returns where a negation begins that stands in the words or before them in their clause."""
    before = text[max(0, start - _REACH) : start]
    clause = max((match.end() for match in _CLAUSE.finditer(before)), default=0)
    match = negation.search(text, start - len(before) + clause, end)
    return match.start() if match else None


def _apart(marks: Sequence[Marked]) -> list[Marked]:
    """Keeps of overlapping marks the one whose rule stands first in `RULES`."""
    kept: list[Marked] = []
    for mark in marks:
        if all(mark.end <= other.start or other.end <= mark.start for other in kept):
            kept.append(mark)
    return kept


def _conditions(marks: Sequence[Marked]) -> Iterator[Marked]:
    """Yields the marks with conditions made plain where they bind an attitude; a mere limit is dropped otherwise."""
    binds = any(mark.plain and mark.kind != "reports_practice" for mark in marks)
    for mark in marks:
        if mark.rule == "condition" and binds:
            yield replace(mark, plain=True)
        elif mark.rule != "limit":
            yield mark
        elif any(other.rule in ("supports", "accepts", "refuses") for other in marks):
            yield replace(mark, plain=True)


def _shown(citation: Citation, statements: Mapping[str, Statement], topic: str) -> _Shown | None:
    """Returns what a citation shows, by the sentences that name the topic if they show anything."""
    language = citation.language or "en"
    terms = content_terms(topic, language)
    sentences: list[tuple[bool, tuple[Marked, ...]]] = []
    for start, end in split_sentences(citation.quote):
        text = citation.quote[start:end]
        marks = (replace(mark, start=mark.start + start, end=mark.end + start) for mark in kinds_of(text, language))
        sentences.append((bool(terms & content_terms(text, language)), tuple(marks)))
    for named in (True, False):
        speaking = [marks for names, marks in sentences if marks and (names or not named)]
        if speaking:
            kind = _strongest(speaking)
            showing = [mark for marks in speaking for mark in marks if mark.kind == kind]
            plain = any(mark.plain for mark in showing)
            marks = tuple(mark for mark in showing if mark.plain or not plain)
            return _Shown(kind=kind, plain=plain, named=named and bool(terms), citation=citation, marks=marks)
    return None


def _strongest(sentences: Sequence[tuple[Marked, ...]]) -> PositionKind:
    """Returns the kind that wins among sentences, each of which shows something."""
    plain = [kind_of(marks) for marks in sentences if any(mark.plain for mark in marks)]
    implied = [kind_of(marks) for marks in sentences]
    return _first(plain, _PLAIN_ORDER) or _first(implied, _IMPLIED_ORDER) or "no_position"


def _overrules(found: _Shown, party: str | None) -> bool:
    return found.kind in _NEVER_HIDDEN and found.plain and found.named and found.citation.state == party


def _words(mark: Marked, citation: Citation, statement: Statement) -> Words:
    """Returns the words of a mark with their offsets in the statement's source."""
    edits = tuple(
        Edit(start=edit.start - citation.start, end=edit.end - citation.start, text=edit.text, kind=edit.kind)
        for edit in statement.edits
        if citation.start <= edit.start < citation.end and citation.start < edit.end <= citation.end
    )
    readable = ReadableText(source=citation.source_quote, edits=edits)
    start, end = readable.to_source_span(mark.start, mark.end)
    return Words(
        citation=citation.number,
        start=citation.start + start,
        end=citation.start + end,
        text=citation.quote[mark.start : mark.end],
        kind=mark.kind,
    )


@cache
def _compiled(language: str) -> dict[str, "regex.Pattern[str]"] | None:
    """Returns the patterns of a language by rule, or None where there are no rules for it."""
    module = _CUES.get(language)
    if module is None:
        return None
    return {rule: _pattern(cues, module.PARTS) for rule, cues in module.CUES.items()}


def _pattern(cues: str, parts: Mapping[str, str]) -> "regex.Pattern[str]":
    pattern = "|".join(cues.split())
    # Parts may hold parts that were defined before them.
    for name, part in reversed(parts.items()):
        pattern = pattern.replace(f"<{name}>", part)
    return regex.compile(pattern.replace("_", r"(?:\s+)"), regex.IGNORECASE)
