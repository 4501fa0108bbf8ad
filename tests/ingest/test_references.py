"""Articles, treaties and agenda items: found in six languages, given to the right treaty, never mixed up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.attribution import sentence_ends
from ingest.numerals import number_of
from ingest.references import find_agenda_items, find_articles
from ingest.treaties import TREATIES, article_title, articles, articles_about, find_treaties


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
        ("article 4", [("UNTOC", "4", None)]),
        ("Article 4", [("UNTOC", "4", None)]),
        ("ARTICLE 4", [("UNTOC", "4", None)]),
        ("article four", [("UNTOC", "4", None)]),
        ("Article IV", [("UNTOC", "4", None)]),
        ("Article I of the Convention", [("UNTOC", "1", None)]),
        ("the article I have read", []),
        ("an article on crime", []),
        ("art. 4", [("UNTOC", "4", None)]),
        ("Art. 18, para. 3 (a)", [("UNTOC", "18", "3 (a)")]),
        ("art. 5(1)", [("UNTOC", "5", "1")]),
        ("article 18.3", [("UNTOC", "18", "3")]),
        ("article 16 bis", [(None, "16 bis", None)]),
        ("paragraph 3 of article 18", [("UNTOC", "18", "3")]),
        ("paragraph 3 (a) of article 18", [("UNTOC", "18", "3 (a)")]),
        ("subparagraph (a) of paragraph 3 of article 18 of the Convention", [("UNTOC", "18", "3 (a)")]),
        ("articles 16 to 18", all_of("UNTOC", 16, 17, 18)),
        ("articles 16–18", all_of("UNTOC", 16, 17, 18)),
        ("articles 16, 17 and 18 of the Convention", all_of("UNTOC", 16, 17, 18)),
        ("arts. 4 and 5", all_of("UNTOC", 4, 5)),
        ("articles 4 (1) and 5 (2) (b)", [("UNTOC", "4", "1"), ("UNTOC", "5", "2 (b)")]),
        ("article 4 and 12 States", all_of("UNTOC", 4)),
        ("article 4, 12 States", all_of("UNTOC", 4)),
        ("artículo 4", all_of("UNTOC", 4)),
        ("los artículos 16 a 18", all_of("UNTOC", 16, 17, 18)),
        ("el párrafo 3 del artículo 18", [("UNTOC", "18", "3")]),
        ("l’article 4", all_of("UNTOC", 4)),
        ("le paragraphe 3 de l’article 18", [("UNTOC", "18", "3")]),
        ("статья 4", all_of("UNTOC", 4)),
        ("в статьях 16, 17 и 18", all_of("UNTOC", 16, 17, 18)),
        ("пункт 3 статьи 18", [("UNTOC", "18", "3")]),
        ("ст. 4", all_of("UNTOC", 4)),
        ("المادة 4", all_of("UNTOC", 4)),
        ("المادة ٤", all_of("UNTOC", 4)),
        ("بالمادة الرابعة", all_of("UNTOC", 4)),
        ("المادة الثامنة عشرة", all_of("UNTOC", 18)),
        ("المواد من 16 إلى 18", all_of("UNTOC", 16, 17, 18)),
        ("الفقرة 3 من المادة 18", [("UNTOC", "18", "3")]),
        ("第四条", all_of("UNTOC", 4)),
        ("第4条", all_of("UNTOC", 4)),
        ("第十六条至第十八条", all_of("UNTOC", 16, 17, 18)),
        ("第16、17和18条", all_of("UNTOC", 16, 17, 18)),
        ("第十八条第三款（a）项", [("UNTOC", "18", "3 (a)")]),
        ("第四条约", []),
    ],
)
def test_find_articles_reads_numbers_lists_and_paragraphs(text, expected):
    assert read(f"We refer to {text}.") == expected


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
        ("the organized crime convention", "UNTOC"),
        ("trafficking protocol", "TIP"),
        ("Protocol to Prevent, Suppress and Punish Trafficking in Persons", "TIP"),
        ("Protocol against the Smuggling of Migrants", "SOM"),
        ("UN drug convention of 1988", "NARCOTICS1988"),
        ("1988 Vienna Convention", "NARCOTICS1988"),
        ("la Convention des Nations Unies contre la criminalité transnationale organisée", "UNTOC"),
        ("Convención de las Naciones Unidas contra la Corrupción", "UNCAC"),
        ("Protocolo sobre armas de fuego", "FIREARMS"),
        ("Конвенции против транснациональной организованной преступности", "UNTOC"),
        ("Конвенция 1988 года", "NARCOTICS1988"),
        ("اتفاقية الأمم المتحدة لمكافحة الجريمة المنظمة عبر الوطنية", "UNTOC"),
        ("اتفاقية مكافحة الفساد", "UNCAC"),
        ("《联合国打击跨国有组织犯罪公约》", "UNTOC"),
        ("《偷运移民议定书》", "SOM"),
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


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("4", "4"),
        ("٤", "4"),
        ("IV", "4"),
        ("XXIV", "24"),
        ("二十四", "24"),
        ("十", "10"),
        ("四〇", "40"),
        ("16 BIS", "16 bis"),
    ],
)
def test_number_of_reads_every_kind_of_numeral(written, number):
    assert number_of(written) == number


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
