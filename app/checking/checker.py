"""Checks a document from beginning to end: quotations, attributions, verdicts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from babel.lists import format_list

from app.answering.localization import Localization, localize
from app.answering.provenance import reference
from app.checking.attribution.attributions import AttributionReader
from app.checking.comparing.corpus_texts import CorpusTexts, CorpusTextsCache
from app.checking.comparing.normal_form import match_key
from app.checking.findings import Attribution, CheckReport, Finding, Place, Quotation, Remark, Skipped, remark
from app.checking.findings_in_words import times_in_words
from app.checking.quotations import find_quotations
from app.checking.quote_verifier import CheckLimits, QuoteVerifier
from app.checking.reading.blocks import CheckedDocument
from app.checking.reading.documents import read_document
from app.checking.superseded_quotation import corrected_in, superseded_by
from ingest.language.lexicons import RegexPatterns
from ingest.loaders.loaded import LoadLimits
from ingest.parties.party_table import PartyTable
from ingest.parties.persons import Persons
from prompts.wording import Wording, load_remark_words

Progress = Callable[[int, int], None]
_AROUND: Final = 300  # characters
_BESIDE: Final = 600  # most characters between a quotation and a later one that tells how a view has changed
_PATTERNS: Final = RegexPatterns("drafts")
_READING: Final = 10_000_000  # units of work charged for reading the attribution of one quotation
_LIMITS: Final = ("limit_unmarked", "limit_nobody", "limit_choice")


@dataclass(frozen=True, kw_only=True)
class Around:
    """Words of a statement with some of the source text on either side."""

    before: str
    words: str
    after: str
    language: str | None


@dataclass
class Checker:
    """Checks documents against one corpus; its texts are read at the first check."""

    texts: CorpusTextsCache
    parties: Callable[[], PartyTable]
    limits: LoadLimits
    work: CheckLimits = field(default_factory=CheckLimits)

    def read(self, path: Path) -> CheckedDocument:
        """Reads a file; see `read_document` for what it raises."""
        return read_document(path, self.limits)

    def around(self, place: Place) -> Around | None:
        """Returns the source text around a place; None where the statement is gone."""
        stored = self.texts.get().by_id.get(place.statement_id)
        if stored is None:
            return None
        source = stored.statement.source_text
        return Around(
            before=source[max(0, place.start - _AROUND) : place.start],
            words=source[place.start : place.end],
            after=source[place.end : place.end + _AROUND],
            language=stored.metadata.language,
        )

    def check(
        self, document: CheckedDocument, progress: Progress = lambda done, total: None, *, language: str = "en"
    ) -> CheckReport:
        """Judges every quotation of a document; `progress` is called with the numbers of those judged and of all.

        Names and references in the report are in `language` (ISO 639-1).
        """
        words = load_remark_words(language)
        findings: list[Finding] = []
        with self.texts.snapshot():
            texts, local = self.texts.get(), localize(self.parties(), language)
            quotations = find_quotations(document, local.parties)
            skipped = list(quotations.skipped)
            files = tuple(stored.statement.file for stored in texts.all)
            persons = Persons(((each.metadata.speaker, each.parties) for each in texts.all), local.parties)
            reader = AttributionReader(document, local.parties, quotations.found, files, persons)
            judge = QuoteVerifier(texts, local, self.work)
            for done, quotation in enumerate(quotations.found):
                progress(done, len(quotations.found))
                where = document.blocks[document.index_at(quotation.spans[0][0])].where
                if judge.spent:
                    skipped.append(Skipped(quote=quotation.text, reason=remark("work_spent"), where=where))
                    continue
                judge.work += _READING
                found = judge.check(quotation, reader.read(quotation), where)
                remarks = (*_hidden_inside(quotation, document), *_superseded(found, texts, local, quotations.found))
                findings.append(replace(found.with_remarks(*remarks), named=_named(found.attribution, local, words)))
            progress(len(quotations.found), len(quotations.found))
        hidden = (
            Skipped(quote=" ".join(part.text.split()), reason=remark(part.how), where=block.where)
            for block in document.blocks
            for part in block.hidden
        )
        notes = document.notes if texts.all else (*document.notes, words.say("no_statements"))
        # Without a treaty, a quotation of an article is compared with statements alone.
        unfound = any(f.attribution.articles and f.verdict != "verified" for f in findings)
        if texts.all and not texts.has_treaty and unfound:
            notes = (*notes, words.say("no_treaty"))
        return CheckReport(
            findings=tuple(findings), skipped=(*skipped, *hidden), notes=notes, limits=tuple(map(words.say, _LIMITS)),
            complete=len(findings) == len(quotations.found), language=words.language,
        )  # fmt: skip


def _named(given: Attribution, local: Localization, words: Wording) -> str:
    names = [*map(local.name, given.parties)]
    joined = format_list(names, style="standard" if given.together else "or", locale=words.language)
    unknown = words.say("named_unknown", name=given.unknown) if given.unknown else words.say("named_nobody")
    return ", ".join((joined or unknown, *times_in_words(given.when, words.language)))


def _superseded(
    finding: Finding, texts: CorpusTexts, local: Localization, quoted: Sequence[Quotation]
) -> Iterator[Remark]:
    """Yields remarks on verified words that a corrected version, or a later statement of their party, supersedes.

    None on a later sentence of which the document has `quoted` words beside these, unless it gives these as today's.
    """
    if finding.verdict == "verified" and finding.place is not None:
        stored = texts.by_id[finding.place.statement_id]
        if (corrected := corrected_in(finding.place, stored, texts)) is not None:
            yield remark("corrected", where=reference(corrected, local), words=corrected.quote)
        as_of_today = _PATTERNS.as_of_today.search(" ".join(finding.attribution.around)) is not None
        later = superseded_by(finding.place, stored, texts, local.parties, as_of_today=as_of_today)
        if later is not None:
            kind, cited = later
            start, said = finding.quotation.spans[0][0], match_key(cited.quote)
            near = (match_key(each.text) for each in quoted if abs(each.spans[0][0] - start) < _BESIDE)
            if as_of_today or not any(words in said and words not in stored.keyed for words in near):
                yield remark(kind, where=reference(cited, local), words=cited.quote)


def _hidden_inside(quotation: Quotation, document: CheckedDocument) -> Iterator[Remark]:
    words = [
        " ".join(part.text.split())
        for start, end in quotation.spans
        for block in (document.blocks[document.index_at(start)],)
        for part in block.hidden
        if part.offset is None or start <= block.start + part.offset <= end
    ]
    if words:
        yield remark("hidden_inside", words=" … ".join(words))
