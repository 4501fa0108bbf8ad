"""Reported speech: sentences in which a third party reports what a State said, as press summaries and bulletins do.

"Malawi's Minister said that …" · "France, on behalf of the European Union, asked …" · "…, stated the representative of
Pakistan, …". Sentences are recognised by their form; they are never the State's own words.
"""

from dataclasses import dataclass
from typing import Final

from ingest.language.lexicons import RegexPatterns
from ingest.metadata.represented_party import JOINT, behalf_before, behalf_phrase, opens_on_behalf
from ingest.parties.party_table import PartyTable, in_rows

_WORDS: Final = RegexPatterns("reported_speech")


@dataclass(frozen=True, kw_only=True)
class ReportedSentence:
    """A sentence of reported speech: who is reported, and how the sentence names them."""

    codes: tuple[str, ...]
    """Codes of the reported parties, in order; after one that speaks for a group, those that join the group."""
    name: str
    """The first party, as the sentence names it."""
    clause: str
    """The text between the name and the verb of saying: ", on behalf of the European Union,"."""
    goes_on: bool
    """Whether it names a delegate or official, so that the rest of the paragraph reports them as well; a State by its
    bare name is reported in this sentence only."""


def reported_sentence(sentence: str, parties: PartyTable, language: str | None) -> ReportedSentence | None:
    """Reads which party a sentence, in one line, reports as speaking; None where it reports none."""
    named = [match for match in parties.find(sentence, language) if match.code is not None]
    for number, match in enumerate(named):
        before, after = sentence[: match.start], sentence[match.end :]
        inserted = list(_WORDS.inserted.finditer(before))
        if inserted and inserted[-1].end() == len(before) and after.startswith(","):
            return ReportedSentence(codes=match.codes, name=match.text, clause="", goes_on=True)
        if number == 1 and _WORDS.its_delegate.fullmatch(sentence, named[0].end, match.start) is not None:
            group = sentence[: named[0].start]
            said = _WORDS.then_said.match(after)
            if said is not None and (_WORDS.speaking_for.fullmatch(group) or behalf_before(group)):
                clause = f", on behalf of {named[0].text}{said['clause'] or ''}"
                return ReportedSentence(codes=match.codes, name=match.text, clause=clause, goes_on=True)
        lead = _WORDS.lead.match(before)
        # A party named second needs a delegate: "In reply to Arvandia, the representative of Belmora said".
        if lead is None or (number > 0 and not lead["delegate"]):
            continue
        if (official := _WORDS.official_said.match(after)) is not None:
            return ReportedSentence(codes=match.codes, name=match.text, clause=official["clause"] or "", goes_on=True)
        run = next(in_rows(sentence, named[number:], JOINT))
        saying, clause, joint = _WORDS.then_said.match(sentence, run[-1].end), "", run[1:]
        whom = next(in_rows(sentence, named[number + 1 :], JOINT), run)
        before = sentence[match.end : whom[0].start]
        if len(run) == 1 and before.startswith(",") and opens_on_behalf(before) and behalf_before(before):
            # In "Arvandia, on behalf of the Riparian Group, Belmora and Drelnia said" the last two join the group.
            joint = whom[1:] if parties.kind_of(whom[0].codes[0]) == "group" else []
            end = whom[-1].end + sentence.startswith(",", whom[-1].end)
            said = _WORDS.then_said.match(sentence, end)
            # A comma after the verb: "Arvandia, on behalf of the Group, Belmora said, had misread it" reports Belmora.
            if said is not None and not sentence.startswith(",", said.end()):
                saying, clause = said, sentence[match.end : (whom[0] if joint else whom[-1]).end]
        if saying is not None:
            clause += saying["clause"] or ""
            # Several States that deliver a group's statement do not hold it beside the group.
            joint = [] if run[1:] and behalf_phrase(clause) else joint
            codes = tuple(dict.fromkeys(code for party in (match, *joint) for code in party.codes))
            return ReportedSentence(codes=codes, name=match.text, clause=clause, goes_on=bool(lead["delegate"]))
    return None


def is_of_same_speaker(sentence: str) -> bool:
    """Returns whether a sentence goes on reporting the speaker of the one before: "She added that …"."""
    return _WORDS.same_speaker.match(sentence) is not None
