"""Words with which a question asks for a direction at any time, or for the strongest one."""

from ingest.language.lexicons import RegexPatterns
from tests.cases import Cases

cases = Cases(__file__)
WORDS = RegexPatterns("asked_direction")


@cases("name", "question", "known", at_once=True)
def test_words_of_any_time_and_of_degree_are_known_in_six_languages(name, question, known):
    assert (getattr(WORDS, name).search(question) is not None) == known
