"""Whom a turn asks that names no party: "which of them?" asks those asked before, "everyone?" and "who else?" all.

"Its members" are those of the group asked before; "its neighbours", which no table knows, are asked back. The words are
in `app/question/data/unnamed_parties.yaml`. A turn that says more, such as "did everyone agree?", is read by
`turn_classifier.py` alone.
"""

from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Final

from app.question.kind_traits import KIND_TRAITS
from app.question.lexicon import SIGNS, Item, find_forms, lexicon_of
from app.question.question_patterns import DENIALS
from app.question.resolution import Act, Resolution, Shown, with_kind
from app.question.scope_fields import SCOPE_SLOTS, Slot, slots_of
from app.question.turns.state import TurnReading
from app.question.turns.turn_classifier import SLOTS
from app.records import Note
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import members_of
from vectorstore.stems import is_function_word

# Maximum length in words of a turn that only says whom it asks: "and what about everyone?".
_MAX_TURN_WORDS: Final = 4
# Kinds of words that may stand beside "the second one" without being the noun that it counts ("the second State").
_BESIDE_PLACES: Final = SIGNS | {
    "about", "against", "agrees", "ask", "fill", "filler", "of", "speak_verb", "spoke_of", "towards", "voices",
}  # fmt: skip


def by_unnamed_parties(
    alone: Resolution, before: Resolution, turn: TurnReading, parties: PartyTable, shown: Shown
) -> tuple[Resolution, TurnReading]:
    """Returns a turn by itself and what it does, both corrected by words for parties that it does not name."""
    own, asked = slots_of(alone), before.scope
    groups = tuple(code for code in (*asked.groups, *asked.members_of) if parties.has_members(code))
    theirs = ask_their_members(alone, groups)
    if theirs is not alone:
        # "And its members?" changes only who is asked.
        kept = frozenset(SLOTS) - {"who"} if not own else turn.keeps
        return theirs, TurnReading(act=turn.act if turn.act == "add" else "replace", keeps=kept)
    lexicon = lexicon_of(alone.scope.language, "unnamed_parties")
    items = [item for item in lexicon.items(alone.question) if not item.kinds & SIGNS]
    words = [item.kinds for item in items]
    if before.years_before and not own and len(asked.named_parties) == 1 and any("the_two" in kinds for kinds in words):
        # "Compare the two" after 2016 and "four years later" is of the two times.
        years = tuple(sorted({*before.years_before, *asked.years}))
        both = with_kind(replace(alone, scope=replace(alone.scope, years=years, all_states=False)), "over_time")
        return both, TurnReading(act="replace", keeps=frozenset(SLOTS) - {"when", "kind"})
    if (turned := _by_group(alone, before, parties, shown.parties)) is not None:
        return turned
    if (turned := _of_list(alone, before, turn, parties, shown.listed, items)) is not None:
        return turned
    if "who" not in own and (one := _by_place(alone, before, shown.listed or shown.parties)):
        # A comparison is of several.
        not_kept: Set[Slot] = {"who", "kind"} if before.kind == "compare" else {"who"}
        subject: Set[Slot] = set() if own & {"topic", "treaty"} else {"topic", "treaty"}
        kept = (turn.keeps | subject) - not_kept
        return _asked_of(alone, one, parties), TurnReading(act="replace", keeps=kept)
    several = asked.all_states or asked.members_of or len((*asked.states, *asked.groups)) > 1
    if "who" not in own and several and _asks_some_of_them(words):
        return _asking(alone, everyone=False), _keeping_who(turn, own)
    says_more = own or len(words) > _MAX_TURN_WORDS or not all(words)
    if says_more or (asked.all_states and not asked.members_of):
        return alone, turn
    kinds = frozenset[str]().union(*words)
    if "everything" in kinds or "всё" in alone.question.casefold():
        # "Это всё?" asks whether that is all.
        return _asking(alone, everyone=False), replace(turn, keeps=turn.keeps | {"who"})
    if "anyone_else" in kinds:
        others = alone if turn.act == "more" else with_kind(alone, "which_states")
        return _asking(others, everyone=True), TurnReading(act="more", keeps=(turn.keeps | SCOPE_SLOTS) - {"who"})
    if "all_parties" in kinds:
        return _asking(alone, everyone=True), TurnReading(act="replace", keeps=frozenset(SLOTS) - {"who"})
    return alone, turn


def _of_list(
    alone: Resolution,
    before: Resolution,
    turn: TurnReading,
    parties: PartyTable,
    listed: Sequence[str],
    words: Sequence[Item],
) -> tuple[Resolution, TurnReading] | None:
    """Returns a turn on the parties that the list before it named; None for any other.

    "Which of those oppose it?" asks them alone, "how many of them are in the Group?" those in the Group, and "how many
    is that?" counts them.
    """
    own, scope = slots_of(alone), alone.scope
    of_them = _asks_some_of_them([item.kinds for item in words]) and not scope.named_parties
    # After "how many requests were there?", "how many is that?" asks for no parties.
    names_parties = not KIND_TRAITS[before.repeated_kind].in_own_words_only
    bare = not own or (of_them and own == {"who"})
    numbers = alone.kind == "number" and turn.act != "new" and bare and names_parties
    sets = members_of(scope.members_of, parties)
    asked = tuple(code for code in listed if code in sets or not scope.members_of)
    if not (before.scope.all_states and asked and (of_them or numbers)):
        return None
    states = tuple(code for code in asked if parties.kind_of(code) == "state")
    groups = tuple(code for code in asked if code not in states)
    scope = replace(scope, states=states, groups=groups, members_of=(), excluded=(), all_states=True)
    if numbers or own == {"who"}:
        # The list, or a part of it, is asked for again. Words that are not known may say which part.
        spoken = (alone.question[item.start : item.end] for item in words if not item.kinds)
        counts = numbers and all(is_function_word(word, scope.language) for word in spoken)
        alone = replace(alone, scope=scope, kind="content", kind_chance=0.0, counts=counts, unnamed=False)
        return alone, TurnReading(act="replace", keeps=frozenset(SLOTS) - {"who"})
    kept = replace(_keeping_who(turn, own), act="replace")
    return replace(alone, scope=scope), replace(kept, keeps=kept.keeps - {"who"})


def _by_group(
    alone: Resolution, before: Resolution, parties: PartyTable, shown: Sequence[str]
) -> tuple[Resolution, TurnReading] | None:
    """Returns a turn on "the group" that was quoted for States asked before, which it asks or leaves out; else None.

    "Not the group" and "not the group, Belmora itself" leave out what it said for them, "what about the group?" asks
    it.
    """
    items = [i for i in lexicon_of(alone.scope.language, "unnamed_parties").items(alone.question) if i.kinds - SIGNS]
    place = next((n for n, item in enumerate(items) if "the_group" in item.kinds), None)
    quoted = [code for code in shown if parties.kind_of(code) == "group"]
    if place is None or not (quoted and before.scope.states) or slots_of(alone) - {"who"}:
        return None
    kept = frozenset(SLOTS) - {"who"}
    if place and items[place - 1].kinds & DENIALS:
        scope = replace(alone.scope, excluded=tuple(quoted), all_states=False)
        act: Act = "replace" if alone.scope.named_parties else "remove"
        return replace(alone, scope=scope, corrects=True), TurnReading(act=act, keeps=kept)
    traits = KIND_TRAITS[alone.kind]
    asks_it = not (traits.in_own_words_only or traits.asks_which_states)
    only = asks_it and not slots_of(alone) and len(items) <= _MAX_TURN_WORDS
    return (_asked_of(alone, quoted[-1], parties), TurnReading(act="replace", keeps=kept)) if only else None


def ask_their_members(alone: Resolution, groups: Sequence[str] = ()) -> Resolution:
    """Returns a question with "its members" read as those of these groups, and "its neighbours" asked back.

    "And its members?" asks those of the group asked before. No table knows neighbours, also not in "Tonga and its
    neighbours on fishing"; in "how does it help its neighbours?" they belong to the topic.
    """
    items = lexicon_of(alone.scope.language, "unnamed_parties").items(alone.question)
    for form, part in find_forms("unnamed_parties", items):
        words = alone.question[part[0].start : part[-1].end]
        before = [item for item in items if item.end <= part[0].start][-1:]
        beside = "who" in slots_of(alone) and not any("and" in item.kinds for item in before)
        if beside or words.casefold() in alone.scope.topic.casefold():
            continue
        if form == "others":
            return replace(_asking(alone, everyone=False), unclear=words, options=(), option_codes=(), known_name=False)
        if groups and "who" not in slots_of(alone):
            note = Note(kind="members_of_group", values={"name": words, "codes": tuple(groups)})
            asked = replace(alone.scope, members_of=tuple(groups), all_states=True)
            return replace(alone, scope=asked, party_notes=(*alone.party_notes, note))
    return alone


def _by_place(alone: Resolution, before: Resolution, shown: Sequence[str]) -> str:
    """Returns the one of several parties asked before, or shown, that a turn means: "what does the second one say?".

    "The second session", "the second one" after two treaties, and what "they said in the last one" are none of them.
    """
    asked = before.scope.named_parties or shown
    lexicon = lexicon_of(alone.scope.language, "unnamed_parties")
    patterns = lexicon_of(alone.scope.language, "question_patterns")
    items = [(i, i.kinds | patterns.kinds_of(alone.question[i.start : i.end])) for i in lexicon.items(alone.question)]
    if len(asked) < 2 or len(items) < 2 or len(before.scope.treaties) > 1:
        return ""
    row = [frozenset({"ask"}), *(kinds for _, kinds in items), frozenset({"stop"})]
    for (item, _), ahead, behind in zip(items, row, row[2:], strict=False):
        if "pronoun" in ahead:
            return ""
        place = int(item.values.get("nth", 0))
        # In Arabic a noun stands before its number: "المرة الثانية".
        noun = (
            not behind & _BESIDE_PLACES
            or "place" in ahead
            or (alone.scope.language == "ar" and not ahead & _BESIDE_PLACES)
        )
        if place and not noun and place <= len(asked):
            return asked[place - (place > 0)]
    return ""


def _asked_of(alone: Resolution, code: str, parties: PartyTable) -> Resolution:
    """Returns a turn that asks one party; "the last one" is the last party, and not the latest statement."""
    is_state = parties.kind_of(code) == "state"
    states, groups = ((code,), ()) if is_state else ((), (code,))
    scope = replace(alone.scope, states=states, groups=groups, all_states=False, pick=None)
    return replace(alone, scope=scope, unnamed=False)


def _asks_some_of_them(words: Sequence[frozenset[str]]) -> bool:
    """Returns whether a turn, by the kinds of its words, asks some of those asked before: "which of them?".

    "Who supports both Protocols?" asks everyone; in "les conditions dans lesquelles", the word refers to its noun; and
    "Which States condemn attacks, and what do some of them propose?" asks after States of its own.
    """
    of_them = {"of_them"} if any("everyone" in kinds for kinds in words) else {"of_them", "the_two"}
    of_them |= {"which_of_them"} & next(iter(words), frozenset())
    first = next((kinds for kinds in words if kinds & {*of_them, "states"}), frozenset[str]())
    return bool(first & of_them)


def _keeping_who(turn: TurnReading, own: Set[Slot]) -> TurnReading:
    """Returns a turn that asks those asked before; one that began anew keeps all else but its own subject."""
    if turn.act == "new":
        subject: Set[Slot] = {"topic", "treaty"} if own & {"topic", "treaty"} else set()
        return TurnReading(act="replace", keeps=(SCOPE_SLOTS - subject) | {"who"})
    return replace(turn, keeps=turn.keeps | {"who"})


def _asking(alone: Resolution, *, everyone: bool) -> Resolution:
    return replace(alone, scope=replace(alone.scope, all_states=everyone))
