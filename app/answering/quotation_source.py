"""The source of words that are quoted in a question: "who said “not a privilege of the strong”?".

Where the words stand is found by the check of quotations; what is cited is the whole sentences that hold them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.answering.citation_spans import SentenceSpan, cite
from app.answering.compose.extractive import Composition, claim_of
from app.records import Sources, WordsFound
from ingest.parties.party_table import PartyTable
from prompts.wording import Wording

FindWords = Callable[[str], Sequence[WordsFound]]


def nowhere(words: str) -> tuple[WordsFound, ...]:
    """Finds no words, where there is no check of quotations to ask."""
    return ()


def compose_source(
    found: Sequence[WordsFound], sources: Sources, parties: PartyTable, wording: Wording, *, limit: int
) -> Composition:
    """Cites the sentences that hold the words, one for each place; says where they are not exactly these."""
    made = Composition()
    for place in found:
        statement = sources.statements.get(place.statement_id)
        sentences = sources.sentences.get(place.statement_id, ())
        within = [s.ordinal for s in sentences if s.start < place.end and place.start < s.end]
        if statement is None or not within or len(made.citations) == limit:
            continue
        span = SentenceSpan(first=within[0], last=within[-1])
        citation = cite(statement, sentences, span, len(made.citations) + 1)
        claim = claim_of(citation.state or "", citation, parties, wording)
        made = replace(made, claims=(*made.claims, claim), citations=(*made.citations, citation))
    if made.claims and all(place.verdict != "verified" for place in found):
        made = replace(made, opening=wording.say("source_altered"))
    return made
