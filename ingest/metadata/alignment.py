"""With which groups' statements a speaker aligns: "my delegation aligns itself with the statement made for the group".

Only the speaker's own alignment counts. "We thank the States that aligned themselves" says nothing of the speaker,
and neither does what a group's statement says of States that align with it.
"""

import re
from collections.abc import Iterator

from ingest.metadata.represented_party import JOINT, STATEMENT, behalf_before
from ingest.parties.party_table import PartyMatch, PartyTable

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
# A declaration is a statement where it is read out, and in French and Spanish by its plain name; but States also
# support and endorse declarations that bodies adopted, which is no alignment with what a group said.
_DECLARATION = r"(?:declarations?|déclarations?|declaraci(?:ón|ones)|деклараци\w+|(?:ال|بال|لل)?إعلان(?:ات)?|宣言)"
_NAMES_DECLARATION = re.compile(_DECLARATION, re.IGNORECASE)
_SUPPORT = re.compile(
    r"support|endors|concur|join|echo|subscribes?$|appu|souten|soutient|respald|apoy|suscri|поддерж|ؤيد|شارك|تأييد|赞同|支持|同意",
    re.IGNORECASE,
)
_SAID = re.compile(
    rf"{STATEMENT}|{_DECLARATION}|\b(?:positions?|what\s+was\s+said|as\s+(?:delivered|made)|posici[oó]n|позици\w+)\b",
    re.IGNORECASE,
)
_DELIVERED = re.compile(
    r"\b(?:delivered|made|read|given|spoken|on\s+behalf\s+of|prononcée?s?|faites?|lues?|livrée?s?|au\s+nom\s+d\w+"
    r"|pronunciad\w+|formulad\w+|realizad\w+|hech[ao]s?|leíd\w+|(?:en|a)\s+nombre\s+de|сделан\w+|произнес[её]н\w+"
    r"|оглаш[её]н\w+|зачитан\w+|выступил\w*|от\s+имени)\b|ألق|أدل|(?:نيابة\s+عن|ب[اإ]سم)\s|所[作做]|宣读",
    re.IGNORECASE,
)
_ADOPTED = re.compile(
    r"\b(?:adopted|signed|adoptée?s?|signée?s?|adoptad\w+|aprobad\w+|firmad\w+|принят\w+|подписан\w+)\b|اعتمد|معتمد|(?<![\u0600-\u06ff])وقع|通过的|签署的",
    re.IGNORECASE,
)
# What a statement is about: who is named there is not who made it, unless "made by" follows.
_ABOUT = re.compile(
    r"\b(?:on(?!\s+behalf)|about|regarding|concerning|sur|concernant|sobre|об?|по)\b|بشأن|حول|关于", re.IGNORECASE
)
# What stands between the verb and its object: "itself fully with the joint", "pleinement à la". Any other noun there
# is the object instead: "the proposal made in the statement".
_DIRECT = re.compile(
    r"(?:[\s,،，]*(?:\b(?:with|to|for|in\s+full|in\s+th(?:is|at)\s+regard|itself|ourselves|myself|himself|herself|themselves"
    r"|\w+ly|also|again|too|and|as\s+well|without\s+(?:any\s+)?reservations?|(?:my|our|its)\s+(?:own\s+)?(?:country|delegation|Government|voice|name)"
    r"|(?:[’']s\s+)?positions?\s+with|those\s+(?:\w+ed\s+)?in|à|aux?|sur|avec|en\s+tous\s+points|dans\s+(?:sa|son|leur)\s+(?:totalité|intégralité)|sans\s+réserve"
    r"|\w+ment|aussi|a|al|con|en\s+su\s+totalidad|sin\s+reservas|\w+mente|también|ко?|с|со|полностью|целиком|всецело|также|решительно|в\s+полной\s+мере|без\s+оговорок"
    r"|\w+(?:ому|ему|ое|ее|ую|ной|ской))\b"
    r"|(?:إلى|مع|وفد|حكومة|بلادي|بلدي|بلادنا|بلدنا|تماما|تماماً|بالكامل|بشدة|بقوة|تأييدا|تأييداً|كاملا|كاملاً|تاما|تاماً|أيضا|أيضاً|صوت\w+|ما\s+(?:ورد|جاء)\s+في)(?![\u0600-\u06ff])"
    r"|[’']s\b|完全|充分|[\u4e00-\u4ee2\u4ee4-\u9fff]{0,6}代表团?))*+"
    r"(?:[\s,،]*(?:\b(?:the|an?|this|that|these|both|its|their|your|las?|les?|el|los|cette|ces|esta|dicha|sa|leur|su)\b|\bl[’'])"
    r"(?:\s*(?!(?:in|of|on|for|from|by|to|with|the|made|as|dans|d[eu]s?|d|sur|par|pour|en|la|les?|del|los|el|por|para|sobre|con|que|qui)\b)[\w-]+){0,3})?"
    r"[\s«“\"(《]*",
    re.IGNORECASE,
)
# An alignment in part is none: what the group said is then not the speaker's word.
_PARTLY = re.compile(
    r"\b(?:partially|partly|in\s+part|largely|mostly|to\s+(?:some|a\s+(?:certain|large))\s+extent|en\s+(?:grande\s+)?partie|partiellement|largement"
    r"|en\s+(?:gran\s+)?parte|parcialmente|частично|отчасти)\b|جزئيا|إلى\s+حد|部分",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r"\b(?:with\s+(?:the\s+)?(?:exception|exclusion)|except(?:ing)?|with\s+(?:some\s+|certain\s+)?reservations|subject\s+to\s+reserv\w+"
    r"|à\s+l[’']exception|excepté|sauf|hormis|sous\s+réserve|avec\s+(?:des|certaines)\s+réserves|(?:con|a)\s+(?:la\s+)?excepción|excepto|salvo|con\s+reservas"
    r"|за\s+исключением|кроме|с\s+оговорк\w+)\b|باستثناء|ما\s+عدا|فيما\s+عدا|مع\s+(?:ال)?تحفظ|除(?![此了])[^，。；]{1,20}外|有保留",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:\b(?:by|of|from|by\s+the\s+(?:\w+\s+)?(?:chair|president|presidency|coordinator|representative)\w*\s+of"
    r"|d[eu]s?|del|par|por|de\s+l[’']|группы|представител\w+)\s*|(?<!\w)(?:من|ل)\s*|代表|[由与同]|\b(?:the|la|el|le|les|l[’'])\s*"
    rf"|{STATEMENT}\s*)$",
    re.IGNORECASE,
)
# "the Union's statement"; in Chinese the statement is always named last: "赞同埃及代表集团所作的发言", and what it
# proposes after it: "赞同集团发言中的提案".
_ITS_STATEMENT = re.compile(
    rf"\s*[’'s]*\s*(?:{STATEMENT}|{_DECLARATION})(?<![\u4e00-\u9fff])"
    r"|[^。，；]{0,12}?的?(?:发言|声明|讲话|宣言)(?![中里内所提的])",
    re.IGNORECASE,
)
# What the speaker goes on to say besides: groups named there are others.
_ELSE = re.compile(
    r"\b(?:and|y|et|и|while|but|pero|mais)\s+(?:\w+\s+){0,2}?(?:would|wish\w*|wants?|likes?|thanks?|welcomes?|add|deliver|make|in\s+(?:its|our|my)"
    r"|desea|quisiera|agradece|souhait\w+|voudr\w+|remerci\w+|хотел\w*|желает|благодар\w+)\b|并(?:愿|希望|感谢)|(?<![\u0600-\u06ff])وت?ود",
    re.IGNORECASE,
)


def aligned_with(sentence: str, state: str | None, parties: PartyTable, language: str | None = None) -> tuple[str, ...]:
    """Finds the groups with whose statements the speaker of a sentence aligns, in order.

    "Arvandia aligns itself" is the speaker's where `state` is Arvandia.
    """
    verbs = list(_VERB.finditer(sentence))
    if not verbs or _SAID.search(sentence) is None:
        return ()
    named = [match for match in parties.find(sentence, language) if len(match.codes) == 1]
    groups = [match for match in named if (party := parties.get(match.codes[0])) and party.kind == "group"]
    others = [match for match in named if match not in groups]
    found: dict[str, None] = {}
    for number, verb in enumerate(verbs if groups else ()):
        if _NOT.search(sentence, max(0, verb.start() - 40), verb.start()):
            continue
        begin = verbs[number - 1].end() if number else 0
        end = verbs[number + 1].start() if number + 1 < len(verbs) else len(sentence)
        if _in_part(sentence, begin, verb, end):
            continue
        if verb["own"] is None and not _is_speaker(sentence, verb, state, others):
            continue
        stop = _ELSE.search(sentence, verb.end())
        span = sentence[: stop.start()] if stop else sentence
        found |= dict.fromkeys(_groups_after(span, verb, groups, others))
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


def _in_part(sentence: str, begin: int, verb: re.Match[str], end: int) -> bool:
    """Tells whether the speaker excepts something, between the verb before and the verb after."""
    nearby = sentence[max(begin, verb.start() - 40) : min(end, verb.end() + 40)]
    return _PARTLY.search(nearby) is not None or _EXCEPT.search(sentence, begin, end) is not None


def _groups_after(
    sentence: str, verb: re.Match[str], groups: list[PartyMatch], others: list[PartyMatch]
) -> Iterator[str]:
    """The groups whose statement is the verb's object."""
    start = verb.end()
    said = _SAID.search(sentence, start)
    supports = _SUPPORT.search(verb.group()) is not None
    previous: PartyMatch | None = None
    for match in groups:
        if match.start < start or match.end > len(sentence) or said is None:
            continue
        joined = previous is not None and JOINT.fullmatch(sentence, previous.end, match.start)
        own = _ITS_STATEMENT.match(sentence, match.end)
        if own is not None:
            linked = _is_direct(sentence, start, match.start, others) and _is_said(own.group(), own.group(), supports)
        else:
            between = sentence[said.end() : match.start]
            linked = (
                said.end() <= match.start
                and _is_direct(sentence, start, said.start(), others)
                and _is_said(said.group(), between, supports)
                and (behalf_before(between) or _BY.search(sentence[start : match.start]) is not None)
            )
        if joined or linked:
            yield match.codes[0]
            previous = match


def _is_direct(sentence: str, start: int, end: int, named: list[PartyMatch]) -> bool:
    """Tells whether only the subject and function words stand between a verb and its object."""
    for match in named:
        if start <= match.start and match.end <= end:
            sentence = f"{sentence[: match.start]}{' ' * (match.end - match.start)}{sentence[match.end :]}"
    return _DIRECT.fullmatch(sentence, start, end) is not None


def _is_said(words: str, how: str, supports: bool) -> bool:
    """Tells whether a statement was said, and not adopted as a declaration is.

    It judges what the statement is called (`words`), what stands between it and the group (`how`), and whether the verb
    says no more than support.
    """
    if _ADOPTED.search(how):
        return False
    about = _ABOUT.search(how)
    delivered = _DELIVERED.search(how, about.end() if about else 0) is not None
    declaration = _NAMES_DECLARATION.search(words)
    if about or (declaration and (supports or declaration.group()[0].isupper())):
        return delivered
    return True
