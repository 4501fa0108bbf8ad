"""Scores of a drafted manifest: what is right, wrong and missing."""

import pytest

from scripts.score_metadata import judge, score


@pytest.mark.parametrize(
    ("column", "gold", "drafted", "verdict"),
    [
        ("state", "XAA", "XAA", "right"),
        ("state", "XAA", "XAB", "wrong"),
        ("state", "XAA", None, "missing"),
        ("state", None, "XAB", "wrong"),
        ("state", None, None, "right"),
        ("body", "UNGA", "UN General Assembly", "right"),
        ("session", None, "7", None),
        ("date", "2019-05-20/2019-05-24", "2019-05-21", "right"),
        ("date", "2019-05-20", "2019", "missing"),
        ("date", "2019-05-20", "2019-05-21", "wrong"),
        ("date", "2019-05-20", "soon", "wrong"),
    ],
)
def test_cell_is_judged_by_gold(column, gold, drafted, verdict):
    assert judge(column, gold, drafted) == verdict


def test_states_of_records_are_counted_apart(capsys):
    row = {"body": None, "session": None, "date": None}
    gold = [
        {"file": "a", "kind": "statement", "state": "XAA", **row},
        {"file": "b", "kind": "record", "state": None, **row},
    ]
    counts = score(gold, {"a": {"state": "XAA"}, "b": {"state": "XAB"}})
    assert counts == {"state": {"right": 1}, "state of records": {"wrong": 1}}
    assert "b: 'XAB', gold None" in capsys.readouterr().out
