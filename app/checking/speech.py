"""How documents say that somebody speaks: verbs and phrases of attribution in the six languages, by table."""

from typing import Final

import regex

_VERBS: Final = r"""
    sa(?:y|ys|id|ying) (?-i:stat(?:e|es|ed|ing)) declar(?:e|es|ed|ing) not(?:e|es|ed|ing) add(?:s|ed|ing)? stress\w* argu(?:e|es|ed|ing)
    emphasi[sz]\w+ underlin\w+ underscor\w+ (?:re)?affirm\w* (?:re)?iterat\w+ observ(?:e|es|ed|ing) recall(?:s|ed|ing)? warn(?:s|ed|ing)?
    remark(?:s|ed|ing)? explain(?:s|ed|ing)? insist(?:s|ed|ing)? maintain(?:s|ed|ing)? announc\w+ propos(?:e|es|ed|ing) suggest(?:s|ed|ing)?
    point(?:s|ed|ing)?_out call(?:s|ed|ing)?_(?:for|on|upon) urg(?:e|es|ed|ing) ask(?:s|ed|ing)? told tell(?:s|ing)? repl(?:y|ies|ied|ying)
    respond(?:s|ed|ing)? answer(?:s|ed|ing)? conclud(?:e|es|ed|ing) read(?:s|ing)? wrote writ(?:es|ing) express(?:es|ed|ing)? welcom(?:es|ed|ing)
    support(?:s|ed|ing)? oppos(?:e|es|ed|ing) claim(?:s|ed|ing)? assert\w* believ\w+ consider(?:s|ed|ing)? hold(?:s|ing)? held report(?:s|ed|ing)?
    speak(?:s|ing)? spoke describ(?:e|es|ed|ing) acknowledg\w+ pledg(?:e|es|ed|ing) promis(?:e|es|ed|ing) regret(?:s|ted|ting)? condemn(?:s|ed|ing)?
    quot(?:e|es|ed|ing) continu(?:e|es|ed|ing) went_on goes_on beg[ai]n\w* open(?:s|ed|ing)? clos(?:es|ed|ing) in_the_words_of put_it
    (?:a\s+)?dit disai\w+ déclar\w+ affirm\w+ indiqu\w+ soulign\w+ ajout\w+ estim\w+ précis\w+ rappel\w+ not(?:é|e|ait|er) observ\w+ expliqu\w+ propos\w+
    demand\w+ répond\w+ conclu\w* annonc\w+ a\s+fait\s+valoir
    dijo dice dijeron declar\w+ afirm\w+ señal\w+ indic\w+ subray\w+ añad\w+ agreg\w+ manifest\w+ expres\w+ record\w+ sostuv\w+ destac\w+ explic\w+ propus\w+
    respond\w+ reiter\w+ anunci\w+ concluy\w+ advirti\w+ pidi\w+
    заяви\w+ заявля\w+ сказа\w+ говорит отмети\w+ отмеча\w+ подчеркн\w+ подчерк[ив]\w+ добави\w+ указа\w+ напомни\w+ предложи\w+ сообщи\w+ призва\w+ выступи\w+
    объясни\w+ ответи\w+ утвержда\w+ пояснил\w*
"""
_ARABIC: Final = (
    "[وف]?(?:قال|صرح|أعلن|ذكر|أكد|أضاف|أشار|شدد|أوضح|لاحظ|رأى|دعا|اقترح|طالب|أفاد|جاء|يقول|تقول|ورد)(?:ت|وا|ا)?"
)
_CHINESE: Final = "(?:表示|指出|强调|说道|说|称|认为|声明|宣布|补充|重申|呼吁|提出|写道|回答|警告|解释|主张)"
_ACCORDING: Final = (
    r"according\s+to|in\s+the\s+words\s+of|as\s+\w+\s+put\s+it|selon|d[’']après|aux\s+termes\s+de|según|de\s+acuerdo\s+con|en\s+palabras\s+de"
    r"|согласно|по\s+словам|по\s+мнению|وفقا?ً?\s+ل\w*|بحسب|حسب|على\s+حد\s+قول|据|根据|依"
)


def _whole_words(pattern: str) -> str:
    return rf"(?<![\p{{L}}\p{{M}}])(?:{pattern})(?![\p{{L}}\p{{M}}])"


VERB: Final = regex.compile(
    "|".join(
        (_whole_words("|".join(verb.replace("_", r"\s+") for verb in _VERBS.split())), _whole_words(_ARABIC), _CHINESE)
    ),
    regex.IGNORECASE,
)
ACCORDING: Final = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}])(?:{_ACCORDING})(?![\p{{L}}\p{{M}}]{{3}})|[据根依]", regex.IGNORECASE
)
BEHALF: Final = regex.compile(
    r"on\s+behalf\s+of|in\s+the\s+name\s+of|speaking\s+for|au\s+nom\s+d\w*|en\s+nombre\s+de\w*|от\s+имени|باسم|بالنيابة\s+عن|نيابة\s+عن|代表",
    regex.IGNORECASE,
)
# Before a name: it is whom somebody speaks of, to or after, rather than who speaks.
OBJECT: Final = regex.compile(
    r"(?:\b(?:to|after|unlike|like|with|by|against|about|on|in|toward|towards|from|regarding|concerning|between|than|of|for|and\s+for|echoing|joining|"
    r"criticis\w+|criticiz\w+|quot\w+|urg\w+|ask\w+|thank\w+|answering|following|before|à|avec|contre|après|dans|sur|con|contra|a|en|sobre|с|против|после|о|об|в|к)"
    r"\s+(?:the\s+|la\s+|le\s+|el\s+|l[’'])?|(?:مع|ضد|بعد|عن|إلى|على)\s+|[对向与和])$",
    regex.IGNORECASE,
)
SPEAKER_OF: Final = regex.compile(
    r"\b(?:representative|delegat\w+|delegate|minister|president|ambassador|government|permanent\s+mission|mission|statement|words|position|speech|address|view|views|"
    r"representante|délégation|représentante?|déclaration|gouvernement|delegación|declaración|gobierno|представител\w+|делегаци\w+|заявлени\w+|правительств\w+)"
    r"(?:\s+\w+){0,4}?\s+(?:of|by|from|for|de|du|des|del|d)?\s*(?:the\s+|la\s+|le\s+|el\s+|l[’'])?$|\b(?:statement|speech|address|words)\s+(?:delivered\s+|made\s+)?by\s+(?:the\s+)?$"
    r"|(?:ممثل\w*|وفد|مندوب\w*|حكومة|بيان)\s+$",
    regex.IGNORECASE,
)
_TITLES: Final = regex.compile(
    r"(?:\b(?:entitled|titled|called|named|known\s+as|so-called|agenda\s+item(?:\s+\w+)?|item\s+\w+|article\s+\w+|resolution\s+\S+|theme|motto|slogan|report|term|word|phrase|heading|"
    r"intitulée?s?|(?<!\b(?:a|ont|avait|avaient|as|ai|avons)\s)dite?|nommée?|titulad[oa]s?|denominad[oa]s?|llamad[oa]s?|под\s+названием|озаглавлен\w+)|المعنون\w*|بعنوان|المسمى|题为|名为|所谓的?)\s*[:,،，]?\s*$",
    regex.IGNORECASE,
)
# A verb this many words before a quotation introduces it.
_REACH: Final = 12
_THAT: Final = regex.compile(r"(?:[:：,，،—–-]|\b(?:that|que|qu[’']|что|dass)|أن|إن|بأن)\s*$", regex.IGNORECASE)


def introduces_speech(before: str) -> bool:
    """Returns whether the words before a quotation say that somebody speaks it, directly or by a colon after a verb."""
    sentence = regex.split(r"[.!?。！？؟]\s+", before)[-1]
    near = " ".join(sentence.split()[-_REACH:])
    found = [match.end() for match in VERB.finditer(near)]
    if not found:
        return False
    rest = near[found[-1] :].strip()
    return not rest or _THAT.search(near) is not None


def introduces_title(before: str) -> bool:
    """Returns whether the words before a quoted string call it a title or a term."""
    return _TITLES.search(before) is not None
