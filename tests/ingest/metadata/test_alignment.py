"""With whom a speaker aligns, and for whom one speaks: in six languages, and never the one for the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.metadata.alignment import aligned_with
from ingest.metadata.metadata import read_metadata
from ingest.parties.party_table import PartyTable
from ingest.text.layout import find_blocks

ARTICLE_WORDS = "We attach great importance to article 4 of the Convention. Thank you."


@pytest.fixture(scope="module")
def parties(tmp_path_factory):
    path = tmp_path_factory.mktemp("parties") / "parties.csv"
    path.write_text(
        "code,name,aliases,kind\n"
        "XAA,Arvandia,Arvandie|Арвандия|أرفانديا|阿尔万迪亚,state\n"
        "XAB,Belmora,Belmore|Белмора|بلمورا|贝尔莫拉,state\n",
        encoding="utf-8",
    )
    return PartyTable.load(path)


def spoken_for(text, parties):
    return read_metadata(text, find_blocks(text), parties, "a.txt").metadata


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        # en
        ("Arvandia aligns itself with the statement delivered by Belmora on behalf of the European Union.", "EU"),
        ("Arvandia fully aligns itself with the statement of the European Union and would like to add the following in"
         " its national capacity.", "EU"),
        ("My delegation associates itself with the statements delivered by Belmora on behalf of the Group of 77 and"
         " China and by Galdoria on behalf of the African Group.", "G77 AFRICAN_GROUP"),
        ("We align ourselves with the statements made on behalf of the G77 and China and the African Group.",
         "G77 AFRICAN_GROUP"),
        ("Arvandia wishes to align itself with the statement of the African Group, and thanks the European Union for"
         " its support.", "AFRICAN_GROUP"),
        ("My delegation supports the statement made by the representative of Belmora on behalf of the Group of 77 and"
         " China.", "G77"),
        ("Our delegation subscribes to the statement delivered by the Chair of the African Group.", "AFRICAN_GROUP"),
        ("The delegation of Arvandia aligns itself with the position expressed by the African Group.",
         "AFRICAN_GROUP"),
        ("Arvandia endorses the statement made by Belmora on behalf of the Non-Aligned Movement.", "NON_ALIGNED"),
        ("At the outset, Arvandia associates itself with the remarks made by the African Group.", "AFRICAN_GROUP"),
        ("My delegation aligns itself with the European Union’s statement.", "EU"),
        ("I would like to align my country’s positions with those in the statement of the European Union.", "EU"),
        ("I emphasize my country’s alignment with the positions of the European Union.", "EU"),
        ("As a member of the Non-Aligned Movement, we share the position of the Non-Aligned Movement.", ""),
        ("Arvandia supports proposals on oceans put forward by the African Group.", ""),
        ("We thank the States that aligned themselves with the statement of the European Union.", ""),
        ("Belmora aligns itself with the statement of the African Group.", ""),
        ("We welcome that Belmora aligned itself with the statement made on behalf of the African Group.", ""),
        ("My delegation does not align itself with the statement made on behalf of the European Union.", ""),
        ("We cannot associate ourselves with the statement made on behalf of the European Union.", ""),
        ("I have the honour to speak on behalf of the African Group.", ""),
        ("We support the European Union in its efforts, as our statement says.", ""),
        ("The following countries align themselves with this statement of the European Union: Belmora.", ""),
        # fr
        ("L'Arvandie s'associe à la déclaration prononcée au nom de l'Union européenne.", "EU"),
        ("Ma délégation souscrit pleinement à la déclaration faite par la Belmore au nom du Groupe des 77 et de la"
         " Chine.", "G77"),
        ("Nous nous associons à la déclaration du Groupe africain.", "AFRICAN_GROUP"),
        ("Mon pays s'aligne sur la déclaration de l'Union européenne et souhaite remercier le Groupe africain.", "EU"),
        ("Nous remercions les États qui se sont associés à la déclaration de l'Union européenne.", ""),
        ("La Belmore s'associe à la déclaration de l'Union européenne.", ""),
        ("Ma délégation ne s'associe pas à la déclaration prononcée au nom de l'Union européenne.", ""),
        # es
        ("Mi delegación hace suya la declaración pronunciada en nombre del Grupo de los 77 y China.", "G77"),
        ("Arvandia se suma a la declaración formulada por Belmora en nombre del Grupo de los Estados de América"
         " Latina y el Caribe.", "GRULAC"),
        ("Nos adherimos a la declaración de la Unión Europea.", "EU"),
        ("Mi país se asocia a la intervención pronunciada por el Grupo de los 77 y China.", "G77"),
        ("Agradecemos a los países que se sumaron a la declaración de la Unión Europea.", ""),
        ("Mi delegación no se suma a la declaración pronunciada en nombre de la Unión Europea.", ""),
        # ru
        ("Наша делегация присоединяется к заявлению, сделанному от имени Группы 77 и Китая.", "G77"),
        ("Арвандия присоединяется к заявлению Европейского союза.", "EU"),
        ("Мы поддерживаем заявление, с которым Белмора выступила от имени Движения неприсоединения.", "NON_ALIGNED"),
        ("Белмора присоединяется к заявлению, сделанному от имени Группы 77 и Китая.", ""),
        ("Мы не присоединяемся к заявлению Европейского союза.", ""),
        # ar
        ("تؤيد أرفانديا البيان الذي ألقي باسم مجموعة الـ77 والصين.", "G77"),
        ("ينضم وفد بلادي إلى البيان الذي أدلي به باسم المجموعة العربية.", "ARAB_GROUP"),
        ("نؤيد البيان الذي ألقته بلمورا نيابة عن المجموعة الأفريقية.", "AFRICAN_GROUP"),
        ("يود وفد بلادي أن ينضم إلى بيان المجموعة العربية.", "ARAB_GROUP"),
        ("تؤيد بلمورا البيان الذي ألقي باسم المجموعة العربية.", ""),
        ("لا نؤيد البيان الذي ألقي باسم الاتحاد الأوروبي.", ""),
        # zh
        ("阿尔万迪亚代表团赞同贝尔莫拉代表77国集团和中国所作的发言。", "G77"),
        ("我国支持代表77国集团和中国的发言。", "G77"),
        ("我们支持贝尔莫拉代表不结盟运动所作的发言。", "NON_ALIGNED"),
        ("我们感谢各国赞同欧盟的发言。", ""),
        ("本代表团不赞同欧盟代表的发言。", ""),
        ("贝尔莫拉赞同77国集团和中国的发言。", ""),
    ],
)  # fmt: skip
def test_aligned_with_counts_the_speaker_s_own_alignment_only(text, groups, parties):
    assert aligned_with(text, "XAA", parties) == tuple(groups.split())


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        # en
        ("We align ourselves with the declaration of the Group of 77 and China.", "G77"),
        ("We support the declaration delivered by Belmora on behalf of the Group of 77 and China.", "G77"),
        ("Arvandia aligns itself fully, and without any reservation, with the comprehensive statement of the European"
         " Union.", "EU"),
        ("We endorse the statement on this item delivered by Belmora on behalf of the African Group.",
         "AFRICAN_GROUP"),
        ("I emphasize my full support for the statement made in this Hall by the Minister for Foreign Affairs of"
         " Belmora on behalf of the European Union.", "EU"),
        ("We support the Declaration of the African Union on illicit firearms.", ""),
        ("My delegation supports the declaration adopted by the Group of 77 in 2015.", ""),
        ("We endorse the Bangkok Declaration of ASEAN.", ""),
        ("We align ourselves with the Bangkok Declaration of ASEAN.", ""),
        ("We align ourselves with the declaration adopted by the Group of 77 in 2015.", ""),
        ("My delegation supports the European Union’s declaration on firearms.", ""),
        ("My delegation supports the proposal made in the statement of the European Union.", ""),
        ("We endorse the call of the statement delivered on behalf of the European Union.", ""),
        ("We support the proposals of the European Union’s statement.", ""),
        ("We support the statement of Belmora on the strategy of the European Union.", ""),
        ("We partially align ourselves with the statement of the European Union.", ""),
        ("We align ourselves in part with the statement of the European Union.", ""),
        ("Arvandia aligns itself with the statement of the European Union, with the exception of paragraph 3.", ""),
        ("With the exception of paragraph 3, we align ourselves with the statement of the European Union.", ""),
        ("We align ourselves with parts of the statement of the European Union.", ""),
        # fr
        ("Nous nous associons à cette importante déclaration du Groupe africain.", "AFRICAN_GROUP"),
        ("Nous appuyons la déclaration faite par la Belmore au nom du Groupe des 77 et de la Chine.", "G77"),
        ("Mon pays soutient la déclaration prononcée au nom de l’Union européenne.", "EU"),
        ("Ma délégation s’associe entièrement à l’intervention de l’Union européenne.", "EU"),
        ("Nous appuyons la Déclaration de l’Union africaine sur les armes à feu.", ""),
        ("Nous soutenons la déclaration adoptée par le Groupe des 77 en 2015.", ""),
        ("Nous nous associons à la Déclaration de Bangkok de l’ASEAN.", ""),
        ("Nous appuyons la proposition faite dans la déclaration de l’Union européenne.", ""),
        ("Nous nous associons en partie à la déclaration de l’Union européenne.", ""),
        ("Nous nous associons à la déclaration de l’Union européenne, à l’exception du paragraphe 3.", ""),
        # es
        ("Mi delegación hace suya la declaración de la Unión Europea.", "EU"),
        ("Apoyamos la declaración formulada por Belmora en nombre del Grupo de los 77 y China.", "G77"),
        ("Mi delegación respalda la intervención del Grupo de los 77 y China.", "G77"),
        ("Nos sumamos plenamente a la importante declaración de la Unión Europea.", "EU"),
        ("Apoyamos la Declaración de la Unión Africana sobre las armas de fuego.", ""),
        ("Mi delegación respalda la declaración aprobada por el Grupo de los 77 en 2015.", ""),
        ("Nos adherimos a la Declaración de Bangkok de la ASEAN.", ""),
        ("Apoyamos la propuesta formulada en la declaración de la Unión Europea.", ""),
        ("Nos sumamos parcialmente a la declaración de la Unión Europea.", ""),
        ("Nos sumamos a la declaración de la Unión Europea, salvo el párrafo 3.", ""),
        # ru
        ("Наша делегация присоединяется к декларации, оглашенной от имени Группы 77 и Китая.", "G77"),
        ("Мы полностью присоединяемся к совместному заявлению Европейского союза.", "EU"),
        ("Мы поддерживаем заявление по этому пункту, сделанное от имени Группы 77 и Китая.", "G77"),
        ("Арвандия поддерживает заявление Африканской группы.", "AFRICAN_GROUP"),
        ("Мы поддерживаем Декларацию Африканского союза об огнестрельном оружии.", ""),
        ("Мы поддерживаем декларацию, принятую Группой 77 в 2015 году.", ""),
        ("Мы поддерживаем предложение, содержащееся в заявлении Европейского союза.", ""),
        ("Мы частично присоединяемся к заявлению Европейского союза.", ""),
        ("Мы присоединяемся к заявлению Европейского союза, за исключением пункта 3.", ""),
        # ar
        ("ننضم إلى الإعلان الذي ألقي باسم المجموعة العربية.", "ARAB_GROUP"),
        ("نؤيد الإعلان الذي ألقته بلمورا نيابة عن المجموعة الأفريقية.", "AFRICAN_GROUP"),
        ("نؤيد بالكامل بيان المجموعة العربية.", "ARAB_GROUP"),
        ("تنضم أرفانديا إلى بيان الاتحاد الأوروبي.", "EU"),
        ("نؤيد إعلان الاتحاد الأفريقي بشأن الأسلحة النارية.", ""),
        ("نؤيد الإعلان الذي اعتمدته مجموعة الـ77 في عام 2015.", ""),
        ("نؤيد المقترح الوارد في بيان الاتحاد الأوروبي.", ""),
        ("ننضم جزئيا إلى بيان الاتحاد الأوروبي.", ""),
        ("ننضم إلى بيان الاتحاد الأوروبي باستثناء الفقرة 3.", ""),
        # zh
        ("我国附议贝尔莫拉代表77国集团和中国宣读的宣言。", "G77"),
        ("我们完全赞同非洲集团的发言。", "AFRICAN_GROUP"),
        ("除此之外，我国赞同欧洲联盟所作的发言。", "EU"),
        ("本代表团支持贝尔莫拉大使代表77国集团和中国所作的声明。", "G77"),
        ("我们支持非洲联盟关于非法火器的宣言。", ""),
        ("我国支持77国集团2015年通过的宣言。", ""),
        ("我国支持欧洲联盟发言中提出的建议。", ""),
        ("我国部分赞同欧洲联盟的发言。", ""),
        ("除第三段外，我国赞同欧洲联盟的发言。", ""),
    ],
)  # fmt: skip
def test_aligned_with_tells_a_statement_read_out_from_a_declaration_adopted(text, groups, parties):
    assert aligned_with(text, "XAA", parties) == tuple(groups.split())


def test_aligned_with_needs_no_state_for_the_first_person(parties):
    text = "My delegation would like to associate itself with the statement of the Arab Group."
    assert aligned_with(text, None, parties) == ("ARAB_GROUP",)
    assert aligned_with("Arvandia associates itself with the statement of the Arab Group.", None, parties) == ()


@given(st.text(alphabet="we align. not statementbehalf ofEU代表发言欧盟نؤيد", max_size=80))
def test_aligned_with_stands_any_text(text):
    assert set(aligned_with(text, None, PartyTable.load())) <= set(PartyTable.load().codes("group"))


@pytest.mark.parametrize(
    ("text", "group"),
    [
        # en
        ("Mr. President,\n\nI have the honour to speak on behalf of the European Union and its Member States.", "EU"),
        ("Madam Chair,\n\nOn behalf of the Group of 77 and China, I have the honour to make this statement.", "G77"),
        ("Mr. Chair,\n\nI have the honour to deliver this statement on behalf of the Group of 77 and China.", "G77"),
        ("Statement by Arvandia on behalf of the European Union\n\nMr. Chair,\n\nWe agree.", "EU"),
        ("Mr. Chair,\n\nIt is my honour to take the floor on behalf of the African Group.", "AFRICAN_GROUP"),
        ("Mr. Chair,\n\nI am speaking on behalf of the Group of Latin American and Caribbean States (GRULAC).",
         "GRULAC"),
        ("Mr. Chair,\n\nAllow me to make the following statement on behalf of the Non-Aligned Movement.",
         "NON_ALIGNED"),
        ("Mr. Chair,\n\nI am delivering this statement in my national capacity.", None),
        ("Mr. Chair,\n\nWe strengthen national capacity. I speak on behalf of the African Group.", "AFRICAN_GROUP"),
        ("Mr. Chair,\n\nOn behalf of my delegation, I thank the Group of 77 and China for its statement.", None),
        ("Mr. Chair,\n\nOn behalf of my Government and people, I congratulate the African Group.", None),
        ("Mr. Chair,\n\nOn behalf of the Government and people of Arvandia, I greet the European Union.", None),
        ("Mr. Chair,\n\nArvandia aligns itself with the statement delivered on behalf of the European Union and would"
         " like to add the following in its national capacity.", None),
        ("Mr. Chair,\n\nArvandia fully supports the statement made by Belmora on behalf of the European Union.", None),
        ("Mr. Chair,\n\nI thank the representative of Belmora who spoke on behalf of the Group of 77 and China.",
         None),
        ("Mr. Chair,\n\nI speak on behalf of the European Union. I now add a word in my national capacity.", "EU"),
        # fr
        ("Monsieur le Président,\n\nJ'ai l'honneur de prendre la parole au nom de l'Union européenne et de ses États"
         " membres.", "EU"),
        ("Monsieur le Président,\n\nJe m'exprime au nom du Groupe des 77 et de la Chine.", "G77"),
        ("Déclaration de l'Arvandie au nom de l'Union européenne\n\nMonsieur le Président,\n\nNous agissons.", "EU"),
        ("Monsieur le Président,\n\nAu nom du Groupe des États d'Afrique, j'ai l'honneur de faire la déclaration"
         " suivante.", "AFRICAN_GROUP"),
        ("Monsieur le Président,\n\nAu nom de ma délégation, je félicite l'Union européenne.", None),
        ("Monsieur le Président,\n\nL'Arvandie s'associe à la déclaration prononcée au nom de l'Union européenne et"
         " souhaite ajouter ceci à titre national.", None),
        # es
        ("Señor Presidente,\n\nTengo el honor de hacer uso de la palabra en nombre del Grupo de los 77 y China.",
         "G77"),
        ("Señora Presidenta,\n\nHablo en nombre de la Unión Europea y sus Estados miembros.", "EU"),
        ("Señor Presidente,\n\nEn nombre del Grupo de los Estados de América Latina y el Caribe, formulo la siguiente"
         " declaración.", "GRULAC"),
        ("Señor Presidente,\n\nIntervengo en representación del Grupo de los 77 y China.", "G77"),
        ("Señor Presidente,\n\nEn nombre de mi delegación, agradezco al Grupo de los 77 y China.", None),
        ("Señor Presidente,\n\nMi delegación hace suya la declaración pronunciada en nombre del Grupo de los 77 y"
         " China.", None),
        # ru
        ("Господин Председатель,\n\nИмею честь выступать от имени Европейского союза и его государств-членов.", "EU"),
        ("Господин Председатель,\n\nЯ имею честь выступить с заявлением от имени Группы 77 и Китая.", "G77"),
        ("Господин Председатель,\n\nОт имени Африканской группы имею честь сделать следующее заявление.",
         "AFRICAN_GROUP"),
        ("Господин Председатель,\n\nОт имени моей делегации благодарю Группу 77 и Китай.", None),
        ("Господин Председатель,\n\nНаша делегация присоединяется к заявлению, сделанному от имени Группы 77 и"
         " Китая.", None),
        # ar
        ("السيد الرئيس،\n\nيسرني أن ألقي هذا البيان باسم مجموعة الـ77 والصين.", "G77"),
        ("السيد الرئيس،\n\nيشرفني أن أتحدث نيابة عن الاتحاد الأوروبي ودوله الأعضاء.", "EU"),
        ("السيد الرئيس،\n\nأتشرف بإلقاء هذا البيان بالنيابة عن المجموعة الأفريقية.", "AFRICAN_GROUP"),
        ("السيد الرئيس،\n\nتؤيد أرفانديا البيان الذي ألقي باسم مجموعة الـ77 والصين.", None),
        ("السيد الرئيس،\n\nباسم وفد بلادي، أهنئكم. ونشكر مجموعة الـ77 والصين.", None),
        ("السيد الرئيس،\n\nينضم وفد بلادي إلى البيان الذي أدلي به باسم المجموعة العربية.", None),
        # zh
        ("主席先生:\n\n我谨代表77国集团和中国发言。", "G77"),
        ("主席先生：\n\n我很荣幸代表欧洲联盟及其成员国发言。", "EU"),
        ("主席先生：\n\n我谨代表非洲集团作以下发言。", "AFRICAN_GROUP"),
        ("主席先生：\n\n阿尔万迪亚代表团赞同贝尔莫拉代表77国集团和中国所作的发言。", None),
        ("主席先生：\n\n我代表阿尔万迪亚代表团发言，感谢77国集团。", None),
        ("主席先生：\n\n我国支持代表77国集团和中国的发言。", None),
    ],
)  # fmt: skip
def test_statement_is_a_group_s_only_where_its_speaker_speaks_for_it(text, group, parties):
    metadata = spoken_for(f"{text}\n\n{ARTICLE_WORDS}", parties)
    assert metadata.on_behalf_of == group
    assert group is None or metadata.state == group


def test_group_of_77_and_china_is_not_china(parties):
    text = "Statement by Arvandia on behalf of the Group of 77 and China\n\nMr. Chair,\n\nChina and we agree."
    metadata = spoken_for(text, parties)
    assert (metadata.state, metadata.on_behalf_of, metadata.speaker) == ("G77", "G77", "Arvandia")


@pytest.mark.parametrize(
    ("heading", "opening", "state", "group", "speaker"),
    [
        ("Statement by Norway on behalf of the Nordic countries", "We agree.", "NORDIC", "NORDIC", "Norway"),
        ("Statement by Norway", "I have the honour to speak on behalf of Denmark, Finland, Iceland, Sweden and my own"
         " country, Norway.", "NORDIC", "NORDIC", "Norway"),
        ("Statement by Norway", "I speak on behalf of Denmark, Finland, Iceland, Norway and Sweden.", "NORDIC",
         "NORDIC", "Norway"),
        ("", "I speak on behalf of Denmark, Finland, Iceland, Norway and Sweden.", "NORDIC", "NORDIC", None),
        ("Statement by Norway", "I speak on behalf of Arvandia, Belmora and Norway.", "NOR", None,
         "Norway, on behalf of Arvandia, Belmora and Norway"),
        ("", "I speak on behalf of Arvandia and Belmora.", None, None, "on behalf of Arvandia and Belmora"),
        ("Statement by Norway", "We thank Belmora, which spoke on behalf of Arvandia and Belmora.", "NOR", None, None),
    ],
)  # fmt: skip
def test_several_states_by_name_are_a_group_only_where_they_make_it_up(
    heading, opening, state, group, speaker, parties
):
    metadata = spoken_for(f"{heading}\n\nMr. Chair,\n\n{opening} Thank you.", parties)
    assert (metadata.state, metadata.on_behalf_of, metadata.speaker) == (state, group, speaker)
