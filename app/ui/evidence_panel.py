"""The evidence panel: one card per citation, with its words in their paragraph and where they come from."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import partial, wraps

from app.corpus.corpus import Corpus
from app.errors import AppError
from app.records import Answer, Citation
from app.ui.messages import told
from app.ui.parts import SHOWN_ERRORS
from app.ui.provenance_html import provenance, speaker_line
from app.ui.templates import render
from app.ui.words import say
from vectorstore.errors import StoreError
from vectorstore.records import Document

_AROUND = 320  # characters of the paragraph shown on each side before the rest is folded away


def card_id(turn: int, number: int) -> str:
    """Names the card of a citation, uniquely on the page."""
    return f"card-{turn}-{number}"


def evidence_section(turn: int, answer: Answer, corpus: Corpus, used: Sequence[int] = ()) -> str:
    """Renders all evidence of the answer of a turn, related passages that were taken into it (`used`) as well."""
    names = partial(corpus.party_name, language=answer.scope.language)

    def card(citation: Citation) -> dict[str, object]:
        shown: dict[str, object] = {
            "citation": citation,
            "id": card_id(turn, citation.number),
            "speaker": speaker_line(citation, names),
            "sources": provenance(citation),
        }
        try:
            context = corpus.context(citation)
            reference = corpus.reference(citation, answer.scope.language)
        except (AppError, StoreError) as error:
            return shown | {"context": None, "reference": citation.quote, "problem": told(error)}
        before, after = _end_of(context.before), _start_of(context.after)
        return shown | {"context": context, "before": before, "after": after, "reference": reference}

    taken = [citation for citation in answer.related if citation.number in used]
    return render(
        "evidence",
        turn=turn,
        cards=[card(citation) for citation in (*answer.citations, *taken)],
        related=[card(citation) for citation in answer.related if citation.number not in used],
        more=answer.more,
    )


def evidence_panel(sections: Sequence[tuple[int, str]], shown: int = 0) -> str:
    """Renders the panel: every turn's evidence, that of one turn shown, the others one click on a marker away."""
    return render("panel", sections=sections, shown=shown)


_Fetched = dict[str, str]


def _for_browsers(read: Callable[[Corpus, str, int, int], _Fetched]) -> Callable[[Corpus, object], _Fetched]:
    """Takes what a browser sent: `statement`, `start` and `end`, whatever is in them; a `note` says what fails."""

    @wraps(read)
    def answered(corpus: Corpus, asked: object) -> dict[str, str]:
        try:
            values = asked if isinstance(asked, dict) else {}
            place = str(values["statement"]), int(values["start"]), int(values["end"])
        except (KeyError, TypeError, ValueError):
            return {"note": say("fetch-failed")}
        try:
            return read(corpus, *place)
        except SHOWN_ERRORS as error:
            return {"note": str(error)}

    return answered


@_for_browsers
def statement_json(corpus: Corpus, statement_id: str, start: int, end: int) -> dict[str, str]:
    """Returns the whole statement around a citation: the text `before`, `quote` and `after`, with `lang`."""
    statement = corpus.show(statement_id)
    statement = statement.as_statement() if isinstance(statement, Document) else statement
    text, span = statement.source_text, statement.span
    quoted = {"before": text[span.start : start], "quote": text[start:end], "after": text[end : span.end]}
    return quoted | {"lang": statement.metadata.language or ""}


@_for_browsers
def page_json(corpus: Corpus, statement_id: str, start: int, end: int) -> dict[str, str]:
    """Returns the image of a page: `image`, a data URI, with `alt`, and a `note` where nothing is marked on it."""
    found = corpus.page_image(statement_id, start, end)
    return {
        "image": f"data:image/png;base64,{b64encode(found.png).decode('ascii')}",
        "alt": say("page-marked" if found.marked else "page-unmarked", page=found.page),
        "note": "" if found.marked else say("page-unmarked", page=found.page),
    }


def _end_of(text: str) -> str:
    tail = text[-_AROUND:]
    return text if len(text) <= _AROUND else "… " + tail[tail.find(" ") + 1 :]


def _start_of(text: str) -> str:
    if len(text) <= _AROUND:
        return text
    head = text[:_AROUND]
    return head[: head.rfind(" ")] + " …" if " " in head else head + "…"
