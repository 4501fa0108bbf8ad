"""Lint of a set of cases: checks of their form, of what they say about their corpus, and of the make-up of the set.

Errors make figures wrong (a quotation that is not in its file), warnings may do so, notes say what the set can show.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal, cast, get_args

from rapidfuzz import fuzz

from app.errors import QuestionError
from app.question.reading import MAX_QUESTION, read_question
from app.ui.words import say
from evals.cases.case import Case, slices
from evals.cases.corpus_facts import Reading, content_words, read_all
from evals.cases.documents import Documents
from evals.files import Tell, quiet, shipped_rows
from ingest.glossary.glossary import terms_of, terms_within
from ingest.parties.party_table import PartyTable
from ingest.text.canonical_form import squash
from vectorstore.records import text_sha256
from vectorstore.stems import stems

Severity = Literal["error", "warning", "note"]
# Similarity (rapidfuzz, 0 to 100) from which two questions of the same scope count as the same question.
_ALIKE: Final = 95
# Smallest slice whose figure says something: even with 20 of 20 right, the 95 % interval goes down to 84 %.
_SLICE: Final = 20
_SLICED_BY: Final = ("type", "lang", "kind", "expected")
# Recommended share of cases that expect silence, to measure abstention; half of these should be near misses.
_UNANSWERABLE: Final = (0.25, 0.30)
_REMARKS: Final = {row["remark"]: row for row in shipped_rows("cases/remarks.csv")}


@dataclass(frozen=True, kw_only=True)
class LintRemark:
    """A finding for a person to look at; `case` is a case, a cell of a table, or None for the set as a whole."""

    severity: Severity
    case: str | None
    what: str
    todo: str
    column: str = ""
    """In a table of a user's own questions, the column that the remark is about."""


def remark(name: str, place: str | None, **facts: object) -> LintRemark:
    """Returns a remark of `remarks.csv` with its facts filled in; `place` is a case, a cell, or None for the set."""
    row = _REMARKS[name]
    what, todo = (say(f"remark-{name}{part}", **facts).strip() for part in ("", "-todo"))
    return LintRemark(severity=cast(Severity, row["severity"]), case=place, what=what, todo=todo, column=row["column"])


def lint(cases: Iterable[Case], documents: Documents | None = None, tell: Tell = quiet) -> tuple[LintRemark, ...]:
    """Returns the remarks on cases, errors first; without `documents`, checks against the corpus are left out."""
    cases = tuple(cases)
    parties = documents.parties if documents is not None else PartyTable.load()
    by_id, counts = {case.id: case for case in cases}, Counter(case.id for case in cases)
    needed = any(_is_silence(case) for case in cases)
    readings = read_all(documents, tell) if documents is not None and needed else ()
    found: list[LintRemark] = []
    for case in cases:
        found += _form(case, by_id, counts[case.id])
        if documents is not None:
            found += [*_evidence(case, documents), *_expected_states(case, parties), *_absence(case, readings, parties)]
    found += [*_duplicates(cases, parties), *_mix(cases)]
    place = {case.id: number for number, case in enumerate(cases)}
    order = get_args(Severity).index
    return tuple(sorted(found, key=lambda each: (order(each.severity), place.get(each.case or "", len(place)))))


def _remarks(found: Mapping[str, object], case: Case | None, **facts: object) -> list[LintRemark]:
    return [remark(name, case.id if case else None, **facts) for name, holds in found.items() if holds]


def _form(case: Case, by_id: Mapping[str, Case], count: int) -> list[LintRemark]:
    original = by_id.get(case.variant_of or "")
    found = {
        "same_id": count > 1, "nobody_reviewed": case.review.status == "reviewed" and not case.review.by,
        "no_original": case.variant_of is not None and original is None,
        "other_outcome": original and (case.expect, case.answerable) != (original.expect, original.answerable),
    }  # fmt: skip
    return [*_remarks(found, case, count=count, original=case.variant_of), *contradictions(case)]


def contradictions(case: Case) -> list[LintRemark]:
    """Returns remarks on contradictions within a case, for which its corpus is not needed."""
    expect, status, silent = case.expect, case.expect.status, case.expect.status == "abstained"
    reasoned, asked = expect.reason is not None or case.unanswerable_kind is not None, case.question.strip()
    found = {
        "empty_question": not asked, "long_question": len(asked) > MAX_QUESTION,
        "no_reason": silent and not reasoned, "reason_beside_answer": not silent and reasoned,
        "silence_with_evidence": silent and case.evidence, "no_evidence": not silent and not case.groups,
        "answerable_silence": case.answerable and silent,
        "unanswerable_answer": not case.answerable and status == "answered",
        "missing_of_what": (status == "partial") != (expect.missing is not None),
        "type_of_silence": case.type in ("unanswerable", "ambiguous") and not silent,
        "follows_nothing": case.type == "follow_up" and not case.history,
        "forbids_expected": {*expect.states} & {*expect.states_forbidden},
    }  # fmt: skip
    return _remarks(found, case, status=status, missing=expect.missing, type=case.type, most=MAX_QUESTION)


def _states_of(case: Case, parties: PartyTable) -> frozenset[str]:
    """Returns the States that a case is about: those that it expects, else those that its question names."""
    named = (code for match in parties.find(case.question, case.lang) for code in match.codes)
    return frozenset(case.expect.states or named)


def _duplicates(cases: Iterable[Case], parties: PartyTable) -> Iterator[LintRemark]:
    """Yields remarks on nearly equal questions about the same States and times, except variants of one question."""
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
                yield remark("alike", other.id, other=one.id, alike=alike)


def _evidence(case: Case, documents: Documents) -> Iterator[LintRemark]:
    for span in case.evidence:
        document = documents.by_file.get(span.file)
        if document is None:
            yield remark("no_file", case.id, span=span.id, file=span.file)
            continue
        length, manifest_state, behalf = len(document.text), document.state, document.facts.get("on_behalf_of")
        place = (span.start, span.end) if span.located else document.find(span.quote or "")
        text = None if place is None or span.end > length else document.text[slice(*place)]
        holders = {manifest_state, None, *(documents.parties.resolve(behalf).codes if behalf else ())}
        found = {
            "not_in_file": place is None, "after_the_end": span.end > length,
            "other_words": text is not None and span.quote is not None and squash(text) != squash(span.quote),
            "other_hash": text is not None and span.sha256 not in (None, text_sha256(text)),
            "other_state": manifest_state is not None and document.kind != "record" and span.state not in holders,
        }  # fmt: skip
        facts = {"span": span.id, "start": span.start, "end": span.end, "length": length, "state": span.state}
        yield from _remarks(found, case, **facts, told=manifest_state)


def _expected_states(case: Case, parties: PartyTable) -> list[LintRemark]:
    expected, shown = {*case.expect.states}, {span.state for span in case.evidence if span.state is not None}
    named = (*case.expect.states, *case.expect.states_forbidden)
    unknown = [remark("no_such_state", case.id, state=state) for state in named if parties.get(state) is None]
    more, fewer = (shown - expected if expected else ()), (expected - shown if shown else ())
    about = " ".join((*case.history, case.question))
    own = case.review.source == "human" and case.type == "single_state"
    nobody = own and expected and not parties.find(about, case.lang, relaxed=True)
    found = {"unexpected_state": more, "state_without_evidence": fewer, "names_nobody": nobody}
    return unknown + _remarks(found, case, more=", ".join(sorted(more)), fewer=", ".join(sorted(fewer)))


def _is_silence(case: Case) -> bool:
    """Returns whether a case claims that something is absent from the corpus, which a search of it can refute."""
    kind = case.unanswerable_kind or ""
    return kind == "no_statement" or kind.startswith("near_miss")


def _absence(case: Case, readings: Iterable[Reading], parties: PartyTable) -> Iterator[LintRemark]:
    if not _is_silence(case):
        return
    try:
        scope = read_question(case.question, parties, history=case.history).scope
    except QuestionError:
        # The question is empty or too long, for which `contradictions` has a remark.
        return
    expects_no_statement = case.unanswerable_kind == "no_statement"
    asked_years = re.findall(r"\b(?:19|20)\d\d\b", " ".join((*case.history, case.question)))
    timed = asked_years or scope.years or scope.sessions or scope.bodies or scope.interval or scope.pick
    # The program sees only the question: where that names no time, statements of any year count.
    years = [str(year) for year in case.expect.years if timed] or asked_years
    if case.expect.years and not timed:
        yield remark("year_is_not_asked", case.id, years=" and ".join(map(str, case.expect.years)))
    states, tagged = _states_of(case, parties), case.tags.get("article", ())
    cited = {tagged} if isinstance(tagged, str) else {*tagged}
    if not scope.topic:
        cited = cited or {f"{treaty.treaty} {number}" for treaty in scope.treaties for number in treaty.articles}
    tag = str(case.tags.get("topic", "")).replace("_", " ")
    asked = "" if tag or cited else scope.topic
    topic, lang = tag or asked, "en" if tag else case.lang
    named = {term.concept for term in terms_within(topic, lang)} if terms_of(topic, lang) else set()
    words = [frozenset(stems(word, lang)) for word in content_words(asked, lang)]
    for reading in readings:
        document, meeting = reading.document, (("session", scope.sessions), ("body", scope.bodies))
        met = all(document.facts.get(name) in wanted for name, wanted in meeting if wanted)
        if (states and document.state not in states) or (document.years.isdisjoint(years) if years else not met):
            continue
        if expects_no_statement and states:
            yield remark("there_is_a_statement" if timed else "of_whichever_year", case.id, file=document.file)
            return
        for treaty, number in (article.split() for article in sorted(reading.named.keys() & cited)):
            yield remark("article_is_cited", case.id, file=document.file, number=number, treaty=treaty)
        # Only a warning for a person to check, since the question may be narrower than its topic.
        spans = [span for name in named & reading.named.keys() for span in reading.named[name]]
        spans += [] if spans or lang != reading.language else reading.with_all(words)
        if spans and not cited:
            said = " ".join(document.text[slice(*min(spans))].split())
            yield remark("topic_is_named", case.id, file=document.file, topic=topic, said=said)


def _mix(cases: Sequence[Case]) -> list[LintRemark]:
    total = len(cases)
    if not cases:
        return [remark("no_cases", None)]
    silent = [case for case in cases if case.expect.status == "abstained"]
    near = sum((case.unanswerable_kind or "").startswith("near_miss") for case in silent) / max(1, len(silent))
    share, (low, high) = len(silent) / total, _UNANSWERABLE
    drafts = sum(case.review.status == "draft" for case in cases)
    unread = sum(case.may_gate and not case.read_by_a_person for case in cases)
    counts = Counter((name, value) for case in cases for name in _SLICED_BY for value in slices(case).get(name, ()))
    few = [f"{name} {value} ({n})" for (name, value), n in sorted(counts.items()) if n < _SLICE]
    small = ", ".join(few) if total >= _SLICE else f"all, of {total}"
    uneven = not low - 0.005 <= share < high + 0.005
    facts = {"share": share, "low": low, "high": high, "near": near, "least": _SLICE, "slices": small}
    whose = {"drafts": drafts, "unread": unread}
    found = {"share_of_silence": uneven, "few_near_misses": near < 0.5, **whose, "small_slices": small}
    return _remarks(found, None, total=total, **whose, **facts)
