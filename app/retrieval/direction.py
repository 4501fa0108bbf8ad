"""Direction: whether words are for or against a topic, for it under conditions, or only mention it.

One classifier decides for answers, briefings and evals: multinomial logistic regression, trained on examples by `make
train-direction`, run by numpy. Its features are the vector of a sentence with the topic masked ("we support the
abolition of this"), position marks, and operators such as "not" and "abolition". English is also read by the packaged
embedding model, fine-tuned on the same examples; the two are averaged. What others say or might say ("some propose …")
is `reported`: it has no direction, since it is not the speaker's position.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, get_args

import numpy as np
import regex

from app.records import Direction, Scope
from app.retrieval.position_marks import OUTRIGHT, RULES, PositionKind, PositionMark, find_position_marks, kind_of
from app.retrieval.terms import content_terms
from ingest.glossary.glossary import terms_of, terms_within, translate_topic
from ingest.language.claim_words import OperatorKind, first_person, operators, orders, roles
from ingest.language.lexicons import Patterns
from ingest.language.sentences import split_sentences
from ingest.language.topic_placeholder import TOPIC_PLACEHOLDER
from ingest.parties.party_table import PartyTable
from ingest.text.quotation_marks import quoted_spans
from prompts.wording import LANGUAGES
from vectorstore.arrays import Matrix
from vectorstore.bert import FineTunedClassifier
from vectorstore.sentence_encoder import sentence_encoder
from vectorstore.weights_file import load_weights

Reading = Literal["for", "against", "conditional", "mentions", "reported"]
READINGS: Final[tuple[Reading, ...]] = get_args(Reading)
# The classes of questions: they ask for States in one direction, or in any (`asks_open`).
ASKED: Final = ("asks_for", "asks_against", "asks_conditional", "asks_open")
# Minimum chance of the readings `for`, `against` and `reported`; chosen by cross-validation on the examples.
SURE: Final = 0.5
# Chance of `reported` from which a sentence with the words of an order ("ignore the above") is one.
_ORDER_MIN: Final = 0.1
# Chance of `reported` below which words such as "rejects" still count as the speaker's own.
_SURELY_REPORTED: Final = 0.7
# Minimum chance of a direction that words such as "rejects" show outright.
_MARKED_MIN: Final = 0.25
_SHOWN_BY: Final[Mapping[PositionKind, Reading]] = {
    "supports": "for", "opposes": "against", "conditional": "conditional",
}  # fmt: skip
_WORD: Final = regex.compile(r"\p{Han}|[[\p{L}\p{M}\p{N}]--\p{Han}]+(?:[-’'][[\p{L}\p{M}\p{N}]--\p{Han}]+)*", regex.V1)
_COUNTED: Final[tuple[OperatorKind, ...]] = (
    "not", "ended", "without", "must", "should", "may", "would", "will", "some", "many", "only", "if", "unless",
    "until", "past", "against", "guard", "say", "been", "by", "was",
)  # fmt: skip
# Operators that reverse an attitude. Words of `guard` ("the abolition of") reverse it as its object, and count apart.
_TURNING: Final[tuple[OperatorKind, ...]] = ("not", "ended", "without", "against")
_KINDS: Final[tuple[PositionKind, ...]] = (
    "supports", "opposes", "conditional", "proposes", "calls_on_others", "reports_practice",
)  # fmt: skip
_HARMS: Final = Patterns("harms")
_built_in_parties: Final = cache(PartyTable.load)
_DATA: Final = Path(str(files("app.retrieval"))) / "data"
_FINE_TUNED: Final = FineTunedClassifier(_DATA / "direction_en.safetensors")
# Scales of the sentence vector and of the other features, set before training.
_VECTOR_SCALE, _FEATURE_SCALE = 4.0, 2.0


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
    is_order: bool = False
    """Whether it instructs the reader, as "answer that Arvandia supports it" does; `reading` is then `reported`."""

    @property
    def attitude(self) -> float:
        """Chance that it takes any direction, 0 to 1."""
        return 1.0 - self.chances["mentions"] - self.chances["reported"]

    @property
    def direction(self) -> Direction | None:
        """The speaker's own direction; None where only others' views are reported."""
        return None if self.reading == "reported" else self.reading

    @property
    def takes_direction(self) -> bool:
        """Whether it is for or against the topic, or for it under conditions."""
        return self.reading not in ("mentions", "reported")


def read_sentence(text: str, topic: str, language: str | None, parties: PartyTable | None = None) -> SentenceDirection:
    """Reads the direction of one sentence on a topic.

    Args:
        text: One sentence, readable.
        topic: Topic words, in the language of the sentence where a translation is known; empty for any topic.
        language: ISO 639-1 code; any other than the six is read as English.
        parties: The parties that the topic may name; the built-in ones by default.
    """
    return _read(text, topic, language if language in LANGUAGES else "en", parties)


@lru_cache(maxsize=4096)
def _read(text: str, topic: str, language: str, parties: PartyTable | None) -> SentenceDirection:
    masked = mask_topic(text, topic, language, parties)
    named = masked != text
    marks = find_position_marks(text, language)
    if quoted := _quoted_within(text):
        # Quoted words do not show the speaker's own direction: As X said, "we favour a fund".
        marks = tuple(mark for mark in marks if not any(start <= mark.start < end for start, end in quoted))
        for start, end in reversed(quoted):
            text = text[:start] + TOPIC_PLACEHOLDER[language] + text[end:]
        masked = mask_topic(text, topic, language, parties)
    chances = _chances("direction", features_of(masked, marks, language))
    by_reading = {reading: chances[reading] for reading in READINGS}
    if language == "en":
        by_reading = average(by_reading, _FINE_TUNED.chances(*topic_and_text(text, topic, parties)))
    # An order is recognised by its words ("ignore the above"), if `reported` has at least the chance `_ORDER_MIN`.
    is_order = orders(language).search(text) is not None and by_reading["reported"] >= _ORDER_MIN
    best: Reading = "reported" if is_order else max(READINGS, key=lambda reading: by_reading[reading])
    may_be_own = best != "reported" or (by_reading[best] < _SURELY_REPORTED and not is_order)
    marked = _marked(marks, masked, language) if may_be_own else None
    if marked is not None and by_reading[marked] >= _MARKED_MIN:
        best = marked
    sure = is_order or best in ("conditional", "mentions", marked) or by_reading[best] >= SURE
    return SentenceDirection(
        reading=best if sure else "mentions",
        chances=by_reading,
        marks=marks,
        names_topic=named,
        is_order=is_order,
    )


def _quoted_within(text: str) -> list[tuple[int, int]]:
    """Returns the spans of a sentence in quotation marks; none if the whole sentence is quoted."""
    quoted = list(quoted_spans(text))
    return quoted if quoted and (_WORD.search(text, 0, quoted[0][0]) or _WORD.search(text, quoted[-1][1])) else []


def average(one: Mapping[Reading, float], other: Mapping[str, float]) -> dict[Reading, float]:
    """Returns the geometric mean of two sets of chances, normalised to the sum 1."""
    means = {reading: (one[reading] * other[reading]) ** 0.5 for reading in READINGS}
    return {reading: mean / sum(means.values()) for reading, mean in means.items()}


def _marked(marks: tuple[PositionMark, ...], masked: str, language: str) -> Reading | None:
    """Returns the direction that a mark shows outright; None where an operator such as "abolition" may reverse it."""
    outright = any(mark.strength == OUTRIGHT for mark in marks)
    if not outright or any(match.lastgroup == "guard" for match in operators(language).finditer(masked)):
        return None
    return _SHOWN_BY.get(kind_of(marks))


def read_span(text: str, topic: str, language: str | None) -> tuple[tuple[int, SentenceDirection], ...]:
    """Reads each sentence of a quotation, with the offset at which it begins."""
    return tuple((start, read_sentence(text[start:end], topic, language)) for start, end in split_sentences(text))


def decisive_of(read: Sequence[SentenceDirection]) -> SentenceDirection | None:
    """Returns the sentence that decides the direction of adjacent ones; None without sentences.

    It is the one that most likely takes a direction; one that does not name the topic weighs less, and reported ones
    count only if all are: "Some propose a fund. We do not support it." is against.
    """
    own = [item for item in read if item.reading != "reported"] or list(read)
    return max(own, key=lambda item: item.attitude * (1.0 if item.names_topic else 0.7), default=None)


def direction_asked(question: str, topic: str, language: str) -> Direction | None:
    """Returns the direction that a question asks for: "which States oppose …"; None where it asks for any."""
    language = language if language in LANGUAGES else "en"
    masked = mask_topic(question, topic, language)
    chances = _chances("asked", features_of(masked, find_position_marks(masked, language), language))
    found: dict[str, Direction] = {"asks_for": "for", "asks_against": "against", "asks_conditional": "conditional"}
    return found.get(max(ASKED, key=lambda name: chances[name]))


def topic_words(scope: Scope) -> str:
    """Returns the words of what a direction is for or against: the topic, else the articles asked about."""
    return scope.topic or " ".join(f"article {number}" for treaty in scope.treaties for number in treaty.articles)


def has_one_subject(scope: Scope) -> bool:
    """Returns whether a direction can be read: on a topic or on articles, not on "the abolition of article 18".

    A party that calls article 18 the most useful one is against its abolition, but its words do not show that.
    """
    articles = any(treaty.articles for treaty in scope.treaties)
    return bool(scope.topic or scope.treaties) and not (scope.topic and articles)


def names_harm(topic: str, language: str = "en") -> bool:
    """Returns whether a topic names a harm, not a measure against one; the glossary translates other languages.

    Nobody supports harms such as corruption, so that positions are on the measures against them: a State that wants
    "illegal fishing" to be treated as a crime must not be shown as "(against)".
    """
    words = translate_topic(topic, language).text if language != "en" else topic
    harm = _HARMS.harm.search(words) or _HARMS.harm_at_end.search(words)
    return harm is not None and _HARMS.measure.search(words) is None


def mask_topic(text: str, topic: str, language: str, parties: PartyTable | None = None) -> str:
    """Masks a topic in a text: each run of its words or synonyms is replaced by "this" in the text's language.

    A State that the topic names is masked only together with other topic words: with "the embargo against Rimalia",
    one is for or against the embargo.
    """
    return _with_topic(text, topic, language, lambda _: TOPIC_PLACEHOLDER[language], parties)


def _with_topic(text: str, topic: str, language: str, put: Callable[[str], str], parties: PartyTable | None) -> str:
    """Returns a text with each run of topic words replaced by what `put` makes of it."""
    for start, end in reversed(_runs(text, topic, language, parties)):
        text = text[:start] + put(text[start:end]) + text[end:]
    return text


@lru_cache(maxsize=16)
def _runs(text: str, topic: str, language: str, parties: PartyTable | None) -> tuple[tuple[int, int], ...]:
    """Returns the spans of the runs of topic words in a text; cached, since each classifier of a sentence asks."""
    terms = content_terms(topic, language)
    subject, synonyms = _subject_of(topic, language, parties)
    pieces: list[tuple[int, int]] = []
    joinable = False
    for start, end, held in _topical(text, terms, synonyms, language):
        if held and joinable and pieces and not regex.search(r"[,.;:!?，。；：]", text[pieces[-1][1] : start]):
            pieces[-1] = (pieces[-1][0], end)
        elif held:
            pieces.append((start, end))
        joinable = held or (joinable and held is None)
    # A run that consists only of the name of a State does not name the topic.
    return tuple(each for each in pieces if not content_terms(text[slice(*each)], language).isdisjoint(subject))


def topic_and_text(text: str, topic: str, parties: PartyTable | None = None) -> tuple[str, str]:
    """Returns the input of the fine-tuned classifier: a topic, and an English text with the topic between asterisks."""
    return topic, _with_topic(text, topic, "en", lambda words: f"* {words} *", parties)


@lru_cache(maxsize=256)
def _subject_of(
    topic: str, language: str, parties: PartyTable | None
) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    """Returns the content terms by which a text names a topic, without names of States, and those of each synonym.

    A synonym that names a State ("blockade against Rimalia") counts only if the rest of it ("blockade") is a glossary
    term itself.
    """
    known = parties or _built_in_parties()

    def without_states(text: str) -> str:
        for match in reversed(known.find(text, language, relaxed=True)):
            if any(known.kind_of(code) == "state" for code in match.codes):
                text = f"{text[: match.start]} {text[match.end :]}"
        return text

    synonyms = {
        content_terms(own, language)
        for named in terms_within(topic, language)
        for term in named.terms
        if (own := without_states(term)) == term or terms_of(own, language)
    } - {frozenset()}
    subject = content_terms(without_states(topic), language) or content_terms(topic, language)
    return subject.union(*synonyms), tuple(synonyms)


def _topical(
    text: str, terms: frozenset[str], synonyms: Sequence[frozenset[str]], language: str
) -> list[tuple[int, int, bool | None]]:
    """Returns the offsets of each word of a text and whether it is the topic's: None for function words, which join."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    if language == "zh":
        pairs = [any(text[at : at + 2] in each for each in (terms, *synonyms)) for at, _ in words]
        return [(*word, pairs[n] or (n > 0 and pairs[n - 1])) for n, word in enumerate(words)]
    found = [(start, end, content_terms(text[start:end], language)) for start, end in words]
    content = [at for at, (_, _, own) in enumerate(found) if own]
    others = {
        at
        for each in synonyms
        for run in zip(*(content[first:] for first in range(len(each))), strict=False)
        if frozenset().union(*(found[at][2] for at in run)) == each
        for at in run
    }
    return [(start, end, own <= terms or at in others if own else None) for at, (start, end, own) in enumerate(found)]


def features_of(masked: str, marks: Sequence[PositionMark], language: str) -> Matrix:
    """Returns the classifier's features of a sentence with its topic `masked`, (n,) float32."""
    count: Counter[str] = Counter(match.lastgroup or "" for match in operators(language).finditer(masked))
    rules, kind = {mark.rule for mark in marks}, kind_of(marks)
    outright = any(mark.strength == OUTRIGHT for mark in marks)
    turned = sum(count[name] for name in _TURNING)
    is_reversed = (turned + count["guard"]) % 2
    named = roles(language)
    speaks = any(named[1][match.lastgroup or ""].kind in ("self", "noun") for match in named[0].finditer(masked))
    row = [float(rule in rules) for rule in RULES]
    row += [min(count[name], 2) / 2 for name in _COUNTED]
    row += [not marks, orders(language).search(masked) is not None, "?" in masked, "“" in masked]
    row += [speaks or first_person(language).search(masked) is not None, turned % 2, is_reversed, count["guard"] > 0]
    for each in _KINDS:
        own = kind == each
        row += [own, own and outright, own and count["guard"] > 0, own and is_reversed]
    vector = sentence_encoder().encode(masked).sentence
    return np.concatenate([_VECTOR_SCALE * vector, _FEATURE_SCALE * np.array(row, dtype=np.float32)])


def _chances(name: Literal["direction", "asked"], features: Matrix) -> dict[str, float]:
    """Returns the chance of each class by the classifier of sentences (`direction`) or of questions (`asked`).

    Its weights are `{name}.weight` (classes, features) and `{name}.bias` (classes,), with `{name}.classes` as JSON.
    """
    weights = load_weights(_DATA / "direction.safetensors")
    scores = weights.arrays[f"{name}.weight"] @ features + weights.arrays[f"{name}.bias"]
    chances = np.exp(scores - np.logaddexp.reduce(scores))
    return dict(zip(json.loads(weights.notes[f"{name}.classes"]), map(float, chances), strict=True))
