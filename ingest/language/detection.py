"""Language detection for texts and their paragraphs: by script if that is decisive, else by character n-grams.

Languages are ISO 639-1 codes. `vectorstore.stems.language_of` gives that of a single word by its script. A French
paragraph in an English statement is split, repaired and searched as French.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import regex

from ingest.language.word_frequencies import zipf
from prompts.wording import LANGUAGES
from vectorstore.packaged_files import LANGUAGE, carried
from vectorstore.records import Block
from vectorstore.stems import language_of, words_of

if TYPE_CHECKING:
    from fasttext.FastText import _FastText

# Languages of scripts that run from right to left, as far as texts and names of parties are in them.
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})
_SURE: Final = 0.4  # detection score, 0 to 1
_LONGEST: Final = 6000  # characters
_FEWEST_LETTERS: Final = 4
# A text is in capitals if their share of its Latin letters and its number of characters are above these.
_CAPITALS: Final = 0.8
_SHOUTED: Final = 5
LATIN: Final = ("en", "fr", "es")
# Texts with fewer words, or in other scripts with fewer letters, are too short to detect another language.
_FEWEST_WORDS: Final = 3
_SHORTEST: Final = 10
# Share of letters from which a text is in their script: Japanese mixes its syllables with Chinese characters.
_OF_SCRIPT: Final = 0.25
# Lead in mean Zipf frequency of a text's words from which it is in another language, and the lead that is enough with a
# detection score from `_SURELY_OTHER` on. Chosen on the project's questions in the six languages (training and
# development), of which none reaches them, and on 38 questions in 15 other languages, of which all but one do.
_OTHER_LEAD: Final = 1.75
_SURE_OTHER_LEAD: Final = 0.5
_SURELY_OTHER: Final = 0.8
# Shorter paragraphs are names, titles and numbers, which detection takes for any language.
_FEWEST_LETTERS_OF_PARAGRAPH: Final = 60
_FEWEST_HAN: Final = 15
# How sure detection must be that a paragraph is in another language than the document.
_SURE_OF_PARAGRAPH: Final = 0.75
_HAN: Final = regex.compile(r"\p{Han}")
# Letters of scripts in which none of the six languages is written.
_OTHER_SCRIPTS: Final = regex.compile(r"[\p{L}--\p{Latin}--\p{Cyrillic}--\p{Arabic}--\p{Han}--\p{Common}]", regex.V1)
_WORD: Final = regex.compile(r"[^\W\d_]+")
_CAPITAL: Final = re.compile("[A-Z]+")
_LATIN_LETTERS: Final = re.compile("[A-Za-z]+")


def detect_language(text: str, *, sure: float = _SURE) -> str | None:
    """Returns the language of a text; None if it has too few letters or its score is below `sure`, 0 to 1."""
    flat = " ".join(text.split())[:_LONGEST]
    if sum(map(str.isalpha, flat)) < _FEWEST_LETTERS:
        return None
    capitals, latin = (sum(map(len, runs.findall(flat))) for runs in (_CAPITAL, _LATIN_LETTERS))
    # The model takes a text in capitals for Japanese.
    shouted = len(flat) > _SHOUTED and capitals > _CAPITALS * latin
    (label,), (score,) = _model().predict(flat.lower() if shouted or flat.isupper() else flat)
    code = label.removeprefix("__label__")
    return code if len(code) == 2 and score >= sure else None


def language_of_sentence(text: str, otherwise: str) -> str:
    """Returns which of the six languages a sentence is in, by the script of most of its words, then by detection.

    For Latin script without English, French or Spanish detected, it is `otherwise` if one of these, else English.
    """
    scripts = Counter(language_of(word, "") for word in words_of(text))
    script = scripts.most_common(1)[0][0] if scripts else "en"
    if script not in LATIN:
        return script
    guess = detect_language(text)
    return next((code for code in (guess, otherwise) if code in LATIN), "en")


def is_in_other_language(text: str) -> bool:
    """Returns whether a text is surely in another language than the six; False for a few words, and for names.

    By script, or else by detection that word frequencies confirm: "who bans shark fins" is detected as Catalan with a
    score of .96, but its words are commoner in English; those of "O que disse o Brasil?" are commonest in Portuguese.
    """
    words = _WORD.findall(text)
    letters = "".join(words)
    if len(letters) >= _SHORTEST and len(_OTHER_SCRIPTS.findall(letters)) > _OF_SCRIPT * len(letters):
        return True
    # Short texts in Chinese characters are detected as Japanese, Wu or Finnish.
    if len(words) < _FEWEST_WORDS or len(_HAN.findall(letters)) > _OF_SCRIPT * len(letters):
        return False
    # The detector does not accept half a surrogate pair.
    flat = text.encode("utf-8", "replace").decode("utf-8")
    guess = detect_language(flat, sure=0.0)
    if guess is None or guess in LANGUAGES:
        return False

    def commonness(language: str) -> float:
        return sum(zipf(word, language, "small") for word in words) / len(words)

    lead = commonness(guess) - max(map(commonness, LANGUAGES))
    is_sure = lead >= _SURE_OTHER_LEAD and detect_language(flat, sure=_SURELY_OTHER) is not None
    return lead >= _OTHER_LEAD or is_sure


def direction_of(language: str | None) -> Literal["rtl", "ltr"]:
    """Returns in which direction the letters of a language (ISO 639-1) run, as HTML names it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def with_languages(
    text: str, blocks: Sequence[Block], document: str | None, *, is_corrected: bool = False
) -> tuple[Block, ...]:
    """Marks the paragraphs that are in another language (ISO 639-1) than their document.

    Where a person corrected that and no paragraph is detected as in it, the language that the text is taken for is no
    paragraph's either: Galician is taken for Spanish.
    """
    found = [_detected(text, block) for block in blocks]
    is_mistaken = is_corrected and document not in (None, *found)
    own = (document, detect_language(text)) if is_mistaken else (document,)
    return tuple(
        replace(block, language=None if language in own else language)
        for block, language in zip(blocks, found, strict=True)
    )


def main_language(text: str, blocks: Sequence[Block], document: str | None) -> str | None:
    """Returns the language in which most characters of these blocks are."""
    sizes: Counter[str | None] = Counter({document: 0})
    for block in blocks:
        sizes[block.language or document] += len(text[block.start : block.end])
    return sizes.most_common(1)[0][0]


def _detected(text: str, block: Block) -> str | None:
    words = text[block.start : block.end]
    letters = sum(map(str.isalpha, words[: 3 * _FEWEST_LETTERS_OF_PARAGRAPH]))
    is_long = letters >= _FEWEST_LETTERS_OF_PARAGRAPH or len(_HAN.findall(words)) >= _FEWEST_HAN
    if not is_long or (block.paragraph is None and not block.continues):
        return None
    return detect_language(words, sure=_SURE_OF_PARAGRAPH)


@cache
def _model() -> "_FastText":
    import fasttext

    return fasttext.load_model(str(carried(LANGUAGE) / "lid.176.ftz"))
