"""Follow-up cues, one table a language: words by which a question refers to the one before, such as "what about".

Words are separated by white space, `_` stands for a space within a phrase and a final `*` for any ending. They are
compared as plain text, so that a question typed without accents is read like one with them.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from app.question.frames import fold_accents
from ingest.treaties.treaties import PROTOCOLS

CueKind = Literal["on", "only", "too", "others", "subject"]


@dataclass(frozen=True, kw_only=True)
class Cues:
    """The cue words of one language.

    Attributes:
        joins: Begin a follow-up that has no verb of its own, such as "and".
        about: Introduce what takes the place of something said before, such as "what about".
        asks: Begin a whole sentence; before one of them a joining word makes no fragment.
        on: Introduce a topic.
        links: Stand before a topic and are no part of it, such as articles.
        only: Narrow what was asked.
        too: Add to what was asked.
        others: Ask who else.
        owner: Pronouns for who was asked about.
        subject: Those of them that speak: "which States did it mention?", not "which States mention it?".
        anaphora: Whatever else points to the question or its answer, or asks about them.
        convention: The Convention, where nothing else is said.
        protocol: One Protocol, which only the conversation can tell.
        protocols: All of them.
        spaced: The language puts spaces between words.
    """

    joins: str
    about: str
    asks: str
    on: str
    links: str
    only: str
    too: str
    others: str
    owner: str
    subject: str
    anaphora: str
    convention: str
    protocol: str
    protocols: str
    spaced: bool = True

    def weight(self, text: str) -> int:
        """Returns how many characters of a text stand in cue words."""
        return sum(len(found.group()) for found in self._every.finditer(fold_accents(text)))

    def refers_only(self, text: str) -> bool:
        """Whether a text holds nothing but cue words."""
        return not re.search(r"\w", self._every.sub(" ", fold_accents(text)))

    def bare(self, topic: str) -> str:
        """Returns a topic without the cue words around it; empty where it is nothing else."""
        if self.refers_only(topic):
            return ""
        while (edge := self._edges.search(fold_accents(topic))) is not None:
            topic = topic[edge.end() :] if edge.start() == 0 else topic[: edge.start()]
        return topic.strip()

    def core(self, question: str) -> str:
        """Returns what a question holds between the cue words at its ends."""
        text = fold_accents(question)
        lead = re.match(rf"(?:\W*{self._every.pattern})*\W*", text, re.IGNORECASE)
        start = lead.end() if lead else 0
        tail = re.search(rf"(?:\W*{self._every.pattern})*\W*$", text[start:], re.IGNORECASE)
        return question[start:][: tail.start()] if tail else question[start:]

    def is_fragment(self, text: str) -> bool:
        """Whether a question has no verb of its own: "and Austria?", "what about the Protocols?"."""
        return self._fragment.match(fold_accents(text)) is not None

    def has(self, kind: CueKind, text: str) -> bool:
        """Whether a text holds a cue word of one kind; "and on" and whoever else stand at its beginning."""
        return self._patterns[kind].search(fold_accents(text)) is not None

    def is_reference(self, text: str) -> bool:
        """Whether a text holds nothing but cue words and "the Protocol"."""
        return self.refers_only(self._patterns["protocol"].sub(" ", fold_accents(text)))

    def treaties(self, topic: str, spoken_of: str | None) -> tuple[str, ...]:
        """Returns the codes of the treaties that a topic is, where it says no more than "the Protocols".

        Args:
            topic: What remains of a question.
            spoken_of: The one treaty that the conversation is about, which "the Protocol" means.
        """
        topic = fold_accents(topic)
        if self._patterns["convention"].fullmatch(topic):
            return ("UNTOC",)
        if self._patterns["protocol"].fullmatch(topic) and spoken_of in PROTOCOLS:
            return (spoken_of,)
        return PROTOCOLS if self._patterns["protocols"].fullmatch(topic) else ()

    def _compile(self, *words: str) -> re.Pattern[str]:
        return re.compile(self._alternatives(" ".join(words)), re.IGNORECASE)

    def _alternatives(self, words: str) -> str:
        """Turns a list of words into a pattern, the longest first."""
        found = "|".join(self._word(word) for word in sorted(words.split(), key=len, reverse=True))
        # Arabic writes "and" together with the word after it.
        return rf"(?<!\w)و?(?:{found})" if self.spaced else f"(?:{found})"

    def _word(self, word: str) -> str:
        whole = self.spaced and word[-1] not in "*'"
        pattern = re.escape(fold_accents(word)).replace("_", r"\s+").replace(r"\*", r"\w*")
        return pattern + (r"(?!\w)" if whole else "")

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        kinds = ("only", "too", "subject", "convention", "protocol", "protocols")
        before = self._alternatives(" ".join((self.joins, self.about, self.asks)))
        others = rf"^\W*(?:{before}\W*)*{self._alternatives(self.others)}"
        on = rf"^\W*(?:{self._alternatives(self.joins)}\W*)*{self._alternatives(self.on)}"
        return {
            "others": re.compile(others, re.IGNORECASE),
            "on": re.compile(on, re.IGNORECASE),
            **{kind: self._compile(getattr(self, kind)) for kind in kinds},
        }

    @cached_property
    def _every(self) -> re.Pattern[str]:
        return self._compile(
            *(
                self.joins,
                self.about,
                self.asks,
                self.on,
                self.links,
                self.only,
                self.too,
                self.others,
                self.owner,
                self.anaphora,
            )
        )

    @cached_property
    def _edges(self) -> re.Pattern[str]:
        edge = self._alternatives(
            " ".join((self.joins, self.about, self.on, self.links, self.only, self.too, self.owner))
        )
        return re.compile(rf"^\W*{edge}\W*|\W+{edge}\W*$" if self.spaced else f"^{edge}|{edge}$", re.IGNORECASE)

    @cached_property
    def _fragment(self) -> re.Pattern[str]:
        joins, about, asks = (self._alternatives(words) for words in (self.joins, self.about, self.asks))
        attached = r"|و(?=\w)" if self.spaced else "|.*呢\\W*$"
        return re.compile(rf"\W*(?:(?:{joins}\W*)*{about}|(?:{joins}{attached})(?!\W*{asks}))", re.IGNORECASE)


CUES: Final[dict[str, Cues]] = {
    "en": Cues(
        joins="and but or so also ok okay now then plus well",
        about="""what_about how_about what_of same same_for same_about same_question same_question_for
            the_same_for and_for and_by compare_with compare_that_with compare_this_with compare_it_with
            compare_them_with compare_to compare_that_to compare_this_to how_does_that_compare_with
            how_does_this_compare_with how_does_it_compare_with how_does_that_compare_to how_does_this_compare_to
            how_does_it_compare_to versus vs""",
        asks="""what which who whom whose when where why how did does do has have had is are was were will would
            can could please tell show give find list summarize summarise quote compare""",
        on="on about regarding concerning",
        links="the",
        only="""only solely exclusively limit_to limit_it_to limit_this_to limit_that_to restrict_to
            restrict_it_to restrict_this_to narrow_it_to narrow_it_down_to narrow_down_to under within instead
            rather""",
        too="too also as_well in_addition add plus along_with together_with compare* compared versus vs",
        others="""which_other_states which_other_countries what_other_states what_other_countries which_other
            what_other which_others any_other any_others what_others who_else anyone_else anybody_else
            everyone_else everybody_else other_states other_countries the_others""",
        owner="they it he she its their theirs his her hers them him this_state that_state this_country that_country",
        subject="""did_it did_they did_he did_she does_it does_he does_she do_they has_it has_he has_she have_they
            had_it had_they is_it is_he is_she are_they was_it was_he was_she were_they""",
        anaphora="""direct* specific* sorry pardon meant think* thought feel* be limit restrict narrow that this these
            those there so same such similar* it's that's a an the of on in at to from for by with about not no
            any some all one ones thing things something anything else other others again once if be been being
            many much often far long i you me us we my your say says said saying stated mention* speak speaks
            spoke spoken talk* tell told put phrase* word words worded wording exact* precise* verbatim literal*
            quote* quotation* cite* citation* source* document* file files text texts statement* speech* address
            intervention* declaration* paragraph* page* passage* sentence* line* section* part parts reference*
            footnote* link* full fully whole entire* complete* longer more further rest details detail elaborate
            expand context date day year month time session* meeting* occasion* event* body place reason* reasons
            because mean* meant meaning explain* answer* question* article* topic* subject* issue* point* matter*
            position* view* stance* opinion* agree* disagree* support* oppose* object* accept* reject* refuse*
            welcome* endorse* favour* favor* against concern* true right sure really just exactly only actually
            precisely speaker* person delegate* delegation* representative* minister name* french
            english spanish russian arabic chinese""",
        convention="convention the_convention the_convention_itself convention_itself",
        protocol="protocol the_protocol this_protocol that_protocol",
        protocols="""protocols the_protocols its_protocols all_protocols the_three_protocols all_three_protocols
            three_protocols""",
    ),
    "fr": Cues(
        joins="et mais ou puis alors donc ensuite aussi",
        about="""qu'en_est-il qu'en_est-il_de qu'en_est-il_du qu'en_est-il_des qu'en_est-il_d' quid quid_de
            quid_du quid_des même_question même_question_pour même_chose même_chose_pour pareil_pour idem_pour
            et_pour comparer_avec compare_avec comparez_avec par_rapport_à""",
        asks="""que qu qu' qui quand où pourquoi comment combien quel quelle quels quelles est-ce est-ce_que a ont
            montre montrez cite citez donne donnez compare comparez""",
        on="sur concernant à_propos_de au_sujet_de au_sujet_du",
        links="de du des d' l' la le les",
        only="""seulement uniquement exclusivement juste rien_que au_titre_de au_titre_du au_titre_des
            dans_le_cadre_de plutôt""",
        too="aussi également en_plus de_plus ainsi_que par_rapport_à compare* avec",
        others="""autres_états autres_pays les_autres_états les_autres_pays d'autres_pays quels_autres_pays
            quels_autres_états quels_autres quelles_autres quel_autre quelle_autre qui_d'autre d'autres_pays
            d'autres_états les_autres""",
        owner="elle elles il ils lui leur leurs sa son ses ce_pays cet_état celle-ci celui-ci",
        subject="a-t-elle a-t-il ont-elles ont-ils elle_a il_a elles_ont ils_ont",
        anaphora="""pens* croi* pardon désolé direct* spécifique* sont-ils sont-elles d'accord tiré* tirée cela ça
            ceci ce c' c'est cette cet ces y t l' d' s' n' m' j' la le les de du des un une en dans à au aux sur
            par pour contre ne pas plus encore davantage même mêmes est était étaient sont être été fut fait si te
            vous moi nous on je tu peux peut pouvez pourrait pourriez veuillez plaît plait dit dire dites disent
            disait déclar* mentionn* parl* affirm* exact* précis* mot mots terme* texte* textuel* intégral* entier
            entière complet complète totalité citation* cit* source* document* fichier* page* paragraphe* passage*
            phrase* ligne* extrait* référence* lien discours déclaration* intervention* suite détail* contexte
            date* jour an année mois moment session* séance* réunion* occasion* lieu raison* cause* signifi* veut
            explique* expliquez réponse* question* article* sujet* point* position* avis opinion* accord soutien*
            soutenir appui* oppos* favorable* accept* rejet* refus* vrai vraiment sûr orateur* délégué*
            délégation* représentant* ministre* nom provient vient quoi autre autres afin""",
        convention="convention la_convention",
        protocol="protocole le_protocole ce_protocole du_protocole",
        protocols="""protocoles les_protocoles des_protocoles trois_protocoles les_trois_protocoles
            des_trois_protocoles""",
    ),
    "es": Cues(
        joins="y e pero o entonces ahora luego también",
        about="""qué_hay qué_hay_de qué_hay_del qué_tal y_qué_hay_de y_qué_hay_del qué_pasa_con y_qué_pasa_con
            lo_mismo lo_mismo_para lo_mismo_de misma_pregunta la_misma_pregunta misma_pregunta_para comparar_con
            compara_con compare_con comparado_con y_para""",
        asks="""qué que quién quiénes cuándo cuando dónde donde cómo por_qué cuánto cuánta cuántos cuántas cuál
            cuáles muestra muestre muéstrame cita cite compara compare""",
        on="sobre acerca_de acerca_del respecto_de respecto_a",
        links="de del la el los las",
        only="solo sólo solamente únicamente exclusivamente en_el_marco_de en_relación_con_el_tema en_lugar_de",
        too="también además igualmente junto_con compara* comparado",
        others="""qué_otros_países qué_otros_estados cuáles_otros_países qué_otros qué_otras cuáles_otros
            quién_más quiénes_más otros_países otros_estados los_otros los_demás alguien_más""",
        owner="ella ellas ellos él su sus suya suyo ese_país este_país ese_estado",
        subject="ella ellas ellos él",
        anaphora="""opin* piens* cree* sostien* perdón direct* específic* más eso esto ese esa esos esas aquello lo la
            las los el al del de en a con por para sobre un una no sí sin más otra vez mismo misma mismas mismos
            fue fueron era es son está ser sido se te me nos le les yo tú usted puede puedes podría podrías favor
            dijo dice dicen dijeron dicho decir diga declar* mencion* habl* afirm* exact* precis* palabra*
            término* texto* textual* íntegro íntegra entero entera completo completa completamente totalidad cita*
            citar fuente* documento* archivo* página* párrafo* pasaje* frase* oración línea* fragmento*
            referencia* enlace discurso* declaración declaraciones intervención detalle* contexto fecha* día año
            mes momento sesión sesiones período reunión ocasión lugar razón razones motivo* causa* significa
            quiere explica* explique respuesta* pregunta* artículo* tema* punto* posición posiciones opinión
            postura* acuerdo apoy* opone* oponen favor contra acept* rechaz* cierto verdad seguro orador* delegad*
            delegación representante* ministr* nombre proviene viene hace ha han""",
        convention="convención la_convención",
        protocol="protocolo el_protocolo este_protocolo ese_protocolo del_protocolo",
        protocols="protocolos los_protocolos tres_protocolos los_tres_protocolos",
    ),
    "ru": Cues(
        joins="а и но или тогда теперь ну также",
        about="""а_что а_что_насчёт а_что_насчет что_насчёт что_насчет а_как_насчёт а_как_насчет как_насчёт
            как_насчет а_как то_же_самое то_же_самое_для то_же_для тот_же_вопрос сравни_с сравните_с сравнить_с
            по_сравнению_с""",
        asks="""что кто когда где почему зачем как каков какова какой какая какие какое какую сколько чем чего
            куда откуда покажи покажите процитируй процитируйте""",
        on="о об обо про относительно касательно",
        links="насчёт насчет",
        only="только лишь исключительно в_рамках по_пункту вместо",
        too="также тоже ещё еще вдобавок вместе_с сравни* сравнению",
        others="какие_ещё какие_еще какие_другие кто_ещё кто_еще другие_страны другие_государства остальные",
        owner="она он они оно её ее его их ей ему им эта_страна это_государство",
        subject="она он они оно",
        anaphora="""дума* счита* какой каком какого каким какому каких какими число числа извини* простите это этом
            этого этой этот эта эти этих этому тот том того та те так там тут здесь то же самое самый же ли бы
            было была были был есть быть в во на о об обо про по с со из от к у за для при не да нет все всё весь
            всю целиком полностью полный полная полную полное подробнее больше дальше снова мне нам вы ты я можно
            можешь можете могли пожалуйста сказа* говор* заяв* упом* отме* произн* имен* точн* дословн* слов*
            текст* цитат* процитир* источник* документ* файл* страниц* абзац* пассаж* предложени* фраз* строк*
            отрыв* ссылк* заявлени* выступлени* реч* контекст* детал* дат* день дня год году года месяц* момент*
            сесси* заседани* встреч* случа* мест* причин* значит означает объясн* ответ* вопрос* стать* тем*
            пункт* позици* мнени* соглас* поддерж* против возраж* отверг* прин* правда действительно оратор*
            делегат* делегаци* представител* министр* имя""",
        convention="конвенция конвенции конвенцию о_конвенции",
        protocol="протокол протокола протоколе протоколу о_протоколе",
        protocols="""протоколы протоколов протоколам протоколах о_протоколах три_протокола трёх_протоколов
            трех_протоколов""",
    ),
    "ar": Cues(
        joins="و ثم أو لكن إذن أيضا",
        about="""وماذا_عن ماذا_عن وماذا_بشأن ماذا_بشأن وبشأن وعن وما_رأي نفس_السؤال نفس_السؤال_عن نفس_الشيء
            وبالنسبة_إلى بالنسبة_إلى قارن_مع قارن_ذلك_مع مقارنة_مع مقارنة_بـ""",
        asks="ماذا ما من متى أين لماذا كيف كم هل أي أية اعرض اقتبس قارن وماذا ومتى ولماذا وأين وكيف وهل ومن وما",
        on="عن بشأن حول بخصوص",
        links="من",
        only="فقط حصرا حصريا في_إطار ضمن بدلا",
        too="أيضا كذلك بالإضافة إضافة قارن مقارنة",
        others="من_غيرها من_غيره من_أيضا أي_دول_أخرى ما_الدول_الأخرى أي_الدول_الأخرى والآخرون الآخرون",
        owner="هي هو هم هما موقفها موقفه موقفهم بيانها بيانه بيانهم رأيها رأيه لها له لهم هذه_الدولة تلك_الدولة",
        subject="هي هو هم هن",
        anaphora="""الكامل كاملا الكاملة أرني يرى ترى عذرا ذلك ذاك هذا هذه تلك هؤلاء هناك هنا بذلك كان كانت يكون تكون
            عن في على إلى من بـ مع لا نعم كل كله كاملا كاملة كامل بالكامل المزيد أكثر مرة أخرى نفس نفسه لي لنا
            يمكن يمكنك هل_يمكنك أن فضلك رجاء السبب سبب قال قالت قالوا قيل يقول تقول يقولون صرح* ذكر* أعلن* تحدث*
            بالضبط تحديدا حرفيا كلمات الكلمات عبارة العبارة نص النص النصوص اقتباس الاقتباس مصدر المصدر المصادر
            وثيقة الوثيقة الوثائق ملف صفحة الصفحة فقرة الفقرة جملة الجملة مقطع المقطع مرجع بيان البيان خطاب الخطاب
            كلمة الكلمة سياق السياق تفاصيل التفاصيل تاريخ التاريخ يوم اليوم عام سنة السنة شهر دورة الدورة جلسة
            الجلسة اجتماع الاجتماع مناسبة المناسبة مكان معنى يعني اشرح جواب الجواب سؤال السؤال المادة الموضوع
            النقطة موقف الموقف رأي يوافق توافق تؤيد يؤيد تعارض يعارض ترفض يرفض تقبل صحيح حقا متحدث المتحدث وفد
            الوفد ممثل الممثل وزير اسم""",
        convention="الاتفاقية اتفاقية عن_الاتفاقية",
        protocol="البروتوكول بروتوكول عن_البروتوكول",
        protocols="البروتوكولات بروتوكولات عن_البروتوكولات البروتوكولات_الثلاثة",
    ),
    "zh": Cues(
        joins="还 那么 那 还有 以及 和 但是 但 或者 或 另外",
        about="呢 怎么样 如何呢 同样的问题 同样 与之相比 相比 跟 对比",
        asks="什么 谁 何时 哪里 哪儿 哪 为什么 为何 如何 怎么 多少 几 是否 请",
        on="关于 有关",
        links="对于 对 就",
        only="只看 只有 只要 只 仅限于 仅限 仅 限于 单看 项下 范围内",
        too="也 还有 加上 再加 同时 以及 比较",
        others="还有谁 还有哪些 其他国家 其他国 别的国家 哪些其他",
        owner="它们 他们 她们 它 他 她 该国 其 这个国家",
        subject="它们 他们 她们 它 他 她",
        anaphora="""觉得 看待 怎么看 一样 次 给出 引文 天 哪次 哪一天 抱歉 第几 第 那是 这是 那个 这个 那些 这些 那里
            这里 那 这 此 是 的 了 吗 么 在 对 就 关于 从 被 到 把 给 我 我们 你 您 能 可以 能否 吧 啊 说 说过
            说的 表示 提到 谈到 讲 认为 原话 原文 全文 完整 完整地 全部 更多 多 再 详细 具体 引用 引述 出处 来源
            文件 文档 页 段 段落 句 句子 句话 话 声明 发言 讲话 立场 看法 意见 日期 时候 时间 年 月 日 会议 届会
            届 场合 地点 原因 理由 意思 解释 回答 问题 条 条款 同意 支持 反对 赞成 拒绝 接受 真的 确实 代表 代表团
            部长 名字 请 一下 显示 展示 不 有 没有 要 这么 这样 哪 份 个 一 句 出自 自""",
        convention="公约 公约本身",
        protocol="该议定书 这个议定书",
        protocols="议定书 各议定书 三项议定书 三个议定书 这些议定书",
        spaced=False,
    ),
}
