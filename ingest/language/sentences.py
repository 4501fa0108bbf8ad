"""Sentence segmentation by rule, in the six languages of the United Nations: "Mr. Ilvane spoke." is one sentence."""

from collections.abc import Iterator
from typing import Final

import regex

from ingest.language.lexicons import load_words

# Of the six languages; "…" and the marks of other languages end a sentence only by the rules below.
SENTENCE_ENDS: Final = ".!?。！？؟"
# Marks of notes other than bare numbers, without a space before them: "the text.[1]", "the text.*".
NOTE_MARK = r"(?:\[\d{1,3}\]|\(\d{1,2}\)|[⁰¹²³⁴-⁹]{1,3}|\*{1,4}|†{1,3}|‡{1,3})"
# Marks that may end a sentence; `_ends_sentence` decides whether they do.
_END = regex.compile(
    rf"""(?: (?<!\[…?)[.!?…]+(?!\])                               # Latin and Cyrillic, with quotation and note marks
            (?:[\p{{Pf}}\p{{Pe}}"'”’»]|[ \u00a0\u202f]»|{NOTE_MARK})*
            (?:(?<=\p{{L}}{{3}}[.!?…]|[”’»)])\d{{1,2}}(?=\s+\p{{Lu}}|\s*$))?   # the mark of a footnote: "tried.1 We"
            (?=\s|$|\p{{Lu}}\p{{Ll}})
          | [。！？]+ [\p{{Pf}}\p{{Pe}}”’」』]*                         # Chinese: no space follows
          | [؟۔]+ [\p{{Pf}}\p{{Pe}}"'”’»]* (?=\s|$) )""",
    regex.VERBOSE,
)
_FINISHED = regex.compile(rf"[{SENTENCE_ENDS}][\"”’»)」』\]\d\s]*$")
# Words after which a full stop does not end the sentence: titles, references, Latin shorthands.
_ABBREVIATIONS = load_words("abbreviations") | load_words("abbreviations_in_sentences")
_TITLES = load_words("abbreviations_before_names")
# Titles before names: "The ambassador, Amb. Ilvane", but not "in 10 min. We agree" or, after a year, "2024 م. ونحن".
_TITLED = regex.compile(r"(?:(?<!\p{N}\s?)(?:\p{Lu}\S*|\p{Arabic}\S*)|д-р)$")
_NAME = regex.compile(r"\s*(?:\p{Lu}|\p{Arabic})")
_NUMBER = regex.compile(r"\s*[(]?(?:\p{N}|[IVX]+\b)")
# Abbreviations that are also words, or end sentences as often, count only before these patterns: "no. 4", "Jan. 2004",
# but not "they said no. We", "in Jan. We".
_ONLY_BEFORE = dict.fromkeys(load_words("abbreviations_before_numbers"), _NUMBER) | {
    "долл": regex.compile(r"\s*США"),
    "ee": regex.compile(r"\s*UU"),
    # "Lit. C", not "The lamps are lit. A lamp".
    "lit": regex.compile(r"\s*(?:[(]?\p{L}\)|(?![AI]\b)\p{Lu}\b)"),
    "co": regex.compile(r"\s*(?:Ltd|Inc)"),
}
_WORD_BEFORE = regex.compile(r"[\p{L}\p{N}.’'-]*$")
_ENUMERATOR = regex.compile(r"^\s*(?:\(?[\p{N}]{1,3}|\(?\p{L}|[IVXivx]{1,4})$")
# "J. Ilvane" and "Mr. J.P. Ilvane", but "in the U.S. We".
_INITIALS = regex.compile(r"(?<![\p{L}.])(?:\p{Lu}|[А-ЯЁ]\.[А-ЯЁ]|(?<=\p{Lu}[\p{L}.]*\s)\p{Lu}\.\p{Lu})$")
_LINE = regex.compile(r"[^\n]+")
_GOES_ON = regex.compile(r"\s*(?:[—–-]\s*)?[\p{Pi}\p{Ps}\"'“«]*\p{Ll}")
# A quoted question inside a Chinese sentence: “好？”他问.
_QUOTED_ZH = regex.compile(r"\p{Han}{1,6}?(?:说|问|道|表示|称|指出)")


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yields the (start, end) of every sentence of a text, without the white space around it.

    A rule decides at every mark that can end a sentence: titles and references ("Mr.", "art."), initials,
    enumerators ("1."), decimal points and a following lower-case word keep the sentence going.
    """
    for line in _LINE.finditer(text):
        # A line break that the repair left is intended, as after a clause that ends a paragraph.
        start, end = line.span()
        for mark in _END.finditer(text, start, end):
            if _ends_sentence(text, start, mark):
                yield from _trimmed(text, start, mark.end())
                start = mark.end()
        yield from _trimmed(text, start, end)


def last_sentence(text: str, *, whole: bool = False) -> str:
    """Returns the unfinished sentence at the end of a text; with `whole`, its last sentence, finished or not."""
    flat = text.replace("\n", " ")
    spans = list(split_sentences(flat))
    last = flat[slice(*spans[-1])] if spans else ""
    return last if whole or not is_finished(last) else ""


def is_finished(text: str) -> bool:
    """Returns whether a text ends with the end of a sentence, perhaps with closing marks or a note's behind it."""
    return _FINISHED.search(text) is not None


def _ends_sentence(text: str, start: int, mark: "regex.Match[str]") -> bool:
    if mark.group()[0] in "。！？":
        return mark.group()[-1] not in "”』」’" or _QUOTED_ZH.match(text, mark.end()) is None
    # After an exclamation or question inside a sentence, the sentence goes on in lower case.
    if _GOES_ON.match(text, mark.end()):
        return False
    if not mark.group().startswith(".") or mark.group().startswith(".."):
        return True
    before = text[max(start, mark.start() - 40) : mark.start()]
    found = _WORD_BEFORE.search(before)
    word = found.group().strip("’'-") if found else ""
    # The word without an article that is joined to it, as in "l’art. 4".
    short = regex.split("[’']", word.lower().rstrip("."))[-1]
    if short in _ABBREVIATIONS and (short not in _ONLY_BEFORE or _ONLY_BEFORE[short].match(text, mark.end())):
        return False
    if short in _TITLES and _TITLED.search(before) and _NAME.match(text, mark.end()):
        return False
    # A single capital is an initial ("J. Smith", "В.А. Ильвин"), but "TOC." and "annex I." end sentences.
    initial = word != "I" and _INITIALS.search(before) is not None
    if initial and regex.match(r"\s*\p{Lu}", text[mark.end() : mark.end() + 4]):
        return False
    return _ENUMERATOR.match(text[start : mark.start()]) is None


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    words = text[start:end]
    if words.strip():
        yield end - len(words.lstrip()), start + len(words.rstrip())
