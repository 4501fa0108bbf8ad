"""Reads when a document says that words were spoken: years, days, sessions; not times that a sentence only mentions.

In "which joined in 2016, said in 2018: “" it is 2018. Years in words, Roman numerals and the like become digits first.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from app.checking.attribution.indirect_times import iso_months, parts_of_year, relative_time, vague_time
from app.checking.attribution.masked_text import BRACKETED, COLONS, COMMA, MASK
from app.checking.findings import SpokenTime
from ingest.language.attribution_verbs import attribution, introduces_speech
from ingest.language.dates import FIRST_YEAR, LAST_YEAR, YEAR, find_dates, find_years, month_numbers, without_year
from ingest.language.lexicons import RegexPatterns, any_of
from ingest.language.matches import TextMatch, blanked
from ingest.language.numerals import find_numbers, number_words, roman_value
from ingest.metadata.sessions import find_bodies, find_session_mentions
from ingest.treaties.references import find_agenda_items

_PATTERNS: Final = RegexPatterns("drafts", a_year=YEAR, month_name=any_of(month_numbers(), space=r"\ "))
_HAN_DIGITS: Final = {digit: str(value) for value, digit in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}
_HAN_YEAR: Final = regex.compile(rf"[{''.join(_HAN_DIGITS)}]{{4}}(?=\s*年)")
# Days with two digits for the year, "13.10.20" or "13-Oct-20", and the time at which a line of a chat was written.
_SHORT_DAY: Final = regex.compile(r"(?<![\d./-])(\d\d)([./-])(\d\d|\p{Lu}\p{L}{2,3})\2(\d\d)(?![\d./-]*\d)")
_SENT: Final = regex.compile(
    r"\[?(?<!\d)\d{1,4}[./-]\d{1,2}[./-]\d{2,4},?\s+\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s*[ap]\.?m\.?)?(?:\s*\]|\s+[-–]\s)",
    regex.IGNORECASE,
)
_SHORT: Final = regex.compile(r"(?<![\w’'‘])[’'‘](\d\d)(?![\d\p{L}])")
_ROMAN: Final = regex.compile(
    r"(?<!\p{L})M{1,2}(?:CM|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,4})(?!\p{L})", regex.IGNORECASE
)
# Shortest Roman numeral that is read as a year: two letters may be a form of address ("MM. Renn et Tov").
_FEWEST_ROMAN: Final = 3


def read_time(text: str, *, reference: bool = False, earlier: str = "") -> SpokenTime:
    """Reads from the text near a quotation when its words were spoken.

    With `reference`, for a reference, label or heading, every year counts. "Two years later" counts from a year in
    `earlier`, the text before.
    """
    mentioned = _PATTERNS.before_mention.search
    roman = [] if reference else [_roman(found) for found in _unmentioned(_ROMAN, text)]
    text = in_digits(text)
    sessions = find_session_mentions(text)
    held = [session for session in sessions if not _PATTERNS.apart_from.search(text[: session.start])]
    every = find_dates(text)
    dates = [date for date in every if not mentioned(text[: date.start])]
    # In a reference, a day or month that is only mentioned gives no year either: "accessed on 3 March 2025".
    remaining = blanked(text, ((found.start, found.end) for found in (*sessions, *(every if reference else dates))))
    relative = None if reference else relative_time(remaining, in_digits(earlier))
    parts = [part for part in parts_of_year(remaining) if not mentioned(remaining[: part.start])]
    remaining = blanked(remaining, ((part.start, part.end) for part in parts))
    months = _unmentioned(_PATTERNS.month, remaining)
    times = [*(date.iso for date in dates), *map(_iso, months), *(time for part in parts for time in part.times)]
    isos, days = ([t for t in times if t and t.startswith("--") == yearless] for yearless in (False, True))
    spoken = _PATTERNS.month.finditer(remaining) if reference else months
    remaining = blanked(remaining, (month.span() for month in spoken))
    if reference:
        years = [*map(int, find_years(remaining))]
    else:
        found = _unmentioned(_PATTERNS.spoken_year, remaining, "year")
        years = [*(int(when["year"]) for when in found), *filter(None, roman)]
        # The anchor year of a relative time ("two years after 2016") is not when the words were spoken.
        if relative is not None:
            others = [year for year in years if year != relative.anchor]
            years = others or ([] if relative.year is None else [relative.year])
    unresolved = None if reference or years or isos or sessions else relative.words if relative else vague_time(text)
    bodies = (body.body for body in find_bodies(text) if _PATTERNS.at_meeting.search(text[: body.start]))
    return SpokenTime(
        years=tuple(dict.fromkeys(years)),
        sessions=tuple(dict.fromkeys(str(session.number) for session in held)),
        dates=tuple(dict.fromkeys(isos)),
        days=tuple(dict.fromkeys(days)),
        items=tuple(dict.fromkeys(mention.item for mention in find_agenda_items(text))),
        bodies=tuple(dict.fromkeys(bodies)),
        unresolved=unresolved,
    )


def read_sentence(before: str, after: str, earlier: str) -> SpokenTime:
    """Returns when a sentence says that a quotation was spoken; of several times, that of its own clause."""
    # "Which had joined in 2016" dates no words.
    before = _PATTERNS.relative.sub(
        lambda clause: clause[0] if attribution().verb.search(clause[0]) else " " * len(clause[0]), before
    )
    whole = read_time(f"{before} {MASK} {after}", earlier=earlier)
    text = in_digits(f"{before} {MASK} {after}")
    if len(whole.sessions) + len({*find_years(text)}) + (relative_time(text, "") is not None) < 2:
        # What follows words that have a lead-in dates something else: "Belmora said “…”, but in 2018 it was silent".
        if not introduces_speech(before) and not before.rstrip().endswith(COLONS):
            return whole
        own = attribution().next_clause.split(after, maxsplit=1)[0]
        return read_time(f"{before} {MASK} {own}", earlier=earlier)
    # After "said that “…”," comes something else.
    at = _own_clause(before)
    led_in = introduces_speech(before[at:]) and COMMA.match(after)
    clear = BRACKETED.sub(lambda bracket: regex.sub("[;；؛,،，]", " ", bracket[0]), after)
    behind = "" if led_in else attribution().next_clause.split(clear, maxsplit=1)[0]
    own = (read_time(part, earlier=earlier + said) for part, said in ((before[at:], before[:at]), (behind, before)))
    return replace(next(filter(None, own), whole), together=True)


def is_of_thing(text: str) -> bool:
    """Returns whether no time in the words before a quotation is said of speaking: "Of the cases tried in 2023, “…”".

    It is said of speaking beside a verb or noun of speech, in brackets, and where little else than names stands.
    """
    text = in_digits(text.replace(MASK, " "))
    patterns = (attribution().verb, attribution().according_to)
    verbs = sorted(verb.span() for pattern in patterns for verb in pattern.finditer(text))
    whens = [when.span("year") for when in _PATTERNS.spoken_year.finditer(text)]
    months = [month.span() for month in _PATTERNS.month.finditer(text)]
    times = [*whens, *months, *((found.start, found.end) for found in find_dates(text))]
    return bool(times) and not any(_is_of_speaking(text, start, end, verbs) for start, end in times)


def _is_of_speaking(text: str, start: int, end: int, verbs: list[tuple[int, int]]) -> bool:
    if any(bracket.start() < start < bracket.end() for bracket in BRACKETED.finditer(text)):
        return True
    if (
        _PATTERNS.that_alone.fullmatch(text, end)
        or _PATTERNS.speech_behind.match(text, end)
        or _PATTERNS.speech_before.search(text[:start])
    ):
        return True
    bare = _PATTERNS.little_else.fullmatch
    if not verbs:
        return bare(text[:start]) is not None and bare(text[end:]) is not None
    before = [verb for verb in verbs if verb[1] <= start]
    gap = text[before[-1][1] : start] if before else ""
    # "It said, in 2016, that", but not "it said, in 2016 it had acted".
    if (
        before
        and bare(gap)
        and not attribution().that.search(gap)
        and (not regex.search("[,،，]", gap) or COMMA.match(text, end))
    ):
        return True
    behind = [verb for verb in verbs if end <= verb[0]]
    # In "In 2016, Austria reported, its ports were closed" the time is that of the clause around the verb.
    if behind and COMMA.match(text, end) and _PATTERNS.clause_goes_on.match(text, behind[0][1]):
        return False
    begin = max(before[-1][1] if before else 0, *(text.rfind(comma, 0, start) for comma in ",،，"))
    return bool(behind) and bare(text[begin:start]) is not None and bare(text[end : behind[0][0]]) is not None


def _own_clause(before: str) -> int:
    """Returns where the clause of a quotation begins in the text before it in its sentence."""
    start = before.rfind(MASK) + 1
    ends = [boundary.span() for boundary in _PATTERNS.clause_boundary.finditer(before, start)]
    for at in reversed(range(len(ends))):
        previous = ends[at - 1][1] if at else start
        # Behind another quotation, its clause ends first: "“…” in 2016 and “…” in 2018"; then one that says who spoke.
        ended = start and (not at or attribution().verb.search(before, previous, ends[at][0]))
        if ended or before[ends[at][0]] in ";؛；":
            return ends[at][1]
    opening = None if start else _PATTERNS.opening_clause.match(before)
    return opening.end() if opening else start


def read_reference(text: str) -> SpokenTime:
    """Returns the time that a note or reference gives, before "see also COP 9"; a "cf." that begins it is no such."""
    parts = _PATTERNS.see_also.split(text)
    return read_time(next((part for part in parts if regex.search(r"\w", part)), ""), reference=True)


def is_label(text: str, named: Sequence[TextMatch], *, cell: bool = False) -> bool:
    """Returns whether a text holds only names, times and words such as "Statements of", or in a `cell` "Mission of"."""
    pattern = _PATTERNS.cell_label if cell else _PATTERNS.label_only
    return pattern.fullmatch(_without_times(text, [*named, *(find_agenda_items(text) if cell else ())])) is not None


def _without_times(text: str, found: Sequence[TextMatch]) -> str:
    times = (*find_dates(text), *find_session_mentions(text), *find_bodies(text), *parts_of_year(text))
    months = (month.span() for month in _PATTERNS.month.finditer(text))
    return blanked(text, [*((each.start, each.end) for each in (*found, *times)), *months])


def _unmentioned(pattern: "regex.Pattern[str]", text: str, group: str | int = 0) -> "list[regex.Match[str]]":
    """Returns the matches of a pattern in a text, except those whose `group` it only mentions: "since 2016"."""
    mentioned = _PATTERNS.before_mention.search
    return [found for found in pattern.finditer(text) if not mentioned(text[: found.start(group)])]


def _iso(month: "regex.Match[str]") -> str | None:
    """Returns a matched month or day in ISO 8601, a month of a year as an interval; None for a thirteenth month."""
    yearless, year = without_year(month["month"], month["day"]), month["year"]
    number = int(yearless[2:4])
    if year is None:
        return yearless
    if not 1 <= number <= 12:
        return None
    return iso_months(int(year), number, number) if month["day"] is None else year + yearless[1:]


def in_digits(text: str) -> str:
    """Returns a text with years in other notations rewritten in ASCII digits; other numbers in words stay."""
    text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    text = _HAN_YEAR.sub(lambda year: "".join(_HAN_DIGITS[char] for char in year.group()), text)
    text = _SENT.sub(lambda sent: " " * len(sent[0]), text)
    text = _SHORT_DAY.sub(_whole_day, text)
    text = _SHORT.sub(lambda year: _whole_year(year[1]), text)
    text = _ROMAN.sub(lambda numeral: str(_roman(numeral) or numeral[0]), text)
    text = _PATTERNS.year_by_century.sub(lambda year: _year(_by_century(year), year.group()), text)
    text = _PATTERNS.year_russian.sub(lambda year: _year(_russian(year), year.group()), text)
    text = _PATTERNS.year_arabic.sub(lambda year: _year(2000 + _value(year["rest"] or "", "ar"), year.group()), text)
    if _PATTERNS.thousand.search(text) is None:
        return text
    for language in ("en", "fr", "es", "ru"):
        for number in reversed(find_numbers(text, language)):
            written = text[number.start : number.end]
            counts = number.value == "2000" and regex.match(r"\s+\p{Ll}", text, pos=number.end)
            if not any(char.isdigit() for char in written) and number.value.isdecimal() and not counts:
                text = text[: number.start] + _year(int(number.value), written) + text[number.end :]
    return text


def _whole_day(day: "regex.Match[str]") -> str:
    return (day[2] if day[3].isdecimal() else " ").join((day[1], day[3], _whole_year(day[4])))


def _whole_year(digits: str) -> str:
    return f"{19 if int(digits) >= FIRST_YEAR - 1900 else 20}{digits}"


def _roman(numeral: "regex.Match[str]") -> int | None:
    """Returns the year that a Roman numeral gives; such numerals never count things."""
    value = roman_value(numeral[0])
    return value if FIRST_YEAR <= value <= LAST_YEAR and len(numeral[0]) >= _FEWEST_ROMAN else None


def _year(value: int, written: str) -> str:
    return str(value) if FIRST_YEAR <= value <= LAST_YEAR else written


def _by_century(year: "regex.Match[str]") -> int:
    return (1900 if year["century"].lower() == "nineteen" else 2000) + _value(year["rest"], "en")


def _russian(year: "regex.Match[str]") -> int:
    tens = _value(year["tens"] or "", "ru")
    stem = (year["ordinal"] or "").lower()
    return 2000 + tens + (number_words("stem", "ru").get(stem) or _value(f"{stem}ь", "ru"))


def _value(words: str, language: str) -> int:
    return sum(int(number.value) for number in find_numbers(words, language) if number.value.isdecimal())
