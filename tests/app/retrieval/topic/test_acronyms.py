"""Acronyms that statements spell out: both are searched for, and what names neither is no answer."""

from pathlib import Path

import pytest

from tests.fakes_corpora import workspace_over

pytestmark = pytest.mark.integration

_SAID = {
    "a.txt": "The Fisheries Watch of the Northern Seas (FWNS) counts ships. FWNS has nine boats.",
    "b.txt": "We thank the Fisheries Watch of the Northern Seas for its maps.\n\nThank you.\n\nWe fish in all seas.",
    "c.txt": "The Joint Harbour Board met twice.\n\nThank you.\n\nThe delegates of the Board of Gold spoke.",
}
_ROWS = "file,state,session,date\na.txt,XAA,10,2020\nb.txt,XAB,10,2020\nc.txt,XCS,10,2020\n"


@pytest.mark.parametrize(
    ("question", "quoted", "read_as"),
    [
        ("What did Belmora say about FWNS?", "for its maps", "FWNS read as Fisheries Watch of the Northern Seas"),
        ("Que dit Belmora de la FWNS ?", "for its maps", "FWNS compris comme Fisheries Watch of the Northern Seas"),
        ("What did Arvandia say about the Fisheries Watch of the Northern Seas?", "nine boats", "read as FWNS"),
        ("What did Cassivar say about the JHB?", "Joint Harbour Board", "JHB read as Joint Harbour Board"),
        ("What did Cassivar say about FWNS?", None, "FWNS read as"),
        ("What did Belmora say about QWZT?", None, None),
    ],
)
def test_an_acronym_is_looked_for_by_the_name_that_statements_give_it(
    question: str, quoted: str | None, read_as: str | None, tmp_path: Path
) -> None:
    with workspace_over(tmp_path, _SAID, _ROWS) as desk:
        answer = desk.assistant.ask(question)
    quotes = " ".join(citation.quote for citation in answer.citations)
    assert (quoted in quotes) if quoted else not quotes
    assert any((read_as or "read as") in note for note in answer.scope.notes) == bool(read_as)
