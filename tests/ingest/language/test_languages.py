"""Paragraphs in the six languages: detected one by one, split, repaired, cut and searched as their own."""

import pytest

from ingest.language.detection import (
    detect_language,
    is_in_other_language,
    language_of_sentence,
    main_language,
    with_languages,
)
from ingest.language.sentences import split_sentences
from ingest.text.layout import find_blocks
from ingest.text.readable import ReadableText, readable
from ingest.text.repair import repair
from ingest.text.splitter import SplitConfig, make_passages, make_sentences
from tests.cases import Cases
from vectorstore.fts_query import Phrase, any_word_query, lexical_text

cases = Cases(__file__)

PARAGRAPHS = cases["PARAGRAPHS"]
MIXED = "\n\n".join(PARAGRAPHS.values())


def test_each_paragraph_has_its_own_language():
    blocks = with_languages(MIXED, find_blocks(MIXED), "en")
    assert [block.language or "en" for block in blocks] == list(PARAGRAPHS)


@pytest.mark.parametrize("text", ["Mr. Chairman,", "Agenda item 4", "Ilvane, Ferro, Sorel.", "ONU, OEA, UE, 2020."])
def test_what_is_too_short_to_tell_has_the_language_of_its_document(text):
    document = PARAGRAPHS["fr"] + "\n\n" + text
    assert [block.language for block in with_languages(document, find_blocks(document), "fr")] == [None, None]


def test_the_language_of_a_text_is_that_of_most_of_its_words():
    blocks = with_languages(MIXED, find_blocks(MIXED), "fr")
    assert main_language(MIXED, blocks[3:4], "fr") == "ru"
    assert main_language(MIXED, (), "fr") == "fr"


def test_sentences_and_passages_carry_the_language_of_their_paragraph():
    blocks = with_languages(MIXED, find_blocks(MIXED), "en")
    text = ReadableText(MIXED, ())
    sentences = make_sentences("s", text, blocks, (), language="en")
    assert [sentence.language for sentence in sentences] == [language for language in PARAGRAPHS for _ in range(2)]
    passages = make_passages("s", text, sentences, SplitConfig(), fits_model=lambda texts: [True] * len(texts))
    assert [passage.language for passage in passages] == list(PARAGRAPHS)
    assert [passage.text for passage in passages] == list(PARAGRAPHS.values())


def test_words_are_mended_in_english_paragraphs_only():
    broken = "We thank theimposition of new rules, and wish to consider them with all other States now."
    text = PARAGRAPHS["fr"] + " Le mot theimposition reste.\n\n" + broken
    blocks = with_languages(text, find_blocks(text), "fr")
    assert [block.language for block in blocks] == [None, "en"]
    read = readable(text, repair(text, blocks, language="fr"))
    assert "Le mot theimposition reste." in read
    assert "We thank the imposition of" in read


@cases("language", "lines", "read", tuples=True)
def test_lines_are_joined_as_the_script_asks(language, lines, read):
    text = "\n".join(lines)
    edits = repair(text, find_blocks(text), language=language)
    assert read in readable(text, edits).replace("-", "")
    assert "\n" not in readable(text, edits)


def test_right_to_left_text_stays_in_logical_order():
    text = "تنص الفقرة ١٦ من القرار 55/25 على التعاون.\n\nوتؤيد أرفانديا (Arvandia) ذلك."
    edits = repair(text, find_blocks(text), language="ar")
    assert readable(text, edits) == text
    spans = list(split_sentences(text))
    assert "".join(text[start:end] for start, end in spans) == text.replace("\n\n", "")


def test_a_number_is_found_in_any_digits():
    assert lexical_text("الفقرة ١٦") == f"{lexical_text('الفقرة')} 16"
    assert Phrase("16") in any_word_query("١٦")
    assert lexical_text("第１６条") == lexical_text("第16条")


# --- the language of a text or a sentence


@cases("text", "language", at_once=True)
def test_detect_language_for_the_six(text, language):
    assert detect_language(text) == language


@cases("sentence", "language", at_once=True)
def test_the_language_of_a_sentence_is_told_by_script_or_words(sentence: str, language: str) -> None:
    assert language_of_sentence(sentence, "en") == language


def test_a_sentence_that_tells_no_language_is_in_that_of_its_context() -> None:
    assert language_of_sentence("UNODC 2020", "fr") == "fr"
    assert language_of_sentence("UNODC 2020", "ru") == "en"


@cases("text", "other")
def test_a_question_in_none_of_the_six_languages_is_noticed(text: str, other: bool) -> None:
    assert is_in_other_language(text) is other
