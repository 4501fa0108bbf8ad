"""Error analysis in the report: each failed case with what was asked, expected and given, and where it broke.

Evidence is shown in its context, as HTML: expected and cited spans marked, and a word diff of altered quotations.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

from markupsafe import Markup

from app.checking.comparing.closest_words import word_diff
from app.records import Citation
from app.ui.words import say
from evals.cases.case import Case, Evidence
from evals.cases.documents import Documents
from evals.metrics.eval_sample import EvalSample
from evals.metrics.integrity import is_exact
from evals.report.words import party
from evals.runs import Run, Stage
from evals.score import STAGES, Rulings, judged_answers
from evals.summary import by_case

# Characters of a piece of text above which its middle is left out.
LONGEST: Final = 700
# Scripts without spaces are compared by character.
_WORDS: Final = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\s぀-ヿ㐀-鿿가-힯]+")
# Spaces beside characters of these scripts, which joining the words of a diff has put in.
_APART: Final = re.compile(r"(?<=[぀-ヿ㐀-鿿]) | (?=[぀-ヿ㐀-鿿])")
_TAG: Final = Markup('<span class="tag{}" dir="auto">{}</span>')
_CHANGED: Final = {
    "same": Markup("{} {} "),
    # The labels are hidden on a page, which strikes out or underlines the words; a terminal has only the labels.
    "left_out": Markup('<del><span class="hidden">[{}: </span>{}<span class="hidden">]</span></del>'),
    "put_in": Markup('<ins><span class="hidden">[{}: </span>{}<span class="hidden">]</span></ins>'),
}


class Answers:
    """The answers of one run with what they are judged by, in the form in which the report's template needs them."""

    def __init__(self, run: Run, documents: Documents, rulings: Rulings | None) -> None:
        self.documents = documents
        self.cases = {case.id: case for case in run.cases()}
        self.scores = sorted(run.scores(), key=lambda score: score.repeat)
        self.stages = {case.case: case.stage for case in by_case(self.scores)}
        self.judged = {(each.record.case, each.record.repeat): each for each in judged_answers(run, documents, rulings)}
        failed = [name for stage in STAGES for name in self.cases if self.stages.get(name) == stage]
        # Anchors are numbers rather than case ids, which are text of others.
        self.anchors = {name: f"case-{number}" for number, name in enumerate(failed, start=1)}

    def failed(self) -> list[tuple[Stage, list[Case]]]:
        """Returns the failed cases by the stage that broke first, in the order of the stages."""
        found = [(stage, [self.cases[n] for n in self.anchors if self.stages[n] == stage]) for stage in STAGES]
        return [(stage, cases) for stage, cases in found if cases]

    def shown(self, name: str) -> dict[str, Any] | None:
        """Returns score, record and sample of the repeat that is shown: the first with the same stage as its case."""
        scores = [score for score in self.scores if score.case == name and score.stage == self.stages[name]]
        judged = self.judged.get((name, scores[0].repeat)) if scores else None
        return None if judged is None else {"score": scores[0], "record": judged.record, "sample": judged.sample}

    def party(self, code: str | None) -> str:
        """Returns the name of a State or group."""
        return party(code, self.documents.parties)

    def evidence(self, span: Evidence, given: Sequence[Citation]) -> tuple[str, Markup | None]:
        """Returns (who holds the position, the evidence in the text around it or None without its file)."""
        document = self.documents.by_file.get(span.file)
        holder = self.party(span.state or (document.state if document is not None else None))
        if document is None or not span.located:
            return holder, None
        cited = [(c.number, c.start, c.end) for c in given if c.file == span.file]
        return holder, in_context(document.text, (span.start, span.end), [(span.start, span.end)], cited)

    def citation(self, citation: Citation, sample: EvalSample) -> tuple[Markup, bool]:
        """Returns (the quotation in the text around it, or how it differs from the words there; whether it differs)."""
        if not is_exact(citation, sample):
            return word_changes(sample.words_at(citation) or citation.source_quote, citation.quote), True
        spans = [(s.start, s.end) for s in sample.case.spans if s.file == citation.file and s.located]
        given = (citation.number, citation.start, citation.end)
        return in_context(sample.documents[citation.file].text, given[1:], spans, [given]), False


def in_context(
    text: str,
    focus: tuple[int, int],
    expected: Iterable[tuple[int, int]],
    given: Iterable[tuple[int, int, int]] = (),
    *,
    around: int = 150,
    tag: str | None = None,
) -> Markup:
    """Returns a span with the characters `around` it, expected evidence (after a `tag`) and citations marked apart.

    `focus` and each of `expected` are offsets `[start, end)`; each of `given` is a citation's number, start and end.
    """
    start, end = _window(text, focus, around)
    marks = [(say("report-expected") if tag is None else tag, "expected", *span) for span in expected]
    marks += [(say("report-cited", number=number), "given", begin, finish) for number, begin, finish in sorted(given)]
    marks = [mark for mark in marks if mark[2] < end and mark[3] > start]
    edges = (edge for mark in marks for edge in mark[2:] if start < edge < end)
    cuts = sorted({start, end, *edges})
    pieces = Markup("… " if start > 0 else "")
    for left, right in pairwise(cuts):
        here = [mark for mark in marks if mark[2] <= left < mark[3]]
        opened = [(name, kind) for name, kind, begin, _ in here if max(begin, start) == left and name]
        tags = Markup().join(_TAG.format(" cited" if kind == "given" else "", name) for name, kind in opened)
        kinds = " ".join(sorted({kind for _, kind, *_ in here}))
        piece = tags + _cut(text[left:right])
        pieces += Markup('<mark class="{}">{}</mark>').format(kinds, piece) if here else piece
    return pieces + (" …" if end < len(text) else "")


def _window(text: str, focus: tuple[int, int], around: int) -> tuple[int, int]:
    """Returns a span with `around` characters on both sides, fewer where that would cut a word."""
    first, last = (max(0, min(edge, len(text))) for edge in focus)
    start, end = max(0, first - around), min(len(text), last + around)
    before, after = re.match(r"\S{0,28}\s", text[start:first]), re.search(r"\s\S{0,28}$", text[last:end])
    start += before.end() if start and before else 0
    return start, last + after.start() if end < len(text) and after else end


def _cut(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} [… {len(text) - 2 * half} …] {text[-half:]}"


def word_changes(source: str, quote: str) -> Markup:
    """Returns how a quotation differs from its source, word by word; white space counts as one space."""
    old, new = (_WORDS.findall(text) for text in (source, quote))
    changes = ((change.kind, _APART.sub("", change.text)) for change in word_diff(old, new))
    labels = {"same": "", "left_out": say("left-out"), "put_in": say("put-in")}
    return Markup().join(_CHANGED[kind].format(labels[kind], text) for kind, text in changes).strip()
