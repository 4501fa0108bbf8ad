"""Patterns of French question frames, such as "qu’a dit … sur"."""

from typing import Final

_THE = r"(?:l'|la\s+|le\s+|les\s+)?"
_OF = r"(?:de\s+la\s+|de\s+l'|du\s+|des\s+|de\s+|d'|par\s+(?:l'|la\s+|le\s+|les\s+)?)?"
_NOUN = (
    r"positions?|avis|points?\s+de\s+vue|opinions?|déclarations?|discours|interventions?|propos|attitude|vues?|allocution|délégations?|gouvernements?"
    r"|représentante?s?|ministres?|présidente?s?|délégué\w*|réponse|ligne|approche|posture|remarques|commentaires?|message|paroles"
)
# Singular forms, so that the subject of "quels États" is never taken for one who is asked about.
_SAYS = (
    r"dit|déclare|déclaré|pense|pensé|estime|estimé|demande|demandé|propose|proposé|affirme|affirmé|souligne|souligné|évoque|évoqué"
    r"|mentionne|mentionné|parle|parlé|considère|considéré|juge|jugé|veut|voulu|souhaite|souhaité|critique|critiqué|dénonce|dénoncé"
    r"|s'exprime|exprimé|prononcé|voit|préconise|préconisé|annonce|annoncé|rappelle|rappelé|indique|indiqué|envisage|réclame|réclamé|abordé|aborde"
)
# Verbs whose object is the topic itself.
_BACKS = r"soutient|soutenu|appuie|appuyé|rejette|rejeté|accepte|accepté|approuve|approuvé|s'oppose|refuse|refusé"
# Verbs of saying and attitude, before what was spoken of.
_SPOKE_OF = (
    r"(?:évoqu|mentionn|salu|condamn|critiqu|dénonc|appuy|approuv|rejet|rappel|soulign|abord|félicit|remerci|déplor|regrett|réclam|demand|invoqu|propos|préconis|recommand|défend|fustig|vant|lou|reproch|cit|souhait)(?:é|ée?s?|u|e|ent|aient|ait|èrent|a)"
    r"|soul(?:ev(?:é|ent|ait)|ève(?:nt)?)|souten(?:u|ait)|soutien(?:t|nent)|appui(?:e|ent)|accueilli(?:t|s)?(?:\s+(?:avec\s+satisfaction|favorablement))?|lou[ée]|fait\s+(?:référence|allusion|mention|état|l'éloge)|parl(?:é|ent|e)(?=\s+(?:de|du|des|d'|contre))"
    r"|attiré\s+l'attention\s+sur|mis\s+en\s+garde\s+contre|appelé\s+à|oppos(?:é|ée|és|ées|e|ent)\s+(?:à|aux?)|plain(?:t|te|ts|tes)|référ(?:é|ée|és|ées)\s+(?:à|aux?)|(?:pris\s+position|protesté|prononcée?s?|élevée?s?)\s+(?:contre|pour|en\s+faveur)"
    r"|exprimé\s+(?:leurs?|sa|son|ses)\s+(?:\w+\s+)?(?:inquiétude|préoccupation|soutien|regret|espoir|opposition)s?|utilisé\s+(?:l'expression|le\s+(?:terme|mot))"
)
_NOT_OBJECT = r"(?!\s+(?:(?:des?|une?|la|leurs?|sa|son|d')\s*)*(?:\w+\s+)?(?:préoccupations?|inquiétudes?|avis|positions?|opinions?|doutes?|questions|propositions?|réserves?|points?\s+de\s+vue)\s+(?:sur|concernant|quant|au\s+sujet|à\s+propos)\b|\s+(?:sur|concernant|au\s+sujet|à\s+propos)\b)"
_MATTER = r"(?:(?:-t)?-(?:ils?|elles?)\b)?(?:[\x00\W]*(?:(?:de\s+la|de\s+l'|du|des?|d'|à\s+la|à\s+l'|aux?|à|contre|pour|en\s+faveur\s+(?:de\s+la|de\s+l'|du|des?|d'))(?:\s+|(?<=')))?(?:la\s+question\s+(?:de\s+la\s+|de\s+l'|du\s+|des?\s+|d'))?(?:l'|(?:la|les?|une?)\s+)?)"
_STATES = r"(?:états?|pays|délégations?|gouvernements?|états\s+parties|états\s+membres|groupes?|membres|intervenants|orateurs)"
_OCCASION = r"déclarations?|discours|allocution|interventions?|sessions?|conférence|débat\s+général|débat|général|assemblée|générale|nations\s+unies|réunion|année|années|onu"

PATTERNS: Final[dict[str, str]] = {
    "speech": rf"\b(?:{_SAYS}|di(?:re|sent|tes)|déclar\w+|disent|disait|pensent|{_NOUN}|mentionn\w+|parl\w+|évoqu\w+|compar\w+|diff[èé]re\w*|résum\w+"
    r"|oppos\w+|exprim\w+|prononc\w+|abord\w+|propos\w+|trouve\w*|montre\w*|cite\w*|passages?|citations?)\b",
    "topic_marker": r"(?:\b(?:sur|concernant|au\s+sujet|à\s+propos|quant|relativement|s'agissant|en\s+ce\s+qui\s+concerne|en\s+matière|à\s+l'égard|vis-à-vis|envers|contre"
    r"|face|touchant|à\s+l'endroit)\b|(?<=\x00)(?=\s+(?:d[eu]s?\b|d')))(?:\s*(?:de\s+la|de\s+l'|du|des|de|d'|à\s+la|à\s+l'|aux?|à|la|les?|l')(?=\W|\w))?(?:\s+(?=\w))?",
    "object": rf"(?:[\x00\x03][\x00\x03\W]*(?:qui\s+)?|^\W*qui\s+)(?:(?:ont|a|a-t-(?:il|elle)|t-(?:il|elle)|ont-(?:ils|elles)|est|sont|se|s|ne|n|l|aussi|également|déjà)[\s'-]+)*(?:{_SPOKE_OF})(?!\w){_NOT_OBJECT}{_MATTER}",
    "topic_first": r"^\W*(?:(?:et|alors)\s+)?(?:sur|concernant|au\s+sujet|à\s+propos|quant|s'agissant|en\s+ce\s+qui\s+concerne|en\s+matière|pour\s+ce\s+qui\s+est|relativement)\s+"
    r"(?:de\s+la\s+|de\s+l'|du\s+|des\s+|de\s+|d'|à\s+la\s+|à\s+l'|aux?\s+|à\s+)?(?:question\s+(?:de\s+la\s+|de\s+l'|du\s+|des\s+|de\s+|d'))?(?P<topic>[^,:;]+?)\s*[,:;]\s*(?=(?:qu|comment|l'|la|le|les|est-ce|que|selon|résum|compar)|\x00)",
    "lead": r"^\W*(?:qu(?:e|oi|el(?:le)?s?|i|and)|qu(?=')|comment|pourquoi|combien|est-ce|est|sont|était|ce|a(?:-t-(?:il|elle|on))?|s'il\s+vous\s+plaît|svp|merci|veuillez|pouvez-vous"
    r"|pourriez-vous|ont|dit|disent|déclaré|pense|pensent|la|le|les|l'|une?|position|avis|d[eu]|d'|des|en|dans|sur|selon|à|et|donnez|donne|donner|moi|nous|me|dire|dites|résum\w+|comparer?z?"
    r"|montre[rz]?|trouve[rz]?|cite[rz]?|déclaration|discours|propos|point\s+de\s+vue|opinion|délégation|délégations|gouvernement|représentante?|ministre|mentionné|parlé|évoqué|abordé|soutiennent|appuient|est-(?:il|elle)|favorables?|contre|avance-t-(?:il|elle)|soutient|appuie|soutient-(?:il|elle)|appuie-t-(?:il|elle)|rejette-t-(?:il|elle)|[\w']+-t-(?:il|elle)"
    r"|considère|voit|juge|estime|veut|souhaite|demande|y\s+a-t-il|il|elle|ils|elles|t-il|t-elle|t|ont-ils|ont-elles|dans\s+quelle\s+mesure|en\s+quoi|leur|s'oppose(?:-t-(?:il|elle))?|diffère\w*|diverge\w*(?:-(?:ils|elles))?|\w+ent-(?:ils|elles)|doit|doivent|peut|peuvent|par|pour|avec|qu'est|quoi|entre|s)(?=\W|$)",
    "tail": rf"(?:\b(?:dans|en|lors|pendant|durant|au\s+cours|à|a|au|aux|de|d[eu]s?|d|l|la|le|les|sa|son|ses|leurs?|cette|ce|par|selon|d'après|depuis|avant|après|entre|et|s'il\s+vous\s+plaît|svp|merci|t-elle|t-il"
    rf"|au\s+fil\s+d\w+\s+(?:ans|années|temps)|oppose|dernière?|récente?|plus|tenue?|prononcée?s?|faite|dit|déclaré|a-t-il|a-t-elle|{_OCCASION})\b\W*)+$",
    "filler": r"\b(?:dit|déclaré|déclare|mentionné|évoqué|parlé|parle|position d[eu]|a-t-(?:il|elle)|ont-(?:ils|elles)|est-ce qu[e']|-t-(?:il|elle))\b",
    "subject_before": rf"\b(?:a\s+(?:\w+\s+)?(?:{_SAYS}|{_BACKS})|{_SAYS}|{_BACKS}|est-ce\s+qu(?:e\s+|'))\s*{_THE}$",
    "subject_after": rf"^,?[\x00\s]*(?:[\w'éè]+-t-(?:il|elle|on)\b|(?:ont|dit|est|voit|fait|soutient|veut|peut)-(?:ils?|elles?)\b|(?:n')?a\s+(?:t-\w+\s+)?(?:\w+\s+)?(?:{_SAYS}|{_BACKS})\b|(?:ne\s+|se\s+)?(?:{_SAYS}|{_BACKS})\b|s'est\b|s'oppose\b)",
    "agent_before": rf"\b(?:par|ont\s+(?:dit|déclaré|pensé|évoqué|mentionné)|disent|pensent|déclarent|de\s+la\s+part\s+(?:de|du|des)|est-ce\s+qu)\s*(?:de\s+)?{_THE}$",
    "owner_before": rf"\b(?:{_NOUN})\s+(?:[\x00\s]|officielle?s?\s+|nationale?s?\s+|actuelle?\s+|générale?\s+|des\s+affaires\s+étrangères\s+|prononcée?\s+|faite\s+|et\s+\w+\s+)*{_OF}$",
    "owner_after": r"(?!x)x",
    "certain_before": rf"\b(?:selon|d'après|aux\s+yeux|de\s+l'avis|du\s+point\s+de\s+vue|à\s+en\s+croire|pour\s+sa\s+part,?|au\s+dire)\s+{_OF}{_THE}$",
    "certain_after": r"(?!x)x",
    "compared_before": rf"\b(?:avec|et|que|à|de|par\s+rapport|contrairement)\s+(?:à\s+)?(?:(?:celle?s?|celui|ceux)\s+)?(?:de\s+)?{_OF}{_THE}$",
    "place_before": r"\b(?:à|a|près\s+de|(?:session|réunion|conférence|sommet|déclaration|convention|protocole|processus|accords?|programme|traité)\s+de)\s+$",
    "place_after": r"(?!x)x",
    "everyone": rf"(?P<who>\bquel(?:le)?s\s+(?:autres\s+)?{_STATES}\b(?=\s+(?:n')?(?:ont|avaient)\b)|^\W*qui\b(?!\s+(?:est|sont|était)\b))|\b(?:quel(?:le)?s?|tous|toutes|chaque|aucune?|combien\s+d'|combien\s+de|liste[rz]?|énumér\w+|autres)\s*(?:sont\s+)?(?:les\s+|des\s+|d')?(?:autres\s+)?{_STATES}\b"
    r"|\b(?:les|des|par\s+les|entre\s+les)\s+(?:différents\s+)?(?:états|pays|délégations|gouvernements)\b(?!-|\s+unis)|\bquelqu'un\b|\btout\s+le\s+monde\b|\bqu'a-t-on\s+dit\b|\bqu'a-t-il\s+été\s+dit\b",
    "compare": r"\bcompar\w+|\bdiff[èé]r\w*|\bcontrairement\b|\bpar\s+rapport\b|\brespectives?\b|\bversus\b|\bface\s+à\s+celle\b",
    "unknown": r"\b(?:(?i:a\s+dit|dit|a\s+déclaré|pense|selon|d'après)\s+|(?i:position|avis|déclaration|point\s+de\s+vue|opinion)\s+(?i:de\s+|du\s+|des\s+|d'))(?i:l'|la\s+|le\s+|les\s+)?(?P<subject>\p{Lu}[\p{L}.-]+(?:[\s-]\p{Lu}[\p{L}.-]+)*)"
    r"(?=\s+\p{Ll}|\W*\x00|\W*$)",
    "nobody": r"(?:états?|pays|délégations?|convention|protocoles?|conférence|assemblée|nations|onu|conseil|comité|secrétar\w+|article)\b",
    "stance": r"\b(?:positions?|avis|points?\s+de\s+vue|opinions?|attitude|soutien\w*|souten\w+|appui\w*|oppos\w+|pour\s+ou\s+contre|favorable|défavorable|contre|d'accord|accept\w+|rejett?\w*|approuv\w+"
    r"|est-il\s+pour|est-elle\s+pour|pense\w*|que\s+pense)\b",
    "over_time": r"\b(?:chang\w+|évolu\w+|au\s+fil|modifi\w+|depuis\s+quand|toujours|ne\s+\w+\s+plus|au\s+cours\s+(?:du\s+temps|des\s+années|des\s+sessions))\b",
    "provision": r"\b(?:dispose(?:nt)?|prévoi(?:t|ent)|dit|disent|stipule(?:nt)?|exige(?:nt)?|impose(?:nt)?|énonce(?:nt)?|définit|définissent|oblige(?:nt)?|contient|prescrit|régit|régle\w+|traite(?:nt)?|parle(?:nt)?|demande(?:nt)?|signifie|porte|couvre)\s+(?:l'|la\s+|le\s+|les\s+|cette\s+|ce\s+)?\x01"
    r"|(?:^|[\s'])\x01\s+(?:\w+\s+)?(?:-t-)?(?:dispose|prévoit|dit|stipule|exige|impose|énonce|définit|oblige|contient|prescrit|traite|concerne|porte|autorise|permet)"
    r"|\b(?:texte|teneur|libellé|contenu|titre|sens|objet|dispositions?)\s+(?:de\s+la\s+|de\s+l'|du\s+|des\s+|de\s+)\x01|^\W*(?:cite[rz]?|expliqu\w+|montre\w*|donne\w*|résum\w+|qu'est-ce\s+que)(?:[\s-]+(?:moi|nous))?\s+(?:l'|la\s+|le\s+)?\x01\W*$"
    r"|\bquels?\s+articles?\s+(?:de\s+la|de\s+l'|du|des)\s*\x01|\b(?:prévu|exigé|défini|énoncé|requis)\w*\s+(?:par|à|dans)\s+(?:l'|la\s+|le\s+)?\x01",
    "pronoun": r"-t-(?:il|elle|on)\b|\b(?:ont|disent|pensent|dit|pense)-(?:ils?|elles?)\b|\b(?:sa|son|leur)\s+(?:\w+\s+)?(?:position|avis|point\s+de\s+vue|opinion|déclaration|discours)\b|(?<![\w-])(?:ils|elles|il|elle)\s+(?:ont|pensent?|disent|dit)\b",
    "other_work": r"\b(?:votre|ton)\s+(?:propre\s+)?(?:avis|opinion|conseil)\b|\b(?:pensez|penses|croyez|recommandez|aimez)[- ](?:vous|tu)\b|\bqu'en\s+pensez-vous\b|\b(?:devrais-je|dois-je|devons-nous|devrions-nous)\b"
    r"|^\W*(?:(?:s'il\s+(?:vous|te)\s+plaît|veuillez|pouvez-vous|peux-tu|pourriez-vous)[\s,]+)*(?:tradui\w+|chante\w*|réserve[rz]?|prédi\w+|calcule[rz]?|(?:écri\w+|rédige\w*|compose\w*)(?!.{0,40}\b(?:résumé|note|synthèse|tableau|liste)))"
    r"|\bqui\s+(?:va\s+gagner|gagnera)\b|\bqui\s+es-tu\b|\bqui\s+êtes-vous\b|\bune\s+(?:blague|recette)\b",
    "off_topic": r"\b(?:météo|quel\s+temps|recette|football|coupe\s+du\s+monde|horoscope|loterie|restaurant|cours\s+de\s+la\s+bourse|capitale\s+(?:de|du)|salle\s+de\s+réunion|cuisiner)\b",
}
