"""How documents say that somebody speaks: verbs and phrases of attribution in the six languages, by table."""

from functools import cache
from typing import Final

import regex

from ingest.language.lexicons import RegexPatterns, load_lexicon
from ingest.language.sentences import SENTENCE_ENDS

# A verb this many words before a quotation introduces it.
_REACH: Final = 12


@cache
def attribution() -> RegexPatterns:
    """Returns the patterns of attribution, among them `verb`, `according_to`, `on_behalf`, `cites` and `speaker_of`.

    `cites` is "I quote Tessaria:", "in the words of Tessaria"; after `object_before` stands whom somebody speaks of, to
    or after, rather than who speaks.
    """
    return RegexPatterns("drafts", verbs="|".join(load_lexicon("drafts")["verbs"].replace("_", r"\s+").split()))


def introduces_speech(before: str) -> bool:
    """Returns whether the words before a quotation say that somebody speaks it, directly or by a colon after a verb."""
    sentence = regex.split(rf"[{SENTENCE_ENDS}]\s+", before)[-1]
    near = " ".join(sentence.split()[-_REACH:])
    found = [match.end() for match in attribution().verb.finditer(near)]
    if not found:
        return False
    rest = near[found[-1] :].strip()
    return not rest or attribution().leads_in.search(near) is not None


def introduces_title(before: str) -> bool:
    """Returns whether the words before a quoted string call it a title or a term."""
    return attribution().title_before.search(before) is not None
