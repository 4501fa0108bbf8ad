"""With which groups' statements a speaker aligns: "my delegation aligns itself with the statement made for the group".

Only the speaker's own alignment counts. "We thank the States that aligned themselves" says nothing of the speaker,
and neither does what a group's statement says of States that align with it.
"""

import re
from collections.abc import Iterator

from ingest.behalf import JOINT, STATEMENT, behalf_before
from ingest.parties import PartyMatch, PartyTable

# Verbs whose form says that the speaker is meant, and those that need the speaker before or after them.
_OWN_VERBS = (
    r"nous\s+nous\s+(?:associons|alignons|rallions|joignons)|je\s+m[’'](?:associe|aligne)|m[’']associer|nous\s+(?:associer|rallier)"
    r"|(?:souscrivons|appuyons|soutenons|faisons\s+nôtres?)(?=\b)"
    r"|\bnos\s+(?:sumamos|asociamos|adherimos|alineamos|unimos)|\bme\s+(?:sumo|asocio|adhiero)|\b(?:sumarnos|asociarnos|adherirnos|sumarme)"
    r"|\b(?:hacemos|hago)\s+(?:nuestr[ao]s?|mías?)|\b(?:suscribimos|respaldamos|apoyamos|hacemos\s+propia)"
    r"|\b(?:присоединяемся|присоединяюсь|поддерживаем|солидаризируемся)\b"
    r"|(?<![\u0600-\u06ff])و?(?:نؤيد|أؤيد|ننضم|أنضم|نضم|أضم|نشارك|نعرب\s+عن\s+تأييدنا)(?![\u0600-\u06ff])"
)
_VERBS = (
    r"(?<!-)\b(?:align(?:s|ed|ing|ment)?|associat(?:es?|ed|ing)|subscribes?|endorses?|concurs?|supports?|joins?|echo(?:es)?)\b"
    r"|\bs[’'](?:associe|aligne|associer|aligner)\b|\bse\s+(?:rallie|joint)\b|\bse\s+rallier\b|\b(?:souscrit|souscrire|appuie|soutient)\b|\bfait\s+siennes?\b"
    r"|\b(?:hace\s+(?:suy[ao]s?|propi[ao]s?)|se\s+(?:suma|asocia|adhiere|alinea|une)|(?:sumar|asociar|adherir|alinear)se|suscribe|respalda|apoya)\b"
    r"|\b(?:присоединяется|присоединиться|поддерживает|солидаризируется)\b"
    r"|(?<![\u0600-\u06ff])و?[تي](?:ؤيد|نضم|ضم|شارك)(?![\u0600-\u06ff])|(?:ال)?انضمام"
    r"|赞同|支持|附议|同意"
)
_VERB = re.compile(rf"(?P<own>{_OWN_VERBS})|(?:{_VERBS})", re.IGNORECASE)
_SPEAKER = (
    r"\b(?:I|we|(?:my|our|this)\s+(?:own\s+)?(?:delegation|country|Government)"
    r"|(?:ma|notre)\s+délégation|(?:mon|notre)\s+(?:pays|Gouvernement)|nous|je"
    r"|(?:mi|nuestra)\s+delegación|(?:mi|nuestro)\s+(?:país|Gobierno)|nosotros|desea?mos|quisiéramos|quisiera"
    r"|(?:моя|наша)\s+(?:делегация|страна)|мы|я)\b"
    r"|وفد\s*(?:بلادي|بلدي|بلادنا|ي\b|نا\b)|بلادي|بلدي|بلادنا|نود|أود|本代表团|我国|我们|我团|我|中方"
)
# Whose doing it is that is nearest before the verb: the speaker's, or somebody else's.
_SUBJECT = re.compile(
    rf"(?P<speaker>{_SPEAKER})|\b(?:that|which|who|whose|all|many|other|several|those|States|countries|delegations|they"
    r"|que|qui|quienes|los\s+Estados|las\s+delegaciones|les\s+États|délégations|которые|которая|государства|делегации)\b"
    r"|(?<![\u0600-\u06ff])(?:التي|الذي|الدول|الوفود)(?![\u0600-\u06ff])|各国|其他|许多",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|cannot|n[’']t|never|unable|ne|n[’']|no|нельзя|не)\s+(?:\w+\s+){0,3}$|(?:ldn|sn|esn|n)[’']t\s+(?:\w+\s+)?$"
    r"|(?<![\u0600-\u06ff])(?:لا|لن|لم)\s+$|[不未]\s*(?:能)?$",
    re.IGNORECASE,
)
_SAID = re.compile(
    rf"{STATEMENT}|\b(?:positions?|what\s+was\s+said|as\s+(?:delivered|made)|posici[oó]n|позици\w+)\b", re.I
)
_BY = re.compile(
    r"(?:\b(?:by|of|from|by\s+the\s+(?:\w+\s+)?(?:chair|president|presidency|coordinator|representative)\w*\s+of"
    r"|d[eu]s?|del|par|por|de\s+l[’']|группы|представител\w+)\s*|(?<!\w)(?:من|ل)\s*|代表|[由与同]|\b(?:the|la|el|le|les|l[’'])\s*"
    rf"|{STATEMENT}\s*)$",
    re.IGNORECASE,
)
# "the Union's statement"; in Chinese the statement is always named last: "赞同埃及代表集团所作的发言".
_ITS_STATEMENT = re.compile(rf"\s*[’'s]*\s*{STATEMENT}|[^。，；]{{0,12}}的?(?:发言|声明|讲话)", re.IGNORECASE)
# How far after the verb the statement stands: further off, the verb is about something else.
_NEAR = 50
# What the speaker goes on to say besides: groups named there are others.
_ELSE = re.compile(
    r"\b(?:and|y|et|и|while|but|pero|mais)\s+(?:\w+\s+){0,2}?(?:would|wish\w*|wants?|likes?|thanks?|welcomes?|add|deliver|make|in\s+(?:its|our|my)"
    r"|desea|quisiera|agradece|souhait\w+|voudr\w+|remerci\w+|хотел\w*|желает|благодар\w+)\b|并(?:愿|希望|感谢)|(?<![\u0600-\u06ff])وت?ود",
    re.IGNORECASE,
)


def aligned_with(sentence: str, state: str | None, parties: PartyTable, language: str | None = None) -> tuple[str, ...]:
    """Finds the groups with whose statements the speaker of a sentence aligns, in order.

    Args:
        sentence: One sentence.
        state: Code of the State that speaks, if known: "Arvandia aligns itself" is the speaker's then.
        parties: Who can speak.
        language: ISO 639-1 code, if known.
    """
    verbs = list(_VERB.finditer(sentence))
    if not verbs or _SAID.search(sentence) is None:
        return ()
    named = [match for match in parties.find(sentence, language) if len(match.codes) == 1]
    groups = [match for match in named if (party := parties.get(match.codes[0])) and party.kind == "group"]
    others = [match for match in named if match not in groups]
    found: dict[str, None] = {}
    for verb in verbs if groups else ():
        if _NOT.search(sentence, max(0, verb.start() - 40), verb.start()):
            continue
        if verb["own"] is None and not _is_speaker(sentence, verb, state, others):
            continue
        stop = _ELSE.search(sentence, verb.end())
        span = sentence[: stop.start()] if stop else sentence
        found |= dict.fromkeys(_groups_after(span, verb.end(), groups))
    return tuple(found)


def _is_speaker(sentence: str, verb: re.Match[str], state: str | None, named: list[PartyMatch]) -> bool:
    """Tells whether the verb's subject is the speaker."""
    subjects = [(m.end(), m["speaker"] is not None) for m in _SUBJECT.finditer(sentence, 0, verb.start())]
    subjects += [(m.end, m.codes == (state,)) for m in named if m.end <= verb.start()]
    if subjects and not _is_arabic(verb.group()):
        return max(subjects)[1]
    # In Arabic the subject often follows its verb: "تؤيد مصر البيان".
    following = re.compile(_SPEAKER).search(sentence, verb.end(), verb.end() + 30) if _is_arabic(verb.group()) else None
    after = [m for m in named if verb.end() <= m.start <= verb.end() + 12]
    if following is not None or after:
        return following is not None or after[0].codes == (state,)
    return bool(subjects) and max(subjects)[1]


def _is_arabic(text: str) -> bool:
    return "\u0600" <= text[-1] <= "\u06ff"


def _groups_after(sentence: str, start: int, groups: list[PartyMatch]) -> Iterator[str]:
    """The groups whose statement is the verb's object."""
    said = _SAID.search(sentence, start)
    previous: PartyMatch | None = None
    for match in groups:
        if match.start < start or match.end > len(sentence) or said is None:
            continue
        before = sentence[start : match.start]
        joined = previous is not None and JOINT.fullmatch(sentence, previous.end, match.start)
        named_first = said.start() > match.start and _ITS_STATEMENT.match(sentence, match.end) is not None
        object_near = said.start() - start <= _NEAR and said.start() < match.start
        linked = object_near and (behalf_before(before) or _BY.search(before) is not None)
        if joined or named_first or linked:
            yield match.codes[0]
            previous = match
