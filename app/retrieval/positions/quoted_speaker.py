"""Whose words and views a statement holds beside its speaker's: quotations and what is told of other parties.

"As Tessaria told us yesterday, “no island can guard a sea alone”" is Tessaria's sentence in another's statement, and
"Tessaria opposed the levy" Tessaria's view.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, overload

import regex

from ingest.language.attribution_verbs import attribution
from ingest.language.claim_words import first_person
from ingest.language.lexicons import RegexPatterns
from ingest.language.own_voice import speaks_in_first_person
from ingest.language.polarity_words import reads_out
from ingest.language.sentences import SENTENCE_ENDS, split_sentences
from ingest.metadata.on_behalf import BEHALF
from ingest.parties.party_table import PartyTable, in_rows
from ingest.text.quotation_marks import joined_text, quotation_around, quoted_spans
from prompts.wording import known_language
from vectorstore.records import Sentence

# The most characters between a quotation and a name that is looked for, and between the name and its verb.
_MAX_CHARS_TO_NAME: Final = 300
_MAX_CHARS_TO_VERB: Final = 48
_PARAGRAPH: Final = regex.compile(r"\n[^\S\n]*\n")
_LETTER: Final = regex.compile(r"\p{L}")
# The most characters of a sentence in which it names the party of whose view it tells.
_MAX_CHARS_TO_SUBJECT: Final = 200
_TOLD: Final = RegexPatterns("summary_records")
_BEHIND: Final = regex.compile(r"^[”“\"»’」』\s,.]*")


def quoted_speaker(source: str, start: int, end: int, holders: Iterable[str], parties: PartyTable) -> str | None:
    """Returns the code of the party to which quoted words at `[start, end)` are attributed; None if none is named.

    Names of the statement's own `holders`, who do the quoting, do not count.
    """
    span = quotation_around(source, start, end)
    if span is None:
        return None
    before = _PARAGRAPH.split(source[max(0, span[0] - _MAX_CHARS_TO_NAME) : span[0] - 1])[-1].replace("\n", " ")
    sentences = list(split_sentences(before))
    lead = before[slice(*sentences[-1])] if sentences else ""
    behind = _PARAGRAPH.split(source[span[1] : span[1] + _MAX_CHARS_TO_NAME])[0]
    behind = regex.split(rf"[{SENTENCE_ENDS}]\s", _BEHIND.sub("", behind))[0]
    for text, follows in ((lead, False), (behind, True)):
        named = [name for name in parties.find(text, capitals="none") if not set(name.codes) & {*holders}]
        for name in named if follows else reversed(named):
            head, tail = text[: name.start], text[name.end : name.end + _MAX_CHARS_TO_VERB]
            office = attribution().speaker_of.search(head) is not None
            # "I quote Tessaria:" or "in the words of Tessaria"; "said Tessaria" after the quotation.
            names = any(
                regex.search(rf"(?:{mark.pattern})\W*(?:the\s+)?$", head, regex.I)
                for mark in (attribution().cites, attribution().according_to)
            )
            verb = attribution().verb.match(head) if follows else None
            said = verb is not None and (office or not head[verb.end() :].strip(" ,"))
            speaks = attribution().verb.search(tail) is not None and (
                office or attribution().object_before.search(head) is None
            )
            if names or said or speaks:
                return name.codes[0]
    return None


class OwnWords(Sequence[str]):
    """The text of each sentence of a statement, empty where it has words or a view of other parties than its `holders`.

    A sentence in which such a quotation begins or ends gets the mark that is in another one: "Tessaria said: “We rest."
    becomes "Tessaria said: “We rest.”". Names are looked up only in sentences that are read.
    """

    def __init__(self, sentences: Sequence[Sentence], holders: Iterable[str], parties: PartyTable) -> None:
        self._sentences, self._holders, self._parties = sentences, tuple(holders), parties
        self._words: list[str] = [sentence.text for sentence in sentences]
        self._looked_up = set[int]()
        text, starts = joined_text(sentences)
        for begin, stop in _quotations(text):
            if quoted_speaker(text, begin, stop, self._holders, parties) is None:
                continue
            for at in range(bisect_right(starts, begin) - 1, bisect_left(starts, stop)):
                start, end = starts[at], starts[at] + len(sentences[at].text)
                if not _LETTER.search(text[start:begin] + text[stop:end]):
                    self._words[at] = ""
                elif self._words[at]:
                    opening, closing = text[begin - 1] * (begin < start), text[stop] * (end < stop)
                    self._words[at] = opening + self._words[at] + closing

    def __len__(self) -> int:
        return len(self._words)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [self[each] for each in range(len(self))[at]]
        if self._words[at] and at not in self._looked_up:
            self._looked_up.add(at)
            sentence = self._sentences[at]
            told = tells_of_others(sentence.text, sentence.language, self._holders, self._parties)
            if told or self._is_read_out(at):
                self._words[at] = ""
        return self._words[at]

    def _is_read_out(self, at: int) -> bool:
        """Returns whether the sentence before it, or before its paragraph, is one such as "I shall read it out."."""
        sentences, paragraph = self._sentences, self._sentences[at].paragraph
        first = next((n for n in range(at, 0, -1) if sentences[n - 1].paragraph != paragraph), 0)
        return any(n and reads_out(sentences[n - 1].text) for n in {at, first})


def tells_of_others(text: str, language: str | None, holders: Iterable[str], parties: PartyTable) -> bool:
    """Returns whether a sentence tells of the view of other parties than `holders`, and of nobody else's.

    "Tessaria opposed the levy" and "the delegation of Tessaria is in favour" do; "Tessaria's levy is unacceptable",
    "Tessaria opposed it, and so do we" and what a group of the holders or their member does, do not.
    """
    own, head = {*holders}, text[:_MAX_CHARS_TO_SUBJECT]
    for row in in_rows(head, parties.find(head, capitals="none"), BEHALF.joint) if own else ():
        before, verb = text[: row[0].start], _TOLD.tells_view.match(text, row[-1].end)
        if verb is None or not _TOLD.before_told.fullmatch(before):
            continue
        codes = {code for match in row for code in match.codes}
        near = own.union(*map(parties.members, own)) & codes.union(*map(parties.members, codes))
        after = text[verb.end() :]
        verbs = first_person(known_language(language))
        speaks = verbs.search(after) or _TOLD.speaks_itself.search(after) or speaks_in_first_person(before)
        holder = any(own & {*match.codes} for match in (*parties.find(before), *parties.find(after)))
        return not (near or speaks or holder)
    return False


def _quotations(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yields the quotations of a text that begins at `start`, each before those within it."""
    for begin, stop in quoted_spans(text):
        yield start + begin, start + stop
        yield from _quotations(text[begin:stop], start + begin)
