"""Sentences of passages, and sentences within their neighbours."""

from collections.abc import Mapping, Sequence

from vectorstore.records import ScoredPassage, Sentence

# The sentences of statements in order, by id.
Texts = Mapping[str, Sequence[Sentence]]
# Shorter sentences are scraps, such as "Thank you.".
SCRAP_WORDS = 4


def sentences_of(texts: Texts, found: Sequence[ScoredPassage]) -> list[Sentence]:
    """Returns the sentences of passages in their order, each once; headings only of a text without paragraphs."""
    by_statement = {each.passage.statement_id: texts[each.passage.statement_id] for each in found}
    sentences: dict[str, Sentence] = {}
    for scored in found:
        passage = scored.passage
        for sentence in by_statement[passage.statement_id][passage.first_sentence : passage.last_sentence + 1]:
            sentences[sentence.sentence_id] = sentence
    # Headings, salutations and footnotes are outside the paragraphs: they name a topic without speaking of it.
    with_paragraphs = {key for key, own in by_statement.items() if any(each.paragraph is not None for each in own)}
    return [s for s in sentences.values() if s.paragraph is not None or s.statement_id not in with_paragraphs]


def windows_of(texts: Texts, sentences: Sequence[Sentence]) -> list[str]:
    """Returns each sentence with the one before and the one after it, out of the sentences of their statements."""
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
