"""Measures a manifest that `untoc manifest` drafted against gold: State, body, session and date.

    untoc manifest FILES && python -m scripts.score_metadata gold.jsonl FILES/statements.csv

Gold is one JSON line a file: `file, kind, state, body, session, date`, null where the file does not tell. Of the files
that have a gold value a column is *right*, *wrong* (another value) or *missing* (none). Where gold has no State, as of
records, any State is wrong, since it puts words into a mouth; an empty cell is right. Where gold has no body, session
or date the cell is not judged. A day is right within a gold interval, a year alone is missing where gold has more.
"""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

from ingest.language.dates import interval
from ingest.metadata.sessions import canonical_body

COLUMNS: Final = ("state", "body", "session", "date")
# Of bodies in gold, a short name that no document has.
_COMMITTEE: Final = {"AHC": "Ad Hoc Committee on Cybercrime"}

Verdict = Literal["right", "wrong", "missing"]


def judge(column: str, gold: str | None, drafted: str | None) -> Verdict | None:
    """Returns what a drafted cell is worth; None where gold does not judge it."""
    if gold is None:
        return ("wrong" if drafted else "right") if column == "state" else None
    if not drafted:
        return "missing"
    if column == "body":
        return "right" if drafted == (_COMMITTEE.get(gold) or canonical_body(gold) or gold) else "wrong"
    if column != "date":
        return "right" if drafted == gold else "wrong"
    wanted, given = interval(gold), interval(drafted)
    if wanted is None or given is None:
        return "wrong"
    if wanted[0] <= given[0] and given[1] <= wanted[1]:
        return "right"
    return "missing" if given[0] <= wanted[0] and wanted[1] <= given[1] else "wrong"


def score(gold: Iterable[Mapping[str, str | None]], rows: Mapping[str, Mapping[str, str]]) -> dict[str, Counter[str]]:
    """Counts the verdicts of each column and prints every cell that is not right."""
    counts: dict[str, Counter[str]] = {}
    for line in gold:
        row = rows.get(str(line["file"]), {})
        for column in COLUMNS:
            drafted = row.get(column) or None
            verdict = judge(column, line[column], drafted)
            if verdict is None:
                continue
            of_record = column == "state" and line["kind"] == "record"
            counts.setdefault("state of records" if of_record else column, Counter())[verdict] += 1
            if verdict != "right":
                print(f"{verdict:8}{column:8} {line['file']}: {drafted!r}, gold {line[column]!r}")
    return counts


def main() -> None:
    """Prints what is not right, and a line for each column."""
    gold_file, manifest = map(Path, sys.argv[1:3])
    gold = [json.loads(line) for line in gold_file.read_text(encoding="utf-8").splitlines()]
    rows = {row["file"]: row for row in csv.DictReader(manifest.read_text(encoding="utf-8-sig").splitlines())}
    for column, verdicts in score(gold, rows).items():
        total = verdicts.total()
        shown = ", ".join(f"{verdict} {verdicts[verdict]}" for verdict in ("right", "wrong", "missing"))
        print(f"{column}: {shown} of {total} ({verdicts['right'] / total:.0%} right)")


if __name__ == "__main__":
    main()
