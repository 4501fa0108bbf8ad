"""What a record tells of the meeting itself: nobody's words, though no speaker line stands before them."""

from collections.abc import Set
from typing import Final

import regex

_LONGEST_IN_SPEECH: Final = 320
# Certain even among speakers' own words.
_PROCEDURE: Final = regex.compile(
    r"""^[\W\d]*(?:
      The\ meeting\ (?:rose|was\ (?:called\ to\ order|suspended|adjourned|resumed|opened|closed)|resumed|began|opened)
    | It\ was\ so\ (?:decided|agreed) | There\ being\ no\ objection | The\ (?:provisional\ )?agenda\ was\ adopted | The\ programme\ of\ work\ was
    | (?:The\ |Draft\ )?(?:draft\ )?(?:resolution|decision|amendment|proposal|report|article|recommendation|conclusion|declaration|guideline|paragraph)s?\b.{0,160}\b(?:was|were)\ (?:adopted|rejected|approved|carried)
    | (?:Draft\ )?(?:resolutions|decisions)\b.{0,160}\bwere\ (?:adopted|rejected|approved)
    | A\ (?:recorded|separate|roll-call|single)?\ ?vote\ was | (?:In\ favour|Against|Abstaining|Abstentions)\s*:
    | .{1,200}\b(?:was|were)\ escorted\ (?:from|to|into) | .{1,160}\b(?:took|resumed|returned\ to)\ the\ Chair\b | A\ (?:point\ of\ order|moment\ of\ silence|minute\ of\ silence)\b
    | Subsequently,\ the\ delegations?\ of | The\ (?:members|delegations|representatives)\b.{0,100}\bobserved\ a\ (?:minute|moment) | The\ discussion\ covered
    | (?:La|Cette)\ (?:séance|réunion)\ (?:est|a\ été)\ (?:levée|ouverte|suspendue|reprise|déclarée) | (?:Il\ en|Ainsi)\ (?:est|a\ été)?\ ?(?:ainsi\ )?décidé
    | (?:Le\ |Les\ )?projets?\ de\ (?:résolution|décision)\b.{0,160}\b(?:est|sont|a\ été|ont\ été)\ (?:adoptée?s?|rejetée?s?) | Il\ est\ procédé\ (?:au|à)\b
    | L['’]ordre\ du\ jour\b.{0,40}\best\ adopté
    | Se\ (?:levanta|levantó|abre|abrió|declara|suspende|suspendió|reanuda|reanudó)\b.{0,30}\bla\ (?:sesión|reunión) | Así\ queda\ acordado | Queda(?:n)?\ (?:así\ )?(?:aprobad|acordad)
    | (?:El\ |Los\ )?proyectos?\ de\ (?:resolución|decisión)\b.{0,160}\b(?:queda|quedan|fue|fueron|es)\ (?:aprobad|rechazad) | Se\ (?:procede|procedió)\ a\ (?:la\ )?votación
    | Заседание\ (?:открывается|закрывается|прерывается|возобновляется|объявляется|было) | Решение\ принимается | Предложение\ принимается
    | Проект(?:ы)?\ (?:резолюци|решени)\w+\b.{0,160}\b(?:принимается|принимаются|был\w*\ принят) | Проводится\ .{0,30}голосование
    | (?:و)?(?:رفعت|افتتحت|علقت|عُلقت|استؤنفت|اختتمت)\ (?:ال)?جلسة | (?:و)?(?:قد\ )?تقرر\ ذلك | (?:و)?اعت[ُ]?مد\ (?:مشروع|جدول) | (?:و)?أجري\ تصويت
    | .{0,14}(?:散会|开会|休会|复会|会议开始|会议结束)。 | 就这样决定 | 会议就此决定 | 决议草案.{0,60}(?:获得|获)?通过 | (?:就|对).{0,40}进行了.{0,6}表决
    )""",
    regex.VERBOSE,
)
# Of the meeting where the record tells in its own words what others said.
_BODY_EN: Final = r"(?:Conference|Committee|Subcommittee|Commission|Working\ Group|Assembly|Council|Meeting|meeting|Expert\ Group|group|Forum|plenary|Plenary|Bureau|Secretariat)"
_TOLD: Final = regex.compile(
    rf"""^[\W\d]*(?:
      (?:At|During|In|Under)\ (?:the|its|that|this)\ .{{1,90}}\b(?:meeting|session|discussion|debate|item|deliberations|exchange)\b
    | The\ {_BODY_EN}\b(?:\ (?:on|of)\ [^,.;]{{1,90}})?,?\ (?:then\ |also\ |subsequently\ |further\ )?(?:adopted|decided|took\ note|elected|considered|heard|approved|agreed|concluded|requested|observed|resumed|held
        |had|was|were|began|continued|recommended|endorsed|expressed|welcomed|invited|noted|rose|met|recalled|stressed|emphasized|encouraged|reaffirmed|reviewed|discussed)
    | (?:Several|Many|Some|Most|Other|One|Another|A\ number\ of|A\ few|Certain|Various|Numerous|Two|Three|Four|Five|A\ large\ number\ of|A\ majority\ of)(?:\ of\ the)?\ (?:other\ )?
        (?:speakers?|delegations?|representatives?|delegates?|States?|participants?|panellists?|experts?|observers?|members?)
    | Speakers | Delegations | Participants | (?:Introductory\ |General\ )?[Ss]tatements?\ (?:was|were)\ (?:also\ )?(?:made|delivered) | The\ (?:representatives|observers|delegations)\b | The\ discussions?\b
    | The\ following\b | An?\ (?:\p{{Ll}}+\ ){{0,3}}(?:discussion|debate|exchange|presentation|statement)\b.{{0,60}}\b(?:was|took|followed|ensued) | Replying\b | In\ (?:reply|response)\b
    | (?:Mr|Mrs|Ms|Dr|Prof)\.?\ .{{1,120}}\b(?:was|were)\ (?:elected|appointed|nominated|invited)
    | (?:Plusieurs|Certaine?s|De\ nombreu\w+|D['’]autres|Quelques|Une?\ autre|Un\ certain\ nombre\ de|Des)\ (?:oratrices?|orateurs?|délégations?|représentante?s?|intervenante?s?|États|participante?s?|déclarations)
    | L[ae]\ (?:Conférence|Comité|Commission|Groupe\ de\ travail|Assemblée|Conseil|Réunion)\b.{{0,60}}?\ (?:adopte|décide|prend|élit|entend|examine|approuve|a\ (?:adopté|décidé|pris|élu|entendu|examiné))
    | (?:Varios|Varias|Algun[oa]s|Much[oa]s|Otr[oa]s?|Un|Una|Numeros[oa]s|Divers[oa]s)\ (?:\w+\ )?(?:oradora?e?s?|delegaciones|delegación|representantes?|Estados|participantes)
    | (?:Formul\w+|Hicieron|Hizo)\ (?:una\ )?declaraci | L?l?a\ (?:Conferencia|Comisión|Asamblea|Reunión)\b.{{0,60}}?\ (?:aprob|decid|tom|elig|escuch|examin)
    | El\ (?:Comité|Consejo|Grupo\ de\ Trabajo)\b.{{0,60}}?\ (?:aprob|decid|tom|elig|escuch|examin)
    | (?:Несколько|Некоторые|Многие|Ряд|Другие|Один\ из)\ (?:\w+\ )?(?:оратор\w*|делегаци\w+|представител\w+|государств\w*|участник\w*)
    | (?:Конференция|Комитет|Комиссия|Рабочая\ группа|Ассамблея|Совет|Совещание)\b.{{0,60}}?\ (?:принима|принял|постанов|избира|избрал|заслуш|рассм|утвер|отмет)
    | С\ заявлени\w+\ выступ
    | (?:و)?(?:[أا]عرب|ذكر|أشار|أكد|قال|رحب)?\s?(?:ت\s)?(?:عدة|بعض|عدد\ من|كثير\ من|العديد\ من|معظم)\ (?:ال)?(?:متكلم|وفود|ممثل|دول|مشارك)\w* | (?:و)?أدلى\ ببيان | (?:و)?(?:اعتمد|قرر|انتخب|نظر)(?:ت)?\ (?:المؤتمر|اللجنة|الفريق|الجمعية)
    | (?:几位|一些|许多|若干|多位|有些|另一些|其他)(?:发言者|发言人|代表团|代表|与会者|国家) | (?:会议|委员会|大会|缔约方会议|工作组)(?:随后|还)?(?:通过|决定|注意到|选举|听取|审议)
    )""",
    regex.VERBOSE,
)
_CLOSING_SECTION: Final = regex.compile(
    r"^[\W\d]*(?:[IVX]+\.\s+|[A-Z]\.\s+)?(?:annex|appendix|conclusions?|recommendations?|summary|notes?|references|(?:inter(?:national|governmental)|non-governmental|regional|other)\b.{0,60}(?:organi[sz]ations?|entities|bodies)"
    r"|organi[sz]ations|united\s+nations\s+(?:entities|bodies|system)|observers|annexe|conclusion|résumé|organisations|anexo|conclusiones|resumen|organizaciones|приложение|выводы|заключение|организации"
    r"|(?:ال)?مرفق|استنتاجات|خلاصة|المنظمات|附件|结论|建议|国际组织|part|section|chapter)\b",
    regex.IGNORECASE,
)


def is_interlude(paragraph: str, *, told: bool) -> bool:
    """Tells whether a paragraph says what the meeting did.

    Args:
        paragraph: The paragraph in one line.
        told: Whether the record tells in its own words what speakers said; else only certain and short ones count.
    """
    if _PROCEDURE.match(paragraph):
        return told or len(paragraph) <= _LONGEST_IN_SPEECH
    return told and _TOLD.match(paragraph) is not None


def closes_compilation(heading: str, mark: str, marks: Set[str]) -> bool:
    """Tells whether a heading ends the section of a State.

    Args:
        heading: The heading in one line.
        mark: How it is counted: `number`, `letter`, `roman`, `capitals` or nothing.
        marks: How the headings by State are counted.
    """
    if _CLOSING_SECTION.match(heading):
        return True
    return bool(mark) and (mark in marks or mark == "roman")
