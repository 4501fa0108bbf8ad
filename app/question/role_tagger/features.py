"""The input of the tagger of roles: for each word a vector of the sentence encoder, and named binary features.

The name of one party replaces that of every party, so that names never matter; `k=party` and `x=since` are features.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from app.question.role_tagger.words import Word, tokenize_question
from app.question.spans.span import NAMED, Span
from ingest.glossary.glossary import terms_within
from ingest.parties.party_table import PartyTable
from vectorstore.arrays import Matrix
from vectorstore.sentence_encoder import WORD_DIMENSION, sentence_encoder

# Code of the party whose name replaces that of every party before words are embedded.
STAND_IN: Final = "PER"
_OPENING: Final = frozenset('"“«„‘「《')
_CLOSING: Final = frozenset('"”»“’」》')


@dataclass(frozen=True, kw_only=True)
class EncodedQuestion:
    """The input of the tagger for a question; `follows` marks a follow-up."""

    text: str
    language: str
    follows: bool
    words: tuple[Word, ...]
    vectors: Matrix
    """The vectors of the words, (n, 1280) float32."""
    features: tuple[tuple[str, ...], ...]
    """Names of the features of each word."""
    sentence: Matrix
    """The question as a vector, (512,)."""


def encode_question(text: str, language: str, parties: PartyTable, *, follows: bool) -> EncodedQuestion:
    """Returns the input of the tagger for a question; the name of `STAND_IN` replaces that of every party."""
    words = tokenize_question(text, language, parties)
    name = parties.display(STAND_IN, language)
    masked, places, end = "", [], 0
    for word in words:
        masked += text[end : word.start]
        written = name if word.kind == "party" else word.corrected or text[word.start : word.end]
        places.append((len(masked), len(masked) + len(written)))
        masked, end = masked + written, word.end
    encoded = sentence_encoder().encode(masked + text[end:])
    vectors = np.zeros((len(words), WORD_DIMENSION), dtype=np.float32)
    starts, ends = encoded.offsets.T
    for at, (start, stop) in enumerate(places):
        inside = (starts < stop) & (ends > start) & (ends > starts)
        if inside.any():
            vectors[at] = encoded.pieces[inside].mean(axis=0)
    features = tuple(word_features(text, words, language, follows))
    return EncodedQuestion(
        text=text, language=language, follows=follows, words=words, vectors=vectors, features=features,
        sentence=encoded.sentence,
    )  # fmt: skip


def word_features(text: str, words: Sequence[Word], language: str, follows: bool) -> Iterator[tuple[str, ...]]:
    """Yields the names of each word's features: its form, what lexicon and glossary know of it, and its position."""
    terms = [(term.start, term.end) for term in terms_within(text, language)]
    named = sum(word.kind in NAMED for word in words)
    before = 0
    quoted = inner = False
    for at, word in enumerate(words):
        quoted, closing = (
            (False, quoted) if word.text in _CLOSING and quoted else (quoted or word.text in _OPENING, False)
        )
        inner = (inner or word.text in "(（") and word.text not in ")）"
        kind = word.kind
        row = [f"k={kind}", f"w={word.folded}", f"{language}|{kind}", f"n{min(named, 3)}|{kind}"]
        row += [f"b{min(before, 2)}|{kind}", f"a{min(named - before, 2)}|{kind}", f"p{min(at, 4)}|{kind}"]
        row += [f"e{min(len(words) - 1 - at, 3)}|{kind}", f"l{min(len(words), 20) // 4}|{kind}"]
        if word.span is not None:
            row += [f"form={_form_of(word.span)}", f"many={len(word.span.codes) > 1}"]
        elif kind == "word":
            row += [f"x={each}" for each in sorted(word.lexicon_kinds)]
            if not "\u3400" <= word.text[0] <= "\u9fff":
                row += [f"s={word.folded[:4]}", f"t={word.folded[-3:]}", f"z={int(word.zipf)}"]
                row += ["cap"] * word.text[0].isupper() + ["caps"] * (word.text.isupper() and len(word.text) > 1)
        row += ["term"] * any(start <= word.start < end for start, end in terms)
        row += ["quoted"] * (quoted or closing) + ["inner"] * inner + [f"follows|{kind}"] * follows
        before += kind in NAMED
        yield tuple(row)


def _form_of(span: Span) -> str:
    return span.party_form or span.date_form or span.treaty_form or "|".join(span.bodies)
