"""Briefing requests of a conversation: "brief me on …", or all parties and topics that it asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from app.answering.history import turn_of
from app.briefing.request import (
    BriefingRequest,
    asked_for_briefing,
    left_out,
    request_of_resolution,
    request_of_scopes,
)
from app.export.briefing_lines import DocumentForm
from app.question.reading import read_question
from app.records import Style
from app.ui.conversation import ShownTurn
from ingest.parties.party_table import PartyTable

_FORMS: Final[Mapping[Style, DocumentForm]] = {"points": "talking_points", "shorter": "one_pager"}


@dataclass(frozen=True, kw_only=True)
class ChatBriefing:
    """A briefing that the conversation asks for; asking for the same again is another wish."""

    request: BriefingRequest
    language: str | None = None
    """ISO 639-1 code; like `form`, which is that of its documents, None unless the conversation says which."""
    form: DocumentForm | None = None
    identifier: str = field(default_factory=lambda: uuid4().hex)
    """Unique to this wish, so that the Briefing tab notices when the same is asked for again."""


def briefing_of_turns(turns: list[ShownTurn], parties: PartyTable) -> BriefingRequest:
    """Returns a request for all that a conversation asked about; raises BriefingError if it named nothing."""
    answers = [turn.answer for turn in turns]
    spoke: dict[str, None] = {}
    for answer in answers:
        gone = left_out(answer.scope.excluded, parties)
        # A joint statement of a State that is left out is one of another State that holds it.
        for citation in answer.citations:
            spoke |= dict.fromkeys([code for code in citation.holders if code not in gone][:1])
    return request_of_scopes([answer.scope for answer in answers], parties, spoke)


def briefing_asked(question: str, turns: list[ShownTurn], parties: PartyTable) -> ChatBriefing | None:
    """Reads "brief me on …"; returns None if no briefing is asked for, raises AppError if it cannot be made."""
    asked = asked_for_briefing(question)
    if asked is None:
        return None
    rest, form = asked
    history = [turn_of(turn.answer, turn.overrides) for turn in turns]
    request = request_of_resolution(read_question(rest, parties, history=history), parties)
    return ChatBriefing(request=request, language=form.language, form=_FORMS.get(form.style))
