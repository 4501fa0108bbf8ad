"""Sentences of passages, and sentences within their neighbours."""

from collections.abc import Sequence

from vectorstore.catalogue import Catalogue
from vectorstore.records import ScoredPassage, Sentence

# Shorter sentences are scraps, such as "Thank you.".
SCRAP_WORDS = 4


def sentences_of(catalogue: Catalogue, found: Sequence[ScoredPassage]) -> list[Sentence]:
    """Returns the sentences of passages in their order, each once; headings only where there is nothing else."""
    by_statement = {key: catalogue.sentences(key) for key in dict.fromkeys(each.passage.statement_id for each in found)}
    sentences: dict[str, Sentence] = {}
    for scored in found:
        passage = scored.passage
        for sentence in by_statement[passage.statement_id][passage.first_sentence : passage.last_sentence + 1]:
            sentences[sentence.sentence_id] = sentence
    # Headings and salutations are outside the paragraphs: they name a topic without speaking of it.
    spoken = [sentence for sentence in sentences.values() if sentence.paragraph is not None]
    return spoken or list(sentences.values())


def windows_of(catalogue: Catalogue, sentences: Sequence[Sentence]) -> list[str]:
    """Returns each sentence with the one before and the one after it."""
    texts = {key: catalogue.sentences(key) for key in dict.fromkeys(each.statement_id for each in sentences)}
    return [
        " ".join(item.text for item in texts[each.statement_id][max(0, each.ordinal - 1) : each.ordinal + 2])
        for each in sentences
    ]


def without_scraps(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Leaves out scraps and lines in capitals, such as headings, unless there is nothing else.

    A text without spaces has no words to count.
    """
    full = [
        each
        for each in sentences
        if (len(each.text.split()) >= SCRAP_WORDS or not each.text.isascii()) and not each.text.isupper()
    ]
    return full or list(sentences)
