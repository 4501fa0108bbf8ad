"""Texts that are made to take long: reading whose words they are takes time that grows with their length alone."""

import time

import pytest

pytestmark = pytest.mark.slow

SHORT, TIMES = 150, 6
# Seconds that a garbage collection or another process may take in between.
_UNSTEADY = 0.3
JOINT = "Joint statement on lamps\n\nWe light them.\n\n"
GROUP = "Mr. President,\n\nI speak on behalf of the Group of Riparian States. The Group agrees.\n\n"
HOSTILE = {
    "titles of lists": lambda n: JOINT + "Co-sponsors:\n" * n,
    "lists of one": lambda n: JOINT + "Co-sponsors: Arvandia\nof the draft\n" * n,
    "lists": lambda n: JOINT + "Co-sponsors: Arvandia, Belmora and Drelnia.\n" * n,
    "a list": lambda n: JOINT + "Co-sponsors: " + "Arvandia, Belmora, " * n,
    "joint titles": lambda n: "Joint statement by Arvandia and Belmora\n" * n,
    "reports": lambda n: "Arvandia said that lamps matter. Belmora asked why. Drelnia noted that. " * n,
    "reports in paragraphs": lambda n: "Arvandia said no.\n\nBelmora asked why.\n\nDrelnia noted it.\n\n" * n,
    "inserted speakers": lambda n: "Lamps, said the representative of Arvandia, matter. He added that. " * n,
    "a sentence of speakers": lambda n: "The representative of Arvandia, on behalf of Belmora, " * n,
    "labels": lambda n: "Mr. Oram (Arvandia): We agree.\n\nThe President: It is so.\n\n" * n,
    "open brackets": lambda n: "Mr. Oram (Arvandia): We agree.\n\nMs. Ferro (Belmora" + " (spoke in" * n,
    "notes on language": lambda n: "Mr. Oram (Arvandia): We agree.\n\n" + "(spoke in French)\n\nWe go on.\n\n" * n,
    "summaries": lambda n: "1. Mr. Oram (Arvandia) said no.\n\n2. In his national capacity, he said yes.\n\n" * n,
    "capacities": lambda n: GROUP + "In my national capacity, I add a word. It is late. " * n,
    "behalf": lambda n: GROUP + "On behalf of " * n,
    "footnotes": lambda n: "We light lamps.1\n" * n + "1 See the annex.\n" * n,
    "conventions": lambda n: "Article 30 of the Convention and article 31 thereof. " * n,
    "datelines": lambda n: "Vienna, 12 May 2023\n" * n,
    "covers": lambda n: "STATEMENT BY THE REPUBLIC OF ARVANDIA\n" * n,
}  # fmt: skip


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_time_to_read_a_text_grows_with_its_length_alone(annotate, made):
    def seconds(times):
        text, began = made(times), time.process_time()
        annotate(text)
        return time.process_time() - began

    seconds(3)
    assert seconds(TIMES * SHORT) < 2 * TIMES * seconds(SHORT) + _UNSTEADY
