"""Articles, treaties and agenda items: found in six languages, given to the right treaty, never mixed up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.treaties.references import find_agenda_items, find_articles
from ingest.treaties.treaties import TREATIES, article_title, articles, articles_about, find_treaties, named_treaties
from ingest.treaties.treaty_attribution import OTHER_CONVENTION, last_convention, sentence_ends, sole_protocol


def read(text: str, default: str | None = "UNTOC") -> list[tuple[str | None, str, str | None]]:
    return [(m.treaty, m.article, m.paragraph) for m in find_articles(text, default)]


def all_of(treaty: str | None, *numbers: int) -> list[tuple[str | None, str, str | None]]:
    return [(treaty, str(number), None) for number in numbers]


@pytest.mark.parametrize(
    ("treaty", "article", "title"),
    [
        ("UNTOC", "4", "Protection of sovereignty"),
        ("UNTOC", "18", "Mutual legal assistance"),
        ("TIP", "4", "Scope of application"),
        ("UNCAC", "46", "Mutual legal assistance"),
        ("UNTOC", "42", None),
        ("XYZ", "1", None),
    ],
)
def test_article_title_gives_the_treaty_s_own_title_or_none(treaty, article, title):
    assert article_title(treaty, article) == title


def test_every_treaty_has_its_articles_without_gaps():
    counts = {"UNTOC": 41, "TIP": 20, "SOM": 25, "FIREARMS": 21, "UNCAC": 71, "NARCOTICS1988": 34}
    assert set(counts) == set(TREATIES)
    for code, count in counts.items():
        assert list(articles()[code]) == [str(n) for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Article I of the Convention", [("UNTOC", "1", None)]),
        ("the article I have read", []),
        ("an article on crime", []),
        ("article 16 bis", [(None, "16 bis", None)]),
        ("subparagraph (a) of paragraph 3 of article 18 of the Convention", [("UNTOC", "18", "3 (a)")]),
        ("articles 4 (1) and 5 (2) (b)", [("UNTOC", "4", "1"), ("UNTOC", "5", "2 (b)")]),
        ("article 4 and 12 States", all_of("UNTOC", 4)),
        ("article 4, 12 States", all_of("UNTOC", 4)),
        ("第四条约", []),
    ],
)
def test_find_articles_reads_numbers_and_no_other_words(text, expected):
    assert read(f"We refer to {text}.") == expected


# What is written = the articles of the Convention that it names, each with its paragraph.
WRITTEN = {
    "en": """
        article 18 = 18
        Article 18 = 18
        art. 18, para. 3 (a) = 18 3 (a)
        article 18(3)(a) = 18 3 (a)
        article 18, paragraph 3 = 18 3
        article 18, paragraph 3, subparagraph (a) = 18 3 (a)
        paragraph 3, subparagraph (a), of article 18 = 18 3 (a)
        paragraphs 1 and 2 of article 16 = 16 1 and 2
        article 16, paragraphs 1 to 3 = 16 1 to 3
        articles 16 to 18 = 16; 17; 18
        articles 16-18 = 16; 17; 18
        articles 16 through 18 = 16; 17; 18
        articles 16 and 18 = 16; 18
        articles 5, 6, 8 and 23 = 5; 6; 8; 23
        articles 5, 6 and 8 to 10 = 5; 6; 8; 9; 10
        arts. 5 and 6 = 5; 6
        art 5 = 5
        Article XVIII = 18
        article eighteen = 18
        both article 16 and article 18 = 16; 18
        article 16 or 18 = 16; 18
        article 2, subparagraph (a) = 2 (a)
        article 2 (a) = 2 (a)
        articles 2 (a) and 3 (1) = 2 (a); 3 1
        article 18 para 3 = 18 3
        article 18.3(a) = 18 3 (a)
        article 18 § 3 = 18 3
        articles 16, 17, and 18 = 16; 17; 18
        articles from 16 to 18 = 16; 17; 18
        between articles 16 and 18 = 16; 18
        Articles 12–14 and 16 = 12; 13; 14; 16
        article no. 18 = 18
        article number 18 = 18
        Art.18 = 18
        arts 16 & 17 = 16; 17
        article 32 and subsequent articles = 32
        article thirty-two = 32
        article twenty one = 21
    """,
    "fr": """
        l'article 18 = 18
        l’article 18 = 18
        les articles 16 à 18 = 16; 17; 18
        aux articles 5, 6, 8 et 23 = 5; 6; 8; 23
        art. 18, par. 3 a) = 18 3 (a)
        l'article 18, paragraphe 3 = 18 3
        le paragraphe 3 de l'article 18 = 18 3
        le paragraphe 3 a) de l'article 18 = 18 3 (a)
        l'alinéa a) du paragraphe 3 de l'article 18 = 18 3 (a)
        l'article premier = 1
        l'article 1er = 1
        les articles 16 et 18 = 16; 18
        article 18 (3) = 18 3
        l'art. 18 = 18
        les art. 16 et 17 = 16; 17
        des articles 16 et suivants = 16
        les paragraphes 1 et 2 de l'article 16 = 16 1 et 2
        l'article 16 ou l'article 18 = 16; 18
        articles 16-18 = 16; 17; 18
        ARTICLE 18 = 18
        l'article 18, alinéa 3 = 18 3
        de l'article 16 à l'article 18 = 16; 18
        l'article 32 et l'article 33 = 32; 33
        l'article 18 § 3 = 18 3
        l'article XVIII = 18
    """,
    "es": """
        el artículo 18 = 18
        los artículos 16 a 18 = 16; 17; 18
        los artículos 5, 6, 8 y 23 = 5; 6; 8; 23
        del artículo 18, párrafo 3 = 18 3
        el párrafo 3 del artículo 18 = 18 3
        el apartado a) del párrafo 3 del artículo 18 = 18 3 (a)
        el párrafo 3 a) del artículo 18 = 18 3 (a)
        art. 18, párr. 3 a) = 18 3 (a)
        los arts. 16 y 17 = 16; 17
        artículos 16 al 18 = 16; 17; 18
        los artículos 16 e 18 = 16; 18
        el articulo 18 = 18
        ARTÍCULO 18 = 18
        artículo 18.3 = 18 3
        los párrafos 1 y 2 del artículo 16 = 16 1 y 2
        el inciso a) del artículo 2 = 2 (a)
        artículo 2, inciso a) = 2 (a)
        el artículo 16 o el artículo 18 = 16; 18
        artículos 16-18 = 16; 17; 18
        el artículo 18, apartado 3 = 18 3
        el artículo 32 y 33 = 32; 33
        el artículo primero = 1
        el artículo 18 (3) = 18 3
        el artículo 18 de la Convención = 18
        el numeral 3 del artículo 18 = 18 3
        el artículo 18 numeral 3 = 18 3
    """,
    "ru": """
        статья 18 = 18
        статьи 18 = 18
        статье 18 = 18
        статьей 18 = 18
        статью 18 = 18
        статьи 16-18 = 16; 17; 18
        статьи 16–18 = 16; 17; 18
        статей 16 — 18 = 16; 17; 18
        статьи с 16 по 18 = 16; 17; 18
        статьях 5, 6, 8 и 23 = 5; 6; 8; 23
        пункт 3 статьи 18 = 18 3
        пункта 3 (a) статьи 18 = 18 3 (a)
        подпункт (a) пункта 3 статьи 18 = 18 3 (a)
        подпункте а) пункта 3 статьи 18 = 18 3 (а)
        п. 3 ст. 18 = 18 3
        ст. 18 = 18
        ст.ст. 16 и 17 = 16; 17
        статьи 16 и 18 = 16; 18
        пункты 1 и 2 статьи 16 = 16 1 и 2
        статьи 16 или 18 = 16; 18
        статьям 16, 17 и 18 = 16; 17; 18
        статьями 16 и 17 = 16; 17
        статья 18, пункт 3 = 18 3
        Статья XVIII = 18
        статья 18 (3) = 18 3
        статьи 18 Конвенции = 18
        от статьи 16 до статьи 18 = 16; 18
    """,
    "ar": """
        المادة 18 = 18
        المادة ١٨ = 18
        المادة (18) = 18
        المادة الثامنة عشرة = 18
        المادة 18 من الاتفاقية = 18
        المواد من 16 إلى 18 = 16; 17; 18
        المواد 16 إلى 18 = 16; 17; 18
        المواد 5 و6 و8 و23 = 5; 6; 8; 23
        المواد ٥ و٦ و٨ = 5; 6; 8
        المادتين 16 و18 = 16; 18
        المادتان 16 و18 = 16; 18
        الفقرة 3 من المادة 18 = 18 3
        الفقرة 3 (أ) من المادة 18 = 18 3 (أ)
        الفقرة الفرعية (أ) من الفقرة 3 من المادة 18 = 18 3 (أ)
        المادة 18، الفقرة 3 = 18 3
        المادة 18 (3) = 18 3
        للمادة 18 = 18
        وفقا للمواد 16 و17 و18 = 16; 17; 18
        بالمادة 4 = 4
        والمادة 4 = 4
        المادة الرابعة = 4
        المواد 16-18 = 16; 17; 18
        المادة الثانية والثلاثين = 32
        المادة 16 أو 18 = 16; 18
        الفقرتين 1 و2 من المادة 16 = 16 1 و2
        المادة رقم 18 = 18
        المواد 5، 6، 8 = 5; 6; 8
    """,
    "zh": """
        第18条 = 18
        第十八条 = 18
        第16条至第18条 = 16; 17; 18
        第16至18条 = 16; 17; 18
        第十六至十八条 = 16; 17; 18
        第十六条到第十八条 = 16; 17; 18
        第16、17和18条 = 16; 17; 18
        第5条、第6条、第8条和第23条 = 5; 6; 8; 23
        第五、六、八和二十三条 = 5; 6; 8; 23
        第18条第3款 = 18 3
        第十八条第三款 = 18 3
        第十八条第三款（a）项 = 18 3 (a)
        第18条第3款(a)项 = 18 3 (a)
        第18条第3款第(a)项 = 18 3 (a)
        第2条(a)项 = 2 (a)
        《公约》第18条 = 18
        公约第四条 = 4
        第 18 条 = 18
        第16－18条 = 16; 17; 18
        第16-18条 = 16; 17; 18
        第16条及第18条 = 16; 18
        第十六条以及第十八条 = 16; 18
        第16～18条 = 16; 17; 18
        第18条第1、2款 = 18 1、2
        第三十二条 = 32
        第16条或第18条 = 16; 18
        第18条第3至5款 = 18 3至5
    """,
}
FRAMES = {
    "en": "We refer to {}.", "fr": "Nous rappelons {}.", "es": "Recordamos {}.", "ru": "Мы напоминаем: {}.",
    "ar": "نشير إلى {}.", "zh": "我们支持{}。",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "line"),
    [(language, line.strip()) for language, lines in WRITTEN.items() for line in lines.strip().splitlines()],
)
def test_find_articles_reads_every_way_of_writing_in_six_languages(language, line):
    text, _, named = line.partition(" = ")
    expected = [tuple(article.split(" ", 1)) for article in named.split("; ")]
    found = find_articles(FRAMES[language].format(text))
    assert [(m.article, m.paragraph) if m.paragraph else (m.article,) for m in found] == expected
    assert {m.treaty for m in found} == {"UNTOC"}


@pytest.mark.parametrize(
    ("text", "treaty", "article"),
    [
        ("article 4 of the Convention", "UNTOC", "4"),
        ("article 4 of this important Convention", "UNTOC", "4"),
        ("article 4 of the United Nations Convention against Transnational Organized Crime", "UNTOC", "4"),
        ("UNTOC article 4", "UNTOC", "4"),
        ("the Convention's article 4", "UNTOC", "4"),
        ("article 4 in its domestic law", "UNTOC", "4"),
        ("the principles of the Charter and article 4", "UNTOC", "4"),
        ("article 4 in the light of the Charter", "UNTOC", "4"),
        ("article 4 of the Trafficking in Persons Protocol", "TIP", "4"),
        ("article 4 in the trafficking protocol", "TIP", "4"),
        ("article 4, paragraph 1, of the Firearms Protocol", "FIREARMS", "4"),
        ("article 4 (Scope of application) of the Palermo Protocol", "TIP", "4"),
        ("what the Smuggling Protocol says on vessels in article 8", "SOM", "8"),
        ("under the Smuggling of Migrants Protocol, article 8", "SOM", "8"),
        ("the Trafficking Protocol was ratified. Article 6 of that Protocol", "TIP", "6"),
        ("article 3 of the Protocol", None, "3"),
        ("UNCAC, art. 5", "UNCAC", "5"),
        ("article 46 of the Convention against Corruption", "UNCAC", "46"),
        ("UNCAC is clear; article 46 of the Convention applies", "UNCAC", "46"),
        ("UNCAC is clear. Article 16 of the Convention applies", "UNTOC", "16"),
        ("the Firearms Protocol and article 31", "UNTOC", "31"),
        ("article 3 of the 1988 Convention", "NARCOTICS1988", "3"),
        ("article 51", None, "51"),
        ("article 51 of the Charter of the United Nations", None, "51"),
        ("article 2 (7) of the UN Charter", None, "2"),
        ("the Charter, in particular Article 2", None, "2"),
        ("article 6 of the Paris Agreement", None, "6"),
        ("article VI of the NPT", None, "6"),
        ("article 41 of the Statute", None, "41"),
        ("article 5 of our Constitution", None, "5"),
        ("article 14 of the Penal Code", None, "14"),
        ("article 5 of the Convention on the Rights of the Child", None, "5"),
        ("the Convention on the Rights of the Child, article 5", None, "5"),
        ("article 5 of the Inter-American Convention against Corruption", None, "5"),
        ("Inter-American Convention against Corruption, article 5", None, "5"),
        ("article 5 of the Vienna Convention", None, "5"),
        ("article 25 (1) of the ICCPR", None, "25"),
        ("l’article 4 de la Convention de Palerme", "UNTOC", "4"),
        ("l’article 3 du Protocole relatif à la traite des personnes", "TIP", "3"),
        ("l’article 51 de la Charte", None, "51"),
        ("el artículo 4 de la Convención", "UNTOC", "4"),
        ("el artículo 5 de la Constitución", None, "5"),
        ("статьи 4 Конвенции", "UNTOC", "4"),
        ("статья 51 Устава", None, "51"),
        ("статья 4 Конвенции о правах ребенка", None, "4"),
        ("статье 4 Протокола о торговле людьми", "TIP", "4"),
        ("المادة 4 من الاتفاقية", "UNTOC", "4"),
        ("المادة 51 من ميثاق الأمم المتحدة", None, "51"),
        ("المادة 4 من اتفاقية حقوق الطفل", None, "4"),
        ("《公约》第四条", "UNTOC", "4"),
        ("《联合国宪章》第四条", None, "4"),
        ("《儿童权利公约》第四条", None, "4"),
        ("《贩运人口议定书》第三条", "TIP", "3"),
    ],
)
def test_find_articles_gives_an_article_to_the_treaty_that_its_words_name(text, treaty, article):
    assert [(t, a) for t, a, _ in read(text)] == [(treaty, article)]


def test_find_articles_shares_the_instrument_that_the_last_of_several_names():
    assert read("article 4 and article 5 of the Charter") == all_of(None, 4, 5)
    assert read("article 4 of the Convention and article 5 of the Firearms Protocol") == [
        ("UNTOC", "4", None),
        ("FIREARMS", "5", None),
    ]


@pytest.mark.parametrize("text", ["article 4", "article 4 of the Convention", "المادة 4", "第四条"])
def test_find_articles_without_a_default_counts_only_named_treaties(text):
    assert read(text, None) == all_of(None, 4)
    assert read("article 4 of UNTOC", None) == all_of("UNTOC", 4)


def test_find_articles_spans_cover_the_paragraph_before_the_article():
    text = "See paragraph 3 of article 18, please."
    (mention,) = find_articles(text)
    assert text[mention.start : mention.end] == "paragraph 3 of article 18"


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("agenda item 4", ["4"]),
        ("Agenda Item 4: technical assistance", ["4"]),
        ("item 4 of the provisional agenda", ["4"]),
        ("under item 2 (b)", ["2 (b)"]),
        ("items 3 and 4", ["3", "4"]),
        ("point 4 de l’ordre du jour", ["4"]),
        ("le point 4 de l'exposé", []),
        ("tema 4 del programa", ["4"]),
        ("пункту 4 повестки дня", ["4"]),
        ("пункт 4 статьи 5", []),
        ("البند 4 من جدول الأعمال", ["4"]),
        ("议程项目4", ["4"]),
        ("议程第4项", ["4"]),
        ("article 4 of the Convention", []),
    ],
)
def test_find_agenda_items_reads_items_and_nothing_else(text, items):
    assert [m.item for m in find_agenda_items(text)] == items


@pytest.mark.parametrize(
    "text", ["agenda item 4", "пункт 4 повестки дня", "البند 4", "议程项目4", "tema 4 del programa"]
)
def test_find_articles_never_takes_an_agenda_item(text):
    assert find_articles(text) == []


@pytest.mark.parametrize(
    ("name", "treaty"),
    [
        *((treaty.name, treaty.code) for treaty in TREATIES.values()),
        *((alias, treaty.code) for treaty in TREATIES.values() for alias in treaty.aliases),
        ("the UN Convention against Transnational Organised Crime", "UNTOC"),
        ("UN drug convention of 1988", "NARCOTICS1988"),
        ("1988 Vienna Convention", "NARCOTICS1988"),
        ("Конвенции против транснациональной организованной преступности", "UNTOC"),
        ("اتفاقية مكافحة الفساد", "UNCAC"),
    ],
)
def test_find_treaties_knows_full_names_and_usual_ones(name, treaty):
    assert {m.treaty for m in find_treaties(f"On {name}, we agree.")} == {treaty}


def test_find_treaties_gives_all_three_for_the_palermo_protocols():
    assert {m.treaty for m in find_treaties("the Palermo Protocols")} == {"TIP", "SOM", "FIREARMS"}


@pytest.mark.parametrize(
    "text", ["the Convention", "the Vienna Convention", "Inter-American Convention against Corruption"]
)
def test_find_treaties_leaves_other_instruments_alone(text):
    assert find_treaties(text) == []


NAMED = """
        the draft convention against transnational organized crime = UNTOC
        the draft United Nations convention against transnational organized crime = UNTOC
        a convention against transnational organized crime = UNTOC
        conventions against transnational organised crime = UNTOC
        an international convention against organized transnational crime = UNTOC
        the UN Convention against TOC = UNTOC
        the Convention on Transnational Organized Crime = UNTOC
        the Palermo Convention and its Protocols = UNTOC TIP SOM FIREARMS
        the Palermo Convention and its three Protocols = UNTOC TIP SOM FIREARMS
        the United Nations Convention against Transnational Organized Crime and the Protocols thereto = UNTOC \
        TIP SOM FIREARMS
        the UNTOC and its supplementary protocols = UNTOC TIP SOM FIREARMS
        the United Nations Convention against Transnational Organized Crime (UNTOC) and the three Protocols \
        thereto = UNTOC TIP SOM FIREARMS
        UNTOC, together with its Protocols = UNTOC TIP SOM FIREARMS
        the Transnational Organized Crime Convention = UNTOC
        the TOC Convention = UNTOC
        UNTOC = UNTOC
        CTOC = UNTOC
        the Convention against Organized Crime = UNTOC
        the United Nations Convention against Organized Crime = UNTOC
        the Palermo protocols = TIP SOM FIREARMS
        the Trafficking Protocol = TIP
        the trafficking in persons protocol = TIP
        the Protocol on trafficking in persons = TIP
        the Protocol on Human Trafficking = TIP
        the Protocol to prevent, suppress and punish trafficking in persons, especially women and children = TIP
        the Protocol against trafficking in persons = TIP
        the UN Trafficking Protocol = TIP
        the Human Trafficking Protocol = TIP
        the Anti-Trafficking Protocol = TIP
        the Trafficking in Persons and Smuggling of Migrants Protocols = TIP SOM
        the Protocols on trafficking in persons and smuggling of migrants = TIP SOM
        the protocols on trafficking in persons, smuggling of migrants and firearms = TIP SOM FIREARMS
        the Protocol against the Smuggling of Migrants = SOM
        the migrant smuggling protocol = SOM
        the Smuggling Protocol = SOM
        the Protocol on migrant smuggling = SOM
        the Protocol on smuggling of migrants = SOM
        the Protocol on firearms = FIREARMS
        the firearms protocol = FIREARMS
        the Protocol against illicit trafficking in firearms = FIREARMS
        the Protocol on illicit firearms = FIREARMS
        the Protocol on the Illicit Manufacturing of and Trafficking in Firearms = FIREARMS
        the Protocol against the Illicit Manufacturing of and Trafficking in Firearms, Their Parts and \
        Components and Ammunition, supplementing the United Nations Convention against Transnational \
        Organized Crime = FIREARMS
        the UN Firearms Protocol = FIREARMS
        the United Nations Convention against Corruption = UNCAC
        UNCAC = UNCAC
        the Convention against corruption = UNCAC
        the Merida Convention = UNCAC
        the 1988 Convention = NARCOTICS1988
        the United Nations Convention against Illicit Traffic in Narcotic Drugs and Psychotropic Substances \
        of 1988 = NARCOTICS1988
        the Arms Trade Treaty =
        the Optional Protocol on the sale of children =
        the Kyoto Protocol =
        the Convention against Torture =
        la Convention des Nations Unies contre la criminalité transnationale organisée = UNTOC
        la convention contre le crime organisé transnational = UNTOC
        la Convention contre la criminalité organisée = UNTOC
        la Convention de Palerme et ses Protocoles = UNTOC TIP SOM FIREARMS
        la Convention des Nations Unies contre la criminalité transnationale organisée et les Protocoles s'y \
        rapportant = UNTOC TIP SOM FIREARMS
        la CNUCTO = UNTOC
        la Convention de Palerme et ses trois protocoles additionnels = UNTOC TIP SOM FIREARMS
        le Protocole additionnel à la Convention des Nations Unies contre la criminalité transnationale \
        organisée visant à prévenir, réprimer et punir la traite des personnes, en particulier des femmes et \
        des enfants = TIP
        le Protocole relatif à la traite des personnes = TIP
        le protocole sur la traite = TIP
        le Protocole contre le trafic illicite de migrants par terre, air et mer = SOM
        le Protocole relatif au trafic illicite de migrants = SOM
        le Protocole sur les migrants = SOM
        le Protocole relatif aux armes à feu = FIREARMS
        le Protocole sur les armes à feu = FIREARMS
        le Protocole contre la fabrication et le trafic illicites d'armes à feu, de leurs pièces, éléments et \
        munitions = FIREARMS
        la Convention des Nations Unies contre la corruption = UNCAC
        la CNUCC = UNCAC
        la Convention de 1988 = NARCOTICS1988
        la Convención de las Naciones Unidas contra la Delincuencia Organizada Transnacional = UNTOC
        la Convención contra el Crimen Organizado Transnacional = UNTOC
        la Convención de Palermo y sus Protocolos = UNTOC TIP SOM FIREARMS
        la Convención de las Naciones Unidas contra la Delincuencia Organizada Transnacional y sus tres \
        Protocolos = UNTOC TIP SOM FIREARMS
        la UNTOC = UNTOC
        la Convención contra la Delincuencia Organizada = UNTOC
        la CNUDOT = UNTOC
        la Convención y sus Protocolos =
        el Protocolo contra la trata de personas = TIP
        el Protocolo para prevenir, reprimir y sancionar la trata de personas, especialmente mujeres y niños = TIP
        el Protocolo sobre la trata de personas = TIP
        el Protocolo de trata = TIP
        el Protocolo contra el tráfico ilícito de migrantes por tierra, mar y aire = SOM
        el Protocolo sobre el tráfico de migrantes = SOM
        el Protocolo sobre armas de fuego = FIREARMS
        el Protocolo contra la fabricación y el tráfico ilícitos de armas de fuego, sus piezas y componentes \
        y municiones = FIREARMS
        el Protocolo de armas de fuego = FIREARMS
        la Convención de las Naciones Unidas contra la Corrupción = UNCAC
        la Convención de 1988 = NARCOTICS1988
        Конвенция Организации Объединенных Наций против транснациональной организованной преступности = UNTOC
        Конвенции ООН против транснациональной организованной преступности и протоколов к ней = UNTOC TIP SOM \
        FIREARMS
        Палермская конвенция = UNTOC
        Палермской конвенции и трех протоколов к ней = UNTOC TIP SOM FIREARMS
        Конвенции против организованной преступности = UNTOC
        Протокола о торговле людьми = TIP
        Протокол о предупреждении и пресечении торговли людьми, особенно женщинами и детьми, и наказании за \
        нее = TIP
        Протокол против незаконного ввоза мигрантов по суше, морю и воздуху = SOM
        Протокола о незаконном ввозе мигрантов = SOM
        Протокол об огнестрельном оружии = FIREARMS
        Протоколу по огнестрельному оружию = FIREARMS
        Протокол против незаконного изготовления и оборота огнестрельного оружия, его составных частей и \
        компонентов, а также боеприпасов к нему = FIREARMS
        Конвенции ООН против коррупции = UNCAC
        КПК ООН = UNCAC
        Конвенции 1988 года = NARCOTICS1988
        اتفاقية الأمم المتحدة لمكافحة الجريمة المنظمة عبر الوطنية = UNTOC
        اتفاقية الأمم المتحدة لمكافحة الجريمة المنظمة عبر الوطنية والبروتوكولات الملحقة بها = UNTOC TIP SOM FIREARMS
        اتفاقية باليرمو وبروتوكولاتها = UNTOC TIP SOM FIREARMS
        لاتفاقية مكافحة الجريمة المنظمة = UNTOC
        اتفاقية الأمم المتحدة لمكافحة الجريمة المنظمة العابرة للحدود = UNTOC
        بروتوكول الاتجار بالأشخاص = TIP
        بروتوكول منع وقمع ومعاقبة الاتجار بالأشخاص، وبخاصة النساء والأطفال = TIP
        بروتوكول مكافحة الاتجار بالبشر = TIP
        بروتوكول مكافحة تهريب المهاجرين عن طريق البر والبحر والجو = SOM
        بروتوكول المهاجرين = SOM
        بروتوكول الأسلحة النارية = FIREARMS
        بروتوكول مكافحة صنع الأسلحة النارية وأجزائها ومكوناتها والذخيرة والاتجار بها بصورة غير مشروعة = FIREARMS
        اتفاقية الأمم المتحدة لمكافحة الفساد = UNCAC
        اتفاقية عام 1988 = NARCOTICS1988
        اتفاقية سنة ١٩٨٨ = NARCOTICS1988
        《联合国打击跨国有组织犯罪公约》 = UNTOC
        《联合国打击跨国有组织犯罪公约》及其议定书 = UNTOC TIP SOM FIREARMS
        《打击跨国有组织犯罪公约》及其各项议定书 = UNTOC TIP SOM FIREARMS
        巴勒莫公约 = UNTOC
        《巴勒莫公约》及其三项议定书 = UNTOC TIP SOM FIREARMS
        《人口贩运议定书》 = TIP
        《打击人口贩运议定书》 = TIP
        《关于预防、禁止和惩治贩运人口特别是妇女和儿童行为的补充议定书》 = TIP
        《联合国打击跨国有组织犯罪公约关于预防、禁止和惩治贩运人口特别是妇女和儿童行为的补充议定书》 = TIP
        《关于打击陆、海、空偷运移民的补充议定书》 = SOM
        《移民议定书》 = SOM
        《偷运移民议定书》 = SOM
        《枪支议定书》 = FIREARMS
        《关于打击非法制造和贩运枪支及其零部件和弹药的补充议定书》 = FIREARMS
        《火器议定书》 = FIREARMS
        《联合国反腐败公约》 = UNCAC
        1988年公约 = NARCOTICS1988
        《一九八八年公约》 = NARCOTICS1988
"""


@pytest.mark.parametrize("line", [line.strip() for line in NAMED.strip().splitlines()])
def test_named_treaties_finds_every_naming_in_six_languages(line):
    name, _, codes = line.partition(" =")
    text = f"We support {name} today." if name.isascii() else name
    assert sorted(named_treaties(text)) == sorted(codes.split())


@pytest.mark.parametrize(
    "text",
    [
        "the Convention and its Protocols",
        "the Protocol",
        "CTOC/COP/2020/CRP.4",
        "trafficking in persons and the smuggling of migrants",
        "the Optional Protocols on the Rights of the Child",
    ],
)
def test_named_treaties_needs_a_name(text):
    assert named_treaties(text) == ()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("UNTOC and its Protocol on firearms", {"UNTOC", "FIREARMS"}),
        ("UNTOC and its Protocols on trafficking in persons and on smuggling of migrants", {"UNTOC", "TIP", "SOM"}),
        ("the Inter-American and United Nations conventions against corruption", {"UNCAC"}),
        ("the Palermo […] Convention — and its Protocols", {"UNTOC", "TIP", "SOM", "FIREARMS"}),
        ("UNTOC and the first, second and third protocols thereto", {"UNTOC", "TIP", "SOM", "FIREARMS"}),
        ("the Protocols supplementing the Palermo Convention", {"UNTOC", "TIP", "SOM", "FIREARMS"}),
    ],
)
def test_named_treaties_takes_the_protocols_that_are_meant(text, codes):
    assert set(named_treaties(text)) == codes


def test_find_articles_gives_an_article_beside_the_convention_and_its_protocols_to_the_convention():
    assert read("UNTOC and its Protocols, which in article 18 bind us") == all_of("UNTOC", 18)


def test_sentence_ends_do_not_fall_after_abbreviations():
    assert sentence_ends("See art. 4 and para. 5. Then") == [len("See art. 4 and para. 5.")]


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("mutual legal assistance", {("UNTOC", "18"), ("UNCAC", "46"), ("NARCOTICS1988", "7")}),
        ("extradition", {("UNTOC", "16"), ("UNCAC", "44"), ("NARCOTICS1988", "6")}),
        ("sovereignty", {("UNTOC", "4"), ("UNCAC", "4")}),
        ("ice cream", set()),
        ("", set()),
    ],
)
def test_articles_about_finds_articles_by_the_words_of_their_titles(topic, expected):
    assert set(articles_about(topic)) == expected


@given(st.text(alphabet="article 4,.()of theConvention第四条статья المادة item\n", max_size=120))
def test_references_hold_their_spans_for_any_text(text):
    for mention in [*find_articles(text), *find_agenda_items(text), *find_treaties(text)]:
        assert 0 <= mention.start < mention.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "Article 16 of the Protocol protects migrants.",
        "l’article 16 du Protocole",
        "el artículo 16 del Protocolo",
        "статья 16 Протокола",
        "المادة 16 من البروتوكول",
        "《议定书》第十六条",
    ],
)
def test_the_protocol_of_the_context_is_meant_where_none_is_named(text):
    assert [(m.treaty, m.article) for m in find_articles(text, protocol="SOM")] == [("SOM", "16")]
    assert [(m.treaty, m.article) for m in find_articles(text)] == [(None, "16")]


def test_a_protocol_of_the_text_comes_before_that_of_the_context():
    text = "The Trafficking in Persons Protocol matters. Article 6 of the Protocol says so."
    assert [(m.treaty, m.article) for m in find_articles(text, protocol="SOM")] == [("TIP", "6")]


@pytest.mark.parametrize(
    "text",
    ["article 16", "article 16 of the Convention", "article 16 of the Optional Protocol", "Article 16 of the Charter"],
)
def test_the_protocol_of_the_context_changes_no_other_article(text):
    assert find_articles(text, protocol="SOM") == find_articles(text)


@pytest.mark.parametrize(
    ("text", "treaty", "lacking"),
    [
        ("article 99 of the Convention", None, "UNTOC"),
        ("article 18 of the Convention", "UNTOC", None),
        ("article 51 of the Charter", None, None),
    ],
)
def test_an_article_that_its_treaty_lacks_says_so(text, treaty, lacking):
    assert [(m.treaty, m.lacking) for m in find_articles(text)] == [(treaty, lacking)]


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("Implementation of the Firearms Protocol", "FIREARMS"),
        ("The Trafficking in Persons Protocol and the Convention", "TIP"),
        ("The Trafficking in Persons Protocol and the Firearms Protocol", None),
        ("The Convention", None),
    ],
)
def test_sole_protocol_of_a_text(text, protocol):
    assert sole_protocol(text) == protocol


@pytest.mark.parametrize(
    ("text", "before", "default", "expected"),
    [
        # The body's own convention, then the one named before, then none that is known.
        ("article 30 of the Convention", None, "UNTOC", ("UNTOC", False)),
        ("article 30 of the Convention", "UNCAC", None, ("UNCAC", False)),
        ("article 30 of the Convention", None, None, (None, True)),
        ("《公约》第三十二条", None, None, (None, True)),
        ("关于公约第32条", "UNTOC", None, ("UNTOC", False)),
        ("статья 30 Конвенции", None, None, (None, True)),
        ("المادة 30 من الاتفاقية", "UNCAC", None, ("UNCAC", False)),
        ("article 30", None, None, (None, True)),
        # A number beyond the last article is another treaty's.
        ("article 57 of the Convention", None, "UNTOC", (None, True)),
        ("article 57 of the Convention", "UNCAC", "UNTOC", ("UNCAC", False)),
        ("article 57 of UNTOC", "UNCAC", "UNTOC", (None, False)),
        # Another instrument is named, here or before.
        ("article 30 of the Charter", "UNTOC", None, (None, False)),
        ("article 30 of the Convention on the Rights of the Child", "UNTOC", None, (None, False)),
        ("article 30 of the Convention", OTHER_CONVENTION, None, (None, False)),
    ],
)
def test_article_of_the_convention_is_of_the_one_that_the_text_names(text, before, default, expected):
    (found,) = find_articles(f"We refer to {text}.", default, named_before=before)
    assert (found.treaty, found.unnamed) == expected


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("We have signed the United Nations Convention against Corruption.", "UNCAC"),
        ("We have signed UNCAC, and then the Convention on the Rights of the Child.", OTHER_CONVENTION),
        ("We have signed the Budapest Convention.", OTHER_CONVENTION),
        ("We have signed the new Convention and the UN Convention.", None),
        ("Protocol against firearms; a convention of our time.", None),
        ("《残疾人权利公约》已生效。", OTHER_CONVENTION),
        ("《公约》已生效。", None),
        ("We have signed nothing.", None),
    ],
)
def test_last_convention_that_a_text_names(text, named):
    assert last_convention(text) == named
