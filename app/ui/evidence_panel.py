"""The evidence panel: one card per citation, with its words in their paragraph and where they come from."""

from base64 import b64encode
from collections.abc import Sequence
from functools import partial
from html import escape

from app.corpus.corpus import Corpus, EvidenceContext
from app.errors import AppError
from app.records import Answer, Citation, Verdict
from app.ui.provenance_html import PartyNamer, provenance, speaker_line
from ingest.errors import IngestError
from vectorstore.errors import StoreError

_VERDICTS: dict[Verdict, tuple[str, str]] = {
    "verified": ("Verified", "The quotation stands word for word in the stored statement."),
    "altered": ("Altered", "The stored statement has other words here."),
    "misattributed": ("Misattributed", "These words were spoken by someone else."),
    "not_found": ("Not found", "These words stand in no stored statement."),
}
_AROUND = 320  # characters of the paragraph shown on each side before the rest is folded away


def card_id(turn: int, number: int) -> str:
    """Names the card of a citation, uniquely on the page."""
    return f"card-{turn}-{number}"


def evidence_section(turn: int, answer: Answer, corpus: Corpus) -> str:
    """Renders all evidence of one answer.

    Args:
        turn: Number of the turn in its conversation; part of every card's id.
        answer: The answer whose citations are shown.
        corpus: Gives each citation's paragraph and reference, and names the parties.
    """
    names = partial(corpus.party_name, language=answer.scope.language)

    def cards(citations: Sequence[Citation]) -> str:
        return "".join(_card(turn, citation, corpus, names, answer.scope.language) for citation in citations)

    parts = []
    if answer.citations:
        parts.append(f'<h2 class="u-panel-title">Evidence</h2>{cards(answer.citations)}')
        if answer.more:
            parts.append(f'<p class="u-note">{_count(answer.more, "more sentence")} on this, not shown.</p>')
    if answer.related:
        parts.append(
            '<h2 class="u-panel-title">Related, not an answer</h2>'
            '<p class="u-note">These passages may help, but they do not answer the question.</p>'
            + cards(answer.related)
        )
    return "".join(parts) or '<p class="u-empty">No evidence to show for this question.</p>'


def evidence_panel(sections: Sequence[tuple[int, str]]) -> str:
    """Renders the panel: every turn's evidence, the newest shown, the others one click on a marker away."""
    if not sections:
        return (
            '<div class="u-panel"><h2 class="u-panel-title">Evidence</h2><p class="u-empty">'
            "The quotations behind an answer appear here, each in its paragraph, with its source.</p></div>"
        )
    newest = sections[-1][0]
    return (
        '<div class="u-panel">'
        + "".join(
            f'<section class="u-evidence" data-turn="{turn}" aria-label="Evidence for question {turn}"'
            f"{'' if turn == newest else ' hidden'}>{section}</section>"
            for turn, section in sections
        )
        + "</div>"
    )


def _card(turn: int, citation: Citation, corpus: Corpus, names: PartyNamer, language: str) -> str:
    identifier = card_id(turn, citation.number)
    verdict, meaning = _VERDICTS[citation.verdict]
    speaker = escape(speaker_line(citation, names))
    sources = "".join(
        f"<li><bdi>{escape(words)}</bdi>{_INFERRED if inferred else ''}</li>"
        for words, inferred in provenance(citation)
    )
    state_inferred = _INFERRED if "state" in citation.inferred else ""
    try:
        body, direction = _paragraph(corpus.context(citation), citation.language)
        reference = corpus.reference(citation, language)
    except (AppError, StoreError) as error:
        body, direction, reference = f'<p class="u-note">{escape(str(error))}</p>', "auto", citation.quote
    return (
        f'<article class="u-card" id="{identifier}" tabindex="-1" aria-labelledby="{identifier}-title">'
        f'<header><span class="u-number" aria-hidden="true">{citation.number}</span>'
        f'<h3 id="{identifier}-title"><span class="u-hidden">Citation {citation.number}: </span>{speaker}'
        f"{state_inferred}</h3>"
        f'<span class="u-badge u-{citation.verdict}" title="{escape(meaning)}">{verdict}</span></header>'
        f'<ul class="u-provenance">{sources}</ul>{body}{_page(citation)}'
        f'<details class="u-source"><summary>Source text, exactly as stored</summary>'
        f'<pre dir="{direction}">{escape(citation.source_quote)}</pre>'
        f'<p class="u-note">Characters {citation.start}–{citation.end} of statement '
        f"<code>{escape(citation.statement_id)}</code></p></details>"
        f'<footer><button type="button" class="u-button" data-copy="{escape(reference)}" '
        f'aria-label="Copy citation {citation.number} as reference">Copy as reference</button>'
        f'<button type="button" class="u-button u-quiet" data-back="{identifier}" '
        f'aria-label="Back to citation {citation.number} in the answer">Back to the answer</button></footer>'
        "</article>"
    )


_INFERRED = ' <span class="u-inferred" title="Concluded, not read in the text">inferred</span>'


def _paragraph(context: EvidenceContext, language: str | None) -> tuple[str, str]:
    before, after = _end_of(context.before), _start_of(context.after)
    lang = f' lang="{escape(language)}"' if language else ""
    attributes = f'class="u-quote" dir="{context.direction}"{lang}'
    mark = f"<mark>{escape(context.quote)}</mark>"
    body = f"<blockquote {attributes}>{escape(before)}{mark}{escape(after)}</blockquote>"
    if (before, after) != (context.before, context.after):
        whole = f"{escape(context.before)}{mark}{escape(context.after)}"
        body += (
            '<details class="u-source"><summary>More of the paragraph</summary>'
            f"<blockquote {attributes}>{whole}</blockquote></details>"
        )
    return body, context.direction


def _page(citation: Citation) -> str:
    """Renders where the page's image goes once it is opened; the browser then asks for it."""
    if citation.page is None:
        return ""
    return (
        f'<details class="u-source u-page" data-statement="{escape(citation.statement_id)}" '
        f'data-start="{citation.start}" data-end="{citation.end}"><summary>Page {citation.page} as in the file'
        '</summary><p class="u-note" role="status">Opening the page…</p></details>'
    )


def page_json(corpus: Corpus, asked: object) -> dict[str, str]:
    """Answers the browser's request for the image of a page.

    Args:
        corpus: Gives the image.
        asked: What the browser sent: `statement`, `start` and `end`, whatever it put into them.

    Returns:
        `image`, a data URI, with `alt` and `note`; or only `note`, which says why there is no image.
    """
    try:
        values = asked if isinstance(asked, dict) else {}
        found = corpus.page_image(str(values["statement"]), int(values["start"]), int(values["end"]))
    except (KeyError, TypeError, ValueError):
        return {"note": "This page cannot be shown: the request for it was not understood."}
    except (AppError, IngestError, StoreError) as error:
        return {"note": str(error)}
    where = "with the quotation marked" if found.marked else "on which the quotation could not be marked"
    return {
        "image": f"data:image/png;base64,{b64encode(found.png).decode('ascii')}",
        "alt": f"Page {found.page} of the file, {where}",
        "note": "" if found.marked else "The quotation could not be marked on this page.",
    }


def _end_of(text: str) -> str:
    if len(text) <= _AROUND:
        return text
    tail = text[-_AROUND:]
    return "… " + tail[tail.find(" ") + 1 :]


def _start_of(text: str) -> str:
    if len(text) <= _AROUND:
        return text
    head = text[:_AROUND]
    return head[: head.rfind(" ")] + " …" if " " in head else head + "…"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
