"""ACL-Verbatim: which words of a chunk of a paper answer a query; none if the chunk does not.

Sentences are chosen by a classifier over the features of relevance, fitted to queries on other papers, since papers
differ from speeches. Source: Recski et al., ACL-Verbatim (2026), whose scoring is used: words are split at white space
and counted over all chunks, and only chunks marked relevant have gold words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from app.retrieval.ranking.sentence_scorer import Depth
from app.retrieval.relevance_features import SentenceFeatures
from app.settings import Settings
from evals.files import tracked
from evals.measured_sentences import MeasuredSentence, measure_party
from evals.metrics.table import Flags, Floats
from evals.public.corpus import Figure, open_texts, records_of, write_texts

_FILE: Final = "acl_verbatim/gold.json"
# Limits at which every sentence of a chunk is read.
_WHOLE: Final = Depth(passages=12, sentences=200)
# Logit of a neighbour that is missing or a heading: the lowest that the cross-encoder gives.
_UNREAD: Final = -11.5
_OTHERS: Final = "ModernBERT, trained .536; GLM-5 .487; Provence .344; one cross-encoder score a sentence .363"


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """A chunk read for a query; folds are made by `paper`, since queries on one paper are alike."""

    paper: str
    gold: Flags
    """Whether each word answers, (words,)."""
    places: Flags
    """Whether each sentence holds each word, (sentences, words)."""
    features: Floats
    """Features of each sentence, (sentences, features)."""


def marked(text: str, spans: Sequence[tuple[int, int]]) -> Flags:
    """Returns whether each word of a text, split at white space, overlaps any of the spans, (words,)."""
    words = (match.span() for match in re.finditer(r"\S+", text))
    return np.array([any(a < end and b > start for start, end in spans) for a, b in words], dtype=np.bool_)


def gold_spans(chunk: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Returns the offsets of the gold spans of a chunk, whose white space and capitals may differ from its text."""
    if chunk["relevance_label"] != "r":
        return []
    patterns = (r"\s+".join(map(re.escape, span.split())) for span in chunk["gold_extraction"])
    found = (re.search(pattern, chunk["chunk"], re.IGNORECASE) for pattern in patterns)
    return [match.span() for match in found if match]


def word_f1(chunks: Sequence[Chunk], chosen: Sequence[Flags]) -> float:
    """Returns the F1 of the words of the chosen sentences, counted over all chunks."""
    words = np.concatenate([chunk.places[own].any(axis=0) for chunk, own in zip(chunks, chosen, strict=True)])
    return float(f1_score(np.concatenate([chunk.gold for chunk in chunks]), words, zero_division=0.0))


def choose(train: Sequence[Chunk], test: Sequence[Chunk]) -> list[Flags]:
    """Returns which sentences of each test chunk a classifier and a threshold choose, both fitted to `train`."""
    features = np.concatenate([chunk.features for chunk in train])
    words = np.concatenate([chunk.places.sum(axis=1) for chunk in train])
    # A sentence is a positive example if at least half of its words answer.
    answers = np.concatenate([(chunk.places & chunk.gold).sum(axis=1) for chunk in train]) * 2 >= np.maximum(1, words)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=500))
    model.fit(features, answers, logisticregression__sample_weight=words / words.mean())

    def chosen(chunks: Sequence[Chunk], threshold: float) -> list[Flags]:
        of_all = [model.predict_proba(c.features)[:, 1] if len(c.features) else np.zeros(0) for c in chunks]
        return [chances >= threshold for chances in of_all]

    best = max(np.arange(0.1, 0.7, 0.02), key=lambda threshold: word_f1(train, chosen(train, threshold)))
    return chosen(test, float(best))


def with_neighbours(read: Sequence[MeasuredSentence]) -> Floats:
    """Returns the features of each sentence with the logits of both neighbours, since answers span sentences."""
    alone = {item.sentence.ordinal: item.features.alone for item in read}
    neighbours = ([alone.get(item.sentence.ordinal + step, _UNREAD) for step in (-1, 1)] for item in read)
    rows = [(*astuple(item.features), *around) for item, around in zip(read, neighbours, strict=True)]
    return np.array(rows, dtype=np.float64).reshape(len(read), len(SentenceFeatures.names()) + 2)


def read_chunks(records: Sequence[Mapping[str, Any]], settings: Settings, folder: Path) -> Iterator[Chunk]:
    """Yields the chunks that hold sentences, each read for its query; texts are in `folder`, the store beside it."""
    texts = {chunk["chunk"]: f"{q:02}_{c}.txt" for q, r in enumerate(records) for c, chunk in enumerate(r["results"])}
    write_texts(folder, {file: text for text, file in texts.items()})
    with open_texts(settings, folder) as (workspace, by_file):
        for record in tracked(records, "ACL-Verbatim"):
            topic = workspace.ranker.topic(record["query"], "en")
            for chunk in record["results"]:
                read = measure_party(workspace.ranker, by_file[texts[chunk["chunk"]]], topic, _WHOLE)
                gold = marked(chunk["chunk"], gold_spans(chunk))
                places = [marked(chunk["chunk"], [(item.sentence.start, item.sentence.end)]) for item in read]
                table = np.array(places, dtype=np.bool_).reshape(len(read), len(gold))
                yield Chunk(paper=record["gold_paper"], gold=gold, places=table, features=with_neighbours(read))


def run(settings: Settings, folder: Path, data: Path | None) -> list[Figure]:
    """Measures word F1 of spans; the spans of each paper are chosen by a classifier fitted to the other papers."""
    chunks = list(read_chunks(records_of(_FILE, data), settings, folder))
    papers = list(dict.fromkeys(chunk.paper for chunk in chunks))
    by_paper = [[chunk for chunk in chunks if chunk.paper == paper] for paper in papers]
    chosen = [own for test in by_paper for own in choose([c for c in chunks if c.paper != test[0].paper], test)]
    ordered = [chunk for test in by_paper for chunk in test]
    everything = [np.ones(len(chunk.features), dtype=np.bool_) for chunk in ordered]
    over = f"{len(chunks)} chunks, queries on {len(papers)} papers"
    fitted, whole = word_f1(ordered, chosen), word_f1(ordered, everything)
    return [
        Figure(name="spans: word F1, fitted to other papers", value=fitted, over=over, others=_OTHERS),
        Figure(name="every sentence of every chunk", value=whole, over=over),
    ]
