"""Golden cases: both formats load, evidence is found exactly, and errors name their cause."""

import json
import re
from pathlib import Path

import pytest

from evals.cases.case import Case, case_schema, load_cases
from evals.cases.documents import Document
from evals.errors import DatasetError
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)


@cases("name", "text")
def test_load_cases_names_what_cannot_be_read(name, text, tmp_path):
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError):
        load_cases(tmp_path / name)


@cases("line", "message")
def test_load_cases_from_json_lines_names_the_line(line, message, tmp_path):
    path = tmp_path / "cases.jsonl"
    first = {"id": "x", "question": "a?", "type": "unanswerable", "expect": {"status": "abstained"}}
    path.write_text(f"{json.dumps(first)}\n", encoding="utf-8")
    assert load_cases(path)[0].id == "x"
    path.write_text(f"{json.dumps(first)}\n{line}\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=re.escape(message)) as caught:
        load_cases(path)
    assert "cases.jsonl" in str(caught.value) and "\n" not in str(caught.value)


SPANS = [("b c", (2, 6)), ("bc", (2, 6)), ("a b", (0, 3)), ("(d)", (7, 10)), ("l'e", (11, 14)), ("e‘f", (13, 16))]


@pytest.mark.parametrize(("quote", "span"), SPANS)
def test_a_quotation_is_found_whatever_its_white_space_and_apostrophes(quote, span):
    assert Document(file="f", text="a b \nc (d) l’e'f").find(quote) == span


MINIMAL = "cases:\n- {id: a, question: b, type: single_state, expect: {status: answered}, evidence: EVIDENCE}\n"


def _load(text: str, tmp_path: Path) -> tuple[Case, ...]:
    (tmp_path / "cases.yaml").write_text(text, encoding="utf-8")
    return load_cases(tmp_path / "cases.yaml")


def test_what_follows_from_the_rest_of_a_case_or_of_its_file_may_be_left_out(tmp_path):
    [case] = _load(MINIMAL.replace("EVIDENCE", "[{id: e1, file: f, quote: x}, {id: e2, file: f, quote: y}]"), tmp_path)
    assert case.answerable
    assert case.evidence_groups == (("e1", "e2"),)
    assert (case.lang, case.split, case.review.status, case.may_gate) == ("en", "dev", "draft", False)
    head = "schema: 1\ndefaults: {split: holdout, lang: fr, corpus: somewhere}\n"
    [case] = _load(head + MINIMAL.replace("EVIDENCE", "[]"), tmp_path)
    assert (case.lang, case.split) == ("fr", "holdout")


@cases("change", "message", tuples=True)
def test_a_case_that_contradicts_itself_is_refused(change, message, tmp_path):
    text = MINIMAL.replace(*change).replace("EVIDENCE", "[]")
    with pytest.raises(DatasetError, match=re.escape(message)) as caught:
        _load(text, tmp_path)
    assert "\n" not in str(caught.value)


def test_the_schema_for_editors_is_that_of_the_code():
    shipped = PROJECT / "evals" / "datasets" / "schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == case_schema(), "make schema writes it anew"


@cases("status", "gates")
def test_a_case_gates_whether_or_not_a_person_reviewed_it_and_drafts_never(status, gates, tmp_path):
    [case] = _load(MINIMAL.replace("EVIDENCE", f"[], review: {{status: {status}}}"), tmp_path)
    assert case.may_gate is gates
