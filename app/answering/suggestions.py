"""Suggested questions, each of which the corpus answers: after a greeting, and after an answer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.answering.localization import Localization, localize
from app.question.resolution import Resolution
from app.records import Abstention, Answer
from app.retrieval.evidence_retriever import EvidenceRetriever
from ingest.parties.party_table import PartyTable
from vectorstore.records import DocumentSummary, StatementSummary

# The most parties that are suggested beside those asked about, the most confident evidence first.
_OTHERS: Final = 2


def suggest(answer: Answer, retriever: EvidenceRetriever, parties: PartyTable) -> tuple[str, ...]:
    """Returns further questions in the answer's language; none without a topic, or after an aside or treaty text."""
    scope, local = answer.scope, localize(parties, answer.scope.language)
    asked = {*scope.states, *scope.groups}
    if not scope.topic or answer.kind in ("greeting", "out_of_scope", "ambiguous", "treaty_text"):
        return ()
    everyone = replace(scope, states=(), groups=(), members_of=(), excluded=(), treaties=(), all_states=True, notes=())
    found = retriever.retrieve(Resolution(scope=everyone, question=answer.question), parties)
    speaking = sorted((item for item in found.party_evidence if item.answers), key=lambda item: -item.confidence)
    others = [item.party for item in speaking if item.party and item.party not in asked]
    names = [local.name(code) for code in others[:_OTHERS]]
    questions = [local.say("suggest_said", party=name, topic=scope.topic) for name in names] if asked else []
    cited = next((citation.state for citation in answer.citations if citation.state), None)
    if cited is not None and answer.kind != "summary":
        questions.append(local.say("example_summary", party=local.name(cited)))
    if len(speaking) > 1 and asked:
        questions.append(local.say("suggest_which", topic=scope.topic))
    return tuple(questions)


def greet(statements: Sequence[StatementSummary | DocumentSummary], local: Localization) -> Abstention:
    """Returns the reply to a greeting, whose options are questions about the States with the newest statements."""
    newest = sorted(statements, key=lambda s: s.metadata.date or "", reverse=True)
    speakers = list(dict.fromkeys(s.metadata.state for s in newest if s.metadata.state))
    names = [local.name(code) for code in speakers[:3]]
    keys = ("example_said", "example_summary", "example_list")
    options = tuple(local.say(key, party=name) for key, name in zip(keys, names, strict=False))
    return Abstention(reason="help", message=local.say("greeting"), options=options)
