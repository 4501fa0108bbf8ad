"""Time and venue: the bodies, sessions, dates and years that a question names, in six languages.

"At the tenth session, in October 2020" gives session 10 and the year 2020.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.question.frames import fold_accents
from app.records import Pick
from ingest.language.dates import find_dates
from ingest.language.ordinals import find_session_mentions
from ingest.metadata.sessions import GENERAL_ASSEMBLY, UNTOC_COP, BodyMatch, find_bodies, load_sessions

FIRST_YEAR: Final = 1946
LAST_YEAR: Final = 2035
_YEAR: Final = r"(?:19[4-9]\d|20[0-3]\d)"
# Words that stand by a year in Russian, Arabic and Chinese and say nothing more.
_AFTER_YEAR: Final = r"(?:\s*(?:году|года|годов|годы|год|годах|гг?\.)(?!\w)|\s*年)?"
_BEFORE_YEAR: Final = r"(?:(?:\b(?:ال)?(?:عام[يى]?|سن[هة]|الأعوام|السنوات)|\b(?:the\s+)?years?|\bl'ann[ée]e|\bles\s+années|\b(?:el|los)\s+años?)\s+)?"


def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(fold_accents(form), re.IGNORECASE)


_RANGE: Final = _pattern(
    rf"(?:\b(?:from|between|de|entre|desde|с|между|от|من|بين|из)\s+)?{_BEFORE_YEAR}(?<!\d)(?P<first>{_YEAR}){_AFTER_YEAR}\s*(?:[-–—]|\b(?:to|and|until|through|till|à|et|a|y|hasta|по|до|и|إلى)\b|و(?=\d)|و(?=عام)|至|到|和|与)\s*{_BEFORE_YEAR}(?P<last>{_YEAR})(?!\d){_AFTER_YEAR}"
)
# A list of two years is no range: "in 2016 and 2020", "2016年和2020年".
_SPANNED: Final = _pattern(
    r"(?:from|between|entre|desde|с|между|от|من|بين)(?!\w)|.*(?:[-–—至到]|\b(?:to|until|through|till|à|a|hasta|по|до|إلى)\b)"
)
_SINCE: Final = _pattern(
    rf"(?:\b(?P<after>after|après|después\s+de(?:l\s+año)?|после)|\b(?:since|depuis|à\s+partir\s+de|desde|a\s+partir\s+de|с|начиная\s+с|from(?=\s+{_YEAR}\s+on))|(?P<after_ar>بعد)|منذ|من\s+بعد|自从?|从)\s*{_BEFORE_YEAR}(?P<year>{_YEAR})(?!\d){_AFTER_YEAR}(?:\s*(?:on|onwards?)\b|\s*(?:以来|起|之?后|以后))?"
    rf"|(?<!\d)(?P<year_zh>{_YEAR})年?(?:以来|起(?!草|诉)|(?P<after_zh>之?后|以后))"
)
_BEFORE: Final = _pattern(
    rf"(?:\b(?P<until>until|till|up\s+to|through|jusqu'(?:en|à)|hasta)|\b(?:before|prior\s+to|avant|antes\s+de(?:l\s+año)?|до|ранее)|(?P<until_ar>حتى)|قبل|(?P<until_zh>截至|直到|到))\s*{_BEFORE_YEAR}(?P<year>{_YEAR})(?!\d){_AFTER_YEAR}(?:\s*(?:之前|以前|前|为止))?"
    rf"|(?<!\d)(?P<year_zh>{_YEAR})年?(?:之前|以前|前(?!后))"
)
_DECADE: Final = _pattern(
    r"\b(?:the\s+|les\s+|los\s+|las\s+)?(?:années\s+|años\s+|décadas?\s+de\s+)?(?P<decade>(?:19[5-9]|20[0-3])0)(?:'?s\b|-?(?:е|х|ых)\b(?:\s*(?:годы|годах|годов|гг?\.))?|年代)"
    r"|\b(?:les\s+années|(?:los\s+)?años|la\s+década\s+de(?:\s+los)?)\s+(?P<decade_word>(?:19[5-9]|20[0-3])0)\b"
    r"|\b(?:the\s+(?:nineteen\s+)?|les\s+années\s+|los\s+años\s+)(?P<nineties>nineties|quatre-vingt-dix|noventa)\b|(?P<nineties_zh>20世纪90年代|(?<!\d)90年代)|(?P<nineties_ar>(?:ال)?تسعين[يا]ات?)|(?P<nineties_ru>девяност\w+\s+год\w+|90-[хе]\s+год\w+)"
)
_SINGLE: Final = _pattern(rf"{_BEFORE_YEAR}(?<![\d/.,-])(?P<year>{_YEAR})(?![\d/]|-\d|[.,]\d){_AFTER_YEAR}")
_MONTHS: Final = (
    r"january|janvier|enero|январ[ьяе]|يناير|كانون الثاني|(?:jan|janv|ene|янв)\b\.?",
    r"february|février|febrero|феврал[ьяе]|فبراير|شباط|(?:feb|févr|fév|февр?)\b\.?",
    r"march|mars|marzo|март[ае]?|مارس|آذار|(?:mar)\b\.?",
    r"april|avril|abril|апрел[ьяе]|أبريل|نيسان|(?:apr|avr|abr|апр)\b\.?",
    r"may|mai|mayo|ма[йяе]|مايو|أيار",
    r"june|juin|junio|июн[ьяе]|يونيو|يونيه|حزيران|(?:jun|июн)\b\.?",
    r"july|juillet|julio|июл[ьяе]|يوليو|يوليه|تموز|(?:jul|juil|июл)\b\.?",
    r"august|août|agosto|август[ае]?|أغسطس|آب|(?:aug|ago|авг)\b\.?",
    r"september|septembre|septiembre|setiembre|сентябр[ьяе]|سبتمبر|أيلول|(?:sept?|сент?)\b\.?",
    r"october|octobre|octubre|октябр[ьяе]|أكتوبر|تشرين الأول|(?:oct|окт)\b\.?",
    r"november|novembre|noviembre|ноябр[ьяе]|نوفمبر|تشرين الثاني|(?:nov|нояб?)\b\.?",
    r"december|décembre|diciembre|декабр[ьяе]|ديسمبر|كانون الأول|(?:dec|déc|dic|дек)\b\.?",
)
_MONTH_NAME: Final = "|".join(f"(?:{names})" for names in _MONTHS)
_MONTH_ENDS: Final = [re.compile(fold_accents(rf"(?:{names})"), re.IGNORECASE) for names in _MONTHS]
# "October 2020", "octobre 2020", "octubre de 2020", "October and November 2020"; a day may stand before it.
_MONTH: Final = _pattern(
    rf"(?:(?<!\d)\d{{1,2}}(?:st|nd|rd|th|er|º)?(?:\s*[-–]\s*\d{{1,2}})?\s+(?:de\s+|of\s+)?)?(?<!\w)(?P<months>(?:{_MONTH_NAME})(?:\s*(?:and|to|et|y|a|à|и|و|-|–|/|or)\s*(?:{_MONTH_NAME}))?)"
    rf"\s*,?\s*(?:of\s+|de\s+|del\s+|من\s+|عام\s+)?(?P<year>{_YEAR})(?!\d){_AFTER_YEAR}|(?<!\d)(?P<year_zh>{_YEAR})年(?P<number_zh>1[0-2]|[1-9])月(?:份)?"
    rf"|(?<![\d-])(?P<year_iso>{_YEAR})-(?P<number_iso>0[1-9]|1[0-2])(?![\d-])"
    rf"|(?<![\d/.-])(?P<number_slash>0?[1-9]|1[0-2])[/.](?P<year_slash>{_YEAR})(?![\d/-]|\.\d)"
)
_DAY: Final = r"(?:\d{1,2}(?:st|nd|rd|th|er|º)?\s+(?:de\s+|of\s+)?)?"


def _month_of_year(end: str) -> str:
    return (
        rf"(?:{_DAY}(?P<name_{end}>{_MONTH_NAME})\s*,?\s*(?:of\s+|de\s+|del\s+|من\s+|عام\s+)?(?P<year_{end}>{_YEAR})(?!\d){_AFTER_YEAR}"
        rf"|(?<!\d)(?P<year_zh_{end}>{_YEAR})年(?P<number_zh_{end}>1[0-2]|[1-9])月(?:份)?"
        rf"|(?<![\d/])(?P<number_{end}>0?[1-9]|1[0-2])/(?P<year_slash_{end}>{_YEAR})(?![\d/]))"
    )


# "between October 2015 and October 2021"; without "between" an "and" joins two months.
_MONTH_SPAN: Final = _pattern(
    rf"(?:(?P<between>\b(?:between|from|entre|desde|между|since|с|de)|(?<!\w)(?:بين|من|منذ)|从|自)\s*(?:the\s+|le\s+|el\s+|du\s+)?)?{_month_of_year('first')}"
    r"\s*(?:(?P<to>[-–—至到]|\b(?:to|until|through|till|à|a|au|al?|hasta|по|до)\b|(?<!\w)(?:إلى|حتى)(?!\w))|\b(?:and|et|y|и)\b|و|和|与)\s*(?:the\s+|le\s+|el\s+)?"
    + _month_of_year("last")
)
# "2017/18" and "2010-12"; "2020-10" is a month.
_SHORT_SPAN: Final = _pattern(rf"(?<![\d/.-])(?P<first>{_YEAR})\s?[-–/]\s?(?P<last>\d{{2}})(?![\d/-]|[.,]\d)")
_LONGEST_SHORT_SPAN: Final = 15
_SLASHED: Final = re.compile(rf"(?<![\d/])(?P<first>{_YEAR})/(?={_YEAR}(?![\d/]))")
# What a question says of time and this reads no year from: "over the last five years".
_MANY: Final = r"(?:\w+\s+){0,2}?"
_RELATIVE: Final = _pattern(
    rf"\b(?:(?:in|over|during|for|within|throughout)\s+)?(?:the\s+)?(?:last|past|recent|previous)\s+{_MANY}(?:years|decades|months|sessions)\b"
    rf"|\b(?:(?:au\s+cours\s+d|pendant|durant|lors\s+d)?(?:es|e\s+ces|e)?\s*)?\b(?:ces|les|des)\s+{_MANY}dernières?\s+(?:années|décennies|sessions)|\bces\s+derniers\s+mois\b"
    rf"|\b(?:(?:en|durante|a\s+lo\s+largo\s+de)\s+)?(?:los|las)\s+(?:{_MANY}[úu]ltim[oa]s|[úu]ltim[oa]s\s+{_MANY})\s*(?:años|d[ée]cadas|meses|sesiones)\b"
    rf"|(?:\b(?:за|в|в\s+течение)\s+)?\bпоследн(?:ие|их)\s+{_MANY}(?:лет|годы|года|годов|месяц\w*|десятилети\w+)(?!\w)"
    r"|(?:(?:في|خلال)\s+)?(?:ال)?(?:سنوات|أعوام|أشهر|عقود)\s+(?:ال\w+\s+)?(?:ال)?(?:أخيرة|ماضية)"
    r"|(?:在)?(?:最近|过去|近)(?:的)?(?:[一二两三四五六七八九十几\d]+)(?:年|个月)(?:来|间|里|中|内)?|近年来?"
)
_OPEN_BEFORE: Final = _pattern(
    r"(?:\b(?:since|after|depuis|après|à\s+partir\s+d[e']|desde|a\s+partir\s+de|после|с|начиная\s+с|before|until|avant|jusqu'[àe]n?|antes\s+de|hasta|до)|منذ|بعد|قبل|حتى|自从?|截至)\s*$"
)
_TOPIC_BEFORE: Final = _pattern(
    r"\b(?:about|on|upon|regarding|concerning|over|toward|towards|reform(?:ing)?|revitali[sz]\w+|role|work|strengthen\w*|enlarg\w*"
    r"|expan\w+|composition|membership|authority|sur|réforme|rôle|sobre|reforma|papel|о|об|реформ\w+)\s+(?:of\s+|du\s+|de\s+la\s+|de\s+l'|del\s+|de\s+)?(?:the\s+|le\s+|la\s+|l'|el\s+)?$"
)
_TOPIC_AFTER: Final = _pattern(
    r"^(?:'s?)?\s+(?:reform\w*|resolutions?|enlargement|expansion|membership|seats?|permanent|veto|role|work|revitali\w+)\b"
)
_STATEMENT: Final = r"(?:statements?|speech(?:es)?|address|intervention|remarks|debate|session|contribution|words)"
_STATEMENT_AFTER: Final = _pattern(
    rf"^\s+(?:(?:un|united nations|general|debate|assembly|unga|own|official|opening)\s+)*{_STATEMENT}\b"
)
# A year that belongs to what is spoken of: "the 1995 conference on women"; not "the 2016 and 2018 statements".
_NAMES_TOPIC: Final = _pattern(r"\b(?:the|an?|this|that|those|these)\s+$")
_NOUN_AFTER: Final = _pattern(
    r"^(?:-\w+)?\s+(?!(?:and|or|to|until|through|on|about|in|at|of|for|from|by|with|did|does|has|had|was|were|is|are|meetings?|conference of the|review)\b)[^\W\d]"
)
_LISTED: Final = re.compile(r"\s*(?:[,/]|and|or|,\s*and)\s*")
# "the summit of 1992", "конференция 1995 года": the occasion where the question names no other.
_OF: Final = _pattern(r"(?:\b(?:of|de|du|del)|(?<=[а-я])(?<!\bв)(?<!\bс)(?<!\bи))\s+$")
# Between a session and its year: "at the tenth session, in 2020".
_BESIDE: Final = _pattern(
    r"[\s,()]*(?:\b(?:in|of|at|the|its|during|held|en|de|du|del|la|le|el|lors|в|на|году?|года)\b[\s,()]*|في|عام|年|在|\x00)*"
)
_SAID_AT: Final = r"(?:statements?|speech(?:es)?|address|interventions?|remarks|declarations?|contribution|session|meeting|position|comments?)"
_FR_SAID: Final = r"(?:déclarations?|discours|interventions?|allocution|session|réunion|prise\s+de\s+parole|position)"
_ES_SAID: Final = r"(?:declaraci[óo]n|discurso|intervenci[óo]n|sesi[óo]n|per[íi]odo\s+de\s+sesiones|reuni[óo]n|alocuci[óo]n|posici[óo]n)"
_RU_SAID: Final = r"(?:заявлени\w+|выступлени\w+|реч(?:и|ь|ью)|сесси\w+|совещани\w+|позици\w+)"
_AR_SAID: Final = r"(?:ال)?(?:بيان|كلم[هةت]|خطاب|تصريح|دور[هة]|مداخل[هةت]|اجتماع|موقف)(?:ها|هم|ه)?"
_ZH_SAID: Final = r"(?:声明|发言|讲话|表态|会议|届会)"
# A number or a year between the two says that no single statement is meant: "the last two statements", "last year's".
_BETWEEN: Final = r"(?:(?!two|three|four|few|years?)[\w\x00]+\s+){0,2}?"
_PICKS: Final[tuple[tuple[Pick, re.Pattern[str]], ...]] = (
    (
        "latest",
        _pattern(
            rf"\b(?:(?:its|their|his|her|the|a)\s+)?(?:most\s+recent|latest|last|newest)\s+{_BETWEEN}{_SAID_AT}\b|\b(?:sa|son|leur|la|le|l')\s*(?:toute\s+)?(?:dernière?|plus\s+récente?)\s+{_FR_SAID}\b|\bdernière?\s+{_FR_SAID}\b"
            rf"|\b{_FR_SAID}\s+(?:la|le)\s+plus\s+récente?\b|\b(?:(?:su|la|el)\s+)?(?:m[áa]s\s+reciente|[úu]ltim[oa])\s+{_ES_SAID}\b|\b{_ES_SAID}\s+m[áa]s\s+reciente\b"
            rf"|\b(?:сам\w+\s+)?последн\w+\s+(?:\w+\s+)?{_RU_SAID}|{_AR_SAID}\s+(?:ال)?(?:أخير[هة]?|أحدث)|(?:أحدث|آخر)\s+{_AR_SAID}|(?:最近|最新|最后|上)(?:的)?(?:一次|一届|一份|一篇)?(?:的)?{_ZH_SAID}|(?:最近|最后)一(?:次|届|份)"
        ),
    ),
    (
        "earliest",
        _pattern(
            rf"\b(?:(?:its|their|his|her|the)\s+)?(?:very\s+)?(?:first|earliest|oldest|initial)\s+{_BETWEEN}(?:statement|speech|address|intervention|remarks|declaration|position)\b"
            rf"|\b(?:(?:sa|son|leur|la|le)\s+)?(?:toute\s+)?(?:premi[eè]re?|plus\s+ancienne?)\s+(?:déclaration|discours|intervention|allocution|prise\s+de\s+parole|position)\b|\b(?:(?:su|la|el)\s+)?primer[oa]?\s+(?:declaraci[óo]n|discurso|intervenci[óo]n|alocuci[óo]n|posici[óo]n)\b"
            rf"|\b(?:сам\w+\s+)?перв\w+\s+(?:заявлени\w+|выступлени\w+|реч\w+)|(?:بيان|كلم[هةت]|خطاب|تصريح)(?:ها|هم|ه)?\s+الأولى?(?!\w)|(?<!\w)أول\s+(?:بيان|كلم[هة]|خطاب|تصريح)\w*|(?:最早|首次|第一次|最初)(?:的)?(?:一次|一份)?(?:的)?(?:声明|发言|讲话|表态)"
        ),
    ),
)
_SAYS: Final = r"(?:say|said|mention|speak|spoke|address|refer|raise|comment|discuss|talk|touch|state|call|take)"
# Where no word for a statement follows: "most recently"; and, in a question for when, "did Mali last mention it".
_TIMES: Final[tuple[tuple[Pick, re.Pattern[str], re.Pattern[str]], ...]] = (
    (
        "latest",
        _pattern(
            r"\bmost\s+recently\b(?!\s+(?:adopted|published|established|acceded|joined|ratified))|\ble\s+plus\s+récemment\b|\bm[áa]s\s+recientemente\b|\bв\s+последний\s+раз\b|(?<!\w)لآخر\s+مرة(?!\w)|最近一次|最后一次"
            r"|\b(?:most\s+recent|latest|last)\s+(?:mentions?|references?)(?:\s+(?:of|to))?\b|\b(?:dernière\s+mention|última\s+mención)(?:\s+d[eu])?\b"
        ),
        _pattern(
            rf"\b(?:for\s+the\s+last\s+time|pour\s+la\s+dernière\s+fois|por\s+última\s+vez)\b|\blast\b(?=\s+{_SAYS})"
        ),
    ),
    (
        "earliest",
        _pattern(
            r"\b(?:very\s+)?(?:first|earliest)\s+(?:mentions?|references?)(?:\s+(?:of|to))?\b|\b(?:première\s+mention|primera\s+mención)(?:\s+d[eu])?\b"
        ),
        _pattern(
            r"\b(?:for\s+the\s+first\s+time|pour\s+la\s+première\s+fois|por\s+primera\s+vez)\b|\b(?:впервые|в\s+первый\s+раз)\b|(?<!\w)لأول\s+مرة(?!\w)|首次|第一次"
            rf"|\bfirst\b(?=\s+{_SAYS})"
        ),
    ),
)
_WHEN: Final = _pattern(
    r"^\W*(?:(?:and|et|y|а|и|و)\s+)?(?:when|quand|cuando|когда|متى|what\s+(?:year|session)|at\s+which\s+session|в\s+каком\s+году|(?:en\s+)?que\s+(?:año|sesion)|(?:en\s+)?quelle\s+(?:année|session))(?!\w)|什么时候|何时|哪一?年"
)
_WHEN_ZH: Final = re.compile(r"(?:是)?(?:在)?(?:什么时候|何时|哪一?年)")
_OPEN_PICK: Final[dict[Pick, re.Pattern[str]]] = {
    "latest": _pattern(
        r"(?:\b(?:before|until|after|prior\s+to|avant|après|antes\s+de|después\s+de|до|перед|после)|(?<!\w)(?:قبل|بعد))\s*$"
    ),
    "earliest": _pattern(r"(?:\b(?:since|after|depuis|après|desde|después\s+de|с|после)|(?<!\w)(?:منذ|بعد)|自从?)\s*$"),
}
_LATEST_BODY: Final = _pattern(
    r"(?:\b(?:the\s+)?(?:most\s+recent|latest|last|newest)|\b(?:la\s+)?dernière|\bla\s+(?:última|más\s+reciente)|\bпоследн\w+|(?<!\w)آخر|上一?[届次]|最近一?[届次])(?:\s*的)?\s*$"
)
# The Conference where it is called by its short name, and its working groups in the other languages.
_COP: Final = re.compile(r"(?<![\w-])(?:the\s+)?COP(?:[\s-]?(?P<number>\d{1,2}))?(?![\w-])(?!\s*to\b)")
_CONFERENCE: Final = _pattern(
    r"\b(?:the\s+)?conference\s+of\s+(?:the\s+)?(?:states?\s+)?parties\b(?!\s+to)|\bconférence\s+des\s+(?:états\s+)?parties\b(?!\s+à)|\bconferencia\s+de\s+las\s+partes\b(?!\s+(?:en|de))"
    r"|\bконференци\w+\s+(?:государств\s*-?\s*)?участник\w+(?!\s+конвенци)|مؤتمر\s+(?:الدول\s+)?الأطراف(?!\s+في)|缔约(?:方|国)(?:会议|大会)"
)
_GROUP: Final = r"(?:groupe\s+de\s+travail\s+(?:sur|chargé\s+de)\s+(?:la\s+|l'|le\s+|les\s+)?|grupo\s+de\s+trabajo\s+(?:sobre|de)\s+(?:la\s+|el\s+|las\s+)?|рабоч\w+\s+групп\w+\s+по\s+(?:вопросам\s+)?|(?:ال|لل)?فريق\s+العامل\s+المعني\s+ب)"
_GROUPS: Final = {
    f"UNTOC Working Group on {subject}": _pattern(
        rf"\b{_GROUP}(?:{local})|{chinese}问?题?工作组|\bworking\s+group\s+on\s+(?:the\s+)?{subject}\b"
    )
    for subject, local, chinese in (
        (
            "International Cooperation",
            r"coop[ée]ration\s+internationale|cooperaci[óo]n\s+internacional|международно\w+\s+сотрудничеств\w+|التعاون\s+الدولي",
            "国际合作",
        ),
        (
            "Technical Assistance",
            r"assistance\s+technique|asistencia\s+t[ée]cnica|техническ\w+\s+помощ\w+|المساعدة\s+التقنية",
            "技术援助",
        ),
        (
            "Trafficking in Persons",
            r"traite\s+des\s+personnes|trata\s+de\s+personas|торговл\w+\s+людьми|الاتجار\s+بالأشخاص",
            "贩运人口",
        ),
        (
            "the Smuggling of Migrants",
            r"trafic\s+(?:illicite\s+)?de\s+migrants|tráfico\s+(?:ilícito\s+)?de\s+migrantes|незаконн\w+\s+ввоз\w+\s+мигрантов|تهريب\s+المهاجرين",
            "偷运移民",
        ),
        ("Firearms", r"armes\s+à\s+feu|armas\s+de\s+fuego|огнестрельн\w+\s+оружи\w+|الأسلحة\s+النارية", "枪支"),
    )
}
# Ordinals that texts do not write but people type: "Xe session", "COP X".
_ROMAN_SESSION: Final = re.compile(
    r"\b(?P<roman>[IVXL]{1,5})(?:e|ème|ª|º|th|-я|-й)?\s+(?:session|sesión|per[ií]odo\s+de\s+sesiones|сесси\w+)",
    re.IGNORECASE,
)
_PLAIN_SESSION: Final = _pattern(
    r"\b(?P<word>primer|segund|tercer|cuart|quint|sext|septim|octav|noven|decim|undecim|duodecim|deuxieme|troisieme|quatrieme|cinquieme|sixieme|septieme|huitieme"
    r"|neuvieme|dixieme|onzieme|douzieme)[oa]?\s+(?:session|sesion|periodo\s+de\s+sesiones)"
)
_WORD_NUMBERS: Final = {
    word: number
    for words in (
        "primer segund tercer cuart quint sext septim octav noven decim undecim duodecim",
        "- deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme onzieme douzieme",
    )
    for number, word in enumerate(words.split(), 1)
}
# The number that stands by a body's name: "the 11th COP", "UNGA 75", "the 10th meeting of the Working Group".
_SHORT_NAME: Final = re.compile(r"(?<![\w-])(?:UNGA|CCPCJ|CND|COSP|CoSP)(?=-?\d{1,3}(?!\w))")
_SHORT_BODIES: Final = {"UNGA": GENERAL_ASSEMBLY, "CCPCJ": "CCPCJ", "CND": "CND", "COSP": "UNCAC COSP"}
_MEETING: Final = _pattern(
    r"(?:(?:regular|annual|resumed)\s+)?(?:meetings?|réunions?|reuni[óo]n(?:es)?|совещани[еяию]|заседани[еяию])\s+(?:(?:of|de|du|des|del)\s+)?(?:(?:the|la|le|les|l'|el)\s*)?"
)
_ORDINAL_BEFORE: Final = re.compile(
    rf"(?P<item>(?<![\w.])\d{{1,3}}\s?(?:st|nd|rd|th|e|er|è?me|\.?[ºª°]|-?[йяе]|-?ая|-?ой|-?го|-?м|-?му|-?ей|-?ую)(?!\w)|(?<!\w)[^\W\d_]+(?:[\s-][^\W\d_]+){{0,2}}?)\s+(?P<meeting>{_MEETING.pattern})?$",
    re.IGNORECASE,
)
_MONTH_OR_COUNTED: Final = rf"(?i:(?!\s*(?:[-–/.]\s*\d|(?:de\s+)?(?:{_MONTH_NAME}))|\s+(?:states?|countries|members?|years?|parties|delegations)\b))"
_NUMBER_AFTER: Final = re.compile(
    fold_accents(
        rf"(?:\s?-\s?|\s*)(?:(?P<digits>\d{{1,3}})(?!\w)|(?P<roman>[VX]|[IVXLC]{{2,7}})(?!\w)){_MONTH_OR_COUNTED}"
    )
)
_AR_MEETING: Final = _pattern(
    r"(?:ال)?(?:اجتماع|مؤتمر)\s+(?P<word>(?:ال(?:أول|ثاني|ثالث|رابع|خامس|سادس|سابع|ثامن|تاسع|عاشر|حادي)(?:\s+عشر)?|\d{1,3}))(?!\w)"
)
# "المؤتمر الحادي عشر للأطراف": the number stands within the name.
_AR_PARTIES: Final = _pattern(r"(?<!\w)[وفبل]?(?:ال)?مؤتمر\s+ال\w+\s+(?:عشر\s+)?(?P<body>لل(?:دول\s+ال)?أطراف)(?!\w)")
_AR_MASCULINE: Final = [
    fold_accents(f"ال{word}") for word in "أول ثاني ثالث رابع خامس سادس سابع ثامن تاسع عاشر".split()
] + [fold_accents(f"ال{word} عشر") for word in "حادي ثاني ثالث رابع خامس سادس سابع ثامن تاسع".split()]
_ZH_MEETING: Final = re.compile(r"第\s*(?P<number>[\d零一二三四五六七八九十]{1,4})\s*次(?:会议|缔约方会议)")
_BARE_CONFERENCE: Final = re.compile(
    r"\s*(?:conference|conférence|conferencia|конференци[яиюей]+)(?!\w)(?!\s+(?:on|for|against|sur|pour|sobre|para|contra|по|о|об|of\s+(?!the\s+part))\b)",
    re.IGNORECASE,
)
# Sessions from or up to one: "since COP9", "before the tenth session". One speaks "before the Assembly", too.
_OPEN_SESSION: Final = _pattern(
    r"(?:\b(?P<after>after|following|après|después\s+de|tras|после)|\b(?P<since>since|from|depuis|dès|à\s+(?:partir|compter)\s+de|desde|a\s+partir\s+de|начиная\s+с|с)|(?P<since_ar>(?<!\w)(?:منذ|ابتداء\s+من)|自从?|从)|(?P<after_ar>(?<!\w)(?:من\s+)?بعد)"
    r"|(?<!statement )(?<!speech )(?<!address )(?<!spoke )(?<!speaking )(?<!remarks )\b(?P<before>before|prior\s+to|ahead\s+of|avant|antes\s+de|до|перед)|(?P<before_ar>(?<!\w)قبل)|\b(?P<until>until|till|up\s+to|through|jusqu'[aà]|hasta|вплоть\s+до)|(?P<until_ar>(?<!\w)حتى|截至|直到))"
    r"(?:l\b)?\s*(?:(?:the|its|their|la|le|l'|el|les|los|las|du|des|au)\b\s*)?[\s\x00]*(?:(?:the|la|le|el)\s+)?$"
)
_OPEN_AFTER: Final = re.compile(
    r"(?:会议|届会|大会)?(?:(?P<since>以来|起)|(?P<after>之后|以后|后)|(?P<before>之前|以前|前)|(?P<until>为止))"
    r"|\s*(?P<onwards>on(?:wards?)\b|and\s+(?:after|later|since)\b|et\s+après\b|en\s+adelante\b)"
)
_SESSIONS_ON: Final = 30
# Several sessions, "the 58th and 59th sessions", are read as if each stood alone.
_PLURALS: Final = (
    (re.compile(r"(?i)\b(per[ií]odo)s(?=\s+de\s+sesiones)"), r"\1 "),
    (re.compile(r"(?i)\b(session)s(?=\s+(?:no|nos)?\.?\s*\d)"), r"\1 "),
    (re.compile(r"(?i)\bsesiones(?=\s+\d)"), "sesión  "),
    (re.compile(r"(?i)(?<!\w)сесси(?:и|ях)(?=\s+(?:с\s+)?\d)"), lambda found: "сессия".ljust(len(found.group()))),
    (re.compile(r"(?<=دور)(?:تين|تان|ات)(?!\w)(?:\s+من(?=\s+\d))?"), lambda found: "ة".ljust(len(found.group()))),
    (re.compile(r"(?i)\bper[ií]odos?\s+de\s+sesiones(?=\s+\d)"), lambda found: "sesión".ljust(len(found.group()))),
    (re.compile(r"(?i)(?<=sesión)(\s+\d{1,3})[ºª°]"), r"\1 "),
)
_NUMBERED: Final = r"(?<![\d.])\d{1,3}(?!\d)\s?(?:st|nd|rd|th|e|è?me|[ºª°]|-?[йяе]|-?ая|-?ой)?(?!\w)"
_ARTICLE: Final = r"(?:(?:the|la|le|les|l'|el|los|las|de\s+la|du|del?)\s+)?"
_AND: Final = r"(?:\s*[,;/、]\s*(?:(?:and|et|y|и)\s+)?|\s+(?:and|or|et|ou|y|e|и|или)\s+|\s*و\s*|\s*[和与及]\s*)"
_TO: Final = r"(?:\s*[-–—]\s*|\s*[至到]\s*|\s+(?:(?:up\s+)?to|through|until|à|a|al|hasta|по|до|إلى|حتى)\s+)"
_BEFORE_SESSION: Final = re.compile(
    rf"(?P<item>{_NUMBERED}|(?<!\w)[^\W\d_]+(?:[\s-][^\W\d_]+){{0,2}}?)(?:{_AND}|{_TO}){_ARTICLE}$", re.IGNORECASE
)
_AFTER_SESSION: Final = re.compile(rf"(?:{_AND}|{_TO})(?:ال(?=\d))?(?P<item>{_NUMBERED}|ال\w+(?:\s+و?ال\w+)?)")
_ZH_PAIR: Final = re.compile(
    r"第\s*(?P<item>[\d零一二三四五六七八九十]{1,4})\s*(?:届(?:会议|会|大会)?)?\s*[、和与及至到–—-]\s*第?\s*(?P<last>[\d零一二三四五六七八九十]{1,4})\s*届"
)
_DASHED: Final = re.compile(r"(?i)\b(?:session|sesión|сессия|الدورة)\s+(?P<number>\d{1,3})(?=\s?[-–]\s?\d{1,3}(?!\d))")
_RANGED: Final = re.compile(rf"(?:会议|届会|大会|届)?{_TO}{_ARTICLE}第?\s*", re.IGNORECASE)
_BOTH_ENDS: Final = _pattern(r"(?:\b(?:between|entre|между)|(?<!\w)بين)\s+(?:(?:the|la|le|les|el|los|las)\s+)?$")
# A longer span of months is one of years.
_FEW_MONTHS: Final = 12
_ROMAN: Final = {"i": 1, "v": 5, "x": 10, "l": 50}
Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What a question says of the occasion, and where it says so.

    Attributes:
        months: Months of a year, such as `2020-10`; their years stand in `years` as well.
        pick: Only the last or the first statement is meant.
        picked: Those of the places where that stands: "the latest statement of" still says who follows.
        named: How many occasions are named one by one, such as two years of a comparison.
        spans: The places in the question that were read, as (start, end).
    """

    bodies: tuple[str, ...]
    sessions: tuple[str, ...]
    years: tuple[str, ...]
    months: tuple[str, ...] = ()
    pick: Pick | None = None
    picked: tuple[Span, ...] = ()
    named: int = 0
    spans: tuple[Span, ...]


def find_occasions(text: str) -> Occasion:
    """Finds bodies, sessions, dates, months and years in a question, and whether only the last or first counts.

    "since 2018" and "before 2001" become the years from or up to there; "the 1990s" ten years.
    """
    mentions = find_body_mentions(text)
    bodies = tuple(dict.fromkeys(body.body for body in mentions))
    # "COP10" names its session as well, which is read from the same place.
    named = [(body.start, body.end) for body in mentions if not text[body.start : body.end][-1].isdigit()]
    sessions, spans = _read_sessions(_blank(text, named), named)
    listed = len(sessions)
    sessions, spans = _opened(_blank(text, named), sessions, spans, bodies)
    spans = [*named, *spans]
    pick, asked = _read_pick(fold_accents(_blank(text, spans)), named)
    spans += asked
    if pick is not None:
        spans += [match.span() for match in _WHEN_ZH.finditer(_blank(text, spans))]
    months, spanned, found = _read_months(_blank(text, spans))
    spans += found
    spans += [match.span() for match in _RELATIVE.finditer(fold_accents(_blank(text, spans)))]
    # What is left of "since October 2020" is read as years.
    read = _read_years(fold_accents(_blank(text, spans)), beside=[span for span in spans if sessions])
    spans += [span for span, _ in read]
    years = sorted({year for _, each in read for year in each} | {int(month[:4]) for month in months} | spanned)
    return Occasion(
        bodies=bodies,
        sessions=sessions,
        years=tuple(str(year) for year in years),
        months=months,
        pick=pick,
        picked=tuple(asked),
        named=max(listed, len(read) if all(len(each) == 1 for _, each in read) else 0, len({m[:4] for m in months})),
        spans=tuple(sorted(spans)),
    )


def find_body_mentions(text: str) -> tuple[BodyMatch, ...]:
    """Finds the bodies that a question names as the place of a statement, not as its topic."""
    known = list(find_bodies(text))
    free = _blank(text, [(match.start, match.end) for match in known])
    more = [(found, UNTOC_COP) for found in _COP.finditer(free) if _held(found["number"])]
    more += [(found, _SHORT_BODIES[found.group().upper()]) for found in _SHORT_NAME.finditer(free)]
    more += [(found, UNTOC_COP) for found in _CONFERENCE.finditer(fold_accents(free))]
    more += [(found, body) for body, pattern in _GROUPS.items() for found in pattern.finditer(fold_accents(free))]
    known += [BodyMatch(start=found.start(), end=found.end(), body=body) for found, body in more]
    parties = _AR_PARTIES.finditer(fold_accents(free))
    known += [BodyMatch(start=found.start("body"), end=found.end("body"), body=UNTOC_COP) for found in parties]
    return tuple(match for match in known if not _is_topic(match, text))


def _held(number: str | None) -> bool:
    """The Conference has held few sessions: "COP26" is another one."""
    last = max(int(session.session) for session in load_sessions() if session.body == UNTOC_COP)
    return number is None or int(number) <= last + 2


def _read_sessions(text: str, named: "list[Span]") -> tuple[tuple[str, ...], list[Span]]:
    """Reads the sessions of a question in which the names of bodies, at `named`, are blanked."""
    text = plain_digits(text)
    for plural, single in _PLURALS:
        text = plural.sub(single, text)
    found = {(each.start, each.end): each.number for each in find_session_mentions(text)}
    found |= {match.span(): int(match["number"]) for match in _DASHED.finditer(text)}
    for pair in _ZH_PAIR.finditer(text):
        found[(pair.start(), pair.end("item"))] = find_session_mentions(f"第{pair['item']}届")[0].number
        found[(pair.start("last"), pair.end())] = find_session_mentions(f"第{pair['last']}届")[0].number
    for match in _ROMAN_SESSION.finditer(text):
        found.setdefault(match.span(), _roman(match["roman"]))
    for match in _PLAIN_SESSION.finditer(fold_accents(text)):
        found.setdefault(match.span(), _WORD_NUMBERS[match["word"].lower()])
    for span, number in _by_bodies(text, named):
        if all(span[1] <= start or end <= span[0] for start, end in found):
            found[span] = number
    for match in _COP.finditer(text):
        if match["number"] and not _held(match["number"]):
            found = {span: number for span, number in found.items() if not match.start() <= span[0] < match.end()}
    kept = {
        span: number
        for span, number in found.items()
        if not any(a <= span[0] and span[1] <= b and (a, b) != span for a, b in found)
    }
    return _listed(text, kept)


def _by_bodies(text: str, named: "list[Span]") -> list[tuple[Span, int]]:
    """Returns the sessions that a number beside the name of a body stands for: "the 11th COP", "UNGA 75"."""
    read: list[tuple[Span, int]] = []
    for start, end in [*named, *((match.start(), match.start()) for match in _BARE_CONFERENCE.finditer(text))]:
        bare = start == end
        before = _ORDINAL_BEFORE.search(text[:start] + (" " if bare else ""))
        number = _last_ordinal(before["item"]) if before else None
        if before is not None and number is not None:
            whole = _BARE_CONFERENCE.match(text, start) if bare else None
            read.append(((before.start("item") + number[0], whole.end() if whole else start), number[1]))
        after = None if bare else _NUMBER_AFTER.match(text, end)
        if after is not None:
            value = int(after["digits"]) if after["digits"] else _roman(after["roman"])
            read.append((after.span(), value))
    if named:
        for match in _AR_MEETING.finditer(fold_accents(text)):
            word = match["word"]
            if word.isdecimal() or word in _AR_MASCULINE:
                read.append((match.span(), int(word) if word.isdecimal() else _AR_MASCULINE.index(word) + 1))
        for match in _ZH_MEETING.finditer(text):
            read.append((match.span(), find_session_mentions(f"第{match['number']}届")[0].number))
    return [(span, number) for span, number in read if number > 0]


def _last_ordinal(words: str) -> tuple[int, int] | None:
    """Returns the longest ordinal that ends some words, as (where it starts, number)."""
    starts = [match.start() for match in re.finditer(r"(?<!\w)(?<![\w]-)\w", words)]
    read = ((at, _ordinal(words[at:])) for at in starts)
    return next(((at, number) for at, number in read if number is not None), None)


def _opened(
    text: str, numbers: tuple[str, ...], spans: list[Span], bodies: tuple[str, ...]
) -> tuple[tuple[str, ...], list[Span]]:
    """Returns the sessions from or up to one that "since", "after", "before" or "until" introduces."""
    if len(numbers) != 1:
        return numbers, spans
    start, end = min(spans)[0], max(end for _, end in spans)
    before, after = _OPEN_SESSION.search(fold_accents(text[:start])), _OPEN_AFTER.match(text, end)
    signs = [match for match in (before, after) if match is not None]
    if not signs:
        return numbers, spans
    # "自第十届会议以来" says it twice; what follows is the more certain.
    word = next(name for name, value in signs[-1].groupdict().items() if value).removesuffix("_ar")
    number = int(numbers[0])
    last = _last_session(bodies, number)
    first, last = {
        "after": (number + 1, last),
        "since": (number, last),
        "onwards": (number, last),
        "before": (1, number - 1),
        "until": (1, number),
    }[word]
    # Before the first session there was none, which is no reason to read all of them.
    read = tuple(str(each) for each in range(first, last + 1)) or ("0",)
    return read, [*spans, *(match.span() for match in signs)]


def _last_session(bodies: tuple[str, ...], number: int) -> int:
    """How far sessions that follow one are listed: a few beyond those known of a body, else many."""
    known = [int(each.session) for each in load_sessions() if each.body in bodies]
    return max(known) + 2 if len(bodies) == 1 and known and number <= max(known) else number + _SESSIONS_ON


def _listed(text: str, found: dict[Span, int]) -> tuple[tuple[str, ...], list[Span]]:
    """Returns the sessions that were found, those listed beside them, and all between the ends of a range."""
    items = sorted((start, end, number) for (start, end), number in found.items())
    for start, end, _ in list(items):
        # "COP9" is read already, and no "9" beside "COP11".
        items += [
            each for each in _beside(text, start, end) if not any(a <= each[0] and each[1] <= b for a, b in found)
        ]
    items.sort()
    # The ending of a plural belongs to the word, "sessions".
    spans = [(start, re.compile("[a-zа-я]*").match(text, end).end()) for start, end, _ in items]  # type: ignore[union-attr]
    numbers = dict.fromkeys(number for _, _, number in items[:1])
    for (first, end, low), (start, _, high) in pairwise(items):
        # Bodies are named beside their numbers: "between UNGA 74 and UNGA 76".
        between = text[end:start].replace("\x00", " ")
        both = re.fullmatch(rf"{_AND}{_ARTICLE}\s*", between, re.IGNORECASE) is not None
        if _RANGED.fullmatch(between) or (both and _BOTH_ENDS.search(fold_accents(text[:first]).replace("\x00", " "))):
            numbers.update(dict.fromkeys(range(low, high)))
        if both or _RANGED.fullmatch(between):
            spans.append((end, start))
        numbers[high] = None
    return tuple(map(str, numbers)), spans


def _beside(text: str, start: int, end: int) -> list[tuple[int, int, int]]:
    """Returns what is listed before "59th session" or after "session 59", one by one."""
    items: list[tuple[int, int, int]] = []
    while (before := _BEFORE_SESSION.search(text[:start])) is not None:
        # The shortest ending that is an ordinal: "at the fifty-eighth and", but "пятьдесят восьмой и".
        words = before["item"]
        number = _last_ordinal(words)
        if number is None:
            break
        end_at = before.start("item") + len(words)
        start = before.start("item") + number[0]
        items.append((start, end_at, number[1]))
    while (after := _AFTER_SESSION.match(text, end)) is not None:
        each = _ordinal(after["item"])
        if each is None or not re.search(r"[\d\u0600-\u06ff]$", text[:end]):
            break
        items.append((after.start("item"), after.end("item"), each))
        end = after.end("item")
    return items


def _ordinal(words: str) -> int | None:
    """Returns the number that words or digits such as "58th" stand for as the number of a session."""
    digits = re.match(r"\d+", words)
    if digits:
        return int(digits.group())
    # Conferences and meetings of other genders and cases than a session: "11-е совещание", "десятое".
    russian = re.sub(r"(?:ое|ем|ом|ого|ему|ому|ье|ьем|ьего)$", "ая", words)
    for form in (f"{words} session", f"{words} сессия", f"{russian} сессия", f"الدورة {words}"):
        found = find_session_mentions(form)
        if found and found[0].start == 0:
            return found[0].number
    return None


def plain_digits(text: str) -> str:
    """Returns a text with Arabic-Indic and full-width digits as ASCII digits."""
    return "".join(fold_accents(char) if char.isdecimal() else char for char in text)


def _roman(numeral: str) -> int:
    values = [_ROMAN[letter] for letter in numeral.lower()]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def _read_pick(text: str, named: "list[Span]") -> tuple[Pick | None, list[Span]]:
    for pick, pattern in _PICKS:
        found = pattern.search(text)
        if found is not None:
            # "Since its first statement" is all of them, and "before its last" all but one.
            opened = _OPEN_PICK[pick].search(text[: found.start()])
            return (None if opened else pick), [found.span(), *([opened.span()] if opened else [])]
    for start, _ in named:
        found = _LATEST_BODY.search(text[:start])
        if found is not None:
            return "latest", [found.span()]
    when = _WHEN.search(text) is not None
    for pick, adverb, timed in _TIMES:
        found = adverb.search(text) or (timed.search(text) if when else None)
        if found is not None:
            return pick, [found.span()]
    return None, []


def _read_months(text: str) -> tuple[tuple[str, ...], set[int], list[Span]]:
    """Returns the months a question names, the years of its long spans of months, and their places."""
    months: dict[str, None] = {}
    years: set[int] = set()
    spans: list[Span] = []
    for match in _MONTH_SPAN.finditer(fold_accents(text)):
        first, last = (_month_index(match, end) for end in ("first", "last"))
        if not (match["between"] or match["to"]) or first > last:
            continue
        spans.append(match.span())
        if last - first < _FEW_MONTHS:
            months.update(dict.fromkeys(f"{index // 12}-{index % 12 + 1:02d}" for index in range(first, last + 1)))
        else:
            years.update(range(first // 12, last // 12 + 1))
    text = _blank(text, spans)
    free = fold_accents(text)
    for found in find_dates(text):
        if _is_open(free[: found.start]):
            continue
        for index in range(found.first.year * 12 + found.first.month - 1, found.last.year * 12 + found.last.month):
            months[f"{index // 12}-{index % 12 + 1:02d}"] = None
        spans.append((found.start, found.end))
    for match in _MONTH.finditer(_blank(free, spans)):
        groups = match.groupdict()
        year = groups["year"] or groups["year_zh"] or groups["year_iso"] or groups["year_slash"]
        number = groups["number_zh"] or groups["number_iso"] or groups["number_slash"]
        # "2010-12" is more likely three years than a month.
        if _is_open(free[: match.start()]) or (groups["year_iso"] and int(number) > int(year[2:])):
            continue
        numbers = [int(number)] if number else _month_numbers(groups["months"])
        months.update(dict.fromkeys(f"{year}-{each:02d}" for each in numbers))
        spans.append(match.span())
    return tuple(sorted(months)), years, spans


def _month_index(match: "re.Match[str]", end: str) -> int:
    """The month at one end of a span, counted from the year 0."""
    year = match[f"year_{end}"] or match[f"year_zh_{end}"] or match[f"year_slash_{end}"]
    number = match[f"number_zh_{end}"] or match[f"number_{end}"]
    return 12 * int(year) + (int(number) if number else _month_numbers(match[f"name_{end}"])[0]) - 1


def _month_numbers(names: str) -> list[int]:
    found = sorted((m.start(), n) for n, pattern in enumerate(_MONTH_ENDS, 1) for m in [pattern.search(names)] if m)
    numbers = [number for _, number in found]
    ranged = re.search(r"[-–]|\b(?:to|a)\b", names) is not None and len(numbers) == 2 and numbers[0] < numbers[1]
    return list(range(numbers[0], numbers[1] + 1)) if ranged else numbers


def _is_open(before: str) -> bool:
    return _OPEN_BEFORE.search(before) is not None


def _read_years(text: str, beside: "list[Span]") -> list[tuple[Span, list[int]]]:
    """Returns the years that say when a statement was made, with their places.

    A year that stands by the statement itself ("its 2003 address") says so for certain; then other years belong to
    the topic. So do spans such as "since 2013" beside a single year, and "the 1995 conference".

    Args:
        text: The question, with what was read otherwise blanked.
        beside: Where sessions were read; then only a year that stands beside one is that of a statement.
    """
    certain: list[tuple[Span, list[int]]] = []
    single: list[tuple[Span, list[int]]] = []
    of: list[tuple[Span, list[int]]] = []
    ranges: list[tuple[Span, list[int]]] = []
    text = _SLASHED.sub(lambda found: found["first"] + " ", text)
    free = _without_months(text)
    for match in _SHORT_SPAN.finditer(free):
        first, last = int(match["first"]), int(match["first"][:2] + match["last"])
        if first < last <= first + _LONGEST_SHORT_SPAN:
            ranges.append((match.span(), list(range(first, last + 1))))
            free = _blank(free, [match.span()])
    for pattern in (_RANGE, _DECADE, _SINCE, _BEFORE, _SINGLE):
        for match in pattern.finditer(free):
            if pattern is _RANGE and not _SPANNED.match(match.group()):
                continue
            item = (match.span(), _years(match))
            before, after = text[: match.start()], text[match.end() :]
            if _STATEMENT_AFTER.match(text[match.end() :]):
                certain.append(item)
            elif pattern is not _SINGLE:
                ranges.append(item)
            elif _NAMES_TOPIC.search(before) and _NOUN_AFTER.match(after):
                pass
            elif _OF.search(before) and not re.search(
                rf"(?:{_SAID_AT}|{_FR_SAID}|{_ES_SAID}|{_RU_SAID})\W+\w*\W*$", before, re.IGNORECASE
            ):
                of.append(item)
            else:
                single.append(item)
            free = _blank(free, [match.span()])
    if certain:
        # "The 2016 and 2018 statements."
        listed = [item for item in single if any(_LISTED.fullmatch(text[item[0][1] : each[0][0]]) for each in certain)]
        certain = [*listed, *certain]
    read = certain or single or of or ranges
    return [item for item in read if not beside or any(_is_beside(text, item[0], span) for span in beside)]


def _is_beside(text: str, year: Span, session: Span) -> bool:
    between = text[min(year[1], session[1]) : max(year[0], session[0])]
    return _BESIDE.fullmatch(between) is not None


def _without_months(text: str) -> str:
    """Blanks the day and month of an open date, "since October 2020", with spaces: its year is what counts."""
    for match in _MONTH.finditer(text):
        if match["months"] and _is_open(text[: match.start()]):
            text = text[: match.start()] + " " * (match.start("year") - match.start()) + text[match.start("year") :]
    return text


def _is_topic(body: BodyMatch, text: str) -> bool:
    """A body can be what is spoken of: "on Security Council reform", "about the General Assembly"."""
    text = fold_accents(text)
    return bool(_TOPIC_AFTER.match(text[body.end :]) or _TOPIC_BEFORE.search(text[: body.start]))


def _years(match: "re.Match[str]") -> list[int]:
    groups = {name: value for name, value in match.groupdict().items() if value}
    if match.re is _DECADE:
        decade = next((value for value in groups.values() if re.fullmatch(r"\d{4}", value)), "1990")
        return list(range(int(decade), int(decade) + 10))
    if match.re is _RANGE:
        first, last = int(groups["first"]), int(groups["last"])
        return list(range(min(first, last), max(first, last) + 1))
    year = int(groups.get("year") or groups["year_zh"])
    if match.re is _SINCE:
        return list(range(year + any(name.startswith("after") for name in groups), LAST_YEAR + 1))
    if match.re is _BEFORE:
        return list(range(FIRST_YEAR, year + any(name.startswith("until") for name in groups)))
    return [year]


def _blank(text: str, spans: "list[Span]") -> str:
    for start, end in spans:
        text = text[:start] + "\x00" * (end - start) + text[end:]
    return text
