"""State sets: the States of a region ("African States") or the members of a group, asked about as single States.

A word for a region names States only beside a noun for them: "African swine fever" is a topic. A group's own name stays
the group; its members are asked for by a word such as "which" or by "members of".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from app.question.frames import fold_accents
from app.question.topic_extraction import Span, blank
from ingest.parties.party_names import Language
from ingest.parties.party_table import PartyMatch, PartyTable
from ingest.parties.regions import RegionMention, find_regions


@dataclass(frozen=True, kw_only=True)
class StateSetMatch(PartyMatch):
    """A set of States that a question names, at `[start, end)`, with the noun that stands for them.

    Attributes:
        members_of: Codes of the regions and groups to whose members these States belong.
        noun: Where the noun stands, if the set has one.
    """

    members_of: tuple[str, ...]
    noun: Span | None


@dataclass(frozen=True, kw_only=True)
class _Words:
    """The words of one language around a set of States, as patterns over `fold_accents` text.

    Attributes:
        nouns: What States are called, several of them.
        noun: The same for one; it counts only after a word of `which`.
        which: Ask which States, or all of them; where they are asked for, a group stands for its members.
        members: Stand before a group and ask for its members whatever else is said.
        of: Between the noun and what follows it.
        joint: Between two regions of one noun.
        before: Regions stand before the noun.
        after: They stand after it.
        body: Words that make one body of States: "Union of South American Nations".
        kind: An unknown kind of States (group `kind`), where the language puts it.
        no_kind: Words there that are none.
        gap: Between words.
        begins, ends: Where words begin and end.
        follows: Between a group and the noun after it; with a word of `inner` in it, its members are asked for.
    """

    nouns: str
    noun: str
    which: str
    members: str
    of: str
    joint: str
    before: bool = False
    after: bool = False
    kind: str
    no_kind: str
    body: str
    gap: str = r"\s+"
    begins: str = r"(?<![\w-])"
    ends: str = r"(?![\w-])"
    follows: str = r"\s+"
    inner: str = r"(?!x)x"


# How far before a name the words that say how it is meant can begin.
_NEAR: Final = 60
_BODY_LATIN: Final = (
    r"(?:groups?|unions?|communit(?:y|ies)|organi[sz]ations?|leagues?|associations?|councils?|forums?|alliances?|commissions?|conferences?|summits?"
    r"|groupes?|communautes?|ligues?|organisations?|conseils?|grupos?|uniones|comunidad(?:es)?|ligas?|organizacion(?:es)?|asociacion(?:es)?|consejos?)"
)
_EN_NOUNS: Final = r"(?:(?:member\s+)?(?:states(?:\s+parties)?|countries|nations)|delegations|governments|members)"
_EN_ONE: Final = r"(?:(?:member\s+)?(?:state(?:\s+party)?|country|nation)|delegation|government|member)"
_FR_NOUNS: Final = r"(?:(?:etats|pays)(?:\s+(?:membres|parties))?|nations|delegations|gouvernements|membres)"
_ES_NOUNS: Final = r"(?:(?:estados|paises)(?:\s+(?:miembros|partes))?|naciones|delegaciones|gobiernos|miembros)"
_RU_NOUNS: Final = (
    r"(?:(?:государств(?:а|ам|ами|ах)?|стран(?:ы|ам|ами|ах)?)(?:\s*[-–—]\s*(?:участни\w+|член\w+))?"
    r"|делегаци(?:и|й|ям|ями|ях)|правительств(?:а|ам|ами|ах)?|член(?:ы|ов|ам|ами|ах))"
)
_AR_NOUNS: Final = r"[وفبل]?(?:ال|لل)?(?:دول|بلدان|وفود|حكومات)(?:\s+(?:ال)?اعضا\w*)?"
_ZH_NOUNS: Final = (
    r"(?:地区)?的?各?(?:(?:成员)?(?:国家|诸国|各国|国(?!际|内|家|民|有|境|外|王)|代表团|政府)|成员)"
    r"(?!组|集团|联盟|共同体)"
)

_WORDS: Final[dict[str, _Words]] = {
    "en": _Words(
        nouns=_EN_NOUNS,
        noun=_EN_ONE,
        which=r"(?:which|what|all|any|every|each|how\s+many|no|some|most|many|several|few|none|one)(?:\s+of)?(?:\s+(?:the|other|current|its))*",
        members=r"(?:members|states\s+members|member\s+(?:states|countries))\s+of\s+(?:the\s+)?",
        of=r"\s+(?:of|in|from|within|across)\s+(?:the\s+)?(?:region\s+of\s+)?",
        joint=r"\s*(?:,\s*(?:(?:and|or)\s+)?|\s(?:and|or|&)\s|[-–/])\s*(?:(?:of|in|from)\s+)?(?:the\s+)?",
        before=True,
        after=True,
        body=_BODY_LATIN,
        kind=r"(?<!\w)(?:(?:which|any|all|every|each|how\s+many|no)(?:\s+of)?|did|do|have|by|from)\s+(?:the\s+)?(?:other\s+)?(?P<kind>[a-z][a-z-]*[a-rt-z](?:\s+[a-z][a-z-]*[a-rt-z])?)\s+(?=NOUN)"
        r"|(?<!\w)(?:which|any|all|every|each|how\s+many|no|did|do|have|by)\s+(?:the\s+)?(?:other\s+)?NOUN(?P<joined>\s+(?:of|in|from)\s+)(?P<kind_2>(?:the\s+)?(?-i:[A-Z])[\w-]+(?:\s+(?:of\s+)?(?-i:[A-Z])[\w-]+)*)",
        no_kind=r"(?:convention|protocols?|conference|assembly|council|committee|world|members?|other|same|different|various|several|many|most|more|some|few|certain|individual|participating|sovereign|un|united|state|contracting|interested"
        r"|two|three|four|five|first|only|both|these|those|such|own|single|the|all|any|every|each|no|of|do|did|does|have|has|had|in|by|for|to|and|or|with|that|than|are|were"
        r"|was|can|could|should|must|may|will|would|on|from|at|against|among|between|made|oblige|require|let|what|which|how|it|they|he|she|you|we|concern|apply|nor|not"
        r"|almost|nearly|about|else|if|when|where|why|new|anyone|foreign)",
    ),
    "fr": _Words(
        nouns=_FR_NOUNS,
        noun=r"(?:etat|pays|nation|delegation|gouvernement|membre)(?:\s+(?:membre|partie))?",
        which=r"(?:quel(?:le)?s?|tous\s+les|toutes\s+les|chaque|aucune?|combien\s+d[e'u]s?|certains|certaines|plusieurs|la\s+plupart\s+des)(?:\s+(?:sont\s+)?(?:les|des|autres))*",
        members=r"(?:etats\s+|pays\s+)?membres\s+(?:de\s+la\s+|de\s+l'|du\s+|des\s+|de\s+|d')",
        of=r"\s+(?:(?:de\s+la|des|du|de|en|dans\s+(?:la|les?))\s+|(?:de\s+l|d|dans\s+l)')?",
        joint=r"\s*(?:,\s*(?:(?:et|ou)\s+)?|\s(?:et|ou)\s|[-–/])\s*(?:(?:de\s+la|des|du|de|en)\s+|(?:de\s+l|d|l)'|l[ae]s?\s+)?",
        after=True,
        body=_BODY_LATIN,
        kind=r"(?<!\w)(?:quel(?:le)?s|tous|toutes|combien|les|des)\s+(?:(?:les|de|d'|autres|sont|des)\s*)*NOUN\s+(?P<kind>[\w-]+[sx](?:\s+[\w-]+[sx])?)(?=\s+(?:ont|n'|ne|s'|se|avaient|sur|qui|dans\s+leurs?|[\w-]+ent)(?!\w))",
        no_kind=r"(?:membres|parties|unis|autres|dans|pas|plus|jamais|ils|elles|nous|vous|des|les|sous|mais|tous|toutes|concernes|participants|memes|leurs|bas|avons|sans|vers|divers)",
    ),
    "es": _Words(
        nouns=_ES_NOUNS,
        noun=r"(?:estado|pais|nacion|delegacion|gobierno|miembro)(?:\s+(?:miembro|parte))?",
        which=r"(?:que|cuales|todos\s+los|todas\s+las|cuant[oa]s|cada|alguna?|algun[oa]s|ninguna?|ningun|varios|varias|la\s+mayoria\s+de\s+l[oa]s)(?:\s+(?:de\s+)?(?:son\s+)?(?:los|las|otr[oa]s))*",
        members=r"(?:estados\s+|paises\s+)?miembros\s+(?:de\s+la\s+|de\s+los\s+|de\s+las\s+|del\s+|de\s+)",
        of=r"\s+(?:(?:del?\s+la|del?\s+l[oa]s|del?|en\s+(?:el|la|l[oa]s)|en)\s+)?",
        joint=r"\s*(?:,\s*(?:(?:y|o|e|u)\s+)?|\s(?:y|e|o|u)\s|[-–/])\s*(?:(?:del?|en)\s+)?(?:(?:el|la|l[oa]s)\s+)?",
        after=True,
        body=_BODY_LATIN,
        kind=r"(?<!\w)(?:que|cuales|todos|todas|cuant[oa]s|los|las)\s+(?:(?:los|las|son|otr[oa]s)\s+)*NOUN\s+(?P<kind>[\w-]+s(?:\s+[\w-]+s)?)(?=\s+(?:han|hicieron|no|se|sobre|que|en\s+sus?|\w+(?:ron|aban|ian)|(?:mencion|habl|apoy|rechaz|condena|critic|cit|plante|pid|propon)\w*n)(?!\w))",
        no_kind=r"(?:miembros|partes|unidos|otros|otras|bajos|ellos|ellas|los|las|mas|sus|mismos|mismas|participantes|interesados|todos|todas|diversos|distintos)",
    ),
    "ru": _Words(
        nouns=_RU_NOUNS,
        noun=r"(?:государств[оаеу]м?|стран[аыеу]й?|делегаци\w+|правительств\w+|член\w*)",
        which=r"(?:какие|каких|каким|какими|какая|какое|какой|какую|все|всех|всеми|сколько|ни\s+одно|ни\s+одна|любое|любая|каждое|каждая|некоторые|многие|большинство|кто)(?:\s+(?:из|другие|других))*",
        members=r"(?:государств\w*\s*[-–—]?\s*|стран\w*\s*[-–—]?\s*)?член(?:ы|ов|ам|ами|ах)\s+",
        of=r"\s+(?:региона\s+|в\s+|из\s+)?",
        joint=r"\s*(?:,\s*(?:(?:и|или)\s+)?|\s(?:и|или)\s|[-–/])\s*",
        before=True,
        after=True,
        body=r"(?:групп\w*|союз\w*|сообществ\w*|организаци\w*|лиг\w*|ассоциаци\w*|совет\w*|форум\w*|содружеств\w*|конференци\w*)",
        kind=r"(?<!\w)(?:какие|каких|каким|все|всех|сколько|многие)\s+(?:из\s+)?(?:другие\s+|других\s+)?(?P<kind>[\w-]+(?:ые|ие|ых|их|ым|им)(?:\s+[\w-]+(?:ые|ие|ых|их|ым|им))?)\s+(?=NOUN)",
        no_kind=r"(?:другие|других|другим|многие|многих|некоторые|некоторых|такие|таких|остальные|остальных|конкретные|эти|этих|те|тех|какие|отдельные|именно|разные|различные)",
    ),
    "ar": _Words(
        nouns=_AR_NOUNS,
        noun=r"(?:دوله|بلد|وفد|حكومه)",
        which=r"(?:اي|ايه|جميع|كل|كم|ما\s+هي|ما|بعض|معظم|كافه)(?:\s+من)?",
        members=r"(?:(?:ال)?دول\s+|(?:ال)?بلدان\s+)?(?:ال)?اعضا\w*\s+(?:في\s+)?",
        of=r"\s+(?:في\s+|من\s+|منطقه\s+)?",
        joint=r"\s*[,،]?\s*(?:و|او\s+)(?:في\s+|دول\s+)?(?=\w)",
        after=True,
        body=r"(?:مجموعه|رابطه|جامعه|منظمه|اتحاد|مجلس|منتدي|تحالف|جماعه|حركه)",
        kind=r"(?<!\w)(?:NOUN)\s+(?P<kind>ال\w+)(?=\s+(?:التي|عن|حول|بشان|بخصوص)(?!\w))|(?<!\w)(?:اي|كل|كم)\s+(?:دوله|دول|بلدان|بلد)\s+(?P<kind_2>\w+(?:ه|يه))(?=\s+(?:ذكر|قال|تحدث|ايد|عارض|اشار|انتقد|رفض|دع)\w*)",
        no_kind=r"(?:الاعضاء?|الاطراف|المشاركه|الاخري|المتحده|اخري)",
    ),
    "zh": _Words(
        nouns=_ZH_NOUNS,
        noun=_ZH_NOUNS,
        which=r"(?:哪些|哪个|哪几个|所有|任何|多少个?|每个|各个?|有没有|几个)",
        members=r"(?!x)x",
        of="",
        joint=r"(?:和|与|及|以及|、|或)",
        before=True,
        body=r"(?:组|集团|联盟|共同体|联合体|组织)",
        gap=r"\s*",
        begins="",
        ends="",
        follows=r"的?(?:(?:哪些|所有|多少个?|任何)的?)?",
        inner=r"(?:哪些|所有|多少|任何)",
        kind=r"(?:哪些|哪几个|所有|多少个?)(?P<kind>[\u4e00-\u9fff]{2,4}?)(?=国家|国(?!际|内|家|民|有|境|外|王|集团))",
        no_kind=r"(?:.*(?:成员|缔约|其他|主要|与会|会员|参加|[的是在说提有对了中各]).*)",
    ),
}


def find_sets(text: str, found: Sequence[PartyMatch], parties: PartyTable, language: str) -> list[PartyMatch]:
    """Returns the parties that a question names with the sets of States beside them, in order.

    Args:
        text: The question, with what was read otherwise blanked by NUL.
        found: The parties that it names; a set takes the place of those that it covers.
        parties: Who can speak.
        language: ISO 639-1 code of the question.
    """
    words, asked = _WORDS[language], fold_accents(text)
    sets = [
        *(_of_group(asked, match, parties, words) for match in found),
        *_of_regions(asked, found, words, text, language),
    ]
    kept: list[StateSetMatch] = []
    for each in sorted((each for each in sets if each), key=lambda each: (each.start, -each.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(replace(each, text=text[each.start : each.end]))
    others = [m for m in found if not any(_overlaps(m, (each.start, each.end)) for each in kept)]
    return sorted([*others, *kept], key=lambda match: match.start)


@dataclass(frozen=True, kw_only=True)
class UnknownKind:
    """Words that say which kind of States is asked for and that no lookup knows: "which island States".

    Attributes:
        name: The words.
        start, end: Where they stand, with what joins them to the noun: "which States of the Balkans".
    """

    name: str
    start: int
    end: int


def find_unknown_kinds(text: str, found: Sequence[PartyMatch], language: str) -> list[UnknownKind]:
    """Returns the kinds of States that a question may ask for and that no lookup knows.

    Args:
        text: The question, with what was read otherwise blanked by NUL.
        found: The parties and sets that it names.
        language: ISO 639-1 code of the question.
    """
    words, masked = _WORDS[language], fold_accents(text)
    for each in found:
        if isinstance(each, StateSetMatch):
            # Before a known set the noun is that set: "which francophone African States".
            masked = masked[: each.start] + "\x02" * (each.end - each.start) + masked[each.end :]
    noun = rf"(?:{words.nouns}|{words.noun}|\x02+)(?!\w)"
    kinds: list[UnknownKind] = []
    for hit in re.finditer(words.kind.replace("NOUN", noun), masked, re.IGNORECASE):
        start, end = next(hit.span(name) for name, value in hit.groupdict().items() if value and name != "joined")
        neutral = any(
            re.fullmatch(words.no_kind, word, re.IGNORECASE) for word in masked[start:end].removeprefix("the ").split()
        )
        # A group whose members are not known narrows nobody either: "which NATO members".
        named = any(_overlaps(match, (start, end)) for match in found if match.form != "group")
        if not neutral and not named:
            joined = hit.start("joined") if hit.groupdict().get("joined") else start
            kinds.append(UnknownKind(name=text[start:end], start=joined, end=end))
    return kinds


def without_qualifiers(text: str, found: Sequence[PartyMatch]) -> str:
    """Returns a question in which each set of States is only its noun: "which         States"."""
    for each in found:
        if isinstance(each, StateSetMatch) and each.noun is not None:
            start, end = each.noun
            text = blank(text, [(each.start, start), (end, each.end)], " ")
    return text


def _of_regions(
    asked: str, found: Sequence[PartyMatch], words: _Words, text: str, language: str
) -> "list[StateSetMatch | None]":
    sets: list[StateSetMatch | None] = []
    for chain in _chains(asked, find_regions(text, cast(Language, language)), words.joint):
        span, codes = (chain[0].start, chain[-1].end), tuple(dict.fromkeys(mention.code for mention in chain))
        noun = (_noun_after(asked, span, words) if words.before else None) or (
            _noun_before(asked, span, words) if words.after else None
        )
        if noun is None:
            continue
        each = _set((min(span[0], noun[0]), max(span[1], noun[1])), codes, noun)
        covered = (m for m in found if m.form not in ("demonym", "capital") and _overlaps(m, (each.start, each.end)))
        sets.append(None if any(covered) else each)
    return sets


def _chains(asked: str, mentions: Sequence[RegionMention], joint: str) -> list[list[RegionMention]]:
    """Puts the regions of one noun together: "African, Caribbean and Pacific States"."""
    chains: list[list[RegionMention]] = []
    for mention in mentions:
        if chains and re.fullmatch(joint, asked[chains[-1][-1].end : mention.start], re.IGNORECASE):
            chains[-1].append(mention)
        else:
            chains.append([mention])
    return chains


def _noun_after(asked: str, region: Span, words: _Words) -> Span | None:
    start, end = region
    if _just_before(r"\w[-–]", asked, start) or _names_body(asked, start, words):
        return None
    nouns = f"{words.nouns}|{words.noun}" if _asks_which(asked, start, words) else words.nouns
    noun = re.compile(rf"{words.gap}(?P<noun>{nouns}){words.ends}", re.IGNORECASE).match(asked, end)
    return None if noun is None else noun.span("noun")


def _noun_before(asked: str, region: Span, words: _Words) -> Span | None:
    for nouns in (words.nouns, words.noun):
        noun = _just_before(rf"(?<![\w-])(?P<noun>{nouns}){words.of}", asked, region[0])
        if noun is not None and (nouns == words.nouns or _asks_which(asked, noun.start(), words)):
            return None if _names_body(asked, noun.start(), words) else noun.span("noun")
    return None


def _names_body(asked: str, at: int, words: _Words) -> bool:
    """Whether what follows is part of the name of a body of States."""
    return _just_before(rf"(?<!\w){words.body}\s+(?:\w{{1,3}}[\s']\s*){{0,2}}", asked, at) is not None


def _asks_which(asked: str, at: int, words: _Words) -> bool:
    return _just_before(f"{words.begins}{words.which}{words.gap}", asked, at) is not None


def _just_before(pattern: str, asked: str, at: int) -> "re.Match[str] | None":
    return re.compile(f"(?:{pattern})$", re.IGNORECASE).search(asked, max(0, at - _NEAR), at)


def _of_group(asked: str, match: PartyMatch, parties: PartyTable, words: _Words) -> StateSetMatch | None:
    """Reads a group as its members where these are asked for; one whose members are not known stays the group."""
    party = parties.get(match.codes[0]) if len(match.codes) == 1 else None
    if party is None or party.kind != "group" or not parties.has_members(party.code):
        return None
    start, end, codes = match.start, match.end, (party.code,)
    nouns = f"{words.nouns}|{words.noun}"
    members = _just_before(rf"(?<![\w-])(?P<noun>{words.members})", asked, start)
    if members is not None:
        return _set((members.start(), end), codes, members.span("noun"))
    leading = _just_before(rf"(?<![\w-])(?P<noun>{nouns}){words.of}", asked, start) if words.after else None
    if leading is not None and _asks_which(asked, leading.start(), words):
        return _set((leading.start(), end), codes, leading.span("noun"))
    following = re.compile(rf"{words.follows}(?P<noun>{nouns}){words.ends}", re.IGNORECASE).match(asked, end)
    which = _asks_which(asked, start, words)
    if following is not None and (which or re.search(words.inner, asked[end : following.start("noun")])):
        return _set((start, following.end()), codes, following.span("noun"))
    inside = re.compile(rf"{words.begins}(?P<noun>{nouns}|l?ldcs|p?sids){words.ends}", re.IGNORECASE).search(
        asked, start, end
    )
    if not which or inside is None:
        return None
    # "African States Group" and "Group of African States" are bodies, "Member States of the European Union" are States.
    body = rf"{words.begins}{words.body}{words.ends}"
    before, after = asked[start : inside.start("noun")], asked[inside.end("noun") : end]
    is_body = re.search(body, before, re.IGNORECASE) or re.match(rf"{words.gap}{body}", after, re.IGNORECASE)
    return None if is_body else _set((start, end), codes, inside.span("noun"))


def _set(span: Span, codes: tuple[str, ...], noun: Span | None) -> StateSetMatch:
    # One code stands for the whole set: several would be an ambiguous name.
    return StateSetMatch(
        start=span[0], end=span[1], codes=(" ".join(codes),), form="group", text="", members_of=codes, noun=noun
    )


def _overlaps(match: PartyMatch, span: Span) -> bool:
    return match.start < span[1] and span[0] < match.end
