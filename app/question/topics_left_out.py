"""Topics that a question leaves out: "what did Arvandia say other than on extradition?" asks for all but that.

The tagger, which has not learned it, takes them for the topic. Words such as "other than" decide, as they do for
parties and times (`spans/exclusion.py`). Sentences on them are dropped by `app/retrieval/subject_search.py`.
"""

from dataclasses import replace
from itertools import takewhile
from typing import Final

from app.question.lexicon import PAUSES, Item, lexicon_of
from app.question.role_tagger.network import NO_ROLE, RoleReading
from app.question.role_tagger.words import Word

# The role of what is left out, which the tagger does not know.
LEFT_OUT: Final = "left_out"


def with_topics_left_out(roles: RoleReading) -> RoleReading:
    """Returns the roles with `LEFT_OUT` for the topics that are left out, where a party is asked.

    "Cooperation but not extradition" has the topic "cooperation"; "everything except extradition" has none.
    """
    items = lexicon_of(roles.language, "topics_left_out").items(roles.text, correct_typos=False)
    opening = [item for item in items if item.kinds & {"besides", "besides_closed"}]
    if not opening or not (roles.follows or "who" in roles.labels):
        return roles
    labels = list(roles.labels)
    for item in opening:
        closing = next((each for each in items if "besides_end" in each.kinds and each.start >= item.end), None)
        if closing is None and "besides" not in item.kinds:
            continue
        left_out = _left_out_after(item, roles, closing)
        if any(word.is_content for word in left_out):
            ends = range(item.start, closing.end if closing else left_out[-1].end)
            labels = [LEFT_OUT if word.start in ends else own for word, own in zip(roles.words, labels, strict=True)]
    kept = replace(roles, labels=tuple(labels))
    if LEFT_OUT not in labels or any(not _is_anything(word, items) for word in kept.of("topic")):
        return kept
    return replace(kept, labels=tuple(NO_ROLE if label == "topic" else label for label in labels))


def topic_left_out(roles: RoleReading) -> str:
    """Returns the topic that is left out, without "other than"; empty if none is."""
    items = lexicon_of(roles.language, "topics_left_out").items(roles.text, correct_typos=False)
    around = {
        at
        for item in items
        if item.kinds & {"besides", "besides_closed", "besides_end"}
        for at in range(item.start, item.end)
    }
    words = [word for word in roles.of(LEFT_OUT) if word.start not in around]
    return roles.piece(words[0].start, words[-1].end) if words else ""


def _left_out_after(opening: Item, roles: RoleReading, closing: Item | None) -> list[Word]:
    """Returns the words behind "other than", up to the end of a topic or else of the clause."""
    end = closing.start if closing else len(roles.text)
    label_of = dict(zip(roles.words, roles.labels, strict=True))
    # "Except in 2016" is one word, which begins before.
    behind = [word for word in roles.words if word.end > opening.end and word.start < end]
    words = list(
        takewhile(
            lambda word: (
                word.text not in PAUSES and label_of[word] in (NO_ROLE, "topic", "quote") and word.span is None
            ),
            behind,
        )
    )
    topic = [place for place, word in enumerate(words) if label_of[word] != NO_ROLE]
    if not topic:
        return words
    # "What else besides extradition did Arvandia raise?" goes on behind the topic.
    last = next((place for place in topic if place + 1 not in topic), topic[-1])
    return words[: last + 1]


def _is_anything(word: Word, items: tuple[Item, ...]) -> bool:
    """Returns whether a word of the topic names nothing: "everything", "the", a sign."""
    whole = any(item.start <= word.start < item.end and "everything" in item.kinds for item in items)
    return whole or word.kind == "sign" or "fill" in word.lexicon_kinds
