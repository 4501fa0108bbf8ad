"""Attribution lines for the quotations of a briefing, speaker and date: "Rimalia, quoting Arvandia, 12 October 2020".

They are worded from the citations whenever they are shown, since numbers and superseding differ between documents.
"""

from collections.abc import Iterable
from functools import cached_property

from app.answering.provenance import as_quoting, cited_holders, date_in_words
from app.answering.superseding import of_same_party
from app.briefing.cells import Briefing, Cell, Point, PositionChange, Repetition
from app.records import Citation
from app.retrieval.chronology import made_before
from prompts.wording import load_briefing_words, load_wording


class AttributionLines:
    """The attribution lines of a briefing, in its language.

    `language` is that of the document's own words, one of the six, and `say` returns these words by their key.
    """

    def __init__(self, briefing: Briefing) -> None:
        self.briefing = briefing
        self.words = load_briefing_words(briefing.language)
        self.language, self.say = self.words.language, self.words.say
        self._wording = load_wording(briefing.language)

    def name(self, code: str | None) -> str:
        """Returns the name of a party by its code, or of a State that delivers a group's words by how it is written."""
        return "—" if code is None else self.briefing.names.get(code, code)

    def names(self, codes: Iterable[str]) -> str:
        """Returns the names of those who hold a position."""
        return self.words.list_comma.join(map(self.name, codes)) or self.name(None)

    def date(self, value: str | None) -> str:
        """Returns an ISO date as people write it; empty without a date."""
        return date_in_words(value, self.language) or ""

    def speaker(self, party: str, citation: Citation) -> str:
        """Returns whose words a citation has if they are not the party's own, such as a group's; else empty."""
        if citation.summarised:
            return self._wording.say("as_summarised", party=self.name(citation.state))
        if citation.quoting:
            return as_quoting(self.name(citation.state), citation, self.name, self._wording)
        if citation.held_by:
            return cited_holders(citation, self.name, self._wording, party if party in citation.held_by else None)
        if citation.on_behalf_of is None and citation.state in (party, None):
            return ""
        group = self.name(citation.on_behalf_of or citation.state)
        if citation.speaker:
            return self.say("delivered", group=group, speaker=self.name(citation.speaker))
        return group if citation.state == party else self.say("of_group", group=group)

    def superseded(self, cell: Cell, citation: Citation) -> str:
        """Returns the remark that a later quotation of the cell supersedes this one, with its number if it is shown."""
        if citation.number not in cell.superseded:
            return ""
        later = cell.superseded[citation.number]
        return self._wording.say("earlier") if later is None else self._wording.say("superseded", number=later)

    def earlier(self, cell: Cell, citation: Citation) -> str:
        """Returns the remark that a quotation is superseded, or else that the cell has a later one of its party."""
        cited = map(self.briefing.citation, cell.citations)
        later = any(of_same_party(citation, other, (cell.party,)) and made_before(citation, other) for other in cited)
        return self.superseded(cell, citation) or (self._wording.say("earlier") if later else "")

    def leads(self, point: Point) -> tuple[tuple[str, Citation], ...]:
        """Returns the quotations of a point, each after its line: speaker, date, and whether there is a later one."""
        return tuple(
            (self._lead(point, citation), citation) for citation in map(self.briefing.citation, point.citations)
        )

    def _lead(self, point: Point, citation: Citation) -> str:
        whose = self.speaker(point.party, citation) or (
            self.names(citation.holders) if citation.holders else citation.file
        )
        cell = self.quoting(point, citation)
        parts = (whose, self.date(citation.date), "" if cell is None else self.earlier(cell, citation))
        return self.words.comma.join(part for part in parts if part)

    def quoting(self, told: Point | PositionChange | Repetition, citation: Citation) -> Cell | None:
        """Returns the cell of the same party and subject that quotes a citation."""
        return self._cells.get((told.party, told.subject, citation.number))

    @cached_property
    def _cells(self) -> dict[tuple[str, str, int], Cell]:
        return {(cell.party, cell.subject, n): cell for cell in self.briefing.cells for n in cell.citations}
