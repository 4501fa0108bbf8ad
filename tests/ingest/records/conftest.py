"""Fictional records, and how they are split."""

import pytest

from ingest.metadata.metadata import read_metadata
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_segmentation import find_interventions
from ingest.text.layout import find_blocks
from tests.conftest import PROJECT


@pytest.fixture(scope="session")
def split(parties):
    """Returns a function that finds the interventions of a text."""

    def split_text(text, language=None):
        blocks = find_blocks(text)
        language = language or read_metadata(text, blocks, None, "a.txt").metadata.language
        return find_interventions(text, blocks, SpeakerLookup(parties=parties, language=language, date="2022"))

    return split_text


@pytest.fixture(scope="session")
def record():
    """Returns a function that reads a fictional record by name."""
    return lambda name: (PROJECT / "tests" / "data" / "records" / f"{name}.txt").read_text(encoding="utf-8")
