"""Texts that are made to take long: the time to attribute their words grows no faster than their length."""

import time

import pytest

from tests.cases import Cases

cases = Cases(__file__)

pytestmark = pytest.mark.slow

SHORT, TIMES = 150, 6
# Seconds that a garbage collection or another process may add.
_UNSTEADY = 0.3
HOSTILE = cases["HOSTILE"]


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_time_to_read_a_text_grows_with_its_length_alone(annotate, made):
    def seconds(times):
        text = "".join(piece if isinstance(piece, str) else piece[0] * times for piece in made)
        began = time.process_time()
        annotate(text)
        return time.process_time() - began

    seconds(3)
    assert seconds(TIMES * SHORT) < 2 * TIMES * seconds(SHORT) + _UNSTEADY
