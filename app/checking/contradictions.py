"""Compares a stored text with an attribution of its words: in what it contradicts the speaker, time or file given.

A draft that gives Arvandia's words of 2016 to Belmora is wrong on the holder, one that gives them to 2018 on the time.
"""

from datetime import timedelta
from typing import Final, Literal

from app.answering.provenance import date_in_words, day_in_words
from app.checking.corpus_texts import StoredText
from app.checking.findings import Attribution, SpokenTime
from app.checking.matching import Match
from app.checking.occasion_words import read_time
from ingest.language.dates import interval
from ingest.language.sentences import last_sentence
from prompts.wording import load_wording

_WHOLE_YEAR: Final = 300  # days; a shorter interval is more precise than a year
# Characters around the words of a statement in which it may tell of a time that the draft gives.
_AROUND: Final = 300


def contradiction(stored: StoredText, attribution: Attribution) -> Literal["holder", "time", "file"] | None:
    """Returns in which point a text contradicts an attribution, whose words, when or in which file; None if it fits."""
    of_treaty = stored.statement.kind == "treaty"
    by_office = stored.office is not None and attribution.of_office
    if attribution.parties and not by_office and stored.parties.isdisjoint(attribution.parties):
        return None if of_treaty and attribution.articles else "holder"
    if of_treaty:
        return None
    if not is_of_time(stored, attribution.when):
        return "time"
    return "file" if attribution.files and stored.statement.file not in attribution.files else None


def is_of_time(stored: StoredText, when: SpokenTime) -> bool:
    """Returns whether a text is compatible with the times that the document gives; an unknown time always is."""
    if when.sessions and stored.metadata.session not in (None, *when.sessions):
        return False
    spoken = interval(stored.metadata.date or "")
    if spoken is None:
        return True
    # A day or month without a year is compared only with a date more precise than a year, whatever its year.
    length = (spoken[1] - spoken[0]).days
    if when.days and spoken[0].year == spoken[1].year and length < _WHOLE_YEAR:
        days = [f"--{spoken[0] + timedelta(days=number):%m-%d}" for number in range(length + 1)]
        if not any(each.startswith(when.days) for each in days):
            return False
    if not (when.years or when.dates) or any(spoken[0].year <= year <= spoken[1].year for year in when.years):
        return True
    given = filter(None, map(interval, when.dates))
    return any(first <= spoken[1] and spoken[0] <= last for first, last in given)


def times_in_words(when: SpokenTime, language: str) -> list[str]:
    """Returns the times that a document gives for words, for display."""
    dates = (date_in_words(day, language) or day for day in when.dates)
    days = (day_in_words(day, language) for day in when.days)
    sessions = (load_wording(language).say("session", number=session) for session in when.sessions)
    return [*map(str, when.years), *dates, *days, *sessions]


def tells_of(stored: StoredText, match: Match, when: SpokenTime, *, sentence: bool = False) -> bool:
    """Returns whether a statement speaks of the times that a draft gives, beside the words or in their `sentence`."""
    source = stored.keyed.source
    before = source[max(0, match.start - _AROUND) : match.start]
    window = last_sentence(before) if sentence else before
    told = read_time(window + source[match.start : match.end + (0 if sentence else _AROUND)], reference=True)
    years = {*told.years, *(int(date[:4]) for date in told.dates)}
    months = (int(date[:4]) in years if "/" in date else date in told.dates for date in when.dates)
    return all(months) and {*when.years} <= years
