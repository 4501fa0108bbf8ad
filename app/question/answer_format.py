"""Answer format of a follow-up: shorter, as talking points, or in another language.

"Shorter, please" and "in French" keep the question before and change only the form of its answer.
"""

import re
from dataclasses import dataclass
from typing import Final

from app.question.frames import fold_accents
from app.records import Style

_STYLES: Final[dict[Style, str]] = {
    "shorter": r"shorter|(?:more\s+)?brief(?:ly|er)?|in\s+(?:brief|short)|summari[sz]e|plus\s+court|en\s+bref|(?:plus\s+)?brievement|resume[zr]?"
    r"|mas\s+(?:corto|breve)|en\s+breve|resum(?:e|elo|a)|(?:по)?короче|(?:в)?кратко?це?|اقصر|باختصار|بايجاز|更?简短(?:一点|一些|些)?|更短|简要|缩短",
    "points": r"(?:as\s+|in(?:to)?\s+)?(?:talking|bullet)\s+points|(?:sous\s+forme\s+de\s+)?points\s+(?:de\s+discussion|a\s+retenir)|elements\s+de\s+langage"
    r"|(?:como\s+|en\s+)?puntos\s+(?:de\s+discusion|clave)|(?:в\s+виде\s+)?тезис(?:ов|ы|ами)|по\s+пунктам|(?:على\s+شكل\s+|ك)?نقاط(?:\s+للحديث|\s+رييسيه)?"
    r"|(?:列成|作为)?(?:谈话)?要点",
}
_NAMES: Final[dict[str, str]] = {
    "en": "english|anglais|ingles|английск|انجليزيه|英",
    "fr": "french|francais|frances|французск|فرنسيه|法",
    "es": "spanish|espagnol|espanol|испанск|اسبانيه|西班牙",
    "ar": "arabic|arabe|арабск|عربيه|阿拉伯",
    "ru": "russian|russe|ruso|русск|روسيه|俄",
    "zh": "chinese|chinois|chino|китайск|صينيه|[中汉]",
}
_LANGUAGE: Final = (
    r"(?:translated?\s+)?(?:in(?:to)?|en|al?|на|по)[\s-]+(?:{0})(?:ом|ий|и)?(?:\s+языке?)?"
    r"|(?:باللغه\s+|ب)?ال(?:{0})|(?:用|译成)?(?:{0})(?:语|文)"
)
_FILLERS: Final = re.compile(
    r"\b(?:please|now|and|the\s+same|same|answer|that|this|it|again|but|make|give|put|say|write|show|me|translate|as|s'il\s+(?:vous|te)\s+plait|svp"
    r"|et|le|la|meme|chose|reponse|maintenant|traduis|traduisez|por\s+favor|y|lo|mismo|respuesta|ahora|traduce|пожалуйста|а|и|теперь|то\s+же|самое"
    r"|ответ|переведи(?:те)?|это)\b|من\s+فضلك|الان|و(?=ال)|ترجم|请|再|现在|翻译|回答|一下|成|把|它",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Restyle:
    """How an answer is wanted.

    Attributes:
        language: ISO 639-1 code that was asked for; None where none was.
    """

    style: Style = "answer"
    language: str | None = None


def restyle(question: str) -> Restyle | None:
    """Returns the form that a question asks for, where it asks for nothing else; None for any other question."""
    rest = fold_accents(question).lower()
    style: Style = "answer"
    language: str | None = None
    for name, pattern in _STYLES.items():
        # Letters of Chinese and Arabic are joined to what stands beside them.
        rest, found = re.subn(rf"(?<![a-zа-я])(?:{pattern})(?![a-zа-я])", " ", rest)
        style = name if found else style
    for code, names in _NAMES.items():
        rest, found = re.subn(rf"(?<![a-zа-я])(?:{_LANGUAGE.format(names)})(?![a-zа-я])", " ", rest)
        language = code if found else language
    if (style, language) == ("answer", None) or re.search(r"\w", _FILLERS.sub(" ", rest)):
        return None
    return Restyle(style=style, language=language)
