"""Speeds as ratios taken in one run: absolute times say more of the machine than of the program.

`python -m scripts.bench [DIR]`; DIR is a folder with a manifest that is ingested against LangChain's own way, where
langchain-chroma and langchain-huggingface are installed (default: the fictional conference).
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from app.settings import load_settings
from app.wiring import Workspace, open_workspace
from evals.case_sets import CONFERENCE
from scripts.against_langchain import NEEDED, compare
from vectorstore.chroma import VectorIndex
from vectorstore.rows import Matrix

# Sizes at which exact search and Chroma are compared, in passages.
SIZES = (1_000, 5_000, 20_000)


def main() -> int:
    """Runs all comparisons and prints them as one table."""
    table = Table("comparison", "ratio", "reading", title="Ratios of one run; above 1 the first is faster")
    with tempfile.TemporaryDirectory(prefix="untoc-bench-") as folder:
        with open_workspace(load_settings(store=Path(folder) / "store")) as workspace:
            for row in (*_ingest(workspace), *_ask(workspace)):
                table.add_row(*row)
        for row in _search(Path(folder)):
            table.add_row(*row)
        corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else CONFERENCE
        turns = Path(folder) / "turns"
        turns.mkdir()
        for row in compare(corpus, turns) or [(f"ingest : {' and '.join(NEEDED)}", "—", "not installed")]:
            table.add_row(*row)
    Console().print(table)
    return 0


def _ingest(workspace: Workspace) -> list[tuple[str, str, str]]:
    # The model is loaded before the clock runs.
    workspace.corpus.ingest([], sample=True)
    first = _seconds(lambda: workspace.corpus.ingest([CONFERENCE]))
    second = _seconds(lambda: workspace.corpus.ingest([CONFERENCE]))
    rebuilt = _seconds(lambda: workspace.corpus.doctor(rebuild=True))
    return [
        ("second ingest of unchanged files : first", f"{first / second:.0f}", "35 statements"),
        ("index rebuilt from the catalogue : first ingest", f"{first / rebuilt:.0f}", "nothing is embedded"),
    ]


def _ask(workspace: Workspace) -> list[tuple[str, str, str]]:
    article = "What did Iran say about article 4?"
    topic = "What did Iran say about the recovery of assets?"
    for question in (article, topic):
        workspace.assistant.ask(question)
    by_article = _median(lambda: workspace.assistant.ask(article))
    by_topic = _median(lambda: workspace.assistant.ask(topic))
    return [("question on an article : on a topic", f"{by_topic / by_article:.1f}", "mentions need no model")]


def _search(folder: Path) -> list[tuple[str, str, str]]:
    """Compares exact search over vectors as they lie in memory with Chroma, where the crossover would be."""
    generator = np.random.default_rng(4)
    rows = []
    for size in SIZES:
        vectors = generator.normal(size=(size, 384)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        index = VectorIndex(folder / f"index-{size}")
        index.upsert([str(number) for number in range(size)], vectors)
        query = vectors[0]
        index.search(query, 50)
        approximate = _median(partial(index.search, query, 50))
        exact = _median(partial(_exact, vectors, query))
        index.close()
        rows.append((f"exact : Chroma, {size} passages", f"{approximate / exact:.1f}", "top 50"))
    return rows


def _exact(vectors: Matrix, query: Matrix) -> list[int]:
    return [int(row) for row in np.argsort(-(vectors @ query))[:50]]


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _median(call: Callable[[], object], repeats: int = 7) -> float:
    return statistics.median(_seconds(call) for _ in range(repeats))


if __name__ == "__main__":
    sys.exit(main())
