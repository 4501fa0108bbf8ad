"""Calibration: the threshold that suits a fit, and sets of cases that are too small for one."""

from dataclasses import fields
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from app.retrieval.calibration import Features
from app.retrieval.party_evidence import PartyEvidence
from app.wiring import Workspace
from evals.calibrate import FOLDS, best_threshold, fit
from evals.errors import EvalError
from evals.golden.cases import Case, Expectation


def test_threshold_splits_cases_that_can_be_split() -> None:
    chances = np.array([0.1, 0.2, 0.8, 0.9])
    answerable = np.array([False, False, True, True])
    threshold, precision, recall = best_threshold(chances, answerable)
    assert 0.2 < threshold <= 0.8
    assert (precision, recall) == (1.0, 1.0)


def test_threshold_balances_precision_and_recall_of_abstention() -> None:
    # Below 0.5 lie two cases without evidence and one with; of the three without, one lies above.
    chances = np.array([0.1, 0.2, 0.3, 0.5, 0.9])
    answerable = np.array([False, True, False, True, False])
    threshold, precision, recall = best_threshold(chances, answerable)
    assert 0.3 < threshold <= 0.5
    assert precision == 2 / 3
    assert recall == 2 / 3


class _Ranked:
    """Stands for a workspace: finds something for the State that the question names, better where it has evidence."""

    def retrieve(self, question: str, history: object) -> Any:
        state, answered = question.split()
        features = Features(**{field.name: float(answered == "yes") for field in fields(Features)})
        return SimpleNamespace(
            asked=(state,), party_evidence=(PartyEvidence(party=state, searched=(), features=features),)
        )


def _cases(*answered: str) -> list[Case]:
    """Makes one case per letter, `y` with evidence and `n` without; each word is one State."""
    return [
        Case(
            id=f"{state}-{number}",
            question=f"X{state} {'yes' if letter == 'y' else 'no'}",
            type="single_state",
            expect=Expectation(status="answered" if letter == "y" else "abstained"),
            answerable=letter == "y",
        )
        for state, letters in enumerate(answered)
        for number, letter in enumerate(letters)
    ]


@pytest.mark.parametrize(
    ("answered", "message"),
    [
        ((), f"at least {FOLDS} States .* about 0:"),
        (("ynynynyn",), f"at least {FOLDS} States .* about 1:"),
        (("yn",) * (FOLDS - 1), f"at least {FOLDS} States .* about {FOLDS - 1}:"),
        (("y",) * FOLDS, f"this set has {FOLDS} and 0:"),
        (("nn",) * FOLDS, f"this set has 0 and {2 * FOLDS}:"),
        (("y",) * (FOLDS - 1) + ("n",), f"this set has {FOLDS - 1} and 1:"),
    ],
)
def test_fit_says_what_it_needs_of_cases(answered: tuple[str, ...], message: str) -> None:
    with pytest.raises(EvalError, match=message):
        fit(_cases(*answered), cast("Workspace", _Ranked()))


def test_fit_takes_the_least_that_it_needs() -> None:
    found = fit(_cases(*("yn",) * FOLDS), cast("Workspace", _Ranked()))
    assert (found.cases, found.auc, found.precision, found.recall) == (2 * FOLDS, 1.0, 1.0, 1.0)
