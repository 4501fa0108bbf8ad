"""Abstention: the reason for which no claim can be given, with the next step to take and related passages.

If Arvandia's statements say nothing about whaling, a question on it gets the abstention `not_mentioned`, with the
number of statements searched; a question about a State without statements gets `no_statement`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.answering.by_kind import is_scoped
from app.answering.compose.extractive import RELATED, quote
from app.answering.localization import Localization
from app.answering.provenance import occasions
from app.answering.verify import NOBODY, verified
from app.question.kind_traits import KIND_TRAITS
from app.question.resolution import Resolution
from app.records import Abstention, AbstentionReason, Answer, Citation, Scope
from app.retrieval.evidence_retriever import Retrieved
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from ingest.language.detection import is_in_other_language
from ingest.records.speaker_lines import is_office
from ingest.treaties.treaties import short_name, title_in
from prompts.wording import load_wording
from vectorstore.records import DocumentSummary, StatementSummary

# Reasons that are shown with related passages; the others have none to show.
_WITH_RELATED: Final[frozenset[AbstentionReason]] = frozenset(
    ("not_mentioned", "article_not_cited", "no_position", "index_incomplete", "group_only")
)


def abstain(answer: Answer, resolution: Resolution, retrieved: Retrieved, local: Localization) -> Answer:
    """Returns the answer as an abstention, with its reason, the next step and related passages."""
    abstention = _reason(answer, resolution, retrieved, local)
    if answer.dropped_claims and not resolution.scope.negated:
        # Evidence was found, so "not mentioned" would be untrue; but its quotations failed, or their party is unknown.
        statements = retrieved.sources.statements.values()
        files = ", ".join(statement.file for statement in statements if not statement.metadata.holders)
        key = "nobody_known" if all(claim.reason == NOBODY for claim in answer.dropped_claims) else "not_verified"
        abstention = _because("index_incomplete", local, key, files=files)
    text = abstention.message
    if abstention.options:
        text += "\n\n" + "\n".join(f"- {option}" for option in abstention.options)
    # "Which States did not mention corruption?" gets no passages: no quotation proves an absence.
    helpful = related(retrieved) if abstention.reason in _WITH_RELATED and not resolution.scope.negated else ()
    return replace(answer, answer=text, status="abstained", abstention=abstention, related=helpful)


def related(retrieved: Retrieved) -> tuple[Citation, ...]:
    """Cites passages that do not answer but may help, each verified like a quotation.

    Positions that parties took only earlier come first, then what groups said, then the likeliest passages.
    """
    answering = [item for each in retrieved.party_evidence for item in each.earlier]
    answering += [item for group in retrieved.spoken_for if group.answers for item in group.best]
    of_groups = retrieved.spoken_for if not retrieved.searched else ()
    return _cited(retrieved, answering, (*retrieved.related, *retrieved.party_evidence, *of_groups))


def related_readings(retrieved: Retrieved, citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Cites related passages that the answer does not quote, such as those on article 6 of another treaty."""
    cited = {identifier for citation in citations for identifier in citation.sentence_ids}
    made = _cited(retrieved, (), retrieved.related)
    return tuple(c for c in made if not cited & set(c.sentence_ids))


def _cited(
    retrieved: Retrieved, first: Sequence[ScoredSentence], then: Sequence[PartyEvidence]
) -> tuple[Citation, ...]:
    sources = retrieved.sources
    cited = {item.sentence.sentence_id for item in first}
    nearest = {near.sentence.sentence_id: near for item in then for near in item.sentences}
    rest = sorted((item for key, item in nearest.items() if key not in cited), key=lambda item: -item.relevance.chance)
    made = quote([item.sentence for item in first], sources, RELATED, first_number=1)
    near = {item.sentence.sentence_id for item in rest if item.relevance.nearest}
    made += tuple(
        replace(citation, nearest=not near.isdisjoint(citation.sentence_ids))
        for citation in quote([item.sentence for item in rest[:RELATED]], sources, RELATED, first_number=len(made) + 1)
    )
    return tuple(verified(made, sources.statements))


def _because(reason: AbstentionReason, local: Localization, key: str, **values: object) -> Abstention:
    """Returns an abstention with the message of a wording key, filled in with `values`."""
    return Abstention(reason=reason, message=local.say(key, **values))


def _reason(answer: Answer, resolution: Resolution, retrieved: Retrieved, local: Localization) -> Abstention:
    if resolution.kind == "greeting":
        return greet(retrieved.held, local)
    asked_back = _asked_back(resolution, local)
    if asked_back is not None:
        return asked_back
    if is_in_other_language(resolution.question):
        # The question was not understood, so finding nothing proves nothing.
        return _unread_language()
    if resolution.quote and resolution.answered_as == "source":
        return _because("not_mentioned", local, "words_not_found")
    if resolution.provision:
        return _provision_absent(resolution, retrieved, local)
    if retrieved.empty_corpus:
        return _because("index_incomplete", local, "empty_corpus")
    named = [local.name(code) for code in retrieved.asked_parties]
    # Regions and groups are added only beside named parties; by themselves they make an open question, without `names`.
    sets = [local.sets(resolution.scope.members_of)] if named and resolution.scope.members_of else []
    names = local.list_comma.join((*named, *sets))
    otherwise_directed = [item for item in retrieved.party_evidence if item.other_direction]
    if otherwise_directed and not resolution.scope.negated:
        return Abstention(reason="no_position", message=_other_direction(otherwise_directed, local))
    neutral = dict.fromkeys(item.party for item in retrieved.party_evidence if item.takes_no_position)
    if neutral and not resolution.scope.negated:
        return _because("no_position", local, "no_position", party=local.names(neutral))
    on_this = [item for item in retrieved.spoken_for if item.surely_answers]
    spoke = on_this or [item for item in retrieved.spoken_for if not retrieved.searched]
    if spoke and not resolution.scope.negated:
        key = "group_only" if on_this else "group_only_elsewhere"
        groups = local.names(item.party for item in spoke)
        members = local.names(code for item in spoke for code in item.members)
        return _because("group_only", local, key, party=members, group=groups)
    if KIND_TRAITS[resolution.answered_as].of_named_statements and not is_scoped(resolution):
        return _because("ambiguous", local, "unnamed_party")
    if not retrieved.searched:
        return _no_statement(resolution.scope, retrieved, names, local)
    if resolution.act == "more" and resolution.shown is not None and resolution.shown.sentences:
        return _because("not_mentioned", local, "nothing_more", count=len(retrieved.searched))
    if resolution.scope.negated:
        return _not_said(answer, retrieved, local)
    return _not_mentioned(resolution.scope, retrieved, names, local)


def greet(statements: Sequence[StatementSummary | DocumentSummary], local: Localization) -> Abstention:
    """Returns the reply to a greeting, whose options are questions about the States with the newest statements."""
    newest = sorted(statements, key=lambda s: s.metadata.date or "", reverse=True)
    speakers = list(dict.fromkeys(s.metadata.state for s in newest if s.metadata.state))
    names = [local.name(code) for code in speakers[:3]]
    keys = ("example_said", "example_summary", "example_list")
    options = tuple(local.say(key, party=name) for key, name in zip(keys, names, strict=False))
    return Abstention(reason="help", message=local.say("greeting"), options=options)


def _other_direction(evidence: Sequence[PartyEvidence], local: Localization) -> str:
    """Returns the message that no party takes the direction asked for, naming who did earlier and who takes another."""
    parts = [local.say("no_such_direction")]
    for key, changed in (("earlier_direction", True), ("other_direction", False)):
        parties = dict.fromkeys(item.party for item in evidence if bool(item.earlier) == changed)
        if parties:
            parts.append(local.say(key, parties=local.names(parties)))
    return "\n\n".join(parts)


def _not_said(answer: Answer, retrieved: Retrieved, local: Localization) -> Abstention:
    """Answers which States did not say something, by naming the parties in whose statements nothing was found."""
    undecidable = {item.party for item in retrieved.party_evidence if item.coverage_unknown and not item.answers}
    silent = [code for code in answer.coverage.states_without_evidence if code not in undecidable]
    searched = (item.party for item in retrieved.party_evidence if item.searched and item.party)
    spoke = dict.fromkeys(code for code in searched if code not in answer.coverage.states_without_evidence)
    if not silent and not spoke:
        return _because("index_incomplete", local, "index_incomplete")
    count = sum(len(item.searched) for item in retrieved.party_evidence if item.party in silent)
    parts = []
    if silent:
        parts.append(local.say("silent_parties", count=count, parties=local.names(silent)))
    if spoke:
        key = "spoke_as_well" if silent else "spoke_everyone"
        parts.append(local.say(key, parties=local.names(spoke)))
    return Abstention(reason="not_mentioned", message="\n\n".join((*parts, local.say("silence_is_not_proof"))))


def _asked_back(resolution: Resolution, local: Localization) -> Abstention | None:
    """Returns an abstention that needs no search, such as a choice between readings of a name; else None."""
    unknown = resolution.unnamed or (resolution.unclear is not None and not resolution.known_name)
    unread = not resolution.is_statement_question or unknown
    if unread and is_in_other_language(resolution.question):
        return _unread_language()
    if resolution.unclear is not None:
        unnamed = "similar_party" if resolution.options else "unknown_party"
        unnamed = "office_speaker" if is_office(resolution.unclear) and not resolution.options else unnamed
        key = "ambiguous_party" if resolution.known_name else unnamed
        message = local.say(key, name=resolution.unclear)
        return Abstention(reason="ambiguous", message=message, options=resolution.options)
    if not resolution.is_statement_question:
        return _because("out_of_scope", local, "out_of_scope")
    scope = resolution.scope
    if scope.negated and not (scope.topic or scope.treaties or scope.agenda_items):
        return _because("out_of_scope", local, "negated")
    if resolution.unnamed:
        return _because("ambiguous", local, "unnamed_party")
    return None


def _unread_language() -> Abstention:
    # In English, since language detection only knows the six languages and is wrong about a question in a seventh.
    return Abstention(reason="out_of_scope", message=load_wording("en").say("other_language"))


def _not_mentioned(scope: Scope, retrieved: Retrieved, names: str, local: Localization) -> Abstention:
    """Returns `not_mentioned`, `article_not_cited`, or `index_incomplete` where finding nothing proves nothing."""
    count = len(retrieved.searched)
    articles = ", ".join(f"{short_name(t.treaty)} {number}" for t in scope.treaties for number in t.articles)
    values = {"party": names or "—", "article": articles, "count": count}
    if retrieved.unnamed_articles:
        # The article cited may be the one asked about, so the message neither claims nor denies that it is.
        numbers = ", ".join(retrieved.unnamed_articles)
        return _because("article_not_cited", local, "article_unnamed", number=numbers, article=articles, count=count)
    if articles and any(item.answers for item in retrieved.related):
        elsewhere = tuple(
            local.say("option_article", article=number, treaty=short_name(reading.treaty))
            for reading in retrieved.other_readings
            for number in reading.articles
        )
        key = "article_elsewhere" if elsewhere else "article_not_cited"
        return Abstention(reason="article_not_cited", message=local.say(key, **values), options=elsewhere)
    if articles and not scope.topic:
        # Mentions of articles are found in every language, so finding none proves that there is none.
        return _because("not_mentioned", local, "article_absent", **values)
    # Absence is claimed only if finding nothing proves it, for each named party or for one party of an open question.
    uncertain = [item.coverage_unknown for item in retrieved.party_evidence if item.searched]
    if any(uncertain) if names else uncertain and all(uncertain):
        return _because("index_incomplete", local, "index_incomplete")
    if not scope.topic and not scope.treaties and not scope.agenda_items:
        return _because("out_of_scope", local, "out_of_scope")
    if names:
        near = any(s.relevance.nearest for item in retrieved.party_evidence for s in item.sentences)
        key = "nearest_passage" if near else "not_mentioned"
        return _because("not_mentioned", local, key, party=names, count=count)
    return _because("not_mentioned", local, "not_mentioned_anywhere", count=count)


def _provision_absent(resolution: Resolution, retrieved: Retrieved, local: Localization) -> Abstention:
    """Returns the abstention for a question about a treaty's own words, which come only from its ingested text."""
    wanted = [treaty.treaty for treaty in resolution.scope.treaties]
    absent = [code for code in wanted if code not in retrieved.treaties_held]
    if absent:
        names = local.semicolon.join(title_in(code, local.language) for code in absent)
        return _because("index_incomplete", local, "treaty_text_absent", treaty=names)
    return _because("not_mentioned", local, "not_in_treaty")


def _no_statement(scope: Scope, retrieved: Retrieved, names: str, local: Localization) -> Abstention:
    if scope.members_of:
        region = local.sets(scope.members_of)
        return _because("no_statement", local, "no_statement_of_members", region=names or region)
    if not names:
        return _because("no_statement", local, "no_statement_at_all")
    if retrieved.held:
        held = occasions(retrieved.held, local)
        return _because("no_statement", local, "no_statement_in_scope", party=names, held=held)
    return _because("no_statement", local, "no_statement", party=names)
