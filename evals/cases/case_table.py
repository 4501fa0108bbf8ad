"""A table of a user's own questions: one case a row, States by name, evidence as quotations, located in the corpus.

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
from typing import Final, get_args
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from rapidfuzz import fuzz, process

from app.briefing.request import party_code, party_names
from app.checking.comparing.closest_words import closest_words
from app.errors import BriefingError
from app.records import AbstentionReason
from app.ui.words import language, say, worded
from evals.cases.case import Case, CaseReview, Evidence
from evals.cases.documents import Document, Documents
from evals.cases.lint import LintRemark, remark
from evals.errors import DatasetError
from ingest.errors import ManifestError
from ingest.language.detection import detect_language
from ingest.metadata.manifest import csv_rows
from ingest.treaties.references import find_articles
from vectorstore.records import text_sha256

SUFFIXES: Final = (".csv", ".xlsx")
_REQUIRED: Final = ("question", "state", "answered", "quote")
# The column for the author's own notes, which the program does not read.
_NOTES: Final = "notes"
_COLUMNS: Final = (*_REQUIRED, "year", "article", "language", "reason", "history", "id", _NOTES)
_YES_NO: Final = {**dict.fromkeys(("yes", "y", "true", "1"), True), **dict.fromkeys(("no", "n", "false", "0"), False)}
# `unanswerable_kind` by abstention reason: for these kinds `lint` shows the statements that speak against silence.
_KINDS: Final = {"": "near_miss_topic", "not_mentioned": "near_miss_topic", "no_statement": "no_statement"}
# Similarity (rapidfuzz, 0 to 100) from which a passage is suggested in place of a quotation that is not found.
_NEAR: Final = 75


@dataclass(frozen=True, kw_only=True)
class CaseTable:
    """The cases of a table, and remarks on everything that is wrong with it, by line and column."""

    cases: tuple[Case, ...]
    remarks: tuple[LintRemark, ...]
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each case, by its id."""

    def placed(self, found: LintRemark) -> LintRemark:
        """Returns a remark with line numbers of the table in place of case ids, since people know the rows by line."""
        what = found.what
        for name, line in self.lines.items():
            what = what.replace(repr(name), say("report-line", number=line, column="").rstrip(", ،，"))
        line = self.lines.get(found.case or "", 0)
        place = say("report-line", number=line, column=found.column) if line else found.case
        return replace(found, case=place, what=what)


@dataclass(kw_only=True)
class _Row:
    """One row while it is read; its errors are collected, so that all of them are reported at once."""

    line: int
    cells: Mapping[str, str]
    absent: Collection[str] = ()
    remarks: list[LintRemark] = field(default_factory=list)

    def wrong(self, column: str, name: str, **facts: object) -> None:
        # A missing column is reported once for the table, not for every row.
        if column not in self.absent:
            self.remarks.append(remark(name, say("report-line", number=self.line, column=column), **facts))

    def parts(self, column: str, separators: str = ";\n") -> list[str]:
        """Returns the values in a cell, split at any of the `separators`: by default semicolons and line breaks."""
        return [part.strip() for part in re.split(f"[{separators}]", self.cells.get(column, "")) if part.strip()]


def read_case_table(path: Path, documents: Documents) -> CaseTable:
    """Reads cases from `.csv` (comma, semicolon or tab) or the first sheet of `.xlsx`, and locates quotations."""
    ((first, headings), *rows), delimiter = _lines(path)
    columns, head = [_column(name) for name in headings], _Row(line=first, cells={})
    for at, name in enumerate(columns):
        if name and name not in _COLUMNS:
            # Read as the most similar known column, so that errors in its cells are reported in the same pass.
            columns[at] = _like(name, [other for other in _COLUMNS if other not in columns]) or name
            todo = say("remark-remove-heading", names=", ".join(_COLUMNS))
            todo = say("remark-write-heading", name=columns[at]) if columns[at] != name else todo
            head.wrong(name, "no_such_column", heading=name, todo=todo)
    absent = [name for name in _REQUIRED if name not in columns]
    for name in absent:
        head.wrong(name, "no_column", heading=name, needed=",".join(_REQUIRED))
    remarks, cases, lines = head.remarks, dict[str, Case](), dict[str, int]()
    for line, cells in rows:
        values = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name not in ("", _NOTES)}
        row = _Row(line=line, cells=values, absent=absent)
        if not any(row.cells.values()):
            continue
        case = None if _is_split(row, columns, cells, delimiter, documents) else _case(row, documents)
        if case is not None and case.id in cases:
            row.wrong("question", "row_twice")
        remarks += row.remarks
        if case is not None and not row.remarks:
            cases[case.id], lines[case.id] = case, line
    return CaseTable(cases=tuple(cases.values()), remarks=tuple(remarks), lines=lines)


def _is_split(row: _Row, columns: Sequence[str], cells: Sequence[str], delimiter: str, documents: Documents) -> bool:
    """Returns whether an unquoted delimiter splits a cell of a CSV row, which shifts all after it, and reports it."""
    answered = columns.index("answered") if "answered" in columns else len(columns)
    surplus = max((at for at, cell in enumerate(cells, 1) if cell.strip()), default=0) - len(columns)
    answers = [cell.strip().lower() in _YES_NO for cell in cells[answered:]]
    offset = answers.index(True) if True in answers else 0
    # A yes or no (or `1`) more than one cell too far right is another column's, unless as many cells are surplus.
    shift = offset if offset == 1 or offset <= surplus else 0
    if not delimiter or (surplus < 1 and not shift):
        return False

    def whole(column: str) -> str:
        at = columns.index(column) if column in columns else 0
        return delimiter.join(cells[at : at + 1 + (shift or surplus)])

    parties = documents.parties
    named = {len(parties.resolve(name).codes) for name in party_names(whole("state"), parties)} == {1}
    column = "quote" if not shift else "state" if named else "question"
    # If notes are the last column, words that stand in no statement are notes, in which commas are common.
    if not shift and columns[-1] == _NOTES and not any(d.find(whole("quote")) for d in documents.by_file.values()):
        column = _NOTES
    row.wrong(column, "more_cells", whole=whole(column))
    return True


def _lines(path: Path) -> tuple[list[tuple[int, list[str]]], str]:
    """Returns the lines of a table with their numbers, from 1, and the delimiter of a CSV file, empty for `.xlsx`."""
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
            what, *todo = re.split(r"\s?(?:: |：)", worded(str(exc)), maxsplit=1)
            row.wrong("state", "no_one_state", what=what, todo="".join(todo))
    tags = {"article": article} if (article := _article(row)) else {}
    found = [_evidence(row, n, quote, states, years, documents) for n, quote in enumerate(quotes, 1)]
    if row.remarks or answered is None:
        return None
    evidence, history = [span for span in found if span is not None], row.parts("history", "\n")
    question_hash = text_sha256("\0".join((question, *states, *years, *row.parts("history"))))[:8]
    kind = "list_states" if not states else "compare" if len(states) > 1 else "single_state"
    expect = {
        "status": "answered" if answered else "abstained", "years": years, "reason": reason or None,
        "states": states or [*dict.fromkeys(span.state for span in evidence if span.state)],
    }  # fmt: skip
    case = {
        "id": given["id"] or f"own-{question_hash}", "question": question, "history": history, "answerable": answered,
        "type": "follow_up" if history else kind if answered else "unanswerable", "lang": language, "tags": tags,
        "unanswerable_kind": None if answered else _KINDS.get(reason), "expect": expect, "evidence": evidence,
        "review": CaseReview(status="unreviewed", source="human"),
    }  # fmt: skip
    return Case.model_validate(case)


def _article(row: _Row) -> str | None:
    """Returns the row's article as cases tag it, such as `UNTOC 18`; a bare number is an article of UNTOC."""
    given = row.cells.get("article", "")
    if not given or re.fullmatch(r"[A-Z]{2,6} \d+\w*", given):
        return given or None
    words = given if "article" in given.lower() else f"article {given}"
    found = next((f"{cited.treaty} {cited.article}" for cited in find_articles(words, "UNTOC") if cited.treaty), None)
    if found is None:
        row.wrong("article", "no_such_article", article=given)
    return found


def _evidence(
    row: _Row, number: int, quote: str, states: Sequence[str], years: Sequence[str], documents: Documents
) -> Evidence | None:
    """Locates a quotation in what the State said in the year; reports one that stands only elsewhere, or nowhere."""
    line = " ".join(quote.strip('“”„"«»「」『』 ').split())

    def distance(document: Document) -> tuple[int, bool, str]:
        # The State's own statements come first, then files of no State or of many, then statements of other States.
        own, shared = not states or document.state in states, document.state is None or document.kind == "record"
        of_year = not (years and document.years) or not document.years.isdisjoint(years)
        return 0 if own else 1 if shared else 2, not of_year, document.file

    ordered, cut = sorted(documents.by_file.values(), key=distance), line if len(line) <= 60 else f"{line[:59]}…"
    wrong: list[Document] = []
    for document, span in ((document, document.find(line)) for document in ordered):
        whose, other_year, _ = distance(document)
        if span is not None and whose < 2 and not other_year:
            return document.evidence(f"e{number}", *span, state=states[0] if states else None)
        wrong += [document] if span is not None else []
    if not wrong:
        near = _nearest(line, [document for document in ordered if not any(distance(document)[:2])] or ordered)
        row.wrong("quote", "words_nowhere", quote=cut, todo=near or say("remark-copy"))
    elif distance(wrong[0])[0] == 2:
        speaker = documents.parties.display(wrong[0].state or "", language())
        row.wrong("quote", "words_of_another", quote=cut, speaker=speaker, file=wrong[0].file)
    else:
        said = ", ".join(sorted(wrong[0].years))
        row.wrong("year", "words_of_another_year", quote=cut, year=said, file=wrong[0].file)
    return None


def _nearest(quote: str, documents: Sequence[Document]) -> str | None:
    """Returns a hint with the most similar words of a statement, for a quotation that is not found; else None."""
    texts = {document.file: document.text for document in documents}
    found = process.extractOne(quote, texts, scorer=fuzz.partial_ratio, score_cutoff=_NEAR)
    like = closest_words(quote, found[0]) if found else None
    if not found or like is None:
        return None
    return f"{say('remark-meant', name=like.words.rstrip(',;:'))} ({found[2]})"
