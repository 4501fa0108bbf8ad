"""Reviews by people: which items wait, what a decision changes, and which decisions are refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any, Literal

import pytest

from app.corpus.draft_cases import Judgement, save_draft
from app.records import Abstention, Answer, Scope
from evals.cases.documents import Document
from evals.errors import EvalError
from evals.files import EvalPaths
from evals.review import (
    add_ruling,
    corrected,
    decide_draft,
    drafts,
    evidence_of,
    read_rulings,
    saved_cases,
    unexpected,
)
from tests.cases import Cases
from tests.evals.made import FILE, SUPPORT, answer, case, documents, make_run, span

cases = Cases(__file__)

CITED = "We shall not pay for it."
SPAN = (FILE, *span(CITED))
SCOPE = Scope(states=("FRA",))
rule = partial(add_ruling, case="a", span=SPAN, accepted=True, by="ab")


def save(paths: EvalPaths, given: Answer, verdict: Literal["right", "wrong"] = "right") -> str:
    return save_draft(paths.path.parent, given, Judgement(verdict=verdict)).identifier


def saved_answer(question: str = "What did France say?") -> Answer:
    claims = ("It supports.", ["We support the review."]), ("It pays.", [CITED])
    return answer(*claims, question=question, scope=SCOPE)


def silent_answer(question: str = "What did France say of rivers?") -> Answer:
    silence = Abstention(reason="not_mentioned", message="")
    return answer(question=question, answer="", status="abstained", scope=SCOPE, abstention=silence)


def test_unexpected_citations_are_those_that_no_evidence_covers(paths: EvalPaths) -> None:
    both = answer(("Both.", ["We support the review.", CITED]))
    run = make_run(paths.runs, {"a": both, "b": both, ("a", 1): both})
    found = unexpected(run, documents(), read_rulings(paths.reviews))
    items = [(item.case.id, item.span, item.times, item.decision) for item in found]
    assert items == [("a", SPAN, 2, None), ("b", SPAN, 1, None)]
    rule(paths, accepted=False)
    ruled = unexpected(run, documents(), read_rulings(paths.reviews))
    assert [(item.case.id, item.decision) for item in ruled] == [("a", False), ("b", None)]


def test_citations_that_nobody_can_see_in_context_wait_for_no_ruling(paths: EvalPaths) -> None:
    run = make_run(paths.runs, {"a": answer(("Made up.", ["Words that no file holds."]))})
    assert unexpected(run, documents(), {}) == ()


def test_a_citation_for_a_variant_is_ruled_on_as_one_for_its_case(paths: EvalPaths) -> None:
    given = answer(("It pays.", [CITED]))
    cases = [case("a", SUPPORT), case("a@lower", SUPPORT, variant_of="a")]
    found = unexpected(make_run(paths.runs, {"a": given, "a@lower": given}, cases), documents(), {})
    assert [(item.case.id, item.times) for item in found] == [("a", 2)]


def test_decisions_made_at_once_are_all_noted(paths: EvalPaths) -> None:
    names = sorted(f"c{n}" for n in range(16))
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(lambda name: rule(paths, case=name), names))
    assert sorted(read_rulings(paths.reviews)) == names


def test_a_line_cut_short_is_mended_by_the_next_decision(paths: EvalPaths) -> None:
    rule(paths)
    with paths.reviews.open("a", encoding="utf-8") as file:
        file.write('{"kind": "cita')
    rule(paths, case="b")
    assert set(read_rulings(paths.reviews)) == {"a", "b"}


def test_a_ledger_that_cannot_be_read_or_written_is_told(paths: EvalPaths) -> None:
    paths.path.mkdir(parents=True)
    paths.reviews.write_text('\n{"kind": "citation", "case": "a"}\n', encoding="utf-8")
    with pytest.raises(EvalError, match=r"reviews.jsonl, line 2: citation.by"):
        read_rulings(paths.reviews)
    paths.reviews.unlink()
    paths.reviews.mkdir()
    with pytest.raises(EvalError, match=r"cannot write .*reviews\.jsonl'"):
        rule(paths)


@pytest.mark.parametrize("by", ["", "  ", "x" * 81, "a\x1b[2Jb"])
def test_a_decision_needs_a_reviewer(paths: EvalPaths, by: str) -> None:
    with pytest.raises(EvalError, match=r"reviewer|who decides"):
        rule(paths, by=by)
    assert not paths.reviews.exists()


def decide(paths: EvalPaths, name: str, *, by: str = "ab", right: bool | None = True, **given: Any) -> None:
    draft = next(draft for draft in drafts(paths) if draft.saved.id == name)
    expect = draft.saved.expect.model_copy(update=given.pop("expect", {}))
    values = {"question": draft.saved.question, "evidence": draft.saved.evidence} | given
    decide_draft(paths, draft, corrected(draft, right=right, expect=expect, **values), by=by)


def test_what_was_shown_is_no_case_until_a_person_has_judged_it(paths: EvalPaths) -> None:
    first, second, _ = (save(paths, saved_answer(f"Question {number}?")) for number in range(3))
    with pytest.raises(EvalError, match="3 saved answers wait"):
        saved_cases(paths)
    decide(paths, first)
    decide_draft(paths, drafts(paths)[1], None, by="ab")
    assert [(kept.id, kept.review.status, kept.may_gate) for kept in saved_cases(paths)] == [(first, "reviewed", True)]
    review = saved_cases(paths)[0].review
    assert (review.by, review.source, isinstance(review.on, date)) == (("ab",), "chat", True)
    decide(paths, second, by="  c   d ")
    assert saved_cases(paths)[1].review.by == ("ab", "c d")


def test_a_person_says_what_would_have_been_right(paths: EvalPaths) -> None:
    name = save(paths, saved_answer())
    decide(paths, name, right=False, question="What did France want?", expect={"states": ("FRA", "MEX")})
    kept = saved_cases(paths)[0]
    assert (kept.question, kept.expect.states, kept.type) == ("What did France want?", ("FRA", "MEX"), "compare")
    assert [len(group) for group in kept.groups] == [2], "of one State any one is enough"
    assert drafts(paths)[0].saved.question == "What did France say?"
    decide(paths, name, right=False, expect={"status": "abstained", "reason": "no_position"})
    kept = saved_cases(paths)[0]
    assert (kept.type, kept.answerable, kept.evidence, kept.evidence_groups) == ("unanswerable", False, (), ())


@cases("given", "message", tuples=True)
def test_what_makes_no_case_is_refused(paths: EvalPaths, given: dict[str, Any], message: str) -> None:
    name = save(paths, saved_answer())
    with pytest.raises(EvalError, match=message):
        decide(paths, name, **given)
    assert not paths.reviews.exists()


def test_chinese_words_are_evidence_though_they_have_no_spaces() -> None:
    said = "我们支持引渡"
    corpus = documents(Document(file=FILE, text=f"主席先生，{said}。", state="CHN"))
    assert evidence_of(said, FILE, corpus).quote == said


def test_evidence_is_found_by_its_words() -> None:
    found = evidence_of("We  shall not\npay for it.", FILE, documents(), ("e1", "e2"))
    assert (found.id, found.start, found.end, found.quote, found.state) == ("e3", SPAN[1], SPAN[2], CITED, "FRA")
    for words, file, message in (
        ("We shall pay for it.", FILE, "do not stand"),
        ("We shall", "../x", r"no statement '\.\./x'"),
        ("We", FILE, "at least two"),
    ):
        with pytest.raises(EvalError, match=message):
            evidence_of(words, file, documents())
