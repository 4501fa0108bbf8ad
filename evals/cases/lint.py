"""Lint of a set of cases: checks of their form, of what they say of their corpus, and of what figures can be read for.

Errors make figures wrong (a quotation that is not in its file), warnings may, notes tell how far figures carry (a slice
of 12 cases).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Final, Literal, cast, get_args

from rapidfuzz import fuzz

from evals.cases.case import Case, Evidence, slices
from evals.cases.corpus_facts import Reading, read_all
from evals.cases.documents import Document, Documents, sha256_of
from evals.files import shipped_rows
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


_REMARKS: Final = {row["remark"]: row for row in shipped_rows("cases/remarks.csv")}


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something that a person should look at: in a case, or (None) in the set as a whole."""

    severity: Severity
    case: str | None
    what: str
    todo: str


def _remark(name: str, case: Case | None = None, **facts: object) -> Remark:
    """Returns a remark of `remarks.csv` with its facts filled in."""
    row = _REMARKS[name]
    what, todo = (row[part].format(**facts) for part in ("what", "todo"))
    return Remark(severity=cast(Severity, row["severity"]), case=case.id if case else None, what=what, todo=todo)


def lint(cases: Iterable[Case], documents: Documents | None = None) -> tuple[Remark, ...]:
    """Returns what is wrong with cases, errors first; without documents, what can be told without their corpus."""
    cases = tuple(cases)
    parties = documents.parties if documents is not None else PartyTable.load()
    by_id, counts = {case.id: case for case in cases}, Counter(case.id for case in cases)
    needed = any(_is_silence(case) for case in cases)
    readings = read_all(documents) if documents is not None and needed else ()
    found: list[Remark] = []
    for case in cases:
        found += _form(case, by_id, counts[case.id])
        if documents is not None:
            found += [*_evidence(case, documents), *_expected_states(case, parties), *_absence(case, readings, parties)]
    found += [*_duplicates(cases, parties), *_mix(cases)]
    place = {case.id: number for number, case in enumerate(cases)}
    order = get_args(Severity).index
    return tuple(sorted(found, key=lambda each: (order(each.severity), place.get(each.case or "", len(place)))))


def _form(case: Case, by_id: Mapping[str, Case], count: int) -> Iterator[Remark]:
    """What a case says of itself and of others."""
    if count > 1:
        yield _remark("same_id", case, count=count)
    if case.review.status == "reviewed" and not case.review.by:
        yield _remark("nobody_reviewed", case)
    yield from contradictions(case)
    original = by_id.get(case.variant_of or "")
    if case.variant_of is not None and original is None:
        yield _remark("no_original", case, original=case.variant_of)
    elif original and (case.expect, case.answerable) != (original.expect, original.answerable):
        yield _remark("other_outcome", case, original=original.id)


def contradictions(case: Case) -> Iterator[Remark]:
    """Yields what a case says that cannot be, its corpus aside."""
    expect, status, silent = case.expect, case.expect.status, case.expect.status == "abstained"
    reasoned = expect.reason is not None or case.unanswerable_kind is not None
    found = {
        "empty_question": not case.question.strip(),
        "no_reason": silent and not reasoned,
        "reason_beside_answer": not silent and reasoned,
        "silence_with_evidence": silent and bool(case.evidence),
        "no_evidence": not silent and not case.groups,
        "answerable_silence": case.answerable and silent,
        "unanswerable_answer": not case.answerable and status == "answered",
        "missing_of_what": (status == "partial") != (expect.missing is not None),
        "type_of_silence": case.type in ("unanswerable", "ambiguous") and not silent,
        "follows_nothing": case.type == "follow_up" and not case.history,
        "forbids_expected": bool({*expect.states} & {*expect.states_forbidden}),
    }
    facts = {"status": status, "missing": expect.missing, "type": case.type}
    return (_remark(name, case, **facts) for name, wrong in found.items() if wrong)


def _states_of(case: Case, parties: PartyTable) -> frozenset[str]:
    """The States that a case is about: as it says, else as its question names them."""
    named = (code for match in parties.find(case.question, case.lang) for code in match.codes)
    return frozenset(case.expect.states or named)


def _duplicates(cases: Iterable[Case], parties: PartyTable) -> Iterator[Remark]:
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
                yield _remark("alike", other, other=one.id, alike=alike)


def _evidence(case: Case, documents: Documents) -> Iterator[Remark]:
    for span in case.evidence:
        document = documents.by_file.get(span.file)
        if document is None:
            yield _remark("no_file", case, span=span.id, file=span.file)
        else:
            yield from _of_span(partial(_remark, case=case, span=span.id), span, document, documents.parties)


def _of_span(
    remark: Callable[..., Remark], span: Evidence, document: Document, parties: PartyTable
) -> Iterator[Remark]:
    found = (span.start, span.end) if span.located else document.find(span.quote or "")
    text = None if found is None else document.text[slice(*found)]
    if found is None:
        yield remark("not_in_file")
    elif span.end > len(document.text):
        text = None
        yield remark("after_the_end", end=span.end, length=len(document.text))
    elif span.quote is not None and squash(text or "") != squash(span.quote):
        yield remark("other_words", start=span.start)
    if text is not None and span.sha256 is not None and sha256_of(text) != span.sha256:
        yield remark("other_hash")
    behalf = document.facts.get("on_behalf_of")
    holders = {document.state, *(parties.resolve(behalf).codes if behalf else ())}
    known = span.state is not None and document.state is not None and document.kind != "record"
    if known and span.state not in holders:
        yield remark("other_state", state=span.state, told=document.state)


def _expected_states(case: Case, parties: PartyTable) -> Iterator[Remark]:
    for state in (*case.expect.states, *case.expect.states_forbidden):
        if parties.get(state) is None:
            yield _remark("no_such_state", case, state=state)
    shown = {span.state for span in case.evidence if span.state is not None}
    expected = {*case.expect.states}
    if expected and shown - expected:
        yield _remark("unexpected_state", case, states=", ".join(sorted(shown - expected)))
    if shown and expected - shown:
        yield _remark("state_without_evidence", case, states=", ".join(sorted(expected - shown)))


def _is_silence(case: Case) -> bool:
    """Whether a case says that something is not in the corpus which can be looked for."""
    kind = case.unanswerable_kind or ""
    return kind == "no_statement" or kind.startswith("near_miss")


def _absence(case: Case, readings: Iterable[Reading], parties: PartyTable) -> Iterator[Remark]:
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
            yield _remark("there_is_a_statement", case, file=file)
            continue
        for treaty, number in (article.split() for article in sorted(reading.named.keys() & cited)):
            yield _remark("article_is_cited", case, file=file, number=number, treaty=treaty)
        if not cited and topic in reading.named:
            # The question may be narrower than its topic.
            yield _remark("topic_is_named", case, file=file, topic=topic)


def _mix(cases: Sequence[Case]) -> Iterator[Remark]:
    """What the figures of a set can be read for."""
    total = len(cases)
    if not cases:
        yield _remark("no_cases")
        return
    silent = [case for case in cases if case.expect.status == "abstained"]
    near = sum((case.unanswerable_kind or "").startswith("near_miss") for case in silent) / max(1, len(silent))
    share, (low, high) = len(silent) / total, _UNANSWERABLE
    drafts = sum(case.review.status == "draft" for case in cases)
    unread = sum(case.gates and not case.read_by_a_person for case in cases)
    counts = Counter((name, value) for case in cases for name in _SLICED_BY for value in slices(case).get(name, ()))
    few = [f"{name} {value} ({n})" for (name, value), n in sorted(counts.items()) if n < _SLICE]
    small = ", ".join(few) if total >= _SLICE else f"all, of {total}"
    if not low - 0.005 <= share < high + 0.005:
        yield _remark("share_of_silence", share=share, low=low, high=high)
    if near < 0.5:
        yield _remark("few_near_misses", share=near)
    if drafts:
        yield _remark("drafts", drafts=drafts, total=total)
    if unread:
        yield _remark("unread", unread=unread, total=total)
    if small:
        yield _remark("small_slices", least=_SLICE, slices=small)
