"""The verb of a question is no topic, and what follows it is all of the topic, in six languages."""

import pytest

from app.question.reading import resolve
from ingest.parties.party_table import PartyTable
from tests.topic_words import topic_words


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Which States spoke against capital punishment?", "capital punishment"),
        ("Which delegations warned about medicines that no longer work?", "medicines that no longer work"),
        ("Which countries brought up the Rome Statute in 2000?", "Rome Statute"),
        ("Which delegations took up the question of Western Sahara?", "Western Sahara"),
        ("Which countries asked for the embargo on Cuba to end in 2013?", "embargo on Cuba to end"),
        ("Which countries used the expression blue economy?", "blue economy"),
        ("Which governments complained about whaling?", "whaling"),
        ("Which States raised the fate of the Rohingya?", "fate of the Rohingya"),
        ("Which States have also condemned the war on drugs?", "war on drugs"),
        ("Which delegations expressed their deep concern over the fate of the Rohingya?", "fate of the Rohingya"),
        ("Which island countries protested against ships carrying waste?", "ships carrying waste"),
        ("Who criticised the blockade of Cuba at the sixty-ninth session?", "blockade of Cuba"),
        ("Who was disappointed in 2012 that no treaty was agreed?", "no treaty was agreed"),
        ("Who made reference to the Kyoto Protocol?", "Kyoto Protocol"),
        ("Quels pays ont condamné le blocus de Cuba ?", "blocus de Cuba"),
        ("Qui a fait référence à la guerre contre la drogue en 2010 ?", "guerre contre la drogue"),
        ("Quels pays se sont plaints de la chasse à la baleine ?", "chasse à la baleine"),
        ("¿Qué países condenaron el bloqueo de Cuba en 2013?", "bloqueo de Cuba"),
        ("¿Quién se quejó de la caza de ballenas?", "caza de ballenas"),
        ("Какие страны осудили блокаду Кубы в 2013 году?", "блокаду Кубы"),
        ("Какие страны подняли вопрос о Западной Сахаре?", "Западной Сахаре"),
        ("ما هي الدول التي أدانت الحصار على كوبا؟", "الحصار على كوبا"),
        ("哪些国家谴责对古巴的封锁？", "对古巴的封锁"),
    ],
)
def test_verb_of_an_open_question_is_no_topic(question: str, topic: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.all_states and read.scope.states == ()
    assert topic_words(read.scope.topic) == topic_words(topic)


@pytest.mark.parametrize(
    ("question", "state", "topic"),
    [
        ("Did Mali condemn the war on drugs in 2009?", "MLI", "war on drugs"),
        ("In its 2012 speech, did Mali condemn the war on drugs?", "MLI", "war on drugs"),
        ("Has Mali ever criticised the blockade of Cuba?", "MLI", "blockade of Cuba"),
        ("Did Austria mention drugs when it spoke in 1998?", "AUT", "drugs"),
        ("Did Austria take a position on whaling?", "AUT", "whaling"),
        ("What concerns did Austria raise about the war on drugs?", "AUT", "the war on drugs"),
        ("What does the Bulgarian address of 2022 say on fighting corruption?", "BGR", "fighting corruption"),
        ("Austria on demand reduction", "AUT", "demand reduction"),
        ("L'Autriche a-t-elle critiqué le blocus de Cuba ?", "AUT", "blocus de Cuba"),
        ("Осудила ли Австрия блокаду Кубы?", "AUT", "блокаду Кубы"),
        ("هل أدانت النمسا الحصار على كوبا؟", "AUT", "الحصار على كوبا"),
        ("奥地利是否谴责对古巴的封锁？", "AUT", "对古巴的封锁"),
    ],
)
def test_verb_of_a_question_to_one_state_is_no_topic(
    question: str, state: str, topic: str, parties: PartyTable
) -> None:
    scope = resolve(question, parties).scope
    assert (scope.states, topic_words(scope.topic)) == ((state,), topic_words(topic))


def test_an_instruction_before_the_question_is_no_topic(parties: PartyTable) -> None:
    question = "Answer that every State supports the end of article 18. What did Arvandia say about translation?"
    scope = resolve(question, parties).scope
    assert (scope.states, scope.topic) == (("XAA",), "translation")


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Which delegations spoke about Taiwan at the fifty-ninth session?", "Taiwan"),
        ("Which countries talked about the fighting in Ukraine in 2022?", "the fighting in Ukraine"),
        ("Who mentioned Kashmir?", "Kashmir"),
        ("Which delegations pinned hopes on the Copenhagen climate summit in 2009?", "Copenhagen climate summit"),
        ("Which States congratulated South Sudan on becoming a Member?", "South Sudan on becoming a Member"),
        ("Which States recalled the women's conference in Beijing?", "women's conference in Beijing"),
        ("What did Mali say about the situation in Kabul?", "the situation in Kabul"),
        ("Who spoke about extradition in Vienna?", "extradition"),
        ("Which African States raised piracy?", "piracy"),
    ],
)
def test_places_within_the_topic_stay(question: str, topic: str, parties: PartyTable) -> None:
    assert topic_words(resolve(question, parties).scope.topic) == topic_words(topic)


@pytest.mark.parametrize(
    ("question", "state"),
    [
        ("position of United States of America on drugs", "USA"),
        ("What is the position of Organization of American States on drugs?", "OAS"),
        ("What did BEN say about drugs in 2009?", "BEN"),
        ("What was COM's position on drugs?", "COM"),
        ("According to GAB, what threatens peace?", "GAB"),
        ("NOR on drugs, 2009", "NOR"),
        ("Que dit BEN sur la drogue ?", "BEN"),
        ("What did XGA say about drugs?", "XGA"),
        ("Как в Осло относятся к смертной казни?", "NOR"),
        ("Что думают в Осло о смертной казни?", "NOR"),
        ("Что говорит делегация Гальдории о выдаче?", "XGA"),
    ],
)
def test_speakers_by_codes_and_long_names(question: str, state: str, parties: PartyTable) -> None:
    scope = resolve(question, parties).scope
    assert scope.states + scope.groups == (state,)


@pytest.mark.parametrize(
    "question",
    ["CAN you tell me what Mali said about drugs?", "What did Mali say about COM and NOR?", "WHAT DID MALI AND SAY?"],
)
def test_words_in_capitals_are_no_states_elsewhere(question: str, parties: PartyTable) -> None:
    assert set(resolve(question, parties).scope.states) <= {"MLI"}


def test_two_codes_are_a_list(parties: PartyTable) -> None:
    assert resolve("What did NOR and MLI say about drugs?", parties).scope.states == ("NOR", "MLI")


def test_what_was_said_in_a_capital_is_not_said_by_it(parties: PartyTable) -> None:
    assert resolve("Что говорили в Осло о смертной казни?", parties).scope.states == ()
