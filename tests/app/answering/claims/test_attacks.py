"""Claims that change the meaning of their evidence are refused, and faithful ones are kept.

`tests/data/claim_attacks.yaml` and the CiteNexus cases in `UNTOC_TEST_DATA` are by somebody who had not read the
checks; `ACCEPTED_ONCE` holds the attacks that the checks once let through, and variants of them.
"""

import csv
import json
from dataclasses import replace
from typing import Any

import pytest

from app.answering.citations import cite
from app.answering.claims.claim_check import check_claim, check_translation
from app.answering.claims.premise import Premise, outside_quotations, premise_of
from ingest.parties.party_table import PartyTable
from tests.cases import Cases, read_yaml
from tests.conftest import PROJECT
from tests.fakes_store import annotated

cases = Cases(__file__)

# The second set was written independently of the checks, and scored once before any of their authors had read it.
CASES: list[dict[str, Any]] = [
    case | {"id": prefix + case["id"]}
    for prefix, name in (("", "claim_attacks.yaml"), ("second-", "claim_attacks_second.yaml"))
    for case in read_yaml(PROJECT / "tests" / "data" / name)
]
# Failures, as in docs/models.md: twenty true claims refused, mostly for synonyms and word order.
KNOWN = frozenset(
    """en-reorder-01 en-reorder-02 es-reorder-01
    second-en-synonym-01 second-en-synonym-02 second-en-subordinate-dropped-02 second-en-negation-kept-01
    second-en-role-kept-01 second-en-reorder-01 second-en-reorder-02 second-fr-synonym-01 second-fr-reorder-01
    second-es-third-person-01 second-es-synonym-01 second-es-shorter-01 second-ar-synonym-01 second-ru-reorder-01
    second-zh-synonym-01 second-en-cross-language-02 second-es-cross-language-01""".split()
)
# (language, evidence, claim) of attacks that the checks once accepted.
ACCEPTED_ONCE = cases["ACCEPTED_ONCE"]


@pytest.fixture(scope="module")
def spoken_of(tmp_path_factory: pytest.TempPathFactory) -> PartyTable:
    """A party table of the States in the cases, with every name that a case gives them."""
    names: dict[str, set[str]] = {}
    for case in CASES:
        names.setdefault(case["state"], set()).add(case.get("state_name", case["state"]))
    with (PROJECT / "evals" / "conference" / "parties.csv").open(encoding="utf-8", newline="") as lines:
        known = {row["name"]: row for row in csv.DictReader(lines)}
    path = tmp_path_factory.mktemp("parties") / "parties.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["code", "name", "aliases", "kind", "members"])
        for place, (state, own) in enumerate(sorted(names.items())):
            row = known.get(state, {"code": f"XK{chr(ord('A') + place)}", "aliases": state})
            aliases = {*row["aliases"].split("|"), *own} - {state}
            table.writerow([row["code"], state, "|".join(sorted(aliases)), "state", ""])
    return PartyTable.load(path)


def _objection(case: dict[str, Any], parties: PartyTable) -> str | None:
    language = case.get("evidence_language") or case["language"]
    (holder,) = parties.resolve(case["state"]).codes
    ground = Premise(quotes=tuple(case["evidence"]), language=language, holder=holder)
    return check_claim(case["claim"], ground, parties)


def _cases(*, accepted: bool) -> list[Any]:
    limit = pytest.mark.xfail(strict=True, reason="a known limit")
    return [
        pytest.param(case, id=case["id"], marks=[limit] if case["id"] in KNOWN else [])
        for case in CASES
        if case["accepted"] is accepted
    ]


@pytest.mark.parametrize("case", _cases(accepted=False))
def test_a_claim_with_another_meaning_is_refused_in_words(case, spoken_of):
    reason = _objection(case, spoken_of)
    assert reason is not None and len(reason.split()) >= 4


@pytest.mark.parametrize("case", _cases(accepted=True))
def test_an_honest_claim_is_kept(case, spoken_of):
    assert _objection(case, spoken_of) is None


@pytest.mark.parametrize(("language", "evidence", "claim"), ACCEPTED_ONCE)
def test_a_claim_that_was_accepted_once_is_refused(language, evidence, claim, parties):
    assert check_claim(claim, Premise(quotes=(evidence,), language=language, holder="XAA"), parties) is not None
    # Control: the evidence itself, as a claim about its State, is accepted, so only the change causes the refusal.
    if language == "en" and evidence.startswith("We "):
        restated = evidence.replace("We ", "Arvandia says that it ", 1)
        assert check_claim(restated, Premise(quotes=(evidence,), language="en", holder="XAA"), parties) is None


@pytest.mark.parametrize(("first", "evidence", "claim", "accepted"), cases["QUOTING"])
def test_a_claim_rests_on_no_words_that_its_party_quotes(first, evidence, claim, accepted, parties):
    # The citation begins behind the words `first`, which may open the quotation.
    item = annotated("s", [f"{first}{evidence}"], state="XAA", language="en")
    (statement,), (sentence,) = item.statements, item.sentences
    whole = cite(statement, [replace(sentence, start=len(first))], range(1), 1)
    premise = premise_of([whole], "XAA")
    own = replace(premise, quotes=tuple(outside_quotations(whole, statement)))
    assert all(check_claim(claim, each, parties) is None for each in (premise, own)) is accepted


@cases("language", "evidence", "claim")
def test_a_claim_that_its_evidence_bears_out_is_kept(language, evidence, claim, parties):
    assert check_claim(claim, Premise(quotes=(evidence,), language=language, holder="XAA"), parties) is None


@cases("holder", "evidence", "claim", "accepted")
def test_speakers_may_call_themselves_by_a_noun(holder, evidence, claim, accepted, parties):
    premise = Premise(quotes=(evidence,), language="en", holder=holder, summarised="said" in evidence)
    assert (check_claim(claim, premise, parties) is None) is accepted


@cases("evidence", "claim", "accepted")
def test_a_claim_on_a_joint_statement_keeps_apart_who_did_what(evidence, claim, accepted, parties):
    premise = Premise(quotes=(evidence,), language="en", holder="XAA", may_also_name=frozenset({"XAA", "XAB"}))
    assert (check_claim(claim, premise, parties) is None) is accepted


@cases("text", "language", "quote", "quote_language", "accepted")
def test_a_translation_keeps_parties_rejections_and_conditions(
    text, language, quote, quote_language, accepted, parties
):
    assert (check_translation(text, language, quote, quote_language, parties) is None) is accepted


def test_a_term_that_a_treaty_defines_is_its_own():
    item = annotated("s", ["“State of origin of waste” means a State in which waste arises."], "treaty")
    (statement,), sentences = item.statements, item.sentences
    whole = cite(statement, sentences, range(1), 1)
    assert [*outside_quotations(whole, statement)] == [whole.quote]


def test_the_cases_of_citenexus_are_told_apart(test_data, parties):
    path = test_data / "public" / "citenexus" / "faithful_v2.json"
    case_sets = json.loads(path.read_text(encoding="utf-8"))
    for kind, number in (("attacks", 9), ("controls", 30)):
        assert len(case_sets[kind]) == number
        for case in case_sets[kind]:
            ground = Premise(quotes=(case["passage"],), language="en", holder=None)
            assert (check_claim(case["answer"], ground, parties) is None) is case["supported"], case["name"]


def test_a_long_claim_over_much_evidence_is_checked_in_bounds(parties):
    # Repeated words allow the most alignments of claim and evidence, whose number must not grow combinatorially.
    claim = "Arvandia says that " + ", and ".join(["States support States"] * 20) + "."
    evidence = " ".join(["We say that States support States, States and States."] * 60)
    assert len(claim) <= 600
    assert check_claim(claim, Premise(quotes=(evidence,), language="en", holder="XAA"), parties) in (None, *_LEFT)


_LEFT = cases.tuples("_LEFT")
