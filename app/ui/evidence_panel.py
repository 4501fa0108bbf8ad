"""The evidence panel: one card per citation, with its words in their paragraph and where they come from."""

from base64 import b64encode
from collections.abc import Sequence
from functools import partial
from html import escape

from app.corpus.corpus import Corpus, EvidenceContext
from app.errors import AppError
from app.records import Answer, Citation
from app.ui.provenance_html import PartyNamer, provenance, speaker_line
from app.ui.words import say
from ingest.errors import IngestError
from vectorstore.errors import StoreError
from vectorstore.records import Document

_AROUND = 320  # characters of the paragraph shown on each side before the rest is folded away


def card_id(turn: int, number: int) -> str:
    """Names the card of a citation, uniquely on the page."""
    return f"card-{turn}-{number}"


def evidence_section(turn: int, answer: Answer, corpus: Corpus, used: Sequence[int] = ()) -> str:
    """Renders all evidence of one answer.

    Args:
        turn: Number of the turn in its conversation; part of every card's id.
        answer: The answer whose citations are shown.
        corpus: Gives each citation's paragraph and reference, and names the parties.
        used: Numbers of related passages that the reader took into the answer, shown as its evidence.
    """
    names = partial(corpus.party_name, language=answer.scope.language)

    def cards(citations: Sequence[Citation], *, related: bool = False) -> str:
        return "".join(
            _card(turn, citation, corpus, names, answer.scope.language, related=related) for citation in citations
        )

    taken = [citation for citation in answer.related if citation.number in used]
    related = [citation for citation in answer.related if citation.number not in used]
    parts = []
    if answer.citations or taken:
        parts.append(f'<h2 class="u-panel-title">{say("evidence")}</h2>{cards((*answer.citations, *taken))}')
        if answer.more:
            parts.append(f'<p class="u-note">{say("more-not-shown", count=answer.more)}</p>')
    if related:
        parts.append(
            f'<h2 class="u-panel-title">{say("related")}</h2><p class="u-note">{say("related-note")}</p>'
            + cards(related, related=True)
        )
    return "".join(parts) or f'<p class="u-empty">{say("no-evidence")}</p>'


def evidence_panel(sections: Sequence[tuple[int, str]], shown: int = 0) -> str:
    """Renders the panel: every turn's evidence, that of one turn shown, the others one click on a marker away."""
    if not sections:
        return (
            f'<div class="u-panel"><h2 class="u-panel-title">{say("evidence")}</h2><p class="u-empty">'
            f"{say('evidence-empty')}</p></div>"
        )
    return (
        '<div class="u-panel">'
        + "".join(
            f'<section class="u-evidence" data-turn="{turn}" aria-label="{say("evidence-for", number=turn)}"'
            f"{'' if turn == shown else ' hidden'}>{section}</section>"
            for turn, section in sections
        )
        + "</div>"
    )


def _card(
    turn: int, citation: Citation, corpus: Corpus, names: PartyNamer, language: str, *, related: bool = False
) -> str:
    identifier = card_id(turn, citation.number)
    speaker = escape(speaker_line(citation, names))
    mark = _inferred()
    sources = "".join(
        f"<li><bdi>{escape(words)}</bdi>{mark if inferred else ''}</li>" for words, inferred in provenance(citation)
    )
    state_inferred = mark if "state" in citation.inferred else ""
    try:
        body, direction = _paragraph(corpus.context(citation), citation.language)
        reference = corpus.reference(citation, language)
    except (AppError, StoreError) as error:
        body, direction, reference = f'<p class="u-note">{escape(str(error))}</p>', "auto", citation.quote
    if related:
        badge = ""
        use = (
            f'<button type="button" class="u-button" data-action="use" data-turn="{turn}" '
            f'data-number="{citation.number}">{say("use-this")}</button>'
        )
    else:
        verdict = citation.verdict
        badge = (
            f'<span class="u-badge u-{verdict}" title="{say(f"means-{verdict}")}">{say(f"verdict-{verdict}")}</span>'
        )
        use = (
            f'<button type="button" class="u-button u-quiet" data-back="{identifier}">{say("back-to-answer")}</button>'
        )
    return (
        f'<article class="u-card{" u-related" if related else ""}" id="{identifier}" tabindex="-1" '
        f'aria-labelledby="{identifier}-title">'
        f'<header><span class="u-number" aria-hidden="true">{citation.number}</span>'
        f'<h3 id="{identifier}-title"><span class="u-hidden">{say("citation", number=citation.number)}: </span>'
        f"{speaker}{state_inferred}</h3>{badge}</header>"
        f'<ul class="u-provenance">{sources}</ul>{body}{_page(citation)}{_whole(citation)}'
        f'<details class="u-source"><summary>{say("source-text")}</summary>'
        f'<pre dir="{direction}">{escape(citation.source_quote)}</pre></details>'
        f'<footer><button type="button" class="u-button" data-copy="{escape(reference)}">'
        f"{say('copy-reference')}</button>{use}</footer></article>"
    )


def _inferred() -> str:
    return f' <span class="u-inferred" title="{say("inferred-means")}">{say("inferred")}</span>'


def _paragraph(context: EvidenceContext, language: str | None) -> tuple[str, str]:
    before, after = _end_of(context.before), _start_of(context.after)
    lang = f' lang="{escape(language)}"' if language else ""
    attributes = f'class="u-quote" dir="{context.direction}"{lang}'
    mark = f"<mark>{escape(context.quote)}</mark>"
    body = f"<blockquote {attributes}>{escape(before)}{mark}{escape(after)}</blockquote>"
    if (before, after) != (context.before, context.after):
        whole = f"{escape(context.before)}{mark}{escape(context.after)}"
        body += (
            f'<details class="u-source"><summary>{say("more-of-paragraph")}</summary>'
            f"<blockquote {attributes}>{whole}</blockquote></details>"
        )
    return body, context.direction


def _page(citation: Citation) -> str:
    """Renders where the page's image goes once it is opened; the browser then asks for it."""
    if citation.page is None:
        return ""
    page = say("page-as-in-file", page=citation.page)
    return fetched_html(citation.statement_id, citation.start, citation.end, "page_image", page)


def _whole(citation: Citation) -> str:
    """Renders where the whole statement goes once it is opened."""
    return fetched_html(citation.statement_id, citation.start, citation.end, "whole_statement", say("whole-statement"))


def fetched_html(statement_id: str, start: int, end: int, what: str, summary: str) -> str:
    """Renders a fold whose content the browser asks for, as `what`, once it is opened."""
    return (
        f'<details class="u-source u-fetched" data-what="{what}" data-statement="{escape(statement_id)}" '
        f'data-start="{start}" data-end="{end}" data-failed="{say("fetch-failed")}">'
        f'<summary>{summary}</summary><p class="u-note" role="status">{say("opening")}</p></details>'
    )


def statement_json(corpus: Corpus, asked: object) -> dict[str, str]:
    """Answers the browser's request for the whole statement around a citation.

    Args:
        corpus: Holds it.
        asked: What the browser sent: `statement`, `start` and `end`, whatever it put into them.

    Returns:
        The text `before`, `quote` and `after`, with `lang`; or only `note`, which says why there is none.
    """
    try:
        values = asked if isinstance(asked, dict) else {}
        statement = corpus.show(str(values["statement"]))
        start, end = int(values["start"]), int(values["end"])
    except (KeyError, TypeError, ValueError):
        return {"note": say("fetch-failed")}
    except (AppError, StoreError) as error:
        return {"note": str(error)}
    statement = statement.as_statement() if isinstance(statement, Document) else statement
    text, span = statement.source_text, statement.span
    quoted = {"before": text[span.start : start], "quote": text[start:end], "after": text[end : span.end]}
    return quoted | {"lang": statement.metadata.language or ""}


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
        return {"note": say("fetch-failed")}
    except (AppError, IngestError, StoreError) as error:
        return {"note": str(error)}
    return {
        "image": f"data:image/png;base64,{b64encode(found.png).decode('ascii')}",
        "alt": say("page-marked" if found.marked else "page-unmarked", page=found.page),
        "note": "" if found.marked else say("page-unmarked", page=found.page),
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
