"""Frozen answers: canonical lines, a subset spread over the sets, and what a comparison finds."""

from pathlib import Path

import pytest

from scripts.freeze_answers import canonical, compare, first_difference, main, spread


def frozen(path: Path, *answers: dict[str, object]) -> Path:
    path.write_text("".join(canonical(answer) + "\n" for answer in answers), encoding="utf-8")
    return path


def test_canonical_line_is_the_same_whatever_the_run() -> None:
    first = {"b": [0.123449], "a": "Ünal", "trace_id": "1", "timings_ms": {"total": 3}}
    second = {"a": "Ünal", "b": [0.1234], "trace_id": "2", "timings_ms": {"total": 9}}
    assert canonical(first) == canonical(second) == '{"a": "Ünal", "b": [0.1234]}'


def test_subset_takes_as_many_of_each_set_and_fills_up_from_larger_ones() -> None:
    sizes = {"large": 500, "small": 5, "middle": 90}
    chosen = spread({name: [{"id": number} for number in range(size)] for name, size in sizes.items()}, 60)
    assert {name: len(items) for name, items in chosen.items()} == {"large": 28, "small": 5, "middle": 27}
    assert chosen["large"][0]["id"] == 0 and chosen["large"][-1]["id"] == 27 * 500 // 28


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "$.a[0].b: 1 → 2"),
        ({"a": [1]}, {"a": [1, 2]}, "$.a[1]: absent → 2"),
        ({"a": None}, {}, "$.a: null → absent"),
        ({"a": 0.1234}, {"a": 0.1235}, None),
        ({"a": 0.1234}, {"a": 0.1236}, "$.a: 0.1234 → 0.1236"),
        ({"a": True}, {"a": 1}, "$.a: true → 1"),
        ({"a": "x"}, {"a": "x"}, None),
    ],
)
def test_first_difference_is_named_by_its_path(old: object, new: object, found: str | None) -> None:
    assert first_difference(old, new) == found


def test_comparison_names_changed_and_missing_questions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = frozen(tmp_path / "old.jsonl", {"id": "a", "more": 1}, {"id": "b", "more": 1}, {"id": "c"})
    new = frozen(tmp_path / "new.jsonl", {"id": "c"}, {"id": "b", "more": 2})
    assert [line.split()[0] for line in compare(old, new)] == ["a", "b"]
    assert main(["compare", str(old), str(new)]) == 1
    assert "b  $.more: 1 → 2" in capsys.readouterr().out
    assert main(["compare", str(old), str(old)]) == 0
