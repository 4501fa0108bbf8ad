"""Merging of scopes: which filters and topic a turn takes over, adds to, takes away or replaces.

After Iran, sanctions, 2020, the turn "and Iraq?" keeps sanctions and 2020; "without Iraq" takes one State away.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.question.lexicon import lexicon_of
from app.question.occasions_left_out import other_occasions
from app.question.resolution import Act, Resolution
from app.question.scope_fields import (
    PARTY_FIELDS,
    SCOPE_SLOTS,
    SINGLE_VALUE_FIELDS,
    SLOT_OF,
    field_of,
    parts_of,
    slots_of,
    years_in,
)
from app.question.spans.span import with_spans_as_items
from app.question.spans.treaties import find_treaty_spans
from app.question.turns.state import TurnReading
from app.records import Scope
from vectorstore.stems import is_function_word, stem, words_of


def merged_fields(alone: Resolution, before: Resolution, turn: TurnReading) -> dict[str, Any]:
    """Returns the fields of the scope that come from the state, alone or merged with what the turn says."""
    scope, earlier, own = alone.scope, before.scope, slots_of(alone)
    fields: dict[str, Any] = {}
    for slot in SCOPE_SLOTS:
        names = [name for name, filled in SLOT_OF.items() if filled == slot]
        if slot in own and slot == "who":
            fields |= _who(alone, before, turn.act)
        elif slot == "topic" and turn.act == "remove" and slot in own | turn.keeps:
            fields["topic"] = _reduced_topic(alone, earlier)
        elif slot in own and (merge := {"add": _joined, "correct": _corrected, "remove": _reduced}.get(turn.act)):
            fields |= merge(scope, earlier, *names)
        elif slot in turn.keeps and slot not in own:
            # "And the Firearms Protocol?" after "the Convention" is about the Protocol alone.
            renamed = slot == "topic" and "treaty" in own and _only_names_treaties(earlier)
            fields |= {} if renamed else {name: getattr(earlier, name) for name in names}
    if turn.act not in ("add", "remove"):
        # A new topic replaces an article that was the subject itself; an article that only narrowed a topic stays.
        was_subject = not earlier.topic and any(treaty.articles for treaty in earlier.treaties)
        replaced = {"treaties": ()} if "topic" in own and "treaty" not in own and was_subject else {}
        fields |= replaced | _occasion(scope, earlier)
    if turn.act == "more" and scope.all_states:
        # "Who else?" asks everyone but those left out before.
        fields["excluded"] = tuple(dict.fromkeys((*earlier.excluded, *scope.excluded)))
    return fields


def _only_names_treaties(scope: Scope) -> bool:
    """Returns whether the topic is nothing but the treaties of the scope, such as "the Convention"."""
    items = lexicon_of(scope.language).items(scope.topic)
    row = with_spans_as_items(items, find_treaty_spans(scope.topic, items), "treaty")
    return bool(scope.treaties) and all(item.kinds & {"treaty", "fill", "and"} for item in row)


def _who(alone: Resolution, before: Resolution, act: Act) -> dict[str, Any]:
    """Returns who is asked: "and Cuba too" adds, "without Cuba" takes away, "Niger, not Nigeria" puts in its place."""
    scope, earlier = alone.scope, before.scope
    if scope.excluded and scope.all_states and not scope.members_of:
        # "All States except Norway."
        return {}
    settles = before.unclear is not None and scope.states and not scope.topic and act != "correct"
    if act == "add" or settles:
        # A party that settles an unclear name is added to the others that were named beside it.
        return {} if scope.all_states and not scope.members_of else _joined(scope, earlier, *PARTY_FIELDS)
    named, known = ([code for name in PARTY_FIELDS for code in getattr(each, name)] for each in (scope, earlier))
    leaves_out = scope.excluded and ({*known} & {*scope.excluded} or earlier.members_of or earlier.groups)
    if act in ("replace", "correct") and not named and leaves_out:
        # A turn that only excludes parties asked before removes them.
        act = "remove"
    gone = [*scope.excluded, *(named if act == "remove" else ())]
    rest: dict[str, Any] = {n: tuple(code for code in getattr(earlier, n) if code not in gone) for n in PARTY_FIELDS}
    if act == "remove":
        # Removed from a set, a party not named before is excluded; if the only party is removed, all others are asked.
        of_many = before.scope.all_states or rest["members_of"] or rest["groups"]
        excluded = [code for code in gone if code not in known] if of_many or any(rest.values()) else gone
        return {**rest, "excluded": tuple(dict.fromkeys((*earlier.excluded, *excluded)))}
    if act == "correct" and {*gone} & {*known}:
        asked = _joined(scope, replace(earlier, **rest), *PARTY_FIELDS)
        return {**asked, "excluded": () if any(asked.values()) else scope.excluded}
    return {}


def _occasion(scope: Scope, earlier: Scope) -> dict[str, Any]:
    """Returns the fields of time and meeting that change: session and time replace each other, the body stays."""
    timed = scope.is_timed or bool(scope.pick)
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


def _joined(scope: Scope, earlier: Scope, *names: str) -> dict[str, Any]:
    """Returns fields as they were before, with what the turn adds to them."""
    joined = {name: field_of(name, (*parts_of(name, earlier), *parts_of(name, scope))) for name in names}
    both_timed = scope.is_timed and earlier.is_timed
    return joined | (_joined_times(scope, earlier, joined) if "interval" in names and both_timed else {})


def _joined_times(scope: Scope, earlier: Scope, joined: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fields of two times that are both asked about, of which a statement has to fit all.

    "2015 to 2017" and "also in 2020" are four years; only intervals that overlap or adjoin stay an interval, and only
    months beside months stay months.
    """
    spans = [years_in(each.interval) for each in (scope, earlier) if each.interval is not None]
    one = len(spans) == 2 and max(span.start for span in spans) <= min(span.stop for span in spans)
    years = {*joined["years"], *(str(year) for span in spans for year in span)}
    return {
        "interval": joined["interval"] if one else None,
        "years": () if one and None in joined["interval"] else tuple(sorted(years)),
        "months": joined["months"] if scope.months and earlier.months else (),
    }


def _corrected(scope: Scope, earlier: Scope, *names: str) -> dict[str, Any]:
    """Returns the fields with only the values that a correction newly names: "not session 8, session 10"."""
    added = {name: [part for part in parts_of(name, scope) if part not in parts_of(name, earlier)] for name in names}
    return {name: field_of(name, new) for name, new in added.items() if new}


def _reduced(scope: Scope, earlier: Scope, *names: str) -> dict[str, Any]:
    """Returns the earlier fields without the values that the turn names; another time replaces the earlier."""
    left: dict[str, Any] = {}
    for name in names:
        before, now = parts_of(name, earlier), parts_of(name, scope)
        # "Without article 16" also takes away its paragraphs.
        rest = [part for part in before if part not in now and (name != "treaties" or (*part[:2], "") not in now)]
        left[name] = field_of(name, now if name in SINGLE_VALUE_FIELDS and now != before else rest)
    return left


def _reduced_topic(alone: Resolution, earlier: Scope) -> str:
    """Returns the earlier topic without the parts that the turn names, by the tagger or else in any of its words."""
    named = _stems(alone.scope.topic or alone.question, alone.scope.language)
    joints = [item for item in lexicon_of(earlier.language).items(earlier.topic) if "and" in item.kinds]
    starts, ends = [0, *(item.end for item in joints)], [*(item.start for item in joints), len(earlier.topic)]
    pieces = (earlier.topic[start:end] for start, end in zip(starts, ends, strict=True))
    parts = [piece.strip() for piece in pieces if piece.strip()]
    left = [part for part in parts if not _stems(part, earlier.language) <= named]
    return earlier.topic if left == parts or not (left or alone.scope.topic) else "; ".join(left)


def without_excluded(without: Scope, scope: Scope) -> dict[str, Any]:
    """Returns the fields that lose excluded values, without these: "not in 2020" leaves 2019 of 2019 and 2020."""
    left = _reduced(without, scope, "treaties", "bodies", "agenda_items")
    left = {name: rest for name, rest in left.items() if rest != getattr(scope, name)}
    return left | other_occasions(without, scope)


def is_other_topic(scope: Scope, earlier: Scope) -> bool:
    """Returns whether two topics differ by more than words added to or left out of one of them."""
    own, before = (_stems(each.topic, each.language) for each in (scope, earlier))
    return bool(own) and not (own <= before or own >= before)


def _stems(text: str, language: str) -> set[str]:
    return {stem(word, language) for word in words_of(text) if not is_function_word(word, language)}
