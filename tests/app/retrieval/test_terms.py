import pytest

from app.question.reading import read_question
from app.retrieval.terms import content_terms
from ingest.glossary.glossary import translate_topic
from ingest.parties.party_table import PartyTable
from tests.cases import Cases, read_yaml

cases = Cases(__file__)


@cases("language", "one", "other", at_once=True)
def test_content_terms_of_two_forms_are_equal(language, one, other):
    assert content_terms(one, language) == content_terms(other, language) != frozenset()


def test_content_terms_are_read_in_their_own_script():
    assert content_terms("打击腐败的措施", "zh") == {"打击", "击腐", "腐败", "措施"}
    assert content_terms("水", "zh") == {"水"}
    assert content_terms("Защите 主权 ports", "en") == {"защит", "主权", "port"}
    assert content_terms("the state of the matter", "en") == frozenset()


@pytest.mark.heavy
def test_topics_of_the_conference_in_other_languages_are_covered(conference):
    parties = PartyTable.load(conference / "parties.csv")
    asked = read_yaml(conference / "questions.yaml")["cases"]
    scopes = [read_question(case["question"], parties).scope for case in asked if case.get("lang", "en") != "en"]
    topics = [scope for scope in scopes if scope.topic]
    covered = [scope for scope in topics if translate_topic(scope.topic, scope.language).coverage >= 0.7]
    assert len(topics) >= 25
    # 17 of 30 topics were covered when these questions were written; the glossary was not made for them.
    assert len(covered) / len(topics) >= 0.55
