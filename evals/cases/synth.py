"""Draft cases for any corpus with a manifest, made from what its statements name and surely do not name.

Where Arvandia spoke of extradition in 2016 and Belmora did not, "What did Arvandia say about extradition in 2016?" has
an answer, and the same question on Belmora is a near miss, which has none. The choice of cases depends only
on their ids, so that a corpus gives the same cases again.
"""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise, product, zip_longest
from pathlib import Path
from typing import Final, get_args

import yaml

from app.records import AbstentionReason
from evals.cases.case import SCHEMA_VERSION, Case, CaseReview, Evidence, Expectation, UnanswerableKind
from evals.cases.corpus_facts import CaseSubject, Reading, article, read_all, specific_topics, topics
from evals.cases.documents import Documents
from evals.errors import DatasetError
from evals.files import EVALS, shipped_rows, write_whole
from ingest.treaties.treaties import PROTOCOLS, articles, articles_about
from vectorstore.records import text_sha256

_KINDS: Final = {row["kind"]: row for row in shipped_rows("cases/kinds.csv")}
KINDS: Final = tuple(_KINDS)
_SHARES: Final = {kind: int(row["share"]) for kind, row in _KINDS.items()}
# Maximum number of cases about the same States and years.
_PER_STATEMENT: Final = 3
# Document frequency, as a share of the statements, from which a stem is too common to distinguish topics.
_COMMON: Final = 0.5
# Subjects named by fewer or more than these shares of the statements are asked about last.
_RARE, _FREQUENT = 0.02, 0.4


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A case to be written; `states` are asked about or, for a list, the answer; `reason` is that of an abstention."""

    kind: str
    subject: CaseSubject
    states: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    reason: AbstentionReason | None = None

    @property
    def id(self) -> str:
        """The id of its case."""
        states = () if self.kind == "list_states" else self.states
        parts = ("syn", self.kind, *states, self.subject.tags.get("article", self.subject.words), *self.years)
        return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).casefold()).strip("-")


def _single(kind: str, subject: CaseSubject, state: str, year: str, reason: AbstentionReason | None = None) -> Plan:
    return Plan(kind=kind, subject=subject, states=(state,), years=(year,), reason=reason)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Corpus:
    """The statements of a corpus, with the tables from which plans are made."""

    documents: Documents
    readings: tuple[Reading, ...]
    _possible: dict[tuple[str, str | None], tuple[Reading, ...]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def common(self) -> frozenset[str]:
        """Stems that too many statements hold to be distinctive, from `_COMMON` of them on."""
        counts = Counter(each for reading in self.readings for each in reading.stems)
        return frozenset(each for each, count in counts.items() if count >= _COMMON * len(self.readings))

    @cached_property
    def states(self) -> frozenset[str]:
        """Codes of the States whose name identifies them; two States are called Congo."""
        parties = self.documents.parties
        named = {code: parties.find(parties.display(code)) for code in parties.codes("state")}
        return frozenset(code for code, found in named.items() if [match.codes for match in found] == [(code,)])

    @cached_property
    def turns(self) -> Mapping[tuple[str, str], tuple[Reading, ...]]:
        """The statements by State and year, where the manifest gives both and the State speaks for nobody else."""
        found: defaultdict[tuple[str, str], list[Reading]] = defaultdict(list)
        for reading in self.readings:
            own = reading.document.kind == "statement" and "on_behalf_of" not in reading.document.facts
            if own and reading.year is not None and reading.document.state in self.states:
                found[reading.document.state, reading.year].append(reading)
        return {key: tuple(found[key]) for key in sorted(found)}

    @cached_property
    def subjects(self) -> Mapping[CaseSubject, frozenset[tuple[str, str]]]:
        """Specific topics and articles, each with the (State, year) pairs whose statements name it."""
        named: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for key, readings in self.turns.items():
            for name in (name for reading in readings for name in reading.named):
                named[name].add(key)
        found = {topics().get(name) or article(name): frozenset(keys) for name, keys in named.items()}

        def is_usable(subject: CaseSubject) -> bool:
            """Returns whether a topic is specific and names no party, which a question would seem to be about."""
            specific = articles_about(subject.name) if subject.articles else len(subject.key) > 1
            return not subject.terms or bool(specific and not self.documents.parties.find(subject.name))

        return {subject: found[subject] for subject in sorted(filter(is_usable, found), key=lambda each: each.words)}

    @cached_property
    def by_year(self) -> Mapping[str, list[tuple[CaseSubject, tuple[str, ...]]]]:
        """For each year, ascending, the subjects that are named in it, with the States that name them."""
        found = {year: list[tuple[CaseSubject, tuple[str, ...]]]() for year in sorted({year for _, year in self.turns})}
        for subject, keys in self.subjects.items():
            for year in {year for _, year in keys}:
                found[year].append((subject, tuple(sorted(state for state, named in keys if named == year))))
        return found

    def by_state(self) -> Iterator[tuple[CaseSubject, str, list[str]]]:
        """Yields each subject with each State that names it and the years in which that State does, ascending."""
        for subject, keys in self.subjects.items():
            for state in sorted({state for state, _ in keys}):
                yield subject, state, sorted(year for speaker, year in keys if speaker == state)

    def possible(self, state: str, year: str | None) -> tuple[Reading, ...]:
        """Returns all statements that may be by or for a State in a year (None: any), where unknown facts fit."""
        if (state, year) not in self._possible:
            may = (own for own in self.readings if own.speakers is None or state in own.speakers)
            self._possible[state, year] = tuple(own for own in may if None in (year, own.year) or year == own.year)
        return self._possible[state, year]

    def silent(self, state: str, year: str | None, subject: CaseSubject) -> bool:
        """Returns whether all statements that may be by or for a State in a year (None: any) lack a subject."""
        return all(reading.lacks(subject, self.common) for reading in self.possible(state, year))

    def is_even(self, subject: CaseSubject) -> bool:
        """Returns whether a subject is named neither too rarely nor too often to be a good question."""
        count = len(self.subjects.get(subject, ()))
        return max(2, _RARE * len(self.turns)) <= count <= _FREQUENT * len(self.turns)


def synthesise(documents: Documents, *, kinds: Sequence[str] = KINDS, n: int = 100) -> tuple[Case, ...]:
    """Returns up to `n` draft cases by id, kinds in the proportions of `kinds.csv`; a small corpus gives fewer."""
    corpus = _Corpus(documents=documents, readings=read_all(documents))
    if not corpus.turns:
        raise DatasetError("no statement has both a State and a date: `untoc manifest` writes a draft of the manifest")
    found: defaultdict[str, list[Plan]] = defaultdict(list)
    for plan in chain(_answered(corpus), _near_misses(corpus), _silent_articles(corpus), _nowhere(corpus)):
        found[plan.kind].append(plan)
    chosen = _choose({kind: _in_turns(found[kind], corpus) for kind in KINDS if kind in kinds}, n)
    return tuple(_case(plan, corpus) for plan in sorted(chosen, key=lambda plan: plan.id))


def write_cases(path: Path, cases: Iterable[Case]) -> None:
    """Writes cases as YAML that people can read and edit."""
    records = [case.model_dump(mode="json", exclude_defaults=True) for case in cases]
    for record in records:
        # Dumped records omit the default status `draft`, but people who edit the file look for it.
        record["review"] = {"status": "draft"} | record.get("review", {})
    content = {"schema": SCHEMA_VERSION, "cases": records}
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, default_flow_style=None, width=10_000)
    schema = Path(os.path.relpath(EVALS / "datasets" / "schema.json", path.parent)).as_posix()
    write_whole(path, f"# yaml-language-server: $schema={schema}\n{text}")


def draw(*parts: object) -> str:
    """Returns a hash of parts, by which things are sorted in a pseudo-random order that can be reproduced."""
    return text_sha256("\0".join(map(str, parts)))


def _in_turns(plans: Iterable[Plan], corpus: _Corpus) -> list[Plan]:
    """Returns the plans of all States in turn (round robin), the best plan of each State first."""

    def worth(plan: Plan) -> tuple[bool, bool, str]:
        uneven = plan.subject in corpus.subjects and not corpus.is_even(plan.subject)
        # An article is the nearer miss if the State speaks of its subject without citing it.
        far = plan.kind == "near_miss_article" and plan.reason != "article_not_cited"
        return uneven, far, draw(plan.id)

    waiting: defaultdict[str, list[Plan]] = defaultdict(list)
    for plan in sorted(plans, key=worth):
        waiting["" if plan.kind == "list_states" else plan.states[0]].append(plan)
    order = sorted(waiting, key=draw)
    turns = zip_longest(*(waiting[state] for state in order))
    return [plan for turn in turns for plan in turn if plan is not None]


def _choose(waiting: Mapping[str, list[Plan]], n: int) -> Iterator[Plan]:
    """Yields up to `n` plans in the shares of their kinds, no two of which ask nearly the same."""
    taken: Counter[str] = Counter()
    asked: defaultdict[object, list[frozenset[str]]] = defaultdict(list)
    left = {kind: iter(plans) for kind, plans in waiting.items()}
    while left and taken.total() < n:
        # The kind that is furthest behind its share comes next.
        kind = min(left, key=lambda each: (taken[each] + 1) / _SHARES[each])
        plan = next(left[kind], None)
        if plan is None or taken[kind] >= n * _SHARES[kind] / sum(_SHARES[each] for each in waiting):
            del left[kind]
            continue
        before = asked[plan.states, plan.years]
        if len(before) < _PER_STATEMENT and not any(plan.subject.key & key for key in before):
            before.append(plan.subject.key)
            taken[kind] += 1
            yield plan


def _case(plan: Plan, corpus: _Corpus) -> Case:
    names = [corpus.documents.parties.display(state) for state in plan.states]
    question = _KINDS[plan.kind]["question"].format(
        state=names[0], other=names[-1], topic=plan.subject.words, year=plan.years[0], later=plan.years[-1]
    )
    silent, evidence, groups = plan.kind in get_args(UnanswerableKind), list[Evidence](), list[list[str]]()
    for turn in () if silent else product(plan.states, plan.years):
        first, statements = len(evidence), corpus.turns[turn]
        for reading, span in ((own, span) for own in statements for span in own.named.get(plan.subject.name, ())):
            found = reading.document.evidence(f"e{len(evidence) + 1}", *span)
            # Evidence keeps hash and offsets but no words, for texts that may not be published.
            evidence.append(found.model_copy(update={"quote": None, "lang": reading.language}))
        groups.append([span.id for span in evidence[first:]])
    session = corpus.documents.sessions().get(plan.years[0]) if len(plan.years) == 1 else None
    given = {
        "id": plan.id, "question": question, "type": "unanswerable" if silent else plan.kind, "answerable": not silent,
        "unanswerable_kind": plan.kind if silent else None,
        "tags": {**plan.subject.tags, **({"session": session} if session else {})},
        "expect": Expectation(
            status="abstained" if silent else "answered", states=plan.states, years=plan.years, reason=plan.reason
        ),
        "evidence": evidence, "evidence_groups": groups, "review": CaseReview(status="draft", source="template"),
    }  # fmt: skip
    return Case.model_validate(given)


def _answered(corpus: _Corpus) -> Iterator[Plan]:
    """Yields plans on what a State names in a year or in two, what two States name in a year, and which States do."""
    for subject, state, years in corpus.by_state():
        yield from (_single("single_state", subject, state, year) for year in years)
        for span in pairwise(years):
            yield Plan(kind="temporal", subject=subject, states=(state,), years=span)
    for year, named in corpus.by_year.items():
        of_year = {reading for reading in corpus.readings if reading.year in (None, year)}
        for subject, states in named:
            order = sorted(states, key=lambda state: draw(state, year, subject.words))
            for pair in map(sorted, pairwise(order)):
                yield Plan(kind="compare", subject=subject, states=tuple(pair), years=(year,))
            # Only complete lists: no other statement of the year may speak of the subject.
            others = of_year.difference(*(corpus.turns[state, year] for state in states))
            if len(states) > 1 and all(reading.lacks(subject, corpus.common) for reading in others):
                yield Plan(kind="list_states", subject=subject, states=states, years=(year,))


def _near_misses(corpus: _Corpus) -> Iterator[Plan]:
    """Yields plans on what a State lacks in a year: named by another State, by itself in another year, or narrow."""
    for (state, year), readings in corpus.turns.items():
        for subject, _ in corpus.by_year[year]:
            if subject.terms and corpus.silent(state, year, subject):
                yield _single("near_miss_state", subject, state, year, "not_mentioned")
        possible = {*readings, *corpus.possible(state, year)}
        # Narrow topics are known by their English words alone, so all statements must be in English.
        for subject in specific_topics("dev", "held_out") if all(r.language == "en" for r in possible) else ():
            if all(reading.lacks(subject, ()) for reading in possible):
                yield _single("near_miss_topic", subject, state, year, "not_mentioned")
    for subject, state, years in corpus.by_state():
        for speaker, year in corpus.turns if subject.terms else ():
            if speaker == state and year not in years and corpus.silent(state, year, subject):
                yield _single("near_miss_session", subject, state, year, "not_mentioned")


def _silent_articles(corpus: _Corpus) -> Iterator[Plan]:
    """Yields plans on articles that a State never cites; the reason depends on whether it speaks of their subject."""
    for name in sorted({a for t in topics().values() for a in t.articles if a.split()[0] in ("UNTOC", *PROTOCOLS)}):
        about = [topic for topic in topics().values() if name in topic.articles]
        for (state, year), readings in corpus.turns.items():
            if corpus.silent(state, None, article(name)):
                spoken = any(topic.name in reading.named for topic in about for reading in readings)
                reason: AbstentionReason = "article_not_cited" if spoken else "not_mentioned"
                if spoken or all(corpus.silent(state, year, topic) for topic in about):
                    yield _single("near_miss_article", article(name), state, year, reason)


def _nowhere(corpus: _Corpus) -> Iterator[Plan]:
    """Yields plans on States that never spoke, a future year, conventions of other fields, and missing articles."""
    for year, named in corpus.by_year.items():
        even = [subject for subject, _ in named if corpus.is_even(subject)]
        for state in (code for code in sorted(corpus.states) if even and not corpus.possible(code, None)):
            subject = min(even, key=lambda each: draw(state, year, each.words))
            yield _single("no_statement", subject, state, year, "no_statement")
    coming = str(int(max(corpus.by_year)) + 1)
    for subject, state, _ in corpus.by_state():
        # A statement without a date might be of that year.
        if not corpus.possible(state, coming):
            yield _single("future", subject, state, coming, "no_statement")
    for subject in specific_topics("elsewhere"):
        if all(reading.lacks(subject, ()) for reading in corpus.readings):
            yield from (_single("out_of_scope", subject, *turn) for turn in corpus.turns)
    for treaty in ("UNTOC", *PROTOCOLS):
        last = max(int(number) for number in articles()[treaty] if number.isdigit())
        for subject in (article(f"{treaty} {number}") for number in range(last + 1, last + 21)):
            silent_turns = (turn for turn in corpus.turns if corpus.silent(turn[0], None, subject))
            yield from (_single("nonexistent", subject, *turn) for turn in silent_turns)
