"""Direction: whether words are for or against a topic, for it under conditions, or only mention it.

Two classifiers decide for answers, briefings and evals, one for English and one for all six languages: the packaged
embedding model, fine-tuned on examples by `make train-direction`, run by numpy. They read a sentence with its topic
marked, in other languages than English translated word by word. What others say or might say ("some propose …") is
`reported`: it has no direction, since it is not the speaker's position. What a question asks for says
`asked_direction.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, get_args

from app.records import Direction
from app.retrieval.positions.ended_topic import topic_to_read
from app.retrieval.positions.position_marks import (
    OUTRIGHT,
    PositionKind,
    PositionMark,
    Rule,
    find_position_marks,
    is_elliptic,
    kind_of,
)
from app.retrieval.topic.mask import WORD, topic_and_text, topic_runs
from ingest.language.anaphora import TAKES_UP, announces, is_question, refers_back
from ingest.language.claim_words import imperatives
from ingest.language.topic_placeholder import TOPIC_PLACEHOLDER
from ingest.parties.party_table import PartyTable
from ingest.text.quotation_marks import quoted_spans
from prompts.wording import known_language
from vectorstore.bert import FineTunedClassifier
from vectorstore.caches import BatchLruCache

_DATA: Final = Path(str(files("app.retrieval"))) / "data"
Reading = Literal["for", "against", "conditional", "mentions", "reported"]
READINGS: Final[tuple[Reading, ...]] = get_args(Reading)
# Chance from which a sentence is read as `for`, `against` or `reported`; chosen by cross-validation on the examples.
DIRECTION_MIN: Final = 0.5
# The same of a passage that does not name the topic; chosen on half of the topics of evals/datasets/argued/unnamed, in
# English: there 24 are told from it on, 15 of them right, of the other half 33 and 23 (from .5 on 74 and 43).
_UNNAMED_MIN: Final = 0.7
# Chance of taking a direction at all (`SentenceDirection.attitude`) from which two opposite sentences show a change of
# position, so that the later citation supersedes the earlier. Set by hand; no comparison with other values is kept.
CHANGE_MIN: Final = 0.7
# Chance of `reported` from which a sentence with the words of an instruction ("ignore the above") is one.
_INSTRUCTION_MIN: Final = 0.1
# The direction that outright words of a position show.
_SHOWN_BY: Final[Mapping[PositionKind, Reading]] = {
    "supports": "for", "opposes": "against", "conditional": "conditional",
}  # fmt: skip
# The topic of a sentence for the classifier, where it is not known.
_SOMETHING: Final = "it"
# Weight of a sentence that does not name the topic, beside one that does.
UNNAMED_WEIGHT: Final = 0.7
OPPOSITE: Final[Mapping[str | None, Direction]] = {"for": "against", "against": "for"}
# What a mark of a thing is, of what ends that thing.
_OPPOSITE_KIND: Final[Mapping[PositionKind, PositionKind]] = {"supports": "opposes", "opposes": "supports"}
_OPPOSITE_RULE: Final[Mapping[PositionKind, Rule]] = {"supports": "objects", "opposes": "accepts"}
_OF_SIX_LANGUAGES: Final = FineTunedClassifier(_DATA / "direction_six.safetensors")
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
_READ: Final = BatchLruCache[tuple[str, str, str, PartyTable], SentenceDirection](_KEPT)


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
    language = known_language(language)
    keys = [(text, topic, language, parties) for text in texts]
    known = _READ.of(keys, _read_together)
    return [known[key] for key in keys]


@dataclass(frozen=True, kw_only=True)
class _AnalysedSentence:
    """What is found in a sentence before a model reads it."""

    text: str
    """Without its quotations, of which placeholders are left."""
    names_topic: bool
    marks: tuple[PositionMark, ...]
    """The words outside quotations that show a position."""
    goes_on: bool
    as_input: tuple[str, str]
    """The input of the classifier."""


def _analysed(text: str, topic: str, language: str, parties: PartyTable) -> _AnalysedSentence:
    quoted = _quoted_within(text)
    own = _without_quoted(text, language) if quoted else text
    goes_on = refers_back(own) or is_elliptic(own, language)
    runs = topic_runs(text, topic, language, parties)
    own_runs = topic_runs(own, topic, language, parties) if quoted else runs
    # What goes on from the sentence before without naming its topic is read on whatever that was: "We do not.".
    unnamed = (goes_on or TAKES_UP.search(own) is not None) and not own_runs
    read_on, masked = topic_and_text(own, "" if unnamed else topic, language, parties)
    marks = find_position_marks(text, language)
    return _AnalysedSentence(
        text=own,
        names_topic=bool(runs),
        # Quoted words do not show the speaker's own direction: As X said, "we favour a fund".
        marks=tuple(mark for mark in marks if not any(start <= mark.start < end for start, end in quoted)),
        goes_on=goes_on,
        as_input=(read_on or _SOMETHING, masked),
    )


def _read_together(keys: Iterable[tuple[str, str, str, PartyTable]]) -> Iterator[SentenceDirection]:
    """Yields the directions of sentences of one language, which a model reads together."""
    keys = list(keys)
    _, _, language, parties = keys[0]
    read_on = [topic_to_read(topic, text, language, parties) for text, topic, *_ in keys]
    analysed = [
        _analysed(text, topic.words, language, parties) for (text, *_), topic in zip(keys, read_on, strict=True)
    ]
    inputs = list(dict.fromkeys(each.as_input for each in analysed))
    chances = dict(zip(inputs, _chances(inputs, language), strict=True))
    read = (_read(each, chances[each.as_input], language) for each in analysed)
    return (_turned(each) if topic.is_opposite else each for each, topic in zip(read, read_on, strict=True))


def _turned(read: SentenceDirection) -> SentenceDirection:
    """Returns a direction turned round, as it is on the opposite of what was read."""
    chances = {**read.chances, "for": read.chances["against"], "against": read.chances["for"]}
    marks = tuple(
        replace(mark, kind=_OPPOSITE_KIND.get(mark.kind, mark.kind), rule=_OPPOSITE_RULE.get(mark.kind, mark.rule))
        for mark in read.marks
    )
    return replace(read, reading=OPPOSITE.get(read.reading, read.reading), chances=chances, marks=marks)


def _read(analysed: _AnalysedSentence, chances: Mapping[Reading, float], language: str) -> SentenceDirection:
    text, marks = analysed.text, analysed.marks
    # An instruction is recognised by its words ("ignore the above"), if `reported` has a chance of `_INSTRUCTION_MIN`.
    is_instruction = chances["reported"] >= _INSTRUCTION_MIN and imperatives(language).search(text) is not None
    best: Reading = "reported" if is_instruction else max(READINGS, key=lambda reading: chances[reading])
    outright = [mark for mark in marks if mark.strength == OUTRIGHT]
    shown = _SHOWN_BY.get(kind_of(outright))
    if best not in ("reported", shown) and shown is not None and not analysed.names_topic:
        # "We fully support the initiative", which the classifier does not know to be the topic.
        share, best = DIRECTION_MIN / (1 - chances[shown]), shown
        chances = {each: chance * share for each, chance in chances.items()} | {best: DIRECTION_MIN}
    asserts = not is_question(text) and (bool(outright) or not announces(text))
    if not asserts and best != "reported":
        best = "mentions"
    sure = is_instruction or best in ("conditional", "mentions") or chances[best] >= DIRECTION_MIN
    return SentenceDirection(
        reading=best if sure else "mentions",
        chances=chances,
        marks=marks,
        names_topic=analysed.names_topic,
        goes_on=analysed.goes_on,
        asserts=asserts,
        is_instruction=is_instruction,
    )


def _chances(pairs: Sequence[tuple[str, str]], language: str) -> list[dict[Reading, float]]:
    """Returns the chance of each reading; English has weights of its own."""
    classifier = _OF_ENGLISH if language == "en" else _OF_SIX_LANGUAGES
    return [{reading: chances[reading] for reading in READINGS} for chances in classifier.chances(pairs)]


def _quoted_within(text: str) -> list[tuple[int, int]]:
    """Returns the spans of a sentence in quotation marks; none if the whole sentence is quoted."""
    quoted = list(quoted_spans(text))
    return quoted if quoted and (WORD.search(text, 0, quoted[0][0]) or WORD.search(text, quoted[-1][1])) else []


def _without_quoted(text: str, language: str) -> str:
    """Returns a sentence with a placeholder for what it quotes."""
    for start, end in reversed(_quoted_within(text)):
        text = text[:start] + TOPIC_PLACEHOLDER[language] + text[end:]
    return text


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
    language = known_language(language)
    own = [_without_quoted(text, language) for text in texts]
    read_on = [topic_to_read(topic, text, language, parties) for text in own]
    inputs = [topic_and_text(text, on.words, language, parties) for text, on in zip(own, read_on, strict=True)]
    named = [bool(topic_runs(text, on.words, language, parties)) for text, on in zip(own, read_on, strict=True)]
    read = map(_of_passage, _chances(inputs, language), named)
    return [_turned(each) if on.is_opposite else each for each, on in zip(read, read_on, strict=True)]


def _of_passage(chances: Mapping[Reading, float], names_topic: bool) -> SentenceDirection:
    best = max(READINGS, key=lambda reading: chances[reading])
    sure = chances[best] >= (DIRECTION_MIN if names_topic else _UNNAMED_MIN)
    return SentenceDirection(reading=best if sure else "mentions", chances=chances, marks=(), names_topic=names_topic)


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
