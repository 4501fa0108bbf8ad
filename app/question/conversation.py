"""Turns of a conversation: its state, and how each turn updates it; earlier turns are never read again.

After "What did Iran say about sanctions in 2020?" the state holds Iran, sanctions, 2020, and which statements were
cited. "And Iraq?" replaces the State, "why?" asks about what was cited, and "summarise Cuba's statement" begins anew.
`read_turn` in `kinds.py` decides what a turn keeps; this module updates the state accordingly.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from app.question.kind_traits import KIND_TRAITS
from app.question.lexicon import lexicon_of
from app.question.resolution import Act, Resolution, Restyle, Shown, with_kind
from app.records import Note, Scope, TreatyScope
from vectorstore.records import JSONValue
from vectorstore.stems import is_function_word, stem, words_of

Slot = Literal["who", "topic", "when", "where", "treaty", "kind"]

# The slot that each field of a scope fills, in the order of the JSON contract.
SLOT_OF: Final[Mapping[str, Slot]] = {
    "states": "who", "groups": "who", "members_of": "who", "excluded": "who", "treaties": "treaty", "bodies": "where",
    "sessions": "where", "years": "when", "interval": "when", "months": "when", "pick": "when", "agenda_items": "where",
    "topic": "topic",
}  # fmt: skip
# Fields that say who is asked.
PARTIES: Final = ("states", "groups", "members_of")
# Fields that say what time is asked about; `pick` chooses among the statements of that time.
WHEN: Final = ("interval", "years", "months")
# Fields held as one value, a joined topic too.
_SINGLE: Final = ("topic", "interval", "pick")
SCOPE_SLOTS: Final[frozenset[Slot]] = frozenset(SLOT_OF.values())


@dataclass(frozen=True, kw_only=True)
class TurnReading:
    """What a turn does to the state before it."""

    keeps: frozenset[Slot] = frozenset()
    """The slots kept from the state; one that the turn fills as well is added to, taken from or replaced."""
    act: Act = "new"
    """`new` begins anew; `replace`, `add`, `remove` and `correct` change slots; `more` continues where the answer
    ended; `about` asks about what was shown."""


@dataclass(frozen=True, kw_only=True)
class ConversationState:
    """The state of a conversation: the last question with all that it took over, and what its answer showed."""

    read: Resolution
    """How the last turn was read."""
    shown: Shown | None = None
    """What has been shown for this question; None where it was given without an answer."""


@dataclass(frozen=True, kw_only=True)
class EarlierTurn:
    """A question asked before in the same conversation."""

    question: str
    overrides: Mapping[str, JSONValue] = field(default_factory=dict)
    """The parts of its scope that were set in place of what it says, in the form of `Answer.scope`."""
    state: ConversationState | None = None
    """The state of the conversation after it; with it, no earlier question needs to be read."""


def earlier_turns(history: Iterable[str | EarlierTurn]) -> tuple[EarlierTurn, ...]:
    """Returns the turns of a conversation that hold a question; a plain question has no overrides."""
    turns = [EarlierTurn(question=turn) if isinstance(turn, str) else turn for turn in history]
    return tuple(turn for turn in turns if turn.question.strip())


def in_form(state: ConversationState, form: Restyle) -> Resolution:
    """Returns the previous question, to be answered again in another form: shorter, in French."""
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
    """Returns the slots that a question fills itself; asking everyone does not fill `who`."""
    slots = {slot for name, slot in SLOT_OF.items() if getattr(read.scope, name)}
    return frozenset(slots | ({"who"} if read.unclear else set()))


def in_conversation(state: ConversationState, said: Resolution, turn: TurnReading) -> Resolution:
    """Returns the reading of a turn in its conversation; `said` is its reading by itself."""
    if said.kind == "format_request" and turn.act != "more":
        # The form is not offered: the same answer is given again, with a note that says so.
        again = in_form(state, Restyle())
        return replace(again, party_notes=(*again.party_notes, Note(kind="form_unknown")))
    if turn.act == "more" and said.kind == "summary":
        # "Sum it up" asks about what was shown; it does not continue where the answer ended.
        turn = replace(turn, act="about", keeps=turn.keeps - {"kind"})
    if turn.act == "more" and said.scope.all_states and _is_other_topic(said.scope, state.read.scope):
        # "Who else has raised illegal guns?" asks everyone about something new.
        turn = replace(turn, act="replace", keeps=turn.keeps - {"who", "kind", "topic"})
    if turn.act == "new" or (said.provision and said.scope.treaties and said.sure_of_kind):
        # A question for a treaty's own text asks nobody and begins anew: "what does article 16 of the Convention say?".
        return said
    before, own, traits = state.read, slots_of(said), KIND_TRAITS[said.kind]
    turn = replace(turn, keeps=SCOPE_SLOTS) if traits.is_aside else turn
    whole = KIND_TRAITS[before.goes_on_as].of_whole_statement
    # The turn's own kind, if sure, overrides the one kept.
    sure = traits.in_own_words_only and said.sure_of_kind and turn.act in ("replace", "about", "more")
    goes_on = "who" not in own and before.scope.topic and "topic" in turn.keeps
    if sure and traits.of_whole_statement and "topic" not in own and not goes_on:
        # "Summarise Cuba's statement" asks about the whole statement, "sum it up" about what was asked before.
        keeps = turn.keeps - ({"topic", "treaty"} if whole or "who" not in own else SCOPE_SLOTS)
        turn = replace(turn, keeps=keeps, act="replace" if turn.act == "about" else turn.act)
    fields = _kept_fields(said, before, turn, own)
    if turn.act == "more" and said.scope.all_states:
        # "Who else?" asks everyone but those left out before.
        fields["excluded"] = tuple(dict.fromkeys((*before.scope.excluded, *said.scope.excluded)))
    reduced = _without_excluded(said.without, replace(said.scope, **fields)) if said.without else {}
    fields |= reduced
    scope = replace(said.scope, **fields)
    unchanged = turn.act == "remove" and said.scope.topic and scope.topic == before.scope.topic
    notes = [Note(kind="not_left_out", values={"words": said.scope.topic})] if unchanged else []
    kept = tuple(name for name in SLOT_OF if name in fields and is_kept(name, scope, before.scope))
    named = bool(scope.states or scope.groups)
    same_who = turn.act == "remove" or ("who" in turn.keeps and "who" not in own)
    # A turn that names a topic after a summary asks about that topic.
    keeps_kind = "kind" in turn.keeps and not traits.is_aside and not (sure or (whole and "topic" in own))
    # The source of a quotation is asked once: "what else did they say?" asks for other words of whoever said it.
    keeps_kind = keeps_kind and not before.quote
    asked = before.goes_on_as if keeps_kind else said.kind
    # A turn that names nobody asks those asked before, or everyone: "who is the judge they mean?", "who disagrees?".
    everyone = said.scope.all_states if "who" in own else not same_who and not KIND_TRAITS[asked].asks_no_state
    open_set = everyone or (same_who and before.scope.all_states) or bool(scope.excluded and not scope.members_of)
    merged = replace(
        said,
        scope=replace(scope, kept=kept, all_states=open_set and not named),
        unnamed=said.unnamed and not same_who,
        # "And firearms?" asks about statements, since the turn before it does.
        is_statement_question=not traits.is_aside,
        wording=next((w for w in (said.wording, before.wording) if w is not None and w.topic == scope.topic), None),
        party_notes=(*(n for n in said.party_notes if n.kind != "not_left_out" or not any(reduced.values())), *notes),
        act=turn.act,
        shown=state.shown if turn.act in ("more", "about") else None,
        earlier_kind=before.goes_on_as if traits.is_aside else None,
    )
    if same_who and before.unclear is not None and not named:
        merged = replace(merged, unclear=before.unclear, options=before.options, known_name=before.known_name)
    # "Who else?" after a question about one State asks for the others.
    others = turn.act == "more" and everyone and not before.scope.all_states
    if before.quote and said.kind == "date" and not own:
        # "When?" after "who said …?" is answered by the source, which has its date.
        return replace(merged, quote=before.quote, again="source")
    if not keeps_kind or others:
        return merged
    merged = with_kind(merged, before.goes_on_as)
    if said.stance and said.kind != "position" and turn.act != "remove":
        # "Who is against it?" asks for a position in its own words; a fragment may only be taken for `position`.
        return replace(merged, stance=True)
    same_subject = turn.act == "remove" or not own & {"topic", "treaty"}
    if before.stance and same_subject and merged.scope.all_states == before.scope.all_states:
        words = before.stance_from or before.question
        return replace(merged, stance=True, denies=before.denies, stance_from=words)
    return merged


def _is_other_topic(scope: Scope, earlier: Scope) -> bool:
    """Returns whether two topics differ by more than words added to or left out of one of them."""
    own, before = (_stems(each.topic, each.language) for each in (scope, earlier))
    return bool(own) and not (own <= before or own >= before)


def _stems(text: str, language: str) -> set[str]:
    return {stem(word, language) for word in words_of(text) if not is_function_word(word, language)}


def _kept_fields(said: Resolution, before: Resolution, turn: TurnReading, own: frozenset[Slot]) -> dict[str, Any]:
    """Returns the fields of the scope that come from the state, alone or merged with what the turn says."""
    scope, earlier = said.scope, before.scope
    fields: dict[str, Any] = {}
    for slot in SCOPE_SLOTS:
        names = [name for name, filled in SLOT_OF.items() if filled == slot]
        if slot in own and slot == "who":
            fields |= _who(said, before, turn.act)
        elif slot == "topic" and turn.act == "remove" and slot in own | turn.keeps:
            fields["topic"] = _reduced_topic(said, earlier)
        elif slot in own and (merge := {"add": _joined, "correct": _corrected, "remove": _reduced}.get(turn.act)):
            fields |= merge(scope, earlier, *names)
        elif slot in turn.keeps and slot not in own:
            fields |= {name: getattr(earlier, name) for name in names}
    if turn.act not in ("add", "remove"):
        # A new topic replaces an article that was the subject itself; an article that only narrowed a topic stays.
        was_subject = not earlier.topic and any(treaty.articles for treaty in earlier.treaties)
        replaced = {"treaties": ()} if "topic" in own and "treaty" not in own and was_subject else {}
        fields |= replaced | _occasion(scope, earlier)
    return fields


def _who(said: Resolution, before: Resolution, act: Act) -> dict[str, Any]:
    """Returns who is asked: "and Cuba too" adds, "without Cuba" takes away, "Niger, not Nigeria" puts in its place."""
    scope, earlier = said.scope, before.scope
    if scope.excluded and scope.all_states and not scope.members_of:
        # "All States except Norway."
        return {}
    settles = before.unclear is not None and scope.states and not scope.topic and act != "correct"
    if act == "add" or settles:
        # A party that settles an unclear name is added to the others that were named beside it.
        return {} if scope.all_states and not scope.members_of else _joined(scope, earlier, *PARTIES)
    named, known = ({code for name in PARTIES for code in getattr(each, name)} for each in (scope, earlier))
    leaves_out = scope.excluded and (known & {*scope.excluded} or earlier.members_of or earlier.groups)
    if act in ("replace", "correct") and not named and leaves_out:
        # A turn that only excludes parties asked before removes them.
        act = "remove"
    gone = {*scope.excluded, *(named if act == "remove" else ())}
    rest: dict[str, Any] = {n: tuple(code for code in getattr(earlier, n) if code not in gone) for n in PARTIES}
    if act == "remove":
        # Removed from a set, a party not named before is excluded; if the only party is removed, all others are asked.
        of_many = before.scope.all_states or rest["members_of"] or rest["groups"]
        out = gone - known if of_many else () if any(rest.values()) else gone
        return {**rest, "excluded": tuple(dict.fromkeys((*earlier.excluded, *out)))}
    if act == "correct" and gone & known:
        asked = _joined(scope, replace(earlier, **rest), *PARTIES)
        return {**asked, "excluded": () if any(asked.values()) else scope.excluded}
    return {}


def _occasion(scope: Scope, earlier: Scope) -> dict[str, Any]:
    """Returns the fields of time and meeting that change: session and time replace each other, the body stays."""
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
    """Returns whether a field still holds any of its earlier values, alone or beside new ones."""
    now, was = parts_of(name, scope), parts_of(name, earlier)
    # A treaty counts as kept even if its articles are dropped.
    named = {(treaty.treaty, "") for treaty in scope.treaties if name == "treaties"}
    return bool(now and {*now, *named} & {*was})


def _joined(scope: Scope, earlier: Scope, *names: str) -> dict[str, Any]:
    """Returns fields as they were before, with what the turn adds to them."""
    return {name: _field_of(name, (*parts_of(name, earlier), *parts_of(name, scope))) for name in names}


def _corrected(scope: Scope, earlier: Scope, *names: str) -> dict[str, Any]:
    """Returns the fields with only the values that a correction newly names: "not session 8, session 10"."""
    added = {name: [part for part in parts_of(name, scope) if part not in parts_of(name, earlier)] for name in names}
    return {name: _field_of(name, new) for name, new in added.items() if new}


def _reduced(scope: Scope, earlier: Scope, *names: str) -> dict[str, Any]:
    """Returns the earlier fields without the values that the turn names; another time replaces the earlier."""
    left: dict[str, Any] = {}
    for name in names:
        before, now = parts_of(name, earlier), parts_of(name, scope)
        rest = [part for part in before if part not in now]
        left[name] = _field_of(name, now if name in _SINGLE and now != before else rest)
    return left


def _reduced_topic(said: Resolution, earlier: Scope) -> str:
    """Returns the earlier topic without the parts that the turn names, by the tagger or else in any of its words."""
    named = _stems(said.scope.topic or said.question, said.scope.language)
    joints = [item for item in lexicon_of(earlier.language).items(earlier.topic) if "and" in item.kinds]
    starts, ends = [0, *(item.end for item in joints)], [*(item.start for item in joints), len(earlier.topic)]
    pieces = (earlier.topic[start:end] for start, end in zip(starts, ends, strict=True))
    parts = [piece.strip() for piece in pieces if piece.strip()]
    left = [part for part in parts if not _stems(part, earlier.language) <= named]
    return earlier.topic if left == parts or not (left or said.scope.topic) else "; ".join(left)


def parts_of(name: str, scope: Scope) -> tuple[Any, ...]:
    """Returns the values of a field of a scope: codes, (treaty, article) pairs, or the one topic, interval or pick."""
    value = getattr(scope, name)
    if name == "treaties":
        return tuple((each.treaty, article) for each in value for article in each.articles or ("",))
    return ((value,) if value else ()) if name in _SINGLE else value


def _without_excluded(without: Scope, scope: Scope) -> dict[str, Any]:
    """Returns the fields that lose excluded values, without these: "not in 2020" leaves 2019 of 2019 and 2020."""
    left = _reduced(without, scope, *(name for name in SLOT_OF if name not in _SINGLE and parts_of(name, without)))
    left = {name: rest for name, rest in left.items() if rest != getattr(scope, name)}
    return left | ({"interval": None} if "years" in left else {})


def _field_of(name: str, parts: Sequence[Any]) -> Any:  # noqa: ANN401 - the value of any field
    """Returns the value of a field with several values: topics are joined, and intervals become one that spans all."""
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
    return (parts[-1] if parts else None) if name in _SINGLE else parts
