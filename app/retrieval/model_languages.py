"""Languages that the models know, and how a text in another one is put into English for them.

Where the cross-encoder knows English alone, "Nous appuyons l'extradition." is scored by its English gloss.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from app.retrieval.terms import content_terms
from ingest.glossary.glossary import gloss
from ingest.language.lexicons import load_words
from prompts.wording import LANGUAGES
from vectorstore.records import StatementSummary

# The language that the default models know.
_ENGLISH: Final = frozenset({"en"})
# The English gloss of a text, word by word as far as words are known; for models only, never shown.
in_english: Final = lru_cache(maxsize=8192)(gloss)


def is_courtesy(text: str, language: str | None) -> bool:
    """Returns whether a sentence is thanks or a salutation alone, by its gloss: "Спасибо.", "Madam President,"."""
    english = in_english(text, language) if language in LANGUAGES and language != "en" else text
    terms = content_terms(english, "en")
    courteous = _terms_of("courteous")
    return not terms.isdisjoint(courteous) and terms <= courteous | _terms_of("beside_courteous")


@cache
def _terms_of(key: str) -> frozenset[str]:
    return content_terms(" ".join(load_words(key)), "en")


@dataclass(frozen=True, kw_only=True)
class ModelLanguages:
    """Languages that the models know, ISO 639-1; a text of unknown language (None) counts as English."""

    embedded: frozenset[str] = _ENGLISH
    """Languages of the embedding model: passages in them are found by their vectors."""
    ranked: frozenset[str] = _ENGLISH
    """Languages of both the embedding model and the cross-encoder: sentences in them are ranked as they are."""

    def ranks(self, language: str | None) -> bool:
        """Returns whether texts in a language are ranked as they are."""
        return language is None or language in self.ranked

    @property
    def ranked_or_unknown(self) -> tuple[str | None, ...]:
        """The `ranked` languages in order, with None."""
        return (*sorted(self.ranked), None)

    def unranked_of(self, statements: Iterable[StatementSummary]) -> list[str]:
        """Returns the languages of statements that are not ranked as they are, in order."""
        languages = {language for summary in statements for language in languages_of(summary)}
        return sorted(each for each in languages if each is not None and not self.ranks(each))

    def for_models(self, text: str, language: str | None) -> str:
        """Returns a text as the models are given it: glossed into English where they do not know its language."""
        return text if language not in LANGUAGES or self.ranks(language) else in_english(text, language)


def languages_of(summary: StatementSummary) -> tuple[str | None, ...]:
    """Returns the languages of a statement's paragraphs; None among them where one is not known."""
    return summary.languages or (summary.metadata.language,)
