"""The evals themselves: a pipeline that is broken on purpose is caught by the gate that should catch it."""

from dataclasses import fields, replace
from typing import cast

import pytest

from app.answering.compose.model import ModelWriter
from app.answering.steps import Steps
from evals.cases.case import Case
from evals.gates import GateReport, check_gates, load_gates
from evals.runs import Run
from evals.variants import VARIANTS, steps_of
from tests.evals.conftest import RunVariant

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]

GATES = load_gates()


@pytest.fixture(scope="module")
def as_it_is(smoke_cases: tuple[Case, ...], run_variant: RunVariant) -> Run:
    return run_variant(smoke_cases)


def _failed(report: GateReport) -> set[str]:
    return {result.metric for result in report.results if result.verdict == "fail"}


def test_the_pipeline_as_it_is_passes_against_itself(as_it_is):
    report = check_gates(GATES, as_it_is, as_it_is)
    assert [result.reason for result in report.results if result.verdict in ("fail", "invalid")] == []
    assert report.verdict in ("pass", "warn")


@pytest.mark.parametrize(
    ("variant", "gates", "held"),
    [
        ("quotes_altered", {"quote_verified"}, {"misattributed", "pointer_valid", "false_answer_rate"}),
        ("always_answer", {"false_answer_rate"}, {"quote_verified", "attribution"}),
        ("always_abstain", {"over_abstention", "evidence_five", "right"}, {"quote_verified", "false_answer_rate"}),
        # Citations come newest first, so what is turned round shows in what search brings.
        ("ranking_reversed", {"recall_at_5", "rr_at_10"}, {"quote_verified", "misattributed"}),
    ],
)
def test_a_broken_pipeline_is_caught_by_its_gate(variant, gates, held, as_it_is, smoke_cases, run_variant):
    report = check_gates(GATES, run_variant(smoke_cases, variant), as_it_is)
    assert report.verdict in ("fail", "invalid")
    assert gates <= _failed(report), f"{variant}: {sorted(_failed(report))}"
    assert not held & _failed(report), "a gate that has nothing to do with it"


def test_a_state_filter_that_is_off_is_caught_as_words_in_the_wrong_mouth(smoke_cases, run_variant):
    # Every State is searched for every question: a part of the cases shows it, and takes a while.
    named = tuple(case for case in smoke_cases if case.type == "single_state" and not case.variant_of)[::3]
    gates = GATES.model_copy(update={"minimum_cases": 8})
    report = check_gates(gates, run_variant(named, "state_filter_off"), run_variant(named))
    assert "misattributed" in _failed(report)
    assert "quote_verified" not in _failed(report)


def test_every_sabotage_is_told_what_it_breaks():
    assert {
        "state_filter_off", "quotes_altered", "always_answer", "always_abstain", "ranking_reversed",
    } <= VARIANTS.keys()  # fmt: skip
    assert all(VARIANTS.values())


def test_the_same_configuration_passes_against_itself_every_time(as_it_is, smoke_cases, run_variant):
    again = run_variant(smoke_cases)
    verdicts = [check_gates(GATES.model_copy(update={"seed": seed}), again, as_it_is).exit_code for seed in range(20)]
    assert verdicts == [0] * 20


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_keeps_what_it_does_not_break(variant, smoke_workspace):
    steps = replace(smoke_workspace.steps, writer=cast(ModelWriter, object()))
    varied = steps_of(steps, variant)
    kept = [field.name for field in fields(Steps) if field.name != "retriever"]
    assert "writer" in kept
    assert [name for name in kept if getattr(varied, name) is not getattr(steps, name)] == []


def test_a_new_position_supersedes_the_old_one_and_orders_in_a_text_are_nobodys(smoke_workspace):
    ask = smoke_workspace.assistant.ask
    protocol = ask("What is Drelnia's position on a new protocol?").citations
    assert "now supports the negotiation" in protocol[0].quote
    assert [c.superseded_by for c in protocol if c.date and c.date < "2021"] == [1]
    review = ask("What is Galdoria's position on the review mechanism?").citations
    assert "apoya su adopción" in review[0].quote
    article = ask("did ilvenor support abolition of article 18")
    assert not any("Ignore previous" in citation.quote for citation in article.citations)
    assert {claim.direction for claim in article.claims} == {None}
