"""Ingest against LangChain's own way, over the same passages with the same weights, taken in turns in one run."""

import csv
import importlib
import importlib.util
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.settings import load_settings
from app.wiring import open_workspace
from evals.errors import EvalError
from ingest.metadata.manifest import MANIFEST_NAME
from vectorstore.carried import EMBEDDING, carried
from vectorstore.embeddings import SentenceTransformerEmbedder
from vectorstore.rows import Matrix

PARTS: Final = 4
NEEDED: Final = ("langchain_chroma", "langchain_huggingface")


@dataclass(kw_only=True)
class Clock:
    """Seconds of wall time, and of processor time over all threads."""

    wall: float = 0.0
    processor: float = 0.0

    def time(self, call: Callable[[], object]) -> None:
        """Adds what a call takes."""
        wall, processor = time.perf_counter(), time.process_time()
        call()
        self.wall += time.perf_counter() - wall
        self.processor += time.process_time() - processor


def compare(corpus: Path, folder: Path) -> list[tuple[str, str, str]]:
    """Ingests a corpus both ways and returns the ratios as rows; none where LangChain's packages are absent.

    Args:
        corpus: A folder with a manifest.
        folder: An empty folder to work in.

    Raises:
        EvalError: The corpus has no manifest.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        return []
    ours, theirs, model = Clock(), Clock(), Clock()
    parts = list(_parts(corpus, folder))
    plain = _LangChain(folder / "langchain")
    with open_workspace(load_settings(store=folder / "ours")) as workspace, _timed_model(model):
        # The model is loaded before the clock runs.
        workspace.corpus.ingest([], sample=True)
        model.wall = 0.0
        held = {summary.document_id for summary in workspace.corpus.documents()}
        passages = 0
        for part in parts:
            ours.time(lambda part=part: workspace.corpus.ingest([part]))  # type: ignore[misc] # bound at once
            new = [s for s in workspace.corpus.documents() if s.document_id not in held]
            held |= {summary.document_id for summary in new}
            texts = [p.text for p in workspace.store.catalogue.passages_of([s.document_id for s in new])]
            facts = [{"file": part.name, "place": number} for number in range(len(texts))]
            theirs.time(lambda texts=texts, facts=facts: plain.add(texts, facts))  # type: ignore[misc]
            passages += len(texts)
        embedding = model.wall
        again = Clock()
        for part in parts:
            again.time(lambda part=part: workspace.corpus.ingest([part]))  # type: ignore[misc]
    note = f"{passages} passages in {PARTS} turns; {ours.wall:.0f} s against {theirs.wall:.0f} s"
    return [
        ("ingest : LangChain's Chroma.from_documents", f"{theirs.wall / ours.wall:.2f}", note),
        ("the same in processor time", f"{theirs.processor / ours.processor:.2f}", "less noise of other programs"),
        ("share of ingest outside the embedding model", f"{1 - embedding / ours.wall:.1%}", "of wall time"),
        ("second ingest of unchanged files : first", f"{ours.wall / again.wall:.0f}", f"{again.wall:.2f} s"),
    ]


class _LangChain:
    def __init__(self, path: Path) -> None:
        self._chroma: Any = importlib.import_module("langchain_chroma").Chroma
        self._document: Any = importlib.import_module("langchain_core.documents").Document
        self._path = path
        self._embeddings: Any = importlib.import_module("langchain_huggingface").HuggingFaceEmbeddings(
            model_name=str(carried(EMBEDDING)), encode_kwargs={"normalize_embeddings": True}
        )
        self._embeddings.embed_documents(["The model is warm."])

    def add(self, texts: Sequence[str], facts: Sequence[dict[str, Any]]) -> None:
        documents = [self._document(page_content=t, metadata=f) for t, f in zip(texts, facts, strict=True)]
        self._chroma.from_documents(documents, self._embeddings, persist_directory=str(self._path))


class _timed_model:
    """Times how long the embedding model is at work, whatever runs beside it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._embed = SentenceTransformerEmbedder.embed_documents

    def __enter__(self) -> None:
        clock, embed = self._clock, self._embed

        def timed(
            self: SentenceTransformerEmbedder, texts: Sequence[str], progress: Callable[[int], None] | None = None
        ) -> Matrix:
            began = time.perf_counter()
            vectors = embed(self, texts, progress)
            clock.wall += time.perf_counter() - began
            return vectors

        SentenceTransformerEmbedder.embed_documents = timed  # type: ignore[method-assign] # put back at the end

    def __exit__(self, *error: object) -> None:
        SentenceTransformerEmbedder.embed_documents = self._embed  # type: ignore[method-assign]


def _parts(corpus: Path, folder: Path) -> Iterator[Path]:
    """Copies a corpus as folders of a quarter each, so that noise of the machine falls on both ways alike."""
    try:
        with (corpus / MANIFEST_NAME).open(encoding="utf-8-sig", newline="") as file:
            heading, *rows = csv.reader(file)
    except (OSError, ValueError) as exc:
        raise EvalError(f"{str(corpus)!r} has no {MANIFEST_NAME} that can be read: name a folder with one") from exc
    place = heading.index("file")
    for number in range(PARTS):
        part = folder / f"part{number}"
        part.mkdir()
        own = rows[number::PARTS]
        with (part / MANIFEST_NAME).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([heading, *own])
        for row in own:
            target = part / row[place]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(corpus / row[place], target)
        if (corpus / "parties.csv").exists():
            shutil.copyfile(corpus / "parties.csv", part / "parties.csv")
        yield part
