"""Premise: what a claim rests on, the quotations that it cites and what else it may name.

A claim on what Arvandia said for the Group of Riparian States may name both, the session and the year.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.records import Citation
from prompts.wording import LANGUAGES


@dataclass(frozen=True, kw_only=True)
class Premise:
    """What a claim rests on: quotations of one party, in one of the six languages."""

    quotes: tuple[str, ...]
    language: str
    holder: str | None
    """Code of the party whose words they are; None for the text of a treaty."""
    also: frozenset[str] = frozenset()
    """Codes of others that the claim may name, such as the speaker's State where a group speaks."""
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
        also=frozenset(speakers.union(*(citation.held_by for citation in cited))),
        sessions=frozenset(citation.session for citation in cited if citation.session),
        years=frozenset(part[:4] for citation in cited for part in (citation.date or "").split("/") if part),
        agenda_items=frozenset(citation.agenda_item for citation in cited if citation.agenda_item),
    )
