"""What a page in another language still says in English."""

import re
from html import unescape

from app.ui.words import words_of
from prompts.wording import Language

# Those of the browser and of the shared parts of pages have tests of their own.
_OURS = ("evals-", "report-", "metric-", "stage-", "code-", "remark-", "told-eval-")


def english_left(page: str, code: Language) -> list[str]:
    """Returns which of our messages stand in a page in English: phrases anywhere, single words as all that is told.

    `page` is HTML, or what is seen of it, line by line.
    """
    told = {unescape(part).strip() for part in re.split(r"<[^>]*>|\n|\"", page)}
    seen = " ".join(" ".join(told).split())
    words, left = words_of(code), []
    for key, english in words_of("en").items():
        if not key.startswith(_OURS) or words[key] == english:
            continue
        phrases = [part.strip(" .,:;()“”") for part in re.split(r"\{[^}]*\}", english)]
        # A phrase that the language shares, such as the title of a paper, is none in English.
        phrases = [part for part in phrases if part and part not in words[key]]
        left += [key for part in phrases if (f" {part} " in f" {seen} " if part.count(" ") > 1 else part in told)]
    return left
