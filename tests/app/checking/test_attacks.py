"""Hostile and honest quotations that somebody wrote who had not read the checks: each has outcomes that are right."""

import pytest

from app.checking.documents import read_pasted
from tests.fakes_attacks import ATTACKS, attacked_corpus, outcome, word_draft


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    store, checker = attacked_corpus(tmp_path_factory.mktemp("attacked"))
    yield checker
    store.close()


@pytest.mark.parametrize("case", ATTACKS["cases"], ids=lambda case: case["id"])
def test_quotation_is_judged_as_a_careful_reader_would(attacked, case):
    assert outcome(attacked.check(read_pasted(case["draft"])), case["quote"]) in case["expected"]


@pytest.mark.parametrize("case", ATTACKS["word_cases"], ids=lambda case: case["id"])
def test_what_a_word_file_hides_is_not_read(attacked, tmp_path, case):
    report = attacked.check(attacked.read(word_draft(case, tmp_path / "draft.docx")))
    assert outcome(report, case["quote"]) in case["expected"]
    if case["kind"].startswith("control"):
        return
    hidden = [run["text"].strip() for runs in case["paragraphs"] for run in runs if len(run) > 1]
    told = {skipped.quote for skipped in report.skipped if "not read" in skipped.reason}
    assert {words for words in hidden if any(map(str.isalnum, words))} <= told
