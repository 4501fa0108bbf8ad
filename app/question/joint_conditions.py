"""Joint conditions: "which States support the fund but oppose a new treaty?" asks for those that do both.

Each condition is read as a question of its own, "which States support the fund?" and "which States oppose a new
treaty?"; retrieval then keeps the parties that meet both. What must not be so ("but not extradition") is asked as if it
should be, and whoever meets it is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from app.question.kind_traits import WHICH_STATES
from app.question.lexicon import Item, lexicon_of
from app.question.resolution import Condition, Resolution
from app.question.scope_fields import SUBJECT_SEPARATOR
from app.records import Scope
from ingest.glossary.glossary import terms_within

_VERBS: Final = frozenset({"stance", "speak_verb", "spoke_of", "voices"})
_ASKED: Final = frozenset({"everyone", "states", "which"})
# The most words between "but" and the verb of a second condition: "but did not mention".
_WORDS_BEFORE_VERB: Final = 3
_STOPS: Final = {"ar": "؟", "zh": "？"}


def with_conditions(read: Resolution, read_alone: Callable[[str], Resolution]) -> Resolution:
    """Returns a question after States with its joint conditions, if it has two that differ in their topic alone."""
    if read.kind not in WHICH_STATES or read.scope.named_parties:
        return read
    language = read.scope.language
    parts = _conditions_in(read.question, language)
    readings = [read_alone(question) for question, _ in parts]
    if not readings or not all(each.kind in WHICH_STATES and _is_one_subject(each) for each in readings):
        return read
    one, other = readings
    if _shares_noun(one.scope.topic, other.scope.topic, language) or _but_for_topic(one.scope) != _but_for_topic(
        other.scope
    ):
        return read
    conditions = tuple(
        Condition(
            subject=each.scope.topic,
            question=question,
            stance=each.stance,
            denies=each.denies,
            is_denied=is_denied or each.scope.negated,
        )
        for each, (question, is_denied) in zip(readings, parts, strict=True)
    )
    if all(condition.is_denied for condition in conditions):
        return read
    return replace(
        one,
        question=read.question,
        scope=replace(
            one.scope,
            topic=SUBJECT_SEPARATOR.join(condition.subject for condition in conditions),
            all_states=True,
            negated=False,
        ),
        kind="which_states",
        stance=any(condition.stance for condition in conditions),
        denies=False,
        party_notes=tuple(dict.fromkeys(note for each in readings for note in each.party_notes)),
        wording=None,
        clauses=(),
        conditions=conditions,
    )


def _is_one_subject(read: Resolution) -> bool:
    return bool(read.scope.topic) and SUBJECT_SEPARATOR not in read.scope.topic and not read.unclear


def _shares_noun(one: str, other: str, language: str) -> bool:
    """Returns whether a topic is the other one, or only its adjective: "voluntary but not mandatory contributions"."""
    bare = len(one.split()) == 1 < len(other.split()) and not terms_within(one, language)
    return bare or one == other


def _but_for_topic(scope: Scope) -> Scope:
    return replace(scope, topic="", negated=False, notes=(), kept=(), treaties=())


def _conditions_in(question: str, language: str) -> list[tuple[str, bool]]:
    """Returns two questions for the conditions of one, and whether each must not be met; none without two."""
    items = lexicon_of(language, "question_patterns").items(question, correct_typos=False)
    verb = next((item for item in items if item.kinds & _VERBS), None)
    asked = [item.end for item in items if item.kinds & _ASKED and verb is not None and item.start < verb.start]
    joint = _joint(items, verb) if verb is not None and asked else None
    if verb is None or joint is None or any("refers_back" in i.kinds for i in items if i.start >= joint.end):
        return []
    head, space = question[: asked[-1]], "" if language == "zh" else " "
    first, second = question[asked[-1] : joint.start], question[joint.end :]
    has_verb = _verb_near(items, joint.end) is not None
    if has_verb and "but_not" in joint.kinds:
        # "But not mention": the verb of the second condition is denied, not its object.
        second = question[joint.start :].split(maxsplit=1)[1]
    elif not has_verb:
        # "Who mentioned corruption but not extradition?" has one verb for both.
        second = f"{question[asked[-1] : verb.end].strip()}{space}{second.strip()}"
    both = next((question[item.start : item.end] for item in items if "both" in item.kinds), None)
    clauses = [first, second] if both is None else [each.replace(both, "", 1) for each in (first, second)]
    stop = _STOPS.get(language, "?")
    questions = [f"{head}{space}{each.strip(' ,،，?？؟')}{stop}" for each in clauses]
    return list(zip(questions, (False, "but_not" in joint.kinds and not has_verb), strict=True))


def _joint(items: Sequence[Item], verb: Item) -> Item | None:
    """Returns what parts two conditions: "but", or "and" behind "both" or between verbs of which one rejects."""
    both = any("both" in item.kinds for item in items)
    for item in items:
        if item.start <= verb.start or not item.kinds & {"but", "but_not", "joins"}:
            continue
        second = _verb_near(items, item.end)
        differ = second is not None and ("rejects" in verb.kinds) != ("rejects" in second.kinds)
        if item.kinds & {"but", "but_not"} or both or differ:
            return item
    return None


def _verb_near(items: Sequence[Item], start: int) -> Item | None:
    """Returns the verb with which a condition from `start` on begins; None where it has none of its own."""
    begun = [item for item in items if item.start >= start][:_WORDS_BEFORE_VERB]
    return next((item for item in begun if item.kinds & _VERBS), None)
