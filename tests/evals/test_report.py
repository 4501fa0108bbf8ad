"""The report of a run: complete, self-contained, and safe whatever statements and questions hold."""

import re
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser

import pytest

from app.records import Abstention, Answer, Claim, Scope, Timings
from app.ui.words import worded, worded_in
from evals.cases.case import CaseReview, Nugget
from evals.cases.documents import Document
from evals.gates import GateReport, GateResult, Gates, check_gates
from evals.metrics.table import METRICS
from evals.report import words
from evals.report.failures import in_context, word_changes
from evals.report.report import Report, verdict
from evals.report.tables import figures_table
from evals.score import score_run
from evals.summary import shares
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.evals.made import case, documents, make_run, passage, score, scored_run
from tests.made import citation
from tests.words_left import english_left

cases = Cases(__file__)

SCRIPT = "<script>alert('x')</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
FILE = f"txt/FRA {IMAGE}.txt"
BEFORE = "We thank the Chair. "
GOLD = f"France shall not accept {SCRIPT} as evidence."
OTHER = "France supports the review mechanism and its peer reviews."
TEXT = f"{BEFORE}{GOLD} Then the session was adjourned. {OTHER} We thank you."
SECTIONS = cases.tuples("SECTIONS")
VOID = {"meta", "br", "input", "img", "link", "hr"}


class _Page(HTMLParser):
    """Collects the tags of a page, and fails where they are not properly nested."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.ids, self.open = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert tag in VOID or self.open.pop() == tag


def _cited(quote, source):
    own = {"body": SCRIPT, "session": "9", "date": "2018-10-15", "title": IMAGE, "file": FILE, "paragraph": 2}
    return citation(quote, state="FRA", start=TEXT.index(source), source_quote=source, **own)


def _answer(*citations, **fields):
    claims = tuple(Claim(text=f"France: “{c.quote}”", state="FRA", citations=(c.number,)) for c in citations)
    given = {
        "status": "answered", "scope": Scope(states=("FRA",), topic=SCRIPT), "claims": claims, "citations": citations,
        "retrieved": (passage(0, len(BEFORE + GOLD)),), "timings_ms": Timings(retrieve=12.0, total=15.0),
    }  # fmt: skip
    return Answer(question="q", answer="=SUM(1)", confidence=0.8, **given | fields)


SILENCE = Abstention(reason="not_mentioned", message=f"Nothing {SCRIPT}", options=(IMAGE,))
SILENT = _answer(status="abstained", abstention=SILENCE)
RIGHT = _answer(_cited(GOLD, GOLD))
ALTERED = _answer(_cited(GOLD.replace("shall not", "may"), GOLD))
ELSEWHERE = _answer(_cited(OTHER, OTHER))
NUGGET = Nugget(id="n", text=f"No acceptance {IMAGE}", evidence=("e0",))
START = TEXT.index(GOLD)
_unanswered = partial(
    case, file=FILE, question=f"What did France say {SCRIPT}?", review=CaseReview(status="reviewed"),
    tags={"article": f"UNTOC {SCRIPT}"},
)  # fmt: skip


def _case(name, **fields):
    return _unanswered(name, (START, START + len(GOLD)), nuggets=(NUGGET,), **fields)


CASES = (
    _case("right"),
    _case("altered", history=(f"And Germany {IMAGE}?",)),
    _case("elsewhere"),
    _case("silent", lang="ar", question="ماذا قالت فرنسا؟"),
    _unanswered(
        "unanswerable", type="unanswerable", unanswerable_kind="false_premise", status="abstained",
        reason="not_mentioned",
    ),
    _case("=cmd|' /C calc'!A0", question="=HYPERLINK(\"http://evil.example\")"),
    _case("variant", variant_of="right", question="In other words | @everyone `x`?", tags={}),
)  # fmt: skip
NOBODY = dict.fromkeys(each.id for each in CASES)
GIVEN = {
    "right": RIGHT, "altered": ALTERED, "elsewhere": ELSEWHERE, "silent": SILENT, "unanswerable": RIGHT,
    "variant": SILENT,
}  # fmt: skip
BASELINE = dict.fromkeys(NOBODY, RIGHT) | {"right": ELSEWHERE, "unanswerable": SILENT}
HELD = documents(Document(file=FILE, text=TEXT, state="FRA", facts={"session": "9", "date": "2018-10-15"}))


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")

    def run(name, given, **fields):
        options = {"name": name, "dataset": f"made {SCRIPT}", "file": FILE, "broke": SCRIPT}
        made = make_run(root, NOBODY | given, CASES, **options, **fields)
        score_run(made, HELD)
        return made

    return run


@pytest.fixture(scope="module")
def candidate(make):
    return make("candidate", GIVEN, settings={"UNTOC_X": SCRIPT})


@pytest.fixture(scope="module")
def report(candidate, make, tmp_path_factory):
    gates = tmp_path_factory.mktemp("gates") / "gates.yaml"
    gates.write_text(
        "minimum_cases: 1\nsoft: [{metric: right}]\n"
        "hard: [{metric: quote_verified, at_least: 1}, {metric: misattributed, at_most: 0}]\n",
        encoding="utf-8",
    )
    baseline = make("baseline", BASELINE, settings={"UNTOC_X": "old"})
    return Report(run=candidate, documents=HELD, baseline=baseline, gates=gates, rulings={})


def page_of(run):
    return Report(run=run, documents=HELD, rulings={}).written(".html")


@pytest.fixture(scope="module")
def alone(candidate):
    return page_of(candidate)


@pytest.fixture(scope="module")
def compared(report):
    return report.written(".html")


@pytest.fixture(params=["alone", "compared"])
def page(request):
    return request.getfixturevalue(request.param)


def _section(page, name):
    return page.partition(f'<section id="{name}"')[2].partition('<section id="')[0]


def _details(page, name):
    """Returns the part of a page on the failure of a case."""
    found = [part for part in page.split('<details class="case"')[1:] if f"<code>{name}</code>" in part]
    return found[0].partition("</section>")[0]


def test_page_is_nested_with_every_section_in_order_and_tables_that_can_be_read_aloud(page):
    found = _Page(page)
    assert [name for name in found.ids if name in SECTIONS] == list(SECTIONS)
    assert len(set(found.ids)) == len(found.ids)
    assert page.startswith("<!DOCTYPE html>")
    assert found.tags.count("caption") == found.tags.count("table") > 0
    scoped = [value for tag, name, value in found.attributes if (tag, name) == ("th", "scope")]
    assert len(scoped) == found.tags.count("th")


@pytest.mark.parametrize(("code", "way", "share"), [("fr", "ltr", "14,3"), ("ar", "rtl", "14.3")])
def test_report_is_in_the_language_that_is_asked_for(candidate, make, code, way, share):
    baseline = make(f"baseline-{code}", BASELINE, settings={"UNTOC_X": "old"})
    with worded_in(code):
        report = Report(run=candidate, documents=HELD, baseline=baseline, rulings={})
        page, brief = report.written(".html"), report.written(".md")
    assert f'<html lang="{code}" dir="{way}">' in page
    assert share in page and share in brief
    assert PartyTable.load().display("FRA", code) in page
    # Ids of cases and names of metrics are identifiers, which are not translated.
    ids = "|".join(map(re.escape, (*NOBODY, *METRICS)))
    text = re.sub(rf"<code>.*?</code>|<t[hd][^>]*>(?:{ids})</t[hd]>", "", page)
    assert (english_left(text, code), english_left(brief, code)) == ([], [])
    # The check itself is sound: it finds the messages of a report in English.
    assert len(english_left(page_of(candidate), code)) > 40


@cases("code", "values", "row")
def test_slices_and_lists_are_words_of_the_readers_language(code, values, row):
    with worded_in(code):
        told = [words.slice_value(name, value, PartyTable.load()) for name, value in values]
        assert words.listed(told) == row


@cases("code", "message", "told")
def test_progress_of_a_run_is_told_in_the_readers_language(code, message, told):
    with worded_in(code):
        assert worded(message) == told


def test_hostile_text_is_never_markup(page):
    found = _Page(page)
    assert found.tags.count("script") == 1
    assert "img" not in found.tags
    assert not [name for _, name, _ in found.attributes if name.startswith("on") or name == "style"]
    assert "&lt;script&gt;" in page


def test_page_loads_nothing(page):
    addresses = set(re.findall(r"(?:https?:)?//[^\s\"'<)]+", page.replace("http://evil.example", "")))
    assert {address for address in addresses if "." in address} <= {"http://www.w3.org/2000/svg"}
    found = _Page(page)
    assert not {"link", "iframe", "object", "embed", "form", "base"} & set(found.tags)
    assert all(value.startswith("#") for _, name, value in found.attributes if name in ("href", "src", "srcset"))
    assert "url(" not in page
    assert "@import" not in page


def test_verdict_without_a_baseline_says_what_was_measured(alone):
    verdict = _section(alone, "verdict")
    # Only the case `right` came out right.
    assert "1 of 7 cases of “" in verdict
    assert "14.3\N{NO-BREAK SPACE}%" in verdict
    assert "There is no earlier run" in _section(alone, "flips")


def test_verdict_with_a_baseline_names_the_gates_that_failed(compared, report):
    verdict = _section(compared, "verdict")
    assert [result.metric for result in report.gated.results if result.verdict == "fail"] == ["quote_verified"]
    assert "1 of 3 gates failed (Quotations exact)" in verdict
    assert 'class="verdict bad"' in verdict
    assert "✗ failed" in _section(compared, "gates")


def test_failures_stand_under_the_stage_that_broke(alone):
    stages = dict(re.findall(r'<h3 id="stage-(\w+)">[^<]*\((\d+)\)</h3>', alone))
    assert stages == {"over_abstained": "2"} | dict.fromkeys(
        ("error", "wrong_span", "quote_altered", "should_abstain"), "1"
    )
    assert "a quotation is not what the file says" in _section(alone, "failures")
    assert "it broke &lt;script&gt;" in _details(alone, "=cmd|&#39; /C calc&#39;!A0")


def test_altered_quote_shows_what_was_changed(alone):
    shown = _details(alone, "altered")
    assert re.search(
        r"<del><span[^>]*>\[left out: </span>shall not<span[^>]*>\]</span></del>"
        r"<ins><span[^>]*>\[put in: </span>may<span[^>]*>\]</span></ins>",
        shown,
    )
    assert "not what the file says there" in shown
    assert "And Germany &#34;&gt;&lt;img" in shown


def test_expected_and_given_evidence_are_marked_apart(alone):
    shown = _details(alone, "elsewhere")
    assert '<mark class="expected"><span class="tag" dir="auto">expected</span>France shall not' in shown
    assert f'<mark class="given"><span class="tag cited" dir="auto">cited [1]</span>{OTHER}</mark>' in shown
    assert "word for word" in shown
    assert "not expected, and not judged" in shown
    assert "Passages found: 1; expected evidence at rank 1" in shown


def test_evidence_that_is_cited_from_outside_the_listed_passages_is_told_so(make):
    """An answer lists its first hundred passages and may cite a later one; then no "none" may stand beside a star."""
    other = passage(TEXT.index(OTHER), len(TEXT))
    given = {name: replace(GIVEN[name], retrieved=(other,)) for name in ("altered", "elsewhere")}
    page = page_of(make("outside", GIVEN | given))
    assert "★</span> expected evidence" in _details(page, "altered")
    assert "Passages found: 1; the expected evidence that is cited stands outside these" in _details(page, "altered")
    assert "Passages found: 1; none with expected evidence" in _details(page, "elsewhere")


def test_figures_of_the_first_screen_are_explained_there(alone, report):
    first = _section(alone, "verdict")
    for metric in (metric for metric in METRICS.values() if "tile" in metric.shown_in):
        told = metric.told[:1].upper() + metric.told[1:]
        assert f'<div title="{told}"><dt>{metric.label}</dt>' in first
        assert f"<li>{metric.label}: {metric.told}.</li>" in first
    brief = figures_table(report.figures, place="brief")
    assert brief.columns[-1] == "What it tells" and all(row[-1] for row in brief.rows)


def test_baseline_stands_beside_the_run(compared, alone):
    shown = _details(compared, "elsewhere")
    assert shown.index("<h4>Baseline</h4>") < shown.index("<h4>This run</h4>")
    assert '<mark class="expected given"><span class="tag" dir="auto">expected</span>' in shown
    assert 'data-regressed="yes"' in shown
    assert "<h4>Baseline</h4>" not in alone


def test_flips_list_losses_first_and_link_to_the_failure(compared):
    flips = _section(compared, "flips")
    assert flips.index("✔ → ✗") < flips.index("✗ → ✔")
    (anchor,) = re.findall(r'<a href="#(case-\d+)"><code>elsewhere</code>', flips)
    assert f'id="{anchor}"' in compared


def test_run_without_answers_is_still_a_report(make):
    page = page_of(make("empty", {}))
    assert [name for name in _Page(page).ids if name in SECTIONS] == list(SECTIONS)
    assert "0 of 7 cases" in page


def test_markdown_has_verdict_gates_and_flips_and_takes_nothing_of_others_as_markup(report):
    text = report.written(".md")
    assert r"1 of 3 gates failed \(Quotations exact\)" in text
    assert "| Quotations exact | ✗ failed |" in text
    assert "| ✔ → ✗ | `elsewhere` |" in text
    assert text.index("lost,") < text.index("## Gates") < text.index("## Figures")

    assert "<script" not in text
    assert "@everyone" not in text
    assert "http://evil" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows if "→" in row} == {7}


def test_context_is_cut_and_marks_overlaps():
    text = f"{'a ' * 400}expected and given{' b' * 400}"
    start = text.index("expected")
    found = in_context(text, (start, start + 12), [(start, start + 12)], [(2, start + 9, start + 18)])
    assert re.findall('<mark class="([a-z ]+)">(.*?)</mark>', re.sub("<span.*?</span>", "", found)) == [
        ("expected", "expected "),
        ("expected given", "and"),
        ("given", " given"),
    ]
    assert re.findall(r"<span[^>]*>([^<]*)</span>", found) == ["expected", "cited [2]"]
    assert found.startswith("… ") and found.endswith(" …")
    assert len(re.sub("<.*?>", "", found)) <= 12 + 2 * 150 + len("expectedcited [2]") + 4


def test_word_changes_hold_both_texts_and_put_no_spaces_into_chinese():
    changes = re.sub("<span.*?</span>", "", word_changes("They shall  not\npay 5.", "They may pay 5."))
    source, quote = (re.sub(f"<{gone}>.*?</{gone}>", "", changes) for gone in ("ins", "del"))
    assert re.sub("<.*?>", "", source) == "They shall not pay 5."
    assert re.sub("<.*?>", "", quote) == "They may pay 5."
    assert "犯罪" in word_changes("我们反对犯罪。", "我们支持犯罪。")


def test_tile_table_gate_and_markdown_show_the_same_figure(report, compared):
    tiles = dict(re.findall(r"<dt>([^<]+)</dt><dd><span class=\"value\">([^<]+)</span>", compared))
    assert tiles["Outcomes right"] == "14.3\N{NO-BREAK SPACE}%"
    rows = {re.sub("<[^>]*>", "", row.split("</th>")[0]): row for row in _section(compared, "figures").split("<tr")}
    brief = report.written(".md").partition("### Figures")[2]
    named = {metric.label: name for name, metric in METRICS.items()}
    for label, value in tiles.items():
        row = next(row for name, row in rows.items() if name.endswith(f">{label}") or name.endswith(label))
        assert f">{value}<" in row, label
        row_of_brief = f"| {label} | {value} |".replace("\N{NO-BREAK SPACE}", " ")
        assert (row_of_brief in brief) == ("brief" in METRICS[named[label]].shown_in), label
    (gated,) = [result for result in report.gated.results if result.metric == "quote_verified"]
    assert gated.value == report.figures["quote_verified"].value


def _gated(**fields):
    usual = {"baseline": None, "minimum": 30, "results": (), "problems": (), "left_out": ()}
    return GateReport(**{"candidate": "told", **usual, **fields})


def test_the_verdict_tells_cases_that_no_person_reviewed_from_drafts():
    scores = [score("a", reviewed=True), score("b"), score("c", gates=False)]
    told = " ".join(verdict(scored_run(scores), shares(scores), PartyTable.load(), _gated(cases=2)).more)
    assert "1 of 3 cases are drafts; gates and comparisons do not count them." in told
    assert "The evidence of 1 of 3 cases was reviewed by no person; gates count it." in told


@pytest.mark.parametrize("code", ["fr", "es", "ru", "zh", "ar"])
@pytest.mark.parametrize("unfinished", [{"ended": None}, {"cases": 101}])
def test_the_verdict_tells_an_unfinished_run_in_the_language_that_is_asked_for(code, unfinished):
    run = scored_run([score("a")], **unfinished)
    with worded_in(code):
        told = verdict(run, {}, PartyTable.load(), check_gates(Gates(), run)).sentence
        problem = worded(check_gates(Gates(), run).problems[0])
    assert problem in told and "untoc-eval" not in told
    assert re.search("not (?:complete|scored)|the run|answers", told) is None


@cases("metric", "bar", "tone")
def test_what_no_case_may_break_is_bad_over_however_few_cases(metric, bar, tone):
    failed = GateResult(metric=metric, kind="hard", verdict="fail", reason="", bar=bar)
    gates = _gated(cases=10, results=(failed,), problems=("only 10 cases gate",))
    told = f"1 of 1 gates failed ({METRICS[metric].label}), and whether the rest is good enough cannot be decided"
    found = verdict(scored_run([score("a")]), {}, PartyTable.load(), gates)
    assert (f"; {told} by the gates (only 10 cases gate)." in found.sentence, found.tone) == (True, tone)
