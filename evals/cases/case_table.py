"""Own questions as a table: one case a row, States by name, evidence as quotations that are found in the corpus.

question,state,answered,quote
What did Arvandia say about extradition?,Arvandia,yes,we call on all parties to extradite
What did Belmora say about whales?,Belmora,no,
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from textwrap import shorten
from typing import Final, get_args
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from rapidfuzz import fuzz, process

from app.briefing.request import party_code, party_names
from app.checking.fuzzy_diff import likest_words
from app.errors import BriefingError
from app.records import AbstentionReason
from app.ui.words import language, say, worded
from evals.cases.case import Case, Evidence, Review
from evals.cases.documents import Document, Documents, sha256_of
from evals.cases.lint import Remark, remark
from evals.errors import DatasetError
from ingest.errors import ManifestError
from ingest.language.detection import detect_language
from ingest.metadata.manifest import csv_rows
from ingest.treaties.references import find_articles

SUFFIXES: Final = (".csv", ".xlsx")
_REQUIRED: Final = ("question", "state", "answered", "quote")
# What nobody reads but whoever wrote it.
_NOTES: Final = "notes"
_COLUMNS: Final = (*_REQUIRED, "year", "article", "language", "reason", "history", "id", _NOTES)
_YES_NO: Final = {**dict.fromkeys(("yes", "y", "true", "1"), True), **dict.fromkeys(("no", "n", "false", "0"), False)}
# Reasons for silence beside which a person is shown what speaks against it.
_KINDS: Final = {"": "near_miss_topic", "not_mentioned": "near_miss_topic", "no_statement": "no_statement"}
# A passage this much alike, 0 to 100, is shown as what may have been meant.
_NEAR: Final = 75


@dataclass(frozen=True, kw_only=True)
class CaseTable:
    """The cases of a table, and everything that is wrong with it, by line and column."""

    cases: tuple[Case, ...]
    remarks: tuple[Remark, ...]
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each case, by its id."""

    def placed(self, found: Remark) -> Remark:
        """Returns a remark on cases of the table as one on its lines, which is how people know them."""
        what = found.what
        for name, line in self.lines.items():
            what = what.replace(repr(name), say("report-line", number=line, column="").rstrip(", ،，"))
        line = self.lines.get(found.case or "", 0)
        place = say("report-line", number=line, column=found.column) if line else found.case
        return replace(found, case=place, what=what)


@dataclass(kw_only=True)
class _Row:
    """One row while it is read; what is wrong is collected, so that all of it is told at once."""

    line: int
    cells: Mapping[str, str]
    absent: Collection[str] = ()
    remarks: list[Remark] = field(default_factory=list)

    def wrong(self, column: str, name: str, **facts: object) -> None:
        # A column that is not there is told once, and not of every row.
        if column not in self.absent:
            self.remarks.append(remark(name, say("report-line", number=self.line, column=column), **facts))

    def parts(self, column: str, separators: str = ";\n") -> list[str]:
        """Returns what a cell holds, several things by semicolons or line breaks."""
        return [part.strip() for part in re.split(f"[{separators}]", self.cells.get(column, "")) if part.strip()]


def read_case_table(path: Path, documents: Documents) -> CaseTable:
    """Reads cases from `.csv` (comma, semicolon or tab) or the first sheet of `.xlsx`; quotations are looked for."""
    ((first, headings), *rows), delimiter = _lines(path)
    columns, head = [_column(name) for name in headings], _Row(line=first, cells={})
    for at, name in enumerate(columns):
        if name and name not in _COLUMNS:
            # Taken for the one that is meant, so that its cells are looked at now and not after it is corrected.
            columns[at] = _like(name, [other for other in _COLUMNS if other not in columns]) or name
            todo = say("remark-remove-heading", names=", ".join(_COLUMNS))
            todo = say("remark-write-heading", name=columns[at]) if columns[at] != name else todo
            head.wrong(name, "no_such_column", heading=name, todo=todo)
    absent = [name for name in _REQUIRED if name not in columns]
    for name in absent:
        head.wrong(name, "no_column", heading=name, needed=",".join(_REQUIRED))
    remarks, cases, lines = head.remarks, dict[str, Case](), dict[str, int]()
    for line, cells in rows:
        held = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name not in ("", _NOTES)}
        row = _Row(line=line, cells=held, absent=absent)
        if not any(row.cells.values()):
            continue
        case = None if _parted(row, columns, cells, delimiter, documents) else _case(row, documents)
        if case is not None and case.id in cases:
            row.wrong("question", "row_twice")
        remarks += row.remarks
        if case is not None and not row.remarks:
            cases[case.id], lines[case.id] = case, line
    return CaseTable(cases=tuple(cases.values()), remarks=tuple(remarks), lines=lines)


def _parted(row: _Row, columns: Sequence[str], cells: Sequence[str], delimiter: str, documents: Documents) -> bool:
    """Tells of a row of a file of CSV in which a comma or the like parts a cell, and moves all after it."""
    answered = columns.index("answered") if "answered" in columns else len(columns)
    more = max((at for at, cell in enumerate(cells, 1) if cell.strip()), default=0) - len(columns)
    answers = [cell.strip().lower() in _YES_NO for cell in cells[answered:]]
    early = answers.index(True) if True in answers else 0
    # A yes or 1 further right is the word of another column, unless as many cells are too many.
    moved = early if early == 1 or early <= more else 0
    if not delimiter or (more < 1 and not moved):
        return False

    def whole(column: str) -> str:
        at = columns.index(column) if column in columns else 0
        return delimiter.join(cells[at : at + 1 + (moved or more)])

    parties = documents.parties
    named = {len(parties.resolve(name).codes) for name in party_names(whole("state"), parties)} == {1}
    column = "quote" if not moved else "state" if named else "question"
    # Notes come last as a rule, and are where commas stand: words that nobody spoke are theirs.
    if not moved and columns[-1] == _NOTES and not any(d.find(whole("quote")) for d in documents.by_file.values()):
        column = _NOTES
    row.wrong(column, "more_cells", whole=whole(column))
    return True


def _lines(path: Path) -> tuple[list[tuple[int, list[str]]], str]:
    """Returns the lines of a table with their numbers, from 1, and what parts the cells of a file of CSV."""
    delimiter = ""
    try:
        if path.suffix == ".xlsx":
            with closing(load_workbook(path, read_only=True, data_only=True)) as book:
                rows = book.worksheets[0].iter_rows(values_only=True)
                texts = (["" if cell is None else str(cell) for cell in row] for row in rows)
                lines = list(enumerate(texts, start=1))
        else:
            delimiter, found = csv_rows(path)
            lines = list(found)
    except (OSError, ValueError, KeyError, IndexError, ManifestError, BadZipFile, InvalidFileException) as exc:
        raise DatasetError(f"cannot read the table {str(path)!r}: {exc}; save it as UTF-8 CSV, or as .xlsx") from exc
    if not lines or "question" not in map(_column, lines[0][1]):
        raise DatasetError(f"the table {str(path)!r} has no heading `question`: begin it with {','.join(_REQUIRED)}")
    return lines, delimiter


def _column(heading: str) -> str:
    name = "_".join(heading.lower().split())
    return _NOTES if name.rstrip("s") in ("note", "remark", "comment") else name


def _like(given: str, known: Sequence[str]) -> str:
    return "".join(get_close_matches(given, known, n=1))


def _case(row: _Row, documents: Documents) -> Case | None:
    given = defaultdict(str, row.cells)
    question, quotes, years = given["question"], row.parts("quote", "\n"), tuple(row.parts("year", ";,\n"))
    answered = _YES_NO.get(given["answered"].lower())
    reason, reasons = _column(given["reason"]), get_args(AbstentionReason)
    language = given["language"].lower() or detect_language(question) or "en"
    wrong = {
        ("question", "cell_without_question"): not question, ("answered", "neither_yes_nor_no"): answered is None,
        ("reason", "no_such_reason"): reason not in ("", *reasons),
        ("language", "no_such_language"): not re.fullmatch("[a-z]{2}", language),
        ("quote", "answer_without_words"): answered and not quotes,
        ("quote", "words_without_answer"): answered is False and quotes,
    }  # fmt: skip
    near = _like(reason, reasons)
    meant = say("remark-meant", name=near) + " " if near else ""
    facts = {"meant": meant, "reasons": ", ".join(reasons), "given": given, "spoken": language}
    for (column, name), holds in wrong.items():
        if holds:
            row.wrong(column, name, **facts)
    for year in (year for year in years if not re.fullmatch(r"(19|20)\d\d", year)):
        row.wrong("year", "no_such_year", year=year)
    states: list[str] = []
    for name in party_names(given["state"], documents.parties):
        try:
            states.append(party_code(name, documents.parties))
        except BriefingError as exc:
            what, _, todo = worded(str(exc)).partition(": ")
            row.wrong("state", "no_one_state", what=what, todo=todo)
    tags = {"article": article} if (article := _article(row)) else {}
    found = [_evidence(row, n, quote, states, years, documents) for n, quote in enumerate(quotes, 1)]
    if row.remarks or answered is None:
        return None
    evidence, history = [span for span in found if span is not None], row.parts("history", "\n")
    asked = sha256_of("\0".join((question, *states, *years, *row.parts("history"))))[:8]
    kind = "list_states" if not states else "compare" if len(states) > 1 else "single_state"
    expect = {
        "status": "answered" if answered else "abstained", "years": years, "reason": reason or None,
        "states": states or [*dict.fromkeys(span.state for span in evidence if span.state)],
    }  # fmt: skip
    case = {
        "id": given["id"] or f"own-{asked}", "question": question, "history": history, "answerable": answered,
        "type": "follow_up" if history else kind if answered else "unanswerable", "lang": language, "tags": tags,
        "unanswerable_kind": None if answered else _KINDS.get(reason), "expect": expect, "evidence": evidence,
        "review": Review(status="unreviewed", source="human"),
    }  # fmt: skip
    return Case.model_validate(case)


def _article(row: _Row) -> str | None:
    """Returns an article such as `UNTOC 18`, as cases tag it; a bare number is one of the Convention."""
    given = row.cells.get("article", "")
    if not given or re.fullmatch(r"[A-Z]{2,6} \d+\w*", given):
        return given or None
    words = given if "article" in given.lower() else f"article {given}"
    found = next((f"{own.treaty} {own.article}" for own in find_articles(words, "UNTOC") if own.treaty), None)
    if found is None:
        row.wrong("article", "no_such_article", article=given)
    return found


def _evidence(
    row: _Row, number: int, quote: str, states: Sequence[str], years: Sequence[str], documents: Documents
) -> Evidence | None:
    """Looks for a quotation where the State spoke in the year, then in what others said."""
    quote = quote.strip('“”"«» ')

    def apart(document: Document) -> tuple[int, bool, str]:
        # Own words come first, then those of a file of nobody or of many, then those of others.
        own, shared = not states or document.state in states, document.state is None or document.kind == "record"
        of_year = not (years and document.years) or not document.years.isdisjoint(years)
        return 0 if own else 1 if shared else 2, not of_year, document.file

    ordered, cut = sorted(documents.by_file.values(), key=apart), shorten(quote, 60, placeholder=" …")
    wrong: list[Document] = []
    for document, span in ((document, document.find(quote)) for document in ordered):
        whose, other_year, _ = apart(document)
        if span is not None and whose < 2 and not other_year:
            return document.evidence(f"e{number}", *span, state=states[0] if states else None)
        wrong += [document] if span is not None else []
    if not wrong:
        near = _nearest(quote, [document for document in ordered if not any(apart(document)[:2])] or ordered)
        row.wrong("quote", "words_nowhere", quote=cut, todo=near or say("remark-copy"))
    elif apart(wrong[0])[0] == 2:
        speaker = documents.parties.display(wrong[0].state or "", language())
        row.wrong("quote", "words_of_another", quote=cut, speaker=speaker, file=wrong[0].file)
    else:
        said = ", ".join(sorted(wrong[0].years))
        row.wrong("year", "words_of_another_year", quote=cut, year=said, file=wrong[0].file)
    return None


def _nearest(quote: str, documents: Sequence[Document]) -> str | None:
    """Says which words of a statement are most like a quotation that is nowhere."""
    texts = {document.file: document.text for document in documents}
    found = process.extractOne(quote, texts, scorer=fuzz.partial_ratio, score_cutoff=_NEAR)
    like = likest_words(quote, found[0]) if found else None
    if not found or like is None:
        return None
    return f"{say('remark-meant', name=like.words.rstrip(',;:'))} ({found[2]})"
