from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from app.ui.safe_html import render_prose

MARKERS = {1: ("card-1-1", "Iran"), 2: ("card-1-2", 'A "quoted" <name>')}
DANGEROUS = st.sampled_from(
    [
        "<img src=x onerror=alert(1)>", "<script>", "[a](javascript:alert(1))", "![a](http://198.51.100.7/a.png)",
        "<http://198.51.100.7>", "http://198.51.100.7/", "[a]: http://198.51.100.7", "[a]", "&lt;img&gt;", "\\", "`",
        "**", "> ", "\n", "\n\n", "[1]", "[99]", "| a | b |\n|---|---|\n| <b> | [1] |",
    ]
)  # fmt: skip


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_marker_of_a_citation_links_to_its_card():
    html = render_prose("So it said. [1]", MARKERS)
    assert html == (
        '<p dir="auto">So it said. <a class="u-marker" href="#card-1-1" data-card="card-1-1" '
        'aria-label="Citation 1: Iran">[1]</a></p>\n'
    )


def test_markers_are_links_where_they_have_a_citation_and_their_labels_are_escaped():
    assert "&quot;quoted&quot; &lt;name&gt;" in render_prose("[2]", MARKERS)
    assert "<a" not in render_prose("see [7] and \\[1\\]", MARKERS)
    assert render_prose("[1][2]", MARKERS).count("<a ") == 2


def test_links_images_and_html_stay_text():
    html = render_prose(
        '![x](http://198.51.100.7/a.png) [y](javascript:alert(1)) <img src=x onerror="a"> <http://198.51.100.7>', {}
    )
    assert [tag for tag, _ in Tags(html).found] == ["p"]
    assert "&lt;img src=x onerror=&quot;a&quot;&gt;" in html


def test_quotations_have_their_own_direction_and_headings_stay_below_the_question():
    assert render_prose("> وتدعو أرفانديا [1]", MARKERS).startswith('<blockquote dir="auto">\n<p>')
    assert "<h4" in render_prose("## Iran", {})
    assert "<pre" not in render_prose("    four spaces before", {})


@given(st.lists(st.one_of(DANGEROUS, st.text(max_size=12)), max_size=12).map("".join))
def test_nothing_that_loads_runs_or_leaves_comes_out(markdown):
    for tag, attributes in Tags(render_prose(markdown, MARKERS)).found:
        assert tag not in {"img", "script", "iframe", "object", "style", "link", "svg", "form", "video"}
        assert set(attributes) <= {"class", "href", "data-card", "aria-label", "dir", "start", "style"}
        assert tag != "a" or str(attributes["href"]).startswith("#card-1-")
        assert attributes.get("style", "") in {"", "text-align:left", "text-align:right", "text-align:center"}
