"""Each check of lint finds the case that is broken in its way; the shipped sets are sound."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from evals.case_sets import SHIPPED
from evals.cases.case import Case, load_cases
from evals.cases.documents import Document, Documents
from evals.cases.lint import LintRemark, lint
from tests.cases import Cases
from tests.evals import made
from vectorstore.records import text_sha256

cases = Cases(__file__)

SAID = "Norway supports extradition under article 16 of the Convention."
TEXT = f"Mr. President,\n\n{SAID} We thank the Secretariat.\n"
START = TEXT.index(SAID)
SILENCE = {"status": "abstained", "states": ["NOR"]}


def documents(**facts: str) -> Documents:
    known = {"date": "2018-10-15", "body": "UNTOC COP", "session": "9"} | facts
    return made.documents(Document(file="nor.txt", text=TEXT, state="NOR", language="en", facts=known))


def answered(**changes: Any) -> dict[str, Any]:
    return {
        "id": "nor-extradition", "question": "What did Norway say about extradition in 2018?", "type": "single_state",
        "expect": {"status": "answered", "states": ["NOR"], "years": ["2018"]}, "evidence": [span()],
        "review": {"status": "reviewed", "by": ["ab"]},
    } | changes  # fmt: skip


def silent(**changes: Any) -> dict[str, Any]:
    return {
        "id": "nor-silent", "question": "What did Norway say about firearms in 2018?", "type": "unanswerable",
        "unanswerable_kind": "near_miss_state", "expect": {**SILENCE, "years": ["2018"], "reason": "not_mentioned"},
        "review": {"status": "reviewed", "by": ["ab"]},
    } | changes  # fmt: skip


def span(**changes: Any) -> dict[str, Any]:
    whole = {"id": "e1", "file": "nor.txt", "state": "NOR", "start": START, "end": START + len(SAID)}
    return whole | {"sha256": text_sha256(SAID), "quote": SAID} | changes


def remarks(*cases: Mapping[str, Any], against: Documents | None = None) -> tuple[LintRemark, ...]:
    return lint([Case.model_validate(dict(case)) for case in cases], against or documents())


def problems(*cases: Mapping[str, Any], against: Documents | None = None) -> list[LintRemark]:
    return [problem for problem in remarks(*cases, against=against) if problem.severity != "note"]


def expecting(*states: str, **more: Any) -> dict[str, Any]:
    return {"expect": {"status": "answered", "states": [*states], **more}}


def test_sound_cases_have_no_problems() -> None:
    assert problems(answered(), silent()) == []


@cases("changes", "what", at_once=True)
def test_evidence_that_does_not_hold_is_an_error(changes: dict[str, Any], what: str) -> None:
    found = problems(answered(evidence=[span(**changes)]))
    assert any(problem.severity == "error" and what in problem.what for problem in found), found
    assert all(problem.case == "nor-extradition" and problem.todo for problem in found)


def test_position_held_for_a_group_is_the_groups() -> None:
    case = answered(**expecting("EU", years=["2018"]), evidence=[span(state="EU")])
    assert problems(case, against=documents(on_behalf_of="EU")) == []
    assert problems(case) != []


@pytest.mark.parametrize(
    ("case", "what", "severity"),
    [
        (answered(**expecting("XQQ"), evidence=[span(state=None)]), "code 'XQQ'", "error"),
        (answered(**expecting("SWE")), "evidence of NOR", "error"),
        (answered(**expecting("NOR", "SWE")), "expects SWE without evidence", "warning"),
        (silent(unanswerable_kind=None, expect={"status": "abstained"}), "without a reason", "error"),
        (answered(unanswerable_kind="future"), "reason or kind of silence", "error"),
        (silent(evidence=[span()]), "expects silence, and shows evidence", "error"),
        (answered(evidence=[]), "without evidence", "error"),
        (silent(answerable=True), "is answerable, and expects silence", "error"),
        (answered(answerable=False), "is not answerable, and expects an answer", "error"),
        (
            answered(type="partial", **expecting("NOR", status="partial"), answerable=False),
            "`missing` is None",
            "error",
        ),
        (answered(type="unanswerable"), "has type 'unanswerable'", "error"),
        (answered(type="follow_up"), "follows up on nothing", "error"),
        (answered(**expecting("NOR", states_forbidden=["NOR"])), "expects a State that it forbids", "error"),
        (answered(variant_of="nobody"), "'nobody', which is not here", "error"),
        (silent(question="What did Norway say about it in 2018? " * 60), "question that is too long", "error"),
        (answered(question="Who extradites, and how often?"), "its question names none that is known", "warning"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_inconsistent_case_is_found(case: dict[str, Any], what: str, severity: str) -> None:
    found = problems(case)
    assert any(problem.severity == severity and what in problem.what for problem in found), found


def test_ids_used_twice_are_an_error() -> None:
    found = problems(answered(), silent(id="nor-extradition"))
    assert any("2 cases have this id" in problem.what for problem in found)


def test_variant_with_another_outcome_is_an_error() -> None:
    variant = answered(id="v", question="Norwegian view on handing over fugitives, 2018", variant_of="nor-extradition")
    assert problems(answered(), variant) == []
    other = variant | expecting("NOR", years=["2019"])
    assert [problem.case for problem in problems(answered(), other)] == ["v"]


def test_questions_that_are_nearly_the_same_are_a_warning() -> None:
    twin = answered(id="twin", question="what did Norway say in 2018 about extradition?")
    (found,) = problems(answered(), twin)
    assert (found.severity, found.case) == ("warning", "twin")
    assert "'nor-extradition'" in found.what


@cases("changes")
def test_questions_of_another_scope_or_history_and_variants_are_no_duplicates(changes: dict[str, Any]) -> None:
    assert problems(answered(), answered(id="twin", **changes)) == []


@cases("changes", "severity", "what")
def test_what_should_be_absent_and_is_there_is_found(changes: dict[str, Any], severity: str, what: str) -> None:
    (found,) = problems(silent(**changes))
    assert found.severity == severity
    assert what in found.what


@cases("changes")
def test_what_is_absent_is_accepted(changes: dict[str, Any]) -> None:
    assert problems(silent(**changes)) == []


def test_notes_tell_shares_drafts_and_small_slices() -> None:
    notes = [note.what for note in remarks(answered(review={"status": "draft"})) if note.severity == "note"]
    for told in (
        "0% of the cases have no answer", "1 of 1 cases are drafts", "slices of fewer than 20 cases: all, of 1",
    ):  # fmt: skip
        assert told in "\n".join(notes)


def test_problems_come_errors_first_and_in_the_order_of_the_cases() -> None:
    found = problems(silent(tags={"topic": "extradition"}), answered(evidence=[]), answered(id="b", evidence=[]))
    assert [problem.severity for problem in found] == ["error", "error", "warning", "warning"]
    assert [problem.case for problem in found[:2]] == ["nor-extradition", "b"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["smoke", "asked_meeting", "typed", "held"])
def test_cases_over_the_conference_lint_without_errors(name: str, smoke_documents: Documents) -> None:
    found = lint(load_cases(SHIPPED[name]), smoke_documents)
    assert [problem for problem in found if problem.severity == "error"] == []


@pytest.mark.slow
def test_cases_over_speeches_lint_without_errors(speeches: Documents) -> None:
    found = [each for name in ("asked", "dev") for each in lint(load_cases(SHIPPED[name]), speeches)]
    assert [problem for problem in found if problem.severity == "error"] == []


@pytest.mark.heavy
def test_no_development_question_copies_seven_words_of_its_evidence(speeches: Documents) -> None:
    cases = load_cases(SHIPPED["dev"])
    hard = [case for case in cases if case.type == "single_state" and case.tags["difficulty"] == "hard"]
    assert len(hard) >= 85 and all(case.tags["overlap"] < 1 / 3 + 0.01 for case in hard)
    for case in cases:
        words = re.findall(r"\w+", case.question.casefold())
        runs = {" ".join(words[i : i + 7]) for i in range(len(words) - 6)}
        for span in case.evidence:
            spoken = " ".join(re.findall(r"\w+", speeches.words_of(span).casefold()))
            assert not {run for run in runs if run in spoken}, case.id
