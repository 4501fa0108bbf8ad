"""Lint of a set of cases: checks of their form, of what they say of their corpus, and of what figures can be read for.

Errors make figures wrong (a quotation that is not in its file), warnings may, notes tell how far figures carry (a slice
of 12 cases).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Final, Literal

from rapidfuzz import fuzz

from evals.cases.case import Case, Evidence, slices
from evals.cases.corpus_facts import Reading, read_all
from evals.cases.documents import Document, Documents, sha256_of
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
    """Something that a person should look at: in a case, or (None) in the set as a whole."""

    severity: Severity
    case: str | None
    what: str
    todo: str


# What is wrong with a case, and what to do about it; an error where nothing else is said.
_Found = Iterator[tuple[str, str] | Problem]


def lint(cases: Iterable[Case], documents: Documents | None = None) -> tuple[Problem, ...]:
    """Returns what is wrong with cases, errors first; without documents, what can be told without their corpus."""
    cases = tuple(cases)
    parties = documents.parties if documents is not None else PartyTable.load()
    by_id, counts = {case.id: case for case in cases}, Counter(case.id for case in cases)
    needed = any(_is_silence(case) for case in cases)
    readings = read_all(documents) if documents is not None and needed else ()
    found: list[Problem] = []
    for case in cases:
        told: list[tuple[str, str] | Problem] = [*_form(case, by_id, counts[case.id])]
        if documents is not None:
            told += [*_evidence(case, documents), *_expected_states(case, parties), *_absence(case, readings, parties)]
        error = partial(Problem, severity="error", case=case.id)
        found += [each if isinstance(each, Problem) else error(what=each[0], todo=each[1]) for each in told]
    found += [*_duplicates(cases, parties), *_mix(cases)]
    place = {case.id: number for number, case in enumerate(cases)}
    rank: Mapping[Severity, int] = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda each: (rank[each.severity], place.get(each.case or "", len(place)))))


def _warning(case: str, what: str, todo: str) -> Problem:
    return Problem(severity="warning", case=case, what=what, todo=todo)


def _form(case: Case, by_id: Mapping[str, Case], count: int) -> _Found:
    """What a case says of itself and of others."""
    if count > 1:
        yield f"{count} cases have this id", "rename all but one"
    if case.review.status == "reviewed" and not case.review.by:
        yield "it is `reviewed`, and nobody is named who did", "name the person in `by`, or write `unreviewed`"
    yield from contradictions(case)
    original = by_id.get(case.variant_of or "")
    if case.variant_of is not None and original is None:
        yield f"is a variant of {case.variant_of!r}, which is not here", "name a case of the same set"
    elif original and (case.expect, case.answerable) != (original.expect, original.answerable):
        yield f"expects another outcome than {original.id!r}", "the same question has the same outcome: correct one"


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


def _states_of(case: Case, parties: PartyTable) -> frozenset[str]:
    """The States that a case is about: as it says, else as its question names them."""
    named = (code for match in parties.find(case.question, case.lang) for code in match.codes)
    return frozenset(case.expect.states or named)


def _duplicates(cases: Iterable[Case], parties: PartyTable) -> Iterator[Problem]:
    """Questions that ask nearly the same of the same States and times; variants are meant to."""
    groups: defaultdict[object, list[tuple[Case, str]]] = defaultdict(list)
    for case in cases:
        words, states = case.question, _states_of(case, parties)
        for match in reversed(parties.find(words, case.lang)):
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
                yield _warning(other.id, what, "drop one, or name it in `variant_of`")


def _evidence(case: Case, documents: Documents) -> _Found:
    for span in case.evidence:
        document = documents.by_file.get(span.file)
        missing = (f"no file {span.file!r}", "name it as the manifest does, or give its folder")
        for what, todo in [missing] if document is None else _of_span(span, document, documents.parties):
            yield f"evidence {span.id!r}: {what}", todo


def _of_span(span: Evidence, document: Document, parties: PartyTable) -> Iterator[tuple[str, str]]:
    found = (span.start, span.end) if span.located else document.find(span.quote or "")
    text = None if found is None else document.text[slice(*found)]
    if found is None:
        yield "its quotation does not stand in the file", "copy the exact words from the file"
    elif span.end > len(document.text):
        text = None
        yield f"ends at {span.end}, after the text's end at {len(document.text)}", "find the span anew in the file"
    elif span.quote is not None and squash(text or "") != squash(span.quote):
        yield f"at {span.start} stand other words than its quotation", "correct the offsets, or leave them out"
    if text is not None and span.sha256 is not None and sha256_of(text) != span.sha256:
        yield "its words have another hash", "the file has changed, or the offsets are wrong: find the span anew"
    behalf = document.facts.get("on_behalf_of")
    holders = {document.state, *(parties.resolve(behalf).codes if behalf else ())}
    known = span.state is not None and document.state is not None and document.kind != "record"
    if known and span.state not in holders:
        yield f"is of {span.state}, and the manifest says {document.state}", "correct the State here or in the manifest"


def _expected_states(case: Case, parties: PartyTable) -> _Found:
    for state in (*case.expect.states, *case.expect.states_forbidden):
        if parties.get(state) is None:
            yield f"nobody has the code {state!r}", "write the code of the table of States or groups, or of parties.csv"
    shown = {span.state for span in case.evidence if span.state is not None}
    expected = {*case.expect.states}
    if expected and shown - expected:
        what = f"has evidence of {', '.join(sorted(shown - expected))}, whom it does not expect"
        yield what, "correct `expect.states` or the evidence"
    if shown and expected - shown:
        what = f"expects {', '.join(sorted(expected - shown))} without evidence of theirs"
        yield _warning(case.id, what, "add their spans, or do not expect them")


def _is_silence(case: Case) -> bool:
    """Whether a case says that something is not in the corpus which can be looked for."""
    kind = case.unanswerable_kind or ""
    return kind == "no_statement" or kind.startswith("near_miss")


def _absence(case: Case, readings: Iterable[Reading], parties: PartyTable) -> _Found:
    """Looks for what should not be in the corpus."""
    years = [str(year) for year in case.expect.years] or re.findall(r"\b(?:19|20)\d\d\b", case.question)
    # A session without a year cannot be matched with dates: such cases are not checked.
    if not _is_silence(case) or (case.unanswerable_kind == "near_miss_session" and not years):
        return
    states, tagged = _states_of(case, parties), case.tags.get("article", ())
    cited = {tagged} if isinstance(tagged, str) else {*tagged}
    topic, *_ = *terms_of(str(case.tags.get("topic", "")).replace("_", " "), "en"), ""
    for reading in readings:
        file = reading.document.file
        if reading.document.state not in states or (years and reading.year not in years):
            continue
        if case.unanswerable_kind == "no_statement":
            yield f"says that there is no statement, and {file!r} is one", "ask about another State or year"
            continue
        for treaty, number in (article.split() for article in sorted(reading.named.keys() & cited)):
            what = f"has no answer, and {file!r} cites article {number} of {treaty}"
            yield what, "make it answerable, or ask about another article"
        if not cited and topic in reading.named:
            # The question may be narrower than its topic.
            what, todo = f"names {topic!r}", "read those sentences, and make sure that none answers"
            yield _warning(case.id, f"has no answer, and {file!r} {what}", todo)


def _mix(cases: Sequence[Case]) -> Iterator[Problem]:
    """What the figures of a set can be read for."""
    total = len(cases)
    if not cases:
        yield Problem(severity="warning", case=None, what="there are no cases", todo="write some, or draft by `synth`")
        return
    silent = [case for case in cases if case.expect.status == "abstained"]
    near = sum((case.unanswerable_kind or "").startswith("near_miss") for case in silent) / max(1, len(silent))
    share, (low, high) = len(silent) / total, _UNANSWERABLE
    drafts = sum(case.review.status == "draft" for case in cases)
    unread = sum(case.gates and not case.read_by_a_person for case in cases)
    counts = Counter((name, value) for case in cases for name in _SLICED_BY for value in slices(case).get(name, ()))
    few = [f"{name} {value} ({n})" for (name, value), n in sorted(counts.items()) if n < _SLICE]
    small = ", ".join(few) if total >= _SLICE else f"all, of {total}"
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
