"""Notes on a search: what was searched for in other words, what was read closely, and what was left aside.

For "embargo", a quotation with "bloqueo" gets the note that it means "embargo"; "what did Arvandia say in 2020?" gets
one on a statement of Arvandia's without a date, which may be of that year.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.records import Note, Pick, Scope, TreatyScope
from app.retrieval.chronology import days_of
from app.retrieval.model_languages import languages_of
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.positions.asked_direction import AskedDirection
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from app.retrieval.retrieved import Retrieved
from app.retrieval.scoped_statements import ScopedStatements, picked
from app.retrieval.topic.topic import Topic
from ingest.glossary.concept_relations import concepts_in, narrower, near
from ingest.glossary.glossary import terms_within
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES
from vectorstore.catalogue import Catalogue
from vectorstore.records import Metadata, StatementSummary

# Maximum number of terms of quotations in other languages that are explained.
_MAX_GLOSSES: Final = 3
# Texts without a known speaker in which the parties asked about are looked for, and files that a note names.
_UNATTRIBUTED_MAX: Final = 200
_FILES_NAMED_MAX: Final = 8


def search_notes(
    base: Retrieved, topic: Topic | None, evidence: Sequence[PartyEvidence], parties_read: int, ranker: SentenceRanker
) -> Iterator[Note]:
    """Yields notes on words searched for, how many `parties_read` closely, parties found by words, and terms."""
    if topic is not None and topic.english not in ("", topic.words):
        in_whole = topic.translation_coverage >= 1.0
        kind = "translated_topic" if in_whole else "translated_topic_partly"
        yield Note(kind=kind, values={"words": topic.english})
    # For a question about change over time, a party has one record of evidence per statement.
    if parties_read < (count := len({item.party for item in evidence})):
        yield Note(kind="read_closely", values={"count": count, "read": parties_read})
    if topic is not None and ranker.relevance is None and any(item.statements for item in evidence):
        yield Note(kind="uncalibrated")
    by_words = [
        item.party
        for item in evidence
        if item.party in base.asked_parties
        and (item.answers or not item.silence_unproven)
        and not all(ranker.search.finds_by_meaning(each) for s in item.statements for each in languages_of(s))
    ]
    if by_words:
        yield Note(kind="words_only", values={"parties": tuple(dict.fromkeys(by_words))})
    if topic is not None and topic.language in LANGUAGES:
        yield from _gloss_notes(topic, evidence)


def _gloss_notes(topic: Topic, evidence: Sequence[PartyEvidence]) -> Iterator[Note]:
    """Yields notes that explain the topic's terms in quotations in another language, in the question's language."""
    of_topic = set(concepts_in(topic.words, topic.language))
    of_topic |= {other for concept in of_topic for other in (*narrower(concept), *near(concept))}
    glossed: set[str] = set()
    for item in evidence:
        for sentence in item.best_sentences[:1]:
            language = sentence.language or topic.language
            if language == topic.language or language not in LANGUAGES:
                continue
            for term in terms_within(sentence.text, language, to=topic.language):
                written = sentence.text[term.start : term.end]
                # A term spelt as in the question's language needs no note: "extradition means extradition".
                new = term.concept in of_topic - glossed and written.casefold() != term.terms[0].casefold()
                if new and len(glossed) < _MAX_GLOSSES:
                    glossed.add(term.concept)
                    yield Note(kind="gloss", values={"term": written, "gloss": term.terms[0]})


def result_notes(
    base: Retrieved,
    pick: str | None,
    evidence: Sequence[PartyEvidence],
    readings: Sequence[TreatyScope],
    asked: AskedDirection | None,
    is_more: bool,
) -> Iterator[Note]:
    """Yields notes on statements picked, other readings, parties not fully searchable, and others of a list.

    Others are those that take no position, and, beside those in the direction `asked` for, those that take another one,
    or took it only earlier; these were named before where the question asks for more of a list ("who else?").
    """
    if pick and base.statements_in_scope:
        yield Note(kind=pick, values={"statements": base.statements_in_scope})
    for reading in readings:
        for number in reading.articles:
            yield Note(kind="other_reading", values={"article": number, "treaty": reading.treaty})
    unproven = [item for item in evidence if item.silence_unproven and item.statements and not item.answers]
    listed = [] if base.asked_parties else evidence
    neutral = [item for item in listed if item.takes_no_position and item.has_evidence]
    # Where nobody answers, or nobody else does, the answer itself names those that take another direction.
    answered = any(item.answers for item in listed)
    other = [item for item in listed if item.other_direction]
    beside = other if answered and not is_more else []
    for kind, noted in (
        ("uncovered", unproven),
        ("no_direction", neutral if answered or other else []),
        ("earlier_direction", [item for item in beside if item.earlier]),
        ("former_direction", [item for item in listed if item.is_former]),
        ("unchanged" if asked == "change" else "other_direction", [item for item in beside if not item.earlier]),
    ):
        if parties := tuple(dict.fromkeys(item.party for item in noted)):
            yield Note(kind=kind, values={"parties": parties})


def picked_notes(pick: Pick | None, evidence: Sequence[PartyEvidence]) -> Iterator[Note]:
    """Yields a note on which statements were the latest or earliest on the topic."""
    if pick is None:
        return
    statements, searched = list[StatementSummary](), set[str]()
    for of_party in evidence:
        quoted = {scored.sentence.statement_id for scored in of_party.sentences if of_party.answers}
        statements += picked([s for s in of_party.statements if s.statement_id in quoted], pick)
        searched.update(s.statement_id for s in of_party.statements if of_party.answers)
    if statements:
        yield Note(kind=f"{pick}_on_topic", values={"statements": tuple(statements), "count": len(searched)})


def left_aside_notes(
    scope: Scope,
    in_scope: Sequence[StatementSummary],
    of_parties: Sequence[StatementSummary],
    corrected: Sequence[StatementSummary],
    *,
    all_versions: bool,
) -> Iterator[Note]:
    """Yields notes on statements in scope of nobody known, on versions that others correct, and on undated ones.

    `of_parties` are all statements of the parties asked about, of which undated ones count where a time is asked for.
    `all_versions` tells whether those `corrected` by a later version in scope are searched all the same.
    """
    if unattributed := sum(not summary.metadata.holders for summary in in_scope):
        yield Note(kind="not_attributed", values={"count": unattributed})
    candidates = of_parties if scope.is_timed else ()
    undated = [s for s in candidates if days_of(s.metadata) is None and _fits_venue(scope, s.metadata)]
    for kind, left in (("versions" if all_versions else "corrected", corrected), ("undated", undated)):
        if left:
            yield Note(kind=kind, values={"files": _files(left)})


def unattributed_notes(
    scope: Scope, evidence: Sequence[PartyEvidence], catalogue: Catalogue, parties: PartyTable
) -> Iterator[Note]:
    """Yields a note on the texts without a known speaker that name parties asked about of which nothing was found."""
    answering = {item.party for item in evidence if item.answers}
    silent = [code for code in scope.named_parties if code not in answering]
    if not silent:
        return
    in_scope = ScopedStatements(catalogue, replace(scope, pick=None), parties).of(())
    names = {parties.display(code, language) for code in silent for language in LANGUAGES}
    nobodys = [s for s in in_scope if not s.metadata.holders and s.kind == "statement"][:_UNATTRIBUTED_MAX]

    def is_named(text: str) -> bool:
        lines = (line for line in text.splitlines() if any(name in line for name in names))
        return any({*silent} & {*match.codes} for line in lines for match in parties.find(line))

    texts = catalogue.statements([summary.statement_id for summary in nobodys])
    if naming := [s for s in nobodys if is_named(texts[s.statement_id].source_text)]:
        yield Note(kind="unattributed", values={"parties": tuple(silent), "files": _files(naming)})


def _fits_venue(scope: Scope, metadata: Metadata) -> bool:
    """Returns whether a statement may have been made in the bodies and sessions of a scope."""
    pairs = ((scope.bodies, metadata.body), (scope.sessions, metadata.session))
    return all(not wanted or known is None or known in wanted for wanted, known in pairs)


def _files(statements: Iterable[StatementSummary]) -> str:
    """Returns the names of the files of statements, the first ones of many."""
    files = [*dict.fromkeys(summary.file for summary in statements)]
    return ", ".join((*files[:_FILES_NAMED_MAX], *["…"] * (len(files) > _FILES_NAMED_MAX)))
