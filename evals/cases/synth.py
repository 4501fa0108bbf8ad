"""Draft cases for any corpus with a manifest, made from what its statements name and do not name, without a model.

A State, a year and a topic that the State's statement names make a question with an answer; combinations that do not
occur make questions without one. Every case is a draft until a person has looked at it. What is chosen depends on
the seed and the ids of the cases alone, so that a corpus gives the same cases again.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, get_args

import yaml

from evals.cases.case import SCHEMA_VERSION, Case, Evidence, Expectation, Review, UnanswerableKind
from evals.cases.case_templates import KINDS, Corpus, Plan, TemplateKind, draw, plans
from evals.cases.corpus_facts import read_all
from evals.cases.documents import Documents
from evals.errors import DatasetError
from evals.files import write_whole

# Mix per hundred cases: 28 without an answer, most of them near misses.
_SHARES: Final[Mapping[TemplateKind, int]] = dict(zip(KINDS, (45, 12, 10, 5, 7, 5, 3, 4, 3, 2, 2, 2), strict=True))
# Most cases about the same State and year.
_PER_STATEMENT: Final = 3


def synthesise(
    documents: Documents,
    *,
    kinds: Sequence[TemplateKind] = KINDS,
    n: int = 100,
    seed: int = 0,
) -> tuple[Case, ...]:
    """Makes draft cases for a corpus.

    Args:
        documents: The corpus, with States and dates from its manifest.
        kinds: Which kinds of cases, in the proportions that a set of cases should have.
        n: How many at most; a small corpus gives fewer.
        seed: Another seed chooses other cases.

    Returns:
        The cases, by id.
    """
    corpus = Corpus(documents=documents, readings=read_all(documents))
    if not corpus.turns:
        raise DatasetError("no statement has both a State and a date: `untoc manifest` writes a draft of the manifest")
    waiting = {kind: _by_state(plans(corpus, kind), corpus, seed) for kind in KINDS if kind in kinds}
    chosen = sorted(_choose(waiting, n), key=lambda plan: plan.id)
    return tuple(_case(plan, corpus) for plan in chosen)


class _Dumper(yaml.SafeDumper):
    """Lists stand indented below their names, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def write_cases(path: Path, cases: Iterable[Case]) -> None:
    """Writes cases as YAML that people can read and edit."""
    schema = Path(str(files("evals"))) / "datasets" / "schema.json"
    records = []
    for case in cases:
        record = case.model_dump(mode="json", exclude_defaults=True) | {"answerable": case.answerable}
        # The default is left out of records, but whoever edits a draft looks for it.
        record["review"] = {"status": case.review.status} | record.get("review", {})
        records.append(record)
    text = yaml.dump(
        {"schema": SCHEMA_VERSION, "cases": records},
        Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=10_000,
    )  # fmt: skip
    head = f"# yaml-language-server: $schema={Path(os.path.relpath(schema, path.parent)).as_posix()}\n"
    write_whole(path, head + text)


def _by_state(plans: Iterable[Plan], corpus: Corpus, seed: int) -> dict[str, list[Plan]]:
    """Returns the plans of each State, the best last."""
    found: defaultdict[str, list[Plan]] = defaultdict(list)
    for plan in plans:
        found["" if plan.kind == "list_states" else plan.states[0]].append(plan)

    def worth(plan: Plan) -> tuple[bool, bool, str]:
        uneven = plan.subject in corpus.subjects and not corpus.is_even(plan.subject)
        # An article whose subject the State does speak of is the nearer miss.
        far = plan.kind == "near_miss_article" and plan.reason != "article_not_cited"
        return uneven, far, draw(seed, plan.id)

    return {state: sorted(of_state, key=worth, reverse=True) for state, of_state in found.items()}


def _choose(waiting: Mapping[TemplateKind, dict[str, list[Plan]]], n: int) -> Iterator[Plan]:
    """Yields plans so that kinds keep their shares, States have equally many, and no two ask nearly the same."""
    taken: Counter[str] = Counter()
    states: Counter[object] = Counter()
    subjects: Counter[str] = Counter()
    asked: defaultdict[tuple[tuple[str, ...], tuple[str, ...]], list[frozenset[str]]] = defaultdict(list)
    whole = sum(_SHARES[kind] for kind in waiting)

    def is_open(kind: TemplateKind) -> bool:
        return taken[kind] * whole < _SHARES[kind] * n and any(waiting[kind].values())

    while taken.total() < n and (open_kinds := [kind for kind in waiting if is_open(kind)]):
        kind = min(open_kinds, key=lambda each: (taken[each] + 1) / _SHARES[each])
        state = min(
            (state for state, plans in waiting[kind].items() if plans),
            key=lambda each: (
                states[kind, each],
                states[each],
                subjects[waiting[kind][each][-1].subject.words],
                draw(kind, each, taken[kind]),
            ),
        )
        plan = waiting[kind][state].pop()
        before = asked[plan.states, plan.years]
        if len(before) >= _PER_STATEMENT or any(plan.subject.key & key for key in before):
            continue
        before.append(plan.subject.key)
        taken[kind] += 1
        states.update((state, (kind, state)))
        subjects[plan.subject.words] += 1
        yield plan


_QUESTIONS: Final[Mapping[TemplateKind, str]] = {
    "list_states": "Which States spoke of {topic} in {year}?",
    "compare": "Compare what {state} and {other} said about {topic} in {year}.",
    "temporal": "How did the position of {state} on {topic} change between {year} and {later}?",
}
_QUESTION: Final = "What did {state} say about {topic} in {year}?"


def _case(plan: Plan, corpus: Corpus) -> Case:
    parties = corpus.documents.parties
    names = [parties.display(state) for state in plan.states]
    question = _QUESTIONS.get(plan.kind, _QUESTION).format(
        state=names[0], other=names[-1], topic=plan.subject.words, year=plan.years[0], later=plan.years[-1]
    )
    evidence: list[Evidence] = []
    groups: list[tuple[str, ...]] = []
    for group in plan.groups:
        ids = []
        for reading, span in [(each, span) for each in group for span in plan.subject.in_(each)]:
            ids.append(f"e{len(evidence) + 1}")
            lang = reading.languages[0] if len(reading.languages) == 1 else None
            found = reading.document.evidence(ids[-1], span.start, span.end)
            # By hash and offsets alone, for texts that may not be published.
            evidence.append(found.model_copy(update={"quote": None, "lang": lang}))
        groups.append(tuple(ids))
    kind = plan.kind if plan.kind in get_args(UnanswerableKind) else None
    tags: dict[str, Any] = {**plan.subject.tags}
    if session := corpus.documents.sessions().get(plan.years[0]) if len(plan.years) == 1 else None:
        tags["session"] = session
    return Case(
        id=plan.id,
        question=question,
        type="unanswerable" if kind is not None else plan.kind,  # type: ignore[arg-type]  # the other kinds are types
        answerable=kind is None,
        unanswerable_kind=kind,  # type: ignore[arg-type]  # as was just looked up
        tags=tags,
        expect=Expectation(
            status="answered" if kind is None else "abstained", states=plan.states, years=plan.years, reason=plan.reason
        ),
        evidence=tuple(evidence),
        evidence_groups=tuple(groups),
        review=Review(status="draft", source="template"),
    )
