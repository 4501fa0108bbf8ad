"""Topic extraction: what remains of a question without its resolved names and its frame.

"What did Iran say about mutual legal assistance in 2020?" leaves "mutual legal assistance".
"""

import re
from collections.abc import Sequence
from typing import Final

from app.question.frames import Frames, fold_accents

Span = tuple[int, int]

# A possessive belongs to the name that was taken out.
_POSSESSIVE: Final = re.compile(r"(?<=\x00)(?:'s?\b|'(?=\s))")
# Prepositions and conjunctions that led to a resolved name go with it.
_LED: Final = re.compile(
    r"(?:(?:\b(?:in|at|by|of|from|for|to|during|before|since|between|and|or|the|its|under|within|with|de|du|des|del|en|par|por|sur|sobre|y|et|e|ou"
    r"|au|aux|la|le|les|el|los|las|в|на|с|во|и|от|по|до|за|на|в|فی|في|عن|من|ل|و|منذ|خلال|على)\b|\b[ld]'|[在于和与])[\s,]*)*(?:[^\w'()\"«»“”]*\x00+)+",
    re.IGNORECASE,
)
# A name that opens the question, up to what follows it: "Austria (2018) on …", "Vienna's answer on …".
_OPENING: Final = re.compile(
    r"(?:[^\w\x00]|\b(?:the|la|le|les|el|los|l)\b)*\x00\W*(?:(?<=\x00\x00\s)\w+\s+)?", re.IGNORECASE
)
# "And about extradition?"
_JOINED: Final = re.compile(
    r"(?:\W|\b(?:and|or|what|how|et|qu'en est-il|y|que|qu'|и|а|как|насчет|و|ماذا|وماذا)(?!\w)|那么?)*", re.IGNORECASE
)
# Left over before the topic in French and Spanish, and what a preposition leaves in Arabic.
_ARTICLE: Final = re.compile(r"^\W*(?:(?:l[ae]s?|los|el|lo)\s+|[ld]')", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"[.!?]\s+\w")
_WORD: Final = re.compile(r"\w")
_EDGE: Final = " \t\n,.;:?!¿¡؟？。，、：；،؛…\"'’“”«»《》()[]（）-–—/&"


def topic_of(
    question: str, spans: Sequence[Span], asking: Sequence[Span], frames: Frames, *, scenes: Sequence[Span] = ()
) -> str:
    """Returns the topic words of a question, in its own spelling.

    Args:
        question: The whole question.
        spans: What was read otherwise: names, years, articles.
        asking: Words that were read as a way of asking, such as "which States".
        frames: The asking words of its language.
        scenes: Capitals that are a place; within the topic they belong to it: "the situation in Kabul".
    """
    whole = fold_accents(blank(question, [*spans, *scenes]))
    text = _blank(blank(whole, asking, "\x03"), _POSSESSIVE, "\x00")
    first = frames.topic_first.search(text)
    if first is not None and _WORD.search(first["topic"]):
        return _read(question, _blank(text, _LED, "\x00"), first.span("topic"), frames, marked=True)
    marker = _marker(text, frames.speech.search(whole), frames)
    topical = _blank(
        _blank(blank(fold_accents(blank(question, spans)), asking, "\x03"), _POSSESSIVE, "\x00"), _LED, "\x00"
    )
    text = _blank(text, _LED, "\x00")
    verb = frames.object.search(topical)
    if (
        verb is not None
        and not _SENTENCE.search(topical, verb.end())
        and (marker is None or verb.start() < marker[0])
        and _WORD.search(topical[verb.end() :])
    ):
        found = _read(question, topical, (verb.end(), len(text)), frames, marked=True)
        if found:
            return found
    if marker is not None:
        begin, end = marker
        found = _read(question, topical, (end, len(text)), frames, marked=True)
        # "… about article 4": what is asked about was read already.
        if found or "\x00" in text[end:]:
            return found
        # "… on" with nothing after it: the topic stood before the marker.
        text = text[:begin]
    return _read(question, _blank(text, frames.filler, "\x03"), (0, len(text)), frames, marked=False)


def _marker(text: str, speech: "re.Match[str] | None", frames: Frames) -> Span | None:
    """Returns where what introduces the topic stands: after a word of saying, or after a name that opens."""
    opening = _OPENING.match(text)
    if opening is not None:
        direct = frames.topic_marker.match(text, opening.end())
        if direct is not None:
            return direct.span()
    if speech is None:
        joined = _JOINED.match(text)
        found = frames.topic_marker.match(text, joined.end() if joined else 0)
        return None if found is None else found.span()
    markers = list(frames.topic_marker.finditer(text, 0 if opening is not None else speech.start()))
    # In "on 12 October about …" the first one leads to a date.
    found = next((each for each in markers if not re.match(r"\W*\x00", text[each.end() :])), next(iter(markers), None))
    return None if found is None else found.span()


def _read(question: str, text: str, span: Span, frames: Frames, *, marked: bool) -> str:
    """Cuts the words that ask off both ends, and reads what is left from the question."""
    begin, end = span
    before = None
    while (begin, end) != before:
        before = begin, end
        if not marked:
            lead = frames.lead.match(text[begin:end])
            begin += lead.end() if lead else 0
        tail = frames.tail.search(text[begin:end])
        # After a topic marker even an occasion is a topic: "on the conference".
        kept = tail is None or (marked and not _WORD.search(text[begin : begin + tail.start()]))
        if tail is not None and (not kept or text[begin:end].lstrip().startswith("\x00")):
            end = begin + tail.start()
    article = _ARTICLE.match(text[begin:end])
    begin += article.end() if article else 0
    words = "".join(
        mark if mark in "\x00\x03" else char for char, mark in zip(question[begin:end], text[begin:end], strict=True)
    )
    words = re.sub(r"[\s,]*\x00[\s\x00,]*", ", ", words).replace("\x03", " ")
    return re.sub(r"\s+", " ", words).strip(_EDGE)


def blank(text: str, spans: Sequence[Span], mark: str = "\x00") -> str:
    """Replaces spans by a mark, character for character, so that offsets stay."""
    for start, end in spans:
        text = text[:start] + mark * (end - start) + text[end:]
    return text


def _blank(text: str, pattern: "re.Pattern[str]", mark: str) -> str:
    return pattern.sub(lambda found: mark * len(found.group()), text)
