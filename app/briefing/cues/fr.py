"""Words that show kinds of position in French."""

from typing import Final

PARTS: Final[dict[str, str]] = {
    "name": r"(?P<subject>(?-i:\b(?:l[’']|[Ll]a_|[Ll]e_|[Ll]es_|L[’'])?\p{Lu}[\p{L}’'-]+))",
    "own": r"(?:\bnous|\bje|\bj[’']|\b(?:ma|notre)_(?:délégation|nation)|\b(?:mon|notre)_(?:pays|gouvernement|peuple)|\ble_(?:groupe|gouvernement)|\belle|<name>)",
    "fill": r"(?:_|(?<=[’']))(?:(?:s[’']|se_|nous_|l[’']|en_|y_|leur_|lui_|a_|avons_|ont_|est_|sommes_|aussi_|également_|donc_|toujours_|pleinement_|fermement_|vivement_|résolument_|catégoriquement_)){0,4}",
    "others": r"(?:\b(?:communauté_internationale|États_Membres|tous_les_États|États_parties|Nations_Unies|Secrétariat|Conseil_de_sécurité|donateurs|pays_développés)\b)",
}
CUES: Final[dict[str, str]] = {
    "others_said": r"""
        \b(?:certain(?:e)?s|plusieurs|d[’']autres|quelques|de_nombreu(?:x|ses)|la_plupart_des|beaucoup_de)_(?:\w+_){0,2}?(?:délégations?|orateurs|États|pays|membres|intervenants|collègues|groupes)_(?:ont|se_sont|propos|demand|soutien|rejett|oppos|souhait|évoqu|estim|considèr|pens|appuient)\w*[^,;:.]*
        \b(?:a|ont)_(?:également_)?été_(?:évoqué|mentionné|proposé|suggéré)\w*[^,;:.]* \b(?:a|avons|ont)_(?:écouté|entendu)\b[^,;:.]*
        \bpren(?:d|ons|nent)_(?:\w+_)?note\b[^,;:.]* \bsui(?:t|vons|vent)_(?:\w+_){0,3}(?:négociations|discussions|débats|travaux)\b
    """,
    "abstains": r"""
        \bn[’'](?:a|avons)_(?:\w+_)?pas_(?:encore_)?de_position\b \bne_(?:prend|prendra|prenons)_pas_(?:\w+_)?position\b \bréserve_sa_position\b \bne_s[’']y_attardera_pas\b \bse_bornera_à_dire\b
    """,
    "negation": r"(?:\b(?:ne|ni|sans|jamais)\b(?!_(?:pas_)?seulement)|\bn[’'])",
    "refuses": r"""
        \bne_(?:\w+_)?(?:soutien\w*|souten\w*|appui\w*|appuy\w*|partage\w*|accept\w*|approuv\w*|souhait\w*|peut|peuvent|pouvons|pourra\w*|saurait|saurions)_(?:\w+_)?(?:pas|cependant_pas|point|guère|accepter|soutenir|appuyer|souscrire|adhérer)\b
        \bn[’'](?:accept|approuv|appui|appuy|est_pas_favorable|êtes_pas|envisage)\w* \binacceptables?\b \bne_voi(?:t|ons)_(?:\w+_)?(?:pas|aucune)_(?:la_|d[’'])?(?:nécessité|utilité|besoin|intérêt)\b \bne_(?:\w+_)?pas_(?:favorable|en_mesure)\w*
    """,
    "objects": r"""
        <own><fill>(?:rejet(?:te|tons|tent|é)|condamn(?:e|ons|ent|é)|oppos(?:e|ons|ent|é)|dénonc(?:e|ons|ent|é)|déplor(?:e|ons|ent|é)|regrett(?:e|ons|ent|é)|refus(?:e|ons|ent|é)|désapprouv\w+|objecte\w*)\b
        \bs[’'](?:y_)?oppos(?:e|ons|ent)\b \bnous_opposons\b \bcontraires?_(?:à|au|aux)\b \bviol(?:e|ent|ation)\b_(?:de_|du_|des_|l[’']) \b(?:est|sont)_(?:illég|injust)\w+
    """,
    "forbids": r"""
        \bne_(?:doi(?:t|vent)|devrai(?:t|ent)|saurai(?:t|ent)|peu(?:t|vent))_(?:\w+_)?(?:pas|en_aucun_cas|jamais|être|servir) \bil_ne_faut_pas\b
    """,
    "harm": r"\b(?:fléaux?|menac\w+|dangers?|dangereu\w+|préoccup\w+|inquiét\w+|crime_odieux|atrocités?|barbar\w+|graves?_(?:menaces?|problèmes?|conséquences?))\b",
    "condition": r"""
        \bà_(?:la_)?(?:seule_)?condition_(?:que|de|d[’']) \bsous_réserve\b \bpourvu_que\b \bseulement_(?:si|lorsque)\b \bà_moins_(?:que|de|d[’']) (?<!\bne_\w+_être_)\bsubordonn(?:e|ons|ent|é|ée|ées|és)\b(?=_(?:l[’']|la_|le_|les_|à|notre|son|sa)) \bsans_(?:le_|son_|l[’'])?(?:consentement|accord|autorisation)\b \bque_si\b \bdès_lors_que\b \bne_\w+_que_(?:si|lorsque)\b
    """,
    "limit": r"\btant_que\b \baussi_longtemps_que\b \bconformément_(?:à|au)_(?:notre|son|sa|leur|droit_interne|droit_national|la_législation_nationale)\b \bdans_le_respect_de_(?:son|sa|notre|leur)\b \bsans_préjudice\b",
    "proposes": r"""
        <own><fill>(?:propos(?:e|ons|ent|é)|suggèr(?:e|ent)|suggér(?:ons|é)|recommand(?:e|ons|ent|é)|préconis(?:e|ons|ent|é))\b \bnous_(?:leur_|vous_)?proposons\b \b(?:souhaite|voudrais|souhaiterions|voudrions|aimerait)_(?:proposer|suggérer|recommander)\b \b(?:notre|ma)_proposition\b
    """,
    "should_be": r"\b(?:devrai(?:t|ent)|doi(?:t|vent)|pourrai(?:t|ent))_(?:\w+_)?être_(?:établi|créé|mis|réformé|élargi|convoqué|négocié|adopté|inclu|modifié|amélior|renforc|accord|institué)\w* \bil_serait_(?:utile|bon|souhaitable|opportun)\b \bil_conviendrait\b",
    "asks": r"""
        <own><fill>(?:invit(?:e|ons|ent|é)|demand(?:e|ons|ent|é)_(?:à|au|aux|que|de|instamment|en_revanche)|exhort(?:e|ons|ent|é)|appel(?:le|ons|lent|é)_(?:à|tou|les|la|l[’'])|engage(?:ons)?_(?:tou|les|la)|encourag(?:e|eons|ent|é)|pri(?:e|ons)_(?:le|la|les)|lan(?:ce|çons)_un_appel)
        \b(?:lui|leur)_demand(?:e|ons|ent)\b \bnous_invitons\b
    """,
    "duty_of_others": r"<others>_(?:tout_entière_)?(?:doi(?:t|vent)|devrai(?:t|ent)|se_doi(?:t|vent))\b(?!_(?:pas)\b) \bil_(?:appartient|incombe)_(?:à|au|aux)\b",
    "acted": r"""
        \b(?:nous|mon_pays|ma_nation|notre_pays|le_gouvernement|mon_gouvernement|elle|notre_\w+_(?:\w+_)?|<name>)_?(?:a|avons|ont)_(?:\w+_)?(?:ratifié|signé|adopté|créé|établi|mis|institué|conclu|adhéré|traité|désigné|renoncé|engagé|lancé|organisé|remis|formé|saisi|promulgué|réformé|renforcé|doté|consacré|pris)\b
        \b(?:une|notre|la)_loi_(?:\w+_){0,2}(?:adoptée|promulguée|permet|prévoit|réprime|punit|en_vigueur)\b \bn[’']extrad(?:e|ons)_pas\b \bdepuis_notre_adhésion\b \best_partie_(?:à|au|aux)\b \ba_ratifié\b \bacceptons_les_demandes\b
    """,
    "was_done": r"\b(?:a|ont)_été_(?:créé|adopté|établi|ratifié|signé|institué|ouvert|mis)\w* \b(?:adopté|créé|entré)e?s?_(?:le|en)_(?:\d|vigueur)",
    "supports": r"""
        <own><fill>(?:soutien(?:t|s|nent)|souten(?:ons|u)|appui(?:e|ent)|appuy(?:ons|é)|accueill(?:e|ons|ent)|salu(?:e|ons|ent|é)|approuv(?:e|ons|ent|é)|souscri(?:t|vons)|félicit(?:e|ons)_d[eu’']|réjoui(?:t|ssons)_d|accept(?:e|ons)|partage(?:ons)?_(?:l|cet|les|la|le))
        \b(?:se|nous)_félicit(?:e|ons)_(?:de|d[’']|du|des) \b(?:est|sommes|suis)_favorables?\b \b(?:est|sommes|suis)_(?:\w+_)?(?:prêt|dispos)\w* \ben_faveur_d \bson_(?:plein_)?(?:appui|soutien)\b \bnotre_(?:plein_)?(?:appui|soutien)\b
    """,
    "accepts": r"\b(?:pas_d[’']|aucune_)objection\b \bne_s[’']oppos(?:e|ent|ons)_pas\b",
    "values": r"""
        \b(?:attache|importan\w+|essentiel\w*|nécessaire\w*|indispensable\w*|priorit\w+|crucial\w*|fondamenta\w+|vital\w*|utiles?|engagement\w*|engagés?|déterminé\w*|résolu\w*|convaincu\w*|convict\w+|estim(?:e|ons)|considèr\w+|considér\w+|espér\w+|espèr\w+|espoir|souhait\w+|remerci\w+|fier\w*|réaffirm\w+|réitèr\w+|lutt\w+|combat\w*|contribu\w+)\b \b(?:il_faut|nous_devons|doi(?:t|vent))\b(?!_pas)
    """,
}
