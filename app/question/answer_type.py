"""Expected answer type: the kind of thing that a question asks for, such as a number, in six languages.

"How many ships were inspected?" asks for a number. `app.answering.answer_type_check` checks evidence for one.
"""

import re
from typing import Final

from app.question.frames import fold_accents
from app.records import Missing


def _asks(*forms: str) -> re.Pattern[str]:
    return re.compile(fold_accents("|".join(forms)), re.IGNORECASE)


# A question word that opens the question or a part of it.
_OPENS: Final = r"(?:^\W*|[,;:¿]\s*|\b(?:and|since|until|by|from|et|y|и|а)\s+|و)"
# How questions ask, in the order in which a question is read.
ASKED: Final[dict[Missing, re.Pattern[str]]] = {
    "number": _asks(
        r"\b(?:how many|how much|what (?:number|percentage|percent|proportion|share|amount|rate|sum|figure)|what is the (?:number|amount|share|rate|size) of)\b",
        r"\b(?:combien|quel(?:le)?\s+(?:est\s+)?(?:le\s+|la\s+)?(?:nombre|pourcentage|proportion|montant|taux|part|somme|chiffre))\b",
        r"\b(?:cu[áa]nt[oa]s?|(?:qu[ée]|cu[áa]l\s+es(?:\s+el|\s+la)?)\s+(?:n[úu]mero|porcentaje|proporci[óo]n|cantidad|monto|tasa|suma|cifra))\b",
        r"\bсколько\b|\bкак(?:ое|ова|ов|ой|ая|ую)\s+(?:количество|число|процент|дол[яю]|сумм[ау]|размер)",
        r"(?<!\w)(?:و)?(?:كم|ما\s+(?:هو\s+|هي\s+)?(?:عدد|نسبة|مقدار|مبلغ|حجم|قيمة))(?!\w)",
        r"多少|几(?:个|名|项|次|份|起|人|位|艘|吨|国|件)|(?:数量|比例|数额|金额|百分比)是",
    ),
    "date": _asks(
        rf"{_OPENS}(?:when|quand|cu[áa]ndo|когда)\b|\b(?:since|until) when\b|\b(?:what|which) (?:date|year|day|month)\b",
        r"\b(?:quelle\s+(?:date|année)|quel\s+(?:jour|mois)|depuis\s+quand|jusqu'à\s+quand)\b",
        r"\b(?:qu[ée]\s+(?:fecha|año|d[íi]a|mes)|desde\s+cu[áa]ndo|hasta\s+cu[áa]ndo)\b",
        r"\b(?:как(?:ом|ого)\s+(?:году|года|числа|месяц\w*)|с\s+каких\s+пор|до\s+каких\s+пор|как(?:ая|ую|ой)\s+дат\w+)\b",
        r"متى|(?<!\w)أي\s+(?:عام|سنة|تاريخ|يوم|شهر)(?!\w)",
        r"何时|什么时候|哪(?:一)?(?:年|天|日|个月)|几(?:年|月|号)|什么日期",
    ),
    "reason": _asks(
        r"\b(?:why|what (?:are the |is the |were the )?(?:reasons?|grounds|justification)|for (?:what|which) reasons?|on what grounds|how come)\b",
        r"\b(?:pourquoi|(?:pour|quelles?)\s+(?:quelles?|sont\s+les|est\s+la)\s+raisons?|quel(?:le)?s?\s+(?:raisons?|motifs?))\b",
        rf"{_OPENS}por\s+qu[ée]\b|\b(?:qu[ée]\s+(?:razones|raz[óo]n|motivos?)|cu[áa]l(?:es)?\s+(?:es|son)\s+(?:la|el|las|los)\s+(?:raz[óo]n|razones|motivos?))\b",
        r"\b(?:почему|зачем|отчего|по\s+как(?:ой|им)\s+причин\w+|из-за\s+чего|каков[ыа]\s+причин\w+)\b",
        r"(?<!\w)(?:و)?(?:لماذا|لم(?=\s+[تي])|ما\s+(?:هو\s+|هي\s+)?(?:ال)?(?:سبب|أسباب|دوافع))(?!\w)",
        r"为什么|为何|什么原因|原因是|因何|何以|理由是",
    ),
    "article": _asks(
        r"\b(?:which|what) articles?\b",
        r"\bquels?\s+(?:sont\s+les\s+)?articles?\b",
        r"\b(?:qu[ée]|cu[áa]l(?:es)?(?:\s+(?:es\s+el|son\s+los))?)\s+art[íi]culos?\b",
        r"\bкак(?:ая|ую|ой|ие|их|ую|им|ими)\s+стат\w+",
        r"(?<!\w)(?:أي(?:ة)?\s+(?:مادة|مواد|المواد)|ما\s+هي\s+(?:المادة|المواد))(?!\w)",
        r"哪(?:一|几|些)?条|第几条|哪些条[款文]",
    ),
    "state": _asks(
        r"\b(?:which|what) (?:other )?(?:states?|countr(?:y|ies)|jurisdictions?|neighbou?rs?|nations?)\b",
        r"\bquel(?:s|le|les)?\s+(?:autres?\s+)?(?:états?|pays|voisins?)\b",
        r"\b(?:qu[ée]|cu[áa]l(?:es)?)\s+(?:otros?\s+)?(?:pa[íi]s(?:es)?|estados?|vecinos?)\b",
        r"\bкак(?:ое|ие|им|ими|их|ого|ая|ой|ую|ом)\s+(?:друг\w+\s+)?(?:государств\w*|стран\w*)",
        r"(?<!\w)(?:أي|ما\s+هي)\s+(?:ال)?(?:دولة|دول|بلد|بلدان)(?!\w)",
        r"哪(?:个|些|几个|一)?国家?",
    ),
    "name": _asks(
        r"\b(?:who(?:m)? (?:is|was|are|were|did \w+ (?:name|appoint|mention))|by name|names? of|named|what is \w+ called)\b",
        r"\b(?:qui\s+(?:est|sont|était|étaient)|comment\s+s'appelle\w*|quels?\s+(?:est|sont)\s+(?:le|les)\s+noms?|nommément|par\s+(?:son|leur)\s+nom)\b",
        r"\b(?:qui[ée]n(?:es)?\s+(?:es|son|era|eran|fue|fueron)|c[óo]mo\s+se\s+llama\w*|cu[áa]l(?:es)?\s+(?:es|son)\s+(?:el|los)\s+nombres?|por\s+su\s+nombre)\b",
        r"\b(?:кто\s+(?:такой|такая|такие|является|был[аи]?)|как\s+(?:зовут|называ\w+)|каково\s+имя|имя|имена|поименно)\b",
        r"(?<!\w)(?:من\s+(?:هو|هي|هم|كان|كانت|كانوا)|ما\s+(?:هو\s+|هي\s+)?(?:اسم|أسماء)|بالاسم)(?!\w)",
        r"(?:谁是|是谁|叫什么|什么名字|名字是|名称是|姓名|点名)",
    ),
}
# "When did Iran last mention it?": the statement's own date answers.
_WHEN_SAID: Final = _asks(
    r"\bwhen (?:did|has|had)\b.{0,60}?\b(?:say|said|mention(?:ed)?|speak|spoken|talk(?:ed)?|state[d]?|raise[d]?|comment(?:ed)?|refer(?:red)?)\b",
    r"\bquand\b.{0,60}\b(?:dit|parlé|mentionné|déclaré|évoqué)\b|\bcu[áa]ndo\s+(?:dijo|habl[óo]|mencion[óo]|declar[óo]|se\s+refiri[óo])\b",
    r"\bкогда\b.{0,60}(?:сказал|говорил|заявил|упомян|упомина)|متى\s+(?:قال|تحدث|ذكر|صرح)|(?:何时|什么时候)(?:说|提到|谈到|表示)",
)


def find_answer_type(question: str) -> Missing | None:
    """Returns the kind of thing that a question asks for, if it names one.

    Who said something is a question for States, and when something was said is answered by the statement's date.
    """
    text = fold_accents(question)
    found = next((kind for kind, pattern in ASKED.items() if pattern.search(text)), None)
    return None if found == "date" and _WHEN_SAID.search(text) else found
