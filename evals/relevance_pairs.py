"""Labelled pairs for fitting relevance: a topic, the statements of one party, and whether they answer.

From cases come pairs as they are asked; others are made of them without a model: the topic of one party
is asked of another, a list of States tells who spoke of its topic and who did not, and a speech is cut down to the
sentences on one topic, which makes a statement about one thing. The scope is the case's, so that reading a question
does not count here.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from app.question.reading import resolve
from app.retrieval.strategies import ByTopic, choose_strategy
from evals.cases.case import Case, Evidence
from evals.cases.documents import Documents
from evals.cases.synth import TemplateKind, draw, synthesise
from evals.positions import LabelledCell
from ingest.glossary.glossary import english_terms
from ingest.glossary.thesaurus import relation_rows, thesaurus
from vectorstore.catalogue import Catalogue
from vectorstore.records import StatementSummary

PairSource = Literal["question", "list", "cell", "template", "exchange", "cut", "cut_exchange", "thesaurus"]
FOLDS: Final = 5
_CUTS_ASKED_OTHERWISE: Final = 2
# First hexadecimal digits of the relations that are drawn: one in eight.
_BROADER_DRAWN: Final = "08"
# A cut holds at least this many characters and ends where the evidence leaves a longer gap.
_CUT_MIN: Final = 240
_GAP_MAX: Final = 500


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A topic and the statements of one party.

    Attributes:
        topic: Topic words, as the search gets them.
        files: The statements, by file; a name that begins with `cut/` is one of `cuts`.
        answered: Whether they speak of the topic.
        evidence: Spans that do, where they are known.
        topic_fold: Fold by topic, 0 to 4; pairs of one topic are in one fold.
        party_fold: Fold by party.
        asked: Where the party is one of many, what was asked of all of them; else empty.
        wording: How a question asks about the topic, for the cross-encoder; empty where only the topic is known.
    """

    topic: str
    party: str
    files: tuple[str, ...]
    answered: bool
    source: PairSource
    topic_fold: int
    party_fold: int
    evidence: tuple[Evidence, ...] = ()
    asked: str = ""
    wording: str = ""


def fold_of(key: str) -> int:
    """Returns the fold of a party or a topic, which depends on its name alone."""
    return int(hashlib.sha256(key.casefold().encode()).hexdigest()[:8], 16) % FOLDS


def make_pair(
    topic: str, party: str, files: tuple[str, ...], answered: bool, source: PairSource, *,
    evidence: tuple[Evidence, ...] = (), asked: str = "", wording: str = "",
) -> Pair:  # fmt: skip
    """Returns a pair in its folds."""
    folds = {"topic_fold": fold_of(topic), "party_fold": fold_of(party)}
    return Pair(
        topic=topic, party=party, files=files, answered=answered, source=source, evidence=evidence, asked=asked,
        wording=wording, **folds,
    )  # fmt: skip


def pairs_of_cases(cases: Iterable[Case], documents: Documents) -> Iterator[Pair]:
    """Yields the pairs of questions about single States and of complete lists of States."""
    for case in cases:
        strategy = _strategy_of(case, documents)
        if strategy is None:
            continue
        years, listed = {str(year) for year in case.expect.years}, case.type == "list_states"
        held = sorted({document.state for document in documents.by_file.values() if document.state})
        for state in dict.fromkeys((*case.expect.states, *(held if listed else ()))):
            files = _files(documents, state, years)
            own = tuple(span for span in case.evidence if span.file in files)
            answered = state in case.expect.states if listed else case.expect.status != "abstained"
            if files and (listed or own or not answered):
                yield make_pair(
                    strategy.topic, state, files, answered, "list" if listed else "question", evidence=own,
                    asked=case.id if listed else "", wording=strategy.wording,
                )  # fmt: skip


def _strategy_of(case: Case, documents: Documents) -> ByTopic | None:
    """Returns how an English question is searched, if by a topic."""
    if case.lang != "en" or case.type == "ambiguous" or case.unanswerable_kind in ("out_of_scope", "underspecified"):
        return None
    resolution = resolve(case.question, documents.parties, history=case.history)
    strategy = choose_strategy(resolution)
    return strategy if isinstance(strategy, ByTopic) and not resolution.negated else None


def pairs_of_cells(cells: Iterable[LabelledCell], documents: Documents) -> Iterator[Pair]:
    """Yields the pairs of hand-labelled cells of a position table."""
    for cell in cells:
        files = _files(documents, cell.party, {cell.year})
        if files:
            yield make_pair(cell.topic, cell.party, files, bool(cell.evidence), "cell", evidence=cell.evidence)


def pairs_of_templates(documents: Documents, *, answered: int, silent: int) -> Iterator[Pair]:
    """Yields pairs made from what statements name, and from specific topics whose words they lack."""
    wanted: tuple[tuple[TemplateKind, int], ...] = (("single_state", answered), ("near_miss_topic", silent))
    for kind, n in wanted:
        for case in synthesise(documents, kinds=(kind,), n=n):
            files = _files(documents, case.expect.states[0], {str(year) for year in case.expect.years})
            topic = str(case.tags.get("topic") or case.tags["article"])
            yield make_pair(topic, case.expect.states[0], files, case.answerable, "template", evidence=case.evidence)


def exchanged(pairs: Sequence[Pair], documents: Documents) -> Iterator[Pair]:
    """Yields the topics of answered questions, asked of the statement of a party drawn at random."""
    speakers = {file: document.state for file, document in sorted(documents.by_file.items()) if document.state}
    for pair in pairs:
        if pair.answered and pair.source == "question":
            others = [file for file, state in speakers.items() if state != pair.party]
            other = min(others, key=lambda file: draw(pair.topic, file))
            yield make_pair(pair.topic, speakers[other], (other,), False, "exchange", wording=pair.wording)


def pairs_of_thesaurus(catalogue: Catalogue, statements: Mapping[str, StatementSummary]) -> Iterator[Pair]:
    """Yields pairs of a concept and a statement that names what is part of it, or only what is no answer to it.

    Of two concepts that are easily confused, a statement that names one of them answers on that one alone.

    Args:
        catalogue: Where terms are looked up.
        statements: The statements of the store by file.
    """
    files = {summary.statement_id: file for file, summary in statements.items() if summary.metadata.state}

    def naming(concept: str) -> frozenset[str]:
        names = (concept, *thesaurus().narrower(concept))
        return catalogue.statements_with(*(term for name in names for term in english_terms(name))) & files.keys()

    def drawn(concept: str, found: Iterable[str], answered: bool) -> Iterator[Pair]:
        for identifier in sorted(found, key=lambda own: draw(concept, own))[:1]:
            party = statements[files[identifier]].metadata.state or ""
            yield make_pair(concept, party, (files[identifier],), answered, "thesaurus")

    for concept, relation, other in relation_rows():
        if relation == "not":
            for one, another in ((concept, other), (other, concept)):
                only = naming(another) - naming(one)
                yield from drawn(one, only, False)
                yield from drawn(another, only, True)
        elif relation == "broader" and draw(concept, other)[0] in _BROADER_DRAWN:
            yield from drawn(other, naming(concept) - catalogue.statements_with(*english_terms(other)), True)


def cut_statements(pairs: Sequence[Pair], documents: Documents) -> tuple[dict[str, str], list[Pair]]:
    """Makes statements about one thing out of the evidence of answered questions.

    Returns:
        Their texts by file, and pairs on them: with the topic of their own, and with topics of other questions, one of
        the same party where there is one.
    """
    answered = [pair for pair in pairs if pair.answered and pair.source == "question" and pair.evidence]
    texts: dict[str, str] = {}
    made: list[Pair] = []
    for number, pair in enumerate(answered):
        text = _cut(pair.evidence, documents)
        if len(text) < _CUT_MIN:
            continue
        file = f"cut/{pair.party}_{number}.txt"
        texts[file] = text
        made.append(make_pair(pair.topic, pair.party, (file,), True, "cut", wording=pair.wording))
        others = [other for other in answered if other.topic != pair.topic and _apart(pair, other)]
        keys = {id(other): (other.party != pair.party, draw(file, other.topic)) for other in others}
        others.sort(key=lambda other: keys[id(other)])
        nearest = [other for other in others[:1] if other.party == pair.party]
        rest = sorted(others[len(nearest) :], key=lambda other: keys[id(other)][1])
        for other in (*nearest, *rest)[:_CUTS_ASKED_OTHERWISE]:
            made.append(make_pair(other.topic, pair.party, (file,), False, "cut_exchange", wording=other.wording))
    return texts, made


def write_cuts(folder: Path, texts: Mapping[str, str]) -> None:
    """Writes cut statements with their manifest, to be taken in as a corpus of their own."""
    (folder / "cut").mkdir(parents=True)
    with (folder / "statements.csv").open("w", encoding="utf-8", newline="") as file:
        manifest = csv.writer(file)
        manifest.writerow(("file", "state", "body", "session", "date", "agenda_item", "language"))
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
            manifest.writerow((name, Path(name).name[:3], "", "", "", "", "en"))


def _cut(evidence: Sequence[Evidence], documents: Documents) -> str:
    file = evidence[0].file
    parts: list[list[int]] = []
    for span in sorted((s for s in evidence if s.file == file), key=lambda s: s.start):
        if parts and span.start - parts[-1][1] <= _GAP_MAX:
            parts[-1][1] = max(parts[-1][1], span.end)
        else:
            parts.append([span.start, span.end])
    return "\n\n".join(documents.by_file[file].text[start:end] for start, end in parts)


def _apart(one: Pair, other: Pair) -> bool:
    """Whether the evidence of two questions does not overlap."""
    return not any(
        a.file == b.file and a.start < b.end and b.start < a.end for a in one.evidence for b in other.evidence
    )


def _files(documents: Documents, state: str, years: set[str]) -> tuple[str, ...]:
    return tuple(
        file
        for file, document in sorted(documents.by_file.items())
        if document.state == state and (not years or document.facts.get("date", "")[:4] in years)
    )
