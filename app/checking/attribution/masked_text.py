"""A document's text around its quotations, which are masked, and the marks by which it is divided."""

from typing import Final

import regex

# Stands in a text for each character of a quotation, so that a State or a time in it is not taken for its attribution.
MASK: Final = "\ufffc"
BRACKETED: Final = regex.compile(r"[(（][^()（）]{0,160}[)）]")  # "Belmora (see Arvandia's paper) stated"
COLONS: Final = (":", "：")
COMMA: Final = regex.compile(r"\W{0,3}[,،，]")
