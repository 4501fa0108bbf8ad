"""Words that show kinds of position in Spanish."""

from typing import Final

PARTS: Final[dict[str, str]] = {
    "name": r"(?P<subject>(?-i:\b(?:[EL]l_|[Ll]a_)?\p{Lu}\p{L}+))",
    "own": r"(?:\bnosotros|\byo|\b(?:mi|nuestr[oa])_(?:delegación|país|gobierno|pueblo|nación)|\b(?:el|la)_(?:delegación_de_<name>|Gobierno_de_<name>|grupo)|<name>|(?<=^\W*)|(?<=[,;:.]\s*)|\b(?:que|y|decimos_que|también|por_ello|no_obstante))",
    "fill": r"(?:_?(?:\b(?:también|igualmente|por_ello|siempre|firmemente|plenamente|enérgicamente|categóricamente|ha|hemos|han|se|les|le|lo|nos|los|la|desea|deseamos|quiere|quisiera)_)?){0,3}_?",
    "others": r"(?:\b(?:comunidad_internacional|Estados_Miembros|todos_los_Estados|Estados_partes|Naciones_Unidas|Secretaría|Consejo_de_Seguridad|donantes|países_desarrollados)\b)",
}
CUES: Final[dict[str, str]] = {
    "others_said": r"""
        \b(?:algun[oa]s|vari[oa]s|otr[oa]s|much[oa]s|diversas|numeros[oa]s|ciert[oa]s|la_mayoría_de_l[oa]s)_(?:\w+_)?(?:delegaciones|oradores|Estados|países|miembros|colegas|grupos)_(?:han|se|propon|propus|piden|apoy|rechaz|opon|sugier|mencion|consider|desean|quieren)\w*[^,;:.]*
        \bse_ha_(?:hablado|mencionado|propuesto|sugerido|invocado)\b[^,;:.]* \b(?:ha|han)_sido_(?:mencionad|propuest|sugerid)\w+[^,;:.]* \b(?:hemos|ha)_(?:escuchado|oído)\b[^,;:.]*
        \btom(?:a|amos|an)_(?:\w+_)?nota\b[^,;:.]* \bsig(?:ue|uen|uimos)_(?:\w+_){0,3}(?:negociaciones|debates|deliberaciones|trabajos)\b
    """,
    "abstains": r"\bno_(?:tiene|tenemos|adopta|adoptará|toma|tomará)_(?:una_)?(?:posición|postura)\b \breserva_su_posición\b",
    "negation": r"\b(?:no|ni|nunca|jamás|sin|tampoco)\b(?!_(?:sólo|solo|solamente|únicamente|obstante))",
    "refuses": r"""
        \bno_(?:\w+_)?(?:apoy\w+|respald\w+|acept\w+|compart\w+|aprueb\w+|aprob\w+|estamos_de_acuerdo|está_de_acuerdo|es_partidari\w+|somos_partidari\w+)\b \bno_(?:puede|podemos|podrá|podría)_(?:\w+_)?(?:aceptar|apoyar|respaldar|sumarse|aprobar)\b \binaceptables?\b \bno_ve(?:mos)?_(?:la_|ninguna_)?(?:necesidad|razón|utilidad)\b
    """,
    "objects": r"""
        \b(?:rechaz(?:a|amos|o|an)|conden(?:a|amos|o)|se_opone|nos_oponemos|denunci(?:a|amos)|deplor(?:a|amos)|lament(?:a|amos)|objet(?:a|amos)|repudi(?:a|amos))\b \bcontrari[oa]s?_al?\b \bviol(?:a|an|ación_del?)\b \b(?:es|son)_(?:ilegal|injust)\w+
    """,
    "forbids": r"\bno_(?:debe|deben|debería|deberían|puede|pueden)_(?:\w+_)?\p{L}+(?:r|rse)\b \bno_se_debe\b",
    "harm": r"\b(?:flagelos?|amenaz\w+|peligr\w+|lacras?|preocup\w+|atrocidades|males?_que|graves?_(?:amenazas?|problemas?|consecuencias?))\b",
    "condition": r"""
        \bsiempre_(?:que|y_cuando)\b \ba_condición_de_que\b \bcon_la_condición_de\b \bcon_tal_de_que\b \ba_menos_que\b \bsalvo_que\b \bs[oó]lo_(?:si|cuando|podrá)\b \bsin_(?:un_|una_|el_|su_|la_)?(?:consentimiento|acuerdo|autorización|aprobación|certificado)\b \bsujet[oa]s?_a_(?:la|las|su|sus|que|condiciones)\b \bcondicionad[oa]s?_a\b \ba_reserva_de\b
    """,
    "limit": r"\bmientras_(?:que_)?(?:no_)?(?:se|haya|sea)\b \bde_conformidad_con_(?:su|nuestra|nuestro|la_legislación|el_derecho_interno|el_ordenamiento)\b \bsin_perjuicio_de\b \ben_la_medida_en_que\b",
    "proposes": r"\b(?:propon(?:e|emos|go|en)|sugier(?:e|o)|sugerimos|recomiend(?:a|o)|recomendamos|plante(?:a|amos))\b \b(?:desea|quisiera|deseamos|quisiéramos)_(?:proponer|sugerir|recomendar)\b \bnuestra_propuesta\b",
    "should_be": r"\b(?:debe|deben|debería|deberían|podría)_(?:\w+_)?(?:establecerse|crearse|reformarse|ampliarse|convocarse|adoptarse|incluirse|mejorarse|fortalecerse|interpretarse|ser_(?:establecid|cread|reformad|ampliad|adoptad|incluid|mejorad)\w*) \bsería_(?:útil|conveniente|oportuno|deseable)\b \bconvendría\b",
    "asks": r"\b(?:pid(?:e|o)|pedimos|solicit(?:a|amos|o)|inst(?:a|amos|o)_(?:al?|a_l|en)|exhort(?:a|amos|o)|llam(?:a|amos|o)_a_(?:l|tod)|hace(?:mos)?_un_llama\w+|invit(?:a|amos|o)_al?|alent(?:a|amos)_al?|alient(?:a|o)_al?|exig(?:e|imos|o)|urg(?:e|imos)_al?)\b",
    "duty_of_others": r"<others>_(?:\w+_)?(?:debe|deben|debería|deberían|tiene_que|tienen_que)\b \bcorresponde_a_l[oa]s?\b",
    "acted": r"""
        \b(?:mi_país|mi_gobierno|nuestro_\w+|nuestra_\w+|hemos|nosotros|<name>|(?:mi|nuestr[oa])_\w+)_?(?:ha_|hemos_)?_?(?:ratific(?:ó|ado)|firm(?:ó|ado)|adopt(?:ó|ado)|cre(?:ó|ado)|establec(?:ió|ido)|promulg(?:ó|ado)|aprob(?:ó|ado)|adhiri(?:ó|do)|destin(?:ó|ado)|constitu(?:yó|ido)|reform(?:ó|ado)|puesto|implementado|lanz(?:ó|ado)|incaut(?:ó|ado)|organiz(?:ó|ado)|design(?:ó|ado)|entregado)\b
        \b(?:ratificamos|firmamos|adoptamos|creamos|establecimos|aprobamos|incautamos|enviamos|denegamos)\b \bdesde_(?:el_año_)?\d{4}_<name>_\p{L}+ \bextradita_(?:a_)?sus\b \bes_parte_(?:en|de)_(?:la|el)\b \bnuestra_(?:ley|legislación)\b
    """,
    "was_done": r"\b(?:fue|fueron|se)_(?:cread|adoptad|establecid|ratificad|aprobad|promulgad|creó|adoptó|estableció)\w* \binaugurado_el\b",
    "supports": r"\b(?:apoy(?:a|amos|o|an)|respald(?:a|amos|o)|acog(?:e|emos)_con|celebr(?:a|amos)_(?:que|la|el|los)|suscrib(?:e|imos)|aprueb(?:a|o)|aplaud(?:e|imos)|encomi(?:a|amos)|acept(?:a|amos)|coincid(?:e|imos)|comparti(?:mos)|estamos_de_acuerdo)\b \ba_favor_de\b \bpartidari[oa]\b \b(?:est[áa]|estamos)_(?:\w+_)?(?:list|dispuest)\w+ \b(?:su|nuestro)_(?:pleno_|firme_)?(?:apoyo|respaldo)\b \bofrece_(?:poner|su)\b",
    "accepts": r"\b(?:no_tiene|no_tenemos|ninguna|sin)_(?:\w+_)?objeci(?:ón|ones)\b \bno_se_opone\b \bno_nos_oponemos\b",
    "values": r"""
        \b(?:importan\w+|esencial\w*|fundamental\w*|necesari\w+|indispensable\w*|priori\w+|crucial\w*|vital\w*|útil\w*|compromet\w+|compromiso\w*|decidid\w+|convencid\w+|convicción|cre(?:e|emos|o)|consider(?:a|amos|o)|esper(?:a|amos|o|anza)\w*|dese(?:a|amos|o)|agradec\w+|orgullos\w+|reafirm\w+|reiter\w+|luch\w+|combat\w+|contribu\w+|seguirá)\b \b(?:debemos|hay_que|es_preciso|debe|deben)\b
    """,
}
