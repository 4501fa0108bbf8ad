"""The bench against LangChain: what it compares is the same on both sides."""

import csv

import pytest

from evals.errors import EvalError
from scripts import against_langchain


def test_parts_hold_every_statement_of_the_corpus_once(conference, tmp_path):
    parts = list(against_langchain._parts(conference, tmp_path))
    listed = []
    for part in parts:
        with (part / "statements.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert all((part / row["file"]).read_bytes() == (conference / row["file"]).read_bytes() for row in rows)
        assert (part / "parties.csv").exists()
        listed += [row["file"] for row in rows]
    with (conference / "statements.csv").open(encoding="utf-8", newline="") as file:
        assert sorted(listed) == sorted(row["file"] for row in csv.DictReader(file))
    assert len(parts) == against_langchain.PARTS


def test_corpus_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(EvalError, match=r"no statements\.csv"):
        list(against_langchain._parts(tmp_path, tmp_path))


def test_nothing_is_compared_where_langchain_is_not_installed(conference, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert against_langchain.compare(conference, tmp_path) == []
    assert list(tmp_path.iterdir()) == []
