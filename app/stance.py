"""Whether words take a position, told by transparent rules in six languages.

The rules err on the side of a position: only words that note or report what others said, and hold no attitude beside
that, count as none.
"""

import re
from functools import cache
from typing import Final

# Attitudes, demands, judgements and deeds: patterns between white space, `_` for a space inside one.
_POSITIONS: Final = {
    "en": r"""
        must should shall_not ought need(?:s|ed)? cannot can(?:not|['’]t) have_to has_to never support\w* welcom\w*
        oppos\w+ reject\w* favou?r\w* against call(?:s|ed|ing)?_(?:for|on|upon) urg\w+ believ\w+ consider\w*
        convinc\w+ convict\w+ condemn\w* endors\w+ commit\w* attach\w* regret\w* deplor\w+ propos\w+ recommend\w*
        encourag\w+ insist\w* demand\w* hop(?:e|es|ed|ing) want\w* wish\w* prefer\w* agree\w* disagree\w* accept\w*
        stand\w*_ready ready prepared willing determin\w+ object\w* advocat\w+ appeal\w* (?:re)?affirm\w*
        (?:re)?iterat\w+ stress\w* emphasi[sz]\w+ underlin\w+ underscor\w+ deserv\w+ important importance essential
        necessary vital crucial imperative priorit\w+ unacceptable danger\w* threat\w* scourge\w* evil\w* menace\w*
        fight\w* combat\w* struggl\w+ counter\w* ratif\w+ sign(?:ed|ing|atory) accede\w* adopt\w+ establish\w*
        conclud\w+ join(?:ed|s|ing)? pledg\w+ promot\w+ strengthen\w* contribut\w+ cooperat\w+ maintain\w* position
        in_our_view view opinion justif\w+ illegal unlawful contrary violat\w+ infring\w+ proud success\w* fail\w*
        concerned worried alarm\w* grave serious challenge\w* require\w* warn\w* thank\w* grateful appreciat\w+
        commend\w* applaud\w* praise\w* benefit\w* grant\w* refus\w+ let_us allow\w* prohibit\w* guarant\w+ defend\w*
        protect\w* resist\w* pleas\w+ joy happy satisf\w+ disappoint\w* sad\w* unfortunate\w* regrettabl\w*
    """,
    "fr": r"""
        doi(?:t|vent) devr\w+ faut faudra\w* souten\w* soutien\w* appui\w* appuy\w* salu\w+ félicit\w+ oppos\w+
        rejet\w+ favorable\w* contre demand\w+ invit\w+ exhort\w+ estim\w+ considèr\w+ considér\w+ convaincu\w*
        convict\w+ condamn\w+ engag\w+ attach\w+ regrett\w+ déplor\w+ propos\w+ recommand\w+ encourag\w+ insist\w+
        exig\w+ espèr\w+ espér\w+ souhait\w+ préfèr\w+ accept\w+ refus\w+ prêt\w* dispos\w+_à déterminé\w* plaid\w+
        réaffirm\w+ réitèr\w+ soulign\w+ import\w+ essentiel\w* nécessaire\w* vital\w* crucial\w* priorit\w+
        inacceptable\w* danger\w* menac\w+ fléau\w* lutt\w+ combat\w* ratifi\w+ sign(?:é|er)\w* adhér\w+ adopt\w+
        renforc\w+ contribu\w+ coopér\w+ position avis contraire\w* illégal\w* viol\w+ grave\w* défi\w* ne_peut
        ne_saurait
    """,
    "es": r"""
        deb(?:e|en|er|ería|erían|emos) hay_que es_preciso necesi\w+ apoy\w+ respald\w+ acog\w+ celebr\w+ opon\w+
        opus\w+ rechaz\w+ favor\w* contra pid\w+ ped\w+ exhort\w+ inst(?:a|amos|ar) cre(?:e|emos|o) consider\w+
        convencid\w+ convicc\w+ conden\w+ compromet\w+ compromiso\w* lament\w+ deplor\w+ propon\w+ propuest\w+
        recomend\w+ alent\w+ alient\w+ insist\w+ exig\w+ esper\w+ dese\w+ prefier\w+ acept\w+ list[oa]s? dispuest\w+
        decidid\w+ abog\w+ reafirm\w+ reiter\w+ subray\w+ destac\w+ importan\w+ esencial\w* fundamental\w* vital\w*
        crucial\w* priori\w+ inaceptable\w* peligr\w+ amenaz\w+ flagel\w+ luch\w+ combat\w+ ratific\w+
        firm(?:ó|ado|ar)\w* adhir\w+ adopt\w+ fortalec\w+ contribu\w+ cooper\w+ posici[óo]n opini[óo]n contrari\w+
        ilegal\w* viol\w+ grave\w* desaf\w+ no_puede\w*
    """,
    "ru": r"""
        долж\w+ следует необходим\w* нужн\w+ нельзя поддерж\w+ приветств\w+ против\w* выступа\w+_(?:за|против)
        отверга\w+ призыва\w+ счита\w+ полага\w+ исход\w+_из убежден\w* осужда\w+ привержен\w+ сожале\w+ предлага\w+
        предлож\w+ рекоменд\w+ настаива\w+ требу\w+ надеем\w+ надеет\w+ желае\w+ предпочита\w+ соглас\w+ принима\w+
        готов\w* решительн\w+ подтвержда\w+ подчеркива\w+ важн\w+ значени\w+ приоритет\w* неприемлем\w+ опасн\w+
        угроз\w+ борьб\w+ борот\w+ ратифиц\w+ подписа\w+ присоедин\w+ укрепл\w+ сотруднич\w+ позици\w+ мнени\w+
        наруш\w+ противореч\w+ незаконн\w+ серьезн\w+ вызов\w* не_может
    """,
    "ar": r"""
        يجب ينبغي لا_بد يتعين لا_يجوز لا_يمكن [نتيأ]ؤيد تأييد [نتي]دعم دعم\w* [نتي]رحب ترحيب [نتي]عارض معارض\w*
        [نتي]رفض رفض [نت]دعو [نتي]حث [نتي]عتقد [نتي]رى [نتي]عتبر اقتناع [نتي]دين إدانة [نتي]لتزم التزام\w* [نتي]أسف
        [نتي]قترح اقتراح\w* [نتي]وصي [نتي]شجع [نتي]صر [نتي]طالب [نتي]أمل [نتي]فضل [نتي]وافق [نتي]قبل استعداد\w*
        مستعد\w* [نتي]ؤكد تأكيد [نتي]شدد أهمية ضرورة ضروري\w* أولوية غير_مقبول خطر\w* تهديد\w* مكافحة محاربة صادق\w*
        وقع[تن]ا? انضم\w* تعزيز تعاون موقف\w* رأي\w* مخالف\w* تخالف انتهاك غير_مشروع\w* خطير\w* تولي يولي
    """,
    "zh": r"""
        应当? 必须 需要 不得 不能 不可 支持 欢迎 反对 拒绝 赞成 赞同 呼吁 敦促 认为 相信 主张
        深信 谴责 承诺 致力 遗憾 建议 提议 鼓励 坚持 要求 希望 愿意? 同意 接受 准备 决心 重申
        强调 重要 重视 必要 优先 危险 威胁 打击 批准 签署 加入 加强 贡献 合作 立场 意见 违反
        违背 非法 严重 挑战 关切
    """,
}
# What is noted, heard or said by others: patterns as above.
_MENTIONS: Final = {
    "en": r"""
        tak(?:e|es|en|ing)_note noted listen(?:ed|s|ing)? heard
        ha(?:s|ve)_(?:also_)?been_(?:mentioned|raised|discussed|proposed|suggested|said|spoken)
        (?:was|were|is|are)_(?:mentioned|raised|discussed|proposed|suggested)
        ha(?:s|ve)_(?:mentioned|spoken|suggested|proposed)
        (?:delegations|speakers|others|some|many|colleagues)_(?:\w+_)?(?:spoke|mentioned|raised|suggested|proposed|referred)
        follow(?:s|ed|ing)?_(?:\w+_){0,3}(?:negotiations|discussions|debate|work)
    """,
    "fr": r"""
        pren(?:d|ons|ent)_(?:\w+_)?note (?:a|avons|ont)_(?:écouté|entendu|évoqué|mentionné|proposé|suggéré)
        (?:a|ont)_été_(?:évoqué|mentionné|proposé|suggéré)\w*
        sui(?:t|vons|vent)_(?:\w+_){0,3}(?:négociations|discussions|débats|travaux)
    """,
    "es": r"""
        tom(?:a|amos|an)_(?:\w+_)?nota
        (?:ha|hemos|han)_(?:escuchado|oído|mencionado|propuesto|sugerido|hablado)
        se_ha_(?:hablado|mencionado|propuesto|sugerido) (?:ha|han)_sido_(?:mencionad|propuest|sugerid)\w+
        sig(?:ue|uen)_(?:\w+_){0,3}(?:negociaciones|debates|deliberaciones|trabajos)
    """,
    "ru": r"""
        приняла?_к_сведению принимае\w+_к_сведению (?:вы)?слуша\w+ услышал\w* (?:много_)?говорил\w*
        упомина\w+ упомянул\w* было_(?:предложено|высказано)
        следи\w+_за_(?:\w+_){0,3}(?:переговорами|обсуждением|работой)
    """,
    "ar": r"""
        (?:أحطنا|نحيط|يحيط|تحيط)_علما استمع\w* سمعنا تحدث\w* ذُ?كر\w* اقتُ?رح_أن [نتي]تابع
    """,
    "zh": r"""
        注意到 听取 听到 (?:谈到|提到|有人提议|有代表团) 关注(?:着)?.{0,6}(?:谈判|讨论)
    """,
}
# These languages write no spaces, or join particles to the words.
_UNBOUNDED: Final = frozenset(("ar", "zh"))


def takes_position(text: str, language: str | None) -> bool:
    """Returns whether a text takes a position on what it speaks of; in a language without rules, it always does.

    To say that one has no position is one: it answers who asks for it.
    """
    rules = _rules(language or "en")
    if rules is None:
        return True
    positions, mentions = rules
    rest = mentions.sub(" ", text)
    return rest == text or positions.search(rest) is not None


@cache
def _rules(language: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    if language not in _POSITIONS:
        return None
    return _compiled(_POSITIONS[language], language), _compiled(_MENTIONS[language], language)


def _compiled(patterns: str, language: str) -> re.Pattern[str]:
    alternatives = "|".join(patterns.split()).replace("_", " ")
    pattern = f"(?:{alternatives})" if language in _UNBOUNDED else rf"\b(?:{alternatives})\b"
    return re.compile(pattern, re.IGNORECASE)
