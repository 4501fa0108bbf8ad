"""References in a claim: each article, agenda item and session must occur in its evidence, of the same treaty.

"Arvandia cited article 18" fails where the evidence cites article 16.
"""

from ingest.language.ordinals import find_session_mentions
from ingest.treaties.references import find_agenda_items, find_articles


def check_references(
    claim: str, evidence: str, sessions: frozenset[str] = frozenset(), agenda_items: frozenset[str] = frozenset()
) -> str | None:
    """Returns why the references in a claim fail: neither the evidence nor the given sessions and items have them."""
    there = find_articles(evidence)
    known = {(mention.treaty, mention.article) for mention in there}
    for mention in find_articles(claim):
        if (mention.treaty, mention.article) not in known:
            return f"it cites article {mention.article} of {mention.treaty or 'another text'}, its evidence does not"
        paragraphs = {
            other.paragraph for other in there if (other.treaty, other.article) == (mention.treaty, mention.article)
        }
        if mention.paragraph is not None and mention.paragraph not in paragraphs:
            return f"it cites paragraph {mention.paragraph}, its evidence does not"
    items = {mention.item for mention in find_agenda_items(evidence)} | agenda_items
    for item in find_agenda_items(claim):
        if item.item not in items:
            return f"it names agenda item {item.item}, its evidence does not"
    held = {str(match.number) for match in find_session_mentions(evidence)} | sessions
    for match in find_session_mentions(claim):
        if str(match.number) not in held:
            return f"it names session {match.number}, its evidence does not"
    return None
