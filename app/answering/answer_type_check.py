"""Answer-type check: whether evidence holds the kind of thing asked for, such as a number; in six languages.

"How many ships were inspected?" is not answered by a sentence without a number of ships.
"""

from collections.abc import Sequence
from typing import Final

import regex

from app.question.frames import fold_accents
from app.question.language import detect_language
from app.question.quantity_target import QuantityTarget, find_quantity_target
from app.records import Missing
from ingest.metadata.sessions import find_bodies
from ingest.parties.party_table import PartyTable
from ingest.treaties.treaties import find_treaties


def _tells(*forms: str) -> "regex.Pattern[str]":
    return regex.compile(fold_accents("|".join(forms)), regex.IGNORECASE)


_NUMBER: Final = _tells(
    # Chinese writes no space beside a number.
    r"(?<![^\P{L}\p{Han}]|\p{N})\p{N}+(?:[.,\s]\p{N}{3})*(?:[.,]\p{N}+)?(?:\s*(?:%|per\s+cent|percent|pour\s+cent|por\s+ciento|процент\w*|في\s+المائة))?(?![^\P{L}\p{Han}]|\p{N})",
    r"(?<![\p{L}\p{N}])(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|one|both)(?!\p{L})",
    r"(?<!\p{L})(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|quarante|cinquante|soixante|cents?|centaines?"
    r"|mille|milliers?|millions?|milliards?|dizaines?|douzaine|moitié|tiers|quart)(?!\p{L})",
    r"(?<!\p{L})(?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieci\w+|veinte|veinti\w+|treinta|cuarenta|cincuenta|sesenta"
    r"|setenta|ochenta|noventa|cien|ciento|cientos|\w+cientos|mil|miles|mill[óo]n|millones|decenas?|docenas?|mitad|tercio)(?!\p{L})",
    r"(?<!\p{L})(?:два|две|двух|двум|двумя|три|трех|трем|тремя|четыр\w+|пят(?:ь|и|ью)|шест(?:ь|и|ью)|сем(?:ь|и|ью)|восем\w*|восьми|девят(?:ь|и|ью)|десят(?:ь|и|ью|ки|ков)"
    r"|\w+надцат(?:ь|и|ью)|двадцат(?:ь|и)|тридцат(?:ь|и)|сорок\w?|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто|сто|ста|двести|триста|\w+сот|сотн\w+|тысяч\w*|миллион\w*"
    r"|миллиард\w*|половин\w+|треть|четверть)(?!\p{L})",
    r"(?<!\p{L})(?:و|ب|ل)?(?:ثلاث|أربع|خمس|ست|سبع|ثمان|ثماني|تسع|عشر)(?:ة)?(?!\p{L})|(?<!\p{L})(?:و|ب|ل)?(?:عشر|ثلاث|أربع|خمس|ست|سبع|ثمان|تسع)(?:ون|ين)(?!\p{L})"
    r"|(?<!\p{L})(?:و|ب|ل)?(?:ال)?(?:مائة|مئة|مئات|مئتان|مئتي|ألف|ألفي|آلاف|مليون|ملايين|مليار|مليارات|بليون|نصف|ثلث|ربع|عشرات|اثنا|اثني|اثنان|اثنين)(?!\p{L})",
    r"(?<!第)[〇零一二三四五六七八九十百千万亿两数]+(?:多)?(?=[个名项起件国份次人位种条艘吨公元美枚支部家所万亿])(?<!一)|百分之[\p{N}一二三四五六七八九十百零点]+|半数",
)
_MONTHS: Final = (
    r"janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre"
    r"|noviembre|diciembre|январ[ьяе]|феврал[ьяе]|март[ае]|апрел[ьяе]|ма[яе]|июн[ьяе]|июл[ьяе]|август[ае]|сентябр[ьяе]|октябр[ьяе]|ноябр[ьяе]|декабр[ьяе]"
    r"|يناير|فبراير|مارس|أبريل|مايو|أيار|يونيو|يونيه|يوليو|يوليه|أغسطس|سبتمبر|أيلول|أكتوبر|نوفمبر|ديسمبر|كانون\s+(?:الأول|الثاني)|تشرين\s+(?:الأول|الثاني)|شباط|آذار|نيسان|حزيران|تموز"
)
_MONTHS_EN: Final = "january|february|march|april|may|june|july|august|september|october|november|december"
_YEAR: Final = regex.compile(r"^(?:19|20)\d\d$")
_REFERENCE_BEFORE: Final = _tells(
    r"(?:articles?|art\.?|paras?\.?|paragraphs?|paragraphes?|items?|resolutions?|résolutions?|rules?|section|chapter|goals?|no\.|nº|n°|№|session|sesión|annex|annexe|phase"
    r"|artículos?|párrafos?|puntos?|tema|resolución|resoluciones|objetivo|objectif|стат\w+|пункт\w*|резолюци\w+|сесси\w+|المادة|المواد|مادة|الفقرة|البند|القرار|الدورة|第)"
    r"\s*(?:\(?\w\)?\s*)?$"
)
# What a number counts where it says nothing of the thing asked for: time, or an order.
_TIME_AFTER: Final = _tells(
    rf"^\s*(?:-\s*)?(?:years?|months?|weeks?|days?|hours?|minutes?|decades?|centur(?:y|ies)|times?|st|nd|rd|th|{_MONTHS_EN}|{_MONTHS}|ans?|années?|mois|jours?|heures?|semaines?|décennies?|siècles?|fois"
    r"|e|ème|er|años?|mes(?:es)?|días?|horas?|semanas?|décadas?|siglos?|veces|de\s+(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
    r"|лет|годам?|года|годы|год|месяц\w*|недел\w+|дн(?:я|ей|ю)|час\w*|десятилети\w+|раз[а]?|-?[йея]|سنة|سنوات|عام|عاما|أعوام|شهر|أشهر|شهور|يوم|أيام|أسبوع|أسابيع|ساعة|عقود|مرة|مرات)(?!\p{L})"
    r"|^\s*(?:another|more)\b|^\s*(?:年|个?月|日|天|周|小时|世纪|届|条|款|岁)"
)
_VAGUE_NUMBERS: Final = frozenset(("one", "both", "half", "two", "deux", "dos", "два", "две", "двух"))
_MONTH_BEFORE: Final = _tells(rf"(?:{_MONTHS_EN}|{_MONTHS})\s*(?:de\s+)?$")
_DATE: Final = regex.compile(
    fold_accents(
        r"(?<!\d)(?:19|20)\d\d(?!\d)|\b(?:January|February|April|June|July|(?-i:August)|September|October|November|December)\b"
        # Verbs are spelt like these two months.
        r"|\b(?:in|of|since|by|until|last|next|early|late|\d{1,2}(?:st|nd|rd|th)?)\s+(?-i:March|May)\b|\b(?-i:March|May)\s+\d"
        r"|\b(?:yesterday|today|tomorrow|last (?:year|month|week|spring|summer|autumn|fall|winter)|next (?:year|month|week)|this (?:year|month))\b"
        rf"|(?<!\p{{L}})(?:в|ب|في\s+)?(?:{_MONTHS})(?!\p{{L}})|\d+\s*[年月日]|[一二三四五六七八九十〇零]{{2,4}}年(?!来|间)|\b\p{{L}}+\s+(?:years?|months?|decades?)\s+ago\b"
        r"|\b(?:hier|aujourd'hui|demain|l'an(?:née)?\s+(?:dernière?|prochaine?)|le\s+mois\s+(?:dernier|prochain)|il\s+y\s+a\s+\w+\s+(?:ans|mois|jours)|cette\s+année)\b"
        r"|\b(?:ayer|hoy|mañana|el\s+(?:año|mes)\s+(?:pasado|próximo)|hace\s+\w+\s+(?:años|meses|días)|este\s+(?:año|mes))\b"
        r"|\b(?:вчера|сегодня|завтра|в\s+(?:прошлом|этом|будущем|следующем)\s+(?:году|месяце)|\w+\s+(?:лет|года|месяц\w*)\s+назад)\b"
        r"|(?:أمس|اليوم|غدا|(?:العام|السنة|الشهر)\s+(?:الماضي|الماضية|المقبل|المقبلة|القادم|الحالي)|(?:قبل|منذ)\s+\p{L}+\s+(?:سنوات|أعوام|أشهر|سنة|عاما))|昨天|今天|明天|去年|今年|明年|[年月天]前"
    ),
    regex.IGNORECASE,
)
_REASON: Final = _tells(
    r"\b(?:because|since|rooted in|root causes?|leads? to|led to|contribut\w+ to|driven by|without|unless|if|means that|proud|due to|owing to|as a result|in order (?:to|that)|so (?:that|as)|therefore|thus|hence|given (?:that|the)|in view of"
    r"|in light of|for (?:this|that|the|these|those) reasons?|that is why|which is why|as (?:it|they|this|we)|for fear|thanks to|caused? by"
    r"|result(?:s|ed|ing)? (?:from|of)|stems?|arises?|on account of|out of (?:the )?(?:conviction|belief|concern)|considering|convinced|believ\w+"
    r"|aware|conscious|cognizant)\b",
    r"\b(?:parce\s+qu[e']?|car|puisqu[e']?|en\s+raison|afin|grâce|du\s+fait|étant\s+donné|à\s+cause|pour\s+que|c'est\s+pourquoi|faute\s+de|sans|compte\s+tenu|par\s+crainte|convaincue?s?|dans\s+la\s+mesure\s+où|raisons?)\b",
    r"\b(?:porque|debido|ya\s+que|puesto\s+que|a\s+fin\s+de|por\s+(?:lo\s+)?tanto|dado\s+que|a\s+causa|con\s+el\s+fin|para\s+que|gracias\s+a|por\s+falta|en\s+vista|por\s+ello|por\s+eso|sin|convencid[oa]s?|razones|raz[óo]n|pues)\b",
    r"\b(?:потому|поскольку|так\s+как|в\s+связи|чтобы|из-за|ввиду|вследствие|благодаря|в\s+силу|ибо|по\s+причин\w+|поэтому|без|убежден\w*|учитывая|причин\w+)\b",
    r"(?<!\p{L})(?:و|ف)?(?:لأن\p{L}*|بسبب|نظرا|من\s+أجل|حيث\s+إن\p{L}*|نتيجة|لكي|كي|إذ|بغية|لذلك|ولذا|بدون|دون|سبب|أسباب|اقتناعا)(?!\p{L})",
    r"因为|由于|为了|因此|所以|鉴于|原因|以便|考虑到|出于|使得|以免|之所以",
)
_ARTICLE: Final = _tells(
    r"\b(?:articles?|arts?\.|artículos?|стать(?:я|и|ю|е|ей|ям|ями|ях)|ст\.)\s*\(?(?:\d|[IVX]+\b)",
    r"(?<!\p{L})\p{L}{0,2}(?:المادة|المواد|المادتين|مادة)\s*(?:\(?\d|ال\p{L}+)",
    r"第\s*[\d一二三四五六七八九十百]+\s*条(?!约)",
)
_NAME: Final = regex.compile(
    r"(?<=[\p{Ll}\p{N},;:–—«“\"'(-]\s?)(?:\p{Lu}[\p{L}.’'-]+)(?:\s+(?:of|the|and|de|del|la|du|des|al|bin|ben|van|von|der|для|по|\p{Lu}[\p{L}.’'-]+))*\s+\p{Lu}[\p{L}.’'-]+"
    r"|(?:السيدة?|الرئيسة?|القاضي|القاضية|الدكتور|الأمير|الملك|الجنرال|العقيد|يدعى|تدعى|المدعو|باسم)\s+(?!ال)\p{L}{2,}(?:\s+\p{L}{2,})?"
    r"|(?:لجنة|هيئة|منظمة|محكمة|وكالة|مصرف|بنك|صندوق|مؤسسة|رابطة)\s+ال\p{L}+\s+\p{L}+"
    r"|\p{Han}{2,4}(?:先生|女士|总统|部长|法官|主席|博士|总理|将军|上校)|名叫\p{Han}{2,}|\p{Han}{2,}(?:委员会|法院|银行|基金会|联盟|特别工作组|公司)|\p{Han}+·\p{Han}+"
)
# What looks like a name in every statement and answers nobody who asks for one.
_NO_NAME: Final = regex.compile(
    r"^(?:United Nations|General Assembly|Security Council|Secretary[- ]General|(?:Member|States?) (?:States?|Part(?:y|ies))|Mr\.? (?:President|Chair\w*)|Madam (?:President|Chair\w*)"
    r"|Nations Unies|Naciones Unidas|Организаци\w+ Объединенных Наций|Объединенных Наций|Asamblea General|Assemblée générale|États parties|Estados Parte\w*)",
    regex.IGNORECASE,
)


def contains_answer_type(
    kind: Missing, texts: Sequence[str], parties: PartyTable, speakers: Sequence[str], question: str = ""
) -> bool:
    """Returns whether any of these texts, in any of the six languages, holds the kind of thing asked for.

    Args:
        kind: What the question asks for.
        texts: The evidence, strongest first.
        parties: Whose names tell a State from another name.
        speakers: Codes of those who speak, whose own names are no answer.
        question: What is asked; a number must count what it counts.
    """
    if kind == "number":
        what = find_quantity_target(question, detect_language(question, parties)) if question else None
        return any(_contains_number(fold_accents(text), what) for text in texts)
    if kind == "state":
        return any(set(match.codes) - set(speakers) for text in texts for match in parties.find(text))
    if kind == "name":
        return any(_contains_name(text, parties) for text in texts)
    pattern = {"date": _DATE, "reason": _REASON, "article": _ARTICLE}[kind]
    return any(pattern.search(fold_accents(text)) for text in texts)


def _contains_number(text: str, what: QuantityTarget | None) -> bool:
    for match in _NUMBER.finditer(text):
        number, before, after = match.group(), text[: match.start()], text[match.end() :]
        if what is not None and what.follows(text, match.end()) and not _YEAR.match(number):
            return True
        if _YEAR.match(number) or number.lower() in _VAGUE_NUMBERS or _TIME_AFTER.match(after):
            continue
        if _REFERENCE_BEFORE.search(before) or _MONTH_BEFORE.search(before):
            continue
        if what is None or what.fits(text, match.start(), match.end()):
            return True
    return False


def _contains_name(text: str, parties: PartyTable) -> bool:
    """A name of a person or body: capitalised inside the sentence, and not a State's, a treaty's or a meeting's."""
    known = [(match.start, match.end) for match in parties.find(text)]
    known += [(match.start, match.end) for match in find_bodies(text)]
    known += [(match.start, match.end) for match in find_treaties(text)]
    return any(
        not any(start < match.end() and match.start() < end for start, end in known)
        and not _NO_NAME.match(match.group())
        for match in _NAME.finditer(text)
    )
