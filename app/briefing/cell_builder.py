"""Builds one cell of the position table: searches, quotes and classifies what a party said on one subject."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.answering.abstention import why_silent
from app.answering.citations import contains
from app.answering.cited_direction import CitedDirection
from app.answering.compose.composition import ModelDraft
from app.answering.localization import localize
from app.answering.quoting import latest_statement_first, quote
from app.answering.superseding import with_superseding
from app.answering.verify_citations import sound_citations
from app.briefing.cell_claims import CellClaimWriter
from app.briefing.cell_evidence import nearest, on_subject, why_unproven
from app.briefing.cell_suggestion import SHOWN_MIN, is_outright, suggest, suggestion_of_cell
from app.briefing.cells import Cell, Subject, Suggestion
from app.briefing.citation_list import CitationList, quoted_with
from app.briefing.request import BriefingRequest
from app.question.resolution import Resolution
from app.records import AbstentionReason, Citation, Claim
from app.retrieval.evidence_retriever import EvidenceRetriever
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.positions.position_marks import PositionKind
from app.retrieval.retrieved import Retrieved
from app.retrieval.topic.share import share_of_topic
from ingest.parties.party_table import PartyTable
from ingest.text.canonical_form import squash
from ingest.treaties.treaties import article_title
from prompts.wording import load_briefing_words
from vectorstore.records import Sentence, StatementSummary, text_key

# Reasons of abstention for which an empty cell has a wording of its own; for others it has the message of an answer.
_ABSENT: Final[tuple[AbstentionReason, ...]] = ("no_statement", "not_mentioned", "article_not_cited", "group_only")
# Most quotations in a cell from what one group said for the party.
_FROM_GROUP_MAX: Final = 1


class CellBuilder:
    """Builds the cells of one briefing; keeps their `citations`, and the statements `searched` for them."""

    def __init__(
        self,
        retriever: EvidenceRetriever,
        parties: PartyTable,
        request: BriefingRequest,
        citations: CitationList,
        writer: CellClaimWriter | None,
    ) -> None:
        self._retriever, self._parties, self._request, self._writer = retriever, parties, request, writer
        self._local, self._words = localize(parties, request.language), load_briefing_words(request.language)
        self.citations = citations
        self.searched: dict[str, StatementSummary] = {}

    def _resolution(self, code: str, subject: Subject, session: str | None) -> Resolution:
        scope = self._request.scope(subject, code, session, self._parties)
        return Resolution(scope=scope, question=subject.label, stance=True)

    def build(
        self, code: str, subject: Subject, session: str | None, on_progress: Callable[[], None]
    ) -> tuple[Cell, list[Citation]]:
        """Returns a cell, and the strongest quotation of each statement that speaks of its subject, by date."""
        found = self._gather(code, subject, session)
        worded = self._worded(found, code, subject, on_progress)
        shown = quoted_with([*found.cited, *found.of_groups, *found.near], worded.citations, found.retrieved.sources)
        shown = sorted(shown, key=lambda citation: code not in citation.holders)
        numbers = [self.citations.add(citation) for citation in shown]

        def number(citation: Citation) -> int:
            return next(n for whole, n in zip(shown, numbers, strict=True) if contains(whole, citation))

        # The rules classify the same quotations with and without a model, which may quote more.
        numbered = [replace(citation, number=number(citation)) for citation in found.cited]
        held = () if found.near else (*map(self.citations.get, numbers), *numbered)
        read = {c.number: suggest(c, self.citations.statement(c.statement_id), subject, self._parties) for c in held}
        suggestion = suggestion_of_cell([(citation, read[citation.number]) for citation in numbered])
        kind = suggestion.kind if found.cited else found.kind_of_silence
        quoted = {identifier for citation in shown for identifier in citation.sentence_ids}
        unproven = found.own is not None and why_unproven(found.own, subject) is not None
        cell = Cell(
            party=code,
            subject=subject.label,
            session=session,
            kind=kind,
            words=suggestion.words if found.cited else (),
            citations=tuple(numbers),
            suggestions=read,
            superseded=self._superseded(read, code),
            nearest=bool(found.near),
            of_group=bool(found.of_groups) and not found.cited,
            unproven=kind == "no_position" and not shown and unproven,
            more=sum(sentence.sentence_id not in quoted for sentence in found.telling),
            note=self._note(found, code, subject, session),
            key=_key(code, subject, session, found.cited or [*found.near, *found.of_groups]),
            claims=_renumbered(worded, code, number),
            dropped=worded.dropped,
            unworded=worded.problem,
        )
        return cell, self._one_each(found.telling, found.retrieved)

    def _gather(self, code: str, subject: Subject, session: str | None) -> "_CellEvidence":
        """Searches the statements of a party and of the groups that spoke for it; quotes what is on the subject."""
        retrieved = self._retriever.retrieve(self._resolution(code, subject, session), self._parties)
        of_others = (summary for found in retrieved.group_evidence for summary in found.statements)
        self.searched |= {s.statement_id: s for s in (*retrieved.statements_in_scope, *of_others)}
        own = next((item for item in retrieved.party_evidence if item.party == code), None)
        telling = [] if own is None else self._evidence(own, subject, retrieved)
        cited = self._quoted(telling, retrieved, self._request.quotations)
        groups = [(found.party, self._evidence(found, subject, retrieved)) for found in retrieved.group_evidence]
        of_groups = [citation for _, held in groups for citation in self._quoted(held, retrieved, _FROM_GROUP_MAX)]
        close = list[Sentence]()
        if own is not None and not cited:
            # A group's words do not replace the nearest words of the party itself.
            sentences = retrieved.sources.sentences
            close = nearest(own, subject, sentences, self._parties, answering=bool(of_groups))
        return _CellEvidence(
            retrieved=retrieved,
            own=own,
            telling=telling,
            groups=groups,
            cited=cited,
            of_groups=of_groups,
            near=self._quoted(close, retrieved, 1),
        )

    def _worded(
        self, found: "_CellEvidence", code: str, subject: Subject, on_progress: Callable[[], None]
    ) -> ModelDraft:
        """Returns a model's checked claims on the evidence of a cell; none without a model or without evidence."""
        if self._writer is None or not (found.cited or found.of_groups):
            return ModelDraft()
        telling = [(code, found.telling), *found.groups]
        chosen = {party: without_repeats(sentences) for party, sentences in telling if sentences}
        return self._writer.write(subject.label, chosen, found.retrieved.sources, on_progress)

    def _note(self, found: "_CellEvidence", code: str, subject: Subject, session: str | None) -> str:
        """Returns what is said below the quotations of a cell: why there are none, and which groups spoke."""
        notes = []
        if not found.cited and not found.near:
            notes.append(self._silence(code, subject, session, found.retrieved, of_group=bool(found.of_groups)))
        if found.of_groups:
            names = dict.fromkeys(self._local.name(group) for group, held in found.groups if held)
            notes.append(self._words.say("group_spoke", groups=self._words.list_comma.join(names)))
        return " ".join(filter(None, notes))

    def _evidence(self, item: PartyEvidence, subject: Subject, retrieved: Retrieved) -> list[Sentence]:
        """Returns the evidence of a party on a subject, first the sentences that take a position outright.

        Of those that cite an article, the ones that name what it is on come first: of article 16, extradition.
        """
        held, title = retrieved.sources.statements, article_title(subject.treaty or "", subject.article or "")
        on_title = share_of_topic(title or "", "en", self._parties)

        def order(sentence: Sentence) -> tuple[bool, bool]:
            language = held[sentence.statement_id].language_at(sentence.start)
            outright = is_outright(sentence.text, subject, language, self._parties)
            return not outright, bool(title and not subject.topic) and on_title(sentence.text, language or "en") < 1

        return sorted(on_subject(item, subject, retrieved.sources.sentences, self._parties), key=order)

    def _superseded(self, read: Mapping[int, Suggestion], code: str) -> dict[int, int | None]:
        """Returns the numbers of a cell's citations that a later one supersedes, each with the number of that one."""
        directions = {
            n: CitedDirection(
                direction=each.likely, sure=each.direction not in (None, "mentions") and each.attitude >= SHOWN_MIN
            )
            for n, each in read.items()
        }
        told = with_superseding([*map(self.citations.get, read)], directions, (code,))
        return {citation.number: citation.superseded_by for citation in told if citation.superseded_by is not None}

    def _one_each(self, chosen: Sequence[Sentence], retrieved: Retrieved) -> list[Citation]:
        by_statement: dict[str, list[Sentence]] = {}
        for sentence in chosen:
            by_statement.setdefault(sentence.statement_id, []).append(sentence)
        sources = retrieved.sources
        made = [c for own in by_statement.values() for c in quote(own, sources, 1, first_number=1)[:1]]
        return sorted(sound_citations(made, sources.statements), key=lambda c: (c.date or "", c.statement_id))

    def _quoted(self, chosen: Sequence[Sentence], retrieved: Retrieved, limit: int) -> list[Citation]:
        """Quotes evidence that passes verification; repeated language is quoted once."""
        ordered = latest_statement_first(without_repeats(chosen), retrieved.sources)
        made = quote(ordered, retrieved.sources, limit, first_number=1, newest_first=True, extendable=ordered)
        return sound_citations(made, retrieved.sources.statements)

    def _silence(
        self, code: str, subject: Subject, session: str | None, retrieved: Retrieved, *, of_group: bool
    ) -> str:
        """Returns the note of a cell without words of the party, by the reason for which an answer would abstain."""
        beside = ("no_position",) if of_group else ("no_position", "group_only")
        why = {e.party: why_unproven(e, subject) for e in retrieved.party_evidence}
        found = [replace(e, silence_unproven=why[e.party] == "language") for e in retrieved.party_evidence]
        retrieved = replace(retrieved, party_evidence=tuple(found))
        abstention = why_silent(self._resolution(code, subject, session), retrieved, self._local)
        # All words on the subject, also a group's, would be in the cell, so reasons that presume some do not apply.
        reason = "not_mentioned" if abstention.reason in beside else abstention.reason
        if reason == "not_mentioned" and not (of_group or retrieved.statements_in_scope):
            # Only statements of groups were searched.
            reason = "no_statement"
        if reason in _ABSENT and not retrieved.unnamed_articles:
            counts = {"count": len(retrieved.statements_in_scope), "held": len(retrieved.statements_of_parties)}
            reworded = reason == "not_mentioned" and why.get(code) == "words"
            return self._words.say("absent_in_these_words" if reworded else f"absent_{reason}", **counts)
        return abstention.message


@dataclass(frozen=True, kw_only=True)
class _CellEvidence:
    """What was found for a cell: sentences on its subject, strongest first, and verified quotations of them."""

    retrieved: Retrieved
    own: PartyEvidence | None
    """The evidence of the party itself; None where it has no statement in scope."""
    telling: Sequence[Sentence]
    """The party's own sentences on the subject."""
    groups: Sequence[tuple[str, Sequence[Sentence]]]
    """Those of each group that spoke for the party, with its code."""
    cited: Sequence[Citation]
    of_groups: Sequence[Citation]
    near: Sequence[Citation]
    """The nearest words of the party, where none are on the subject."""

    @property
    def kind_of_silence(self) -> PositionKind:
        """The kind of a cell without words of the party."""
        return "no_position" if self.retrieved.statements_in_scope or self.of_groups else "no_statement"


def without_repeats(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Returns sentences without those that repeat an earlier one."""
    unique: dict[str, Sentence] = {}
    for sentence in sentences:
        unique.setdefault(squash(sentence.text), sentence)
    return list(unique.values())


def _renumbered(worded: ModelDraft, code: str, number: Callable[[Citation], int]) -> tuple[Claim, ...]:
    """Returns claims that cite the citations of the briefing, those on the party's own words first."""
    new = {citation.number: number(citation) for citation in worded.citations}
    claims = (replace(c, citations=tuple(dict.fromkeys(new[n] for n in c.citations))) for c in worded.claims)
    return tuple(sorted(claims, key=lambda claim: claim.state != code))


def _key(code: str, subject: Subject, session: str | None, cited: Sequence[Citation]) -> str:
    """Returns the key of a cell's review, a hash over its evidence too: other evidence needs another judgement."""
    words = sorted(squash(citation.quote) for citation in cited)
    parts = [code, subject.topic.casefold(), subject.treaty or "", subject.article or "", session or "", *words]
    return text_key("\x1f".join(parts))
