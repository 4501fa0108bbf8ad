"""Whether evidence holds the kind of thing that was asked for."""

import pytest

from app.asked import holds

AGREEMENTS = "mutual legal assistance agreements"


@pytest.mark.parametrize(
    "text",
    [
        "Ondrava has concluded 27 agreements with its neighbours.",
        "Ondrava has concluded twenty-seven such agreements.",
        "Dozens of agreements were concluded.",
        "Of 61 requests for legal assistance, half were answered.",
        "Agreements now number 27.",
    ],
)
def test_holds_a_number_beside_the_topic(text: str) -> None:
    assert holds("number", [text], AGREEMENTS, "en")


@pytest.mark.parametrize(
    "text",
    [
        "Ondrava has concluded an outstanding number of agreements.",
        "In 2019 agreements were concluded.",
        "Under article 18 agreements are concluded.",
        "Under paragraph 3 (a) of article 18 agreements may be concluded.",
        "Agenda item 4: agreements on assistance.",
        "At the 10th session agreements were mentioned.",
        "Twelve trees were felled in our northern forests last winter, said the minister of the interior.",
        "",
    ],
)
def test_holds_no_number_where_none_counts_the_topic(text: str) -> None:
    assert not holds("number", [text], AGREEMENTS, "en")


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
        ("state", "Nobody is named here."),
    ],
)
def test_holds_what_a_text_says(kind: str, text: str) -> None:
    assert holds(kind, ["Nothing.", text], "commission", "en")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "The commission reported at length and may report again."),
        ("date", "May I thank the commission for its march through an august agenda."),
        ("reason", "We object to remote access."),
        ("article", "We recall agenda item 16 and the Convention."),
        ("name", "the commission was led by a judge."),
    ],
)
def test_holds_not_what_a_text_leaves_out(kind: str, text: str) -> None:
    assert not holds(kind, [text], "commission", "en")


def test_holds_nothing_without_evidence() -> None:
    assert not holds("date", [], "commission", "en")
