"""The lines by which a record says who speaks next, in the six languages of the United Nations.

A line is read for its form alone: a person, an office or a delegation, what stands in brackets, and whether the
speaker's own words follow or the record tells what was said. Which State it is, is for a lookup to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import regex

from ingest.language.lexicons import load_lexicon, unfolded
from ingest.metadata.represented_party import behalf_phrase

_WORDS: Final = {name: unfolded(pattern) for name, pattern in load_lexicon("speakers").items()}
_TITLE, _OFFICES = _WORDS["title"], _WORDS["office"]
_SAYS: Final = "|".join(_WORDS[f"verb_{language}"] for language in ("en", "fr", "es", "ru"))

Who = Literal["person", "office", "delegation", "name"]

# What may stand before a speaker: the number of a paragraph, marks of bold or quotation.
_BEFORE: Final = regex.compile(r"[\s*_#>•&]*(?:[(\[]?\p{N}{1,4}\s?[.)\]\-–]\)?\s*)?[\s*_&]*")
_NAME: Final = r"[^()（）\[\]:：;؛；,،，。\n]{1,80}?(?:\n[^()（）\[\]:：;؛；,،，。\n]{1,60}?)?"
_PERSON: Final = regex.compile(
    rf"{_TITLE}\s*(?P<name>(?=[\p{{Lu}}\p{{Arabic}}\p{{Han}}]|d[’'ae]|van|von|al-){_NAME})(?=\s*[\[(（:：,،])"
)
_PERSON_REPORTED: Final = regex.compile(
    rf"{_TITLE}\s+(?P<name>\p{{Lu}}[\p{{L}}.'’-]*(?:\s+\p{{Lu}}[\p{{L}}.'’-]*){{0,4}})(?=\s+\p{{Ll}})"
)
_PERSON_ZH: Final = regex.compile(
    r"(?P<name>[\p{Han}·•\p{Latin}.‧\s-]{1,40}?)(?:先生|女士|小姐|博士|大使|教授|阁下)(?=\s*[（(:：])"
)
# Without a title only what is set like a name, and stands before brackets.
_BARE: Final = regex.compile(
    r"(?P<name>\p{Lu}[\p{L}.'’-]+(?:\s+(?:d[aeu]l?|van|von|der|bin|ben|al|el|la|of|\p{Lu}[\p{L}.'’-]*)){0,5}"
    r"|[\p{Arabic}\s]{3,40}?|[\p{Han}·]{2,12})(?=\s*[(（])"
)
_OFFICE: Final = regex.compile(
    rf"(?:(?:The|Le|La|El|Los|Las)\s+|L[’'])?(?:исполняющ\p{{L}}+\s+обязанности\s+|временный\s+)?"
    rf"(?:{_OFFICES})(?!(?!\p{{Han}})[\p{{L}}\p{{M}}])"
    r"(?:\s+(?:of|for|de(?:l|\s+la)?|du|des)\s+[^()（）:：,،;.\n]{1,80}?)?(?!先生|女士|阁下)"
    r"(?=\s*[\[(（:：,،，]|\s+(?-i:\p{Ll})|\s+[\p{Arabic}]|\p{Han})",
    regex.IGNORECASE,
)
_IS_OFFICE: Final = regex.compile(rf"(?<![\p{{L}}-])(?:{_OFFICES})(?![\p{{L}}])", regex.IGNORECASE)
_ADVERB: Final = _WORDS["adverb"]
_OF: Final = r"(?:of|for|from|de(?:\s+la|\s+los|\s+las|l)?|des|du|d[’']|de\s+l[’']|от|عن|de)"
_DELEGATION: Final = regex.compile(
    rf"(?:(?:The|Le|La|El)\s+|L[’'])?(?:(?:permanent\s+)?representative|permanent\s+observer|observer|delegate"
    rf"|delegation|(?:vice-)?minister"
    rf"|représentante?|observat(?:eur|rice)|délégation|déléguée?|representante|observadora?|delegación|delegad[oa]"
    rf"|представитель(?:ница)?|наблюдатель(?:ница)?|делегация|делегат|ممثلة|ممثل|المراقبة?|مراقبة?|مندوبة?|وفد)\s+"
    rf"(?:{_OF}(?:\s+|(?<=[’'])))?(?:the\s+|la\s+|l[’'])?"
    r"(?P<party>[^():：;؛,،.]{2,120}?(?:\s*\([^()\n]{3,60}\))?)"
    rf"(?=\s*[:：,،，]|\s*\([^()]*\)\s*[:：,]|\s+{_ADVERB}(?-i:{_SAYS})(?![\p{{L}}])"
    r"|\s+(?:إن|أن|إلى|عن|على|ب\p{Arabic}|ل\p{Arabic}))",
    regex.IGNORECASE,
)
# Arabic puts the verb first: "وقال ممثل … إن".
_VERB_FIRST: Final = regex.compile(rf"و?{_WORDS['verb_ar']}\s+(?=\p{{Arabic}})")
# A delegation before a verb that is not known.
_DELEGATION_UNREAD: Final = regex.compile(
    r"(?:(?:The|Le|La|El)\s+|L[’'])(?:representatives?|observers?|delegates?|delegations?|représentante?s?"
    r"|observat(?:eur|rice)s?|délégations?"
    r"|representantes?|observador(?:es|as?)?|delegaci(?:ón|ones))(?=\s+\p{Ll})"
    r"|(?:Представител|Наблюдател|Делегаци)\p{L}+(?=\s)"
)
_THE: Final = regex.compile(r"(?:The|Le|La|El)\s|L[’']|[\p{Cyrillic}]")
_DELEGATION_ZH: Final = regex.compile(
    r"(?P<party>[\p{Han}（）·]{2,30}?)(?:常驻代表|代表团|代表|观察员)(?=\s*[：:（(，,]|[\p{Han}]{0,30}(?:说|表示|指出|强调|认为))"
)
_PARTY_ALONE: Final = regex.compile(
    r"(?P<name>\p{L}[^():：;؛；.。\n]{1,70}?)(?=\s*(?:[(（][^()（）\n]{2,60}[)）]\s*)?[:：])"
)
_BRACKETS: Final = regex.compile(r"\s*(?P<open>[(（\[])")
_LANGUAGE_NOTE: Final = regex.compile(
    r"\s*(?:spoke|speaking|interpretation|interpreted|delivered|provided|translat|original|English\s+text|parle"
    r"|prononc|interprétation|l[’']orateur|l[’']oratrice"
    r"|habla|interpretación|pronunci|говорит|выступает|перевод|تكلم|تتكلم|متكلم|كلمة|ترجمة|以|continued|cont|suite"
    r"|continuación)",
    regex.IGNORECASE,
)
_EARLY_COLON: Final = regex.compile(r"\s*[:：](?=\s*[(（])")
_LONGEST_NOTE: Final = 60
_NOTE_ALONE: Final = regex.compile(rf"[(（\[]{_LANGUAGE_NOTE.pattern}[^()（）\[\]]*[)）\]][.:]?", regex.IGNORECASE)

_CLAUSE: Final = r"(?:\s*[,،，]\s*[^:：;؛.。]{1,260}?[,،，])?"
_REPORTED: Final = regex.compile(
    rf"(?:{_CLAUSE}|\s*,)\s+{_ADVERB}(?P<verb>{_SAYS})(?![\p{{L}}])"
    rf"|(?:\s*[,،][^:：;؛.。]{{1,260}}?[,،]?)?\s*[:،]?\s*(?P<verb>{_WORDS['verb_ar']})(?![\p{{L}}\p{{M}}])"
    rf"|\s*[，,]?[^。：:；;\n]{{0,40}}?(?P<verb>{_WORDS['verb_zh']})",
)
_COLON: Final = regex.compile(r"(?P<clause>\s*[,،，]\s*[^:：.;؛。]{1,260}?)?\s*[*_]*\s*[:：][*_]*\s*")
_JOINT: Final = regex.compile(
    r"\s*(?:,|and|&|y|e|et|и|و|和|及)\s(?:[^.;。:：\n]|\.(?=\s\p{Lu})){2,160}[:：]\s*"
    r"|\s+(?=\p{Lu}\p{Ll}*\s)(?!\p{Lu}\p{Ll}+\s*[(（])"
)
_SPEAKING: Final = regex.compile(
    r"speak|behalf|capacity|said|parl|nom\s+d|habl|nombre|выступ|имени|باسم|نيابة|متكلم|متحدث|代表|发言",
    regex.IGNORECASE,
)
_CAPACITY: Final = regex.compile(_WORDS["capacity"])
_NATIONAL: Final = regex.compile(_WORDS["national"], regex.IGNORECASE)
_RESUMES: Final = regex.compile(_WORDS["resumes"])
_OFFICE_OF_STATE: Final = regex.compile(_WORDS["office_of_state"], regex.IGNORECASE)
_VOCATIVE: Final = regex.compile(rf"\s*(?:le\s+|la\s+)?(?:{_OFFICES})(?![\p{{L}}])", regex.IGNORECASE)
_BEYOND_HEAD: Final = 420


@dataclass(frozen=True, kw_only=True)
class SpeakerLine:
    """A line that says who speaks.

    Attributes:
        start: Where the line begins.
        body: Where the speaker's words begin; the record's own telling begins with the speaker.
        who: A person by name, an office, a delegation, or a name that may be a party's.
        name: The speaker as written; for an office, the office.
        brackets: What stands in brackets after the name, but for notes on the language spoken.
        party: The party's name where the line is put as "the representative of …".
        clause: What stands between speaker and words: "speaking on behalf of …".
        summarised: Whether the record tells in its own words what was said.
        titled: Whether it is put so that only a speaker can be meant, whatever the lookup says.
        note: What stands in brackets on the language spoken.
        after_colon: Where words begin after the line's colon; None where it has none.
        understood: False where a paragraph begins with somebody who speaks in a record, but what follows is no verb
            that is known: whose words these are cannot be told.
    """

    start: int
    body: int
    who: Who
    name: str
    brackets: tuple[str, ...]
    party: str | None
    clause: str
    summarised: bool
    titled: bool
    note: str | None = None
    after_colon: int | None = None
    understood: bool = True

    @property
    def head(self) -> str:
        """The line as far as it names the speaker, and for whom."""
        brackets = "".join(f" ({text})" for text in self.brackets)
        return f"{self.name}{brackets}{'' if self.clause[:1] in ('', ',', '،', '，') else ' '}{self.clause}"

    @property
    def speaker(self) -> str | None:
        """The person, with the note on the language; None where none is named."""
        if self.who != "person":
            return None
        return self.name if self.note is None else f"{self.name} ({self.note})"


def is_office(words: str) -> bool:
    """Tells whether words name an office of a meeting or of the United Nations."""
    return _IS_OFFICE.search(words) is not None


def is_language_note(paragraph: str) -> bool:
    """Tells whether a paragraph is a note on the language spoken and nothing else: "(spoke in French)"."""
    return len(paragraph) <= _LONGEST_NOTE and _NOTE_ALONE.fullmatch(paragraph) is not None


def is_office_of_state(words: str) -> bool:
    """Tells whether words name an office of a State: "President", "Minister for Foreign Affairs"."""
    return _OFFICE_OF_STATE.search(words) is not None


def speaker_line(text: str, start: int, end: int) -> SpeakerLine | None:
    """Reads who speaks at the beginning of a paragraph; None where it does not open like a speaker line."""
    stop = min(end, start + _BEYOND_HEAD)
    window = text[start:stop]
    blank = regex.search(r"\n\s*\n", window)
    window = window[: blank.start()] if blank else window
    before = _BEFORE.match(window)
    at = before.end() if before else 0
    verb = _VERB_FIRST.match(window, at)
    for who, found in _speakers(window, verb.end() if verb else at):
        line = _read(window, at, who, found, told=verb is not None)
        if line is not None:
            after = None if line.after_colon is None else start + line.after_colon
            return replace(line, start=start, body=start + line.body, after_colon=after)
    return None


def _speakers(window: str, at: int) -> Iterator[tuple[Who, "regex.Match[str]"]]:
    forms: tuple[tuple[Who, regex.Pattern[str]], ...] = (
        ("office", _OFFICE),
        ("delegation", _DELEGATION),
        ("person", _PERSON),
        ("person", _PERSON_ZH),
        ("person", _PERSON_REPORTED),
        ("delegation", _DELEGATION_ZH),
        ("person", _BARE),
        ("delegation", _DELEGATION_UNREAD),
        ("name", _PARTY_ALONE),
    )
    for who, form in forms:
        found = form.match(window, at)
        if found is not None:
            yield who, found


def chair_speaks_for_state(words: str) -> "regex.Match[str] | None":
    """Finds where a President or Chair says to speak for a State for once; the State's name follows the match."""
    return _CAPACITY.search(words)


def chair_speaks_nationally(words: str) -> bool:
    """Tells whether a President or Chair says to speak in a national capacity, without naming the State."""
    return _NATIONAL.search(words) is not None


def chair_resumes(words: str) -> int | None:
    """Returns where a President or Chair says to be presiding again, or None."""
    found = _RESUMES.search(words)
    return None if found is None else found.start()


def _read(window: str, at: int, who: Who, found: "regex.Match[str]", *, told: bool) -> SpeakerLine | None:
    position, brackets = _brackets(window, found.end())
    early = _EARLY_COLON.match(window, position) if who == "person" and not brackets else None
    if early is not None:
        # "Mr. Briz: (Guatemala)" for "Mr. Briz (Guatemala):".
        position, brackets = _brackets(window, early.end())
        if all(_LANGUAGE_NOTE.match(text) for text in brackets):
            early, (position, brackets) = None, _brackets(window, found.end())
    groups = found.groupdict()
    titled = who in ("office", "delegation") or found.re in (_PERSON, _PERSON_ZH, _PERSON_REPORTED)
    understood, after = True, None
    if who == "person" and not brackets and _VOCATIVE.match(groups["name"]):
        return None
    behalf = [text for text in brackets if behalf_phrase(text) is not None]
    spoken = [text for text in brackets if not _LANGUAGE_NOTE.match(text) and text not in behalf]
    if found.re is _BARE and not spoken:
        return None
    name = " ".join(found.group().split()).strip("*_ ")
    notes = [text for text in brackets if _LANGUAGE_NOTE.match(text)]
    # "ANA ILVANE (Arvandia) said" is how press summaries name a speaker.
    reports = (titled and early is None) or (found.re is _BARE and bool(spoken))
    reported = _REPORTED.match(window, position) if reports else None
    if told:
        clause, body, summarised = "", at, True
    elif reported is not None and not window[reported.end() :].lstrip().startswith((":", "：")):
        clause = window[position : reported.start("verb")]
        body, summarised = at, True
        # In Arabic "he announced" and "I announce" are written alike: after a colon it may be either.
        colon = _COLON.match(window, position)
        after = colon.end() if colon is not None and colon.end() <= reported.start("verb") else None
    else:
        colon = _COLON.match(window, position if reported is None else reported.end())
        if colon is not None and colon["clause"] and not spoken:
            colon = None if who == "person" or not _SPEAKING.search(colon["clause"]) else colon
        if colon is not None:
            clause = window[position : colon.end()]
            body, summarised, after = colon.end(), False, colon.end()
        elif early is not None:
            position += len(window[position:]) - len(window[position:].lstrip())
            clause, body, summarised, after = "", position, False, position
        elif (spoken and titled) or found.re is _DELEGATION_UNREAD or (who == "office" and _THE.match(name)):
            clause, body, summarised, understood = "", at, True, False
            # Two speakers at once, or a colon that was lost: in a verbatim record somebody else speaks from here on.
            joint = _JOINT.match(window, position) if spoken and titled else None
            after = joint.end() if joint is not None else None
        else:
            return None
    clause = "".join(f", {text}" for text in behalf) + clause
    clause = " ".join(clause.strip(" :：*_\n").split()).rstrip(",،，")
    return SpeakerLine(
        start=0, body=body, who=who, name=name, brackets=tuple(spoken), party=groups.get("party"), clause=clause,
        summarised=summarised, titled=titled, note=notes[0] if notes else None, after_colon=after,
        understood=understood,
    )  # fmt: skip


def _brackets(window: str, position: int) -> tuple[int, list[str]]:
    """Reads the brackets after a name, which may hold brackets: "(Iran (Islamic Republic of))"."""
    found: list[str] = []
    while (opening := _BRACKETS.match(window, position)) is not None:
        depth = 0
        for at in range(opening.start("open"), len(window)):
            depth += window[at] in "(（["
            depth -= window[at] in ")）]"
            if depth == 0:
                break
        else:
            break
        found.append(" ".join(window[opening.end() : at].split()))
        position = at + 1
    return position, found
