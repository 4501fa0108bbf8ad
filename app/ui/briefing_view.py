"""A briefing as HTML: the matrix of kinds, every cell with its quotations and its review, and what was searched."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Final

from app.answering.provenance import spoken_date
from app.briefing.cells import Briefing, Cell, EvidenceWords
from app.briefing.table_builder import BriefingProgress
from app.records import Citation, Claim
from app.retrieval.position_marks import KINDS, PositionKind
from app.ui.provenance_html import provenance, speaker_line
from app.ui.words import language, say
from prompts.wording import load_document_words

# The component's event that carries a review; `select` is for what opens something.
REVIEW_EVENT: Final = "apply"
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})
_NO_NAME: Final = "—"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search for one cell found, to choose from.

    Attributes:
        key: The cell's.
    """

    key: str
    words: str
    citations: tuple[Citation, ...]


def briefing_html(
    briefing: Briefing,
    pictures: Sequence[tuple[bytes, str]] = (),
    *,
    identifier: str = "",
    found: Found | None = None,
) -> str:
    """Renders a briefing.

    Args:
        briefing: The briefing.
        pictures: PNG files with the words that stand for them.
        identifier: Under which it is kept, which the address of the page then names.
        found: What was found for one of its cells.
    """
    shown = "".join(_picture(number, png, words) for number, (png, words) in enumerate(pictures, 1))
    return (
        f'<section class="u-briefing" data-briefing="{escape(identifier)}" data-title="{escape(briefing.title)}" '
        f'aria-label="{say("tab-briefing")}"><h2 tabindex="-1" id="briefing-title" dir="auto">'
        f"{escape(briefing.title)}</h2>{_coverage(briefing)}{_writing(briefing)}{_matrices(briefing)}"
        + _over_time(briefing)
        + (f'<details class="u-source" open><summary>{say("pictures")}</summary>{shown}</details>' if shown else "")
        + "".join(_subject(briefing, subject.label, found) for subject in briefing.subjects)
        + "</section>"
    )


def progress_html(progress: BriefingProgress | None) -> str:
    """Renders how far a briefing is."""
    if progress is None:
        return (
            f'<div class="u-progress" role="status"><progress aria-label="{say("tab-briefing")}"></progress>'
            f"<p>{say('starting')}</p></div>"
        )
    return (
        f'<div class="u-progress" role="status"><progress aria-label="{say("tab-briefing")}" '
        f'max="{max(progress.total, 1)}" value="{progress.done}"></progress>'
        f"<p>{say('cells-done', done=progress.done, total=progress.total)} · "
        f"<bdi>{escape(progress.label)}</bdi></p></div>"
    )


def _matrices(briefing: Briefing) -> str:
    return "".join(_matrix(briefing, session) for session in briefing.sessions or (None,))


def _matrix(briefing: Briefing, session: str | None) -> str:
    heads = "".join(f'<th scope="col" dir="auto">{escape(subject.label)}</th>' for subject in briefing.subjects)
    cells = {(cell.party, cell.subject): cell for cell in briefing.cells if cell.session == session}
    rows = "".join(
        f'<tr><th scope="row"><bdi>{escape(briefing.names[code])}</bdi></th>'
        + "".join(
            f"<td>{_badge(briefing, cells[code, subject.label], link=True)}</td>" for subject in briefing.subjects
        )
        + "</tr>"
        for code in briefing.parties
    )
    label = say("positions") if session is None else f"{say('positions')}, {say('session', value=session)}"
    title = "" if session is None else f'<h3 class="u-panel-title">{say("session", value=escape(session))}</h3>'
    return (
        f'{title}<div class="u-scroll" tabindex="0" role="region" aria-label="{escape(label)}">'
        f'<table class="u-table u-matrix"><thead><tr><th scope="col">{say("state-or-group")}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _badge(briefing: Briefing, cell: Cell, *, link: bool) -> str:
    rejected = cell.is_rejected
    kind, words = "no_position" if rejected else cell.holds, _label(briefing, cell)
    count = f' <span class="u-note">{len(cell.citations)}</span>' if cell.citations else ""
    mark = f'<span> ✓<span class="u-hidden"> {say("reviewed")}</span></span>' if cell.review else ""
    badge = f'<span class="u-badge u-kind-{kind}">{words}{mark}</span>{count}'
    return f'<a class="u-cell" href="#cell-{cell.key}">{badge}</a>' if link else badge


def _label(briefing: Briefing, cell: Cell) -> str:
    if cell.is_rejected:
        return say("evidence-rejected")
    if cell.holds == "no_position" and cell.citations:
        return say("mentioned")
    return kind_label(briefing, cell.subject, cell.holds)


def kind_label(briefing: Briefing, subject: str, kind: PositionKind) -> str:
    """Returns a kind of position on a subject in the reader's words."""
    against = "_against" if briefing.subject(subject).harm and kind == "supports" else ""
    return load_document_words(language()).say(f"kind_{kind}{against}")


def _subject(briefing: Briefing, label: str, found: Found | None) -> str:
    cells = [cell for cell in briefing.cells if cell.subject == label]
    return f'<h3 class="u-panel-title" dir="auto">{escape(label)}</h3>' + "".join(
        _cell(briefing, c, found if found is not None and found.key == c.key else None) for c in cells
    )


def _cell(briefing: Briefing, cell: Cell, found: Found | None) -> str:
    name = escape(briefing.names[cell.party])
    session = f" · {say('session', value=escape(cell.session))}" if cell.session else ""
    quotations = "".join(
        _quotation(briefing, briefing.citation(number), cell.words, _button(cell, "drop", say("drop"), number))
        for number in cell.citations
    )
    note = f'<p class="u-note" dir="auto">{escape(cell.note)}</p>' if cell.note else ""
    more = f'<p class="u-note">{say("more-not-shown", count=cell.more)}</p>' if cell.more else ""
    return (
        f'<article class="u-card" id="cell-{cell.key}" tabindex="-1" aria-label="{name}, {escape(cell.subject)}">'
        f"<header><h3><bdi>{name}</bdi>{session}</h3>{_badge(briefing, cell, link=False)}</header>"
        f"{_why(briefing, cell)}{note}{_claims(briefing, cell)}{quotations}{more}{_adding(briefing, cell, found)}"
        f"{_review(briefing, cell)}</article>"
    )


def _adding(briefing: Briefing, cell: Cell, found: Found | None) -> str:
    """Renders the search for one more quotation, and what it found."""
    offered = ""
    if found is not None:
        cards = "".join(
            _quotation(briefing, citation, (), _button(cell, "add", say("add-this"), place))
            for place, citation in enumerate(found.citations)
        )
        offered = cards or f'<p class="u-note" role="status">{say("none-found")}</p>'
    typed = escape(found.words if found is not None else "")
    return (
        f'<details class="u-source"{" open" if found is not None else ""}><summary>{say("add-quotation")}</summary>'
        f'<div class="u-form"><input type="search" value="{typed}" aria-label="{say("words-to-find")}">'
        f"{_button(cell, 'find', say('find'))}</div>{offered}</details>"
    )


def _button(cell: Cell, action: str, words: str, number: int | None = None) -> str:
    which = "" if number is None else f' data-number="{number}"'
    return (
        f'<button type="button" class="u-button u-quiet" data-action="{action}" data-event="{REVIEW_EVENT}" '
        f'data-key="{escape(cell.key)}"{which}>{words}</button>'
    )


def _claims(briefing: Briefing, cell: Cell) -> str:
    """Renders what a model worded, which a person who rejected the evidence has rejected as well."""
    if not cell.claims or cell.is_rejected:
        return ""

    def claimed(claim: Claim) -> str:
        whose = briefing.names.get(claim.state or "", _NO_NAME)
        label = "" if claim.state == cell.party else f"<b><bdi>{escape(whose)}</bdi></b>: "
        numbers = " ".join(map(_number, claim.citations))
        return f'<li dir="auto">{label}{escape(claim.text)} {numbers}</li>'

    marked = escape(load_document_words(briefing.language).say("worded"))
    items = "".join(map(claimed, cell.claims))
    return f'<div class="u-worded"><ul>{items}</ul><p class="u-note">{marked}</p></div>'


def _number(number: int) -> str:
    hidden = f'<span class="u-hidden">{say("citation", number=number)}</span>'
    return f'<span class="u-number">{hidden}<span aria-hidden="true">{number}</span></span>'


def _writing(briefing: Briefing) -> str:
    notes = () if briefing.writing is None else briefing.writing.notes
    return f'<p class="u-note" dir="auto">{escape(" ".join(notes))}</p>' if notes else ""


def _why(briefing: Briefing, cell: Cell) -> str:
    if cell.review is not None:
        who = escape(cell.review.reviewer or say("a-person"))
        note = f": {escape(cell.review.note)}" if cell.review.note else ""
        suggested = kind_label(briefing, cell.subject, cell.kind)
        return f'<p class="u-note" dir="auto">{say("reviewed-by", who=who + note, kind=suggested)}</p>'
    if not cell.words:
        return ""
    shown = ", ".join(f"“<b>{escape(words.text)}</b>”" for words in cell.words)
    return f'<p class="u-note" dir="auto">{say("suggested", words=shown)}</p>'


def _quotation(briefing: Briefing, citation: Citation, words: Sequence[EvidenceWords], button: str) -> str:
    def names(code: str | None) -> str:
        return _NO_NAME if code is None else briefing.names.get(code, code)

    direction = "rtl" if citation.language in _RIGHT_TO_LEFT else "ltr"
    lang = f' lang="{escape(citation.language)}"' if citation.language else ""
    shown = _marked(citation, [item.text for item in words if item.citation == citation.number])
    sources = "".join(f"<li><bdi>{escape(text)}</bdi></li>" for text, _ in provenance(citation))
    return (
        f'<blockquote class="u-quote" dir="{direction}"{lang}>“{shown}” '
        f"{_number(citation.number)} {button}</blockquote>"
        f'<ul class="u-provenance"><li><bdi>{escape(speaker_line(citation, names))}</bdi></li>{sources}</ul>'
    )


def _marked(citation: Citation, words: Sequence[str]) -> str:
    """Marks the words that show the kind, each at its first occurrence after the one before."""
    parts: list[str] = []
    at = 0
    for text in words:
        begin = citation.quote.find(text, at)
        if begin >= 0:
            parts.append(f"{escape(citation.quote[at:begin])}<mark>{escape(text)}</mark>")
            at = begin + len(text)
    return "".join(parts) + escape(citation.quote[at:])


def _review(briefing: Briefing, cell: Cell) -> str:
    if not cell.citations:
        return ""

    held, label = cell.review, partial(kind_label, briefing, cell.subject)

    def button(state: str, kind: PositionKind | None, words: str) -> str:
        pressed = held is not None and held.state == state and (state == "accepted" or held.kind == kind)
        return (
            f'<button type="button" class="u-button{" u-done" if pressed else ""}" '
            f'aria-pressed="{"true" if pressed else "false"}" data-action="review" data-event="{REVIEW_EVENT}" '
            f'data-key="{cell.key}" data-state="{state}" data-kind="{kind or ""}">{words}</button>'
        )

    others = "".join(button("changed", kind, label(kind)) for kind in KINDS if kind not in (cell.kind, "no_statement"))
    accepted = button("accepted", cell.kind, say("accept", kind=label(cell.kind)))
    rejected = button("rejected", None, say("does-not-fit"))
    undo = button("open", None, say("take-back")) if held is not None else ""
    return (
        f'<footer role="group" aria-label="{say("review")}">{accepted}{rejected}{undo}'
        f'<details class="u-source"><summary>{say("another-kind")}</summary><p class="u-actions">{others}</p></details>'
        "</footer>"
    )


def _over_time(briefing: Briefing) -> str:
    changes = "".join(
        f'<li dir="auto"><b><bdi>{escape(briefing.names[c.party])}</bdi></b>, {escape(c.subject)}: '
        f"{_moment(briefing, c.subject, c.earlier, c.earlier_kind)} → "
        f"{_moment(briefing, c.subject, c.later, c.later_kind)}</li>"
        for c in briefing.changes
    )
    repeated = "".join(
        f'<li dir="auto"><b><bdi>{escape(briefing.names[r.party])}</bdi></b>, {escape(r.subject)}: {say("same-words")} '
        f"{', '.join(escape(_when(briefing.citation(number))) for number in r.citations)}"
        f"{_short(briefing.citation(r.citations[0]))}</li>"
        for r in briefing.repetitions
    )
    parts = []
    if changes:
        parts.append(f'<h3 class="u-panel-title">{say("what-changed")}</h3><ul class="u-changes">{changes}</ul>')
    if repeated:
        parts.append(f'<h3 class="u-panel-title">{say("read-again")}</h3><ul class="u-changes">{repeated}</ul>')
    return "".join(parts)


def _moment(briefing: Briefing, subject: str, number: int, kind: PositionKind) -> str:
    citation = briefing.citation(number)
    return f"{kind_label(briefing, subject, kind)} ({escape(_when(citation))}){_short(citation)}"


def _when(citation: Citation) -> str:
    if citation.date:
        return spoken_date(citation.date, language()) or ""
    return say("session", value=citation.session) if citation.session else citation.file


def _short(citation: Citation) -> str:
    direction = "rtl" if citation.language in _RIGHT_TO_LEFT else "ltr"
    return (
        f'<details class="u-source"><summary>{say("citation", number=citation.number)}</summary>'
        f'<blockquote class="u-quote" dir="{direction}">“{escape(citation.quote)}”</blockquote></details>'
    )


def _coverage(briefing: Briefing) -> str:
    coverage = briefing.coverage
    facts = [
        f"<li>{say('in-scope', count=f'<b>{coverage.statements_in_scope}</b>')}</li>",
        f"<li>{say('with-evidence', count=f'<b>{coverage.statements_with_evidence}</b>')}</li>",
    ]
    lists = (
        (say("no-evidence-from"), [briefing.names[code] for code in coverage.states_without_evidence]),
        (say("no-statement-from"), [briefing.names[code] for code in coverage.states_without_statement]),
        (say("could-not-read"), list(coverage.unreadable_files)),
    )
    facts += [
        f"<li>{label} {', '.join(f'<bdi>{escape(item)}</bdi>' for item in items)}</li>"
        for label, items in lists
        if items
    ]
    return f'<ul class="u-coverage" aria-label="{say("coverage")}">{"".join(facts)}</ul>'


def _picture(number: int, png: bytes, words: str) -> str:
    data = base64.b64encode(png).decode("ascii")
    return (
        f'<div class="u-scroll" tabindex="0" role="region" aria-label="{say("picture")} {number}">'
        f'<img class="u-picture" src="data:image/png;base64,{data}" alt="{escape(words)}"></div>'
    )
