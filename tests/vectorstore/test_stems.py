"""Stemming in several threads at once, as for the questions of a server."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from vectorstore.stems import stemmer

_ROOTS = ("organ", "sign", "notif", "relat", "oper", "nation", "condit", "ration", "tradi", "exped")
_ENDINGS = ("ations", "ing", "ally", "iveness", "ization", "fulness", "ement", "ities", "ational", "ables")
WORDS = ["".join(parts) for parts in product(_ROOTS, ("", "iz", "al", "if"), _ENDINGS)]


@pytest.fixture
def hurried_threads() -> Iterator[None]:
    """Makes threads switch so often that they interrupt each other within a word."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_at_once_get_the_stems_that_one_gets(hurried_threads: None) -> None:
    stem = stemmer("english")
    alone = [stem(word) for word in WORDS]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: [stem(word) for word in WORDS], range(8)))
    assert all(each == alone for each in found)
