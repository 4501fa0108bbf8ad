"""The bench: both sides get the same questions, and measurements are stored and shown."""

import gzip
import json
import sys
from pathlib import Path

import pytest

from scripts import bench
from scripts.bench_sides import DeterministicEmbedder, Here, There, nth

_ASKED = [
    f"{kind}, {percent}"
    for kind in ("question on a State and year", "vectors of a State and year", "question on all")
    for percent in ("p50", "p95")
]
_PAGE = "".join(f"<!-- made: {name} -->\n<!-- end -->\n" for name in ("ratios", "engines"))


@pytest.fixture
def speeches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns a folder of two speeches, too few for any size; a stand-in replaces LangChain's adapter."""
    sentences = (
        "Human rights matter to island {}.",
        "Terrorism in year {} is no answer.",
        "We met small arms {} times.",
    )
    text = " ".join(each.format(number) for number in range(40) for each in sentences)
    records = [
        {"iso3": state, "text": text, "session": 70 + year, "year": str(2015 + year), "language": "en"}
        for year, state in enumerate(("XZA", "XZB"))
    ]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (tmp_path / "speeches").mkdir()
    (tmp_path / "speeches" / "ungdc_made.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    stand_in = Path(__file__).with_name("stand_in")
    monkeypatch.syspath_prepend(stand_in)
    monkeypatch.setenv("PYTHONPATH", f"{stand_in}:{Path.cwd()}")
    monkeypatch.setitem(sys.modules, "langchain_chroma", None)
    monkeypatch.delitem(sys.modules, "langchain_chroma")
    return tmp_path / "speeches"


@pytest.mark.slow
def test_a_size_is_measured_beside_what_others_gave(
    speeches: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    (out / "rows").mkdir(parents=True)
    (out / "README.md").write_text(_PAGE)
    row = {"size": 9, "vectors": "model", "name": "disk", "taken": {"here": 2.0, "LangChain and Chroma": 3.0}}
    (out / "rows" / "9.jsonl").write_text(json.dumps(row))
    monkeypatch.setattr(bench, "OUT", out)
    monkeypatch.setattr(bench, "_STARTS", 1)
    bench.main(speeches, [200], deterministic=True)
    rows = [json.loads(line) for line in (out / "rows" / "200.jsonl").read_text().splitlines()]
    names = ["nothing new : all added again", *_ASKED, "20 such questions at once", "cold start", "memory", "disk"]
    assert [row["name"] for row in rows] == names
    assert all(value > 0 for row in rows for value in row["taken"].values())
    page = (out / "README.md").read_text()
    assert "| 9 | model | disk | 2 MB | 3 MB | 1.5 |" in page
    assert page.count(f"| {rows[0]['size']} | deterministic |") == len(rows)
    assert "times as much" in (out / "ratios.svg").read_text()


@pytest.mark.slow
def test_both_sides_find_passages_of_the_same_scope(speeches: Path, tmp_path: Path) -> None:
    bench.write_corpus(speeches, 200, tmp_path / "corpus")
    next(filled := bench.measure(tmp_path, "deterministic"))
    filled.close()
    embedder = DeterministicEmbedder()
    here, there = Here(tmp_path, embedder), There(tmp_path, embedder)
    topic, scope = nth(1, here.scopes)
    ours, theirs = here.ask(topic, scope), there.ask(topic, scope)
    texts = {found.passage.text for found in ours}
    assert texts and texts & {*theirs}
    assert {here.held[found.passage.statement_id].state for found in ours} == {scope[0]}
    here.store.close()


def test_each_engine_is_asked_the_same(
    speeches: Path, tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNTOC_TEST_POSTGRES", postgres)
    bench.write_corpus(speeches, 100, tmp_path / "corpus")
    rows = list(bench.compare_engines(tmp_path))
    through = [f"{name}, through Chroma" for name in _ASKED[-2:]]
    assert [row.name for row in rows] == ["ingest without a model", "nothing new", *_ASKED, *through]
    engines = ["SQLite, Chroma in the program", "SQLite, Chroma's server", "PostgreSQL, Chroma in the program"]
    assert all([*row.taken] == engines and min(row.taken.values()) > 0 for row in rows)
