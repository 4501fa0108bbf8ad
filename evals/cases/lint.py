"""Lint of a set of cases: checks of their form, of what they say of their corpus, and of what figures can be read for.

Errors make figures wrong (a quotation that is not in its file), warnings may, notes tell how far figures carry (a slice
of 12 cases).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final, Literal

from rapidfuzz import fuzz

from evals.cases.case import Case, Evidence, locate, slices
from evals.cases.corpus_facts import Reading, read_all
from evals.cases.documents import Document, Documents, sha256_of
from evals.errors import DatasetError
from ingest.glossary.glossary import terms_of
from ingest.parties.party_table import PartyTable
from ingest.text.squash import squash

Severity = Literal["error", "warning", "note"]
# Questions of the same scope this much alike, 0 to 100, ask the same.
_ALIKE: Final = 95
# Smallest slice to read a figure from: of 20 right in 20 the 95 % interval still goes down to 84 %.
_SLICE: Final = 20
_SLICED_BY: Final = ("type", "lang", "kind", "expected")
# Share of unanswerable cases that abstention can be measured with; half of them should be near misses.
_UNANSWERABLE: Final = (0.25, 0.30)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that a person should look at.

    Attributes:
        severity: `error` makes figures wrong, `warning` may, `note` only tells.
        case: The case's id; None for the set as a whole.
        what: What is wrong.
        todo: What to do about it.
    """

    severity: Severity
    case: str | None
    what: str
    todo: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Checked:
    """The cases with what the checks look up."""

    cases: tuple[Case, ...]
    documents: Documents | None

    @cached_property
    def by_id(self) -> Mapping[str, Case]:
        """The cases by id."""
        return {case.id: case for case in self.cases}

    @cached_property
    def parties(self) -> PartyTable:
        """Everyone who can speak, with those that the corpus adds."""
        return self.documents.parties if self.documents is not None else PartyTable.load()

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What the statements of the corpus name."""
        return read_all(self.documents) if self.documents is not None else ()

    def text(self, span: Evidence) -> str | None:
        """Returns the words of a span, by its offsets or by its quotation; None where neither finds it."""
        document = self.documents.by_file.get(span.file) if self.documents is not None else None
        if document is None:
            return None
        if span.located:
            return document.text[span.start : span.end] if span.end <= len(document.text) else None
        try:
            return document.text[slice(*locate(span.quote or "", document.text))]
        except DatasetError:
            return None


def _error(case: str, what: str, todo: str) -> Problem:
    return Problem(severity="error", case=case, what=what, todo=todo)


def states_of(case: Case, checked: Checked) -> frozenset[str]:
    """The States that a case is about: as it says, else as its question names them."""
    if case.expect.states:
        return frozenset(case.expect.states)
    return frozenset(code for match in checked.parties.find(case.question, case.lang) for code in match.codes)


def _reviewers(checked: Checked) -> Iterator[Problem]:
    for case in checked.cases:
        if case.review.status == "reviewed" and not case.review.by:
            todo = "name the person in `by`, or write `unreviewed`"
            yield _error(case.id, "it is `reviewed`, and nobody is named who did", todo)


def _ids(checked: Checked) -> Iterator[Problem]:
    for identifier, count in Counter(case.id for case in checked.cases).items():
        if count > 1:
            yield _error(identifier, f"{count} cases have this id", "rename all but one")


def _duplicates(checked: Checked) -> Iterator[Problem]:
    """Questions that ask nearly the same of the same States and times; variants are meant to."""
    groups: defaultdict[object, list[tuple[Case, str]]] = defaultdict(list)
    for case in checked.cases:
        words, states = case.question, states_of(case, checked)
        for match in reversed(checked.parties.find(words, case.lang)):
            if states.intersection(match.codes):
                words = f"{words[: match.start]} {words[match.end :]}"
        times = tuple(sorted(re.findall(r"\d+", case.question)))
        rest = " ".join(re.sub(r"\d+", " ", words).casefold().split())
        groups[case.history, case.lang, states, times].append((case, rest))
    for group in groups.values():
        for (one, words), (other, others) in combinations(group, 2):
            alike = fuzz.token_set_ratio(words, others)
            if alike >= _ALIKE and (one.variant_of or one.id) != (other.variant_of or other.id):
                what = f"asks nearly the same as {one.id!r} ({alike:.0f} of 100 alike)"
                yield Problem(severity="warning", case=other.id, what=what, todo="drop one, or name it in `variant_of`")


def contradictions(case: Case) -> Iterator[tuple[str, str]]:
    """Yields (what a case says that cannot be, what to do about it), its corpus aside."""
    expect, status, silent = case.expect, case.expect.status, case.expect.status == "abstained"
    reasoned = expect.reason is not None or case.unanswerable_kind is not None
    correct = "correct `answerable` or the outcome"
    found = (
        (not case.question.strip(), "has an empty question", "the question is empty: write one"),
        (silent and not reasoned, "expects silence without a reason", "set `expect.reason` or `unanswerable_kind`"),
        (
            not silent and reasoned,
            f"expects status {status!r}, and has a reason or kind of silence",
            "a reason goes only with the outcome `abstained`: leave it out, or change the outcome",
        ),
        (silent and bool(case.evidence), "expects silence, and shows evidence", "drop one of them"),
        (
            not silent and not case.groups,
            f"expects status {status!r} without evidence",
            f"the outcome `{status}` needs evidence: add the span that answers",
        ),
        (case.answerable and silent, "is answerable, and expects silence", correct),
        (not case.answerable and status == "answered", "is not answerable, and expects an answer", correct),
        (
            (status == "partial") != (expect.missing is not None),
            f"expects status {status!r}, and `missing` is {expect.missing!r}",
            "say what is missing in `expect.missing`; it goes only with the outcome `partial`",
        ),
        (
            case.type in ("unanswerable", "ambiguous") and not silent,
            f"has type {case.type!r}, and expects status {status!r}",
            "correct `type` or `expect.status`",
        ),
        (
            case.type == "follow_up" and not case.history,
            "follows up on nothing",
            "write the earlier questions into `history`",
        ),
        (
            bool({*expect.states} & {*expect.states_forbidden}),
            "expects a State that it forbids",
            "correct `expect.states` or `expect.states_forbidden`",
        ),
    )
    return ((what, todo) for wrong, what, todo in found if wrong)


def _consistency(checked: Checked) -> Iterator[Problem]:
    return (_error(case.id, what, todo) for case in checked.cases for what, todo in contradictions(case))


def _variants(checked: Checked) -> Iterator[Problem]:
    for case in checked.cases:
        original = checked.by_id.get(case.variant_of or "")
        if case.variant_of is not None and original is None:
            yield _error(
                case.id, f"is a variant of {case.variant_of!r}, which is not here", "name a case of the same set"
            )
        elif original and (case.expect, case.answerable) != (original.expect, original.answerable):
            todo = "the same question has the same outcome: correct one"
            yield _error(case.id, f"expects another outcome than {original.id!r}", todo)


def _evidence(checked: Checked) -> Iterator[Problem]:
    by_file = checked.documents.by_file if checked.documents is not None else {}
    for case in checked.cases:
        for span in case.evidence:
            document = by_file.get(span.file)
            missing = (f"no file {span.file!r}", "name it as the manifest does, or give its folder")
            for what, todo in [missing] if document is None else _of_span(span, document, checked):
                yield _error(case.id, f"evidence {span.id!r}: {what}", todo)


def _of_span(span: Evidence, document: Document, checked: Checked) -> Iterator[tuple[str, str]]:
    text = checked.text(span)
    if text is None and span.located:
        yield f"ends at {span.end}, after the text's end at {len(document.text)}", "find the span anew in the file"
    elif text is None:
        yield "its quotation does not stand in the file", "copy the exact words from the file"
    elif span.quote is not None and squash(text) != squash(span.quote):
        yield f"at {span.start} stand other words than its quotation", "correct the offsets, or leave them out"
    if text is not None and span.sha256 is not None and sha256_of(text) != span.sha256:
        yield "its words have another hash", "the file has changed, or the offsets are wrong: find the span anew"
    behalf = document.facts.get("on_behalf_of")
    holders = {document.state, *(checked.parties.resolve(behalf).codes if behalf else ())}
    known = span.state is not None and document.state is not None and document.kind != "record"
    if known and span.state not in holders:
        yield f"is of {span.state}, and the manifest says {document.state}", "correct the State here or in the manifest"


def _expected_states(checked: Checked) -> Iterator[Problem]:
    for case in checked.cases:
        for state in (*case.expect.states, *case.expect.states_forbidden):
            if checked.parties.get(state) is None:
                todo = "write the code of the table of States or groups, or of parties.csv"
                yield _error(case.id, f"nobody has the code {state!r}", todo)
        shown = {span.state for span in case.evidence if span.state is not None}
        expected = {*case.expect.states}
        if expected and shown - expected:
            what = f"has evidence of {', '.join(sorted(shown - expected))}, whom it does not expect"
            yield _error(case.id, what, "correct `expect.states` or the evidence")
        if shown and expected - shown:
            what = f"expects {', '.join(sorted(expected - shown))} without evidence of theirs"
            yield Problem(severity="warning", case=case.id, what=what, todo="add their spans, or do not expect them")


def _absence(checked: Checked) -> Iterator[Problem]:
    """Looks for what should not be in the corpus."""
    for case in checked.cases:
        kind = case.unanswerable_kind or ""
        years = [str(year) for year in case.expect.years] or re.findall(r"\b(?:19|20)\d\d\b", case.question)
        # A session without a year cannot be matched with dates: such cases are not checked.
        if (kind != "no_statement" and not kind.startswith("near_miss")) or (kind == "near_miss_session" and not years):
            continue
        states = states_of(case, checked)
        of_states = [reading for reading in checked.readings if reading.document.state in states]
        theirs = [reading for reading in of_states if not years or reading.year in years]
        yield from _held(case, theirs) if kind == "no_statement" else _spoken(case, theirs)


def _held(case: Case, theirs: Iterable[Reading]) -> Iterator[Problem]:
    for reading in theirs:
        what = f"says that there is no statement, and {reading.document.file!r} is one"
        yield _error(case.id, what, "ask about another State or year")


def _spoken(case: Case, theirs: Iterable[Reading]) -> Iterator[Problem]:
    tagged = case.tags.get("article", ())
    cited = {tagged} if isinstance(tagged, str) else {*tagged}
    topic, *_ = *terms_of(str(case.tags.get("topic", "")).replace("_", " "), "en"), ""
    for reading in theirs:
        file = reading.document.file
        for article in sorted(reading.named.keys() & cited):
            what = f"has no answer, and {file!r} cites article {article.split()[1]} of {article.split()[0]}"
            yield _error(case.id, what, "make it answerable, or ask about another article")
        if not cited and topic in reading.named:
            # The question may be narrower than its topic.
            what, todo = f"names {topic!r}", "read those sentences, and make sure that none answers"
            yield Problem(severity="warning", case=case.id, what=f"has no answer, and {file!r} {what}", todo=todo)


def _mix(checked: Checked) -> Iterator[Problem]:
    """What the figures of a set can be read for."""
    cases, total = checked.cases, len(checked.cases)
    if not cases:
        yield Problem(severity="warning", case=None, what="there are no cases", todo="write some, or draft by `synth`")
        return
    silent = [case for case in cases if case.expect.status == "abstained"]
    near = sum((case.unanswerable_kind or "").startswith("near_miss") for case in silent) / max(1, len(silent))
    share, (low, high) = len(silent) / total, _UNANSWERABLE
    drafts, unread = (sum(c.review.status == status for c in cases) for status in ("draft", "unreviewed"))
    counts = Counter((name, value) for case in cases for name in _SLICED_BY for value in slices(case).get(name, ()))
    small = ", ".join(f"{name} {value} ({n})" for (name, value), n in sorted(counts.items()) if n < _SLICE)
    notes = (
        (
            not low - 0.005 <= share < high + 0.005,
            f"{share:.0%} of the cases have no answer",
            f"{low:.0%} to {high:.0%} of the cases should have no answer",
        ),
        (
            near < 0.5,
            f"{near:.0%} of the cases without an answer are near misses",
            "ask about topics that another State or another session names",
        ),
        (drafts, f"{drafts} of {total} cases are drafts, which never decide a gate", "review them"),
        (unread, f"{unread} of {total} cases decide gates though no person has reviewed them", "review them"),
        (small, f"slices of fewer than {_SLICE} cases: {small}", "read no figure from them"),
    )
    yield from (Problem(severity="note", case=None, what=what, todo=todo) for holds, what, todo in notes if holds)


_CHECKS: Final = (_ids, _reviewers, _duplicates, _consistency, _variants)
_CHECKS_OF_CORPUS: Final = (_evidence, _expected_states, _absence)


def lint(cases: Iterable[Case], documents: Documents | None = None) -> tuple[Problem, ...]:
    """Checks cases; without documents, only what can be told without their corpus.

    Returns:
        The problems, errors first, else in the order of the cases.
    """
    checked = Checked(cases=tuple(cases), documents=documents)
    checks = (*_CHECKS, *(_CHECKS_OF_CORPUS if documents is not None else ()), _mix)
    found = [problem for check in checks for problem in check(checked)]
    place = {case.id: number for number, case in enumerate(checked.cases)}
    rank: Mapping[Severity, int] = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda each: (rank[each.severity], place.get(each.case or "", len(place)))))
