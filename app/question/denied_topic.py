"""Topic that denies a thing: "which States believe that no new protocol is needed?" asks who is against a new protocol.

Statements are searched for the thing, since who wants none speaks of the same thing as who wants one.
"""

import re
from typing import Final

from ingest.language.lexicons import Patterns
from vectorstore.stems import is_function_word

_FORMS: Final = Patterns("denied_topic", thing="(?P<thing>.+?)")


def thing_denied(topic: str, language: str) -> str:
    """Returns the thing that a topic denies: "new protocol" of "no new protocol is needed"; empty if it denies none."""
    lead = _FORMS.lead.match(topic)
    clause = topic[lead.end() :] if lead else topic
    found = next(filter(None, (form.fullmatch(clause) for form in _FORMS.each(language))), None)
    words = re.findall(r"\w+", found["thing"]) if found else []
    return found["thing"] if found and any(not is_function_word(word, language) for word in words) else ""


def wants_what_it_denies(question: str, thing: str, language: str) -> bool | None:
    """Returns whether a question asks for those that want a thing which it denies; None where it denies it not.

    "Who disputes that no new protocol is needed?" asks for those that want one, "who believes that?" for the others.
    """
    forms = Patterns("denied_topic", thing=re.escape(thing)).each(language)
    denial = next(filter(None, (form.search(question) for form in forms)), None)
    return None if denial is None else _FORMS.rejects.search(question, 0, denial.start()) is not None
