"""Speeds as ratios taken in one run: absolute times say more of the machine than of the program.

`python -m scripts.bench [DIR]`; DIR is a folder with a manifest that is ingested against LangChain's own way, over the
same passages with the same weights, where langchain-chroma and langchain-huggingface are installed (default: the
fictional conference). Where UNTOC_DATABASE__URL names an empty database, a copy in it is compared with the folder.
"""

import importlib
import importlib.util
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from app.settings import Settings, load_settings
from app.wiring import Workspace, open_workspace
from evals.case_sets import CONFERENCE
from vectorstore.carried import EMBEDDING, carried
from vectorstore.chroma import EmbeddedIndexes

# Sizes at which exact search and Chroma are compared, in passages.
SIZES = (1_000, 5_000, 20_000)
NEEDED = ("langchain_chroma", "langchain_huggingface")
Row = tuple[str, str, str]


def main() -> int:
    """Runs all comparisons and prints them as one table."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else CONFERENCE
    table = Table("comparison", "ratio", "reading", title="Ratios of one run; above 1 the first is faster")
    with tempfile.TemporaryDirectory(prefix="untoc-bench-") as folder:
        settings = load_settings(store=Path(folder) / "store")
        with open_workspace(settings.in_folder(settings.store)) as workspace:
            for row in (*ingest(workspace, corpus, Path(folder) / "langchain"), *_ask(workspace)):
                table.add_row(*row)
            if settings.database.url is not None:
                for row in _served(workspace, settings):
                    table.add_row(*row)
        for row in _search(Path(folder)):
            table.add_row(*row)
    Console().print(table)
    return 0


def ingest(workspace: Workspace, corpus: Path, folder: Path) -> Iterator[Row]:
    """Yields what ingest is worth: against LangChain's own way, a second one and a rebuild against the first."""
    # The model is loaded before the clock runs.
    workspace.corpus.ingest([], sample=True)
    sample = {document.document_id for document in workspace.corpus.documents()}
    first = _seconds(lambda: workspace.corpus.ingest([corpus]))
    second = _seconds(lambda: workspace.corpus.ingest([corpus]))
    rebuilt = _seconds(lambda: workspace.corpus.doctor(rebuild=True))
    documents = [own.document_id for own in workspace.corpus.documents() if own.document_id not in sample]
    yield "second ingest of unchanged files : first", f"{first / second:.0f}", f"{len(documents)} documents"
    yield "index rebuilt from the catalogue : first ingest", f"{first / rebuilt:.0f}", "nothing is embedded"
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        yield f"ingest : {' and '.join(NEEDED)}", "—", "not installed"
        return
    chroma: Any = importlib.import_module("langchain_chroma").Chroma
    embeddings: Any = importlib.import_module("langchain_huggingface").HuggingFaceEmbeddings(
        model_name=str(carried(EMBEDDING)), encode_kwargs={"normalize_embeddings": True}
    )
    embeddings.embed_documents(["The model is warm."])
    passages = workspace.store.catalogue.passages_of(documents)
    texts, facts = [own.text for own in passages], [{"statement": own.statement_id} for own in passages]
    theirs = _seconds(lambda: chroma.from_texts(texts, embeddings, facts, persist_directory=str(folder)))
    yield "ingest : LangChain's Chroma.from_texts", f"{theirs / first:.2f}", f"{len(texts)} passages"


def _ask(workspace: Workspace) -> list[Row]:
    article, topic = "What did Iran say about article 4?", "What did Iran say about the recovery of assets?"
    for question in (article, topic):
        workspace.assistant.ask(question)
    by_article, by_topic = (_median(partial(workspace.assistant.ask, question)) for question in (article, topic))
    return [("question on an article : on a topic", f"{by_topic / by_article:.1f}", "mentions need no model")]


def _served(workspace: Workspace, settings: Settings) -> Iterator[Row]:
    """Compares the store in its folder with a copy in the servers of the settings, whose database has to be empty."""
    with open_workspace(settings, check_model=False) as served:
        copied = _seconds(lambda: workspace.store.copy_to(served.store))
        counts = f"{served.store.catalogue.count_passages()} passages, copied in {copied:.1f} s"
        for question in ("What did Iran say about article 4?", "Which States spoke about extradition?"):
            here, there = (_median(partial(each.retrieve, question)) for each in (workspace, served))
            yield f"servers : folder, {question!r}", f"{here / there:.2f}", counts


def _search(folder: Path) -> Iterator[Row]:
    """Compares exact search over vectors as they lie in memory with Chroma, where the crossover would be."""
    generator = np.random.default_rng(4)
    for size in SIZES:
        vectors = generator.normal(size=(size, 384)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        index = EmbeddedIndexes(folder).open(f"index-{size}")
        index.upsert([str(number) for number in range(size)], vectors)
        index.search(vectors[0], 50)
        approximate = _median(partial(index.search, vectors[0], 50))
        exact = _median(lambda vectors=vectors: np.argsort(-(vectors @ vectors[0]))[:50])  # type: ignore[misc]
        index.close()
        yield f"exact : Chroma, {size} passages", f"{approximate / exact:.1f}", "top 50"


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _median(call: Callable[[], object], repeats: int = 7) -> float:
    return statistics.median(_seconds(call) for _ in range(repeats))


if __name__ == "__main__":
    sys.exit(main())
