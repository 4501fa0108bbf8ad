"""Patterns of Spanish question frames, such as "qué dijo … sobre"."""

from typing import Final

_THE = r"(?:el\s+|la\s+|los\s+|las\s+)?"
_OF = r"(?:de\s+la\s+|de\s+los\s+|de\s+las\s+|del\s+|de\s+el\s+|de\s+|por\s+(?:el\s+|la\s+|los\s+)?)?"
_NOUN = (
    r"posici[óo]n|posiciones|opini[óo]n|opiniones|punto\s+de\s+vista|puntos\s+de\s+vista|postura|posturas|declaraci[óo]n|declaraciones|discursos?|intervenci[óo]n|intervenciones|actitud|visi[óo]n"
    r"|delegaci[óo]n|delegaciones|gobiernos?|representantes?|ministr[oa]s?|president[ea]s?|delegad[oa]s?|respuesta|palabras|comentarios?|enfoque|criterio|parecer|mensaje"
)
# Singular forms, so that the subject of "qué países" is never taken for one who is asked about.
_SAYS = (
    r"dijo|dice|dicho|declar[óo]|declara|declarado|opina|opin[óo]|opinado|piensa|pens[óo]|considera|consider[óo]|sostiene|sostuvo|pide|pidi[óo]|pedido|propone|propuso|propuesto"
    r"|afirma|afirm[óo]|afirmado|subraya|subray[óo]|menciona|mencion[óo]|mencionado|habla|habl[óo]|hablado|manifiesta|manifest[óo]|manifestado|expresa|expres[óo]|expresado|critica|critic[óo]"
    r"|quiere|quiso|ve|cree|crey[óo]|señala|señal[óo]|señalado|anuncia|anunci[óo]|anunciado|se\s+refiri[óo]|se\s+refiere|aborda|abord[óo]|sugiere|sugiri[óo]|denuncia|denunci[óo]|informa|inform[óo]|plantea|plante[óo]"
)
# Verbs whose object is the topic itself.
_BACKS = r"apoya|apoy[óo]|respalda|respald[óo]|rechaza|rechaz[óo]|acepta|acept[óo]|opone|opuso|aprueba|aprob[óo]"
# Verbs of saying and attitude, before what was spoken of.
_SPOKE_OF = (
    r"(?:mencion|conden|critic|denunci|apoy|respald|rechaz|record|subray|plante|abord|felicit|celebr|lament|deplor|reclam|invoc|cit|elogi|salud|acept|destac|evoc|agradec|defend|señal|observ)(?:[óo]|aron|ad[oa]|a|an|i[óo]|ieron|id[oa]|e|en)"
    r"|(?:rechaz|abog)\w+\s+por|acog(?:i[óo]|ieron|ido|e|en)(?:\s+con\s+(?:satisfacci[óo]n|benepl[áa]cito|agrado))?|pid(?:i[óo]|ieron|en?)|pedido|propus(?:o|ieron)|propuesto|(?:hablaron|habl[óo]|hablado)(?=\s+(?:del?|contra|a\s+favor))"
    r"|(?:refirieron|refiri[óo]|referido|refieren?)(?=\s+al?\b)|(?:hicieron|hizo|hecho)\s+(?:referencia|alusi[óo]n|menci[óo]n)|(?:señalaron|señal[óo])\s+a\s+la\s+atenci[óo]n|(?:llamaron|llam[óo])\s+la\s+atenci[óo]n\s+sobre|(?:advirtieron|advirti[óo])(?:\s+(?:contra|sobre))?"
    r"|(?:opusieron|opuso|opuesto|oponen?)(?=\s+al?\b)|(?:quejaron|quej[óo])|(?:protestaron|protest[óo])(?:\s+contra)?|(?:expresaron|expres[óo]|expresado)\s+su\s+(?:\w+\s+)?(?:preocupaci[óo]n|apoyo|pesar|esperanza|oposici[óo]n)(?:\s+por)?|(?:usaron|utilizaron|us[óo]|utiliz[óo])\s+(?:la\s+expresi[óo]n|el\s+t[ée]rmino)"
)
_NOT_OBJECT = r"(?!\s+(?:(?:una?|la|el|sus?|las|los)\s+)*(?:\w+\s+)?(?:preocupaci[óo]n(?:es)?|opini[óo]n(?:es)?|posici[óo]n(?:es)?|dudas?|propuestas?|reservas?|algo|nada)\s+(?:sobre|acerca|respecto|por|en\s+relaci[óo]n)\b|\s+(?:sobre|acerca|respecto)\b)"
_MATTER = r"(?:[\x00\W]*(?:(?:del?|al?|contra|a\s+favor\s+del?)\s+)?(?:(?:la\s+cuesti[óo]n|el\s+tema|el\s+problema)\s+del?\s+)?(?:(?:el|la|los|las)\s+)?)"
_STATES = r"(?:estados|pa[íi]ses|delegaciones|gobiernos|grupos|miembros|oradores|estado|pa[íi]s|delegaci[óo]n)"
_OCCASION = r"declaraci[óo]n|discurso|intervenci[óo]n|per[íi]odo\s+de\s+sesiones|per[íi]odo|sesiones|sesi[óo]n|conferencia|debate\s+general|debate|general|asamblea|naciones\s+unidas|reuni[óo]n|año|años|onu"

PATTERNS: Final[dict[str, str]] = {
    "speech": rf"\b(?:{_SAYS}|dijeron|dicen|opinan|piensan|declar\w+|{_NOUN}|mencion\w+|habl\w+|compar\w+|difiere\w*|diferenci\w+|resum\w+|expres\w+|manifest\w+|propus\w+|propon\w+|encuentr\w+|muestr\w+|cit(?:a|ar|e)|pasajes?|citas?|refier\w+|refiri\w+)\b",
    "topic_marker": r"\b(?:sobre|acerca\s+del?|respecto\s+(?:del?|al?)|con\s+respecto\s+al?|en\s+cuanto\s+al?|relativ[oa]s?\s+al?|en\s+relaci[óo]n\s+con|en\s+materia\s+de|a\s+prop[óo]sito\s+del?|en\s+lo\s+que\s+respecta\s+al?"
    r"|referente\s+al?|frente\s+al?|ante|hacia|contra|en\s+torno\s+al?)\b|(?<=\x00)\s+(?:del?|al?)\b",
    "object": rf"(?:[\x00\x03][\x00\x03\W]*(?:que\s+)?|^\W*qui[ée]n(?:es)?\s+)(?:(?:han|ha|se|le|les|no|ya|tambi[ée]n|adem[áa]s)\s+)*(?:{_SPOKE_OF})(?!\w){_NOT_OBJECT}{_MATTER}|^\W*(?:se\s+|ha\s+)*(?:{_SPOKE_OF})\s+(?:(?:el|la|los|las)\s+)?\x00[\x00\W]*{_MATTER}",
    "topic_first": r"^\W*(?:y\s+)?(?:sobre|acerca\s+del?|respecto\s+(?:del?|al?)|con\s+respecto\s+al?|en\s+cuanto\s+al?|en\s+relaci[óo]n\s+con|en\s+materia\s+de|en\s+lo\s+que\s+respecta\s+al?)\s+(?P<topic>[^,:;¿]+?)\s*[,:;¿]+\s*(?=(?:¿|qu|c[óo]mo|cu|el|la|los|las|seg[úu]n|dijo|resum|compar)|\x00)",
    "lead": r"^\W*(?:qu[ée]|qui[ée]n(?:es)?|cu[áa]l(?:es)?|cu[áa]ndo|c[óo]mo|por\s+qu[ée]|cu[áa]nt[oa]s?|dijo|dice|dicen|dijeron|ha|han|hab[íi]a|dicho|la|el|los|las|lo|es|son|fue|era|se|por\s+favor|puede|podr[íi]a|podr[íi]as|puedes|usted|decirme|dime|d[íi]game|gracias"
    r"|posici[óo]n|postura|opini[óo]n|punto\s+de\s+vista|del?|en|sobre|una?|unos|unas|seg[úu]n|a|al|y|resum\w+|compar\w+|muestr\w+|mu[ée]strame|d[ée]me|dame|encuentr\w+|cit[ae]r?|declaraci[óo]n|discurso|delegaci[óo]n|delegaciones|gobierno|representante|ministr[oa]"
    r"|\w+(?:aron|ieron)|opone|está|apoyan|respaldan|rechazan|favor|contra|a\s+favor|en\s+contra|se\s+diferencian|respalda|rechaza|acepta|opina|opinan|piensa|piensan|considera|ve|apoya|quiere|pide|menciona|mencion[óo]|mencionado|habl[óo]|hablado|habla|declar[óo]|declarado|me|nos|respecto|que|hay|algo|alguna|debe|deben|entre|con|para)(?=\W|$)",
    "tail": rf"(?:\b(?:en|durante|del?|de|la|el|los|las|lo|su|sus|ese|esa|este|esta|por|seg[úu]n|desde|hasta|antes|despu[ée]s|entre|y|por\s+favor|gracias|con\s+el\s+tiempo|a\s+lo\s+largo\s+de\s+los\s+años|opone|a\s+favor|en\s+contra|m[áa]s|reciente|[úu]ltim[oa]|primer[oa]?|celebrad[oa]|pronunciad[oa]|dijo|dicho|dice|hizo|tiene|{_OCCASION})\b\W*)+$",
    "filler": r"\b(?:dijo|dicho|dice|declar[óo]|mencion[óo]|menciona|habl[óo] (?:de|sobre)|posici[óo]n del?|se refiri[óo] al?|se refiere al?)\b",
    "subject_before": rf"\b(?:{_SAYS}|{_BACKS}|ha|tiene|est[áa])\s+(?:al\s+respecto\s+)?{_THE}$",
    "subject_after": rf"^,?[\x00\s]*(?:ha\s+(?:\w+\s+)?|se\s+|no\s+|le\s+|ya\s+)*(?:{_SAYS}|{_BACKS})\b",
    "agent_before": rf"\b(?:por|dijeron|dicen|opinan|piensan|declararon|han\s+\w+|por\s+parte\s+de|consideran|mencionaron)\s+{_THE}$",
    "owner_before": rf"\b(?:{_NOUN})\s+(?:[\x00\s]|oficial\s+|nacional\s+|actual\s+|general\s+|de\s+relaciones\s+exteriores\s+|pronunciad[oa]\s+|formulad[oa]\s+|y\s+\w+\s+)*{_OF}$",
    "owner_after": r"(?!x)x",
    "certain_before": rf"\b(?:seg[úu]n|a\s+juicio|en\s+opini[óo]n|a\s+ojos|de\s+acuerdo\s+con|conforme\s+a|desde\s+el\s+punto\s+de\s+vista|por\s+su\s+parte,?|para)\s+{_OF}{_THE}$",
    "certain_after": r"(?!x)x",
    "compared_before": rf"\b(?:con|y|e|que|a|de|respecto|frente)\s+(?:(?:la|el|lo|las|los)\s+)?(?:que\s+)?{_OF}{_THE}$",
    "place_before": r"\b(?:en|cerca\s+de|(?:reuni[óo]n|sesi[óo]n|conferencia|cumbre|declaraci[óo]n|convenci[óo]n|protocolo|proceso|acuerdos?|programa|tratado|per[íi]odo\s+de\s+sesiones)\s+de)\s+$",
    "place_after": r"(?!x)x",
    "everyone": rf"\b(?:qu[ée]|cu[áa]les|todos\s+los|todas\s+las|cu[áa]nt[oa]s|cada|alg[úu]n|ning[úu]n|alguna|lista(?:r|do)?(?:\s+de)?|enumer\w+|otros)\s+(?:son\s+)?(?:los\s+|las\s+|de\s+los\s+|de\s+las\s+)?(?:otros\s+)?{_STATES}\b|^\W*(?P<who>qui[ée]n(?:es)?)\b(?!\s+(?:es|son|era|fue)\b)"
    r"|\b(?:los|de\s+los|las|por\s+los|entre\s+los)\s+(?:distintos\s+)?(?:estados(?!\s+unidos)|pa[íi]ses|delegaciones|gobiernos)\b(?!\s+bajos)|\balguien\b|\btodo\s+el\s+mundo\b|\bqu[ée]\s+se\s+(?:ha\s+dicho|dijo)\b",
    "compare": r"\bcompar\w+|\bdiferenci\w*|\bdifier\w+|\ba\s+diferencia\b|\brespectivas?\b|\bfrente\s+a\s+la\s+de\b|\bversus\b",
    "unknown": r"\b(?:(?i:dijo|dice|opina|piensa|declaró|según|sostiene)\s+|(?i:posición|postura|opinión|declaración|punto\s+de\s+vista)\s+(?i:de\s+|del\s+))(?i:el\s+|la\s+|los\s+)?(?P<subject>\p{Lu}[\p{L}.-]+(?:\s\p{Lu}[\p{L}.-]+)*)(?=\s+\p{Ll}|\W*\x00|\W*$)",
    "nobody": r"(?:estados?|pa[íi]s(?:es)?|delegaci\w+|convenci[óo]n|protocolos?|conferencia|asamblea|naciones|onu|consejo|comit[ée]|secretar\w+|art[íi]culo)\b",
    "stance": r"\b(?:posici[óo]n|posiciones|postura|posturas|opini[óo]n|punto\s+de\s+vista|opina\w*|actitud|apoy\w+|respald\w+|opon\w+|opus\w+|a\s+favor|en\s+contra|de\s+acuerdo|acept\w+|rechaz\w+|aprueb\w+|piensa\w*)\b",
    "over_time": r"\b(?:cambi\w+|evolu\w+|a\s+lo\s+largo|con\s+el\s+(?:paso\s+del\s+)?tiempo|modific\w+|desde\s+cu[áa]ndo|sigue\s+\w+ndo|todav[íi]a|ya\s+no|con\s+los\s+años)\b",
    "provision": r"\b(?:establecen?|disponen?|dicen?|prev[ée]n?|estipulan?|exigen?|requieren?|señalan?|regulan?|definen?|obligan?|contemplan?|tratan?|contienen?|significan?|prescriben?|manda)\s+(?:el\s+|la\s+|los\s+|las\s+|esta\s+|este\s+)?\x01"
    r"|(?:^|[\s¿])\x01\s+(?:\w+\s+)?(?:establece|dispone|dice|prev[ée]|estipula|exige|requiere|regula|define|obliga|contempla|trata|permite|contiene)"
    r"|\b(?:texto|tenor|contenido|t[íi]tulo|significado|objeto|disposici\w+|redacci[óo]n)\s+(?:de\s+la\s+|del\s+|de\s+los\s+|de\s+)\x01|^\W*(?:cit[ae]r?|expli\w+|muestr\w+|mu[ée]strame|dame|d[ée]me|resum\w+|qu[ée]\s+es)\s+(?:me\s+)?(?:el\s+|la\s+)?\x01\W*$"
    r"|\bqu[ée]\s+art[íi]culos?\s+(?:de\s+la|del|de)\s*\x01|\b(?:previst|exigid|definid|establecid|requerid|dispuest)[oa]s?\s+(?:por|en)\s+(?:el\s+|la\s+)?\x01|\bqu[ée]\s+se\s+(?:establece|dispone|dice|exige)\s+en\s+(?:el\s+|la\s+)?\x01",
    "pronoun": r"\b(?:ellos|ellas|él|ella)\b|^\W*qu[ée]\s+(?:dijeron|dijo|opinan|opina|piensan|piensa|dicen|dice|han\s+dicho|ha\s+dicho|mencionaron|declararon)(?:\s+(?:sobre|acerca|respecto|al\s+respecto|de|en)\b|\W*$)|\b(?:su|sus)\s+(?:\w+\s+)?(?:posici[óo]n|postura|opini[óo]n|punto\s+de\s+vista|declaraci[óo]n|discurso)\b",
    "other_work": r"\b(?:tu|su|vuestra)\s+(?:propia\s+)?opini[óo]n\s+(?:personal|como)\b|\b(?:tu|vuestra)\s+(?:propia\s+)?(?:opini[óo]n|consejo)\b|\b(?:crees|piensas|opinas|recomiendas|cree\s+usted|piensa\s+usted|opina\s+usted|recomienda\s+usted)\b|\b(?:deber[íi]a\s+yo|debo\s+votar|debemos|deber[íi]amos)\b"
    r"|^\W*(?:(?:por\s+favor|puedes|puede|podr[íi]as?)[\s,]+)*(?:tradu[cz]\w+|canta\w*|reserva\w*|pred[ií]\w+|calcul\w+|(?:escrib\w+|redact\w+|comp[óo]n\w*)(?!.{0,40}\b(?:resumen|nota|informe|tabla|lista)))|\bqui[ée]n\s+(?:va\s+a\s+ganar|ganar[áa])\b|\bqui[ée]n\s+eres\b|\bun\s+chiste\b|\buna\s+receta\b",
    "off_topic": r"\b(?:qu[ée]\s+tiempo\s+(?:hace|har[áa])|el\s+tiempo\s+(?:en|ma[ñn]ana)|clima\s+(?:hoy|mañana)|pron[óo]stico|receta|f[úu]tbol|mundial\s+de|hor[óo]scopo|loter[íi]a|restaurante|capital\s+de|sala\s+de\s+reuniones|cocin\w+)\b",
}
