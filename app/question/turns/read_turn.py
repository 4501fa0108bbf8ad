"""Resolution of a turn: a question is read by itself, and then as a turn of the conversation before it.

"And the year before?" after a question on Iran in 2020 is read as one on Iran in 2019.
"""

from dataclasses import replace

from app.question.kind_traits import KIND_TRAITS
from app.question.lexicon import lexicon_of
from app.question.llm_reading import ProposedReading
from app.question.occasions_left_out import leave_out_occasions
from app.question.read_alone import read_alone
from app.question.resolution import Resolution, Restyle, Shown
from app.question.scope_fields import slots_of
from app.question.turns.follow_ups import (
    by_number,
    by_paragraph,
    by_treaty,
    chosen_option,
    citation_asked,
    restyle,
    with_other_object,
    with_topic_for_pronoun,
    without_form,
    without_lead_in,
)
from app.question.turns.merge import merge_turn, repeat_in_form
from app.question.turns.relative_times import counted_from, time_note
from app.question.turns.state import ConversationState, TurnReading
from app.question.turns.turn_classifier import SLOTS, classify_turn
from app.question.turns.unnamed_parties import ask_their_members, by_unnamed_parties
from ingest.parties.party_table import PartyTable
from vectorstore.weights_file import Weights


def read_turn(
    state: ConversationState | None,
    question: str,
    parties: PartyTable,
    weights: Weights,
    proposed: ProposedReading | None,
) -> Resolution:
    """Reads a question as a turn of its conversation, and the form in which it wants the answer."""
    text, form = without_form(question, follows=state is not None)
    read = _read_turn(state, text, parties, weights, proposed)
    if form is None:
        return read
    if state is not None and KIND_TRAITS[read.kind].is_aside:
        # "Thanks. In French please." asks for the answer before in French.
        return repeat_in_form(state, form)
    style = read.style if form.style == "answer" else form.style
    return replace(read, style=style, reply_language=form.language or read.reply_language)


def _read_turn(
    state: ConversationState | None,
    question: str,
    parties: PartyTable,
    weights: Weights,
    proposed: ProposedReading | None,
) -> Resolution:
    """Reads a question as a turn of its conversation; a wish for another form repeats the previous question."""
    if state is None:
        first = read_alone(question, parties, weights, proposed=proposed)[0]
        first = leave_out_occasions(ask_their_members(first) if slots_of(first) >= {"who"} else first)
        untimed = time_note(question, first.scope, first.scope, first=True)
        return first if untimed is None else replace(first, party_notes=(*first.party_notes, untimed))
    if (only := citation_asked(question, state.read, state.shown)) is not None:
        # The same answer, with its citations found as before.
        return replace(repeat_in_form(state, Restyle()), act=state.read.act, only=only)
    if (form := restyle(question)) is not None:
        return repeat_in_form(state, form)
    state = _with_found_speakers(state, parties)
    before = state.read
    chosen = chosen_option(question, before.unclear, before.options, before.scope.language, parties)
    code = dict(zip(before.options, before.option_codes, strict=False)).get(chosen)
    if code is not None and parties.resolve(chosen).codes != (code,):
        chosen = code
    named = without_lead_in(chosen)
    alone, inputs = read_alone(named, parties, weights, before=before.scope.language, proposed=proposed)
    if (meant := with_topic_for_pronoun(named, alone, before)) != named:
        question = named = chosen = meant
        alone, inputs = read_alone(named, parties, weights, before=before.scope.language, proposed=proposed)
    alone = _with_counted_time(by_paragraph(by_treaty(by_number(alone, before), before), before), question, state)
    if (other := with_other_object(alone, before, parties)) is not alone:
        return merge_turn(state, other, TurnReading(act="replace", keeps=frozenset(SLOTS) - {"topic"}))
    everyone = alone.scope.all_states
    turn = classify_turn(inputs, slots_of(alone), slots_of(before), before.repeated_kind, weights, everyone=everyone)
    if named != chosen and turn.act == "remove" and not (alone.scope.excluded or alone.without):
        # "No, I meant visas" names what is meant, and takes nothing away.
        turn = replace(turn, act="replace")
    # Who was asked is asked again unless somebody is named in their place: "what did they say in the second treaty?".
    if turn.act in ("about", "replace") and not (everyone or "who" in slots_of(alone)):
        turn = replace(turn, keeps=turn.keeps | {"who"})
    if turn.act != "new" and not alone.kind_chance:
        turn = replace(turn, keeps=turn.keeps | {"kind"})
    shown = state.shown or Shown()
    return replace(merge_turn(state, *by_unnamed_parties(alone, before, turn, parties, shown)), question=question)


def _with_counted_time(alone: Resolution, question: str, state: ConversationState) -> Resolution:
    """Returns a turn with its relative time counted from the turn before.

    "Two years later?" only shifts the time and has no kind of its own, which a chance of 0 says.
    """
    shown = state.shown or Shown()
    scope = counted_from(question, alone.scope, state.read.scope, shown.years, shown.sessions)
    asks = any("ask" in item.kinds for item in lexicon_of(scope.language).items(question))
    note = time_note(question, alone.scope, scope)
    return replace(
        alone,
        scope=scope,
        party_notes=alone.party_notes if note is None else (*alone.party_notes, note),
        kind_chance=alone.kind_chance if asks or scope == alone.scope else 0.0,
    )


def _with_found_speakers(state: ConversationState, parties: PartyTable) -> ConversationState:
    """Returns the state in which those found to have said the quoted words are asked, unless others were asked."""
    read, scope = state.read, state.read.scope
    if not read.quote or state.shown is None or scope.named_parties:
        return state
    states = tuple(code for code in state.shown.parties if parties.kind_of(code) == "state")
    groups = tuple(code for code in state.shown.parties if code not in states)
    return replace(state, read=replace(read, scope=replace(scope, states=states, groups=groups)))
