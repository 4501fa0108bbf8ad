"""Answer quality with the real models on real speeches: a sample of the questions, with the bars of a release."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from app.settings import Settings
from app.wiring import open_workspace
from evals.cases.case_table import read_case_table
from evals.runner import asking, run_cases
from evals.runs import create_run
from evals.score import score_run
from evals.summary import summarise
from tests.evals.made import manifest

# Every eighth question is enough to tell whether real speeches are still answered as well as fictional ones, on which
# `make eval` asks 253 questions; the quality of a release is measured on all questions (docs/quality.md).
EVERY = 8
# Over all questions the bar of the first five is 0.95; in the sample, of 16 with evidence, chance may miss two.
LEAST = {
    "metadata": 0.99, "evidence_first": 0.87, "evidence_five": 0.90, "recall_at_10": 0.90,
    "abstention_precision": 0.85, "abstention_recall": 0.85,
}  # fmt: skip


def as_table(questions: Path, path: Path) -> Path:
    """Writes questions in JSON lines as a table of own questions; the second word of an id is the State's code."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("question", "state", "answered", "quote", "year", "id"))
        for given in map(json.loads, questions.read_text(encoding="utf-8").splitlines()):
            said = given["evidence"] if given["answerable"] else ()
            quotes = "\n".join(" ".join(quote.split()) for quote in said)
            state, answered = re.split("[_-]", given["qid"])[1], "yes" if given["answerable"] else "no"
            table.writerow((given["question"], state, answered, quotes, given.get("year") or "", given["qid"]))
    return path


def copy_speeches(source: Path, folder: Path, wanted: set[str]) -> None:
    """Copies some files of a folder, with their rows of the manifest."""
    (folder / "txt").mkdir(parents=True)
    with (source / "statements.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    with (folder / "statements.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *(row for row in rows if row[0] in wanted)])
    for name in wanted:
        shutil.copy(source / name, folder / name)


@pytest.mark.model
@pytest.mark.timeout(900)
def test_answers_meet_the_bars_on_real_speeches(test_data, speeches, tmp_path):
    source, folder = test_data / "general_debate", tmp_path / "speeches"
    cases = read_case_table(as_table(source / "questions.jsonl", tmp_path / "own.csv"), speeches).cases[::EVERY]
    copy_speeches(source, folder, {f"txt/{case.id.partition('_')[2]}.txt" for case in cases})
    with open_workspace(Settings(store=tmp_path / "store")) as workspace:
        assert {file.result for file in workspace.corpus.ingest([folder]).files} == {"added"}
        files = {summary.document_id: summary.file for summary in workspace.corpus.documents()}
        made = create_run(tmp_path / "runs", manifest(cases=len(cases), ended=None), cases, files)
        found = summarise(score_run(run_cases(made, asking(workspace.assistant)), speeches))
    quoted = found["quote_verified"]
    assert quoted.denominator is not None and quoted.denominator > len(cases) / 2
    assert (quoted.value, found["pointer_valid"].value, found["attribution"].value) == (1.0, 1.0, 1.0)
    assert found["misattributed"].value == 0
    assert {name: found[name].value for name, bar in LEAST.items() if found[name].value < bar} == {}
