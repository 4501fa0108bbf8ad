"""Parties and sets of States that a question names: "Iran", "the Forum", "African States", "members of the G77".

A capital may be a place ("in Vienna", "the Vienna session") or its State ("what did Vienna say"); in any other text
`ingest/parties/capitals.py` decides.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from itertools import takewhile
from typing import Final, cast

from app.question.lexicon import Item, lexicon_of
from app.question.spans.exclusion import mark_excluded
from app.question.spans.respelt_names import find_respelt_names
from app.question.spans.span import POSSESSIVE, Span, apart, span_over
from app.question.spans.treaties import word_of_longer_title
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import find_regions
from prompts.wording import Language

_MEETINGS: Final = frozenset({"session", "meeting", "conference"})
# Kinds of words within a longer name that begins with a group's noun: "Forum for Free Rivers", not "the Forum on gold".
_IN_TITLE: Final = frozenset({"fill", "other_treaty", "by", "between"})


def find_party_spans(text: str, items: Sequence[Item], language: str, parties: PartyTable) -> list[Span]:
    """Finds parties and sets of States; then names with an inflectional ending or a typing error."""
    spans = [
        span_over("party", each, codes=each.codes, party_form=each.form)
        for each in parties.find(text, language, relaxed=True)
    ]
    for region in find_regions(text, cast(Language, language)):
        span = span_over("set", region, codes=(region.code,))
        same = [each for each in spans if span.overlaps([each])]
        wider = (span.start <= each.start and each.end <= span.end for each in same)
        longer = (each.party_form == "demonym" or (each.start, each.end) != (span.start, span.end) for each in same)
        if all(wider) and all(longer):
            spans = [*(each for each in spans if each not in same), span]
    # "In Chinese" names a language, not a State.
    tongues = [item for item in items if "in_language" in item.kinds]
    spans = [each for each in spans if not any(t.start <= each.start and each.end <= t.end for t in tongues)]
    spans += apart(_group_nouns(text, items, parties, spans), spans)
    some_of = {
        i.end for i in lexicon_of(language, "unnamed_parties").items(text, correct_typos=False) if "some_of" in i.kinds
    }
    spans = [mark_excluded(_with_noun(each, items, parties, some_of), items, text, language) for each in spans]
    respelt = find_respelt_names(text, spans, language, parties)
    return [*_mark_places([*respelt, *apart(spans, respelt)], text, items)]


def _group_nouns(text: str, items: Sequence[Item], parties: PartyTable, named: Sequence[Span]) -> Iterator[Span]:
    """Yields groups named by the noun of their name alone: "the Forum"; if several share it, the user is asked.

    "The Alliance of Civil Society" is another one, which no table knows; "the Alliance on fishing" is not.
    """
    for at, (before, item) in enumerate(zip([None, *items], items, strict=False)):
        codes = parties.groups_called(item.values["group_noun"]) if "group_noun" in item.kinds else ()
        if not codes or word_of_longer_title(text, before, item) or text[item.start].islower():
            continue
        further = takewhile(lambda each: each.kinds <= _IN_TITLE or text[each.start].isupper(), items[at + 1 :])
        title = [each for each in further if "other_treaty" in items[at + 1].kinds]
        capitals = [each for each in title[1:] if text[each.start].isupper()]
        other = [span_over("others", item, each) for each in capitals[-1:]]
        group = span_over("party", item, codes=codes, party_form="group")
        yield from other if other and not other[0].overlaps(named) else [group]


def _with_noun(span: Span, items: Sequence[Item], parties: PartyTable, some_of: Set[int]) -> Span:
    """Extends a set over its noun for States, and makes such a group a set: "African States", "members of the G77".

    Behind a word that ends in `some_of`, a group is a set by its name alone: "which SIDS", "all Nordic countries".
    """
    group = span.party_form == "group" and len(span.codes) == 1 and parties.has_members(span.codes[0])
    if span.kind != "set" and not group:
        return span
    after = next((item for item in items if item.start >= span.end), None)
    if after is not None and "states" in after.kinds:
        return replace(span, kind="set", end=after.end)
    before = [item for item in items if item.end <= span.start][-3:]
    led = next((item for item in reversed(before) if item.end in some_of or "fill" not in item.kinds), None)
    over = any(item.start < span.start < item.end and "everyone" in item.kinds for item in items)
    # "How many EU statements" are the group's own.
    if (over or (led and led.end in some_of)) and not (after and "statement" in after.kinds):
        span = replace(span, kind="set")
    joining = takewhile(lambda item: item.kinds & {"fill", "other_treaty", "members", "states"}, reversed(before))
    noun = next((item for item in joining if item.kinds & {"members", "states"}), None)
    return span if noun is None else replace(span, kind="set", start=noun.start)


def _mark_places(spans: Iterable[Span], text: str, items: Sequence[Item]) -> Iterator[Span]:
    """Reads capitals as places ("in Vienna", "the Vienna session"), and "Chile's neighbours" as others than Chile.

    "In Beijing's view", "what do they think in Oslo" (in Russian) and "what did Beijing say" are about the State.
    """
    end = -1
    for span in sorted(spans, key=lambda each: each.start):
        before = [i for i in items if i.end <= span.start and ("place" in i.kinds or "fill" not in i.kinds)][-2:]
        after = [i for i in items if i.start >= span.end and not i.kinds & {"fill", "owner"}][:1]
        others = [item for item in (*before[-1:], *after) if "others" in item.kinds]
        listed = len(before) == 2 and before[0].end == end and "and" in before[1].kinds
        here = listed or any(item.kinds & {"place", *_MEETINGS} for item in before[-1:])
        here = here or any(item.kinds & _MEETINGS and item.start <= span.end + 1 for item in after)
        speaks = text.startswith(POSSESSIVE, span.end) or any("eyes" in item.kinds for item in (*before, *after))
        if others:
            start, stop = min(span.start, others[0].start), max(span.end, others[0].end)
            span = replace(span, start=start, end=stop, kind="others", codes=(), party_form=None)
        elif here and span.party_form in ("capital", "adjective") and not speaks:
            span, end = replace(span, kind="place", codes=()), span.end
        yield span
