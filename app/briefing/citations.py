"""The citations of a briefing: numbered once each, whichever part of it cites them."""

from collections.abc import Mapping
from dataclasses import replace

from app.answer import Citation
from vectorstore.catalogue import Catalogue
from vectorstore.records import Sentence, Statement


class CitationList:
    """Numbers citations from 1 in the order in which they are first added."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._citations: list[Citation] = []
        self._statements: dict[str, Statement] = {}
        self._sentences: dict[str, tuple[Sentence, ...]] = {}

    def add(self, citation: Citation) -> int:
        """Returns the number of a citation; the same span of a statement has one number."""
        place = (citation.statement_id, citation.start, citation.end)
        if place not in self._numbers:
            self._numbers[place] = len(self._citations) + 1
            self._citations.append(replace(citation, number=self._numbers[place]))
            self.statement(citation.statement_id)
        return self._numbers[place]

    def get(self, number: int) -> Citation:
        """Returns a citation by its number."""
        return self._citations[number - 1]

    def all(self) -> tuple[Citation, ...]:
        """Returns all citations by number."""
        return tuple(self._citations)

    def statement(self, statement_id: str) -> Statement:
        """Returns a stored statement, read once."""
        if statement_id not in self._statements:
            statement = self._catalogue.statement(statement_id)
            if statement is None:
                raise KeyError(statement_id)
            self._statements[statement_id] = statement
        return self._statements[statement_id]

    def sentences(self, statement_id: str) -> tuple[Sentence, ...]:
        """Returns the sentences of a stored statement, read once."""
        if statement_id not in self._sentences:
            self._sentences[statement_id] = self._catalogue.sentences(statement_id)
        return self._sentences[statement_id]

    @property
    def statements(self) -> Mapping[str, Statement]:
        """The statements cited so far, by id."""
        return self._statements
