"""Harm topics, such as "corruption": support on them is support for action against the harm, and is shown so.

A table with "supports" in the column "Corruption" would put words into a State's mouth.
"""

import re
from typing import Final

from ingest.glossary.glossary import translate_topic

_HARMS: Final = re.compile(
    r"""\b(?:(?:cyber)?crimes?|criminal(?:s|ity)?|traffick?(?:ing|ers?)?|smuggl\w+|terror\w*|corrupt\w*|brib\w+|launder\w*
    |pira(?:cy|tes?)|slavery|violence|fraud\w*|extort\w+|kidnap\w+|hostages?|genocide|tortur\w+|racis\w+|apartheid
    |poverty|hunger|famine|wars?|aggression|proliferation|extremism|exploitation|discrimination|counterfeit\w*|poaching
    |theft|weapons?\s+of\s+mass\s+destruction|land\s?mines|diseases?|epidemics?|pandemics?|impunity|intolerance|hatred
    |(?:drug|substance)\s+abuse|mercenar\w+|xenophobia|pollution|desertification)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Words of measures against a harm and of its victims, with which a topic names no harm: "victims of trafficking".
_ABOUT: Final = re.compile(
    r"""\b(?:against|anti|counter\w*|non|conventions?|protocols?|treat(?:y|ies)|agreements?|instruments?|prevent\w*|combat\w*
    |fight\w*|suppress\w*|eliminat\w+|eradicat\w+|reduc\w+|prohibit\w*|bans?|moratorium|victims?|witness\w*|survivors?
    |cooperation|assistance|courts?|tribunals?|strateg\w+|programmes?|polic(?:y|ies)|laws?|legislation|definition|measures?
    |investigat\w+|prosecut\w+|extradition|protect\w+|recovery|resolutions?|committees?|commission|conference|office|bureau
    |reports?|inquiry|respon\w+|support|condemn\w+)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def names_harm(topic: str, language: str = "en") -> bool:
    """Returns whether a topic names a harm, and not what is done about one; other languages go by the glossary."""
    words = translate_topic(topic, language).text if language != "en" else topic
    return _HARMS.search(words) is not None and _ABOUT.search(words) is None
