"""A briefing as HTML: the matrix of kinds, every cell with its quotations and its review, and what was searched."""

import base64
from collections.abc import Sequence
from html import escape
from typing import Final

from app.answering.provenance import spoken_date
from app.briefing.cells import Briefing, Cell, EvidenceWords
from app.briefing.table_builder import BriefingProgress
from app.records import Citation, Claim
from app.retrieval.position_marks import KINDS, PositionKind
from app.ui.provenance_html import provenance, speaker_line
from prompts.wording import load_document_words

# The component's event that carries a review; `select` is for what opens something.
REVIEW_EVENT: Final = "apply"
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})
_NO_NAME: Final = "—"


def briefing_html(briefing: Briefing, pictures: Sequence[tuple[bytes, str]] = ()) -> str:
    """Renders a briefing.

    Args:
        briefing: The briefing.
        pictures: PNG files with the words that stand for them.
    """
    shown = "".join(_picture(png, words) for png, words in pictures)
    return (
        f'<section class="u-briefing" aria-label="Briefing"><h2 tabindex="-1" id="briefing-title" dir="auto">'
        f"{escape(briefing.title)}</h2>{_coverage(briefing)}{_writing(briefing)}{_matrices(briefing)}"
        + _over_time(briefing)
        + (f'<details class="u-source" open><summary>Pictures</summary>{shown}</details>' if shown else "")
        + "".join(_subject(briefing, subject.label) for subject in briefing.subjects)
        + "</section>"
    )


def progress_html(progress: BriefingProgress | None) -> str:
    """Renders how far a briefing is."""
    if progress is None:
        return '<div class="u-progress" role="status"><progress aria-label="Briefing"></progress><p>Starting…</p></div>'
    return (
        f'<div class="u-progress" role="status"><progress aria-label="Briefing" max="{max(progress.total, 1)}" '
        f'value="{progress.done}"></progress><p>{progress.done} of {progress.total} cells · '
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
    label = "Positions" if session is None else f"Positions in session {session}"
    title = "" if session is None else f'<h3 class="u-panel-title">Session {escape(session)}</h3>'
    return (
        f'{title}<div class="u-scroll" tabindex="0" role="region" aria-label="{escape(label)}">'
        f'<table class="u-table u-matrix"><thead><tr><th scope="col">State or group</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _badge(briefing: Briefing, cell: Cell, *, link: bool) -> str:
    rejected = cell.is_rejected
    kind, words = "no_position" if rejected else cell.holds, briefing.label(cell)
    count = f' <span class="u-note">{len(cell.citations)}</span>' if cell.citations else ""
    mark = '<span title="Reviewed by a person"> ✓<span class="u-hidden"> reviewed</span></span>' if cell.review else ""
    badge = f'<span class="u-badge u-kind-{kind}">{words}{mark}</span>{count}'
    return f'<a class="u-cell" href="#cell-{cell.key}">{badge}</a>' if link and (cell.citations or cell.note) else badge


def _subject(briefing: Briefing, label: str) -> str:
    cells = [cell for cell in briefing.cells if cell.subject == label and (cell.citations or cell.note)]
    return f'<h3 class="u-panel-title" dir="auto">{escape(label)}</h3>' + "".join(_cell(briefing, c) for c in cells)


def _cell(briefing: Briefing, cell: Cell) -> str:
    name = escape(briefing.names[cell.party])
    session = f" · session {escape(cell.session)}" if cell.session else ""
    quotations = "".join(_quotation(briefing, briefing.citation(number), cell.words) for number in cell.citations)
    note = f'<p class="u-note" dir="auto">{escape(cell.note)}</p>' if cell.note else ""
    more = f'<p class="u-note">Further sentences on this: {cell.more}.</p>' if cell.more else ""
    return (
        f'<article class="u-card" id="cell-{cell.key}" tabindex="-1" aria-label="{name}, {escape(cell.subject)}">'
        f"<header><h3><bdi>{name}</bdi>{session}</h3>{_badge(briefing, cell, link=False)}</header>"
        f"{_why(briefing, cell)}{note}{_claims(briefing, cell)}{quotations}{more}{_review(briefing, cell)}</article>"
    )


def _claims(briefing: Briefing, cell: Cell) -> str:
    """Renders what a model worded, which a person who rejected the evidence has rejected as well."""
    if not cell.claims or cell.is_rejected:
        return ""

    def claimed(claim: Claim) -> str:
        whose = briefing.names.get(claim.state or "", _NO_NAME)
        label = "" if claim.state == cell.party else f"<b><bdi>{escape(whose)}</bdi></b>: "
        numbers = " ".join(
            f'<span class="u-number" aria-label="Citation {number}">{number}</span>' for number in claim.citations
        )
        return f'<li dir="auto">{label}{escape(claim.text)} {numbers}</li>'

    marked = escape(load_document_words(briefing.language).say("worded"))
    items = "".join(map(claimed, cell.claims))
    return f'<div class="u-worded"><ul>{items}</ul><p class="u-note">{marked}</p></div>'


def _writing(briefing: Briefing) -> str:
    notes = () if briefing.writing is None else briefing.writing.notes
    return f'<p class="u-note" dir="auto">{escape(" ".join(notes))}</p>' if notes else ""


def _why(briefing: Briefing, cell: Cell) -> str:
    if cell.review is not None:
        who = escape(cell.review.reviewer or "a person")
        note = f": {escape(cell.review.note)}" if cell.review.note else ""
        suggested = briefing.subject(cell.subject).kind_label(cell.kind)
        return f'<p class="u-note" dir="auto">Reviewed by {who}{note}. The rules suggested: {suggested}.</p>'
    if not cell.words:
        return ""
    shown = ", ".join(f"“<b>{escape(words.text)}</b>”" for words in cell.words)
    return f'<p class="u-note" dir="auto">Suggested by rules, for {shown}; not reviewed yet.</p>'


def _quotation(briefing: Briefing, citation: Citation, words: Sequence[EvidenceWords]) -> str:
    def names(code: str | None) -> str:
        return _NO_NAME if code is None else briefing.names.get(code, code)

    direction = "rtl" if citation.language in _RIGHT_TO_LEFT else "ltr"
    language = f' lang="{escape(citation.language)}"' if citation.language else ""
    shown = _marked(citation, [item.text for item in words if item.citation == citation.number])
    sources = "".join(f"<li><bdi>{escape(text)}</bdi></li>" for text, _ in provenance(citation))
    return (
        f'<blockquote class="u-quote" dir="{direction}"{language}>“{shown}” '
        f'<span class="u-number" aria-label="Citation {citation.number}">{citation.number}</span></blockquote>'
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

    held, label = cell.review, briefing.subject(cell.subject).kind_label

    def button(state: str, kind: PositionKind | None, words: str) -> str:
        pressed = held is not None and held.state == state and (state == "accepted" or held.kind == kind)
        return (
            f'<button type="button" class="u-button{" u-done" if pressed else ""}" '
            f'aria-pressed="{"true" if pressed else "false"}" data-action="review" data-event="{REVIEW_EVENT}" '
            f'data-key="{cell.key}" data-state="{state}" data-kind="{kind or ""}">{words}</button>'
        )

    others = "".join(button("changed", kind, label(kind)) for kind in KINDS if kind not in (cell.kind, "no_statement"))
    accepted = button("accepted", cell.kind, f"Accept “{label(cell.kind)}”")
    rejected = button("rejected", None, "Evidence does not fit")
    undo = button("open", None, "Take back") if held is not None else ""
    return (
        f'<footer role="group" aria-label="Review">{accepted}{rejected}{undo}'
        f'<details class="u-source"><summary>Another kind</summary><p class="u-actions">{others}</p></details></footer>'
    )


def _over_time(briefing: Briefing) -> str:
    changes = "".join(
        f'<li dir="auto"><b><bdi>{escape(briefing.names[c.party])}</bdi></b>, {escape(c.subject)}: '
        f"{_moment(briefing, c.subject, c.earlier, c.earlier_kind)} → "
        f"{_moment(briefing, c.subject, c.later, c.later_kind)}</li>"
        for c in briefing.changes
    )
    repeated = "".join(
        f'<li dir="auto"><b><bdi>{escape(briefing.names[r.party])}</bdi></b>, {escape(r.subject)}: the same words in '
        f"{', '.join(escape(_when(briefing.citation(number))) for number in r.citations)}"
        f"{_short(briefing.citation(r.citations[0]))}</li>"
        for r in briefing.repetitions
    )
    parts = []
    if changes:
        parts.append(
            f'<h3 class="u-panel-title">What changed, as the rules suggest</h3><ul class="u-list">{changes}</ul>'
        )
    if repeated:
        parts.append(f'<h3 class="u-panel-title">Read out again</h3><ul class="u-list">{repeated}</ul>')
    return "".join(parts)


def _moment(briefing: Briefing, subject: str, number: int, kind: PositionKind) -> str:
    citation = briefing.citation(number)
    return f"{briefing.subject(subject).kind_label(kind)} ({escape(_when(citation))}){_short(citation)}"


def _when(citation: Citation) -> str:
    if citation.date:
        return spoken_date(citation.date, "en") or ""
    return f"session {citation.session}" if citation.session else citation.file


def _short(citation: Citation) -> str:
    direction = "rtl" if citation.language in _RIGHT_TO_LEFT else "ltr"
    return (
        f'<details class="u-source"><summary>Quotation {citation.number}</summary>'
        f'<blockquote class="u-quote" dir="{direction}">“{escape(citation.quote)}”</blockquote></details>'
    )


def _coverage(briefing: Briefing) -> str:
    coverage = briefing.coverage
    facts = [
        f"<li><b>{coverage.statements_in_scope}</b> statements searched</li>",
        f"<li><b>{coverage.statements_with_evidence}</b> with evidence</li>",
    ]
    lists = (
        ("No evidence from", [briefing.names[code] for code in coverage.states_without_evidence]),
        ("No statement from", [briefing.names[code] for code in coverage.states_without_statement]),
        ("Could not read", list(coverage.unreadable_files)),
    )
    facts += [
        f"<li>{label} {', '.join(f'<bdi>{escape(item)}</bdi>' for item in items)}</li>"
        for label, items in lists
        if items
    ]
    return f'<ul class="u-coverage" aria-label="Coverage">{"".join(facts)}</ul>'


def _picture(png: bytes, words: str) -> str:
    data = base64.b64encode(png).decode("ascii")
    return (
        f'<div class="u-scroll" tabindex="0" role="region" aria-label="Picture">'
        f'<img class="u-picture" src="data:image/png;base64,{data}" alt="{escape(words)}"></div>'
    )
