"""Premise: what a claim rests on, the quotations that it cites and what else it may name.

A claim on what Arvandia said for the Group of Riparian States may name both, the session and the year.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.answering.claims.form import DOUBLE_MARKS
from app.records import Citation
from ingest.language.sentences import split_sentences
from ingest.text.quotation_marks import quoted_spans
from ingest.text.readable import readable
from prompts.wording import LANGUAGES
from vectorstore.records import Statement

_COLONS: Final = (":", "：")
# What may stand between a word and what it quotes.
_MARKS: Final = f" \t\r\n{DOUBLE_MARKS}‹›‘’'`<"


@dataclass(frozen=True, kw_only=True)
class Premise:
    """What a claim rests on: quotations of one party, in one of the six languages."""

    quotes: tuple[str, ...]
    language: str
    holder: str | None
    """Code of the party whose words they are; None for the text of a treaty."""
    summarised: bool = False
    """A record gives the words in its own, so that "her delegation" is the speaker's."""
    may_also_name: frozenset[str] = frozenset()
    """Codes of others that the claim may name, such as those who hold a joint statement as well."""
    sessions: frozenset[str] = frozenset()
    """Session numbers of the statements, which a claim may name, as it may their `years` and `agenda_items`."""
    years: frozenset[str] = frozenset()
    agenda_items: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """All quotations, each a line."""
        return "\n".join(" ".join(quote.split()) for quote in self.quotes)


def premise_of(cited: Sequence[Citation], holder: str | None) -> Premise:
    """Returns the premise of a claim with these citations."""
    languages = [citation.language for citation in cited if citation.language in LANGUAGES]
    speakers = {citation.on_behalf_of for citation in cited if citation.on_behalf_of}
    return Premise(
        quotes=tuple(citation.quote for citation in cited),
        language=str(languages[0]) if languages else "en",
        holder=holder,
        summarised=any(citation.summarised for citation in cited),
        may_also_name=frozenset(speakers.union(*(citation.held_by for citation in cited))),
        sessions=frozenset(citation.session for citation in cited if citation.session),
        years=frozenset(part[:4] for citation in cited for part in (citation.date or "").split("/") if part),
        agenda_items=frozenset(citation.agenda_item for citation in cited if citation.agenda_item),
    )


def outside_quotations(citation: Citation, statement: Statement) -> Iterator[str]:
    """Yields the words of a citation that stand before, between and after the quotations in it; of a treaty, all.

    Of "Belmora told us: “We reject a court.” We do not." these are "Belmora told us:" and "We do not.". Quoted words
    that are part of a sentence stay: "We support “a common roster of judges”".
    """
    source, position = statement.source_text, citation.start
    sentences = quoted_spans(source)
    for start, end in () if statement.kind == "treaty" else quoted_spans(source, fewest=1):
        if citation.end <= start or end <= position:
            continue
        # Few words are a term, but after a colon somebody's sentence: "Belmora told us: “We oppose courts.”".
        is_sentence = (start, end) in sentences and not _continues(source[citation.start : start], source[start:end])
        if is_sentence or source[:start].rstrip(_MARKS).endswith(_COLONS):
            yield readable(source, statement.edits, position, max(position, start))
            position = min(end, citation.end)
    yield readable(source, statement.edits, position, citation.end)


def _continues(before: str, quoted: str) -> bool:
    """Returns whether quoted words are part of the sentence before them: one sentence, after no colon or comma."""
    return before.rstrip(_MARKS)[-1:].isalnum() and len([*split_sentences(" ".join(quoted.split()))]) == 1
