"""Verbs and phrases of attribution, by which documents say that somebody speaks, in the six languages."""

from functools import cache
from itertools import chain
from typing import Final

import regex

from ingest.language.lexicons import RegexPatterns, load_lexicon
from ingest.language.sentences import SENTENCE_ENDS, last_sentence

# Most words between a verb of attribution and the quotation that it introduces.
_REACH: Final = 12


@cache
def attribution() -> RegexPatterns:
    """Returns the patterns of attribution, among them `verb`, `according_to`, `on_behalf`, `cites` and `speaker_of`.

    `cites` is "I quote Tessaria:", "in the words of Tessaria"; after `object_before` comes a party that somebody speaks
    of, to or after, rather than the one that speaks.
    """
    return RegexPatterns(
        "attribution_verbs", verbs="|".join(load_lexicon("attribution_verbs")["verbs"].replace("_", r"\s+").split())
    )


def introduces_speech(before: str) -> bool:
    """Returns whether the words before a quotation attribute it: a verb directly before it, or before a colon."""
    sentence = regex.split(rf"[{SENTENCE_ENDS}]\s+", before)[-1]
    near = " ".join(sentence.split()[-_REACH:])
    found = [match.end() for match in attribution().verb.finditer(near)]
    if not found:
        return False
    rest = near[found[-1] :].strip()
    return not rest or attribution().leads_in.search(near) is not None


def introduces_predicate(before: str, *, ends: bool) -> bool:
    """Returns whether a quotation goes on with what somebody is said to say: 'said at the session that it “…”'.

    Behind another subject than a pronoun it does where it `ends` the sentence: 'said that States “…”.'.
    """
    sentence = regex.split(rf"[{SENTENCE_ENDS}]\s+", before)[-1]
    near = " ".join(sentence.split()[-2 * _REACH :])
    if introduces_speech(attribution().place_or_time.sub("", near)):
        return True
    return any(
        attribution().predicate_of_pronoun.fullmatch(near, verb.end())
        or (ends and attribution().predicate_of_noun.fullmatch(near, verb.end()))
        for verb in chain(attribution().verb.finditer(near), attribution().according_to.finditer(near))
    )


def thing_named(before: str) -> str | None:
    """Returns what a quotation is the name of: "the proposal" in 'called the proposal “premature”'; else None."""
    found = attribution().names_as.search(before.rstrip(' “«„「『"‘'))
    return found["thing"] if found is not None else None


def introduces_title(before: str, *, written_like_one: bool) -> bool:
    """Returns whether the words before a quoted string call it a title or a term.

    After "theme" or "agenda item 5" it is one only if it is `written_like_one` and nobody speaks before it.
    """
    if attribution().title_before.search(before):
        return True
    named = attribution().may_be_title_before.search(before) if written_like_one else None
    return named is not None and attribution().verb.search(last_sentence(before[: named.start()], whole=True)) is None
