"""Measures how records are read against gold of who spoke what, file by file.

`python -m scripts.score_records DIR [--list]`; DIR holds `files/` and `gold/interventions.jsonl`: one line per
intervention in the order of reading, with `file`, `kind` (`state`, or `chair`, `officer`, `org`, who are nobody),
`state`, `group` (a name, a code, or States joined by `+`; null) and `text`. Words are compared without case and
punctuation; the file's words are aligned with the gold's by longest common subsequence. Then

* page furniture counts as nobody's word on both sides;
* right: interventions whose State (or nobody) and group are right, with at least 97 % of their gold words in one
  intervention that holds at most 3 % other words;
* groups: gold interventions made for a group, or for several States, that are found so;
* under its speaker: the share of the States' gold words that lie in interventions of that State;
* under another: the States' gold words, in runs of at least five, that lie in another State's intervention;
* order: the share of all gold words that the common subsequence holds, which falls where columns are mixed.

Files without gold are listed with what was found in them. With --list every intervention that is wrong is printed.
"""

import json
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import regex
import typer
from rapidfuzz.distance import LCSseq
from rich.console import Console
from rich.table import Table

from ingest.annotate import Annotator
from ingest.errors import LoadError
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import load
from ingest.parties.party_table import PartyTable
from ingest.text.furniture import furniture_lines, running_heads, text_lines
from ingest.text.splitter import SplitConfig
from vectorstore.records import AnnotatedDocument, Statement

ENOUGH: Final = 0.97
_RUN: Final = 5
_WORD: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}]+")


class _NoModel:
    """Takes passages of any length: scoring records embeds none."""

    window = sys.maxsize

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [1] * len(texts)


@dataclass(frozen=True, kw_only=True)
class _Gold:
    """A gold intervention: who holds the position, for whom, and its words with where each begins and ends."""

    label: str
    states: frozenset[str]
    group: frozenset[str]
    words: tuple[tuple[str, int, int], ...]


def main(
    folder: Path, listed: Annotated[bool, typer.Option("--list", help="print the interventions that are wrong")] = False
) -> None:
    """Prints the table of a folder."""
    parties = PartyTable.load()
    annotator = Annotator(parties, SplitConfig(), _NoModel())
    gold = _read_gold(folder / "gold" / "interventions.jsonl", parties)
    table = Table("file", "found", "right", "groups", "under its speaker", "under another", "order")
    total, wrong = Counter[str](), list[str]()
    files = folder / "files"
    for path in sorted((*files.glob("records/*.*"), *files.glob("web/*.*"))):
        file = path.relative_to(files).as_posix()
        try:
            read = annotator.read(load(path, LoadLimits()), None, file=file, kind="statement", input_key="")
            document = annotator.annotate(read.document)
        except LoadError:
            table.add_row(file, "refused")
            continue
        score = FileScore(document, gold.get(file, ()))
        found = sum(item.is_intervention for item in document.statements)
        if gold.get(file) or found:
            table.add_row(file, str(found), *_cells(score.counts))
        total += score.counts
        wrong += score.wrong
    table.add_row("all", "", *_cells(total))
    console = Console(width=150)
    console.print(table)
    for line in wrong if listed else ():
        console.print(line, markup=False)


class FileScore:
    """Counts of one file against the gold of its interventions, and what is wrong in words."""

    def __init__(self, document: AnnotatedDocument, gold: Sequence[_Gold]) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._document, self._gold, self._items = document, gold, document.statements
        self._text, self._file = document.document.source_text, document.document.file
        self._found = list(_words(self._text))
        self._owner = list(_owners(self._items, self._found))
        # All gold words in the order of reading, and where each stands in the file.
        self._flat = [(number, word) for number, item in enumerate(gold) for word, _, _ in item.words]
        self._place = _alignment(self._flat, [word for word, _, _ in self._found])
        self._count_interventions()
        self._count_words()

    def _count_interventions(self) -> None:
        furniture = _furniture(self._text, self._found)
        size = Counter(held for at, held in enumerate(self._owner) if held is not None and at not in furniture)
        wanted = Counter(number for at, (number, _) in enumerate(self._flat) if self._place.get(at) not in furniture)
        shared: dict[int, Counter[int]] = defaultdict(Counter)
        for at, (number, _) in enumerate(self._flat):
            place = self._place.get(at)
            if place is not None and place not in furniture and (held := self._owner[place]) is not None:
                shared[number][held] += 1
        for number, item in enumerate(self._gold):
            best, count = max(shared[number].items(), key=lambda pair: pair[1], default=(None, 0))
            heard = None if best is None else self._items[best]
            whole = best is not None and count >= ENOUGH * wanted[number] and count >= ENOUGH * size[best]
            right = whole and heard is not None and _is_named(heard, item)
            grouped = bool(item.group) and heard is not None and _group_of(heard) == item.group
            self.counts.update(gold=1, right=right, groups=bool(item.group), groups_right=grouped)
            if not right:
                other = 1 - count / max(1, size.get(best or 0, 1))
                inside = f"{count / max(1, wanted[number]):.2f} in, {other:.2f} other"
                holders = _states_of(heard) | _group_of(heard) if heard is not None else ["not found"]
                named = "+".join(sorted(holders)) or "nobody"
                self.wrong.append(f"{self._file} {number + 1} {item.label}: {named}, {inside}")

    def _count_words(self) -> None:
        self.counts.update(words=len(self._flat), aligned=len(self._place))
        run = 0
        for at, (number, _) in enumerate(self._flat):
            states = self._gold[number].states
            if not states:
                continue
            held = self._owner[self._place[at]] if at in self._place else None
            names = frozenset() if held is None else _states_of(self._items[held])
            run = run + 1 if names and not names & states else 0
            # A run counts as a whole once it is long enough.
            another = _RUN if run == _RUN else int(run > _RUN)
            self.counts.update(spoken=1, own=bool(names & states), another=another)


def _owners(items: Sequence[Statement], words: Sequence[tuple[str, int, int]]) -> Iterator[int | None]:
    spans = [(item.span.start, item.span.end, number) for number, item in enumerate(items)]
    for _, start, end in words:
        number = next((n for first, last, n in spans if first <= start and end <= last), None)
        yield number if number is not None and items[number].holds(start, end) else None


def _furniture(text: str, words: Sequence[tuple[str, int, int]]) -> frozenset[int]:
    """Returns which words are page furniture, by place; they are nobody's, whether or not the gold has them."""
    lines = text_lines(text)
    pages = furniture_lines(lines, running_heads(text))
    spans = [(line.start, line.end) for line, is_page in zip(lines, pages, strict=True) if is_page]
    starts = [start for start, _ in spans]
    return frozenset(
        at
        for at, (_, start, end) in enumerate(words)
        if (index := bisect_right(starts, start) - 1) >= 0 and end <= spans[index][1]
    )


def _alignment(gold: Sequence[tuple[int, str]], found: Sequence[str]) -> dict[int, int]:
    """Returns the place of each gold word in the file, as far as both have it in the same order."""
    place: dict[int, int] = {}
    for code in LCSseq.opcodes([word for _, word in gold], found):
        if code.tag == "equal":
            place.update(zip(range(code.src_start, code.src_end), range(code.dest_start, code.dest_end), strict=True))
    # Of two equal words the one beside its neighbour: "The" of "The Assembly" and not of "The President:" before it.
    for at in reversed(range(len(gold) - 1)):
        beside = place.get(at + 1, 0) - 1
        number, word = gold[at]
        if at in place and number == gold[at + 1][0] and place[at] < beside and found[beside] == word:
            place[at] = beside
    return place


def _states_of(item: Statement) -> frozenset[str]:
    """Returns who speaks: the State of the delegate, and those that hold the position with it."""
    speaker = item.span.state or item.metadata.state
    return frozenset(code for code in (speaker, *(item.metadata.held_by or ())) if code is not None)


def _group_of(item: Statement) -> frozenset[str]:
    """Returns the group that a statement is made for, or the States that hold it together."""
    return frozenset(code for code in (item.metadata.on_behalf_of, *(item.metadata.held_by or ())) if code is not None)


def _is_named(heard: Statement, gold: _Gold) -> bool:
    if not gold.states:
        return heard.metadata.state is None
    return gold.states <= _states_of(heard) and _group_of(heard) == gold.group


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    return ((found.group().casefold(), *found.span()) for found in _WORD.finditer(text))


def _read_gold(path: Path, parties: PartyTable) -> dict[str, list[_Gold]]:
    gold: dict[str, list[_Gold]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        codes = [row["state"]] if row["kind"] == "state" else []
        names = (row["group"] or "").split("+") if codes else []
        groups = [parties.resolve(name).codes or parties.resolve(name.upper()).codes for name in names if name]
        group, words = frozenset(code for found in groups for code in found), tuple(_words(row["text"]))
        gold[row["file"]].append(_Gold(label=row["label"], states=frozenset(codes), group=group, words=words))
    return gold


def _cells(counts: Counter[str]) -> tuple[str, ...]:
    def share(part: str, whole: str) -> str:
        return f"{counts[part] / counts[whole]:.4f}" if counts[whole] else "—"

    pairs = (("right", "gold"), ("groups_right", "groups"))
    right, groups = (f"{counts[part]}/{counts[whole]}" for part, whole in pairs)
    return right, groups, share("own", "spoken"), str(counts["another"]), share("aligned", "words")


if __name__ == "__main__":
    typer.run(main)
