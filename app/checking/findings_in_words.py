"""Puts findings into words: for a comment, a terminal and a Markdown report, in the six languages."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from app.answering.markdown import escape
from app.answering.provenance import date_in_words, day_in_words
from app.checking.comparing.closest_words import last_words
from app.checking.findings import Change, CheckReport, Finding, SpokenTime
from app.records import Verdict
from prompts.wording import Wording, load_remark_words, load_wording

# Words before a change that are quoted to show where it is.
_CONTEXT: Final = 4
# Further places that are listed; the rest is counted.
_PLACES: Final = 3


def times_in_words(when: SpokenTime, language: str) -> list[str]:
    """Returns the times that a document gives for words, for display."""
    dates = (date_in_words(day, language) or day for day in when.dates)
    days = (day_in_words(day, language) for day in when.days)
    sessions = (load_wording(language).say("session", number=session) for session in when.sessions)
    return [*map(str, when.years), *dates, *days, *sessions]


def _verdict_word(verdict: Verdict, language: str) -> str:
    return load_remark_words(language).say(f"verdict_{verdict}")


def verdict_of(finding: Finding, language: str = "en") -> str:
    """Returns the name of a finding's verdict, which says whether a verified quotation bears a remark."""
    word = _verdict_word(finding.verdict, language)
    remarked = finding.verdict == "verified" and finding.remarks
    return load_remark_words(language).say("with_remark", verdict=word) if remarked else word


def comment_text(finding: Finding, language: str = "en", *, elsewhere: bool = False) -> str:
    """Returns a finding as the text of a comment: verdict, remarks, place and diff, one a line.

    A comment that stands `elsewhere` than on the quotation begins with the quotation and its place in the document.
    """
    words = load_remark_words(language)
    where = finding.where.say(words) if finding.where else ""
    about = f"{where[:1].upper()}{where[1:]}: “{' '.join(finding.quotation.text.split())}”".removeprefix(": ")
    lines = [
        f"{verdict_of(finding, language).upper()}. {words.say(f'means_{finding.verdict}')}",
        *_details(finding, words),
    ]
    return "\n".join([about, *lines] if elsewhere else lines)


def _details(finding: Finding, words: Wording) -> list[str]:
    said = (remark.say(words) for remark in finding.remarks)
    lines = [remark[:1].upper() + remark[1:] + "." for remark in said]
    if finding.place is not None:
        key = "nearest" if finding.verdict == "altered" else "stands_in"
        lines.append(words.say(key, place=finding.place.reference))
    others = [place.reference for place in finding.found_in if place != finding.place]
    named, rest = words.semicolon.join(others[:_PLACES]), len(others) - _PLACES
    if others:
        more = words.say("also_in_more", places=named, count=rest) if rest > 0 else words.say("also_in", places=named)
        lines.append(more)
    return lines + changes_in_words(finding.changes, words.language)


def changes_in_words(changes: Sequence[Change], language: str = "en") -> list[str]:
    """Returns a diff as sentences, one for each place: "After “we do” the source has “not”, which is left out."."""
    words, lines = load_remark_words(language), list[str]()
    before = ""
    for same, group in groupby(changes, key=lambda change: change.kind == "same"):
        run = {change.kind: change.text for change in group}
        if same:
            before = last_words(run["same"], _CONTEXT)
            continue
        change_kind = "changed" if len(run) == 2 else next(iter(run))
        place = {"before": before} if before else {}
        values = {"source": run.get("left_out"), "draft": run.get("put_in")}
        lines.append(words.say(f"{'after' if before else 'first'}_{change_kind}", **place, **values))
    return lines


def summary_line(report: CheckReport) -> str:
    """Returns the number of quotations, of each verdict, of remarks and of skipped strings, in one line."""
    words = load_remark_words(report.language)
    verdicts = ", ".join(f"{_verdict_word(v, report.language).lower()}: {n}" for v, n in report.summary.items())
    found = len(report.findings)
    parts = [words.say("counted", count=found, verdicts=verdicts) if found else words.say("counted_none")]
    for key, count in (("counted_remarked", report.remarked), ("counted_skipped", len(report.skipped))):
        parts += [words.say(key, count=count)] if count else []
    return words.semicolon.join(parts) + "."


def markdown_report(report: CheckReport, file: str) -> str:
    """Returns a report of a document's check as Markdown, in the report's language."""
    words = load_remark_words(report.language)
    lines = [f"# {words.say('report_title', file=escape(file))}", "", summary_line(report)]
    lines += [f"- {escape(note)}" for note in report.notes]
    for number, finding in enumerate(report.findings, 1):
        where = f" ({escape(finding.where.say(words))})" if finding.where else ""
        lines += ["", f"## {number}. {verdict_of(finding, report.language)}{where}", ""]
        lines += [f"> {escape(' '.join(finding.quotation.text.split()))}", ""]
        lines.append(f"- {words.say('in_document', named=escape(finding.named))}")
        lines += [f"- {escape(detail)}" for detail in _details(finding, words)]
        if finding.changes:
            marks = {"same": "{}", "left_out": "~~{}~~", "put_in": "**{}**"}
            shown = " ".join(marks[change.kind].format(escape(change.text)) for change in finding.changes)
            lines.append(f"- {words.say('legend', words=shown)}")
    if report.skipped:
        lines += ["", f"## {words.say('title_skipped')}", ""]
        for skipped in report.skipped:
            where = f" ({escape(skipped.where.say(words))})" if skipped.where else ""
            quote = escape(" ".join(skipped.quote.split()))
            lines.append(f"- “{quote}”{where}: {escape(skipped.reason.say(words))}")
    lines += ["", f"## {words.say('title_limits')}", "", *(f"- {escape(limit)}" for limit in report.limits)]
    return "\n".join(lines) + "\n"
