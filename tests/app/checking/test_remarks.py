"""What a reader is told of exact words: neighbours of the attacks, over the same statements."""

import pytest

from app.checking.documents import read_pasted
from app.checking.occasion_words import read_occasion
from app.checking.remarks import KINDS, remark
from app.checking.written_years import in_digits
from tests.fakes_attacks import attacked_corpus


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    store, checker = attacked_corpus(tmp_path_factory.mktemp("attacked"))
    yield checker
    store.close()


def kinds(checker, text: str) -> tuple[str, list[str]]:
    (finding,) = checker.check(read_pasted(text)).findings
    return finding.verdict, [warning.kind for warning in finding.warnings]


WEAK = "“Witness protection remains weak in our northern provinces.”"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Greenpeace: {}", "nobody_named"),
        ("{} (Greenpeace, 2018).", "nobody_named"),
        ("{}, according to Greenpeace.", "unknown_speaker"),
        ("## Belmora\n\nGreenpeace told the Conference: {}", "unknown_speaker"),
        ("## Belmora\n\nThe opposition claims: {}", "unknown_speaker"),
        ("Speaking after Belmora, the observer for Greenpeace said: {}", "unknown_speaker"),
        ("Belmorra said: {}", "unknown_speaker_like"),
        ("B\u0435lmora said: {}", "unknown_speaker_like"),
        ("Both Belmora and Tessaria said: {}", "not_all_speakers"),
        ("Last year Belmora said: {}", "time_not_read"),
        ("In the year 2O18 Belmora said: {}", "time_not_read"),
        ("Under agenda item 5 Belmora said: {}", "item_differs"),
        ("Before the General Assembly Belmora said in 2018: {}", "body_differs"),
    ],
)
def test_doubtful_speaker_or_time_is_told(attacked, text, expected):
    verdict, told = kinds(attacked, text.format(WEAK))
    assert verdict == "verified" and expected in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Arvandia: “it would be wrong”. It is so. It said: “the Convention has failed.”", "turned_before"),
        ("Дрельния заявила: «неправительственные организации вправе участвовать в заседаниях»", "reported_before"),
        ("Galdoria dijo: «la confiscación sin condena es contraria a los derechos humanos».", "reported_before"),
        ("قالت تيساريا: «المنظمات غير الحكومية ينبغي أن تحضر اجتماعات الأفرقة العاملة».", "reported_before"),
        ("La Quarvie a dit : « signer l’accord bilatéral proposé par la Belmore ».", "turned_before"),
        ("贝尔莫拉说：“《公约》已经过时。”", "turned_before"),
        ("Arvandia said in 2020: “My delegation can support the draft resolution.”", "limited_after"),
        ("Belmora said in 2018: “my delegation will volunteer for the first cycle.”", "turned_before"),
        ("Tessaria said: “no island can guard a sea alone”.", "someone_quoted"),
        ("Arvandia said: “the Convention equal to the task before it”.", "half_question"),
    ],
)
def test_what_a_cut_leaves_out_is_told(attacked, text, expected):
    finding = attacked.check(read_pasted(text)).findings[-1]
    assert finding.verdict == "verified" and expected in [warning.kind for warning in finding.warnings]


@pytest.mark.parametrize(
    "text",
    [
        "Belmora said it could not accept that “civil society organizations should take part in the meetings of the"
        " working groups as observers with a right to speak.”",
        "Belmora’s delegate, Mr. Aldo Renn, said in 2018: {}",
        "The Minister of Justice of Belmora, Ms. Ana Tov, told the ninth session: {}",
        "## Belmora\n\n### Witnesses\n\nIts representative, Mr. Renn, stated: {}",
        "In its statement, delivered in Vienna in October 2018, Belmora said: {}",
        "At the Conference of the Parties in 2018, under agenda item 2, Belmora said: {}",
        "Belmora stated on 16 October: {}",
        "Tessaria said in 2016: “[Tessaria] failed to prevent the loss of two patrol boats, and [it] regret[s] it.”",
        "Tessaria said in 2016: “The figures suggest a fall, but the figures are incomplete [sic].”",
        "Belmora said: “laws that fall short of article 5”.",
    ],
)
def test_honest_quotation_bears_no_remark(attacked, text):
    assert kinds(attacked, text.format(WEAK)) == ("verified", [])


def test_both_halves_of_not_only_but_may_be_left_out(corpus_of):
    words = "This is not only a legal but also a moral duty -- and lamps must be lit."
    checker = corpus_of(("a", [words], {"state": "AUT", "language": "en"}))
    assert kinds(checker, "Austria said: “This is … a moral duty”.") == ("verified", [])
    assert kinds(checker, "Austria said: “This is … a legal … duty”.")[1] != []
    assert kinds(checker, "Austria said: “a moral duty [sic] -- and lamps must be lit”.") == ("verified", [])


@pytest.mark.parametrize(
    "text",
    [
        "``{}''", "<<{}>>", "❝{}❞", "''{}''", "&ldquo;{}&rdquo;", "&#8220;{}&#8221;", "\\\"{}\\\"", "<q>{}</q>", "`{}`",
        "*{}*", "_{}_", "«{}»", "‹{}›", "＂{}＂", "〝{}〞", "&laquo;{}&raquo;",
    ],
)  # fmt: skip
def test_words_in_any_marks_are_judged(attacked, text):
    words = "Belmora supports the mechanism for any review of the implementation"
    (finding,) = attacked.check(read_pasted(f"Belmora said in 2018: {text.format(words)}")).findings
    assert (finding.quotation.text, finding.verdict) == (words, "altered")


def test_words_after_a_verb_of_speech_without_marks_are_listed(attacked):
    for text in (
        "Belmora said: we support the abolition of the mechanism.",
        "Belmora said -- we support its abolition today.",
    ):
        (skipped,) = attacked.check(read_pasted(text)).skipped
        assert "no quotation marks" in skipped.reason


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("in twenty sixteen", "in 2016"),
        ("in nineteen ninety-eight", "in 1998"),
        ("En deux mille seize", "En 2016"),
        ("В две тысячи двадцать первом году", "В 2021 году"),
        ("عام ألفين وثمانية عشر", "عام 2018"),
        ("二〇一六年", "2016年"),
        ("in MMXXI, ’21, the '90s", "in 2021, 2021, the '90s"),
        ("two thousand persons", "two thousand persons"),
    ],
)
def test_years_are_read_however_they_are_written(text, digits):
    assert in_digits(text) == digits


def test_a_month_or_a_day_without_a_year_is_read():
    assert read_occasion("In May, it said").days == ("--05",)
    assert read_occasion("On 3 October Belmora said").days == ("--10-03",)
    assert read_occasion("Belmora may say").days == ()


def test_every_remark_has_words():
    values = dict.fromkeys("words put names holder name suggestion held given reason".split(), "lamps")
    assert all(str(remark(kind, **values)) for kind in KINDS)
