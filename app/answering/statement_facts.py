"""Facts of a statement: who delivered it, when and where, under which item, in which language, how long it is.

"Who delivered it?" is answered from the statement's metadata, with its heading as the source: "The statement names no
speaker; 12–16 October 2020; agenda item 4". All of them are told, since they are few.
"""

from collections.abc import Sequence
from itertools import dropwhile, takewhile
from typing import Final

from babel import Locale

from app.answering.citation_spans import SentenceSpan
from app.answering.localization import Localization
from app.answering.provenance import provenance
from app.records import Citation
from vectorstore.records import Sentence, Statement

# Sentences among which the heading stands, and lines of it that are quoted.
_OPENING: Final = 12
_HEADING: Final = 6


def facts(statement: Statement, sentences: Sequence[Sentence], citation: Citation, local: Localization) -> str:
    """Returns what is known of a statement besides its words, and what its text does not say, as one line."""
    known, say = statement.metadata, local.say

    def given(key: str, name: str, value: str | None, absent: str) -> str:
        if value is None:
            return say(absent)
        told = say(key, **{name: value})
        return say("inferred", fact=told) if name in citation.inferred else told

    where = provenance(citation, local.wording)
    parts = [
        given("facts_speaker", "speaker", known.speaker, "facts_no_speaker"),
        say("facts_group", group=local.name(known.on_behalf_of)) if known.on_behalf_of else "",
        where if known.date else ", ".join(part for part in (where, say("facts_no_date")) if part),
        "" if known.agenda_item else say("facts_no_item"),
        say("facts_symbol", symbol=known.symbol) if known.symbol else "",
        say("facts_language", language=_language_name(known.language, local.language)) if known.language else "",
        say("facts_words", count=sum(len(sentence.text.split()) for sentence in sentences))
        if known.language != "zh"
        else say("facts_characters", count=sum(len(sentence.text) for sentence in sentences)),
        say("facts_file", file=statement.file),
    ]
    line = "; ".join(part for part in parts if part)
    return line[0].upper() + line[1:]


def heading_of(sentences: Sequence[Sentence]) -> SentenceSpan:
    """Returns where a statement says what it is: the first lines outside its paragraphs, else its first sentence."""
    opening = dropwhile(lambda s: s.paragraph is not None, sentences[:_OPENING])
    head = [s.ordinal for s in takewhile(lambda s: s.paragraph is None, opening)][:_HEADING] or [0]
    return SentenceSpan(first=head[0], last=head[-1])


def _language_name(code: str, language: str) -> str:
    return str(Locale.parse(language).languages.get(code, code))
