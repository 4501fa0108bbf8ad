"""Spans: the names, dates and numbers in a question, found by lookup in one pass, with their offsets and values.

They are parties and sets of States, capitals as places, others named after a State, treaties and articles, sessions,
bodies, agenda items, dates as intervals, and which statement is meant. `roles` decides whether a party is asked about.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import product, takewhile
from typing import Any, Final, Literal, cast

from rapidfuzz import fuzz, process

from app.question.lexicon import FIRST_YEAR, PAUSES, Item, find_forms, lexicon_of, words_in
from app.records import Pick, Scope
from ingest.glossary.glossary import words_of_terms
from ingest.language.dates import find_dates
from ingest.language.word_frequencies import NO_WORD, commonest, commonness
from ingest.metadata.sessions import UNTOC_COP, find_bodies, load_sessions
from ingest.parties.inflection import arabic_variants
from ingest.parties.name_tokens import Token, fold, tokens_of
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import find_regions
from ingest.treaties.references import ArticleMention, find_agenda_items, find_articles
from ingest.treaties.treaties import PROTOCOLS, find_treaties
from prompts.wording import Language
from vectorstore.stems import is_function_word

SpanKind = Literal[
    "party", "set", "place", "others", "treaty", "article", "session", "body", "agenda_item", "date", "pick"
]
Months = tuple[int | None, int | None]
"""The first and last month of an interval, counted from year 0; None where it is open."""

# Sessions listed after the one named where the number of the last session is not known.
_SESSIONS_ON: Final = 30
# Zipf frequency (how often in a billion words, as a power of ten): rarer words are typing errors or names.
RARE: Final = 3.2
_SHORTEST_TYPED: Final = 4
# Minimum similarity of a mistyped word to the common word that was meant, 0 to 100.
_AS_TYPED: Final = 84
_COMMON: Final = 12000
# Words on either side of a mistyped one that may belong to the same name.
_NAME_WORDS: Final = 3
_DECADE: Final = 10
# An interval of more months than this is one of years.
_FEW_MONTHS: Final = 12
# Spans that "not" excludes only where it opens a clause.
_PROVISIONS: Final = ("agenda_item", "article")
NAMED: Final = ("party", "set")
# Spans that extend over words such as "except" before them.
_TAKING: Final = ("date", "session", "body", "agenda_item", "article")
# Sessions listed after the last one known; a higher number is of another Conference of the Parties: "COP26".
_TO_COME: Final = 2
_MEETINGS: Final = frozenset({"session", "meeting", "conference"})
POSSESSIVE: Final = ("'s ", "’s ")
# Words before "Convention" that are of a name of UNTOC itself: "the UN Convention", "the parent Convention".
_OWN_TITLE: Final = ("un", "nations", "crime", "untoc", "palermo", "parent")
_QUOTES: Final = str.maketrans("’‘ʼ`´", "'''''")


@dataclass(frozen=True, kw_only=True)
class Span:
    """A name, date or number that a lookup found at `[start, end)` of a question."""

    start: int
    end: int
    kind: SpanKind
    codes: tuple[str, ...] = ()
    """Parties (several where the name is ambiguous), regions or groups of a set, bodies, sessions, agenda items, or
    treaties."""
    articles: tuple[tuple[str, str], ...] = ()
    """(treaty, number) of the articles named here."""
    interval: Months = (None, None)
    """First and last month, counted from the year 0; None at an open end, or where there is no time."""
    form: str = ""
    """How a party is named, such as `capital`; how a date was written, such as `year` or `closed`."""
    similar: tuple[str, ...] = ()
    """Codes that a mistyped name may mean."""
    pick: Pick | None = None
    """Which statement is meant: the latest or the earliest."""
    left_out: bool = False
    """Whether words such as "other than" before or after it exclude it."""

    def overlaps(self, others: "Iterable[Span | ArticleMention]") -> bool:
        """Returns whether the span overlaps with one of others."""
        return any(other.start < self.end and self.start < other.end for other in others)

    def shares(self, other: "Span") -> bool:
        """Returns whether two spans of a kind mean the same code or article, or times that overlap."""
        known, same = ({*each.codes, *each.articles} for each in (self, other))
        (first, last), (begin, end) = self.interval, other.interval
        overlap = (first or 0) <= (end or math.inf) and (begin or 0) <= (last or math.inf)
        return self.kind == other.kind and (overlap if self.kind == "date" else bool(known & same))


def _over(kind: SpanKind, *parts: Any, **told: Any) -> Span:  # noqa: ANN401 - what has a place; fields of a span
    """Returns a span from the first to the last of some parts of a question."""
    return Span(start=parts[0].start, end=parts[-1].end, kind=kind, **told)


def find_spans(text: str, language: str, parties: PartyTable, today: date | None = None) -> tuple[Span, ...]:
    """Finds what a question names, in order; spans do not overlap, and "last year" is counted from `today`."""
    plain = text.translate(_QUOTES)
    items = lexicon_of(language).items(plain)
    spans = _merged([_over("agenda_item", each, codes=(each.item,)) for each in find_agenda_items(plain)])
    bodies = [each for each in _bodies(plain, items) if not each.overlaps(spans)]
    today = today or date.today()
    spans += _sessions(items, bodies, spans, today)
    spans += [each for each in bodies if not each.overlaps(spans)]
    spans += [each for each in _treaty_spans(plain, items) if not each.overlaps(spans)]
    spans += _picks(items, spans)
    spans += _dates(plain, items, spans, today)
    spans += [each for each in _parties(plain, items, language, parties) if not each.overlaps(spans)]
    told = (_left_out(span, items, plain, language) if span.kind in _TAKING else span for span in spans)
    return _carried(sorted(told, key=lambda span: span.start), items)


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Merges spans with the same offsets, such as those of a list of articles."""
    merged: dict[tuple[int, int], Span] = {}
    for span in spans:
        known = merged.get((span.start, span.end), replace(span, codes=(), articles=()))
        codes, articles = (*known.codes, *span.codes), (*known.articles, *span.articles)
        merged[(span.start, span.end)] = replace(known, codes=codes, articles=articles)
    return list(merged.values())


def _treaty_spans(text: str, items: list[Item]) -> list[Span]:
    """Finds treaties and articles; "the Protocol" alone may be any of the three."""
    # An article that its treaty lacks is kept, so that the search finds that nobody has mentioned it.
    known = _articles(text)
    named = {(each.start, each.article) for each in _articles(text, default_treaty=None)}
    places = {(each.start, each.article) for each in known}
    of_any = [each for each in _articles(text, protocol=PROTOCOLS[0]) if (each.start, each.article) not in places]
    spans = [_article_span(e, (e.treaty or e.lacking or "",), (e.start, e.article) in named) for e in known]
    spans = _merged(spans + [_article_span(each, PROTOCOLS, True) for each in of_any])
    named_treaties = _merged([_over("treaty", each, codes=(each.treaty,)) for each in find_treaties(text)])
    spans += [each for each in named_treaties if not each.overlaps(spans)]
    mentions, of_protocols = find_articles(text), any(item.kinds & {"protocol", "protocols"} for item in items)
    for _, part in find_forms("articles", items):
        # "The fourth article" and "artcle 4", which `find_articles` does not find, are of the treaty that is named.
        numbers = [str(i.number("number", "ordinal")) for i in part if i.kinds & {"number", "ordinal"}]
        codes = named_treaties[0].codes if named_treaties else PROTOCOLS if of_protocols else ()
        articles = tuple(product(codes or ("UNTOC",), numbers))
        span = _over("article", *part, articles=articles, form="named" if codes else "bare")
        spans += [] if span.overlaps((*spans, *mentions)) else [span]
    for before, item, after in zip([None, *items], items, [*items[1:], None], strict=False):
        titled = _title_before(text, before, item).lower() not in ("", *_OWN_TITLE)
        ours = (after is None or "other_treaty" not in after.kinds) and not titled
        protocols = "protocols" in item.kinds or ("protocol" in item.kinds and (ours or of_any))
        codes = ("UNTOC",) if "convention" in item.kinds and ours else PROTOCOLS if protocols else ()
        span = _over("treaty", item, codes=codes, form="one" if "protocol" in item.kinds and not of_any else "short")
        if codes and not span.overlaps(spans):
            spans.append(span)
    return spans


def _articles(text: str, **told: Any) -> list[ArticleMention]:  # noqa: ANN401 - arguments of find_articles
    return [each for each in find_articles(text, **told) if each.treaty or each.lacking]


def _article_span(found: ArticleMention, treaties: Sequence[str], named: bool) -> Span:
    articles = tuple((treaty, found.article) for treaty in treaties)
    return _over("article", found, articles=articles, form="named" if named else "bare")


def _bodies(text: str, items: list[Item]) -> list[Span]:
    found = [_over("body", each, codes=(each.body,)) for each in find_bodies(text)]
    listed = [_over("body", item, codes=(item.values["bodies"],)) for item in items if "bodies" in item.kinds]
    return found + [each for each in listed if not each.overlaps(found)]


def _sessions(items: list[Item], bodies: Sequence[Span], taken: Sequence[Span], today: date) -> list[Span]:
    """Reads sessions: single, listed, a range, a range open at one end, or the last few."""
    row = _folded_in(_folded_in(items, taken, "taken"), bodies, "body")
    atoms: list[Span] = []
    for name, part in find_forms("sessions", row):
        numbers = _listed(part)
        part = part[1:] if ("between" in part[0].kinds and len(numbers) == 1) or "statement" in part[0].kinds else part
        body = tuple(dict.fromkeys(item.values["body"] for item in part if "body" in item.kinds))
        if name == "parties":
            body = (UNTOC_COP,)
        elif name == "last":
            body = next((span.codes[:1] for span in bodies), (UNTOC_COP,))
            known = (int(each.session) for each in load_sessions() if (each.body,) == body and each.first <= today)
            numbers = sorted(known)[-numbers[0] :]
        codes = tuple(map(str, numbers))
        atoms.append(_over("session", *part, codes=codes, form="|".join(body)))
    row = _folded_in(row, atoms, "sessions")
    spans: list[Span] = []
    for name, part in find_forms("open_sessions", row):
        inner = [atom for atom in atoms if part[0].start <= atom.start and atom.end <= part[-1].end]
        numbers = [int(code) for atom in inner for code in atom.codes]
        names = tuple(dict.fromkeys(atom.form for atom in inner if atom.form))
        if name != "sessions" and (len(numbers) == 1 or name == "closed"):
            numbers = [*_opened(name, numbers, names or [body.codes[0] for body in bodies])]
        # There is no session before the first: "0" matches none, whereas an empty list would match all.
        codes = tuple(map(str, dict.fromkeys(numbers))) or ("0",)
        spans.append(_over("session", *part, codes=codes, form="|".join(names)))
    return spans


def _folded_in(items: Sequence[Item], spans: Sequence[Span], kind: str) -> list[Item]:
    """Returns the items with those of each span replaced by one item of a kind."""
    row: list[Item] = []
    for item in items:
        span = next((s for s in spans if s.start < item.end and item.start < s.end), None)
        if span is None:
            row.append(item)
        elif not row or row[-1].start != span.start:
            value = span.codes[0] if span.codes else ""
            row.append(Item(start=span.start, end=span.end, kinds=frozenset({kind}), values={kind: value}))
    return [replace(item, kinds=frozenset({"other"})) if not item.kinds else item for item in row]


def _listed(part: Sequence[Item]) -> list[int]:
    """Returns the numbers of a list, with those between the ends of a range."""
    numbers: list[int] = []
    ranged = False
    both = bool(part) and "between" in part[0].kinds
    for item in part:
        if item.kinds & {"number", "ordinal", "roman"}:
            value = item.number("ordinal", "number", "roman")
            open_range = bool(numbers) and (ranged or both) and value > numbers[-1]
            numbers += range(numbers[-1] + 1, value + 1) if open_range else [value]
            ranged = False
        elif "to" in item.kinds or ("dash" in item.kinds and numbers):
            ranged = True
    return numbers


def _opened(name: str, numbers: Sequence[int], bodies: Sequence[str]) -> Sequence[int]:
    """Lists the sessions of a relation such as "since the fifth".

    Open ends are filled: from 1, and up to `_TO_COME` beyond the last session known, or `_SESSIONS_ON` beyond the one
    named.
    """
    number = max((int(each.session) for each in load_sessions() if (each.body,) == tuple(bodies[:2])), default=0)
    latest = number + _TO_COME if numbers[0] <= number else numbers[0] + _SESSIONS_ON
    first, last = _relate(name, (min(numbers), min(numbers)), (max(numbers), max(numbers)))
    return range(1 if first is None else first, (latest if last is None else last) + 1)


def _relate(name: str, start: Months, end: Months) -> Months:
    """Returns the interval that a relation makes of one interval ("since", "before") or of two ("from … to …")."""
    if name == "closed" and None not in (start[0], end[0]):
        # "Between 2024 and 2016", "between the last 5 years and 2021"
        start, end = sorted((start, end), key=lambda each: (each[0], each[1] or math.inf))
    return {
        "closed": (start[0], end[1]),
        "since": (start[0], None),
        "after": (None if start[1] is None else start[1] + 1, None),
        "before": (None, None if start[0] is None else start[0] - 1),
        "until": (None, start[1]),
        # "Before and after 2008"
        "around": (None, None),
    }[name]


def _picks(items: list[Item], taken: Sequence[Span]) -> list[Span]:
    """Finds words that say which statement is meant: "its latest statement", "for the first time"."""
    bodies = [span for span in taken if span.kind == "body"]
    row = _folded_in(_folded_in(items, [span for span in taken if span.kind != "body"], "taken"), bodies, "body")
    found = []
    for name, part in find_forms("picks", row):
        pick = part[0].values["pick_alone"] if name == "alone" else None if name == "open" else name
        end = next((item.start for item in part if "body" in item.kinds), part[-1].end)
        found.append(replace(_over("pick", part[0], pick=cast("Pick | None", pick)), end=end))
    return found


def _dates(text: str, items: list[Item], taken: Sequence[Span], today: date) -> list[Span]:
    """Reads dates as intervals of months: single, listed, from one to another, or open at an end."""
    atoms: list[Span] = []
    for day in find_dates(text):
        interval: Months = (_month(day.first.year, day.first.month), _month(day.last.year, day.last.month))
        span = _over("date", day, interval=interval, form="month")
        atoms += [] if span.overlaps(taken) else [span]
    row = _folded_in(_folded_in(items, taken, "taken"), atoms, "time")
    for name, part in find_forms("times", row):
        atoms += [_over("date", *part, interval=interval, form=form) for interval, form in _time_of(name, part, today)]
    row = _folded_in(row, atoms, "time")
    spans: list[Span] = []
    for name, part in find_forms("relations", row):
        inner = [atom for atom in atoms if part[0].start <= atom.start and atom.end <= part[-1].end]
        start = next(item.start for item in part if item.kinds - {"fill", "year", "place"} or name != "time")
        # "From 28 September to 2 October 2020" is a closed date itself; "from" does not open an interval.
        one = inner[0].form == "month" and inner[0].interval[0] != inner[0].interval[1]
        if name == "time" or (name == "since" and one):
            spans += [replace(time, start=start, end=part[-1].end) for time in inner]
            continue
        interval = _relate(name, inner[0].interval, inner[-1].interval)
        form = "month" if name == "closed" and all(time.form == "month" for time in inner) else name
        spans.append(Span(start=start, end=part[-1].end, kind="date", interval=interval, form=form))
    return spans


def _month(year: int, month: int = 1) -> int:
    return 12 * year + month - 1


def _years(first: int, last: int) -> Months:
    return (_month(first), _month(last, 12))


def _time_of(name: str, part: Sequence[Item], today: date) -> Iterator[tuple[Months, str]]:
    """Yields the (interval, form) of a time expression; listed months yield one each."""
    values = [item.number("year_number") for item in part if "year_number" in item.kinds]
    months = [item.number("month") for item in part if item.values.get("month")]
    counted = [item for item in part if item.kinds & {"number", "ordinal"} and "month" not in item.kinds]
    numbers = [item.number("number", "ordinal") for item in counted]
    year = values[-1] if values else today.year
    ago = {"last_year": 1, "this_year": 0, "last_decade": _DECADE}.get(name, numbers[0] if numbers else 0)
    if name == "season_of":
        first, last = next(item.values["season"] for item in part if "season" in item.values).split("-")
        yield (_month(year, int(first)), _month(year, int(last))), "month"
    elif name in ("month_of", "last_month"):
        year = year if name == "month_of" else today.year - (months[0] >= today.month)
        to = any(item.kinds & {"to", "dash"} and "and" not in item.kinds for item in part[1:-1])
        ranged = to and len(months) == 2 and months[0] < months[1]
        for month in range(months[0], months[1] + 1) if ranged else months:
            yield (_month(year, month),) * 2, "month"
    elif name in ("month_zh", "month_slash") or (name == "short" and numbers[0] <= 12 and not numbers[0] > year % 100):
        if 1 <= numbers[0] <= 12:
            yield (_month(year, numbers[0]),) * 2, "month"
    elif name == "short":
        end = year - year % 100 + numbers[0]
        yield _years(year, end if end > year else year), "closed"
    elif name in ("decade_part", "decade", "decade_of", "decade_part_of"):
        written = next((item.values["nineties"] for item in part if "nineties" in item.values), None)
        begins = int(written) if written else year if values else 1900 + numbers[0]
        if begins % 10 == 0 and begins >= FIRST_YEAR - _DECADE:
            yield _years(*_part_of_decade(begins, part)), "closed"
        elif numbers:
            # "Over two decades" is counted back from today.
            yield (_month(today.year - _DECADE * numbers[0]), None), "since"
        else:
            # "2016年代…" is a year followed by a word with the same beginning as "decade".
            yield _years(begins, begins), "year"
    elif name == "decade_plural" and year % 10 == 0:
        # "Les années 1990" is a decade, "les années 2015" a single year.
        yield _years(year, year + _DECADE - 1), "closed"
    elif name in ("last_years", "last_decade"):
        yield (_month(today.year - ago), None), "since"
    elif name == "recently":
        yield (None, None), "recently"
    else:
        yield _years(year - ago, year - ago), "year"


def _part_of_decade(first: int, part: Sequence[Item]) -> tuple[int, int]:
    """Returns the first and last year of a decade, or of the part of it that is named."""
    parts = {"first_half": (0, 4), "second_half": (5, 9), "early": (0, 3), "middle": (4, 6), "late": (7, 9)}
    begin, end = next((years for kind, years in parts.items() if any(kind in item.kinds for item in part)), (0, 9))
    return first + begin, first + end


def _parties(text: str, items: list[Item], language: str, parties: PartyTable) -> list[Span]:
    """Finds parties and sets of States; then names with an inflectional ending or a typing error."""
    found = [
        _over("party", each, codes=each.codes, form=each.form) for each in parties.find(text, language, relaxed=True)
    ]
    for region in find_regions(text, cast(Language, language)):
        span = _over("set", region, codes=(region.code,))
        same = [each for each in found if span.overlaps([each])]
        wider = (span.start <= each.start and each.end <= span.end for each in same)
        longer = (each.form == "demonym" or (each.start, each.end) != (span.start, span.end) for each in same)
        if all(wider) and all(longer):
            found = [*(each for each in found if each not in same), span]
    # "In Chinese" names a language, not a State.
    tongues = [item for item in items if "in_language" in item.kinds]
    found = [each for each in found if not any(t.start <= each.start and each.end <= t.end for t in tongues)]
    found += [each for each in _group_nouns(text, items, parties) if not each.overlaps(found)]
    found = [_left_out(_with_noun(each, items, parties), items, text, language) for each in found]
    written = _otherwise_written(text, found, language, parties)
    return [*_not_speaking([*written, *(each for each in found if not each.overlaps(written))], text, items)]


def _not_speaking(found: Iterable[Span], text: str, items: Sequence[Item]) -> Iterator[Span]:
    """Reads capitals as places ("in Vienna", "the Vienna session"), and "Chile's neighbours" as others than Chile.

    "In Beijing's view", "what do they think in Oslo" (in Russian) and "what did Beijing say" are about the State.
    """
    end = -1
    for span in sorted(found, key=lambda each: each.start):
        before = [i for i in items if i.end <= span.start and ("place" in i.kinds or "fill" not in i.kinds)][-2:]
        after = [i for i in items if i.start >= span.end and not i.kinds & {"fill", "owner"}][:1]
        others = [item for item in (*before[-1:], *after) if "others" in item.kinds]
        listed = len(before) == 2 and before[0].end == end and "and" in before[1].kinds
        here = listed or any(item.kinds & {"place", *_MEETINGS} for item in before[-1:])
        here = here or any(item.kinds & _MEETINGS and item.start <= span.end + 1 for item in after)
        speaks = text.startswith(POSSESSIVE, span.end) or any("eyes" in item.kinds for item in (*before, *after))
        if others:
            start, stop = min(span.start, others[0].start), max(span.end, others[0].end)
            span = replace(span, start=start, end=stop, kind="others", codes=(), form="")
        elif here and span.form in ("capital", "adjective") and not speaks:
            span, end = replace(span, kind="place", codes=()), span.end
        yield span


def _group_nouns(text: str, items: list[Item], parties: PartyTable) -> Iterator[Span]:
    """Yields groups named by the noun of their name alone: "the Forum"; if several share it, the user is asked."""
    for before, item in zip([None, *items], items, strict=False):
        codes = parties.groups_called(item.values["group_noun"]) if "group_noun" in item.kinds else ()
        if codes and not (_title_before(text, before, item) or text[item.start].islower()):
            yield _over("party", item, codes=codes, form="group")


def _title_before(text: str, before: Item | None, noun: Item) -> str:
    """Returns the word that makes a noun a longer title, "World Economic Forum", "Ottawa Convention"; empty if none."""
    joined = before is not None and text[before.end : noun.start] == " " and text[noun.end : noun.end + 1] != "-"
    if before is None or not joined or text.isupper() or before.kinds:
        return ""
    word = text[before.start : before.end]
    return word if word[0].isupper() and not is_function_word(word.lower(), "en") else ""


def _otherwise_written(text: str, found: Sequence[Span], language: str, parties: PartyTable) -> list[Span]:
    """Finds codes that are also words, and names with a typing error, in another language, or with an ending."""
    tokens = tokens_of(text)
    spans: list[Span] = []
    for at, token in enumerate(tokens):
        word = token.word
        span = Span(start=token.start, end=token.end, kind="party", form="name")
        if not word.isalpha() or span.overlaps(found) or span.overlaps(spans):
            continue
        if word.isupper() and parties.get(word) is not None and not text.isupper():
            spans += [] if is_function_word(word.lower(), language) else [replace(span, codes=(word,))]
        elif len(word) >= _SHORTEST_TYPED and not _is_word(token.folded, word, language):
            codes = _of_adjective(token.folded, language, parties)
            spans += (
                [replace(span, codes=codes, form="adjective")]
                if codes
                else _mistyped(text, tokens, at, language, parties)
            )
    return spans


def _of_adjective(folded: str, language: str, parties: PartyTable) -> tuple[str, ...]:
    """Returns the party from which an adjective is derived, by a language's endings: "esquariens", "рималийских"."""
    forms = [form.removeprefix("ال") for form in (folded, *arabic_variants(folded, first=language == "ar"))]
    for made, form in product(words_in("adjectives").get(language, "").split("|"), forms):
        ending, _, of = made.partition("=")
        found = re.fullmatch(f"(.{{3,}}?){ending.strip().rstrip('*')}.{{0,3}}", form)
        codes = parties.nearest(found[1] + of.strip(), errors=0) if found and made else ()
        if len(codes) == 1:
            return codes
    return ()


def _mistyped(text: str, tokens: Sequence[Token], at: int, language: str, parties: PartyTable) -> list[Span]:
    """Reads a rare word, with neighbours or alone, as the one name nearest to it, or as possibly one of several."""
    token = tokens[at]
    span = Span(start=token.start, end=token.end, kind="party", form="typed")
    for first, last in _windows(tokens, at, language, parties.name_words):
        codes = parties.nearest(text[tokens[first].start : tokens[last - 1].end])
        if len(codes) == 1:
            return [replace(span, start=tokens[first].start, end=tokens[last - 1].end, codes=codes)]
    # Mistyped question words and common words are not names: "sumarize", "statments".
    if lexicon_of(language).meant(token.folded):
        return []
    common = _common_words(language, len(token.folded))
    meant = process.extractOne(token.folded, common, scorer=fuzz.ratio, score_cutoff=_AS_TYPED)
    if meant is not None and not parties.nearest(meant[0], errors=0):
        return []
    bare = parties.nearest(token.word[:-1], errors=0) if token.word[-1] in "sS" else ()
    codes = bare or parties.nearest(token.word)
    if len(codes) == 1:
        return [replace(span, end=token.end - bool(bare), codes=codes, form="name" if bare else "typed")]
    no_word = len(token.word) > _SHORTEST_TYPED and commonness(token.word, language) < NO_WORD
    similar = parties.resolve(token.word).suggestions if no_word else ()
    return [replace(span, similar=similar)] if similar else []


def _windows(tokens: Sequence[Token], at: int, language: str, words: frozenset[str]) -> list[tuple[int, int]]:
    """Returns the runs of a word with neighbours that occur in names, longest first: "Souht Africa"."""
    first, last = at, at + 1
    while first > 0 and at - first < _NAME_WORDS and not tokens[first].gap and tokens[first - 1].folded in words:
        first -= 1
    while last < len(tokens) and last - at <= _NAME_WORDS and not tokens[last].gap and tokens[last].folded in words:
        last += 1
    ends = [each for each in range(first, last) if each == at or not is_function_word(tokens[each].word, language)]
    runs = [(begin, end + 1) for begin in ends for end in ends if begin <= at <= end and begin < end]
    return sorted(runs, key=lambda run: run[0] - run[1])


def _is_word(folded: str, word: str, language: str) -> bool:
    """Returns whether a word is too common to be a mistyped name; True for Chinese, which has no word frequencies."""
    known = language == "zh" or bool(lexicon_of(language).kinds_of(word)) or word in words_of_terms(language)
    return known or max(commonness(word, language), commonness(folded, language)) >= RARE


@cache
def _common_words(language: str, length: int) -> tuple[str, ...]:
    """Returns the common words whose length allows the similarity `_AS_TYPED` to a word of this length."""
    words = (fold(word) for word in commonest(language, _COMMON) if len(word) >= _SHORTEST_TYPED)
    return tuple(word for word in words if 200 * min(len(word), length) >= _AS_TYPED * (len(word) + length))


def _left_out(span: Span, items: Sequence[Item], text: str, language: str) -> Span:
    """Returns the span with `left_out` set where words such as "other than" stand beside it.

    Before a time, a meeting or an article these words become part of the span. "Not" excludes an article where it opens
    a clause, but not where it negates a verb ("or not of article 16?").
    """
    beside = [item for item in items if item.end <= span.start and not item.kinds & {"fill", "dash"}][-1:]
    after = [item.kinds for item in items if item.start >= span.end][:1]
    taking = span.kind in _TAKING
    denies = taking and (span.kind not in _PROVISIONS or any(_opens_clause(item, text, language) for item in beside))
    wanted = {"left_out", *(("left_out_time",) if denies else ())}
    excluding = [item.start for item in beside if item.kinds & wanted]
    start = excluding[0] if excluding and taking else span.start
    return replace(span, start=start, left_out=bool(excluding) or any("left_out_after" in kinds for kinds in after))


def _opens_clause(denial: Item, text: str, language: str) -> bool:
    """Returns whether "not about" follows a pause or begins with a word of contrast, as in "but not about"."""
    behind_first = text[denial.start : denial.end].partition(" ")[2]
    contrasted = any("left_out_time" in item.kinds for item in lexicon_of(language).items(behind_first)[:1])
    return contrasted or text[: denial.start].rstrip()[-1:] in {*PAUSES, *"(—–（"}


def _carried(spans: Sequence[Span], items: Sequence[Item]) -> tuple[Span, ...]:
    """Extends `left_out` from one span to its whole list: "which States except Arvandia, Belmora or Corvia".

    "Besides Arvandia, Belmora spoke" is not a list; a list that opens a question which asks nobody else may end with
    the party asked.
    """
    rows: list[list[Span]] = []
    together = [NAMED, *((kind,) for kind in _TAKING)]
    for span in (span for kinds in together for span in spans if span.kind in kinds):
        between = [item for item in items if rows and rows[-1][-1].end <= item.start and item.end <= span.start]
        alike = rows and any({rows[-1][-1].kind, span.kind} <= {*kinds} for kinds in together)
        if alike and all(item.kinds & {"fill", "and"} for item in between):
            rows[-1].append(span)
        else:
            rows.append([span])
    named = sum(row[0].kind in NAMED for row in rows)
    out: set[Span] = set()
    for row in rows:
        start, end = row[0].start, row[-1].end
        others = [item for item in items if item.end <= start or item.start >= end]
        joints = [item for item in items if start <= item.start and item.end <= end and "and" in item.kinds]
        opens = all(item.kinds & {"fill", "left_out"} for item in others if item.end <= start)
        asked = named > 1 or any(item.kinds & {"states", "everyone"} for item in others)
        alone = all(item.end <= start for item in others)
        # "Not in 2020 or 2021" excludes both years, but "not 2020, 2021" replaces the first by the second.
        both = row[0].left_out and "and" in next((joint.values for joint in reversed(joints)), ())
        named_so = joints and any(span.left_out for span in row) and (asked or alone or not opens)
        out.update(row if (both if row[0].kind in _TAKING else named_so) else ())
    return tuple(replace(span, left_out=True) if span in out else span for span in spans)


def _with_noun(span: Span, items: list[Item], parties: PartyTable) -> Span:
    """Extends a set over its noun for States, and makes such a group a set: "African States", "members of the G77"."""
    group = span.form == "group" and len(span.codes) == 1 and parties.has_members(span.codes[0])
    if span.kind != "set" and not group:
        return span
    after = next((item for item in items if item.start >= span.end), None)
    if after is not None and "states" in after.kinds:
        return replace(span, kind="set", end=after.end)
    before = [item for item in items if item.end <= span.start][-3:]
    joining = takewhile(lambda item: item.kinds & {"fill", "other_treaty", "members", "states"}, reversed(before))
    noun = next((item for item in joining if item.kinds & {"members", "states"}), None)
    return span if noun is None else replace(span, kind="set", start=noun.start)


def interval_of(months: Months) -> tuple[str | None, str | None]:
    """Returns the ends of an interval as years where they are whole, else as months."""
    first, last = months
    whole = (first is None or first % 12 == 0) and (last is None or last % 12 == 11)
    return (None if first is None else _iso(first, whole), None if last is None else _iso(last, whole))


def _iso(month: int, whole: bool) -> str:
    return str(month // 12) if whole else f"{month // 12}-{month % 12 + 1:02d}"


def _is_year_of(span: Span, month: Span) -> bool:
    """Returns whether a span is the year of the month or day that another span (`month`) names."""
    (first, last), (inner, end) = span.interval, month.interval
    if first is None or last is None or inner is None or end is None or month.form != "month" or span.form == "month":
        return False
    return last - first < _FEW_MONTHS and first <= inner <= end <= last


def time_and_venue_of(spans: Iterable[Span]) -> Scope:
    """Returns when and where statements were made.

    A time longer than a year gives an interval; a closed one also gives its years one by one. Several times are all
    asked about: "in October 2020 and in 2016" gives two years. An open interval is narrowed by another time ("after
    2015 and before 2020"), and a year by its month.
    """
    spans = tuple(spans)
    told = [span for span in spans if span.interval != (None, None)]
    ends = [span.interval for span in told if not any(_is_year_of(span, other) for other in told)]
    in_months = all(span.form == "month" for span in told if span.interval in ends)
    if len(ends) > 1 and any(None in each for each in ends):
        firsts, lasts = ([end for end in of if end is not None] for of in zip(*ends, strict=True))
        common = (max(firsts, default=None), min(lasts, default=None))
        if None in common or cast("int", common[0]) <= cast("int", common[1]):
            ends, in_months = [common], True
    months, years = set[int](), set[int]()
    interval: tuple[str | None, str | None] | None = None
    if len(ends) == 1 and None in ends[0]:
        interval = interval_of(ends[0])
    else:
        now = _month(date.today().year, date.today().month)
        closed = [(_month(FIRST_YEAR) if a is None else a, now if b is None else b) for a, b in ends]
        years.update(year for first, last in closed for year in range(first // 12, last // 12 + 1))
        whole = all(first % 12 == 0 and last % 12 == 11 for first, last in closed)
        if in_months and not whole and all(last - first < _FEW_MONTHS for first, last in closed):
            months.update(month for first, last in closed for month in range(first, last + 1))
        if len(closed) == 1 and (len(years) > 1 or (months and closed[0][0] != closed[0][1])):
            interval = interval_of(closed[0])
    named: dict[str, dict[str, None]] = {kind: {} for kind in ("body", "session", "agenda_item")}
    for span in spans:
        named.get(span.kind, {}).update(dict.fromkeys(span.codes))
        named["body"].update(dict.fromkeys(span.form.split("|") if span.kind == "session" and span.form else ()))
    return Scope(
        bodies=tuple(named["body"]),
        sessions=tuple(named["session"]),
        years=tuple(map(str, sorted(years))),
        months=tuple(_iso(month, False) for month in sorted(months)),
        interval=interval,
        pick=next((span.pick for span in spans if span.pick is not None), None),
        agenda_items=tuple(named["agenda_item"]),
    )
