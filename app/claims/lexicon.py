"""Words that turn what a sentence says: negation, obligation and permission, quantity, direction, for and against.

Patterns stand between white space, with `_` for a space inside one; they are matched without regard to case.
"""

import re
from functools import cache
from typing import Final, Literal, get_args

Kind = Literal[
    "not", "must", "duty", "should", "may", "can", "leave", "all", "some", "most", "many", "few", "only", "more", "less", "about",
    "before", "after", "up", "down", "for", "against", "say",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

# Which kinds in the evidence bear out a kind in a claim. A duty bears out advice, since that says less.
BORNE_OUT: Final[dict[Kind, frozenset[Kind]]] = {
    "not": frozenset({"not", "against"}),
    "must": frozenset({"must", "duty"}),
    "should": frozenset({"should", "must", "duty"}),
    "may": frozenset({"may", "can", "leave"}),
    "can": frozenset({"may", "can", "leave"}),
    "all": frozenset({"all"}),
    "some": frozenset({"some", "few", "many", "most"}),
    "most": frozenset({"most"}),
    "many": frozenset({"many", "most"}),
    "few": frozenset({"few"}),
    "only": frozenset({"only"}),
    "more": frozenset({"more"}),
    "less": frozenset({"less"}),
    "before": frozenset({"before"}),
    "after": frozenset({"after"}),
    "up": frozenset({"up", "more"}),
    "down": frozenset({"down", "less"}),
    "against": frozenset({"against", "not"}),
}

# Negations that negate nothing: "not only", "not least".
_IDLE: Final = {
    "en": "not_only not_least not_just no_doubt no_less",
    "fr": "non_seulement pas_seulement sans_doute ne_manqu\\w+_pas",
    "es": "no_s[óo]lo no_solamente no_obstante sin_duda sin_embargo",
    "ru": "не_только не_просто не_менее",
    "ar": "ليس\\w*_فقط [وف]?لا_سيما لا_شك_أن غير_[أإ]ن\\w*",
    "zh": "不仅 不但 不只 不断 不过 非常 无论 不论",
}
_WORDS: Final[dict[str, dict[Kind, str]]] = {
    "en": {
        "not": r"not \w+n['’]t cannot no_longer no none never nor neither nobody nothing nowhere without unable impossible",
        "must": r"shall must ha(?:s|ve|d)_to obliged required_to",
        "duty": r"oblig(?:es?|ation|ations|atory) requir(?:es?|ed|ing) need(?:s|ed)? mandatory duty duties necess\w+ (?:is|are)_to",
        "should": r"should ought",
        "may": r"(?-i:may) might could perhaps possibl[ey]",
        "can": r"can able",
        "leave": r"allow(?:s|ed|ing)? permit(?:s|ted|ting)? permissible enabl(?:es?|ed) entitled",
        "all": r"all every each both always everyone everybody",
        "some": r"some certain several",
        "most": r"most mostly majority",
        "many": r"many numerous",
        "few": r"few hardly rarely scarcely",
        "only": r"only solely exclusively merely",
        "more": r"more_than over(?=\s[\d$€]) at_least exceed\w* no_(?:fewer|less)_than",
        "less": r"less_than fewer_than at_most up_to no_more_than nearly almost",
        "about": r"approximately roughly",
        "before": r"before prior_to",
        "after": r"after following afterwards?",
        "up": r"ris(?:e|es|en|ing) rose increas\w* grow\w* grew higher doubled",
        "down": r"fall(?:s|en|ing)? fell decreas\w* declined_(?:to|by|from) drop(?:s|ped|ping)? reduc\w* lower(?:ed)? halved",
        "for": r"support\w* welcom\w* favou?r\w* endors\w* accept\w* agree\w* approv\w* advocat\w*",
        "against": r"oppos\w* reject\w* refus\w* declin\w* object(?:s|ed|ing|ions?)? disagree\w* condemn\w* "
        r"den(?:y|ies|ied|ying) against prohibit\w* forb\w+ bann?ed exclud\w*",
        "say": r"say(?:s|ing)? said states? stated stating not(?:es?|ed|ing) declar\w+ affirm\w* explain\w* add(?:s|ed)? "
        r"report(?:s|ed)? recall(?:s|ed)? mention(?:s|ed)? observ(?:es?|ed) remark(?:s|ed)? point(?:s|ed)?_out "
        r"according view consider(?:s|ed)? believ(?:es?|ed) statement delegation tell(?:s)? told hold(?:s)? speak(?:s|ing)? "
        r"stress(?:es|ed)? emphasi[sz](?:es?|ed) underlin(?:es?|ed) reiterat(?:es?|ed) announc(?:es?|ed) describ(?:es?|ed) "
        r"express(?:es|ed)? position indicat(?:es?|ed) inform(?:s|ed)? maintain(?:s|ed)? argu(?:es?|ed)",
    },
    "fr": {
        "not": r"ne(?!_(?:(?!pas)\S+_){1,2}qu(?:e_|['’])) n(?=['’](?!(?:(?!pas)\S+_){1,2}qu(?:e_|['’]))) pas jamais rien aucun\w* ni sans non nul(?:le|les|s)? impossible incapable\w*",
        "must": r"doi(?:t|vent|s) devr(?:a|ont) faut faudra obligé\w* tenu\w*_de",
        "duty": r"oblige\w* obligat\w+ impos(?:e|ent|ée?s?) exig(?:e|ent|ée?s?) nécessaire\w* nécessit\w+ devoir",
        "should": r"devrai(?:t|ent|s) faudrait convien\w+",
        "may": r"pourrai(?:t|ent|s) peut-être éventuellement",
        "can": r"peut peuvent pouvons puiss\w+ pourr(?:a|ont)",
        "leave": r"permet\w* autoris\w+ possible\w*",
        "all": r"tou(?:t|te|tes|s) chaque chacun\w* toujours",
        "some": r"certain(?:e|es|s)? quelques plusieurs",
        "most": r"plupart majorité",
        "many": r"nombreu\w+ beaucoup",
        "few": r"peu rare\w*",
        "only": r"seulement seule?s? uniquement exclusivement ne(?=_(?:(?!pas)\S+_){1,2}qu(?:e_|['’])) n(?=['’](?:(?!pas)\S+_){1,2}qu(?:e_|['’]))",
        "more": r"plus_(?:de|d['’]) au_moins dépass\w+ supérieur\w*",
        "less": r"moins_(?:de|d['’]) au_plus inférieur\w* presque jusqu['’]à",
        "about": r"environ près_de",
        "before": r"avant",
        "after": r"après",
        "up": r"augment\w* hausse cro[iî]\w+ accru\w*",
        "down": r"diminu\w* baiss\w* rédui\w+ recul\w*",
        "for": r"souten\w* soutien\w* appui\w* appuy\w* salu(?:e|ent|ons|é) favorable\w* accept\w* approuv\w*",
        "against": r"oppos\w* rejet\w* refus\w* condamn\w* contre déclin\w+ interdi\w+ exclu\w* renonc\w+",
        "say": r"di(?:t|sent|re|sant) déclar\w+ affirm\w+ indiqu\w+ not(?:e|ent|é) soulign\w+ estim\w+ considèr\w+ considér\w+ "
        r"expliqu\w+ ajout\w+ rappel\w+ relèv\w+ relev\w+ précis\w+ mention\w+ selon avis délégation déclaration signal\w+ évoqu\w+ annonc\w+",
    },
    "es": {
        "not": r"no nunca jamás nada nadie ning[úu]n\w* ni sin tampoco imposible",
        "must": r"debe(?:n|mos)? deber[áa]n? ha(?:n)?_de hay_que tiene(?:n)?_que",
        "duty": r"oblig\w+ exig\w+ necesi\w+ preciso deber",
        "should": r"deber[ií]a(?:n|mos)? conv(?:iene|endr[ií]a)",
        "may": r"podr[ií]a(?:n|mos)? quizás? tal_vez acaso",
        "can": r"puede(?:n)? podemos podr[áa]n? pueda(?:n)?",
        "leave": r"permit\w+ autoriz\w+ posible\w*",
        "all": r"tod(?:o|a|os|as) cada ambos siempre",
        "some": r"algun\w+ algún ciert(?:o|a|os|as) vari(?:os|as)",
        "most": r"mayor[ií]a mayor_parte",
        "many": r"much(?:o|a|os|as) numeros\w+",
        "few": r"poc(?:o|a|os|as) apenas",
        "only": r"s[óo]lo solamente únic\w+ únicamente exclusiv\w+",
        "more": r"más_de al_menos por_lo_menos superior\w* supera\w*",
        "less": r"menos_de a_lo_sumo inferior\w* casi hasta",
        "about": r"aproximadamente cerca_de unos unas",
        "before": r"antes",
        "after": r"después tras",
        "up": r"aument\w* crec\w+ subi\w+ increment\w+",
        "down": r"disminu\w+ baj[óoa]\w* reduc\w+ reduj\w+ descen\w+",
        "for": r"apoy\w+ respald\w+ acog\w+ celebr\w+ favorable\w* acept\w+ aprueb\w+ aprob\w+",
        "against": r"opon\w+ opus\w+ rechaz\w+ conden\w+ contra deneg\w+ niega\w* negar\w* prohib\w+ exclu\w+",
        "say": r"di(?:ce|cen|jo|jeron|cho) declar\w+ afirm\w+ indic\w+ señal\w+ not[óa]\w* subray\w+ consider\w+ estim\w+ explic\w+ añad\w+ "
        r"record\w+ recuerd\w+ mencion\w+ según opini[óo]n delegaci[óo]n declaraci[óo]n manifest\w+ sostien\w+ advier\w+ anunci\w+",
    },
    "ru": {
        "not": r"не ни нет нельзя никогда никт\w+ никак\w* ничег\w+ ничт\w+ без невозмож\w+ отсутств\w+",
        "must": r"долж(?:ен|на|но|ны) обязан\w*",
        "duty": r"обязыва\w+ обязательств\w+ необходим\w* надо нужн\w+ требу\w+",
        "should": r"следует следовало",
        "may": r"возможно_что пожалуй мог(?:ла|ло|ли)?_бы",
        "can": r"мо(?:жет|гут|жем|чь) мог(?:ут|ла|ли)? можно вправе",
        "leave": r"возможн\w* разреш\w+ позволя\w+ допуска\w+",
        "all": r"вс(?:е|ех|ем|еми|я|ю|ей|ё) кажд\w+ всегда люб(?:ой|ая|ое|ые|ого|ых) оба обе",
        "some": r"некотор\w+ нескольк\w+ ряд(?:а|у|ом)?",
        "most": r"большинств\w*",
        "many": r"мног(?:ие|их|им|ими|о)",
        "few": r"мало немног\w+ редко едва",
        "only": r"только лишь исключительно единственн\w+",
        "more": r"более больше свыше не_менее",
        "less": r"менее меньше не_более почти до",
        "about": r"около примерно приблизительно",
        "before": r"перед прежде",
        "after": r"после спустя",
        "up": r"увелич\w+ возрос\w* рост\w* вырос\w* расшир\w+",
        "down": r"сокра\w+ сниз\w+ сниж\w+ уменьш\w+ упал\w*",
        "for": r"поддерж\w+ приветств\w+ одобр\w+ соглас(?:ен|на|ны|ился|илась|иться|ием)\w* принима\w+",
        "against": r"против\w* отверга\w+ отклон\w+ отказ\w+ осужда\w+ возраж\w+ запре\w+ исключ\w+ прекра\w+",
        "say": r"заяв\w+ сказа\w+ говор\w+ отме\w+ подчерк\w+ счита\w+ полага\w+ указ\w+ сообщ\w+ добав\w+ напомн\w+ напомина\w+ поясн\w+ "
        r"мнени\w+ делегаци\w+ согласно убежден\w* утвержда\w+ подтвержда\w+",
    },
    "ar": {
        "not": r"لا لم لن ليس\w* غير دون بدون عدم ولا ولم ولن فلا بلا ما_لم",
        "must": r"[وف]?يجب [وف]?يتعين [وف]?تلتزم [وف]?يلتزم لا_بد",
        "duty": r"[وف]?تلتزم [وف]?يلتزم ملزم\w* [وال]*التزام\w* [وف]?يلزم [وف]?تلزم واجب\w*",
        "should": r"[وف]?ينبغي",
        "may": r"[وف]?قد(?=_ي) ربما",
        "can": r"[وف]?يمكن\w* [وف]?يجوز [وف]?تستطيع [وف]?يستطيع",
        "leave": r"[وف]?[يت]جيز [وف]?[يت]سمح\w* ممكن\w*",
        "all": r"[وفبلك]*كل [وفبلك]*جميع\w* [وفبل]*كاف[ةه] [وفبل]*سائر دائما",
        "some": r"[وفبل]*بعض\w* [وفبل]*عدة عدد_من",
        "most": r"[وفبل]*معظم\w* [وفبل]*أغلب\w* غالبية",
        "many": r"[وفبل]*كثير\w* [وفبلال]*عديد\w*",
        "few": r"[وفبل]*قليل\w* نادرا",
        "only": r"[وف]*فقط سوى إلا وحد\w* حصرا",
        "more": r"أكثر_من يزيد_على يتجاوز على_الأقل يفوق",
        "less": r"أقل_من يقل_عن على_الأكثر",
        "about": r"نحو حوالي زهاء",
        "before": r"[وف]?قبل",
        "after": r"[وف]?بعد",
        "up": r"[وفا]*ارتفع\w* [وف]?زاد\w* ازداد\w* زيادة تضاعف\w*",
        "down": r"انخفض\w* انخفاض تراجع\w* تقليص خفض\w*",
        "for": r"[وف]?[نتيأ]ؤيد\w* تأييد\w* [وف]?[نتي]دعم دعم\w* [وف]?[نتي]رحب\w* [وف]?[نتي]وافق [وف]?[نتي]قبل",
        "against": r"[وف]?[نتي]عارض معارض\w* [وف]?[نتي]رفض رفض\w* [وف]?[نتي]دين إدانة ضد حظر\w* [وف]?[يت]حظر",
        "say": r"[وف]?قال\w* [وف]?ذكر\w* [وف]?أعلن\w* [وف]?أكد\w* [وف]?أشار\w* [وف]?[نتي]رى [وف]?[نتي]عتبر [وف]?أوضح\w* أضاف\w* وفق\w* حسب بيان وفد "
        r"[وف]?[نتي]ؤكد [وف]?[نتي]قول [وف]?صرح\w* [وف]?أفاد\w* [وف]?[نتي]شدد رأي",
    },
    "zh": {
        "not": r"不 没有 没 未 无 勿 从未 毫无",
        "must": r"必须 应当? 须 不得不 务必",
        "duty": r"需要? 有义务 要求",
        "should": r"宜 最好",
        "may": r"也许 或许 可能",
        "can": r"可以 可 能够?",
        "leave": r"允许 得以 有权",
        "all": r"所有 全部 一切 每 都 始终 一贯",
        "some": r"一些 有些 有的 某些 若干 个别 部分",
        "most": r"大多数 多数 大部分",
        "many": r"许多 很多 众多",
        "few": r"少数 很少 极少",
        "only": r"只有? 仅 唯一",
        "more": r"超过 多于 至少 以上",
        "less": r"不到 少于 至多 以下 低于 近",
        "about": r"大约 约 左右",
        "before": r"之前 以前",
        "after": r"之后 以后 此后",
        "up": r"增加 上升 增长 提高",
        "down": r"减少 下降 降低 减至",
        "for": r"支持 欢迎 赞成 赞同 同意 接受",
        "against": r"反对 拒绝 谴责 抵制 禁止 排除",
        "say": r"表示 指出 认为 说明? 强调 称 声明 宣布 报告 提到 代表团 发言 主张",
    },
}
# These languages write no spaces between words.
_UNSPACED: Final = frozenset({"zh"})
LANGUAGES: Final = tuple(_WORDS)


@cache
def operators(language: str) -> re.Pattern[str]:
    """Returns one pattern with a group per kind; longer forms come first, and idle negations match as `idle`."""
    words = _WORDS[language]
    groups = [("idle", _IDLE[language]), *((kind, words[kind]) for kind in _ORDER if kind in words)]
    body = "|".join(f"(?P<{name}>{_alternatives(forms)})" for name, forms in groups)
    if language in _UNSPACED:
        return re.compile(body)
    return re.compile(rf"(?<![\w-])(?:{body})(?!\w)", re.IGNORECASE)


# A form of several words is looked for before the single words that it begins with: "no fewer than" before "no".
_ORDER: Final[tuple[Kind, ...]] = (
    "more", "less", "down", "only", "not", *(k for k in KINDS if k not in ("more", "less", "down", "only", "not")),
)  # fmt: skip


def _alternatives(forms: str) -> str:
    return "|".join(form.replace("_", r"\s+") for form in sorted(forms.split(), key=len, reverse=True))
