"""Summaries: a statement's own key sentences in their order, each cited; nothing is worded anew.

"Summarise Arvandia's statement" gets the sentences that say most of what the whole says, without its courtesies.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.answering.compose.extractive import Composition, claim_of, quote
from app.records import Sources
from ingest.parties.party_table import PartyTable
from prompts.wording import Wording
from vectorstore.records import Sentence


def compose_summary(
    chosen: Sequence[Sentence], sources: Sources, parties: PartyTable, wording: Wording, *, limit: int
) -> Composition:
    """Quotes the chosen sentences in the order of their statements.

    Args:
        chosen: Key sentences, strongest first.
        sources: The statements behind them, in the order to show.
        parties: Names of the parties.
        wording: The assistant's words.
        limit: Quotations at most.
    """
    order = list(sources.statements)
    made = quote(chosen, sources, limit, first_number=1)
    made.sort(key=lambda citation: (order.index(citation.statement_id), citation.start))
    citations = tuple(replace(citation, number=number) for number, citation in enumerate(made, start=1))
    claims = tuple(claim_of(citation.state or "", citation, parties, wording) for citation in citations)
    notes = (wording.say("summary_note"),) if claims else ()
    return Composition(claims=claims, citations=citations, notes=notes)
