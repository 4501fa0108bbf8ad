"""Negated questions: who did not say something, searched as the same question without its negation.

"Which States did not mention corruption?" is searched as "Which States did mention corruption?". Only a negation of the
verb that asks counts; in "which States said that Iran did not reply" it belongs to what was said.
"""

import re
from typing import Final

from app.question.frames import fold_accents

# Verbs of saying and attitude by their beginnings, over `fold_accents` text.
_FR_SAY: Final = (
    r"(?:mention|parl|evoqu|cit|dit|dis|dire|abord|trait|soulev|fait|font|faisai|pris|prononc|exprim|soutien|souten|appuy|appui|condamn|denonc|critiqu"
    r"|salu|rappel|soulign|reclam|demand|propos|refer|reagi|approuv|rejet)\w*"
)
_ES_SAY: Final = (
    r"(?:mencion|habl|dij|dic|dich|cit|refir|refier|refer|alud|abord|trat|plant|conden|denunci|critic|apoy|respald|rechaz|hic|hac|hech|hiz"
    r"|expres|menci|pronunci|propus|pid|subray|record|evoc)\w*"
)
_RU_SAY: Final = (
    r"(?:упом|говор|сказал|высказ|ссыла|сосла|затро|затра|подня|подним|косну|каса|отме|осуд|осужд|поддерж|критик|назв|назыв|выступ|заяв|призв"
    r"|обрат|обращ|подчерк|приветств|возраж|возрази|отверг|одобр|предлож)\w*"
)
_ZH_SAY: Final = (
    r"(?:提|谈|说|讲|表示|表达|发言|发表|支持|反对|谴责|批评|涉及|讨论|关注|强调|呼吁|欢迎|指出|回应|回顾|主张|赞成)"
)
# Per language: the negation (its words in groups `n…`, which are left out; `s`, which another word replaces).
_NEGATIONS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "en": (
        (
            r"\b(?:did|do|does|has|have|had)(?P<n1>\s*n['o]t|\s+never)\b(?P<n2>\s+(?:yet|even|once|ever|at\s+all|explicitly|specifically|directly))?",
            "",
        ),
        (r"\b(?P<n1>never)\s+(?=mention|sp[eo]|cit|rais|refer|sa(?:id|y)|talk|address|call|support|oppos|condemn)", ""),
        (r"\b(?:sa(?:id|ys?)|(?:have|has|had)(?:\s+had)?)\s+(?P<n1>nothing(?:\s+to(?=\s+say))?|not\s+a\s+word)\b", ""),
        (r"\bma(?:d?e|kes?)\s+(?P<n1>no|not\s+a\s+single)\s+(?=mention|reference|allusion)", ""),
        (
            r"\b(?P<s>(?:(?:are|were|was|is|remain(?:s|ed)?|kept|keeps?|stay(?:s|ed)?|fell)\s+)?(?:silent|quiet|mute))\b",
            "spoke",
        ),
        (r"\b(?P<s>(?:fail(?:s|ed)?|omit(?:s|ted)?|neglect(?:s|ed)?)\s+to)\b", "did"),
    ),
    "fr": (
        (
            rf"(?<!\w)(?P<n1>n(?:e\s+|'))(?:(?:s'|se\s+|en\s+|y\s+)*(?:ont|a|avaient|avait|aient|sont|etaient)|(?:s'|se\s+)?{_FR_SAY})\s+(?P<n2>(?:pas|rien|jamais|aucunement)(?:\s+(?:encore|du\s+tout))?|(?<=fait\s)aucune|(?<=font\s)aucune)(?!\w)",
            "",
        ),
        (r"(?<!\w)(?P<n1>n'(?=ont|a\s))(?:ont|a)\s+fait\s+(?P<n2>aucune)\s+(?=mention|reference|allusion)", ""),
        (
            r"(?<!\w)(?P<s>(?:(?:sont|est|etaient)\s+)?(?:rest\w+\s+)?(?:muet\w*|silencieu\w+)|(?:ont|a)\s+garde\s+le\s+silence|se\s+(?:sont|est)\s+tu\w*|(?:ont|a)\s+passe\s+sous\s+silence(?=\s+))(?!\w)",
            "ont parlé",
        ),
        (r"(?<!\w)(?:ont|a|avaient)\s+(?P<s>omis\s+de\s+(?:mentionner|citer|evoquer|parler))(?!\w)", "mentionné"),
    ),
    "es": (
        (
            rf"(?<!\w)(?P<n1>no|nunca|jamas)\s+(?=(?:se\s+)?(?:h[ae]n?\s+|habian?\s+)?{_ES_SAY})(?:(?:\w+\s+){{1,3}}?(?P<n2>nada|ninguna?|en\s+absoluto)(?!\w))?",
            "",
        ),
        (
            r"(?<!\w)(?P<s>(?:guard(?:aron|o)|mantuv(?:ieron|o))\s+silencio|(?:permaneci|qued)\w+\s+(?:en\s+silencio|callad\w+)|call(?:aron|o))(?!\w)",
            "hablaron",
        ),
        (r"(?<!\w)(?P<s>omiti(?:eron|o)\s+(?:mencionar|citar)|dej(?:aron|o)\s+de\s+mencionar)(?!\w)", "mencionaron"),
    ),
    "ru": (
        (
            rf"(?<!\w)(?P<n1>(?:(?:ничего|ни\s+разу|никогда|вообще|совсем)\s+)?не)\s+(?={_RU_SAY}){_RU_SAY}(?P<n2>\s+(?:ничего|ни\s+разу|ни\s+слова))?",
            "",
        ),
        (r"(?<!\w)(?P<s>промолчал\w*|умолчал\w*|молчал\w*|хранил\w*\s+молчание)(?!\w)", "говорили"),
    ),
    "ar": (
        (r"(?<!\w)(?P<s>(?:لم|لا)\s+[تي]تطرق\w*)(?!\w)", "تطرقت"),
        (r"(?<!\w)(?P<s>(?:لم|لا)\s+[تي]شي?ر\w*)(?!\w)", "أشارت"),
        (r"(?<!\w)(?P<s>(?:لم|لا)\s+[تي]تحدث\w*)(?!\w)", "تحدثت"),
        (r"(?<!\w)(?P<s>(?:لم|لا)\s+[تي]قو?ل\w*(?:\s+(?:اي\s+)?(?:شيئا|شيء))?)(?!\w)", "قالت"),
        (r"(?<!\w)من\s+(?P<s>لم\s+يذكر)(?!\w)", "ذكر"),
        (r"(?<!\w)(?P<s>(?:لم|لا)\s+[تي]ذكر\w*)(?!\w)", "ذكرت"),
        (r"(?<!\w)(?P<s>(?:سكتت|صمتت|التزمت\s+الصمت))(?!\w)", "تحدثت"),
        (r"(?<!\w)(?P<n1>لم|لا)\s+(?=[تي](?:ؤيد|عارض|نتقد|دين|دعم|رفض|طالب|قترح|ثر|ثير|تناول))", ""),
    ),
    "zh": (
        (r"(?P<s>只字未提|闭口不谈|避而不谈|不提(?![供出议高])|不谈)", "提到"),
        (r"(?P<s>保持沉默|沉默不语|默不作声)", "发言"),
        (rf"(?<!有)(?P<n1>没有?|未(?:曾|有)?|从未|从没有?|从来没有?|不曾)(?=(?:对[^，。？?]{{1,14}}?)?{_ZH_SAY})", ""),
    ),
}
# Verbs before which a negation is that of the question; after one of them it belongs to what was said.
_SAID: Final[dict[str, str]] = {
    "en": r"\b(?:sa(?:id|ys?)|stated|mention\w*|sp(?:oke|eaks?)|claim\w*|argu\w+|declar\w+|not(?:ed|es)|complain\w*"
    r"|regret\w*|critici\w+|support\w*|call(?:ed|s)?|believe\w*|think|consider\w*|condemn\w*|oppos\w+)\b",
    "fr": r"(?<!\w)(?:(?:ont|a|avaient)\s+\w+|disent|affirment|pensent|estiment|soutiennent|mentionnent)(?!\w)",
    "es": r"(?<!\w)(?:dijeron|dicen|dijo|afirma\w*|mencion(?:aron|an|o)|habla(?:ron|n)|sostien\w+|considera\w*"
    r"|critica\w*|lamenta\w*)(?!\w)",
    "ru": r"(?<!\w)(?:сказал|заявил|заявля|счита|говорил|упомянул|утвержда|отметил|осудил|критик)\w*",
    "ar": r"(?<!\w)(?:قالت|قال|ذكرت|ذكر|صرحت|اكدت|تحدثت|اعتبرت|انتقدت)(?!\w)",
    "zh": r"(?:说|表示|认为|指出|提到|批评|谴责)",
}


def strip_negation(question: str, language: str) -> str | None:
    """Returns a question without its negation; None where what it asks is not negated.

    Args:
        question: The question.
        language: ISO 639-1 code of its language, one of the six.
    """
    text = fold_accents(question)
    for pattern, instead in _NEGATIONS[language]:
        found = re.search(pattern, text, re.IGNORECASE)
        if found is None or re.search(_SAID[language], text[: found.start()], re.IGNORECASE):
            continue
        groups = [name for name, value in found.groupdict().items() if value]
        for name in sorted(groups, key=found.start, reverse=True):
            start, end = found.span(name)
            question = f"{question[:start]}{instead if name == 's' else ''}{question[end:]}"
        return re.sub(r"[ \t]{2,}", " ", question)
    return None
