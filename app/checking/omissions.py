"""Judges whether words that an ellipsis or a cut before or after a quotation leaves out change what it says."""

from collections.abc import Iterator
from typing import Final

import regex

from app.checking.brackets import restates
from app.checking.corpus_texts import SourceText
from app.checking.documents import EMPTY_LINE
from app.checking.findings import Remark, remark
from app.checking.indirect_times import YEAR
from app.checking.matching import Match, whole_words
from app.checking.occasion_words import blanked
from app.retrieval.positions.quoted_speaker import quoted_speaker
from ingest.language.dates import find_dates
from ingest.language.lexicons import RegexPatterns
from ingest.language.numerals import find_numbers
from ingest.language.polarity_words import (
    PolarityWord,
    begins_with_contrast,
    content,
    denies,
    ends_what_follows,
    governing,
    half_of_pair,
    lacks_complement,
    limit_behind,
    narrowed,
    of_kinds,
    polarity_words,
    reported_behind,
    reports,
    widened,
)
from ingest.language.sentences import SENTENCE_ENDS, last_sentence, split_sentences
from ingest.metadata.sessions import find_session_mentions
from ingest.text.quotation_marks import is_quoted
from ingest.treaties.references import find_articles
from vectorstore.stems import words_of

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
    if (counts or headless) and not aside:
        return "left_out_weighs"
    if not opens and not closes and len(edges) > 1:
        return "joined"
    return "left_out_reply" if inner and begins_with_contrast(inner) else None


def _quantities(text: str, language: str, before: str) -> bool:
    """Returns whether a text holds numbers other than those of dates, years, sessions and references.

    A reference may begin in the words `before` it: "agenda item […]".
    """
    named = (*find_dates(text), *find_articles(text), *find_session_mentions(text))
    spans = [(found.start, found.end) for found in named]
    spans += [found.span() for found in _PATTERNS.no_quantity.finditer(text)]
    return any(
        regex.fullmatch(YEAR, text[number.start : number.end]) is None
        and not _ANSWERS.reference_before.search(_PATTERNS.numbers_joined.sub("", before + text[: number.start]))
        for number in find_numbers(blanked(text, spans), language)
    )


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
    opening = last_sentence(" ".join(source[max(begin, start - _AROUND) : start].split()))
    going_on = source[end : min(text.paragraph(max(start, end - 1))[1], end + _AROUND)]
    rest = "" if end > start and source[end - 1] in SENTENCE_ENDS else _first_sentence(going_on)
    remarks: list[Remark] = []
    clause, apart = governing(opening, source[start:end])
    weighing = _kinds(polarity_words(clause, language)) & ({"condition"} if apart else {"denial", "condition"})
    ended = ends_what_follows(clause, language) and not of_kinds(
        polarity_words(" ".join(around), language), "ending", "denial", "doubt"
    )
    if ended or weighing - _kinds(polarity_words(governing(around[0], quote)[0], language)):
        remarks.append(remark("turned_before", words=_tail(opening)))
    elif (report_words := _report(text, opening, begin)) is not None and not _says_view(around[0]):
        remarks.append(remark("reported_before", words=_tail(report_words)))
    else:
        # What the statement denies, or gives to others, anywhere in its sentence may be denied in other words.
        said = polarity_words(f"{opening} | {rest}", language)
        if (
            denies(around[0], language)
            and not of_kinds(said, "denial", "doubt")
            and not reported_behind(rest, language)
        ):
            # Of another quotation in the sentence only the marks are left.
            remarks.append(remark("draft_turns", words=_tail(_EMPTY_MARKS.sub("…", around[0]))))
    limited = _limit(rest, language, source[start:end])
    if reported_behind(rest, language) and not _says_view(around[1]):
        remarks.append(remark("reported_behind", words=_head(rest.lstrip(" ,;،，"))))
    elif (
        limited is not None
        and not (
            of_kinds(polarity_words(around[1], language), "lack")
            or limit_behind(around[1], language) is not None
            # The draft may go on with the statement's own words.
            or set(content(words_of(around[1])[:_SHOWN], language)) & set(content(words_of(limited), language))
        )
    ):
        remarks.append(remark("limited_after", words=_head(limited.lstrip(" ,;،，"))))
    if _QUESTION.match(rest) and "?" not in quote and "？" not in quote and "؟" not in quote:
        remarks.append(remark("half_question"))
    if is_quoted(source, start, end):
        code = quoted_speaker(source, start, end, text.stored.parties, text.local.parties)
        remarks.append(remark("someone_quoted_named", name=text.local.name(code)) if code else remark("someone_quoted"))
    return remarks


def _report(text: SourceText, opening: str, begin: int) -> str | None:
    """Returns the words before a quotation or its paragraph that attribute it to others, as "Tessaria told us:"."""
    lead = text.source[max(text.stored.keyed.start, begin - _AROUND) : begin].rstrip()
    introduced = last_sentence(" ".join(EMPTY_LINE.split(lead)[-1].split())) if lead.endswith((":", "：")) else ""
    for words in filter(None, (opening, introduced)):
        if reports(words, text.language, own=text.names_itself(words)):
            return words
    return None


def _kinds(found: tuple[PolarityWord, ...]) -> set[str]:
    """Returns the kinds of polarity words beside a quotation, where a doubt and "few" count as denials."""
    return {"denial" if word.kind == "doubt" or word.sense == "few" else word.kind for word in found}


def _limit(rest: str, language: str, quoted: str) -> str | None:
    """Returns the words in the rest of a sentence that limit the `quoted` words before it, else None."""
    near = " ".join(rest.split()[:_LIMIT_REACH]) if " " in rest else rest[: 2 * _LIMIT_REACH]
    if begins_with_contrast(near):
        return near
    sentence = [quoted[begin:end] for begin, end in split_sentences(quoted)][-1:]
    # After a denial "without" is a condition: "shall not extradite any person, without such an undertaking".
    if narrowed("".join(sentence), near, language) or widened("".join(sentence), near, language):
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


def _tail(text: str) -> str:
    # The opening mark of the quotation is not part of the words before it.
    text = text.rstrip(' “«„「『"')
    return " ".join(text.split()[-_SHOWN:]) if " " in text else text[-12:]


def _head(text: str) -> str:
    return " ".join(text.split()[:_SHOWN]) if " " in text else text[:12]
