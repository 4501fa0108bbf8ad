"""Finding quoted words in the corpus, by the check of quotations.

"Who said “not a privilege of the strong”?" gets every place of these words, or the one nearest to them.
"""

from collections.abc import Callable

from app.checking.corpus_texts import CorpusTextsCache
from app.checking.findings import Attribution, Quotation
from app.checking.quote_verifier import QuoteVerifier
from app.checking.work import CheckLimits, WorkDone
from app.records import WordsFound
from ingest.parties.party_table import PartyTable
from prompts.wording import load_wording


class WordFinder:
    """Finds where words stand in the texts of a corpus, which are read at the first question."""

    def __init__(self, texts: CorpusTextsCache, parties: Callable[[], PartyTable]) -> None:
        self._texts = texts
        self._parties = parties

    def find(self, words: str) -> tuple[WordsFound, ...]:
        """Returns every place of these words, or the one nearest to them; empty where nothing is near."""
        verifier = QuoteVerifier(self._texts.get(), self._parties(), load_wording("en"), WorkDone(CheckLimits()))
        quotation = Quotation(text=words, spans=(), marked=True)
        found = verifier.check(quotation, Attribution(), "")
        exact = found.verdict == "verified"
        places = found.found_in if exact else [place for place in (found.place,) if place is not None]
        return tuple(
            WordsFound(
                statement_id=place.statement_id,
                start=place.start,
                end=place.end,
                verdict="verified" if exact else "altered",
            )
            for place in places
        )
