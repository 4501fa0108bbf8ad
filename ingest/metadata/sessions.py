"""Bodies at whose meetings statements are made, and the session that a date falls in.

"COP to UNTOC" is UNTOC COP, and 12 October 2020 is in its tenth session.
"""

import csv
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from ingest.language.ordinals import find_session_number

UNTOC_COP = "UNTOC COP"
GENERAL_ASSEMBLY = "UN General Assembly"
SECURITY_COUNCIL = "UN Security Council"
AD_HOC_COMMITTEE = "Ad Hoc Committee on Cybercrime"

# The Convention's names in the six languages, as they follow "Conference of the Parties to the".
_UN = r"(?:the\s+)?(?:UN|U\.N\.|United\s+Nations)\s+"
_UNTOC = (
    r"(?:UNTOC|(?:the\s+)?Palermo\s+Convention|"
    rf"(?:{_UN})?Convention\s+(?:against|on)\s+Transnational\s+Organi[sz]ed\s+Crime)"
)
_UNCAC = rf"(?:UNCAC|(?:{_UN})?Convention\s+against\s+Corruption)"
_PARTIES = r"Conference\s+of\s+(?:the\s+)?(?:States?\s+)?Part(?:ies|y)\s+(?:to|of)\s+(?:the\s+)?"
_GROUP = (
    r"(?:open[-\s]ended\s+)?(?:inter-?governmental\s+)?(?:expert\s+)?Working\s+Group\s+"
    r"(?:of\s+government\s+experts\s+)?on\s+(?:the\s+)?"
)

# Patterns of one body are alternatives; capitals alone stand for a body only in its own spelling.
_BODIES: dict[str, tuple[str, ...]] = {
    UNTOC_COP: (
        _PARTIES + _UNTOC,
        _UNTOC + r"\s+Conference\s+of\s+(?:the\s+)?(?:States?\s+)?Part(?:ies|y)",
        r"UNTOC[\s/-]+Co(?:S)?P(?:[\s-]?\d{1,2})?|CO(?:S)?P[\s-]*(?:to|of)?[\s-]*(?:the\s+)?UNTOC|CTOC[/\s-]COP",
        r"Conferencia\s+de\s+(?:las|los\s+Estados)\s+Partes?\s+(?:en|de)\s+la\s+Convención\s+de\s+las\s+Naciones\s+Unidas"
        r"\s+contra\s+la\s+Delincuencia\s+Organizada\s+Transnacional",
        r"Conférence\s+des\s+(?:États\s+)?Parties\s+à\s+la\s+Convention\s+des\s+Nations\s+Unies\s+contre\s+la\s+criminalité"
        r"\s+transnationale\s+organisée",
        r"Конференци[яиюей]+\s+(?:государств\s*-?\s*)?[Уу]частник\w+\s+Конвенции\s+(?:Организации\s+Объедин[её]нных\s+Наций|ООН)"
        r"\s+против\s+транснациональной\s+организованной\s+преступности",
        r"مؤتمر\s+(?:الدول\s+)?الأطراف\s+في\s+اتفاقية\s+الأمم\s+المتحدة\s+لمكافحة\s+الجريمة\s+المنظمة\s+عبر\s+الوطنية",
        r"[《〈]?联合国打击跨国有组织犯罪公约[》〉]?(?:第\w{1,5}届)?缔约(?:方|国)(?:会议|大会)",
    ),
    "UNCAC COSP": (
        _PARTIES + _UNCAC,
        _UNCAC + r"\s+Conference\s+of\s+(?:the\s+)?(?:States?\s+)?Part(?:ies|y)",
        r"UNCAC[\s/-]+Co(?:S)?P(?:[\s-]?\d{1,2})?|CO(?:S)?P[\s-]*(?:to|of)?[\s-]*(?:the\s+)?UNCAC|CAC[/\s-]COSP",
        r"Conferencia\s+de\s+los\s+Estados\s+Partes?\s+(?:en|de)\s+la\s+Convención\s+de\s+las\s+Naciones\s+Unidas\s+contra"
        r"\s+la\s+Corrupción",
        r"Conférence\s+des\s+États\s+[Pp]arties\s+à\s+la\s+Convention\s+des\s+Nations\s+Unies\s+contre\s+la\s+corruption",
        r"Конференци[яиюей]+\s+государств\s*-?\s*участников\s+Конвенции\s+(?:Организации\s+Объедин[её]нных\s+Наций|ООН)"
        r"\s+против\s+коррупции",
        r"مؤتمر\s+الدول\s+الأطراف\s+في\s+اتفاقية\s+الأمم\s+المتحدة\s+لمكافحة\s+الفساد",
        r"[《〈]?联合国反腐败公约[》〉]?(?:第\w{1,5}届)?缔约国会议",
    ),
    "UNTOC Working Group on International Cooperation": (_GROUP + r"International\s+Cooperation",),
    "UNTOC Working Group on Technical Assistance": (_GROUP + r"Technical\s+Assistance",),
    "UNTOC Working Group on Trafficking in Persons": (_GROUP + r"Trafficking\s+in\s+Persons",),
    "UNTOC Working Group on the Smuggling of Migrants": (_GROUP + r"Smuggling\s+of\s+Migrants",),
    "UNTOC Working Group on Firearms": (_GROUP + r"Firearms",),
    "CCPCJ": (
        r"(?:UN\s+|United\s+Nations\s+)?Commission\s+on\s+Crime\s+Prevention\s+and\s+Criminal\s+Justice|(?:UN\s+)?CCPCJ",
        r"Comisión\s+de\s+Prevención\s+del\s+Delito\s+y\s+Justicia\s+Penal",
        r"Commission\s+pour\s+la\s+prévention\s+du\s+crime\s+et\s+la\s+justice\s+pénale",
        r"Комисси[яиюей]+\s+по\s+предупреждению\s+преступности\s+и\s+уголовному\s+правосудию",
        r"لجنة\s+منع\s+الجريمة\s+والعدالة\s+الجنائية",
        r"预防犯罪和刑事司法委员会",
    ),
    "CND": (
        r"(?:UN\s+|United\s+Nations\s+)?Commission\s+on\s+Narcotic\s+Drugs|(?:UN\s+)?CND",
        r"Comisión\s+de\s+Estupefacientes|Commission\s+des\s+stupéfiants|Комисси[яиюей]+\s+по\s+наркотическим\s+средствам",
        r"لجنة\s+المخدرات|麻醉药品委员会",
    ),
    "UN Crime Congress": (
        r"United\s+Nations\s+Congress\s+on\s+Crime\s+Prevention(?:\s+and\s+Criminal\s+Justice)?|UN\s+Crime\s+Congress",
    ),
    GENERAL_ASSEMBLY: (
        r"(?:UN|United\s+Nations)\s+General\s+(?:Assembly|Debate)|General\s+Assembly(?:\s+of\s+the\s+United\s+Nations)?|UNGA(?:-?\d{2})?",
        r"Asamblea\s+General(?:\s+de\s+las\s+Naciones\s+Unidas)?|Assemblée\s+générale(?:\s+des\s+Nations\s+Unies)?",
        r"Генеральн\w+\s+Ассамбле\w+(?:\s+(?:ООН|Организации\s+Объедин[её]нных\s+Наций))?",
        r"الجمعية\s+العامة(?:\s+للأمم\s+المتحدة)?|(?:联合国)?大会(?=第|一般性辩论)|联合国大会",
    ),
    SECURITY_COUNCIL: (
        r"(?:UN\s+|United\s+Nations\s+)?Security\s+Council|UNSC",
        r"Consejo\s+de\s+Seguridad(?:\s+de\s+las\s+Naciones\s+Unidas)?|Conseil\s+de\s+sécurité(?:\s+des\s+Nations\s+Unies)?",
        r"Совет\w*\s+Безопасности(?:\s+ООН)?|مجلس\s+الأمن(?:\s+الدولي)?|(?:联合国)?安全理事会|安理会",
    ),
    AD_HOC_COMMITTEE: (
        r"Ad\s+Hoc\s+Committee\s+(?:to\s+Elaborate\s+a\s+Comprehensive\s+International\s+Convention\s+on\s+Countering\s+the\s+Use\s+of"
        r"\s+(?:Information\s+and\s+Communications?\s+Technologies|ICTs?)(?:\s+for\s+Criminal\s+Purposes)?|(?:on|to)\s+(?:[\w\s]{0,60}\s)?cyber[-\s]?crime)",
        r"Специальн\w+\s+комитет\w*\s+(?:ООН\s+)?по\s+(?:разработке\s+[^.]{0,120}?)?противодействи\w+\s+использованию\s+(?:ИКТ|информационно\S+\s+технологий)",
        r"Comité\s+[Ee]special\s+[^.]{0,120}tecnologías\s+de\s+la\s+información|Comité\s+spécial\s+[^.]{0,120}technologies\s+de\s+l[’']information",
    ),
    "ECOSOC": (r"Economic\s+and\s+Social\s+Council|ECOSOC",),
}
_CASED = re.compile(r"\b(?:UNSC|CND|CCPCJ|UNGA|ECOSOC)\b", re.IGNORECASE)

_GENERAL_DEBATE = re.compile(
    r"general\s+debate|debate\s+general|débat\s+général|общи[ея]\s+прени\w+|المناقشة\s+العامة|一般性辩论",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class BodyMatch:
    """A body named in a text."""

    start: int
    end: int
    body: str


@dataclass(frozen=True, kw_only=True)
class Session:
    """One session of a body; both days are inclusive."""

    body: str
    session: str
    first: date
    last: date
    place: str


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (
            body,
            re.compile(rf"(?<![^\W_])(?:{'|'.join(forms)})(?![^\W_])|(?:{'|'.join(_unspaced(forms))})", re.IGNORECASE),
        )
        for body, forms in _BODIES.items()
    )


def _unspaced(forms: tuple[str, ...]) -> tuple[str, ...]:
    """The forms written in Chinese, which stand without a boundary between words."""
    return tuple(form for form in forms if re.search("[\u4e00-\u9fff]", form)) or (r"(?!)",)


def find_bodies(text: str) -> tuple[BodyMatch, ...]:
    """Find the bodies that a text names, in its order; where names overlap, the longest counts."""
    found: list[BodyMatch] = []
    for body, pattern in _patterns():
        for match in pattern.finditer(text):
            # "CND" is a body and "cnd" is not.
            if not _CASED.fullmatch(match[0]) or match[0].isupper():
                found.append(BodyMatch(start=match.start(), end=match.end(), body=body))
    kept: list[BodyMatch] = []
    for named in sorted(found, key=lambda named: named.start - named.end):
        if all(named.end <= other.start or named.start >= other.end for other in kept):
            kept.append(named)
    return tuple(sorted(kept, key=lambda named: named.start))


def canonical_body(text: str) -> str | None:
    """Give the name under which a body is stored, for any of its names; None if none is known.

    "Conference of the State Parties to the UNTOC", "COP to UNTOC", "CTOC/COP" → "UNTOC COP". A session
    number or a treaty beside the name does not matter.
    """
    cleaned = " ".join(text.split())
    for body in _BODIES:
        if cleaned.casefold() == body.casefold():
            return body
    bodies = {match.body for match in find_bodies(text)}
    return bodies.pop() if len(bodies) == 1 else None


def is_general_debate(text: str) -> bool:
    """Tell whether a heading or a question names the General Debate, which has no agenda item's number."""
    return _GENERAL_DEBATE.search(text) is not None


def canonical_session(text: str) -> str:
    """Give a session's number for "10", "10th session", "tenth session", "X"; else the text as it is."""
    cleaned = " ".join(text.split())
    if cleaned.isdecimal():
        return str(int(cleaned))
    number = find_session_number(cleaned) or find_session_number(f"{cleaned} session")
    return cleaned if number is None else str(number)


def session_for(body: str, first: date, last: date) -> str | None:
    """Conclude the session of a body that met between two days, inclusive; None if no session or more than one fits."""
    if body == GENERAL_ASSEMBLY:
        number = _assembly_session(first)
        return str(number) if number is not None and number == _assembly_session(last) else None
    fitting = {
        session.session
        for session in load_sessions()
        if session.body == body and session.first <= last and first <= session.last
    }
    return fitting.pop() if len(fitting) == 1 else None


@cache
def load_sessions() -> tuple[Session, ...]:
    """Read our own table of sessions, in its order."""
    table = (files("ingest") / "data" / "sessions.csv").read_text(encoding="utf-8")
    return tuple(
        Session(
            body=row["body"],
            session=row["session"],
            first=date.fromisoformat(row["start"]),
            last=date.fromisoformat(row["end"]),
            place=row["place"],
        )
        for row in csv.DictReader(table.splitlines())
    )


def _assembly_session(day: date) -> int | None:
    """The regular session in progress on a day: session n opens in September of 1945 + n.

    It opens on the third Tuesday of September, since 2003 on the Tuesday of the third week that holds a
    working day; some sessions opened earlier in September, so that between the first of September and that
    Tuesday the session is not certain. The first session is an exception: it opened in January 1946.

    Source: rule 1 of A/520/Rev.20, rules of procedure of the General Assembly.
    """
    if day.year < 1947:
        return 1 if day.year == 1946 else None
    september = date(day.year, 9, 1)
    if day < september:
        return day.year - 1946
    return day.year - 1945 if day >= _opening(september) else None


def _opening(september: date) -> date:
    weekday = september.weekday()
    if september.year < 2003:
        return september + timedelta(days=(1 - weekday) % 7 + 14)
    # From Saturday on, the first week holds no working day.
    monday = september + timedelta(days=7 - weekday if weekday >= 5 else -weekday)
    return monday + timedelta(days=15)
