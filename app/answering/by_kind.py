"""Answers by the kind of question: what is found for each kind, and how it is composed.

"Who delivered it?" needs the facts of a statement, "summarise it" its key sentences, "which documents do we have?" a
list; all other kinds are answered with the best evidence on their topic.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.answering.answer_type_check import contains_answer_type
from app.answering.compose.extractive import Composition
from app.answering.quotation_source import FindWords, compose_source
from app.answering.statement_facts import compose_facts
from app.answering.statement_list import compose_list
from app.answering.summary import compose_summary
from app.question.resolution import Resolution
from app.records import Note, Scope, Sources
from app.retrieval.evidence_retriever import EvidenceRetriever, Retrieved
from app.retrieval.going_on import go_on
from ingest.parties.party_table import PartyTable
from prompts.wording import Wording
from vectorstore.records import Sentence, StatementSummary

# Statements that a list names.
_LISTED: Final = 30


@dataclass(frozen=True, kw_only=True)
class KindAnswers:
    """Finds and composes the answers of the kinds that are not answered from evidence on a topic.

    Attributes:
        find_words: Where quoted words stand in the corpus.
    """

    retriever: EvidenceRetriever
    find_words: FindWords
    limit: int

    def retrieve(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Finds what the kind of question needs."""
        kind, retriever = resolution.answered_as, self.retriever
        if kind == "greeting":
            everything = retriever.in_scope(Resolution(scope=Scope(), question=resolution.question), parties)
            return replace(everything, held=everything.searched, searched=())
        if kind == "source" and resolution.quote:
            return self._holding(resolution, parties)
        if kind in ("metadata", "source") or (kind in ("summary", "list") and not _has_subject(resolution)):
            return self._statements(resolution, parties)
        if kind == "reason" and resolution.act == "about" and resolution.shown and resolution.shown.sentences:
            near = retriever.around_shown(
                resolution, parties, lambda text: contains_answer_type("reason", [text], parties, ())
            )
            if near.party_evidence:
                return near
        return go_on(retriever.retrieve(resolution, parties), resolution)

    def compose(
        self, resolution: Resolution, retrieved: Retrieved, parties: PartyTable, wording: Wording
    ) -> Composition | None:
        """Composes the answer; None for a kind that is answered from evidence."""
        sources, kind = retrieved.sources, resolution.answered_as
        if kind == "source" and resolution.quote:
            return compose_source(retrieved.places, sources, parties, wording, limit=self.limit)
        if kind in ("metadata", "source"):
            return compose_facts(sources, parties, wording, limit=self.limit)
        if kind == "summary":
            chosen = _strong(retrieved) or self.retriever.key_sentences(retrieved, self.limit)
            return compose_summary(chosen, sources, parties, wording, limit=self.limit)
        if kind == "list":
            if not _has_subject(resolution):
                return compose_list(sources, (), len(retrieved.searched), parties, wording)
            best = _strong(retrieved)
            held = dict.fromkeys(sentence.statement_id for sentence in best)
            on_topic = Sources(statements={key: sources.statements[key] for key in held}, sentences=sources.sentences)
            return compose_list(on_topic, best, len(held), parties, wording)
        return None

    def _statements(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Returns the texts of the statements that are asked about: those shown, else those in scope."""
        found = self.retriever.in_scope(resolution, parties)
        shown = resolution.shown.statements if resolution.shown is not None and resolution.act == "about" else ()
        if resolution.answered_as == "list":
            before = resolution.shown.statements if resolution.shown is not None and resolution.act == "more" else ()
            listed = [s for s in found.searched if s.statement_id not in before]
            found = replace(found, searched=tuple(listed))
            return self.retriever.with_texts(found, [s.statement_id for s in listed[:_LISTED]])
        if not shown and not is_scoped(resolution):
            return replace(found, searched=())
        if shown:
            return self.retriever.with_texts(found, shown[: self.limit])
        newest = _newest(found.searched)
        if len(newest) < len(found.searched):
            notes = (*found.notes, Note(kind="latest", values={"statements": newest}))
            found = replace(found, notes=notes)
        return self.retriever.with_texts(found, [s.statement_id for s in newest[: self.limit]])

    def _holding(self, resolution: Resolution, parties: PartyTable) -> Retrieved:
        """Returns the texts in which the words asked about stand."""
        everything = replace(resolution, is_statement_question=True, unnamed=False, to_assistant=False)
        found = self.retriever.in_scope(everything, parties)
        places = tuple(self.find_words(resolution.quote))
        held = dict.fromkeys(place.statement_id for place in places)
        return self.retriever.with_texts(replace(found, places=places), list(held))


def _newest(statements: Sequence[StatementSummary]) -> tuple[StatementSummary, ...]:
    """Returns the newest statement of each party."""
    newest: dict[str, StatementSummary] = {}
    for summary in sorted(statements, key=lambda s: s.metadata.date or ""):
        newest[summary.metadata.state or ""] = summary
    return tuple(newest.values())


def _strong(retrieved: Retrieved) -> list[Sentence]:
    return [sentence for item in retrieved.party_evidence if item.answers for sentence in item.strong]


def _has_subject(resolution: Resolution) -> bool:
    return bool(resolution.scope.topic or resolution.scope.treaties)


def is_scoped(resolution: Resolution) -> bool:
    """Whether a question says whose statements it is about, or of which occasion."""
    scope = resolution.scope
    named = scope.states or scope.groups or scope.members_of or scope.bodies or scope.sessions or scope.agenda_items
    return bool(named or scope.years or scope.months or scope.interval)
