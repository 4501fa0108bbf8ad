"""The extractive composer: an attribution line for each party and its best quotations; no model writes a word.

"Arvandia, tenth session, 2020: “We do not support that proposal.” [1]".
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import regex

from app.answering.answer_type_check import contains_answer_type
from app.answering.citation_spans import BoundSpan, cite, quotable_spans
from app.answering.list_context import opens
from app.answering.localization import Localization
from app.answering.provenance import as_quoting, attribution, holders, scan_note
from app.answering.quoted_speaker import with_quoted_parties
from app.records import Citation, Claim, Missing, Sources
from app.retrieval.chronology import recency
from app.retrieval.party_evidence import PartyEvidence
from ingest.text.canonical_form import squash
from vectorstore.records import Sentence, Statement

if TYPE_CHECKING:
    from app.answering.compose.model import ModelDraft

# Characters with a meaning in Markdown or HTML, and bracketed numbers that look like citations, but not `[…]`.
_ACTIVE: Final = regex.compile(r"[\\`*_<>&|~#]|\](?=\()|!(?=\[)|\[(?=\d{1,4}\])")
_MARKS: Final = regex.compile(r"[\"“”„«»「」『』]")
# Beginnings of a line that Markdown reads as a list.
_OPENING: Final = regex.compile(r"^(\d*)([-+.)=:])")
_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[-'][\p{L}\p{M}\p{N}]+)*")
RELATED: Final = 3
# Directions that are shown beside a quotation; a mere mention needs no label.
_SHOWN: Final = ("for", "against", "conditional")
# Number of strongest sentences of a party that are extended by what follows, and in which the answer type, such as a
# number, is looked for; weaker ones contain one only by chance.
_READ_FOR_ANSWER: Final = 2
# Number of sentences after one of these in which the answer type is looked for; up to it, they are one quotation.
_FOLLOWING: Final = 3
# The most quotations of one group, beside those of the State that was asked about.
OF_GROUP: Final = 2


@dataclass(frozen=True, kw_only=True)
class Composition:
    """A composed answer before verification."""

    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    more: int = 0
    """Evidence sentences beyond those quoted."""
    missing: Missing | None = None
    """The kind of thing asked for that the quotations do not hold."""
    spoken_for: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Groups that are quoted for States asked about, with the codes of these States."""
    introductions: Mapping[int, str] = field(default_factory=dict)
    """By citation number, the line that says for whom a group spoke."""
    points: bool = False
    """Whether claims are shown as a list."""
    quoted: bool = True
    """Whether quotations are shown under the claims; a list of statements has their numbers alone."""
    opening: str = ""
    """What is said before the claims; empty for nothing."""
    translations: Mapping[int, str] = field(default_factory=dict)
    """Translations of quotations, by citation number, for reading only."""
    positions: bool = False
    """Whether the direction of each claim is shown."""
    earlier: frozenset[int] = frozenset()
    """Numbers of citations for which a later statement of the same party is cited as well."""
    notes: tuple[str, ...] = ()
    """How the answer was made, such as which model worded it; Markdown."""
    written: "ModelDraft | None" = None
    """The draft of a model, where one was asked; its claims that passed are among `claims`."""
    shown: str | None = None
    """While a model still writes, the claims checked so far as Markdown; None when the composition is done."""


def compose(
    evidence: Sequence[PartyEvidence],
    sources: Sources,
    local: Localization,
    *,
    limit: int,
    answer_type: Missing | None,
    one_each: bool = False,
) -> Composition:
    """Quotes the best evidence of every party that has some, and then of the groups that spoke for them.

    Groups that spoke for their members come last, if they surely answer, and only if a party answers by itself. Each
    party with evidence gets at least one quotation of the `limit`, or exactly one (`one_each`), for lists of who said
    something. If no quotation contains the `answer_type` asked for, it is `missing`; reasons never are, since they may
    be given in any words.
    """
    answering = [item for item in evidence if item.answers and not item.members]
    groups = [item for item in evidence if item.members and item.answers_surely]
    if not answering:
        return Composition()
    share = 1 if one_each else max(1, limit // len(answering))
    claims: list[Claim] = []
    citations: list[Citation] = []
    missing = None if answer_type == "reason" else answer_type
    introductions: dict[int, str] = {}
    spoken_for: dict[str, tuple[str, ...]] = {}
    more = 0
    speakers = [each.party for each in answering]
    for item in (*answering, *groups):
        strong = item.best_sentences
        allowed = min(share, OF_GROUP) if item.members else share
        if answer_type and not item.members:
            holds = partial(contains_answer_type, answer_type, parties=local.parties, speakers=speakers)
            strong, found = with_answer_type(strong, sources, holds, allowed)
            missing = None if found else missing
        # In a list each party gets one short quotation.
        going_on = () if one_each else strong[:_READ_FOR_ANSWER]
        made = quote(strong, sources, allowed, first_number=len(citations) + 1, newest_first=True, going_on=going_on)
        made = with_quoted_parties(made, sources, local.parties)
        more += _unquoted(strong, made)
        citations += made
        if item.members:
            introductions |= {citation.number: introduction(item, local) for citation in made}
            spoken_for[item.party] = tuple(dict.fromkeys((*spoken_for.get(item.party, ()), *item.members)))
        claims += [claim_of(item.party, local, *said) for said in _with_openings(made)]
    return Composition(
        claims=tuple(claims),
        citations=tuple(citations),
        more=more,
        missing=missing,
        spoken_for=spoken_for,
        introductions=introductions,
    )


def with_answer_type(
    strong: Sequence[Sentence], sources: Sources, holds: Callable[[str], bool], allowed: int
) -> tuple[tuple[Sentence, ...], bool]:
    """Returns the sentences to quote, and whether the first `allowed` ones hold the kind of thing asked for.

    For "by how much did deaths go down?", "we have opened fourteen posts along the road" is quoted up to "the number of
    bodies has fallen from 311 to 88". Where one of the strongest has it, or none nearby does, the order is unchanged.
    """
    first = strong[: min(_READ_FOR_ANSWER, allowed)]
    if any(holds(sentence.text) for sentence in first):
        return tuple(strong), True
    for sentence in first:
        after = sources.sentences[sentence.statement_id][sentence.ordinal : sentence.ordinal + 1 + _FOLLOWING]
        for reach, following in enumerate(after):
            if holds(following.text):
                run = tuple(after[: reach + 1])
                return (*run, *(other for other in strong if other not in run)), True
    return tuple(strong), False


def claim_of(party: str, local: Localization, citation: Citation, *others: Citation) -> Claim:
    """Returns the claim that a party said what a citation quotes, or several of one statement together."""
    name = holders(citation, local.name, local, party) if party else citation.title or citation.file
    if citation.summarised:
        name = local.say("as_summarised", party=name)
    name = as_quoting(name, citation, local.name, local)
    cited = (citation, *others)
    quotations = " ".join(f"“{each.quote}”" for each in cited)
    # Quotation marks are for quotations alone, so they are dropped from a name.
    text = f"{_MARKS.sub('', name)}: {quotations}"
    return Claim(text=text, state=party or None, citations=tuple(each.number for each in cited))


def _with_openings(citations: Sequence[Citation]) -> Iterator[list[Citation]]:
    """Yields citations one by one, but an item of a long list with the citation of the words that open it."""
    # As one claim, neither is shown without the other.
    waiting: list[Citation] = []
    for citation in citations:
        waiting.append(citation)
        if not opens(citation.quote):
            yield waiting
            waiting = []
    yield from ([citation] for citation in waiting)


def _unquoted(strong: Sequence[Sentence], made: Sequence[Citation]) -> int:
    """Counts the sentences whose words are not quoted; the same words in several places count once."""
    quoted = {identifier for citation in made for identifier in citation.sentence_ids}
    known = [words_of(citation.quote) for citation in made]
    count = 0
    for sentence in strong:
        words = words_of(sentence.text)
        if sentence.sentence_id not in quoted and not repeats(words, known):
            count += 1
            known.append(words)
    return count


def quote(
    chosen: Sequence[Sentence],
    sources: Sources,
    limit: int,
    *,
    first_number: int,
    newest_first: bool = False,
    going_on: Collection[Sentence] = (),
) -> list[Citation]:
    """Cites up to `limit` spans around chosen sentences, strongest first.

    Words that open a list come right before its item, distant antecedents after all spans.

    With `newest_first`, the cited spans are ordered by the date of their statements, newest first, then by strength.
    Words that occur in several statements are cited once, from the strongest; `also_in` names the others. Short
    quotations of sentences in `going_on` are extended within their paragraph.
    """
    kept = _without_repetition(quotable_spans(chosen, sources, going_on=going_on), chosen, sources, limit)
    if newest_first:
        kept.sort(key=lambda said: recency(said.statement.metadata), reverse=True)
    parts = [(said, part) for said in kept for part in said.span.parts]
    parts.sort(key=lambda part: part[1] is part[0].span.distant)
    order = [(said.statement, part, said.also_in if part is said.span.span else {}) for said, part in parts]
    return [
        replace(cite(statement, sources.sentences[statement.statement_id], span, number), also_in=tuple(also_in))
        for number, (statement, span, also_in) in enumerate(order, first_number)
    ]


@dataclass(eq=False, kw_only=True)
class _Said:
    """A span to quote, with its words, and the other statements that say the same."""

    span: BoundSpan
    statement: Statement
    words: str
    also_in: dict[str, None] = field(default_factory=dict)


def _without_repetition(
    planned: Sequence[BoundSpan], chosen: Sequence[Sentence], sources: Sources, limit: int
) -> list[_Said]:
    """Keeps up to `limit` spans that say something new."""
    # Words recognised from a scan are replaced by the same words of a file that has them as text.
    ids = {sentence.sentence_id for sentence in chosen}
    kept: list[_Said] = []
    for span in planned:
        statement = sources.statements[span.statement_id]
        sentences = sources.sentences[span.statement_id][span.span.start : span.span.stop]
        wanted = [words_of(sentence.text) for sentence in sentences if sentence.sentence_id in ids]
        of_party = (said for said in kept if said.statement.metadata.holders == statement.metadata.holders)
        same = next((said for said in of_party if all(repeats(words, [said.words]) for words in wanted)), None)
        new = _Said(span=span, statement=statement, words=words_of(" ".join(sentence.text for sentence in sentences)))
        if same is None:
            kept += [new] if len(kept) < limit else []
        elif same.statement.document.scanned and not statement.document.scanned and repeats(same.words, [new.words]):
            new.also_in = {key: None for key in (*same.also_in, same.span.statement_id) if key != span.statement_id}
            kept[kept.index(same)] = new
        elif span.statement_id != same.span.statement_id:
            same.also_in[span.statement_id] = None
    return kept


def words_of(text: str) -> str:
    """Returns the words of a text, normalised for comparison, each after a space, with a space at the end."""
    return "".join(f" {word}" for word in _WORD.findall(" ".join(map(squash, text.split())).casefold())) + " "


def repeats(sentence: str, quoted: Sequence[str]) -> bool:
    """Returns whether the words of a sentence stand in what is quoted already, both as `words_of` gives them.

    Case, punctuation and hyphens at line ends do not matter; "do not support" is no repetition of "support".
    """
    return sentence != " " and any(sentence in text for text in quoted)


def render(composed: Composition, claims: Sequence[Claim], citations: Sequence[Citation], local: Localization) -> str:
    """Returns the answer as Markdown: attribution lines, and quotations with their numbers, of claims that passed."""
    by_number = {citation.number: citation for citation in citations}
    lines: list[str] = [local.say(f"missing_{composed.missing}")] if composed.missing is not None else []
    lines += [composed.opening] if composed.opening else []
    if not composed.quoted:
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
                lines.append(attribution(citation, local, escape))
            if worded and not place:
                lines.append(f"{'- ' if composed.points else ''}{plain_line(claim.text)} {_numbers(claim)}")
            directed = claim.direction in _SHOWN and composed.positions and not place
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
    if composed.more:
        lines.append(local.say("more", count=composed.more))
    return "\n\n".join([*lines, *composed.notes])


def _quoting(citation: Citation, local: Localization) -> str | None:
    if citation.quoted_party is not None:
        return local.say("quoting_party", quoted=escape(local.name(citation.quoted_party)))
    return local.say("quoting") if citation.quoting else None


def _numbers(claim: Claim) -> str:
    return " ".join(f"[{number}]" for number in claim.citations)


def plain_line(text: str) -> str:
    """Returns words of a model as one line of Markdown that begins no list, heading or quotation."""
    line = escape(" ".join(text.split()))
    return _OPENING.sub(lambda match: f"{match[1]}\\{match[2]}", line)


def introduction(item: PartyEvidence, local: Localization) -> str:
    """Returns the line that says for which States a group spoke: its members, or others that aligned themselves."""
    names = local.list_comma.join(escape(local.name(code)) for code in item.members)
    group = escape(local.name(item.party))
    return local.say("as_aligned" if item.aligned else "as_member", group=group, party=names)


def escape(text: str) -> str:
    """Makes text inert in Markdown and HTML without changing how it reads."""
    return _ACTIVE.sub(lambda match: "\\" + match.group(), text)
