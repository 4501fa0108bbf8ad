"""Gives each quotation one of four verdicts: whether its words stand in the corpus, and are the named speaker's.

Of `comparing/`, `exact_match` finds the words, in their `normal_form`; `marked_alterations`, `word_boundaries` and
`out_of_context` judge them there; `closest_words` finds the most similar ones for words that stand nowhere. Whether a
text fits the attribution, `contradictions` says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, cycle, islice, pairwise
from typing import Final

from app.answering.localization import Localization, localize
from app.answering.provenance import date_in_words
from app.checking.comparing.closest_words import ClosestWords, alignment_cost, closest_words
from app.checking.comparing.corpus_texts import CorpusTexts, SourceText, StoredText, place_of
from app.checking.comparing.exact_match import (
    Match,
    QuotationPattern,
    find_matches,
    quotation_patterns,
    span_out_of_order,
)
from app.checking.comparing.marked_alterations import alteration_remarks
from app.checking.comparing.normal_form import match_key, plain_key
from app.checking.comparing.out_of_context import out_of_context_remarks
from app.checking.comparing.word_boundaries import boundary_remarks
from app.checking.contradictions import contradiction, is_of_time, tells_of
from app.checking.findings import Attribution, Change, ChangeKind, Finding, Place, Quotation, Remark, SpokenTime, remark
from app.checking.findings_in_words import times_in_words
from app.records import Scope, Verdict, WordsFound
from app.retrieval.scoped_statements import unreadable_in_scope
from ingest.language.lexicons import RegexPatterns
from ingest.parties.party_table import PartyTable
from ingest.text.readable import readable
from prompts.wording import load_remark_words
from vectorstore.stems import language_of

# Passages that a quotation without an exact match is compared with: of the named parties, and of everybody.
_OWN_PASSAGES: Final = 8
_PASSAGES: Final = 12
# Most places that are listed for words that many statements share.
_PLACES: Final = 25
# Places of one text that are judged; the one with the fewest faults, and among those the shortest, counts.
_TRIED: Final = 5
# Characters before quoted words in which a statement may name whose they are.
_AROUND: Final = 300
_PATTERNS: Final = RegexPatterns("drafts")
_ITEM_NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True)
class CheckLimits:
    """How much work a check does at most, in units and not in time: the same draft always gives the same report.

    A unit is one character of stored text that is searched; fuzzy matching is charged the equivalent. A million units
    take about a millisecond. The report says what a limit left undone.
    """

    quotation: int = 2_000_000_000
    """Units for fuzzy matching of one quotation."""
    document: int = 60_000_000_000
    """Units for one document."""
    longest: int = 20_000
    """Characters of a quotation; a longer one is matched exactly only, without fuzzy matching."""


@dataclass(frozen=True, kw_only=True)
class _Hit:
    """A place where a quotation stands, with the remarks on what it leaves out, inserts and cuts off there."""

    stored: StoredText
    match: Match
    judged: tuple[Remark, ...]

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """The remarks that do not alter the quotation, for the reader."""
        return tuple(each for each in self.judged if not each.alters)

    @property
    def faults(self) -> tuple[bool, int]:
        """Sort key of places: first those that do not alter the quotation, then by number of remarks."""
        return self.altered, len(self.remarks)

    @property
    def altered(self) -> bool:
        """Whether the quotation no longer says what the source says at this place."""
        return any(each.alters for each in self.judged)


class QuoteVerifier:
    """Verifies the quotations of one document against the texts of one corpus; `work` counts the units done."""

    def __init__(self, texts: CorpusTexts, local: Localization, limits: CheckLimits) -> None:
        self._texts = texts
        self._local = local
        self._words = load_remark_words(local.language)
        self._limits = limits
        self.work = 0

    def check(self, quotation: Quotation, attribution: Attribution, where: Remark | None = None) -> Finding:
        """Returns the finding on one quotation.

        The same words may stand in several statements: they are verified if one of them fits what the document says of
        speaker and occasion. Words without a named speaker are verified wherever they stand, with a remark.
        """
        finding = Finding(quotation=quotation, where=where, attribution=attribution, verdict="not_found")
        if quotation.reading_remark:
            finding = finding.with_remarks(remark(quotation.reading_remark))
        hits = self._hits(quotation.text, attribution)
        whole = [hit for hit in hits if not hit.altered]
        if not whole:
            return self._inexact(finding, hits)
        fitting = [hit for hit in whole if contradiction(hit.stored, attribution) is None]
        timeless = replace(attribution, when=replace(attribution.when, years=(), dates=()))
        fitting = fitting or [
            hit
            for hit in whole
            if attribution.when.of_thing and contradiction(hit.stored, timeless) is None
            if tells_of(hit.stored, hit.match, attribution.when)
        ]
        fitting = fitting or [hit for hit in whole if self._is_second_hand(hit, attribution)]
        of_group = [hit for hit in whole if self._is_of_group(hit.stored, attribution)]
        if of_group and not (fitting and attribution.parties):
            holders = tuple(sorted(of_group[0].stored.parties))
            fitting, attribution = of_group, replace(attribution, parties=holders, together=())
        # If no year or session fits, words of a named party are preferred to those of others.
        named = {*attribution.parties}
        best = min(fitting or whole, key=lambda hit: (named.isdisjoint(hit.stored.parties), hit.faults))
        if fitting:
            # The holder becomes the first party; a name may be that of two States.
            parties = sorted(attribution.parties, key=lambda code: code not in best.stored.parties)
            attribution = replace(attribution, parties=tuple(parties))
            spoken = [[hit for hit in fitting if code in hit.stored.parties] for code in attribution.together]
            shown = [best, *(min(hits, key=lambda hit: hit.faults) for hits in spoken if hits)]
            each_once = dict.fromkeys(chain.from_iterable(hit.remarks for hit in shown))
            remarks = [*each_once, *self._doubts(best, fitting, attribution)]
        else:
            quoted = [each for each in best.remarks if each.kind.startswith("someone_quoted")]
            mismatch = self._mismatch(best.stored, attribution, kind="quoted_by_other" if quoted else "other_holder")
            remarks = [*mismatch, *quoted, *self._incomplete(attribution)]
        return replace(
            finding.with_remarks(*remarks),
            attribution=attribution,
            verdict="verified" if fitting else "misattributed",
            place=self._place(best),
            found_in=tuple(self._place(hit) for hit in (best, *(hit for hit in whole if hit is not best))[:_PLACES]),
        )

    @property
    def spent(self) -> bool:
        """Whether the limit of the document is reached."""
        return self.work >= self._limits.document

    def _is_second_hand(self, hit: _Hit, attribution: Attribution) -> bool:
        """Returns whether the draft names both who is quoted in a statement and whose it is: "Y, as quoted by X"."""
        stored, start = hit.stored, hit.match.start
        if contradiction(stored, replace(attribution, parties=())) is not None:
            return False
        if not any(each.kind in ("someone_quoted", "someone_quoted_named") for each in hit.judged):
            return False
        in_draft, in_source = (
            {code for match in self._local.parties.find(text) for code in match.codes}
            for text in (" … ".join(attribution.around), stored.keyed.source[max(0, start - _AROUND) : start])
        )
        return not stored.parties.isdisjoint(in_draft) and not in_source.isdisjoint(attribution.parties)

    def _is_of_group(self, stored: StoredText, attribution: Attribution) -> bool:
        """Returns whether a text is that of the group which the draft names by its noun alone, by whom it says."""
        group, noun, parties = stored.metadata.on_behalf_of, attribution.group_noun, self._local.parties
        if noun is None or group is None or parties.kind_of(group) == "state" or not parties.is_called(group, noun):
            return False
        spoke = {code for name in parties.find(stored.metadata.speaker or "", capitals="none") for code in name.codes}
        fits = contradiction(stored, replace(attribution, parties=(group,))) is None
        return fits and {*attribution.delivered_by} <= spoke

    def _hits(self, quote: str, attribution: Attribution) -> list[_Hit]:
        """Returns where the words stand, by ever less literal patterns until each named speaker has a place."""
        left = self._by_fit(attribution)
        named = {*attribution.together}
        found: list[_Hit] = []
        exact: dict[str, StoredText] = {}
        for pattern in quotation_patterns(quote):
            hits = islice(self._standing(pattern, left, quote, attribution.around), _PLACES)
            # One speaker may begin a sentence with the words that stand within another's; no more may differ.
            found += [hit for hit in hits if not exact or all(each.kind == "first_letter" for each in hit.judged)]
            exact = {hit.stored.statement.statement_id: hit.stored for hit in found if not hit.altered}
            fitting = [stored.parties for stored in exact.values() if contradiction(stored, attribution) is None]
            if fitting and named <= frozenset().union(*fitting):
                break
            if exact:
                # A named party's words of another time are no one else's, so its other texts are read as well.
                party = {*attribution.parties}
                near = [s for s in left if contradiction(s, attribution) is None or not party.isdisjoint(s.parties)]
                left = [s for s in near if s.statement.statement_id not in exact]
            if not left:
                break
        return found

    def _standing(
        self, pattern: QuotationPattern, ordered: list[StoredText], quote: str, around: tuple[str, str]
    ) -> Iterator[_Hit]:
        self.work += self._texts.size
        for stored in ordered:
            matches = islice(find_matches(pattern, stored.keyed), _TRIED)
            if found := [self._hit(stored, match, quote, around) for match in matches]:
                yield min(found, key=lambda hit: (hit.faults, hit.match.end - hit.match.start))

    def _hit(self, stored: StoredText, match: Match, quote: str, around: tuple[str, str]) -> _Hit:
        language = stored.statement.language_at(match.start) or language_of(quote[:1], "en")
        text = SourceText(stored=stored, language=language, local=self._local)
        judged = [*alteration_remarks(match, text), *boundary_remarks(match, text)]
        # A small first letter needs no remark if it continues the draft's sentence: 'Arvandia said that “despite …”'.
        small = next((char.islower() for char in quote if char.isalpha()), False)
        if match.pattern.recased and not (around[0].strip() and small):
            judged.append(remark("first_letter"))
        if stored.statement.kind != "treaty":
            judged += out_of_context_remarks(match.start, match.end, quote, text, around)
        if stored.statement.kind == "statement" and stored.is_apart(match.start, match.end):
            judged.append(remark("someone_quoted_apart"))
        return _Hit(stored=stored, match=match, judged=tuple(judged))

    def _doubts(self, best: _Hit, fitting: list[_Hit], attribution: Attribution) -> Iterator[Remark]:
        whose, of_treaty = self._holder(best.stored), best.stored.statement.kind == "treaty"
        articles = _articles_of(fitting) if of_treaty and attribution.articles else []
        if articles and not {*articles}.intersection(attribution.articles):
            yield remark("article_differs", held=", ".join(articles), given=", ".join(attribution.articles))
        if not (best.stored.office and attribution.of_office):
            if attribution.unknown is not None and attribution.suggestion is not None:
                suggested = self._local.name(attribution.suggestion)
                yield remark("unknown_speaker_like", name=attribution.unknown, suggestion=suggested, holder=whose)
            elif attribution.unknown is not None:
                yield remark("unknown_speaker", name=attribution.unknown, holder=whose)
            elif not attribution.parties and not attribution.files and not (attribution.articles and of_treaty):
                yield remark("nobody_named", holder=whose)
        silent = [
            code
            for code in (*attribution.together, *attribution.beside)
            if not any(code in hit.stored.parties for hit in fitting)
        ]
        if silent:
            yield remark("not_all_speakers", names=self._local.names(silent))
        metadata, when = best.stored.metadata, attribution.when
        if best.stored.statement.span.summarised:
            yield remark("as_summarised")
        if not is_of_time(best.stored, when) and not tells_of(best.stored, best.match, when, sentence=True):
            of_thing, spoken = times_in_words(when, self._local.language), metadata.date
            yield remark(
                "time_of_thing", given=", ".join(of_thing), held=date_in_words(spoken, self._local.language) or ""
            )
        if when.unresolved is not None:
            yield remark("time_not_read", words=when.unresolved)
        if others := self._other_times(fitting, when):
            yield remark("not_all_times", given=", ".join(others))
        # "2 (b)" belongs to "2".
        given, held = (set(_ITEM_NUMBER.findall(items or "")) for items in (" ".join(when.items), metadata.agenda_item))
        if when.items and metadata.agenda_item and given.isdisjoint(held):
            yield remark("item_differs", held=metadata.agenda_item, given=", ".join(when.items))
        if when.bodies and metadata.body and metadata.body not in when.bodies:
            yield remark("body_differs", held=metadata.body, given=", ".join(when.bodies))

    def _other_times(self, fitting: list[_Hit], when: SpokenTime) -> list[str]:
        each = (
            *(SpokenTime(years=(year,)) for year in when.years),
            *(SpokenTime(dates=(date,)) for date in when.dates),
            *(SpokenTime(sessions=(session,)) for session in when.sessions),
        )
        others = [time for time in each if when.together and not any(is_of_time(hit.stored, time) for hit in fitting)]
        return [words for time in others for words in times_in_words(time, self._local.language)]

    def _inexact(self, finding: Finding, hits: list[_Hit]) -> Finding:
        if hits:
            return self._altered(
                finding, min(hits, key=lambda hit: contradiction(hit.stored, finding.attribution) is not None)
            )
        quote = finding.quotation.text
        if _PATTERNS.translated.search(" … ".join(finding.attribution.around)):
            return finding.with_remarks(remark("called_translation"), *self._incomplete(finding.attribution))
        if (disordered := self._disordered(quote, finding.attribution)) is not None:
            stored, (start, end) = disordered
            mismatch = self._mismatch(stored, finding.attribution, kind="near_other")
            place = place_of(stored, start, end, self._local)
            return replace(finding.with_remarks(remark("other_order"), *mismatch), verdict="altered", place=place)
        if len(quote) > self._limits.longest:
            return finding.with_remarks(remark("too_long", limit=f"{self._limits.longest:,}"))
        named = set(finding.attribution.parties)
        fitting = [s for s in self._texts.all if named and contradiction(s, finding.attribution) is None]
        of_parties = [s for s in self._texts.all if s.parties & named]
        budget = self.work + self._limits.quotation
        for within, k in ((fitting, _OWN_PASSAGES), (of_parties, _OWN_PASSAGES), (None, _PASSAGES)):
            ids = None if within is None else [stored.statement.statement_id for stored in within]
            if (best := self._closest(quote, ids, k, budget)) is not None:
                stored, like = best
                mismatch = self._mismatch(stored, finding.attribution, kind="near_other")
                if mismatch:
                    mismatch += self._incomplete(finding.attribution)
                place = self._place_of_words(stored, like.words)
                return replace(finding.with_remarks(*mismatch), verdict="altered", place=place, changes=like.changes)
        spent = [remark("too_much_work")] if self.work >= budget else []
        return finding.with_remarks(*(spent or self._incomplete(finding.attribution)))

    def _disordered(self, quote: str, attribution: Attribution) -> tuple[StoredText, tuple[int, int]] | None:
        """Returns where all parts of a quotation with ellipses stand, but in another order; those that fit first."""
        in_parts = [pattern for pattern in quotation_patterns(quote) if len(pattern.parts) > 1]
        self.work += self._texts.size * bool(in_parts)
        ordered = self._by_fit(attribution) if in_parts else []
        found = ((s, span) for s in ordered for pattern in in_parts if (span := span_out_of_order(pattern, s.keyed)))
        return next(found, None)

    def _by_fit(self, attribution: Attribution) -> list[StoredText]:
        return sorted(self._texts.all, key=lambda stored: contradiction(stored, attribution) is not None)

    def _holder(self, stored: StoredText) -> str:
        if stored.statement.kind == "treaty":
            return self._words.say("a_treaty")
        return self._local.names(stored.metadata.holders) or stored.office or self._words.say("nobody_known")

    def _incomplete(self, attribution: Attribution) -> list[Remark]:
        """Returns a remark on unreadable files of the named parties: the words may stand in these."""
        if not attribution.parties:
            return []
        when = attribution.when
        scope = Scope(states=attribution.parties, years=tuple(map(str, when.years)), sessions=when.sessions)
        files = unreadable_in_scope(self._texts.unreadable, scope, self._local.parties)
        return [remark("speaker_incomplete", files=", ".join(files))] if files else []

    def _altered(self, finding: Finding, hit: _Hit) -> Finding:
        reason = next(each for each in hit.judged if each.alters)
        if reason.kind == "left_out_turns":
            changes = tuple(self._omissions(hit))
        else:
            left, put_in = reason.values.get("words"), reason.values["put"]
            put = Change(kind="put_in", text=put_in if reason.kind == "spaces_differ" else f"[{put_in}]")
            changes = (Change(kind="left_out", text=left), put) if left else (put,)
        mismatch = self._mismatch(hit.stored, finding.attribution, kind="near_other")
        told = finding.with_remarks(reason, *mismatch)
        return replace(told, verdict="altered", place=self._place(hit), changes=changes)

    def _closest(self, quote: str, ids: list[str] | None, k: int, limit: int) -> tuple[StoredText, ClosestWords] | None:
        found: list[tuple[StoredText, ClosestWords]] = []
        for stored, window in self._texts.windows(quote, ids, k):
            if self.work >= limit:
                break
            self.work += alignment_cost(quote, window)
            like = closest_words(quote, window)
            if like is not None and like.altered:
                found.append((stored, like))
        return max(found, key=lambda pair: (pair[1].likeness, pair[1].run), default=None)

    def _place(self, hit: _Hit) -> Place:
        return place_of(hit.stored, hit.match.start, hit.match.end, self._local)

    def _place_of_words(self, stored: StoredText, words: str) -> Place:
        found = (match for pattern in quotation_patterns(words) for match in find_matches(pattern, stored.keyed))
        if (match := next(found, None)) is not None:
            return place_of(stored, match.start, match.end, self._local)
        key = plain_key(match_key(words))
        position = stored.keyed.text.find(key)
        start, end = (0, 0) if position < 0 else stored.keyed.in_source(position, position + len(key))
        return place_of(stored, start, end, self._local)

    def _omissions(self, hit: _Hit) -> list[Change]:
        source, edits = hit.stored.statement.source_text, hit.stored.statement.edits
        kinds: Iterator[ChangeKind] = cycle(("same", "left_out"))
        edges = pairwise(chain.from_iterable(hit.match.pieces))
        return [
            Change(kind=kind, text=" ".join(readable(source, edits, start, end).split()))
            for kind, (start, end) in zip(kinds, edges, strict=False)
        ]

    def _mismatch(self, stored: StoredText, attribution: Attribution, *, kind: str) -> list[Remark]:
        """Returns a remark on the point in which a statement contradicts the attribution: of `kind` for its holder."""
        # `kind` differs by caller: a statement with similar words, or that quotes them, does not prove their author.
        point = contradiction(stored, attribution)
        if point == "holder":
            names = self._local.names(attribution.parties)
            if kind == "near_other" and stored.statement.kind == "treaty":
                return [remark("near_treaty", names=names)]
            return [remark(kind, holder=self._holder(stored), names=names)]
        if point == "time":
            language, number = self._local.language, stored.metadata.session
            session = self._local.say("session", number=number) if number else ""
            held = ", ".join(filter(None, (date_in_words(stored.metadata.date, language), session)))
            return [remark("other_time", held=held, given=", ".join(times_in_words(attribution.when, language)))]
        return [remark("other_file", held=repr(stored.statement.file))] if point == "file" else []


def find_words(words: str, texts: CorpusTexts, parties: PartyTable) -> tuple[WordsFound, ...]:
    """Returns every place of exact words, whoever spoke them, or else the place of the most similar ones, if any.

    "Who said “not a privilege of the strong”?" is answered from these.
    """
    verifier = QuoteVerifier(texts, localize(parties, "en"), CheckLimits())
    found = verifier.check(Quotation(text=words, spans=(), marked=True), Attribution())
    exact = found.verdict == "verified"
    places = found.found_in if exact else [*filter(None, [found.place])]
    # The words of a President are shown for no question.
    places = [place for place in places if texts.by_id[place.statement_id].office is None]
    verdict: Verdict = "verified" if exact else "altered"
    return tuple(WordsFound(statement_id=p.statement_id, start=p.start, end=p.end, verdict=verdict) for p in places)


def _articles_of(hits: list[_Hit]) -> list[str]:
    found = [
        article.article
        for hit in hits
        if hit.stored.statement.kind == "treaty"
        for match in islice(find_matches(hit.match.pattern, hit.stored.keyed), _TRIED)
        if (article := hit.stored.treaty_text.article_at(match.start, match.end)) is not None
    ]
    return list(dict.fromkeys(found))
