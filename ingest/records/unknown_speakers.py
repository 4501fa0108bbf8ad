"""Unknown speakers of a record: names that no lookup knows, before a colon or as a heading.

"Narnia", "International Bar Network" and "Mr. Olm, Belmora" end the words of the known speaker before them; "Asset
recovery" does not, since it consists of ordinary words or of terms of the field.
"""

from typing import Final

import regex

from ingest.glossary.glossary import words_of_terms
from ingest.language.word_frequencies import is_ordinary
from ingest.metadata.heading import is_salutation
from ingest.records.speaker_lines import WORDS, is_office
from prompts.wording import LANGUAGES

_MOST_WORDS: Final = 6
_WORD: Final = regex.compile(r"[\p{L}\p{M}’'.-]+")


def label_of(text: str, start: int, language: str | None, *, names: bool) -> "tuple[str, int] | None":
    """Returns the speaker whom a paragraph may name before a colon, and the offset of the words after it; else None.

    In a record of the form "State: words" (`names`), "Civil society:" is a speaker as well. Elsewhere a speaker needs a
    title or brackets, as known speakers have, or is put as "A delegate:"; "Interpol:" may be a topic of a speech.
    """
    found = WORDS.label.match(text, start)
    if found is None or is_salutation(found["name"]) or is_office(found["name"]) or WORDS.topic.match(found["name"]):
        return None
    name = " ".join(found["name"].split())
    noun = WORDS.somebody.search(name) is not None and len(name.split()) <= _MOST_WORDS
    if names:
        somebody = noun or names_somebody(name, language)
    else:
        marked = WORDS.titled.match(name) or "(" in name
        somebody = names_somebody(name, language) if marked else noun and WORDS.one_of.match(name) is not None
    return (name, found.end()) if somebody else None


def names_somebody(name: str, language: str | None) -> bool:
    """Returns whether words may be the name of a speaker, whether or not a lookup knows it.

    In English its words are capitalised; in other languages it may begin with the kind of body, such as "Sociedad".
    """
    if is_salutation(name):
        return False
    if language != "en" and len(name.split()) <= _MOST_WORDS and WORDS.body_elsewhere.match(name):
        return True
    words = _WORD.findall(name)
    # Only words of up to three letters may be in lower case.
    capitals = [word for word in words if len(word) > 3 or not word.islower()]
    if not capitals or len(words) > _MOST_WORDS or not all(word[0].isupper() for word in capitals):
        return False
    if regex.search(r"\p{N}", name):
        return False
    named = WORDS.titled.match(name) or WORDS.somebody.search(name)
    return named is not None or not all(map(_is_ordinary, capitals))


def _is_ordinary(word: str) -> bool:
    written = word.lower().strip("’'.-")
    return any(written in words_of_terms(language) for language in LANGUAGES) or is_ordinary(written)
