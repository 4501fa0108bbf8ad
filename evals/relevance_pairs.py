"""Labelled pairs for fitting relevance: a topic, the statements of one party, and whether they answer.

From cases come pairs as they are asked, answered or not; a list of States tells who spoke of its topic and who did not,
and the thesaurus what is easily confused. The topics of `asked_across.jsonl` were written for statements in other
languages, mostly near to what was said. The scope is the case's, so that reading a question does not count here.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.question.reading import resolve
from app.question.resolution import TopicWording
from app.retrieval.strategies import ByTopic, choose_strategy
from evals.case_sets import SHIPPED
from evals.cases.case import Case, Evidence, load_cases
from evals.cases.documents import Documents, sha256_of
from evals.cases.synth import draw
from evals.errors import DatasetError
from evals.files import EVALS, StoredRecord, read_records
from evals.positions import LabelledCell
from ingest.glossary.glossary import terms_of_concept
from ingest.glossary.thesaurus import relation_rows, thesaurus
from vectorstore.catalogue import Catalogue
from vectorstore.records import StatementSummary

PairSource = Literal["question", "list", "cell", "thesaurus"]
FOLDS: Final = 5
# First hexadecimal digits of the relations that are drawn: one in eight.
_BROADER_DRAWN: Final = "08"


class AskedTopic(StoredRecord):
    """A line of `asked_across.jsonl`: a topic in one language, asked of a statement in another."""

    file: str
    language: str
    topic: str
    answered: bool
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A topic and the statements of one party, by file.

    Attributes:
        answered: Whether they speak of the topic.
        evidence: Spans that do, where they are known.
        asked: Where the party is one of many, what was asked of all of them; else empty.
        wording: How a question asks about the topic; None where only the topic is known.
        language: ISO 639-1 code of the topic.
    """

    topic: str
    party: str
    files: tuple[str, ...]
    answered: bool
    source: PairSource
    evidence: tuple[Evidence, ...] = ()
    asked: str = ""
    wording: TopicWording | None = None
    language: str = "en"

    @property
    def topic_fold(self) -> int:
        """The fold of its topic, 0 to 4."""
        return fold_of(self.topic)

    @property
    def party_fold(self) -> int:
        """The fold of its party, 0 to 4."""
        return fold_of(self.party)


def fold_of(key: str) -> int:
    """Returns the fold of a party or a topic, which depends on its name alone."""
    return int(hashlib.sha256(key.casefold().encode()).hexdigest()[:8], 16) % FOLDS


def cases_of_meeting() -> list[Case]:
    """Returns the cases about the fictional conference that are fitted on."""
    return [case for name in ("smoke", "asked_meeting", "typed") for case in load_cases(SHIPPED[name]) if not case.held]


def pairs_of_cases(cases: Iterable[Case], documents: Documents) -> Iterator[Pair]:
    """Yields the pairs of questions about single States and of complete lists of States."""
    for case in cases:
        strategy = _strategy_of(case, documents)
        if strategy is None:
            continue
        years, listed = {str(year) for year in case.expect.years}, case.type == "list_states"
        held = sorted({document.state for document in documents.by_file.values() if document.state})
        for state in dict.fromkeys((*case.expect.states, *(held if listed else ()))):
            of_state = _files(documents, state, years)
            evidence = tuple(span for span in case.evidence if span.file in of_state)
            answered = state in case.expect.states if listed else case.expect.status != "abstained"
            # Of an answered question about several parties, one without known evidence may answer in part.
            if of_state and (not answered or evidence or not case.evidence):
                yield Pair(
                    topic=strategy.topic, party=state, files=of_state, answered=answered, evidence=evidence,
                    source="list" if listed else "question", asked=case.id if listed else "",
                    wording=strategy.wording, language=case.lang,
                )  # fmt: skip


def pairs_across(documents: Documents) -> Iterator[Pair]:
    """Yields the topics that were written for statements in other languages, of the statements that are held.

    Raises:
        DatasetError: A statement is not the one that was read for its topics.
    """
    for asked in read_records(EVALS / "datasets" / "asked_across.jsonl", AskedTopic, todo="correct it"):
        document = documents.by_file.get(asked.file)
        if document is None:
            continue
        if any(sha256_of(document.text[span.start : span.end]) != span.sha256 for span in asked.evidence):
            raise DatasetError(f"{asked.file!r} is not the file that `asked_across.jsonl` was written for")
        yield Pair(
            topic=asked.topic, party=document.state or asked.file, files=(asked.file,), answered=asked.answered,
            source="question", evidence=asked.evidence, language=asked.language,
        )  # fmt: skip


def _strategy_of(case: Case, documents: Documents) -> ByTopic | None:
    """Returns how a question is searched, if by a topic."""
    if case.type == "ambiguous" or case.unanswerable_kind in ("out_of_scope", "underspecified"):
        return None
    resolution = resolve(case.question, documents.parties, history=case.history)
    strategy = choose_strategy(resolution)
    return strategy if isinstance(strategy, ByTopic) and not resolution.negated else None


def pairs_of_cells(cells: Iterable[LabelledCell], documents: Documents) -> Iterator[Pair]:
    """Yields the pairs of hand-labelled cells of a position table."""
    for cell in cells:
        files = _files(documents, cell.party, {cell.year})
        if files:
            yield Pair(
                topic=cell.topic, party=cell.party, files=files, answered=bool(cell.evidence), source="cell",
                evidence=cell.evidence,
            )  # fmt: skip


def pairs_of_thesaurus(catalogue: Catalogue, statements: Mapping[str, StatementSummary]) -> Iterator[Pair]:
    """Yields pairs of a concept and a statement that names what is part of it, or only what is no answer to it.

    Of two concepts that are easily confused, a statement that names one of them answers on that one alone.
    """
    files = {summary.statement_id: file for file, summary in statements.items() if summary.metadata.state}

    def naming(concept: str) -> frozenset[str]:
        names = (concept, *thesaurus().narrower(concept))
        return catalogue.statements_with(*(term for name in names for term in terms_of_concept(name))) & files.keys()

    def drawn(concept: str, found: Iterable[str], answered: bool) -> Iterator[Pair]:
        for identifier in sorted(found, key=lambda own: draw(concept, own))[:1]:
            file = files[identifier]
            party = statements[file].metadata.state or ""
            yield Pair(topic=concept, party=party, files=(file,), answered=answered, source="thesaurus")

    for concept, relation, other in relation_rows():
        if relation == "not":
            for one, another in ((concept, other), (other, concept)):
                only = naming(another) - naming(one)
                yield from drawn(one, only, False)
                yield from drawn(another, only, True)
        elif relation == "broader" and draw(concept, other)[0] in _BROADER_DRAWN:
            yield from drawn(other, naming(concept) - catalogue.statements_with(*terms_of_concept(other)), True)


def _files(documents: Documents, state: str, years: set[str]) -> tuple[str, ...]:
    return tuple(
        file
        for file, document in sorted(documents.by_file.items())
        if document.state == state and (not years or document.facts.get("date", "")[:4] in years)
    )
