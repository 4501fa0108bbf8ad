"""A checked draft as HTML: its text with every quotation marked, and the findings below each paragraph."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from typing import Final

from app.checking.blocks import Block, Document
from app.checking.checker import Around
from app.checking.findings import CheckReport, Finding, Place
from app.checking.report import CodeNamer, named_in_words
from app.ui.words import say

# A sign beside the colour and the word, for whoever does not see the colour.
_SIGNS: Final[dict[str, str]] = {
    "verified": "✓",
    "altered": "≠",
    "misattributed": "⇄",
    "not_found": "?",
    "remarked": "!",
}
# How a finding looks: as its verdict, but for verified words that bear a remark.
_REMARKED: Final = "remarked"
# Of a longer draft only paragraphs with quotations and their neighbours are shown.
_WHOLE: Final = 120_000
_CLOSING: Final = re.compile(r"\s*[”“\"»«’'›」』〞〟＂]")

Surroundings = Callable[[Place], Around | None]


def check_html(document: Document, report: CheckReport, names: CodeNamer, around: Surroundings) -> str:
    """Renders a checked draft; everything in it is escaped.

    Args:
        document: The draft.
        report: What was found.
        names: Gives the name of a party's code.
        around: Gives the source text around a place.
    """
    by_block: dict[int, list[int]] = {}
    for number, finding in enumerate(report.findings):
        by_block.setdefault(document.index_at(max(0, finding.quotation.spans[-1][1] - 1)), []).append(number)
    parts = []
    shown = _shown(document, by_block)
    for index, block in enumerate(document.blocks):
        if index not in shown:
            if index - 1 in shown:
                parts.append('<p class="u-note u-check-gap">…</p>')
            continue
        parts.append(_block(block, report.findings))
        parts += [_card(number, report.findings[number], names, around) for number in by_block.get(index, ())]
    return (
        f"{_summary(report)}"
        f'<article class="u-check-text" aria-label="{say("marked-draft")}">{"".join(parts)}</article>'
        f"{_skipped(report)}{_limits()}"
    )


def _shown(document: Document, by_block: dict[int, list[int]]) -> set[int]:
    if len(document.text) <= _WHOLE:
        return set(range(len(document.blocks)))
    return {index + step for index in by_block for step in (-1, 0, 1)}


def _summary(report: CheckReport) -> str:
    looks = Counter(map(_look, report.findings))
    badges = "".join(
        f'<li><span class="u-badge u-{look}"><span aria-hidden="true">{_SIGNS[look]} </span>'
        f"{say(f'verdict-{look}')}: {looks[look]}</span></li>"
        for look in ("verified", _REMARKED, "altered", "misattributed", "not_found")
        if looks[look] or look != _REMARKED
    )
    wrong = [
        f'<a class="u-jump u-{_look(finding)}" href="#finding-{number}">'
        f'<span aria-hidden="true">{_SIGNS[_look(finding)]} </span>{number}'
        f'<span class="u-hidden"> {_word(finding)}</span></a>'
        for number, finding in enumerate(report.findings, 1)
        if finding.verdict != "verified" or finding.warnings
    ]
    jumps = (
        f'<nav class="u-jumps" aria-label="{say("look-at")}">{say("look-at")} {"".join(wrong)}</nav>' if wrong else ""
    )
    notes = "".join(f'<li class="u-note">{escape(note)}</li>' for note in report.notes)
    return (
        f'<p class="u-summary" role="status">{say("checked", count=len(report.findings))}</p>'
        f'<ul class="u-check-counts">{badges}</ul>{jumps}{f"<ul>{notes}</ul>" if notes else ""}'
    )


def _block(block: Block, findings: Sequence[Finding]) -> str:
    pieces: list[str] = []
    position = block.start
    for number, finding in enumerate(findings, 1):
        for start, end in finding.quotation.spans:
            if not block.start <= start < end <= block.end or start < position:
                continue
            pieces.append(escape(block.text[position - block.start : start - block.start]))
            words = escape(block.text[start - block.start : end - block.start])
            word, look = _word(finding), _look(finding)
            # The tag comes after the mark that closes the quotation.
            behind = _CLOSING.match(block.text, end - block.start)
            closing = behind.group() if behind else ""
            pieces.append(
                f'<mark class="u-finding u-{look}">{words}</mark>{escape(closing)}'
                f'<a class="u-tag u-{look}" href="#finding-{number}">'
                f'<span aria-hidden="true">{_SIGNS[look]} </span>{word} {number}</a>'
            )
            position = end + len(closing)
    pieces.append(escape(block.text[position - block.start :]))
    marked = len(pieces) > 1
    label = f'<span class="u-note">{escape(" · ".join(block.labels))} — </span>' if block.labels and marked else ""
    tags = {"heading": ("h3", ""), "quote": ("blockquote", "")}
    tag, extra = tags.get(block.kind, ("p", f' class="u-block-{block.kind}"'))
    return f'<{tag}{extra} dir="auto">{label}{"".join(pieces)}</{tag}>'


def _card(index: int, finding: Finding, names: CodeNamer, around: Surroundings) -> str:
    number, word, look = index + 1, _word(finding), _look(finding)
    head = (
        f'<span class="u-badge u-{look}"><span aria-hidden="true">{_SIGNS[look]} </span>'
        f"{word}</span>"
        f'<span class="u-note">{say("in-draft")} <bdi>{escape(named_in_words(finding, names))}</bdi></span>'
    )
    remarks = (say(f"remark-{remark.kind}", **remark.values) for remark in finding.warnings)
    warnings = "".join(f"<li><bdi>{escape(remark)}</bdi></li>" for remark in remarks)
    listed = f'<ul class="u-check-warnings">{warnings}</ul>' if warnings else ""
    meaning = "" if finding.verdict == "verified" else f'<p class="u-note">{say(f"means-{finding.verdict}")}</p>'
    body = f"{meaning}{_diff(finding)}{listed}{_place(finding, around)}"
    return (
        f'<section class="u-check-card u-{look}" id="finding-{number}" tabindex="-1" '
        f'aria-label="{say("quotation", number=number)}: {word}"><header>'
        f'<span class="u-number" aria-hidden="true">{number}</span>'
        f"{head}</header>{body}</section>"
    )


def _word(finding: Finding) -> str:
    return say(f"verdict-{_look(finding)}")


def _look(finding: Finding) -> str:
    return _REMARKED if finding.verdict == "verified" and finding.warnings else finding.verdict


def _limits() -> str:
    items = "".join(f"<li>{say(f'limit-{limit}')}</li>" for limit in ("unmarked", "nobody", "choice"))
    return f'<details class="u-source"><summary>{say("check-limits")}</summary><ul>{items}</ul></details>'


def _diff(finding: Finding) -> str:
    if not finding.changes:
        return ""
    pieces = []
    for change in finding.changes:
        words = escape(change.text)
        if change.kind == "left_out":
            pieces.append(
                f'<del><span class="u-hidden">[{say("left-out")} </span>{words}<span class="u-hidden">]</span></del>'
            )
        elif change.kind == "put_in":
            pieces.append(
                f'<ins><span class="u-hidden">[{say("put-in")} </span>{words}<span class="u-hidden">]</span></ins>'
            )
        else:
            pieces.append(words)
    return f'<p class="u-note">{say("diff-legend")}</p><p class="u-diff" dir="auto">{" ".join(pieces)}</p>'


def _place(finding: Finding, around: Surroundings) -> str:
    if finding.place is None:
        return ""
    label = say("nearest" if finding.verdict == "altered" else "stands-in")
    others = len({place.statement_id for place in finding.found_in} - {finding.place.statement_id})
    more = f'<span class="u-note"> {say("and-more", count=others)}</span>' if others else ""
    text = around(finding.place)
    context = ""
    if text is not None:
        lang = f' lang="{escape(text.language)}"' if text.language else ""
        context = (
            f'<blockquote class="u-quote" dir="auto"{lang}>{"… " if text.before else ""}{escape(text.before)}'
            f"<mark>{escape(text.words)}</mark>{escape(text.after)}{' …' if text.after else ''}</blockquote>"
        )
    return (
        f'<details class="u-source u-check-place"><summary>{label} <bdi class="u-reference">'
        f"{escape(finding.place.reference)}</bdi>{more}</summary>{context}</details>"
    )


def _skipped(report: CheckReport) -> str:
    if not report.skipped:
        return ""
    items = "".join(
        f"<li><bdi>“{escape(skipped.quote)}”</bdi> "
        f'<span class="u-note">({escape(skipped.where)}: {escape(skipped.reason)})</span></li>'
        for skipped in report.skipped
    )
    counted = say("not-checked", count=len(report.skipped))
    return f'<details class="u-source u-check-skipped"><summary>{counted}</summary><ul>{items}</ul></details>'
