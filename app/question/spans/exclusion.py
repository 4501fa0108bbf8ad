"""Exclusion: spans that words such as "other than", "except" or "but not" leave out, alone or as a whole list."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.question.lexicon import PAUSES, Item, lexicon_of
from app.question.spans.span import NAMED, NARROWING, Span
from vectorstore.stems import is_function_word

# Spans that "not" excludes only where it opens a clause.
_PROVISIONS: Final = ("agenda_item", "article")


def mark_excluded(span: Span, items: Sequence[Item], text: str, language: str) -> Span:
    """Returns the span with `excluded` set where words such as "other than" stand beside it.

    Before a time, a meeting or an article these words become part of the span. "Not" excludes an article where it opens
    a clause, but not where it negates a verb ("or not of article 16?"), and "ignoring" anything but a time only there
    too: "Israel ignoring the Security Council" is a topic.
    """
    beside = [item for item in items if item.end <= span.start and not item.kinds & {"fill", "dash"}][-1:]
    after = [item.kinds for item in items if item.start >= span.end][:1]
    takes_words = span.kind in NARROWING
    opens = any(_opens_clause(item, text, language) for item in beside)
    # "Not held in 2012" denies a verb.
    between = [text[i.start : i.end] for i in items if beside and beside[0].end <= i.start and i.end <= span.start]
    direct = all(is_function_word(word, language) for word in between if word.isalpha())
    denies = takes_words and direct and (span.kind not in _PROVISIONS or opens)
    apart = opens or span.kind == "date" or any(not text[: item.start].strip() for item in beside)
    wanted = {"left_out", *(("left_out_time",) if denies else ()), *(("left_out_clause",) if apart else ())}
    excluding = [item.start for item in beside if item.kinds & wanted]
    start = excluding[0] if excluding and takes_words else span.start
    return replace(span, start=start, excluded=bool(excluding) or any("left_out_after" in kinds for kinds in after))


def _opens_clause(denial: Item, text: str, language: str) -> bool:
    """Returns whether "not about" follows a pause or begins with a word of contrast, as in "but not about"."""
    behind_first = text[denial.start : denial.end].partition(" ")[2]
    contrasted = any("left_out_time" in item.kinds for item in lexicon_of(language).items(behind_first)[:1])
    return contrasted or text[: denial.start].rstrip()[-1:] in {*PAUSES, *"(—–（"}


def extend_to_lists(spans: Sequence[Span], items: Sequence[Item]) -> tuple[Span, ...]:
    """Extends `excluded` from one span to its whole list: "which States except Arvandia, Belmora or Corvia".

    "Besides Arvandia, Belmora spoke" is not a list; a list that opens a question which asks nobody else may end with
    the party asked.
    """
    rows: list[list[Span]] = []
    together = [NAMED, *((kind,) for kind in NARROWING)]
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
        both = row[0].excluded and "and" in next((joint.values for joint in reversed(joints)), ())
        named_so = joints and any(span.excluded for span in row) and (asked or alone or not opens)
        out.update(row if (both if row[0].kind in NARROWING else named_so) else ())
    return tuple(replace(span, excluded=True) if span in out else span for span in spans)
