"""Whether a number in evidence counts what the question counts."""

import pytest

from app.answering.answer_type_check import contains_answer_type
from ingest.parties.party_table import PartyTable


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many ships were seized?", "We seized nineteen ships last year."),
        ("How many ships were seized?", "We seized two ships."),
        ("How many ships were seized?", "Of the ships that we inspected, 12 were seized."),
        ("How many ships were seized?", "Nous avons saisi 19 navires."),
        ("How many people died?", "The flood took more than 300 lives."),
        ("How many displaced people did it shelter?", "We host 1.4 million refugees."),
        ("How many people claimed rights?", "The register was consulted 70,000 times, and 316 persons came forward."),
        ("How many women hold public office?", "Today 42 per cent of the deputies are women."),
        ("How many years did it take?", "The work took 14 years."),
        ("How much money was pledged?", "We pledged $5 million."),
        ("How much of the land is forest?", "Forest covers 90 per cent of it."),
        ("What share of the budget goes to health?", "A third goes to health: 33 per cent."),
        ("Combien de navires ont été saisis ?", "Nous avons saisi 19 navires."),
        ("¿Cuántos barcos fueron capturados?", "Hemos capturado 19 barcos."),
        ("Сколько судов было захвачено?", "Мы захватили 19 судов."),
        ("كم عدد السفن؟", "صادرنا 19 سفينة."),
        ("扣押了多少艘船？", "我们扣押了19艘船。"),
    ],
)
def test_a_number_of_what_is_asked_answers(question: str, text: str, parties: PartyTable) -> None:
    assert contains_answer_type("number", [text], parties, (), question)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many ships were seized?", "Piracy affects nineteen countries."),
        ("How many patrol boats does it own?", "There are seventy kilometres of beaches for each patrol boat."),
        ("How many pirates are in prison?", "Hundreds of thousands of people fled; pirates are a scourge."),
        ("How many people died?", "We have adopted 300 laws."),
        ("How much money was pledged?", "We host 5 million refugees."),
        ("What share of the budget goes to health?", "We built 33 hospitals."),
        ("Combien de navires ont été saisis ?", "La piraterie touche 19 pays."),
        ("¿Cuántos barcos fueron capturados?", "La piratería afecta a 19 países."),
        ("Сколько судов было захвачено?", "Пиратство затрагивает 19 стран."),
    ],
)
def test_a_number_of_something_else_does_not(question: str, text: str, parties: PartyTable) -> None:
    assert not contains_answer_type("number", [text], parties, (), question)
    assert contains_answer_type("number", [text], parties, ())
