"""The interface's HTML as Jinja templates, in which every value is escaped; `| safe` marks what is HTML already.

In a template, `say("copied")` inserts a message of the interface; messages may hold markup, and values are escaped.
"""

import re
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from app.ui.words import digits, language, words_of

_LINE_BREAK: Final = re.compile(r"\n\s*")


class _JoinedLines(Extension):
    """Joins the lines of a template, so that its layout puts no white space between words."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Returns a template on one line."""
        return _LINE_BREAK.sub("", source)


def render(template: str, **values: object) -> str:
    """Returns a template of this package with its values."""
    return str(_environment().get_template(f"{template}.html").render(values))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.ui"), autoescape=True, undefined=StrictUndefined, extensions=[_JoinedLines]
    )
    environment.globals |= {"say": say_html, "digits": digits}
    return environment


def say_html(key: str, **values: object) -> Markup:
    """Returns a message in the reader's language, which may hold markup, with its values escaped."""
    return Markup(words_of(language())[key]).format(**values)
