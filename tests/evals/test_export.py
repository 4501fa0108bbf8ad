"""Exports: the fields that other tools read, with the words of the files."""

import json
import sys
from types import ModuleType

import pytest

from evals.errors import RunError
from evals.export import export
from evals.score import score_run
from tests.evals import made_run as made

REVIEW, PAY = "We support the review.", "We shall not pay for it."
PASSAGES = (
    ("s1", made.TEXT.index(REVIEW), made.TEXT.index(REVIEW) + len(REVIEW)),
    ("s1", made.TEXT.index(PAY), len(made.TEXT)),
    ("unknown", 0, 5),
)


@pytest.fixture
def run(tmp_path):
    answered = made.answer((f"France: “{REVIEW}”", [REVIEW]), retrieved=PASSAGES, text="France [1]")
    silent = made.answer(status="abstained", text="No statement.")
    cases = [
        made.case("c1", quotes=(REVIEW, PAY), evidence_groups=(("e0", "e1"), ("e1",))),
        made.case("c2", history=("And who spoke?",)),
        made.silent_case("c3"),
    ]
    answers = {("c1", 0): answered, ("c1", 1): answered, "c2": None, "c3": silent}
    made_run = made.make_run(tmp_path / "runs", answers, cases)
    score_run(made_run, made.documents())
    return made_run


def _lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_ragas_samples_have_the_fields_of_a_single_turn_sample(run, tmp_path):
    path = tmp_path / "new folder" / "ragas.jsonl"
    assert export(run, made.documents(), "ragas", path) == (path,)
    first, again, silent = _lines(path)
    assert first == again == {
        "user_input": "What did France say?",
        # Best first, cut from the file; nobody knows the file of the third passage.
        "retrieved_contexts": [REVIEW, f"{PAY}\u2028The rest is silence."],
        "response": "France [1]",
        "reference": f"{REVIEW}\n{PAY}",
        "reference_contexts": [REVIEW, PAY],
    }  # fmt: skip
    assert silent == {"user_input": "What did France say?", "retrieved_contexts": [], "response": "No statement."}


def test_inspect_samples_are_read_as_dataset_and_as_log(run, tmp_path):
    (path,) = export(run, made.documents(), "inspect", tmp_path / "inspect.jsonl")
    first, again, failed, silent = _lines(path)
    assert (first["id"], first["epoch"], again["epoch"]) == ("c1", 1, 2)
    assert first["input"] == "What did France say?"
    assert first["target"] == [REVIEW, PAY, PAY] and silent["target"] == "abstained"
    assert first["output"]["completion"] == first["output"]["choices"][0]["message"]["content"] == "France [1]"
    assert first["output"]["model"] == "extractive" and first["total_time"] == 0.5
    assert first["scores"]["metrics"]["value"]["quote_verified"] == pytest.approx(1 / 1)
    assert first["metadata"]["citations"][0]["quote"] == REVIEW
    assert first["metadata"]["expected"]["states"] == ["FRA"]
    assert failed["input"] == [
        {"role": "user", "content": "And who spoke?"}, {"role": "user", "content": "What did France say?"},
    ]  # fmt: skip
    assert failed["error"]["message"] == "it broke" and failed["output"]["choices"] == []
    assert failed["scores"]["right"]["value"] == "I" and failed["scores"]["right"]["explanation"].startswith("error: ")
    assert silent["scores"]["right"]["answer"] == "abstained"
    assert all("always" not in name for sample in (first, silent) for name in sample["scores"]["metrics"]["value"])


def test_inspect_needs_scores(tmp_path):
    run = made.make_run(tmp_path / "runs", {"c1": made.answer()})
    with pytest.raises(RunError, match="untoc-eval score made"):
        export(run, made.documents(), "inspect", tmp_path / "inspect.jsonl")
    with pytest.raises(RunError, match="untoc-eval score made"):
        export(run, made.documents(), "trec", tmp_path / "trec")


def test_trec_files_are_copied_to_a_folder(run, tmp_path):
    folder = tmp_path / "a" / "trec"
    assert export(run, made.documents(), "trec", folder) == (folder / "run.trec", folder / "qrels.trec")
    assert (folder / "run.trec").read_text(encoding="utf-8").startswith("c1 Q0 gold-0 1 ")
    assert (folder / "qrels.trec").read_bytes() == (run.path / "qrels.trec").read_bytes()
    # The run's own folder holds them already.
    assert export(run, made.documents(), "trec", run.path)[0] == run.path / "run.trec"


def test_csv_is_the_report_s_table(run, tmp_path, monkeypatch):
    table = ModuleType("evals.report.table")
    table.csv_of = lambda given: f"case\n{given.name}\n"
    monkeypatch.setitem(sys.modules, "evals.report.table", table)
    (path,) = export(run, made.documents(), "csv", tmp_path / "run.csv")
    assert path.read_text(encoding="utf-8") == "case\nmade\n"


@pytest.mark.parametrize("format", ["ragas", "trec"])
def test_place_that_cannot_be_written_is_named(run, tmp_path, format):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RunError, match=r"cannot write .*--output"):
        export(run, made.documents(), format, tmp_path / "file" / "below")
