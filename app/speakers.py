"""Who is asked about: which of the States and groups that a question names are meant as speakers.

The asking frame decides: in "what did Israel say about Iran's programme" Israel speaks and Iran is a topic.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import regex

from app.frames import Frames
from ingest.parties import PartyMatch, PartyTable

# Between names of one list: "Austria, Poland and the Czech Republic", "Benin's and Mali's".
_CONNECTOR: Final = re.compile(
    r"^[\s,;&/]*(?:['’]s?)?[\s,;&/]*(?:(?:and|or|with|versus|vs\.?|as well as|et|ou|avec|y|e|o|con|и|или|с|و|أو|和|与|及|、|،)\s*)?"
    r"(?:\b(?:both|that|those|of|the|also|la|le|les|el|los|l['’])\s*)*$",
    re.IGNORECASE,
)
_PLACE_AFTER: Final = re.compile(
    r"^\W*(?:session|meeting|conference|summit|declaration|convention|protocol|process|agreement|accords?|consensus|principles"
    r"|programme|statute|talks|attacks?|terror|bombings?|treaty|plan|agenda|climate)\b",
    re.IGNORECASE,
)
_SPEECH_NOUN_AFTER: Final = re.compile(
    r"^(?:['’]s?)?\s*(?:\W*\x00*\W*|own|latest|last|recent|first|united nations|un|general debate|assembly|speech|official|national)*"
    r"\s*(?:statements?|speech|address|delegat\w*|representatives?|position|stance|views?|remarks|intervention|leader|president"
    r"|(?:foreign |prime )?minister|government|opinion|attitude|line|take|comments?|speaker|words)\b",
    re.IGNORECASE,
)
# Frames that name the speaker wherever they stand: "according to X", "in the eyes of X", "in X's view".
_CERTAIN_BEFORE: Final = re.compile(
    r"\b(?:according to|as (?:told|seen|put|described|stated) by|in the (?:eyes|view|opinion|words|judg[e]?ment|telling|account) of|for its part,?)"
    r"\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_CERTAIN_AFTER: Final = re.compile(
    r"^(?:['’]s?)\s*(?:\W*\x00*\W*|own|latest|last|first|\w+\s+(?:minister|president)['’]s)*\s*(?:views?|eyes|opinion|words|judg[e]?ment|telling|account"
    r"|reading|assessment|estimation|estimate|mind|book|version|speech|statement|address)\b"
    r"|^\s*(?:\w+\s+){0,2}(?:president|minister|leader|delegate|representative|delegation|speaker)['’]s\s+(?:view|eyes|opinion|words|account|speech|address)\b",
    re.IGNORECASE,
)
_AUXILIARY_BEFORE: Final = re.compile(r"\b(?:did|does|has|had)\s+(?:the\s+)?$", re.IGNORECASE)
_COMPARED_BEFORE: Final = re.compile(
    r"\b(?:with|to|than|versus|vs\.?|and|from)\s+(?:(?:that|those|what|the one|the)\s+(?:of\s+)?)?(?:the\s+)?$",
    re.IGNORECASE,
)
# "What did X say": a word in the subject's place that no lookup knows.
_SUBJECT: Final = regex.compile(
    r"""(?:\b(?i:did|does|has|had|according\ to)\s+(?:the\s+)?(?P<subject>\p{Lu}[\p{L}’'.-]+(?:\s+(?:of\s+|and\s+|the\s+)*\p{Lu}[\p{L}’'.-]+)*)
          (?=\s+\p{Ll}|\W*\x00|\W*$))
      | (?:(?P<owner>\p{Lu}[\p{L}.-]+(?:\s+\p{Lu}[\p{L}.-]+)*)['’]s?\s+(?:own\s+|latest\s+|last\s+)?(?:position|stance|views?|statement|speech|opinion)\b)""",
    regex.VERBOSE,
)
_NOBODY: Final = re.compile(
    r"(?:member |other )?(?:states?|countries|delegations?|parties|conventions?|protocols?|conference|assembly|united nations|un|council|committee"
    r"|secretar\w+|article|agenda|what|who|which)\b",
    re.IGNORECASE,
)
# Where no name is given: "the positions of States", "views among delegations".
_OF_ALL: Final = re.compile(
    r"\b(?:of|by|among|between|from)\s+(?:the\s+)?(?:\w+\s+)?(?:states|countries|delegations|governments)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class AskedParties:
    """Who a question asks about.

    Attributes:
        speakers: Codes of those meant as speakers, in the order named.
        topical: Codes of those that the question only mentions.
        read_as: (name as written, code, `capital` or `former`) for speakers named indirectly.
        everyone: The question asks which States, or all of them.
        spans: Where speakers stand in the question; those that it only mentions stay topic words.
        places: Where capitals stand that are only the place of a meeting.
        unclear: A name in the speaker's place that is ambiguous or unknown.
        options: What it may mean.
        known_name: False where `unclear` is a name that no lookup knows.
    """

    speakers: tuple[str, ...] = ()
    topical: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str, str], ...] = ()
    everyone: bool = False
    spans: tuple[tuple[int, int], ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    unclear: str | None = None
    options: tuple[str, ...] = ()
    known_name: bool = True


def find_asked_parties(text: str, parties: PartyTable, frames: Frames, language: str) -> AskedParties:
    """Tells speakers from mere mentions by where they stand in the question.

    Args:
        text: The question, with what was read otherwise (years, articles) blanked by NUL.
        parties: Who can speak.
        frames: The asking words of the question's language.
        language: Its ISO 639-1 code.
    """
    named = parties.find(text, language, relaxed=True)
    places = tuple((match.start, match.end) for match in named if _is_place(match, text))
    found = [match for match in named if not _is_place(match, text)]
    everyone = frames.everyone.search(text) is not None
    speech = frames.speech.search(text)
    marker = frames.topic_marker.search(text, speech.end()) if speech else None
    speakers = _speakers(found, text, frames, marker.start() if marker else None, everyone)
    if not found:
        return replace(_without_names(text, parties, frames, everyone), places=places)
    ambiguous = next((match for match in speakers if len(match.codes) > 1), None)
    topical = dict.fromkeys(code for match in found if match not in speakers for code in match.codes[:1])
    codes = tuple(dict.fromkeys(match.codes[0] for match in speakers if len(match.codes) == 1))
    return AskedParties(
        speakers=codes,
        topical=tuple(code for code in topical if code not in codes),
        read_as=tuple((m.text, m.codes[0], m.form) for m in speakers if m.form in ("capital", "former")),
        everyone=everyone,
        spans=tuple((match.start, match.end) for match in speakers),
        places=places,
        unclear=ambiguous.text if ambiguous else None,
        options=tuple(parties.display(code, language) for code in ambiguous.codes) if ambiguous else (),
    )


def _speakers(
    found: Sequence[PartyMatch], text: str, frames: Frames, marker: int | None, everyone: bool
) -> list[PartyMatch]:
    before = [match for match in found if marker is None or match.start < marker]
    after = [match for match in found if match not in before]
    named_by = [m for m in found if frames.by.search(text[: m.start])]
    compares = frames.compare.search(text) is not None
    certain = [m for m in found if _CERTAIN_BEFORE.search(text[: m.start]) or _CERTAIN_AFTER.match(text[m.end :])]
    if certain and not compares and (everyone or certain[0] not in before[:1]):
        return _conjoined(found[found.index(certain[0]) :], text)
    subject = [m for m in named_by if _AUXILIARY_BEFORE.search(text[: m.start])]
    if everyone and subject and not compares:
        # "With which States has Iran concluded agreements?": the subject speaks, whoever is asked for.
        return _conjoined(found[found.index(subject[0]) :], text)
    if everyone and not any(_SPEECH_NOUN_AFTER.match(text[m.end :]) for m in found):
        # "Which States spoke of Iran?": whoever is named is the topic.
        return []
    if before:
        chosen = _conjoined(before, text) if not compares else before
        leads = re.fullmatch(r"\W*(?:the\s+)?", text[: chosen[0].start], re.IGNORECASE) is not None
        if marker is None and not compares and not leads and chosen[0] not in named_by:
            # Without a topic marker a later "by X" is the speaker: "passages on drugs by Benin".
            chosen = _conjoined([m for m in before if m in named_by], text) or chosen
    else:
        owners = [m for m in after if _SPEECH_NOUN_AFTER.match(text[m.end :])]
        first = [m for m in after if m in named_by] or owners or after[-1:]
        chosen = _conjoined([m for m in after if m.start >= first[0].start], text) if first else []
    if compares:
        chosen = chosen + [m for m in after if m not in chosen and _is_compared(m, text)]
    return chosen


def _conjoined(matches: Sequence[PartyMatch], text: str) -> list[PartyMatch]:
    """Returns the first name and those joined to it by commas and connectors."""
    chosen = list(matches[:1])
    for match in matches[1:]:
        if not _CONNECTOR.match(text[chosen[-1].end : match.start]):
            break
        chosen.append(match)
    return chosen


def _is_compared(match: PartyMatch, text: str) -> bool:
    possessive = re.match(r"['’]s?(?:\W|$)", text[match.end :]) is not None
    closes = re.match(r"^\W*(?:\x00|$)", text[match.end :]) is not None
    return _COMPARED_BEFORE.search(text[: match.start]) is not None and (possessive or closes)


def _is_place(match: PartyMatch, text: str) -> bool:
    """A capital stands for its State only where it is not a place or part of a title: "the Vienna session"."""
    if match.form != "capital":
        return False
    if _PLACE_AFTER.match(text[match.end :]):
        return True
    if re.match(r"['’]s?(?:\W|$)", text[match.end :]):
        return False
    before = text[: match.start]
    return re.search(r"\b(?:in|at|near)\s+(?:the\s+)?$", before, re.IGNORECASE) is not None


def _without_names(text: str, parties: PartyTable, frames: Frames, everyone: bool) -> AskedParties:
    everyone = everyone or _OF_ALL.search(text) is not None or frames.compare.search(text) is not None
    subject = None if everyone else _SUBJECT.search(text)
    name = "" if subject is None else subject.group("subject") or subject.group("owner")
    if not name or _NOBODY.match(name):
        return AskedParties(everyone=everyone)
    return AskedParties(unclear=name, options=tuple(parties.resolve(name).suggestions), known_name=False)
