"""Labelled cells of a position table, and how well rules classify their kinds."""

from pathlib import Path

import pytest

from app.retrieval.positions.position_marks import PositionKind
from evals.cases.case import Evidence
from evals.cases.documents import Documents
from evals.errors import DatasetError
from evals.position_agreement import (
    FilledCell,
    LabelledCell,
    cells_by_split,
    fill_from_labels,
    load_cells,
    position_rates,
    rates_table,
)


def cell(kind: PositionKind, *accept: PositionKind, evidence: bool = True) -> LabelledCell:
    spans = (Evidence(id="e1", file="txt/XAA_1_2000.txt", start=0, end=10),) if evidence else ()
    labelled = {"party": "XAA", "session": "1", "year": "2000", "topic": "extradition", "split": "dev"}
    return LabelledCell(id=f"{kind}-{evidence}", kind=kind, accept=accept, evidence=spans, **labelled)


def test_rates_count_kinds_accepted_kinds_and_silence() -> None:
    filled = [
        FilledCell(cell=cell("supports"), kind="supports"),
        FilledCell(cell=cell("opposes", "supports"), kind="supports"),
        FilledCell(cell=cell("conditional"), kind="supports"),
        FilledCell(cell=cell("no_position", evidence=False), kind="supports"),
        FilledCell(cell=cell("no_position", evidence=False), kind="no_position"),
    ]
    rates = position_rates(filled)
    assert rates.pop("missed_opposition") == (1, 2)
    assert rates == {"kind": (1, 3), "accepted": (2, 3), "silence": (1, 2), "evidence": (0, 3)}
    table = rates_table("dev", filled)
    assert table.title.startswith("dev: kind 1/3 = 0.33; accepted 2/3 = 0.67; ")
    (conditional,) = [row for row in table.rows if row[0] == "conditional"]
    assert conditional[table.columns.index("supports")] == "1"


def test_a_cell_without_evidence_can_only_be_without_position() -> None:
    with pytest.raises(ValueError, match="no_position"):
        cell("supports", evidence=False)


CELL = '{id: a, party: XAA, session: "1", year: "2000", topic: t, kind: no_position, split: dev}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("cells: 3", r"cells\.yaml", id="a broken file"),
        pytest.param(f"corpus: c\ncells: [{CELL}, {CELL}]", "'a'", id="two cells of one id"),
    ],
)
def test_what_is_no_file_of_cells_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "cells.yaml"
    path.write_text(f"schema: 1\n{text}\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=message):
        load_cells(path)


@pytest.mark.slow
def test_the_kinds_of_labelled_cells_are_told(speeches: Documents) -> None:
    rates = {split: position_rates(fill_from_labels(cells, speeches)) for split, cells in cells_by_split().items()}
    # A kind is given only where it is certain, so fewer cells are accepted and hardly any is wrong.
    least = {"dev": 0.78, "held_out": 0.72, "seen": 0.78, "sealed": 0.56}
    for split, share in least.items():
        accepted, of = rates[split]["accepted"]
        assert accepted >= share * of, split
        whole = [rates[split][name] for name in ("silence", "evidence") if split != "sealed"]
        assert all(hits == among for hits, among in whole), split
