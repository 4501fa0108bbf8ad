"""The open conversation: its turns in the store, and as HTML with progress, scope and coverage.

It may have been changed or deleted in another tab, or be one that the person may only read; it then goes on as a copy.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any, Final, cast

from app.answering.history import turn_of
from app.answering.localization import localize
from app.answering.markdown import escape as plain
from app.answering.provenance import date_in_words, provenance
from app.corpus.corpus import Corpus
from app.desk.conversations import Conversations, KeptTurn
from app.errors import SHOWN_ERRORS, NotFoundError
from app.question.turns.state import EarlierTurn
from app.records import Answer, Citation, Scope
from app.ui.evidence_panel import card_id, evidence_section, speaker_line
from app.ui.safe_html import render_prose
from app.ui.scope_chips import scope_html
from app.ui.templates import render
from app.ui.words import digits, language, say
from prompts.wording import load_wording

_STEPS: Final = ("resolve", "retrieve", "compose", "verify")
# The last turns of a long conversation, which the page shows; all are stored and exported.
TURNS_SHOWN = 30
_NAMES_SHOWN = 6
# Limit of the passages and of the sentences that the trace of an answer lists; characters of a document's id.
_LISTED = 10
_ID_LENGTH = 16


@dataclass(frozen=True, kw_only=True)
class ShownTurn(KeptTurn):
    """A turn with those parts rendered that do not change later, so that the store is read once per answer."""

    history: tuple[EarlierTurn, ...]
    """The turns before the question, oldest first."""
    evidence: str
    """The rendered evidence of the answer."""
    record: str
    """The rendered trace of the answer; empty where none is kept."""
    references: Mapping[int, str]
    """The references of its citations and related passages, by number."""

    @property
    def shown(self) -> tuple[Citation, ...]:
        """The citations that are still verified today, with the related passages that the reader added."""
        cited = (*self.answer.citations, *(c for c in self.answer.related if c.number in self.used))
        return tuple(citation for citation in cited if citation.verdict == "verified")


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A question without an answer: in progress, failed, or answered elsewhere."""

    question: str
    done: str | None = None
    """The last finished step; None before the first."""
    shown: str = ""
    """The claims of a model that were checked so far, Markdown."""
    error: str | None = None
    notice: str | None = None
    """Shown in place of an answer that is given elsewhere, as a briefing on its own tab."""


def shown_turn(turn: KeptTurn, corpus: Corpus, history: Sequence[EarlierTurn] = ()) -> ShownTurn:
    """Renders the unchanging parts of a turn, which was asked after those of `history`."""
    return ShownTurn(
        **vars(turn),
        history=tuple(history),
        evidence=evidence_section(turn.number, turn.answer, corpus, turn.used),
        record=_record(turn.answer, corpus),
        references=_references(turn.answer, corpus),
    )


class OpenConversation:
    """Reads and stores the turns of open conversations, each given by its id, which is None until it is stored."""

    def __init__(self, kept: Conversations, corpus: Corpus) -> None:
        self._kept, self._corpus = kept, corpus

    def turns(self, identifier: str, last: int = 0) -> list[ShownTurn]:
        """Returns the turns of a kept conversation, rendered; with `last`, only so many at the end."""
        turns: list[ShownTurn] = []
        for kept in self._kept.turns(identifier)[-last:]:
            history = [turn_of(turn.answer, turn.overrides) for turn in turns]
            turns.append(shown_turn(kept, self._corpus, history))
        return turns

    def current(self, open_id: str | None, turns: list[ShownTurn]) -> list[ShownTurn]:
        """Returns the turns as stored, if another browser tab or the store has changed them, else `turns`."""
        if open_id is None:
            return turns
        try:
            kept = self._kept.turns(open_id)[-TURNS_SHOWN:]
            return turns if [*map(_content, kept)] == [*map(_content, turns)] else self.turns(open_id, TURNS_SHOWN)
        except SHOWN_ERRORS:
            return turns

    def keep(
        self, open_id: str | None, turns: Sequence[KeptTurn], turn: KeptTurn, *, new: bool = False
    ) -> tuple[str, int]:
        """Stores a turn in place of the one with its number or, if `new`, after all that were stored meanwhile.

        Returns the conversation's id and the turn's number in it; raises WorkError if it cannot be stored.
        """
        with suppress(NotFoundError):
            if open_id is not None:
                return self._kept.append(open_id, turn) if new else (self._kept.keep(open_id, turn), turn.number)
        return self._copied(open_id, turns, turn), turn.number

    def mark(self, open_id: str | None, turns: list[ShownTurn], turn: ShownTurn) -> tuple[str | None, list[ShownTurn]]:
        """Stores a turn that the reader judged or added to; returns the id of its conversation and the turns."""
        try:
            self._kept.mark(open_id or "", turn)
        except NotFoundError:
            open_id = self._copied(open_id, turns, turn)
        # Another button may have been pressed since these turns were shown.
        return open_id, self.current(open_id, [turn if each.number == turn.number else each for each in turns])

    def _copied(self, open_id: str | None, turns: Sequence[KeptTurn], changed: KeptTurn) -> str:
        """Stores all turns, one of them changed or new, as a conversation of the person's own; returns its id."""
        with suppress(NotFoundError):
            turns = turns if open_id is None else self._kept.turns(open_id)
        numbered = {turn.number: turn for turn in (*turns, changed)}
        return self._kept.keep_all([turn for _, turn in sorted(numbered.items())])


def _content(turn: KeptTurn) -> tuple[object, ...]:
    """Returns the parts of a turn that can change."""
    return turn.answer, turn.judged, turn.should_be, turn.used


def conversation_html(
    turns: Sequence[ShownTurn],
    open_id: str | None = None,
    pending: Pending | None = None,
    unsaved: Mapping[int, str] | None = None,
    *,
    corpus: Corpus,
) -> str:
    """Renders the conversation, the oldest turn first; nothing before its first question.

    `open_id` is its id, which goes into the page's address. While a question is `pending`, nothing can be changed;
    `unsaved` says, by the number of a turn, why it could not be stored.
    """
    if not turns and pending is None:
        return ""
    idle = pending is None or pending.error is not None or pending.notice is not None
    scopes = [None, *(turn.answer.scope for turn in turns)]
    reached = _STEPS.index(pending.done) + 2 if pending is not None and pending.done in _STEPS else 1
    return render(
        "conversation",
        identifier=open_id or "",
        turns=[
            _turn(t, corpus, before, editable=idle and t is turns[-1]) for t, before in zip(turns, scopes, strict=False)
        ],
        earlier=turns[0].number - 1 if turns else 0,
        idle=idle,
        pending=pending,
        steps=_STEPS[:reached],
        checked=render_prose(pending.shown, {}) if pending is not None and pending.shown else "",
        unsaved=unsaved or {},
        names=partial(corpus.party_name, language=language()),
        names_shown=_NAMES_SHOWN,
    )


def _turn(turn: ShownTurn, corpus: Corpus, before: Scope | None, *, editable: bool) -> dict[str, object]:
    """Returns the values of a turn for the template."""
    answer, abstention = turn.answer, turn.answer.abstention
    # The answer is in the question's language, the page's own words around it in its reader's.
    names = partial(corpus.party_name, language=language())
    speaker = localize(corpus.parties(), language()).speaker
    # Earlier releases numbered related passages from 1 as well; a citation takes precedence.
    quoted = (*answer.related, *answer.citations)
    markers = {c.number: (card_id(turn.number, c.number), speaker_line(c, names, speaker)) for c in quoted}
    # Options are shown as buttons; the answer's text lists them only where they cannot be pressed.
    choosing = editable and abstention is not None and abstention.options
    text = abstention.message if abstention is not None and choosing else answer.answer
    copied, notes = answer_text(turn, corpus), (f"[{c.number}] {turn.references[c.number]}" for c in turn.shown)
    references = (f"<p><sup>{c.number}</sup> {escape(turn.references[c.number])}</p>" for c in turn.shown)
    writer = [say("written-by", model=answer.model or "?")] if answer.composer == "model" else []
    seconds = answer.timings_ms.total / 1000
    # Unreadable files are listed only below an abstention, since they may be why nothing was found.
    found_nothing = abstention is not None and abstention.reason not in ("help", "out_of_scope", "ambiguous")
    return {
        "turn": turn,
        "scope": scope_html(answer.scope, names, editable=editable, before=before, everyone=_asked_everyone(answer)),
        "prose": render_prose(text, markers) + render_prose(_used_text(turn, corpus), markers),
        "unread": answer.coverage.unreadable_files if found_nothing else (),
        "copy_text": "\n\n".join((copied, *notes)),
        # To paste into a word processor: superscript numbers, references below.
        "copy_html": f"{render_prose(copied, {c.number: None for c in turn.shown})}<hr>{''.join(references)}",
        "how": [*writer, *([say("seconds", seconds=digits(f"{seconds:.1f}"))] if seconds >= 0.05 else [])],
    }


def answer_text(turn: ShownTurn, corpus: Corpus) -> str:
    """Returns an answer with the related passages that the reader added, as Markdown with `[1]` markers."""
    return "\n\n".join(part for part in (turn.answer.answer.strip(), _used_text(turn, corpus)) if part)


def _used_text(turn: ShownTurn, corpus: Corpus) -> str:
    """Returns the related passages that the reader added to an answer, as Markdown; empty if there are none."""
    added = [citation for citation in turn.answer.related if citation.number in turn.used]
    if not added:
        return ""
    wording = load_wording(turn.answer.scope.language)
    names = partial(corpus.party_name, language=turn.answer.scope.language)
    speaker = localize(corpus.parties(), turn.answer.scope.language).speaker
    quoted = [
        f"**{plain(speaker_line(c, names, speaker))}** · {plain(provenance(c, wording))}\n\n"
        f"> “{plain(' '.join(c.quote.split()))}” [{c.number}]"
        if c.verdict == "verified"
        else wording.say("withdrawn")
        for c in added
    ]
    return "\n\n".join((f"**{say('chosen-by-reader')}**", *quoted))


def _asked_everyone(answer: Answer) -> bool:
    """Returns whether an answer, if its scope names no State, was searched for among all, not in a treaty's text."""
    stopped_early = answer.abstention is not None and answer.abstention.reason in ("ambiguous", "out_of_scope")
    return not stopped_early and all(citation.kind != "treaty" for citation in answer.citations)


def _record(answer: Answer, corpus: Corpus) -> str:
    """Renders how an answer was made: in sentences, with its trace behind a fold."""
    try:
        record = cast(Mapping[str, Any], corpus.trace(answer.trace_id).get("record") or {})
        files = {summary.document_id: summary for summary in corpus.documents()}
    except SHOWN_ERRORS:
        return ""

    def source(identifier: str) -> str:
        # Ids of statements, passages and sentences begin with that of their document.
        held = files.get(identifier[:_ID_LENGTH])
        state = held.metadata.state if held is not None else None
        name = corpus.party_name(state, language()) if state else ""
        return " · ".join(part for part in (name, held.file if held is not None else "–") if part)

    weighed: dict[str, list[str]] = {}
    for item in record.get("evidence", [])[:_LISTED]:
        chances = weighed.setdefault(source(item["sentence_id"]), [])
        if item.get("confidence_source") == "calibrated":
            chances.append(f"{100 * item['confidence']:.0f} %")
    times = answer.timings_ms
    return render(
        "record",
        answer=answer,
        at=str(record.get("at", "")),
        times=[(step, getattr(times, step)) for step in _STEPS if getattr(times, step)],
        passages=dict.fromkeys(source(item.statement_id) for item in answer.retrieved[:_LISTED]),
        sentences=weighed,
        moment=_moment,
    )


def _moment(value: str) -> str:
    """Returns an ISO time to the minute, as people write it."""
    day, _, time = value.partition("T")
    return f"{date_in_words(day, language()) or ''}, {time[:5]} UTC" if time else value


def _references(answer: Answer, corpus: Corpus) -> dict[int, str]:
    found = {}
    # Earlier releases numbered related passages from 1 as well; a citation takes precedence.
    for citation in (*answer.related, *answer.citations):
        try:
            found[citation.number] = corpus.reference(citation, answer.scope.language)
        except SHOWN_ERRORS:
            found[citation.number] = citation.file
    return found
