import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.language.sentences import split_sentences
from tests.cases import Cases

cases = Cases(__file__)


def split(text):
    return [text[start:end] for start, end in split_sentences(text)]


@cases("sentences", at_once=True)
def test_sentences_end_at_their_marks(sentences):
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize("separator", ["", " ", "\n"])
@pytest.mark.parametrize(
    "sentences", [["我们支持公约。", "这是真的吗？", "是的！", "他说：“我们同意。”", "谢谢。"], *cases["CHINESE"]]
)
def test_chinese_sentences_need_no_space(separator, sentences):
    assert split(separator.join(sentences)) == sentences


@cases("text", "expected", at_once=True)
def test_sentence_ends_where_the_next_begins(text, expected):
    assert split(text) == expected


ALPHABET = st.sampled_from([*"aAbZé中国нЖ01 .!?…。！？؟;:,()[]“”\"'-–\n", "[…]", "Mr. ", "art. ", ". ", "U.N."])


@given(st.one_of(st.text(), st.lists(ALPHABET, max_size=60).map("".join)))
def test_sentences_are_in_order_trimmed_and_lose_only_white_space(text):
    position = 0
    for start, end in split_sentences(text):
        assert position <= start < end <= len(text)
        assert text[position:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        position = end
    assert text[position:].strip() == ""
