"""Attribution of a mentioned article to its treaty, from the words around the mention.

"Article 4 of the Firearms Protocol" is of that Protocol, "article 4 of the Charter" of no known treaty.
"""

import re
from dataclasses import dataclass
from typing import Final

from ingest.treaties.treaties import TREATIES, TreatyMatch, article_title, find_treaties

_LINK = r"(?:of|in|under|from|to|within|de\s+la|de\s+l['’]|du|del|de|des|à\s+la|en\s+la|في|من)"
_DETERMINER = r"(?:the|this|that|said|same|present|parent|main|la|le|el|l['’]|cette|esta|presente|présente|самой)"
_OWN_LINK = re.compile(
    rf"\s*(?:[(（][^()（）]{{0,60}}[)）]\s*)?,?\s*(?:{_LINK}\s+)?(?:{_DETERMINER}\s*)*(?:UN\s+|United\s+Nations\s+)?[\"“«《]?",
    re.IGNORECASE,
)
_INSTRUMENT = (
    r"(?:Convention|Protocol|Charter|Statute|Agreement|Treaty|Constitution|Covenant|Code|Act|Law|Declaration"
    r"|Regulations?|Rules|Accords?|Pact|Directive|Decree|Compact|resolution|instrument"
    r"|Protocole|Charte|Statut|Traité|Pacte|Loi|Convención|Convenio|Protocolo|Carta|Estatuto|Acuerdo|Tratado"
    r"|Constitución|Pacto|Código|Ley"
    r"|Конвенци[ия]|Протокола|Устава|Статута|Соглашения|Договора|Конституции|Пакта|Кодекса|Закона|Декларации"
    r"|(?:ال)?اتفاقية|(?:ال)?اتفاق|(?:ال)?بروتوكول|(?:ال)?ميثاق|(?:ال)?دستور|(?:ال)?نظام|(?:ال)?عهد|(?:ال)?معاهدة|(?:ال)?قانون)"
)
_NAMED_AFTER = re.compile(
    rf"\s*(?:[(（][^()（）]{{0,60}}[)）]\s*)?,?\s*(?:(?P<link>{_LINK})\s*)?(?P<own>(?:{_DETERMINER}\s*)*)"
    rf"(?P<words>(?:(?!(?:and|or|et|y|и|و|which|that|of|de|du|del)\b)[^\W\d_][\w'’.-]*\s+){{0,6}}?)(?P<noun>{_INSTRUMENT})\b(?P<rest>(?:\s+[\w'’]+){{0,3}})",
    re.IGNORECASE,
)
_ACRONYM_AFTER = re.compile(r"\s*(?:of|under|in|du|de\s+la|del)\s+(?:the\s+|le\s+|la\s+)?[A-Z][A-Z-]{1,9}s?\b")
_BEFORE_LINK = re.compile(
    r"[\s,:(（;–—\"”»》]*(?:['’]s\s*)?(?:(?:in|at|under|its|their|particularly|especially|in\s+particular|including|the"
    r"|en\s+particulier|en\s+particular|su|sus|son|ses|的)\s*,?\s*){0,4}$",
    re.IGNORECASE,
)
_TITLE = (
    r"(?:\s+(?:(?:on|against|relating|concerning|sur|contre|sobre|relativ[aeo]|о)(?:\s+[\w'’-]+){1,9}"
    r"|of\s+the\s+United\s+Nations))?"
)
_FOREIGN_BEFORE = re.compile(
    rf"(?P<noun>{_INSTRUMENT}|NPT|宪章|宪法|规约|公约|协定|议定书|条约)(?P<title>{_TITLE})[》\"”]?"
    r"[\s,(（:–—]*(?:['’]s\s*)?"
    r"(?:(?:in|at|under|its|particularly|especially|in\s+particular|including|the|的)\s*,?\s*){0,3}$",
    re.IGNORECASE,
)
_CONVENTION = re.compile(r"convention|convención|convenio|конвенци[ия]|(?:ال)?اتفاقية|公约", re.IGNORECASE)
_PROTOCOL = re.compile(r"protocol[eo]?|протокола|(?:ال)?بروتوكول|议定书", re.IGNORECASE)
_CHARTER = re.compile(
    r"charter|statute|treaty|covenant|charte|statut|traité|carta|estatuto|tratado|устава|ميثاق", re.IGNORECASE
)
# Words that may stand before "Convention" without making it another one.
_PRAISE = re.compile(
    r"(?:\s*(?:UN|U\.N\.|United|Nations|important|aforementioned|aforesaid|above-mentioned|abovementioned|landmark|historic"
    r"|universal|global|very|same|whole|entire|new|mother)\s*)*",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\s+(?:(?:on|of)\s+(?!which|that|this|behalf|these|those)|against|relating|relative|concerning|sur|contre|sobre|relativ[oa]"
    r"|об?\b|против|des?\b|du|del|for\s+the\s+(?-i:[A-Z]))",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?؟。！？](?=\s|$)(?<!\bart\.)(?<!\bpara\.)(?<!\barts\.)(?<!\bparas\.)|\n\s*\n")
_AND = re.compile(
    r"[\s,،、]*(?:and|or|as\s+well\s+as|et|ou|y|e|o|и|или|و|和|及|与)?\s*(?:the\s+|in\s+|to\s+)?$", re.IGNORECASE
)
_COORDINATED = re.compile(
    r"(?:\b(?:and|or|et|ou|y|o|и)|和|及)\s+(?:(?:in|to|with|under|on|by|the|à|en|de|в|l['’])\s*)*$", re.IGNORECASE
)


_DETERMINED = re.compile(
    r"(?:^|[^\w\s]|\b(?:the|this|that|our|said|same|present|la|de|du|le|el|cette|esta|под|по|в)|《|根据|按照|依照|依据|关于|本|该|在|对"
    r"|支持|遵守|履行|执行|落实|实施|违反|援引|符合|重申|强调|尊重|适用|确认|[按据以和与及将把了是])"
    r"\s*[«“\"]?$",
    re.IGNORECASE,
)


# In the place of a treaty's code: a convention that the text names and that is none of ours.
OTHER_CONVENTION: Final = "OTHER"
# "The Budapest Convention", "the Convention on the Rights of the Child": of its own name, unlike "the new Convention".
_A_CONVENTION = re.compile(
    r"(?P<words>(?:(?-i:[A-Z])[\w’'-]+\s+){0,2})(?P<noun>\b(?-i:Convention|Convención|Convenio)\b|\bКонвенци[ияюей]+|(?<!\w)(?:ال)?اتفاقية)"
    r"(?P<rest>(?:\s+[\w'’]+){0,3})|《(?!公约》)[^《》]{2,40}公约》",
    re.IGNORECASE,
)
_ARTICLE_WORD = re.compile(r"(?:the|this|that|our|la|le|el|cette|esta)\s+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class TreatyAttribution:
    """Whose article a mention is.

    Attributes:
        named: Whether its own words say so.
        assumed: Whether it is what "the Convention", or no words at all, mean in this text; None then where that is
            not known.
    """

    treaty: str | None
    named: bool
    assumed: bool = False


@dataclass(frozen=True, kw_only=True)
class _Meant:
    """What "the Convention" and "the Protocol" mean where the text names none before."""

    convention: str | None
    protocol: str | None


def sentence_ends(text: str) -> list[int]:
    """Offsets after sentence ends, sorted; good enough to say what was named in the same sentence."""
    return [m.end() for m in _SENTENCE_END.finditer(text)]


def coordinated(text: str, start: int, end: int) -> bool:
    """Whether nothing but a comma or "and" stands between two mentions."""
    return _AND.fullmatch(text, start, end) is not None


def attribute(
    text: str,
    start: int,
    end: int,
    number: str,
    sentence: int,
    treaties: list[TreatyMatch],
    default: str | None,
    protocol: str | None = None,
) -> TreatyAttribution:
    """Reads the words after and before a mention, `[start, end)` of a text, for the treaty that they name.

    Its sentence starts at `sentence`; a treaty without an article of that number is not taken from afar. Where nothing
    is named, and for "the Convention", it is `default`; "the Protocol" without one named before is `protocol`.
    """
    before = [m for m in treaties if m.end <= start]
    linked = next((m for m in treaties if m.start >= end), None)
    if linked is not None and _OWN_LINK.fullmatch(text, end, linked.start):
        return TreatyAttribution(treaty=linked.treaty, named=True)
    meant = _Meant(convention=default, protocol=protocol)
    named = _named_after(text, end, before, sentence, meant)
    if named is None:
        named = _named_before(text, start, before, sentence, meant)
    if named is not None:
        return named
    same = [m.treaty for m in before if m.start >= sentence and article_title(m.treaty, number)]
    if same and not _COORDINATED.search(text, max(0, start - 40), start):
        return TreatyAttribution(treaty=same[-1], named=False)
    return TreatyAttribution(treaty=default, named=False, assumed=True)


def last_convention(text: str) -> str | None:
    """Gives the convention that a text names last, `OTHER_CONVENTION` for one that is none of ours, None without any.

    "The Convention" of a later sentence is that one.
    """
    known = find_treaties(text)
    named = [(match.start, match.treaty) for match in known if not TREATIES[match.treaty].protocol]
    for found in _A_CONVENTION.finditer(text):
        if any(match.start < found.end() and found.start() < match.end for match in known):
            continue
        words = _ARTICLE_WORD.sub("", found["words"] or "")
        if found["noun"] is None or _qualified(found["noun"], words, found["rest"] or ""):
            named.append((found.start(), OTHER_CONVENTION))
    return max(named)[1] if named else None


def sole_protocol(text: str) -> str | None:
    """Gives the Protocol that a text, such as a heading or a sentence, names, if exactly one."""
    protocols = {found.treaty for found in find_treaties(text) if TREATIES[found.treaty].protocol}
    return protocols.pop() if len(protocols) == 1 else None


def _named_after(
    text: str, end: int, before: list[TreatyMatch], sentence: int, meant: _Meant
) -> TreatyAttribution | None:
    after = _NAMED_AFTER.match(text, end)
    if after is not None:
        noun, link = after["noun"], (after["link"] or "").casefold()
        own = _CONVENTION.fullmatch(noun) or _PROTOCOL.fullmatch(noun)
        genitive = link.startswith(("of", "d", "من")) or (not link and "А" <= noun[0] <= "я")
        # "in its domestic law" says where an article is applied, not whose it is.
        if genitive or (link and (own or _CHARTER.fullmatch(noun))):
            if own and not _qualified(noun, after["words"], after["rest"] or ""):
                return _unqualified(noun, before, sentence, meant)
            return TreatyAttribution(treaty=None, named=True)
    if _ACRONYM_AFTER.match(text, end):
        return TreatyAttribution(treaty=None, named=True)
    return None


def _named_before(
    text: str, start: int, before: list[TreatyMatch], sentence: int, meant: _Meant
) -> TreatyAttribution | None:
    if before and _BEFORE_LINK.fullmatch(text, before[-1].end, start):
        return TreatyAttribution(treaty=before[-1].treaty, named=True)
    foreign = _FOREIGN_BEFORE.search(text, max(sentence, start - 80), start)
    if foreign is None:
        return None
    noun, at = foreign["noun"], foreign.start("noun")
    if any(m.start <= at < m.end for m in before):
        return None
    own = not foreign["title"] and (_CONVENTION.fullmatch(noun) or _PROTOCOL.fullmatch(noun))
    if own and _DETERMINED.search(text, max(sentence, at - 12), at):
        return _unqualified(noun, before, sentence, meant)
    return TreatyAttribution(treaty=None, named=True)


def _qualified(noun: str, words: str, rest: str) -> bool:
    """Whether words around "Convention" make it a certain one: "on the Rights of the Child", "Geneva"."""
    if noun[0] in "اب" and not noun.startswith("ال"):
        return True
    return bool(words.strip() and not _PRAISE.fullmatch(words)) or _OBJECT.match(rest) is not None


def _unqualified(noun: str, before: list[TreatyMatch], sentence: int, meant: _Meant) -> TreatyAttribution:
    """What "the Convention" or "the Protocol" means here."""
    if _CONVENTION.fullmatch(noun):
        near = [m.treaty for m in before if m.start >= sentence and not TREATIES[m.treaty].protocol]
        if near:
            return TreatyAttribution(treaty=near[-1], named=True)
        return TreatyAttribution(treaty=meant.convention, named=True, assumed=True)
    protocols = [m.treaty for m in before if TREATIES[m.treaty].protocol]
    if protocols:
        return TreatyAttribution(treaty=protocols[-1], named=True)
    return TreatyAttribution(treaty=meant.protocol, named=True, assumed=True)
