"""The treaties that the product knows: their articles as facts, and the names by which texts call them.

"Palermo Convention" is UNTOC, "Palermo Protocols" are three treaties.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from vectorstore.stems import function_words


@dataclass(frozen=True, kw_only=True)
class Treaty:
    """A treaty whose articles are known: `UNTOC`, `TIP`, `SOM`, `FIREARMS`, `UNCAC` or `NARCOTICS1988`.

    Attributes:
        protocol: True for the Protocols to the Convention.
        aliases: English names to show or to offer when asking back.
        search_words: English words by which passages about it are found where its name is not written.
    """

    code: str
    name: str
    search_words: str
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
            search_words="Convention against Transnational Organized Crime",
            protocol=False,
            aliases=("Organized Crime Convention", "Palermo Convention", "UNTOC"),
        ),
        Treaty(
            code="TIP",
            name="Protocol to Prevent, Suppress and Punish Trafficking in Persons, Especially Women and Children, "
            + _SUPPLEMENT,
            search_words="Protocol trafficking in persons",
            protocol=True,
            aliases=("Trafficking in Persons Protocol", "Trafficking Protocol", "Palermo Protocol"),
        ),
        Treaty(
            code="SOM",
            name="Protocol against the Smuggling of Migrants by Land, Sea and Air, " + _SUPPLEMENT,
            search_words="Protocol smuggling of migrants",
            protocol=True,
            aliases=("Smuggling of Migrants Protocol", "Migrants Protocol"),
        ),
        Treaty(
            code="FIREARMS",
            name="Protocol against the Illicit Manufacturing of and Trafficking in Firearms, Their Parts and "
            "Components and Ammunition, " + _SUPPLEMENT,
            search_words="Protocol firearms",
            protocol=True,
            aliases=("Firearms Protocol",),
        ),
        Treaty(
            code="UNCAC",
            name="United Nations Convention against Corruption",
            search_words="Convention against Corruption",
            protocol=False,
            aliases=("Corruption Convention", "UNCAC"),
        ),
        Treaty(
            code="NARCOTICS1988",
            name="United Nations Convention against Illicit Traffic in Narcotic Drugs and Psychotropic Substances",
            search_words="Convention against illicit traffic in narcotic drugs",
            protocol=False,
            aliases=("1988 Convention",),
        ),
    )
}

PROTOCOLS: tuple[str, ...] = tuple(code for code, treaty in TREATIES.items() if treaty.protocol)

# A space stands for any white space, `{un}` and the like for what may stand between.
_UN = {
    "{un}": "(?:(?:the )?(?:United Nations|UN|U\\.N\\.) )?",
    "{fr}": "(?:des Nations Unies )?",
    "{es}": "(?:de las Naciones Unidas )?",
    "{ru}": "(?:Организации Объединенных Наций |ООН )?",
    "{ar}": "(?:الأمم المتحدة )?",
    # The Protocols' full titles name the Convention that they supplement.
    "{supp}": "(?:,? supplementing the (?:United Nations |UN )?Convention against Transnational Organi[sz]ed Crime)?",
    "{tofr}": "(?:additionnel )?(?:à la Convention (?:des Nations Unies )?contre la criminalité transnationale"
    " organisée,? )?",
    "{suppes}": "(?:,? que complementa la Convención (?:de las Naciones Unidas )?contra la delincuencia organizada"
    " transnacional)?",
    "{suppru}": "(?:,? дополняющ(?:ий|его|ему|им|ем) Конвенцию (?:Организации Объединенных Наций|ООН) против"
    " транснациональной организованной преступности)?",
    "{suppar}": "(?:،? المكم[ّ]?ل لاتفاقية الأمم المتحدة لمكافحة الجريمة المنظمة عبر الوطنية)?",
    "{tozh}": "(?:(?:联合国)?打击跨国有组织犯罪公约)?",
    "{cor}": "Конвенци[яиюей]+",
    "{prot}": "Протокол(?:а|у|ом|е)?",
}
_NAMES: dict[str, tuple[str, ...]] = {
    "UNTOC": (
        "{un}Conventions? (?:against|on|to combat|for the suppression of) (?:Transnational Organi[sz]ed Crime"
        "|Organi[sz]ed (?:Transnational )?Crime|TOC)",
        "{un}(?:Transnational )?Organi[sz]ed Crime Convention|Palermo Convention|UN-?TOC|UNCTOC|CTOC(?!/)"
        "|{un}TOC Convention",
        "Convention {fr}contre (?:la criminalité (?:transnationale )?organisée|le crime organisé(?: transnational)?)"
        "|Convention de Palerme|CNUCTO",
        "(?:Convención|Convenio) {es}contra (?:la delincuencia organizada|el crimen organizado)(?: transnacional)?"
        "|(?:Convención|Convenio) de Palermo|CNUDOT|CNUCDOT",
        "{cor} {ru}против (?:транснациональной )?организованной преступности|Палермск(?:ая|ой|ую) конвенци[яиюей]+"
        "|КТОП|КПТОП|КООНТОП",
        "اتفاقية {ar}(?:ل?مكافحة )?الجريمة المنظمة(?: عبر الوطنية| العابرة للحدود(?: الوطنية)?)?|اتفاقية باليرمو",
        "(?:联合国)?打击(?:跨国|跨境)?有组织犯罪公约|有组织犯罪公约|TOC公约|巴勒莫公约",
    ),
    "TIP": (
        "Protocol to Prevent, Suppress and Punish Trafficking in Persons(?:,? especially women and children)?{supp}",
        "(?:Human Trafficking|Trafficking(?: in (?:Persons|Human Beings|Human Persons))?|TIP) Protocol",
        "(?:Anti-Trafficking|Palermo) Protocol(?!s)",
        "Protocol (?:on|against|concerning) (?:human trafficking|trafficking in (?:persons|human beings)){supp}",
        "Protocole {tofr}(?:visant à prévenir, réprimer et punir|relatif à|sur|contre) la traite(?: des "
        "(?:personnes|êtres humains))?(?:,? en particulier des femmes et des enfants)?|Protocole de Palerme",
        "Protocolo (?:para prevenir, reprimir y sancionar|contra|sobre|relativo a|de) (?:la )?trata(?: de personas)?"
        "(?:,? especialmente mujeres y niños)?{suppes}|Protocolo de Palermo",
        "{prot} (?:о|об|по) (?:предупреждении и пресечении )?торговл[яеи] людьми"
        "(?:,? особенно женщинами и детьми,? и наказании за нее)?{suppru}|{prot} против торговли людьми",
        "بروتوكول (?:منع وقمع ومعاقبة |منع |مكافحة )?الاتجار بالأشخاص(?:،? وبخاصة النساء والأطفال)?{suppar}"
        "|بروتوكول (?:مكافحة )?الاتجار بالبشر",
        "{tozh}(?:关于预防、禁止和惩治)?(?:打击)?贩运人口(?:特别是妇女和儿童)?(?:行为)?的?(?:补充)?议定书|(?:打击)?人口贩运(?:补充)?议定书",
    ),
    "SOM": (
        "Protocol (?:against|on|concerning) (?:the )?(?:Smuggling of Migrants(?: by land, sea and air)?"
        "|migrant smuggling){supp}",
        "(?:Migrants? Smuggling|Smuggling(?: of Migrants)?|Migrants?|SOM) Protocol",
        "Protocole {tofr}(?:contre|relatif à|relatif au|sur) (?:les migrants|(?:le )?trafic illicite de migrants"
        "(?: par terre, air et mer)?)",
        "Protocolo (?:contra|sobre|relativo a|de) (?:el )?tráfico (?:ilícito )?de migrantes(?: por tierra, mar y aire)?"
        "{suppes}",
        "{prot} (?:против|о|по) незаконно(?:го|м|му) ввоз[аеу] мигрантов(?: по суше, морю и воздуху)?{suppru}",
        "بروتوكول (?:مكافحة )?(?:تهريب )?المهاجرين(?: عن طريق البر والبحر والجو)?{suppar}",
        "{tozh}(?:关于打击)?(?:陆、海、空)?(?:非法)?偷运移民的?(?:补充)?议定书|移民议定书",
    ),
    "FIREARMS": (
        "Protocol (?:against|on) (?:the )?Illicit Manufacturing (?:of )?and Trafficking in Firearms"
        "(?:,? their parts and components and ammunition)?{supp}"
        "|Protocol (?:on|against) (?:the )?(?:illicit )?(?:trafficking (?:in|of) )?firearms"
        "|Firearms (?:Trafficking )?Protocol",
        "Protocole {tofr}(?:contre la fabrication et le trafic illicites d['’]|relatif aux |sur les )armes à feu"
        "(?:,? de leurs pièces, éléments et munitions)?",
        "Protocolo (?:contra la fabricación y el tráfico ilícitos de|sobre|relativo a las|de) (?:las )?armas de fuego"
        "(?:,? sus piezas y componentes y municiones)?{suppes}",
        "{prot} против незаконного изготовления и оборота огнестрельного оружия"
        "(?:,? его составных частей и компонентов,? а также боеприпасов к нему)?{suppru}"
        "|{prot} (?:об?|по) огнестрельно(?:м|му) оружи[июя]",
        "بروتوكول (?:مكافحة صنع |بشأن |مكافحة )?(?:الأسلحة النارية)"
        "(?: وأجزائها ومكوناتها والذخيرة والاتجار بها بصورة غير مشروعة)?{suppar}",
        "{tozh}(?:关于打击)?(?:非法制造和贩运)?(?:枪支|火器)(?:及其零部件和弹药)?的?(?:补充)?议定书",
    ),
    "UNCAC": (
        "(?<!Inter-American\\s)(?<!Arab\\s){un}Conventions? against Corruption|UNCAC",
        "(?:Anti-)?Corruption Convention|M[ée]rida Convention",
        "Convention {fr}contre la corruption|CNUCC|Convention de Mérida",
        "(?<!Interamericana\\s)(?:Convención|Convenio) {es}contra la corrupción|Convención de Mérida",
        "{cor} {ru}против коррупции|КПК ООН",
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
        "اتفاقية {ar}ل?مكافحة الاتجار غير المشروع (?:في|ب)المخدرات|اتفاقية (?:عام|سنة) (?:1988|١٩٨٨)",
        "(?:联合国)?禁止非法贩运麻醉药品和精神药物公约|(?:1988|一九八八)年公约",
    ),
}
_ALL_PROTOCOLS = "Palermo Protocols|Protocoles de Palerme|Protocolos de Palermo"
# What the Protocols are about, for "the Protocols on trafficking in persons and on firearms".
_SUBJECTS = {
    "TIP": "(?:human trafficking|trafficking(?: in (?:persons|human beings))?"
    "|traite(?: des (?:personnes|êtres humains))?|trata(?: de personas)?"
    "|торговл[яеи] людьми|الاتجار ب(?:الأشخاص|البشر)|贩运人口|人口贩运)",
    "SOM": "(?:migrant smuggling|smuggling(?: of migrants)?|trafic illicite de migrants|tráfico ilícito de migrantes"
    "|незаконно(?:м|го|му) ввоз[еау] мигрантов|تهريب المهاجرين|偷运移民)",
    "FIREARMS": "(?:(?:illicit )?(?:trafficking in )?firearms|armes à feu|armas de fuego"
    "|огнестрельно(?:м|го|му) оружи[июя]|الأسلحة النارية|枪支|火器)",
}
_SUBJECT = "(?:" + "|".join(_SUBJECTS.values()) + ")"
_LINK = (
    "(?:(?:on|against|concerning|relating to|the|relatifs?|sur|contre|à|aux?|la|le|les|contra|sobre|el|las"
    "|о|об|по|против) )*"
)
_AND = f"(?: ?[,،、] ?| (?:and|et|y|и) | ?، ?و| و|和|及|与){_LINK}"
_SEVERAL = (
    f"(?:Protocols|Protocoles|Protocolos|протокол(?:ы|ов|ам|ами|ах)|بروتوكول(?:ات|ي|ا)) {_LINK}"
    f"{_SUBJECT}(?:(?:{_AND}){{1,2}}{_SUBJECT}){{1,4}}"
    f"|{_SUBJECT}(?:(?:{_AND}){{1,2}}{_SUBJECT}){{1,4}} ?(?:Protocols|议定书)"
)
# "the Convention and the Protocols thereto", unless it goes on with "on …", which names the ones meant.
_AND_PROTOCOLS = (
    '(?: ?[(（][^()（）]{0,30}[)）])?[》"”»]?,? ?(?:[—–-] )?(?:'
    "(?:and|as well as|(?:together |along )?with) (?:all (?:of )?)?(?:its|the) (?:(?:first, second,? and third|three|3"
    "|additional|supplementary|supplementing|optional|related|accompanying) )*Protocols"
    "(?! (?:on|against|concerning|relating))"
    "|et (?:de |à )?(?:ses|les|des|aux) (?:(?:trois|3) )?protocoles(?! (?:sur|contre|relatifs))"
    "|y (?:de |a )?(?:sus|los) (?:(?:tres|3) )?protocolos(?! (?:sobre|contra|relativos))"
    "|и (?:(?:ее|к ней|трех|три|всех|дополняющ[а-я]+|дополнительн[а-я]+) )*протокол(?:ов|ы|ам|ами|ах)"
    "(?! (?:о|об|против|по) )"
    "|و(?:ال)?بروتوكولات"
    "|(?:及其?|以及|和|与)其?(?:三[项个]|各项|所有|补充|附加)*议定书)"
)
_PROTOCOLS_TO = (
    "(?:Protocols (?:supplementing|supplementary to|to|under|of) (?:the )?"
    "|Protocoles (?:additionnels )?(?:à|de) la |Protocolos (?:de|a) la |протокол(?:ов|ы|ам|ами|ах) к |بروتوكولات )$"
)


def _expand(pattern: str) -> str:
    for mark, text in _UN.items():
        pattern = pattern.replace(mark, text)
    return pattern.replace(" ?", r"\s*").replace(" ", r"\s+")


@cache
def _names() -> re.Pattern[str]:
    # The Protocols come first: in Chinese their full titles begin with the Convention's.
    codes = sorted(_NAMES, key=lambda code: not TREATIES[code].protocol)
    groups = [rf"(?P<{code}>{_expand('|'.join(_NAMES[code]))})" for code in codes]
    # Latin and Cyrillic names need a word boundary; Chinese and Arabic prefixes have none.
    alternatives = "|".join([rf"(?P<ALL>{_expand(_ALL_PROTOCOLS)})", rf"(?P<SEVERAL>{_expand(_SEVERAL)})", *groups])
    return re.compile(rf"(?<![A-Za-zÀ-ÿА-яёЁ])(?:{alternatives})(?![A-Za-zÀ-ÿА-яёЁ])", re.IGNORECASE)


@cache
def _protocols_beside() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(_expand(_PROTOCOLS_TO), re.IGNORECASE), re.compile(_expand(_AND_PROTOCOLS), re.IGNORECASE)


def _as_names_are_written(text: str) -> str:
    """The text with every offset kept, in the spelling of our names: "трёх" as "трех", blanks for a cut "[…]"."""
    # A Russian text may use the letter ё or not, and page furniture may stand anywhere.
    return text.replace("ё", "е").replace("Ё", "Е").replace("[…]", "   ")


def find_treaties(text: str) -> list[TreatyMatch]:
    """Every treaty named in a text, in order; "Palermo Protocols" gives all three at one place."""
    return list(_found_treaties(text))


# A sentence is looked through several times in a row.
@lru_cache(maxsize=256)
def _found_treaties(text: str) -> tuple[TreatyMatch, ...]:
    matches = []
    for found in _names().finditer(_as_names_are_written(text)):
        codes = [code for code, value in found.groupdict().items() if value is not None]
        if codes == ["ALL"]:
            codes = list(_SUBJECTS)
        elif codes == ["SEVERAL"]:
            codes = [code for code, words in _SUBJECTS.items() if re.search(_expand(words), found.group(), re.I)]
        matches += [TreatyMatch(start=found.start(), end=found.end(), treaty=code) for code in codes]
    return tuple(matches)


def short_name(code: str) -> str:
    """What people call a treaty for short: `UNTOC`, `UNCAC`, "Firearms Protocol"."""
    names = TREATIES[code].aliases
    return code if code in names else names[0]


def named_treaties(text: str) -> tuple[str, ...]:
    """The codes of all treaties that a text names, each once; the Convention "and its Protocols" names those too."""
    codes: dict[str, None] = {}
    before, after = _protocols_beside()
    text = _as_names_are_written(text)
    for match in find_treaties(text):
        codes[match.treaty] = None
        around = before.search(text, max(0, match.start - 60), match.start) or after.match(text, match.end)
        if match.treaty == "UNTOC" and around is not None:
            codes |= dict.fromkeys(_SUBJECTS)
    return tuple(codes)


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
_EMPTY = function_words("en") | {"measures"}


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
    """The English title of an article, or None for an unknown article or treaty."""
    return articles().get(treaty, {}).get(article)
