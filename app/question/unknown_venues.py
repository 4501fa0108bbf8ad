"""Unread venues: meetings and bodies that a question names as its venue and that no table lists, for a note.

"What did Cuba say in the Third Committee on extradition?" is searched in all statements on extradition. The words are
in `data/venues.yaml`; a venue in the topic is searched with it and needs no note.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from app.question.lexicon import Item, lexicon_of
from app.question.role_tagger.network import NO_ROLE, RoleReading
from app.question.role_tagger.words import Word
from app.records import Note
from ingest.loaders.registry import SUFFIXES

# Maximum number of words, in Chinese of characters, from the word that leads to a venue to its noun.
_MAX_WORDS_BEFORE: Final = 8
_SHORTEST_ACRONYM: Final = 3
# Signs within a name, and kinds of words that are in none.
_JOINING: Final = "-‑'’"
_APART: Final = frozenset({"ask", "speak_verb", "everyone", "states", "state", "about"})
_NUMBERS: Final = frozenset({"number", "ordinal", "roman"})


def unknown_venues(roles: RoleReading) -> Iterator[Note]:
    """Yields a note on each meeting or body whose words have no role in the question: "in the Third Committee"."""
    items = lexicon_of(roles.language, "venues").items(roles.text, correct_typos=False)
    idle = [word for word in roles.of(NO_ROLE) if word.kind in ("word", "place") or word.text in _JOINING]
    end = 0
    for item in items:
        inside = [word for word in idle if item.start <= word.start < item.end]
        covered = sum(word.end - word.start for word in inside) >= len(
            "".join(roles.text[item.start : item.end].split())
        )
        kinds = item.kinds & {"venue", "general"} or ({"venue"} if _is_acronym(roles, inside) else set())
        before = _led(idle, items, item) if kinds and covered else None
        # "At the OECD workshop" is one venue.
        if before is None or before[0].start < end:
            continue
        if kinds & {"venue"} or any(_names(word, roles) for word in before[1:]):
            end = _end_of_name(idle, items, item)
            yield Note(kind="unknown_venue", values={"words": roles.text[before[0].start : end]})


def _led(idle: Sequence[Word], items: Sequence[Item], noun: Item) -> list[Word] | None:
    """Returns the words before a noun from the one that leads to it ("at the Bonn"); None if none does."""
    found: list[Word] = []
    start = noun.start
    for word in [each for each in reversed(idle) if each.end <= noun.start][:_MAX_WORDS_BEFORE]:
        if start - word.end > 1:
            break
        found, start = [word, *found], word.start
        kinds = _kinds_at(items, word.start)
        if "led_by" in kinds:
            return found
        if kinds & _APART:
            break
    return None


def _names(word: Word, roles: RoleReading) -> bool:
    """Returns whether a word before a noun such as "conference" tells which one: "the Bonn conference", "第三"."""
    uncased = roles.language in ("ar", "zh") and word.is_content
    return uncased or word.kind == "place" or word.text[:1].isupper() or bool(word.lexicon_kinds & _NUMBERS)


def _end_of_name(idle: Sequence[Word], items: Sequence[Item], noun: Item) -> int:
    """Returns where a name ends that goes on behind its noun: "Committee of the Whole", "Комитете по правам"."""
    end = at = noun.end
    for word in takewhile(lambda each: not _kinds_at(items, each.start) & _APART, (w for w in idle if w.start >= end)):
        if word.start - at > 1 or word.kind != "word":
            break
        at = word.end
        end = at if word.text[:1].isupper() else end
    return end


def _is_acronym(roles: RoleReading, words: Sequence[Word]) -> bool:
    """Returns whether words are one of capitals alone that no table knows, nor as a format: "at UNEA", not "in PDF"."""
    if len(words) != 1 or roles.text.isupper() or words[0].lexicon_kinds:
        return False
    acronym = words[0].text
    return acronym.isupper() and len(acronym) >= _SHORTEST_ACRONYM and f".{acronym.lower()}" not in SUFFIXES


def _kinds_at(items: Sequence[Item], start: int) -> frozenset[str]:
    return next((item.kinds for item in items if item.start <= start < item.end), frozenset())
