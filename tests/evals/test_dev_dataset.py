"""The development questions: shape, balance, and evidence that points at whole sentences of the right State."""

import csv
import hashlib
import os
import re
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

DATASET: dict[str, Any] = yaml.safe_load(
    resources.files("evals").joinpath("datasets/dev.yaml").read_text(encoding="utf-8")
)
CASES: list[dict[str, Any]] = DATASET["cases"]
FIELDS = {"id", "question", "type", "answerable", "unanswerable_kind", "tags", "expect", "evidence"} | {
    "evidence_groups",
    "review",
}
OPTIONAL = {"history", "lang"}
MISSING = {"number", "name", "date", "reason", "state", "article"}
KINDS = {
    "near_miss_state",
    "near_miss_session",
    "no_statement",
    "no_state_speaks_of_it",
    "false_premise",
    "out_of_scope",
    "underspecified",
}
REASON_OF_KIND = {
    "near_miss_state": "not_mentioned",
    "near_miss_session": "not_mentioned",
    "false_premise": "not_mentioned",
    "no_state_speaks_of_it": "not_mentioned",
    "no_statement": "no_statement",
    "out_of_scope": "out_of_scope",
    "underspecified": "ambiguous",
}
FILE = re.compile(r"txt/([A-Z]{3})_(\d+)_(\d{4})\.txt")


def file_parts(name: str) -> tuple[str, str, str]:
    match = FILE.fullmatch(name)
    assert match is not None, name
    return match[1], match[2], match[3]


def corpus() -> Path:
    root = os.environ.get("UNTOC_TEST_DATA")
    if not root:
        pytest.skip("UNTOC_TEST_DATA does not name the folder with the speeches")
    folder = Path(root) / "general_debate"
    if not folder.is_dir():
        pytest.skip("UNTOC_TEST_DATA holds no general_debate folder")
    return folder


def test_header_names_schema_and_corpus() -> None:
    assert DATASET["schema"] == 1
    assert DATASET["defaults"] == {"split": "dev", "lang": "en", "corpus": "general_debate"}


def test_every_case_has_exactly_the_agreed_fields() -> None:
    assert all(set(case) - OPTIONAL == FIELDS for case in CASES)
    assert all((case["type"] == "follow_up") == bool(case.get("history")) for case in CASES)
    assert {case.get("lang", "en") for case in CASES} == {"en", "fr", "es", "ar", "ru", "zh"}
    assert all(set(case["expect"]) == {"status", "states", "years", "reason", "missing"} for case in CASES)
    assert all(case["review"] == {"status": "unreviewed", "source": "model"} for case in CASES)


def test_ids_and_questions_are_unique() -> None:
    assert [name for name, count in Counter(case["id"] for case in CASES).items() if count > 1] == []
    # A follow-up's words alone say nothing: its earlier turns are part of the question.
    turns = [(*case.get("history", []), case["question"]) for case in CASES]
    asked = Counter(" ".join(" ".join(said).casefold().split()) for said in turns)
    assert [question for question, count in asked.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z0-9-]+", case["id"]) for case in CASES)


def test_states_are_known_codes() -> None:
    table = resources.files("ingest").joinpath("data/states.csv").read_text(encoding="utf-8")
    known = {row["code"] for row in csv.DictReader(table.splitlines())}
    named = {state for case in CASES for state in case["expect"]["states"]}
    assert named - known == set()


def test_there_are_enough_cases_of_each_type() -> None:
    types = Counter(case["type"] for case in CASES)
    kinds = Counter(case["unanswerable_kind"] for case in CASES)
    assert types["single_state"] >= 85
    assert types["compare"] >= 15
    assert types["list_states"] >= 35
    assert kinds["no_state_speaks_of_it"] >= 5
    assert types["temporal"] >= 10
    assert types["follow_up"] >= 12
    assert sum("lang" in case for case in CASES) >= 10
    assert types["partial"] >= 10
    assert types["unanswerable"] + types["ambiguous"] >= 45
    assert kinds["near_miss_state"] + kinds["near_miss_session"] >= 30
    assert {kind for kind in kinds if kind is not None} == KINDS


def test_states_asked_about_are_many() -> None:
    assert len({state for case in CASES if case["evidence"] for state in case["expect"]["states"]}) >= 60


def test_most_single_state_questions_share_few_words_with_their_evidence() -> None:
    hard = [case for case in CASES if case["type"] == "single_state" and case["tags"]["difficulty"] == "hard"]
    assert len(hard) >= 85
    assert all(case["tags"]["overlap"] < 1 / 3 + 0.01 for case in hard)


def test_answerable_cases_expect_an_answer_and_show_evidence() -> None:
    for case in CASES:
        if not case["answerable"]:
            continue
        partial = case["type"] == "partial"
        assert case["unanswerable_kind"] is None, case["id"]
        assert case["expect"]["reason"] is None, case["id"]
        assert case["expect"]["status"] == ("partial" if partial else "answered"), case["id"]
        assert (case["expect"]["missing"] in MISSING) == partial, case["id"]
        assert case["evidence"], case["id"]


def test_unanswerable_cases_expect_abstention_with_the_reason_of_their_kind() -> None:
    for case in CASES:
        if case["answerable"]:
            continue
        assert case["expect"]["status"] == "abstained", case["id"]
        assert case["expect"]["reason"] == REASON_OF_KIND[case["unanswerable_kind"]], case["id"]
        assert case["evidence"] == case["evidence_groups"] == [], case["id"]


def test_evidence_groups_name_every_span_once_and_one_state_each() -> None:
    for case in CASES:
        states = {span["id"]: span["state"] for span in case["evidence"]}
        grouped = [name for group in case["evidence_groups"] for name in group]
        assert sorted(grouped) == sorted(states), case["id"]
        by_group = [{states[name] for name in group} for group in case["evidence_groups"]]
        assert all(len(found) == 1 for found in by_group), case["id"]
        if case["evidence"]:
            assert sorted(set.union(*by_group)) == sorted(case["expect"]["states"]), case["id"]
            grouped_by = {(span["state"], file_parts(span["file"])[2]) for span in case["evidence"]}
            temporal = case["type"] == "temporal"
            assert len(by_group) == len(grouped_by if temporal else case["expect"]["states"]), case["id"]
            assert not temporal or len(by_group) >= 2, case["id"]


def test_evidence_lies_in_a_file_of_its_state_and_year() -> None:
    for case in CASES:
        for span in case["evidence"]:
            state, _, year = file_parts(span["file"])
            assert state == span["state"], case["id"]
            assert not case["expect"]["years"] or year in case["expect"]["years"], case["id"]
            assert 0 <= span["start"] < span["end"], case["id"]


def test_fold_follows_from_the_first_state() -> None:
    for case in CASES:
        if case["expect"]["states"]:
            digest = hashlib.sha256(case["expect"]["states"][0].encode()).hexdigest()
            assert case["tags"]["fold"] == int(digest[:8], 16) % 5, case["id"]


def test_evidence_hashes_match_the_speeches() -> None:
    folder = corpus()
    texts: dict[str, str] = {}
    for case in CASES:
        for span in case["evidence"]:
            if span["file"] not in texts:
                texts[span["file"]] = (folder / span["file"]).read_bytes().decode("utf-8")
            quote = texts[span["file"]][span["start"] : span["end"]]
            assert hashlib.sha256(quote.encode("utf-8")).hexdigest() == span["sha256"], (case["id"], span["id"])
            assert quote == quote.strip(), (case["id"], span["id"])


def test_no_question_copies_seven_words_of_its_evidence() -> None:
    folder = corpus()
    for case in CASES:
        words = re.findall(r"\w+", case["question"].casefold())
        runs = {" ".join(words[i : i + 7]) for i in range(len(words) - 6)}
        for span in case["evidence"]:
            text = (folder / span["file"]).read_bytes().decode("utf-8")[span["start"] : span["end"]]
            spoken = " ".join(re.findall(r"\w+", text.casefold()))
            assert not {run for run in runs if run in spoken}, case["id"]


def test_statement_exists_exactly_when_the_case_says_so() -> None:
    folder = corpus()
    held = {file_parts(f"txt/{path.name}")[::2] for path in (folder / "txt").glob("*.txt")}
    for case in CASES:
        asked = {(state, year) for state in case["expect"]["states"] for year in case["expect"]["years"]}
        if case["type"] == "temporal":
            assert case["expect"]["years"], case["id"]
        elif case["unanswerable_kind"] == "no_statement":
            assert asked and not asked & held, case["id"]
        elif case["unanswerable_kind"] in {"near_miss_state", "near_miss_session", "false_premise"}:
            assert asked and asked <= held, case["id"]
