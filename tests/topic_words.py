"""Compares topics by their content words: "la piraterie" is equal to "piraterie"."""

from app.question.scope_fields import SUBJECT_SEPARATOR
from vectorstore.stems import fold, is_function_word, words_of


def topic_words(topic: str) -> list[list[str]]:
    """Returns the words of each subject of a topic in order, without function words of any language."""
    languages = ("en", "fr", "es")
    return [
        [fold(word) for word in words_of(subject) if not any(is_function_word(word, each) for each in languages)]
        for subject in topic.split(SUBJECT_SEPARATOR)
    ]
