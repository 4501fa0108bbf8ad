"""The treaties that the product knows: their articles as facts, and the names by which texts call them."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, kw_only=True)
class Treaty:
    """A treaty whose articles are known.

    Attributes:
        code: `UNTOC`, `TIP`, `SOM`, `FIREARMS`, `UNCAC` or `NARCOTICS1988`.
        protocol: True for the Protocols to the Convention.
        aliases: English names to show or to offer when asking back.
    """

    code: str
    name: str
    protocol: bool
    aliases: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TreatyMatch:
    """A treaty's name in a text, at `[start, end)`; `treaty` is its code."""

    start: int
    end: int
    treaty: str


_SUPPLEMENT = "supplementing the United Nations Convention against Transnational Organized Crime"
TREATIES: dict[str, Treaty] = {
    treaty.code: treaty
    for treaty in (
        Treaty(
            code="UNTOC",
            name="United Nations Convention against Transnational Organized Crime",
            protocol=False,
            aliases=("Organized Crime Convention", "Palermo Convention", "UNTOC"),
        ),
        Treaty(
            code="TIP",
            name="Protocol to Prevent, Suppress and Punish Trafficking in Persons, Especially Women and Children, "
            + _SUPPLEMENT,
            protocol=True,
            aliases=("Trafficking in Persons Protocol", "Trafficking Protocol", "Palermo Protocol"),
        ),
        Treaty(
            code="SOM",
            name="Protocol against the Smuggling of Migrants by Land, Sea and Air, " + _SUPPLEMENT,
            protocol=True,
            aliases=("Smuggling of Migrants Protocol", "Migrants Protocol"),
        ),
        Treaty(
            code="FIREARMS",
            name="Protocol against the Illicit Manufacturing of and Trafficking in Firearms, Their Parts and "
            "Components and Ammunition, " + _SUPPLEMENT,
            protocol=True,
            aliases=("Firearms Protocol",),
        ),
        Treaty(
            code="UNCAC",
            name="United Nations Convention against Corruption",
            protocol=False,
            aliases=("Corruption Convention", "UNCAC"),
        ),
        Treaty(
            code="NARCOTICS1988",
            name="United Nations Convention against Illicit Traffic in Narcotic Drugs and Psychotropic Substances",
            protocol=False,
            aliases=("1988 Convention",),
        ),
    )
}

# A space stands for any white space, `{un}` and the like for what may stand between.
_UN = {
    "{un}": "(?:(?:the )?(?:United Nations|UN|U\\.N\\.) )?",
    "{fr}": "(?:des Nations Unies )?",
    "{es}": "(?:de las Naciones Unidas )?",
    "{ru}": "(?:Организации Объединенных Наций |ООН )?",
    "{ar}": "(?:الأمم المتحدة )?",
    "{supp}": "(?:,? supplementing the (?:United Nations |UN )?Convention against Transnational Organi[sz]ed Crime)?",
    "{cor}": "Конвенци[яиюей]+",
    "{prot}": "Протокол(?:а|у|ом|е)?",
}
_NAMES: dict[str, tuple[str, ...]] = {
    "UNTOC": (
        "{un}Convention (?:against|on|to combat|for the suppression of) Transnational Organi[sz]ed Crime",
        "{un}(?:Transnational )?Organi[sz]ed Crime Convention|Palermo Convention|UN-?TOC|UNCTOC|{un}TOC Convention",
        "Convention {fr}contre la criminalité transnationale organisée|Convention de Palerme|UNTOC",
        "(?:Convención|Convenio) {es}contra la delincuencia organizada transnacional"
        "|(?:Convención|Convenio) de Palermo",
        "{cor} {ru}против транснациональной организованной преступности|Палермск(?:ая|ой|ую) конвенци[яиюей]+|КТОП",
        "اتفاقية {ar}(?:ل?مكافحة )?الجريمة المنظمة عبر الوطنية|اتفاقية باليرمو",
        "(?:联合国)?打击跨国有组织犯罪公约|有组织犯罪公约|巴勒莫公约",
    ),
    "TIP": (
        "Protocol to Prevent, Suppress and Punish Trafficking in Persons(?:,? especially women and children)?{supp}",
        "(?:Human Trafficking|Trafficking(?: in (?:Persons|Human Beings|Human Persons))?|TIP) Protocol",
        "(?:Anti-Trafficking|Palermo) Protocol(?!s)",
        "Protocol (?:on|against|concerning) (?:human trafficking|trafficking in (?:persons|human beings)){supp}",
        "Protocole (?:additionnel )?(?:visant à prévenir, réprimer et punir|relatif à|sur|contre) la traite des "
        "(?:personnes|êtres humains)(?:,? en particulier des femmes et des enfants)?|Protocole de Palerme",
        "Protocolo (?:para prevenir, reprimir y sancionar|contra|sobre|relativo a) la trata de personas"
        "(?:,? especialmente mujeres y niños)?|Protocolo de Palermo",
        "{prot} о (?:предупреждении и пресечении )?торговл[яеи] людьми|{prot} против торговли людьми",
        "بروتوكول (?:منع وقمع ومعاقبة |منع |مكافحة )?الاتجار بالأشخاص|بروتوكول (?:مكافحة )?الاتجار بالبشر",
        "(?:关于预防、禁止和惩治)?贩运人口(?:特别是妇女和儿童行为)?的?(?:补充)?议定书|人口贩运议定书",
    ),
    "SOM": (
        "Protocol (?:against|on|concerning) (?:the )?Smuggling of Migrants(?: by land, sea and air)?{supp}",
        "(?:Migrants? Smuggling|Smuggling(?: of Migrants)?|Migrants?|SOM) Protocol",
        "Protocole (?:contre|relatif à|relatif au|sur) (?:le )?trafic illicite de migrants(?: par terre, air et mer)?",
        "Protocolo (?:contra|sobre|relativo a) (?:el )?tráfico ilícito de migrantes(?: por tierra, mar y aire)?",
        "{prot} (?:против|о) незаконно(?:го|м) ввоз[ае] мигрантов(?: по суше, морю и воздуху)?",
        "بروتوكول (?:مكافحة )?تهريب المهاجرين(?: عن طريق البر والبحر والجو)?",
        "(?:关于打击)?(?:陆、海、空)?(?:非法)?偷运移民的?(?:补充)?议定书",
    ),
    "FIREARMS": (
        "Protocol (?:against|on) (?:the )?Illicit Manufacturing (?:of )?and Trafficking in Firearms"
        "(?:,? their parts and components and ammunition)?{supp}|Protocol on firearms"
        "|Firearms (?:Trafficking )?Protocol",
        "Protocole (?:contre la fabrication et le trafic illicites d['’]|relatif aux |sur les )armes à feu",
        "Protocolo (?:contra la fabricación y el tráfico ilícitos de|sobre|relativo a las) armas de fuego",
        "{prot} против незаконного изготовления и оборота огнестрельного оружия|{prot} об? огнестрельном оружии",
        "بروتوكول (?:مكافحة صنع |بشأن |مكافحة )?(?:الأسلحة النارية)",
        "(?:关于打击非法制造和贩运)?枪支(?:及其零部件和弹药)?的?(?:补充)?议定书",
    ),
    "UNCAC": (
        "(?<!Inter-American\\s)(?<!Arab\\s){un}Convention against Corruption|UNCAC",
        "(?:Anti-)?Corruption Convention|M[ée]rida Convention",
        "Convention {fr}contre la corruption|CNUCC|Convention de Mérida",
        "(?<!Interamericana\\s)(?:Convención|Convenio) {es}contra la corrupción|Convención de Mérida",
        "{cor} {ru}против коррупции",
        "اتفاقية {ar}ل?مكافحة الفساد",
        "(?:联合国)?反腐败公约",
    ),
    "NARCOTICS1988": (
        "(?:1988 )?{un}Convention against (?:the )?Illicit Traffic(?:king)? in Narcotic Drugs"
        "(?: and Psychotropic Substances)?(?:,? of 1988)?",
        "1988 {un}(?:Vienna |Drugs? |Narcotics )?Convention|(?:Vienna )?Convention of 1988"
        "|{un}Drug Trafficking Convention",
        "(?:United Nations|UN|U\\.N\\.) (?:drugs?|narcotics) convention(?!s)",
        "Convention {fr}contre le trafic illicite de stupéfiants(?: et de substances psychotropes)?|Convention de 1988",
        "(?:Convención|Convenio) {es}contra el tráfico ilícito de estupefacientes(?: y sustancias sicotrópicas)?"
        "|Convención de 1988",
        "{cor} {ru}о борьбе против незаконного оборота наркотических средств(?: и психотропных веществ)?"
        "|{cor} 1988 года",
        "اتفاقية {ar}ل?مكافحة الاتجار غير المشروع (?:في|ب)المخدرات|اتفاقية (?:عام|سنة) 1988",
        "(?:联合国)?禁止非法贩运麻醉药品和精神药物公约|1988年公约",
    ),
}
_ALL_PROTOCOLS = "Palermo Protocols|Protocoles de Palerme|Protocolos de Palermo"


def _expand(pattern: str) -> str:
    for mark, text in _UN.items():
        pattern = pattern.replace(mark, text)
    return pattern.replace(" ", r"\s+")


@cache
def _names() -> re.Pattern[str]:
    groups = [rf"(?P<{code}>{_expand('|'.join(names))})" for code, names in _NAMES.items()]
    # Latin and Cyrillic names need a word boundary; Chinese and Arabic prefixes have none.
    alternatives = "|".join([rf"(?P<ALL>{_expand(_ALL_PROTOCOLS)})", *groups])
    return re.compile(rf"(?<![A-Za-zÀ-ÿА-яёЁ])(?:{alternatives})(?![A-Za-zÀ-ÿА-яёЁ])", re.IGNORECASE)


def find_treaties(text: str) -> list[TreatyMatch]:
    """Every treaty named in a text, in order; "Palermo Protocols" gives all three at one place."""
    matches = []
    # A Russian text may use the letter ё or not; both have one character.
    for found in _names().finditer(text.replace("ё", "е").replace("Ё", "Е")):
        codes = [code for code, value in found.groupdict().items() if value is not None]
        for code in ("TIP", "SOM", "FIREARMS") if codes == ["ALL"] else codes:
            matches.append(TreatyMatch(start=found.start(), end=found.end(), treaty=code))
    return matches


@cache
def articles() -> dict[str, dict[str, str]]:
    """English article titles by treaty and article number, in order."""
    table: dict[str, dict[str, str]] = {code: {} for code in TREATIES}
    with (files("ingest") / "data" / "treaties.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            table[row["treaty"]][row["article"]] = row["title"]
    return table


# Titles that say nothing of a subject: nearly every treaty has them.
_FORMAL = re.compile(
    r"definitions|use of terms|statement of purpose|information|cooperation|amendments?|signature", re.I
)
_EMPTY = frozenset(
    ("of", "the", "and", "to", "in", "for", "or", "a", "on", "by", "with", "measures", "against", "other")
)


def articles_about(topic: str) -> list[tuple[str, str]]:
    """Articles whose English title names a topic ("mutual legal assistance"), as (treaty, article), in order.

    The title's words must all be in the topic, or the topic's in the title and make at least half of it.
    """
    wanted = _subject(topic)
    hits = []
    for treaty, titles in articles().items():
        for article, title in titles.items():
            words = _subject(title)
            shared = len(words & wanted)
            if (
                shared
                and not _FORMAL.match(title)
                and (words <= wanted or (wanted <= words and 2 * shared >= len(words)))
            ):
                hits.append((treaty, article))
    return hits


def _subject(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return frozenset(word.removesuffix("es").removesuffix("s") for word in words if word not in _EMPTY)


def article_title(treaty: str, article: str) -> str | None:
    """The English title of an article, or None where the treaty has no such article or is not known."""
    return articles().get(treaty, {}).get(article)
