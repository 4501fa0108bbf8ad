"""The claims of a chat model's reply, each checked as it comes: those that pass, with citations, and those dropped.

A claim without a citation is dropped, or one on words of several parties, or one that its evidence does not bear out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from app.answering.citations import contains, with_quoted_parties
from app.answering.claims.claim_check import check_claim
from app.answering.claims.form import unquoted
from app.answering.claims.premise import outside_quotations, premise_of
from app.answering.compose.prompt_evidence import PromptEvidence
from app.answering.compose.reply_parser import WrittenClaim
from app.answering.localization import Localization
from app.answering.verify_citations import sound_citations
from app.chat_model import LlmConfig, redact
from app.records import Citation, Claim, DroppedClaim
from ingest.text.canonical_form import squash
from prompts.prompt import Prompt
from vectorstore.stems import words_of

if TYPE_CHECKING:
    from vectorstore.rerank import EntailmentModel

# The most characters of a dropped claim that are kept.
_MAX_DROPPED_CHARS: Final = 400


@dataclass(kw_only=True)
class ClaimChecker:
    """Checks the claims of one reply: collects those that pass, with their citations, and those that fail."""

    numbered: PromptEvidence
    prompt: Prompt
    local: Localization
    entailment: "EntailmentModel | None"
    config: LlmConfig
    claims: list[Claim] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    dropped: list[DroppedClaim] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def take(self, written: WrittenClaim) -> bool:
        """Checks a claim; returns whether it is new and passes."""
        key = squash(written.text).casefold()
        if key in self._seen:
            return False
        self._seen.add(key)
        holder, cited, fault = self._cited(written)
        if fault is None:
            fault = self._fault(written.text, holder, cited)
        if fault is not None:
            text = redact(written.text, self.config)[:_MAX_DROPPED_CHARS]
            self.dropped.append(DroppedClaim(text=text, state=holder, reason=fault))
            return False
        self.citations += [citation for citation in cited if citation.number > len(self.citations)]
        numbers = tuple(citation.number for citation in cited)
        self.claims.append(
            Claim(text=self._plain_or_quoted(written.text, holder, cited), state=holder, citations=numbers)
        )
        return True

    def _cited(self, written: WrittenClaim) -> tuple[str | None, list[Citation], str | None]:
        """Returns the party whose words a claim rests on, its citations, and what is wrong with its ids."""
        if not written.numbers:
            return None, [], "it cites nothing"
        for number in written.numbers:
            if number not in self.numbered.sentences:
                fault = f"it cites S{number}, which there is not" if number else "it cites what is no sentence"
                return None, [], fault
        holders = {self.numbered.holder(number) for number in written.numbers}
        if len(holders) != 1:
            return None, [], f"it rests on the words of several: {', '.join(sorted(str(h) for h in holders))}"
        citations = [citation for number in written.numbers for citation in self.numbered.cite(number)]
        known, cited = list(self.citations), list[Citation]()
        for citation in with_quoted_parties(citations, self.numbered.sources, self.local.parties):
            # A known citation that contains all of this one is cited in its place.
            holding = next((other for other in known if contains(other, citation)), None)
            if holding is None:
                holding = replace(citation, number=len(known) + 1)
                known.append(holding)
            if holding not in cited:
                cited.append(holding)
        return holders.pop(), cited, None

    def _fault(self, text: str, holder: str | None, cited: Sequence[Citation]) -> str | None:
        statements = self.numbered.sources.statements
        if len(sound_citations(cited, statements)) < len(cited):
            return "a sentence that it cites is not what its statement says"
        words = [
            part for each in cited for part in outside_quotations(each, statements[each.statement_id]) if words_of(part)
        ]
        if not words:
            return "it rests on words that its party quotes from others"
        whole = premise_of(cited, holder)
        own = replace(whole, quotes=tuple(words))
        # What stands before a quotation may turn what stands after it, so both must bear the claim.
        instructions = f"{self.prompt.system}\n{self.prompt.user}"
        checks = (
            check_claim(text, each, self.local.parties, instructions=instructions)
            for each in dict.fromkeys((whole, own))
        )
        fault = next(filter(None, checks), None)
        if fault is None and self.entailment is not None and not self.entailment.entails([(own.text, text)])[0]:
            fault = "the entailment model does not find it in its evidence"
        return fault

    def _plain_or_quoted(self, text: str, holder: str | None, cited: Sequence[Citation]) -> str:
        """Returns the claim without quotation marks; one that copies its evidence becomes a quotation of it."""
        plain = unquoted(text)
        for citation in cited:
            if squash(plain).strip(".。") == squash(citation.quote).strip(".。"):
                return f"{unquoted(self.local.name(holder or ''))}: “{citation.quote}”"
        return plain
