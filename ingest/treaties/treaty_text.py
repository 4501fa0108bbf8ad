"""The text of a treaty: which of the known treaties it is, and where each of its articles stands.

A file may hold several, as the booklet of the Convention and its Protocols does: each begins with its title, and
its articles count from 1 again. A table of contents repeats the headings without any text and does not count.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from ingest.language.lexicons import Patterns, load_lexicon
from ingest.text.layout import cut_blocks
from ingest.treaties.references import find_articles
from ingest.treaties.treaties import TREATIES, article_title, find_treaties
from vectorstore.records import Block

_FIRST_WORDS = 3000  # characters in which a text names itself
_LONGEST_TITLE = 150  # characters
_MOST_TITLE_LINES = 3

_WORDS = Patterns("treaty_text")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_MARKS = ' \t#*_>«»"“”[]\r'
_SENTENCE_STOP = re.compile(r"[.;:,،؛。；：!?؟]$")
_LIST_MARK = re.compile(r"[-•·*–—]\s|\(?(?:\d{1,3}|[a-z]{1,4})[.)]|（")
# Most characters between the heading of the next chapter and its first article: its title, on separate lines.
_CHAPTER_TITLE = 250


@dataclass(frozen=True, kw_only=True)
class ArticleText:
    """One article of a known treaty: its heading begins at `start`, its own words stand at `[body, end)`."""

    treaty: str
    article: str
    start: int
    body: int
    end: int


@dataclass(frozen=True, kw_only=True)
class TreatyText:
    """The known treaties in a text: their codes and their articles, in order."""

    treaties: tuple[str, ...]
    articles: tuple[ArticleText, ...]

    @property
    def title(self) -> str | None:
        """The full names of its treaties, or None if none is known."""
        return "; ".join(TREATIES[code].name for code in self.treaties) or None

    def article_at(self, start: int, end: int) -> ArticleText | None:
        """Returns the article to whose text a sentence at `[start, end)` belongs; headings belong to none."""
        return next((a for a in self.articles if a.start <= start < a.end and end > a.body), None)


class _ArticleHeading(NamedTuple):
    number: int
    start: int
    body: int


def read_treaty(text: str, blocks: Sequence[Block], file: str) -> TreatyText:
    """Finds the known treaties in a text and their articles; the file's name counts where the text has no title."""
    titles = _titles(text, blocks)
    articles: list[ArticleText] = []
    treaties: dict[str, None] = {}
    since = 0
    for run in _runs(text):
        before = [(at, code) for at, code in titles if since <= at < run[0].start]
        treaty = before[-1][1] if before else (None if since else _by_file_name(file))
        following = next((at for at, _ in titles if at > run[-1].start), len(text))
        since = run[-1].start
        if treaty is None:
            continue
        treaties[treaty] = None
        ends = [*(heading.start for heading in run[1:]), following]
        for (number, start, body), after in zip(run, ends, strict=True):
            if article_title(treaty, str(number)) is not None:
                end = _without_chapter(text, body, after)
                articles.append(ArticleText(treaty=treaty, article=str(number), start=start, body=body, end=end))
    if not since:
        known = next((code for at, code in titles if at < _FIRST_WORDS), _by_file_name(file))
        treaties |= {known: None} if known else {}
    return TreatyText(treaties=tuple(treaties), articles=tuple(articles))


def cut_at_articles(text: str, blocks: Sequence[Block], treaty: TreatyText) -> tuple[Block, ...]:
    """Cuts the blocks of a treaty where an article or its text begins or ends, so that no sentence crosses these."""
    cuts = {offset for article in treaty.articles for offset in (article.start, article.body, article.end)}
    return cut_blocks(text, blocks, cuts)


def _titles(text: str, blocks: Sequence[Block]) -> list[tuple[int, str]]:
    """Returns the offsets of treaties' names that are titles: at the beginning of a block, with no sentence around."""
    titles = []
    for block in blocks:
        named = find_treaties(text[block.start : block.end])
        if not named:
            continue
        at, end = block.start + named[0].start, block.start + named[0].end
        line_end = text.find("\n", end, block.end)
        rest = text[end : line_end if line_end >= 0 else block.end]
        if _WORDS.before_name.fullmatch(text, block.start, at) and _WORDS.after_name.fullmatch(rest):
            titles.append((at, named[0].treaty))
    return titles


def _runs(text: str) -> Iterator[list[_ArticleHeading]]:
    headings = list(_headings(text))
    run: list[_ArticleHeading] = []
    for position, heading in enumerate(headings):
        if run and heading.number == 1:
            if _has_words(text, run, heading.start):
                yield run
            run = []
        expected = run[-1].number + 1 if run else heading.number
        until = next((n for n, later in enumerate(headings) if n > position and later.number == 1), len(headings))
        skips = heading.number > expected and all(later.number != expected for later in headings[position:until])
        # A line that only begins with a reference to an article breaks the order of numbers, and is skipped.
        if heading.number == expected or skips:
            run.append(heading)
    if run and _has_words(text, run, len(text)):
        yield run


def _has_words(text: str, run: Sequence[_ArticleHeading], end: int) -> bool:
    """Returns whether headings have text under them, unlike those of a table of contents."""
    ends = [*(heading.start for heading in run[1:]), end]
    filled = sum(bool(text[heading.body : stop].strip()) for heading, stop in zip(run, ends, strict=True))
    return 2 * filled > len(run)


def _headings(text: str) -> Iterator[_ArticleHeading]:
    lines = list(_LINE.finditer(text))
    for position, line in enumerate(lines):
        if _WORDS.article_word.match(line.group()) is None:
            continue
        words = line.group().strip(_MARKS)
        named = find_articles(words, None)
        if not named or named[0].start > 0 or named[0].paragraph or len([m for m in named if m.start == 0]) > 1:
            continue
        number, rest = named[0].article, words[named[0].end :]
        title = rest.strip(_MARKS + ".:–—-　")
        apart = not rest or not rest[0].isalnum()
        if not number.isdigit() or not apart or (title and not _is_title(title, rest)):
            continue
        after = lines[position + 1 : position + 1 + _MOST_TITLE_LINES]
        last = position if title else position + _title_lines(after, number)
        yield _ArticleHeading(int(number), line.start(), lines[last].end())


def _is_title(title: str, written: str) -> bool:
    """Returns whether what follows an article's number is its title rather than the rest of a sentence."""
    if len(title) > _LONGEST_TITLE or _WORDS.no_title.match(title):
        return False
    return _SENTENCE_STOP.search(written.rstrip()) is None or len(title.split()) <= 12


def _title_lines(lines: Sequence[re.Match[str]], number: str) -> int:
    """Returns how many lines after a lone "Article 4" are its title."""
    known = {_word_key(title) for code in TREATIES if (title := article_title(code, number)) is not None}
    for count in range(1, len(lines) + 1):
        if _word_key(" ".join(line.group() for line in lines[:count])) in known:
            return count
    first = lines[0].group().strip(_MARKS) if lines else ""
    ended = _SENTENCE_STOP.search(first) or _LIST_MARK.match(first) or _WORDS.article_word.match(first)
    return int(0 < len(first) <= _LONGEST_TITLE and not ended and not first[0].islower())


def _word_key(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))


def _without_chapter(text: str, start: int, end: int) -> int:
    """Returns where an article ends, without an annex or the heading of the chapter after it."""
    annex = _WORDS.annex.search(text, start, end)
    end = annex.start() if annex else end
    for chapter in _WORDS.chapter.finditer(text, start, end):
        rest = text[chapter.end() : end].strip()
        if len(rest) <= _CHAPTER_TITLE and _SENTENCE_STOP.search(rest) is None:
            return chapter.start()
    return end


def _by_file_name(file: str) -> str | None:
    name = re.sub(r"[\W_]+", " ", PurePath(file).stem.casefold())
    named = [match.treaty for match in find_treaties(name)]
    by_word = load_lexicon("treaty_text")["file_words"].items()
    named += [code for code, words in by_word if re.search(rf"\b(?:{words})", name)]
    return named[0] if named else None
