"""MTRAG-UN: whether to answer or refuse in conversations, over given passages or over whole collections.

Every task without an answer comes without passages, so that refusing it is trivial; refusals are therefore measured
over all passages of the task's collection as well. Source: Rosenthal et al., MTRAG-UN: A Benchmark for Open
Challenges in Multi-Turn RAG Conversations (2026).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.terms import content_terms
from app.settings import Settings
from evals.files import tracked
from evals.public.corpus import Figure, open_texts, records_of, silence_figures, write_texts
from vectorstore.records import text_sha256

_FILE: Final = "mtragun/reference.jsonl.gz"
_UNANSWERABLE: Final = "UNANSWERABLE"
# Fewest content words of a question that stands alone; others depend on the one before: "Are those the only steps?".
_WHOLE_QUESTION: Final = 4
_FOLDS: Final = 5
_OTHERS: Final = ("haiku.rag on MTRAG .33", "haiku.rag on MTRAG .44")


def topic_words(task: Mapping[str, Any]) -> str:
    """Returns what a task asks: the user's last turn, after the one before it if it does not stand alone."""
    turns = [turn["text"] for turn in task["input"] if turn["speaker"] == "user"]
    is_dependent = len(content_terms(turns[-1], "en")) < _WHOLE_QUESTION
    return " ".join(turns[-2:] if is_dependent else turns[-1:])


def file_of(passage: str) -> str:
    """Returns the file name of a passage, a hash of its words, so that equal passages share a file."""
    return f"{text_sha256(passage.strip())[:16]}.txt"


def run(settings: Settings, folder: Path, data: Path | None) -> list[Figure]:
    """Measures refusals over given passages and over whole collections; texts are in `folder`, the store beside it."""
    tasks = records_of(_FILE, data)
    texts = {file_of(passage["text"]): passage["text"].strip() for task in tasks for passage in task["contexts"]}
    collections: dict[str, dict[str, None]] = {}
    for task in tasks:
        collections.setdefault(task["Collection"], {}).update(_given(task))
    write_texts(folder, texts)
    found: dict[str, list[PartyEvidence]] = {"given passages": [], "whole collection": []}
    with open_texts(settings, folder) as (workspace, by_file):
        for task in tracked(tasks, "MTRAG-UN"):
            topic = workspace.ranker.topic(topic_words(task), "en")
            for cases, passages in zip(found.values(), (_given(task), collections[task["Collection"]]), strict=True):
                statements = [statement for file in passages for statement in by_file.get(file, ())]
                cases.append(workspace.ranker.rank_by_topic("", statements, topic))
    unanswerable = [task["answerability"] == [_UNANSWERABLE] for task in tasks]
    folds = [int(text_sha256(task["conversation_id"]), 16) % _FOLDS for task in tasks]
    groups = (silence_figures(f"refusal, {name}", cases, unanswerable, folds, _OTHERS) for name, cases in found.items())
    return [figure for figures in groups for figure in figures]


def _given(task: Mapping[str, Any]) -> dict[str, None]:
    return dict.fromkeys(file_of(passage["text"]) for passage in task["contexts"])
