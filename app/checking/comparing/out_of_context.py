"""Compares what a quotation is cut off from, in its sentence of the source, with the draft's own words beside it.

Where the source says "We do not support | the fund" and the draft "It supports “the fund”", the cut turns the sense.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import regex

from app.checking.comparing.corpus_texts import SourceText
from app.checking.comparing.quantities import quantities
from app.checking.findings import LABELS_BETWEEN, Remark, remark
from app.retrieval.positions.position_marks import OUTRIGHT, find_position_marks
from app.retrieval.positions.quoted_speaker import quoted_speaker
from ingest.language.attribution_verbs import thing_named
from ingest.language.detection import LATIN, detect_language
from ingest.language.lexicons import RegexPatterns
from ingest.language.polarity_words import (
    PolarityWord,
    begins_with_contrast,
    content,
    denials,
    denies,
    ends_what_follows,
    governing,
    is_unfinished,
    limit_behind,
    narrowed,
    of_kinds,
    own_clause,
    polarity_words,
    reads_out,
    reported_behind,
    reports,
    widened,
)
from ingest.language.sentences import SENTENCE_ENDS, last_sentence, split_sentences
from ingest.text.layout import EMPTY_LINE
from ingest.text.quotation_marks import is_quoted
from prompts.wording import LANGUAGES
from vectorstore.stems import stems, words_of

_PATTERNS: Final = RegexPatterns("drafts")
# Characters before and after a quotation that are read for words of its sentence that it leaves out.
_AROUND: Final = 600
# Words after a quotation in its sentence that are searched for a limitation.
_LIMIT_REACH: Final = 40
_SHOWN: Final = 6  # words that a remark shows of those before or after a quotation
_MODAL_REACH: Final = 2  # most words between a modal verb and a quotation that goes on with its verb
_NUMBERED: Final = regex.compile(r"^\W*\d+[.)]\s+")
_CLAUSE_END: Final = regex.compile(r"[,;:.،؛，；。]")
_MARKS: Final = ' ,;،，”"»’'  # beside a quotation
_OPENING: Final = ('"', "“", "«", "„", "「", "『", "‘", "'")
_QUESTION_MARKS: Final = "?？؟"
_QUESTION: Final = regex.compile(rf"^[^.!。！]*?[{_QUESTION_MARKS}]")
_EMPTY_MARKS: Final = regex.compile(r"[\"“«„「『]\s*[\"”»“」』]")


@dataclass(frozen=True, kw_only=True)
class _Sense:
    """What the words beside a quotation make of it, in the source or in a draft.

    `kinds` of polarity words govern it, a doubt as a denial; it may be negated by a noun ("the lifting of").
    The words before it may have an outright `view` (`supports` or `opposes`), modal verbs and quantities; two `denials`
    cancel each other.
    """

    kinds: set[str]
    negated_by_noun: bool
    denials: int
    view: str | None
    modals_and_counts: tuple[set[str], set[str]]


def out_of_context_remarks(start: int, end: int, quote: str, text: SourceText, around: tuple[str, str]) -> list[Remark]:
    """Returns remarks on the words just before and after an exact quotation, `[start, end)` of the source.

    They are compared with the draft's own words in the sentence around the quotation (`around`: before, after).
    """
    source, language = text.source, text.language
    around = (_PATTERNS.complement_before.sub("", around[0]), around[1])
    begin = text.paragraph(start)[0]
    opening = _NUMBERED.sub("", last_sentence(" ".join(source[max(begin, start - _AROUND) : start].split())))
    going_on = source[end : min(text.paragraph(max(start, end - 1))[1], end + _AROUND)]
    rest = "" if end > start and source[end - 1] in SENTENCE_ENDS else _first_sentence(going_on)
    codes = _languages_of(around, language)
    clause, apart = governing(opening, source[start:end], language)
    own, drafts = _sense_of_source(clause, rest, language, apart=apart), _sense_of_draft(around, quote, codes)
    difference = _difference(own, drafts)
    if difference is None and any(denies(around[0], code) for code in codes):
        # What the statement denies, or gives to others, in its clause may be denied in other words.
        said = polarity_words(f"{opening} | {own_clause(rest, language)}", language)
        difference = None if of_kinds(said, "denial", "doubt") else "draft_turns"
    # Behind an adjunct, as in "After | the storm | we cannot go", the clause begins that it belongs to.
    led = _PATTERNS.aside_opens.match(clause) and is_unfinished(clause, language)
    adjunct = led and _PATTERNS.subject.match(rest) is not None
    given_to_others = not adjunct and reported_behind(rest, language)
    remarks: list[Remark] = []
    if difference == "turned_before":
        remarks.append(remark("turned_before", words=_tail(opening, language)))
    elif (report_words := _report(text, opening, begin, start)) is not None and not _says_view(around[0]):
        remarks.append(remark("reported_before", words=_tail(report_words)))
    elif difference is not None and not given_to_others:
        # Of another quotation in the sentence only the marks are left.
        remarks.append(remark("draft_turns", words=_tail(_EMPTY_MARKS.sub("…", around[0]), codes[0])))
    limited = _limit(rest, language, source[start:end], clause)
    if given_to_others and not _says_view(around[1]):
        remarks.append(remark("reported_behind", words=_head(rest)))
    elif limited is not None and not _limits_too(around, quote, limited, codes):
        remarks.append(remark("limited_after", words=_head(limited)))
    elif not remarks and _contradicts(around[1], rest, codes, language):
        remarks.append(remark("draft_turns", words=_head(around[1])))
    thing, beside = thing_named(around[0]) or "", source[max(begin, start - _AROUND) : start] + going_on
    named = _content_stems(thing, language) if codes[0] == language else set()
    if named and named.isdisjoint(_content_stems(beside, language)):
        remarks.append(remark("of_other_thing", thing=thing))
    if _QUESTION.match(rest) and {*_QUESTION_MARKS}.isdisjoint(quote):
        remarks.append(remark("half_question"))
    if is_quoted(source, start, end):
        code = quoted_speaker(source, start, end, text.stored.parties, text.local.parties)
        remarks.append(remark("someone_quoted_named", name=text.local.name(code)) if code else remark("someone_quoted"))
    return remarks


@lru_cache(maxsize=256)
def _languages_of(around: tuple[str, str], language: str) -> tuple[str, ...]:
    """Returns in which languages the draft's words around a quotation are read: their own, and the source's."""
    own = detect_language(" ".join(around))
    return tuple(dict.fromkeys((*((own,) if own in LANGUAGES else LATIN), language)))


def _sense_of_source(clause: str, rest: str, language: str, *, apart: bool) -> _Sense:
    """Reads the words before a quotation in its source; from a clause `apart` only a condition reaches it."""
    joined = "" if apart else clause
    kinds = _kinds(polarity_words(clause, language)) & ({"condition"} if apart else {"denial", "condition"})
    return _Sense(
        kinds=kinds,
        negated_by_noun=ends_what_follows(clause, language),
        denials=denials(f"{joined} | {own_clause(rest, language)}", (language,)),
        view=_view(clause, (language,)),
        modals_and_counts=_modals_and_counts(joined, (language,)),
    )


def _sense_of_draft(around: tuple[str, str], quote: str, codes: tuple[str, ...]) -> _Sense:
    before, after = _NUMBERED.sub("", around[0]), around[1]
    given = governing(before, quote, codes[0])[0]
    joined = f"{given} | {_CLAUSE_END.split(after)[0]}"
    told = [word for code in codes for word in polarity_words(joined, code)]
    conditions = [word for code in codes for word in of_kinds(polarity_words(after, code), "condition")]
    opposed = {"denial"} if _view(given, codes) == "opposes" else set()
    return _Sense(
        kinds=_kinds([*told, *conditions]) | opposed,
        negated_by_noun=bool(of_kinds(told, "ending", "denial", "doubt")),
        denials=denials(joined, codes),
        view=_view(before, codes),
        modals_and_counts=_modals_and_counts(given, codes),
    )


def _difference(own: _Sense, draft: _Sense) -> Literal["turned_before", "draft_turns"] | None:
    """Returns which of the two turns a quotation, the words it is cut off from or the draft's own; None if neither."""
    others = zip(own.modals_and_counts, draft.modals_and_counts, strict=True)
    forced = any(ours and theirs and ours.isdisjoint(theirs) for ours, theirs in others)
    if own.kinds - draft.kinds or (own.negated_by_noun and not draft.negated_by_noun) or forced:
        return "turned_before"
    # What the draft denies once more, or no longer, is turned: "opposes" for "does not oppose".
    odd = bool(own.denials and draft.denials) and (own.denials - draft.denials) % 2 == 1
    if odd or {own.view, draft.view} == {"supports", "opposes"}:
        return "turned_before" if (odd and "denial" in own.kinds) or own.view == "opposes" else "draft_turns"
    return None


def _contradicts(after: str, rest: str, codes: tuple[str, ...], language: str) -> bool:
    """Returns whether a draft goes on with the source's words and denies them: "without a reservation" for "with"."""
    goes_on, told = (_CLAUSE_END.split(words.lstrip(_MARKS))[0] for words in (rest, after))
    if _content_stems(goes_on, language).isdisjoint(_content_stems(told, language)):
        return False
    own, other = (
        [word for code in read for word in polarity_words(words, code)]
        for words, read in ((goes_on, (language,)), (told, codes))
    )
    if of_kinds([*own, *other], "condition"):
        return False
    return bool(of_kinds(own, "denial", "lack")) != bool(of_kinds(other, "denial", "lack"))


def _content_stems(text: str, language: str) -> set[str]:
    return {stem for word in content(words_of(text), language) for stem in stems(word, language)}


def _view(text: str, codes: tuple[str, ...]) -> str | None:
    """Returns whether the last words of a view in a text support or oppose something outright, else None.

    So does the head of a table's column: "For", "Against".
    """
    for kind, label in (("supports", _PATTERNS.for_label), ("opposes", _PATTERNS.against_label)):
        if any(map(label.fullmatch, text.split(LABELS_BETWEEN))):
            return kind
    marks = [mark for code in codes for mark in find_position_marks(text, code) if mark.kind in ("supports", "opposes")]
    outright = [mark for mark in marks if mark.strength == OUTRIGHT]
    return max(outright, key=lambda mark: mark.start).kind if outright else None


def _modals_and_counts(text: str, codes: tuple[str, ...]) -> tuple[set[str], set[str]]:
    """Returns the modal verbs that a text ends with, by their force, and the quantities in it."""
    found = [word for code in codes for word in polarity_words(text, code)]
    near = [word for word in of_kinds(found, "modal") if len(text[word.end :].split()) <= _MODAL_REACH]
    return {"may" if word.sense == "can" else word.sense for word in near}, {
        *(word.sense for word in of_kinds(found, "count")),
        *(value for code in codes for value in quantities(text, code, "")),
    }


def _limits_too(around: tuple[str, str], quote: str, limited: str, codes: tuple[str, ...]) -> bool:
    """Returns whether the draft's own words limit a quotation as the source's do: behind or before it."""
    shared = {word for code in codes for word in content(words_of(limited), code)}
    before, after = around
    if begins_with_contrast(after) and after.rstrip().endswith(_OPENING):
        return True  # the limit is quoted as well: “…”, but “…”
    for code in codes:
        goes_on = shared & {*content(words_of(after)[:_SHOWN], code)}
        # "Without a request" limits as "except on request" does behind a denial, but not as "with a reservation".
        lacking = of_kinds(polarity_words(f"{limited} | {quote}", code), "lack", "denial")
        lacks = lacking and of_kinds(polarity_words(after, code), "lack")
        if limit_behind(after, code) is not None or (goes_on and (lacks or _limit(after, code, quote) is not None)):
            # "Even in cases of danger" takes back the exception, unless the source has "even" too.
            return bool(_PATTERNS.concedes.match(after)) == bool(_PATTERNS.concedes.match(limited))
        if of_kinds(polarity_words(before, code), "condition") and shared & {*content(words_of(before), code)}:
            return True
    return False


def _report(text: SourceText, opening: str, begin: int, start: int) -> str | None:
    """Returns the words before a quotation or its paragraph that attribute it to others, as "Tessaria told us:".

    The sentence before the quotation or its paragraph may also end with "I shall read it out."
    """
    lead = text.source[max(text.stored.keyed.start, begin - _AROUND) : begin].rstrip()
    above = last_sentence(" ".join(EMPTY_LINE.split(lead)[-1].split()), whole=True)
    for words in filter(None, (opening, above if above.endswith((":", "：")) else "")):
        if reports(words, text.language, own=text.names_itself(words)):
            return words
    within = " ".join(text.source[max(begin, start - _AROUND) : start].split())
    before = last_sentence(within.removesuffix(opening), whole=True)
    return next((words for words in (before, above) if reads_out(words) and not text.names_itself(words)), None)


def _kinds(found: Iterable[PolarityWord]) -> set[str]:
    """Returns the kinds of polarity words beside a quotation, where a doubt and "few" count as denials."""
    return {"denial" if word.kind == "doubt" or word.sense == "few" else word.kind for word in found}


def _limit(rest: str, language: str, quoted: str, clause: str = "") -> str | None:
    """Returns the words in the rest of a sentence that limit the `quoted` words and their `clause`, else None."""
    near = " ".join(rest.split()[:_LIMIT_REACH]) if " " in rest else rest[: 2 * _LIMIT_REACH]
    if begins_with_contrast(near):
        return near
    sentence = [quoted[begin:end] for begin, end in split_sentences(quoted)][-1:]
    # After a denial "without" is a condition: "shall not extradite any person, without such an undertaking".
    led = f"{clause} {''.join(sentence)}"
    if narrowed(led, near, language) or widened("".join(sentence), near, language):
        return near
    denied = of_kinds(polarity_words("".join(sentence), language), "denial")
    lacks = [word.start for word in of_kinds(polarity_words(near, language), "lack") if denied]
    starts = [at for at in (limit_behind(near, language), *lacks) if at is not None]
    # A limit near the beginning is shown with the words before it.
    return near[min(starts) if len(near[: min(starts)].split()) > _SHOWN // 2 else 0 :] if starts else None


def _says_view(before: str) -> bool:
    """Returns whether a draft itself attributes a view to others: "Arvandia noted that some say that"."""
    return _PATTERNS.some_say.search(before) is not None


def _first_sentence(after: str) -> str:
    """Returns the rest of the sentence in which a quotation breaks off; empty where the sentence ends there."""
    text = " ".join(EMPTY_LINE.split(after)[0].split())
    if not text or text[0] in ".!。！":
        return ""
    if text[0] in _QUESTION_MARKS:
        return text[0]
    return next((text[start:end] for start, end in split_sentences(text)), "")


def _tail(text: str, language: str | None = None) -> str:
    """Returns the last words of a text, and before them those that turn it, if these stand farther back."""
    # The opening mark of the quotation is not part of the words before it.
    text = text.rstrip(' “«„「『"')
    if " " not in text:
        return text[-12:]
    words = text.split()
    found = polarity_words(text, language) if language else ()
    turning = of_kinds(found, "denial", "doubt", "condition", "ending") or of_kinds(found, "modal", "count")
    at = len(text[: max((word.start for word in turning), default=len(text))].split())
    if at >= len(words) - _SHOWN:
        return " ".join(words[-_SHOWN:])
    half = _SHOWN // 2
    return f"{' '.join(words[at : at + half])} … {' '.join(words[-half:])}"


def _head(text: str) -> str:
    text = text.lstrip(_MARKS)
    return " ".join(text.split()[:_SHOWN]) if " " in text else text[:12]
