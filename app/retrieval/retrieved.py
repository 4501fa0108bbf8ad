"""What was retrieved for a question: the statements in its scope, the evidence of each party, and notes on both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Final

from app.records import Citation, Coverage, Note, RetrievedPassage, Sources, TreatyScope, WordsFound
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.positions.asked_direction import AskedDirection
from vectorstore.records import ScoredPassage, StatementSummary

# Maximum number of passages that an answer lists as retrieved.
_MAX_LISTED_PASSAGES: Final = 100


@dataclass(frozen=True, kw_only=True)
class Retrieved:
    """The statements in a scope and the evidence found in them."""

    asked_parties: tuple[str, ...] = ()
    """Codes of the parties asked about; empty for an open question."""
    statements_of_parties: tuple[StatementSummary, ...] = ()
    """Every statement of the parties asked about, in any year or session."""
    statements_in_scope: tuple[StatementSummary, ...] = ()
    statements_by_party: Mapping[str, Sequence[StatementSummary]] = field(default_factory=dict)
    """Those in scope by the party to show them under; a joint statement is under each holder asked about, else each."""
    party_evidence: tuple[PartyEvidence, ...] = ()
    """Evidence of each party in scope, in display order; parties without evidence are included. A question about
    change over time gives one record per statement."""
    group_evidence: tuple[PartyEvidence, ...] = ()
    """Evidence in statements of groups that spoke for States asked about."""
    direction_asked: AskedDirection | None = None
    """The direction, or change of it, that was asked for; None for any."""
    is_relative: bool = False
    """Whether it was asked for as agreement or disagreement with the position shown before."""
    direction_wording: str = ""
    """The question whose words ask for it, without whom and when: the one asked, or one that it follows up."""
    related_evidence: tuple[PartyEvidence, ...] = ()
    """Evidence that does not answer the question but may help."""
    other_readings: tuple[TreatyScope, ...] = ()
    """Articles with the same number in other treaties that are cited as well, where the treaty was assumed."""
    unnamed_articles: tuple[str, ...] = ()
    """Article numbers asked about that statements cite from a convention that they do not name."""
    empty_corpus: bool = False
    """Whether nothing is stored at all."""
    treaties_held: tuple[str, ...] = ()
    """The treaties whose own text was asked for and is in the store."""
    unreadable: tuple[str, ...] = ()
    """Files in scope that could not be read."""
    notes: tuple[Note, ...] = ()
    """How the scope was applied and what was left out."""
    word_places: tuple[WordsFound, ...] = ()
    """Where the words stand whose source was asked for."""
    sources: Sources = field(default_factory=lambda: Sources(statements={}, sentences={}))
    """The statements and sentences behind all evidence here."""

    @property
    def scored_passages(self) -> list[ScoredPassage]:
        """The passages of all parties, each once: the best of each that answers, its second best, then the others'."""
        # Scores of different searches are not comparable: those of BM25 are above 1, those of vectors below.
        evidence = (*self.party_evidence, *self.group_evidence)
        answering, others = ([e.passages for e in evidence if e.answers is answers] for answers in (True, False))
        unique: dict[str, ScoredPassage] = {}
        for item in filter(None, chain(*zip_longest(*answering), *zip_longest(*others))):
            unique.setdefault(item.passage.passage_id, item)
        return [*unique.values()]

    @property
    def passages(self) -> tuple[RetrievedPassage, ...]:
        """`scored_passages` in the form in which an answer lists them, at most a hundred."""
        return tuple(
            RetrievedPassage(
                passage_id=item.passage.passage_id,
                statement_id=item.passage.statement_id,
                start=item.passage.start,
                end=item.passage.end,
                rank=rank,
                score=round(item.score, 6),
            )
            for rank, item in enumerate(self.scored_passages[:_MAX_LISTED_PASSAGES], start=1)
        )

    def coverage(self, citations: Sequence[Citation]) -> Coverage:
        """Returns the coverage: what was searched, and which statements and States the verified citations are from."""
        cited = {key for citation in citations for key in (citation.statement_id, *citation.also_in)}
        with_evidence = {code for citation in citations for code in (citation.state, *citation.held_by)}
        # Who speaks on the topic in another direction than asked for, or in none, is named by a note or an abstention.
        silent = dict.fromkeys(
            item.party
            for item in self.party_evidence
            if item.statements and item.party not in ("", *with_evidence) and item.answers == item.has_evidence
        )
        return Coverage(
            statements_in_scope=len(self.statements_in_scope),
            statements_with_evidence=len(cited & {summary.statement_id for summary in self.statements_in_scope}),
            states_without_evidence=tuple(silent),
            states_without_statement=tuple(code for code in self.asked_parties if code not in self.statements_by_party),
            unreadable_files=self.unreadable,
        )
