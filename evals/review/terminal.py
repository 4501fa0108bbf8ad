"""Reviewing on a terminal: one draft, citation or claim after the other, one letter for each decision."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from app.cli.printing import inert
from evals.errors import EvalError
from evals.golden.cases import Case
from evals.golden.documents import Documents
from evals.judges.labels import label_claim, read_labels
from evals.review.claims import ReadClaim, distinct_claims, unlabelled
from evals.review.decisions import (
    CaseDraft,
    Unjudged,
    add_ruling,
    decide_draft,
    drafts,
    evidence_of,
    gold,
    preview,
    read_rulings,
    reviewer_name,
    states_of,
    surroundings,
    unjudged,
    words_of,
)
from evals.runs import Run
from ingest.parties.party_table import PartyTable

if TYPE_CHECKING:
    from evals.paths import EvalPaths

Ask = Callable[[str], str]
_FIELDS: Final = {
    "question": "Question",
    "expect.status": "Right outcome (answered, partial, abstained)",
    "expect.states": "States, names or codes",
    "expect.reason": "Reason for no answer",
    "expect.missing": "What is missing",
}
# Typed in place of a value, it empties a field.
_NOTHING: Final = "-"


class _Quit(Exception):
    """Somebody has had enough for now."""


def review_in_terminal(
    home: "EvalPaths",
    run: Run | None,
    documents: Documents | None,
    reviewer: str,
    console: Console,
    ask: Ask = input,
) -> int:
    """Goes through what waits for a decision: the drafts, then the cited spans that nobody has judged, then the claims.

    Args:
        home: Where drafts and decisions are kept.
        run: The run whose citations and claims are judged; None for drafts alone.
        documents: The statements, to show quotations where they stand; None where they cannot be read.
        reviewer: Who decides.
        console: Where to show things.
        ask: Gets an answer to a prompt; the end of input ends the review.

    Returns:
        How many decisions were made.

    Raises:
        EvalError: The reviewer has no name, or something cannot be read or written.
    """
    name = reviewer_name(reviewer)
    made = 0
    waiting = [draft for draft in drafts(home) if draft.decision is None]
    queue = unjudged(run, documents, read_rulings(home.reviews)) if run is not None and documents is not None else ()
    claims = unlabelled([distinct_claims(run)], read_labels(home)) if run is not None else ()
    parts = [_counted(len(waiting), "draft"), _counted(len(queue), "citation"), _counted(len(claims), "claim")]
    console.print(Text(f"To decide: {', '.join(parts)}."))
    try:
        for number, draft in enumerate(waiting, start=1):
            console.print(Rule(f"draft {number} of {len(waiting)}"))
            made += _review_draft(home, draft, documents, name, console, ask)
        for number, item in enumerate(queue, start=1):
            console.print(Rule(f"citation {number} of {len(queue)}"))
            made += _review_citation(home, item, documents, name, console, ask)
        if run is not None:
            for number, read in enumerate(claims, start=1):
                console.print(Rule(f"claim {number} of {len(claims)}"))
                made += _review_claim(home, run, read, name, console, ask)
    except (_Quit, EOFError, KeyboardInterrupt):
        console.print()
    console.print(Text(f"{made} decisions noted."))
    return made


def _review_draft(
    home: "EvalPaths", draft: CaseDraft, documents: Documents | None, name: str, console: Console, ask: Ask
) -> int:
    case, changes = draft.case, dict[str, Any]()
    _show_draft(case, documents, console)
    while True:
        choice = _choice("[a]ccept, [r]eject, [e]dit, [s]kip, [q]uit: ", "ares", ask, console)
        if choice == "s":
            return 0
        try:
            if choice == "e":
                changes |= _edited(case, documents, ask)
                case = preview(home, case.id, changes)
                _show_draft(case, documents, console)
                continue
            decide_draft(home, case.id, "reviewed" if choice == "a" else "rejected", by=name, changes=changes)
        except EvalError as exc:
            _say(console, str(exc), "bold red")
            continue
        return 1


def _review_citation(
    home: "EvalPaths", item: Unjudged, documents: Documents | None, name: str, console: Console, ask: Ask
) -> int:
    _show_question(item.case, console)
    if documents is not None:
        for span in gold(item.case):
            _say(console, f"known evidence, {span.file}:", "dim")
            _say(console, words_of(span, documents))
        _say(console, f"cited, {_source(item, documents)}:", "dim")
        _show_span(item.span, item.citation.source_quote, documents, console)
    choice = _choice("Does it answer? [a]ccept, [r]eject, [s]kip, [q]uit: ", "ars", ask, console)
    if choice == "s":
        return 0
    add_ruling(home, case=item.case.id, span=item.span, accepted=choice == "a", by=name)
    return 1


def _review_claim(home: "EvalPaths", run: Run, item: ReadClaim, name: str, console: Console, ask: Ask) -> int:
    claim = item.claim
    _say(console, claim.text, "bold")
    _say(console, "quoted:" if claim.quotes else "(it cites nothing)", "dim")
    for quote in claim.quotes:
        _say(console, quote)
    choice = _choice(
        "Do the quotations say all of it? [a]ccept as supported, [r]eject as not supported, [s]kip, [q]uit: ",
        "ars",
        ask,
        console,
    )
    if choice == "s":
        return 0
    label_claim(home, run, case=claim.case, repeat=claim.repeat, claim=claim.claim, supported=choice == "a", by=name)
    return 1


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _choice(prompt: str, letters: str, ask: Ask, console: Console) -> str:
    while True:
        given = ask(prompt).strip().casefold()[:1]
        if given == "q":
            raise _Quit
        if given and given in letters:
            return given
        _say(console, f"one of {', '.join(letters)} or q", "dim")


def _edited(case: Case, documents: Documents | None, ask: Ask) -> Mapping[str, Any]:
    """Asks for every field; what is left empty stays as it is."""
    changes: dict[str, Any] = {}
    for field, label in _FIELDS.items():
        given = ask(f"{label} [{inert(_shown(case, field))}], Enter keeps, {_NOTHING} empties: ").strip()
        if not given:
            continue
        value: Any = None if given == _NOTHING else given
        if field == "expect.states":
            value = [] if value is None else _states(given, documents)
        changes[field] = "" if value is None and field == "question" else value
    outcome = changes.get("expect.status", case.expect.status)
    if outcome != "abstained" and not case.evidence and documents is not None:
        file = ask("File of the statement that answers: ").strip()
        found = evidence_of(ask("Its words: "), file, documents)
        changes |= {"evidence": [found.model_dump(mode="json")], "evidence_groups": [[found.id]]}
    return changes


def _states(text: str, documents: Documents | None) -> list[str]:
    return list(states_of(text, documents.parties if documents is not None else PartyTable.load()))


def _shown(case: Case, field: str) -> str:
    if field == "question":
        return case.question
    value = getattr(case.expect, field.removeprefix("expect."))
    return ", ".join(value) if isinstance(value, tuple) else str(value or "")


def _show_draft(case: Case, documents: Documents | None, console: Console) -> None:
    _show_question(case, console)
    for field in tuple(_FIELDS)[1:]:
        shown = _shown(case, field)
        if shown:
            _say(console, f"{_FIELDS[field]}: {shown}")
    for span in case.evidence:
        _say(console, f"evidence, {span.file}:", "dim")
        if documents is None:
            _say(console, span.quote or "")
        else:
            _show_span((span.file, span.start, span.end), span.quote or "", documents, console)


def _show_question(case: Case, console: Console) -> None:
    for earlier in case.history:
        _say(console, f"earlier: {earlier}", "dim")
    _say(console, case.question, "bold")


def _show_span(span: tuple[str, int, int], quote: str, documents: Documents, console: Console) -> None:
    found = surroundings(documents, span)
    if found is None or (quote and found.quote != quote):
        _say(console, quote)
        _say(console, "(the corpus does not hold these words any more)", "yellow")
        return
    text = Text(inert(found.before), style="dim")
    text.append(inert(found.quote), style="bold not dim")
    text.append(inert(found.after), style="dim")
    console.print(text)


def _source(item: Unjudged, documents: Documents) -> str:
    citation = item.citation
    who = documents.parties.display(citation.state) if citation.state else None
    return ", ".join(
        part for part in (who, citation.session and f"session {citation.session}", citation.date, citation.file) if part
    )


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(Text(inert(text), style=style))
