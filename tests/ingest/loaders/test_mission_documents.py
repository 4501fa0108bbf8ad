"""Documents in the manner of missions, made with LibreOffice: covers, letterheads, footnotes, pages, in four formats.

The States are fictional. Each document is read whole, in its order, and under the name, occasion and date of its cover.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import load
from tests.fakes_files import recovered

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(SOFFICE is None, reason="needs LibreOffice: apt-get install libreoffice-writer"),
]
FORMATS = {"pdf": "pdf", "docx": "docx:MS Word 2007 XML", "odt": "odt:writer8", "rtf": "rtf:Rich Text Format"}


@dataclass(frozen=True, kw_only=True)
class Made:
    """A document: its cover and words as HTML, and what is to be read of it."""

    cover: str
    greeting: str
    said: tuple[str, ...]
    expected: dict[str, str]

    @property
    def html(self) -> str:
        words = "".join(f"<p style='text-align:justify;line-height:150%'>{paragraph}</p>" for paragraph in self.said)
        return (
            "<html><head><meta charset='utf-8'><style>@page { size: A4; margin: 2.5cm }</style>"
            f"</head><body>{self.cover}<p>{self.greeting}</p>{words}</body></html>"
        )


ENGLISH = tuple(
    f"In year {number} of the review, the keepers of Drelnia counted every lamp of the northern harbour and of the "
    f"southern one. They wrote {number} letters to their neighbours, and each of these was answered within a month. We "
    "ask all States Parties to share what they have learned, since no harbour is lit by one lamp alone."
    for number in range(2, 12)
)
SPANISH = tuple(
    f"En el año {number} del examen, los guardianes contaron todas las lámparas del puerto del norte. Escribieron "
    f"{number} cartas a sus vecinos, y cada una fue contestada en un mes. Pedimos a todos los Estados parte que "
    "compartan lo que han aprendido."
    for number in range(2, 12)
)
RUSSIAN = tuple(
    f"На {number} год обзора смотрители пересчитали все фонари северной гавани. Они написали {number} писем соседям, и "
    "на каждое из них ответили в течение месяца. Мы просим все государства-участники делиться опытом."
    for number in range(2, 12)
)
DOCUMENTS = {
    "letterhead": Made(
        cover="""
            <table width='100%'><tr><td>&nbsp;</td><td><p align='center'>
            <b>PERMANENT MISSION OF THE FEDERAL REPUBLIC OF DRELNIA<br>TO THE UNITED NATIONS (VIENNA)</b><br>
            Lamp Street 7, 1220 Vienna • Tel.: 555 0100</p></td></tr></table>
            <p align='center'>STATEMENT<br>BY<br>H.E. MS. JANE ROE<br>AMBASSADOR</p>
            <p align='center'>Eleventh session of the Conference of the Parties to the United Nations Convention against
            Transnational Organized Crime</p>
            <p align='center'>Vienna, October 18, 2022</p><p><i>Check against delivery</i></p>""",
        greeting="Madam President,",
        said=ENGLISH,
        expected={"state": "XDR", "body": "UNTOC COP", "session": "11", "date": "2022-10-18", "language": "en"},
    ),
    "president": Made(
        cover="""
            <p align='right'>Cotejar con la alocución definitiva</p>
            <h2 align='center'>Intervención de la Excelentísima Señora<br>JUANA ROE</h2>
            <p align='center'>Presidenta de la República de Arvandia</p>
            <p align='center'>Debate General del 79º período de sesiones de la Asamblea General de las Naciones
            Unidas</p><p align='center'>Nueva York, 25 de septiembre de 2024</p>""",
        greeting="Señor Presidente:",
        said=SPANISH,
        expected={
            "state": "XAA",
            "body": "UN General Assembly",
            "session": "79",
            "date": "2024-09-25",
            "language": "es",
        },
    ),
    "mission": Made(
        cover="""
            <p align='center'><b>Постоянное представительство<br>Бельмора</b></p>
            <p align='center'>ВЫСТУПЛЕНИЕ<br>главы делегации И.И.Доу<br>на десятой сессии Конференции участников
            Конвенции Организации Объединенных Наций против транснациональной организованной преступности</p>
            <p align='center'>Вена, 12 октября 2020 года</p>""",
        greeting="Уважаемый господин Председатель,",
        said=RUSSIAN,
        expected={"state": "XAB", "body": "UNTOC COP", "session": "10", "date": "2020-10-12", "language": "ru"},
    ),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all documents in all formats."""
    assert SOFFICE is not None
    folder = tmp_path_factory.mktemp("missions")
    sources = []
    for name, document in DOCUMENTS.items():
        sources.append(folder / f"{name}.html")
        sources[-1].write_text(document.html, encoding="utf-8")
    home = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    # From OpenDocument on, since a web page as such has no pages to convert.
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
    document = DOCUMENTS[name]
    loaded = load(made / f"{name}.{suffix}", LoadLimits())
    assert loaded.unread == () and recovered("\n\n".join(document.said), loaded.text) >= 0.99
    unsplit = annotator.read(loaded, None, file=f"{name}.{suffix}", kind="statement", input_key="")
    metadata = unsplit.document.metadata
    assert {field: getattr(metadata, field) for field in document.expected} == document.expected
    assert not {"state", "date", "body"} & set(unsplit.document.inferred)
    texts = {" ".join(sentence.text.split()) for sentence in annotator.annotate(unsplit.document).sentences}
    wanted = [f"{part.strip()}." for paragraph in document.said for part in paragraph.split(".") if part.strip()]
    assert [sentence for sentence in wanted if sentence not in texts] == []
