"""Scores made by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from evals.runs import Run, RunManifest, ScoreRecord

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def score(case, *, cluster="FRA", stage=None, status="answered", **fields):
    given = {"gates": True, "expected": "answered", "components": {}, "slices": {}} | fields
    return ScoreRecord(case=case, cluster=cluster, stage=stage, status=status, **given)


@dataclass(frozen=True, kw_only=True)
class FakeRun(Run):
    """A run that is in no folder."""

    records: tuple[ScoreRecord, ...]
    scored = True

    def scores(self):
        return self.records

    answers = scores


def run(scores: Iterable[ScoreRecord], *, name="candidate", **fields):
    records = tuple(scores)
    given = {"dataset": "smoke", "dataset_sha256": "d", "corpus_sha256": "c", "started": NOON, "ended": NOON} | fields
    cases = given.pop("cases", len({record.case for record in records}))
    return FakeRun(path=Path(name), manifest=RunManifest(name=name, cases=cases, **given), records=records)
