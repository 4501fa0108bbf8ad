"""Drafts with planted quotations from any texts: true ones in other typography, altered, misattributed and invented.

A seeded generator draws them from the given texts and names; expected verdicts follow from how each quotation was
made.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import regex

from app.answering.markdown import escape
from app.checking.checker import Checker
from app.checking.comparing.normal_form import match_key
from app.checking.findings import CheckReport, Finding
from app.checking.reading.blocks import CheckedDocument
from app.checking.reading.documents import read_document, read_pasted
from evals.case_sets import CONFERENCE
from ingest.loaders.loaded import LoadLimits
from tests.cases import Cases

cases = Cases(__file__)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A statement to quote, with its speaker and occasion; `sentences` have had reading repair."""

    code: str
    year: int
    session: str
    file: str
    language: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Plant:
    """A quotation in a draft, with its expected verdict, how it was made, and its attribution."""

    quote: str
    expected: str
    how: str
    speaker: str
    year: int | None
    session: str | None


OTHER_WORDS = cases["other_words"]
MODALS = cases["modals"]
DENIALS = cases["denials"]
PUT_DENIALS = {"en": "not", "fr": "jamais", "es": "nunca", "ru": "не", "ar": "لا", "zh": "不"}
CAPITALISED = regex.compile(r"\p{Lu}\p{Ll}{3}")
INVENTED = cases["invented"]


class Planter:
    """Makes quotations with known verdicts."""

    def __init__(self, sources: Sequence[Source], seed: int) -> None:
        self._random = random.Random(seed)
        self._sources = [
            replace(source, sentences=tuple(" ".join(text.split()) for text in source.sentences))
            for source in sources
            if source.sentences
        ]
        self._keys = {source.file: match_key(" ".join(source.sentences)) for source in self._sources}
        self._turn = 0

    def plants(self, each: int) -> list[Plant]:
        """Returns `each` quotations for each expected verdict, shuffled."""
        made: list[Plant] = []
        for make in (self._true, self._altered, self._misattributed, self._not_found):
            before = len(made)
            while (number := len(made) - before) < each:
                made += filter(None, [make(number)])
        self._random.shuffle(made)
        return made

    def _pick(self) -> tuple[Source, int]:
        self._turn += 1
        # Sources are taken in turn, so that every language and text occurs.
        source = self._sources[self._turn % len(self._sources)]
        return source, self._random.randrange(len(source.sentences))

    def _long(self) -> tuple[Source, str] | None:
        source, index = self._pick()
        sentence = source.sentences[index]
        size = len(sentence) // 4 if source.language == "zh" else len(sentence.split())
        if not 7 <= size <= 70 or regex.search(r"[“”\"«»\[\]]", sentence) or sentence.rstrip()[-1] not in ".。!":
            return None
        return source, sentence

    def _holders(self, quote: str) -> set[str]:
        return {source.code for source in self._sources if match_key(quote).rstrip(".") in self._keys[source.file]}

    def _plant(self, source: Source, quote: str, expected: str, how: str, **changes: object) -> Plant:
        known: dict = {"speaker": source.code, "year": source.year, "session": source.session} | changes
        return Plant(quote=quote, expected=expected, how=how, **known)

    # --- true

    def _true(self, number: int) -> Plant | None:
        ways = (self._spaces, self._dashes, self._invisible, self._inner_quotes, self._part, self._two_sentences,
                self._elided, self._bracketed_capital, self._comma, self._line_end)  # fmt: skip
        way = ways[number % len(ways)]
        source, index = self._pick()
        wanted = {self._dashes: "[–—]", self._inner_quotes: '[“”"‘]'}.get(way)
        for _ in range(400 if wanted else 0):
            if regex.search(wanted, source.sentences[index]):
                break
            source, index = self._pick()
        quote = way(source.sentences[index], source, index)
        if quote is None or quote.isupper() or len(quote.split()) + 2 * len(regex.findall(r"\p{Han}", quote)) < 5:
            return None
        return self._plant(source, quote, "verified", way.__name__)

    def _spaces(self, text: str, source: Source, index: int) -> str:
        words, space = self._words(source, text)
        spaces = [" ", "  ", "\u00a0", "\u2009", "\t"] if space else ["", "", "", " "]
        spaced = "".join(word + self._random.choice(spaces) for word in words)
        return spaced.strip() if space else spaced

    def _dashes(self, text: str, source: Source, index: int) -> str:
        return regex.sub(r"\s*[–—]\s*", self._random.choice([" - ", "—", " – ", " -- ", "–", " ― "]), text)

    def _invisible(self, text: str, source: Source, index: int) -> str:
        return regex.sub(r"(?<=\p{L}{4})(?=\p{L}{4})", self._random.choice(["\u00ad", "\u200b"]), text, count=2)

    def _inner_quotes(self, text: str, source: Source, index: int) -> str | None:
        return regex.sub(r"[“”\"]", "'", text) if text.count('"') != 1 else None

    def _part(self, text: str, source: Source, index: int) -> str:
        if source.language == "zh":
            return text[len(text) // 4 :]
        words = text.split()
        first = self._random.randrange(0, max(1, len(words) - 7))
        return " ".join(words[first : first + self._random.randint(7, 20)])

    def _two_sentences(self, text: str, source: Source, index: int) -> str | None:
        if index + 1 >= len(source.sentences):
            return None
        both = f"{text} {source.sentences[index + 1]}"
        path = CONFERENCE / source.file
        # The source may have words between the two that belong to neither, such as "Madam Chair,".
        apart = path.is_file() and " ".join(both.split()) not in " ".join(path.read_text(encoding="utf-8").split())
        return None if apart else both

    def _elided(self, text: str, source: Source, index: int) -> str | None:
        """Replaces what stands between a sentence and the next but one with an ellipsis."""
        last = source.sentences[index + 2] if index + 2 < len(source.sentences) else ""
        if min(len(text), len(last)) < 40:
            return None
        return text + self._random.choice([" […] ", " … ", " [...] ", " ... ", " (…) "]) + last

    def _bracketed_capital(self, text: str, source: Source, index: int) -> str | None:
        return f"[{text[0].swapcase()}]{text[1:]}" if regex.match(r"\p{Lu}\p{Ll}", text) else None

    def _comma(self, text: str, source: Source, index: int) -> str:
        return regex.sub(r"[.]$", ",", text)

    def _line_end(self, text: str, source: Source, index: int) -> str:
        return regex.sub(r"(?<=\p{L}{4})(?=\p{L}{4})", "-\n", text, count=1)

    # --- altered

    def _altered(self, number: int) -> Plant | None:
        ways = ("drop_denial", "modal", "number", "drop_word", "swap_words", "other_word", "add_clause", "put_denial",
                "drop_clause", "hide_denial", "several_words", "splice", "lower_case")  # fmt: skip
        way = ways[number % len(ways)]
        for _ in range(300):
            if (picked := self._long()) is None:
                continue
            words, space = self._words(*picked)
            changed = space.join(words) if self._reword(way, words, picked[0]) else self._rewritten(way, *picked)
            if changed and not self._holders(changed):
                return self._plant(picked[0], changed, "altered", way)
        return None if number % len(ways) == 0 else self._altered(number - 1)

    def _words(self, source: Source, text: str) -> tuple[list[str], str]:
        return (list(text), "") if source.language == "zh" else (text.split(), " ")

    def _reword(self, way: str, words: list[str], source: Source) -> bool:
        """Alters the words of a sentence in place; returns whether this way works on words, and can alter these."""
        last, others = len(words) - 1, OTHER_WORDS[source.language]
        if way == "drop_word":
            del words[self._random.randrange(1, last)]
        elif way == "swap_words":
            at = self._random.randrange(1, last - 2)
            words[at], words[at + 1] = words[at + 1], words[at]
        elif way == "other_word":
            words[self._random.randrange(1, last)] = self._random.choice(others)
        elif way == "several_words" and len(words) >= 16:
            for at in self._random.sample(range(1, last), 3):
                words[at] = self._random.choice(others)
        elif way == "put_denial":
            words.insert(self._random.randrange(2, last), PUT_DENIALS[source.language])
        elif way == "drop_denial" and (found := [word for word in DENIALS if word in words[1:-1]]):
            words.remove(found[0])
        elif way == "hide_denial" and (hidden := [at for at in range(3, last - 3) if words[at] in ("not", "never")]):
            words[hidden[0]] = self._random.choice(["…", "[…]", "..."])
        elif way == "lower_case" and (capitals := [at for at in range(1, last + 1) if CAPITALISED.match(words[at])]):
            at = self._random.choice(capitals)
            words[at] = words[at].lower()
        else:
            return False
        return True

    def _rewritten(self, way: str, source: Source, text: str) -> str | None:
        """Returns an altered sentence; None where this way cannot alter it, or works on words."""
        words, space = self._words(source, text)
        if way == "modal":
            edged = ((old if not space else rf"\b{old}\b", new) for old, new in MODALS.items())
            return next((regex.sub(old, new, text, count=1) for old, new in edged if regex.search(old, text)), None)
        if way == "number":
            return regex.sub(r"\d+", lambda number: str(int(number[0]) + 1), text, count=1)
        if way == "add_clause":
            return text[:-1] + space + space.join(self._random.sample(OTHER_WORDS[source.language], 4)) + text[-1]
        parts, at = regex.split(r"(?<=[,،，])", text), source.sentences.index(text) + 1
        if way == "drop_clause" and len(parts) > 2 and len(text) >= 100 and len(parts[1]) <= len(text) // 3:
            return parts[0] + "".join(parts[2:])
        following = source.sentences[at].split() if space and at < len(source.sentences) else []
        # The beginning of a sentence and the end of the next, as if they were one sentence.
        if way == "splice" and min(len(words), len(following)) >= 12:
            return " ".join(words[: 2 * len(words) // 3] + following[len(following) // 2 :])
        return None

    # --- misattributed

    def _misattributed(self, number: int) -> Plant | None:
        picked = self._long()
        if picked is None:
            return None
        source, text = picked
        holders = self._holders(text)
        if holders != {source.code}:
            return None
        way = ("state", "state", "year", "session")[number % 4]
        if way == "state":
            others = sorted({other.code for other in self._sources} - holders)
            speaker = self._random.choice(others)
            when = self._random.choice([source, next(s for s in self._sources if s.code == speaker)])
            changes = {"speaker": speaker, "year": when.year, "session": when.session}
            return self._plant(source, text, "misattributed", "state", **changes)
        own = [s for s in self._sources if s.code == source.code and match_key(text).rstrip(".") in self._keys[s.file]]
        if way == "year":
            years = sorted({s.year for s in self._sources} - {s.year for s in own})
            return self._plant(source, text, "misattributed", "year", year=self._random.choice(years), session=None)
        sessions = sorted({s.session for s in self._sources if s.session} - {s.session for s in own})
        if any(not s.session for s in own):
            return None
        return self._plant(source, text, "misattributed", "session", session=self._random.choice(sessions), year=None)

    # --- not found

    def _not_found(self, number: int) -> Plant | None:
        source, _ = self._pick()
        _, space = self._words(source, "")
        words = [self._random.choice(table) for table in INVENTED[source.language]]
        text = space.join(words).format(n=self._random.randint(3, 90)) + ("。" if source.language == "zh" else ".")
        return self._plant(source, text, "not_found", "invented")


MARKS = (("“", "”"), ('"', '"'), ("« ", " »"), ("„", "“"), ("‘", "’"), ("«", "»"))
# Forms in which a draft attributes a quotation: {who}, {when} (empty, or with a leading space), {q} with its marks.
BEFORE = cases["before"]
AFTER = cases["after"]
# Forms that were written after the rules, as a held-out set; docs/verify.md has the results.
LATER_BEFORE = cases["later_before"]
LATER_AFTER = cases["later_after"]
SAID_WHEN = cases["said_when"]
NTH = {"en": "{}th", "fr": "{}e", "es": "{}.º", "ru": "{}-й", "ar": "{}", "zh": "{}"}


def render(plant: Plant, name: str, language: str, number: int, chooser: random.Random, *, later: bool = False) -> str:
    """Returns Markdown that quotes and attributes a plant; `name` names its speaker in the language of the draft.

    `number` is the place in the draft. `chooser` draws the form, with `later` from the held-out forms.
    """
    opening, closing = chooser.choice(MARKS if language != "zh" else (("“", "”"), ("「", "」")))
    nested = regex.search(regex.escape(closing.strip()) + "|" + regex.escape(opening.strip()), plant.quote)
    if nested or (opening == "‘" and regex.search("['’‘]", plant.quote)):
        opening, closing = next(m for m in (*MARKS[:3], ("「", "」")) if not set("".join(m)) & set(plant.quote) - {" "})
    said, session = SAID_WHEN[language]
    given = {"when": "", "ref": "", "occ": "–", "dot": ""}
    if plant.year is not None and (plant.how == "year" or chooser.random() < 0.6):
        when, dot = said.format(year=plant.year), f" · UN General Assembly, {plant.year}"
        given = {"when": when, "ref": f", {plant.year}", "occ": str(plant.year), "dot": dot}
    elif plant.session and (plant.how == "session" or chooser.random() < 0.6):
        nth = NTH[language].format(plant.session)
        when, of_session = session.format(nth=nth), f"session {plant.session}"
        given = {"when": when, "ref": f", {of_session}", "occ": of_session.capitalize(), "dot": f" · {of_session}"}
    before, after = (LATER_BEFORE, LATER_AFTER) if later else (BEFORE, AFTER)
    forms = before[language] + after.get(language, [])
    if plant.how in ("year", "session"):
        forms = [form for form in forms if regex.search(r"\{(?:when|ref|occ|dot)\}", form)]
    quote = escape(plant.quote).replace("\n", "")
    form = chooser.choice(forms)
    if form.startswith(("|", "#", ">", "*", "1")) or "\n>" in form:
        quote = " ".join(quote.split("\n")).replace("\t", " ")
    return form.format(who=name, q=f"{opening}{quote}{closing}", bare=quote, n=number, **given)


def draft(
    plants: Sequence[Plant],
    names: dict[str, dict[str, str]],
    languages: dict[str, str],
    seed: int,
    *,
    later: bool = False,
) -> str:
    """Returns a Markdown draft with all planted quotations, each under a heading of its own.

    `names` are the parties' names by language and code, `languages` the languages of quotations by their text.
    """
    chooser = random.Random(seed)
    parts = []
    for number, plant in enumerate(plants, 1):
        language = languages[plant.quote]
        name = names[language][plant.speaker]
        parts.append(f"## Point {number}\n\n" + render(plant, name, language, number, chooser, later=later))
    return "\n\n".join(parts) + "\n"


def read_file(path: Path, data: bytes) -> CheckedDocument:
    """Writes a file and reads it as a document to check."""
    path.write_bytes(data)
    return read_document(path, LoadLimits())


def check(checker: Checker, text: str) -> CheckReport:
    return checker.check(read_pasted(text))


def only(checker: Checker, text: str) -> Finding:
    report = check(checker, text)
    assert len(report.findings) == 1, (report.findings, report.skipped)
    return report.findings[0]


def judged(finding: Finding, *kinds: str) -> tuple[str, list[str]]:
    """The verdict on a quotation and the kinds of its remarks, of all or of those given."""
    return finding.verdict, [each.kind for each in finding.remarks if not kinds or each.kind in kinds]
