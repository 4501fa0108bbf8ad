"""Hard kills of an ingest at random moments: nothing is lost, nothing is doubled, and the store always opens.

UNTOC_KILLS sets how often (default 8), UNTOC_KILL_SEED the moments.
"""

import os
import random
import signal
import time

import numpy as np
import pytest
from sqlalchemy import text

from tests.fakes import fake_workspace
from tests.fakes_engines import open_index
from tests.fakes_workers import start_told_ingest

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("UNTOC_KILLS", "8"))
SEED = int(os.environ.get("UNTOC_KILL_SEED", "4"))
FILES = 20
# Steps after which an ingest is killed, and the seconds within which this happens.
MOMENTS = {"load": 0.02, "embed": 0.03, "store": 0.08, "sync": 0.25}
PARTIES = "code,name,aliases,kind\nXAA,Arvandia,Arvandian,state\n"


class Corpus:
    """A folder of statements that changes from round to round, and all versions that each file has had."""

    def __init__(self, folder, draw):
        self.folder, self.draw = folder, draw
        self.versions, self.held = {}, set()
        folder.mkdir()
        (folder / "parties.csv").write_text(PARTIES, encoding="utf-8")
        for number in range(FILES):
            self.write(f"{number:03}.txt")

    def write(self, name):
        version = len(self.versions.setdefault(name, []))
        matter = f"matter{name[:3]}v{version}"
        body = " ".join(f"We support {matter} and clause {n} of it, since courts ask for it." for n in range(12))
        text = f"Arvandia\n\nMadam President,\n\n{body}\n\nWe thank you.\n"
        (self.folder / name).write_text(text, encoding="utf-8")
        self.versions[name].append(text)
        self.held.add(name)

    def change(self):
        for name in self.draw.sample(sorted(self.held), 7):
            self.write(name)
        for _ in range(4):
            self.write(f"{len(self.versions):03}.txt")
        for name in self.draw.sample(sorted(self.held), 4):
            (self.folder / name).unlink()
            self.held.discard(name)


@pytest.fixture
def corpus(tmp_path):
    return Corpus(tmp_path / "corpus", random.Random(SEED))


def test_killed_ingests_lose_nothing_double_nothing_and_the_store_always_opens(corpus, tmp_path):
    draw, store = random.Random(SEED + 1), tmp_path / "store"
    killed = dict.fromkeys(MOMENTS, 0)
    while sum(killed.values()) < KILLS:
        step = draw.choice(sorted(MOMENTS))
        before = stored_files(store)
        if kill_ingest(store, corpus.folder, step, draw):
            killed[step] += 1
        assert_usable(store, corpus, before)
        if draw.random() < 0.5:
            # In the other rounds, the next ingest starts from what this kill left behind.
            assert_completes(store, corpus, tmp_path)
            corpus.change()
    assert_completes(store, corpus, tmp_path)
    assert KILLS < 20 or all(killed.values()), killed


def kill_ingest(store, folder, step, draw):
    """Kills an ingest some time after it reported a step; returns whether it was still running."""
    process, steps = start_told_ingest(store, folder)
    occurrence = draw.randint(1, {"load": FILES, "sync": 1}.get(step, 2))
    reported = []
    try:
        while reported[-1:] != ["done"] and reported.count(step) < occurrence:
            reported.append(steps.recv())
        time.sleep(draw.uniform(0.0, MOMENTS[step]))
        process.kill()
        while True:
            reported.append(steps.recv())
    except EOFError:
        process.join()
    return process.exitcode == -signal.SIGKILL and "done" not in reported


def stored_files(store):
    if not (store / "catalogue.sqlite3").exists():
        return set()
    with fake_workspace(store, read_only=True) as workspace:
        return {summary.file for summary in workspace.corpus.documents()}


def assert_usable(store, corpus, before):
    for read_only in (True, False):
        with fake_workspace(store, read_only=read_only) as workspace:
            catalogue = workspace.store.catalogue
            assert catalogue.health.damage() is None
            summaries = catalogue.documents()
            files = [summary.file for summary in summaries]
            assert len(files) == len(set(files)), "a file is stored twice"
            assert before - set(files) <= corpus.versions.keys() - corpus.held, "a file that is still there is lost"
            for summary in summaries:
                assert catalogue.statement(summary.document_id).source_text in corpus.versions[summary.file]
                assert summary.passages > 0
            answer = workspace.assistant.ask("What did Arvandia say about the courts?")
            assert answer.status == ("answered" if files else "abstained")
            assert all(citation.verdict == "verified" for citation in answer.citations)


def assert_completes(store, corpus, tmp_path):
    undisturbed = tmp_path / f"undisturbed-{time.monotonic_ns()}"
    for path in (store, undisturbed):
        with fake_workspace(path) as workspace:
            workspace.corpus.ingest([corpus.folder], sync=True)
            report = workspace.corpus.doctor()
            assert report.ok, report.checks
    assert contents(store) == contents(undisturbed)
    assert {row[0] for row in contents(store)["documents"]} == corpus.held


def contents(store):
    """Returns all that an ingest stores, except times and vectors of texts that are gone."""
    with fake_workspace(store, read_only=True) as workspace:
        database = workspace.store.catalogue.database

        def rows(query):
            return database.rows(text(query))

        found = {
            "documents": rows("SELECT file, document_id, sha256, digest, input_key, source_text FROM documents"),
            "statements": rows("SELECT * FROM statements"),
            "sentences": rows("SELECT * FROM sentences"),
            "passages": rows('SELECT passage_id, start, "end", text, text_key FROM passages'),
            "mentions": rows("SELECT statement_id, ordinal, kind, treaty, value, paragraph FROM mentions"),
            "lexical": rows("SELECT p.passage_id, f.text FROM passages_fts f JOIN passages p ON p.passage = f.rowid"),
            "lexical rows": rows("SELECT count(*) FROM passages_fts"),
            "traits": rows("SELECT * FROM traits"),
            "links": rows("SELECT * FROM links"),
        }
        found = {name: sorted(map(tuple, values), key=repr) for name, values in found.items()}
        ids, vectors = workspace.store.catalogue.vectors.of()
    (folder,) = store.glob("index-*")
    index = open_index(folder)
    found["vectors"] = sorted(zip(ids, (vector.tobytes() for vector in vectors), strict=True))
    found["index"] = sorted(index.ids())
    # Vectors are not only listed, but also found by a search.
    found["reachable"] = sorted(index.search(np.asarray(v), 1)[0][1] > 0.999 for v in vectors[:40])
    index.close()
    return found
