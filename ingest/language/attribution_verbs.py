"""How documents say that somebody speaks: verbs and phrases of attribution in the six languages, by table."""

from typing import Final

import regex

from ingest.language.lexicons import RegexPatterns, load_lexicon, unfolded

_WORDS: Final = load_lexicon("drafts")
_PATTERNS: Final = RegexPatterns("drafts")

_ARABIC: Final = (
    "[وف]?(?:قال|صرح|أعلن|ذكر|أكد|أضاف|أشار|شدد|أوضح|لاحظ|رأى|دعا|اقترح|طالب|أفاد|جاء|يقول|تقول|ورد)(?:ت|وا|ا)?"
)
_CHINESE: Final = "(?:表示|指出|强调|说道|说|称|认为|声明|宣布|补充|重申|呼吁|提出|写道|回答|警告|解释|主张)"
_ACCORDING: Final = unfolded(_WORDS["according"])


def _whole_words(pattern: str) -> str:
    return rf"(?<![\p{{L}}\p{{M}}])(?:{pattern})(?![\p{{L}}\p{{M}}])"


VERB: Final = regex.compile(
    "|".join(
        (
            _whole_words("|".join(verb.replace("_", r"\s+") for verb in _WORDS["verbs"].split())),
            _whole_words(_ARABIC),
            _CHINESE,
        )
    ),
    regex.IGNORECASE,
)
ACCORDING: Final = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}])(?:{_ACCORDING})(?![\p{{L}}\p{{M}}]{{3}})|[据根依]", regex.IGNORECASE
)
BEHALF: Final = _PATTERNS.on_behalf
# "I quote Tessaria:", "in the words of Tessaria".
CITES: Final = _PATTERNS.cites
# Before a name: it is whom somebody speaks of, to or after, rather than who speaks.
OBJECT: Final = _PATTERNS.object_before
SPEAKER_OF: Final = _PATTERNS.speaker_of
# A verb this many words before a quotation introduces it.
_REACH: Final = 12
_THAT: Final = regex.compile(r"(?:[:：,，،—–-]|\b(?:that|que|qu[’']|что|dass)|أن|إن|بأن)\s*$", regex.IGNORECASE)


def introduces_speech(before: str) -> bool:
    """Returns whether the words before a quotation say that somebody speaks it, directly or by a colon after a verb."""
    sentence = regex.split(r"[.!?。！？؟]\s+", before)[-1]
    near = " ".join(sentence.split()[-_REACH:])
    found = [match.end() for match in VERB.finditer(near)]
    if not found:
        return False
    rest = near[found[-1] :].strip()
    return not rest or _THAT.search(near) is not None


def introduces_title(before: str) -> bool:
    """Returns whether the words before a quoted string call it a title or a term."""
    return _PATTERNS.title_before.search(before) is not None
