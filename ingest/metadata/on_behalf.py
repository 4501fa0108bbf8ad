"""Phrases by which speakers say for whom they speak: "on behalf of the group", "in my national capacity"."""

from typing import Final

from ingest.language.lexicons import Patterns, any_of
from ingest.language.numerals import number_words
from ingest.metadata.speaking_state import is_denied

BEHALF: Final = Patterns("represented_party", count=any_of(number_words("cardinal"), r"[\s-]+"))
"""Patterns of these phrases; `joint` is that of the words that join parties that are named together."""
OPENING: Final = 1500
"""Length of a statement's opening, in characters, in which it greets the meeting and says for whom it is made."""


def group_written(words: str) -> str | None:
    """Read the name of a group as it is written at the beginning of some words: "the Circle of Nine, said that"."""
    found = BEHALF.group_written.match(words)
    if found is None or BEHALF.no_group.match(words, found.start("name")) or BEHALF.of_one_or_all.search(found["name"]):
        return None
    return " ".join(found["name"].split())


def behalf_before(before: str) -> bool:
    """Return whether the words before a name end in "on behalf of"."""
    phrases = list(BEHALF.behalf.finditer(before))
    return bool(phrases) and BEHALF.between.fullmatch(before[phrases[-1].end() :]) is not None


def opens_on_behalf(words: str) -> bool:
    """Tell whether the words before a speaker's name say on whose behalf: "Introducing the draft on behalf of …"."""
    phrase = BEHALF.behalf.search(words)
    return phrase is not None and BEHALF.before_behalf.fullmatch(words, 0, phrase.start()) is not None


def behalf_phrase(words: str) -> str | None:
    """Return the words after the last "on behalf of" that is not denied; None if there is none."""
    phrases = [phrase for phrase in BEHALF.behalf.finditer(words) if not is_denied(words[: phrase.start()])]
    return words[phrases[-1].end() :] if phrases else None
