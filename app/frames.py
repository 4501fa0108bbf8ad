"""How questions ask: the words around States and topics that are not themselves the topic, per language.

Patterns only; `scope.py` decides what they mean.
"""

import re
from dataclasses import dataclass
from typing import Final

from app.answer import Missing

_FLAGS = re.IGNORECASE | re.UNICODE


@dataclass(frozen=True, kw_only=True)
class Frames:
    """The asking words of one language.

    Attributes:
        speech: A verb or noun of saying; a topic marker counts only after one.
        topic_marker: What introduces the topic.
        lead: Question words and commands at the beginning, removed repeatedly.
        tail: Words at the end that point to the occasion and not to the topic, removed repeatedly.
        filler: Speech words removed anywhere where no topic marker was found.
        by: What stands before the one who speaks.
        everyone: The question asks which States, or all of them.
        compare: The question compares.
    """

    speech: re.Pattern[str]
    topic_marker: re.Pattern[str]
    lead: re.Pattern[str]
    tail: re.Pattern[str]
    filler: re.Pattern[str]
    by: re.Pattern[str]
    everyone: re.Pattern[str]
    compare: re.Pattern[str]


def _compile(**patterns: str) -> Frames:
    return Frames(**{name: re.compile(pattern, _FLAGS) for name, pattern in patterns.items()})


_OCCASION_EN = (
    r"statements?|speech(?:es)?|address(?:es)?|intervention|remarks|contribution|turn|words"
    r"|general debate|debate|podium|rostrum|floor|meeting|session|assembly|conference|year"
)

FRAMES: Final[dict[str, Frames]] = {
    "en": _compile(
        speech=r"\b(?:sa(?:y|ys|id|ying)|stat(?:e|es|ed)|mention(?:s|ed)?|talk(?:s|ed|ing)?|sp(?:eak|eaks|oke|oken|eaking)"
        r"|comment(?:s|ed)?|remark(?:s|ed)?|declar(?:e|es|ed)|tell|told|think(?:s)?|thought|feel|felt|stand(?:s)?|stood"
        r"|position(?:s|ed)?|stance|views?|opinions?|attitude|line|take|statements?|speech(?:es)?|declarations?|remarks|words"
        r"|address(?:es|ed)?|interventions?|thoughts?|perspectives?|arguments?|comments?|concerns?|policy|approach|references?"
        r"|compare|comparison|differ(?:s|ence|ences)?|contrast|argue[sd]?|express(?:es|ed)?|voice[sd]?|rais(?:e|es|ed)"
        r"|commitments?|proposals?|propose[sd]?|report(?:s|ed)?|anything|something|touch(?:es|ed)?|dwell|dwelt|heard?"
        r"|summar(?:y|ise|ize|ised|ized)|find|show|quotes?|passages?|lines?)\b",
        topic_marker=r"\b(?:about|on|upon|regarding|concerning|with (?:respect|regard|reference) to|as regards|as for|in relation to"
        r"|relating to|related to|toward|towards|in respect of|when it comes to|over)\b",
        lead=r"^\W*(?:what|which|who|whom|whose|when|where|why|how(?: many| much| far| often)?|did|does|do|has|have|had|is|are|was"
        r"|were|will|would|can|could|should|please|kindly|tell me|give me|show me|find|list|quote|summari[sz]e|outline|describe"
        r"|explain|in what way|to what extent|with|to|for|by|from|of|in|at|on|the|an?|there|anything|something|any|and|that|if"
        r"|whether|according to|i (?:need|want|would like)(?: to know)?|we (?:need|want)|me|us|see|view|say|said|make|made|think"
        r"|delegat(?:ion|e|es)|representatives?|government|state|position|stance|views?|speak|spoke|talk|talked|mention(?:ed)?"
        r"|ask(?:ed)? for|address(?:ed)?|raise[ds]?|express(?:ed)?|compare|comparison|contrast|between|both|its|their|his|her)\b"
        r"(?!-)",
        tail=r"(?:\b(?:in|at|during|from|of|within|before|when|as|by|under|to|for|with|and|the|its|his|her|their|this|that|an?"
        r"|united nations|un|unga|delivered|made|given|held|there|then|please|say|said|take|took|have|hold|held|do|did|compared?"
        rf"|respectively|that year|{_OCCASION_EN}|delegat(?:ion|e|es)|representatives?|leaders?|(?:foreign )?ministers?"
        r"|presidents?|governments?|minister speaking|speaking|spoke)\b\W*)+$",
        filler=r"\b(?:sa(?:y|ys|id)|mention(?:s|ed)?|talk(?:s|ed)? (?:about|of)|speak(?:s)? (?:about|of|to)|spoke (?:about|of|to)"
        r"|statements?|speech(?:es)?|stance|delegat(?:ion|es?)|representatives?|general debate|intervention|position of"
        r"|raise[sd]? the (?:issue|question|matter) of|refer(?:s|red)? to)\b",
        by=r"\b(?:by|according to|did|does|do|has|have|had|is|was|were|would|will|can)\s+(?:the\s+)?$",
        everyone=r"\b(?:which|what|who among|list(?: all)?(?: the)?|all(?: the)?|any|every)\s+(?:of the\s+)?(?:member\s+)?"
        r"(?:states?|countr(?:y|ies)|delegations?|nations?|governments?|speakers|groups?|members?)\b"
        r"|^\W*who(?:\s+else)?\s+(?:has\s+|have\s+|had\s+|also\s+|\w+ly\s+)*(?:sa(?:ys|id)|mention\w*|sp(?:oke|eaks?|oken)|talk\w*|rais\w+|call\w*"
        r"|support\w*|oppos\w+|condemn\w*|refer\w*|address\w*|cit(?:es|ed)|propos\w+|warn\w*|welcom\w+|urg\w+|demand\w*|object\w*|prais\w+)\b"
        r"|\b(?:anyone|anybody|everyone|everybody)\b|\b(?:did|do|have|what)\s+(?:states|countries|delegations)\b",
        compare=r"\b(?:compar(?:e|ed|es|ison|ing)|versus|vs\.?|differ(?:s|ence|ences|ent(?:ly)?)?|contrast|both|than|alike|same)\b",
    ),
    "fr": _compile(
        speech=r"\b(?:di(?:t|re|sent|tes)|déclar\w+|position|avis|point de vue|mentionn\w+|parl\w+|évoqu\w+|compar\w+|discours|propos)\b",
        topic_marker=r"(?:\b(?:sur|concernant|au sujet d[eu]s?|à propos d[eu]s?|quant (?:à|aux?)|relativement (?:à|aux?)|de l’|de l')"
        r"(?=\s|\w))(?:\s*l[ea]s?\b|\s*l['’])?",
        lead=r"^\W*(?:qu(?:e|['’]a|['’]ont|oi|el(?:le)?s?|i|and)|comment|pourquoi|combien de|combien|est-ce que|a(?:-t-(?:il|elle))?"
        r"|ont|dit|déclaré|la|le|les|l['’]|une?|position|d[eu]|d['’]|des|en|dans|sur|selon|à)(?=\W|$)",
        tail=r"(?:\b(?:dans|en|lors|à|de|d[eu]s?|la|le|les|sa|son|ses|leur|déclaration|discours|session|conférence|débat|général"
        r"|assemblée|générale|nations|unies)\b\W*)+$",
        filler=r"\b(?:dit|déclaré|déclare|mentionné|évoqué|position d[eu])\b",
        by=r"\b(?:par|selon|a|ont|d[eu]|d['’])\s*(?:l[ea]s?\s+|l['’])?$",
        everyone=r"\b(?:quels?|quelles?|tous les|quel)\s+(?:sont les\s+)?(?:états?|pays|délégations?)\b|^\W*qui\b",
        compare=r"\bcompar\w+|\bdifférence\w*\b",
    ),
    "es": _compile(
        speech=r"\b(?:di(?:jo|ce|jeron|cho)|declar\w+|posici[óo]n|opini[óo]n|mencion\w+|habl\w+|compar\w+|discurso|postura)\b",
        topic_marker=r"\b(?:sobre|acerca del?|respecto (?:del?|a|al)|en cuanto al?|relativ[oa]s? al?|en relación con)\b",
        lead=r"^\W*(?:qu[ée]|qui[ée]n(?:es)?|cu[áa]l(?:es)?|cu[áa]ndo|c[óo]mo|por qu[ée]|cu[áa]nt[oa]s?|dijo|ha|han|dicho|la|el|los|las"
        r"|posici[óo]n|del?|en|sobre|una?|según|a)(?=\W|$)",
        tail=r"(?:\b(?:en|durante|del?|la|el|los|las|su|sus|declaraci[óo]n|discurso|per[íi]odo|sesiones|sesi[óo]n|conferencia"
        r"|debate|general|asamblea|naciones|unidas)\b\W*)+$",
        filler=r"\b(?:dijo|dicho|declar[óo]|mencion[óo]|posici[óo]n del?)\b",
        by=r"\b(?:por|según|dijo|ha|de)\s*(?:el\s+|la\s+)?$",
        everyone=r"\b(?:qu[ée]|cu[áa]les|todos los|cu[áa]ntos)\s+(?:son los\s+)?(?:estados|pa[íi]ses|delegaciones)\b|^\W*qui[ée]n(?:es)?\b",
        compare=r"\bcompar\w+|\bdiferencia\w*\b",
    ),
    "ru": _compile(
        speech=r"(?:сказал\w*|говорил\w*|заявил\w*|заявлени\w+|позици\w+|мнени\w+|упомянул\w*|упомина\w+|сравни\w*)",
        topic_marker=r"\b(?:об?о?|про|относительно|касательно|по поводу|насчет|по вопрос[уа]м?)\b",
        lead=r"^\W*(?:что|как(?:ова|ой|ая|ие|ую)?|кто|когда|почему|сколько|сказал\w*|заявил\w*|говорил\w*|позици\w+|в|на|о|об)(?=\W|$)",
        tail=r"(?:\b(?:в|на|во|своем|своём|ее|её|его|заявлени\w+|выступлени\w+|сесси\w+|году|года|г)\b\W*)+$",
        filler=r"(?:сказал\w*|заявил\w*|упомянул\w*|позици\w+)",
        by=r"(?:сказал\w*|заявил\w*|позици\w+|по мнению)\s*$",
        everyone=r"\b(?:какие|все)\s+(?:государства|страны|делегации)\b|^\W*кто\b",
        compare=r"\bсравни\w*",
    ),
    "ar": _compile(
        speech=r"(?:قال\w*|قول|صرح\w*|ذكر\w*|موقف|رأي|تحدث\w*|بيان|مقارن\w*|قارن)",
        topic_marker=r"(?:\bعن\b|\bحول\b|بشأن|بخصوص|فيما يتعلق ب|إزاء|\bمن\b)",
        lead=r"^\W*(?:ماذا|ما|من|متى|لماذا|كيف|كم|هل|قالت|قال|هو|هي|موقف|في|عن)(?=\W|$)",
        tail=r"(?:(?:في|خلال|بيانها|بيانه|بيان|الدورة|عام|سنة|كلمتها|خطابها)\W*)+$",
        filler=r"(?:قالت|قال|ذكرت|صرحت|موقف)",
        by=r"(?:قالت|قال|موقف|ذكرت|صرحت)\s*$",
        everyone=r"(?:ما هي الدول|أي الدول|جميع الدول|الدول التي)",
        compare=r"(?:قارن|مقارنة)",
    ),
    "zh": _compile(
        speech=r"(?:说|表示|提到|谈到|立场|看法|意见|声明|发言|比较)",
        topic_marker=r"(?:关于|对于|对|就|有关)",
        lead=r"^\W*(?:什么|如何|怎么|为什么|何时|谁|多少|哪些|请问|对|就|关于|在|的)",
        tail=r"(?:说了什么|了什么|什么|有何立场|有什么立场|是什么|怎么说|怎么看|如何表示|的立场|的看法|立场|看法|表示了什么|说过什么|发言|的|在|中|上|\W)+$",
        filler=r"(?:说|表示|提到|谈到)",
        by=r"(?:据|根据)$",
        everyone=r"(?:哪些国家|所有国家|各国|哪国)",
        compare=r"(?:比较|相比|区别)",
    ),
}

# A subject that only an earlier turn could explain: "what did they say?", "its position".
PRONOUN: Final = re.compile(
    r"\b(?:did|does|do|has|have|had|was|were)\s+(?P<name>they|it|he|she)\b(?!\s+that)|\b(?P<owner>its|their|his|her)\s+(?:\w+\s+)?(?:position|stance|views?"
    r"|statements?|opinion|speech)\b",
    _FLAGS,
)
# Asked of the assistant itself, or for work that is not finding what was said.
TO_ASSISTANT: Final = re.compile(
    r"\byour (?:own )?(?:opinion|view|advice)\b|\bdo you (?:think|believe|like|feel|recommend)\b|\bshould (?:i|we)\b|\bwhat should (?:i|we)\b"
    r"|^\W*(?:please\s+)?(?:translate|write|compose|draft|calculate|sing|book|predict)\b|\bwho will win\b",
    _FLAGS,
)

# The kind of thing asked for, by how the question begins or what it names.
ASKED: Final[dict[Missing, re.Pattern[str]]] = {
    "number": re.compile(
        r"\b(?:how many|how much|what (?:number|percentage|proportion|share|amount)|combien|cu[áa]nt[oa]s?|сколько|كم)\b|多少|几个",
        _FLAGS,
    ),
    "date": re.compile(
        r"(?:^\W*|[,;:]\s*|\b(?:and|since|until|by|from)\s)(?:when|quand|cu[áa]ndo|когда|متى)\b|\bwhat (?:date|year|day|month)\b|\b(?:in|on|by|since) (?:what|which) (?:date|year|day|month)\b|何时|什么时候",
        _FLAGS,
    ),
    "reason": re.compile(
        r"\b(?:why|what reasons?|for what reasons?|pourquoi|por qu[ée]|почему|لماذا)\b|为什么|为何", _FLAGS
    ),
    "article": re.compile(
        r"\b(?:(?:which|what) articles?|quels? articles?|qu[ée] art[íi]culos?|какие статьи|какую статью)\b|أي مادة|哪一条|哪条",
        _FLAGS,
    ),
    "state": re.compile(
        r"\b(?:which|what) (?:other )?(?:states?|countr(?:y|ies)|jurisdictions?|neighbou?rs?|nations?)\b|quels? (?:états?|pays)"
        r"|qué (?:países?|estados?)|какие (?:государства|страны)|哪些国家|أي (?:دولة|دول)",
        _FLAGS,
    ),
    "name": re.compile(
        r"\b(?:who (?:is|was|are|were|did \w+ (?:name|appoint|mention))|by name|name of|named)\b", _FLAGS
    ),
}
