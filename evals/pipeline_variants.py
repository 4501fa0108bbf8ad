"""Sabotage and ablation variants: deliberate changes to the pipeline that no setting makes.

They show what a part is worth and whether gates notice its loss: with `quotes_altered`, which drops a word of every
quotation, the gate on exact quotations has to fail. Nothing here is reachable from the product.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from app.answering.assistant import Assistant
from app.answering.compose.composition import Composition
from app.answering.steps import Question, Steps
from app.question.resolution import Resolution
from app.records import Abstention, Answer, Scope
from app.retrieval.evidence_retriever import EvidenceRetriever
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.relevance import CITED
from app.retrieval.retrieved import Retrieved
from app.retrieval.scoped_statements import ScopedStatements
from app.wiring import Workspace
from ingest.parties.party_table import PartyTable
from vectorstore.catalogue import Catalogue
from vectorstore.records import ScopeFilter, StatementSummary


def _alter_quotes(answer: Answer) -> Answer:
    """Takes a word from every quotation, as a model that types its quotes may lose one."""

    def without_a_word(quote: str) -> str:
        words = quote.split(" ")
        position = words.index("not") if "not" in words else len(words) // 2
        return " ".join(words[:position] + words[position + 1 :])

    return replace(answer, citations=tuple(replace(c, quote=without_a_word(c.quote)) for c in answer.citations))


def _abstain(answer: Answer) -> Answer:
    return replace(
        answer, status="abstained", missing=None, answer=(message := "No evidence was found."), claims=(), citations=(),
        abstention=Abstention(reason="not_mentioned", message=message),
    )  # fmt: skip


def _accept_top_ranked(found: PartyEvidence) -> PartyEvidence:
    sentences = tuple(replace(item, relevance=CITED) for item in found.sentences)
    return replace(found, sentences=sentences, takes_no_position=False)


def _reverse(found: PartyEvidence) -> PartyEvidence:
    passages = tuple(replace(item, score=-item.score) for item in reversed(found.passages))
    return replace(found, sentences=tuple(reversed(found.sentences)), passages=passages)


class _AllStatements(ScopedStatements):
    """The statements of every State are in scope, whoever was asked about."""

    def of(self, codes: Sequence[str]) -> tuple[StatementSummary, ...]:
        return super().of(())


class _Unscoped(ScopedStatements):
    """All statements of any time are in scope together, as if the first State asked about had made them."""

    def __init__(
        self,
        catalogue: Catalogue,
        scope: Scope,
        parties: PartyTable,
        *,
        all_versions: bool = False,
        speakers: Sequence[str] = (),
    ) -> None:
        super().__init__(catalogue, replace(scope, pick=None), parties, all_versions=all_versions)

    def of(self, codes: Sequence[str]) -> tuple[StatementSummary, ...]:
        every = [s for s in self._catalogue.summaries(ScopeFilter()) if codes or self._keeps(s.metadata)]
        return tuple(replace(s, metadata=replace(s.metadata, state=codes[0])) if codes else s for s in every)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A change to the pipeline, with what it does in words; parts that it does not give stay as they are."""

    effect: str
    answers: Callable[[Answer], Answer] = lambda answer: answer
    evidence: Callable[[PartyEvidence], PartyEvidence] = lambda evidence: evidence
    scoped: type[ScopedStatements] = ScopedStatements
    over_time: bool = True
    """Whether a question on change over time is searched once in each statement, not once for all."""


VARIANTS: Final = {
    "state_filter_off": Variant(effect="statements of every State are in scope", scoped=_AllStatements),
    "no_scope": Variant(
        effect="all statements are searched as one pile, without filters", scoped=_Unscoped, over_time=False
    ),
    "quotes_altered": Variant(effect="every quotation loses a word after it was checked", answers=_alter_quotes),
    "always_answer": Variant(effect="whatever ranks first is given as an answer", evidence=_accept_top_ranked),
    "always_abstain": Variant(effect="nothing is ever answered", answers=_abstain),
    "ranking_reversed": Variant(effect="what was found best comes last", evidence=_reverse),
}


def assistant_of(workspace: Workspace, variant: str | None) -> Assistant:
    """Returns the workspace's assistant, or one with the changed steps of a variant."""
    if variant is None:
        return workspace.assistant
    return Assistant(steps_of(workspace.steps, variant), workspace.store.catalogue, keep_traces=0)


def steps_of(steps: Steps, name: str) -> Steps:
    """Returns the chain's steps with the change of a variant, and all else as it is."""
    variant, retriever = VARIANTS[name], steps.retriever

    class Varied(Steps):
        def resolve(self, question: Question) -> Resolution:
            resolution = super().resolve(question)
            return replace(resolution, over_time=resolution.over_time and variant.over_time)

        def retrieve(self, resolution: Resolution) -> Retrieved:
            found = super().retrieve(resolution)
            own, of_groups = (tuple(map(variant.evidence, e)) for e in (found.party_evidence, found.group_evidence))
            return replace(found, party_evidence=own, group_evidence=of_groups)

        def verify(
            self, question: Question, resolution: Resolution, retrieved: Retrieved, composed: Composition
        ) -> Answer:
            return variant.answers(super().verify(question, resolution, retrieved, composed))

    class VariedRetriever(EvidenceRetriever):
        def scoped_statements(self, resolution: Resolution, parties: PartyTable) -> ScopedStatements:
            return variant.scoped(self.store.catalogue, resolution.scope, parties, speakers=resolution.speakers)

    kept = {field.name: getattr(steps, field.name) for field in fields(steps)}
    if variant.scoped is not ScopedStatements:
        kept["retriever"] = VariedRetriever(retriever.store, retriever.ranker)
    return Varied(**kept)
