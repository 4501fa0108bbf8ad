"""When and where a question asks about: bodies, sessions, dates, years, the last statement."""

from datetime import date

import pytest

from app.question.language import detect_language
from app.question.occasion import occasion_of
from app.question.reading import resolve
from app.question.spans import find_spans
from app.records import Scope
from ingest.metadata.sessions import UNTOC_COP, load_sessions
from ingest.parties.party_table import PartyTable
from tests.topic_words import topic_words

PARTIES = PartyTable.load()


def find_occasions(text: str) -> Scope:
    """What a text names, all of it taken for when and where."""
    return occasion_of(find_spans(text, detect_language(text, PARTIES), PARTIES)).scope


@pytest.mark.parametrize(
    "text",
    [
        "at the tenth session",
        "at its 10th session",
        "at session 10",
        "Session X",
        "at COP10",
        "at COP 10",
        "lors de la dixième session",
        "à la 10e session",
        "à la Xe session",
        "en el décimo período de sesiones",
        "en el decimo periodo de sesiones",
        "en el 10º período de sesiones",
        "на десятой сессии",
        "на 10-й сессии",
        "في الدورة العاشرة",
        "في الدورة 10",
        "في الدورة ١٠",
        "在第十届会议上",
        "第10届会议",
    ],
)
def test_the_tenth_session_is_read_however_it_is_written(text: str) -> None:
    assert find_occasions(text).sessions == ("10",)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("at COP10", UNTOC_COP),
        ("at the COP", UNTOC_COP),
        ("at the Conference of the Parties", UNTOC_COP),
        ("à la Conférence des Parties", UNTOC_COP),
        ("en la Conferencia de las Partes", UNTOC_COP),
        ("at the Working Group on Firearms", "UNTOC Working Group on Firearms"),
        ("au Groupe de travail sur les armes à feu", "UNTOC Working Group on Firearms"),
        ("en el Grupo de Trabajo sobre Armas de Fuego", "UNTOC Working Group on Firearms"),
        ("в Рабочей группе по огнестрельному оружию", "UNTOC Working Group on Firearms"),
        ("في الفريق العامل المعني بالأسلحة النارية", "UNTOC Working Group on Firearms"),
        ("在枪支问题工作组", "UNTOC Working Group on Firearms"),
    ],
)
def test_bodies_are_read_by_their_short_names(text: str, body: str) -> None:
    assert find_occasions(text).bodies == (body,)


@pytest.mark.parametrize(
    "text", ["at COP26 on the climate", "about the Conference of the Parties", "on Security Council reform"]
)
def test_what_is_spoken_of_is_no_occasion(text: str) -> None:
    found = find_occasions(text)
    assert (found.bodies, found.sessions) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "in October 2020",
        "at the Vienna session of October 2020",
        "on 12-16 October 2020",
        "on 12 October 2020",
        "on 2020-10-12",
        "in 2020-10",
        "en octobre 2020",
        "du 12 au 16 octobre 2020",
        "en octubre de 2020",
        "12 октября 2020 года",
        "в октябре 2020 года",
        "في أكتوبر 2020",
        "في تشرين الأول 2020",
        "在2020年10月",
    ],
)
def test_october_2020_is_read_however_it_is_written(text: str) -> None:
    found = find_occasions(text)
    assert (found.months, found.years) == (("2020-10",), ("2020",))


def test_months_can_be_several() -> None:
    assert find_occasions("in October and November 2020").months == ("2020-10", "2020-11")
    assert find_occasions("from 28 September to 2 October 2020").months == ("2020-09", "2020-10")


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("between 2010 and 2012", (2010, 2012)),
        ("entre 2010 et 2012", (2010, 2012)),
        ("de 2010 à 2012", (2010, 2012)),
        ("entre 2010 y 2012", (2010, 2012)),
        ("de 2010 a 2012", (2010, 2012)),
        ("между 2010 и 2012 годами", (2010, 2012)),
        ("с 2010 по 2012 год", (2010, 2012)),
        ("بين عامي 2010 و2012", (2010, 2012)),
        ("2010年至2012年", (2010, 2012)),
        ("in 2010–2012", (2010, 2012)),
        ("in the 1990s", (1990, 1999)),
        ("dans les années 1990", (1990, 1999)),
        ("en los años 1990", (1990, 1999)),
        ("в 1990-х годах", (1990, 1999)),
        ("1990年代", (1990, 1999)),
    ],
)
def test_spans_of_years_are_read(text: str, years: tuple[int, int]) -> None:
    found = find_occasions(text)
    assert found.years == tuple(str(year) for year in range(years[0], years[1] + 1))
    assert found.interval == (str(years[0]), str(years[1]))


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("since 2033", ("2033", None)),
        ("after 2033", ("2034", None)),
        ("2033 onwards", ("2033", None)),
        ("depuis 2033", ("2033", None)),
        ("desde 2033", ("2033", None)),
        ("с 2033 года", ("2033", None)),
        ("منذ عام 2033", ("2033", None)),
        ("2033年以来", ("2033", None)),
        ("since October 2033", ("2033-10", None)),
        ("before 1948", (None, "1947")),
        ("until 1948", (None, "1948")),
        ("avant 1948", (None, "1947")),
        ("antes de 1948", (None, "1947")),
        ("до 1948 года", (None, "1947")),
        ("قبل عام 1948", (None, "1947")),
        ("1948年之前", (None, "1947")),
        ("depuis les années quatre-vingt-dix", ("1990", None)),
        ("since the nineties", ("1990", None)),
    ],
)
def test_open_intervals_are_read(text: str, interval: tuple[str | None, str | None]) -> None:
    found = find_occasions(text)
    assert (found.interval, found.years, found.months) == (interval, (), ())


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("in the first half of the 1990s", ("1990", "1994")),
        ("dans la première moitié des années 2010", ("2010", "2014")),
        ("en la segunda mitad de los años noventa", ("1995", "1999")),
        ("в девяностые годы", ("1990", "1999")),
        ("في التسعينيات", ("1990", "1999")),
        ("90年代", ("1990", "1999")),
    ],
)
def test_decades_and_their_halves_are_intervals(text: str, interval: tuple[str, str]) -> None:
    assert find_occasions(text).interval == interval


@pytest.mark.parametrize(
    ("text", "interval", "months"),
    [
        ("last year", ("2030", "2030"), ()),
        ("l'an dernier", ("2030", "2030"), ()),
        ("el año pasado", ("2030", "2030"), ()),
        ("去年", ("2030", "2030"), ()),
        ("last October", ("2030", "2030"), ("2030-10",)),
        ("in the last five years", ("2026", None), ()),
        ("за последние пять лет", ("2026", None), ()),
        ("近五年", ("2026", None), ()),
    ],
)
def test_relative_times_are_counted_from_today(
    text: str, interval: tuple[str, str | None], months: tuple[str, ...]
) -> None:
    found = occasion_of(find_spans(text, detect_language(text, PARTIES), PARTIES, date(2031, 6, 30))).scope
    assert found.months == months
    assert (found.interval or (found.years[0], found.years[-1])) == interval


@pytest.mark.parametrize(
    "text", ["in 2016 and 2020", "en 2016 et 2020", "en 2016 y 2020", "в 2016 и 2020 годах", "2016年和2020年"]
)
def test_two_years_are_no_span(text: str) -> None:
    found = find_occasions(text)
    assert found.years == ("2016", "2020")


@pytest.mark.parametrize(
    "text",
    [
        "in its last statement",
        "in its latest statement",
        "in their most recent speech",
        "at the last session",
        "dans sa dernière déclaration",
        "dans son discours le plus récent",
        "en su última declaración",
        "en su declaración más reciente",
        "в последнем заявлении",
        "в своем самом последнем выступлении",
        "في بيانها الأخير",
        "في أحدث بيان",
        "在最近的声明中",
        "在最近一次发言中",
    ],
)
def test_the_last_statement_is_picked(text: str) -> None:
    assert find_occasions(text).pick == "latest"


@pytest.mark.parametrize(
    "text",
    [
        "in its first statement",
        "in its earliest speech",
        "dans sa première déclaration",
        "en su primera declaración",
        "в первом заявлении",
        "في بيانها الأول",
        "在首次发言中",
    ],
)
def test_the_first_statement_is_picked(text: str) -> None:
    assert find_occasions(text).pick == "earliest"


@pytest.mark.parametrize(
    "text",
    [
        "last year",
        "the first article",
        "the last two statements",
        "at last",
        "the first victims",
        "l’an dernier",
        "первая статья",
    ],
)
def test_other_lasts_and_firsts_pick_nothing(text: str) -> None:
    assert find_occasions(text).pick is None


def test_the_last_session_of_a_body_is_the_body_and_the_pick() -> None:
    found = find_occasions("at the last session of the Conference of the Parties")
    assert (found.pick, found.bodies, found.sessions) == ("latest", (UNTOC_COP,), ())


@pytest.mark.parametrize(
    "when",
    [
        "in its latest statement",
        "on 12-16 October 2020",
        "at COP10",
        "since 2018",
        "at the Vienna session of October 2020",
    ],
)
def test_an_occasion_leaves_no_topic(when: str, parties: PartyTable) -> None:
    scope = resolve(f"What did Arvandia say {when} about extradition?", parties).scope
    assert (scope.states, scope.topic) == (("XAA",), "extradition")


def test_a_meeting_place_is_no_state(parties: PartyTable) -> None:
    scope = resolve("What did Arvandia say at the Vienna session of October 2020?", parties).scope
    assert (scope.states, scope.months, scope.topic) == (("XAA",), ("2020-10",), "")


@pytest.mark.parametrize(
    ("question", "sessions"),
    [
        ("at the fifty-eighth and fifty-ninth sessions", ("58", "59")),
        ("at the 58th and 59th sessions", ("58", "59")),
        ("at the eighth, ninth and eleventh sessions", ("8", "9", "11")),
        ("at the 58th session and the 60th session", ("58", "60")),
        ("at sessions 8 to 10", ("8", "9", "10")),
        ("at sessions 8, 9 and 11", ("8", "9", "11")),
        ("from the eighth to the tenth session", ("8", "9", "10")),
        ("between the eighth and tenth sessions", ("8", "9", "10")),
        ("at COP8 to COP10", ("8", "9", "10")),
        ("between COP8 and COP10", ("8", "9", "10")),
        ("between the 8th COP and the 10th COP", ("8", "9", "10")),
        ("from UNGA 74 to UNGA 76", ("74", "75", "76")),
        ("at COP8 and COP10", ("8", "10")),
        ("at UNGA 74 and UNGA 76", ("74", "76")),
        ("aux 58e et 59e sessions", ("58", "59")),
        ("aux cinquante-huitième et cinquante-neuvième sessions", ("58", "59")),
        ("de la 8e à la 10e session", ("8", "9", "10")),
        ("en los 58º y 59º períodos de sesiones", ("58", "59")),
        ("en los períodos de sesiones 58º y 59º", ("58", "59")),
        ("en las sesiones 8 a 10", ("8", "9", "10")),
        ("на 58-й и 59-й сессиях", ("58", "59")),
        ("на пятьдесят восьмой и пятьдесят девятой сессиях", ("58", "59")),
        ("на сессиях 8–10", ("8", "9", "10")),
        ("с восьмой по десятую сессию", ("8", "9", "10")),
        ("في الدورتين الثامنة والخمسين والتاسعة والخمسين", ("58", "59")),
        ("في الدورتين 58 و59", ("58", "59")),
        ("في الدورات من 8 إلى 10", ("8", "9", "10")),
        ("在第八届和第九届会议上", ("8", "9")),
        ("在第八、九届会议上", ("8", "9")),
        ("在第8至10届会议上", ("8", "9", "10")),
    ],
)
def test_lists_and_ranges_of_sessions_are_read_whole(question: str, sessions: tuple[str, ...]) -> None:
    found = find_occasions(question)
    assert (found.sessions, found.years) == (sessions, ())


@pytest.mark.parametrize("question", ["two articles and the 10th session", "in 2009 and at the tenth session"])
def test_other_numbers_beside_a_session_are_none(question: str) -> None:
    assert find_occasions(question).sessions == ("10",)


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("At the seventy-fifth session, which States recalled the 1995 women's conference in Beijing?", ()),
        ("At the seventy-fifth session, who recalled the conference held in Beijing in 1995?", ()),
        ("What did Mali say at the tenth session in 2020 about drugs?", ("2020",)),
        ("What did Mali say in 2020, at the tenth session, about drugs?", ("2020",)),
        ("In 2012, which States recalled the summit of 1992 in Rio?", ("2012",)),
        ("What did Mali say in 2012 about the 1992 peace accord?", ("2012",)),
        ("What did Mali say about the 2030 Agenda in 2018?", ("2018",)),
        ("What did Mali say about the 2001 attacks?", ()),
        ("What did Mali say in the 2001 speech?", ("2001",)),
        ("What did Mali say in its speech of 2001?", ("2001",)),
        ("What did Mali say in the 2016 and 2018 statements?", ("2016", "2018")),
        ("Qu'a dit le Mali en 2012 de la conférence de 1995 sur les femmes ?", ("2012",)),
        ("Что сказала Австрия в 2012 году о конференции 1995 года?", ("2012",)),
    ],
)
def test_years_of_what_is_spoken_of_are_no_occasion(question: str, years: tuple[str, ...]) -> None:
    assert resolve(question, PARTIES).scope.years == years


@pytest.mark.parametrize(
    ("text", "session"),
    [
        ("at the 11th COP", "11"),
        ("at the eleventh COP", "11"),
        ("at the 11th COP session", "11"),
        ("at the 11th Conference of the Parties", "11"),
        ("at COP XI", "11"),
        ("at COP-11", "11"),
        ("at CTOC COP 11", "11"),
        ("at UNGA 75", "75"),
        ("at UNGA75", "75"),
        ("at CCPCJ 28", "28"),
        ("at CCPCJ28", "28"),
        ("at the 10th meeting of the Working Group on Firearms", "10"),
        ("à la 11e Conférence des Parties", "11"),
        ("à la onzième Conférence des Parties", "11"),
        ("à la dixième réunion du Groupe de travail sur les armes à feu", "10"),
        ("en la undécima Conferencia de las Partes", "11"),
        ("en la 11.ª Conferencia de las Partes", "11"),
        ("en la décima reunión del Grupo de Trabajo sobre Armas de Fuego", "10"),
        ("на 11-й Конференции участников", "11"),
        ("на одиннадцатой Конференции участников", "11"),
        ("на десятом совещании Рабочей группы по огнестрельному оружию", "10"),
        ("في المؤتمر الحادي عشر للأطراف", "11"),
        ("في الاجتماع العاشر للفريق العامل المعني بالأسلحة النارية", "10"),
        ("在第十一届缔约方会议上", "11"),
        ("在枪支问题工作组第十次会议上", "10"),
    ],
)
def test_the_number_beside_a_body_is_its_session(text: str, session: str) -> None:
    found = find_occasions(text)
    assert found.sessions == (session,) and len(found.bodies) == 1 and found.years == ()


@pytest.mark.parametrize(
    "text",
    [
        "at the COP about 28 States",
        "at the General Assembly on 12 October 2020",
        "at the CND 53 States spoke",
        "at UNGA 12 October 2020",
        "en la primera reunión",
        "the other Conference of the Parties",
        "at the 11th Conference on Women",
    ],
)
def test_other_numbers_beside_a_body_are_no_session(text: str) -> None:
    assert find_occasions(text).sessions == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("en la décima sesión", "10"),
        ("en la undecima sesion", "11"),
        ("en la 11.ª sesión", "11"),
        ("en la 11.ª Conferencia", "11"),
        ("en la septuagésima quinta sesión", "75"),
    ],
)
def test_a_feminine_ordinal_is_read(text: str, number: str) -> None:
    assert find_occasions(text).sessions == (number,)


LAST_KNOWN = max(int(each.session) for each in load_sessions() if each.body == UNTOC_COP)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("since COP9", 9),
        ("after COP9", 10),
        ("since the ninth session of the Conference of the Parties", 9),
        ("depuis la COP9", 9),
        ("après la COP 9", 10),
        ("después de la COP9", 10),
        ("desde la COP 9", 9),
        ("после COP9", 10),
    ],
)
def test_sessions_of_a_known_body_are_read_from_one_on(text: str, first: int) -> None:
    numbers = [int(each) for each in find_occasions(text).sessions]
    assert numbers == list(range(first, numbers[-1] + 1)) and numbers[-1] >= LAST_KNOWN


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("since the 75th session", 75),
        ("after the seventy-fifth session", 76),
        ("depuis la 75e session", 75),
        ("après la 75e session", 76),
        ("desde el 75º período de sesiones", 75),
        ("después del 75º período de sesiones", 76),
        ("с 75-й сессии", 75),
        ("после 75-й сессии", 76),
        ("منذ الدورة 75", 75),
        ("بعد الدورة 75", 76),
        ("自第75届会议以来", 75),
        ("第75届会议之后", 76),
    ],
)
def test_sessions_of_any_body_are_read_from_one_on(text: str, first: int) -> None:
    found = find_occasions(text)
    assert found.sessions[0] == str(first) and len(found.sessions) > 1
    assert found.years == ()


@pytest.mark.parametrize(
    "text",
    [
        "before the 10th session",
        "before COP10",
        "prior to the tenth session of the COP",
        "avant la dixième session",
        "antes del décimo período de sesiones",
        "antes de la décima sesión",
        "до десятой сессии",
        "قبل الدورة العاشرة",
        "在第十届会议之前",
        "until the ninth session",
        "jusqu'à la neuvième session",
    ],
)
def test_sessions_before_one_leave_it_out(text: str) -> None:
    assert find_occasions(text).sessions == tuple(str(number) for number in range(1, 10))


def test_before_the_first_session_there_was_none() -> None:
    assert find_occasions("before the first session").sessions == ("0",)


@pytest.mark.parametrize(
    "text",
    [
        "in its statement before the 75th session of the General Assembly",
        "before the General Assembly at its 75th session",
    ],
)
def test_to_speak_before_a_body_is_no_time(text: str) -> None:
    assert find_occasions(text).sessions == ("75",)


@pytest.mark.parametrize(
    "text",
    [
        "between October 2015 and October 2021",
        "from 12 October 2015 to 3 May 2021",
        "from Oct. 2015 to Sept. 2021",
        "entre octobre 2015 et octobre 2021",
        "entre octubre de 2015 y octubre de 2021",
        "desde octubre de 2015 hasta octubre de 2021",
        "с октября 2015 года по октябрь 2021 года",
        "بين أكتوبر 2015 وأكتوبر 2021",
        "2015年10月至2021年10月",
        "from 10/2015 to 10/2021",
    ],
)
def test_a_span_of_months_over_years_is_read_whole(text: str) -> None:
    found = find_occasions(text)
    assert (found.years, found.months) == (tuple(str(year) for year in range(2015, 2022)), ())


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("in January and June 2021", ("2021-01", "2021-06")),
        ("in January 2020 and June 2021", ("2020-01", "2021-06")),
        ("from November 2020 to January 2021", ("2020-11", "2020-12", "2021-01")),
        ("in Sept 2021", ("2021-09",)),
        ("in Dec. 2021", ("2021-12",)),
        ("en sept. 2021", ("2021-09",)),
        ("in 10/2020", ("2020-10",)),
    ],
)
def test_months_are_read_as_they_are_typed(text: str, months: tuple[str, ...]) -> None:
    assert find_occasions(text).months == months


@pytest.mark.parametrize(
    ("text", "years"),
    [("in 2017/2018", ("2017", "2018")), ("in 2017/18", ("2017", "2018")), ("in 2010-12", ("2010", "2011", "2012"))],
)
def test_years_joined_by_a_sign_are_read(text: str, years: tuple[str, ...]) -> None:
    assert find_occasions(text).years == years


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What did Arvandia say about extradition in the last five years?", "extradition"),
        ("What did Arvandia say about extradition in recent years?", "extradition"),
        ("Qu'a dit la France sur l'extradition au cours des cinq dernières années ?", "extradition"),
        ("¿Qué dijo España sobre la extradición en los últimos cinco años?", "extradición"),
        ("Что сказала Россия об экстрадиции за последние пять лет?", "экстрадиции"),
        ("ماذا قالت مصر عن تسليم المجرمين في السنوات الخمس الأخيرة؟", "تسليم المجرمين"),
        ("中国近五年对引渡说了什么？", "引渡"),
        ("What did Arvandia say about extradition after COP10?", "extradition"),
        ("What did Arvandia say about extradition at the 11th COP?", "extradition"),
    ],
)
def test_words_for_time_are_no_topic(question: str, topic: str, parties: PartyTable) -> None:
    assert topic_words(resolve(question, parties).scope.topic) == topic_words(topic)


@pytest.mark.parametrize(
    ("question", "pick"),
    [
        ("What did Arvandia say about extradition most recently?", "latest"),
        ("What did Arvandia most recently say about extradition?", "latest"),
        ("When did Arvandia last mention extradition?", "latest"),
        ("When did Arvandia first mention extradition?", "earliest"),
        ("What was Arvandia's first mention of extradition?", "earliest"),
        ("What did Arvandia say about extradition at the latest COP?", "latest"),
        ("Quand la France a-t-elle mentionné l'extradition pour la dernière fois ?", "latest"),
        ("¿Cuándo mencionó España la extradición por última vez?", "latest"),
        ("What did Arvandia say about extradition since its first statement?", None),
        ("What did Arvandia say about extradition before its last statement?", None),
    ],
)
def test_the_last_and_the_first_time_are_picked(question: str, pick: str | None, parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert scope.pick == pick and topic_words(scope.topic) in (["extradition"], ["extradicion"])


@pytest.mark.parametrize(
    "question",
    [
        "What is the most recent statement of Nigeria about?",
        "De quoi parle la dernière déclaration du Nigéria ?",
        "¿De qué trata la declaración más reciente de Nigeria?",
        "О чём последнее заявление Нигерии?",
        "尼日利亚最近的发言是关于什么的？",
    ],
)
def test_what_a_statement_is_about_is_its_whole(question: str, parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert (scope.states, scope.pick, scope.topic) == (("NGA",), "latest", "")


@pytest.mark.parametrize(
    ("words", "treaties"),
    [
        ("article 42", {"UNTOC": ("42",)}),
        ("article 99 of the Convention", {"UNTOC": ("99",)}),
        ("articles 18 and 99", {"UNTOC": ("18", "99")}),
        ("article 30 of the Trafficking Protocol", {"TIP": ("30",)}),
        ("article 6 of the protocol", dict.fromkeys(("TIP", "SOM", "FIREARMS"), ("6",))),
        ("article 6 of the Protocol to the Convention", dict.fromkeys(("TIP", "SOM", "FIREARMS"), ("6",))),
    ],
)
def test_articles_without_a_home_are_looked_for(
    words: str, treaties: dict[str, tuple[str, ...]], parties: PartyTable
) -> None:
    read = resolve(f"What did Arvandia say about {words}?", parties)
    assert {each.treaty: each.articles for each in read.scope.treaties} == treaties
    assert read.scope.topic == "" and len(read.notes) == sum(map(len, treaties.values()))


@pytest.mark.parametrize("words", ["Article 51 of the Charter", "article 6 of the Protocol to the American Convention"])
def test_articles_of_other_instruments_stay_words(words: str, parties: PartyTable) -> None:
    scope = resolve(f"What did Arvandia say about {words}?", parties).scope
    assert (scope.treaties, scope.topic) == ((), words)


@pytest.mark.parametrize(
    ("question", "treaties", "topic"),
    [
        ("Which article covers extradition?", ("UNTOC",), "extradition"),
        ("Which article of UNTOC covers extradition?", ("UNTOC",), "extradition"),
        ("Quel article porte sur l'extradition ?", ("UNTOC",), "extradition"),
        ("¿Qué artículo trata de la extradición?", ("UNTOC",), "extradición"),
        ("Какая статья регулирует экстрадицию?", ("UNTOC",), "экстрадицию"),
        ("أي مادة تتناول تسليم المجرمين؟", ("UNTOC",), "تسليم المجرمين"),
        ("哪条规定了引渡？", ("UNTOC",), "引渡"),
        ("What is a serious crime under UNTOC?", ("UNTOC",), "serious crime"),
        ("Who must cooperate under article 18?", ("UNTOC",), "cooperate"),
        (
            "What is the definition of trafficking in persons in the Protocol?",
            ("TIP", "SOM", "FIREARMS"),
            "trafficking in persons",
        ),
    ],
)
def test_what_a_treaty_says_is_asked(question: str, treaties: tuple[str, ...], topic: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.provision and read.is_statement_question
    assert tuple(each.treaty for each in read.scope.treaties) == treaties
    assert topic_words(read.scope.topic) == topic_words(topic)


@pytest.mark.parametrize(
    "question",
    [
        "Who spoke about article 18?",
        "Which States supported article 18?",
        "What are the views of States on extradition under UNTOC?",
        "Which articles did Arvandia mention?",
    ],
)
def test_what_states_say_of_a_treaty_is_another_question(question: str, parties: PartyTable) -> None:
    assert not resolve(question, parties).provision
