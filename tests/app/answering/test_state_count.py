"""Questions on how many States say something: a list that begins with its number."""

import pytest

from tests.fakes_corpora import workspace_over

pytestmark = pytest.mark.integration


def test_a_list_that_counts_states_begins_with_their_number(tmp_path):
    files = {
        "a.txt": "Arvandia supports tolls.",
        "b.txt": "Belmora supports tolls.",
        "c.txt": "Drelnia opposes tolls.",
        "d.txt": "Thank you.",
    }
    rows = ["file,state", "a.txt,XAA", "b.txt,XAB", "c.txt,XDR", "d.txt,XES", ""]
    with workspace_over(tmp_path, files, "\n".join(rows)) as workspace:
        answer = workspace.assistant.ask("How many States support tolls?")
        assert {"XAA", "XAB"} <= {claim.state for claim in answer.claims if claim.direction == "for"}
        assert answer.answer.startswith("2 of 4 States with statements in scope were found to say this.")
        listed = workspace.assistant.ask("Which States support tolls?")
        assert "were found to say this" not in listed.answer
