"""The conversation as HTML: questions, progress, and answers with their scope and coverage."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import Final

from app.answering.compose.extractive import escape as plain
from app.answering.trace import lines_of
from app.corpus.corpus import Corpus
from app.corpus.drafts import Judgement
from app.errors import AppError
from app.question.turn import EarlierTurn
from app.records import Answer, Citation, Scope
from app.ui.evidence_panel import card_id, evidence_section
from app.ui.messages import error_html
from app.ui.prose import render_prose
from app.ui.provenance_html import PartyNamer, speaker_line
from app.ui.scope_chips import Overrides, scope_html
from app.ui.words import say
from vectorstore.errors import StoreError

_MARK: Final = re.compile(r"\[(\d{1,4})\]")
_STEPS: Final = ("resolve", "retrieve", "compose", "verify")
# The component's event for judging, one of those that Gradio knows; `select` is for what asks.
JUDGE_EVENT: Final = "apply"
_NAMES_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class ShownTurn:
    """A question with its answer.

    Attributes:
        number: Place in the conversation, from 1.
        overrides: The parts of the scope that the user set.
        history: The turns that the question was asked after, oldest first.
        used: Numbers of related passages that the reader took into the answer.
        judged: What the reader said of the answer.
        evidence: The rendered evidence of the answer.
        record: The rendered record of the answer; empty where none is kept.
        references: Of its citations and related passages, by number.
        names: Of the parties that it quotes, by code.
    """

    number: int
    question: str
    answer: Answer
    overrides: Overrides = field(default_factory=dict)
    history: tuple[EarlierTurn, ...] = ()
    used: tuple[int, ...] = ()
    judged: Judgement | None = None
    evidence: str = ""
    record: str = ""
    references: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[Citation, ...]:
        """What the answer quotes, with the related passages that the reader took into it."""
        return (*self.answer.citations, *(c for c in self.answer.related if c.number in self.used))


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A question without an answer: in progress, failed, or answered elsewhere.

    Attributes:
        done: The last finished step; None before the first.
        notice: Shown in place of an answer that is given elsewhere, as a briefing on its own tab.
        shown: The claims of a model that were checked so far, Markdown.
    """

    question: str
    done: str | None = None
    shown: str = ""
    error: str | None = None
    notice: str | None = None


@dataclass(frozen=True, kw_only=True)
class Unsaved:
    """Why a judgement of the answer of a turn could not be kept."""

    number: int
    error: str


def make_turn(
    number: int,
    question: str,
    answer: Answer,
    overrides: Overrides,
    corpus: Corpus,
    *,
    history: Sequence[EarlierTurn] = (),
    used: Sequence[int] = (),
    judged: Judgement | None = None,
) -> ShownTurn:
    """Renders what does not change later, so that the store is read once per answer."""
    return ShownTurn(
        number=number,
        question=question,
        answer=answer,
        overrides=dict(overrides),
        history=tuple(history),
        used=tuple(used),
        judged=judged,
        evidence=evidence_section(number, answer, corpus, used),
        record=_record(answer, corpus),
        references=_references(answer, corpus),
        names=_names(answer, corpus),
    )


def conversation_html(
    turns: Sequence[ShownTurn],
    corpus: Corpus,
    *,
    identifier: str = "",
    pending: Pending | None = None,
    welcome: str = "",
    unsaved: Unsaved | None = None,
) -> str:
    """Renders the conversation, or the welcome before its first question.

    Args:
        turns: The turns so far, oldest first.
        corpus: Names the parties.
        identifier: Of the conversation, which the address of the page then names.
        pending: The question being answered, shown last; nothing can be changed meanwhile.
        welcome: What is shown where nothing was asked yet; see `welcome_html`.
        unsaved: Shown under the answer whose judgement could not be kept.
    """
    if not turns and pending is None:
        return welcome
    idle = pending is None or pending.error is not None or pending.notice is not None
    scopes = [None, *(turn.answer.scope for turn in turns)]
    parts = [
        _turn(
            turn,
            corpus,
            before,
            editable=idle and turn is turns[-1],
            below=_actions(turn, idle=idle, newest=turn is turns[-1], unsaved=unsaved),
        )
        for turn, before in zip(turns, scopes, strict=False)
    ]
    if pending is not None:
        parts.append(_pending(pending))
    title = escape(turns[0].question if turns else "")
    return (
        f'<div class="u-conversation" data-conversation="{escape(identifier)}" data-title="{title}">'
        f"{''.join(parts)}</div>"
    )


def _turn(turn: ShownTurn, corpus: Corpus, before: Scope | None, *, editable: bool, below: str) -> str:
    answer = turn.answer
    names = partial(corpus.party_name, language=answer.scope.language)
    markers = {
        citation.number: (card_id(turn.number, citation.number), speaker_line(citation, names))
        for citation in (*answer.citations, *answer.related)
    }
    # The options are buttons below; the answer's text lists them for those who cannot press one.
    choosing = editable and answer.abstention is not None and answer.abstention.options
    text = answer.abstention.message if answer.abstention is not None and choosing else answer.answer
    chips = scope_html(answer.scope, names, editable=editable, before=before, everyone=_asked_everyone(answer))
    status = f'<span class="u-badge u-{answer.status}">{say(f"status-{answer.status}")}</span>{_reason(answer)}'
    return (
        f'<article class="u-turn" data-turn="{turn.number}" data-trace="{escape(answer.trace_id)}" tabindex="-1" '
        f'aria-label="{say("question-and-answer", number=turn.number)}">'
        f"{_question(turn.question)}{chips}{_kinds(answer, editable=editable)}"
        f'<div class="u-answer u-status-{answer.status}"><p class="u-status">{status}</p>'
        f'<div class="u-prose" lang="{escape(answer.scope.language)}">{render_prose(text, markers)}'
        f"{render_prose(used_text(turn), markers)}</div>"
        f"{_options(answer, editable=editable)}{_dropped(answer)}{turn.record}</div>"
        f"{_coverage(answer, names)}{below}</article>"
    )


def used_text(turn: ShownTurn) -> str:
    """Words the related passages that the reader took into an answer, Markdown; empty where there are none."""
    taken = turn.shown[len(turn.answer.citations) :]
    if not taken:
        return ""
    quoted = [
        f"{plain(speaker_line(c, lambda code: turn.names.get(code or '', code or '')))}\n\n"
        f"> “{plain(' '.join(c.quote.split()))}” [{c.number}]"
        for c in taken
    ]
    return "\n\n".join((f"**{say('chosen-by-reader')}**", *quoted))


def _asked_everyone(answer: Answer) -> bool:
    """Whether an answer that names no State was sought with all of them, and not in a treaty's text."""
    unsought = answer.abstention is not None and answer.abstention.reason in ("ambiguous", "out_of_scope")
    return not unsought and all(citation.kind != "treaty" for citation in answer.citations)


def _actions(turn: ShownTurn, *, idle: bool, newest: bool, unsaved: Unsaved | None) -> str:
    number = turn.number
    copy = (
        f'<button type="button" class="u-button" data-copy="{escape(_copy_text(turn))}" '
        f'data-html="{escape(_copy_html(turn))}">{say("copy-answer")}</button>'
    )
    show = (
        f'<button type="button" class="u-button u-quiet u-only-narrow" data-show="{number}">'
        f"{say('show-evidence')}</button>"
    )
    shown = (copy if turn.shown else "") + (show if turn.shown or turn.answer.related else "")
    last = (
        "".join(
            f'<button type="button" class="u-button u-quiet" data-export="{form}">{say(f"export-{form}")}</button>'
            for form in ("docx", "md")
        )
        + f'<button type="button" class="u-button u-quiet" data-action="brief">{say("make-briefing-of-this")}</button>'
        if newest and idle
        else ""
    )
    refusal = error_html(unsaved.error) if unsaved is not None and unsaved.number == number else ""
    return (
        f'<p class="u-actions">{shown}{last}<span class="u-note">{_how(turn.answer)}</span></p>'
        f"{_judging(turn, idle=idle)}{refusal}"
    )


def _judging(turn: ShownTurn, *, idle: bool) -> str:
    """Renders the two buttons under an answer; "wrong" asks what would have been right."""
    told = "" if turn.judged is None else say(f"judged-{turn.judged.verdict}")
    # Here before it says anything, so that a screen reader hears it change.
    said = f'<span class="u-note u-saved" role="status">{told}</span>'
    if not idle or turn.judged is not None:
        return f'<div class="u-actions u-judging">{said}</div>'
    where = f'data-action="judge" data-event="{JUDGE_EVENT}" data-turn="{turn.number}"'
    return (
        f'<div class="u-actions u-judging"><button type="button" class="u-button u-quiet" {where} '
        f'data-verdict="right">{say("right")}</button>'
        f'<details class="u-wrong"><summary class="u-button u-quiet">{say("wrong")}</summary>'
        f'<div class="u-form"><input type="text" maxlength="500" aria-label="{say("what-is-right")}" '
        f'placeholder="{say("what-is-right")}"><button type="button" class="u-button" {where} data-verdict="wrong">'
        f"{say('keep-judgement')}</button></div></details>{said}</div>"
    )


def _question(question: str) -> str:
    return f'<h2 class="u-question" dir="auto"><bdi class="u-hidden">{say("question")}: </bdi>{escape(question)}</h2>'


def _reason(answer: Answer) -> str:
    if answer.abstention is None:
        return ""
    return f'<span class="u-reason">{say(f"reason-{answer.abstention.reason}")}</span>'


def _options(answer: Answer, *, editable: bool) -> str:
    if answer.abstention is None:
        return ""
    message = answer.abstention.message
    if not answer.abstention.options or not editable:
        return "" if message.strip() in answer.answer else f'<p dir="auto">{escape(message)}</p>'
    buttons = "".join(
        f'<li><button type="button" class="u-button" dir="auto" data-action="ask" '
        f'data-question="{escape(option)}">{escape(option)}</button></li>'
        for option in answer.abstention.options
    )
    return f'<ul class="u-options" aria-label="{say("ask-again-as")}">{buttons}</ul>'


def _kinds(answer: Answer, *, editable: bool) -> str:
    """Renders what a question was taken to ask for, where that is not sure, with buttons to ask for something else."""
    if not answer.other_kinds:
        return ""
    buttons = "".join(
        f'<button type="button" class="u-button u-quiet" data-action="kind" data-kind="{kind}">'
        f"{say(f'kind-{kind}')}</button>"
        for kind in answer.other_kinds
        if editable
    )
    read = say("read-as", kind=f"<b>{say(f'kind-{answer.kind}')}</b>")
    return f'<p class="u-note u-kinds">{read} {say("rather") if buttons else ""} {buttons}</p>'


def _dropped(answer: Answer) -> str:
    if not answer.dropped_claims:
        return ""
    items = "".join(
        f'<li dir="auto">{escape(claim.text)} <span class="u-note">({escape(claim.reason)})</span></li>'
        for claim in answer.dropped_claims
    )
    summary = say("claims-left-out", count=len(answer.dropped_claims))
    return f'<details class="u-source"><summary>{summary}</summary><ul>{items}</ul></details>'


def _coverage(answer: Answer, names: PartyNamer) -> str:
    coverage = answer.coverage
    facts = [
        f"<li>{say('in-scope', count=f'<b>{coverage.statements_in_scope}</b>')}</li>",
        f"<li>{say('with-evidence', count=f'<b>{coverage.statements_with_evidence}</b>')}</li>",
    ]
    lists = [
        ("no-evidence-from", [names(code) for code in coverage.states_without_evidence]),
        ("no-statement-from", [names(code) for code in coverage.states_without_statement]),
    ]
    # Files that could not be read may be why nothing was found; under an answer they say nothing new.
    if answer.abstention is not None and answer.abstention.reason not in ("help", "out_of_scope", "ambiguous"):
        lists.append(("could-not-read", list(coverage.unreadable_files)))
    facts += [_named(say(key), items) for key, items in lists if items]
    return f'<ul class="u-coverage" aria-label="{say("coverage")}">{"".join(facts)}</ul>'


def _named(label: str, items: Sequence[str]) -> str:
    listed = ", ".join(f"<bdi>{escape(item)}</bdi>" for item in items)
    if len(items) <= _NAMES_SHOWN:
        return f"<li>{label} {listed}</li>"
    return f"<li><details><summary>{label} {len(items)}</summary>{listed}</details></li>"


def _how(answer: Answer) -> str:
    how = say("written-by", model=escape(answer.model or "?")) if answer.composer == "model" else ""
    seconds = answer.timings_ms.total / 1000
    took = say("seconds", seconds=f"{seconds:.1f}") if seconds >= 0.05 else ""
    return " · ".join(part for part in (how, took) if part)


def _pending(pending: Pending) -> str:
    if pending.error is not None:
        body = error_html(pending.error)
    elif pending.notice is not None:
        body = f'<p class="u-note" role="status">{escape(pending.notice)}</p>'
    else:
        reached = _STEPS.index(pending.done) + 2 if pending.done in _STEPS else 1
        steps = [say(f"step-{name}") for name in _STEPS[:reached]]
        items = "".join(
            f'<li class="{"u-now" if index == len(steps) - 1 else "u-past"}">{escape(step)}</li>'
            for index, step in enumerate(steps)
        )
        body = f'<ol class="u-steps" aria-label="{say("progress")}">{items}</ol>'
        if pending.shown:
            body += f'<div class="u-answer"><div class="u-prose">{render_prose(pending.shown, {})}</div></div>'
    return f'<article class="u-turn u-pending">{_question(pending.question)}{body}</article>'


def welcome_html(statements: int, examples: Sequence[str]) -> str:
    """Renders what an empty conversation shows: how much there is to search, and questions that it answers."""
    stored = say("welcome-count", count=statements) if statements else say("welcome-empty")
    items = "".join(
        f'<li><button type="button" class="u-example" dir="auto" data-action="ask" data-question="{escape(example)}">'
        f"{escape(example)}</button></li>"
        for example in examples
    )
    listed = f'<ul aria-label="{say("examples")}">{items}</ul>' if items else ""
    return f'<div class="u-welcome"><h2>{say("welcome-title")}</h2><p>{stored}</p>{listed}</div>'


def suggestions_html(questions: Sequence[str]) -> str:
    """Renders questions that may be asked next, as buttons."""
    items = "".join(
        f'<li><button type="button" class="u-button" dir="auto" data-action="ask" data-question="{escape(question)}">'
        f"{escape(question)}</button></li>"
        for question in questions
    )
    return f'<ul class="u-options" aria-label="{say("ask-next")}">{items}</ul>' if items else ""


def _record(answer: Answer, corpus: Corpus) -> str:
    """Renders how an answer was made: in sentences, with the record behind a fold."""
    try:
        lines = lines_of(corpus.trace(answer.trace_id))
    except (AppError, StoreError):
        return ""
    coverage = answer.coverage
    told = [
        say("how-searched", count=coverage.statements_in_scope, found=coverage.statements_with_evidence),
        say("how-quoted", count=len(answer.citations)),
        say("how-model", model=answer.model or "?", dropped=len(answer.dropped_claims))
        if answer.composer == "model"
        else say("how-extractive"),
        *(
            [say("how-sure", percent=round(100 * answer.confidence))]
            if answer.confidence_source == "calibrated"
            else []
        ),
    ]
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in told)
    items = "".join(f'<li dir="auto"><b>{escape(label)}</b> {escape(text)}</li>' for label, text in lines)
    return (
        f'<details class="u-source"><summary>{say("how-answered")}</summary>{sentences}'
        f'<details class="u-source"><summary>{say("whole-record")}</summary><ul>{items}</ul></details></details>'
    )


def _references(answer: Answer, corpus: Corpus) -> dict[int, str]:
    found = {}
    for citation in (*answer.citations, *answer.related):
        try:
            found[citation.number] = corpus.reference(citation, answer.scope.language)
        except (AppError, StoreError):
            found[citation.number] = citation.file
    return found


def _names(answer: Answer, corpus: Corpus) -> dict[str, str]:
    quoted = (*answer.citations, *answer.related)
    codes = {code for c in quoted for code in (c.state, c.on_behalf_of, c.speaker, *c.held_by) if code}
    return {code: corpus.party_name(code, answer.scope.language) for code in codes}


def answer_text(turn: ShownTurn) -> str:
    """Returns an answer with what the reader took into it, Markdown with `[1]` markers."""
    return "\n\n".join(part for part in (turn.answer.answer.strip(), used_text(turn)) if part)


def _copy_text(turn: ShownTurn) -> str:
    return "\n\n".join((answer_text(turn), *(f"[{c.number}] {turn.references[c.number]}" for c in turn.shown)))


def _copy_html(turn: ShownTurn) -> str:
    """Renders an answer for the clipboard, as word processors take it: numbers raised, references below."""
    body = _MARK.sub(r"<sup>\1</sup>", render_prose(answer_text(turn), {}))
    notes = "".join(f"<p><sup>{c.number}</sup> {escape(turn.references[c.number])}</p>" for c in turn.shown)
    return f"{body}<hr>{notes}"
