"""True claims are accepted, and edits that change their meaning are caught, in six languages.

The rules of the claim checks were developed on the fictional conference and on the handwritten claims that are not held
out; the held-out claims and the texts of `UNTOC_TEST_DATA` show how the rules do on unseen text.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.answering.claims.claim_check import check_claim
from ingest.parties.party_table import PartyTable
from tests.app.answering.claims.true_claims import (
    EDITS,
    TrueClaim,
    by_hand,
    by_rule,
    edits,
    misquoted,
    sampled,
    spliced,
    under_another,
)
from tests.fakes_corpora import Stored, debate, manifest_of, stored_in, texts_of, workspace_over

pytestmark = pytest.mark.heavy

CLAIMS = 500
# Least accepted shares: claims made by rule are nearly their evidence's words, but most free paraphrases are refused.
ACCEPTED = 0.9
BY_HAND = 0.15
CAUGHT = 0.98


@pytest.fixture(scope="module")
def true_claims(stored: Stored, parties: PartyTable) -> list[TrueClaim]:
    hand = list(by_hand(stored, held_out=False))
    chance = random.Random(20)
    rule = list(by_rule(stored, parties, chance))
    return [*hand, *sampled(rule, CLAIMS - len(hand), chance)]


def _accepted(claims: Sequence[TrueClaim], parties: PartyTable) -> list[TrueClaim]:
    return [claim for claim in claims if check_claim(claim.text, claim.ground, parties) is None]


def _assert_told_apart(
    claims: Sequence[TrueClaim], parties: PartyTable, seed: int, share: float
) -> tuple[list[str], Counter[str]]:
    """Requires that this share of claims is accepted, and nearly no edit of these.

    Returns the edited claims that were accepted, and the number of edits by kind.
    """
    chance, missed, edit_counts = random.Random(seed), [], Counter[str]()
    accepted = _accepted(claims, parties)
    assert len(accepted) >= share * len(claims)
    for claim in accepted:
        for kind, text in edits(claim, parties, chance):
            edit_counts[kind] += 1
            if check_claim(text, claim.ground, parties) is None:
                missed.append(f"{kind}, {claim.language}: {text}")
    assert len(missed) <= (1 - CAUGHT) * edit_counts.total(), missed
    return missed, edit_counts


def test_true_claims_are_accepted_and_their_edits_caught(true_claims: list[TrueClaim], parties: PartyTable) -> None:
    assert len(true_claims) == CLAIMS
    assert {claim.language for claim in true_claims} == {"en", "fr", "es", "ru", "ar", "zh"}
    missed, made = _assert_told_apart(true_claims, parties, 21, ACCEPTED)
    assert set(made) == set(EDITS) and min(made.values()) >= 15
    assert not [text for text in missed if text.startswith(("State", "article"))]


def test_no_altered_or_spliced_quotation_is_accepted(true_claims: list[TrueClaim], parties: PartyTable) -> None:
    chance = random.Random(22)
    for claim, other in zip(true_claims, [*true_claims[7:], *true_claims[:7]], strict=True):
        if claim.citations[0].state == other.citations[0].state:
            continue
        assert check_claim(spliced(claim, other), claim.ground, parties) is not None
        assert check_claim(misquoted(claim, chance), claim.ground, parties) is not None


def test_a_claim_put_in_another_mouth_is_caught(true_claims: list[TrueClaim], parties: PartyTable) -> None:
    named = [claim for claim in _accepted(true_claims, parties) if parties.find(claim.text, claim.language)]
    assert len(named) >= 0.9 * len(true_claims)
    for claim in named:
        wrong = "XAB" if claim.citations[0].state != "XAB" else "XAA"
        moved = under_another(claim, wrong)
        first = parties.find(claim.text, claim.language)[0]
        if first.form != "capital":
            assert check_claim(moved.text, moved.ground, parties) is not None, claim.text


def test_held_out_claims_by_hand_are_accepted_and_their_edits_caught(stored: Stored, parties: PartyTable) -> None:
    _assert_told_apart(list(by_hand(stored, held_out=True)), parties, 23, BY_HAND)


@pytest.fixture(scope="module")
def other_texts(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stored, PartyTable]]:
    """Speeches and encyclopaedia paragraphs that the rules were not developed on, drawn at random."""
    rows = random.Random(31).sample(debate(test_data), 6)
    texts = texts_of(test_data, rows)
    for language, state in (("ar", "EGY"), ("ru", "KAZ"), ("es", "PER")):
        articles = json.loads((test_data / "multilingual" / f"xquad.{language}.json").read_text(encoding="utf-8"))
        # The first half was seen while the rules were developed.
        contexts = [part["context"] for article in articles["data"][24:36] for part in article["paragraphs"][:2]]
        texts[f"{language}.txt"] = "\n\n".join(contexts)
        rows.append(dict.fromkeys(rows[0], "") | {"file": f"{language}.txt", "state": state, "language": language})
    with workspace_over(tmp_path_factory.mktemp("others"), texts, manifest_of(rows), parties="") as workspace:
        yield stored_in(workspace), workspace.corpus.parties()


def test_claims_on_other_texts_are_accepted_and_their_edits_caught(other_texts: tuple[Stored, PartyTable]) -> None:
    stored, parties = other_texts
    chance = random.Random(32)
    claims = sampled(list(by_rule(stored, parties, chance)), 200, chance)
    _, made = _assert_told_apart(claims, parties, 33, ACCEPTED)
    assert made.total() >= 300
