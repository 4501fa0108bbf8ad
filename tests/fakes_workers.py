"""Workers and ingests in processes of their own, over models that need no weights."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from app.corpus.corpus import Corpus
from ingest.indexer import Indexer, IngestOptions
from ingest.loaders.loaded import LoadLimits
from ingest.text.splitter import SplitConfig
from tests.fakes import HashingEmbedder
from vectorstore.arrays import Matrix
from vectorstore.database import DatabaseConfig
from vectorstore.files import FilesConfig
from vectorstore.jobs import JobQueue
from vectorstore.records import text_key
from vectorstore.store import Store

# Seconds between signs of life, so that tests need not wait long for a death.
HEARTBEAT = 0.7
# A statement that holds this word kills whoever embeds it; one that holds the other is a bug.
DEADLY, BUGGY = "guillotine", "earwig"

# Children are forked from a process that has loaded the modules, and no more, so that each begins at once.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.fakes_workers", "tests.preloaded"])


class SlowEmbedder(HashingEmbedder):
    """Takes its time, and writes down what it embeds."""

    def __init__(self, told: Path, seconds: float) -> None:
        super().__init__()
        self._told, self._seconds = told, seconds

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        for number, text in enumerate(texts, 1):
            time.sleep(self._seconds)
            if DEADLY in text:
                os.kill(os.getpid(), signal.SIGKILL)
            if BUGGY in text:
                raise ZeroDivisionError("a bug")
            with self._told.open("a", encoding="utf-8") as file:
                file.write(f"{text_key(text)}\n")
            if progress is not None:
                progress(number)
        return super().embed_documents(texts)


@contextmanager
def open_corpus(path: Path, url: str | None, files: str | None = None, seconds: float = 0.0) -> Iterator[Any]:
    """Gives a corpus whose record is in a schema of PostgreSQL, or in the folder; its store is `corpus.store`."""
    embedder = SlowEmbedder(path.parent / "embedded", seconds)
    database = DatabaseConfig(url=None if url is None else SecretStr(url))
    store = Store(path, embedder, database=database, wait_seconds=60, files=FilesConfig.model_validate({"url": files}))
    split, limits = SplitConfig(), LoadLimits()
    queue = None if url is None else JobQueue(store.catalogue.database, heartbeat=HEARTBEAT)
    corpus: Any = Corpus(store, embedder, Indexer(store, embedder, split, limits), split, limits, lambda: queue)
    corpus.store, corpus.queue = store, queue
    try:
        yield corpus
    finally:
        store.close()


def start_worker(path: Path, url: str, files: str | None = None, seconds: float = 0.0) -> BaseProcess:
    """Starts a worker."""
    process = _CONTEXT.Process(target=_work, args=(path, url, files, seconds), daemon=True)
    process.start()
    return process


def start_ingest(path: Path, url: str, folder: Path) -> BaseProcess:
    """Starts a process that has workers take a folder in, as a server does."""
    process = _CONTEXT.Process(target=_ingest, args=(path, url, folder), daemon=True)
    process.start()
    return process


def start_told_ingest(path: Path, folder: Path) -> tuple[BaseProcess, Connection]:
    """Starts an ingest; the connection gives its steps, `sync` before the vector index, and `done`."""
    reads, tells = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_ingest_and_tell, args=(path, folder, tells))
    process.start()
    tells.close()
    return process, reads


def _work(path: Path, url: str, files: str | None, seconds: float) -> None:
    with open_corpus(path, url, files, seconds) as corpus:
        corpus.queue.work(corpus.do_job)


def _ingest(path: Path, url: str, folder: Path) -> None:
    with open_corpus(path, url) as corpus:
        corpus.ingest([folder], sync=True)


def _ingest_and_tell(path: Path, folder: Path, tells: Connection) -> None:
    embedder = HashingEmbedder()
    store = Store(path, embedder)
    sync = store.sync_index

    def told_sync() -> None:
        tells.send("sync")
        sync()

    store.sync_index = told_sync  # type: ignore[method-assign] # a step that an ingest does not tell of
    indexer = Indexer(store, embedder, SplitConfig(), LoadLimits())
    indexer.ingest([folder], IngestOptions(sync=True), lambda event: tells.send(event.step))
    store.close()
    tells.send("done")


def await_that(condition: Callable[[], object], seconds: float = 120.0) -> None:
    """Waits until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
