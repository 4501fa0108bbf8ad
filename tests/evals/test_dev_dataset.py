"""The development questions: balance, and questions that do not give their evidence away; lint checks the rest."""

import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from evals.case_sets import SHIPPED
from evals.cases.case import Case, load_cases


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return tuple(load_cases(SHIPPED["dev"]))


def test_there_are_enough_cases_of_each_type(cases: tuple[Case, ...]) -> None:
    types = Counter(case.type for case in cases)
    kinds = Counter(case.unanswerable_kind for case in cases)
    least = {"single_state": 85, "compare": 15, "list_states": 35, "temporal": 10, "follow_up": 12, "partial": 10}
    assert {name: types[name] for name, count in least.items() if types[name] < count} == {}
    assert types["unanswerable"] + types["ambiguous"] >= 45
    assert kinds["near_miss_state"] + kinds["near_miss_session"] >= 30 and kinds["no_state_speaks_of_it"] >= 5
    assert len({state for case in cases if case.evidence for state in case.expect.states}) >= 60
    assert {case.lang for case in cases} == {"en", "fr", "es", "ar", "ru", "zh"}
    assert all(case.review.status == "unreviewed" and case.review.source == "model" for case in cases)


def test_fold_follows_from_the_first_state(cases: tuple[Case, ...]) -> None:
    for case in cases:
        if case.expect.states:
            digest = hashlib.sha256(case.expect.states[0].encode()).hexdigest()
            assert case.tags["fold"] == int(digest[:8], 16) % 5, case.id


def test_no_question_copies_seven_words_of_its_evidence(cases: tuple[Case, ...], test_data: Path) -> None:
    hard = [case for case in cases if case.type == "single_state" and case.tags["difficulty"] == "hard"]
    assert len(hard) >= 85 and all(case.tags["overlap"] < 1 / 3 + 0.01 for case in hard)
    for case in cases:
        words = re.findall(r"\w+", case.question.casefold())
        runs = {" ".join(words[i : i + 7]) for i in range(len(words) - 6)}
        for span in case.evidence:
            text = (test_data / "general_debate" / span.file).read_bytes().decode("utf-8")[span.start : span.end]
            spoken = " ".join(re.findall(r"\w+", text.casefold()))
            assert not {run for run in runs if run in spoken}, case.id
