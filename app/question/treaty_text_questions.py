"""Treaties and articles that a question names, and whether it asks for their own text.

"What does article 18 say?" asks for the treaty's text; "what did Iran say on article 18?" for statements on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import regex

from app.question.frames import Frames, fold_accents
from app.question.topic_extraction import Span, blank
from app.records import TreatyScope
from ingest.treaties.references import ArticleMention, find_articles
from ingest.treaties.treaties import PROTOCOLS, find_treaties

# What a treaty does, before its name: then "sur l’extradition" is what is asked about, and no part of the name.
_ORDAINS: Final = fold_accents(
    r"(?:dit|dispose|prévoit|stipule|exige|énonce|définit|impose|dice|establece|dispone|prevé|estipula|exige|define|говорит|предусматривает|требует|гласит|определяет)"
)
# "the Convention" with nothing after it that would make it another one.
_CONVENTION: Final = regex.compile(
    rf"(?<=\b{_ORDAINS}\s+)(?:(?:la|cette|esta)\s+)?(?:convention|convencion|конвенция)\b|"
    + fold_accents(
        r"\b(?:the|this|that|our|said|same|main|parent|(?:la|cette|la\s+présente)|(?:esta|la\s+presente))\s+(?:un\s+|united\s+nations\s+)?(?:convention|convención)(?:\s+itself)?\b(?!\s+(?:on|against|for|of|relating|concerning|contre|sur|relative|d[eu]s?\b|contra|sobre|relativa|del)|-|\s+(?:d'|center|centre))"
        r"|(?<![\w-])(?:(?:эт|данн|наш|сам|настоящ)\w+\s+)?конвенци(?:я|и|ю|ей)(?!\w)(?!\s+(?:об?|против|по|ООН|организации|о)\s)|(?<!\w)(?:[بولفك]{0,2}ال|لل|هذه\s+ال)?(?<=ال)اتفاقية(?!\w)(?!\s+(?:ال|بشأن|ل))|للاتفاقية(?!\w)"
        r"|《公约》|本公约|(?<![\u4e00-\u9fff])公约|(?<=[对在据说于照中约])公约"
    ),
    regex.IGNORECASE,
)
_PROTOCOLS: Final = regex.compile(
    fold_accents(
        r"\b(?:the|its|these|all|three|their|les|ses|ces|trois|los|sus|estos|tres)\s+(?:three\s+|trois\s+|tres\s+|additional\s+|supplementary\s+)*(?:protocols|protocoles|protocolos)\b(?!\s+(?:on|against|to\s+the\s+(?!convention)|de\s+kyoto))"
        r"|(?<!\w)(?:(?:все|три|трех|ее|эти)\s+)*протокол(?:ы|ов|ам|ами|ах)(?!\w)(?:\s+к\s+ней)?|(?<!\w)(?:[بولف]{0,2}ال)(?:بروتوكولات)(?:\s+الثلاثة)?(?!\w)|(?<!\w)و?بروتوكولاتها|(?:各项?|三项|其|三个|所有)(?:补充)?议定书|《?公约》?及其(?:各项)?议定书"
    ),
    regex.IGNORECASE,
)
# One Protocol that is not said: each of the three may be meant.
_THE_PROTOCOL: Final = regex.compile(
    fold_accents(
        r"\b(?:the|this|that|said|same|le|ce|el|este|du|del|al|au)\s+(?:protocol|protocole|protocolo)\b(?!\s+(?:to\s+(?!(?:the\s+)?(?:un\s+)?(?:convention\b|untoc|\x00))|on|against|for|of|relating|contre|sur|contra|sobre|de)\b)"
        r"|(?<![\w-])(?:(?:эт|данн)\w+\s+)?протокол(?:а|у|е|ом)?(?!\w)(?!\s+(?:об?|против|по|о)\s)|(?<!\w)(?:[بولفك]{0,2}ال|لل)بروتوكول(?!\w)(?!\s+(?:ال|بشأن|ل))"
        r"|《议定书》|(?<![\u4e00-\u9fff])议定书|(?<=[该本在据])议定书"
    ),
    regex.IGNORECASE,
)
# What joins the parts of one reference: "article 4 of the Convention", "《公约》第四条".
_JOINT: Final = regex.compile(
    fold_accents(
        r"(?<=\x01)[\s,()《》]*(?:(?:of|to|under|in|the|de|du|la|le|l'|del|el|des|من|في|к|的|said|same|un|and|its|et|y|и|و|及其|ses|sus|s')[\s,()《》]*)*(?=\x01)"
    ),
    regex.IGNORECASE,
)


# "Which article covers extradition?"
_COVERS: Final = regex.compile(
    fold_accents(
        r"(\b(?:which|what)\s+(?:articles?|provisions?|paragraphs?)\b(?:\s+(?:of|in|from)\b)?)[^.?!]{0,60}?(\b(?:(?:is|are)\s+(?:about|on)|covers?|regulates?|governs?|defines?|concerns?|addresses|deals?\s+with|requires?|obliges?|criminali[sz]es?|establish(?:es)?|provides?\s+for|relates?\s+to|sets?\s+out)\b)"
        r"|(\bquels?\s+articles?\b)[^.?!]{0,60}?(\b(?:porte(?:nt)?\s+sur|traite(?:nt)?\s+d[eu']|régit|régissent|concerne(?:nt)?|définit|définissent|prévoit|couvre(?:nt)?)(?!\w))"
        r"|(\b(?:qu[ée]|cu[áa]l(?:es)?)\s+art[íi]culos?\b)[^.?!]{0,60}?(\b(?:trata[n]?\s+(?:de|sobre)|regulan?|rigen?|se\s+refieren?\s+a|definen?|abarcan?|cubren?|prevén?)\b)"
        r"|(\bкак(?:ая|ие)\s+стать(?:я|и)\b)[^.?!]{0,60}?((?<!\w)(?:регулиру[ею]т|касается|касаются|посвящен[аы]|определя[ею]т|охватыва[ею]т|предусматрива[ею]т)(?!\w))"
        r"|((?<!\w)(?:أي|ما\s+هي)\s+(?:ال)?(?:مادة|مواد))[^.?!]{0,60}?((?<!\w)(?:ال\w{2}\s+)?(?:تتناول|تغطي|تنظم|تعالج|تتعلق\s+ب|تنص\s+على|تعرف))"
        r"|(哪(?:一|几|些)?条(?:款)?)[^。？]{0,30}?((?:规定|涉及|涵盖|关于|规范|定义)了?)"
    ),
    regex.IGNORECASE,
)
# "What is a serious crime under UNTOC?", "Who must cooperate under article 18?"
_ORDAINED: Final = regex.compile(
    fold_accents(
        r"^\W*(what\s+(?:is|are)\s+(?:meant\s+by\s+)?(?:(?:the\s+)?(?:definition|meaning)\s+of\s+)?(?:an?\b|the\b)?)[^.?!]{2,100}?\b(under|in|according\s+to|within\s+the\s+meaning\s+of|for\s+the\s+purposes?\s+of)\s+(?:the\s+)?\x01+\W*$"
        r"|^\W*((?:who|what|when|which|how|whom)\b(?:\s+\w+){0,3}?\s+(?:must|shall|may|can|has\s+to|have\s+to|(?:is|are)\s+(?:required|obliged|allowed)\s+to))\b[^.?!]{2,100}?\b(under|by|in|according\s+to)\s+(?:the\s+)?\x01+\W*$"
        r"|^\W*((?:quelle\s+est\s+la\s+définition|qu'est-ce\s+que?)\s*(?:d[eu']|l[ae']|une?\b)*)[^.?!]{2,100}?((?<!\w)(?:dans|selon|au\s+sens\s+d[eu]|au\s+titre\s+d[eu]|aux\s+termes\s+d[eu]|en\s+vertu\s+d[eu]|d[eu])\s*)(?:l[ae']\s*)?\x01+\W*$"
        r"|^\W*((?:cu[áa]l\s+es\s+la\s+definici[óo]n|qu[ée]\s+(?:es|se\s+entiende\s+por))(?:\s+(?:del?|la|el|una?))*)\b[^.?!]{2,100}?\b(en|seg[úu]n|con\s+arreglo\s+al?|a\s+los\s+efectos\s+del?|en\s+virtud\s+del?|del?)\s+(?:la\s+|el\s+)?\x01+\W*$"
        r"|^\W*(как(?:ое|ово|ой)\s+определени\w+|что\s+(?:такое|понимается\s+под|означает))(?!\w)[^.?!]{2,100}?(?<!\w)(в|согласно|по\s+смыслу|в\s+соответствии\s+с|по)\s+\x01+\W*$"
        r"|^\W*(ما\s+(?:(?:هو|هي)\s+)?(?:(?:ال)?تعريف|المقصود\s+ب|معنى)?)[^.?!]{2,100}?(?<!\w)(في|بموجب|وفقا\s+ل|حسب)\s*\x01+\W*$"
        r"|^\W*()(?:根据|按照|在|依据|依照)?\x01+(?:中|里|下)?(?:对|的)?[^。？]{2,30}?((?:的定义)?(?:是什么|指什么|是如何定义的))\W*$"
    ),
    regex.IGNORECASE,
)
_OPINION: Final = regex.compile(
    fold_accents(
        r"\b(?:positions?|views?|stances?|opinions?|said|says?|statements?|speech\w*|speakers?|delegations?|states?'|consensus|debates?|discuss\w+|avis|d[ée]clarations?|posici[óo]n\w*|declaraci\w+|opini[óo]n\w*|позици\w+|мнени\w+|заявлени\w+)\b|موقف|مواقف|رأي|آراء|立场|看法|意见"
    ),
    regex.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class NamedTreaties:
    """What a question says of treaties and articles.

    Attributes:
        scopes: The treaties with their articles.
        bare: The articles were named without their treaty, so that the Convention was assumed.
        spans: Where what is a filter now stands; it is no topic word.
        places: Where any treaty or article stands.
    """

    scopes: tuple[TreatyScope, ...]
    bare: bool
    spans: tuple[Span, ...]
    places: tuple[Span, ...]


def find_named_treaties(text: str) -> NamedTreaties:
    """Finds treaties and articles in a question whose agenda items are blanked."""
    # An article that its treaty lacks is looked for all the same: then nobody is found to have mentioned it.
    articles = [found for found in find_articles(text) if found.treaty or found.lacking]
    # "The Protocol to the American Convention" is another one.
    unsaid = _of_unsaid_protocol(text) if _THE_PROTOCOL.search(fold_accents(text)) else []
    cited = [(found.start, found.end) for found in (*articles, *unsaid)]
    treaties = [found for found in find_treaties(text) if not any(a <= found.start < b for a, b in cited)]
    named = [(found.start, found.end) for found in treaties]
    free = fold_accents(blank(text, [*cited, *named]))
    conventions = [found.span() for found in _CONVENTION.finditer(free)]
    protocols = [found.span() for found in _PROTOCOLS.finditer(free)]
    unsaid_at = [found.span() for found in _THE_PROTOCOL.finditer(free)] if unsaid else []
    numbers: dict[str, dict[str, None]] = {found.treaty: {} for found in treaties}
    if not (articles or unsaid):
        # Beside an article they only say whose it is.
        if conventions:
            numbers.setdefault("UNTOC", {})
        for code in PROTOCOLS if protocols else ():
            numbers.setdefault(code, {})
    for found in articles:
        numbers.setdefault(found.treaty or found.lacking or "", {})[found.article] = None
    for found in unsaid:
        for code in PROTOCOLS:
            numbers.setdefault(code, {})[found.article] = None
    own = {
        (found.start, found.article)
        for found in find_articles(text, default_treaty=None)
        if found.treaty or found.lacking
    }
    bare = any((found.start, found.article) not in own for found in articles) and not conventions
    places = [*cited, *named, *conventions, *protocols, *unsaid_at]
    return NamedTreaties(
        scopes=tuple(TreatyScope(treaty=treaty, articles=tuple(found)) for treaty, found in numbers.items()),
        bare=bare,
        spans=tuple(places) if articles or unsaid else (),
        places=tuple(places),
    )


def _of_unsaid_protocol(text: str) -> list[ArticleMention]:
    """Articles "of the Protocol" where no Protocol is named: they are whose-ever the Protocol would be."""
    return [
        found
        for found, bare in zip(find_articles(text, protocol=PROTOCOLS[0]), find_articles(text), strict=True)
        if (found.treaty or found.lacking) and not (bare.treaty or bare.lacking)
    ]


def asks_provision(text: str, named: NamedTreaties, frames: Frames) -> tuple[NamedTreaties, tuple[Span, ...]]:
    """Finds where a question asks what a treaty or article itself says.

    Returns:
        The treaties that are asked about, the Convention where none is named ("which article covers extradition?"),
        and the places of the asking words; none where nothing of the kind is asked.
    """
    words = fold_accents(text)
    if not named.places:
        covers = _COVERS.search(words)
        the = [found.span() for found in _THE_PROTOCOL.finditer(words)]
        if covers is not None and not the:
            return replace(named, scopes=(TreatyScope(treaty="UNTOC"),)), tuple(_spans(covers))
        if not the:
            return named, ()
        named = replace(named, scopes=tuple(TreatyScope(treaty=code) for code in PROTOCOLS), places=tuple(the))
        asking = _asking(words, named, frames)
        return (named, asking) if asking else (replace(named, scopes=(), places=()), ())
    return named, _asking(words, named, frames)


def _asking(words: str, named: NamedTreaties, frames: Frames) -> tuple[Span, ...]:
    marked = blank(words, named.places, "\x01")
    marked = _JOINT.sub(lambda found: "\x01" * len(found.group()), marked)
    found = frames.provision.search(marked)
    covers = _COVERS.search(marked)
    if found is not None:
        return (found.span(), *(_spans(covers) if covers else ()))
    own = covers or (None if _OPINION.search(marked) else _ORDAINED.search(marked))
    return tuple(_spans(own)) if own is not None else ()


def _spans(found: "regex.Match[str]") -> list[Span]:
    """The asking words of a pattern below stand in its groups; what is between them is the topic."""
    return [found.span(group) for group in range(1, found.re.groups + 1) if found.span(group) != (-1, -1)]


def without_joints(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Returns spans, and the prepositions that join them: "article 4 of the Convention" is one reference."""
    marked = blank(fold_accents(text), spans, "\x01")
    return (*spans, *(found.span() for found in _JOINT.finditer(marked) if found.group()))
