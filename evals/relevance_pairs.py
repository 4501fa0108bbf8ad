"""Labelled pairs for fitting relevance: a topic and the statements of one party, whether they answer, and features.

A case gives an answered or unanswered pair for each of its States; if it lists States, also unanswered ones for those
that did not speak of its topic. The thesaurus gives pairs of concepts that are easily confused. Parties and years are
the case's, so that errors in reading them do not count. The sentences of a pair are read and measured as for an answer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from app.question.reading import read_question
from app.question.resolution import TopicWording
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from app.retrieval.relevance_features import SentenceFeatures
from app.retrieval.search_strategy import choose_strategy
from app.settings import Settings
from evals.case_sets import CONFERENCE, SAMPLE, fitted_cases
from evals.cases.case import Case, Evidence
from evals.cases.documents import Documents, read_documents
from evals.cases.synth import draw
from evals.errors import DatasetError
from evals.eval_environment import open_environment
from evals.files import EVALS, StoredRecord, read_records, tracked
from evals.measured_sentences import MeasuredSentence, measure_list, measure_party
from evals.metrics.table import Flags, Floats
from evals.position_agreement import load_cells
from ingest.glossary.concept_relations import narrower, relation_rows
from ingest.glossary.glossary import terms_of_concept
from vectorstore.arrays import Matrix
from vectorstore.catalogue import Catalogue
from vectorstore.records import ScopeFilter, StatementSummary, text_sha256

PairSource = Literal["question", "list", "cell", "thesaurus"]
FoldBy = Literal["topic", "party"]
FOLDS: Final = 5
FEATURES: Final = SentenceFeatures.names()
# Of the thesaurus' `broader` relations, those whose hash begins with one of these digits are used: one in eight.
_BROADER_DRAWN: Final = "08"
# Distance from evidence, in characters, up to which a sentence may belong to it and is not taken as `beside`.
_NEIGHBOUR: Final = 300


class AskedTopic(StoredRecord):
    """A line of `asked_across.jsonl`: a topic in one language, asked of a statement in another."""

    file: str
    language: str
    topic: str
    answered: bool
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A topic and the statements of one party, by file."""

    topic: str
    party: str
    files: tuple[str, ...]
    answered: bool
    """Whether the statements speak of the topic."""
    source: PairSource
    evidence: tuple[Evidence, ...] = ()
    """The spans that speak of it, where these are known."""
    asked: str = ""
    """For a pair of a list of States, the id of its case, which all pairs of the list share; else empty."""
    wording: TopicWording | None = None
    """How a question asks about the topic; None where only the topic is known."""
    language: str = "en"
    """ISO 639-1 code of the topic."""

    def fold(self, by: FoldBy) -> int:
        """Returns the fold of its topic or of its party, from 0."""
        return fold_of(self.topic if by == "topic" else self.party)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A pair with the measurements of the n sentences that were read for it."""

    pair: Pair
    features: Floats
    """The features of each sentence, (n, features) float64."""
    states: Matrix
    """The cross-encoder's hidden state for each sentence, (n, dim) float32."""
    evidence: Flags
    """Which sentences are known to answer, (n,)."""
    beside: Flags
    """Which sentences of an answered pair are known not to be evidence, (n,): those far from the known evidence."""


def fold_of(key: str) -> int:
    """Returns the fold of a party or a topic, which depends on its name alone."""
    return int(text_sha256(key.casefold())[:8], 16) % FOLDS


def gather(cases: Sequence[Case], folders: Sequence[Path], settings: Settings) -> tuple[list[Sample], dict[str, str]]:
    """Returns (measured pairs of the corpora and the fictional conference, identities of the models that measured)."""
    samples: list[Sample] = []
    models: dict[str, str] = {}
    # `cases` are about the first corpus; the others give only the cells and topics written for their statements.
    corpora = [([folder], cases if folder == folders[0] else ()) for folder in folders]
    for corpus, about in (*corpora, ([CONFERENCE, SAMPLE], fitted_cases())):
        documents = read_documents(corpus, limits=settings.load)
        pairs = [*pairs_of_cases(about, documents), *pairs_of_cells(documents), *pairs_across(documents)]
        with open_environment(settings, corpus, documents) as workspace:
            catalogue = workspace.store.catalogue
            statements = {summary.file: summary for summary in catalogue.summaries(ScopeFilter())}
            pairs += pairs_of_thesaurus(catalogue, statements) if corpus == [folders[0]] else ()
            samples += measure(pairs, workspace.ranker, statements)
            models = dict(workspace.models)
    return samples, models


def measure(pairs: Sequence[Pair], ranker: SentenceRanker, statements: dict[str, StatementSummary]) -> list[Sample]:
    """Measures the features of pairs whose statements are in the store; of lists, only of parties that are read."""
    samples: list[Sample] = []
    together: dict[str, list[Pair]] = {}
    for number, pair in enumerate(pairs):
        together.setdefault(pair.asked or str(number), []).append(pair)
    for group in tracked(together.values(), "Working..."):
        owned = {pair.party: [statements[file] for file in pair.files if file in statements] for pair in group}
        topic = ranker.topic(group[0].topic, group[0].language, group[0].wording)
        if not any(owned.values()) or not topic.english.strip():
            continue
        if group[0].asked:
            measured = measure_list(ranker, owned, topic)
        else:
            measured = {party: measure_party(ranker, summaries, topic) for party, summaries in owned.items()}
        files = {summary.statement_id: summary.file for summaries in owned.values() for summary in summaries}
        samples += [_sample(pair, measured[pair.party], files) for pair in group if measured.get(pair.party)]
    return samples


def _sample(pair: Pair, read: Sequence[MeasuredSentence], files: Mapping[str, str]) -> Sample:
    def near_evidence(item: MeasuredSentence, within: int) -> bool:
        """Whether a sentence overlaps evidence, or is fewer than `within` characters away from it."""
        file, sentence = files[item.sentence.statement_id], item.sentence
        spans = (span for span in pair.evidence if span.file == file)
        return any(span.start - within < sentence.end and sentence.start < span.end + within for span in spans)

    evidence, near = (np.array([near_evidence(item, far) for item in read]) for far in (0, _NEIGHBOUR))
    features = np.array([astuple(item.features) for item in read], dtype=np.float64)
    states, beside = np.stack([item.state for item in read]), ~near & (pair.answered and bool(pair.evidence))
    return Sample(pair=pair, features=features, states=states, evidence=evidence, beside=beside)


def pairs_of_cases(cases: Iterable[Case], documents: Documents) -> Iterator[Pair]:
    """Yields the pairs of questions on a topic about single States and of complete lists of States."""
    for case in cases:
        if case.type == "ambiguous" or case.unanswerable_kind in ("out_of_scope", "underspecified"):
            continue
        resolution = read_question(case.question, documents.parties, history=case.history)
        strategy = choose_strategy(resolution)
        if strategy is None or strategy.by != "topic" or strategy.topic is None or resolution.scope.negated:
            continue
        years, listed = {str(year) for year in case.expect.years}, case.type == "list_states"
        speakers = sorted({document.state for document in documents.by_file.values() if document.state})
        for state in dict.fromkeys((*case.expect.states, *(speakers if listed else ()))):
            of_state = _files(documents, state, years)
            evidence = tuple(span for span in case.evidence if span.file in of_state)
            answered = state in case.expect.states if listed else case.expect.status != "abstained"
            # Skipped: a party without evidence in an answered question with evidence of others, as it may answer too.
            if of_state and (not answered or evidence or not case.evidence):
                yield Pair(
                    topic=strategy.topic, party=state, files=of_state, answered=answered, evidence=evidence,
                    source="list" if listed else "question", asked=case.id if listed else "",
                    wording=strategy.wording, language=case.lang,
                )  # fmt: skip


def pairs_across(documents: Documents) -> Iterator[Pair]:
    """Yields pairs of topics written for statements in other languages; a changed statement is a DatasetError."""
    for asked in read_records(EVALS / "datasets" / "asked_across.jsonl", AskedTopic, todo="correct it"):
        document = documents.by_file.get(asked.file)
        if document is None:
            continue
        if any(text_sha256(document.text[span.start : span.end]) != span.sha256 for span in asked.evidence):
            raise DatasetError(f"{asked.file!r} is not the file that `asked_across.jsonl` was written for")
        yield Pair(
            topic=asked.topic, party=document.state or asked.file, files=(asked.file,), answered=asked.answered,
            source="question", evidence=asked.evidence, language=asked.language,
        )  # fmt: skip


def pairs_of_cells(documents: Documents) -> Iterator[Pair]:
    """Yields the pairs of the hand-labelled cells of a position table whose statements are among the documents."""
    for cell in load_cells():
        files = _files(documents, cell.party, {cell.year})
        if files and all(span.file in documents.by_file for span in cell.evidence):
            yield Pair(
                topic=cell.topic, party=cell.party, files=files, answered=bool(cell.evidence), source="cell",
                evidence=cell.evidence,
            )  # fmt: skip


def pairs_of_thesaurus(catalogue: Catalogue, statements: Mapping[str, StatementSummary]) -> Iterator[Pair]:
    """Yields pairs of a concept and a statement that names it, a narrower one, or only one easily confused with it."""
    files = {summary.statement_id: file for file, summary in statements.items() if summary.metadata.state}

    def naming(concept: str) -> frozenset[str]:
        names = (concept, *narrower(concept))
        return catalogue.statements_with(*(term for name in names for term in terms_of_concept(name))) & files.keys()

    def drawn(concept: str, found: Iterable[str], answered: bool) -> Iterator[Pair]:
        for identifier in sorted(found, key=lambda each: draw(concept, each))[:1]:
            file, party = files[identifier], statements[files[identifier]].metadata.state or ""
            yield Pair(topic=concept, party=party, files=(file,), answered=answered, source="thesaurus")

    for concept, relation, other in relation_rows():
        if relation == "not":
            # A statement that names only one of two easily confused concepts answers on that one, not on the other.
            for one, another in ((concept, other), (other, concept)):
                only = naming(another) - naming(one)
                yield from drawn(one, only, False)
                yield from drawn(another, only, True)
        elif relation == "broader" and draw(concept, other)[0] in _BROADER_DRAWN:
            yield from drawn(other, naming(concept) - catalogue.statements_with(*terms_of_concept(other)), True)


def _files(documents: Documents, state: str, years: set[str]) -> tuple[str, ...]:
    of_state = (document for document in documents.by_file.values() if document.state == state)
    return tuple(sorted(d.file for d in of_state if not years or d.facts.get("date", "")[:4] in years))
