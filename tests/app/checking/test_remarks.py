"""What a reader is told of exact words: neighbours of the attacks, over the same statements."""

import ast

import pytest
import regex

from app.checking.documents import read_pasted
from app.checking.occasion_words import read_occasion
from app.checking.remarks import remark
from app.checking.written_years import in_digits
from ingest.language.detection import language_of_sentence
from tests.conftest import PROJECT
from tests.fakes_attacks import ATTACKS, attacked_corpus


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    store, checker = attacked_corpus(tmp_path_factory.mktemp("attacked"), ATTACKS[""])
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


# Governors that a quotation is cut off from, in sentences that no other test holds: the quoted words stand in braces.
CUT = {
    "turned_before": [
        "Our prosecutors are unable to {trace the proceeds of crime beyond our borders}.",
        "We are unable, for want of staff, to {trace the proceeds of crime beyond our borders}.",
        "We ceased in 2014 to {take part in the pilot programme on recovery}.",
        "The mechanism is less {a tool of cooperation between equal States} than a tribunal.",
        "The report is anything but {a fair account of what our courts have done}.",
        "Others dispute that {the fund was spent on what it was meant for}.",
        "Critics of Austria claim that {the courts are slow and the police idle}.",
        "Un voisin prétend que {nos ports accueillent les passeurs}.",
        "Nos juges sont hors d’état de {saisir les avoirs placés à l’étranger}.",
        "Le pays a cessé de {participer aux travaux du groupe d’experts}.",
        "El Gobierno dejó de {financiar la formación de los jueces}.",
        "Otros niegan que {el fondo haya servido a las víctimas}.",
        "Наши суды не в состоянии {отследить доходы за пределами страны}.",
        "Правительство перестало {финансировать подготовку судей}.",
        "كفت حكومتي عن {تمويل تدريب القضاة في الأقاليم}.",
        "إن قضاتنا عاجزون عن {تتبع العائدات خارج الحدود}.",
        "我国法院无法{追查流往境外的犯罪所得}。",
        "这并非{各国公认的合作工具}。",
    ],
    "reported_before": [
        "Our neighbours say {the courts are slow and the police are corrupt}.",
        "A neighbour would have us believe that {the river border is closed to smugglers}.",
        "The notion, dear to some, that {a treaty can be policed by newspapers} is foreign to us.",
        "Nos acusan de {dar refugio a los traficantes de armas}.",
        "Миф о том, что {малые государства ничем не рискуют}, живуч.",
        "تزعم دولة مجاورة أن {موانئنا مفتوحة أمام المهربين}.",
        "某邻国声称{我国港口向走私者敞开大门}。",
    ],
    "reported_behind": [
        "{The Protocol has failed in every way}, a neighbour claims.",
        "{The Protocol has failed in every way} is a myth.",
        "{El Protocolo ha fracasado del todo}, según algunos vecinos.",
        "{Протокол полностью провалился}, как утверждают соседи.",
        "{小国完全不必担心走私问题}的说法流传甚广。",
    ],
    "limited_after": [
        "{My delegation will join the consensus on this draft}, on the understanding that it creates no new duty.",
        "{We share all evidence at once}, pending the approval of a judge.",
        "{Nous ouvrirons nos registres aux experts}, à l’exception de ceux des banques.",
        "{Se ejecutará toda solicitud en treinta días} en la medida en que lo permita el juez.",
        "{Мы поддержим проект резолюции} при том понимании, что он не создает обязательств.",
        "{سنفتح سجلاتنا أمام الخبراء} باستثناء سجلات المصارف.",
        "{请求将在三十天内得到执行}，以法官同意为限。",
    ],
    "": [
        "We call on all States to {ratify the Protocol and to train their judges}.",
        "Our delegation shares the view that {the Convention is a living instrument}.",
        "{The fund should serve victims first}, as my Minister said in Vienna.",
        "In order to stop the smugglers, {we have doubled the number of patrols}.",
        "Thanks to the assistance provided by donors, {forty judges were trained}.",
        "Ma délégation estime que {l’examen doit être bref et amical}.",
        "Exhortamos a todos los Estados a {ratificar el Protocolo contra la trata}.",
        "Наша делегация считает, что {обзор должен быть кратким и дружеским}.",
        "يرى وفد بلادي أن {الاستعراض ينبغي أن يكون وجيزا}.",
        "我国代表团认为，{审议应当简短友好}。",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "sentence"), [(kind, text) for kind, group in CUT.items() for text in group])
def test_words_cut_off_from_what_governs_them_bear_a_remark(corpus_of, kind, sentence):
    language = language_of_sentence(regex.sub("[{}]", "", sentence), "en")
    checker = corpus_of(("cut", [regex.sub("[{}]", "", sentence)], {"state": "AUT", "language": language}))
    quote = regex.search("{(.*)}", sentence)[1]
    (finding,) = checker.check(read_pasted(f"Austria said: “{quote}”")).findings
    told = [warning.kind for warning in finding.warnings]
    assert (finding.verdict, told) == ("verified", [kind] if kind else [])


@pytest.mark.parametrize(
    "draft",
    [
        "“Prosecutors … trace the proceeds of crime.”",
        "“Prosecutors are … trace the proceeds of crime.”",
    ],
)
def test_an_omission_of_incapacity_alters(corpus_of, draft):
    words = "Prosecutors are, after all these years, unable to trace the proceeds of crime."
    checker = corpus_of(("omits", [words], {"state": "AUT", "language": "en"}))
    assert kinds(checker, f"Austria said: {draft}") == ("altered", ["left_out_turns"])


def test_an_omission_that_cuts_through_a_condition_alters(corpus_of):
    checker = corpus_of(
        ("omits", ["In the event of war we would share the funds."], {"state": "AUT", "language": "en"})
    )
    assert kinds(checker, "Austria said: “In … we would share the funds.”") == ("altered", ["left_out_turns"])


@pytest.mark.parametrize(
    "text",
    [
        "The representative of Arvandia, the delegate of Belmora, said: {}",
        "Belmora (Arvandia) said: {}",
        "Mr. Renn (Arvandia), the delegate of Belmora, said: {}",
        "{}, said the delegate of Belmora, the representative of Arvandia.",
        "{} — Belmora (Arvandia)",
        "El representante de Arvandia, el delegado de Belmora, dijo: {}",
        "阿尔万迪亚代表、贝尔莫拉代表说：{}",
    ],
)
def test_another_state_in_apposition_to_the_speaker_is_told(attacked, text):
    assert kinds(attacked, text.format(WEAK)) == ("verified", ["not_all_speakers"])


@pytest.mark.parametrize(
    "text",
    [
        "After the representative of Arvandia, the delegate of Belmora said: {}",
        "Belmora, a neighbour of Arvandia, said: {}",
        "In its reply to the delegate of Arvandia, Belmora said: {}",
        "Arvandia spoke first; Belmora said: {}",
        "In autumn 2018 Belmora said: {}",
        "In the autumn Belmora said: {}",
        "In MMXVIII Belmora said: {}",
        "In late 2018 Belmora said: {}",
        "Belmora spoke in 2008. A decade later Belmora said: {}",
    ],
)
def test_others_and_times_named_rightly_bear_no_remark(attacked, text):
    assert kinds(attacked, text.format(WEAK)) == ("verified", [])


@pytest.mark.parametrize(
    "text",
    [
        "In the spring of 2018 Belmora said: {}",
        "In summer Belmora said: {}",
        "MMXVI: Belmora said: {}",
        "Belmora MMXVI said: {}",
        "In the first half of 2018 Belmora said: {}",
        "Belmora spoke in 1998. A decade later Belmora said: {}",
        "Half a century before its 2018 statement, Belmora said: {}",
        "Belmora habló en 2018. Diez años después Belmora dijo: {}",
        "Весной 2018 года Бельмора заявила: {}",
        "2018年春季，贝尔莫拉说：{}",
        "في ربيع عام 2018 قالت بلمورا: {}",
    ],
)
def test_a_wrong_season_or_relative_time_is_misattributed(attacked, text):
    assert kinds(attacked, text.format(WEAK))[0] == "misattributed"


@pytest.mark.parametrize(
    "text",
    ["A decade ago", "Half a century ago", "Il y a dix ans", "Hace una década", "Полвека назад", "قبل عقد", "十年前，"],
)
def test_a_time_counted_from_the_day_of_writing_is_told(text):
    assert read_occasion(f"{text} Belmora said").untold is not None


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


def test_every_remark_has_words_for_the_values_that_it_is_made_with():
    made = [
        (node.args[0].value, {keyword.arg: "lamps" for keyword in node.keywords})
        for file in (PROJECT / "app" / "checking").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "remark"
        if isinstance(node.args[0], ast.Constant)
    ]
    assert len(made) > 20 and all(str(remark(kind, **values)) for kind, values in made)
