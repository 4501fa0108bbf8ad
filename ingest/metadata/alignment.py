"""Alignment of a speaker with groups' statements: "my delegation aligns itself with the statement made for the group".

Only the speaker's own alignment counts: neither "We thank the States that aligned themselves" nor what a group's
statement says about States that align with it shows an alignment of the speaker.
"""

import re
from collections.abc import Iterator

from ingest.language.lexicons import Patterns
from ingest.language.matches import blanked
from ingest.metadata.on_behalf import BEHALF, behalf_before
from ingest.parties.party_lookup import PartyLookup
from ingest.parties.party_table import PartyMatch

_WORDS = Patterns("alignment")


def aligned_with(sentence: str, state: str | None, lookup: PartyLookup) -> tuple[str, ...]:
    """Returns the groups, in order, with whose statements the speaker aligns, who may be named as the `state`."""
    # Words for a statement are searched first: few sentences have any, and the search is cheaper than that for verbs.
    verbs = list(_WORDS.verb.finditer(sentence)) if _WORDS.said.search(sentence) else []
    if not verbs:
        return ()
    named = [match for match in lookup.find(sentence) if len(match.codes) == 1]
    groups = [match for match in named if lookup.kind_of(match.codes[0]) == "group"]
    others = [match for match in named if match not in groups]
    found: dict[str, None] = {}
    for number, verb in enumerate(verbs if groups else ()):
        if _WORDS.denied.search(sentence, max(0, verb.start() - 40), verb.start()):
            continue
        begin = verbs[number - 1].end() if number else 0
        end = verbs[number + 1].start() if number + 1 < len(verbs) else len(sentence)
        # In part, or with an exception, between the previous verb and the next.
        nearby = sentence[max(begin, verb.start() - 40) : min(end, verb.end() + 40)]
        if _WORDS.partly.search(nearby) or _WORDS.excepted.search(sentence, begin, end):
            continue
        if verb["own"] is None and not _is_speaker(sentence, verb, state, others):
            continue
        stop = _WORDS.says_else.search(sentence, verb.end())
        span = sentence[: stop.start()] if stop else sentence
        found |= dict.fromkeys(_groups_after(span, verb, groups, others))
    return tuple(found)


def _is_speaker(sentence: str, verb: re.Match[str], state: str | None, named: list[PartyMatch]) -> bool:
    subjects = [(m.end(), m["speaker"] is not None) for m in _WORDS.subject.finditer(sentence, 0, verb.start())]
    subjects += [(m.end, m.codes == (state,)) for m in named if m.end <= verb.start()]
    is_arabic = "\u0600" <= verb.group()[-1] <= "\u06ff"
    if subjects and not is_arabic:
        return max(subjects)[1]
    # In Arabic the subject often follows its verb: "تؤيد مصر البيان".
    if is_arabic and re.compile(_WORDS.source("speaker")).search(sentence, verb.end(), verb.end() + 30):
        return True
    after = [m for m in named if verb.end() <= m.start <= verb.end() + 12]
    return after[0].codes == (state,) if after else bool(subjects) and max(subjects)[1]


def _groups_after(
    sentence: str, verb: re.Match[str], groups: list[PartyMatch], others: list[PartyMatch]
) -> Iterator[str]:
    start = verb.end()
    said = _WORDS.said.search(sentence, start)
    supports = _WORDS.support.search(verb.group()) is not None
    previous: PartyMatch | None = None
    for match in groups:
        if match.start < start or match.end > len(sentence) or said is None:
            continue
        joined = previous is not None and BEHALF.joint.fullmatch(sentence, previous.end, match.start)
        own = _WORDS.its_statement.match(sentence, match.end)
        if own is not None:
            linked = _is_direct(sentence, start, match.start, others) and _is_said(own.group(), own.group(), supports)
        else:
            between = sentence[said.end() : match.start]
            linked = (
                said.end() <= match.start
                and _is_direct(sentence, start, said.start(), others)
                and _is_said(said.group(), between, supports)
                and (behalf_before(between) or _WORDS.by.search(sentence[start : match.start]) is not None)
            )
        if joined or linked:
            yield match.codes[0]
            previous = match


def _is_direct(sentence: str, start: int, end: int, named: list[PartyMatch]) -> bool:
    """Returns whether only the subject and function words stand between a verb and its object."""
    names = [(match.start, match.end) for match in named if start <= match.start and match.end <= end]
    return _WORDS.direct.fullmatch(blanked(sentence, names), start, end) is not None


def _is_said(words: str, how: str, supports: bool) -> bool:
    """Returns whether a statement was delivered, rather than adopted like a declaration.

    This follows from its name (`words`), from the text between it and the group (`how`), and from a verb of support.
    """
    if _WORDS.adopted.search(how):
        return False
    about = _WORDS.about.search(how)
    delivered = _WORDS.delivered.search(how, about.end() if about else 0) is not None
    declaration = _WORDS.names_declaration.search(words)
    if about or (declaration and (supports or declaration.group()[0].isupper())):
        return delivered
    return True
