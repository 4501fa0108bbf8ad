"""Hostile and honest quotations, by somebody who had not read the checks, with the outcomes that are right."""

import pytest

from app.checking.reading.documents import read_pasted
from tests.fakes_attacks import ATTACKS, outcome, word_draft

pytestmark = pytest.mark.heavy

# Misses, verified without a remark: a speaker named by a pronoun, a condition set off by a Chinese comma, and the like.
MISSED = frozenset({"e-h046", "e-h049"})


def cases_of(kind):
    limit = pytest.mark.xfail(strict=True, reason="a known limit")
    return [
        pytest.param(name, case, id=case["id"], marks=[limit] if case["id"] in MISSED else [])
        for name, data in ATTACKS.items()
        for case in data[kind]
    ]


@pytest.mark.parametrize(("attacked", "case"), cases_of("cases"), indirect=["attacked"])
def test_quotation_is_judged_as_a_careful_reader_would(attacked, case):
    assert outcome(attacked.check(read_pasted(case["draft"])), case["quote"]) in case["expected"]


@pytest.mark.parametrize(("attacked", "case"), cases_of("word_cases"), indirect=["attacked"])
def test_what_a_word_file_hides_is_not_read(attacked, tmp_path, case):
    report = attacked.check(attacked.read(word_draft(case, tmp_path / "draft.docx")))
    assert outcome(report, case["quote"]) in case["expected"]
    if case["kind"].startswith("control"):
        return
    hidden = [run["text"].strip() for runs in case["paragraphs"] for run in runs if len(run) > 1]
    reported = {skipped.quote for skipped in report.skipped if "not read" in str(skipped.reason)}
    assert {words for words in hidden if any(map(str.isalnum, words))} <= reported
