"""Merging of a turn with the conversation before it: scope, kind and who is asked.

After "What did Iran say about sanctions in 2020?", "and Iraq?" replaces the State, "why?" asks about what was cited,
and "summarise Cuba's statement" begins anew. `turn_classifier.py` decides what a turn keeps; this module merges
accordingly.
"""

from dataclasses import replace
from typing import Final

from app.question.kind_traits import KIND_TRAITS
from app.question.occasions_left_out import leave_out_occasions, note_on_left_out
from app.question.question_patterns import asks_who_was_silent, has_verb_of_saying
from app.question.resolution import Resolution, Restyle, in_language_of_topic, with_kind
from app.question.scope_fields import SCOPE_SLOTS, SLOT_OF, is_kept, slots_of
from app.question.turns.follow_ups import restyle, wants_more
from app.question.turns.merge_scope import is_other_topic, merged_fields, without_excluded
from app.question.turns.state import ConversationState, TurnReading
from app.records import Note, Scope

# Chance below which a kind is hardly that of a follow-up.
_EVEN_ODDS: Final = 0.5


def repeat_in_form(state: ConversationState, form: Restyle) -> Resolution:
    """Returns the previous question, to be answered again in another form: shorter, in French."""
    before = state.read
    return replace(
        before,
        scope=replace(before.scope, kept=_named(before.scope)),
        party_notes=tuple(note for note in before.party_notes if note.kind != "form_unknown"),
        style=before.style if form.style == "answer" else form.style,
        reply_language=form.language or before.reply_language,
        act="more" if before.act == "more" else "about",
        kind="format_request",
        again=before.repeated_kind,
        is_statement_question=before.is_statement_question or not KIND_TRAITS[before.repeated_kind].is_aside,
    )


def merge_turn(state: ConversationState, alone: Resolution, turn: TurnReading) -> Resolution:
    """Returns the reading of a turn in its conversation; `alone` is its reading by itself."""
    before, own = in_language_of_topic(state.read), slots_of(alone)
    if alone.kind == "format_request" and turn.act != "more":
        form = restyle(alone.question, in_part=True)
        repeated = repeat_in_form(state, form or Restyle())
        # If the form is not offered, or only in part, the same answer is given again, with a note that says so.
        notes = (Note(kind="form_unknown"),) if form is None or wants_more(alone.question) else ()
        return replace(repeated, party_notes=(*repeated.party_notes, *notes))
    turn = _adjusted_turn(turn, alone, before)
    if turn.act == "new" or (alone.provision and alone.scope.treaties and alone.sure_of_kind):
        # A question for a treaty's own text asks nobody and begins anew: "what does article 16 of the Convention say?".
        return leave_out_occasions(alone)
    if KIND_TRAITS[alone.kind].is_aside:
        return _aside(state, alone)
    merged = _merged(state, alone, before, turn)
    if before.quote and alone.kind == "date" and not own:
        # "When?" after "who said …?" is answered by the source, which has its date.
        return replace(merged, quote=before.quote, again="source")
    negates = alone.scope.negated and not own & {"topic", "treaty"}
    first = before.question if before.wording is None else before.wording.text
    if negates and not (asks_who_was_silent(alone.question) or (has_verb_of_saying(first) and not before.stance)):
        # "And who does not?" after "which States extradite their nationals?" asks who denies it.
        merged = with_kind(replace(merged, denies=True), "which_states")
        return replace(merged, stance=True, negates=True, stance_from=before.stance_from or before.question)
    # "Who else?" after a question about one State asks for the others.
    asks_others = turn.act == "more" and _asks_everyone(alone, before, turn) and not before.scope.all_states
    if _keeps_kind(alone, before, turn) and not asks_others:
        return _with_earlier_kind(merged, alone, before)
    # "Why?" after "who opposes it?" asks for the reasons of those who do.
    of_list = turn.act == "about" and alone.kind == "reason" and (merged.scope.all_states or merged.scope.members_of)
    return _with_earlier_position(merged, alone, before) if of_list else merged


def _merged(state: ConversationState, alone: Resolution, before: Resolution, turn: TurnReading) -> Resolution:
    """Returns a turn with the scope, topic and names asked back that it takes over; its kind is still its own."""
    fields = merged_fields(alone, before, turn)
    excluded = without_excluded(alone.without, replace(alone.scope, **fields)) if alone.without else {}
    fields |= excluded
    scope = replace(alone.scope, **fields)
    named, keeps_who = bool(scope.named_parties), _keeps_who(alone, turn)
    all_states = (
        _asks_everyone(alone, before, turn)
        or (keeps_who and before.scope.all_states)
        or bool(scope.excluded and not scope.members_of)
    )
    # "Which of those …?" asks all parties of a list, which are named, and so does "and on piracy?" after it.
    unlisted = not (before.scope.all_states if keeps_who else alone.scope.all_states)
    merged = replace(
        alone,
        scope=replace(
            scope,
            kept=tuple(name for name in SLOT_OF if name in fields and is_kept(name, scope, before.scope)),
            all_states=all_states and not (named and unlisted),
        ),
        unnamed=alone.unnamed and not keeps_who,
        # "And firearms?" asks about statements, since the turn before it does.
        is_statement_question=True,
        wording=next((w for w in (alone.wording, before.wording) if w is not None and w.topic == scope.topic), None),
        party_notes=(
            *(note for note in alone.party_notes if note.kind != "not_left_out" or not any(excluded.values())),
            *(note_on_left_out(alone.without, excluded) if alone.without else ()),
            *_note_on_topic(alone, before, turn, scope.topic),
        ),
        national=alone.national or (before.national and keeps_who),
        speakers=before.speakers if keeps_who else (),
        topic_left_out=alone.topic_left_out or (before.topic_left_out if scope.topic == before.scope.topic else ""),
        conditions=before.conditions if scope.topic == before.scope.topic else alone.conditions,
        topic_parties=before.topic_parties if scope.topic == before.scope.topic else alone.topic_parties,
        years_before=before.scope.years if scope.years and _differs_in_years(scope, before.scope) else (),
        act=turn.act,
        shown=state.shown if turn.act in ("more", "about") else None,
        position_shown=state.shown.direction if state.shown and scope.topic == before.scope.topic else None,
    )
    if keeps_who and before.unclear is not None and not named:
        merged = replace(
            merged,
            unclear=before.unclear,
            options=before.options,
            option_codes=before.option_codes,
            known_name=before.known_name,
        )
    return merged


def _differs_in_years(scope: Scope, earlier: Scope) -> bool:
    asked = (replace(each, years=(), language="en", kept=(), notes=()) for each in (scope, earlier))
    return scope.years != earlier.years and len({*asked}) == 1


def _keeps_who(alone: Resolution, turn: TurnReading) -> bool:
    return turn.act == "remove" or ("who" in turn.keeps and "who" not in slots_of(alone))


def _asks_everyone(alone: Resolution, before: Resolution, turn: TurnReading) -> bool:
    """Returns whether a turn asks all States, as one that names nobody and keeps nobody does: "who disagrees?"."""
    if "who" in slots_of(alone):
        return alone.scope.all_states
    # "Who is the judge they mean?" asks no State.
    kind = before.repeated_kind if _keeps_kind(alone, before, turn) else alone.kind
    return not (_keeps_who(alone, turn) or KIND_TRAITS[kind].asks_no_state)


def _aside(state: ConversationState, alone: Resolution) -> Resolution:
    """Returns an aside, such as thanks, with all of the question before it, from which later turns go on."""
    before = state.read
    return replace(
        before,
        scope=replace(before.scope, language=alone.scope.language, kept=_named(before.scope)),
        question=alone.question,
        is_statement_question=False,
        party_notes=alone.party_notes,
        stance_from=before.stance_from or (before.question if before.stance else ""),
        act="more" if before.act == "more" else "about",
        # "Shorter" repeats "what else?" without what was shown before that alone.
        shown=before.shown if before.act == "more" else state.shown,
        shown_in_all=state.shown if before.act == "more" else None,
        style="answer",
        reply_language=None,
        only=None,
        kind=alone.kind,
        kind_chance=alone.kind_chance,
        other_kinds=alone.other_kinds,
        again=None,
        earlier_kind=before.repeated_kind,
    )


def _named(scope: Scope) -> tuple[str, ...]:
    return tuple(name for name in SLOT_OF if getattr(scope, name))


def _adjusted_turn(turn: TurnReading, alone: Resolution, before: Resolution) -> TurnReading:
    """Returns what a turn does, corrected by the kind and the topic that it has by itself."""
    own, traits = slots_of(alone), KIND_TRAITS[alone.kind]
    if turn.act == "more" and alone.kind == "summary":
        # "Sum it up" asks about what was shown; it does not continue where the answer ended.
        turn = replace(turn, act="about", keeps=turn.keeps - {"kind"})
    if turn.act == "more" and alone.scope.all_states and is_other_topic(alone.scope, before.scope):
        # "Who else has raised illegal guns?" asks everyone about something new.
        turn = replace(turn, act="replace", keeps=turn.keeps - {"who", "kind", "topic"})
    goes_on = "who" not in own and before.scope.topic and "topic" in turn.keeps
    if traits.of_whole_statement and _asks_own_kind(alone, turn) and "topic" not in own and not goes_on:
        # "Summarise Cuba's statement" asks about the whole statement, "sum it up" about what was asked before.
        same_scope = KIND_TRAITS[before.repeated_kind].of_whole_statement or "who" not in own
        keeps = turn.keeps - ({"topic", "treaty"} if same_scope else SCOPE_SLOTS)
        turn = replace(turn, keeps=keeps, act="replace" if turn.act == "about" else turn.act)
    return turn


def _asks_own_kind(alone: Resolution, turn: TurnReading) -> bool:
    """Returns whether the turn's own kind, which is sure, overrides the one kept: "when?" after "what did it say?"."""
    own_words = KIND_TRAITS[alone.kind].in_own_words_only and alone.sure_of_kind
    return own_words and turn.act in ("replace", "about", "more")


def _keeps_kind(alone: Resolution, before: Resolution, turn: TurnReading) -> bool:
    """Returns whether a turn asks the same kind of question as the one before: "and Belmora?" after "how many …?"."""
    # "Are you sure?" is hardly like a question for the source, so that it asks again what was asked.
    hardly = KIND_TRAITS[alone.kind].of_named_statements and alone.kind_chance < _EVEN_ODDS and not slots_of(alone)
    if not ("kind" in turn.keeps or hardly or alone.corrects) or _asks_own_kind(alone, turn):
        return False
    earlier = KIND_TRAITS[before.repeated_kind]
    # A turn that names a topic after a summary, or after who delivered the statement, asks about that topic.
    of_statement = earlier.of_whole_statement or earlier.of_named_statements
    other_topic = of_statement and bool(slots_of(alone) & {"topic", "treaty"})
    # The source of a quotation is asked once: "what else did they say?" asks for other words of whoever said it.
    # After a greeting as the first turn there is nothing to ask again, and "what exactly did the second one say?" asks
    # for words, not for the number or the speaker that was asked for before.
    words = earlier.in_own_words_only and alone.kind == "content" and has_verb_of_saying(alone.question)
    return not (other_topic or words or before.quote or earlier.is_aside)


def _with_earlier_kind(merged: Resolution, alone: Resolution, before: Resolution) -> Resolution:
    """Returns a merged turn as of the kind of the question before it, and asking for a position if that did."""
    merged = with_kind(merged, before.repeated_kind)
    if alone.stance and alone.kind != "position" and merged.act != "remove":
        # "Who is against it?" asks for a position in its own words; a fragment may only be taken for `position`.
        return replace(merged, stance=True)
    return _with_earlier_position(merged, alone, before)


def _with_earlier_position(merged: Resolution, alone: Resolution, before: Resolution) -> Resolution:
    """Returns a merged turn as asking for the position that the question before it asked for, on the same subject."""
    same_subject = merged.act == "remove" or not slots_of(alone) & {"topic", "treaty"}
    if before.stance and same_subject and merged.scope.all_states == before.scope.all_states:
        words = before.stance_from or before.question
        return replace(merged, stance=True, denies=before.denies, negates=before.negates, stance_from=words)
    return merged


def _note_on_topic(alone: Resolution, before: Resolution, turn: TurnReading, topic: str) -> list[Note]:
    """Returns a note if a turn was to take words from the topic that are not in it: "without gold" after "ships"."""
    unchanged = turn.act == "remove" and alone.scope.topic and topic == before.scope.topic
    return [Note(kind="not_left_out", values={"words": alone.scope.topic})] if unchanged else []
