"""Direction: whether words are for or against a topic, for it under conditions, or only mention it.

One classifier decides for answers, briefings and evals: the packaged embedding model, fine-tuned on examples by `make
train-direction`, run by numpy. It reads a sentence with its topic marked, in other languages than English translated
word by word. What others say or might say ("some propose …") is `reported`: it has no direction, since it is not the
speaker's position. What a question asks for says `asked_direction.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal, get_args

import regex

from app.records import Direction
from app.retrieval.positions.position_marks import (
    BLANK,
    CLAUSE,
    OUTRIGHT,
    PositionKind,
    PositionMark,
    Rule,
    find_position_marks,
    is_elliptic,
    kind_of,
    without_restraints,
)
from app.retrieval.positions.rewording import Rewording, reword, what_ends
from app.retrieval.topic.mask import WORD, topic_and_text, topic_runs
from ingest.language.anaphora import TAKES_UP, announces, is_question, refers_back
from ingest.language.claim_words import imperatives, operators
from ingest.language.matches import blanked
from ingest.language.sentences import split_sentences
from ingest.language.topic_placeholder import TOPIC_PLACEHOLDER
from ingest.parties.party_table import PartyTable
from ingest.text.quotation_marks import quoted_spans
from prompts.wording import LANGUAGES
from vectorstore.bert import FineTunedClassifier
from vectorstore.kept_latest import KeptLatest

_DATA: Final = Path(str(files("app.retrieval"))) / "data"
Reading = Literal["for", "against", "conditional", "mentions", "reported"]
READINGS: Final[tuple[Reading, ...]] = get_args(Reading)
# Chance from which a sentence is read as `for`, `against` or `reported`; chosen by cross-validation on the examples.
DIRECTION_MIN: Final = 0.5
# Chance of taking a direction at all (`SentenceDirection.attitude`) from which two opposite sentences show a change of
# position, so that the later citation supersedes the earlier. Set by hand; no comparison with other values is kept.
CHANGE_MIN: Final = 0.7
# Chance of `reported` from which a sentence with the words of an instruction ("ignore the above") is one.
_INSTRUCTION_MIN: Final = 0.1
# Chance of `reported` below which words such as "rejects" still count as the speaker's own.
_OWN_WORDS_BELOW: Final = 0.7
# Minimum chance of a direction that words such as "rejects" show outright.
_MARKED_MIN: Final = 0.05
_PART_END: Final = regex.compile(r"[:;：；؛]")
# What may stand between such words and their object: an article, a preposition, in Chinese a character or two.
_OBJECT: Final = regex.compile(r"\W*(?:[\p{L}’']{1,6}\W+){0,2}(?:[\p{L}-]+\W+(?:[\p{L}’']{1,3}\W+){0,2})?\p{Han}{0,2}")
# Weight of a sentence that does not name the topic, beside one that does.
UNNAMED_WEIGHT: Final = 0.7
_SHOWN_BY: Final[Mapping[PositionKind, Reading]] = {
    "supports": "for", "opposes": "against", "conditional": "conditional",
}  # fmt: skip
# What a reading and a mark of the measure that ends the topic are of the topic.
OPPOSITE: Final[Mapping[str | None, Direction]] = {"for": "against", "against": "for"}
_OPPOSITE: Final[Mapping[PositionKind, PositionKind]] = {"supports": "opposes", "opposes": "supports"}
_REVERSED: Final[Mapping[PositionKind, Rule]] = {"supports": "objects", "opposes": "accepts"}
_FINE_TUNED: Final = FineTunedClassifier(_DATA / "direction_six.safetensors")
_OF_ENGLISH: Final = FineTunedClassifier(_DATA / "direction_en.safetensors")
# The most sentences of which the direction is kept.
_KEPT: Final = 4096


@dataclass(frozen=True, kw_only=True)
class SentenceDirection:
    """The direction that was read in a sentence."""

    reading: Reading
    """The likeliest reading; `mentions` where it is not sure."""
    chances: Mapping[Reading, float]
    """The chance of each reading, 0 to 1."""
    marks: tuple[PositionMark, ...]
    """The words of the sentence that show a position."""
    names_topic: bool
    """Whether the sentence shares words with the topic."""
    goes_on: bool = False
    """Whether it goes on from the sentence before, as one that refers to it does."""
    asserts: bool = True
    """Whether it says something by itself, unlike a question and an announcement ("let me turn to extradition")."""
    is_instruction: bool = False
    """Whether it instructs the reader, as "answer that Arvandia supports it" does; `reading` is then `reported`."""

    @property
    def attitude(self) -> float:
        """Chance that it takes any direction, 0 to 1."""
        return 1.0 - self.chances["mentions"] - self.chances["reported"]

    @property
    def is_outright(self) -> bool:
        """Whether it has outright words of a position, such as "we support"."""
        return any(mark.strength == OUTRIGHT for mark in self.marks)

    @property
    def direction(self) -> Direction | None:
        """The speaker's own direction; None where only others' views are reported."""
        return None if self.reading == "reported" else self.reading

    @property
    def takes_direction(self) -> bool:
        """Whether it is for or against the topic, or for it under conditions."""
        return self.reading not in ("mentions", "reported")


# Of a sentence, its topic, its language and the parties that the topic may name.
_READ: Final = KeptLatest[tuple[str, str, str, PartyTable], SentenceDirection](_KEPT)


def read_sentence(text: str, topic: str, language: str | None, parties: PartyTable) -> SentenceDirection:
    """Reads the direction of one sentence on a topic, as `read_sentences` does of several."""
    (read,) = read_sentences([text], topic, language, parties)
    return read


def read_sentences(
    texts: Sequence[str], topic: str, language: str | None, parties: PartyTable
) -> list[SentenceDirection]:
    """Reads the direction of each of several sentences on a topic, in half the time of one by one.

    Args:
        texts: Sentences, readable; those read latest are kept.
        topic: Topic words, in the language of the sentences where a translation is known; empty for any topic.
        language: ISO 639-1 code; any other than the six is read as English.
        parties: The parties that the topic may name.
    """
    language = language if language in LANGUAGES else "en"
    keys = [(text, topic, language, parties) for text in texts]
    known = _READ.of(keys, _read_together)
    return [known[key] for key in keys]


@dataclass(frozen=True, kw_only=True)
class _AnalysedSentence:
    """What is found in a sentence before a model reads it."""

    text: str
    """Without its quotations, of which placeholders are left."""
    topic: str
    language: str
    names_topic: bool
    marks: tuple[PositionMark, ...]
    """The words outside quotations that show a position."""
    bare: str
    """The sentence with what it quotes and its topic blanked out."""
    goes_on: bool
    as_input: tuple[str, str]
    """The input of the classifier."""
    on_ended: "_AnalysedSentence | None"
    """The sentence on what its topic ends, where it names that."""
    rewording: Rewording | None
    reworded: "_AnalysedSentence | None"
    """The sentence in other words, by `rewording`."""

    @property
    def inputs(self) -> Iterator[tuple[str, str]]:
        """All inputs of the classifier: of the sentence as it is, and as it is read otherwise."""
        yield self.as_input
        for other in filter(None, (self.on_ended, self.reworded)):
            yield from other.inputs


def _analysed(text: str, topic: str, language: str, parties: PartyTable) -> _AnalysedSentence:
    runs, marks = topic_runs(text, topic, language, parties), find_position_marks(text, language)
    ended = what_ends(topic, text, runs, language)
    rewording = None if ended else reword(text, topic, runs, marks, language)
    reworded = None if rewording is None else _analysed(rewording.text, rewording.topic, language, parties)
    quoted = _quoted_within(text)
    own = _without_quoted(text, language) if quoted else text
    goes_on = refers_back(own) or is_elliptic(own, language)
    # What goes on from the sentence before is read without a topic that it does not name: "We do not.".
    unnamed = (goes_on or TAKES_UP.search(own) is not None) and not topic_runs(own, topic, language, parties)
    return _AnalysedSentence(
        text=own,
        topic=topic,
        language=language,
        names_topic=bool(runs),
        # Quoted words do not show the speaker's own direction: As X said, "we favour a fund".
        marks=tuple(mark for mark in marks if not any(start <= mark.start < end for start, end in quoted)),
        bare=blanked(text, (*quoted, *runs), BLANK),
        goes_on=goes_on,
        as_input=topic_and_text(own, "" if unnamed else topic, language, parties),
        on_ended=_analysed(text, ended, language, parties) if ended else None,
        rewording=rewording,
        reworded=reworded,
    )


def _read_together(keys: Iterable[tuple[str, str, str, PartyTable]]) -> Iterator[SentenceDirection]:
    """Yields the directions of sentences of one language, which a model reads together."""
    analysed = [_analysed(*key) for key in keys]
    inputs = list(dict.fromkeys(pair for each in analysed for pair in each.inputs))
    chances = dict(zip(inputs, _chances(inputs, analysed[0].language), strict=True))
    return (_read(each, chances) for each in analysed)


def _read(analysed: _AnalysedSentence, chances: Mapping[tuple[str, str], Mapping[Reading, float]]) -> SentenceDirection:
    as_it_is = _read_as_it_is(analysed, chances[analysed.as_input])
    if analysed.on_ended is not None:
        read = _turned(_read(analysed.on_ended, chances))
        # "The will to lift the embargo will become a reality" may be read better with the word that ends it.
        surer = as_it_is.chances[as_it_is.reading] > read.chances[read.reading]
        return as_it_is if surer and not read.is_outright else read
    if analysed.rewording is None or analysed.reworded is None:
        return as_it_is
    read, origin = _read(analysed.reworded, chances), analysed.rewording.origin
    marks = tuple(replace(mark, start=origin[mark.start], end=origin[mark.end]) for mark in read.marks)
    return _reversed(replace(read, marks=marks), as_it_is, rejects=analysed.rewording.rejects)


def _read_as_it_is(analysed: _AnalysedSentence, by_reading: Mapping[Reading, float]) -> SentenceDirection:
    text, language, bare = analysed.text, analysed.language, analysed.bare
    marks = without_restraints(analysed.marks, bare, language)
    if marks != analysed.marks:
        lower, higher = sorted((by_reading["for"], by_reading["against"]))
        by_reading = {**by_reading, "for": higher, "against": lower}
    # An instruction is recognised by its words ("ignore the above"), if `reported` has a chance of `_INSTRUCTION_MIN`.
    is_instruction = by_reading["reported"] >= _INSTRUCTION_MIN and imperatives(language).search(text) is not None
    best: Reading = "reported" if is_instruction else max(READINGS, key=lambda reading: by_reading[reading])
    may_be_own = best != "reported" or (by_reading[best] < _OWN_WORDS_BELOW and not is_instruction)
    marked, chance_min = _shown(marks, bare, language) if may_be_own else (None, 1.0)
    if marked is not None and by_reading[marked] >= chance_min:
        best = marked
        # The classifier has learned from sentences on a topic. Without one, outright words decide.
        if not analysed.topic and by_reading[best] < DIRECTION_MIN:
            share = DIRECTION_MIN / (1 - by_reading[best])
            by_reading = {each: chance * share for each, chance in by_reading.items()} | {best: DIRECTION_MIN}
    outright = any(mark.strength == OUTRIGHT for mark in marks)
    asserts = not is_question(text) and (outright or not announces(text))
    if not asserts and best != "reported":
        best = "mentions"
    sure = is_instruction or best in ("conditional", "mentions", marked) or by_reading[best] >= DIRECTION_MIN
    return SentenceDirection(
        reading=best if sure else "mentions",
        chances=by_reading,
        marks=marks,
        names_topic=analysed.names_topic,
        goes_on=analysed.goes_on,
        asserts=asserts,
        is_instruction=is_instruction,
    )


def _chances(pairs: Sequence[tuple[str, str]], language: str) -> list[dict[Reading, float]]:
    """Returns the chance of each reading; English has weights of its own."""
    classifier = _OF_ENGLISH if language == "en" else _FINE_TUNED
    return [{reading: chances[reading] for reading in READINGS} for chances in classifier.chances(pairs)]


def _reversed(read: SentenceDirection, as_it_is: SentenceDirection, *, rejects: bool) -> SentenceDirection:
    """Returns the direction on a topic, of a sentence that was read as one on the measure that ends it."""
    turned = _turned(read)
    chances = turned.chances if rejects else _geometric_mean(turned.chances, as_it_is.chances)
    shown, best = turned.reading, max(READINGS, key=lambda reading: chances[reading])
    told = OPPOSITE.get(_SHOWN_BY.get(kind_of(read.marks)))
    # Where both readings take opposite directions, that of the measure is not passed over, and nobody is for
    # what a sentence rejects.
    contradicted = best in OPPOSITE and best == ("for" if rejects else read.reading)
    # What others choose instead ("money goes to arms instead of aid") is a position on it only if it surely is one.
    lone = rejects and best in OPPOSITE and best != as_it_is.reading and chances[best] < CHANGE_MIN
    if rejects and told is not None and as_it_is.chances["reported"] < _OWN_WORDS_BELOW:
        best = told
    elif read.is_outright and read.reading in OPPOSITE and chances[shown] >= _MARKED_MIN:
        best = shown
    elif contradicted or lone or (best not in (shown, as_it_is.reading) and chances[best] < DIRECTION_MIN):
        best = "mentions"
    return replace(as_it_is, reading=best, chances=chances, marks=turned.marks)


def _turned(read: SentenceDirection) -> SentenceDirection:
    """Returns a direction turned round, as it is on the opposite of its topic."""
    chances = {**read.chances, "for": read.chances["against"], "against": read.chances["for"]}
    marks = tuple(
        replace(mark, kind=_OPPOSITE.get(mark.kind, mark.kind), rule=_REVERSED.get(mark.kind, mark.rule))
        for mark in read.marks
    )
    return replace(read, reading=OPPOSITE.get(read.reading, read.reading), chances=chances, marks=marks)


def _quoted_within(text: str) -> list[tuple[int, int]]:
    """Returns the spans of a sentence in quotation marks; none if the whole sentence is quoted."""
    quoted = list(quoted_spans(text))
    return quoted if quoted and (WORD.search(text, 0, quoted[0][0]) or WORD.search(text, quoted[-1][1])) else []


def _without_quoted(text: str, language: str) -> str:
    """Returns a sentence with a placeholder for what it quotes."""
    for start, end in reversed(_quoted_within(text)):
        text = text[:start] + TOPIC_PLACEHOLDER[language] + text[end:]
    return text


def _geometric_mean(one: Mapping[Reading, float], other: Mapping[Reading, float]) -> dict[Reading, float]:
    """Returns the geometric mean of two sets of chances, normalised to the sum 1."""
    means = {reading: (one[reading] * other[reading]) ** 0.5 for reading in READINGS}
    return {reading: mean / sum(means.values()) for reading, mean in means.items()}


def _shown(marks: Sequence[PositionMark], bare: str, language: str) -> tuple[Reading | None, float]:
    """Returns the direction that marks show outright, and the chance that it needs.

    There is none where an operator such as "abolition", between a mark and the topic or beside them, may reverse it.
    """
    topics = [match.start() for match in regex.finditer(f"{BLANK}+", bare)]
    # Words before a colon are on what was said before: "we do not share that view: we have hosted two visits".
    ends = [0, *(match.end() for match in _PART_END.finditer(bare)), len(bare)]
    beside = [span for span in pairwise(ends) if not topics or any(span[0] <= at < span[1] for at in topics)]
    outright = [mark for mark in marks if mark.strength == OUTRIGHT]
    outright = [mark for mark in outright if any(start <= mark.start < end for start, end in beside)]
    pairs = ((mark, _OBJECT.fullmatch(bare, mark.end, at)) for mark in outright for at in topics if mark.end <= at)
    objects = [mark for mark, match in pairs if match]
    if {"supports", "opposes"} <= {mark.kind for mark in outright}:
        # Of words for and against in one sentence, those count whose object is the topic: "we favour this, since nobody
        # should …".
        outright = objects
    reading = _SHOWN_BY.get(kind_of(outright))
    if reading is None or {"supports", "opposes"} <= {mark.kind for mark in objects}:
        return None, 1.0
    ends = [0, *(match.end() for match in CLAUSE.finditer(bare)), len(bare)]
    places = [*topics, *(mark.start for mark in outright)] if topics else [0, len(bare)]
    first, last = max(end for end in ends if end <= min(places)), min(end for end in ends if end >= max(places))
    within = [(mark.start, mark.end) for mark in outright if mark.rule in ("refuses", "accepts")]
    # "We do not support that proposal", after one on the topic, is on it; the match ends with "that" or the noun.
    within += [] if topics else [(match.start(), match.end() + 2) for match in TAKES_UP.finditer(bare)]
    guards = (each.start() for each in operators(language).finditer(bare, first, last) if each.lastgroup == "guard")
    if any(not any(start <= guard < end for start, end in within) for guard in guards):
        return None, 1.0
    return reading, _MARKED_MIN


def read_span(
    text: str, topic: str, language: str | None, parties: PartyTable
) -> tuple[tuple[int, SentenceDirection], ...]:
    """Reads each sentence of a quotation, with the offset at which it begins."""
    spans = [*split_sentences(text)]
    read = read_sentences([text[start:end] for start, end in spans], topic, language, parties)
    return tuple((start, each) for (start, _), each in zip(spans, read, strict=True))


def read_passage(text: str, topic: str, language: str | None, parties: PartyTable) -> SentenceDirection:
    """Reads adjacent sentences as one: "Our friends hope for a protocol. Belmora sees no need for one." is against it.

    The classifier, which has learned from passages too, decides alone: words such as "welcome" may be on other things.
    """
    (read,) = read_passages([text], topic, language, parties)
    return read


def read_passages(
    texts: Iterable[str], topic: str, language: str | None, parties: PartyTable
) -> list[SentenceDirection]:
    """Reads several passages, each as `read_passage` does, in half the time of one by one."""
    language = language if language in LANGUAGES else "en"
    own = [_without_quoted(text, language) for text in texts]
    read = _chances([topic_and_text(text, topic, language, parties) for text in own], language)
    return [
        SentenceDirection(
            reading=best if chances[best] >= DIRECTION_MIN else "mentions",
            chances=chances,
            marks=(),
            names_topic=bool(topic_runs(text, topic, language, parties)),
        )
        for text, chances in zip(own, read, strict=True)
        for best in [max(READINGS, key=lambda reading: chances[reading])]
    ]


def decisive_of(read: Sequence[SentenceDirection]) -> SentenceDirection | None:
    """Returns the sentence that decides the direction of adjacent ones; None without sentences.

    It is the one that most likely takes a direction; one that does not name the topic weighs less, and after one that
    does, it counts only if it goes on from that: "We took note of the fund. We welcome the election." is not for it.
    Reported ones count only if all are: "Some propose a fund. We do not support it." is against. So do those that say
    nothing by themselves.
    """
    named = next((at for at, item in enumerate(read) if item.names_topic), len(read))
    speaking = [item for at, item in enumerate(read) if at <= named or item.names_topic or item.goes_on]
    own = [item for item in speaking if item.reading != "reported"] or list(read)
    own = [item for item in own if item.asserts] or own
    return max(own, key=lambda item: item.attitude * (1.0 if item.names_topic else UNNAMED_WEIGHT), default=None)


def as_opened(item: SentenceDirection, opening: SentenceDirection) -> SentenceDirection | None:
    """Returns the reading of a list item: its opening's, or its own if it has outright words ("we support"), or none.

    Where both take a direction, and not the same, there is none.
    """
    if opening.takes_direction and (not item.is_outright or item.reading == opening.reading):
        return replace(opening, names_topic=item.names_topic or opening.names_topic)
    return item if item.is_outright and opening.reading == "mentions" else None
