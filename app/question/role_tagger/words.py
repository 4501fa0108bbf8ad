"""The words of a question as the tagger of roles reads them: each span that a lookup found is one word.

"Côte d'Ivoire on cocoa" has three words, the first of which is a party.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from app.question.lexicon import lexicon_of
from app.question.spans.find_spans import find_spans
from app.question.spans.span import Span
from ingest.language.word_frequencies import commonness
from ingest.parties.name_tokens import fold_token
from ingest.parties.party_table import PartyTable

# Zipf frequency (how often in a billion words, as a power of ten) below which a capitalised word is a name.
_NAME_BELOW: Final = 2.5
_WORD: Final = re.compile(
    r"[\u3400-\u9fff]|\d+|(?![\u3400-\u9fff])[^\W\d_](?:(?![\u3400-\u9fff])[^\W\d_]|[\u064b-\u0652])*|[^\w\s]"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word, sign or span of a question at `[start, end)`."""

    start: int
    end: int
    kind: str
    """The kind of the span, else `word` or `sign`."""
    folded: str
    text: str
    span: Span | None = None
    lexicon_kinds: frozenset[str] = frozenset()
    """The kinds that the lexicon gives it: what it may do in a question."""
    zipf: float = 0.0
    """Its Zipf frequency: how often in a billion words, as a power of ten."""
    corrected: str = ""
    """The word of the lexicon that is mistyped here; empty if none is."""

    @property
    def is_content(self) -> bool:
        """Whether it is outside the lexicon, and neither a name nor a sign."""
        return self.kind == "word" and not self.lexicon_kinds

    @property
    def may_be_name(self) -> bool:
        """Whether it is rare, capitalised, and known to neither the lookups nor the lexicon: "Freedonia"."""
        return self.is_content and self.text[:1].isupper() and self.zipf < _NAME_BELOW


def tokenize_question(text: str, language: str, parties: PartyTable) -> tuple[Word, ...]:
    """Returns the words of a question in order, each span as one."""
    spans = find_spans(text, language, parties)
    words = [
        Word(start=s.start, end=s.end, kind=s.kind, folded=f"<{s.kind}>", text=text[s.start : s.end], span=s)
        for s in spans
    ]
    for match in _WORD.finditer(text):
        word = Word(start=match.start(), end=match.end(), kind="sign", folded=fold_token(match[0]), text=match[0])
        if any(span.start < word.end and word.start < span.end for span in spans):
            continue
        if word.text[0].isalnum():
            lexicon, zipf = lexicon_of(language), commonness(word.text, language)
            kinds = lexicon.kinds_of(word.text)
            # Arabic is not corrected: its words, short and with particles, are one letter from too many others.
            as_is = bool(kinds) or word.text.istitle() or language == "ar"
            corrected = None if as_is else lexicon.correct_typo(word.folded)
            if corrected is not None:
                word = replace(word, corrected=corrected, folded=corrected)
                kinds, zipf = lexicon.kinds_of(corrected), commonness(corrected, language)
            word = replace(word, kind="word", lexicon_kinds=kinds, zipf=zipf)
        words.append(word)
    return tuple(sorted(words, key=lambda word: word.start))
