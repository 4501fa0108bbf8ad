"""The conversation as HTML: questions, progress, and answers with their scope and coverage."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape

from app.answering.trace import lines_of
from app.corpus.corpus import Corpus
from app.errors import AppError
from app.question.turn import EarlierTurn
from app.records import AbstentionReason, Answer, Coverage, QuestionKind, Scope, Status
from app.ui.evidence_panel import card_id, evidence_section
from app.ui.prose import render_prose
from app.ui.provenance_html import PartyNamer, speaker_line
from app.ui.scope_chips import Overrides, scope_html
from vectorstore.errors import StoreError

_STATUS: dict[Status, str] = {"answered": "Answered", "partial": "Answered in part", "abstained": "No answer"}
REASONS: dict[AbstentionReason, str] = {
    "no_statement": "No statement by that State",
    "not_mentioned": "Not mentioned",
    "article_not_cited": "That article is not cited",
    "no_position": "Mentioned without a position",
    "group_only": "Only a group's statement",
    "out_of_scope": "Outside what the corpus covers",
    "ambiguous": "The question can be read in several ways",
    "index_incomplete": "The index is incomplete",
    "help": "What can be asked",
}
# What a question asks for, by its kind; those that are told from the answer alone are not shown.
KINDS: dict[QuestionKind, str] = {
    "content": "what was said",
    "position": "a position",
    "compare": "a comparison",
    "over_time": "what changed",
    "which_states": "which States",
    "negated_which": "which States did not",
    "number": "a number",
    "date": "a date",
    "person": "a name",
    "reason": "a reason",
    "yes_no": "yes or no",
    "metadata": "facts of the statement",
    "treaty_text": "the treaty's own text",
    "summary": "a summary",
    "list": "a list of statements",
    "source": "the source of words",
    "format_request": "another form of the answer",
    "greeting": "help",
    "out_of_scope": "something else",
    "ambiguous": "to be asked back",
}
_STEPS = {
    "resolve": "Reading the question",
    "retrieve": "Searching the statements",
    "compose": "Choosing quotations",
    "verify": "Checking every quotation",
}
# The component's event for saving, one of those that Gradio knows; `select` is for what asks.
SAVE_EVENT = "apply"
EXAMPLES = (
    "What did Iran say about article 4?",
    "What is Iran's position on unilateral coercive measures?",
    "Has Iran concluded extradition agreements?",
    "How do States see mutual legal assistance?",
)
_NAMES_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A question with its answer.

    Attributes:
        number: Place in the conversation, from 1.
        overrides: The parts of the scope that the user set.
        history: The turns that the question was asked after, oldest first.
        evidence: The rendered evidence of the answer.
        record: The rendered record of the answer; empty where none is kept.
        copy_text: The answer with its references, as plain text.
        saved: What saving it as an eval case said; empty until then.
    """

    number: int
    question: str
    answer: Answer
    overrides: Overrides = field(default_factory=dict)
    history: tuple[EarlierTurn, ...] = ()
    evidence: str = ""
    record: str = ""
    copy_text: str = ""
    saved: str = ""


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
    """Why the answer of a turn could not be saved as an eval case."""

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
) -> Turn:
    """Renders what does not change later, so that the store is read once per answer."""
    return Turn(
        number=number,
        question=question,
        answer=answer,
        overrides=dict(overrides),
        history=tuple(history),
        evidence=evidence_section(number, answer, corpus),
        record=_record(answer, corpus),
        copy_text=_copy_text(answer, corpus),
    )


def conversation_html(
    turns: Sequence[Turn],
    corpus: Corpus,
    *,
    pending: Pending | None = None,
    statements: int = 0,
    unsaved: Unsaved | None = None,
) -> str:
    """Renders the conversation, or the welcome before its first question.

    Args:
        turns: The turns so far, oldest first.
        corpus: Names the parties.
        pending: The question being answered, shown last; nothing can be changed meanwhile.
        statements: How many statements are stored; said in the welcome.
        unsaved: Shown under the answer that could not be saved.
    """
    if not turns and pending is None:
        return _welcome(statements)
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
    return f'<div class="u-conversation">{"".join(parts)}</div>'


# Of a person at a browser nobody expects a command, or the id of a statement: "…, which `untoc show ID` lists".
_COMMAND = re.compile(r"[,;:]?\s*(?:which\s+|run\s+|by\s+|use\s+)?`untoc[^`]*`[^;,.:]*")
_ID = re.compile(r"\s?'[0-9a-f]{16}(?:\.\d+)?'")


def error_html(error: Exception | str) -> str:
    """Renders an error as one line; of the system's, which name paths, what went wrong alone."""
    words = error.strerror or "the disk cannot be used" if isinstance(error, OSError) else str(error)
    if isinstance(error, AppError):
        words = _ID.sub("", _COMMAND.sub("", words))
    return f'<p class="u-error" role="alert">{escape(words)}</p>'


def _turn(turn: Turn, corpus: Corpus, before: Scope | None, *, editable: bool, below: str) -> str:
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
    status = f'<span class="u-badge u-{answer.status}">{_STATUS[answer.status]}</span>{_reason(answer)}'
    return (
        f'<article class="u-turn" data-turn="{turn.number}" data-trace="{escape(answer.trace_id)}" tabindex="-1" '
        f'aria-label="Question {turn.number} and its answer">'
        f"{_question(turn.question)}{chips}{_kinds(answer, editable=editable)}"
        f'<div class="u-answer u-status-{answer.status}"><p class="u-status">{status}</p>'
        f'<div class="u-prose" lang="{escape(answer.scope.language)}">{render_prose(text, markers)}</div>'
        f"{_options(answer, editable=editable)}{_dropped(answer)}{turn.record}</div>"
        f"{_coverage(answer.coverage, names)}{below}</article>"
    )


def _asked_everyone(answer: Answer) -> bool:
    """Whether an answer that names no State was sought with all of them, and not in a treaty's text."""
    unsought = answer.abstention is not None and answer.abstention.reason in ("ambiguous", "out_of_scope")
    return not unsought and all(citation.kind != "treaty" for citation in answer.citations)


def _actions(turn: Turn, *, idle: bool, newest: bool, unsaved: Unsaved | None) -> str:
    copy = (
        f'<button type="button" class="u-button" data-copy="{escape(turn.copy_text)}" aria-label="Copy the answer '
        f'to question {turn.number} with its sources">Copy answer with sources</button>'
    )
    show = (
        f'<button type="button" class="u-button u-quiet u-only-narrow" data-show="{turn.number}" '
        f'aria-label="Show the evidence for question {turn.number}">Show evidence</button>'
    )
    cited = bool(turn.answer.citations)
    shown = (copy if cited else "") + (show if cited or turn.answer.related else "")
    # Not `disabled` once it is pressed: that would take the keyboard's place in the page away.
    state = f'data-action="save-case" data-event="{SAVE_EVENT}"' if idle and not turn.saved else 'aria-disabled="true"'
    save = (
        f'<button type="button" class="u-button u-quiet" {state} data-turn="{turn.number}" '
        f'aria-label="Save as eval case: question {turn.number} and its answer">Save as eval case</button>'
        # Here before it says anything, so that a screen reader hears it change.
        f'<span class="u-note u-saved" role="status">{escape(turn.saved)}</span>'
    )
    brief = (
        '<button type="button" class="u-button u-quiet" data-action="brief" aria-label="Make a briefing of all that '
        'this conversation asked">Make a briefing</button>'
        if newest and idle
        else ""
    )
    refusal = error_html(unsaved.error) if unsaved is not None and unsaved.number == turn.number else ""
    return f'<p class="u-actions">{shown}{brief}{save}<span class="u-note">{_how(turn.answer)}</span></p>{refusal}'


def _question(question: str) -> str:
    return f'<h2 class="u-question" dir="auto"><span class="u-hidden">Question: </span>{escape(question)}</h2>'


def _reason(answer: Answer) -> str:
    if answer.abstention is None:
        return ""
    return f'<span class="u-reason">{REASONS[answer.abstention.reason]}</span>'


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
    return f'<ul class="u-options" aria-label="Ask again as">{buttons}</ul>'


def _kinds(answer: Answer, *, editable: bool) -> str:
    """Renders what a question was taken to ask for, where that is not sure, with buttons to ask for something else."""
    if not answer.other_kinds:
        return ""
    buttons = "".join(
        f'<button type="button" class="u-button u-quiet" data-action="kind" data-kind="{kind}" '
        f'aria-label="Ask again for {KINDS[kind]}">{KINDS[kind]}</button>'
        for kind in answer.other_kinds
        if editable
    )
    rather = f" Rather: {buttons}" if buttons else ""
    return f'<p class="u-note u-kinds">Read as asking for <b>{KINDS[answer.kind]}</b>, which is not sure.{rather}</p>'


def _dropped(answer: Answer) -> str:
    if not answer.dropped_claims:
        return ""
    items = "".join(
        f'<li dir="auto">{escape(claim.text)} <span class="u-note">({escape(claim.reason)})</span></li>'
        for claim in answer.dropped_claims
    )
    count = len(answer.dropped_claims)
    summary = f"{count} claim{'' if count == 1 else 's'} left out for want of support in the evidence"
    return f'<details class="u-source"><summary>{summary}</summary><ul>{items}</ul></details>'


def _coverage(coverage: Coverage, names: PartyNamer) -> str:
    scope = coverage.statements_in_scope
    facts = [
        f"<li><b>{scope}</b> statement{'' if scope == 1 else 's'} in scope</li>",
        f"<li><b>{coverage.statements_with_evidence}</b> with evidence</li>",
    ]
    lists = (
        ("No evidence from", [names(code) for code in coverage.states_without_evidence]),
        ("No statement from", [names(code) for code in coverage.states_without_statement]),
        ("Could not read", list(coverage.unreadable_files)),
    )
    facts += [_named(label, items) for label, items in lists if items]
    return f'<ul class="u-coverage" aria-label="Coverage">{"".join(facts)}</ul>'


def _named(label: str, items: Sequence[str]) -> str:
    listed = ", ".join(f"<bdi>{escape(item)}</bdi>" for item in items)
    if len(items) <= _NAMES_SHOWN:
        return f"<li>{label} {listed}</li>"
    return f"<li><details><summary>{label} {len(items)}</summary>{listed}</details></li>"


def _how(answer: Answer) -> str:
    how = f"Written by {escape(answer.model or 'a model')}, quotations copied" if answer.composer == "model" else ""
    seconds = answer.timings_ms.total / 1000
    took = f"{seconds:.1f} s" if seconds >= 0.05 else ""
    return " · ".join(part for part in (how, took) if part)


def _pending(pending: Pending) -> str:
    if pending.error is not None:
        body = error_html(pending.error)
    elif pending.notice is not None:
        body = f'<p class="u-note" role="status">{escape(pending.notice)}</p>'
    else:
        names = list(_STEPS)
        reached = names.index(pending.done) + 2 if pending.done else 1
        steps = [_STEPS[name] for name in names[:reached]]
        items = "".join(
            f'<li class="{"u-now" if index == len(steps) - 1 else "u-past"}">{escape(step)}</li>'
            for index, step in enumerate(steps)
        )
        body = f'<ol class="u-steps" aria-label="Progress">{items}</ol>'
        if pending.shown:
            body += f'<div class="u-answer"><div class="u-prose">{render_prose(pending.shown, {})}</div></div>'
    return f'<article class="u-turn u-pending">{_question(pending.question)}{body}</article>'


def _welcome(statements: int) -> str:
    if statements == 0:
        stored = "There are no statements yet. Add some, or load the sample statement, on the Ingest tab."
    else:
        noun = "statement" if statements == 1 else "statements"
        stored = f"{statements} {noun} to search. Every quotation is checked, word for word."
    examples = "".join(
        f'<li><button type="button" class="u-example" data-action="ask" data-question="{escape(example)}">'
        f"{escape(example)}</button></li>"
        for example in EXAMPLES
    )
    return (
        '<div class="u-welcome"><h2>Ask what a State said</h2>'
        f'<p>{stored}</p><ul aria-label="Examples">{examples}</ul></div>'
    )


def _record(answer: Answer, corpus: Corpus) -> str:
    try:
        lines = lines_of(corpus.trace(answer.trace_id))
    except (AppError, StoreError):
        return ""
    items = "".join(f'<li dir="auto"><b>{escape(label)}</b> {escape(text)}</li>' for label, text in lines)
    return f'<details class="u-source"><summary>How this was answered</summary><ul>{items}</ul></details>'


def _copy_text(answer: Answer, corpus: Corpus) -> str:
    lines = [answer.answer.strip()]
    for citation in answer.citations:
        try:
            lines.append(f"[{citation.number}] {corpus.reference(citation, answer.scope.language)}")
        except (AppError, StoreError):
            lines.append(f"[{citation.number}] {citation.file}")
    return "\n\n".join(lines)
