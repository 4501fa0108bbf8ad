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
from vectorstore.jobs import JobQueue
from vectorstore.records import text_key
from vectorstore.shared_files import FilesConfig
from vectorstore.store import Store

# Seconds between heartbeats, few so that tests need not wait long until a worker counts as dead.
HEARTBEAT = 0.7
# A text with the first word kills the process that embeds it; one with the second raises an error, as a bug would.
DEADLY, BUGGY = "guillotine", "earwig"

# Children are forked from a server process that has only imported the modules, so that each starts at once.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.fakes_workers", "tests.preloaded"])


class SlowEmbedder(HashingEmbedder):
    """Sleeps before each text, and writes the keys of the texts that it embeds to a file."""

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
    """Yields a corpus with `store` and `queue`, whose record is in a PostgreSQL schema, or without `url` in `path`."""
    embedder = SlowEmbedder(path.parent / "embedded", seconds)
    database = DatabaseConfig(url=None if url is None else SecretStr(url))
    store = Store(path, embedder, database=database, wait_seconds=60, files=FilesConfig.model_validate({"url": files}))
    indexer = Indexer(store, embedder, SplitConfig(), LoadLimits())
    queue = None if url is None else JobQueue(store.catalogue.database, heartbeat=HEARTBEAT)
    corpus: Any = Corpus(indexer, embedder, lambda: queue)
    corpus.store, corpus.queue = store, queue
    try:
        yield corpus
    finally:
        store.close()


def start_worker(path: Path, url: str, files: str | None = None, seconds: float = 0.0) -> BaseProcess:
    """Starts a worker process."""
    process = _CONTEXT.Process(target=_work, args=(path, url, files, seconds), daemon=True)
    process.start()
    return process


def start_ingest(path: Path, url: str, folder: Path) -> BaseProcess:
    """Starts a process that has workers ingest a folder, as a server does."""
    process = _CONTEXT.Process(target=_ingest, args=(path, url, folder), daemon=True)
    process.start()
    return process


def start_told_ingest(path: Path, folder: Path) -> tuple[BaseProcess, Connection]:
    """Starts an ingest; the connection receives each step, `sync` before the vector index is filled, and `done`."""
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
    sync = store.index.sync

    def told_sync() -> None:
        tells.send("sync")
        sync()

    store.index.sync = told_sync  # type: ignore[method-assign] # progress does not report this step
    indexer = Indexer(store, embedder, SplitConfig(), LoadLimits())
    indexer.ingest([folder], IngestOptions(sync=True), lambda event: tells.send(event.step))
    store.close()
    tells.send("done")


def await_that(condition: Callable[[], object], seconds: float = 120.0) -> None:
    """Waits until a condition is true, and fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
