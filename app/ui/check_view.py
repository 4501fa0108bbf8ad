"""A checked draft as HTML: its text with every quotation marked, and the findings below each paragraph."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from app.checking.blocks import CheckedBlock, CheckedDocument
from app.checking.checker import Around
from app.checking.findings import CheckReport, Finding, Place, Remark
from app.ui.templates import render
from app.ui.words import worded
from ingest.language.detection import direction_of
from prompts.wording import Wording, load_remark_words

# The look (CSS class) of verified quotations with a remark; that of all other findings is their verdict.
_REMARKED: Final = "remarked"
_COUNTED: Final = ("verified", _REMARKED, "altered", "misattributed", "not_found")
# A sign beside colour and word, for readers who do not see the colour.
_SIGNS: Final = dict(zip(_COUNTED, "✓!Δ⇄?", strict=True))
# Characters of a draft that is shown whole; of a longer one only paragraphs with quotations and their neighbours are.
_WHOLE: Final = 120_000
_CLOSING: Final = re.compile(r"\s*[”“\"»«’'›」』〞〟＂]")


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """A part of a paragraph; a quotation has the number of its finding and its closing quotation mark."""

    words: str
    closing: str = ""
    number: int = 0
    look: str = ""


def check_html(document: CheckedDocument, report: CheckReport, around: Callable[[Place], Around | None]) -> str:
    """Renders a checked draft."""
    by_block: dict[int, list[int]] = {}
    for number, finding in enumerate(report.findings, 1):
        by_block.setdefault(document.index_at(max(0, finding.quotation.spans[-1][1] - 1)), []).append(number)
    every = range(len(document.blocks))
    shown = every if len(document.text) <= _WHOLE else {near for at in by_block for near in (at - 1, at, at + 1)}
    looks, words = Counter(map(_look, report.findings)), load_remark_words(report.language)
    return render(
        "check",
        report=report,
        signs=_SIGNS,
        look_of=_look,
        counts=[(look, looks[look]) for look in _COUNTED if looks[look] or look != _REMARKED],
        wrong=[(n, f) for n, f in enumerate(report.findings, 1) if f.verdict != "verified" or f.warnings],
        # A gap is shown once for all paragraphs that are left out in a row.
        blocks=[
            (block, _pieces(block, report.findings), by_block.get(index, ())) if index in shown else (None, (), ())
            for index, block in enumerate(document.blocks)
            if index in shown or index - 1 in shown
        ],
        words=words,
        said=partial(_said, words),
        worded=worded,
        around=around,
        others_of=_others,
    )


def _pieces(block: CheckedBlock, findings: Sequence[Finding]) -> list[_Piece]:
    """Returns the text of a block, cut at its quotations."""
    pieces: list[_Piece] = []
    position = block.start
    for number, finding in enumerate(findings, 1):
        for start, end in finding.quotation.spans:
            if not block.start <= start < end <= block.end or start < position:
                continue
            # The closing mark is part of the piece, so that the tag with the verdict comes after it.
            behind = _CLOSING.match(block.text, end - block.start)
            closing = behind.group() if behind else ""
            words = block.text[start - block.start : end - block.start]
            pieces.append(_Piece(words=block.text[position - block.start : start - block.start]))
            pieces.append(_Piece(words=words, closing=closing, number=number, look=_look(finding)))
            position = end + len(closing)
    return [*pieces, _Piece(words=block.text[position - block.start :])]


def _said(words: Wording, remark: Remark) -> str:
    """Returns a remark in words; in Arabic its values are isolated (FSI, PDI), since most are in Latin letters.

    Source: Unicode Standard Annex #9, Bidirectional Algorithm, section 2.4 (explicit directional isolates).
    """
    if direction_of(words.language) == "ltr":
        return remark.say(words)
    return words.say(remark.kind, **{name: f"\u2068{value}\u2069" for name, value in remark.values.items()})


def _look(finding: Finding) -> str:
    return _REMARKED if finding.verdict == "verified" and finding.warnings else finding.verdict


def _others(finding: Finding) -> int:
    """Returns how many other statements contain the words of a finding."""
    here = finding.place.statement_id if finding.place else None
    return len({place.statement_id for place in finding.found_in} - {here})
