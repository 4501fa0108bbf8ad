"""The agenda items that a heading names in Chinese: an item of the agenda, and no project."""

import pytest

from ingest.metadata.metadata import agenda_item_in


@pytest.mark.parametrize(
    ("heading", "items"),
    [
        ("关于全球海上犯罪项目3的发言", None),
        ("技术援助项目二的发言", None),
        ("在议程项目3下的发言", "3"),
        ("议题8", "8"),
        ("议题8和9", "8, 9"),
        ("议题8、9", "8, 9"),
        ("议程项目三", "3"),
        ("议程项目三：技术援助", "3"),
        ("议程项目三、技术援助", "3"),
        ("议题十二的发言", "12"),
        # Of a list in characters or an interval no part is given as the whole.
        ("议题十二和十三", None),
        ("议题十二、十三", None),
        ("议题8至10", None),
        ("议题10至12", None),
    ],
)
def test_an_item_of_the_agenda_is_read_and_no_project(heading, items):
    assert agenda_item_in(heading) == items
