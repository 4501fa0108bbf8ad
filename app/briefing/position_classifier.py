"""Position classifier: the kind of position that citations show, suggested by named rules with the words that show it.

"We cannot accept this" shows `opposes` by the rule `refuses`. What each rule shows, and how plainly, is said here; its
patterns are in one lexicon a language, such as `ingest/language/data/positions.en.yaml`: `cues` maps the name of a rule
to alternatives between white space; `_` stands for white space inside one, `<part>` for the pattern of that name in
`parts`. Case counts only inside `(?-i:…)`. Rules only suggest: a person decides. docs/positions.md defines the kinds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

import regex

from app.briefing.cells import EvidenceWords, PositionKind
from app.records import Citation
from app.retrieval.terms import content_terms
from ingest.language.lexicons import load_lexicon, unfolded
from ingest.language.sentences import split_sentences
from ingest.parties.party_table import PartyTable
from ingest.text.readable import ReadableText
from prompts.wording import LANGUAGES
from vectorstore.records import Edit, Statement

Rule = Literal[
    "refuses",
    "objects",
    "forbids",
    "condition",
    "limit",
    "proposes",
    "should_be",
    "asks",
    "duty_of_others",
    "acted",
    "supports",
    "accepts",
    "commits",
    "harm",
    "values",
    "was_done",
]
# The kind that a rule shows, and its strength: 3 outright, 2 leaning, 1 implied by a judgement such as "a threat".
RULES: Final[dict[Rule, tuple[PositionKind, int]]] = {
    "refuses": ("opposes", 3),
    "objects": ("opposes", 3),
    "forbids": ("opposes", 3),
    "condition": ("conditional", 2),
    "limit": ("conditional", 1),
    "proposes": ("proposes", 3),
    "should_be": ("proposes", 2),
    "asks": ("calls_on_others", 3),
    "duty_of_others": ("calls_on_others", 3),
    "acted": ("reports_practice", 3),
    "supports": ("supports", 3),
    "accepts": ("supports", 3),
    "commits": ("supports", 2),
    "harm": ("opposes", 1),
    "values": ("supports", 1),
    "was_done": ("reports_practice", 1),
}
# Precedence among kinds of equal strength: to miss an objection or a condition is the worse error.
PRECEDENCE: Final[tuple[PositionKind, ...]] = (
    "opposes",
    "conditional",
    "proposes",
    "calls_on_others",
    "supports",
    "reports_practice",
)
_OUTRIGHT: Final = 3
_NEVER_HIDDEN: Final = frozenset({"opposes", "conditional"})
# Rules that a negation reverses ("not support"); other rules show nothing where they are negated.
_TURNED: Final[dict[Rule, Rule]] = {"supports": "refuses", "objects": "accepts"}
_NEGATED_ITSELF: Final = frozenset({"refuses", "forbids", "accepts", "condition", "limit"})
# Characters before an attitude, in the same clause, in which a negation counts.
_REACH: Final = 40
_CLAUSE: Final = regex.compile(r"[,;:.()，；：。、،؛—–]")


@dataclass(frozen=True, kw_only=True)
class PositionMark:
    """Words of a text that show a kind of position.

    Attributes:
        start: Offset of the first of them in the text.
        end: Offset after the last one.
        kind: What they show.
        rule: Name of the rule that says so.
        strength: 1 to 3, as in `RULES`.
    """

    start: int
    end: int
    kind: PositionKind
    rule: Rule
    strength: int


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """The suggested kind of position.

    Attributes:
        words: What shows it, in the order of the citations; empty only for `no_position`.
        rules: The rule behind each of `words`.
    """

    kind: PositionKind
    words: tuple[EvidenceWords, ...] = ()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _CitedKind:
    """The kind that one citation shows, with the words; `named`: in a sentence that names the topic."""

    verdict: "_StrongestKind"
    named: bool
    citation: Citation
    marks: tuple[PositionMark, ...]


def suggest_kind(
    citations: Sequence[Citation],
    statements: Mapping[str, Statement],
    topic: str = "",
    parties: PartyTable | None = None,
) -> Suggestion:
    """Suggests the kind of position that the citations of a cell show.

    The first citation that says something outright decides, else the first that implies something; a later citation of
    the same party overrules it only by an outright objection or condition in a sentence that names the topic.

    Args:
        citations: Strongest first.
        statements: The stored statements by id; they map the words of a quotation to its source.
        topic: Topic words. Where sentences of a citation name the topic, they decide, and their neighbours only where
            they show nothing.
        parties: Tells whether the subject of an attitude is who holds the position ("Arvandia rejects"); without it,
            any name may be.

    Returns:
        `no_position` without words where there are no citations, or they show nothing.
    """
    shown = [found for found in (_shown(citation, topic, parties) for citation in citations) if found]
    if not shown:
        return Suggestion(kind="no_position")
    party = citations[0].state
    decides = min(shown, key=lambda found: (found.citation.state != party, -found.verdict.strength))
    if decides.verdict.kind not in _NEVER_HIDDEN:
        decides = next((found for found in shown if _overrules(found, party)), decides)
    statement = statements[decides.citation.statement_id]
    return Suggestion(
        kind=decides.verdict.kind,
        words=tuple(_words(mark, decides.citation, statement) for mark in decides.marks),
        rules=tuple(mark.rule for mark in decides.marks),
    )


def kinds_of(
    text: str, language: str | None, is_speaker: Callable[[str], bool] = lambda _: True
) -> tuple[PositionMark, ...]:
    """Returns the marks of positions in a sentence, in its order; none in a language without rules.

    Args:
        text: One sentence, readable.
        language: ISO 639-1 code; None is read as English.
        is_speaker: Whether a name is that of who holds the position.
    """
    cues = _compiled(language or "en")
    if cues is None or _found("abstains", cues, text):
        return ()
    # Reported speech of others is blanked out, so that offsets stay.
    own = cues["others_said"].sub(lambda match: " " * len(match.group()), text) if "others_said" in cues else text
    marks = [mark for rule in RULES for mark in _marks(rule, cues, own, is_speaker)]
    return tuple(sorted(_conditions(_apart(marks)), key=lambda mark: mark.start))


def kind_of(marks: Iterable[PositionMark]) -> PositionKind:
    """Returns the strongest kind among the marks of one sentence; `no_position` without marks."""
    return _strongest([tuple(marks)]).kind


@dataclass(frozen=True, kw_only=True)
class _StrongestKind:
    kind: PositionKind
    strength: int


def _strongest(sentences: Iterable[tuple[PositionMark, ...]]) -> _StrongestKind:
    """Returns the strongest kind in any of the sentences; `no_position` where none has marks."""
    verdicts = []
    for marks in sentences:
        strength = max((mark.strength for mark in marks), default=0)
        kinds = {mark.kind for mark in marks if mark.strength == strength}
        # "We cannot accept this unless …" binds the refusal itself.
        kinds -= {"opposes"} if "conditional" in kinds else set()
        verdicts += [_StrongestKind(kind=kind, strength=strength) for kind in kinds]
    none = _StrongestKind(kind="no_position", strength=0)
    return min(verdicts, key=lambda one: (-one.strength, PRECEDENCE.index(one.kind)), default=none)


def _found(rule: str, cues: Mapping[str, "regex.Pattern[str]"], text: str) -> bool:
    return rule in cues and cues[rule].search(text) is not None


def _marks(
    rule: Rule, cues: Mapping[str, "regex.Pattern[str]"], text: str, is_speaker: Callable[[str], bool]
) -> Iterator[PositionMark]:
    for match in cues[rule].finditer(text) if rule in cues else ():
        named = match.group("subject") if "subject" in match.re.groupindex else None
        if named is not None and not is_speaker(named):
            continue
        start, end, turned = match.start(), match.start() + len(match.group().rstrip()), rule
        if rule not in _NEGATED_ITSELF:
            negation = _negation(cues["negation"], text, start, end)
            if negation is not None:
                if rule not in _TURNED:
                    continue
                start, turned = min(start, negation), _TURNED[rule]
        kind, strength = RULES[turned]
        yield PositionMark(start=start, end=end, kind=kind, rule=turned, strength=strength)


def _negation(negation: "regex.Pattern[str]", text: str, start: int, end: int) -> int | None:
    """Returns the offset of a negation within the words, or before them in their clause; None without one."""
    before = text[max(0, start - _REACH) : start]
    clause = max((match.end() for match in _CLAUSE.finditer(before)), default=0)
    match = negation.search(text, start - len(before) + clause, end)
    return match.start() if match else None


def _apart(marks: Sequence[PositionMark]) -> list[PositionMark]:
    """Keeps of overlapping marks the one whose rule comes first in `RULES`."""
    kept: list[PositionMark] = []
    for mark in marks:
        if all(mark.end <= other.start or other.end <= mark.start for other in kept):
            kept.append(mark)
    return kept


def _conditions(marks: Sequence[PositionMark]) -> Iterator[PositionMark]:
    """Yields the marks: conditions and limits of an attitude as outright, limits of nothing dropped."""
    binds = any(mark.strength == _OUTRIGHT and mark.kind != "reports_practice" for mark in marks)
    for mark in marks:
        if mark.rule == "condition" and binds:
            yield replace(mark, strength=_OUTRIGHT)
        elif mark.rule != "limit":
            yield mark
        elif any(other.rule in ("supports", "accepts", "commits", "refuses") for other in marks):
            yield replace(mark, strength=_OUTRIGHT)


def _shown(citation: Citation, topic: str, parties: PartyTable | None) -> _CitedKind | None:
    """Returns the kind that a citation shows: by its sentences that name the topic, else by its others."""
    language = citation.language or "en"
    terms = content_terms(topic, language)

    def is_speaker(name: str) -> bool:
        return parties is None or any(citation.state in match.codes for match in parties.find(name, language))

    sentences: list[tuple[bool, tuple[PositionMark, ...]]] = []
    for start, end in split_sentences(citation.quote):
        text = citation.quote[start:end]
        marks = (
            replace(mark, start=mark.start + start, end=mark.end + start)
            for mark in kinds_of(text, language, is_speaker)
        )
        sentences.append((bool(terms & content_terms(text, language)), tuple(marks)))
    for named in (True, False):
        speaking = [marks for names, marks in sentences if marks and (names or not named)]
        if speaking:
            verdict = _strongest(speaking)
            showing = tuple(
                mark
                for marks in speaking
                for mark in marks
                if (mark.kind, mark.strength) == (verdict.kind, verdict.strength)
            )
            return _CitedKind(verdict=verdict, named=named and bool(terms), citation=citation, marks=showing)
    return None


def _overrules(found: _CitedKind, party: str | None) -> bool:
    outright = found.verdict.kind in _NEVER_HIDDEN and found.verdict.strength == _OUTRIGHT
    return outright and found.named and found.citation.state == party


def _words(mark: PositionMark, citation: Citation, statement: Statement) -> EvidenceWords:
    """Returns the words of a mark with their offsets in the statement's source."""
    edits = tuple(
        Edit(start=edit.start - citation.start, end=edit.end - citation.start, text=edit.text, kind=edit.kind)
        for edit in statement.edits
        if citation.start <= edit.start < citation.end and citation.start < edit.end <= citation.end
    )
    readable = ReadableText(source=citation.source_quote, edits=edits)
    start, end = readable.to_source_span(mark.start, mark.end)
    return EvidenceWords(
        citation=citation.number,
        start=citation.start + start,
        end=citation.start + end,
        text=citation.quote[mark.start : mark.end],
        kind=mark.kind,
    )


@cache
def _compiled(language: str) -> dict[str, "regex.Pattern[str]"] | None:
    """Returns the patterns of a language by rule, or None where there are no rules for it."""
    if language not in LANGUAGES:
        return None
    lexicon = load_lexicon(f"positions.{language}")
    parts = {name: unfolded(part) for name, part in lexicon["parts"].items()}
    return {rule: _pattern(cues, parts) for rule, cues in lexicon["cues"].items()}


def _pattern(cues: str, parts: Mapping[str, str]) -> "regex.Pattern[str]":
    pattern = "|".join(cues.split())
    # Parts may hold parts that were defined before them.
    for name, part in reversed(tuple(parts.items())):
        pattern = pattern.replace(f"<{name}>", part)
    return regex.compile(pattern.replace("_", r"(?:\s+)"), regex.IGNORECASE)
