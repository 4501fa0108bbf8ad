"""Subject of a direction: what words are for or against, taken from a question's scope, and whether it is a harm.

"Who opposes article 18?" is about article 18; with "corruption", a harm, everybody is against it.
"""

from typing import Final

from app.question.scope_fields import SUBJECT_SEPARATOR
from app.records import Scope
from ingest.glossary.glossary import translate_topic
from ingest.language.lexicons import Patterns

_HARMS: Final = Patterns("harms")


def topic_words(scope: Scope) -> str:
    """Returns the words of what a direction is for or against: the topic, else the articles asked about."""
    return scope.topic or " ".join(f"article {number}" for treaty in scope.treaties for number in treaty.articles)


def has_one_subject(scope: Scope) -> bool:
    """Returns whether a direction can be read: on a topic or on articles, not on "the abolition of article 18".

    A party that calls article 18 the most useful one is against its abolition, but its words do not show that.
    """
    articles = any(treaty.articles for treaty in scope.treaties)
    several = SUBJECT_SEPARATOR in scope.topic
    return bool(scope.topic or scope.treaties) and not (several or (scope.topic and articles))


def names_harm(topic: str, language: str = "en") -> bool:
    """Returns whether a topic names a harm, not a measure against one; the glossary translates other languages.

    Nobody supports harms such as corruption, so that positions are on the measures against them: a State that wants
    "illegal fishing" to be treated as a crime must not be shown as "(against)".
    """
    words = translate_topic(topic, language).text if language != "en" else topic
    harm = _HARMS.harm.search(words) or _HARMS.harm_at_end.search(words)
    return harm is not None and _HARMS.measure.search(words) is None
