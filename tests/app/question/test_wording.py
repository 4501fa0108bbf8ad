"""How a topic was asked about, which is what the cross-encoder reads."""

from app.question.reading import resolve
from app.question.resolution import TopicWording
from app.retrieval.strategies import ByTopic, choose_strategy
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)


@cases("question", "text")
def test_a_wording_leaves_out_who_and_when(parties: PartyTable, question: str, text: str) -> None:
    read = resolve(question, parties)
    assert read.wording is not None
    assert text in read.wording.text
    assert not {"Canada", "Norway", "2020", "'s"} & set(read.wording.text.split())
    assert choose_strategy(read) == ByTopic(topic=read.scope.topic, wording=read.wording.text)


FIRST = "What lesson did Canada draw from kidnapping for ransom?"


def test_a_wording_goes_on_with_its_topic_and_not_with_another(parties: PartyTable) -> None:
    same = resolve("and Norway?", parties, history=[FIRST])
    assert same.wording is not None and same.wording == resolve(FIRST, parties).wording
    other = resolve("and on piracy?", parties, history=[FIRST])
    assert other.wording is None or "kidnapping" not in other.wording.text


def test_a_wording_that_says_no_more_than_its_topic_is_left_out(parties: PartyTable) -> None:
    read = resolve("What did Canada say about kidnapping for ransom?", parties)
    assert read.scope.topic == "kidnapping for ransom" and read.wording is None


def test_a_topic_set_by_hand_is_searched_by_itself(parties: PartyTable) -> None:
    read = resolve(FIRST, parties, overrides={"topic": "piracy"})
    assert read.wording == TopicWording(
        topic="kidnapping for ransom", text="What lesson did draw from kidnapping for ransom?"
    )
    assert choose_strategy(read) == ByTopic(topic="piracy")


def test_who_owns_a_view_outside_the_topic_speaks(parties: PartyTable) -> None:
    read = resolve("Which obligations of States are breached by blockades, in Tehran’s eyes?", parties)
    assert (read.scope.states, read.scope.all_states) == (("IRN",), False)
