"""Words that turn what is said around: an ellipsis may not hide them, and a cut beside them is pointed out."""

from functools import cache
from typing import Final

import regex

# Denials, limits and conditions, per language; `_` stands for white space, patterns are regular expressions.
_DENYING: Final = {
    "en": r"no not nor never none nothing nobody neither without cannot \w+n['’]t unless except excluding only if"
    r" provided subject_to until unable refus\w* reject\w* oppos\w* against fail\w* hardly barely scarcely lack\w*",
    "fr": r"ne n['’]\w+ pas non ni jamais aucun\w* rien sans sauf hormis seulement si à_condition sous_réserve refus\w*"
    r" rejet\w* oppos\w* contre",
    "es": r"no ni nunca jamás ningun[oa]? ningún nada nadie sin salvo excepto solo sólo si siempre_que a_menos_que"
    r" rechaz\w* opon\w* contra",
    "ru": r"не ни нет никогда никто ничто без кроме лишь только если при_условии отверга\w* против нельзя",
    "ar": r"لا لم لن ليس\w* ما غير دون بدون إلا سوى فقط إذا شريطة بشرط [نتي]رفض رفض\w* [نتي]عارض ضد",
    "zh": r"不 没 未 无 非 否 勿 莫 除非 除了 只有 仅 如果 若 反对 拒绝",
}
_MODAL: Final = {
    "en": r"shall should may might must can could will would ought",
    "fr": r"doi(?:t|vent) devr\w+ peu(?:t|vent) pourr\w+",
    "es": r"deb(?:e|en|er\w*) pued(?:e|en) podr\w+",
    "ru": r"долж\w+ может могут мо[жг]\w* следует",
    "ar": r"يجب ينبغي يجوز يمكن قد",
    "zh": r"应 应当 应该 必须 可 可以 得 能",
}
_NUMBER: Final = r"\p{N}+"
# A denial this near before a quotation's first word is one that the cut leaves out.
_BESIDE: Final = 4
_WORDS: Final = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}'’-]+")
# What follows and takes back or limits what was quoted.
_TAKING_BACK: Final = regex.compile(
    r"[\s,;–—-]*(?:but|only|unless|except|provided|if|however|mais|sauf|si|à condition|pero|salvo|siempre que|но|если|"
    r"лишь|только|кроме|إلا|لكن|ولكن|إذا|شريطة|但|除非|如果)\b",
    regex.IGNORECASE,
)


def denials(text: str) -> tuple[str, ...]:
    """Returns the denials, limits and conditions in a text, in order."""
    return tuple(match.group() for match in _pattern("deny").finditer(text))


def turning_words(text: str) -> tuple[str, ...]:
    """Returns the denials, conditions and modal verbs in a text, in order."""
    return tuple(match.group() for match in _pattern("turn").finditer(text))


def asserts_something(text: str) -> bool:
    """Returns whether words put into a quotation deny, permit, oblige or count."""
    return bool(turning_words(text)) or regex.search(_NUMBER, text) is not None


def denial_before(text: str) -> str | None:
    """Returns the last denial among the few words that end a text, or None."""
    words = list(_WORDS.finditer(text))[-_BESIDE:]
    found = denials(text[words[0].start() :]) if words else ()
    return found[-1] if found else None


def takes_back(text: str) -> str | None:
    """Returns the word with which a text limits what stands before it, or None."""
    match = _TAKING_BACK.match(text)
    return match.group().strip(" \t\r\n,;–—-") if match else None


@cache
def _pattern(kind: str) -> regex.Pattern[str]:
    tables = (_DENYING, _MODAL) if kind == "turn" else (_DENYING,)
    spaced = [word.replace("_", r"\s+") for table in tables for code, row in table.items() if code != "zh"
              for word in row.split()]  # fmt: skip
    unspaced = [word for table in tables for word in table["zh"].split()]
    return regex.compile(rf"\b(?:{'|'.join(spaced)})\b|{'|'.join(unspaced)}", regex.IGNORECASE)
