"""Arrangement of a briefing for a document: citations in reading order, and the wording of each line.

Citations are numbered in the order of their first reference, by topic and party or by talking point, so that the
manifest, the spreadsheet and the text document give a citation the same number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise, product
from typing import Final, Literal, NamedTuple, get_args

from app.answering.provenance import provenance, reference_by_name
from app.briefing.attribution_lines import AttributionLines
from app.briefing.cells import Briefing, Cell, EvidenceWords, Part, Point, PositionChange, Repetition, Standing, Subject
from app.briefing.edit import without_rejected
from app.records import Citation, Claim
from app.retrieval.positions.position_marks import KINDS, PositionKind
from ingest.glossary.glossary import NamedTerm, terms_within
from ingest.treaties.treaties import article_title
from prompts.wording import LANGUAGES, Wording
from vectorstore.stems import stem

DocumentForm = Literal["full", "one_pager", "talking_points"]
FORMS: Final[tuple[DocumentForm, ...]] = get_args(DocumentForm)
# Most parties of a briefing that `Sayings.tally` names; of more it gives their number.
_NAMED_AT_MOST: Final = 12
_UNTOLD: Final[frozenset[Standing]] = frozenset(("untold", "of_group", "nearest"))
# Each kind has a tint and a mark, so that nothing depends on colour alone. The tints are of the palette by Okabe and
# Ito, which people with any colour vision can tell apart. Source: https://jfly.uni-koeln.de/color/
TINTS: Final[dict[PositionKind, str]] = {
    "supports": "BFE3D6", "opposes": "F4C4A3", "proposes": "C6E4F7", "conditional": "F7F1A8",
    "reports_practice": "EBCFDF", "calls_on_others": "F7D795", "no_position": "EDEDED", "no_statement": "FFFFFF",
}  # fmt: skip
MARKS: Final[dict[PositionKind, str]] = {
    "supports": "+", "opposes": "−", "proposes": "▲", "conditional": "±",
    "reports_practice": "■", "calls_on_others": "►", "no_position": "·", "no_statement": "×",
}  # fmt: skip


class Column(NamedTuple):
    """A column of the matrix: a subject, or one session of it."""

    label: str
    subject: str
    session: str | None


class QuotationPart(NamedTuple):
    """A part of a quotation, and whether its words show the kind of position."""

    text: str
    telling: bool


def arrange(briefing: Briefing, form: DocumentForm = "full") -> Briefing:
    """Returns the briefing as a document of that form cites it.

    Citations are numbered from 1 in reading order; those that the form does not show are left out, and so are evidence
    that a person rejected and the claims of a model on it. Arranging twice changes nothing.
    """
    briefing = without_rejected(briefing)
    cells = [replace(c, citations=(), words=(), claims=(), more=0) if c.is_rejected else c for c in briefing.cells]
    order = dict.fromkeys(_reading_order(briefing, cells, form))
    new = {old: place for place, old in enumerate(order, start=1)}
    statements = {briefing.citation(old).statement_id for old in order}
    return replace(
        briefing,
        cells=tuple(
            replace(
                cell,
                citations=tuple(new[n] for n in cell.citations if n in new),
                more=cell.more + sum(n not in new for n in cell.citations),
                suggestions={
                    new[n]: replace(each, words=_words(each.words, new))
                    for n, each in cell.suggestions.items()
                    if n in new
                },
                superseded={new[n]: new.get(later or 0) for n, later in cell.superseded.items() if n in new},
                words=_words(cell.words, new),
                claims=tuple(_renumbered(claim, new) for claim in cell.claims if {*claim.citations} <= new.keys()),
            )
            for cell in cells
        ),
        citations=tuple(replace(briefing.citation(old), number=place) for old, place in new.items()),
        repetitions=tuple(
            replace(item, citations=tuple(new[n] for n in item.citations if n in new))
            for item in briefing.repetitions
            if sum(n in new for n in item.citations) > 1
        ),
        changes=tuple(
            replace(item, earlier=new[item.earlier], later=new[item.later])
            for item in briefing.changes
            if item.earlier in new and item.later in new
        ),
        translations={new[n]: text for n, text in briefing.translations.items() if n in new},
        moments=tuple(replace(m, citation=new[m.citation]) for m in briefing.moments if m.citation in new),
        points=tuple(
            replace(p, citation=new[p.citation], claim=p.claim and _renumbered(p.claim, new))
            for p in briefing.points
            if {*p.citations} <= new.keys()
        ),
        sources=tuple(replace(source, cited=source.statement_id in statements) for source in briefing.sources),
    )


def _words(words: Iterable[EvidenceWords], new: Mapping[int, int]) -> tuple[EvidenceWords, ...]:
    return tuple(replace(each, citation=new[each.citation]) for each in words if each.citation in new)


def _renumbered(claim: Claim, new: Mapping[int, int]) -> Claim:
    return replace(claim, citations=tuple(new[number] for number in claim.citations))


def _reading_order(briefing: Briefing, cells: Iterable[Cell], form: DocumentForm) -> Iterable[int]:
    parts: Iterable[Cell | Part] = briefing.points
    if form == "full":
        by_subject = (cell for subject in briefing.subjects for cell in cells if cell.subject == subject.label)
        # Moments are not read: the timeline shows no quotations.
        parts = [*by_subject, *briefing.changes, *briefing.repetitions]
    return (number for part in parts for number in part.citations)


def position_of_citation(cell: Cell, number: int) -> PositionKind:
    """Returns the kind that one citation of a cell shows by itself, or the cell's kind if a person reviewed it."""
    shown = None if cell.review is not None else cell.suggestions.get(number)
    return cell.position if shown is None else shown.kind


def kind_in_words(words: Wording, kind: Standing, subject: Subject) -> str:
    """Returns a kind of position in words, or why none is shown; on a harm, support means action against it."""
    return words.say(f"kind_{kind}_against" if subject.harm and kind == "supports" else f"kind_{kind}")


def pieces(cell: Cell | None, citation: Citation) -> tuple[QuotationPart, ...]:
    """Returns a quotation split at the words that show its kind; its parts joined are the whole quotation."""
    quote = citation.quote
    telling = [False] * len(quote)
    stretch = len(quote) / max(1, citation.end - citation.start)
    for words in cell.words if cell is not None else ():
        if words.citation != citation.number or not words.text:
            continue
        # Of several occurrences the one nearest to the source offset is meant: reading repair moves text little.
        expected = (words.start - citation.start) * stretch
        places = [at for at in range(len(quote)) if quote.startswith(words.text, at)]
        begin = min(places, key=lambda place: abs(place - expected), default=None)
        if begin is not None:
            telling[begin : begin + len(words.text)] = [True] * len(words.text)
    cuts = [0, *(at for at in range(1, len(quote)) if telling[at] != telling[at - 1]), len(quote)]
    return tuple(QuotationPart(text=quote[a:b], telling=telling[a]) for a, b in pairwise(cuts) if a < b)


class Sayings(AttributionLines):
    """The wording of a document for the parts of an arranged briefing, in the briefing's language."""

    def kind(self, kind: Standing, subject: str) -> str:
        """Returns a kind of position on a subject in words."""
        return kind_in_words(self.words, kind, self.briefing.subject(subject))

    def position(self, cell: Cell) -> str:
        """Returns the standing of a cell in words: its kind, or why none is shown."""
        return self.kind(cell.standing, cell.subject)

    def session(self, number: str | None) -> str:
        """Returns a session in words, such as "session 10"; "no session" for an empty one, and nothing for None."""
        if number is None:
            return ""
        return self._wording.say("session", number=number) if number else self.say("no_session")

    def moment(self, value: str | None) -> str:
        """Returns an ISO time as people write it, to the minute, or the word for an unknown one."""
        if not value:
            return self.say("unknown")
        day, _, time = value.partition("T")
        return f"{self.date(day)}{self.words.comma}{time[:5]} UTC" if time else self.date(day)

    def review(self, cell: Cell) -> str:
        """Returns the state of a cell's kind: suggested, or who reviewed it and when; empty where no kind is shown."""
        if cell.review is None:
            return self.say("suggested") if cell.citations and cell.standing not in _UNTOLD else ""
        key = "set_aside" if cell.is_rejected else "reviewed"
        who = cell.review.reviewer or self.say("somebody")
        return self.say(key, reviewer=who, date=self.date(cell.review.at[:10]))

    def claim(self, party: str, claim: Claim) -> str:
        """Returns a model's claim in a party's cell, led by the speaker where it is not on the party's own words."""
        speaker = self.speaker(party, self.briefing.citation(claim.citations[0]))
        return f"{speaker}{self.words.colon}{claim.text}" if speaker else claim.text

    def writing(self) -> tuple[str, ...]:
        """Returns notes on how a model took part; empty where none was asked."""
        return () if self.briefing.writing is None else self.briefing.writing.notes

    def claim_of(self, point: Point) -> str:
        """Returns the model's claim of a point, led by its party unless the claim names it; empty without a claim."""
        if point.claim is None:
            return ""
        name = self.name(point.claim.state)
        # "Iran" counts as the name of "Iran (Islamic Republic of)".
        named = name.partition(" (")[0] in point.claim.text
        return point.claim.text if named else f"{name}{self.words.colon}{point.claim.text}"

    def helps(self, citation: Citation, subject: Subject) -> tuple[str, ...]:
        """Returns reading aids for a quotation in another language: glosses of its terms for the subject.

        If it does not name the whole subject, such as "extradition of nationals", its terms for single words of the
        subject are glossed. With a chat model, there is an unofficial translation as well, unless a search only offers
        the quotation, whose number is not one of the briefing's.
        """
        language = citation.language
        if language in (None, self.language) or language not in LANGUAGES:
            return ()
        title = article_title(subject.treaty, subject.article) if subject.treaty and subject.article else ""
        topic, topic_language = (subject.topic, subject.language) if subject.topic else (title or "", "en")
        quoted = terms_within(citation.quote, language, to=self.language)
        for topic_terms in (terms_within(topic, topic_language), _words_of(topic, topic_language)):
            concepts = {named.concept for named in topic_terms}
            found = {citation.quote[n.start : n.end]: n.terms[0] for n in quoted if n.concept in concepts}
            # A term that is the same in both languages, such as "extradition", needs no gloss.
            glossed = {term: gloss for term, gloss in found.items() if term.casefold() != gloss.casefold()}
            if glossed:
                break
        notes = (self._wording.say("note_gloss", term=term, gloss=gloss) for term, gloss in glossed.items())
        glosses = self._wording.semicolon.join(notes)
        translated = self.briefing.translations.get(citation.number)
        is_offered = translated is None or citation != self.briefing.citation(citation.number)
        text = "" if is_offered else self.say("translated", text=translated)
        return tuple(filter(None, (glosses, text)))

    def source(self, cell: Cell, citation: Citation) -> str:
        """Returns the line above a quotation in a cell: the speaker, if not evident, and the place and time."""
        # Claims separate the quotations from the name of their party, so the line repeats it.
        whose = self.speaker(cell.party, citation) or (self.name(citation.state) if cell.claims else "")
        return self._source(whose, citation, self.earlier(cell, citation))

    def source_of(self, told: PositionChange | Repetition, citation: Citation) -> str:
        """Returns the line above a quotation of a change or repetition, whose row names party and subject."""
        cell = self.quoting(told, citation)
        superseded = "" if cell is None else self.superseded(cell, citation)
        return self._source(self.speaker(told.party, citation), citation, superseded)

    def _source(self, whose: str, citation: Citation, earlier: str) -> str:
        return " · ".join(filter(None, (whose, provenance(citation, self._wording), earlier))) or citation.file

    def reference(self, citation: Citation) -> str:
        """Returns the text of a note: party, occasion, place in the statement, and file."""
        return f"{reference_by_name(citation, self.name, self.name, self._wording)}."

    def subtitle(self, form: DocumentForm) -> str:
        """Returns the form of the document, the bodies asked about, when it was made, and the date of the corpus."""
        parts = [self.say(f"form_{form}"), *self.briefing.bodies]
        if self.briefing.made:
            parts.append(self.say("made", made=self.moment(self.briefing.made)))
        if self.briefing.corpus_date:
            parts.append(self.say("corpus_of", date=self.date(self.briefing.corpus_date[:10])))
        return " · ".join(parts)

    def counts(self) -> str:
        """Returns how much was asked, searched and cited."""
        briefing = self.briefing
        return self.say(
            "counts",
            parties=len(briefing.parties),
            subjects=len(briefing.subjects),
            quotations=len(briefing.citations),
            searched=briefing.coverage.statements_in_scope,
            cited=len({citation.statement_id for citation in briefing.citations}),
        )

    def tally(self, subject: str, *, named: bool = False) -> str:
        """Returns how many parties hold each kind on a subject, counted per session if the table is split by sessions.

        With `named`, names the parties instead, if the briefing has `_NAMED_AT_MOST` or fewer.
        """
        found = sorted((c for c in self.briefing.cells if c.subject == subject), key=lambda c: KINDS.index(c.position))
        held: dict[str, list[str]] = {}
        for cell in found:
            held.setdefault(self.position(cell), []).append(self.name(cell.party))
        if named and len(self.briefing.parties) <= _NAMED_AT_MOST:
            return " · ".join(
                f"{words}{self.words.colon}{self.words.list_comma.join(dict.fromkeys(names))}"
                for words, names in held.items()
            )
        return " · ".join(f"{words} {len(names)}" for words, names in held.items())

    def gaps(self) -> tuple[tuple[str, str], ...]:
        """Returns what is missing, by heading, and the date of the corpus."""
        coverage, joined = self.briefing.coverage, self.words.list_comma.join
        missing: dict[str, Iterable[str]] = {
            "without_statement": map(self.name, coverage.states_without_statement),
            "without_evidence": map(self.name, coverage.states_without_evidence),
            "unreadable": coverage.unreadable_files,
        }
        gaps = ((self.say(key), joined(found) or self.say("none")) for key, found in missing.items())
        return (*gaps, (self.say("corpus_date"), self.moment(self.briefing.corpus_date)))


def _words_of(topic: str, language: str) -> list[NamedTerm]:
    """Returns the words of a topic that are terms of the field by themselves, and part of the preferred term."""
    return [
        named
        for word in topic.split()
        for named in terms_within(word, language)
        if stem(word, language) in map(partial(stem, language=language), named.terms[0].split())
    ]


def columns(say: Sayings) -> list[Column]:
    """Returns the columns of the matrix, in the order asked."""
    return [
        Column(say.words.comma.join(filter(None, (subject.label, say.session(session)))), subject.label, session)
        for subject, session in product(say.briefing.subjects, say.briefing.sessions or (None,))
    ]


def by_place(briefing: Briefing) -> dict[tuple[str, str, str | None], Cell]:
    """Returns the cells by party, subject and session."""
    return {(cell.party, cell.subject, cell.session): cell for cell in briefing.cells}
