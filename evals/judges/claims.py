"""Claims of a run's answers with the quotations that they cite: what judges and persons decide on."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Final

from evals.errors import AnswerError
from evals.metrics.judged import read_answer
from evals.runs import Run

# How the extractive composer writes a claim: who speaks, and the quotation.
_QUOTING: Final = re.compile(r"[^“”]+: “(.*)”", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class QuotedClaim:
    """One claim of an answer.

    Attributes:
        claim: Its index in the answer, from 0.
        quotes: What it cites, as quoted, in the order of its citations; empty where it cites nothing.
    """

    case: str
    repeat: int
    claim: int
    text: str
    quotes: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Hash over the words of claim and quotations, hexadecimal: verdicts and labels hold wherever they recur."""
        return hashlib.sha256(json.dumps([self.text, *self.quotes]).encode("ascii")).hexdigest()

    @property
    def content(self) -> str:
        """What is claimed: of a claim that is a quotation after a name, the quotation; else its text."""
        match = _QUOTING.fullmatch(self.text)
        return match[1] if match is not None and match[1] in self.quotes else self.text

    @property
    def verbatim(self) -> bool:
        """Whether it is one of its quotations and nothing else, so that support goes without saying."""
        return self.content in self.quotes


def claims_of(run: Run) -> tuple[QuotedClaim, ...]:
    """Returns the claims of all answers of a run, in the order of its answers; none of what is not of the contract."""
    found: list[QuotedClaim] = []
    for record in run.answers():
        try:
            answer = read_answer(record.answer or {})
        except AnswerError:
            continue
        quotes = {citation.number: citation.quote for citation in answer.citations}
        found += [
            QuotedClaim(
                case=record.case,
                repeat=record.repeat,
                claim=index,
                text=claim.text,
                quotes=tuple(quotes[number] for number in claim.citations if number in quotes),
            )
            for index, claim in enumerate(answer.claims)
        ]
    return tuple(found)
