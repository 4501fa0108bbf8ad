"""Words that show kinds of position in English."""

from typing import Final

# Ends of a capitalised subject that is somebody other than the speaker.
# Attitudes and words of saying, which are no deeds.
_NO_DEEDS: Final = (
    r"call|support|condemn|welcom|urg|request|stress|propos|suggest|recommend|reject|oppos|not|hear|listen|learn|wish|hop|believ|express|fail|ask|stat|emphasi|underlin|underscor|insist"
    r"|demand|stand|stood|see|witness|suffer|reiterat|affirm|reaffirm|confirm|agre|disagre|consider|concern|worr|look|expect|want|need|know|think|speak|say|pleas|delight|honou?r|convinc|satisf"
    r"|encourag|invit|appeal|watch|follow|remain|becom|exist|liv|fac|experienc|observ|view|regard|recogni|acknowledg|appreciat|congratulat|thank|regret|deplor|mention|discuss|address(?!ing)|arriv|happen|gather|stay|refer|declar|decid|announc|was|were|had|being|going|getting|com|dream|los|will|doom|suppos|seek|sought|stress|try|warn|point|draw|drew|bless|bound|situated|located|surrounded|affected|hit|struck|threaten|burden|tired|determin|commit|involv|interest|prepar|ready|oblig|forc|united|attach"
)
_OTHERS: Final = (
    r"Nations|Council|Assembly|Secretary-General|Secretariat|Member|Conference|Convention|Protocols?|Committee|Bank|Fund"
    r"|President|Minister|Court|Commission|Organization|Some|Many|Several|Other|Others|Most|They|He|She|This|That|These"
    r"|Those|There|People|Article|Resolution|Delegations?|Speakers|States|Countries|Nobody|No|Who|Which|What|Agency|Charter"
)
PARTS: Final[dict[str, str]] = {
    "name": rf"(?P<subject>(?-i:(?<!\b(?:in|of|to|for|with|from|by|on|against|between|and|at)_(?:the_)?)\b(?:The_(?=\p{{Lu}}))?(?!The\b)\p{{Lu}}[\p{{L}}’'-]+(?:_(?:(?:and|of|the)_)*\p{{Lu}}[\p{{L}}’'-]+){{0,5}})(?<![’']s)(?:(?<=United_States)|(?<!\b(?:{_OTHERS})|(?:tion|ment|ness|ity|logy|ism|ship|tics)s?)))",
    "we": r"(?:\bwe|\b(?:my|our)_(?:own_)?(?:\w+_)?(?:country|delegation|Government|people|nation|region)|\b(?:the|his|her)_(?:new_|present_|(?P<subject>(?-i:\p{Lu}\p{L}+))_)?(?:Group|Forum|Government)(?:_of_<name>)?|<name>)(?:,[^,.;]{1,60},)?",
    "self": r"\b(?:we|I|(?:my|our)_\w+)\b",
    "own": r"(?:\bI|\bit(?=_(?:also|therefore|further|likewise|\p{L}+ly)_)|<we>)",
    "ours": r"\b(?:my|our|its)_(?:\w+_){0,2}?(?:laws?|legislation|code|constitution|parliament|courts?|judges|police|customs|authorit(?:y|ies)|agency|agencies|services|prosecutors?|ministry|army|forces|institutions|strategy|programmes?)",
    "fill": r"(?:,?_(?:\p{L}+ly|also|too|therefore|thus|hence|still|always|(?:once_)?again|once_more|will|would|shall|can|could|must|do|does|did|has|have|had|is|are|am|be|been|remains?|stands?|wish(?:es)?_to|like_to|should_like_to|wants?_to|continues?_to|in_particular|very_much|now|today|all|most|not_only|not|never|for_(?:its|our|my)_part|in_this_(?:context|regard|connection)),?){0,6}",
    "no_deed": rf"(?:{_NO_DEEDS})",
    "others": r"(?:\b(?:international_community|Member_States|all_States|(?:all_)?parties|States_parties|United_Nations|Secretariat|Security_Council|(?:this_|General_)Assembly|Conference|donors?(?:_countries)?|(?:developed|industriali[sz]ed|rich|wealthy|nuclear-armed|nuclear)_(?:countries|nations|States)|others|UN|world_community|rest_of_the_world|(?:the_)?Governments?_of_<name>|States_that(?:_\w+){1,6}?|they)\b)",
}
CUES: Final[dict[str, str]] = {
    # What others said, or was only heard: no position of the speaker up to the end of the clause.
    "others_said": r"""
        \b(?:some|many|other|several|certain|few|most|various|numerous|a_number_of)_(?:of_)?(?:the_|our_)?(?:\w+_){0,2}(?:delegations?|speakers?|States|countries|members?|colleagues|groups|Governments|experts|people|parties)_(?:\w+_){0,2}(?:propos|suggest|support|reject|oppos|argu|call|urg|recommend|believ|think|said|say|claim|mention|spoke|spoken|rais|refer|demand|ask|condemn|welcom|want|have|has)\w*[^,;:.]*
        \b(?:others|some|they)_(?:\w+_){0,2}(?:propos|suggest|support|reject|oppos|argu|recommend|believ|said|say|claim)\w*[^,;:.]*
        \bit_(?:was|has_been|is)_(?:\w+_)?(?:suggested|proposed|argued|said|claimed|feared)\b[^,;:.]*
        \b(?:was|were|ha(?:s|ve)_been)_(?:\w+_)?(?:mentioned|raised|discussed|proposed|suggested)\b[^,;:.]*
        \btak(?:e|es|en|ing)_note\b[^,;:.]* \bnotes?_(?:the|that|with_interest)\b[^,;:.]*
        \b(?:heard|listen(?:s|ed)?)_(?:\w+_){0,3}(?:to|the|that|with)\b[^,;:.]*
        \bfollow(?:s|ed|ing)?_(?:\w+_){0,3}(?:negotiations|discussions|debate|work|developments)\b
        \b(?:Convention|Protocol|resolution|report|article_\w+)_(?:calls|requires|recommends|urges|invites|proposes|supports|condemns)\b[^,;:.]*
    """,
    "abstains": r"""
        \b(?:has|have|takes?|took)_no_(?:\w+_)?position\b \bnot_(?:yet_)?(?:take|taken|have|reached)_(?:a|any)_(?:final_|national_|common_)?(?:position|view)\b
        \breserv(?:e|es)_(?:its|our|my)_position\b
    """,
    "negation": r"\b(?:(?<!\bshould_we_|\bwhy_)not|never|no|cannot|can[’']t|\w+n[’']t|without|neither|nor|unable_to|refus\w+_to|far_from|reluctant_to)\b(?!_(?:only|just|merely|simply|doubt|hesitate|longer)\b|_but\b)",
    "refuses": r"""
        \b(?:cannot|can[’']t|could_not|(?:do|does|did|will|would|shall)_not|not_(?:be_)?able_to|not_in_a_position_to|unable_to|not_prepared_to|not_willing_to|never)_(?:\p{L}+_){0,2}?(?:accept|agree|support|endorse|join|share|favou?r|approve|recogni[sz]e|tolerate|condone|subscribe|go_along|consent|allow|permit)\b
        \b(?:do|does|did)_not_(?:think|believe|consider)\b(?=[^.;]*\b(?:should|must|necessary|needs?|appropriate|useful)\b)
        \bsees?_no_(?:\w+_)?(?:need|reason|merit|value)\b \bno_(?:need|justification|excuse)_for\b
        \bnot_(?:\w+_)?(?:in_favou?r|acceptable|ready_to|convinced|persuaded)\b \bunacceptable\b \binadmissible\b \bintolerable\b \bcan(?:not|_never)_be_(?:\w+_)?(?:accepted|tolerated|justified|condoned|excused)\b \bcannot_be_(?:the|an?|any)\b
        \bthere_can(?:not|_never)_be_(?:an?|any)\b \bno_(?:country|nation|State|one)_(?:wanted|wants|should|may|must|shall)\b
    """,
    "objects": r"""
        <own><fill>_(?:rejects?|oppos(?:es?|ed)|condemn(?:s|ed)?|deplor(?:es?|ed)|denounc(?:es?|ed)|objects?|protests?|refus(?:es?|ed)|disagree[sd]?|regrets?|dissociates?)\b
        \b(?:strongly|firmly|categorically|unequivocally|vigorously)_(?:rejects?|oppos(?:es?|ed)|condemn(?:s|ed)?|deplores?|denounces?|objects?|protests?)\b
        \boppos(?:ing|ed)_(?:to_)?(?:its|the|any|all|such|this|that|these)\b \b(?:deep|grave|great)_(?:disappointment|regret|indignation)\b
        \band_(?:also_|\p{L}+ly_)?(?:rejects?|opposes?|condemns?|deplores?|denounces?)_(?<=<self>[^.;]{0,200}) \bfirmly_condemned\b \b(?:stands?|standing|remains?)_(?:firmly_)?against\b \bwarns?_against\b
        \b(?:voic|express|convey|reiterat|register|shar)\w*_(?:\p{L}+_){0,3}?(?:concerns?|indignation|anger|outrage|dismay|alarm|condemnation|opposition|rejection|disapproval|protest)\b
        \b(?:calls?|calling|called|demand(?:s|ed|ing)?|appeals?|urg(?:es?|ing)|requests?)_(?:\p{L}+_){0,5}?(?:for_)?(?:the_|an_)?(?:\p{L}+_|and_){0,4}?(?:(?:end|termination|cessation|halt|withdrawal|removal|abolition)_(?:of|to|from|in)\b|lifting\b|ending\b)
        \b(?:is|are|constitutes?|was|were)_(?:\w+_)?(?:an?_)?(?:\w+_)?(?:breach|violation|infringement|affront)s?_(?:of|to)\b \bcontrary_to\b \bviolates?\b
        \b(?:is|are)_(?:illegal|unlawful|unjust|unfair|unjustifi\w+)\b \b(?:illegal|unlawful|unjust|unfair|selfish|discriminatory|arbitrary)_(?:\p{L}+_){0,2}(?:sanctions?|measures?|embargo|blockade|nationalism|conduct|practices?|actions?|occupation)\b
    """,
    "forbids": r"""
        \b(?:must|should|shall|may|ought_to|could)_(?:not|never)_(?!(?:only|lessen|weaken|relax|diminish|abandon|neglect|turn|remain|stand|spare|allow_ourselves|forget|lose_sight|underestimate|overlook|ignore|hesitate|fail|stop|rest|be_forgotten|be_overlooked|be_ignored|be_underestimated)\b)(?:\p{L}+ly_)?(?:be_)?\p{L}+
        \b(?:must|should)_(?:immediately_|also_|now_)?(?:stop|end|cease)\b(?!_\w+ing) \b(?:must|should)_be_(?:\w+_)?(?:eliminated|eradicated|ended|abandoned|stopped|lifted|withdrawn|rejected|condemned|punished|held_accountable|brought_to_justice)\b
    """,
    "harm": r"""
        \b(?:threat(?:s|en\w*)?|scourges?|menac\w+|evils?|plagu\w+|dangers?|dangerous\w*|endanger\w*|hazard\w*|jeopardi[sz]\w+|undermin\w+|imperil\w*|hamper\w*|hinder\w*|imped\w+|obstacles?|exacerbat\w+|aggravat\w+|worsen\w*|deteriorat\w+|erod\w+|fuel(?:s|led|ling)_(?:\w+_)?conflicts?|harm(?:s|ed|ful)?|damag(?:e|es|ed|ing)|devastat\w+|destroy\w*|destabili[sz]\w+|havoc)\b
        \b(?:horrendous|reprehensible|abhorrent|barbaric|heinous|odious|savage|inhuman\w*|atroci\w+|cruel\w*|brutal\w*|shameful|outrag\w+|deplorabl\w+|regrettabl\w+|regrets?|lamentabl\w+|tragic\w*|traged\w+|catastroph\w+|disastrous|disturb\w+|distress\w*|alarm\w*|worr(?:y|ying|isome|ies|ied)|troubl(?:ed|ing)|dismay\w*|appall\w+|shock\w+|ugly|intolerable|crimes?_against)\b
        \b(?:vicious|onslaughts?|(?<!non-)aggression|falsehoods?|baseless|unfounded|aggressors?|attack(?:s|ed)?|invasion|invaded|violat\w+|abus(?:es?|ed)|oppress\w+|repress\w+|unprovoked|deadly|deadliest|risks?|burden\w*|victims?|cris[ie]s|suffer\w*|plight|depriv\w+|terror|persecut\w+|ineffective|cripp\w+|corrupting|pain\w*|hunger|loss(?:es)?|massacres?|genocide|extinction|vulnerab\w+|challenges?)\b
        \b(?:unjust\w*|unfair\w*|unequal|unbalanced|biased|one-sided|discriminat\w+|selfish\w*|hypocri\w+|double_standards?|injustice|inequit\w+|arbitrar\w+|illegitimate|stigma\w*|obsolete|outdated|paralysed|paralyzed|impotent|emasculated|hoard\w+|neglect\w*|marginali[sz]\w+|disappoint\w+|fail(?:s|ed|ures?)|failing|mistakes?|misguided|shortcomings)\b
        \b(?:serious|grave|deep|great|main|major|profound|growing)_(?:and_\w+_)?(?:concerns?|anxiety|problem|sadness)\b \b(?:is|are|remains?|am)_(?:\p{L}+_)?concerned\b(?!,) \bof_(?:\w+_)?concern_to\b \b(?:formidable|daunting|serious|major|grave)_challenges?\b
        \b(?:adverse|negative|deleterious|serious)_(?:\w+_)?(?:effects?|impacts?|consequences?|repercussions|implications)\b \bhow_(?:can|do|could)_we\b \bdoomed\b \bworse\b \b(?:reduces?|destroys?)_(?:\w+_)?opportunit\w+\b
    """,
    "condition": r"""
        \bprovided_(?:always_)?that\b \bproviding_that\b \bon_(?:the_)?condition(?:s)?_(?:that|of)\b \bonly_(?:if|when|after|where|once)\b \bunless\b \bon_the_understanding_that\b \binasmuch_as\b
        \bsubject_to_(?:the_|its_|our_|their_|certain_|a_|an_)?(?:\w+_)?(?:conditions?|consent|approval|decisions?|agreement|reservations?|laws?|legislation|ratification|availability|understanding|following)\b
        \bwithout_(?:the_|its_|their_|an_)?(?:\w+_)?(?:consent|agreement|approval|invitation|authori[sz]ation)\b \bconditional_(?:up)?on\b \battach\w*_(?:\w+_)?conditions?\b \b(?:support|consent|acceptance|agreement|position|decision|participation|success)_(?:\p{L}+_){0,4}depends?_(?:up)?on\b \bcontingent_(?:up)?on\b \bif_(?:that|this|these|those|it|they)_(?:\w+_)?(?:is|are|was|were)\b(?=[^.]*\b(?:would|could|can|will)\b)
    """,
    "limit": r"""
        \b(?:as|so)_long_as\b \bin_(?:accordance|conformity|compliance|line)_with_(?:our|its|their|domestic|national|the_domestic|the_national)_(?:\w+_)?(?:law|laws|legislation|constitution)\b \bwithin_the_limits_of\b
        \bto_the_extent_(?:that|permitted|possible)\b \bif_and_when\b \bwithout_prejudice_to\b \bwith_due_respect_for\b
    """,
    "proposes": r"""
        <own><fill>_(?:propos(?:es?|ed)|suggest(?:s|ed)?|recommend(?:s|ed)?|put_forward|submits?_(?:a|the)_(?:draft|proposal))\b
        \b(?:wish|wishes|like|want|wants|venture)_to_(?:propose|suggest|recommend|put_forward)\b \bwould_(?:therefore_)?(?:propose|suggest|recommend)\b \b(?:our|my)_(?:proposal|suggestion|recommendation)s?\b
        <own><fill>_calls?_for_(?:the_(?:adoption|establishment|creation|conclusion|negotiation|convening|elaboration|reform|cancellation|expansion|enlargement)|\w+_permanent)\b \b(?:also_)?calls?_for_an?_(?:\w+_){0,7}?(?:treaty|convention|conference|mechanism|fund|protocol|instrument)\b
        \bshould_we_not_\p{L}+ \bwhy_(?:do_we_)?not_(?:establish|create)\b \b(?:submit|introduc|present|tabl|prepar|sponsor)\w*_(?:\p{L}+,?_){0,8}a_(?:new_)?draft_resolution\b
    """,
    "should_be": r"""
        \b(?:should|must|ought_to|could|need_to|needs_to)_(?:\p{L}+_)?be_(?:\p{L}+_)?(?:established|created|set_up|reformed|expanded|enlarged|convened|negotiated|developed|adopted|included|amended|improved|increased|strengthened|granted|given|reviewed|revised|allocated|targeted|introduced|extended|concluded|shared|based|replaced|abolished|drafted|elaborated|provided|devised)\b
        \bmust_(?:therefore_)?be_(?:\w+_)?targeted\b \bthere_(?:should|must)_be\b \ban_important_step_would_be\b \bit_would_be_(?:useful|good|desirable|appropriate|better|wise|advisable)\b \bwould_be_(?:useful|desirable|advisable)_to\b
        \bshould_(?:finally_|also_)?(?:take_(?:its|their)|adopt|cover|include|become|establish|create)\b \b(?:must|need_to|have_to)_(?:\p{L}+_)?(?:append|add|establish|create|convene|negotiate|set_up|devise|conclude|replace|reform|restructure|rethink|revise|amend|introduce)\b \bproposed_(?:convention|treaty|protocol|fund|mechanism)\b
    """,
    "asks": r"""
        <own><fill>_(?:call(?:s|ed)?_(?:up)?on|urg(?:es?|ed)(?!_for\b)|appeal(?:s|ed)?_to|invit(?:es?|ed)|(?:just_)?request(?:s|ed)?|ask(?:s|ed)?_(?:that|the|all|for)|demand(?:s|ed)?|exhort(?:s|ed)?|implor(?:es?|ed)|entreats?|encourag(?:es?|ed)_(?:the|all|other|others|those|every|States|parties|Governments|donors|countries|Member|both|our|<name>)|expects?_(?:the|all|others))\b
        \bcall(?:s|ed|ing)?_(?:up)?on\b \bcalls?_for_(?:the_)?(?-i:\p{Lu}\p{L}+)(?:_(?-i:\p{Lu}\p{L}+)){0,4}_to\b \band_(?:also_|\p{L}+ly_)?(?:urges?|invites?|encourages?|requests?)_(?<=<self>[^.;]{0,200}) (?:\bwe_(?:\p{L}+ly_)?)?\b(?:ma[dk]e|makes|launch(?:ed|es)?|address(?:ed|es)?|issued?)_(?:\p{L}+_){0,8}?an_(?:\p{L}+_)?appeal\b \bin_(?:urging|calling_(?:up)?on|inviting|asking|requesting)_ \band_(?:\p{L}+ly_)?(?:invites|urges|encourages|requests)_(?=the|all|other|States|Member|Governments|donors|countries|parties) <own><fill>_(?:solicits?|seeks?)_(?:\w+_)?(?:cooperation|assistance|support|help)\b \bwould_like_this_Assembly_to\b \breiterates?_(?:its|the|our|my)_(?:call|appeal|request)\b \bI_urge\b
        \b(?:count|counts|rely|relies)_on_the_(?:\w+_){0,4}(?:international_community|donors)\b
    """,
    "duty_of_others": r"""
        <others>(?:_as_a_whole)?_(?:must|should|needs?_to|ha(?:s|ve)_(?:a_duty|an_obligation|a_responsibility|the_duty|to)|ought_to)\b(?!_(?:not|never)\b(?!_(?:lessen|weaken|relax|diminish|abandon|neglect|turn|remain|stand|forget|ignore|overlook|fail)\b)) \b(?:time|necessary|essential|imperative|important|urgent|appropriate|timely|crucial|vital)_(?:that|for)_(?:the_|all_)?<others> \bit_(?:behooves|behoves|is_incumbent_(?:up)?on|is_up_to)\b \bby_the_(?:\w+_)?international_community\b
        \b(?:need|require)s?_(?:\p{L}+_){0,6}?(?:support|assistance|help|cooperation|response|commitment|action)_(?:of|from|by)_(?:the_|our_|all_|its_)?(?:\p{L}+_)?(?:<others>|(?:development_|international_)?partners)
        \burgent_that_the_international_community\b \b(?:responsibility|duty|task|obligation)_of_(?:the_|all_)?<others>
    """,
    "acted": r"""
        <we>_(?:has|have)_(?:\p{L}+ly_|also_|since_|thus_|already_|just_|now_|always_|not_only_)*(?:been_(?!<no_deed>)\p{L}+ing|(?!<no_deed>|always|been|made_(?:evident|clear))(?:\p{L}+ed|made|taken|set|built|begun|brought|given|put|held|undertaken|spent|sent|cut|led|done|striven)\b)
        <we>(?:,?_(?:also|recently|already|therefore|thus|then|\p{L}+ly|first|since),?)*_(?!<no_deed>)(?:\p{L}{3,}ed|set_up|took|built|gave|held|began|undertook|spent|sent|cut|led|drew_up|put)\b
        <we>_(?:is|are)_(?:\p{L}+ly_|also_|now_|still_)*(?!<no_deed>)\p{L}{3,}ing\b
        <we>(?:_(?:also|now|\p{L}+ly|continues?_to))*_(?:hosts?|spends?|participates?|implements?|trains?|operates?|provides?|offers?|contributes?|meets?|sends?|maintains?|devotes?|allocates?)\b
        \b(?:pleased|glad|proud|happy|honou?red|gratified|able)_to_(?:be_able_to_)?(?:report|inform|announce|highlight|state)\b \b(?:my|our)_(?:\p{L}+[’']s_)?(?:\p{L}+_)?(?:ratification|accession|adoption)\b \bfirst_(?:State|country|nation)s?_to_(?:ratify|sign|accede|adopt|join|abolish)\b
        <ours>_(?:\p{L}+ly_)?(?:punish(?:es)?|provid(?:es|ed)|prohibit(?:s|ed)?|criminali[sz]e[sd]?|requir(?:es|ed)|permits?|allows?|may|adopted|enacted|dismantled|seized|arrested|convicted|investigated|dealt|handled|entered_into_force|produces?)\b
        <ours>(?:_\w+){0,12}?,?_has_been_in_force\b <ours>(?:_\w+){0,10}?,_which_gives_effect\b
        \b(?:is|are)_(?:also_)?(?:a_)?(?:States?_)?party_to\b \b(?:will_be|are|is|am)_(?:signing|depositing|ratifying)\b \bha(?:s|ve)_taken_appropriate_measures\b \b(?:made|making)_(?:great|good|considerable|significant|relentless)_(?:strides|progress|efforts)\b
        \bmy_Government_concluded\b \b(?:is|are)_(?:also_)?preparing_to\b \bhas_devoted_itself\b \b(?:has|have)_(?:also_)?assumed_responsibilit\w+\b \b(?:my|our)_country[’']s_(?:process_of_)?ratification\b \bmy_(?:country|Government)[’']s_(?:\w+_)?(?:efforts|contributions?)\b
    """,
    "was_done": r"""
        \b(?:was|were|ha(?:s|ve)_(?:\w+_)?been)_(?:\p{L}+ly_)?(?:established|adopted|set_up|created|enacted|restored|launched|introduced|signed|ratified|opened|inaugurated|promulgated|amended)\b(?!_by_(?!my|our|us)) \b(?:it|which)_has_(?:\p{L}+ly_)?(?:striven|taken|adopted|ratified|established|introduced)\b \bour_(?!(?:collective|joint|common|shared)_)(?:\w+_)?efforts\b
        \bin_(?:19|20)\d\d,?_(?:we|my_country)\b
    """,
    "supports": r"""
        <own><fill>_(?:support(?:s|ed)?|welcom(?:es?|ed)|endors(?:es?|ed)|favou?rs?|advocat(?:es?|ed)|applauds?|commends?|agrees?|approves?|embraces?|upholds?|subscribes?_to|shares?_(?:the|this|that)|accepts?|pledg(?:es?|ed)|backs?|joins?_(?:the_)?(?:consensus|others|efforts)|aligns?|associates?|celebrates?(?!_(?:the|this|our)_(?:\w+_)?anniversary)|values_(?:the|this|our)|values?_highly)\b \bwhich_we_(?:\p{L}+ly_)?(?:encourage|support|welcome|endorse)\b <own><fill>_calls?_for_\p{L}+
        \bin_favou?r_of\b \b(?:full|strong|firm|continued|unwavering|our|its|my|\w+[’']s)_support_(?:for|to)\b \badvocates?_of\b <own><fill>_(?:ready|prepared|willing|stood_for|stands?_for|welcome)\b \bstands?_ready\b \breadiness_to\b
        <own>_(?:\w+_)?look(?:s)?_forward_to\b \bfully_(?:\w+_)?(?:support\w*|reflects?_our|share|endorse|agree)\b <own>_(?:therefore_|\p{L}+ly_)?(?:will|shall|would)_(?:\w+_)?(?:support|join|welcome|continue)\b \bjoin_others\b \bpositive_development\b \b(?:in|by|while)_(?:welcoming|supporting|endorsing)\b \b(?:voic|express|offer|extend|assur|lend|give|pledg|reaffirm|convey)\w*_(?:\p{L}+_){0,5}?(?:support|solidarity|backing|assistance)\b \band_(?:also_|\p{L}+ly_)?(?:supports|welcomes|endorses|commends)_(?=the|all|that|this|any|such|efforts|its|a)\b \band_(?:also_|\p{L}+ly_)?(?:supports?|welcomes?|endorses?|commends?|favou?rs?)_(?<=<self>[^.;]{0,200})
    """,
    "accepts": r"\bno_objections?\b \bnothing_against\b",
    "commits": r"""
        \b(?:(?:is|are|am|be|been|remains?|stands?|fully|firmly|strongly|deeply|resolutely)_committed|commitments?|determined|determination|pledges?|attach(?:es)?_(?:\w+_)?(?:importance|value|priority)|reaffirms?|reiterates?|advoca\w+|priorit\w+|intends?_to|aims?_to|looks?_forward|(?:firm|consistent|principled|long-standing)_(?:stance|position|stand)|holds?_the_view)\b <own>_(?:\w+_)?(?:will|shall)_(?:also_|\p{L}+ly_)?(?!not\b|never\b|be_(?:able|remembered)|have\b|see\b|recall\b|need\b|face\b|suffer\b|say\b|speak\b|mention\b|lose\b|die\b|fail\b)\p{L}+
        \b(?:very|utmost|particular|critical|great|vital|especially)_(?:\w+_)?(?:important|importance|priority)\b
    """,
    "values": r"""
        \b(?:important(?!_to_(?:remember|recall|note))|importance|essential|vital|crucial|imperative|indispensable|critical|valuable|useful|fundamental|necessary(?!_\p{L}+s\b)|prospects?|instrumental|deserves?|irreplaceable|historic|heroes|success\w*|breakthrough|milestone|achievements?|step_forward|right_(?:decision|path|direction|ones?)|key|foundation|win-win|solidarity|cornerstone|pillars?|helps?|strengthens?|welcome|promising|positive|progress|beneficial)\b
        \b(?:convinced|conviction|confident|optimistic|proud|pleased|heartened|encouraged|satisf\w+|gratif\w+|delighted|hope[sd]?|hopeful|trusts?|believes?|thank|thanks|grateful|appreciat\w+|congratulat\w+|pays?_tribute|promot(?:es?|ed|ing)|intention|will_continue)\b
        \b(?:we|all|humanity)_(?:\w+_)?(?:must|should|need_to|have_to|need)\b(?!_(?:not|never)\b) \bneeds?_(?:\w+_)?(?:better|more|greater|stronger)\b \blet_us\b \bit_is_time\b \b(?:must|should)_be_(?:\w+_)?(?:fought|combated|upheld|respected|protected|ensured|guaranteed|maintained|supported|welcomed|addressed|tackled|taken_into_account)\b \b(?:concrete|realistic|major_step)\b
        \bmuch_more_effective\b \b(?:is|are)_of_(?:\w+_)?(?:importance|interest)\b \bno_doubt\b \bcontribut\w+_to_(?!\w+_(?:crime|conflict|terror))\b
    """,
}
