"""Rendering: a verified composition as Markdown, with an attribution line, the quotation and its number.

A line "**Arvandia** · tenth session, 2020", then "> “We do not support that proposal.” [1]".
"""

from collections.abc import Sequence
from typing import Final

from app.answering.compose.composition import Composition
from app.answering.localization import Localization
from app.answering.markdown import escape, plain_line
from app.answering.provenance import attribution, occasion_in_words, occasions, scan_note
from app.question.scope_fields import OCCASION_FIELDS
from app.records import Citation, Claim, Note
from app.retrieval.topic.topic import topic_in
from ingest.parties.regions import regions
from ingest.treaties.treaties import short_name

# Directions that are shown beside a quotation; a mere mention needs no label.
_SHOWN: Final = ("for", "against", "conditional")


def render(composed: Composition, claims: Sequence[Claim], citations: Sequence[Citation], local: Localization) -> str:
    """Returns the answer as Markdown: attribution lines, and quotations with their numbers, of claims that passed."""
    by_number = {citation.number: citation for citation in citations}
    lines: list[str] = [local.say(f"missing_{composed.missing}")] if composed.missing is not None else []
    lines += [composed.opening] if composed.opening else []
    if not composed.shows_quotations:
        listed = "\n".join(f"- {plain_line(claim.text)} {_numbers(claim)}" for claim in claims)
        return "\n\n".join([*lines, listed, *composed.notes])
    statement: str | None = None
    introduced: str | None = None
    for claim in claims:
        opening = composed.introductions.get(claim.citations[0])
        if opening is not None and opening != introduced:
            introduced, statement = opening, None
            lines.append(opening)
        worded = not any(f"“{by_number[number].quote}”" in claim.text for number in claim.citations)
        for place, number in enumerate(claim.citations):
            citation = by_number[number]
            if citation.statement_id != statement:
                statement = citation.statement_id
                lines.append(attribution(citation, local))
            if worded and not place:
                lines.append(f"{'- ' if composed.as_points else ''}{plain_line(claim.text)} {_numbers(claim)}")
            directed = claim.direction in _SHOWN and composed.shows_directions and not place
            remarks = [
                local.say(f"direction_{claim.direction}") if directed else None,
                local.say("earlier") if number in composed.earlier and not citation.superseded_by else None,
                local.say("superseded", number=citation.superseded_by) if citation.superseded_by else None,
                scan_note(citation, local, only_unsure=True),
                _quoting(citation, local),
            ]
            remark = local.semicolon.join(filter(None, remarks))
            # On one line, since a blank line would end the block quote.
            quotation = f"> “{escape(' '.join(citation.quote.split()))}” [{number}]"
            lines.append(f"{quotation} *({remark})*" if remark else quotation)
            if number in composed.translations:
                # Under the original, without quotation marks: nobody said it.
                lines.append(local.say("unofficial_translation", text=plain_line(composed.translations[number])))
    if composed.unquoted:
        lines.append(local.say("more", count=composed.unquoted))
    return "\n\n".join([*lines, *composed.notes])


def _quoting(citation: Citation, local: Localization) -> str | None:
    if citation.quoted_party is not None:
        return local.say("quoting_party", quoted=escape(local.name(citation.quoted_party)))
    return local.say("quoting") if citation.quoting else None


def _numbers(claim: Claim) -> str:
    return " ".join(f"[{number}]" for number in claim.citations)


def note_in_words(note: Note, local: Localization) -> str:
    """Returns how a question was read or searched, in the answer's language, such as "Tehran read as Iran"."""
    values = dict(note.values)
    if "statements" in values:
        values["dates"] = occasions(values.pop("statements"), local)
    elif note.kind == "members_of":
        known = [regions()[code] for code in values.pop("codes")]
        values |= {
            "count": len(frozenset[str]().union(*(region.members for region in known))),
            "region": ", ".join(region.name(local.language) for region in known),
            "source": ", ".join(dict.fromkeys(region.source for region in known)),
        }
    elif note.kind == "members_of_group":
        values["group"] = local.sets(values.pop("codes"))
    elif "occasion" in values:
        values["words"] = occasion_in_words(values.pop("occasion"), OCCASION_FIELDS, local)
    elif note.kind == "article":
        values["title"] = topic_in(values["title"], "en", local.language) or values["title"]
    if "treaty" in values:
        values["treaty"] = short_name(values["treaty"], local.language)
    if "party" in values:
        values["party"] = local.name(values["party"])
    if "parties" in values:
        values["parties"] = local.sets(values["parties"])
    return local.say(f"note_{note.kind}", **values)
