"""Judges the marked alterations of a quotation: words that it leaves out behind an ellipsis, and square brackets.

An ellipsis alters it if a denial, a limit or the like is left out. Harmless brackets are marks of the editor ("[sic]"),
another case or inflection of the same word ("[t]he", "[allow]s"), a name for a pronoun or for the speaker's own side
("[Belmora]" for "my country"), and function words; others alter it if they deny, limit, oblige or count differently
from the source, or put other words in its place.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import regex

from app.checking.comparing.corpus_texts import SourceText
from app.checking.comparing.exact_match import REPLACED_WORDS, Match, whole_words
from app.checking.comparing.quantities import quantities
from app.checking.findings import Remark, remark
from ingest.language.numerals import find_numbers
from ingest.language.polarity_words import (
    PolarityKind,
    begins_with_contrast,
    content,
    denials,
    ends_what_follows,
    governing,
    half_of_pair,
    is_complement,
    is_unfinished,
    lacks_complement,
    narrowed,
    narrows_one,
    of_kinds,
    polarity_words,
    reports,
    speaks_of_itself,
)
from ingest.language.sentences import last_sentence, split_sentences
from ingest.text.layout import EMPTY_LINE
from vectorstore.stems import is_function_word, stems, words_of

# Most words of an omission that alters a quotation by leaving out a modal verb.
_MODAL_WORDS: Final = 4
# Most words of an omission that leaves out the head of the words behind it: "the work of […]".
_HEAD_WORDS: Final = 8
_ENDED_BEFORE: Final = regex.compile(r"[.!?;。！？；؟؛][\"”’»)]*\s*$")
_ENDS_BEHIND: Final = regex.compile(r"[\"”’»)]*\s*[.!?;。！？；؟؛]")
# Characters on either side of an omission's beginning that are searched for a phrase that it cuts through.
_CUT_REACH: Final = 40
_ASIDE_EDGE: Final = ",;–—-(،，、"
# Characters before an omission that are read for the beginning of its sentence.
_BEFORE: Final = 600
_PIECE_WORDS: Final = 3  # most words of a short piece; a collage is mostly of those
_FEWEST_PIECES: Final = 4  # of a collage
# Characters of the source on either side of a quotation in which a name that replaces a pronoun is looked for.
_NAME_REACH: Final = 800
# Characters of the source beside an edge of a quotation from which the words that a bracket replaces are taken.
_BESIDE: Final = 200
# Most digits of a bracket that numbers a note rather than counts something.
_NOTE_DIGITS: Final = 3
_CLAUSE_ENDS: Final = regex.compile(r"[.,;:!?…،؛؟。，；](?!\d)")
_KINDS: Final[tuple[PolarityKind, ...]] = ("denial", "condition", "lack", "ending", "modal", "count")


def alteration_remarks(match: Match, text: SourceText) -> Iterator[Remark]:
    """Yields remarks on all alterations that a quotation marks."""
    yield from _omission_remarks(match, text)
    yield from _bracket_remarks(match, text)


def _omission_remarks(match: Match, text: SourceText) -> Iterator[Remark]:
    """Yields remarks on the words that the ellipses of a quotation leave out."""
    for gap, begin, end in match.gaps:
        omits = gap.omits and not _restates(gap.put, text.source[begin:end], text.language)
        kind = _weigh(text, begin, end) if omits else None
        if kind is not None:
            words, alters = " ".join(text.source[begin:end].strip(" \t\r\n.,;:،؛").split()), kind == "left_out_turns"
            yield remark(kind, alters=alters, words=words if alters else _shortened(words))
    if len(match.pieces) >= _FEWEST_PIECES:
        sizes = [len(whole_words(text.source[start:end])) for start, end in match.pieces]
        if sum(size <= _PIECE_WORDS for size in sizes) * 2 > len(sizes):
            yield remark("pieces")


def _weigh(text: SourceText, begin: int, end: int) -> str | None:
    source, language = text.source, text.language
    raw = source[begin:end]
    opens, closes, edges, inner = _edges(source, begin, end)
    found = [word for edge in edges for word in polarity_words(edge, language)]
    if not opens:
        # An omission may begin inside a phrase that turns the sentence: "In [the event of war] we".
        start = max(0, begin - _CUT_REACH)
        near = polarity_words(source[start : min(end, begin + _CUT_REACH)], language)
        found += [word for word in near if word.start < begin - start < word.end]
    if len(whole_words(raw)) <= _MODAL_WORDS:
        found = list(polarity_words(raw, language))
        if of_kinds(found, "modal"):
            return "left_out_turns"
    if of_kinds(found, "denial", "condition"):
        return "left_out_turns"
    if (
        not closes
        and not opens
        and (ends_what_follows(raw, language) or narrowed(source[:begin][-_CUT_REACH:], raw, language))
    ):
        return "left_out_turns"
    if any(half_of_pair(edge) for edge in edges):
        return "left_out_pair"
    if edges and not closes and reports(edges[-1], language, own=text.names_itself(edges[-1])):
        return "left_out_view"
    # An aside between commas or dashes does not limit the words around it.
    aside = bool(edges) and raw.strip()[:1] in _ASIDE_EDGE and raw.strip()[-1:] in _ASIDE_EDGE + ")"
    led = "" if opens else source[max(0, begin - _CUT_REACH) : begin]
    counts = of_kinds(found, "modal", "count", "doubt") or any(quantities(edge, language, led) for edge in edges)
    headless = not closes and len(whole_words(raw)) <= _HEAD_WORDS and lacks_complement(raw, language)
    before = last_sentence(source[max(0, begin - _BEFORE) : begin])
    # "We oppose the detention [of children] by night" refuses more without the complement.
    refuses = not closes and is_complement(raw, language) and denials(governing(before, raw, language)[0], (language,))
    if (counts or headless or refuses or narrows_one(before, raw, language)) and not aside:
        return "left_out_weighs"
    if not opens and not closes and len(edges) > 1:
        return "joined"
    return "left_out_reply" if inner and begins_with_contrast(inner) else None


def _edges(source: str, begin: int, end: int) -> tuple[bool, bool, list[str], str]:
    """Returns whether an omission begins and ends with a sentence, its partial sentences, and its first whole one."""
    # A paragraph's end is a sentence's end, as after a salutation.
    paragraphs = [" ".join(piece.split()) for piece in EMPTY_LINE.split(source[begin:end])]
    opens = not whole_words(paragraphs[0]) or bool(
        _ENDED_BEFORE.search(source[max(0, begin - 3) : begin]) or _ENDS_BEHIND.match(source[begin : begin + 3])
    )
    closes = not whole_words(paragraphs[-1]) or _ENDED_BEFORE.search(paragraphs[-1]) is not None
    first = [paragraphs[0][slice(*span)] for span in split_sentences(paragraphs[0])]
    last = [paragraphs[-1][slice(*span)] for span in split_sentences(paragraphs[-1])]
    edges = [] if opens else first[:1]
    if not closes and not (edges and len(paragraphs) == 1 and len(last) == 1):
        edges += last[-1:]
    whole = [sentence for sentence in first if whole_words(sentence)][0 if opens else 1 :]
    if not closes and len(paragraphs) == 1:
        whole = whole[:-1]
    return opens, closes, edges, whole[0] if whole else ""


def _shortened(text: str) -> str:
    return text if len(text) <= 160 else text[:100].rstrip() + " … " + text[-50:].lstrip()


def _bracket_remarks(match: Match, text: SourceText) -> Iterator[Remark]:
    """Yields remarks on the brackets of a quotation, compared with the words of the source that they replace."""
    source, pattern = text.source, match.pattern
    around = source[max(0, match.start - _NAME_REACH) : match.end + _NAME_REACH]
    for gap, begin, end in match.gaps:
        stands_for, before = source[begin:end].strip(" .,;:"), source[max(0, begin - _BESIDE) : begin]
        found = _judge_bracket(gap.put, stands_for, text, around, before, omits=gap.omits) if gap.put else None
        if found is not None:
            yield found
    if match.unmatched_bracket is not None:
        # "accept[s]" claims to be the source's own word in another form.
        leads = match.unmatched_bracket == pattern.bracket_before
        words = (
            source[max(0, match.start - _BESIDE) : match.start] if leads else source[match.end : match.end + _BESIDE]
        )
        yield remark(
            "put_in_replaces",
            alters=True,
            put=match.unmatched_bracket,
            words=" ".join(words.split()[-1:] if leads else words.split()[:1]),
        )
        return
    for put, leads in ((pattern.bracket_before, True), (pattern.bracket_after, False)):
        if put is not None and (found := _judge_edge(put, match, text, around, leads=leads)) is not None:
            yield found


def _judge_bracket(
    put: str,
    stands_for: str,
    text: SourceText,
    around: str,
    before: str,
    *,
    explains: bool = False,
    omits: bool = False,
) -> Remark | None:
    """Judges words in brackets (`put`) that replace words of the source or are added to it; None if harmless.

    A name for a pronoun bears a remark if the words `before` it name a third party. If it only `explains` words before
    it, as in "the next session [October 2026]", its numbers count nothing. Where an ellipsis `omits` words beside it,
    these may say more.
    """
    added = _without(words_of(put), words_of(stands_for), text.language)
    removed = _without(words_of(stands_for), words_of(put), text.language)
    if omits and (not added or len(whole_words(stands_for)) > REPLACED_WORDS):
        removed = []
    if not added and not removed:
        return None
    told, replaced = _senses(put, text.language, counts=not explains), _senses(stands_for, text.language)
    if told - replaced or (replaced - told and not omits):
        return remark("put_in_asserts", alters=True, put=put, words=" ".join(stands_for.split()))
    added_content, removed_content = list(content(added, text.language)), list(content(removed, text.language))
    named = {code for match in text.local.parties.find(put) for code in match.codes}
    replaces_name = bool(named) and bool(text.local.parties.find(stands_for))
    if named and not named & text.stored.parties and (speaks_of_itself(stands_for) or replaces_name):
        return remark("put_in_party", alters=True, put=put)
    if removed_content and not (named & text.stored.parties and replaces_name):
        return remark("put_in_replaces", alters=bool(added_content), put=put, words=" ".join(stands_for.split()))
    if not added_content or (named and named <= text.stored.parties):
        return None
    # A name that replaces a pronoun is harmless if it stands nearby in the source, and no other name does.
    resolved = bool(words_of(stands_for)) and not _without(added_content, words_of(around), text.language)
    others = {code for match in text.local.parties.find(before) for code in match.codes} - named - text.stored.parties
    resolved = resolved and not (named and others)
    return None if resolved else remark("put_in", put=put)


def _judge_edge(put: str, match: Match, text: SourceText, around: str, *, leads: bool) -> Remark | None:
    """Judges a bracket before or after a quotation by the most favourable number of adjacent words that it replaces.

    Behind "of the" or "is", and in the place of a number, it must replace some; words such as "the" are none.
    """
    source, language, start, end = text.source, text.language, match.pieces[0][0], match.pieces[-1][1]
    if leads:
        words = source[max(text.stored.keyed.start, start - _BESIDE) : start].split()[-REPLACED_WORDS:]
        cuts = [words[len(words) - size :] for size in range(len(words) + 1)]
        must = is_complement(source[start:end], language)
    else:
        words = _CLAUSE_ENDS.split(source[end : end + _BESIDE])[0].split()[:REPLACED_WORDS]
        cuts = [words[:size] for size in range(len(words) + 1)]
        counted = find_numbers(put, language) and find_numbers(" ".join(words[:1]), language)
        must = is_unfinished(source[start:end], language) or bool(counted)
        cuts = [cut for cut in cuts if not is_unfinished(" ".join(cut), language)]
        if not must and put.isdecimal() and len(put) <= _NOTE_DIGITS:
            return None  # the number of a note
    if must:
        cuts = [cut for cut in cuts if any(not is_function_word(word, language) for word in cut)] or cuts
    judged = [_judge_bracket(put, " ".join(cut), text, around, "", explains=not (cut or leads)) for cut in cuts]
    # Another party in the place of the speaker's name or of "we" cannot be an addition.
    if (nearest := next(iter(judged[1:]), None)) is not None and nearest.kind == "put_in_party":
        return nearest
    found = [each for each in judged if each is not None]
    return min(found, key=lambda each: each.alters) if len(found) == len(judged) else None


def _restates(put: str, words: str, language: str) -> bool:
    """Returns whether a bracket repeats all of these words, in any inflection."""
    return bool(put) and not _without(words_of(words), words_of(put), language)


def _senses(text: str, language: str, *, counts: bool = True) -> Counter[str]:
    turning = (word.sense for word in of_kinds(polarity_words(text, language), *_KINDS))
    return Counter((*turning, *(number.value for number in find_numbers(text, language) if counts)))


def _without(own: list[str], other: list[str], language: str) -> list[str]:
    other_stems = {stem for word in other for stem in stems(word, language)}
    return [word for word in own if other_stems.isdisjoint(stems(word, language))]
