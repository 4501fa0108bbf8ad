"""Tagged words of a question: those that are filters, those that are the topic, and content words beside the topic.

In "what did Iran say on piracy in 2020", "piracy" is the topic, "2020" a filter, and no content word is beside them.
"""

import re
from typing import Final

from app.question.role_tagger.network import RoleReading
from app.question.role_tagger.words import Word
from app.question.spans.span import Span
from vectorstore.stems import is_function_word

# Spans that select statements independently of the speaker.
NARROWING: Final = ("session", "body", "agenda_item", "date", "article")
# Roles in which a span is a filter; in "2019 instead of 2018", 2018 has the role `not`.
FILTER_ROLES: Final = ("-", "who", "mention")
# Zipf frequency from which words say nothing about a topic, such as "tell", "think" and "new".
_COMMON_WORD_MIN: Final = 5.5
_EDGES: Final = ' \t\n,.;:!?¿¡-–—"“”«»()（），。；：？！、؟،؛《》'


def filters_of(roles: RoleReading, *wanted: str) -> dict[Span, str]:
    """Returns the spans with these roles and their words; an agenda item is a filter even inside the topic."""
    items = [word for word in roles.of("topic", "quote") if "-" in wanted and word.kind == "agenda_item"]
    return {word.span: word.text for word in (*roles.of(*wanted), *items) if word.span is not None}


def has_kind(roles: RoleReading, *kinds: str) -> bool:
    """Returns whether a word without a role is of one of these kinds in the lexicon."""
    return any(word.does & set(kinds) for word in roles.of("-"))


def words_with_role(roles: RoleReading, *wanted: str) -> str:
    """Returns the words with these roles, as pieces in their order, without signs at the edges."""
    pieces = (roles.text[start:end].strip(_EDGES) for start, end in roles.pieces(*wanted))
    return " ".join(re.sub(r"\s+", " ", piece) for piece in pieces if piece)


def beside_topic(roles: RoleReading) -> list[Word]:
    """Returns the content words outside the topic, without question words and the commonest words."""
    words = (word for word in roles.of("-") if word.kind == "word" and not word.does and word.common < _COMMON_WORD_MIN)
    return [word for word in words if not is_function_word(word.text, roles.language)]


def is_content(word: Word) -> bool:
    """Returns whether a word is none of the lexicon, no name and no sign."""
    return word.kind == "word" and not word.does
