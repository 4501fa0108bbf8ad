"""Judges whether words that an ellipsis or a cut before or after a quotation leaves out change what it says."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import regex

from app.checking.brackets import restates
from app.checking.corpus_texts import SourceText
from app.checking.documents import EMPTY_LINE
from app.checking.findings import Remark, remark
from app.checking.indirect_times import YEAR
from app.checking.matching import Match, whole_words
from app.checking.occasion_words import blanked
from app.retrieval.positions.position_marks import OUTRIGHT, find_position_marks
from app.retrieval.positions.quoted_speaker import quoted_speaker
from ingest.language.attribution_verbs import thing_named
from ingest.language.dates import find_dates
from ingest.language.detection import LATIN, detect_language
from ingest.language.lexicons import RegexPatterns
from ingest.language.numerals import find_numbers
from ingest.language.polarity_words import (
    PolarityWord,
    begins_with_contrast,
    content,
    denials,
    denies,
    ends_what_follows,
    governing,
    half_of_pair,
    is_complement,
    lacks_complement,
    limit_behind,
    narrowed,
    narrows_one,
    of_kinds,
    own_clause,
    polarity_words,
    reported_behind,
    reports,
    widened,
)
from ingest.language.sentences import SENTENCE_ENDS, last_sentence, split_sentences
from ingest.metadata.sessions import find_session_mentions
from ingest.text.quotation_marks import is_quoted
from ingest.treaties.references import find_articles
from prompts.wording import LANGUAGES
from vectorstore.stems import stems, words_of

# Most words of an omission that alters a quotation by leaving out a modal verb.
_MODAL_WORDS: Final = 4
# Most words of an omission that leaves out the head of the words behind it: "the work of […]".
_HEAD_WORDS: Final = 8
_PATTERNS: Final = RegexPatterns("drafts")
_ANSWERS: Final = RegexPatterns("answer_types")
_ENDED: Final = regex.compile(r"[.!?;。！？；؟؛][\"”’»)]*\s*$")
_ENDS: Final = regex.compile(r"[\"”’»)]*\s*[.!?;。！？；؟؛]")
# Characters on either side of an omission's beginning that are searched for a phrase that it cuts through.
_CUT_REACH: Final = 40
_ASIDE_EDGE: Final = ",;–—-(،，、"
# Characters before and after a quotation that are read for words of its sentence that it leaves out.
_AROUND: Final = 600
# Words after a quotation in its sentence that are searched for a limitation.
_LIMIT_REACH: Final = 40
_PIECE_WORDS: Final = 3  # most words of a short piece; a collage is mostly of those
_SHOWN: Final = 6  # words that a remark shows of those before or after a quotation
_FEWEST_PIECES: Final = 4  # of a collage
_MODAL_REACH: Final = 2  # most words between a modal verb and a quotation that goes on with its verb
_NUMBERED: Final = regex.compile(r"^\W*\d+[.)]\s+")
_CLAUSE_END: Final = regex.compile(r"[,;:.،؛，；。]")
_OPENING: Final = ('"', "“", "«", "„", "「", "『", "‘", "'")
_QUESTION: Final = regex.compile(r"^[^.!。！]*?[?？؟]")
_EMPTY_MARKS: Final = regex.compile(r"[\"“«„「『]\s*[\"”»“」』]")


def omission_remarks(match: Match, text: SourceText) -> Iterator[Remark]:
    """Yields remarks on the words that the ellipses of a quotation leave out."""
    for gap, begin, end in match.gaps:
        omits = gap.omits and not restates(gap.put, text.source[begin:end], text.language)
        kind = _weigh(text, begin, end) if omits else None
        if kind is not None:
            words, alters = " ".join(text.source[begin:end].strip(" \t\r\n.,;:،؛").split()), kind == "left_out_turns"
            yield remark(kind, alters=alters, words=words if alters else _shortened(words))
    if len(match.pieces) >= _FEWEST_PIECES:
        sizes = [len(whole_words(text.source[start:end])) for start, end in match.pieces]
        if sum(size <= _PIECE_WORDS for size in sizes) * 2 > len(sizes):
            yield remark("pieces")


def _weigh(text: SourceText, begin: int, end: int) -> str | None:
    """Returns the kind of remark that an omission deserves, or None."""
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
    counts = of_kinds(found, "modal", "count", "doubt") or any(_quantities(edge, language, led) for edge in edges)
    headless = not closes and len(whole_words(raw)) <= _HEAD_WORDS and lacks_complement(raw, language)
    before = last_sentence(source[max(0, begin - _AROUND) : begin])
    # "We oppose the detention [of children] by night" refuses more without the complement.
    refuses = not closes and is_complement(raw, language) and denials(governing(before, raw, language)[0], (language,))
    if (counts or headless or refuses or narrows_one(before, raw, language)) and not aside:
        return "left_out_weighs"
    if not opens and not closes and len(edges) > 1:
        return "joined"
    return "left_out_reply" if inner and begins_with_contrast(inner) else None


def _quantities(text: str, language: str, before: str) -> set[str]:
    """Returns the numbers of a text other than those of dates, years, sessions and references.

    A reference may begin in the words `before` it: "agenda item […]".
    """
    named = (*find_dates(text), *find_articles(text), *find_session_mentions(text))
    spans = [(found.start, found.end) for found in named]
    spans += [found.span() for found in _PATTERNS.no_quantity.finditer(text)]
    return {
        number.value
        for number in find_numbers(blanked(text, spans), language)
        if regex.fullmatch(YEAR, text[number.start : number.end]) is None
        and not _ANSWERS.reference_before.search(_PATTERNS.numbers_joined.sub("", before + text[: number.start]))
    }


def _edges(source: str, begin: int, end: int) -> tuple[bool, bool, list[str], str]:
    """Returns whether an omission begins and ends with a sentence, its partial sentences, and its first whole one."""
    # A paragraph's end is a sentence's end, as after a salutation.
    paragraphs = [" ".join(piece.split()) for piece in EMPTY_LINE.split(source[begin:end])]
    opens = not whole_words(paragraphs[0]) or bool(
        _ENDED.search(source[max(0, begin - 3) : begin]) or _ENDS.match(source[begin : begin + 3])
    )
    closes = not whole_words(paragraphs[-1]) or _ENDED.search(paragraphs[-1]) is not None
    first = [paragraphs[0][slice(*span)] for span in split_sentences(paragraphs[0])]
    last = [paragraphs[-1][slice(*span)] for span in split_sentences(paragraphs[-1])]
    edges = [] if opens else first[:1]
    if not closes and not (edges and len(paragraphs) == 1 and len(last) == 1):
        edges += last[-1:]
    whole = [sentence for sentence in first if whole_words(sentence)][0 if opens else 1 :]
    if not closes and len(paragraphs) == 1:
        whole = whole[:-1]
    return opens, closes, edges, whole[0] if whole else ""


def cut_remarks(start: int, end: int, quote: str, text: SourceText, around: tuple[str, str]) -> list[Remark]:
    """Returns remarks on the words just before and after an exact quotation, `[start, end)` of the source.

    A denial, condition or report counts as left out only if the draft's own sentence around the quotation (`around`:
    before, after) does not give one.
    """
    source, language = text.source, text.language
    begin = text.paragraph(start)[0]
    opening = _NUMBERED.sub("", last_sentence(" ".join(source[max(begin, start - _AROUND) : start].split())))
    going_on = source[end : min(text.paragraph(max(start, end - 1))[1], end + _AROUND)]
    rest = "" if end > start and source[end - 1] in SENTENCE_ENDS else _first_sentence(going_on)
    remarks: list[Remark] = []
    codes = _languages_of(around, language)
    clause, apart = governing(opening, source[start:end], language)
    given = governing(around[0], quote, codes[0])[0]
    ends = _CLAUSE_END.split(around[1])[0]
    told = [word for code in codes for word in polarity_words(f"{given} | {ends}", code)]
    told += [word for code in codes for word in of_kinds(polarity_words(around[1], code), "condition")]
    weighing = _kinds(polarity_words(clause, language)) & ({"condition"} if apart else {"denial", "condition"})
    ended = ends_what_follows(clause, language) and not of_kinds(told, "ending", "denial", "doubt")
    behind = own_clause(rest, language)
    # What the draft denies once more, or no longer, is turned: "opposes" for "does not oppose".
    denied = denials(f"{'' if apart else clause} | {behind}", (language,))
    denied_there = denials(f"{given} | {ends}", codes)
    turned = bool(denied and denied_there) and (denied - denied_there) % 2 == 1
    view, given_view = _view(clause, (language,)), _view(around[0], codes)
    if (
        ended
        or weighing - _kinds(told)
        or (turned and "denial" in weighing)
        or (given_view, view) == ("supports", "opposes")
        or (not apart and _at_odds(clause, language, given, codes))
    ):
        remarks.append(remark("turned_before", words=_tail(opening, language)))
    elif (report_words := _report(text, opening, begin)) is not None and not _says_view(around[0]):
        remarks.append(remark("reported_before", words=_tail(report_words)))
    else:
        # What the statement denies, or gives to others, in its clause may be denied in other words.
        said = polarity_words(f"{opening} | {behind}", language)
        if (
            turned
            or (given_view, view) == ("opposes", "supports")
            or (any(denies(around[0], code) for code in codes) and not of_kinds(said, "denial", "doubt"))
        ) and not reported_behind(rest, language):
            # Of another quotation in the sentence only the marks are left.
            remarks.append(remark("draft_turns", words=_tail(_EMPTY_MARKS.sub("…", around[0]), codes[0])))
    limited = _limit(rest, language, source[start:end], clause)
    if reported_behind(rest, language) and not _says_view(around[1]):
        remarks.append(remark("reported_behind", words=_head(rest.lstrip(" ,;،，"))))
    elif limited is not None and not _limits_too(around, quote, limited, codes):
        remarks.append(remark("limited_after", words=_head(limited.lstrip(" ,;،，"))))
    thing, beside = thing_named(around[0]), source[max(begin, start - _AROUND) : start] + going_on
    if thing is not None and codes[0] == language:
        stems_beside = {stem for word in words_of(beside) for stem in stems(word, language)}
        named = list(content(words_of(thing), language))
        if named and not any(stem in stems_beside for word in named for stem in stems(word, language)):
            remarks.append(remark("of_other_thing", thing=thing))
    if _QUESTION.match(rest) and "?" not in quote and "？" not in quote and "؟" not in quote:
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


def _view(text: str, codes: tuple[str, ...]) -> str | None:
    """Returns whether the last words of a view in a text support or oppose something outright, else None."""
    marks = [mark for code in codes for mark in find_position_marks(text, code) if mark.kind in ("supports", "opposes")]
    outright = [mark for mark in marks if mark.strength == OUTRIGHT]
    return max(outright, key=lambda mark: mark.start).kind if outright else None


def _at_odds(clause: str, language: str, given: str, codes: tuple[str, ...]) -> bool:
    """Returns whether a draft obliges or counts otherwise than the words before a quotation: "all", "two of them"."""
    own, other = _forces(clause, (language,)), _forces(given, codes)
    return any(ours and theirs and ours.isdisjoint(theirs) for ours, theirs in zip(own, other, strict=True))


def _forces(text: str, codes: tuple[str, ...]) -> tuple[set[str], set[str]]:
    """Returns the modal verbs that a text ends with, by their force, and the quantities in it."""
    found = [word for code in codes for word in polarity_words(text, code)]
    near = [word for word in of_kinds(found, "modal") if len(text[word.end :].split()) <= _MODAL_REACH]
    return {"may" if word.sense == "can" else word.sense for word in near}, {
        *(word.sense for word in of_kinds(found, "count")),
        *(value for code in codes for value in _quantities(text, code, "")),
    }


def _limits_too(around: tuple[str, str], quote: str, limited: str, codes: tuple[str, ...]) -> bool:
    """Returns whether the draft's own words limit a quotation as the source's do: behind or before it."""
    shared = {word for code in codes for word in content(words_of(limited), code)}
    before, after = around
    if begins_with_contrast(after) and after.rstrip().endswith(_OPENING):
        return True  # the limit is quoted as well: “…”, but “…”
    for code in codes:
        limits = limit_behind(after, code) is not None or of_kinds(polarity_words(after, code), "lack")
        goes_on = shared & {*content(words_of(after)[:_SHOWN], code)}
        if limits or (goes_on and _limit(after, code, quote) is not None):
            # "Even in cases of danger" takes back the exception, unless the source has "even" too.
            return bool(_PATTERNS.concedes.match(after)) == bool(_PATTERNS.concedes.match(limited))
        if of_kinds(polarity_words(before, code), "condition") and shared & {*content(words_of(before), code)}:
            return True
    return False


def _report(text: SourceText, opening: str, begin: int) -> str | None:
    """Returns the words before a quotation or its paragraph that attribute it to others, as "Tessaria told us:"."""
    lead = text.source[max(text.stored.keyed.start, begin - _AROUND) : begin].rstrip()
    introduced = last_sentence(" ".join(EMPTY_LINE.split(lead)[-1].split())) if lead.endswith((":", "：")) else ""
    for words in filter(None, (opening, introduced)):
        if reports(words, text.language, own=text.names_itself(words)):
            return words
    return None


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
    if text[0] in "?？؟":
        return text[0]
    return next((text[start:end] for start, end in split_sentences(text)), "")


def _shortened(text: str) -> str:
    return text if len(text) <= 160 else text[:100].rstrip() + " … " + text[-50:].lstrip()


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
    return " ".join(text.split()[:_SHOWN]) if " " in text else text[:12]
