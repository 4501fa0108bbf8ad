"""Remarks on quotations whose words are exact: variants of the attacks, over the same statements."""

import ast

import pytest
import regex

from app.checking.attribution.spoken_times import in_digits, read_time
from app.checking.findings import remark
from evals.files import CONFERENCE_PARTIES
from ingest.language.detection import language_of_sentence
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.conftest import PROJECT
from tests.fakes_checking import check, judged, only

cases = Cases(__file__)


WEAK = "“Witness protection remains weak in our northern provinces.”"


@cases("text", "verdict", "remarks")
def test_remarks_on_the_speaker_the_time_and_what_is_cut_off(attacked, text, verdict, remarks):
    assert judged(check(attacked, text.format(WEAK)).findings[-1]) == (verdict, remarks)


def test_a_denial_is_told_in_the_draft_s_own_words_without_another_quotation(attacked):
    finding = check(attacked, f"Belmora said {WEAK} and never said that {WEAK}").findings[-1]
    (turned,) = finding.remarks
    assert (turned.kind, turned.values["words"]) == ("draft_turns", "said … and never said that")


# Sentences, used by no other test, whose quoted words (in braces) are cut off from the words that govern them.
CUT = cases["CUT"]


@pytest.mark.parametrize(("kind", "sentence"), [(kind, text) for kind, group in CUT.items() for text in group])
def test_words_cut_off_from_what_governs_them_bear_a_remark(corpus_of, kind, sentence):
    whole = regex.sub("[{}]", "", sentence)
    checker = corpus_of(("cut", [whole], {"state": "AUT", "language": language_of_sentence(whole, "en")}))
    quote = regex.search("{(.*)}", sentence)[1]
    assert judged(only(checker, f"Austria said: “{quote}”")) == ("verified", [kind] if kind else [])


@cases("source", "draft", "remarks")
def test_the_words_beside_a_quotation_are_held_to_those_of_its_source(corpus_of, source, draft, remarks):
    checker = corpus_of(("cuts", [source], {"state": "AUT", "language": language_of_sentence(source, "en")}))
    finding = check(checker, draft).findings[0]
    altered = any(each.alters for each in finding.remarks)
    assert judged(finding) == ("altered" if altered else "verified", remarks)


@cases("lead", "verdict", "remarks")
def test_a_person_is_known_by_the_statement_that_names_them(corpus_of, lead, verdict, remarks):
    speakers = {"XAB": "H.E. Ms. Ana Renn, Ambassador", "XDR": "Mr. Tov", "XGR": "Belmora"}
    texts = {"XAB": WEAK.strip("“”"), "XDR": "Our ports are open.", "XGR": "Our lamps are lit."}
    statements = ((code, [texts[code]], {"state": code, "speaker": told}) for code, told in speakers.items())
    checker = corpus_of(*statements, parties=lambda: PartyTable.load().with_extra(CONFERENCE_PARTIES))
    assert judged(check(checker, lead.replace("{}", WEAK)).findings[-1]) == (verdict, remarks)


@cases("text", "first", "second")
def test_years_of_several_clauses_are_held_apart(attacked, text, first, second):
    found = check(attacked, text.format(WEAK)).findings
    assert [[*judged(each, "not_all_times")] for each in found] == [first, second]


@cases("text", at_once=True)
def test_a_time_counted_from_the_day_of_writing_is_told(text):
    assert read_time(f"{text} Belmora said").unresolved is not None


def test_words_after_a_verb_of_speech_without_marks_are_listed(attacked):
    for colon in (":", " --"):
        (skipped,) = check(attacked, f"Belmora said{colon} we support its abolition today.").skipped
        assert "no quotation marks" in str(skipped.reason)


@cases("text", "digits")
def test_years_are_read_however_they_are_written(text, digits):
    assert in_digits(text) == digits


def test_a_month_or_a_day_without_a_year_is_read():
    assert read_time("In May, it said").days == ("--05",)
    assert read_time("On 3 October Belmora said").days == ("--10-03",)
    assert read_time("Belmora may say").days == ()


def test_every_remark_has_words_for_the_values_that_it_is_made_with():
    made = [
        (node.args[0].value, {keyword.arg: "lamps" for keyword in node.keywords})
        for file in (PROJECT / "app" / "checking").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "remark"
        if isinstance(node.args[0], ast.Constant)
    ]
    assert len(made) > 20 and all(str(remark(kind, **values)) for kind, values in made)


def test_every_kind_of_remark_is_documented():
    words = (PROJECT / "prompts" / "check.en.md").read_text(encoding="utf-8")
    kinds = regex.findall(r"^## (\w+)$", words, regex.MULTILINE)
    # The remarks come first; then follow parts of sentences and what is said of a document as a whole.
    remarks = [*kinds[: kinds.index("a_treaty")], "too_much_work"]
    page = (PROJECT / "docs" / "verify.md").read_text(encoding="utf-8")
    assert [kind for kind in remarks if f"`{kind}`" not in page] == []


@cases("label", "verdict")
def test_a_block_quotation_may_begin_with_its_speaker(attacked, label, verdict):
    text = f"Austria spoke of lamps.\n\n> {label}{WEAK.strip('“”')}\n"
    finding = check(attacked, text).findings[-1]
    assert (finding.verdict, finding.quotation.text) == (verdict, WEAK.strip("“”"))
