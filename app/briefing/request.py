"""Briefing requests: parties, subjects and sessions, read from names as people type them.

"Iran; Cuba" on "extradition, article 18" is two parties by two subjects.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.briefing.cells import Briefing, Subject
from app.errors import BriefingError
from app.question.language import detect_language
from app.question.resolution import Resolution, Restyle, in_language_of_topic
from app.question.scope_fields import years_in
from app.question.spans.find_spans import find_spans
from app.question.turns.follow_ups import restyle
from app.records import Scope, TreatyScope
from app.retrieval.topic.subject import names_harm
from ingest.glossary.glossary import terms_of
from ingest.language.lexicons import Patterns
from ingest.metadata.sessions import canonical_body
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import members_of
from ingest.treaties.treaties import TREATIES, article_title, last_article, short_name

# A bare number is an article of the Convention, as in questions.
_DEFAULT_TREATY: Final = "UNTOC"
_NO_SUBJECT: Final = "nothing to brief on: name a topic or an article"
_WORDS: Final = Patterns("briefing_requests")
_YEARS: Final = re.compile(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?")
_MONTH: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
# The most years of a range, each of which is looked up: more are a typing error ("1205-2005").
_LONGEST_RANGE: Final = 200


@dataclass(frozen=True, kw_only=True)
class BriefingRequest:
    """A request for a briefing."""

    subjects: tuple[Subject, ...]
    """Topics and articles; at least one."""
    parties: tuple[str, ...] = ()
    """Codes of States and groups, in the order asked; empty means everyone who has a statement in scope."""
    sessions: tuple[str, ...] = ()
    """Only these sessions, and one cell for each; empty searches all together."""
    years: tuple[str, ...] = ()
    """Years, or else months such as `2020-10`."""
    bodies: tuple[str, ...] = ()
    """Only statements before these bodies, by their codes; empty searches all."""
    excluded: tuple[str, ...] = ()
    """Codes of parties, regions and groups that are left out: "all States except Chile"."""
    by_session: bool = False
    """Split by every session that the statements in scope have, and by those without one."""
    quotations: int = 3
    """Quotations in a cell at most, at least 1."""
    title: str = ""
    """The heading; if empty, one is made from the subjects."""
    language: str = "en"
    """ISO 639-1 code of names and references."""

    @property
    def whole(self) -> Scope:
        """The scope of all cells together."""
        return Scope(
            states=self.parties,
            bodies=self.bodies,
            sessions=self.sessions,
            years=tuple(dict.fromkeys(time[:4] for time in self.years)),
            months=tuple(time for time in self.years if "-" in time),
            excluded=self.excluded,
        )

    def scope(self, subject: Subject, party: str, session: str | None, parties: PartyTable) -> Scope:
        """Returns the scope of one cell."""
        known = parties.get(party)
        group = known is not None and known.kind != "state"
        articles = () if subject.article is None else (subject.article,)
        return replace(
            self.whole,
            states=() if group else (party,),
            groups=(party,) if group else (),
            treaties=() if subject.treaty is None else (TreatyScope(treaty=subject.treaty, articles=articles),),
            sessions=(session,) if session is not None else self.sessions,
            topic=subject.topic,
            language=subject.language,
        )


def read_request(
    parties: PartyTable,
    *,
    states: Sequence[str] = (),
    groups: Sequence[str] = (),
    topics: Sequence[str] = (),
    articles: Sequence[str] = (),
    sessions: Sequence[str] = (),
    years: Sequence[str] = (),
    bodies: Sequence[str] = (),
    by_session: bool = False,
    quotations: int = 3,
    title: str = "",
    language: str = "en",
) -> BriefingRequest:
    """Reads a request from what people type; an unknown name, or nothing to brief on, is a BriefingError.

    Rows are `states`, names or codes of States and groups, several in a text with commas or semicolons, and `groups`
    with their members of today; columns are `topics` in words and `articles` such as `18`, `UNTOC 18` or `TIP 9`.
    Sessions are numbers as people write them (`10`, `8-10`, `9 and 10`, `COP 10`, `tenth`), all of the body that stands
    beside one or in `bodies`; years are single ones, ranges such as `2000-2005`, or else months such as `2020-10`. All
    else is as in a BriefingRequest.
    """
    subjects = [read_topic(text, parties) for text in _listed(topics, r"[;\n]")]
    subjects += map(_article, _listed(articles))
    if not subjects:
        raise BriefingError(_NO_SUBJECT)
    codes = [party_code(name, parties) for text in states for name in party_names(text, parties)]
    for name in _listed(groups):
        group = party_code(name, parties)
        codes += [group, *sorted(parties.members(group), key=parties.display)]
    if quotations < 1:
        raise BriefingError(f"{quotations} quotations in a cell are too few: at least 1")
    read = [_sessions(text, parties) for text in _listed(sessions, r"[,;/\n]")]
    named = dict.fromkeys(canonical_body(name) or name for name in _listed(bodies))
    if of_sessions := dict.fromkeys(body for _, beside in read for body in beside):
        named |= of_sessions
        if len(named) > 1:
            raise BriefingError(f"sessions of several bodies ({', '.join(named)}): brief on one at a time")
    times = tuple(dict.fromkeys(time for text in _listed(years) for time in _times(text)))
    if len({*map(len, times)}) > 1:
        raise BriefingError(f"both years and months ({', '.join(times)}): give either")
    return BriefingRequest(
        parties=tuple(dict.fromkeys(codes)),
        subjects=_different(subjects),
        sessions=tuple(dict.fromkeys(number for numbers, _ in read for number in numbers)),
        years=times,
        bodies=tuple(named),
        by_session=by_session,
        quotations=quotations,
        title=title.strip(),
        language=language,
    )


def read_topic(text: str, parties: PartyTable) -> Subject:
    """Reads one topic in words, whose language is detected; without any words, a BriefingError."""
    if not text.strip():
        raise BriefingError(_NO_SUBJECT)
    return _topic(text, detect_language(text, parties))


def request_of_briefing(briefing: Briefing) -> BriefingRequest:
    """Returns the request of a briefing, as far as the briefing records it, to be made again with changes."""
    return BriefingRequest(
        parties=() if briefing.everyone else briefing.parties,
        subjects=briefing.subjects,
        sessions=() if briefing.by_session else briefing.sessions,
        years=briefing.years,
        bodies=briefing.bodies,
        by_session=briefing.by_session,
        title=briefing.title,
        language=briefing.language,
    )


def request_of_scopes(scopes: Iterable[Scope], parties: PartyTable, spoke: Iterable[str] = ()) -> BriefingRequest:
    """Turns the scopes of a conversation's answers into a briefing: all its parties on all its subjects.

    If no question names a party, the parties are those that the answers quote (`spoke`). A conversation without a topic
    or article is a BriefingError.
    """
    scopes = list(scopes)
    named = dict.fromkeys(code for scope in scopes for code in _parties_asked(scope, parties))
    subjects: list[Subject] = []
    for scope in scopes:
        found = [_of_article(treaty.treaty, number) for treaty in scope.treaties for number in treaty.articles]
        if scope.topic and not found:
            found = [_topic(scope.topic, scope.language)]
        subjects += found
    if not subjects:
        raise BriefingError("the conversation names no topic or article to brief on: ask about one first")

    def common(values: list[tuple[str, ...]]) -> tuple[str, ...]:
        # A year of one question must not narrow the others.
        return values[0] if len(set(values)) == 1 else ()

    return BriefingRequest(
        parties=tuple(named or dict.fromkeys(spoke)),
        subjects=_different(subjects),
        sessions=common([scope.sessions for scope in scopes]),
        years=common([_years_asked(scope) for scope in scopes]),
        bodies=common([scope.bodies for scope in scopes]),
        excluded=common([scope.excluded for scope in scopes]),
        language=scopes[-1].language,
    )


def _parties_asked(scope: Scope, parties: PartyTable) -> tuple[str, ...]:
    """Returns the parties that a scope names, and members of its regions and groups today, without those excluded."""
    members = members_of(scope.members_of, parties) - left_out(scope.excluded, parties)
    return *scope.named_parties, *sorted(members)


def left_out(excluded: Collection[str], parties: PartyTable) -> frozenset[str]:
    """Returns excluded parties, regions and groups with their members of today."""
    return members_of(excluded, parties).union(excluded)


def _years_asked(scope: Scope) -> tuple[str, ...]:
    """Returns the years or months of a scope; those of an interval one by one."""
    if scope.months or scope.years or scope.interval is None:
        return scope.months or scope.years
    return tuple(map(str, years_in(scope.interval)))


def asked_for_briefing(question: str) -> tuple[str, Restyle] | None:
    """Returns the topic and the form of a request: "brief me on extradition in French as talking points".

    None where the question asks for no briefing.
    """
    match = _WORDS.request.match(question.strip())
    if match is None:
        return None
    rest, form = match.group("rest").strip(), restyle(match.group("form") or "") or Restyle()
    for gap in re.finditer(r"[\s,]+", rest):
        wish = restyle(rest[gap.end() :].rstrip(" .!?"))
        # A single word may belong to the topic: "contact points".
        if wish is not None and " " in rest[gap.end() :]:
            style = form.style if wish.style == "answer" else wish.style
            return rest[: gap.start()], Restyle(style=style, language=wish.language or form.language)
    return rest, form


def request_of_resolution(resolution: Resolution, parties: PartyTable) -> BriefingRequest:
    """Turns a question that was read by the assistant's lookup into a briefing; an ambiguous one is a BriefingError."""
    if resolution.unclear is not None:
        options = ", ".join(resolution.options) or "its full name or code"
        raise BriefingError(f"{resolution.unclear!r} can be read in several ways: say {options}")
    scope = in_language_of_topic(resolution).scope
    topics = _topics_in(scope.topic, scope.language)
    return request_of_scopes([replace(scope, topic=topic) for topic in topics], parties)


def _topics_in(words: str, language: str) -> list[str]:
    """Splits coordinated topics: "extradition and mutual legal assistance"."""
    # Only terms of the field are split apart, so that expressions such as "witnesses and victims" stay whole.
    parts = [part.strip() for part in _WORDS.between.split(words) if part.strip()]
    is_split = len(parts) > 1 and not terms_of(words, language) and all(terms_of(part, language) for part in parts)
    return parts if is_split else [words]


def _listed(texts: Sequence[str], separators: str = r"[,;\n]") -> list[str]:
    return [part.strip() for text in texts for part in re.split(separators, text) if part.strip()]


def _different(subjects: Iterable[Subject]) -> tuple[Subject, ...]:
    """Returns subjects without repetitions, in upper or lower case: "ICC; icc" is one column."""
    found: dict[str, Subject] = {}
    for subject in subjects:
        found.setdefault(subject.label.casefold(), subject)
    return tuple(found.values())


def _topic(text: str, language: str) -> Subject:
    words = " ".join(text.split())
    label = words[:1].upper() + words[1:]
    # Of a harm, "supports" would mislead: a table shall not say that a State supports "Corruption" when it supports the
    # fight against it.
    return Subject(label=label, topic=words, language=language, harm=names_harm(words, language))


def _article(text: str) -> Subject:
    match = _WORDS.article.fullmatch(text)
    if match is None:
        raise BriefingError(f"{text!r} is no article: write its number, with the treaty before it, such as `UNTOC 18`")
    wanted = (match.group("treaty") or _DEFAULT_TREATY).upper()
    if wanted in ("ART", "ARTICLE"):
        wanted = _DEFAULT_TREATY
    if wanted not in TREATIES:
        raise BriefingError(f"unknown treaty {wanted!r}: known are {', '.join(sorted(TREATIES))}")
    return _of_article(wanted, " ".join(match.group("number").split()))


def _of_article(treaty: str, number: str) -> Subject:
    title, last = article_title(treaty, number), last_article(treaty)
    if title is None and last is not None:
        raise BriefingError(f"{f'{treaty} {number}'!r} is no article: {treaty} has articles 1 to {last}")
    label = f"{short_name(treaty)} article {number}" + (f" ({title})" if title else "")
    return Subject(label=label, treaty=treaty, article=number)


def party_names(text: str, parties: PartyTable) -> list[str]:
    """Splits names at semicolons, line breaks and commas, unless a comma is in a name ("Iran, Islamic Republic of")."""
    parts = _listed([text], r"[;\n]")
    return [
        name for part in parts for name in ([part] if len(parties.resolve(part).codes) == 1 else _listed([part], ","))
    ]


def party_code(name: str, parties: PartyTable) -> str:
    """Returns the code of a State or group that a person typed."""
    found = parties.resolve(name)
    if len(found.codes) == 1:
        return found.codes[0]
    options = [f"{parties.display(code)} ({code})" for code in found.codes or found.suggestions]
    advice = f"say {' or '.join(options)}" if options else "use a code of ISO 3166 alpha-3, or of docs/parties.md"
    problem = "may be several parties" if found.codes else "is no known State or group"
    raise BriefingError(f"{name!r} {problem}: {advice}")


def code_among(offered: Iterable[tuple[str, str]], typed: str, parties: PartyTable) -> str:
    """Returns the code of a party by its name, or by a part of a name that only one offered (name, code) has."""
    try:
        return party_code(typed, parties)
    except BriefingError:
        found = {code: f"{name} ({code})" for name, code in offered if typed.casefold() in name.casefold()}
        if len(found) > 1:
            raise BriefingError(f"{typed!r} may be several parties: say {' or '.join(found.values())}") from None
        if not found:
            raise
        return next(iter(found))


def _sessions(text: str, parties: PartyTable) -> tuple[list[str], list[str]]:
    # Sessions are read as in a question: a bare number as "sessions 10", else in the language of the text.
    readings = ((f"sessions {text}", "en"), (text, detect_language(text, parties)))
    for words, language in readings:
        spans = [span for span in find_spans(words, language, parties) if span.kind in ("session", "body")]
        numbers = [code for span in spans if span.kind == "session" for code in span.codes]
        rest = words
        for span in reversed(spans):
            rest = rest[: span.start] + rest[span.end :]
        # A number that was not understood, as in "10 11", must not be ignored; a year may be ("COP12 (2024)").
        if numbers and not re.search(r"\d", _YEARS.sub("", rest)):
            bodies = [code for span in spans for code in (*span.bodies, *(span.codes if span.kind == "body" else ()))]
            return numbers, bodies
    raise BriefingError(f"{text!r} is no session: write its number, or a range such as 8-10")


def _times(text: str) -> list[str]:
    if _MONTH.fullmatch(text):
        return [text]
    match = _YEARS.fullmatch(text)
    if match is None:
        raise BriefingError(
            f"{text!r} is no year: write four digits, a range such as 2000-2005, or a month such as 2020-10"
        )
    first, last = int(match.group(1)), int(match.group(2) or match.group(1))
    if last < first:
        raise BriefingError(f"{text!r} is no range of years: the first one comes first, such as 2000-2005")
    if last - first > _LONGEST_RANGE:
        raise BriefingError(f"{text!r} is too long a range: write at most {_LONGEST_RANGE} years, such as 2000-2005")
    return [str(year) for year in range(first, last + 1)]
