"""Turns of a conversation: its state, and how each turn updates it; earlier turns are never read again.

After "What did Iran say about sanctions in 2020?" the state holds Iran, sanctions, 2020, and which statements were
cited. "And Iraq?" puts another State in its place, "why?" asks about what was cited, and "summarise Cuba's statement"
begins anew. What a turn keeps is told by `read_turn` of `kinds.py`; here is what follows from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from app.question.resolution import ASIDES, OF_NO_STATE, Act, Resolution, Restyle, Shown, with_kind
from app.records import Note, Scope, TreatyScope
from vectorstore.records import JSONValue
from vectorstore.stems import is_function_word, stem, words_of

Slot = Literal["who", "topic", "when", "where", "treaty", "kind"]

# The parts of a scope in the order of the contract, by the slot that they fill.
SLOT_OF: Final[Mapping[str, Slot]] = {
    "states": "who", "groups": "who", "members_of": "who", "excluded": "who", "treaties": "treaty", "bodies": "where",
    "sessions": "where", "years": "when", "interval": "when", "months": "when", "pick": "when", "agenda_items": "where",
    "topic": "topic",
}  # fmt: skip
# Those that say who is asked.
PARTIES: Final = ("states", "groups", "members_of")
# Those that say of what time; `pick` chooses among the statements of that time.
WHEN: Final = ("interval", "years", "months")
# Fields that hold one thing.
_WHOLE: Final = ("topic", "interval", "pick")
SCOPE_SLOTS: Final[frozenset[Slot]] = frozenset(SLOT_OF.values())
_OF_THE_WHOLE: Final = ("summary", "list")
# Kinds that a turn asks for in words of its own; fragments such as "and Belmora?" may be taken for any of the others.
_OF_ITS_OWN: Final = "summary list metadata source number date person reason compare over_time".split()
# Chance from which a turn's own kind goes before the one kept; chosen by folds on the examples.
_SURE: Final = 0.8


@dataclass(frozen=True, kw_only=True)
class TurnReading:
    """What a turn does to the state before it."""

    keeps: frozenset[Slot] = frozenset()
    """The slots that go on; one that the turn fills itself as well is added to, taken from or replaced."""
    act: Act = "new"
    """`new` begins anew; `replace`, `add`, `remove` and `correct` change slots; `more` goes on where the answer ended;
    `about` asks about what was shown."""


@dataclass(frozen=True, kw_only=True)
class ConversationState:
    """A conversation as far as it goes on: the last question with all that it took over, and what its answer showed."""

    read: Resolution
    """How the last turn was read."""
    shown: Shown | None = None
    """What has been shown on it; None where the question was given without an answer."""


@dataclass(frozen=True, kw_only=True)
class EarlierTurn:
    """A question asked before in the same conversation."""

    question: str
    overrides: Mapping[str, JSONValue] = field(default_factory=dict)
    """The parts of its scope that were set in place of what it says, in the form of `Answer.scope`."""
    state: ConversationState | None = None
    """The state of the conversation after it, with which nothing before it needs to be read."""


def earlier_turns(history: Iterable[str | EarlierTurn]) -> tuple[EarlierTurn, ...]:
    """Returns the turns of a conversation that hold a question; a plain question has no overrides."""
    turns = [EarlierTurn(question=turn) if isinstance(turn, str) else turn for turn in history]
    return tuple(turn for turn in turns if turn.question.strip())


def in_form(state: ConversationState, form: Restyle) -> Resolution:
    """Returns the question before, to be answered again in another form: shorter, in French."""
    before = state.read
    return replace(
        before,
        scope=replace(before.scope, kept=tuple(name for name in SLOT_OF if getattr(before.scope, name))),
        style=before.style if form.style == "answer" else form.style,
        reply_language=form.language or before.reply_language,
        act="more" if before.act == "more" else "about",
        kind="format_request",
        again=before.answered_as,
    )


def slots_of(read: Resolution) -> frozenset[Slot]:
    """Returns the slots that a question fills itself; who asks everyone names nobody."""
    slots = {slot for name, slot in SLOT_OF.items() if getattr(read.scope, name)}
    return frozenset(slots | ({"who"} if read.unclear else set()))


def in_conversation(state: ConversationState, said: Resolution, turn: TurnReading) -> Resolution:
    """Returns a turn, `said` as read by itself, as read in the conversation before it."""
    if said.kind == "format_request" and turn.act != "more":
        # A form that is not offered: the same answer again, which says so.
        again = in_form(state, Restyle())
        return replace(again, party_notes=(*again.party_notes, Note(kind="form_unknown")))
    if turn.act == "more" and said.kind == "summary":
        # "Sum it up" goes over what was shown, and not on from where it ended.
        turn = replace(turn, act="about", keeps=turn.keeps - {"kind"})
    if turn.act == "more" and said.scope.all_states and _is_other_topic(said.scope, state.read.scope):
        # "Who else has raised illegal guns?" asks everyone about something new.
        turn = replace(turn, act="replace", keeps=turn.keeps - {"who", "kind", "topic"})
    if turn.act == "new" or (said.provision and said.scope.treaties and said.kind_chance >= _SURE):
        # What a treaty itself says is asked of nobody: "what does article 16 of the Convention say?".
        return said
    before, own = state.read, slots_of(said)
    turn = replace(turn, keeps=SCOPE_SLOTS) if said.kind in ASIDES else turn
    whole = before.goes_on_as in _OF_THE_WHOLE
    # A kind of its own that is sure goes before the one kept.
    sure = said.kind in _OF_ITS_OWN and said.kind_chance >= _SURE and turn.act in ("replace", "about", "more")
    goes_on = "who" not in own and before.scope.topic and "topic" in turn.keeps
    if sure and said.kind in _OF_THE_WHOLE and "topic" not in own and not goes_on:
        # "Summarise Cuba's statement" asks about the whole of it, "sum it up" about what was asked.
        keeps = turn.keeps - ({"topic", "treaty"} if whole or "who" not in own else SCOPE_SLOTS)
        turn = replace(turn, keeps=keeps, act="replace" if turn.act == "about" else turn.act)
    fields = _kept_fields(said, before, turn, own)
    taken = _taken_away(said.without, replace(said.scope, **fields)) if said.without else {}
    fields |= taken
    scope = replace(said.scope, **fields)
    kept = tuple(name for name in SLOT_OF if name in fields and is_kept(name, scope, before.scope))
    named = bool(scope.states or scope.groups)
    same_who = turn.act == "remove" or ("who" in turn.keeps and "who" not in own)
    # What names a topic after a summary asks about that.
    keeps_kind = "kind" in turn.keeps and said.kind not in ASIDES and not (sure or (whole and "topic" in own))
    asked = before.goes_on_as if keeps_kind else said.kind
    # Who names nobody asks whoever was asked, or everyone: "who is the judge they mean?", "who disagrees?".
    everyone = said.scope.all_states if "who" in own else not same_who and asked not in OF_NO_STATE
    open_set = everyone or (same_who and before.scope.all_states) or bool(scope.excluded and not scope.members_of)
    merged = replace(
        said,
        scope=replace(scope, kept=kept, all_states=open_set and not named),
        unnamed=said.unnamed and not same_who,
        # "And firearms?" asks of statements, since the turn before it does.
        is_statement_question=said.kind not in ASIDES,
        wording=next((w for w in (said.wording, before.wording) if w is not None and w.topic == scope.topic), None),
        party_notes=tuple(note for note in said.party_notes if note.kind != "not_left_out" or not any(taken.values())),
        act=turn.act,
        shown=state.shown if turn.act in ("more", "about") else None,
        earlier_kind=before.goes_on_as if said.kind in ASIDES else None,
    )
    if same_who and before.unclear is not None and not named:
        merged = replace(merged, unclear=before.unclear, options=before.options, known_name=before.known_name)
    # "Who else?" after one State asks which others.
    others = turn.act == "more" and everyone and not before.scope.all_states
    return with_kind(merged, before.goes_on_as) if keeps_kind and not others else merged


def _is_other_topic(scope: Scope, earlier: Scope) -> bool:
    """Whether a topic says more than the same in more or fewer words."""
    own, before = (
        {stem(word, each.language) for word in words_of(each.topic) if not is_function_word(word, each.language)}
        for each in (scope, earlier)
    )
    return bool(own) and not (own <= before or own >= before)


def _kept_fields(said: Resolution, before: Resolution, turn: TurnReading, own: frozenset[Slot]) -> dict[str, Any]:
    """Returns the fields of the scope that come from the state, alone or with what the turn says."""
    scope, earlier = said.scope, before.scope
    fields: dict[str, Any] = {}
    for slot in SCOPE_SLOTS:
        names = [name for name, of in SLOT_OF.items() if of == slot]
        if slot in own and slot == "who":
            fields |= _who(said, before, turn.act)
        elif slot in own and turn.act == "add":
            fields |= _joined(scope, earlier, *names)
        elif slot in own and turn.act == "correct":
            fields |= _meant(scope, earlier, *names)
        elif slot in own and turn.act == "remove":
            fields |= _less(scope, earlier, *names)
        elif slot in turn.keeps and slot not in own:
            fields |= {name: getattr(earlier, name) for name in names}
    if turn.act not in ("add", "remove"):
        # An article that was itself the subject gives way to a topic, and stays where it only narrowed one.
        was_subject = not earlier.topic and any(treaty.articles for treaty in earlier.treaties)
        given_way = {"treaties": ()} if "topic" in own and "treaty" not in own and was_subject else {}
        fields |= given_way | _occasion(scope, earlier)
    return fields


def _who(said: Resolution, before: Resolution, act: Act) -> dict[str, Any]:
    """Returns who is asked: "and Cuba too" adds, "without Cuba" takes away, "Niger, not Nigeria" puts in its place."""
    scope, earlier = said.scope, before.scope
    if scope.excluded and scope.all_states and not scope.members_of:
        # "All States except Norway."
        return {}
    settles = before.unclear is not None and scope.states and not scope.topic and act != "correct"
    if act == "add" or settles:
        # Who settles a name that was unclear answers for it beside the others that were named.
        return {} if scope.all_states and not scope.members_of else _joined(scope, earlier, *PARTIES)
    named, known = ({code for name in PARTIES for code in getattr(each, name)} for each in (scope, earlier))
    leaves_out = known & {*scope.excluded} or earlier.members_of or earlier.groups
    if act in ("replace", "correct") and not named and leaves_out:
        # Who only leaves out whom the turn before asked takes them away.
        act = "remove"
    gone = {*scope.excluded, *(named if act == "remove" else ())}
    rest: dict[str, Any] = {n: tuple(code for code in getattr(earlier, n) if code not in gone) for n in PARTIES}
    if act == "remove":
        # Taken from many, whoever was not named is left out; where the only one named goes, all others are asked.
        of_many = before.scope.all_states or rest["members_of"] or rest["groups"]
        out = gone - known if of_many else () if any(rest.values()) else gone
        return {**rest, "excluded": tuple(dict.fromkeys((*earlier.excluded, *out)))}
    if act == "correct" and gone & known:
        asked = _joined(scope, replace(earlier, **rest), *PARTIES)
        return {**asked, "excluded": () if any(asked.values()) else scope.excluded}
    return {}


def _occasion(scope: Scope, earlier: Scope) -> dict[str, Any]:
    """A session has a body and a time: it stays with the one and replaces the other, or is replaced by them."""
    timed = bool(scope.years or scope.months or scope.interval or scope.pick)
    fields: dict[str, Any] = {}
    if scope.sessions and not timed:
        fields |= {"years": (), "months": (), "interval": None, "pick": None}
    if timed and not scope.sessions:
        fields |= {"sessions": ()}
    if not scope.bodies and (scope.sessions or scope.agenda_items):
        fields |= {"bodies": earlier.bodies, "agenda_items": scope.agenda_items or earlier.agenda_items}
    if scope.agenda_items and not (scope.sessions or scope.bodies or timed):
        fields |= {"sessions": earlier.sessions}
    return fields


def is_kept(name: str, scope: Scope, earlier: Scope) -> bool:
    """Whether a field holds what it held before, or a part of it, or that beside something new."""
    now, was = parts_of(name, scope), parts_of(name, earlier)
    # A treaty is kept even where its articles have gone.
    named = {(treaty.treaty, "") for treaty in scope.treaties if name == "treaties"}
    return bool(now and {*now, *named} & {*was})


def _joined(scope: Scope, earlier: Scope, *names: str) -> dict[str, Any]:
    """Returns fields as they were before, with what the turn adds to them."""
    return {name: _field_of(name, (*parts_of(name, earlier), *parts_of(name, scope))) for name in names}


def _meant(scope: Scope, earlier: Scope, *names: str) -> dict[str, Any]:
    """Returns what a correction names anew beside what was asked: "not session 8, session 10"."""
    told = {name: [part for part in parts_of(name, scope) if part not in parts_of(name, earlier)] for name in names}
    return {name: _field_of(name, new) for name, new in told.items() if new}


def _less(scope: Scope, earlier: Scope, *names: str) -> dict[str, Any]:
    """Returns fields as they were before, without what the turn names; another topic or time is named in its place."""
    left: dict[str, Any] = {}
    for name in names:
        before, now = parts_of(name, earlier), parts_of(name, scope)
        rest = [part for part in before if part not in now]
        left[name] = _field_of(name, now if name in _WHOLE and now != before else rest)
    return left


def parts_of(name: str, scope: Scope) -> tuple[Any, ...]:
    """Returns what a field of a scope holds, one by one: codes, (treaty, article), or the one topic, time or pick."""
    value = getattr(scope, name)
    if name == "treaties":
        return tuple((each.treaty, article) for each in value for article in each.articles or ("",))
    return ((value,) if value else ()) if name in _WHOLE else value


def _taken_away(without: Scope, scope: Scope) -> dict[str, Any]:
    """Returns the fields that hold what is left out of them, as they are without it: of 2019 and 2020 "not in 2020"."""
    left = _less(without, scope, *(name for name in SLOT_OF if name not in _WHOLE and parts_of(name, without)))
    left = {name: rest for name, rest in left.items() if rest != getattr(scope, name)}
    return left | ({"interval": None} if "years" in left else {})


def _field_of(name: str, parts: Sequence[Any]) -> Any:  # noqa: ANN401 - the value of any field
    """Returns the value of a field that holds some parts: topics after each other, the time that spans them all."""
    parts = tuple(dict.fromkeys(parts))
    if name == "treaties":
        numbers: dict[str, dict[str, None]] = {}
        for treaty, article in parts:
            numbers.setdefault(treaty, {}).update({article: None} if article else {})
        return tuple(TreatyScope(treaty=treaty, articles=tuple(held)) for treaty, held in numbers.items())
    if name == "topic":
        return "; ".join(parts)
    if name == "interval" and parts:
        firsts, lasts = zip(*parts, strict=True)
        return (None if None in firsts else min(firsts), None if None in lasts else max(lasts))
    return (parts[-1] if parts else None) if name in _WHOLE else parts
