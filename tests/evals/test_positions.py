"""Labelled cells of a position table, and how well rules tell their kinds."""

from collections import Counter
from pathlib import Path

import pytest

from app.retrieval.position_marks import PositionKind
from evals.cases.case import Evidence, Review
from evals.cases.documents import read_documents
from evals.errors import DatasetError
from evals.positions import FilledCell, LabelledCell, fill_from_labels, load_cells, position_rates, rates_table

CELLS = load_cells()


def cell(kind: PositionKind, *accept: PositionKind, evidence: bool = True) -> LabelledCell:
    span = Evidence(id="e1", file="txt/XAA_1_2000.txt", start=0, end=10)
    return LabelledCell(
        id=f"{kind}-{evidence}",
        party="XAA",
        session="1",
        year="2000",
        topic="extradition",
        kind=kind,
        accept=accept,
        split="dev",
        evidence=(span,) if evidence else (),
    )


def test_the_labels_cover_what_they_should() -> None:
    with_evidence = [one for one in CELLS if one.evidence]
    assert len(with_evidence) >= 80
    assert len(CELLS) - len(with_evidence) >= 25
    assert len({one.party for one in CELLS}) >= 60
    assert min(Counter(one.kind for one in with_evidence).values()) >= 10


def test_evidence_is_of_the_file_of_party_session_and_year() -> None:
    for one in CELLS:
        for span in one.evidence:
            assert span.file == f"txt/{one.party}_{one.session}_{one.year}.txt"
            assert span.located
            assert span.sha256 is not None
            assert span.quote is None


def test_rates_count_kinds_accepted_kinds_and_silence() -> None:
    filled = [
        FilledCell(cell=cell("supports"), kind="supports"),
        FilledCell(cell=cell("opposes", "supports"), kind="supports"),
        FilledCell(cell=cell("conditional"), kind="supports"),
        FilledCell(cell=cell("no_position", evidence=False), kind="supports"),
        FilledCell(cell=cell("no_position", evidence=False), kind="no_position"),
    ]
    rates = position_rates(filled)
    assert rates == {"kind": (1, 3), "accepted": (2, 3), "silence": (1, 2), "evidence": (0, 3), "hidden": (1, 2)}
    table = rates_table("dev", filled)
    assert table.title.startswith("dev: kind 1/3 = 0.33; accepted 2/3 = 0.67; ")
    (conditional,) = [row for row in table.rows if row[0] == "conditional"]
    assert conditional[table.columns.index("supports")] == "1"


def test_a_cell_without_evidence_can_only_be_without_position() -> None:
    with pytest.raises(ValueError, match="no_position"):
        cell("supports", evidence=False)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cells.yaml"
    path.write_text("schema: 1\ncells: 3\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"cells\.yaml"):
        load_cells(path)


def test_the_shipped_labels_say_that_no_person_reviewed_them() -> None:
    assert {cell.review for cell in CELLS} == {Review(status="unreviewed", source="model")}


def test_two_cells_of_one_id_are_refused(tmp_path: Path) -> None:
    one = '{id: a, party: XAA, session: "1", year: "2000", topic: t, kind: no_position, split: dev}'
    path = tmp_path / "cells.yaml"
    path.write_text(f"schema: 1\ncorpus: c\ncells: [{one}, {one}]\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="'a'"):
        load_cells(path)


@pytest.mark.slow
def test_the_kinds_of_labelled_cells_are_told(test_data: Path) -> None:
    documents = read_documents([test_data / "general_debate"])
    rates = {
        split: position_rates(fill_from_labels([one for one in CELLS if one.split == split], documents))
        for split in ("dev", "held_out", "seen", "sealed")
    }
    # A kind that is not sure is not told, so that fewer are accepted and hardly any is wrong.
    least = {"dev": 0.78, "held_out": 0.78, "seen": 0.78, "sealed": 0.58}
    for split, share in least.items():
        accepted, of = rates[split]["accepted"]
        assert accepted >= share * of, split
        whole = [rates[split][name] for name in ("silence", "evidence") if split != "sealed"]
        assert all(hits == among for hits, among in whole), split
