"""A second statement in one file: it is split off, or the file is nobody's and the report says why."""

import pytest

from ingest.loaders.loaded import LoadedText
from tests.cases import Cases

cases = Cases(__file__)

ONE = "Mr. President,\n\nArvandia supports the fund. We opened an office in each of our provinces. Thank you."
OTHER = "Mr. President,\n\nWe cannot support the fund. We have no offices."


@pytest.fixture
def read(annotator):
    """Returns a function that reads a text, and tells who holds each part of it and what the report says."""

    def read_text(text):
        loaded = LoadedText(text=text, sha256="0" * 64)
        unsplit = annotator.read(loaded, None, file="a.txt", kind="statement", input_key="")
        parts = annotator.interventions(unsplit.document)
        holders = [item.state for item in parts] if parts else [unsplit.document.metadata.state]
        return holders, unsplit.reason or ""

    return read_text


@cases("title", "holders")
def test_a_second_statement_is_split_off_or_the_file_is_nobodys(title, holders, read):
    text = f"Statement by Arvandia\n\n15 October 2024\n\n{ONE}\n\n{title}\n\n{OTHER}\n"
    found, reason = read(text)
    assert found == holders
    assert ("further statements inside" in reason or "sections of" in reason) is (holders == [None])


@cases("words")
def test_lines_that_look_like_a_title_leave_a_statement_its_own(words, read):
    assert read(f"Statement by Arvandia\n\n15 October 2024\n\n{ONE}\n\n{words}\n\n{OTHER}\n")[0] == ["XAA"]


def test_a_title_right_after_the_last_words_of_a_page_splits_the_file(read):
    assert read(f"Statement by Arvandia\n\n{ONE}\nStatement by Belmora\n\n{OTHER}\n")[0] == ["XAA", "XAB"]


def test_a_further_statement_inside_a_section_makes_the_whole_file_nobodys(read):
    parts = [
        "Statement by Arvandia",
        ONE,
        "Statement by Belmora",
        OTHER,
        "Remarks by the delegation of Zubrovia",
        OTHER,
    ]
    holders, reason = read("\n\n".join(parts))
    assert holders == [None]
    assert "'Remarks by the delegation of Zubrovia'" in reason
