"""The heading of a statement: where it ends, and who is named in it as speaking.

"Statement by H.E. Mr. Ilvane, Permanent Representative of Arvandia" names a State and a person. Body, session and date
are read by `occasion.py`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, takewhile

from ingest.language.dates import find_dates
from ingest.language.glued_words import split_glued
from ingest.language.lexicons import Patterns, RegexPatterns
from ingest.language.own_voice import QUOTED, speaks_in_first_person
from ingest.metadata.occasion import symbol_in
from ingest.metadata.on_behalf import behalf_before, opens_on_behalf
from ingest.metadata.sessions import find_bodies, is_general_debate
from ingest.parties.party_names import Party
from ingest.parties.party_table import PartyMatch, PartyTable
from ingest.text.layout import cut_blocks, holds_sentence_end
from vectorstore.records import Block

_MOST_BLOCKS, _MOST_CHARACTERS, _LONGEST_LINE, _LONGEST_TITLE, _SHORT_LINE = 40, 1500, 200, 400, 120
# Most characters of the last line of a wrapped title, and of words in it that may be in lower case: "of the".
_LONGEST_LAST_LINE, _LONGEST_SMALL_WORD = 40, 3

_WORDS = Patterns("heading")
_BODY = RegexPatterns("speaker_lines")

# A word with spaced letters, and all such words of its line; between words the space is wider where the file shows it.
_SPACED = re.compile(r"(?<!\S)[^\W\d_](?:[ \u00a0][^\W\d_]){3,}(?!\S)")
_LETTERS = re.compile(r"(?<!\S)[^\W\d_](?:[ \u00a0][^\W\d_])+(?!\S)")
_GLUED = re.compile(r"\b[A-Za-z]{8,}\b")
_CUT = re.compile(r"\b([^\W\d_]{2,}) ([^\W\d_]{2,})\b")
_PROSE = re.compile(r"[^\W\d_]{4}[.!?]\s+[^\W\d_].*[.!?]$")
_RANK_OF_HOST = 9  # a rank behind all others
# Most lines of a title that ends in the next: "Statement by", "H.E. Ms. Oram,", "Minister of Justice".
_MOST_OF_TITLE = 3
_SENTENCE = re.compile(r"[^\W\d_]{3}[.!?;]\s|[^\W\d_]{3}[.!?;。！？]$|。")


@dataclass(frozen=True, kw_only=True)
class Heading:
    r"""The lines before a statement's first words, which begin at `end`: with single spaces, joined by `\n`.

    In `whole`, wrapped lines are joined again, such as "… of the Parties to the United" and "Nations …".
    """

    text: str
    end: int
    whole: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Its lines."""
        return tuple(self.text.split("\n")) if self.text else ()

    @property
    def flat(self) -> str:
        """Its text in one line, in which all offsets stay."""
        return self.text.replace("\n", " ")


def find_heading(text: str, blocks: tuple[Block, ...]) -> Heading:
    """Find the heading: the lines of a cover before a salutation, else short lines up to the first prose."""
    found = list(_first_lines(text, blocks))
    greeted = next((number for number, line in enumerate(found) if is_salutation(line.words)), None)
    lines = found[:greeted]
    if greeted is None or not _is_cover(lines):
        lines = list(takewhile(lambda line: not _ends_heading(line), found))
        # A web page repeats its title, with its date or meeting, after the caption of a picture.
        titled = [
            number for number, line in enumerate(found, start=1)
            if _WORDS.title.match(line.words) and (find_dates(line.words) or find_bodies(line.words))
        ]  # fmt: skip
        if titled and titled[-1] > len(lines) and _is_cover(found[: titled[-1]]):
            lines = found[: titled[-1]]
    end = lines[-1].after if lines else 0
    return Heading(
        text="\n".join(line.words for line in lines), end=end, whole=_whole(lines, _width(text, blocks, end))
    )


def _width(text: str, blocks: tuple[Block, ...], begin: int) -> int | None:
    """Return the width in characters at which lines of prose are wrapped; None if each paragraph is one line."""
    paragraphs = (block for block in blocks if block.start >= begin and block.paragraph is not None)
    prose = (text[block.start : block.end].splitlines()[:-1] for block in paragraphs)
    return max((len(line.strip()) for lines in prose for line in lines), default=None)


def _whole(lines: "Sequence[_Line]", width: int | None) -> tuple[str, ...]:
    """Join wrapped lines: each pair in a paragraph where the first line had no room for the next word."""
    whole: list[str] = []
    parted = False
    for line in lines:
        whole.append(f"{whole.pop()} {line.words}" if parted else line.words)
        word = line.following.partition(" ")[0]
        parted = bool(word) and width is not None and len(line.words) + 1 + len(word) > width
    return tuple(whole)


def cut_at_heading(text: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Cut blocks where the heading ends; blocks before it are not paragraphs, so that they are not quoted as speech."""
    end = find_heading(text, blocks).end
    cut = cut_blocks(text, blocks, {end})
    return tuple(replace(block, paragraph=None) if block.end <= end else block for block in cut)


def _first_lines(text: str, blocks: tuple[Block, ...]) -> "Iterator[_Line]":
    first = 1 if _is_note_before_heading(text, blocks) else 0
    for position, block in enumerate(blocks[first:_MOST_BLOCKS], start=first):
        # A block that the next block continues may hold a sentence cut by a page break.
        goes_on = blocks[position + 1] if position + 1 < len(blocks) and blocks[position + 1].continues else None
        for line in _lines(text, block, goes_on):
            if line.after > _MOST_CHARACTERS:
                return
            yield line


def _is_cover(lines: "Sequence[_Line]") -> bool:
    """Return whether all lines before a salutation belong to a cover, which is not in the first person.

    With a title, date or body, it may hold whole sentences, such as the theme of a session; else these are prose.
    """
    said = [line for line in lines if not _WORDS.title.match(line.words)]
    # The theme of a session in quotation marks may be in the first person.
    without_theme = QUOTED.sub("", "\n".join(line.words for line in said))
    if _WORDS.first_person.search(without_theme) or any(len(line.words) > _LONGEST_LINE for line in said):
        return False
    titled = len(said) < len(lines) or any(find_dates(line.words) or find_bodies(line.words) for line in lines)
    return titled or not any(line.prose and holds_sentence_end(line.words) for line in lines)


def _ends_heading(line: "_Line") -> bool:
    longest = _LONGEST_TITLE if _WORDS.title.match(line.words) else _LONGEST_LINE
    if is_salutation(line.words) or len(line.words) > longest:
        return True
    return line.prose and not (is_heading_line(line.words, line.following) or _is_rest_of_title(line))


def _is_rest_of_title(line: "_Line") -> bool:
    """Return whether a line is the end of a wrapped title: "Organized Crime" before "Eleventh session"."""
    words = [word for word in line.words.split() if len(word) > _LONGEST_SMALL_WORD]
    named = bool(words) and len(line.words) <= _LONGEST_LAST_LINE and all(word[0].isupper() for word in words)
    return named and not _SENTENCE.search(line.words) and is_heading_line(line.following, "")


def _is_note_before_heading(text: str, blocks: tuple[Block, ...]) -> bool:
    """Return whether the first block is a note on the document, such as a disclaimer, with the heading after it."""
    if not blocks or blocks[0].paragraph is None or blocks[0].end - blocks[0].start > _LONGEST_LINE:
        return False
    if _WORDS.first_person.search(text, blocks[0].start, blocks[0].end):
        return False
    following = [text[block.start : block.end] for block in blocks[1:5] if block.paragraph is None]
    return any(find_bodies(line) or find_dates(line) for line in following)


def is_salutation(line: str) -> bool:
    """Return whether a line addresses the chair or the audience."""
    if _WORDS.salutation.match(line):
        return True
    return bool(_WORDS.addressed.search(line)) and not _WORDS.title.match(line) and not find_dates(line)


def is_heading_line(line: str, following: str) -> bool:
    """Return whether a line in a block of prose belongs to a heading: it names a session, a date or a speaker.

    It is prose if the `following` line goes on in lower case or in the first person.
    """
    # A heading may go on in lower case: "Summary record of the 4th meeting", "held on Tuesday, 18 October 2022".
    goes_on = following[:1].islower() and not (find_dates(following) and len(following) <= _SHORT_LINE)
    if goes_on or _WORDS.first_person.search(line) or _WORDS.first_person.search(following):
        return False
    if _SENTENCE.search(line) and not _WORDS.title.match(line):
        return False
    if line.isupper() and not following.isupper():
        return True
    if _WORDS.cue.search(line) or find_dates(line) or find_bodies(line) or is_general_debate(line):
        return True
    # "United Nations A/79/PV.88" identifies the document.
    symbol = symbol_in(line)
    return symbol is not None and line.endswith(symbol)


def holder_in(heading: Heading, parties: PartyTable) -> Party | None:
    """Read the one party that a heading names as speaking; in "Statement by X on behalf of Y", it is X."""
    best = named_as_speaking(heading, parties)
    return best[0] if len(best) == 1 else None


def named_as_speaking(heading: Heading, parties: PartyTable) -> tuple[Party, ...]:
    """Read the parties that a heading names most clearly as speaking; several if it names them equally clearly."""
    return _named(heading, parties)[0]


def delivering_state(heading: Heading, parties: PartyTable) -> str | None:
    """Read the State that a heading names as delivering the statement of another party: "…, read by Arvandia"."""
    codes = [party.code for party in _named(heading, parties)[1] if party.kind == "state"]
    return codes[0] if len(codes) == 1 else None


def _named(heading: Heading, parties: PartyTable) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Read the parties that a heading names as holding the statement, and those that only deliver it."""
    ranked: dict[int, dict[str, Party]] = {}
    readers, alone, spoken_for = dict[str, Party](), dict[str, Party](), False
    starts = accumulate((len(line) + 1 for line in heading.lines), initial=0)
    author: int | None = None
    for line, start, following in zip(heading.lines, starts, [*heading.lines[1:], ""], strict=False):
        last: tuple[int, int, bool] | None = None
        # A title may go on in the next line: "Remarks by the Minister of Belmora", "at the invitation of …".
        author = author if line[:1].islower() else None
        for match in parties.find(line, capitals="none"):
            party = parties.get(match.codes[0])
            if len(match.codes) != 1 or party is None:
                continue
            # "Statement by" may end the line before the State's name.
            before = heading.flat[max(0, start + match.start - 120) : start + match.start]
            rank, is_spoken_for = _rank(line, match, before), behalf_before(before)
            if rank is None and last is not None and _WORDS.listed.fullmatch(line[last[0] : match.start]):
                _, rank, is_spoken_for = last
            elif author is not None and not any(
                words.search(heading.flat, author, start + match.start)
                for words in (_WORDS.another_author, _WORDS.statement_by, _WORDS.read_by)
            ):
                # A further party that is no author is named for the occasion: "at the invitation of X".
                rank = None
            elif rank and party.kind == "state" and (governed := _WORDS.by_office.search(before)) is not None:
                # By an office of its author: "Remarks in Belmora by the Minister of X".
                rank = rank if _WORDS.office_elsewhere.search(governed["office"]) else 0
            last = None if rank is None else (match.end, rank, is_spoken_for)
            author = start + match.end if rank is not None and _WORDS.authored.search(before) else author
            spoken_for = spoken_for or is_spoken_for
            if _WORDS.read_by_state.search(before) or (rank is not None and _WORDS.read_by.search(before)):
                readers[party.code] = party
                alone |= {party.code: party} if rank is not None and not is_spoken_for else {}
                continue
            # A group or organization may be named as part of the meeting: it speaks only after "Statement by", or in a
            # line such as "Arvandia Group statement", or by its name alone above "Statement".
            titled = _WORDS.title.match(following) and not _WORDS.named_by.match(following)
            titled = titled and _WORDS.alone.fullmatch(line[: match.start] + line[match.end :]) is not None
            opens = rank == 1 and not _WORDS.article.sub("", line[: match.start]).strip()
            opens = opens and _WORDS.speech_ends.fullmatch(line, match.end) is not None
            if rank is not None and (party.kind == "state" or rank == 0 or opens or titled) and not is_spoken_for:
                # An organization above a title may be the host of the meeting: a State named anywhere comes first.
                is_host = titled and party.kind == "organization"
                ranked.setdefault(_RANK_OF_HOST if is_host else rank, {})[party.code] = party
    # Who reads a statement out holds it only if nobody else is named.
    best = tuple(ranked[min(ranked)].values()) if ranked else ()
    return best or tuple(alone.values()), tuple(readers.values()) if best or spoken_for else ()


def holds_office(before: str) -> bool:
    """Return whether the words before a State's name are an office of it: "Ms. Ferro, Ambassador of"."""
    office = before.rpartition(",")[2]
    named = _WORDS.office_of.search(office) or _WORDS.title_of.search(office)
    return named is not None and not (_WORDS.office_elsewhere.search(office) or _BODY.body.search(office))


def speaker_in(heading: Heading) -> str | None:
    """Read the person that a heading names as speaking, with the office that follows; "by Ms. Oram" goes first.

    Whoever presides, introduces or is greeted does not speak: "Chair: Mr. Breck", "…, President of the Conference".
    """
    named, by = list[str](), list[str]()
    for line in heading.whole:
        match = _WORDS.person.search(line)
        if match is None or is_salutation(line):
            continue
        before, person = line[: match.start("person")], _WORDS.person_ends.split(match["person"])[0].strip(" ,;:")
        if _is_answered(before) or _WORDS.no_speaker.search(before):
            continue
        if _WORDS.by_whom.search(before):
            by.append(person)
        elif not _WORDS.of_meeting.search(match["person"]):
            named.append(person)
    return next(iter((*by, *named)), None)


def unknown_body_in(heading: Heading, parties: PartyTable) -> str | None:
    """Read the name of a body that a title names as speaking and no lookup knows: "Statement by the Bar Network".

    A kind of body that States have, such as a commission, is left out if the title names a person with an office in it,
    or if other lines name its State.
    """
    for line in heading.whole:
        # Whoever reads a statement out is not its holder.
        title = _WORDS.read_by.sub("", line)
        named = _WORDS.named_by.match(title)
        if named is None or parties.find(title) or _WORDS.of_state.search(named["name"]):
            continue
        name = named["name"].partition(",")[0]
        of_person = _WORDS.person.match(named["name"]) is not None
        body = _BODY.body.search(named["name"] if of_person else name)
        if body is None or find_bodies(named["name"]) or is_general_debate(named["name"]):
            continue
        others = "\n".join(_WORDS.read_by.sub("", f" {other}").strip() for other in heading.whole if other != line)
        of_a_state = _WORDS.body_of_state.search(named["name"]) and not _WORDS.worldwide.search(named["name"])
        if of_a_state and (of_person or holder_in(replace(heading, text=others), parties) is not None):
            return None
        return _WORDS.person_ends.split(named["name"])[0].strip(" ,;:.")
    return None


def kind_without_speaker(heading: Heading, words: str) -> str | None:
    """Read the line of a heading by which nobody it names speaks: "List of speakers", "Analysis of the statement by X".

    It is that of a speech whose words (`words`) begin with a salutation or, on a meeting, are in the first person.
    """
    if is_salutation(words.lstrip()):
        return None
    title = heading.lines[:_MOST_OF_TITLE]
    found = next(filter(_WORDS.on_statement.search, title), None)
    if found is not None or speaks_in_first_person(words):
        return found
    # "Programme of work: statement by Belmora" and "Information note submitted by Belmora" have an author.
    return next(filter(_WORDS.on_meeting.search, takewhile(lambda line: not _WORDS.authored.search(line), title)), None)


def title_in(heading: Heading) -> str | None:
    """Read the title line, "Statement by …", with the next where it goes on there; a sentence of a mail is not one."""
    lines = heading.whole
    first = next((n for n, line in enumerate(lines) if _WORDS.title.match(line) and not _PROSE.search(line)), None)
    if first is None:
        return None
    title = lines[first]
    for following in lines[first + 1 : first + _MOST_OF_TITLE]:
        dated = find_dates(following) or find_bodies(following) or _WORDS.agenda_item.search(following)
        bare = _WORDS.title_bare.fullmatch(title) is not None or following[0].islower()
        if not (_WORDS.title_open.search(title) or (bare and not dated)):
            break
        title = f"{title} {following}"
    return title


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A candidate line of a heading, the line that follows in its paragraph, and whether its block may be `prose`."""

    words: str
    after: int
    following: str
    prose: bool


def _lines(text: str, block: Block, goes_on: Block | None) -> Iterator[_Line]:
    flat = " ".join(text[block.start : block.end].split())
    prose = block.paragraph is not None or goes_on is not None or _WORDS.first_person.search(flat) is not None
    last = "" if goes_on is None else " ".join(text[goes_on.start : goes_on.end].split("\n")[0].split())
    written = text[block.start : block.end].splitlines(keepends=True)
    ends = list(accumulate(map(len, written), initial=block.start))[1:]
    found = [(line, end) for raw, end in zip(written, ends, strict=True) if (line := _mended(raw))]
    for (line, after), (following, _) in zip(found, [*found[1:], (last, 0)], strict=True):
        yield _Line(words=line, after=after, following=following, prose=prose)


def _mended(raw: str) -> str:
    """Returns a line with single spaces and repaired words: "S T A T E M E N T", "STATE MENT", "STATEMENTBY".

    Because of fonts, extraction spaces, splits and glues words of covers; only words that are usual there are repaired.
    """
    if _SPACED.search(raw):
        raw = _LETTERS.sub(lambda found: re.sub(r"\s", "", found[0]), raw)
    line = _GLUED.sub(_parted, " ".join(raw.split()))
    at = 0
    while (cut := _CUT.search(line, at)) is not None:
        if _WORDS.cover_word.fullmatch(cut[1] + cut[2]):
            line = f"{line[: cut.end(1)]}{line[cut.start(2) :]}"
        at = cut.start(2) - 1
    return line


def _parted(glued: re.Match[str]) -> str:
    pieces = split_glued(glued[0].lower(), frozenset(), opens_sentence=False)
    if not any(map(_WORDS.cover_word.fullmatch, pieces)):
        return glued[0]
    ends = accumulate(map(len, pieces))
    return " ".join(glued[0][end - len(piece) : end] for piece, end in zip(pieces, ends, strict=True))


def _is_answered(before: str, line: int = 0) -> bool:
    """Tell whether the words before a name refer to its statement: "Reply to the statement by", "on remarks of the".

    The line with the name begins at the offset `line` of `before`.
    """
    spoken_of = list(_WORDS.answered.finditer(before))
    parted = not spoken_of or spoken_of[-1].end() < line
    return not parted and _WORDS.parted.search(before, spoken_of[-1].end()) is None


def _rank(line: str, match: PartyMatch, before: str) -> int | None:
    """Return how clearly a heading names a party as speaking: the lower the clearer, None if it does not."""
    own, rest = line[: match.start], line[match.end :]
    follows = _WORDS.after.match(rest) or (not re.search(r"\w", own) and _WORDS.after_first.match(rest))
    answers = follows and _WORDS.answers.search(before)
    if _is_answered(before, len(before) - match.start) or (answers and answers.end() == len(before)):
        return None
    if match.form == "demonym":
        return 1 if follows else None
    if _WORDS.spoken_to.search(own[-_LONGEST_LINE:]):
        return None
    # Best first.
    patterns = (_WORDS.statement_by, _WORDS.office_of, _WORDS.title_of)
    rank = next((rank for rank, pattern in enumerate(patterns) if pattern.search(before)), None)
    if rank is None and _WORDS.of_person_ends.match(rest) and not _WORDS.answered.search(before):
        person = _WORDS.of_person.search(before)
        rank = 1 if person is not None and _BODY.body.search(person["named"]) is None else None
    if rank is not None or follows:
        return 1 if rank is None else rank
    opens = _WORDS.alone.fullmatch(own)
    if opens and opens_on_behalf(rest):
        # "Arvandia, on behalf of Belmora and Corvia".
        return 3
    # "Vienna, X" with a date is a place; a State's name alone on its line is the speaker.
    alone = opens and _WORDS.alone.fullmatch(rest)
    return 3 if alone and not find_dates(line) else None
