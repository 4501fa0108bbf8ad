"""Compares topics by their content words: "la piraterie" is equal to "piraterie"."""

from vectorstore.stems import fold, is_function_word, words_of


def topic_words(topic: str) -> list[str]:
    """Returns the words of a topic in order, without function words of any language."""
    languages = ("en", "fr", "es")
    return [fold(word) for word in words_of(topic) if not any(is_function_word(word, each) for each in languages)]
