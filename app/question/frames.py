"""Question frames: the words around States and topics that are not the topic themselves, per language.

In "what did Arvandia say about extradition?" the frame is "what did … say about". The patterns are in
`app/question/asking`, one module a language; here they are compiled. They match `fold_accents` text, so that a question
typed without accents is read like one with them.
"""

import re
import unicodedata
from dataclasses import dataclass, fields
from functools import cache
from typing import Final

import regex

from app.question.asking import ar, en, es, fr, ru, zh

_SIGNS: Final = str.maketrans("’‘ʼ`‐‑，、：；？！（）،؛؟ةىٱـ", "''''--,,:;?!(),;?هيا ") | {0x0451: "е", 0x0401: "Е"}


def fold_accents(text: str) -> str:
    """Returns a text without accents and with plain signs and digits, character for character, so that offsets stay.

    Arabic letters lose what is often left out in typing: hamza, the dots of a final ya, the ta marbuta.
    """
    return "".join(_bare(char) for char in text.translate(_SIGNS))


@cache
def _bare(char: str) -> str:
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    parts = unicodedata.normalize("NFD", char)
    base, marks = parts[:1], parts[1:]
    # й is a letter of its own, and what Hangul and other scripts decompose into is no mark.
    return base if marks and char not in "йЙ" and all(unicodedata.combining(mark) for mark in marks) else char


@dataclass(frozen=True, kw_only=True)
class Frames:
    """The asking words of one language.

    Attributes:
        speech: A verb or noun of saying; a topic marker counts only after one.
        topic_marker: What introduces the topic.
        object: The verb of a question ("which States condemned …") with what names no topic; its object is the topic.
        topic_first: A topic (group `topic`) that stands before the question: "On extradition, what …".
        lead: Question words and commands at the beginning, removed repeatedly.
        tail: Words at the end that point to the occasion and not to the topic, removed repeatedly.
        filler: Speech words removed anywhere where no topic marker was found.
        subject_before: What stands before the subject of a verb of saying: "did …".
        subject_after: What stands after it: "… said".
        agent_before: Weaker signs of one who speaks or acts: "by …", "is …".
        owner_before: What makes a name the owner of a statement or position: "position of …".
        owner_after: The same after the name: "…'s position", "… delegation".
        certain_before: What names the speaker wherever it stands: "according to …".
        certain_after: The same after the name: "in …'s view".
        compared_before: What stands before one who is compared with those named first.
        place_before: What makes a capital the place of a meeting: "in …".
        place_after: The same after the name: "… session".
        everyone: The question asks which States, or all of them.
        compare: The question compares.
        unknown: A name in a speaker's place (groups `subject`, `owner`, or `typed` where it is in small letters).
        nobody: Words in a speaker's place that name no State.
        stance: The question asks for a position.
        over_time: The question asks how something changed.
        provision: The question asks what a treaty says; the treaty or article stands as a run of U+0001.
        pronoun: A subject that only an earlier turn could explain: "what did they say?", "its position".
        other_work: Asked of the assistant itself, or for work that is not finding what was said.
        off_topic: Subjects of questions that nobody's statements answer, unless a State is asked about.
    """

    speech: re.Pattern[str]
    topic_marker: re.Pattern[str]
    object: re.Pattern[str]
    topic_first: re.Pattern[str]
    lead: re.Pattern[str]
    tail: re.Pattern[str]
    filler: re.Pattern[str]
    subject_before: re.Pattern[str]
    subject_after: re.Pattern[str]
    agent_before: re.Pattern[str]
    owner_before: re.Pattern[str]
    owner_after: re.Pattern[str]
    certain_before: re.Pattern[str]
    certain_after: re.Pattern[str]
    compared_before: re.Pattern[str]
    place_before: re.Pattern[str]
    place_after: re.Pattern[str]
    everyone: re.Pattern[str]
    compare: re.Pattern[str]
    unknown: regex.Pattern[str]
    nobody: re.Pattern[str]
    stance: re.Pattern[str]
    over_time: re.Pattern[str]
    provision: re.Pattern[str]
    pronoun: re.Pattern[str]
    other_work: re.Pattern[str]
    off_topic: re.Pattern[str]


@cache
def frames_of(language: str) -> Frames:
    """Returns the asking words of one of the six languages."""
    patterns = {"ar": ar, "en": en, "es": es, "fr": fr, "ru": ru, "zh": zh}[language].PATTERNS
    compiled: dict[str, re.Pattern[str]] = {
        field.name: re.compile(fold_accents(patterns[field.name]).replace(r"\x01", r"\x01+"), re.IGNORECASE)
        for field in fields(Frames)
        if field.name != "unknown"
    }
    # The case of a name counts, and `re` knows no property of letters.
    return Frames(unknown=regex.compile(fold_accents(patterns["unknown"])), **compiled)
