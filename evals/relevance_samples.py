"""What is measured of labelled pairs: the features of the sentences read for each, with what is known of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from app.retrieval.relevance_features import SentenceFeatures
from app.retrieval.sentence_ranker import SentenceRanker
from app.settings import Settings
from evals.case_sets import CONFERENCE, SAMPLE
from evals.cases.case import Case
from evals.cases.documents import read_documents
from evals.eval_environment import open_environment
from evals.files import tracked
from evals.positions import load_cells
from evals.relevance_pairs import (
    Pair,
    cases_of_meeting,
    pairs_across,
    pairs_of_cases,
    pairs_of_cells,
    pairs_of_thesaurus,
)
from vectorstore.arrays import Matrix
from vectorstore.records import ScopeFilter, Sentence, StatementSummary

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FEATURES: Final = SentenceFeatures.names()
# Weight of a pair by its source: lists hold silent parties far more often than anybody asks in vain.
WEIGHTS: Final = {"thesaurus": 0.5, "list": 0.4}
# Characters within which a sentence is a neighbour of evidence, and may belong to it.
_NEIGHBOUR: Final = 300


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A pair with what was read for it.

    Attributes:
        features: Of each sentence, (n, features) float64.
        states: What the cross-encoder has read of each, (n, dim) float32.
        evidence: Which sentences are known to answer, (n,).
        beside: Which sentences are known not to be the evidence of an answered pair, (n,); they stand away from it.
    """

    pair: Pair
    features: Floats
    states: Matrix
    evidence: Flags
    beside: Flags


def gather(cases: Sequence[Case], folders: Sequence[Path], settings: Settings) -> tuple[list[Sample], dict[str, str]]:
    """Makes the labelled pairs of corpora and of the fictional conference, and measures them with the models in use.

    Args:
        cases: Cases about the first corpus.
        folders: The corpora; from the others come the topics that were written for their statements.
        settings: The settings, with the models.

    Returns:
        The measured pairs, and the identity of the models.
    """
    samples: list[Sample] = []
    models: dict[str, str] = {}
    for corpus in (*([folder] for folder in folders), [CONFERENCE, SAMPLE]):
        documents = read_documents(corpus)
        own = cases if corpus == [folders[0]] else cases_of_meeting() if CONFERENCE in corpus else ()
        cells = [cell for cell in load_cells() if all(span.file in documents.by_file for span in cell.evidence)]
        pairs = [*pairs_of_cases(own, documents), *pairs_of_cells(cells, documents), *pairs_across(documents)]
        with open_environment(settings, corpus, documents) as workspace:
            catalogue = workspace.store.catalogue
            statements = {summary.file: summary for summary in catalogue.summaries(ScopeFilter())}
            if corpus == [folders[0]]:
                pairs += pairs_of_thesaurus(catalogue, statements)
            samples += measure(pairs, workspace.ranker, statements)
            models = dict(workspace.models)
    return samples, models


def measure(pairs: Sequence[Pair], ranker: SentenceRanker, statements: dict[str, StatementSummary]) -> list[Sample]:
    """Measures the features of pairs whose statements are held; of lists, those of the parties that are read."""
    samples = []
    together: dict[str, list[Pair]] = {}
    for number, pair in enumerate(pairs):
        together.setdefault(pair.asked or str(number), []).append(pair)
    for group in tracked(together.values(), "Working..."):
        owned = {pair.party: [statements[file] for file in pair.files if file in statements] for pair in group}
        topic = ranker.topic(group[0].topic, group[0].language, group[0].wording)
        if not any(owned.values()) or not topic.english.strip():
            continue
        if group[0].asked:
            measured = ranker.measure_list(owned, topic)
        else:
            measured = {party: ranker.measure(own, topic) for party, own in owned.items()}
        for pair in (pair for pair in group if measured.get(pair.party)):
            files = {summary.statement_id: summary.file for summary in owned[pair.party]}
            found = measured[pair.party]
            evidence = [_touches(pair, files[item.sentence.statement_id], item.sentence, 0) for item in found]
            around = [_touches(pair, files[item.sentence.statement_id], item.sentence, _NEIGHBOUR) for item in found]
            known = pair.answered and bool(pair.evidence)
            samples.append(
                Sample(
                    pair=pair,
                    features=np.array([item.features.values() for item in found], dtype=np.float64),
                    states=np.stack([item.state for item in found]),
                    evidence=np.array(evidence, dtype=np.bool_),
                    beside=np.array([known and not near for near in around], dtype=np.bool_),
                )
            )
    return samples


def _touches(pair: Pair, file: str, sentence: Sentence, within: int) -> bool:
    """Whether a sentence is evidence of a pair, or stands within so many characters of it."""
    return any(
        s.file == file and s.start - within < sentence.end and sentence.start < s.end + within for s in pair.evidence
    )
