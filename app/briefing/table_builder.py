"""Builds a briefing: decides which cells its table has (party, subject, session), has each built, and joins them."""

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from itertools import product
from typing import Final

from app.answering.compose.llm_composer import ModelWriter
from app.answering.localization import Localization, localize
from app.answering.quoting import quote
from app.answering.verify_citations import sound_citations
from app.briefing.cell_builder import CellBuilder, without_repeats
from app.briefing.cell_claims import CellClaimWriter
from app.briefing.cells import COMPOSERS, Briefing, Cell, Composer, Review, SourceFile, Subject
from app.briefing.citation_list import CitationList
from app.briefing.over_time import changes_of, moments_of, repetitions_of
from app.briefing.request import BriefingRequest, left_out, read_topic
from app.briefing.talking_points import choose_points
from app.errors import BriefingError
from app.question.resolution import Resolution
from app.records import Citation, Coverage
from app.retrieval.evidence_retriever import EvidenceRetriever
from app.retrieval.scoped_statements import ScopedStatements, unreadable_in_scope
from ingest.metadata.sessions import canonical_body
from ingest.parties.party_table import PartyTable
from prompts.wording import Wording, load_briefing_words
from vectorstore.catalogue import Catalogue
from vectorstore.records import ScopeFilter, SentenceId, StatementSummary, text_sha256

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
        self._retriever, self._catalogue, self._parties = retriever, catalogue, parties
        self._reviews, self._writer = reviews, writer

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
            briefing = self._table(request, self._writing(composer), progress)
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
        made = quote(without_repeats(sentences)[:_OFFERED], retrieved.sources, _OFFERED, first_number=1)
        return tuple(sound_citations(made, retrieved.sources.statements))

    def _writing(self, composer: Composer | None) -> ModelWriter | None:
        if composer is not None and composer not in COMPOSERS:
            raise BriefingError(f"unknown composer {composer!r}: use {', '.join(COMPOSERS)}")
        if composer == "model" and self._writer is None:
            raise BriefingError("no chat model is set: set UNTOC_LLM__MODEL, such as openai:NAME, or use extractive")
        return None if composer == "extractive" else self._writer

    def _table(
        self, request: BriefingRequest, writer: ModelWriter | None, progress: Callable[[BriefingProgress], None]
    ) -> Briefing:
        self._check_bodies(request.bodies)
        parties = self._parties()
        local, citations = localize(parties, request.language), CitationList(self._catalogue)
        cell_writer = None if writer is None else CellClaimWriter(writer, local)
        builder = CellBuilder(self._retriever, parties, request, citations, cell_writer)
        codes, sessions = self._rows(request, parties, local)
        wanted = [*product(codes, request.subjects, sessions or (None,))]
        told: dict[tuple[str, Subject], list[tuple[Cell, Sequence[Citation]]]] = {}
        for done, (code, subject, session) in enumerate(wanted):
            step = BriefingProgress(done=done, total=len(wanted), label=f"{local.name(code)}: {subject.label}")
            progress(step)
            built = builder.build(code, subject, session, partial(progress, step))
            told.setdefault((code, subject), []).append(built)
        cells = [cell for each in told.values() for cell, _ in each]
        moments = [
            moment for (_, subject), each in told.items() for moment in moments_of(each, subject, citations, parties)
        ]
        reviews = self._reviews([cell.key for cell in cells])
        reviewed = [replace(cell, review=reviews.get(cell.key)) for cell in cells]
        # A rejection only hides repetitions, since it may be taken back.
        kept = [before if cell.is_rejected else cell for before, cell in zip(cells, reviewed, strict=True)]
        searched = builder.searched
        repetitions = repetitions_of(kept, tuple(searched.values()), citations)
        briefing = Briefing(
            title=request.title or _title(request.subjects, load_briefing_words(request.language)),
            language=request.language,
            parties=codes,
            subjects=request.subjects,
            sessions=sessions,
            years=request.years,
            bodies=request.bodies,
            everyone=not (request.parties or request.excluded),
            by_session=request.by_session and not request.sessions,
            cells=tuple(cells),
            citations=citations.all(),
            moments=tuple(moments),
            repetitions=repetitions,
            changes=changes_of(moments, request.subjects, citations),
            coverage=self._coverage(request, codes, searched.values()),
            sources=_sources(searched, citations),
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            corpus_date=max((summary.added for summary in searched.values()), default=None),
        )
        # A rejection may be taken back, so evidence that a person rejected counts.
        briefing = replace(briefing.counted(), cells=tuple(reviewed))
        if cell_writer is not None:
            translations = cell_writer.translate(citations.all(), request.language)
            briefing = replace(briefing, translations=translations, writing=cell_writer.report(cells))
        return replace(briefing, names=_names(briefing, local))

    def _rows(
        self, request: BriefingRequest, parties: PartyTable, local: Localization
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Returns the codes of the parties of a table, and the sessions for which each has cells of its own."""
        # Who is left out goes by the members of groups today, not at the date of a statement.
        whole = replace(request.whole, excluded=())
        in_scope = ScopedStatements(self._catalogue, whole, parties).of(request.parties)
        everyone = {code for summary in in_scope for code in summary.metadata.holders}
        everyone -= left_out(request.excluded, parties)
        codes = request.parties or tuple(sorted(everyone, key=local.name))
        if not codes:
            raise BriefingError("nobody with a statement is left: leave out fewer, or ask about another time or body")
        by_session = request.sessions or request.by_session
        return codes, self._sessions(request, in_scope, codes) if by_session else ()

    def _check_bodies(self, asked: Sequence[str]) -> None:
        if unknown := [name for name in asked if canonical_body(name) is None]:
            held = {summary.metadata.body or "" for summary in self._catalogue.summaries(ScopeFilter())} - {""}
            for name in unknown:
                if name not in held:
                    near = " or ".join(get_close_matches(name, sorted(held), 3, 0) or ["UNTOC COP"])
                    raise BriefingError(f"{name!r} is no body that is known or has a statement here: say {near}")

    def _sessions(
        self, request: BriefingRequest, in_scope: Sequence[StatementSummary], codes: Sequence[str]
    ) -> tuple[str, ...]:
        """Returns the sessions asked for, else those of what these parties said, and groups for them.

        Numbers come first, then others. Statements without a session have an empty one, the last; if none has a
        session, nothing is returned. A number that is a session of several bodies is a BriefingError.
        """
        of_groups = ScopedStatements(self._catalogue, request.whole, self._parties()).of_groups(codes)
        own = (s for s in in_scope if not set(codes).isdisjoint(s.metadata.holders))
        others = (summary for each in of_groups for summary in each.statements)
        found: dict[str, set[str]] = {}
        for summary in (*own, *others):
            found.setdefault(summary.metadata.session or "", set()).update(filter(None, [summary.metadata.body]))
        for number, bodies in found.items():
            if number and len(bodies) > 1:
                held = ", ".join(sorted(bodies))
                raise BriefingError(f"there is a session {number} of several bodies ({held}): brief on one at a time")
        if request.sessions:
            return request.sessions

        def place(session: str) -> tuple[bool, bool, int]:
            return not session, not session.isdecimal(), int(session) if session.isdecimal() else 0

        return tuple(sorted(found, key=place)) if any(found) else ()

    def _coverage(
        self, request: BriefingRequest, codes: Sequence[str], searched: Collection[StatementSummary]
    ) -> Coverage:
        """Returns what was searched; `Briefing.counted` counts the evidence found in it."""
        speaking = {code for summary in searched for code in summary.metadata.holders}
        unreadable = self._catalogue.unreadable()
        return Coverage(
            statements_in_scope=len(searched),
            states_without_statement=tuple(code for code in codes if code not in speaking),
            unreadable_files=unreadable_in_scope(unreadable, request.whole, self._parties(), nameless=True),
        )


def _sources(searched: Iterable[str], citations: CitationList) -> tuple[SourceFile, ...]:
    cited = {citation.statement_id for citation in citations.all()}
    held = dict.fromkeys((*searched, *sorted(cited)))
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
        for statement in map(citations.statement, held)
    )
    return tuple(sorted(sources, key=lambda source: (source.holders[:1], source.date or "", source.file)))


def _names(briefing: Briefing, local: Localization) -> dict[str, str]:
    cited = [code for c in briefing.citations for code in (c.state, c.quoted_party, *c.held_by)]
    codes = [*briefing.parties, *cited, *(code for s in briefing.sources for code in s.holders)]
    named = {code: local.name(code) for code in codes if code is not None}
    # A State that delivers a group's words is named in the language of the briefing too.
    speakers = {c.speaker for c in briefing.citations if c.on_behalf_of is not None and c.speaker is not None}
    return named | {speaker: local.speaker(speaker) for speaker in speakers}


def _title(subjects: Sequence[Subject], words: Wording) -> str:
    named = words.semicolon.join(subject.label for subject in subjects)
    if len(named) <= _LONGEST_TITLE or len(subjects) == 1:
        return words.say("title", subjects=named)
    return words.say("title_many", count=len(subjects))
