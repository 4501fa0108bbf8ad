"""Scores of a drafted manifest: what is right, wrong and missing."""

from scripts.score_metadata import judge, score
from tests.cases import Cases

cases = Cases(__file__)


@cases("column", "gold", "drafted", "verdict")
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
