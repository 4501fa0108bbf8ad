"""A briefing as HTML: the matrix of position kinds, each cell with quotations and review, and the coverage."""

import base64
from dataclasses import dataclass, replace
from functools import partial

from app.answering.provenance import date_in_words
from app.briefing.cells import Briefing
from app.briefing.edit import without_rejected
from app.export.briefing_lines import Sayings, by_place, kind_in_words, pieces
from app.records import Citation
from app.retrieval.positions.position_marks import KINDS
from app.ui.evidence_panel import provenance, speaker_line
from app.ui.templates import render
from app.ui.words import language, say
from ingest.language.detection import direction_of
from prompts.wording import load_briefing_words


@dataclass(frozen=True, kw_only=True)
class FoundCitations:
    """The results of a search for a cell, given by its `key`, from which quotations are chosen."""

    key: str
    words: str
    citations: tuple[Citation, ...]


def briefing_html(
    briefing: Briefing,
    picture: tuple[bytes, str] | None = None,
    *,
    identifier: str = "",
    found: FoundCitations | None = None,
    gone: str = "",
) -> str:
    """Renders a briefing with a picture (a PNG file and its alternative text); the page's address has its id.

    `gone` is the message that the stored briefing can no longer be changed; the page then offers to keep a copy.
    """
    briefing = without_rejected(briefing)
    sayings, words = Sayings(briefing), load_briefing_words(language())
    names = sayings.name
    return render(
        "briefing",
        briefing=briefing,
        identifier=identifier,
        found=found,
        gone=gone,
        picture=picture and (base64.b64encode(picture[0]).decode("ascii"), picture[1]),
        subjects=[subject.label for subject in briefing.subjects],
        cells=by_place(briefing),
        names=names,
        kinds=KINDS,
        # A reviewer who sets "no position" means that the words mention the topic without taking one.
        settled=lambda kind: "mentioned" if kind == "no_position" else kind,
        unreviewed=partial(replace, review=None),
        sayings=sayings,
        own_direction=direction_of(briefing.language),
        kind_label=lambda subject, kind: kind_in_words(words, kind, briefing.subject(subject)),
        speaker=lambda citation: speaker_line(citation, names, names),
        provenance=provenance,
        pieces=pieces,
        direction=lambda citation: direction_of(citation.language),
        when=_when,
        worded=sayings.say("worded"),
        session_of=lambda session: say("session", value=session) if session else words.say("no_session"),
    )


def _when(citation: Citation) -> str:
    if citation.date:
        return date_in_words(citation.date, language()) or ""
    return say("session", value=citation.session) if citation.session else citation.file
