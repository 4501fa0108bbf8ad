"""Evidence in a prompt: numbered sentences, escaped as data, as many as fit; their numbers are turned into citations.

`[S3] We do not support that proposal.` inside `<statement party="Arvandia">`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Final

import regex

from app.answering.citations import cite
from app.answering.quotation_context import QuotableSpan, quotable_spans
from app.records import Citation, Sources
from ingest.parties.party_table import PartyTable
from ingest.text.splitter import count_tokens
from vectorstore.records import Sentence, Statement

_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
# Invisible characters that reverse what follows, or carry text that a model reads and a person does not see, such as
# zero-width spaces, tags and variation selectors; not the joiners, by which Persian parts letters.
_HIDDEN: Final = regex.compile(r"[\p{Default_Ignorable_Code_Point}--[\u200c\u200d]]", regex.V1)
# The most sentences shown for each party, not counting their openings and antecedents.
PER_PARTY: Final = 12


@dataclass(frozen=True, kw_only=True)
class PromptEvidence:
    """The numbered sentences of a prompt, and the spans in which each is quoted."""

    sentences: Mapping[int, Sentence]
    """By number, from 1; "S1" and so on in the prompt."""
    quoted: Mapping[int, Sequence[range]]
    """By number, the spans of the statement that a citation of the sentence shows."""
    left_out: int
    """Sentences for which there was no room."""
    text: str
    """The evidence as the prompt holds it."""
    sources: Sources
    asked: Sequence[str]

    def statement(self, number: int) -> Statement:
        """Returns the statement that holds a numbered sentence."""
        return self.sources.statements[self.sentences[number].statement_id]

    def holder(self, number: int) -> str | None:
        """Returns the party whose words a numbered sentence are: of a joint statement, the first one asked about."""
        return _holder(self.statement(number), self.asked)

    def cite(self, number: int) -> list[Citation]:
        """Cites the spans in which a numbered sentence is quoted; the citations are not numbered yet."""
        statement = self.statement(number)
        sentences = self.sources.sentences[statement.statement_id]
        return [cite(statement, sentences, span, 0) for span in self.quoted[number]]


def number_sentences(
    chosen: Sequence[Sequence[Sentence]], sources: Sources, parties: PartyTable, *, asked: Sequence[str], room: int
) -> PromptEvidence:
    """Numbers sentences for a prompt, each party's strongest first, as long as there is room (in tokens).

    A joint statement is shown as that of the first holder among the parties `asked` about.
    """
    queues = [quotable_spans(of_party[:PER_PARTY], sources) for of_party in chosen]
    left_out = sum(max(0, len(of_party) - PER_PARTY) for of_party in chosen)
    shown: dict[str, dict[int, list[range]]] = {}
    # Round-robin over the parties, so that none is crowded out.
    for quotable in filter(None, chain.from_iterable(zip_longest(*queues))):
        size = _size(quotable, sources)
        if size > room:
            left_out += len(quotable.span)
            continue
        room -= size
        lines = shown.setdefault(quotable.statement_id, {})
        for ordinal in chain(*quotable.parts):
            lines.setdefault(ordinal, quotable.parts if ordinal in quotable.span else [range(ordinal, ordinal + 1)])
    numbered: dict[int, Sentence] = {}
    quoted: dict[int, Sequence[range]] = {}
    blocks = []
    for statement_id, lines in shown.items():
        written = []
        for ordinal in sorted(lines):
            sentence = sources.sentences[statement_id][ordinal]
            at = len(numbered) + 1
            numbered[at], quoted[at] = sentence, lines[ordinal]
            written.append(f"[S{at}] {inert(sentence.text)}")
        statement = sources.statements[statement_id]
        blocks.append(_block(statement, parties.display(_holder(statement, asked) or "", "en"), written))
    return PromptEvidence(
        sentences=numbered, quoted=quoted, left_out=left_out, text="\n".join(blocks), sources=sources, asked=asked
    )


def _size(quotable: QuotableSpan, sources: Sources) -> int:
    sentences = sources.sentences[quotable.statement_id]
    # Tokens are added for the number of each line, and for the tags of the statement.
    return sum(count_tokens(inert(sentences[ordinal].text)) + 6 for ordinal in chain(*quotable.parts)) + 24


def _holder(statement: Statement, asked: Sequence[str]) -> str | None:
    holders = statement.metadata.holders
    return next((code for code in (*asked, *holders) if code in holders), None)


def _block(statement: Statement, party: str, lines: Sequence[str]) -> str:
    date = f' date="{inert(statement.metadata.date)[:24]}"' if statement.metadata.date else ""
    return "\n".join([f'<statement party="{inert(party)[:80]}"{date}>', *lines, "</statement>"])


def inert(text: str) -> str:
    """Returns a text as one line, with the characters of tags escaped and hidden characters removed."""
    return " ".join(_HIDDEN.sub("", text).split()).translate(_ESCAPES)
