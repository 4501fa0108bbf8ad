"""Finds messages that a page in another language still shows in English."""

import re
from html import unescape

from app.ui.words import words_of
from prompts.wording import Language

# Prefixes of keys; the messages of the browser and of the shared parts of pages have tests of their own.
_OURS = ("evals-", "report-", "metric-", "stage-", "code-", "remark-", "told-eval-")


def english_left(page: str, code: Language) -> list[str]:
    """Returns keys of messages that are in English: from three words on anywhere, shorter ones as a whole text.

    `page` is HTML, or its visible text, line by line.
    """
    texts = {unescape(part).strip() for part in re.split(r"<[^>]*>|\n|\"", page)}
    page_text = " ".join(" ".join(texts).split())
    words, left = words_of(code), []
    for key, english in words_of("en").items():
        if not key.startswith(_OURS) or words[key] == english:
            continue
        phrases = [part.strip(" .,:;()“”") for part in re.split(r"\{[^}]*\}", english)]
        # A phrase that the translation contains as well, such as the title of a paper, does not count.
        phrases = [part for part in phrases if part and part not in words[key]]
        left += [key for part in phrases if (f" {part} " in f" {page_text} " if part.count(" ") > 1 else part in texts)]
    return left
