"""Whether evidence holds the kind of thing that was asked for."""

import pytest

from app.answer import Missing
from app.asked import holds
from ingest.parties import PartyTable


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
    assert holds("number", ["Nothing here.", text], parties, ["XOD"])


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
    assert not holds("number", [text], parties, ["XOD"])


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
    assert holds(kind, ["Nothing.", text], parties, ["XOD"])


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
    assert not holds(kind, [text], parties, ["XOD"])


def test_holds_nothing_without_evidence(parties: PartyTable) -> None:
    assert not holds("date", [], parties, [])
