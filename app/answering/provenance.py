"""Provenance in words: attribution lines above quotations, references to copy, dates as people write them.

"Arvandia, Conference of the Parties, tenth session, 12 October 2020, agenda item 4".
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from babel.dates import format_date, format_skeleton

from app.answering.localization import Localization
from app.answering.markdown import escape
from app.question.scope_fields import OCCASION_FIELDS, number_runs
from app.records import Citation, Scope
from ingest.loaders.scanned import LOW_CONFIDENCE
from prompts.wording import Wording
from vectorstore.records import Metadata, StatementKind, StatementSummary

_LOCALES = {"en": "en_GB", "zh": "zh_Hans", "ar": "ar_001"}


def provenance(citation: Citation, wording: Wording) -> str:
    """Returns body, session, date and agenda item in one line; what was inferred is marked so."""
    facts: list[tuple[str, str | None]] = [
        ("body", citation.body),
        ("session", _numbered(wording, "session", citation.session)),
        ("date", date_in_words(citation.date, wording.language)),
        ("agenda_item", _agenda_item(citation.agenda_item, wording)),
    ]
    return wording.comma.join(
        wording.say("inferred", fact=fact) if name in citation.inferred else fact for name, fact in facts if fact
    )


def attribution(citation: Citation, local: Localization) -> str:
    """Returns the line of Markdown that says who holds the position, and where and when it was stated."""
    if citation.kind == "treaty":
        return local.say("attribution_treaty", treaty=escape(citation.title or citation.file))
    line = escape(provenance(citation, local))
    name = escape(cited_holders(citation, local.name, local))
    if "state" in citation.inferred:
        name = local.say("inferred", fact=name)
    if citation.summarised:
        attributed = local.say("attribution_summary", party=name, provenance=line)
    elif citation.on_behalf_of is not None and citation.speaker is not None:
        speaker = escape(local.speaker(citation.speaker))
        attributed = local.say("attribution_group", group=name, speaker=speaker, provenance=line)
    else:
        attributed = local.say("attribution", party=name, provenance=line)
    return attributed.removesuffix(" · ")


def cited_holders(citation: Citation, name_of: Callable[[str], str], wording: Wording, party: str | None = None) -> str:
    """Returns the name of the party that holds a position; for a joint statement, with the other States that hold it.

    `party` comes first; by default it is the State that delivered the statement.
    """
    first = party or citation.state or next(iter(citation.held_by), "")
    others = [code for code in citation.held_by if code != first]
    if not others:
        return name_of(first)
    return wording.say("held_together", party=name_of(first), others=wording.list_comma.join(map(name_of, others)))


def as_quoting(name: str, citation: Citation, name_of: Callable[[str], str], wording: Wording) -> str:
    """Returns a speaker's name; where the words are quoted from somebody else, with a note of whom."""
    if citation.quoted_party is not None:
        return wording.say("as_quoting_party", party=name, quoted=name_of(citation.quoted_party))
    return wording.say("as_quoting", party=name) if citation.quoting else name


def statement_holders(kind: StatementKind, metadata: Metadata, name_of: Callable[[str], str]) -> str | None:
    """Returns the names of the parties that hold a statement, or a treaty's title; None where no party is known."""
    if kind == "treaty":
        return metadata.title
    return ", ".join(map(name_of, metadata.holders)) or None


def reference(citation: Citation, local: Localization) -> str:
    """Returns a reference to copy: party, provenance, place in the text, file."""
    return reference_by_name(citation, local.name, local.speaker, local)


def reference_by_name(
    citation: Citation, name_of: Callable[[str], str], speaker_of: Callable[[str], str], wording: Wording
) -> str:
    """Returns a reference as `reference` does, with names from functions instead of a `Localization`.

    `name_of` takes the code of a party, `speaker_of` the name of whoever delivered a group's words, as it is written.
    """
    place = [
        citation.symbol,
        _numbered(wording, "page", citation.page),
        _numbered(wording, "paragraph", citation.paragraph),
        citation.file,
        scan_note(citation, wording),
    ]
    name = "" if citation.kind == "treaty" else cited_holders(citation, lambda code: name_of(code or "?"), wording)
    if "state" in citation.inferred:
        name = wording.say("inferred", fact=name)
    if citation.on_behalf_of is not None and citation.speaker is not None:
        name = f"{name} ({speaker_of(citation.speaker)})"
    if citation.summarised:
        name = wording.say("as_summarised", party=name)
    name = as_quoting(name, citation, name_of, wording)
    parts = [name, citation.title, provenance(citation, wording), *place]
    return wording.comma.join(str(part) for part in parts if part)


def scan_note(citation: Citation, wording: Wording, *, only_unsure: bool = False) -> str | None:
    """Returns a note on the confidence of text recognition; None for text not scanned, or sure if `only_unsure`."""
    confidence = citation.ocr_confidence
    if confidence is None or (only_unsure and confidence >= LOW_CONFIDENCE):
        return None
    key = "scanned_unsure" if confidence < LOW_CONFIDENCE else "scanned"
    return wording.say(key, share=f"{confidence:.0%}")


def occasions(statements: Iterable[StatementSummary], wording: Wording) -> str:
    """Returns when statements were made, in words: by date, else by session, else by the name of the file."""
    times = (
        date_in_words(s.metadata.date, wording.language) or _numbered(wording, "session", s.metadata.session) or s.file
        for s in statements
    )
    return wording.list_comma.join(dict.fromkeys(times))


def occasion_in_words(scope: Scope, fields: Collection[str], wording: Wording) -> str:
    """Returns the meeting and the time that some fields of a scope name, in words; empty where none of them does."""
    values = {name: getattr(scope, name) for name in fields if name in OCCASION_FIELDS}
    ends = [date_in_words(end, wording.language) or "" for end in values.get("interval") or ()]
    times = values.get("months") or _in_words(values.get("years", ()))
    words = [
        *values.get("bodies", ()),
        *(_numbered(wording, "session", run) for run in _in_words(values.get("sessions", ()))),
        *(["–".join(dict.fromkeys(ends))] if any(ends) else (date_in_words(time, wording.language) for time in times)),
        _agenda_item(", ".join(values.get("agenda_items", ())) or None, wording),
    ]
    return wording.list_comma.join(filter(None, words))


def _in_words(numbers: Sequence[str]) -> list[str]:
    """Returns years or sessions as people write them: "2015–2018", "2020"."""
    return [run.replace("/", "–") for run in number_runs(numbers)]


def date_in_words(value: str | None, language: str) -> str | None:
    """Returns an ISO year, month, day or interval as people write it; a value that is not ISO is returned unchanged."""
    if value is None or re.fullmatch(r"\d{4}", value):
        return value
    if re.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])", value):
        month = date.fromisoformat(f"{value}-01")
        return format_skeleton("yMMMM", month, locale=_LOCALES.get(language, language))
    try:
        days = [date.fromisoformat(part) for part in value.split("/")]
    except ValueError:
        return value
    locale = _LOCALES.get(language, language)
    texts = [format_date(day, format="long", locale=locale) for day in days]
    if len(set(days)) == 2 and (days[0].year, days[0].month) == (days[1].year, days[1].month):
        return f"{texts[0]}至{days[1].day}日" if language == "zh" else f"{days[0].day}–{texts[1]}"
    return " – ".join(dict.fromkeys(texts))


def day_in_words(value: str, language: str) -> str:
    """Returns a day or month without a year, `--10-03` or `--10` (ISO 8601:2000), as people write it."""
    month, _, day = value.removeprefix("--").partition("-")
    try:
        moment = date(2000, int(month), int(day or 1))
    except ValueError:
        # An impossible day that the source gives, such as "30 February", is shown as it is written.
        return value.removeprefix("--")
    return format_skeleton("MMMMd" if day else "MMMM", moment, locale=_LOCALES.get(language, language))


def _numbered(wording: Wording, key: str, number: object) -> str | None:
    return None if number is None else wording.say(key, number=number)


def _agenda_item(item: str | None, wording: Wording) -> str | None:
    # Some debates have a name instead of a number.
    if item is None or not any(char.isdigit() for char in item):
        return item
    items = re.split(r",\s*", item)
    return wording.say("agenda_item" if len(items) == 1 else "agenda_items", item=wording.list_comma.join(items))
