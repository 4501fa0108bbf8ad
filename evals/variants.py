"""Sabotage and ablation variants: deliberate changes to the pipeline that no setting makes.

They show what a part is worth and whether gates notice its loss: with `quotes_altered`, which drops a word of every
quotation, the gate on exact quotations has to fail. Nothing here is reachable from the product.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Final

from app.answering.assistant import Assistant
from app.answering.compose.composition import Composition
from app.answering.steps import Question, Steps
from app.question.resolution import Resolution
from app.records import Abstention, Answer
from app.retrieval.evidence_retriever import Retrieved
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.relevance import CITED
from app.retrieval.scoped_statements import ScopedStatements
from app.wiring import Workspace
from vectorstore.records import ScopeFilter, StatementSummary


def _on_answers(change: Callable[[Answer], Answer]) -> type[Steps]:
    class Changed(Steps):
        def verify(
            self, question: Question, resolution: Resolution, retrieved: Retrieved, composed: Composition
        ) -> Answer:
            return change(super().verify(question, resolution, retrieved, composed))

    return Changed


def _on_evidence(change: Callable[[PartyEvidence], PartyEvidence]) -> type[Steps]:
    class Changed(Steps):
        def retrieve(self, resolution: Resolution) -> Retrieved:
            found = super().retrieve(resolution)
            evidence, spoken_for = (tuple(map(change, each)) for each in (found.party_evidence, found.spoken_for))
            return replace(found, party_evidence=evidence, spoken_for=spoken_for)

    return Changed


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


def _believe(found: PartyEvidence) -> PartyEvidence:
    sentences = tuple(replace(item, relevance=CITED) for item in found.sentences)
    return replace(found, sentences=sentences, takes_no_position=False)


def _reverse(found: PartyEvidence) -> PartyEvidence:
    passages = tuple(replace(item, score=-item.score) for item in reversed(found.passages))
    return replace(found, sentences=tuple(reversed(found.sentences)), passages=passages)


class _WithoutTime(Steps):
    """Steps that search once for a question on change over time, instead of once in each statement of the pile."""

    def resolve(self, question: Question) -> Resolution:
        return replace(super().resolve(question), over_time=False)


class _AllStatements(ScopedStatements):
    """The statements of every State are in scope, whoever was asked about."""

    def of(self, codes: Sequence[str]) -> tuple[StatementSummary, ...]:
        return super().of(())


class _OnePile(ScopedStatements):
    """All statements of any time are in scope together, as if the first State asked about had made them."""

    def of(self, codes: Sequence[str]) -> tuple[StatementSummary, ...]:
        every = [s for s in self._catalogue.summaries(ScopeFilter()) if codes or self._keeps(s.metadata)]
        return tuple(replace(s, metadata=replace(s.metadata, state=codes[0])) if codes else s for s in every)

    def _picked(self, own: Sequence[StatementSummary]) -> list[StatementSummary]:
        return list(own)


# Each variant by name: what it does, the steps of its chain, and its scope filter, None for the usual one.
VARIANTS: Final[dict[str, tuple[str, type[Steps], type[ScopedStatements] | None]]] = {
    "state_filter_off": ("statements of every State are in scope", Steps, _AllStatements),
    "no_scope": ("all statements are searched as one pile, without filters", _WithoutTime, _OnePile),
    "quotes_altered": ("every quotation loses a word after it was checked", _on_answers(_alter_quotes), None),
    "always_answer": ("whatever ranks first is given as an answer", _on_evidence(_believe), None),
    "always_abstain": ("nothing is ever answered", _on_answers(_abstain), None),
    "ranking_reversed": ("what was found best comes last", _on_evidence(_reverse), None),
}


def assistant_of(workspace: Workspace, variant: str | None) -> Assistant:
    """Returns the workspace's assistant, or one with the changed steps of a variant."""
    if variant is None:
        return workspace.assistant
    return Assistant(steps_of(workspace.steps, variant), workspace.store.catalogue, keep_traces=0)


def steps_of(steps: Steps, variant: str) -> Steps:
    """Returns the chain's steps with the change of a variant, and all else as it is."""
    _, changed, scope = VARIANTS[variant]
    kept = {field.name: getattr(steps, field.name) for field in fields(steps)}
    retriever = steps.retriever if scope is None else steps.retriever.scoped_by(scope)
    return changed(**(kept | {"retriever": retriever}))
