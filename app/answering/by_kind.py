"""Answers by the kind of question: for each kind, what is retrieved and how its answer is composed.

`_RETRIEVING` and `_COMPOSING` have the kinds with a way of their own: "who delivered it?" needs the statements in scope
and is answered with their metadata. All other kinds are answered with the best evidence on their topic.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from operator import attrgetter
from typing import Final

from app.answering.answer_type_check import contains_answer_type
from app.answering.compose.composition import Composition, KindContext
from app.answering.compose.extractive import compose
from app.answering.compose.whole_statements import compose_list, compose_metadata, compose_source, compose_summary
from app.answering.markdown import escape
from app.answering.provenance import day_in_words
from app.answering.quoting import comparable_words, repeats
from app.question.lexicon import lexicon_of
from app.question.resolution import Resolution, Shown
from app.question.scope_fields import SUBJECT_SEPARATOR, is_scoped
from app.records import Citation, Note, QuestionKind, Scope
from app.retrieval.chronology import days_of, latest_first
from app.retrieval.near_shown import near_shown
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.positions.direction import read_sentences
from app.retrieval.retrieved import Retrieved
from app.retrieval.topic.share import share_of_topic
from app.retrieval.topic.subject import topic_words
from app.retrieval.topic.topic import topic_in
from ingest.language.dates import month_numbers, without_year
from ingest.language.lexicons import RegexPatterns, any_of
from vectorstore.records import Sentence, StatementSummary

# The most statements that a list of documents names, so that it can be read on a screen (not fitted).
_MAX_LISTED: Final = 30
# Quotations of each party in a list ("Which States …?"): one, or now and before if changes are asked for.
_PER_PARTY_IN_LIST: Final = 1
_PER_PARTY_IN_LIST_OF_CHANGES: Final = 2
# The longest meeting of which a day is asked for. A statement whose date is an interval longer than this, such as a
# year, is on no day or month of its own.
_LONGEST_MEETING: Final = timedelta(days=31)
_DATE_FORMS: Final = RegexPatterns("drafts", a_year=r"(?:19|20)\d\d", month_name=any_of(month_numbers(), space=r"\ "))


def _evidence(context: KindContext) -> Retrieved:
    """Returns the evidence on the topic, without what an earlier answer showed where more is asked for."""
    return _without_shown(context.retriever.retrieve(context.resolution, context.local.parties), context.resolution)


def _reasons(context: KindContext) -> Retrieved:
    """Returns the reasons near the sentences shown, for "why?" after an answer, else the evidence on the topic.

    Where the parties shown have evidence, but no reason near, only theirs is returned, with a note that says so.
    """
    read = context.resolution
    if read.act != "about" or read.shown is None or not read.shown.sentences:
        return _evidence(context)
    near = _reasons_near(read.shown, context)
    if near.party_evidence:
        return near
    retrieved = _evidence(context)
    of_shown = tuple(item for item in retrieved.party_evidence if item.party in read.shown.parties)
    if not any(item.answers for item in of_shown):
        return retrieved
    return replace(retrieved, party_evidence=of_shown, notes=(*retrieved.notes, Note(kind="no_reason")))


def _reasons_near(shown: Shown, context: KindContext) -> Retrieved:
    texts, parties = context.retriever.with_texts(context.in_scope(), shown.statements), context.local.parties
    topic, language = context.resolution.scope.topic, context.resolution.scope.language
    # Without a topic, a paragraph names none.
    shared = share_of_topic(topic, language, parties) if topic else lambda text, language: 0.0
    return near_shown(texts, shown, partial(contains_answer_type, "reason", parties=parties), shared)


def _every_statement(context: KindContext) -> Retrieved:
    """Returns all statements, since the answer to a greeting names some of them; none counts as searched."""
    retrieved = context.in_scope(Resolution(scope=Scope(), question=context.resolution.question))
    return replace(retrieved, statements_of_parties=retrieved.statements_in_scope, statements_in_scope=())


def _statements(context: KindContext) -> Retrieved:
    """Returns the statements asked about, with their texts: those shown before, else the newest of each party."""
    read, retriever, retrieved = context.resolution, context.retriever, context.in_scope()
    if read.act == "about" and read.shown is not None and read.shown.statements:
        return retriever.with_texts(retrieved, read.shown.statements[: context.limit])
    if not is_scoped(read.scope):
        return replace(retrieved, statements_in_scope=())
    newest = _newest(retrieved.statements_by_party)
    if len(newest) < len(retrieved.statements_in_scope):
        latest = Note(kind="latest", values={"statements": newest})
        retrieved = replace(retrieved, notes=(*retrieved.notes, latest))
    limit = max(context.limit, len(retrieved.asked_parties))
    return retriever.with_texts(retrieved, [s.statement_id for s in newest[:limit]])


def _statements_to_list(context: KindContext) -> Retrieved:
    """Returns the evidence on a topic, or else the statements in scope, after "more" only new ones.

    Of the statements, those that the list names have their texts.
    """
    if context.has_topic_or_treaty:
        return _evidence(context)
    read = context.resolution
    shown = read.shown.statements if read.shown is not None and read.act == "more" else ()
    retrieved = _on_days_of_any_year(context, context.in_scope())
    listed = tuple(s for s in retrieved.statements_in_scope if s.statement_id not in shown)
    return context.retriever.with_texts(
        replace(retrieved, statements_in_scope=listed), [s.statement_id for s in listed[:_MAX_LISTED]]
    )


def _on_days_of_any_year(context: KindContext, retrieved: Retrieved) -> Retrieved:
    """Keeps the statements of a day or month that is named without a year: "the documents of 17 October"."""
    scope, local = context.resolution.scope, context.local
    found = [*_DATE_FORMS.month.finditer(context.resolution.question)]
    if not found or scope.is_timed or any(each["year"] for each in found):
        return retrieved
    named = tuple(without_year(each["month"], each["day"]) for each in found)

    def is_on_one(summary: StatementSummary) -> bool:
        first, last = days_of(summary.metadata) or (date.min, date.max)
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return last - first <= _LONGEST_MEETING and any(f"--{day:%m-%d}".startswith(named) for day in days)

    words = local.list_comma.join(day_in_words(each, local.language) for each in named)
    note = Note(kind="any_year", values={"days": words})
    kept = tuple(filter(is_on_one, retrieved.statements_in_scope))
    return replace(retrieved, statements_in_scope=kept, notes=(*retrieved.notes, note))


def _statements_with_quote(context: KindContext) -> Retrieved:
    """Returns the statements in which the quoted words occur, and the places; without such words, those asked about."""
    if not context.resolution.quote:
        return _statements_of_facts(context)
    retrieved = context.in_scope(replace(context.resolution, is_statement_question=True, unnamed=False))
    places = tuple(context.find_words(context.resolution.quote))
    statement_ids = dict.fromkeys(place.statement_id for place in places)
    return context.retriever.with_texts(replace(retrieved, word_places=places), list(statement_ids))


def _evidence_or_statements(context: KindContext) -> Retrieved:
    return _evidence(context) if context.has_topic_or_treaty else _statements(context)


def _statements_of_facts(context: KindContext) -> Retrieved:
    """Returns what facts are asked of: the statements that an answer showed, if it is about them, or else others."""
    return _statements(context) if context.resolution.act == "about" else _evidence_or_statements(context)


def _quotations(context: KindContext, retrieved: Retrieved) -> Composition:
    """Quotes the best evidence; the answer type can be missing only where the kind of question is sure."""
    read, evidence = context.resolution, (*retrieved.party_evidence, *retrieved.group_evidence)
    # "When was that?" about an answer is answered by the attribution lines, and "why?" by the reasons that were found.
    answer_type = None if read.act == "about" else read.answer_type
    in_list = _PER_PARTY_IN_LIST_OF_CHANGES if retrieved.direction_asked == "change" else _PER_PARTY_IN_LIST
    quoted = compose(
        evidence,
        retrieved.sources,
        context.local,
        limit=context.limit,
        answer_type=answer_type,
        quotations_per_party=in_list if read.lists_parties else None,
        extended=not read.lists_parties and read.style != "shorter",
        reporting_others=partial(_reporting_others, context, retrieved),
        repeat_joint_statements=bool(retrieved.asked_parties or read.scope.members_of),
    )
    silent = _silent_subjects(retrieved, quoted.citations, context) if quoted.claims else ()
    several = SUBJECT_SEPARATOR in read.scope.topic
    missing = quoted.missing if read.sure_of_kind and not several and not _is_attributed(read, quoted) else None
    quoted = replace(quoted, missing=missing, notes=(*quoted.notes, *silent))
    return _counted(quoted, context) if read.counts else quoted


def _counted(quoted: Composition, context: KindContext) -> Composition:
    """Returns a list as the number of its parties and their names, each with its citation."""
    first = {claim.state: claim for claim in reversed(quoted.claims) if claim.state}
    claims = tuple(replace(first[code], text=context.local.name(code)) for code in reversed(first))
    opening = context.local.say("count_of_list", count=len(claims))
    return replace(quoted, claims=claims, as_points=True, shows_quotations=False, opening=opening)


def _reporting_others(
    context: KindContext, retrieved: Retrieved, sentences: Sequence[Sentence]
) -> Collection[Sentence]:
    """Returns the sentences that only tell what others say on the topic: "some delegations propose a fund"."""
    scope, topic = context.resolution.scope, topic_words(context.resolution.scope)
    by_language: dict[str | None, list[Sentence]] = {}
    for sentence in sentences if topic else ():
        language = sentence.language or retrieved.sources.statements[sentence.statement_id].metadata.language
        by_language.setdefault(language, []).append(sentence)
    reporting = set[Sentence]()
    for language, own in by_language.items():
        words = topic_in(topic, scope.language, language) or topic
        read = read_sentences([sentence.text for sentence in own], words, language, context.local.parties)
        reporting.update(each for each, told in zip(own, read, strict=True) if told.reading == "reported")
    return reporting


def _is_attributed(read: Resolution, quoted: Composition) -> bool:
    """Returns whether attribution tells what is asked for: "when did it mention prisons?", "who spoke of them?"."""
    field = {"date": "date", "name": "speaker"}.get(quoted.missing or "")
    frame = read.question.replace(read.scope.topic, " ") if read.scope.topic else read.question
    speaks = any("speak_verb" in item.kinds for item in lexicon_of(read.scope.language).items(frame))
    return field is not None and speaks and all(getattr(citation, field) for citation in quoted.citations)


def _silent_subjects(retrieved: Retrieved, cited: Sequence[Citation], context: KindContext) -> Iterator[str]:
    """Yields which of several subjects nothing was found on, and by which of the parties asked about.

    A subject that a quotation on another one names is none of them.
    """
    evidence, local = (*retrieved.party_evidence, *retrieved.group_evidence), context.local
    for subject in filter(None, dict.fromkeys(item.subject for item in evidence)):
        shared = share_of_topic(subject, context.resolution.scope.language, local.parties)
        answering = {code for e in evidence if e.subject == subject and e.answers for code in (e.party, *e.spoke_for)}
        answering.update(code for c in cited if shared(c.quote, c.language) >= 1 for code in c.holders)
        searched = {code for e in evidence if e.subject == subject for code in (e.party, *e.spoke_for)}
        silent = [code for code in retrieved.asked_parties if code in searched - answering]
        if silent or not answering:
            names = local.names(silent) if answering and silent else ""
            key = "nothing_on_subject_by" if names else "nothing_on_subject"
            yield local.say(key, topic=escape(subject), parties=names)


# What is retrieved and what composes the answer, for kinds of question that have a way of their own.
_RETRIEVING: Final[Mapping[QuestionKind, Callable[[KindContext], Retrieved]]] = {
    "greeting": _every_statement,
    "metadata": _statements_of_facts,
    "source": _statements_with_quote,
    "summary": _evidence_or_statements,
    "list": _statements_to_list,
    "reason": _reasons,
}
_COMPOSING: Final[Mapping[QuestionKind, Callable[[KindContext, Retrieved], Composition]]] = {
    "metadata": compose_metadata,
    "source": compose_source,
    "summary": compose_summary,
    "list": compose_list,
}


def retrieve_for(context: KindContext) -> Retrieved:
    """Retrieves the statements or the evidence that the answer to a kind of question needs."""
    return _RETRIEVING.get(context.resolution.answered_as, _evidence)(context)


def compose_for(context: KindContext, retrieved: Retrieved) -> Composition:
    """Composes the answer to a kind of question."""
    return _COMPOSING.get(context.resolution.answered_as, _quotations)(context, retrieved)


def quotes_evidence(kind: QuestionKind) -> bool:
    """Returns whether the answer quotes evidence on a topic, on which a model, if configured, may word claims."""
    return kind not in _COMPOSING


def _without_shown(retrieved: Retrieved, resolution: Resolution) -> Retrieved:
    """Leaves out what an earlier answer showed: parties after "who else?", sentences after "what else?".

    Sentences of other statements that repeat the words shown of the same party are left out as well.
    """
    shown = resolution.shown
    if resolution.act != "more" or shown is None:
        return retrieved
    seen = {*shown.sentences}
    is_open = resolution.scope.all_states or resolution.scope.members_of
    statements, quoted = retrieved.sources.statements, dict[tuple[str, ...], list[str]]()
    for key, sentences in retrieved.sources.sentences.items():
        words = (comparable_words(sentence.text) for sentence in sentences if sentence.sentence_id in seen)
        quoted.setdefault(statements[key].metadata.holders, []).extend(words)

    def is_new(sentence: Sentence) -> bool:
        known = quoted.get(statements[sentence.statement_id].metadata.holders, ())
        return sentence.sentence_id not in seen and not repeats(comparable_words(sentence.text), known)

    def unseen(items: Iterable[PartyEvidence]) -> Iterator[PartyEvidence]:
        for item in items:
            if item.answers and not is_open:
                yield replace(item, sentences=tuple(scored for scored in item.best if is_new(scored.sentence)))
            elif not (item.answers and item.party in shown.parties):
                yield item

    party_evidence, group_evidence = (
        tuple(unseen(items)) for items in (retrieved.party_evidence, retrieved.group_evidence)
    )
    return replace(retrieved, party_evidence=party_evidence, group_evidence=group_evidence)


def _newest(owned: Mapping[str, Sequence[StatementSummary]]) -> tuple[StatementSummary, ...]:
    """Returns the newest statement of each party; a joint statement is returned once."""
    newest = (next(latest_first(summaries, attrgetter("metadata"))) for summaries in owned.values())
    return tuple({summary.statement_id: summary for summary in newest}.values())
