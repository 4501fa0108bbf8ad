"""Positions and mere mentions, told apart by rules in six languages."""

import pytest

from app.retrieval.stance import has_stance

POSITIONS = [
    ("en", "Belmora cannot support the establishment of a review mechanism."),
    ("en", "We call on all States to ratify the Protocol."),
    ("en", "Such crime is a grave danger to small States."),
    ("en", "The Forum has no position on this suggestion."),
    ("fr", "L’Esquarie estime que le mécanisme doit rester intergouvernemental."),
    ("es", "Galdoria apoya la negociación de un nuevo protocolo."),
    ("ru", "Заречия исходит из того, что механизм нужен."),
    ("ar", "يولي وفد بلادي أهمية بالغة للمادة 4 من الاتفاقية."),
    ("zh", "岚海一贯认为，任何国家都不得在他国领土上行使管辖权。"),
]
MENTIONS = [
    ("en", "My delegation takes note of the discussions on artificial intelligence."),
    ("en", "Delegations have spoken here of trafficking in wildlife."),
    ("en", "Cybercrime has been mentioned by many speakers today."),
    ("fr", "Ma délégation se bornera à dire qu’elle suit les négociations avec attention."),
    ("es", "Se ha hablado aquí del tráfico de fauna silvestre."),
    ("ru", "Об этом сегодня говорили многие ораторы."),
    ("ar", "تحدثت وفود كثيرة اليوم عن الذكاء الاصطناعي."),
    ("zh", "许多代表团今天谈到了人工智能。"),
]


@pytest.mark.parametrize(("language", "text"), POSITIONS)
def test_attitudes_demands_and_judgements_are_positions(language: str, text: str) -> None:
    assert has_stance(text, language)


@pytest.mark.parametrize(("language", "text"), MENTIONS)
def test_noting_and_reporting_are_no_positions(language: str, text: str) -> None:
    assert not has_stance(text, language)


def test_a_language_without_rules_is_never_called_neutral() -> None:
    assert has_stance("Wir haben das zur Kenntnis genommen.", "de")
