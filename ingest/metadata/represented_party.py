"""The party that a statement represents: a group or States on whose behalf it is made.

"I speak on behalf of the group" makes a statement the group's. "We align ourselves with the statement made on
behalf of the group" leaves it the State's, and is kept as a mention of the group.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.language.numerals import number_words
from ingest.metadata.self_reference import is_voice, speaking_state
from ingest.parties.party_table import PartyMatch, PartyTable

_OPENING = 1500
_OFTEN, _FEW, _FEW_BEFORE, _FEW_OWN = 3, 3, 6, 8

_BEHALF_WORDS = (
    r"(?:\b(?:on\s+behalf\s+of|in\s+the\s+name\s+of|au\s+nom\s+d(?:e|u|es)\b|(?:en|a)\s+nombre\s+de(?:l|\s+las?|\s+los)?\b"
    r"|en\s+representación\s+de(?:l|\s+las?|\s+los)?\b|от\s+имени|от\s+лица)\s*|(?:نيابة\s+عن|ب[اإ]سم)\s+|代表)"
)
_BEHALF = re.compile(_BEHALF_WORDS, re.IGNORECASE)
_COUNT = "|".join(sorted((word.replace(" ", r"[\s-]+") for word in number_words("cardinal")), key=len, reverse=True))
_JOINT_STATEMENT = re.compile(
    r"\b(?:joint|common)\s+(?:written\s+|national\s+|cross-regional\s+)?(?:statement|declaration|contribution|position|submission)"
    r"|\bdéclaration\s+(?:conjointe|commune)|\bdeclaración\s+(?:conjunta|común)|\bсовместно\w+\s+заявлени\w+"
    r"|(?:بيان|إعلان)\s+مشترك|联合(?:声明|发言)|共同(?:声明|发言)",
    re.IGNORECASE,
)
_SPONSORS = re.compile(
    r"(?:(?:list\s+of\s+)?(?:co-?sponsors|co-?sponsoring\s+(?:countries|States|delegations)|signator(?:ies|y\s+States)|supporters)"
    r"|(?:on\s+behalf\s+of|supported\s+by|joined\s+by)\s+(?:the\s+following\s+)?(?:\d+\s+)?(?:countries|States|delegations|group)"
    r"|co-?auteurs|(?:co)?patrocinadores|соавторы|المشاركون\s+في\s+تقديم|共同提案国)[^.:]{0,60}:\s*",
    re.IGNORECASE,
)
_NEAR_TITLE, _LONGEST_LIST = 300, 4000
# "The three African countries that are members of the Council", which the speaker names in the next sentence.
_COUNTED = re.compile(
    rf"(?:the\s+|los\s+|las\s+|les\s+)?(?P<count>\d+|{_COUNT})\s+(?:[\w’'-]+\s+){{0,3}}?"
    r"(?:countries|States|members|delegations|nations|pays|États|membres|délégations|países|Estados|miembros"
    r"|delegaciones|стран\w*|государств\w*|членов|делегаций)\b",
    re.IGNORECASE,
)
# What may stand between "on behalf of" and the name: "the fourteen member States of the", "the group of States
# belonging to the".
_MEMBERS = (
    r"(?:the\s+|las?\s+|les?\s+|l[’']\s*|el\s+|los\s+)?"
    rf"(?:(?:(?:(?:\d+|{_COUNT})\s+)?(?:member\s+)?(?:states|countries|members)|group"
    r"|États\s+membres|Estados\s+miembros|государств(?:-членов)?|стран)\s+"
    r"(?:members\s+|parties\s+)?(?:(?:of|to|belonging\s+to|de(?:l|\s+la)?|d[eu]|de\s+l[’'])\s*)?(?:the\s+)?){0,2}《?"
)
BETWEEN = re.compile(_MEMBERS, re.IGNORECASE)
JOINT = re.compile(
    r"\s*(?:,|،|、|and|&|y|e|et|и|و|和|及)?\s*(?:and|y|e|et|и|و|和|及)?\s*(?:the\s+|la\s+|le\s+|el\s+)?"
    r"(?:(?:my|our)\s+(?:own\s+)?country|(?:mon|notre)\s+(?:propre\s+)?pays|(?:mi|nuestro)\s+(?:propio\s+)?país"
    r"|(?:моей|нашей)\s+страны)?[\s,—–-]*",
    re.I,
)
# What may stand between the States of a list, bullets included.
_LISTED = re.compile(
    rf"(?:{JOINT.pattern}(?:(?:of|de(?:l|\s+la|\s+los)?|d[eu]s?)\s+)?(?:de\s+)?(?:[ld][’']\s*)?|[\s,;•·*–-]*)",
    re.IGNORECASE,
)
_CHAIR = (
    r"(?:chair(?:man|woman|person)?|co-?chair|president|presidency|coordinator|spokes(?:man|woman|person)"
    r"|présidente?|coordonnat(?:eur|rice)|porte-parole|president[ea]|coordinadora?|portavoz|председател\w+|координатор\w*)"
)
# "In my capacity as Chair of the group": the office that makes a delegate speak for it.
_IN_CAPACITY = re.compile(
    rf"\b(?:in\s+(?:my|our|his|her)\s+capacity\s+as|en\s+(?:ma|sa|notre|nuestra|mi|su)\s+"
    rf"(?:qualité|calidad|carácter|condición)\s+de|в\s+(?:мо[её]м\s+)?качестве)\s+(?:[\w-]+\s+){{0,2}}?{_CHAIR}\s+"
    r"(?:(?:of|de(?:l|\s+la)?|d[eu])\s+)?",
    re.IGNORECASE,
)
_CHAIR_OF = re.compile(rf"\b{_CHAIR}\s+(?:(?:of|de(?:l|\s+la)?|d[eu])\s+)", re.IGNORECASE)

STATEMENT = (
    r"(?:statements?|remarks|interventions?|address|speech(?:es)?|declarations?|déclarations?|allocutions?|propos(?![a-z])"
    r"|declaraci(?:ón|ones)|intervenci(?:ón|ones)|discursos?|palabras|заявлени\w+|выступлени\w+"
    r"|(?:ال|بال|لل)?(?:بيان|كلمة|مداخلة|إعلان)(?:ات|ين)?|发言|声明|讲话)"
)
# Who aligns with a group's statement, reports it or thanks for it does not speak for the group.
_OTHERS = re.compile(
    r"\b(?:align|associat|endors|echo|subscrib|concur|disassociat"
    r"|s[’'](?:associ|align)|nous\s+associ|m[’']associ|se\s+ralli|souscri|fait\s+sienne|faisons\s+nôtre"
    r"|suscrib|asocia|adhier|adher|alinea|suma|sumar|hace\s+suya|hacemos\s+nuestra|присоедин|солидар)"
    r"|\b(?:made|delivered|given|read|presented|just\s+said)\s+(?:earlier\s+|just\s+now\s+)?by\b"
    rf"|\b(?:support|thank|appui|souten|remerci|apoy|agrade|respald|поддерж|благодар)\w*\s+[^.]{{0,60}}(?:\b|(?=[\u0600-\u06ff])){STATEMENT}"
    r"|\b(?:prononcée?|faite|pronunciad[ao]|formulad[ao]|realizad[ao]|сделанн\w+|произнес[её]нн\w+|оглашенн\w+)\s"
    r"|\bvoice\s+to\b|\b(?:his|her|their)\s+(?:statement|remarks)|colleague|\b(?:who|which)\s+(?:has\s+)?spoke"
    r"|(?<![\u0600-\u06ff])(?:الذي|التي|[تينأ]ؤيد|ت?[ينتأ]نضم|[يتنأ]ضم|[يتنأ]شكر)(?![\u0600-\u06ff])"
    r"|赞同|支持|附议|所作|所做|同意",
    re.IGNORECASE,
)
_FIRST = (
    r"(?:\b(?:I|we|my|our|us|me|allow|nous|notre|nos|je|j[’']\w+|m[’']\w+|mon|ma|permettez"
    r"|nuestr[oa]s?|mis?|nos|tengo|tenemos|hablo|hablamos|intervengo|intervenimos|formulo|formulamos|pronuncio"
    r"|quisiera|deseo|permítan?me|мы|наша?|я|мне|мо[ийяе]+|имею|имеем|выступаю|выступаем|хочу|хот[еи]л\w*|позвольте)\b"
    r"|[\u0600-\u06ff]|我|本人|本代表团)"
)
_FIRST_PERSON_OR_THIS = re.compile(
    rf"{_FIRST}|\bthis\s+(?:joint\s+)?{STATEMENT}|\b(?:la\s+présente|esta|настоящ\w+)\s+{STATEMENT}", re.IGNORECASE
)
_SPEAKS = (
    r"(?:\b(?:speak\w*|deliver\w*|mak(?:e|ing|es)|(?:this\s+statement|is)\s+made|present\w*|address\w*|floor|interven\w*"
    r"|read\w*|honou?r\w*|privileged?|pleasure|pleased"
    r"|habl\w+|interv\w+|formul\w+|pronunci\w+|palabra|parle\w*|exprime\w*|prononc\w+|honneur|parole"
    r"|выступ\w+|честь|заявлени\w+)\b|[\u0600-\u06ff])"
)
_SPEAKS_BEFORE = re.compile(_SPEAKS, re.IGNORECASE)
# "On behalf of the group, I make this statement": courtesies such as "I thank the Chair" are not enough.
_SPEAKS_AFTER = re.compile(
    rf"[^.;!?。]{{0,60}}?{_FIRST}[^.;!?。]{{0,60}}?(?:{STATEMENT}|\b(?:speak|deliver|floor|palabra|parole|выступ\w+)\b)"
    r"|\s*(?:及其成员国|（[^）]*）)?\s*(?:作|做|发|在此|就|向|，)?[^。，]{0,12}(?:发言|讲话|声明)",
    re.IGNORECASE,
)
_NATIONAL = re.compile(
    r"\bin\s+(?:my|our|its|his|her|their|a)\s+(?:own\s+)?national\s+capacity|\bà\s+titre\s+national|\ben\s+(?:ma|notre|sa)\s+"
    r"(?:capacité|qualité)\s+nationale|\ba\s+título\s+nacional|\ben\s+(?:mi|nuestra|su)\s+capacidad\s+nacional"
    r"|\bв\s+(?:сво[её]м\s+)?национальном\s+качестве|بصفت(?:ي|نا|ها|ه)\s+الوطنية|以(?:本国|国家)(?:名义|身份)",
    re.IGNORECASE,
)
_OWN_COUNTRY = re.compile(r"\b(?:my|our)\s+(?:own\s+)?(?:country|nation|Government)\b", re.IGNORECASE)
_THE_GROUP = re.compile(r"\b(?:the|le|el)\s+Group(?:e|o)?\b(?!\s+of\b|\s+d[eu]\b)", re.IGNORECASE)
_ARTICLE = re.compile(r"^\s*(?:the|la|le|el|l[’'])\s*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<![A-Z])(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)(?<!\bSr)[.!?。；;؟](?=\s|$)|[。！？]")


@dataclass(frozen=True, kw_only=True)
class SpokenFor:
    """On whose behalf a statement is made: a group's code, or several States that make up no known group, or nobody."""

    group: str | None = None
    states: tuple[str, ...] = ()


def spoken_for(
    heading: str, words: str, parties: PartyTable, language: str | None, *, date: str | None, speaker: str | None
) -> SpokenFor:
    """Read on whose behalf a statement is made, from its heading (in one line) or its first sentences.

    "I speak on behalf of the group" is enough. "On behalf of the group, I thank the President" may be the courtesy of
    its chair: it counts only where no State speaks of itself and the group is named time and again. Several States by
    name are a group that they made up on that date.
    """
    lines = (heading, *_sentences(words[:_OPENING]))
    text = f"{heading}\n{words}"
    for number, line in enumerate(lines):
        if _NATIONAL.search(line):
            break
        named = [match for match in parties.find(line, language) if len(match.codes) == 1]
        for phrase in _BEHALF.finditer(line):
            before = line[: phrase.start()]
            if number > 0 and _OTHERS.search(before):
                continue
            listed = _listed_after(line, phrase.end(), named)
            if not listed and (counted := _COUNTED.match(line, phrase.end())):
                near = " ".join(lines[number : number + 1 + _FEW])
                states = _states_told(near, _count(counted["count"]), parties, language, speaker)
                if states and _is_own_voice(before, line[phrase.end() :]):
                    return SpokenFor(states=states)
            found = _as_one(listed, parties, date, speaker)
            if found is not None and (
                number == 0
                or _is_own_voice(before, line[listed[-1].end :])
                or (_opens(before) and _is_voice_of(found.group, text, parties, language))
            ):
                return found
        for phrase in _IN_CAPACITY.finditer(line):
            found = _as_one(_listed_after(line, phrase.end(), named), parties, date, speaker)
            if found is not None and found.group is not None:
                return found
        first = next((match for match in named if not _ARTICLE.sub("", line[: match.start], count=1).strip()), None)
        if number > 0 and first is not None and is_voice(line[first.end :]):
            found = _as_one([first], parties, date, speaker)
            # "The African Group wishes", said by a member of the group and time and again.
            may_speak = found is not None and _may_speak_for(found.group, speaker, parties, date)
            if found is not None and may_speak and _is_voice_of(found.group, text, parties, language):
                return found
    return SpokenFor()


def joint_holders(heading: str, words: str, parties: PartyTable, language: str | None) -> tuple[str, ...]:
    """Read which States hold a joint statement, in order, from its heading or from the list of its co-sponsors.

    Empty where neither the heading (in one line) nor the first words call the statement joint.
    """
    opening = " ".join(f"{heading} {words[:_OPENING]}".split())
    called = _JOINT_STATEMENT.search(opening)
    if called is None:
        return ()
    flat = " ".join(words.split())
    places = [opening[called.end() : called.end() + _NEAR_TITLE], *(flat[m.end() :] for m in _SPONSORS.finditer(flat))]
    states: dict[str, None] = {}
    for place in places:
        states |= dict.fromkeys(_first_list(place[:_LONGEST_LIST], parties, language))
    return tuple(states) if len(states) > 1 else ()


def _first_list(text: str, parties: PartyTable, language: str | None) -> list[str]:
    """The States of the first list in a text: two or more, one after the other."""
    run: list[PartyMatch] = []
    for match in parties.find(text, language):
        party = parties.get(match.codes[0]) if len(match.codes) == 1 else None
        joined = bool(run) and _LISTED.fullmatch(text[run[-1].end : match.start]) is not None
        if len(run) > 1 and not joined:
            break
        if party is None or party.kind != "state" or match.form in ("capital", "demonym"):
            run = []
            continue
        run = [*run, match] if joined else [match]
    return [match.codes[0] for match in run] if len(run) > 1 else []


def _count(written: str) -> int:
    return int(written) if written.isdecimal() else number_words("cardinal").get(" ".join(written.lower().split()), 0)


def _states_told(
    text: str, count: int, parties: PartyTable, language: str | None, speaker: str | None
) -> tuple[str, ...]:
    """The States that "the three African members" are: so many, named one after the other, with the speaker's."""
    run: list[PartyMatch] = []
    for match in parties.find(text, language):
        party = parties.get(match.codes[0]) if len(match.codes) == 1 else None
        if party is None or party.kind != "state" or match.form in ("capital", "demonym"):
            continue
        if run and not JOINT.fullmatch(text[run[-1].end : match.start]):
            run = []
        run.append(match)
        states = {match.codes[0] for match in run} | ({speaker} if speaker else set())
        if len(run) > 1 and len(states) == count:
            return tuple(sorted(states))
    return ()


def chairs_group(words: str, parties: PartyTable, language: str | None) -> bool:
    """Tell whether words name the Chair of a group, who speaks for it, and not of a meeting."""
    named = parties.find(words, language)
    return any(
        _as_one(_listed_after(words, chair.end(), named), parties, None, None) is not None
        for chair in _CHAIR_OF.finditer(words)
    )


def behalf_before(before: str) -> bool:
    """Tell whether the words before a name end in "on behalf of"."""
    phrases = list(_BEHALF.finditer(before))
    return bool(phrases) and BETWEEN.fullmatch(before[phrases[-1].end() :]) is not None


def behalf_phrase(words: str) -> str | None:
    """Return what follows the last "on behalf of" in words, or None where they do not say it."""
    phrases = list(_BEHALF.finditer(words))
    return words[phrases[-1].end() :] if phrases else None


def _is_own_voice(before: str, after: str) -> bool:
    """Tell whether the speaker says to be speaking, before or after "on behalf of the group"."""
    if re.search("[\u4e00-\u9fff]", before + after):
        clause = re.split("[，,：:]", before)[-1]
        return (not clause or re.search(_FIRST, clause) is not None) and _SPEAKS_AFTER.match(after) is not None
    if _SPEAKS_BEFORE.search(before) and _FIRST_PERSON_OR_THIS.search(before):
        return True
    return len(before.split()) <= _FEW and _SPEAKS_AFTER.match(after) is not None


def _listed_after(line: str, start: int, named: Sequence[PartyMatch]) -> list[PartyMatch]:
    """The parties that follow directly, one after the other."""
    listed: list[PartyMatch] = []
    for match in named:
        if match.start < start or match.form in ("capital", "demonym"):
            continue
        between = line[listed[-1].end if listed else start : match.start]
        if not (JOINT if listed else BETWEEN).fullmatch(between):
            break
        listed.append(match)
    return listed


def _as_one(
    listed: Sequence[PartyMatch], parties: PartyTable, date: str | None, speaker: str | None
) -> SpokenFor | None:
    """What a list of parties stands for: its first group, or the States that it names."""
    kinds = [(match.codes[0], party.kind) for match in listed if (party := parties.get(match.codes[0])) is not None]
    group = next((code for code, kind in kinds[:1] if kind != "state"), None)
    if group is not None:
        return SpokenFor(group=group)
    states = tuple(code for code, kind in kinds if kind == "state")
    if len(states) < 2:
        return None
    for code in parties.codes("group"):
        members = parties.members(code, date)
        if members and set(states) <= members and members - set(states) <= {speaker}:
            return SpokenFor(group=code)
    return SpokenFor(states=states)


def _may_speak_for(group: str | None, speaker: str | None, parties: PartyTable, date: str | None) -> bool:
    if group is None or speaker is None or not parties.has_members(group):
        return group is not None
    return speaker in parties.members(group, date)


def _is_voice_of(group: str | None, text: str, parties: PartyTable, language: str | None) -> bool:
    if group is None or _OWN_COUNTRY.search(text) or speaking_state(text, parties, language) is not None:
        return False
    namings = sum(match.codes == (group,) for match in parties.find(text, language))
    return namings > 0 and namings + len(_THE_GROUP.findall(text)) >= _OFTEN


def _opens(before: str) -> bool:
    """Tell whether "on behalf of the group" opens a sentence: "Permit me to express on behalf of …"."""
    clause = before.rsplit(",", 1)[-1]
    own = re.match(rf"\W*(?:\w+\s+)?{_FIRST}", clause, re.IGNORECASE) is not None
    return len(before.split()) <= _FEW_BEFORE or (own and len(clause.split()) <= _FEW_OWN)


def _sentences(text: str) -> Iterator[str]:
    flat = " ".join(text.split())
    start = 0
    for end in [*(match.end() for match in _SENTENCE_END.finditer(flat)), len(flat)]:
        yield flat[start:end]
        start = end
