"""What a question wants besides its scope: a treaty's own words, a position, a change, or nothing that is held here."""

import re

import pytest

from app.question.folding import fold_accents
from app.question.reading import resolve
from ingest.parties.party_table import PartyTable

LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")


def test_plain_text_keeps_every_offset() -> None:
    text = "¿Qué dijo Irán؟ أإآ ةى ٢٠١٨ Ёлка 《公约》，第４条 ’é́"
    assert len(fold_accents(text)) == len(text)
    assert fold_accents("Qué été ёлка й ٢٠١٨") == "Que ete елка й 2018"


@pytest.mark.parametrize(
    ("question", "treaty", "articles", "topic"),
    [
        ("What does article 4 require?", "UNTOC", ("4",), ""),
        ("What does the Convention say about extradition?", "UNTOC", (), "extradition"),
        ("What is article 18 about?", "UNTOC", ("18",), ""),
        ("Text of article 3 of the Smuggling Protocol", "SOM", ("3",), ""),
        ("Under article 18, when may assistance be refused?", "UNTOC", ("18",), "assistance be refused"),
        ("Show me article 16", "UNTOC", ("16",), ""),
        ("Que dispose l’article 4 ?", "UNTOC", ("4",), ""),
        ("Que prévoit la Convention sur l’extradition ?", "UNTOC", (), "extradition"),
        ("De quoi parle l’article 18 de la Convention de Palerme ?", "UNTOC", ("18",), ""),
        ("¿Qué establece el artículo 4?", "UNTOC", ("4",), ""),
        ("¿Qué dice la Convención sobre la extradición?", "UNTOC", (), "extradición"),
        ("¿De qué trata el artículo 18?", "UNTOC", ("18",), ""),
        ("Что предусматривает статья 4?", "UNTOC", ("4",), ""),
        ("Что говорит Конвенция о выдаче?", "UNTOC", (), "выдаче"),
        ("О чем говорится в статье 18?", "UNTOC", ("18",), ""),
        ("ماذا تنص المادة 4؟", "UNTOC", ("4",), ""),
        ("ماذا تقول الاتفاقية عن تسليم المجرمين؟", "UNTOC", (), "تسليم المجرمين"),
        ("ما هو مضمون المادة 18؟", "UNTOC", ("18",), ""),
        ("第四条规定了什么？", "UNTOC", ("4",), ""),
        ("《公约》对引渡有什么规定？", "UNTOC", (), "引渡"),
        ("第18条是关于什么的？", "UNTOC", ("18",), ""),
    ],
)
def test_a_question_for_a_treatys_own_words_is_known(
    question: str, treaty: str, articles: tuple[str, ...], topic: str, parties: PartyTable
) -> None:
    read = resolve(question, parties)
    assert read.provision and not read.all_states and read.scope.topic == topic
    assert [(each.treaty, each.articles) for each in read.scope.treaties] == [(treaty, articles)]


@pytest.mark.parametrize(
    "question",
    [
        "What does article 4 require of Arvandia?",
        "What does Arvandia say article 4 requires?",
        "What was said about article 4?",
        "Which States cite article 18?",
        "What did Arvandia say about the Convention?",
        "Que dit l’Esquarie de l’article 4 de la Convention ?",
        "¿Qué dijo Galdoria sobre el artículo 4?",
        "岚海对《公约》第四条有何主张？",
        "article 4",
    ],
)
def test_a_question_about_statements_asks_for_no_provision(question: str, parties: PartyTable) -> None:
    assert not resolve(question, parties).provision


def test_the_protocols_are_all_three(parties: PartyTable) -> None:
    for question in ("What did Arvandia say about the Protocols?", "Que dit l’Esquarie des trois Protocoles ?"):
        found = {each.treaty for each in resolve(question, parties).scope.treaties}
        assert found == {"TIP", "SOM", "FIREARMS"}
    both = resolve("What did Arvandia say about this Convention and its Protocols?", parties).scope.treaties
    assert {each.treaty for each in both} == {"UNTOC", "TIP", "SOM", "FIREARMS"}


@pytest.mark.parametrize(
    ("question", "bare"),
    [
        ("What did Arvandia say about article 4?", True),
        ("What did Arvandia say about article 4 of the Convention?", False),
        ("What did Arvandia say about article 4 of the Smuggling of Migrants Protocol?", False),
        ("Palermo Convention article 4, Arvandia", False),
        ("Что сказала Заречия о статье 4 Конвенции?", False),
        ("岚海对《公约》第四条有何主张？", False),
        ("岚海对第四条有何主张？", True),
    ],
)
def test_articles_without_their_treaty_are_known(question: str, bare: bool, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.assumed_treaty == bare and read.scope.treaties[0].articles == ("4",)


@pytest.mark.parametrize(
    ("question", "stance"),
    [
        ("What is Arvandia’s position on extradition?", True),
        ("Does Arvandia support a new protocol?", True),
        ("Is Arvandia in favour of a new protocol?", True),
        ("L’Esquarie est-elle favorable à un protocole ?", True),
        ("¿Galdoria apoya un protocolo?", True),
        ("Поддерживает ли Заречия новый протокол?", True),
        ("هل تؤيد ريماليا بروتوكولا جديدا؟", True),
        ("岚海是否支持新议定书？", True),
        ("What did Arvandia say about extradition?", False),
        ("Qu’a dit l’Esquarie sur l’extradition ?", False),
        ("¿Qué dijo Galdoria sobre la extradición?", False),
        ("Что сказала Заречия о выдаче?", False),
        ("ماذا قالت ريماليا عن تسليم المجرمين؟", False),
        ("岚海对引渡说了什么？", False),
    ],
)
def test_a_question_for_a_position_is_known(question: str, stance: bool, parties: PartyTable) -> None:
    assert resolve(question, parties).stance == stance


@pytest.mark.parametrize(
    ("question", "over_time"),
    [
        ("Has Arvandia changed its position on extradition?", True),
        ("How did Arvandia’s view evolve over the years?", True),
        ("Compare Arvandia in 2016 and 2020 on extradition", True),
        ("What was the view of Arvandia in 2020, and what is it in 2024?", True),
        ("La position de l’Esquarie a-t-elle évolué ?", True),
        ("¿Ha cambiado la posición de Galdoria?", True),
        ("Изменилась ли позиция Заречии?", True),
        ("هل تغير موقف ريماليا؟", True),
        ("岚海的立场有什么变化？", True),
        ("What did Arvandia say in 2016 about extradition?", False),
        ("What did Arvandia say between 2016 and 2020 about extradition?", False),
    ],
)
def test_a_question_about_change_is_known(question: str, over_time: bool, parties: PartyTable) -> None:
    assert resolve(question, parties).over_time == over_time


@pytest.mark.parametrize(
    "question",
    [
        "What did they say about extradition?",
        "What is their position?",
        "Qu’ont-ils dit sur l’extradition ?",
        "Quelle est leur position ?",
        "¿Qué dijeron sobre la extradición?",
        "¿Cuál es su posición sobre la extradición?",
        "Что они сказали о выдаче?",
        "Какова их позиция?",
        "ماذا قالوا عن تسليم المجرمين؟",
        "ما هو موقفهم؟",
        "他们对引渡说了什么？",
        "他们的立场是什么？",
    ],
)
def test_a_pronoun_alone_names_nobody(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.unnamed and not read.all_states and read.scope.states == ()


@pytest.mark.parametrize(
    "question",
    [
        "What is the weather in Vienna?",
        "Give me a recipe for goulash",
        "Translate this sentence into Latin",
        "In your own opinion, should I vote for it?",
        "Who won the football World Cup in 1998?",
        "Quel temps fait-il à Vienne ?",
        "Traduisez cette phrase en latin",
        "À votre avis, que dois-je voter ?",
        "¿Qué tiempo hace en Viena?",
        "Traduce esta frase al latín",
        "¿Tú qué opinas?",
        "Какая погода в Вене?",
        "Переведи это на латынь",
        "Как вы думаете, стоит ли голосовать?",
        "ما حالة الطقس في فيينا؟",
        "ترجم هذه الجملة",
        "ما رأيك؟",
        "维也纳天气怎么样？",
        "请翻译这句话",
        "你怎么看？",
    ],
)
def test_what_statements_cannot_answer_is_out_of_scope(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.to_assistant or not read.is_statement_question


@pytest.mark.parametrize(
    "question",
    [
        "Write a summary of what Arvandia said on extradition",
        "What did Arvandia say about the weather at sea?",
        "Draft a briefing on Arvandia’s position on extradition",
        "mutual legal assistance",
    ],
)
def test_work_on_statements_is_in_scope(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.is_statement_question and not read.to_assistant


@pytest.mark.parametrize(
    ("question", "states"),
    [
        ("How many refugees from the former Yugoslavia live in Arvandia?", ("XAA",)),
        ("What did Arvandia say about Congo?", ("XAA",)),
        ("Que dit l’Esquarie de la Corée ?", ("XES",)),
        ("What did Arvandia say on the former Soviet Union?", ("XAA",)),
    ],
)
def test_an_unclear_name_in_the_topic_is_not_asked_back(
    question: str, states: tuple[str, ...], parties: PartyTable
) -> None:
    read = resolve(question, parties)
    assert (read.unclear, read.scope.states) == (None, states)


@pytest.mark.parametrize(
    "question",
    [
        "What did Wolmandia say about extradition?",
        "Qu’a dit la Wolmandie sur l’extradition ?",
        "¿Qué dijo Wolmandia sobre la extradición?",
        "Что сказала Волмандия о выдаче?",
        "ماذا قالت ولمنديا عن تسليم المجرمين؟",
        "沃尔曼迪对引渡说了什么？",
    ],
)
def test_an_unknown_speaker_is_asked_back(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.unclear and re.search(r"(?i)w?olmand|волманд|ولمنديا|沃尔曼迪", read.unclear) and not read.known_name
