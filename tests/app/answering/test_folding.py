"""A text without accents keeps the place of every letter."""

from app.answering.folding import fold_accents


def test_plain_text_keeps_every_offset() -> None:
    text = "¿Qué dijo Irán؟ أإآ ةى ٢٠١٨ Ёлка 《公约》，第４条 ’é́"
    assert len(fold_accents(text)) == len(text)
    assert fold_accents("Qué été ёлка й ٢٠١٨") == "Que ete елка й 2018"
