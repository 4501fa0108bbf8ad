"""How documents say that somebody speaks: verbs and phrases of attribution in the six languages, by table."""

from typing import Final

import regex

from ingest.language.lexicons import RegexPatterns, load_lexicon

_PATTERNS: Final = RegexPatterns("drafts", verbs="|".join(load_lexicon("drafts")["verbs"].replace("_", r"\s+").split()))

VERB: Final = _PATTERNS.verb
ACCORDING: Final = _PATTERNS.according_to
BEHALF: Final = _PATTERNS.on_behalf
# "I quote Tessaria:", "in the words of Tessaria".
CITES: Final = _PATTERNS.cites
# Before a name: it is whom somebody speaks of, to or after, rather than who speaks.
OBJECT: Final = _PATTERNS.object_before
SPEAKER_OF: Final = _PATTERNS.speaker_of
# A verb this many words before a quotation introduces it.
_REACH: Final = 12


def introduces_speech(before: str) -> bool:
    """Returns whether the words before a quotation say that somebody speaks it, directly or by a colon after a verb."""
    sentence = regex.split(r"[.!?。！？؟]\s+", before)[-1]
    near = " ".join(sentence.split()[-_REACH:])
    found = [match.end() for match in VERB.finditer(near)]
    if not found:
        return False
    rest = near[found[-1] :].strip()
    return not rest or _PATTERNS.leads_in.search(near) is not None


def introduces_title(before: str) -> bool:
    """Returns whether the words before a quoted string call it a title or a term."""
    return _PATTERNS.title_before.search(before) is not None
