"""Questions for who was silent, apart from those for who is against something.

"Which States did not mention corruption?" asks who said nothing; "which States do not extradite their nationals?" asks
who says that it does not. The words of both stand in `app/question/data/silence.yaml`.
"""

from itertools import takewhile

from app.question.lexicon import lexicon_of


def asks_who_was_silent(question: str) -> bool:
    """Whether what a negated question denies is saying something, and not what is said."""
    items = lexicon_of("en", "silence").items(question, mend=False)
    if any("silent" in item.kinds for item in items):
        return True
    before = list(takewhile(lambda item: "saying" not in item.kinds, items))
    return len(before) < len(items) and any("denied" in item.kinds for item in before)
