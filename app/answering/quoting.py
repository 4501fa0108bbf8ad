"""Quoting: which spans around chosen sentences are cited, without repetition, and the claim that a citation makes.

Words that a party said in three statements are quoted once, and the other two statements are named in `also_in`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Final

import regex

from app.answering.citations import cite
from app.answering.claims.form import DOUBLE_MARKS
from app.answering.localization import Localization
from app.answering.provenance import as_quoting, cited_holders
from app.answering.quotation_context import QuotableSpan, quotable_spans
from app.records import Citation, Claim, Sources
from app.retrieval.chronology import latest_first, recency
from ingest.text.canonical_form import squash
from vectorstore.records import Sentence, Statement

_QUOTATION_MARKS: Final = regex.compile(f"[{DOUBLE_MARKS}]")
_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[-'][\p{L}\p{M}\p{N}]+)*")


def quote(
    chosen: Sequence[Sentence],
    sources: Sources,
    limit: int,
    *,
    first_number: int,
    newest_first: bool = False,
    extendable: Collection[Sentence] = (),
) -> list[Citation]:
    """Cites up to `limit` spans around chosen sentences, strongest first.

    Words that open a list come right before its item, sentences that stand apart after all spans.

    With `newest_first`, the cited spans are ordered by the date of their statements, newest first, then by strength.
    Words that occur in several statements are cited once, from the strongest; `also_in` names the others. Short
    quotations of sentences in `extendable` are extended within their paragraph.
    """
    quotations = _without_repetition(quotable_spans(chosen, sources, extendable=extendable), chosen, sources, limit)
    if newest_first:
        quotations = list(latest_first(quotations, attrgetter("statement.metadata")))
    parts = [(q, part) for q in quotations for part in q.span.parts]
    parts.sort(key=lambda part: part[1] is part[0].span.apart)
    order = [(q.statement, part, q.also_in if part is q.span.span else {}) for q, part in parts]
    return [
        replace(cite(statement, sources.sentences[statement.statement_id], span, number), also_in=tuple(also_in))
        for number, (statement, span, also_in) in enumerate(order, first_number)
    ]


def latest_statement_first(sentences: Sequence[Sentence], sources: Sources) -> list[Sentence]:
    """Puts the strongest sentence of the latest statement first, then that of every other one, then the rest.

    So the latest statement is quoted however few quotations there is room for, and no earlier position stands alone.
    """
    strongest = {sentence.statement_id: sentence for sentence in reversed(sentences)}
    when = {key: recency(sources.statements[key].metadata) for key in strongest}
    latest = max(when.values(), default=None)

    def place(sentence: Sentence) -> tuple[bool, bool]:
        further = strongest[sentence.statement_id] is not sentence
        return further, further or when[sentence.statement_id] != latest

    return sorted(sentences, key=place)


@dataclass(eq=False, kw_only=True)
class _Quotation:
    """A span to quote, with the words of its sentences, and the other statements that say the same."""

    span: QuotableSpan
    statement: Statement
    said: frozenset[str]
    also_in: dict[str, None] = field(default_factory=dict)


def _without_repetition(
    planned: Sequence[QuotableSpan], chosen: Sequence[Sentence], sources: Sources, limit: int
) -> list[_Quotation]:
    """Keeps up to `limit` spans that say something new.

    A span says nothing new if its chosen sentences are quoted as whole sentences, and its statement has all sentences
    of that quotation: a fund "subject to available resources" is not what "We support a fund." said a year before.
    """
    chosen_ids = {sentence.sentence_id for sentence in chosen}
    quotations: list[_Quotation] = []
    for span in planned:
        statement = sources.statements[span.statement_id]
        sentences = sources.sentences[span.statement_id][span.span.start : span.span.stop]
        words = {comparable_words(sentence.text) for sentence in sentences if sentence.sentence_id in chosen_ids}
        holders = statement.metadata.holders
        saying_it = [q for q in quotations if words <= q.said and q.statement.metadata.holders == holders]
        of_statement = sources.sentences[span.statement_id] if saying_it else ()
        said_here = {comparable_words(sentence.text) for sentence in of_statement}
        same = next((quotation for quotation in saying_it if quotation.said <= said_here), None)
        new = _Quotation(span=span, statement=statement, said=frozenset(comparable_words(s.text) for s in sentences))
        if same is None:
            quotations += [new] if len(quotations) < limit else []
        elif same.statement.document.scanned and not statement.document.scanned and same.said <= new.said:
            # Words recognised from a scan are replaced by the same words of a file that has them as text.
            new.also_in = {key: None for key in (*same.also_in, same.span.statement_id) if key != span.statement_id}
            quotations[quotations.index(same)] = new
        elif span.statement_id != same.span.statement_id:
            same.also_in[span.statement_id] = None
    return quotations


def comparable_words(text: str) -> str:
    """Returns the words of a text, normalised for comparison, each after a space, with a space at the end."""
    return "".join(f" {word}" for word in _WORD.findall(" ".join(map(squash, text.split())).casefold())) + " "


def repeats(sentence: str, quoted: Sequence[str]) -> bool:
    """Returns whether the words of a sentence stand in what is quoted already, both as `comparable_words` gives them.

    Case, punctuation and hyphens at line ends do not matter; "do not support" is no repetition of "support".
    """
    return sentence != " " and any(sentence in text for text in quoted)


def claim_of(party: str, local: Localization, citation: Citation, *others: Citation) -> Claim:
    """Returns the claim that a party said what a citation quotes, or several of one statement together."""
    name = cited_holders(citation, local.name, local, party) if party else citation.title or citation.file
    if citation.summarised:
        name = local.say("as_summarised", party=name)
    name = as_quoting(name, citation, local.name, local)
    cited = (citation, *others)
    quotations = " ".join(f"“{c.quote}”" for c in cited)
    # Quotation marks are for quotations alone, so they are dropped from a name.
    text = f"{_QUOTATION_MARKS.sub('', name)}: {quotations}"
    return Claim(text=text, state=party or None, citations=tuple(c.number for c in cited))
