"""What a claim names must stand in its evidence: parties, treaties, articles, agenda items and sessions.

"Belmora supports …" fails where the evidence is Arvandia's and does not name Belmora; "Arvandia cited article 18" where
the evidence cites article 16.
"""

from typing import Final

from app.answering.claims.premise import Premise
from ingest.language.lexicons import Patterns
from ingest.metadata.sessions import find_session_mentions
from ingest.parties.party_table import PartyTable
from ingest.treaties.references import find_agenda_items, find_articles
from ingest.treaties.treaties import find_treaties

_WORDS: Final = Patterns("treaty_attribution")


def check_names(claim: str, language: str, premise: Premise, parties: PartyTable) -> str | None:
    """Returns why the names in a claim fail against its evidence; None if they pass.

    Where a claim names parties, the holder must come first; others must be named in the evidence or be in `also`.
    """
    evidence, holder = premise.text, premise.holder
    matches = parties.find(claim, language, capitals="none")
    there = parties.find(evidence, premise.language)
    known = {code for match in there for code in match.codes} | premise.also | {holder}
    for match in matches:
        if not known & set(match.codes):
            return f"it names {match.text}, whom its evidence does not name"
    if matches and holder is not None and holder not in matches[0].codes:
        return f"it speaks of {matches[0].text} first, but its evidence is from {holder}"
    in_claim, in_evidence = (sum(holder in m.codes for m in found) for found in (parties.find(claim, language), there))
    if in_claim > in_evidence + 1:
        return "it names its own party where its evidence may name another"
    treaties = {match.treaty for match in find_treaties(evidence)}
    if _WORDS.says_convention.search(evidence) or _WORDS.says_article.search(evidence):
        # "The Convention" and "article 4" without a treaty are of UNTOC.
        treaties.add("UNTOC")
    if not {match.treaty for match in find_treaties(claim)} <= treaties:
        return "it names a treaty that its evidence does not"
    return None


def check_references(
    claim: str, evidence: str, sessions: frozenset[str] = frozenset(), agenda_items: frozenset[str] = frozenset()
) -> str | None:
    """Returns why the references in a claim fail; None if the evidence, or the sessions and items given, have them."""
    there = find_articles(evidence)
    articles = {(mention.treaty, mention.article) for mention in there}
    paragraphs = {(mention.treaty, mention.article, mention.paragraph) for mention in there}
    for mention in find_articles(claim):
        article = (mention.treaty, mention.article)
        if article not in articles:
            return f"it cites article {mention.article} of {mention.treaty or 'another text'}, its evidence does not"
        if mention.paragraph is not None and (*article, mention.paragraph) not in paragraphs:
            return f"it cites paragraph {mention.paragraph}, its evidence does not"
    items = {mention.item for mention in find_agenda_items(evidence)} | agenda_items
    for item in find_agenda_items(claim):
        if item.item not in items:
            return f"it names agenda item {item.item}, its evidence does not"
    known_sessions = {str(match.number) for match in find_session_mentions(evidence)} | sessions
    for match in find_session_mentions(claim):
        if str(match.number) not in known_sessions:
            return f"it names session {match.number}, its evidence does not"
    return None
