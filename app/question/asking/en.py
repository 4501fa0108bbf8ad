"""Patterns of English question frames, such as "what did … say about"."""

import re
from typing import Final

_OCCASION = (
    r"statements?|speech(?:es)?|address(?:es)?|intervention|remarks|contribution|turn|words"
    r"|general debate|debate|podium|rostrum|floor|meeting|session|assembly|conference|year"
)
_SPEECH_NOUN = (
    r"statements?|speech(?:es)?|address|delegat\w*|representatives?|positions?|stances?|views?|remarks|interventions?|leaders?|presidents?"
    r"|(?:foreign |prime )?ministers?|governments?|opinions?|attitude|line|take|comments?|speaker|words|standpoint|perspective|stand"
)
_BETWEEN = r"(?:\W|own|latest|last|most recent|recent|first|earliest|united nations|un|general debate|assembly|speech|official|national|current|stated)*"
_JUDGEMENT = r"view|opinion|words|judge?ment|telling|account"
# Between "which" and "States" stands at most what kind of States: "which island States", not "which treaties of States".
_NO_KIND = r"(?:of|do|did|does|have|has|had|in|by|for|to|and|or|with|that|are|is|were|was|can|could|should|must|may|will|would|on|from|against|among|between|made|obliges?|requires?|lets?)"
_STATES = r"(?:states?(?: part(?:y|ies))?|countr(?:y|ies)|delegations?|nations?|governments?|speakers|groups?|members?|jurisdictions?|parties)"
# Verbs of saying and attitude with the words that belong to them, before what was spoken of.
_FEELING = r"(?:deep|grave|serious|great|strong|full|high|its|their|his|her|some)"
_ATTITUDE = (
    r"(?:concerns?|worry|worries|regrets?|hopes?|support|sympathy|solidarity|condolences|alarm|doubts?|satisfaction|disappointment|appreciation"
    r"|outrage|indignation|opposition|fears?|dismay|misgivings|reservations|gratitude)"
)
_TOWARDS = r"(?:about|over|at|for|with|on|in|to|of|that|regarding|concerning)"
_HOPES = r"(?:(?:its|their|great|high) )*hopes?"
_VERBS = (
    "mention|raise|bring up|take up|touch (?:up)?on|draw (?:the )?attention to|make (?:a |any |some )?(?:references?|mention|allusions?) (?:to|of)|refer to|allude to"
    "|speak (?:of|against|for|highly of|in favou?r of|(?:up|out) (?:for|against|about|on))|discuss|address|cite|recall|invoke|deplore|condemn|critici[sz]e|denounce|decry|attack"
    "|protest(?: (?:against|about|at))?|oppose|object to|reject|support|back|endorse|favou?r|welcome|praise|applaud|hail|commend|congratulate|thank|salute|celebrate|commemorate|honou?r"
    rf"|pin {_HOPES} on|place {_HOPES} (?:on|in)|put {_HOPES} (?:on|in)|use the (?:expression|terms?|words?|phrase|name)|complain(?: (?:about|of|that))?|warn(?: (?:about|of|against|that))?"
    "|call for|call (?:up)?on|call|ask for|ask|urge|claim|agree (?:with|to|that)|appeal for|plead for|press for|push for|argue (?:for|against)|demand|request|propose|suggest|recommend|advocate|stress|emphasi[sz]e|underline|underscore|highlight"
    "|point (?:to|out)|note|acknowledge|recogni[sz]e|regret|lament|mourn|blame|accuse|describe|insist (?:on|that)|dwell (?:up)?on|deal with|comment on|reflect on|remember|question|defend"
    f"|champion|promote|express (?:{_FEELING} )*{_ATTITUDE} {_TOWARDS}|voice (?:{_FEELING} )*{_ATTITUDE} {_TOWARDS}|take (?:issue with|a stand (?:on|against)|note of)|pay tribute to"
    "|worry about|fear"
)
_IRREGULAR = {
    "bring": "brings|brought",
    "take": "takes|took|taken",
    "draw": "draws|drew|drawn",
    "make": "makes|made",
    "speak": "speaks|spoke|spoken",
    "refer": "refers|referred",
    "regret": "regrets|regretted",
    "pin": "pins|pinned",
    "put": "puts|put",
    "deal": "deals|dealt",
    "dwell": "dwells|dwelt",
    "decry": "decries|decried",
    "pay": "pays|paid",
    "worry": "worries|worried",
}


def _inflected(verbs: str) -> str:
    """Returns the third persons and past forms of verbs, each the first word of an alternative."""

    def inflect(found: "re.Match[str]") -> str:
        word = found.group()
        ending = "[sd]" if word.endswith("e") else "(?:es|ed)" if re.search("(?:s|x|ch|sh)$", word) else "(?:s|ed)"
        return f"(?:{_IRREGULAR[word]})" if word in _IRREGULAR else word + ending

    # An alternative begins outside brackets, after a bar.
    parts, depth, begins = [], 0, True
    for piece in re.findall(r"[()|]|[^()|]+", verbs):
        depth += (piece == "(") - (piece == ")")
        parts.append(re.sub(r"^[\w?\[\]]+", inflect, piece) if begins and piece != "|" else piece)
        begins = piece == "|" and depth == 0
    return "".join(parts)


# Bare forms may be nouns of a topic ("demand reduction"), so that they count only after "did".
_INFLECTED = _inflected(_VERBS) + (
    r"|(?:was|were|is|are|been) (?:\w+ly )?(?:disappointed|concerned|worried|alarmed|dismayed|outraged|proud|glad|saddened|critical)(?:(?:[\x00\W]|\bin\b)+(?:about|over|at|by|with|of|that))"
)
_ALSO = r"(?:(?:also|ever|even|already|once|again|never|not|first|both|all|has|have|had|did|does|do|\w+ly)\s+)*"
# What is said of something rather than what is spoken of: then the words after "about" are the topic.
_NOT_OBJECT = (
    r"(?![\x00\W]+(?:(?:(?:an?|any|the|its|their|some|no|much|more)\s+)*(?:\w+\s+)?(?:concerns?|support|views?|positions?|opinions?|statements?|doubts?|points?|objections?|questions|proposals?|comments?|reservations?|hopes?|things?|anything|something|nothing)"
    r"(?:\s+(?:about|on|over|regarding|concerning|for|to|with)\b|\W*$)|(?:it|this|that|them|these)\W*$|(?:about|on|regarding|concerning|during|when|by|in|at|how|as|with (?:respect|regard)|say|mention|describe|call|put|refer|speak)\b))"
)
_MATTER = r"(?:[\x00\W]*(?:that\s+)?(?:(?:the|an?)\s+)?(?:(?:whole\s+)?(?:question|issue|problem|matter|subject|topic)s?\s+of\s+)?(?:the\s+)?)"
_SAID = (
    r"sa(?:ys|id)|mention\w*|sp(?:oke|eaks?|oken)|talk\w*|rais\w+|call\w*|support\w*|oppos\w+|condemn\w*|refer\w*|address\w*|cit(?:es|ed)"
    r"|propos\w+|warn\w*|welcom\w+|urg\w+|demand\w*|object\w*|prais\w+|back(?:s|ed)|agree[sd]?|disagree[sd]?|brought|comment\w*|favou?r\w*"
    r"|reject\w*|criticis\w+|criticiz\w+|express\w*|ask(?:s|ed)|want(?:s|ed)|argue[sd]|claim(?:s|ed)|complain\w*|regret\w*|took|drew|made|used"
    rf"|{_INFLECTED}"
)

PATTERNS: Final[dict[str, str]] = {
    "speech": r"\b(?:sa(?:y|ys|id|ying)|stat(?:e|es|ed)|mention(?:s|ed|ing)?|talk(?:s|ed|ing)?|sp(?:eak|eaks|oke|oken|eaking)"
    r"|comment(?:s|ed)?|remark(?:s|ed)?|declar(?:e|es|ed)|tell|told|think(?:s)?|thought|feel|felt|stand(?:s)?|stood"
    r"|position(?:s|ed)?|stance|views?|opinions?|attitude|line|take|statements?|speech(?:es)?|declarations?|remarks|words"
    r"|address(?:es|ed)?|interventions?|thoughts?|perspectives?|arguments?|comments?|concerns?|policy|approach|references?"
    r"|compare|comparison|differ(?:s|ence|ences)?|contrast|argue[sd]?|express(?:es|ed)?|voice[sd]?|rais(?:e|es|ed)"
    r"|commitments?|proposals?|propose[sd]?|report(?:s|ed)?|anything|something|touch(?:es|ed)?|dwell|dwelt|heard?"
    r"|standpoint|agree|disagree|summar(?:y|ise|ize|ised|ized)|find|show|quotes?|passages?|lines?|overview|explain|describe)\b",
    "topic_marker": r"\b(?:about|on|upon|regarding|concerning|with (?:respect|regard|reference) to|as regards|as for|in relation to"
    r"|in regard to|relating to|related to|toward|towards|in respect of|when it comes to|over)\b",
    "object": rf"(?:(?<![\x00\x03])(?<!\bthat )(?<!\bwhich )(?<!\bwhom )[\x00\x03][\x00\x03\W]*(?:(?:that|which|who)\s+)?|^\W*(?:who(?:\s+else)?|and)\s+){_ALSO}(?:{_INFLECTED})\b{_NOT_OBJECT}{_MATTER}|^(?:[\W\x00]|\b(?:how|when|why|where|what|and|but|so|in|at|on|during|the|its|their|his|her|general|debate|statements?|speech|address|session|please|tell|me|us|if|whether)\b)*\b(?:did|does|do|will|would)\b[^\x00\x03]*[\x00\x03][\x00\x03\W]*{_ALSO}(?:{_VERBS})\b{_NOT_OBJECT}{_MATTER}",
    "topic_first": r"^\W*(?:(?:and|so|now|please)\W+)?(?:on|about|regarding|concerning|with (?:respect|regard) to|as regards|as for|as to|in relation to"
    r"|when it comes to)\s+(?:the (?:topic|subject|question|issue|matter) of\s+)?(?P<topic>[^,:;]+?)\s*[,:;–—-]+\s*(?=(?:and\s+)?(?:what|which|how|who|where|did"
    r"|does|has|is|was|tell|give|summar\w+|compare|show|please|can|could|i)\b)",
    "lead": r"^\W*(?:what|which|who|whom|whose|when|where|why|how(?: many| much| far| often)?|did|does|do|has|have|had|is|are|was"
    r"|were|will|would|can|could|should|may|must|shall|might|please|kindly|tell me|give me|show me|find|list|quote|summari[sz]e|outline|describe"
    r"|explain|in what way|to what extent|with|to|for|by|from|of|in|at|on|the|an?|there|anything|something|any|and|that|if"
    r"|whether|according to|i (?:need|want|would like)(?: to know)?|we (?:need|want)|me|us|you|see|view|say|said|make|made|think"
    r"|delegat(?:ion|e|es)|representatives?|government|state|position|stance|views?|speak|spoke|talk|talked|mention(?:ed)?"
    r"|ask(?:ed)? for|address(?:ed)?|raise[ds]?|express(?:ed)?|compare|comparison|contrast|between|both|its|their|his|her"
    r"|objects?(?: to)?|objected(?: to)?|they|he|she|it|supports?|supported|backs?|backed|opposes?|opposed|favou?rs?|endorse[sd]?|reject(?:s|ed)?|accept(?:s|ed)?|agrees? (?:to|with|on)|agreed (?:to|with|on)|agrees?|agreed|responds?(?: to)?|responded(?: to)?|reacts?(?: to)?|wants?|wanted|summary of|overview of|hi|hello|dear|thanks)\b(?!-)",
    "tail": r"(?:\b(?:in|at|during|from|of|within|before|when|as|by|under|to|for|with|and|the|its|his|her|their|this|that|an?"
    r"|united nations|un|unga|delivered|made|given|held|there|then|please|say|said|take|took|have|hold|held|do|did|compared?"
    r"|most recent|latest|last|thanks|thank you|what|is|it|now|over the years|over time|according(?: to)?|in the (?:eyes|view|opinion)(?: of)?"
    rf"|respectively|that year|{_OCCASION}|delegat(?:ion|e|es)|representatives?|leaders?|(?:foreign )?ministers?"
    r"|presidents?|governments?|minister speaking|speaking|spoke)\b\W*)+$",
    "filler": r"\b(?:sa(?:y|ys|id)|mention(?:s|ed)?|talk(?:s|ed)? (?:about|of)|speak(?:s)? (?:about|of|to)|spoke (?:about|of|to)"
    r"|statements?|speech(?:es)?|stance|delegat(?:ion|es?)|representatives?|general debate|intervention|position of"
    r"|raise[sd]? the (?:issue|question|matter) of|refer(?:s|red)? to)\b",
    "subject_before": r"\b(?:did|does|has|had)\s+(?:the\s+)?$",
    "subject_after": rf"^(?:[\x00\s]|in\s+|at the\s+|has\s+|had\s+|really\s+|actually\s+)*(?:{_SAID})\b(?!\s+by\b)",
    "agent_before": r"\b(?:by|do|have|is|was|were|would|will|can)\s+(?:the\s+)?$",
    "owner_before": rf"\b(?:{_SPEECH_NOUN})\s+(?:\w+\s+)?(?:of|from|by|for)\s+(?:the\s+)?$",
    "owner_after": rf"^(?:'s?)?{_BETWEEN}(?<!\w)(?:{_SPEECH_NOUN})\b",
    # These name the speaker wherever they stand.
    "certain_before": rf"\b(?:according to|as (?:told|seen|put|described|stated) by|in the (?:eyes|{_JUDGEMENT}) of|for its part,?)\s+(?:the\s+)?$",
    "certain_after": rf"^(?:'s?)(?:\W|own|latest|last|first|\w+\s+(?:minister|president)'s)*(?<!\w)(?:views?|eyes|{_JUDGEMENT}"
    r"|reading|assessment|estimation|estimate|mind|book|version|speech|statement|address)\b"
    r"|^\s*(?:\w+\s+){0,2}(?:president|minister|leader|delegate|representative|delegation|speaker)'s\s+(?:view|eyes|opinion|words|account|speech|address)\b",
    "compared_before": r"\b(?:with|to|than|versus|vs\.?|and|from)\s+(?:(?:that|those|what|the one|the)\s+(?:of\s+)?)?(?:the\s+)?$",
    "place_before": r"\b(?:in|at|near)\s+(?:the\s+)?$",
    "place_after": r"^\W*(?:session|meeting|conference|summit|declaration|convention|protocol|process|agreement|accords?|consensus|principles"
    r"|programme|statute|talks|attacks?|terror|bombings?|weather|treaty|plan|agenda|climate)\b",
    "everyone": rf"\b(?:which|what|who among|list(?: all)?(?: the)?|all(?: the)?|any|every|each)\s+(?:of the\s+)?(?:other\s+|member\s+)*(?:(?!{_NO_KIND}\b)[\w-]+\s+)?(?:member\s+)?{_STATES}\b"
    rf"|^\W*(?P<who>who)(?:\s+else)?(?=[\s\x00]+(?:has\s+|have\s+|had\s+|also\s+|\w+ly\s+)*(?:{_SAID}|(?:did|do|does)\s+(?:say|{_VERBS}))\b)"
    rf"|\bhow many\s+(?:of the\s+)?(?:other\s+|member\s+)*{_STATES}(?=\s+(?:has\s+|have\s+|had\s+|also\s+)*(?:{_SAID})\b)|\b(?:anyone|anybody|everyone|everybody)\b|\b(?:did|do|have|what|of|by|among|between|from)\s+(?:the\s+)?(?:\w+\s+)?(?:states|countries|delegations|governments)\b"
    rf"|^\W*(?:the\s+)?{_STATES}(?=\W+(?:that|which|who)\b)|\b(?:list|name|show|find|give)\s+(?:me\s+)?(?:all\s+)?(?:the\s+)?{_STATES}\s+(?:that|which|who)\b|\bwhat (?:was|is|has been|had been) said\b(?!.*\bby\b)",
    "compare": r"\b(?:compar(?:e|ed|es|ison|ing)|versus|vs\.?|differ(?:s|ence|ences|ent(?:ly)?)?|contrast|both|than|alike|same)\b",
    "unknown": r"\b(?i:did|does|has|had|according to)\s+(?:the\s+)?(?P<subject>\p{Lu}[\p{L}'.-]+(?:\s+(?:of\s+|and\s+|the\s+)*\p{Lu}[\p{L}'.-]+)*)"
    r"(?=\s+\p{Ll}|\W*\x00|\W*$)"
    r"|(?P<owner>\p{Lu}[\p{L}.-]+(?:\s+\p{Lu}[\p{L}.-]+)*)'s?\s+(?:own\s+|latest\s+|last\s+)?(?:position|stance|views?|statement|speech|opinion)\b"
    r"|\b(?i:did|does|has)\s+(?P<typed>\p{Ll}[\p{L}'-]{3,})\s+(?:say|said|think|mention|speak|support|oppose|state)",
    "nobody": r"(?:member |other )?(?:states?|countries|delegations?|parties|conventions?|protocols?|conference|assembly|united nations|un|council|committee"
    r"|secretar\w+|article|agenda|what|who|which|cop)\b",
    "stance": r"\b(?:positions?|stances?|standpoints?|support(?:s|ed|ive)?|oppos(?:e|es|ed|ition)|in favou?r|favou?rs?|against|(?:dis)?agree(?:s|d)?|accept(?:s|ed)?"
    r"|reject(?:s|ed)?|back(?:s|ed)?|endorse[sd]?|for or against|object(?:s|ed)? to|where (?:do|does) \S+(?: \S+)? stand|views? (?:on|of)|attitude"
    r"|approve[sd]?|think of|feel about|willing to|should)\b|'s?\s+views?\b",
    "over_time": r"\b(?:chang(?:e|es|ed|ing)|evol(?:ve|ves|ved|ution|ving)|shift(?:s|ed)?|develop(?:ed|ment) (?:of|over)|over (?:the (?:years|sessions)|time)|since when"
    r"|still|no longer|used to|moved? (?:away|from)|consisten(?:t|tly)|throughout|from session to session|earlier and later|then and now|first and last)\b",
    "provision": r"\b(?:does|do|did|is|are|can|must|may|shall|will)\s+(?:the\s+|this\s+)?\x01(?!\s*(?:mentioned|cited|quoted|referred|invoked|raised|discussed|supported|opposed|a\s+reality))(?:\s+(?:say|require|provide|state|stipulate|oblige|mean|cover|regulate|define|demand|prescribe|contain|deal with|establish|call for|allow|permit|ask|entail|address|concern|set out|lay down|foresee)\b)?(?:\s+(?:of|for|that)\b)?"
    r"|\b(?:texts?|wording|titles?|contents?|provisions?|meaning|scope|purpose|subject|headings?|requirements?)\s+of\s+(?:the\s+)?\x01"
    r"|^\W*(?:please\s+)?(?:show|quote|explain|read|cite|give|print|display|summari[sz]e|what(?: is|'s))\s+(?:me\s+|us\s+)?(?:the\s+)?\x01\W*$"
    r"|\b(?:which|what)\s+articles?\s+(?:of|in)\s+(?:the\s+)?\x01|^\W*(?:under|in|according to)\s+(?:the\s+)?\x01[\s,]*(?:what|when|who|which|how|must|may|can|is|are|do|does)\b"
    r"|\bwhat\b.{0,40}\b(?:required|provided|obligations?|defined|regulated|prescribed)\b.{0,30}\b(?:under|by|in)\s+(?:the\s+)?\x01"
    r"|\bhow is\b.{0,50}\bdefined (?:in|by|under)\s+(?:the\s+)?\x01|^\W*\x01\s+(?:text|wording|title|full text)\b|^\W*(?:text|wording|title)\s+\x01",
    "pronoun": r"\b(?:did|does|do|has|have|had|was|were|is|are)\s+(?:they|it|he|she)\b(?!\s+(?:that|true|possible|correct|necessary))"
    r"|\b(?:its|their|his|her)\s+(?:\w+\s+)?(?:position|stance|views?|statements?|opinion|speech)\b",
    "other_work": r"\byour (?:own )?(?:opinion|view|advice|thoughts)\b|\bdo you (?:think|believe|like|feel|recommend|know how)\b|\bshould (?:i|we)\b"
    r"|^\W*(?:(?:please|can you|could you)\s+)*(?:translate|sing|book|predict|calculate|solve|(?:write|compose|draft)(?!.{0,40}\b(?:summary|briefing|overview|note|table|list|comparison)\b))\b"
    r"|\bwho will win\b|\bwho are you\b|\bhow are you\b|\b(?:tell|give) me a (?:joke|recipe|story|poem)\b",
    "off_topic": r"\b(?:weather|recipe|forecast|football|soccer|world cup|horoscope|lottery|restaurant|movie|stock price|exchange rate|capital of|meeting room|bake|cook)\b",
}
