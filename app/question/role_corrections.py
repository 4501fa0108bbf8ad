"""Corrections of roles: where the tagger's roles contradict the kind of question, or no word supports them.

In "who spoke of Israel leaving the Golan?" a list of States is asked for, so that Israel is part of the topic and no
speaker.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Final

from app.question.kind_traits import ASIDES, WHICH_STATES
from app.question.lexicon import PAUSES, SIGNS, lexicon_of
from app.question.question_patterns import (
    asked_of_a_party,
    is_place,
    names_silence,
    noun_asked_for,
    spoken_of,
    view_holders,
)
from app.question.role_tagger.network import FILTER_ROLES, NO_ROLE, RoleReading
from app.question.role_tagger.words import Word
from app.question.spans.span import NAMED, NARROWING
from app.question.subjects import parts_subjects
from app.records import QuestionKind
from ingest.metadata.on_behalf import BEHALF, behalf_before
from ingest.parties.party_table import PartyTable

# Minimum number of content words that become the topic where the tagger found none.
_TOPIC_WORDS_MIN: Final = 2


def with_thing_asked_about(roles: RoleReading) -> RoleReading:
    """Makes what "呢" asks about the topic of a follow-up in which the tagger found nothing: "问卷呢？"."""
    items = lexicon_of(roles.language, "question_patterns").items(roles.text)
    items = tuple(item for item in items if not item.kinds & SIGNS)
    words = items[:-1]
    asks = roles.follows and len(words) >= _TOPIC_WORDS_MIN and "what_about" in items[-1].kinds
    if (
        not asks
        or {*roles.labels} != {NO_ROLE}
        or any(item.kinds for item in words)
        or any(w.span for w in roles.words)
    ):
        return roles
    return _as_topic(roles, range(items[-1].start))


def correct_roles(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Returns the roles of a question's words, corrected by its kind; in an aside no word has a role."""
    if kind in (*ASIDES, "format_request"):
        roles = replace(roles, labels=tuple(NO_ROLE for _ in roles.labels))
    roles = _without_capacity(_with_group_spoken_for(roles))
    roles = _with_supported_roles(_with_object(_with_view_holder(roles), kind), kind)
    for widened in _WIDENED:
        roles = widened(roles, kind)
    return roles


def with_places(roles: RoleReading, parties: PartyTable) -> RoleReading:
    """Makes places that no lookup knows part of the topic: "when did the laboratory in Ostrel open?"."""
    unknown = (word for word in roles.of(NO_ROLE) if word.may_be_name and not word.text.isupper())
    places = {word.start for word in unknown if is_place(roles, word) and not parties.nearest(word.text)}
    if not places:
        return roles
    known = any(word.kind in NAMED and word.start not in places for word in roles.of("who"))
    content = [] if known else [word.start for word in (*roles.of("topic"), *roles.beside_topic())]
    return _as_topic(roles, range(min({*places, *content}), max({*places, *content}) + 1))


def _with_group_spoken_for(roles: RoleReading) -> RoleReading:
    """Makes a group the speaker, not who speaks for it: "what did Belmora say on behalf of the Riparian Group?"."""
    groups = [
        word.start
        for word in roles.words
        if word.span is not None and word.span.party_form == "group" and behalf_before(roles.text[: word.start])
    ]
    if not any(word.start < min(groups, default=0) for word in roles.of("who", "mention")):
        return roles

    def role(word: Word, label: str) -> str:
        if word.start in groups:
            return "who"
        before = label in ("who", "mention") and word.start < groups[0]
        article = label in ("topic", "mention") and word.end + 1 in groups and "fill" in word.lexicon_kinds
        return NO_ROLE if before or article else label

    return replace(roles, labels=tuple(map(role, roles.words, roles.labels)))


def _without_capacity(roles: RoleReading) -> RoleReading:
    """Takes no words for the topic that say in which capacity a party spoke: "in its national capacity on tolls"."""
    capacity = BEHALF.national.search(roles.text)
    if capacity is None:
        return roles
    inside = [word.start for word in roles.words if capacity.start() <= word.start < capacity.end()]
    behind = [word for word in roles.words if word.start >= capacity.end()]
    inside += [word.start for word in takewhile(lambda word: "about" in word.lexicon_kinds, behind)]
    labels = zip(roles.words, roles.labels, strict=True)
    return replace(roles, labels=tuple(NO_ROLE if word.start in inside else label for word, label in labels))


def _with_view_holder(roles: RoleReading) -> RoleReading:
    """Makes whose view is asked the speaker, and other parties the topic: "in Mali's view, what is Chad to do?"."""
    holders = view_holders(roles)
    others = [word for word in roles.of("who", "mention") if word.span is not None and word.start not in holders]
    if not holders:
        return roles
    # Words such as "refuse" say what is asked about the others; "in the opinion of" is before the one who holds it.
    content = roles.beside_topic() if any(word.kind in NAMED for word in others) else []
    content = [word for word in content if not any(begin <= word.start < name for name, begin in holders.items())]
    topic = {word.start for word in (*others, *content) if word.kind not in NARROWING}

    def role(word: Word, label: str) -> str:
        return "who" if word.start in holders else "topic" if word.start in topic else label

    return replace(roles, labels=tuple(map(role, roles.words, roles.labels)))


def _with_object(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Makes a party that another one is asked about part of the topic: "when did Mali mention Chad as a donor?".

    "Compare Mali's position with Chad" asks both.
    """
    for start in sorted(spoken_of(roles)) if kind != "compare" else ():
        party = next(word for word in roles.words if word.start == start)
        after = next((piece for piece in roles.pieces("topic") if piece[0] >= party.end), None)
        between = [word for word in roles.words if after and party.end <= word.start < after[0]]
        joined = after is not None and not any(
            word.kind in NARROWING or word.lexicon_kinds & {"and", "ask"} for word in between
        )
        roles = _as_topic(roles, range(start, after[1] if after is not None and joined else party.end))
    return roles


def _with_supported_roles(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Corrects roles of the tagger that no word of the question supports.

    A time or meeting is excluded only if the question has a word such as "except". An article is a filter if the topic
    has nothing else ("article 18"), and else part of the topic ("the abolition of article 18").
    """
    items = lexicon_of(roles.language).items(roles.text)
    # "Setting aside" is one item of the lexicon, but two words.
    has_except = any(
        "except" in kinds for kinds in (*(w.lexicon_kinds for w in roles.words), *(i.kinds for i in items))
    )
    bare = ("article", "treaty", "sign")
    has_content = any(word.kind not in bare and "fill" not in word.lexicon_kinds for word in roles.of("topic"))
    filters = not has_content and any(word.kind == "article" for word in roles.words)

    # Both sides of a comparison are asked about: "put Corvia next to Belmora".
    other = "who" if kind == "compare" and "who" in roles.labels else "mention"

    subjects = [word.start for word in roles.of("topic", "mention")]

    def role(word: Word, label: str) -> str:
        if word.kind in NARROWING and word.span is not None and word.span.excluded:
            return "not"
        following = next((start for start in subjects if start >= word.end), None) if label == "mention" else None
        if following is not None and parts_subjects(roles, word.end, following):
            # "What did Corvia say about Belmora, and about tolls?"
            return "topic"
        unsaid = label == "not" and not has_except and word.kind in NARROWING
        if label == "mention" or (label == "not" and not (has_except or roles.follows or word.kind in NARROWING)):
            return other
        return NO_ROLE if unsaid or (filters and label == "topic") else label

    labels = [role(word, label) for word, label in zip(roles.words, roles.labels, strict=True)]
    # Each speaker has a time of its own: "what did Arvandia say in 2016 and Belmora in 2018 on gold?".
    named = [place for place, word in enumerate(roles.words) if word.kind in NAMED]
    for first, second in pairwise(named):
        between = roles.words[first + 1 : second]
        joined = len(between) > 1 and between[-2].kind in NARROWING and "and" in between[-1].lexicon_kinds
        after = next((word.kind for word in roles.words[second + 1 :] if "fill" not in word.lexicon_kinds), "")
        if joined and after in NARROWING and (labels[first], labels[second]) == ("who", "mention"):
            labels[second] = "who"
    return replace(roles, labels=tuple(labels))


def _with_state_spoken_of(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Makes States part of the topic if States are asked for: "who spoke of Israel leaving the Golan?".

    A list of named States is seldom asked for, so a State after the verb is what was spoken of. In "which States did
    Iran thank?" it is before the verb, and in "which States are to blame, in Mali's view?" its view is asked.
    """
    asked = [word for word in roles.of("who") if word.span is not None]
    spans = [word.span for word in asked if word.span is not None]
    only_states = spans and all(span.kind == "party" and span.party_form != "group" for span in spans)
    if kind not in WHICH_STATES or not only_states or _gives_view(roles, asked[0]):
        return roles
    state, topic = asked[0], [*roles.of("topic")]
    asking = [
        word
        for word in roles.of(NO_ROLE)
        if word.end <= state.start and word.lexicon_kinds & {"ask", "everyone", "states"}
    ]
    begin = next(
        (word.end for word in asking if word.lexicon_kinds & {"everyone", "states"}), asking[0].end if asking else -1
    )
    between = [word for word in roles.words if 0 <= begin <= word.start < state.start]
    if not any(word in topic or "speak_verb" in word.lexicon_kinds or word.is_content for word in between):
        return roles
    named = [*asked, *topic, *(word for word in between if word.kind == "party")]
    return _as_topic(roles, range(min(word.start for word in named), max(word.end for word in named)))


def _with_set_spoken_of(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Makes a set of States behind what is asked part of it: "who wants a larger number of permanent members?"."""
    asked = [*roles.of("who")]
    sets = asked and all(word.kind == "set" for word in asked) and not _gives_view(roles, asked[0])
    if kind not in WHICH_STATES or not sets or "topic" in roles.labels:
        return roles
    content = [word for word in roles.beside_topic() if word.end <= asked[0].start]
    return _as_topic(roles, range(content[0].start, asked[-1].end)) if content else roles


def _with_mention_spoken_of(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Makes a party part of the topic where all States are asked about it: "what did States ask UNODC to do?"."""
    mentioned = [word for word in roles.of("mention") if word.kind == "party"]
    everyone = [word for word in roles.of(NO_ROLE) if word.lexicon_kinds & {"everyone", "states"}]
    if kind in ASIDES or not (mentioned and everyone) or {"who", "not", "topic"} & {*roles.labels}:
        return roles
    between = [word for word in roles.beside_topic() if everyone[0].end <= word.start < mentioned[0].start]
    named = [*between, *mentioned]
    return _as_topic(roles, range(min(word.start for word in named), max(word.end for word in named)))


def _gives_view(roles: RoleReading, state: Word) -> bool:
    """Returns whether a State is named as the one whose view is asked, or as the one that speaks.

    "…, in Mali's eyes", "according to Mali", "in the opinion of Mali", "which delegates of Mali spoke …".
    """
    before = [word for word in roles.words if word.end <= state.start]
    # "…, as Mali sees it": only words such as "in" and "as" stand between a pause and the State.
    led = list(takewhile(lambda word: not word.is_content and word.text not in PAUSES, reversed(before)))
    rest = before[: len(before) - len(led)]
    # A pause after another party only lists them: "thanked Peru, Mali and Chad".
    paused = bool(rest) and rest[-1].text in PAUSES and not any(word.kind == "party" for word in rest[-2:-1])
    behind = [item for item in lexicon_of(roles.language).items(roles.text) if item.start >= state.end]
    return paused or state.start in view_holders(roles) or any("speak_verb" in item.kinds for item in behind[:1])


def _with_noun_asked_for(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Makes a noun that is asked for part of the topic: "what is Mali's reply time for urgent requests?"."""
    noun = noun_asked_for(roles) if kind in ("content", "number", "date") else None
    return roles if noun is None else _as_topic(roles, noun, (NO_ROLE,))


def _with_content(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Makes the other content words the topic if a list or a position is asked for and the tagger found no topic.

    "Is any delegation against mining the ocean floor, or asking for a moratorium on it?"
    """
    if roles.follows or {"topic", "quote"} & {*roles.labels}:
        return roles
    # "Which African States took the floor?" asks nothing about those who are asked.
    of_party = kind in ("number", "date", "person", "reason") or (kind == "which_states" and "who" not in roles.labels)
    if of_party and (asked := asked_of_a_party(roles)):
        return _as_topic(roles, asked, (NO_ROLE, "mention"))
    named = any(word.kind in (*NARROWING, "treaty", "set") for word in roles.words)
    if named or kind not in (*WHICH_STATES, "position"):
        return roles
    # The topic follows the words that ask: "is any delegation openly against", "what is Cuba's official position".
    begin = max((word.end for word in roles.words if word.lexicon_kinds & {"everyone", "states", "stance"}), default=0)
    content = [word for word in roles.beside_topic() if word.start >= begin]
    if names_silence(roles) or len(content) < _TOPIC_WORDS_MIN:
        return roles
    return _as_topic(roles, range(content[0].start, content[-1].end), (NO_ROLE,))


def _with_whole_clause(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Makes words between words of the topic part of it if States are asked for: "who spared peoples a long war?".

    A word that asks begins another question ("who tore up Peru's offer, and who the plan to dam the river?"), and a
    time or meeting is none of the topic.
    """
    if kind in WHICH_STATES and not roles.follows:
        asking = [word.start for word in roles.of(NO_ROLE) if word.lexicon_kinds & {"ask", "everyone", "states"}]
        parting = [*asking, *(word.start for word in roles.of(*FILTER_ROLES) if word.kind in NARROWING)]
        for one, other in pairwise(roles.of("topic")):
            if not any(one.end <= start < other.start for start in parting):
                roles = _as_topic(roles, range(one.end, other.start), (NO_ROLE,))
    return roles


def _as_topic(roles: RoleReading, chars: range, wanted: Sequence[str] = (NO_ROLE, "who", "mention")) -> RoleReading:
    """Makes the words in a range of characters part of the topic, if their role is one of those `wanted`."""

    def role(word: Word, label: str) -> str:
        return "topic" if word.start in chars and label in wanted and word.kind not in NARROWING else label

    return replace(roles, labels=tuple(map(role, roles.words, roles.labels)))


_WIDENED: Final = (
    _with_state_spoken_of,
    _with_set_spoken_of,
    _with_mention_spoken_of,
    _with_noun_asked_for,
    _with_content,
    _with_whole_clause,
)
