"""Lists of statements: "which documents of Peru do we have?" gets one line each, with its source."""

from collections.abc import Sequence
from dataclasses import replace

from app.answering.citation_spans import SentenceSpan, cite
from app.answering.compose.extractive import Composition
from app.answering.provenance import provenance
from app.records import Citation, Claim, Sources
from ingest.parties.party_table import PartyTable
from prompts.wording import Wording
from vectorstore.records import Sentence


def compose_list(
    sources: Sources, best: Sequence[Sentence], count: int, parties: PartyTable, wording: Wording
) -> Composition:
    """Lists statements in the order given; each cites its best sentence on what was asked, else its opening.

    Args:
        sources: The statements to list.
        best: Sentences on the topic, strongest first; empty where none was asked about.
        count: How many statements there are in all.
        parties: Names of the parties.
        wording: The assistant's words.
    """
    claims: list[Claim] = []
    citations: list[Citation] = []
    places = {sentence.statement_id: sentence.ordinal for sentence in reversed(best)}
    for key, statement in sources.statements.items():
        sentences, place = sources.sentences[key], places.get(key, 0)
        if not sentences:
            continue
        citation = cite(statement, sentences, SentenceSpan(first=place, last=place), len(citations) + 1)
        citations.append(citation)
        party = parties.display(citation.state or "", wording.language)
        named = citation.title or citation.symbol or statement.file
        text = ", ".join(part for part in (party, provenance(citation, wording), named) if part)
        claims.append(Claim(text=text, state=citation.state, citations=(citation.number,)))
    made = Composition(claims=tuple(claims), citations=tuple(citations), points=True, quoted=False)
    if not claims:
        return made
    rest = count - len(claims)
    notes = (wording.say("list_rest", count=rest),) if rest > 0 else ()
    return replace(made, opening=wording.say("list_of", count=count), notes=notes)
