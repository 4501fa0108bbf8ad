"""Own voice: whether words are in the first person, as those of a speaker are: "our delegation", but not "Annex I".

A sentence may be so only within quotation marks, where somebody else speaks: "Belmora said: “we object”".
"""

import re
from typing import Final

from ingest.language.lexicons import Patterns

QUOTED: Final = re.compile(r"[“«\"][^”»\"]{0,400}[”»\"]")
_WORDS: Final = Patterns("own_voice")


def speaks_in_first_person(words: str) -> bool:
    """Returns whether words are in the first person, or some of them."""
    return _WORDS.first_person.search(words) is not None


def speaks_in_own_voice(words: str) -> bool:
    """Returns whether words, those in quotation marks apart, are in the first person."""
    return speaks_in_first_person(QUOTED.sub("", words))
