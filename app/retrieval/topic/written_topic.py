"""Topics that must be written: models see likeness in any two numbers or names, so that only its own words name one.

"What did Arvandia say about 2231?" is not answered by another number, nor "about Assange" by words on somebody else.
"""

import re
from collections.abc import Callable
from typing import Final

from ingest.glossary.glossary import terms_within
from ingest.language.numerals import ascii_digits
from ingest.language.word_frequencies import commonness
from vectorstore.records import Sentence
from vectorstore.stems import is_function_word

# Languages that write names, and little else, with a capital, and do not inflect them.
_WITH_CAPITALS: Final = ("en", "fr", "es")
# Zipf frequency below which at least one word of a name is. Chosen by hand: "Human Rights" with capitals has none.
_NAME_BELOW: Final = 4.3


def must_write(topic: str, language: str) -> Callable[[Sentence], bool] | None:
    """Returns a test of sentences for a topic that is a number or a name; None for any other topic.

    A sentence in another language may write a name otherwise, and is let through.
    """
    topic = ascii_digits(topic.strip())
    if topic and not any(map(str.isalpha, topic)):
        number = re.compile(rf"(?<!\w){re.escape(topic)}(?!\w)")
        return lambda sentence: number.search(ascii_digits(sentence.text)) is not None
    words = [word for word in re.findall(r"[^\W\d_]+", topic) if not is_function_word(word, language)]
    named = bool(words) and all(word[0].isupper() and not word.isupper() for word in words)
    if not named or language not in _WITH_CAPITALS or terms_within(topic, language):
        return None
    if min(commonness(word.lower(), language) for word in words) >= _NAME_BELOW:
        return None
    name = re.compile(rf"(?<!\w)(?:{'|'.join(words)})", re.IGNORECASE)
    return lambda sentence: sentence.language != language or name.search(sentence.text) is not None
