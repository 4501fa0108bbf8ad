"""Which State speaks in a text whose heading names none: only from how the text refers to itself.

Every naming of a State is weighed by the words around it: "my country, X" and "on behalf of the Government
of X" weigh much, "X welcomes" less, and "the situation in X" nothing. A State wins only clearly.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from ingest.parties.party_table import PartyMatch, PartyTable

_STRONG, _CLEAR, _HALF, _WEAK = 4.0, 2.0, 1.0, 0.5
# One clear self-reference is enough if nobody else has any; else the winner needs three times as much. A State
# also speaks of itself about as often as of any other; less will do where the evidence is plenty.
_ENOUGH, _MARGIN, _MANY = 2.0, 3.0, 6.0
_REACH = 90

_ADJECTIVES = r"(?:(?:own|beloved|dear|small|great|young|island|friendly|brotherly|whole|entire)\s+)*"
_ARTICLE = r"(?:the\s+)?"

_BEFORE = (
    # "my country, X" · "our nation, the Republic of X"
    (
        _STRONG,
        re.compile(
            rf"\b(?:my|our)\s+{_ADJECTIVES}(?:country|nation|homeland|land|State|delegation|Government)"
            rf"\s*[,—–-]?\s*{_ARTICLE}$",
            re.IGNORECASE,
        ),
    ),
    # "on behalf of the Government and people of X"
    (
        _STRONG,
        re.compile(
            r"\b(?:on\s+behalf\s+of|in\s+the\s+name\s+of|greetings\s+(?:from|of)|(?:warm|best|good)\s+wishes\s+(?:from|of)|message\s+(?:from|of))"
            rf"\s+(?:(?!that|which|who)[\w’',.-]+\s+){{0,12}}?(?:of|from)\s+{_ARTICLE}$",
            re.IGNORECASE,
        ),
    ),
    (_STRONG, re.compile(rf"\bon\s+behalf\s+of\s+{_ARTICLE}$", re.IGNORECASE)),
    # "we, the people of X" · "we in X"
    (_STRONG, re.compile(rf"\b[Ww]e,?\s+(?:(?:the\s+)?people\s+of|in|of|from|here\s+in)\s+{_ARTICLE}$")),
    (
        _STRONG,
        re.compile(
            rf"\bI\s+(?:speak|stand|come|represent|bring)\b[^.;]{{0,60}}\b(?:from|of|representing|represent)\s+{_ARTICLE}$"
        ),
    ),
    (_HALF, re.compile(rf"\b(?:the\s+)?delegation\s+of\s+{_ARTICLE}$", re.IGNORECASE)),
    (
        _STRONG,
        re.compile(r"\b(?:mon\s+pays|mi\s+país|моя\s+страна)\s*[,—–-]\s*(?:el\s+|la\s+|le\s+|l['’])?$", re.IGNORECASE),
    ),
    (
        _CLEAR,
        re.compile(
            r"(?:(?<!\w)[وف]?(?:ت|ي)(?:ؤكد|دعو|جدد|رحب|دعم|ؤيد|واصل|عرب|دين|شدد|ولي|ؤمن|تطلع|عتبر|ثمن|عمل)\s+|بلدي\s+|بلادي\s*،?\s*|\b(?:la\s+délégation|la\s+delegación)\s+(?:de\s+la|de\s+l['’]|du|des|de|del)\s*|\b[Дд]елегация\s+|وفد\s+)$",
            re.IGNORECASE,
        ),
    ),
)

_BEHALF = re.compile(rf"\b(?:on\s+behalf\s+of|au\s+nom\s+d[eu]s?|en\s+nombre\s+del?|от\s+имени)\s+{_ARTICLE}$", re.I)
_DELEGATION = re.compile(r"\s+(?:delegation|Government|mission)\b")
_LISTED = re.compile(r"\s*(?:,|and|&|y|et|и)\s*(?:(?:and|y|et|и)\s+)?(?:the\s+)?", re.IGNORECASE)

_ADVERBS = (
    r"(?:(?:therefore|also|fully|strongly|firmly|sincerely|deeply|highly|always|consistently|warmly|once\s+again|"
    r"likewise|thus|further|too|again|itself|continues?\s+to|wishes\s+to|would\s+like\s+to|attaches)[,]?\s+)*"
)
_VOICE = (
    r"(?:welcomes|supports|believes|attaches|reaffirms|reiterates|wishes|would\s+(?:also\s+)?like|calls\s+(?:for|on|upon)|"
    r"stands\s+ready|aligns|associates|joins|congratulates|commends|considers|looks\s+forward|urges|hopes|pledges|"
    r"appreciates|applauds|endorses|advocates|shares\s+the|pays\s+tribute|remains\s+(?:fully\s+|firmly\s+)?committed|"
    r"has\s+(?:consistently|always|long|repeatedly|traditionally)|will\s+(?:continue|always|spare|support|do\s+its)|"
    r"is\s+(?:\w+ly\s+)?(?:committed|convinced|pleased|proud|honou?red|grateful|ready|determined|"
    r""
    r"of\s+the\s+view|no\s+exception|a\s+(?:State\s+)?party)|"
    r"reconoce|apoya|reitera|reafirma|considera|desea|celebra|condena|respalda|expresa|promueve|contribuye|insta|agradece|saluda|aboga|rechaza|"
    r"soutient|réaffirme|réitère|souhaite|se\s+félicite|appuie|condamne|appelle|estime|salue|attache|"
    r"поддерживает|приветствует|считает|выступает|исходит|призывает|осуждает|подтверждает|придает|намерен[аы]?\b|готов[аы]?\b|привержен[аы]?\b|"
    r"(?:ت|ي)(?:ؤكد|دعو|جدد|رحب|دعم|ؤيد|واصل|عرب|دين|شدد|ولي|ؤمن|تطلع|عتبر|ثمن|ضم\s)\b|"
    r"支持|认为|主张|愿|高度重视|呼吁|一贯|重申)"
)

_SPEAKS = re.compile(rf"\s*{_ADVERBS}{_VOICE}", re.IGNORECASE)
# A condition or a report says nothing of who speaks: "if X is truly committed", "I know that X supports".
_REPORTED = re.compile(r"\b(?:if|whether|unless|when|that|because|why|how|as\s+far\s+as)\s+(?:the\s+)?$", re.IGNORECASE)

_AFTER = (
    (_STRONG, re.compile(r",?\s*my\s+(?:own\s+|beloved\s+|dear\s+)?(?:country|nation|homeland)\b", re.IGNORECASE)),
    (_CLEAR, re.compile(rf"(?:,\s*(?:for\s+its\s+part|as\s+[^,]{{1,60}}),)?\s*{_ADVERBS}{_VOICE}", re.IGNORECASE)),
    (_HALF, re.compile(r",?\s+(?:we|our)\b")),
    (_CLEAR, re.compile(r"\s*(?:代表团|政府|方)(?:支持|认为|主张|愿|高度重视|呼吁|一贯|重申|感谢|欢迎)")),
    (
        _WEAK,
        re.compile(r"[’']s?\s+(?:commitment|position|candidacy|candidature|view|policy|foreign\s+policy|priorit)"),
    ),
    (_WEAK, re.compile(r"[^.;!?]{0,80}\b(?:we|our|us|my)\b")),
)


@dataclass(frozen=True, kw_only=True)
class SelfReferences:
    """How often one State is named in a text, and the summed weight of its references to itself."""

    code: str
    weight: float
    namings: int


def speaking_state(
    text: str, parties: PartyTable, language: str | None = None, *, hints: Sequence[str] = ()
) -> str | None:
    """Conclude which State speaks from its references to itself; None if none is clear or more than one State has some.

    One of `hints`, States that the file's name may name, speaks if the text names no other as often, and no other
    speaks of itself: a name alone decides nothing.
    """
    states = self_references(text, parties, language)
    if not states:
        return None
    ranked = sorted(states.values(), key=lambda state: (-state.weight, state.code))
    best, others = ranked[0], ranked[1:]
    most = max(state.namings for state in ranked)
    if best.weight >= _ENOUGH and not (others and best.weight < _MARGIN * others[0].weight):
        often = best.namings >= most / 2 or (best.weight >= _MANY and best.namings >= most / 3)
        if often:
            return best.code
    first, *rest = sorted(states.values(), key=lambda state: (-state.namings, state.code))
    foremost = not rest or first.namings > rest[0].namings
    silent = all(state.weight <= first.weight for state in rest)
    return first.code if first.code in hints and foremost and silent else None


def is_voice(after: str) -> bool:
    """Tell whether what follows a party's name lets it speak: "wishes to thank"."""
    return _SPEAKS.match(after) is not None


def self_references(text: str, parties: PartyTable, language: str | None = None) -> dict[str, SelfReferences]:
    """Weigh the references to itself of each State that a text names."""
    flat = " ".join(text.split())
    weights: dict[str, float] = defaultdict(float)
    namings: dict[str, int] = defaultdict(int)
    matches = parties.find(flat, language)
    for match, following in zip_longest(matches, matches[1:]):
        party = parties.get(match.codes[0])
        if len(match.codes) != 1 or match.form == "capital" or party is None or party.kind != "state":
            continue
        if match.form == "demonym":
            # "On behalf of the Examplian delegation" names its State, "the Examplian people" only mentions it.
            if (office := _DELEGATION.match(flat, match.end)) is not None:
                named = replace(match, end=office.end())
                weights[party.code] += _weight(flat, named)
                namings[party.code] += 1
            continue
        namings[party.code] += 1
        # "On behalf of X, Y and Z" is said by any of them, or by none.
        listed = following is not None and _LISTED.fullmatch(flat, match.end, following.start)
        if listed and _BEHALF.search(flat, max(0, match.start - _REACH), match.start):
            continue
        weights[party.code] += _weight(flat, match)
    return {code: SelfReferences(code=code, weight=weights[code], namings=count) for code, count in namings.items()}


def _weight(flat: str, match: PartyMatch) -> float:
    before = flat[max(0, match.start - _REACH) : match.start]
    after = flat[match.end : match.end + _REACH]
    left = max((weight for weight, pattern in _BEFORE if pattern.search(before)), default=0.0)
    if _REPORTED.search(before):
        return left
    return max(left, max((weight for weight, pattern in _AFTER if pattern.match(after)), default=0.0))
