"""The words by which records name speakers and tell what they said: titles, offices and verbs, in six languages."""

from typing import Final

TITLE: Final = (
    r"(?:(?:H\.\s?E\.|S\.\s?E\.|His|Her|Su|Son)\s*(?:Excellency|Excelencia|Excellence|Majesty|Royal\s+Highness)?,?\s+)?"
    r"(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof|Msgr|Mgr|Gen|Col|MR|MRS|MS|DR)\.?|MME|(?:EL|LA)\s+SRA?\.|Messrs\.|Miss|Professor|Sir|Dame|Lord|Lady|Baroness|Archbishop|Bishop|Cardinal"
    r"|Monsignor|Prince(?:ss)?|King|Queen|Sheikha?|Sultan|Ambassador|Judge|Justice|General|Colonel|President|Prime\s+Minister|Minister"
    r"|M\.|MM\.|Mme|Mlle|(?:El|La)\s+(?:Sr|Sra|Srta|Dr|Dra|Excmo|Excma)\.(?:\s+(?:Sr|Sra)\.)?|(?:El|La)\s+(?:Embajadora?|Arzobispo)"
    r"|Г[-–‑]н|Г[-–‑]жа|Господин|Госпожа|Д[-–‑]р|Сэр|Архиепископ|Посол"
    r"|السيدة|السيد|الآنسة|الدكتورة|الدكتور|السفيرة|السفير|الأميرة|الأمير|الشيخة|الشيخ|المطران|رئيس\s+الأساقفة)(?=[\s.])"
)
OFFICE: Final = (
    r"(?:(?:acting|temporary|interim|outgoing|honorary|executive|deputy|assistant|under|vice|co)[\s-]*)*"
    r"(?:president|chair(?:man|woman|person)?s?|secretary(?:[\s-]general)?|secretariat|director(?:[\s-]general)?|commissioner(?:[\s-]general)?"
    r"|rapporteur|moderator|facilitator|coordinator|presiding\s+officer|legal\s+counsel|legal\s+adviser|high\s+commissioner|chief)"
    r"|(?:co|vice[\s-]?)?président[es]*|présidence|secrétaire|secrétariat|rapporteuse|directeur|directrice|modérateur|modératrice|facilitat(?:eur|rice)"
    r"|(?:co|vice)?president[ea]|presidencia|(?:sub)?secretari[oa]|secretaría|relatora?|directora?|moderadora?|facilitadora?|coordinadora?"
    r"|(?:со)?председател\p{L}*|председательствующ\p{L}*|заместитель\s+(?:председателя|генерального\s+секретаря)|(?:генеральный\s+)?секретар\p{L}*"
    r"|секретариат|докладчик|(?:исполнительный\s+)?директор|модератор|координатор"
    r"|(?:نائبة?\s+)?(?:ال)?رئيسة?(?:\s+(?:المشارك|بالنيابة|المؤقت)ة?)?|الأمينة?\s+العامة?|الأمانة(?:\s+العامة)?|أمينة?\s+(?:اللجنة|المؤتمر|الجمعية)"
    r"|(?:ال)?مقررة?|(?:ال)?مديرة?(?:\s+التنفيذية?)?|ميسرة?"
    r"|(?:代理|临时|共同|联合|执行|副|常务|助理)*(?:会议)?(?:主席|秘书长|秘书处|秘书|报告员|主任|主持人|协调员|干事)"
)
VERB_EN: Final = (
    r"(?:said|says|state[ds]|note[ds]|express\p{L}*|welcome[ds]|thank\p{L}*|ask(?:ed|s)|observe[ds]|recall\p{L}*|stress\p{L}*|emphasi[sz]\p{L}*|underlin\p{L}*"
    r"|underscor\p{L}*|drew|explain\p{L}*|propos\p{L}*|suggest\p{L}*|support\p{L}*|endors\p{L}*|reiterat\p{L}*|reaffirm\p{L}*|report(?:ed|s)|announc\p{L}*"
    r"|introduc\p{L}*|repli\p{L}*|respond\p{L}*|inform(?:ed|s)|point(?:ed|s)|add(?:ed|s)|call(?:ed|s)|urge[ds]|request\p{L}*|agreed?|wished|wondered|believe[ds]"
    r"|considered|indicat\p{L}*|highlight\p{L}*|referr\p{L}*|describ\p{L}*|outlin\p{L}*|shared|object\p{L}*|opposed|regrett\p{L}*|condemn\p{L}*|commend\p{L}*"
    r"|congratulat\p{L}*|associat\p{L}*|align\p{L}*|joined|presented|submitted|concluded|confirm\p{L}*|acknowledg\p{L}*|appeal\p{L}*|caution\p{L}*|warn\p{L}*"
    r"|denied|rejected|sought|spoke|made|paid|gave|hoped|took\s+(?:note|the\s+(?:view|floor)|issue)|declared|argued|maintained|insisted|appreciated|affirmed|hailed"
    r"|(?!presided|chaired|resigned)\p{Ll}{3,}ed|did|could|would|should|might|may|can|will|felt|thought|saw|found|meant|held|put|went|kept|left|knew|took\s+up)"
)
VERB_FR: Final = (
    r"(?:(?:a\s+)?(?:dit|déclar\p{L}+|not(?:e|é)|soulign\p{L}+|rappel\p{L}+|demand\p{L}+|remerci\p{L}+|appuy?\p{L}+|estim\p{L}+|propos\p{L}+|exprim\p{L}+|expliqu\p{L}+"
    r"|indiqu\p{L}+|affirm\p{L}+|insist\p{L}+|ajout\p{L}+|signal\p{L}+|relev\p{L}+|fait\s+(?:observer|remarquer|valoir|savoir)|répond\p{L}*|précis\p{L}+|espèr\p{L}+|salu\p{L}+"
    r"|prend\s+note|réaffirm\p{L}+|réitèr\p{L}+|regrett\p{L}+)|se\s+(?:félicite|dit|réjouit|déclare)|s[’']est\s+félicité\p{L}*)"
)
VERB_ES: Final = (
    r"(?:dice|dijo|declar(?:a|ó)|señal(?:a|ó)|expres(?:a|ó)|agradec(?:e|ió)|apoy(?:a|ó)|pid(?:e|ió)|recuerda|recordó|subray(?:a|ó)|observ(?:a|ó)|manifest(?:ó|a)|manifiesta"
    r"|afirm(?:a|ó)|prop(?:one|uso)|consider(?:a|ó)|acog(?:e|ió)|encomi(?:a|ó)|pregunt(?:a|ó)|inform(?:a|ó)|indic(?:a|ó)|destac(?:a|ó)|hizo|hace|reiter(?:a|ó)|reafirm(?:a|ó)"
    r"|lament(?:a|ó)|celebr(?:a|ó)|explic(?:a|ó)|añad(?:e|ió)|respond(?:e|ió)|solicit(?:a|ó)|inst(?:a|ó)|toma\s+nota|sostiene|sostuvo|se\s+(?:suma|sumó|adhiere|adhirió))"
)
VERB_RU: Final = (
    r"(?:говорит|сказала?|заявляет|заявила?|отмечает|отметила?|подчеркивает|подчеркнула?|выражает|выразила?|благодарит|поблагодарила?|поддерживает|поддержала?|напоминает"
    r"|напомнила?|предлагает|предложила?|приветствует|приветствовала?|считает|спрашивает|спросила?|просит|попросила?|указывает|указала?|сообщает|сообщила?|добавляет|добавила?"
    r"|обращает|обратила?|призывает|призвала?|присоединяется|присоединил(?:ся|ась)|полагает|поясняет|пояснила?|выступает|выступила?|высказыва\p{L}+|высказала?|вносит)"
)
VERB_AR: Final = r"(?:قالت?|ذكرت?|أعربت?|أشارت?|أكدت?|رحبت?|شكرت?|أيدت?|لاحظت?|شددت?|أوضحت?|اقترحت?|طلبت?|أضافت?|دعا|دعت|أعلنت?|أبرزت?|أثنت?|أثنى|رأى|رأت|سألت?|أفادت?|نوهت?|أبدت?|أبدى)"
VERB_ZH: Final = (
    r"(?:说|表示|指出|强调|认为|感谢|回顾|欢迎|支持|询问|建议|重申|呼吁|介绍|解释|补充|提议|提出|宣布|通报)"
)
