"""Questions in the six languages: language, speakers, topic and filters, in many forms of asking."""

import pytest

from app.question.reading import resolve
from app.question.resolution import Resolution
from ingest.parties.party_table import PartyTable
from tests.topic_words import topic_words

# question | speakers, "?" for all of them | topic | articles, sessions (s10), years, months, the last or first
ENGLISH = """
What did Iran say about extradition? | IRN | extradition |
what did iran say about article 4 | IRN | | UNTOC:4
What did Israel say about Iran's programme? | ISR | Iran's programme |
What was said by Austria on extradition? | AUT | extradition |
Austria's position on technical assistance | AUT | technical assistance |
What is the position of Austria on technical assistance? | AUT | technical assistance |
According to Mali, what threatens Niger? | MLI | threatens Niger |
What threatens shipping, according to Mali? | MLI | threatens shipping |
On extradition, what did Iran say? | IRN | extradition |
Regarding the sanctions against Iran, what did Russia say? | RUS | the sanctions against Iran |
Compare Iran and Austria on extradition | IRN AUT | extradition |
How do Iran, Austria and Peru differ on asset recovery? | IRN AUT PER | asset recovery |
What did the EU say about firearms in 2018? | EU | firearms | 2018
What did the Group of 77 and China say on technical assistance? | G77 | technical assistance |
What did Tehran say about unilateral measures? | IRN | unilateral measures |
What does the Iranian delegation think of the review mechanism? | IRN | review mechanism |
Summarise what Austria said on victims | AUT | victims |
Give me Austria's statement on victims | AUT | victims |
Please show me what Peru said about victims | PER | victims |
Could you tell me what Peru said regarding victims, please? | PER | victims |
Iran article 4 | IRN | | UNTOC:4
Austria extradition 2018 | AUT | extradition | 2018
waht did Iran sya abuot extradition | IRN | extradition |
What is the positoin of Peru on extradition? | PER | extradition |
Which States spoke about extradition? | ? | extradition |
List the States that mentioned firearms | ? | firearms |
How many States mentioned Iran? | ? | Iran |
What do States say on witness protection? | ? | witness protection |
Who supports a new protocol on cybercrime? | ? | new protocol on cybercrime |
What have all delegations said about ransomware? | ? | ransomware |
Does Iran support a protocol on wildlife? | IRN | protocol on wildlife |
Has Peru ratified the amendment? | PER | ratified the amendment |
What did Iran say at the tenth session about article 16? | IRN | | UNTOC:16 s10
What did Iran say at the Vienna session of October 2020 about extradition? | IRN | extradition | 2020 2020-10
What did Iran say on 12-16 October 2020 about sanctions? | IRN | sanctions | 2020 2020-10
What did Peru say between 2010 and 2012 on victims? | PER | victims | 2010-2012
What did Peru say about victims in its latest statement? | PER | victims | latest
What did Peru say on articles 16 to 18? | PER | | UNTOC:16,17,18
What did Peru say about article 4 of the Migrants Protocol? | PER | | SOM:4
What did Peru say about the fourth article? | PER | | UNTOC:4
"""

FRENCH = """
Qu’a dit l’Iran sur l’extradition ? | IRN | extradition |
qu'a dit l'iran sur l'article 4 | IRN | | UNTOC:4
Que dit l’Iran de l’extradition ? | IRN | extradition |
Qu’a dit Israël au sujet du programme de l’Iran ? | ISR | programme de l’Iran |
Quelle est la position de l’Autriche sur l’assistance technique ? | AUT | assistance technique |
Quelle est la position autrichienne concernant l’assistance technique ? | AUT | assistance technique |
Que pense la délégation iranienne du mécanisme d’examen ? | IRN | mécanisme d’examen |
Selon le Mali, que faut-il faire contre la traite ? | MLI | faut-il faire contre la traite |
Que faut-il faire contre la traite selon le Mali ? | MLI | faut-il faire contre la traite |
Sur l’extradition, qu’a dit l’Iran ? | IRN | extradition |
Concernant les sanctions contre l’Iran, qu’a déclaré la Russie ? | RUS | sanctions contre l’Iran |
L’Iran a-t-il parlé de l’extradition ? | IRN | extradition |
L'Autriche soutient-elle un protocole sur la cybercriminalité ? | AUT | protocole sur la cybercriminalité |
Qu’est-ce que l’Autriche a dit sur les victimes ? | AUT | victimes |
Comparez l’Iran et l’Autriche sur l’extradition | IRN AUT | extradition |
Comparer les positions de l’Iran, de l’Autriche et du Pérou sur le recouvrement d’avoirs | IRN AUT PER | recouvrement d’avoirs |
Qu’a dit l’Union européenne sur les armes à feu en 2018 ? | EU | armes à feu | 2018
Qu’a dit le Groupe des 77 et la Chine sur l’assistance technique ? | G77 | assistance technique |
Qu’a dit Téhéran sur les mesures unilatérales ? | IRN | mesures unilatérales |
Résumez ce que l’Autriche a dit sur les victimes | AUT | victimes |
Donnez-moi la déclaration de l’Autriche sur les victimes | AUT | victimes |
Pouvez-vous me dire ce que le Pérou a dit sur les victimes, s’il vous plaît ? | PER | victimes |
Iran article 4 | IRN | | UNTOC:4
Autriche extradition 2018 | AUT | extradition | 2018
Quels États ont parlé de l’extradition ? | ? | extradition |
Qui a mentionné l’Iran ? | ? | Iran |
Que disent les États sur la protection des témoins ? | ? | protection des témoins |
Combien d’États ont mentionné les armes à feu ? | ? | armes à feu |
Qu’a dit l’Iran à la dixième session sur l’article 16 ? | IRN | | UNTOC:16 s10
Qu’a dit l’Iran à la Xe session sur l’extradition ? | IRN | extradition | s10
Qu’a dit l’Iran à la session de Vienne d’octobre 2020 sur l’extradition ? | IRN | extradition | 2020 2020-10
Qu’a dit le Pérou depuis 2033 sur les victimes ? | PER | victimes | 2033-2035
Qu’a dit le Pérou entre 2010 et 2012 sur les victimes ? | PER | victimes | 2010-2012
Qu’a dit le Pérou sur les victimes dans sa dernière déclaration ? | PER | victimes | latest
Qu’a dit le Pérou sur l’article 4 du Protocole relatif au trafic illicite de migrants ? | PER | | SOM:4
"""

SPANISH = """
¿Qué dijo Irán sobre la extradición? | IRN | extradición |
que dijo iran sobre el articulo 4 | IRN | | UNTOC:4
¿Qué opina Irán de la extradición? | IRN | extradición |
¿Qué dijo Israel acerca del programa de Irán? | ISR | programa de Irán |
¿Cuál es la posición de Austria sobre la asistencia técnica? | AUT | asistencia técnica |
¿Cuál es la postura austríaca respecto a la asistencia técnica? | AUT | asistencia técnica |
¿Qué piensa la delegación iraní del mecanismo de examen? | IRN | mecanismo de examen |
Según Malí, ¿qué hay que hacer contra la trata? | MLI | hacer contra la trata |
Sobre la extradición, ¿qué dijo Irán? | IRN | extradición |
En cuanto a las sanciones contra Irán, ¿qué declaró Rusia? | RUS | sanciones contra Irán |
¿Apoya Austria un protocolo sobre la ciberdelincuencia? | AUT | protocolo sobre la ciberdelincuencia |
¿Irán ha hablado de la extradición? | IRN | extradición |
Compare Irán y Austria sobre la extradición | IRN AUT | extradición |
Compara las posiciones de Irán, Austria y el Perú sobre la recuperación de activos | IRN AUT PER | recuperación de activos |
¿Qué dijo la Unión Europea sobre las armas de fuego en 2018? | EU | armas de fuego | 2018
¿Qué dijo el Grupo de los 77 y China sobre la asistencia técnica? | G77 | asistencia técnica |
¿Qué dijo Teherán sobre las medidas unilaterales? | IRN | medidas unilaterales |
Resuma lo que dijo Austria sobre las víctimas | AUT | víctimas |
Deme la declaración de Austria sobre las víctimas | AUT | víctimas |
¿Podría decirme qué dijo el Perú sobre las víctimas, por favor? | PER | víctimas |
Irán artículo 4 | IRN | | UNTOC:4
Austria extradición 2018 | AUT | extradición | 2018
¿Qué Estados hablaron de la extradición? | ? | extradición |
¿Quién mencionó a Irán? | ? | Irán |
¿Qué dicen los Estados sobre la protección de testigos? | ? | protección de testigos |
¿Cuántos Estados mencionaron las armas de fuego? | ? | armas de fuego |
¿Qué dijo Irán en el décimo período de sesiones sobre el artículo 16? | IRN | | UNTOC:16 s10
¿Qué dijo Irán en octubre de 2020 sobre la extradición? | IRN | extradición | 2020 2020-10
¿Qué dijo el Perú entre 2010 y 2012 sobre las víctimas? | PER | víctimas | 2010-2012
¿Qué dijo el Perú sobre las víctimas en su última declaración? | PER | víctimas | latest
¿Qué dijo el Perú sobre los artículos 16 a 18? | PER | | UNTOC:16,17,18
¿Qué dijo el Perú sobre el artículo 4 del Protocolo contra el tráfico ilícito de migrantes? | PER | | SOM:4
"""

RUSSIAN = """
Что сказал Иран о выдаче? | IRN | выдаче |
что сказал иран о статье 4 | IRN | | UNTOC:4
Что Иран сказал о выдаче? | IRN | выдаче |
Что сказал Израиль о программе Ирана? | ISR | программе Ирана |
Какова позиция Австрии по технической помощи? | AUT | технической помощи |
Позиция Австрии по вопросу о технической помощи | AUT | технической помощи |
Что думает иранская делегация о механизме обзора? | IRN | механизме обзора |
По мнению Мали, что угрожает судоходству? | MLI | угрожает судоходству |
О выдаче что сказал Иран? | IRN | выдаче |
Что касается санкций против Ирана, что заявила Россия? | RUS | санкций против Ирана |
Поддерживает ли Австрия протокол о киберпреступности? | AUT | протокол о киберпреступности |
Говорил ли Иран о выдаче? | IRN | выдаче |
Сравните Иран и Австрию по вопросу о выдаче | IRN AUT | выдаче |
Сравните позиции Ирана, Австрии и Перу относительно возвращения активов | IRN AUT PER | возвращения активов |
Что сказал Европейский союз об огнестрельном оружии в 2018 году? | EU | огнестрельном оружии | 2018
Что сказал Тегеран об односторонних мерах? | IRN | односторонних мерах |
Резюмируйте, что Австрия сказала о жертвах | AUT | жертвах |
Приведите заявление Австрии о жертвах | AUT | жертвах |
Скажите, пожалуйста, что говорило Перу о жертвах | PER | жертвах |
Иран статья 4 | IRN | | UNTOC:4
Австрия выдача 2018 | AUT | выдача | 2018
Какие государства говорили о выдаче? | ? | выдаче |
Кто упомянул Иран? | ? | Иран |
Что говорят государства о защите свидетелей? | ? | защите свидетелей |
Сколько государств упомянули огнестрельное оружие? | ? | огнестрельное оружие |
Что сказал Иран на десятой сессии о статье 16? | IRN | | UNTOC:16 s10
Что сказал Иран на сессии в Вене в октябре 2020 года о выдаче? | IRN | выдаче | 2020 2020-10
Что сказало Перу между 2010 и 2012 годами о жертвах? | PER | жертвах | 2010-2012
Что сказало Перу о жертвах в своем последнем заявлении? | PER | жертвах | latest
Что сказало Перу о статьях 16–18? | PER | | UNTOC:16,17,18
Как Австрия относится к технической помощи? | AUT | технической помощи |
"""

ARABIC = """
ماذا قالت إيران عن تسليم المجرمين؟ | IRN | تسليم المجرمين |
ماذا قالت إيران عن المادة 4؟ | IRN | | UNTOC:4
ماذا قالت إسرائيل عن برنامج إيران؟ | ISR | برنامج إيران |
ما موقف النمسا من المساعدة التقنية؟ | AUT | المساعدة التقنية |
ما هو موقف النمسا بشأن المساعدة التقنية؟ | AUT | المساعدة التقنية |
ما رأي الوفد الإيراني حول آلية الاستعراض؟ | IRN | آلية الاستعراض |
وفقا لمالي، ما الذي يهدد الملاحة؟ | MLI | يهدد الملاحة |
بشأن تسليم المجرمين، ماذا قالت إيران؟ | IRN | تسليم المجرمين |
هل تؤيد النمسا بروتوكولا بشأن الجريمة السيبرانية؟ | AUT | بروتوكولا بشأن الجريمة السيبرانية |
هل تحدثت إيران عن تسليم المجرمين؟ | IRN | تسليم المجرمين |
قارن بين إيران والنمسا بشأن تسليم المجرمين | IRN AUT | تسليم المجرمين |
قارن مواقف إيران والنمسا وبيرو بشأن استرداد الموجودات | IRN AUT PER | استرداد الموجودات |
ماذا قال الاتحاد الأوروبي عن الأسلحة النارية في عام 2018؟ | EU | الأسلحة النارية | 2018
ماذا قالت طهران عن التدابير الأحادية؟ | IRN | التدابير الأحادية |
لخص ما قالته النمسا عن الضحايا | AUT | الضحايا |
أعطني بيان النمسا عن الضحايا | AUT | الضحايا |
من فضلك ماذا قالت بيرو عن الضحايا؟ | PER | الضحايا |
إيران المادة 4 | IRN | | UNTOC:4
ما هي الدول التي تحدثت عن تسليم المجرمين؟ | ? | تسليم المجرمين |
من ذكر إيران؟ | ? | إيران |
ماذا قالت جميع الدول عن حماية الشهود؟ | ? | حماية الشهود |
ماذا قالت إيران في الدورة العاشرة عن المادة 16؟ | IRN | | UNTOC:16 s10
ماذا قالت إيران في أكتوبر 2020 عن تسليم المجرمين؟ | IRN | تسليم المجرمين | 2020 2020-10
ماذا قالت بيرو بين عامي 2010 و2012 عن الضحايا؟ | PER | الضحايا | 2010-2012
ماذا قالت بيرو عن الضحايا في بيانها الأخير؟ | PER | الضحايا | latest
كيف تنظر النمسا إلى المساعدة التقنية؟ | AUT | المساعدة التقنية |
ماذا قالت إيران عام ٢٠١٨ عن الضحايا؟ | IRN | الضحايا | 2018
"""

CHINESE = """
俄罗斯对乌克兰说了什么？ | RUS | 乌克兰 |
俄罗斯关于乌克兰说了什么？ | RUS | 乌克兰 |
俄罗斯就乌克兰问题说了什么？ | RUS | 乌克兰 |
中国和俄罗斯对伊朗说了什么？ | CHN RUS | 伊朗 |
关于乌克兰，俄罗斯和法国说了什么？ | RUS FRA | 乌克兰 |
对乌克兰，俄罗斯说了什么？ | RUS | 乌克兰 |
伊朗对引渡说了什么？ | IRN | 引渡 |
伊朗对第4条说了什么？ | IRN | | UNTOC:4
关于引渡，伊朗说了什么？ | IRN | 引渡 |
以色列对伊朗的核计划说了什么？ | ISR | 伊朗的核计划 |
奥地利在技术援助问题上的立场是什么？ | AUT | 技术援助 |
奥地利关于技术援助的立场 | AUT | 技术援助 |
伊朗代表团如何看待审议机制？ | IRN | 审议机制 |
根据马里的说法，什么威胁航运？ | MLI | 威胁航运 |
奥地利是否支持网络犯罪议定书？ | AUT | 网络犯罪议定书 |
伊朗提到引渡了吗？ | IRN | 引渡 |
比较伊朗和奥地利对引渡的立场 | IRN AUT | 引渡 |
比较伊朗、奥地利和秘鲁关于资产追回的立场 | IRN AUT PER | 资产追回 |
欧洲联盟2018年对枪支说了什么？ | EU | 枪支 | 2018
77国集团和中国对技术援助有什么看法？ | G77 | 技术援助 |
德黑兰对单边措施说了什么？ | IRN | 单边措施 |
总结奥地利关于被害人的发言 | AUT | 被害人 |
请告诉我秘鲁对被害人说了什么 | PER | 被害人 |
伊朗 第四条 | IRN | | UNTOC:4
奥地利 引渡 2018 | AUT | 引渡 | 2018
哪些国家谈到了引渡？ | ? | 引渡 |
谁提到了伊朗？ | ? | 伊朗 |
各国对证人保护有什么看法？ | ? | 证人保护 |
有多少国家提到枪支？ | ? | 枪支 |
伊朗在第十届会议上对第十六条说了什么？ | IRN | | UNTOC:16 s10
伊朗在2020年10月对引渡说了什么？ | IRN | 引渡 | 2020 2020-10
秘鲁在2010年至2012年对被害人说了什么？ | PER | 被害人 | 2010-2012
秘鲁在最近的发言中对被害人说了什么？ | PER | 被害人 | latest
"""

TABLES = {"en": ENGLISH, "fr": FRENCH, "es": SPANISH, "ru": RUSSIAN, "ar": ARABIC, "zh": CHINESE}
CASES = [
    pytest.param(language, *(cell.strip() for cell in row.split("|")), id=f"{language}-{number}")
    for language, table in TABLES.items()
    for number, row in enumerate(table.strip().splitlines())
]


def _when_and_where(read: Resolution) -> str:
    scope = read.scope
    years = list(scope.years)
    if len(years) > 2:
        years = [f"{years[0]}-{years[-1]}"]
    articles = [f"{each.treaty}:{','.join(each.articles)}" for each in scope.treaties if each.articles]
    sessions = [f"s{session}" for session in scope.sessions]
    return " ".join([*articles, *sessions, *years, *scope.months, *([scope.pick] if scope.pick else [])])


@pytest.mark.parametrize(("language", "question", "speakers", "topic", "filters"), CASES)
def test_a_question_is_read_in_its_language(
    language: str, question: str, speakers: str, topic: str, filters: str, parties: PartyTable
) -> None:
    read = resolve(question, parties)
    asked = "?" if read.all_states else " ".join((*read.scope.states, *read.scope.groups))
    assert (asked, _when_and_where(read)) == (speakers, filters)
    assert topic_words(read.scope.topic) == topic_words(topic)
    assert read.unclear is None and read.is_statement_question
    # A few names are spelt alike in two languages.
    assert read.scope.language == language or question == "Iran article 4"


@pytest.mark.parametrize("language", TABLES)
def test_each_language_has_many_forms(language: str) -> None:
    assert len(TABLES[language].strip().splitlines()) >= 25
