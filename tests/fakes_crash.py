"""An ingest in a process of its own, which tells of its steps until it is killed."""

import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.indexer import Indexer, IngestOptions
from ingest.loaders.loaded import LoadLimits
from ingest.text.splitter import SplitConfig
from tests.fakes import HashingEmbedder
from vectorstore.store import open_store

# Children are forked from a process that has loaded the modules, and no more, so that each begins at once.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.fakes_crash"])


def start_ingest(store: Path, folder: Path) -> tuple[multiprocessing.process.BaseProcess, Connection]:
    """Starts an ingest; the connection gives its steps, `sync` before the vector index, and `done`."""
    reads, tells = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_ingest, args=(store, folder, tells))
    process.start()
    tells.close()
    return process, reads


def _ingest(path: Path, folder: Path, tells: Connection) -> None:
    embedder = HashingEmbedder()
    store = open_store(path, embedder)
    sync = store.sync_index

    def told_sync() -> None:
        tells.send("sync")
        sync()

    store.sync_index = told_sync  # type: ignore[method-assign] # a step that an ingest does not tell of
    indexer = Indexer(store, embedder, SplitConfig(), LoadLimits())
    indexer.ingest([folder], IngestOptions(sync=True), lambda event: tells.send(event.step))
    store.close()
    tells.send("done")
