"""Whether evidence holds the kind of thing that was asked for."""

import pytest

from app.answering.answer_type_check import contains_answer_type
from app.records import Missing
from ingest.parties.party_table import PartyTable


@pytest.mark.parametrize(
    "text",
    [
        "Ondrava has concluded 27 agreements with its neighbours.",
        "Ondrava has concluded twenty-seven such agreements.",
        "Our courts answered 61 requests in 2019.",
        "Agreements now number 27.",
    ],
)
def test_holds_a_number_that_counts_something(text: str, parties: PartyTable) -> None:
    assert contains_answer_type("number", ["Nothing here.", text], parties, ["XOD"])


@pytest.mark.parametrize(
    "text",
    [
        "Ondrava has concluded an outstanding number of agreements.",
        "In 2019 agreements were concluded.",
        "Under article 18 agreements are concluded.",
        "Under paragraph 3 (a) of article 18 agreements may be concluded.",
        "Agenda item 4: agreements on assistance.",
        "At the 10th session agreements were mentioned.",
        "On 12 March agreements were signed.",
        "For twenty years agreements have been kept.",
        "",
    ],
)
def test_holds_no_number_where_none_counts_anything(text: str, parties: PartyTable) -> None:
    assert not contains_answer_type("number", [text], parties, ["XOD"])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "The commission reported on 3 March 2019."),
        ("date", "We ratified it two years ago."),
        ("date", "The commission reported in May."),
        ("date", "It was signed on 4 March, and took effect on May 7."),
        ("date", "La commission a rendu son rapport en juillet."),
        ("date", "委员会于2019年提交报告。"),
        ("reason", "We object because it infringes sovereignty."),
        ("reason", "Nous nous y opposons en raison de la souveraineté."),
        ("reason", "因为这侵犯主权，我们反对。"),
        ("article", "We recall article 16 of the Convention."),
        ("article", "我们忆及第十六条。"),
        ("name", "The commission was led by Marta Quil."),
        ("state", "Ondrava thanks Belmora for its help."),
    ],
)
def test_holds_what_a_text_says(kind: Missing, text: str, parties: PartyTable) -> None:
    assert contains_answer_type(kind, ["Nothing.", text], parties, ["XOD"])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "The commission reported at length and may report again."),
        ("date", "May I thank the commission for its march through an august agenda."),
        ("reason", "We object to remote access."),
        ("article", "We recall agenda item 16 and the Convention."),
        ("name", "the commission was led by a judge."),
        ("state", "Ondrava thanks its neighbours for their help."),
    ],
)
def test_holds_not_what_a_text_leaves_out(kind: Missing, text: str, parties: PartyTable) -> None:
    assert not contains_answer_type(kind, [text], parties, ["XOD"])


def test_holds_nothing_without_evidence(parties: PartyTable) -> None:
    assert not contains_answer_type("date", [], parties, [])


# kind | question | evidence that holds it | evidence that does not; of a fictional State in each language
SIX_LANGUAGES = """
number | How many agreements has Ondrava concluded? | Ondrava has concluded 27 agreements. | Under article 27 agreements are concluded.
number | Combien d’accords l’Ondrave a-t-elle conclus ? | Elle a conclu vingt accords. | Depuis 2019, des accords ont été conclus.
number | ¿Cuántos acuerdos ha concluido Ondrava? | Ha concluido treinta acuerdos. | Según el artículo 18, se concluyen acuerdos.
number | Сколько соглашений заключила Ондрава? | Заключено двадцать соглашений. | Согласно статье 18 заключаются соглашения.
number | كم اتفاقا أبرمت أوندرافا؟ | أبرمت عشرين اتفاقا. | وفقا للمادة 18 تبرم الاتفاقات.
number | 翁德拉瓦缔结了多少项协定？ | 已缔结二十七项协定。 | 根据第十八条缔结协定。
date | When did the fund open? | It opened on 3 March 2019. | It opened at last.
date | Quand le fonds a-t-il été créé ? | Il a été créé en juillet. | Il a été créé par la loi.
date | ¿En qué año se creó el fondo? | Se creó en enero. | Se creó por ley.
date | В каком году был создан фонд? | Он был создан в январе. | Он был создан законом.
date | متى أنشئ الصندوق؟ | أنشئ في أكتوبر. | أنشئ بموجب القانون.
date | 基金何时设立？ | 基金于2019年设立。 | 基金依法设立。
reason | Why does Ondrava object? | It objects because courts decide. | It objects to this.
reason | Pourquoi l’Ondrave s’y oppose-t-elle ? | Elle s’y oppose en raison de ses lois. | Elle s’y oppose.
reason | ¿Por qué se opone Ondrava? | Se opone debido a sus leyes. | Se opone a ello.
reason | Почему Ондрава возражает? | Она возражает, поскольку решает суд. | Она возражает.
reason | لماذا تعارض أوندرافا؟ | تعارض بسبب قوانينها. | تعارض هذا الاقتراح.
reason | 翁德拉瓦为什么反对？ | 因为法院作出决定，所以反对。 | 翁德拉瓦反对。
article | Which article does Ondrava cite? | It cites article 16. | It cites agenda item 16.
article | Quel article l’Ondrave cite-t-elle ? | Elle cite l’article 16. | Elle cite le point 16.
article | ¿Qué artículo cita Ondrava? | Cita el artículo 16. | Cita el tema 16.
article | Какую статью упоминает Ондрава? | Она упоминает статью 16. | Она упоминает пункт 16.
article | أي مادة ذكرت أوندرافا؟ | ذكرت المادة 16. | ذكرت البند 16.
article | 翁德拉瓦提到哪一条？ | 提到第十六条。 | 提到议程项目16。
state | Which State does Ondrava thank? | It thanks Belmora. | It thanks its neighbours.
state | Quel pays l’Ondrave remercie-t-elle ? | Elle remercie la Belmore. | Elle remercie ses voisins.
state | ¿Qué país menciona Ondrava? | Menciona a la República de Belmora. | Menciona a sus vecinos.
state | Какое государство благодарит Ондрава? | Сосед — Бельмора. | Она благодарит соседей.
state | أي دولة شكرت أوندرافا؟ | شكرت بلمورا. | شكرت جيرانها.
state | 翁德拉瓦感谢哪个国家？ | 翁德拉瓦感谢贝尔莫拉。 | 翁德拉瓦感谢邻国。
name | Who is the head of the commission? | It is led by Marta Quil. | It is led by a judge of the United Nations.
name | Qui est à la tête de la commission ? | Elle est dirigée par Marta Quil. | Elle est dirigée par un juge.
name | ¿Quién es el jefe de la comisión? | La dirige la jueza Marta Quil. | La dirige una jueza.
name | Кто является главой комиссии? | Ее возглавляет Марта Квил. | Ее возглавляет судья.
name | من هو رئيس اللجنة؟ | يرأسها القاضي مرتان كويل. | يرأسها أحد القضاة.
name | 委员会主席叫什么名字？ | 由奎尔法官领导。 | 由一人领导。
"""
ROWS = [tuple(cell.strip() for cell in row.split("|")) for row in SIX_LANGUAGES.strip().splitlines()]


@pytest.mark.parametrize(("kind", "holding", "lacking"), [(row[0], *row[2:]) for row in ROWS])
def test_what_can_be_asked_in_a_language_is_recognised_in_it(
    kind: Missing, holding: str, lacking: str, parties: PartyTable
) -> None:
    assert contains_answer_type(kind, ["—", holding], parties, ["XOD"])
    assert not contains_answer_type(kind, [lacking], parties, ["XOD"])


@pytest.mark.parametrize("kind", sorted({row[0] for row in ROWS}))
def test_an_answer_in_another_language_counts(kind: Missing, parties: PartyTable) -> None:
    assert all(contains_answer_type(kind, [row[2]], parties, ["XOD"]) for row in ROWS if row[0] == kind)
