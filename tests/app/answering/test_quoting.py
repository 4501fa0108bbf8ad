"""Quoting: spans around the strongest sentences, the same words once."""

from dataclasses import replace

import pytest

from app.answering.quoting import comparable_words, quote, repeats
from app.records import Sources
from tests.app.answering.evidence import first_sentences
from tests.cases import Cases
from vectorstore.records import ScannedWord, Sentence, Statement

cases = Cases(__file__)


def test_quote_numbers_a_distant_referent_after_the_others(stored, sources):
    statement, sentences = stored["XAA_12_2024"]
    texts = ["Coercive measures were imposed.", "Rain fell.", "Snow fell.", "These measures are illegal.", "Hail fell."]
    source = " ".join(texts)
    moved = [
        replace(s, start=source.index(text), end=source.index(text) + len(text), text=text)
        for s, text in zip(sentences, texts, strict=False)
    ]
    fiction = replace(statement.document, source_text=source, edits=(), blocks=()).as_statement()
    made = quote(
        [moved[3], moved[1]],
        Sources(statements={statement.statement_id: fiction}, sentences={statement.statement_id: moved}),
        5,
        first_number=3,
    )
    assert [citation.quote for citation in made] == [texts[3], texts[1], texts[0]]
    assert [citation.number for citation in made] == [3, 4, 5]


def _twice(statement: Statement, sentence: Sentence, *, scanned: bool) -> tuple[Statement, Sentence]:
    """A copy of a sentence in a statement of its own, either as text or as read from a scan (OCR)."""
    word = ScannedWord(start=0, end=5, left=0.0, top=0.0, right=1.0, bottom=1.0, confidence=0.96)
    identifier = "scan" if scanned else "text"
    copied = replace(statement.document, document_id=identifier, scanned=(word,) if scanned else ())
    return copied.as_statement(), replace(sentence, statement_id=identifier, ordinal=0)


@pytest.mark.parametrize("scan_first", [True, False])
def test_words_read_off_a_scan_give_way_to_the_same_words_in_a_text(stored, scan_first):
    statement, _ = stored["XAA_12_2024"]
    sentence = first_sentences(stored, "XAA_12_2024")[0]
    copies = [_twice(statement, sentence, scanned=scanned) for scanned in (scan_first, not scan_first)]
    sources = Sources(
        statements={held.statement_id: held for held, _ in copies},
        sentences={held.statement_id: (once,) for held, once in copies},
    )
    (made,) = quote([once for _, once in copies], sources, 5, first_number=1)
    assert (made.statement_id, made.also_in) == ("text", ("scan",))


@cases("later", "earlier", "quoted")
def test_only_whole_sentences_that_another_statement_has_as_well_are_repetitions(stored, later, earlier, quoted):
    statement, (sentence, *_) = stored["XAA_12_2024"]
    texts = {"later": later, "earlier": earlier}
    sources = Sources(
        statements={
            key: replace(statement.document, document_id=key, source_text=text, edits=(), blocks=()).as_statement()
            for key, text in texts.items()
        },
        sentences={
            key: (replace(sentence, statement_id=key, ordinal=0, start=0, end=len(text), text=text),)
            for key, text in texts.items()
        },
    )
    made = quote([own[0] for own in sources.sentences.values()], sources, 5, first_number=1)
    assert [(c.quote, c.also_in) for c in made] == [(later, ("earlier",) * (2 - quoted)), (earlier, ())][:quoted]


@cases("old", "new", "is_repetition")
def test_only_the_same_words_are_a_repetition(old, new, is_repetition):
    quoted = cases["QUOTED"]
    assert old in quoted
    sentence = quoted.replace(old, new)
    assert (
        repeats(comparable_words(sentence), [comparable_words("Thank you."), comparable_words(quoted)]) is is_repetition
    )
