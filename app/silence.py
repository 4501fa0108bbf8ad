"""Silence with a reason: which abstention fits when no claim stands, and what may help instead."""

from dataclasses import replace

from app.answer import Abstention, AbstentionReason, Answer, Citation
from app.compose.extractive import RELATED, quote
from app.resolution import Resolution
from app.retrieve import Retrieved
from app.select import COVERED
from app.verify import judge
from ingest.parties import PartyTable
from prompts.wording import Wording


def abstain(
    answer: Answer, resolution: Resolution, retrieved: Retrieved, parties: PartyTable, wording: Wording
) -> Answer:
    """Returns the answer as an abstention, with its reason, the next step and related passages."""
    abstention = _reason(resolution, retrieved, parties, wording)
    if answer.dropped_claims:
        # Something was found, so silence would be untrue; but its stored text does not bear out what would be quoted.
        abstention = Abstention(reason="index_incomplete", message=wording.say("not_verified"))
    related: tuple[Citation, ...] = ()
    if abstention.reason in (
        "not_mentioned",
        "article_not_cited",
        "no_position",
        "index_incomplete",
        "group_only",
    ):
        sources = retrieved.sources.statements
        related = tuple(c for c in _related(retrieved) if judge(c, sources.get(c.statement_id)) == "verified")
    text = abstention.message
    if abstention.options:
        text += "\n\n" + "\n".join(f"- {option}" for option in abstention.options)
    return replace(answer, answer=text, status="abstained", abstention=abstention, related=related)


def _reason(resolution: Resolution, retrieved: Retrieved, parties: PartyTable, wording: Wording) -> Abstention:
    scope, count = resolution.scope, len(retrieved.searched)
    if resolution.unclear is not None:
        key = "ambiguous_party" if resolution.known_name else "unknown_party"
        options = tuple(
            parties.display(option, wording.language) if parties.get(option) else option
            for option in resolution.options
        )
        return Abstention(reason="ambiguous", message=wording.say(key, name=resolution.unclear), options=options)
    if resolution.to_assistant:
        return Abstention(reason="out_of_scope", message=wording.say("out_of_scope"))
    if resolution.unnamed:
        return Abstention(reason="ambiguous", message=wording.say("unnamed_party"))
    if not retrieved.corpus_size:
        return Abstention(reason="index_incomplete", message=wording.say("empty_corpus"))
    names = ", ".join(parties.display(code, wording.language) for code in retrieved.asked)
    if retrieved.asked and not retrieved.searched:
        return _no_statement(retrieved, names, parties, wording)
    if not retrieved.searched:
        return Abstention(reason="no_statement", message=wording.say("no_statement_at_all"))
    if not resolution.has_frame:
        return Abstention(reason="out_of_scope", message=wording.say("out_of_scope"))
    articles = [f"{t.treaty} {number}" for t in scope.treaties for number in t.articles]
    if articles and any(item.answers for item in retrieved.related):
        message = wording.say("article_not_cited", party=names or "—", article=", ".join(articles), count=count)
        return Abstention(reason="article_not_cited", message=message)
    if articles and not scope.topic:
        # Mentions of articles are found in every language, so their absence can be told.
        message = wording.say("article_absent", party=names or "—", article=", ".join(articles), count=count)
        return Abstention(reason="not_mentioned", message=message)
    languages = {summary.metadata.language for summary in retrieved.searched}
    if scope.language not in COVERED or not languages & {*COVERED, None}:
        return Abstention(reason="index_incomplete", message=wording.say("index_incomplete"))
    if not scope.topic and not scope.treaties and not scope.agenda_items:
        return Abstention(reason="out_of_scope", message=wording.say("out_of_scope"))
    if names:
        return Abstention(reason="not_mentioned", message=wording.say("not_mentioned", party=names, count=count))
    return Abstention(reason="not_mentioned", message=wording.say("not_mentioned_anywhere", count=count))


def _no_statement(retrieved: Retrieved, names: str, parties: PartyTable, wording: Wording) -> Abstention:
    reason: AbstentionReason = "no_statement"
    if retrieved.group_held:
        groups = ", ".join(parties.display(code, wording.language) for code in retrieved.group_held)
        return Abstention(reason="group_only", message=wording.say("group_only", party=names, group=groups))
    if retrieved.held:
        held = ", ".join(
            dict.fromkeys(
                summary.metadata.date or summary.metadata.session or summary.file for summary in retrieved.held
            )
        )
        return Abstention(reason=reason, message=wording.say("no_statement_in_scope", party=names, held=held))
    return Abstention(reason=reason, message=wording.say("no_statement", party=names))


def _related(retrieved: Retrieved) -> tuple[Citation, ...]:
    """Cites the nearest passages, which do not answer."""
    candidates = [item for found in (*retrieved.related, *retrieved.found) for item in found.evidence]
    candidates.sort(key=lambda item: -item.score)
    return tuple(quote([item.sentence for item in candidates[:RELATED]], retrieved.sources, RELATED, first_number=1))
