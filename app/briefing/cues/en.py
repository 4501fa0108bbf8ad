"""Words that show kinds of position in English."""

from typing import Final

# Ends of a capitalised subject that is somebody other than the speaker.
_OTHERS: Final = (
    r"Nations|Council|Assembly|Secretary-General|Secretariat|Member|Conference|Convention|Protocols?|Committee|Bank|Fund"
    r"|President|Minister|Court|Commission|Organization|Some|Many|Several|Other|Others|Most|They|He|She|This|That|These"
    r"|Those|There|People|Article|Resolution|Delegations?|Speakers|States|Countries|Nobody|No|Who|Which|What|Agency|Charter"
)
PARTS: Final[dict[str, str]] = {
    "name": rf"(?-i:\b(?:The_)?\p{{Lu}}[\p{{L}}’'-]+(?:_(?:(?:and|of|the)_)*\p{{Lu}}[\p{{L}}’'-]+){{0,5}})(?:(?<=United_States)|(?<!\b(?:{_OTHERS})))",
    "own": r"(?:\bwe|\bI|\b(?:my|our)_(?:own_)?(?:\w+_)?(?:country|delegation|Government|people|nation|region)|\bthe_(?:new_|present_)?(?:Group|Forum|Government)(?:_of_<name>)?|<name>|\band)",
    "ours": r"(?:\b(?:my|our)_(?:\w+_){0,3}\w+|\bits_(?:national_)?(?:law|legislation|parliament|courts|police|Constitution))",
    "fill": r"(?:,?_(?:\p{L}+ly|also|too|therefore|thus|hence|still|always|(?:once_)?again|once_more|will|would|shall|can|could|must|do|does|did|has|have|had|is|are|am|be|been|remains?|stands?|wish(?:es)?_to|(?:should|would)_like_to|wants?_to|continues?_to|in_particular|very_much|now|today|all|most|not_only|not|never|for_(?:its|our|my)_part|in_this_(?:context|regard|connection)),?){0,6}",
    "others": r"(?:\b(?:international_community|Member_States|all_States|(?:all_)?parties|States_parties|United_Nations|Secretariat|Security_Council|(?:this_|General_)Assembly|Conference|donors?(?:_countries)?|(?:developed|industriali[sz]ed|rich|wealthy|nuclear-armed|nuclear)_(?:countries|nations|States)|others|(?:the_)?Governments?_of_<name>|States_that(?:_\w+){1,6}?|they)\b)",
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
    "negation": r"\b(?:not|never|no|cannot|can[’']t|\w+n[’']t|without|neither|nor|unable_to|refus\w+_to|far_from|reluctant_to)\b(?!_(?:only|just|merely|simply|doubt|hesitate|longer)\b|_but\b)",
    "refuses": r"""
        \b(?:cannot|can[’']t|could_not|(?:do|does|did|will|would|shall)_not|not_(?:be_)?able_to|not_in_a_position_to|unable_to|not_prepared_to|not_willing_to|never)_(?:\p{L}+_){0,2}?(?:accept|agree|support|endorse|join|share|favou?r|approve|recogni[sz]e|tolerate|condone|subscribe|go_along|consent|allow|permit)\b
        \b(?:do|does|did)_not_(?:think|believe|consider)\b(?=[^.;]*\b(?:should|must|necessary|needs?|appropriate|useful)\b)
        \bsees?_no_(?:\w+_)?(?:need|reason|merit|value)\b \bno_(?:need|justification|excuse)_for\b
        \bnot_(?:\w+_)?(?:in_favou?r|acceptable|ready_to|convinced|persuaded)\b \bunacceptable\b \binadmissible\b \bintolerable\b \bcannot_be_(?:\w+_)?(?:accepted|tolerated|justified|a_substitute)\b
        \b(?:there_)?can(?:not|_never)_be_(?:an?|any)\b \bno_(?:country|nation|State|one)_(?:wanted|wants|should|may|must|shall)\b
    """,
    "objects": r"""
        <own><fill>_(?:rejects?|oppos(?:es?|ed)|condemn(?:s|ed)?|deplor(?:es?|ed)|denounc(?:es?|ed)|objects?|protests?|refus(?:es?|ed)|disagree[sd]?|regrets?|dissociates?)\b
        \b(?:strongly|firmly|categorically|unequivocally|vigorously)_(?:rejects?|oppos(?:es?|ed)|condemn(?:s|ed)?|deplores?|denounces?|objects?|protests?)\b
        \boppos(?:ing|ed)_(?:to_)?(?:its|the|any|all|such|this)\b \b(?:deep|grave|great)_(?:disappointment|regret|indignation)\b
        \bfirmly_condemned\b \b(?:stands?|standing|remains?)_(?:firmly_)?against\b \bwarns?_against\b
        \b(?:is|are|constitutes?|was|were)_(?:\w+_)?(?:an?_)?(?:\w+_)?(?:breach|violation|infringement|affront)s?_(?:of|to)\b \bcontrary_to\b \bviolates?\b
        \b(?:is|are)_(?:illegal|unlawful|unjust|unfair|unjustifi\w+)\b \b(?:illegal|unlawful|unjust|unfair|selfish|discriminatory|arbitrary)_(?:\p{L}+_){0,2}(?:sanctions?|measures?|embargo|blockade|nationalism|conduct|practices?|actions?|occupation)\b
    """,
    "forbids": r"""
        \b(?:must|should|shall|may|ought_to|could)_(?:not|never)_(?!(?:only|forget|lose_sight|underestimate|overlook|ignore|hesitate|fail|stop|rest|be_forgotten|be_overlooked|be_ignored|be_underestimated)\b)(?:\p{L}+ly_)?(?:be_)?\p{L}+
        \bmust_be_(?:eliminated|ended|abandoned|stopped|lifted|withdrawn|rejected)\b \b(?:ban|prohibition)_on\b
    """,
    "harm": r"""
        \b(?:threat(?:s|en\w*)?|scourges?|menaces?|evils?|plagues?|dangers?|dangerous|horrendous|reprehensible|abhorrent|barbaric|heinous|crimes?_against|inhuman\w*|atrocit\w+|devastat\w+|destroy\w*|deteriorat\w+)\b
        \b(?:serious|grave|deep|great|main|major|profound|growing)_(?:and_\w+_)?(?:concerns?|anxiety|worry|worries|problem|sadness)\b \b(?:is|are|remains?|am)_(?:\w+_)?(?:concerned|alarmed|worried|disturbed|dismayed|appalled|troubled)\b
        \b(?:formidable|daunting|serious)_challenges?\b \b(?:adverse|negative|harmful|tragic|disastrous|catastrophic|deleterious)_(?:\w+_)?(?:effects?|impacts?|consequences?|repercussions)\b
        \b(?:outdated|emasculated|paralysed|paralyzed|hoarded|obsolete|dominated_by|impotent)\b \bdisappoint\w+\b \bfail(?:s|ed|ure)?_to\b \bhow_can_we\b \bhow_do_we_ask\b \bdoomed\b \bworst\b
        \bmak(?:es?|ing)_\w+_(?:and_\w+_)?(?:\w+_)?conditions_worse\b
    """,
    "condition": r"""
        \bprovided_(?:always_)?that\b \bproviding_that\b \bon_(?:the_)?condition(?:s)?_(?:that|of)\b \bonly_(?:if|when|after|where|once)\b \bunless\b \bon_the_understanding_that\b \binasmuch_as\b
        \bsubject_to_(?:the_|its_|our_|their_|certain_|a_|an_)?(?:\w+_)?(?:conditions?|consent|approval|decisions?|agreement|reservations?|laws?|legislation|ratification|availability|understanding|following)\b
        \bwithout_(?:the_|its_|their_|an_)?(?:\w+_)?(?:consent|agreement|approval|invitation|authori[sz]ation)\b \bconditional_(?:up)?on\b \battach\w*_(?:\w+_)?conditions?\b \bdepends?_on\b \bcontingent_(?:up)?on\b \bif_(?:that|this|these|those|it|they)_(?:\w+_)?(?:is|are|was|were)\b(?=[^.]*\b(?:would|could|can|will)\b)
    """,
    "limit": r"""
        \b(?:as|so)_long_as\b \bin_(?:accordance|conformity|compliance|line)_with_(?:our|its|their|domestic|national|the_domestic|the_national)_(?:\w+_)?(?:law|laws|legislation|constitution)\b \bwithin_the_limits_of\b
        \bto_the_extent_(?:that|permitted|possible)\b \bif_and_when\b \bwithout_prejudice_to\b \bwith_due_respect_for\b
    """,
    "proposes": r"""
        <own><fill>_(?:propos(?:es?|ed)|suggest(?:s|ed)?|recommend(?:s|ed)?|put_forward|submits?_(?:a|the)_(?:draft|proposal))\b
        \b(?:wish|wishes|like|want|wants|venture)_to_(?:propose|suggest|recommend|put_forward)\b \bwould_(?:therefore_)?(?:propose|suggest|recommend)\b \b(?:our|my)_(?:proposal|suggestion|recommendation)s?\b
        <own><fill>_calls?_for_(?:an?|the_(?:adoption|establishment|creation|conclusion|negotiation|convening|elaboration)|\w+_permanent)\b \b(?:also_)?calls?_for_an?_(?:\w+_){0,4}(?:treaty|convention|conference|mechanism|fund|protocol|instrument)\b
        \bshould_we_not\b \bwhy_(?:do_we_)?not_(?:establish|create)\b \bsubmit_(?:\p{L}+,?_){0,6}a_draft_resolution\b
    """,
    "should_be": r"""
        \b(?:should|must|ought_to|could|need_to|needs_to)_(?:\p{L}+_)?be_(?:\p{L}+_)?(?:established|created|set_up|reformed|expanded|enlarged|convened|negotiated|developed|adopted|included|amended|improved|increased|strengthened|granted|given|reviewed|revised|allocated|targeted|introduced|extended|concluded|shared|based|replaced|abolished|drafted|elaborated|provided|devised)\b
        \bmust_(?:therefore_)?be_(?:\w+_)?targeted\b \bthere_(?:should|must)_be\b \ban_important_step_would_be\b \bit_would_be_(?:useful|good|desirable|appropriate|better|wise|advisable)\b \bwould_be_(?:useful|desirable|advisable)_to\b
        \bshould_(?:finally_|also_)?(?:take_(?:its|their)|adopt|cover|include|become|establish|create|have)\b \bproposed_(?:convention|treaty|protocol|fund|mechanism)\b
    """,
    "asks": r"""
        <own><fill>_(?:call(?:s|ed)?_(?:up)?on|urg(?:es?|ed)|appeal(?:s|ed)?_to|invit(?:es?|ed)|request(?:s|ed)?|ask(?:s|ed)?_(?:that|the|all|for)|demand(?:s|ed)?|exhort(?:s|ed)?|implor(?:es?|ed)|entreats?|encourag(?:es?|ed)|expects?_(?:the|all|others))\b
        \bcall(?:s|ed|ing)?_(?:up)?on\b \bcalls?_for_(?:the_)?<name>_to\b \bmake_an_appeal\b \blaunch_an_appeal\b \bwould_like_this_Assembly_to\b \breiterates?_(?:its|the|our|my)_(?:call|appeal|request)\b \bI_urge\b
        \b(?:count|counts|rely|relies)_on_the_(?:\w+_){0,4}(?:international_community|donors)\b
    """,
    "duty_of_others": r"""
        <others>(?:_as_a_whole)?_(?:must|should|needs?_to|ha(?:s|ve)_(?:a_duty|an_obligation|a_responsibility|the_duty|to)|ought_to)\b(?!_(?:not|never)\b) \bit_(?:behooves|behoves|is_incumbent_(?:up)?on|is_up_to)\b \bby_the_(?:\w+_)?international_community\b
        \burgent_that_the_international_community\b \bresponsibility_of_the_international_community\b
    """,
    "acted": r"""
        <own><fill>_(?:has|have)_(?:\p{L}+ly_|also_|since_|thus_|already_|just_|now_|not_only_)*(?:been_(?:working|making|taking|implementing)|(?!(?:called|always|been|supported|condemned|welcomed|urged|stressed|proposed|rejected|noted|heard|listened|learned|wished|hoped|believed|expressed|reached|failed|opposed|asked|stated|emphasized|consistently)\b)(?:\p{L}+ed|made|taken|set|built|begun|brought|given|put|held|undertaken|spent|sent|cut|led|shown|done|become)\b)
        <own>(?:_(?:also|recently|already|\p{L}+ly|first|then))*_(?:ratified|signed|adopted|established|enacted|acceded|joined|introduced|launched|created|set_up|approved|concluded|hosted|organi[sz]ed|trained|immobili[sz]ed|seized|increased|reduced|dismantled|implemented|opened|trained|conducted|deployed|abolished|amended|contributed|managed_to|speeded_up|answered|accepted|passed|provided|built)\b
        <own>_(?:is|are)_(?:\p{L}+ly_|also_|now_|still_)*(?:making|working|taking|building|creating|cleaning|strengthening|dedicating|implementing|developing|preparing|carrying|conducting|hosting|undertaking|pursuing|setting|training|investing|reforming|establishing|providing|drafting)\b
        <own>(?:_(?:also|now|\p{L}+ly))*_(?:hosts?|spends?|participates?_in|implements?|trains?|operates?)\b
        <ours>_(?:\w+_){0,2}(?:punish(?:es)?|provid(?:es|ed)|prohibit(?:s|ed)?|criminali[sz]e[sd]?|requir(?:es|ed)|permits?|allows?|may|adopted|enacted|dismantled|seized|arrested|convicted|investigated|dealt|handled|entered_into_force)\b
        \b(?:our|my_country[’']s|national)_(?:law|legislation|Penal_Code|Criminal_Code|Constitution)\b(?!_(?:must|should))[^.;]*?\b(?:provides|punishes|gives_effect|has_been_in_force|prohibits|entered_into_force)\b
        \b(?:is|are)_(?:also_)?(?:a_)?(?:States?_)?party_to\b \bI_will_be_signing\b \bha(?:s|ve)_taken_appropriate_measures\b \b(?:made|making)_(?:great|good|considerable|significant|relentless)_(?:strides|progress|efforts)\b
        \bmy_Government_concluded\b \b(?:is|are)_(?:also_)?preparing_to\b \bhas_devoted_itself\b \b(?:has|have)_(?:also_)?assumed_responsibilit\w+\b
    """,
    "was_done": r"""
        \b(?:was|were|ha(?:s|ve)_(?:\w+_)?been)_(?:\p{L}+ly_)?(?:established|adopted|set_up|created|enacted|restored|launched|introduced|signed|ratified|opened|inaugurated|promulgated|amended)\b \b(?:my|our)_(?:country|Government)[’']s_efforts\b
        \bin_(?:19|20)\d\d,?_(?:we|my_country)\b
    """,
    "supports": r"""
        <own><fill>_(?:support(?:s|ed)?|welcom(?:es?|ed)|endors(?:es?|ed)|favou?rs?|advocat(?:es?|ed)|applauds?|commends?|agrees?|approves?|embraces?|upholds?|subscribes?_to|shares?_(?:the|this|that)|accepts?|pledg(?:es?|ed)|backs?|joins?|aligns?|associates?)\b
        \bin_favou?r_of\b \b(?:full|strong|firm|continued|unwavering|our|its|my|\w+[’']s)_support_(?:for|to)\b \badvocates?_of\b <own><fill>_(?:ready|prepared|willing|stood_for|stands?_for|welcome)\b \bstands?_ready\b \breadiness_to\b
        <own>_(?:\w+_)?look(?:s)?_forward_to\b \bfully_(?:\w+_)?(?:support\w*|reflects?_our|share|endorse|agree)\b <own>_(?:therefore_|\p{L}+ly_)?(?:will|shall|would)_(?:\w+_)?(?:support|join|welcome|continue)\b \bjoin_others\b \bpositive_development\b
    """,
    "accepts": r"\bno_objections?\b \bnothing_against\b",
    "values": r"""
        \b(?:important|importance|essential|vital|crucial|imperative|indispensable|priorit\w+|critical|valuable|useful|fundamental|necessary|instrumental|deserves?|irreplaceable)\b
        \b(?:commit(?:ted|ment|s)|determin(?:ed|ation)|convinced|conviction|confident|optimistic|proud|pleased|heartened|encouraged|satisf\w+|gratif\w+|delighted|hope[sd]?|hopeful|trusts?|believes?|reaffirms?|reiterates?|advoca\w+|thank|thanks|grateful|appreciat\w+|congratulat\w+|pays?_tribute|attach(?:es)?|promot(?:es?|ed|ing)|intends?|intention|aims?|will_continue|look_forward)\b
        \b(?:we|all|humanity)_(?:\w+_)?(?:must|should|need_to|have_to)\b(?!_(?:not|never)\b) \blet_us\b \bit_is_time\b \b(?:must|should)_be_(?:\w+_)?(?:fought|combated|upheld|respected|protected|ensured|guaranteed|maintained|supported|welcomed|addressed|tackled)\b \bholds?_the_view\b \b(?:readiness|concrete|realistic|major_step)\b
        \b(?:fight|fights|fighting|combat|combating|tackl\w+|struggle)_(?:against_)?\b \bmuch_more_effective\b \b(?:is|are)_of_(?:\w+_)?(?:importance|interest)\b \bno_doubt\b \bcontribut\w+_to\b
    """,
}
