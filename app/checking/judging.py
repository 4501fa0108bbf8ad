"""The four verdicts: whether a quotation's words stand in the corpus, and in the mouth that the document names."""

from dataclasses import dataclass, replace
from typing import Final

from app.answer import Verdict
from app.checking.corpus_texts import CorpusTexts, StoredText, place_of
from app.checking.critical import denial_before, takes_back
from app.checking.keys import key
from app.checking.matching import Match, Wanted, find, readings, unjustified
from app.checking.near import Nearest, nearest
from app.checking.records import Attribution, Change, Finding, Place, Quotation
from app.provenance import spoken_date
from ingest.dates import interval
from ingest.parties import PartyTable
from ingest.readable import readable
from ingest.sentences import split_sentences
from prompts.wording import Wording

# Passages compared with a quotation that stands nowhere exactly: of the named parties, and of everybody.
_OWN_PASSAGES: Final = 8
_PASSAGES: Final = 12
# Places listed for words that many statements share.
_PLACES: Final = 25
# How much of the text around a quotation is read for words that its cut leaves out.
_AROUND: Final = 200


@dataclass(frozen=True, kw_only=True)
class _Hit:
    stored: StoredText
    match: Match


class Judge:
    """Judges quotations against the texts of one corpus."""

    def __init__(self, texts: CorpusTexts, parties: PartyTable, wording: Wording) -> None:
        self._texts = texts
        self._parties = parties
        self._wording = wording

    def judge(self, quotation: Quotation, attribution: Attribution, where: str) -> Finding:
        """Returns the finding on one quotation.

        The same words may stand in several statements: they are verified if one of them fits what the document says
        of speaker and occasion. Words found under nobody's name are verified wherever they stand.
        """
        finding = Finding(quotation=quotation, where=where, attribution=attribution, verdict="not_found")
        if quotation.note:
            finding = replace(finding, warnings=(quotation.note,))
        hits = self._hits(quotation.text, attribution)
        whole = [hit for hit in hits if not hit.match.left_out]
        if not whole:
            return self._inexact(finding, hits)
        fitting = [hit for hit in whole if fits(hit.stored, attribution)]
        best = (fitting or whole)[0]
        if fitting:
            attribution = _with_first(attribution, best.stored)
        found = replace(
            finding, attribution=attribution, place=self._place(best), found_in=tuple(map(self._place, whole))
        )
        inserted = unjustified(quotation.text)
        if inserted is not None and key(f"[{inserted}]") not in best.stored.keyed.text:
            return replace(
                found,
                verdict="altered",
                changes=(Change(kind="put_in", text=f"[{inserted}]"),),
                warnings=(*found.warnings, f"“[{inserted}]” is put in and asserts something that the source does not"),
            )
        verdict: Verdict = "verified" if fitting else "misattributed"
        remarks = self._cut(best, quotation) if fitting else self._mismatch(best.stored, attribution)
        return replace(found, verdict=verdict, warnings=(*found.warnings, *remarks))

    def _hits(self, quote: str, attribution: Attribution) -> list[_Hit]:
        """Returns where the words stand, those that fit the attribution first."""
        ordered = sorted(self._texts.all, key=lambda stored: not fits(stored, attribution))
        turned: list[_Hit] = []
        for wanted in readings(quote):
            hits = self._standing(wanted, ordered)
            if any(not hit.match.left_out for hit in hits):
                return hits
            turned += hits
        return turned

    def _standing(self, wanted: Wanted, ordered: list[StoredText]) -> list[_Hit]:
        hits: list[_Hit] = []
        for stored in ordered:
            if wanted.longest in stored.keyed.text and (match := find(wanted, stored.keyed)) is not None:
                hits.append(_Hit(stored=stored, match=match))
                if len(hits) == _PLACES:
                    break
        return hits

    def _inexact(self, finding: Finding, turned: list[_Hit]) -> Finding:
        """Judges a quotation whose words stand nowhere as they are: altered, or not found."""
        if turned:
            hit = min(turned, key=lambda hit: not fits(hit.stored, finding.attribution))
            return replace(
                finding,
                verdict="altered",
                place=self._place(hit),
                changes=tuple(self._omissions(hit)),
                warnings=(*finding.warnings, f"what is left out changes the meaning: “{hit.match.left_out[0]}”"),
            )
        own = [s for s in self._texts.all if fits(s, finding.attribution)] if finding.attribution.parties else []
        same = [s for s in self._texts.all if s.parties & set(finding.attribution.parties)]
        for within, k in ((own, _OWN_PASSAGES), (same, _OWN_PASSAGES), (None, _PASSAGES)):
            ids = None if within is None else self._texts.ids_of(within)
            best = self._nearest(finding.quotation.text, ids, k)
            if best is not None:
                stored, near = best
                place = self._place_of_words(stored, near.words)
                remarks = () if fits(stored, finding.attribution) else self._mismatch(stored, finding.attribution)
                return replace(
                    finding,
                    verdict="altered",
                    place=place,
                    changes=near.changes,
                    warnings=(*finding.warnings, *remarks),
                )
        return finding

    def _nearest(self, quote: str, within: list[str] | None, k: int) -> tuple[StoredText, Nearest] | None:
        found = [
            (window.stored, near)
            for window in self._texts.windows(quote, within, k)
            if (near := nearest(quote, window.text)) is not None and near.altered
        ]
        return max(found, key=lambda pair: (pair[1].likeness, pair[1].run), default=None)

    def _place(self, hit: _Hit) -> Place:
        return place_of(hit.stored, hit.match.start, hit.match.end, self._parties, self._wording)

    def _place_of_words(self, stored: StoredText, words: str) -> Place | None:
        """Returns where readable words of a text stand in its source."""
        for wanted in readings(words):
            match = find(wanted, stored.keyed)
            if match is not None:
                return place_of(stored, match.start, match.end, self._parties, self._wording)
        position = stored.keyed.text.find(key(words))
        if position < 0:
            return place_of(stored, 0, 0, self._parties, self._wording)
        start, end = stored.keyed.in_source(position, position + len(key(words)))
        return place_of(stored, start, end, self._parties, self._wording)

    def _omissions(self, hit: _Hit) -> list[Change]:
        changes: list[Change] = []
        source, edits = hit.stored.statement.source_text, hit.stored.statement.edits
        position: int | None = None
        for start, end in hit.match.pieces:
            if position is not None:
                changes.append(Change(kind="left_out", text=" ".join(readable(source, edits, position, start).split())))
            changes.append(Change(kind="same", text=" ".join(readable(source, edits, start, end).split())))
            position = end
        return changes

    def _cut(self, hit: _Hit, quotation: Quotation) -> list[str]:
        """Returns what a reader should know of the words just before and after an exact quotation."""
        source, match = hit.stored.statement.source_text, hit.match
        before = source[max(0, match.start - _AROUND) : match.start]
        opening = _last_sentence(before)
        remarks = []
        denial = denial_before(opening)
        if denial is not None:
            remarks.append(f"the words before it in the same sentence turn it: “… {_tail(opening)}”")
        after = " ".join(source[match.end : match.end + _AROUND].split())
        limit = takes_back(after)
        if limit is not None:
            remarks.append(f"the sentence goes on and limits it: “{_head(after)} …”")
        return remarks

    def _mismatch(self, stored: StoredText, attribution: Attribution) -> list[str]:
        """Says in which point a statement is not what the document says of it."""
        named = ", ".join(self._parties.display(code) for code in attribution.parties)
        if attribution.parties and not stored.parties & set(attribution.parties):
            if stored.statement.kind == "treaty":
                return [f"these are the words of a treaty, not of {named}"]
            holder = stored.metadata.state
            return [f"these are the words of {self._parties.display(holder)}, not of {named}" if holder else
                    f"these words stand in a statement that nobody is known to hold, not under {named}"]  # fmt: skip
        if not _right_time(stored.metadata.date, attribution) or not _right_session(stored, attribution):
            given = [*map(str, attribution.years), *map(_spoken, attribution.dates)]
            given += [f"session {session}" for session in attribution.sessions]
            stands = [
                _spoken(stored.metadata.date),
                f"session {stored.metadata.session}" if stored.metadata.session else "",
            ]
            return [f"it stands under {', '.join(filter(None, stands))}, not under {', '.join(given)}"]
        return [f"it stands in {stored.statement.file!r}, not in the file that is named"] if attribution.files else []


def fits(stored: StoredText, attribution: Attribution) -> bool:
    """Returns whether a text may be what a document means: its holder, and its year, session and file where given."""
    if stored.statement.kind == "treaty":
        return attribution.treaty or not attribution.parties
    if attribution.parties and not stored.parties & set(attribution.parties):
        return False
    if attribution.files and stored.statement.file not in attribution.files:
        return False
    return _right_time(stored.metadata.date, attribution) and _right_session(stored, attribution)


def _with_first(attribution: Attribution, stored: StoredText) -> Attribution:
    """Puts the party that holds a text first among those named, as where a name is two States'."""
    return replace(attribution, parties=tuple(sorted(attribution.parties, key=lambda code: code not in stored.parties)))


def _right_session(stored: StoredText, attribution: Attribution) -> bool:
    session = stored.metadata.session
    return not attribution.sessions or session is None or session in attribution.sessions


def _right_time(date: str | None, attribution: Attribution) -> bool:
    """Returns whether a date is none that a document excludes; what is not known cannot be excluded."""
    held = interval(date) if date else None
    if held is None or not (attribution.years or attribution.dates):
        return True
    if any(held[0].year <= year <= held[1].year for year in attribution.years):
        return True
    given = [days for days in map(interval, attribution.dates) if days is not None]
    return any(days[0] <= held[1] and held[0] <= days[1] for days in given)


def _last_sentence(before: str) -> str:
    """Returns how the sentence begins in which a text breaks off; empty where it breaks off at a sentence's end."""
    text = " ".join(before.split())
    spans = list(split_sentences(text))
    if not spans:
        return ""
    last = text[slice(*spans[-1])]
    return "" if last[-1:] in ".!?。！？؟" or last[-2:-1] in ".!?" else last


def _spoken(date: str | None) -> str:
    return spoken_date(date, "en") or ""


def _tail(text: str) -> str:
    return " ".join(text.split()[-6:]) if " " in text else text[-12:]


def _head(text: str) -> str:
    return " ".join(text.split()[:6]) if " " in text else text[:12]
