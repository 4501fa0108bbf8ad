"""Judges square brackets in a quotation against the words of the source that they replace.

Harmless are marks of the editor ("[sic]"), another case or inflection of the same word ("[t]he", "[allow]s"), a name
for a pronoun or for the speaker's own side ("[Belmora]" for "my country"), and function words. A bracket alters the
quotation if it denies, limits, obliges or counts differently from the source, or puts other words in its place.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import regex

from app.checking.corpus_texts import SourceText
from app.checking.findings import Remark, remark
from app.checking.matching import REPLACED_WORDS, Match, whole_words
from ingest.language.numerals import find_numbers
from ingest.language.polarity_words import (
    PolarityKind,
    content,
    is_complement,
    is_unfinished,
    of_kinds,
    polarity_words,
    speaks_of_itself,
)
from vectorstore.stems import is_function_word, stems, words_of

# Most words of the source that a bracket at the edge of a quotation may replace.
_REPLACED: Final = 6
# Characters of the source on either side of a quotation in which a name that replaces a pronoun is looked for.
_CONTEXT: Final = 800
# Characters of the source beside an edge of a quotation from which the words that a bracket replaces are taken.
_BESIDE: Final = 200
# Most digits of a bracket that numbers a note rather than counts something.
_NOTE_DIGITS: Final = 3
_CLAUSE_ENDS: Final = regex.compile(r"[.,;:!?…،؛؟。，；](?!\d)")
_KINDS: Final[tuple[PolarityKind, ...]] = ("denial", "condition", "lack", "ending", "modal", "count")


def bracket_remarks(match: Match, text: SourceText) -> Iterator[Remark]:
    """Yields remarks on the brackets of a quotation, compared with the words of the source that they replace."""
    source, pattern = text.source, match.pattern
    around = source[max(0, match.start - _CONTEXT) : match.end + _CONTEXT]
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
        words = source[max(text.stored.keyed.start, start - _BESIDE) : start].split()[-_REPLACED:]
        cuts = [words[len(words) - size :] for size in range(len(words) + 1)]
        must = is_complement(source[start:end], language)
    else:
        words = _CLAUSE_ENDS.split(source[end : end + _BESIDE])[0].split()[:_REPLACED]
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


def restates(put: str, words: str, language: str) -> bool:
    """Returns whether a bracket repeats all of these words, in any inflection."""
    return bool(put) and not _without(words_of(words), words_of(put), language)


def _senses(text: str, language: str, *, counts: bool = True) -> Counter[str]:
    turning = (word.sense for word in of_kinds(polarity_words(text, language), *_KINDS))
    return Counter((*turning, *(number.value for number in find_numbers(text, language) if counts)))


def _without(own: list[str], other: list[str], language: str) -> list[str]:
    """Returns the words of `own` that do not stand in `other` in any inflection."""
    other_stems = {stem for word in other for stem in stems(word, language)}
    return [word for word in own if other_stems.isdisjoint(stems(word, language))]
