"""Documents such as missions write, made with LibreOffice: covers, letterheads, footnotes, pages, in four formats.

The States are fictional. Each document is read whole and in order, with the name, occasion and date of its cover.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import load
from tests.cases import Cases
from tests.fakes_files import recovered

cases = Cases(__file__)

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(SOFFICE is None, reason="needs LibreOffice: apt-get install libreoffice-writer"),
]
FORMATS = {"pdf": "pdf", "docx": "docx:MS Word 2007 XML", "odt": "odt:writer8", "rtf": "rtf:Rich Text Format"}


# By name: cover, greeting and words as HTML, and the expected metadata.
DOCUMENTS = cases["DOCUMENTS"]


def paragraphs_of(document: dict[str, str]) -> list[str]:
    return [document["said"].format(number=number) for number in range(2, 12)]


def html_of(document: dict[str, str]) -> str:
    words = (f"<p style='text-align:justify;line-height:150%'>{paragraph}</p>" for paragraph in paragraphs_of(document))
    return (
        "<html><head><meta charset='utf-8'><style>@page { size: A4; margin: 2.5cm }</style>"
        f"</head><body>{document['cover']}<p>{document['greeting']}</p>{''.join(words)}</body></html>"
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder of all documents in all formats."""
    assert SOFFICE is not None
    folder = tmp_path_factory.mktemp("missions")
    sources = []
    for name, document in DOCUMENTS.items():
        sources.append(folder / f"{name}.html")
        sources[-1].write_text(html_of(document), encoding="utf-8")
    home = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    # The other formats are converted from OpenDocument, since a web page has no pages.
    first = [SOFFICE, home, "--headless", "--infilter=HTML (StarWriter)", "--convert-to", FORMATS["odt"]]
    subprocess.run([*first, "--outdir", str(folder), *map(str, sources)], check=True, capture_output=True, timeout=200)
    texts = [str(source.with_suffix(".odt")) for source in sources]
    for suffix in ("pdf", "docx", "rtf"):
        command = [SOFFICE, home, "--headless", "--convert-to", FORMATS[suffix], "--outdir", str(folder), *texts]
        subprocess.run(command, check=True, capture_output=True, timeout=200)
    return folder


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_of_a_mission_is_read_whole_and_under_its_name(name, suffix, made, annotator):
    paragraphs, expected = paragraphs_of(DOCUMENTS[name]), DOCUMENTS[name]["expected"]
    loaded = load(made / f"{name}.{suffix}", LoadLimits())
    assert loaded.unread == () and recovered("\n\n".join(paragraphs), loaded.text) >= 0.99
    unsplit = annotator.read(loaded, None, file=f"{name}.{suffix}", kind="statement", input_key="")
    metadata = unsplit.document.metadata
    assert {field: getattr(metadata, field) for field in expected} == expected
    assert not {"state", "date", "body"} & set(unsplit.document.inferred)
    texts = {" ".join(sentence.text.split()) for sentence in annotator.annotate(unsplit.document).sentences}
    wanted = [f"{part.strip()}." for paragraph in paragraphs for part in paragraph.split(".") if part.strip()]
    assert [sentence for sentence in wanted if sentence not in texts] == []
