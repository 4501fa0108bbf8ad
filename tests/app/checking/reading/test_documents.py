import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from app.checking.quotations import find_quotations
from app.checking.reading.blocks import CheckedDocument
from app.checking.reading.documents import LONGEST_PASTED, _cells_apart, _page_blocks, read_document, read_pasted
from app.checking.reading.markdown_blocks import markdown_blocks
from app.checking.reading.word_blocks import word_blocks
from app.errors import QuestionError
from ingest.errors import EmptyFileError, LoadError, UnsupportedFormatError
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import load
from tests.fakes_checking import read_file
from tests.fakes_files import pdf_of
from tests.fakes_word import new_document, saved, with_footnotes, with_table

WORDS = "the lighthouse keepers count their lamps twice"


def quotes(document: CheckedDocument) -> list[str]:
    return [quotation.text for quotation in find_quotations(document).found]


def test_emphasis_that_a_line_of_attribution_cuts_is_read():
    (spoken, label) = read_pasted(f"> *{WORDS}\n> — Arvandia*").blocks
    assert (spoken.text, label.text) == (WORDS, "— Arvandia")
    assert [b.text for b in markdown_blocks("[1] **one two three\n[2] four** five")] == [
        "[1] one two three",
        "[2] four five",
    ]


@pytest.mark.parametrize("text", [f"It said: <s>{WORDS}.", f"It said: <del>{WORDS}"])
def test_what_is_struck_and_left_open_is_told(text):
    (block,) = read_pasted(text).blocks
    assert block.text == "It said:"
    assert [part.text.rstrip(".") for part in block.hidden] == [WORDS]


def test_markup_does_not_get_in_the_way(tmp_path):
    text = "It noted “the **lighthouse** keepers\ncount _their_ [lamps](http://127.0.0.1/) tw\\*ice”[^n]."
    text += "\n\n[^n]: A *note*."
    document = read_file(tmp_path / "a.md", text.encode())
    assert quotes(document) == ["the lighthouse keepers count their lamps tw*ice"]
    assert document.note_blocks["n"].text == "A note."


def test_html_is_cut_into_paragraphs_items_and_cells():
    html = (
        f"<h2>Chile</h2><p>In 1998 it spoke.</p><ul><li>Germany: “{WORDS}”</li></ul>"
        "<table><tr><th>State</th><th>Words</th></tr>"
        "<tr><td>Austria</td><td><p>&ldquo;A keeper&rsquo;s lamp is lit&rdquo;</p></td></tr></table><p>The end.</p>"
    )
    blocks = read_pasted(html + "\n\nMore *words*.").blocks
    assert [(block.text, block.kind, block.item) for block in blocks] == [
        ("Chile", "heading", False),
        ("In 1998 it spoke.", "text", False),
        (f"Germany: “{WORDS}”", "text", True),
        ("State", "cell", False),
        ("Words", "cell", False),
        ("Austria", "cell", False),
        ("“A keeper’s lamp is lit”", "cell", False),
        ("The end.", "text", False),
        ("More words.", "text", False),
    ]
    assert blocks[6].labels == ("Austria", "Words")
    # What is never closed ends with its block of HTML, but for a quotation around Markdown.
    unclosed = read_pasted("<table><tr><td>Austria<td>Yes\n\nMore.\n\n<ul><li>One\n\nLast.").blocks
    assert [(b.text, b.kind, b.item) for b in unclosed][2:] == [
        ("More.", "text", False),
        ("One", "text", True),
        ("Last.", "text", False),
    ]
    quoted = read_pasted(f"It said:\n\n<blockquote>\n\n{WORDS}\n\n</blockquote>\n\nIt left.").blocks
    assert [block.kind for block in quoted] == ["text", "quote", "text"]


def test_words_before_and_behind_a_table_in_a_cell_of_another_stay():
    inner = "<table><tr><td>Germany</td></tr></table>"
    html = f"<table><tr><td>Austria said: “{WORDS}”{inner} and left</td><td>2000</td></tr></table>"
    blocks = read_pasted(html).blocks
    assert {block.text for block in blocks} == {f"Austria said: “{WORDS}” and left", "Germany", "2000"}
    # Rows outside of any table are words.
    assert [block.text for block in read_pasted(f"<tr><td>{WORDS}</td></tr></table>").blocks] == [WORDS]


def test_an_entity_behind_a_tag_opens_a_quotation(tmp_path):
    assert quotes(read_file(tmp_path / "a.txt", f"<td>&ldquo;{WORDS}&rdquo;</td>".encode())) == [WORDS]


def test_tracked_changes_are_read_without_a_warning_of_a_library():
    document = new_document()
    deleted = f"<w:del {nsdecls('w')}><w:r><w:t>never </w:t></w:r></w:del>"
    document.add_paragraph("It noted ")._p.append(parse_xml(deleted))
    # Read in this process, in which warnings are errors.
    (block,) = word_blocks(saved(document), "draft.docx")
    assert (block.text, [part.how for part in block.hidden]) == ("It noted ", ["unseen_deleted"])


def test_each_of_several_numbered_lines_is_a_reference_of_its_own():
    blocks = markdown_blocks("Words [1], others [2].\n\n[1] Belmora,\n2016.\n[2] Drelnia.\n\nSee\n[1] and [2].")
    assert [block.text for block in blocks][1:] == ["[1] Belmora, 2016.", "[2] Drelnia.", "See [1] and [2]."]


def test_markdown_table_gives_each_cell_its_row_and_column():
    document = read_pasted(f"| State | Session | Words |\n|---|---|---|\n| Austria | 55 | “{WORDS}” |\n")
    assert document.blocks[-1].labels == ("Austria", "Session 55", "Words")


def test_a_wide_table_gives_a_cell_some_of_its_row_and_the_state_first(tmp_path):
    rows = [[*map(str, range(300)), "State"], [*(f"a{number}" for number in range(300)), "Austria"]]
    blocks = read_pasted("\n".join("\t".join(row) for row in rows)).blocks
    (cell,) = (block for block in blocks if block.text == "a7")
    assert (cell.labels[0], cell.labels[-1], cell.speakers) == ("Austria", "7", ("Austria",))
    assert len(cell.labels) <= 51


def test_pdf_with_a_quotation_over_two_pages(tmp_path):
    words = ", ".join([WORDS] * 150)
    document = read_file(tmp_path / "a.pdf", pdf_of(f"It was noted that “{words}”, and so on it went."))
    assert [" ".join(quote.replace("[…]", "").split()) for quote in quotes(document)] == [words]
    first, *_, last = (str(block.where) for block in document.blocks)
    assert first.startswith("page 1") and last.startswith("page 2")


def test_paragraphs_are_numbered_on_each_page():
    pages = ["The lamps are lit.\n\nThe keepers sleep.\n\n", "The ships go by.\n\nThe port is near.\n"]
    blocks = _page_blocks("".join(pages), (0, len(pages[0])))
    assert [str(block.where) for block in blocks] == [
        f"page {page}, paragraph {number}" for page in (1, 2) for number in (1, 2)
    ]


def word_file() -> bytes:
    document = new_document()
    document.add_heading("Austria", 1)
    first = document.add_paragraph("It noted “the light")
    first.add_run("house keepers").bold = True
    first.add_run(" count their lamps twice”.")
    document.add_paragraph(f"{WORDS}, set off.", style="Intense Quote")
    with_table(document, [("State", "Words"), ("Germany", f"«{WORDS}»")])
    document.sections[0].header.paragraphs[0].text = f"Head “{WORDS}”"
    with_footnotes(document, {first: f"Mexico, session 55: “{WORDS}”"})
    return saved(document)


def test_word_file_gives_styles_tables_headers_and_notes(tmp_path):
    document = read_file(tmp_path / "a.docx", word_file())
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("heading", "Austria"),
        ("text", f"It noted “{WORDS}”."),
        ("quote", f"{WORDS}, set off."),
        ("cell", "State"),
        ("cell", "Words"),
        ("cell", "Germany"),
        ("cell", f"«{WORDS}»"),
        ("header", f"Head “{WORDS}”"),
        ("note", f"Mexico, session 55: “{WORDS}”"),
    ]
    assert document.blocks[6].labels == ("Germany", "Words")
    assert document.note_blocks[document.blocks[1].marks[0].key] == document.blocks[8]
    assert len(quotes(document)) == 5


def test_word_elements_read_in_a_draft_as_in_a_statement(tmp_path):
    """A `w:ptab` is white space, and ruby text, a pronunciation above a word, is left out."""
    document = new_document()
    paragraph = document.add_paragraph("The keepers")
    ruby = "<w:ruby><w:rt><w:r><w:t>kee</w:t></w:r></w:rt><w:rubyBase/></w:ruby>"
    for inner in ("<w:ptab/>", ruby, "<w:t>count</w:t>"):
        paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{inner}</w:r>"))
    text = read_file(tmp_path / "a.docx", saved(document)).text
    assert text == load(tmp_path / "a.docx", LoadLimits()).text == "The keepers\tcount"


def test_cell_that_is_merged_over_rows_labels_all_of_them(tmp_path):
    document = new_document()
    table = document.add_table(3, 2)
    table.cell(1, 0).merge(table.cell(2, 0)).text = "Austria"
    table.cell(2, 1).text = f"“{WORDS}”"
    read_back = read_file(tmp_path / "a.docx", saved(document))
    assert [block.labels for block in read_back.blocks if block.text.startswith("“")] == [("Austria",)]


def test_rows_in_content_controls_and_headers_of_even_pages_are_read(tmp_path):
    document = with_table(new_document(), [("State", "Words"), ("Germany", f"“{WORDS}”")])
    table = document.tables[0]._tbl
    for row in list(table.tr_lst):
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent/></w:sdt>")
        row.addprevious(control)
        control[0].append(row)
    document.settings.odd_and_even_pages_header_footer = True
    document.sections[0].even_page_footer.paragraphs[0].text = f"Foot “{WORDS}”"
    blocks = read_file(tmp_path / "a.docx", saved(document)).blocks
    assert [block.text for block in blocks] == ["State", "Words", "Germany", f"“{WORDS}”", f"Foot “{WORDS}”"]
    assert blocks[3].labels == ("Germany", "Words")


@pytest.mark.parametrize(
    ("name", "data", "error", "message"),
    [
        ("a.odt", b"x", UnsupportedFormatError, "save it as one of .docx, .pdf, .md, .txt"),
        ("draft", b"x", UnsupportedFormatError, "has no file extension; save it as one of .docx"),
        ("a.docx", b"PK\x03\x04 broken", LoadError, "not a readable Word file"),
        ("a.txt", b"  \n ", EmptyFileError, "holds no text"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_next_step(tmp_path, name, data, error, message):
    with pytest.raises(error, match=message):
        read_file(tmp_path / name, data)


def test_what_is_too_large_or_empty_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("words " * 100, encoding="utf-8")
    with pytest.raises(LoadError, match="larger than"):
        read_document(tmp_path / "a.txt", LoadLimits(max_bytes=10))
    with pytest.raises(QuestionError, match="at most"):
        read_pasted("x" * (LONGEST_PASTED + 1))
    with pytest.raises(EmptyFileError, match="holds no text"):
        read_pasted(" \n ")


def test_cells_beside_a_quotation_in_a_pdf_table_do_not_get_into_it():
    row = "Arvandia\tsupports\tUNTOC COP, session 9\nsuggested\t“We support the protocol\nwithout reservation.” 1"
    text = f"{row}\n\nNext."
    apart, starts = _cells_apart(text, (0,))
    assert starts == (0,)
    assert "“We support the protocol\nwithout reservation.”" in apart
    assert sorted(apart.split()) == sorted(text.split())
    assert _cells_apart("No table.\n\nAt all.", (0, 9)) == ("No table.\n\nAt all.", (0, 9))
