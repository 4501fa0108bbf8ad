"""Builds the position table: every cell (party, subject, session) is searched, quoted and classified by itself."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import partial
from itertools import product
from typing import Final

from app.answering.abstention import abstain
from app.answering.citations import holds
from app.answering.cited_direction import CitedDirection
from app.answering.compose.model import ModelWriter
from app.answering.localization import localize
from app.answering.quoting import quote
from app.answering.superseding import with_superseding
from app.answering.verify_citations import sound_citations
from app.briefing.cell_evidence import nearest, on_subject, why_unproven
from app.briefing.cell_writer import CellText, CellWriter
from app.briefing.cells import COMPOSERS, Briefing, Cell, Composer, Moment, Review, SourceFile, Subject, Suggestion
from app.briefing.citation_list import CitationList, quoted_with
from app.briefing.over_time import changes_of, moments_in, moments_of, repetitions_of
from app.briefing.position_classifier import PLAIN, deciding, is_outright, suggest
from app.briefing.request import BriefingRequest, left_out, read_topic
from app.briefing.talking_points import choose_points
from app.errors import BriefingError
from app.question.resolution import Resolution
from app.records import AbstentionReason, Answer, Citation, Claim, Coverage
from app.retrieval.chronology import recency
from app.retrieval.evidence_retriever import EvidenceRetriever
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.positions.position_marks import PositionKind
from app.retrieval.retrieved import Retrieved
from app.retrieval.scoped_statements import ScopedStatements, unreadable_in_scope
from ingest.metadata.sessions import canonical_body
from ingest.parties.party_table import PartyTable
from ingest.text.canonical_form import squash
from prompts.wording import Wording, load_document_words
from vectorstore.catalogue import Catalogue
from vectorstore.records import ScopeFilter, Sentence, SentenceId, StatementSummary, text_key, text_sha256

# Reasons of abstention for which an empty cell has a wording of its own; for others it has the message of an answer.
_ABSENT: Final[tuple[AbstentionReason, ...]] = ("no_statement", "not_mentioned", "article_not_cited", "group_only")
# Most quotations in a cell from what one group said for the party.
_OF_GROUP: Final = 1
# Characters of the subjects in a title; more would not stay on two lines.
_LONGEST_TITLE: Final = 90
# Most quotations that a search for a cell offers (`TableBuilder.find`).
_OFFERED: Final = 5


@dataclass(frozen=True, kw_only=True)
class BriefingProgress:
    """The progress of a briefing: cells finished, cells in all, and the label of the cell that is searched now."""

    done: int
    total: int
    label: str


Reviews = Callable[[Sequence[str]], Mapping[str, Review]]


class TableBuilder:
    """Builds briefings over one store; with a writer, a model words the evidence of their cells."""

    def __init__(
        self,
        retriever: EvidenceRetriever,
        catalogue: Catalogue,
        parties: Callable[[], PartyTable],
        reviews: Reviews,
        writer: ModelWriter | None = None,
    ) -> None:
        self._retriever = retriever
        self._catalogue = catalogue
        self._parties = parties
        self._reviews = reviews
        self._writer = writer

    @property
    def model(self) -> str | None:
        """The name of the chat model; None where the settings name none."""
        return None if self._writer is None else self._writer.name

    def build(
        self,
        request: BriefingRequest,
        progress: Callable[[BriefingProgress], None] = lambda step: None,
        *,
        max_points: int | None = None,
        max_tokens: int | None = None,
        composer: Composer | None = None,
    ) -> Briefing:
        """Builds a briefing; every cell is searched by itself, however many there are.

        Unless `composer` is given, it is the model if there is one. An unavailable composer is a BriefingError, a model
        that cannot be set up a ChatModelError. `progress` is called for every cell, and repeatedly while a model writes
        one; an exception from it ends the build.
        """
        with self._catalogue.snapshot():
            briefing = _Build(self, request, self._writing(composer)).run(progress)
        return replace(briefing, points=choose_points(briefing, max_points=max_points, max_tokens=max_tokens))

    def find(
        self,
        party: str,
        words: str,
        *,
        session: str | None = None,
        years: tuple[str, ...] = (),
        bodies: tuple[str, ...] = (),
        but: Container[SentenceId] = (),
    ) -> tuple[Citation, ...]:
        """Returns quotations of one party on words that a person looks for, the best first.

        They are from one session or from all, and from the years and bodies given, if any. Sentences in `but` are left
        out. Empty words are a BriefingError.
        """
        parties = self._parties()
        subject = read_topic(words, parties)
        request = BriefingRequest(subjects=(subject,), years=years, bodies=bodies)
        scope = request.scope(subject, party, session, parties)
        retrieved = self._retriever.retrieve(Resolution(scope=scope, question=words), parties)
        own = (s.sentence for each in retrieved.party_evidence if each.party == party for s in each.sentences)
        sentences = [sentence for sentence in own if sentence.sentence_id not in but]
        made = quote(_once(sentences)[:_OFFERED], retrieved.sources, _OFFERED, first_number=1)
        return tuple(sound_citations(made, retrieved.sources.statements))

    def _writing(self, composer: Composer | None) -> ModelWriter | None:
        if composer is not None and composer not in COMPOSERS:
            raise BriefingError(f"unknown composer {composer!r}: use {', '.join(COMPOSERS)}")
        if composer == "model" and self._writer is None:
            raise BriefingError("no chat model is set: set UNTOC_LLM__MODEL, such as openai:NAME, or use extractive")
        return None if composer == "extractive" else self._writer


class _Build:
    """The state of one briefing while it is built."""

    def __init__(self, builder: TableBuilder, request: BriefingRequest, writer: ModelWriter | None) -> None:
        self._retriever, self._catalogue, self._parties = builder._retriever, builder._catalogue, builder._parties()
        self._request, self._reviews = request, builder._reviews
        self._local, self._words = localize(self._parties, request.language), load_document_words(request.language)
        self._writer = None if writer is None else CellWriter(writer, self._local)
        self._citations = CitationList(self._catalogue)
        self._searched: dict[str, StatementSummary] = {}

    def run(self, progress: Callable[[BriefingProgress], None]) -> Briefing:
        request = self._request
        whole = request.whole
        asked = ScopeFilter(
            parties=whole.states,
            bodies=whole.bodies,
            sessions=whole.sessions,
            years=tuple(map(int, whole.years)),
            months=whole.months,
        )
        self._check_bodies(request.bodies)
        in_scope = self._catalogue.summaries(asked)
        everyone = {code for summary in in_scope for code in summary.metadata.holders}
        everyone -= left_out(request.excluded, self._parties)
        codes = request.parties or tuple(sorted(everyone, key=self._local.name))
        if not codes:
            raise BriefingError("nobody with a statement is left: leave out fewer, or ask about another time or body")
        sessions = request.sessions or (self._sessions(in_scope, codes) if request.by_session else ())
        wanted = [*product(codes, request.subjects, sessions or (None,))]
        cells: list[Cell] = []
        moments: list[Moment] = []
        for done, (code, subject, session) in enumerate(wanted):
            label = f"{self._local.name(code)}: {subject.label}"
            step = BriefingProgress(done=done, total=len(wanted), label=label)
            progress(step)
            cell, own = self._cell(code, subject, session, partial(progress, step))
            cells.append(cell)
            if not sessions:
                moments += moments_of(cell, own, subject, self._citations, self._parties)
        if sessions:
            moments = [*moments_in(cells, request.subjects, self._citations, self._parties)]
        return self._finished(cells, moments, codes, sessions)

    def _check_bodies(self, asked: Sequence[str]) -> None:
        """Raises a BriefingError for a body that no lookup knows and no statement has."""
        if unknown := [name for name in asked if canonical_body(name) is None]:
            held = {summary.metadata.body or "" for summary in self._catalogue.summaries(ScopeFilter())} - {""}
            for name in unknown:
                if name not in held:
                    near = " or ".join(get_close_matches(name, sorted(held), 3, 0) or ["UNTOC COP"])
                    raise BriefingError(f"{name!r} is no body that is known or has a statement here: say {near}")

    def _finished(
        self, cells: Sequence[Cell], moments: Sequence[Moment], codes: Sequence[str], sessions: Sequence[str]
    ) -> Briefing:
        request, citations = self._request, self._citations
        reviews = self._reviews([cell.key for cell in cells])
        reviewed = [replace(cell, review=reviews.get(cell.key)) for cell in cells]
        # A rejection only hides repetitions, since it may be taken back.
        kept = [before if cell.is_rejected else cell for before, cell in zip(cells, reviewed, strict=True)]
        repetitions = repetitions_of(kept, tuple(self._searched.values()), citations)
        briefing = Briefing(
            title=request.title or _title(request.subjects, self._words),
            language=request.language,
            parties=tuple(codes),
            subjects=request.subjects,
            sessions=tuple(sessions),
            years=request.years,
            bodies=request.bodies,
            everyone=not (request.parties or request.excluded),
            by_session=request.by_session and not request.sessions,
            cells=tuple(cells),
            citations=citations.all(),
            moments=tuple(moments),
            repetitions=repetitions,
            changes=changes_of(moments, request.subjects, citations),
            coverage=self._coverage(codes),
            sources=self._sources(),
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            corpus_date=max((summary.added for summary in self._searched.values()), default=None),
        )
        # A rejection may be taken back, so evidence that a person rejected counts.
        briefing = replace(briefing.counted(), cells=tuple(reviewed))
        if self._writer is not None:
            translations = self._writer.translate(citations.all(), request.language)
            briefing = replace(briefing, translations=translations, writing=self._writer.report(cells))
        return replace(briefing, names=self._names(briefing))

    def _sessions(self, in_scope: Sequence[StatementSummary], codes: Sequence[str]) -> tuple[str, ...]:
        """Returns the sessions of what these parties said, and groups for them: numbers first, then others.

        Statements without a session have an empty one, the last; if none has a session, nothing is returned.
        """
        of_groups = ScopedStatements(self._catalogue, self._request.whole, self._parties).of_groups(codes)
        own = (s for s in in_scope if not set(codes).isdisjoint(s.metadata.holders))
        others = (summary for each in of_groups for summary in each.statements)
        found = {summary.metadata.session or "" for summary in (*own, *others)}

        def place(session: str) -> tuple[bool, bool, int]:
            return not session, not session.isdigit(), int(session) if session.isdigit() else 0

        return tuple(sorted(found, key=place)) if any(found) else ()

    def _resolution(self, code: str, subject: Subject, session: str | None) -> Resolution:
        scope = self._request.scope(subject, code, session, self._parties)
        return Resolution(scope=scope, question=subject.label, stance=True)

    def _cell(
        self, code: str, subject: Subject, session: str | None, beat: Callable[[], None]
    ) -> tuple[Cell, list[Citation]]:
        """Returns a cell, and the strongest quotation of each statement that speaks of its subject, by date."""
        retrieved = self._retriever.retrieve(self._resolution(code, subject, session), self._parties)
        of_others = (summary for found in retrieved.spoken_for for summary in found.statements)
        self._searched |= {s.statement_id: s for s in (*retrieved.statements_in_scope, *of_others)}
        own = next((item for item in retrieved.party_evidence if item.party == code), None)
        telling = [] if own is None else self._telling(own, subject, retrieved)
        cited = self._quoted(telling, retrieved, self._request.quotations)
        groups = [(found.party, self._telling(found, subject, retrieved)) for found in retrieved.spoken_for]
        of_groups = [citation for _, held in groups for citation in self._quoted(held, retrieved, _OF_GROUP)]
        worded = CellText()
        if self._writer is not None and (cited or of_groups):
            chosen = {party: _once(sentences) for party, sentences in ((code, telling), *groups) if sentences}
            worded = self._writer.write(subject.label, chosen, retrieved.sources, beat)
        close = list[Sentence]()
        if own is not None and not cited:
            # A group's words do not replace the nearest words of the party itself.
            sentences = retrieved.sources.sentences
            close = nearest(own, subject, sentences, self._parties, answering=bool(of_groups))
        near = self._quoted(close, retrieved, 1)
        shown = quoted_with([*cited, *of_groups, *near], worded.citations, retrieved.sources)
        shown = sorted(shown, key=lambda citation: code not in citation.holders)
        numbers = [self._citations.add(citation) for citation in shown]

        def number(citation: Citation) -> int:
            return next(n for whole, n in zip(shown, numbers, strict=True) if holds(whole, citation))

        # The rules classify the same quotations with and without a model, which may quote more.
        numbered = [replace(citation, number=number(citation)) for citation in cited]
        held = () if near else (*map(self._citations.get, numbers), *numbered)
        read = {c.number: suggest(c, self._citations.statement(c.statement_id), subject, self._parties) for c in held}
        suggestion = deciding([(citation, read[citation.number]) for citation in numbered])
        silent: PositionKind = "no_position" if retrieved.statements_in_scope or of_groups else "no_statement"
        kind = suggestion.kind if cited else silent
        notes = [] if cited or near else [self._silence(code, subject, session, retrieved, of_group=bool(of_groups))]
        if of_groups:
            names = dict.fromkeys(self._local.name(group) for group, held in groups if held)
            notes.append(self._words.say("group_spoke", groups=self._words.list_comma.join(names)))
        quoted = {identifier for citation in shown for identifier in citation.sentence_ids}
        cell = Cell(
            party=code,
            subject=subject.label,
            session=session,
            kind=kind,
            words=suggestion.words if cited else (),
            citations=tuple(numbers),
            suggestions=read,
            superseded=self._superseded(read, code),
            nearest=bool(near),
            of_group=bool(of_groups) and not cited,
            unproven=kind == "no_position" and not shown and own is not None and why_unproven(own, subject) is not None,
            more=sum(sentence.sentence_id not in quoted for sentence in telling),
            note=" ".join(filter(None, notes)),
            key=_key(code, subject, session, cited or [*near, *of_groups]),
            claims=_renumbered(worded, code, number),
            dropped=worded.dropped,
            unworded=worded.unworded,
        )
        return cell, self._one_each(telling, retrieved)

    def _telling(self, item: PartyEvidence, subject: Subject, retrieved: Retrieved) -> list[Sentence]:
        """Returns the evidence of a party on a subject, first the sentences that take a position outright."""
        held = retrieved.sources.statements

        def is_not_outright(sentence: Sentence) -> bool:
            language = held[sentence.statement_id].language_at(sentence.start)
            return not is_outright(sentence.text, subject, language, self._parties)

        sentences = on_subject(item, subject, retrieved.sources.sentences, self._parties)
        return sorted(sentences, key=is_not_outright)

    def _superseded(self, read: Mapping[int, Suggestion], code: str) -> dict[int, int | None]:
        """Returns the numbers of a cell's citations that a later one supersedes, each with the number of that one."""
        directions = {
            n: CitedDirection(
                direction=each.likely, sure=each.direction not in (None, "mentions") and each.sure >= PLAIN
            )
            for n, each in read.items()
        }
        told = with_superseding([*map(self._citations.get, read)], directions, (code,))
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
        # The latest statement is quoted first, so that it is quoted however few quotations there is room for.
        held = retrieved.sources.statements
        ordered = _latest_and_each_first(_once(chosen), lambda s: recency(held[s.statement_id].metadata))
        made = quote(ordered, retrieved.sources, limit, first_number=1, newest_first=True, going_on=ordered)
        return sound_citations(made, held)

    def _silence(
        self, code: str, subject: Subject, session: str | None, retrieved: Retrieved, *, of_group: bool
    ) -> str:
        """Returns the note of a cell without words of the party, by the reason for which an answer would abstain."""
        beside = ("no_position",) if of_group else ("no_position", "group_only")
        why = {e.party: why_unproven(e, subject) for e in retrieved.party_evidence}
        found = [replace(e, silence_unproven=why[e.party] == "language") for e in retrieved.party_evidence]
        retrieved = replace(retrieved, party_evidence=tuple(found))
        resolution = self._resolution(code, subject, session)
        answer = Answer(question=subject.label, answer="", status="abstained", scope=resolution.scope)
        abstention = abstain(answer, resolution, retrieved, self._local).abstention
        if abstention is None:
            return ""
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

    def _coverage(self, codes: Sequence[str]) -> Coverage:
        """Returns what was searched; `Briefing.counted` counts the evidence found in it."""
        speaking = {code for summary in self._searched.values() for code in summary.metadata.holders}
        unreadable = self._catalogue.unreadable()
        return Coverage(
            statements_in_scope=len(self._searched),
            states_without_statement=tuple(code for code in codes if code not in speaking),
            unreadable_files=unreadable_in_scope(unreadable, self._request.whole, self._parties, nameless=True),
        )

    def _sources(self) -> tuple[SourceFile, ...]:
        cited = {citation.statement_id for citation in self._citations.all()}
        held = dict.fromkeys((*self._searched, *sorted(cited)))
        sources = (
            SourceFile(
                statement_id=statement.statement_id,
                party=statement.metadata.state,
                file=statement.file,
                date=statement.metadata.date,
                session=statement.metadata.session,
                sha256=statement.sha256,
                text_sha256=text_sha256(statement.source_text),
                cited=statement.statement_id in cited,
                held_by=statement.metadata.held_by or (),
            )
            for statement in map(self._citations.statement, held)
        )
        return tuple(sorted(sources, key=lambda source: (source.holders[:1], source.date or "", source.file)))

    def _names(self, briefing: Briefing) -> dict[str, str]:
        cited = [code for c in briefing.citations for code in (c.state, c.quoted_party, *c.held_by)]
        codes = [*briefing.parties, *cited, *(code for s in briefing.sources for code in s.holders)]
        named = {code: self._local.name(code) for code in codes if code is not None}
        # A State that delivers a group's words is named in the language of the briefing too.
        speakers = {c.speaker for c in briefing.citations if c.on_behalf_of is not None and c.speaker is not None}
        return named | {speaker: self._local.speaker(speaker) for speaker in speakers}


def _once(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Returns sentences without those that repeat an earlier one."""
    once: dict[str, Sentence] = {}
    for sentence in sentences:
        once.setdefault(squash(sentence.text), sentence)
    return list(once.values())


def _latest_and_each_first(
    sentences: Sequence[Sentence], when: Callable[[Sentence], tuple[date, int]]
) -> list[Sentence]:
    """Puts the strongest sentence of the latest statement first, then that of every other one, then the rest."""
    strongest = {sentence.statement_id: sentence for sentence in reversed(sentences)}
    latest = max(map(when, sentences), default=None)

    def place(sentence: Sentence) -> tuple[bool, bool]:
        further = strongest[sentence.statement_id] is not sentence
        return further, further or when(sentence) != latest

    return sorted(sentences, key=place)


def _renumbered(worded: CellText, code: str, number: Callable[[Citation], int]) -> tuple[Claim, ...]:
    """Returns claims that cite the citations of the briefing, those on the party's own words first."""
    new = {citation.number: number(citation) for citation in worded.citations}
    claims = (replace(c, citations=tuple(dict.fromkeys(new[n] for n in c.citations))) for c in worded.claims)
    return tuple(sorted(claims, key=lambda claim: claim.state != code))


def _title(subjects: Sequence[Subject], words: Wording) -> str:
    """Returns a title that names the subjects, or gives their number if their names are too long."""
    named = words.semicolon.join(subject.label for subject in subjects)
    if len(named) <= _LONGEST_TITLE or len(subjects) == 1:
        return words.say("title", subjects=named)
    return words.say("title_many", count=len(subjects))


def _key(code: str, subject: Subject, session: str | None, cited: Sequence[Citation]) -> str:
    """Returns the key of a cell's review, a hash over its evidence too: other evidence needs another judgement."""
    words = sorted(squash(citation.quote) for citation in cited)
    parts = [code, subject.topic.casefold(), subject.treaty or "", subject.article or "", session or "", *words]
    return text_key("\x1f".join(parts))
