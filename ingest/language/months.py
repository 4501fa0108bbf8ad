"""Names of the months in the six languages, from the Unicode CLDR."""

from functools import cache
from typing import Final

from babel import Locale

from ingest.language.lexicons import load_lexicon
from vectorstore.stems import without_accents

# Arabic has two sets of names, Egypt's ("أكتوبر") and the Levant's ("تشرين الأول"); Peru writes "setiembre".
_LOCALES: Final = ("en", "en_GB", "fr", "es", "es_PE", "ru", "ar", "ar_SY")
# Only English abbreviations: elsewhere short forms are ordinary words, such as "mar" and "set".
_WITH_SHORT: Final = ("en", "en_GB")


@cache
def month_numbers() -> dict[str, int]:
    """Returns the number of each month by its name in small letters, 1 to 12.

    Nominative, genitive and Russian prepositional ("октябрь", "октября", "октябре"), and French names typed without
    accents ("fevrier"); an Arabic letter without its hamza makes another word.

    Source: https://cldr.unicode.org, through Babel.
    """
    numbers: dict[str, int] = {}
    for code in _LOCALES:
        months = Locale.parse(code).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated") if code in _WITH_SHORT else ("wide",):
                for number, name in months[context][width].items():
                    lower = name.lower().strip(".")
                    numbers[lower] = number
                    if not code.startswith("ar"):
                        numbers[without_accents(lower)] = number
    also: dict[int, str] = load_lexicon("numbers")["months"]
    return numbers | {name: number for number, names in also.items() for name in names.split()}
