"""Names of parties: found, told apart, resolved, asked back, never guessed."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ManifestError, PartyTableError
from ingest.metadata.manifest import read_manifest
from ingest.metadata.party_checks import check_added_names
from ingest.parties.party_table import PartyTable
from tests.conftest import PROJECT

TABLE = PartyTable.load()

# Surface form in a statement -> the one party that it means.
HARD_NAMES = """
Iran=IRN; Islamic Republic of Iran=IRN; Islamic republic of iran=IRN; ISLAMIC REPUBLIC OF IRAN=IRN
I.R. Iran=IRN; Iran (Islamic Republic of)=IRN; Iran, Islamic Republic of=IRN; Iranian=IRN; Iranians=IRN
Tehran=IRN; Iraq=IRQ; Iraqi=IRQ; Republic of Korea=KOR; South Korea=KOR; ROK=KOR; Korea, Republic of=KOR
Korea (Republic of)=KOR; South Korean=KOR; Seoul=KOR; Democratic People's Republic of Korea=PRK
Democratic People’s Republic of Korea=PRK; DPRK=PRK; North Korea=PRK; D.P.R.K.=PRK; North Korean=PRK
Pyongyang=PRK; Korea, Democratic People's Republic of=PRK; DPR Korea=PRK; Guinea=GIN; Republic of Guinea=GIN
Guinea-Conakry=GIN; Guinea-Bissau=GNB; Guinea Bissau=GNB; Bissau-Guinean=GNB; Equatorial Guinea=GNQ
Equatorial Guinean=GNQ; Equatoguinean=GNQ; Papua New Guinea=PNG; PNG=PNG; Papua New Guineans=PNG; Niger=NER
the Niger=NER; Nigerien=NER; Nigeria=NGA; Nigerian=NGA; Nigerians=NGA; Niamey=NER; Abuja=NGA; Dominica=DMA
Commonwealth of Dominica=DMA; Dominican Republic=DOM; Roseau=DMA; Santo Domingo=DOM; Sudan=SDN; the Sudan=SDN
Sudanese=SDN; South Sudan=SSD; South Sudanese=SSD; Juba=SSD; Khartoum=SDN; Ireland=IRL; Republic of Ireland=IRL
Irish=IRL; United Kingdom of Great Britain and Northern Ireland=GBR; United Kingdom=GBR; UK=GBR; U.K.=GBR
Great Britain=GBR; British=GBR; Britons=GBR; London=GBR; United States of America=USA; United States=USA
USA=USA; U.S.A.=USA; US=USA; U.S.=USA; American=USA; Americans=USA; Washington=USA; Washington, D.C.=USA
Democratic Republic of the Congo=COD; Democratic Republic of Congo=COD; DRC=COD; DR Congo=COD
Congo-Kinshasa=COD; Zaire=COD; Kinshasa=COD; Republic of the Congo=COG; Congo-Brazzaville=COG; Brazzaville=COG
Côte d'Ivoire=CIV; Côte d’Ivoire=CIV; Cote d'Ivoire=CIV; COTE D’IVOIRE=CIV; Ivory Coast=CIV; Ivorian=CIV
Ivoirian=CIV; Russian Federation=RUS; Russia=RUS; Russian=RUS; Soviet Union=RUS; USSR=RUS; Moscow=RUS
Belarus=BLR; Byelorussia=BLR; Byelorussian SSR=BLR; Ukrainian SSR=UKR; Kyiv=UKR; Kiev=UKR; Moldova=MDA
Republic of Moldova=MDA; Kyrgyz Republic=KGZ; Türkiye=TUR; Turkey=TUR; Turkiye=TUR; Turkish=TUR; Ankara=TUR
TÜRKİYE=TUR; Myanmar=MMR; Burma=MMR; Burmese=MMR; Eswatini=SWZ; Swaziland=SWZ; Swazi=SWZ; North Macedonia=MKD
Macedonia=MKD; FYROM=MKD; Macedonian=MKD; the former Yugoslav Republic of Macedonia=MKD
The Former Yugoslav Republic of Macedonia=MKD; Cabo Verde=CPV; Cape Verde=CPV; Timor-Leste=TLS; East Timor=TLS
Timorese=TLS; Samoa=WSM; Western Samoa=WSM; Samoan=WSM; Sri Lanka=LKA; Ceylon=LKA; Burkina Faso=BFA
Upper Volta=BFA; Burkinabe=BFA; Benin=BEN; Dahomey=BEN; Zimbabwe=ZWE; Southern Rhodesia=ZWE; Cambodia=KHM
Kampuchea=KHM; Democratic Kampuchea=KHM; Democratic Yemen=YEM; Yemen Arab Republic=YEM; Sana'a=YEM; Libya=LBY
Libyan Arab Jamahiriya=LBY; Libyan=LBY; Syrian Arab Republic=SYR; Syria=SYR; Damascus=SYR; Syrians=SYR
Viet Nam=VNM; Vietnam=VNM; Vietnamese=VNM; Hanoi=VNM; Lao People's Democratic Republic=LAO; Laos=LAO
Lao PDR=LAO; Bolivia (Plurinational State of)=BOL; Plurinational State of Bolivia=BOL; La Paz=BOL
Bolivarian Republic of Venezuela=VEN; Venezuela (Bolivarian Republic of)=VEN; Caracas=VEN; Tanzania=TZA
United Republic of Tanzania=TZA; Tanganyika=TZA; Czechia=CZE; Czech Republic=CZE; Czech=CZE; Prague=CZE
Slovakia=SVK; Slovak=SVK; Slovenia=SVN; Slovene=SVN; Netherlands=NLD; the Netherlands=NLD
Kingdom of the Netherlands=NLD; Holland=NLD; Dutch=NLD; Swiss=CHE; Bern=CHE; Saint Kitts and Nevis=KNA
St. Kitts and Nevis=KNA; St Kitts & Nevis=KNA; Kittitian=KNA; Saint Lucia=LCA; St. Lucia=LCA
Saint Vincent and the Grenadines=VCT; St. Vincent and the Grenadines=VCT; Kingstown=VCT; Kingston=JAM
São Tomé and Príncipe=STP; Sao Tome and Principe=STP; Bosnia and Herzegovina=BIH; Bosnia=BIH
Antigua and Barbuda=ATG; Trinidad and Tobago=TTO; Trinidad & Tobago=TTO; Micronesia (Federated States of)=FSM
Marshallese=MHL; Ni-Vanuatu=VUT; I-Kiribati=KIR; Brunei=BRN; Brunei Darussalam=BRN; Gambia=GMB; The Gambia=GMB
Bahamas=BHS; Maldivian=MDV; Malé=MDV; Filipino=PHL; Philippine=PHL; Philippines=PHL; Emirati=ARE; UAE=ARE
U.A.E.=ARE; Saudi=SAU; Saudi Arabian=SAU; Omani=OMN; Mauritian=MUS; Mauritanian=MRT; Malagasy=MDG; Malian=MLI
Malawian=MWI; Maltese=MLT; Mosotho=LSO; Basotho=LSO; Batswana=BWA; Austria=AUT; Austrian=AUT; Austrians=AUT
Vienna=AUT; Australia=AUS; Australians=AUS; Danish=DNK; Polish=POL; Finnish=FIN; Holy See=VAT; Vatican=VAT
State of Palestine=PSE; Palestine=PSE; Palestinian=PSE; Cook Islands=COK; Niue=NIU
People's Republic of China=CHN; China=CHN; Chinese=CHN; Beijing=CHN; German Democratic Republic=DEU; Germans=DEU
Chad=TCD; Chadian=TCD; N'Djamena=TCD; Jordan=JOR; Georgia=GEO; Mali=MLI; Oman=OMN; Togo=TGO; Cuban=CUB
Havana=CUB; Central African Republic=CAF; South Africa=ZAF; South African=ZAF; El Salvador=SLV; Salvadoran=SLV
San Salvador=SLV; European Union=EU; EU=EU; European Union and its Member States=EU; Group of 77 and China=G77
Group of 77=G77; G77=G77; G-77=G77; G-77 and China=G77; G77/China=G77; G77+China=G77; NAM=NON_ALIGNED
Non-Aligned Movement=NON_ALIGNED; Movement of Non-Aligned Countries=NON_ALIGNED; African Group=AFRICAN_GROUP
Group of African States=AFRICAN_GROUP; GRULAC=GRULAC; Group of Latin American and Caribbean States=GRULAC
Arab Group=ARAB_GROUP; OIC=OIC; WEOG=WEOG; Western European and Others Group=WEOG; Eastern European Group=EEG
Asia-Pacific Group=ASIA_PACIFIC; African Union=AU; Asia–Pacific Group=ASIA_PACIFIC; ASEAN=ASEAN; CARICOM=CARICOM
GUAM=GUAM; ECOWAS=ECOWAS; SADC=SADC; GCC=GCC; Pacific Islands Forum=PIF; CELAC=CELAC; LDCs=LDC; UNODC=UNODC
Sovereign Order of Malta=SMOM
"""
# Names that are asked back, with all that they may mean.
AMBIGUOUS = {
    "Congo": ("COD", "COG"),
    "the Congo": ("COD", "COG"),
    "Congolese": ("COD", "COG"),
    "Korea": ("KOR", "PRK"),
    "Korean": ("KOR", "PRK"),
    "Koreans": ("KOR", "PRK"),
    "Dominican": ("DMA", "DOM"),
    "Czechoslovakia": ("CZE", "SVK"),
    "Yugoslavia": ("BIH", "HRV", "MKD", "MNE", "SRB", "SVN"),
    "Federal Republic of Yugoslavia": ("MNE", "SRB"),
}
# Longer names that hide a party's, and words that are no party's.
NOBODY = [
    "Northern Ireland",
    "Indian Ocean",
    "Gulf of Guinea",
    "Persian Gulf",
    "Latin American",
    "Inter-American",
    "Central America",
    "South China Sea",
    "Vienna Convention",
    "Paris Agreement",
    "Rome Statute",
    "Lake Chad Basin",
    "American Samoa",
    "Taiwan Province of China",
    "Korean Peninsula",
    "let us see",
    "turkey and chicken",
    "chad and jordan",
    "a polish of the text",
    "male victims",
    "the car",
    "Mr. Jordan",
    "the least developed countries",
]


def hard_names() -> list[tuple[str, str]]:
    pairs = [
        entry.strip().rsplit("=", 1) for line in HARD_NAMES.split("\n") for entry in line.split(";") if entry.strip()
    ]
    return [(name, code) for name, code in pairs]


def found(text: str, language: str | None = None, *, relaxed: bool = False) -> list[tuple[str, ...]]:
    return [match.codes for match in TABLE.find(text, language, relaxed=relaxed)]


@pytest.mark.parametrize(("name", "code"), hard_names())
def test_find_gives_the_one_party_of_a_hard_name(name, code):
    text = f"My delegation listened to what {name}’s delegation said, and agrees."
    assert found(text) == [(code,)]
    assert found(f"({name})") == [(code,)]


@pytest.mark.parametrize(("name", "code"), hard_names())
def test_find_gives_the_same_party_in_a_question_in_lower_case(name, code):
    lower = {"US", "Malé", "La Paz"}  # an ordinary word each; "la paz" is the peace
    if name not in lower:
        assert found(f"what did {name.lower()} say about article 4?", relaxed=True) == [(code,)]


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_find_gives_all_parties_of_an_ambiguous_name(name):
    assert found(f"We thank {name} for it.") == [AMBIGUOUS[name]]


@pytest.mark.parametrize("text", NOBODY)
def test_find_gives_nobody_for_longer_names_and_ordinary_words(text):
    assert found(f"we heard {text} here") == []


def test_official_names_and_aliases_resolve_to_their_own_party():
    wrong = []
    for code in TABLE.codes():
        party = TABLE.get(code)
        for name in (party.name, party.official or party.name, *party.aliases):
            resolution = TABLE.resolve(name, kind=party.kind)
            if resolution.codes != (code,) and name not in AMBIGUOUS:
                wrong.append((code, name, resolution))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Guinea-Bissau, Equatorial Guinea, Papua New Guinea and Guinea", ["GNB", "GNQ", "PNG", "GIN"]),
        ("Niger, Nigeria, Dominica, Dominican Republic", ["NER", "NGA", "DMA", "DOM"]),
        ("South Sudan and Sudan; Northern Ireland and Ireland", ["SSD", "SDN", "IRL"]),
        ("Group of 77 and China, and China", ["G77", "CHN"]),
        ("the Democratic\n\nPeople's Republic\nof Korea", ["PRK"]),
        ("Islamic\nRepublic of Iran", ["IRN"]),
        ("the Iranian-Austrian talks", ["IRN", "AUT"]),
        ("France, Germany, Italy", ["FRA", "DEU", "ITA"]),
        ("IRAN AND AUSTRIA ON ARTICLE 4", ["IRN", "AUT"]),
        ("Sudan, the People's Republic of China", ["SDN", "CHN"]),
    ],
)
def test_find_takes_the_longest_names_in_order(text, expected):
    assert found(text) == [(code,) for code in expected]


def test_find_keeps_two_states_apart_where_an_inverted_name_would_join_them():
    assert found("Congo, Republic of Korea") == [("COD", "COG"), ("KOR",)]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Iran", "name"),
        ("Zaire", "former"),
        ("Iranian", "demonym"),
        ("Tehran", "capital"),
        ("Group of 77", "group"),
    ],
)
def test_find_says_what_form_a_name_has(text, form):
    assert [match.form for match in TABLE.find(text)] == [form]


@pytest.mark.parametrize(
    "text", ["Iran’s position", "the Islamic Republic of Iran (IRI)", "Iran (Islamic Republic of) said"]
)
def test_find_spans_hold_exactly_the_name(text):
    (match,) = TABLE.find(text)
    assert text[match.start : match.end] == match.text
    assert match.text in {"Iran", "Islamic Republic of Iran", "Iran (Islamic Republic of)"}


def test_find_reads_us_as_the_united_states_only_after_the_in_lower_case():
    assert found("what did the us say", relaxed=True) == [("USA",)]
    assert found("what did they tell us", relaxed=True) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Que dit l'Iran sur l'article 4 ?", ["IRN"]),
        ("Que dit la Côte d’Ivoire de l’extradition ?", ["CIV"]),
        ("la position du Groupe des 77 et de la Chine", ["G77"]),
        ("la Fédération de Russie et la République de Corée", ["RUS", "KOR"]),
        ("¿Cuál es la posición de Turquía, Perú y México?", ["TUR", "PER", "MEX"]),
        ("¿Qué dijo el Irán sobre el artículo 4?", ["IRN"]),
        ("¿Qué dijeron los Estados Unidos y la República Popular Democrática de Corea?", ["USA", "PRK"]),
        ("позиция Ирана и Австрии по статье 4", ["IRN", "AUT"]),
        ("заявление Российской Федерации и Республики Корея", ["RUS", "KOR"]),
        ("от имени Группы 77 и Китая", ["G77"]),
        ("того же мнения придерживается Того", []),
        ("ماذا قالت إيران والصين عن المادة 4؟", ["IRN", "CHN"]),
        ("موقف جمهورية كوريا ومصر", ["KOR", "EGY"]),
        ("الدعم مالي فقط", []),
        ("伊朗对第四条说了什么？", ["IRN"]),
        ("77国集团和中国", ["G77"]),
        ("发展中国家和其中国家", []),
        ("大韩民国和朝鲜民主主义人民共和国", ["KOR", "PRK"]),
    ],
)
def test_find_knows_names_in_the_other_languages(text, expected):
    assert found(text) == [(code,) for code in expected]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("IRN", ("IRN",)),
        ("IR", ("IRN",)),
        ("the Netherlands", ("NLD",)),
        ("republic of korea", ("KOR",)),
        ("Group of 77 and China", ("G77",)),
        ("مصر", ("EGY",)),
        ("Bundesrepublik Deutschland", ("DEU",)),
        ("NAM", ("NAM",)),
        ("AU", ("AU", "AUS")),
        ("Congo", ("COD", "COG")),
        ("Österreich", ("AUT",)),
        ("", ()),
        ("Atlantis", ()),
    ],
)
def test_resolve_takes_codes_and_names_and_never_guesses(name, codes):
    assert TABLE.resolve(name).codes == codes


def test_resolve_reads_nam_as_the_movement_where_a_group_is_asked_for():
    assert TABLE.resolve("NAM", kind="group").codes == ("NON_ALIGNED",)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("Irann", "IRN"), ("Autria", "AUT"), ("Kyrgystan", "KGZ"), ("Tehran", "IRN"), ("Phillipines", "PHL")],
)
def test_resolve_suggests_for_a_typing_error_without_taking_it(typed, code):
    resolution = TABLE.resolve(typed)
    assert resolution.codes == ()
    assert resolution.suggestions[0] == code


def test_former_names_carry_their_dates():
    assert [(f.since, f.until) for f in TABLE.get("COD").former if f.name == "Zaire"] == [("1971", "1997")]


@pytest.mark.parametrize(
    ("state", "date", "member"),
    [
        ("GBR", "2020-01-30", True),
        ("GBR", "2020-10-12/2020-10-16", False),
        ("GBR", "2020", False),
        ("HRV", "2013-06-30", False),
        ("HRV", "2013-07-01", True),
        ("HRV", "2013", False),
        ("AUT", "1994", False),
        ("AUT", "1995", True),
        ("ROU", None, True),
        ("IRN", None, False),
    ],
)
def test_members_of_the_european_union_depend_on_the_date(state, date, member):
    assert (state in TABLE.members("EU", date)) is member


@pytest.mark.parametrize(
    ("group", "count"),
    [
        ("EU", 27),
        ("G77", 134),
        ("AFRICAN_GROUP", 54),
        ("EEG", 23),
        ("GRULAC", 33),
        ("ASEAN", 11),
        ("ARAB_GROUP", 22),
    ],
)
def test_groups_have_their_number_of_members_today(group, count):
    assert len(TABLE.members(group)) == count


def test_regional_groups_cover_the_members_of_the_united_nations():
    regional = ["AFRICAN_GROUP", "ASIA_PACIFIC", "EEG", "GRULAC", "WEOG"]
    united = frozenset().union(*(TABLE.members(group) for group in regional))
    assert united == frozenset(TABLE.codes("state")) - {"VAT", "PSE", "COK", "NIU"}


def test_every_code_is_unique_among_states_and_groups_and_members_are_states():
    states = set(TABLE.codes("state"))
    groups = set(TABLE.codes("group")) | set(TABLE.codes("organization"))
    assert not states & groups
    for group in groups:
        assert TABLE.members(group) <= states


def write(folder: Path, text: str) -> Path:
    path = folder / "parties.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_load_adds_fictional_parties_with_their_aliases(tmp_path):
    path = write(
        tmp_path,
        "code,name,aliases,kind,members\nXAA,Arland,Republic of Arland|Arlandic,state,\n"
        "XGA,Northern Shore Group,NSG,group,XAA|AUT\n",
    )
    table = PartyTable.load(path)
    text = "what did arland and the Northern Shore Group say, and the Arlandic delegation, and Austria?"
    assert [m.codes for m in table.find(text, relaxed=True)] == [("XAA",), ("XGA",), ("XAA",), ("AUT",)]
    assert table.resolve("Republic of Arland").codes == ("XAA",)
    assert table.resolve("Arlnd").suggestions[0] == "XAA"
    assert table.display("XAA", "fr") == "Arland"
    assert table.members("XGA") == {"XAA", "AUT"}
    assert TABLE.resolve("Arland").codes == ()


def test_with_extra_merges_several_files_that_share_a_party(tmp_path):
    first = write(tmp_path, "code,name,aliases,kind\nXAA,Arland,,state\n")
    second = tmp_path / "more.csv"
    second.write_text("code,name,aliases,kind\nXAA,Arland,Arlandic,state\nXAB,Borduna,,state\n", encoding="utf-8")
    table = PartyTable.load().with_extra(first, second)
    assert {"XAA", "XAB"} <= set(table.codes("state"))


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("XAA,Arland,,state\nIRN,Arland Two,,state\n", 3),
        ("XAA,Arland,,state\nXAA,Borduna,,state\n", 3),
        ("XAA,Austria,,state\n", 2),
        ("XAA,,,state\n", 2),
        ("xaa,Arland,,state\n", 2),
        ("QQQ,Arland,,state\n", 2),
        ("XAA,Arland,,planet\n", 2),
    ],
)
def test_load_names_the_line_of_a_wrong_row(tmp_path, rows, line):
    with pytest.raises(PartyTableError, match=f"line {line}"):
        PartyTable.load(write(tmp_path, "code,name,aliases,kind\n" + rows))


def test_load_says_what_is_wrong_with_a_file_that_is_no_table(tmp_path):
    with pytest.raises(PartyTableError, match="no column"):
        PartyTable.load(write(tmp_path, "a,b\n1,2\n"))
    with pytest.raises(PartyTableError, match="could not be read"):
        PartyTable.load(tmp_path / "absent.csv")


@given(st.text(max_size=200))
def test_find_gives_ordered_spans_that_do_not_overlap(text):
    end = 0
    for match in TABLE.find(text, relaxed=True):
        assert end <= match.start < match.end <= len(text)
        assert text[match.start : match.end] == match.text
        assert match.codes
        end = match.end


def test_find_is_fast_enough_for_whole_statements():
    text = ("The Islamic Republic of Iran and other States parties spoke of the Convention. " * 200)[:15_000]
    TABLE.find(text)
    best = min(_seconds(text) for _ in range(5))
    assert best < 0.05  # 5 ms on an idle core


def _seconds(text: str) -> float:
    start = time.perf_counter()
    TABLE.find(text)
    return time.perf_counter() - start


@pytest.mark.parametrize(
    "name",
    ["We", "Convention", "The Chair", "Article", "Madam President", "Member States", "my delegation", "Nous", "公约",
     "UNTOC", "Trafficking Protocol", "Africa", "Iranian", "Tehran", "Group of 77", "Secretary-General", "I", "."],
)  # fmt: skip
def test_name_that_means_something_else_is_refused_with_its_line(tmp_path, name):
    path = tmp_path / "parties.csv"
    path.write_text(f"code,name,aliases,kind\nXAA,Arvandia,,state\nXAB,Belmora,Belmoran|{name},state\n", "utf-8")
    with pytest.raises(PartyTableError, match=r"line 3: .*; use another name"):
        check_added_names(path)


def test_names_of_fictional_states_and_groups_are_taken(tmp_path):
    check_added_names(PROJECT / "evals" / "conference" / "parties.csv")
    (tmp_path / "parties.csv").write_text(
        "code,name,aliases,kind\nXAA,Arvandia,Port Selwe|Keel Harbour,state\n"
        "FICS,Forum of Island and Coastal States,,group\n"
    )
    check_added_names(tmp_path / "parties.csv")


def test_table_that_is_a_pipe_or_leads_out_of_its_folder_is_not_read(tmp_path):
    folder, secret = tmp_path / "corpus", tmp_path / "secret.csv"
    folder.mkdir()
    secret.write_text("code,name\nXAA,Arvandia\n")
    for name, read, error in (
        ("parties.csv", check_added_names, PartyTableError),
        ("statements.csv", lambda path: read_manifest(path.parent), ManifestError),
    ):
        (folder / name).symlink_to(secret)
        with pytest.raises(error, match="leads out of the folder"):
            read(folder / name)
        (folder / name).unlink()
        os.mkfifo(folder / name)
        with pytest.raises(error, match="is not a file"):
            read(folder / name)
