import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.language.sentences import split_sentences


def split(text):
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["We agree.", "We thank you!", "Is that so?", "It is."],
        ["Nous sommes d’accord.", "Merci, M. le Président.", "Est-ce vrai ?", "Oui !"],
        ["Estamos de acuerdo.", "¿Es cierto?", "¡Sí!", "El Sr. Presidente lo sabe."],
        ["Мы согласны.", "Спасибо!", "Это так?", "Да."],
        ["نحن نوافق.", "هل هذا صحيح؟", "نعم."],
        ["We wait…", "Then we act."],
    ],
)
def test_sentences_end_at_their_marks(sentences):
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize("separator", ["", " ", "\n"])
def test_chinese_sentences_need_no_space(separator):
    sentences = ["我们支持公约。", "这是真的吗？", "是的！", "他说：“我们同意。”", "谢谢。"]
    assert split(separator.join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentence",
    [
        "We thank Mr. Chairman and Mrs. Aru for it.",
        "H.E. Dr. Ona Belk of the U.N. spoke.",
        "See art. 4, para. 2 and arts. 5 to 7 of the Convention.",
        "See Art. 16 bis of it.",
        "Document No. 12 and Doc. A/55/25 apply.",
        "It rose by 4.5 per cent in 2020.",
        "J. K. Smith presided.",
        "Crimes, e.g. Smuggling and i.e. Trafficking, rose.",
        "Resolution 55/25 (cf. Annex II) applies.",
        "Article 4.2 applies.",
        "Le paragraphe al. 2 de l’art. 4 s’applique.",
        "Según el art. 4, párr. 2, de la Convención.",
        "В соответствии со ст. 4 п. 2 Конвенции.",
        "Он родился в 1990 г. в городе.",
        "1. We support the first measure.",
        "(a) The second one.",
        "The site www.example.org has it.",
        "Smith et al. Reported it.",
        "Words … go on in lower case.",
        "The text […] goes on after a page.",
        "The text […] Goes on after a page with a capital.",
        "Is it “why?” that they ask.",
    ],
)
def test_sentence_is_not_cut_inside(sentence):
    assert split(sentence) == [sentence]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We combat TOC. We act.", ["We combat TOC.", "We act."]),
        ("It stands in annex I. We agree.", ["It stands in annex I.", "We agree."]),
        ("He said “We agree.” They left.", ["He said “We agree.”", "They left."]),
        ("(We agree.) They left.", ["(We agree.)", "They left."]),
        ("It ended in 2020. In 2021 it began.", ["It ended in 2020.", "In 2021 it began."]),
        ("confiscation.In this regard, we act.", ["confiscation.", "In this regard, we act."]),
        ("We agree.\n\nWe act.", ["We agree.", "We act."]),
        ("What?! No.", ["What?!", "No."]),
        ("They said no. We disagree.", ["They said no.", "We disagree."]),
        ("It is an art. We learn it.", ["It is an art.", "We learn it."]),
        ("See No. 4. We agree.", ["See No. 4.", "We agree."]),
    ],
)
def test_sentence_ends_where_the_next_begins(text, expected):
    assert split(text) == expected


def test_newline_is_a_boundary():
    assert split("Agenda item 4\nWe agree to it;\nwe act") == ["Agenda item 4", "We agree to it;", "we act"]


@pytest.mark.parametrize("text", ["", " ", "\n \n", "\t"])
def test_text_without_words_has_no_sentence(text):
    assert split(text) == []


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
