"""Whether a sentence offers help instead of asking for it: "I could drive someone" leads to volunteering. Pure."""

import re

_WOULD = (
    r"(?:i (?:also |really |just |now )?(?:could|can|would|will|d|am able to|am happy to|wouldnt mind|dont mind|want to|fancy|love to|like to)|"
    r"id|ill|"
    r"(?:and|but) (?:could|can|would|will)|(?:here|teacher|nurse|clerk|joiner|officer|hairdresser|driver|listener|now|retired \w+),? (?:could|would|will)|"
    r"(?:would|could|can|happily|gladly|glad to|happy to|willing to|keen to|able to|free to|like to|love to))"
)
_HELPS = (
    r"(?:driv\w+|giv\w+|visit\w*|sit|cook\w*|walk\w*|teach\w*|offer\w*|take|taking|help\w*|lend\w*|fix\w*|mend\w*|mow\w*|pop|befriend\w*|read|run|ring|"
    r"phone|listen\w*|pick up|keep|spare|do|be|cut|deliver\w*|make|bak\w+|play\w*|show|drop|fetch\w*|support\w*|volunteer\w*|look after|meet|chat|have|push|iron)"
)
_OTHERS = (
    r"(?:someone|somebody|someones|somebodys|people|anyone|anyones|anybody|folk|folks|others|neighbours?|elders?|elderly|pensioners?|housebound|newly \w+|"
    r"an? (?:old|older|elderly|lonely|new|neighbour|family|newcomer|young|party of|care home)|(?:any|a|the) care homes?|in need|refugees?|prescriptions)"
)
_OFFERS = tuple(
    re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")
    for pattern in (
        rf"{_WOULD}(?: (?:also|really|happily|gladly|easily|always|be))* {_HELPS}(?: \w+){{0,8}} {_OTHERS}",
        r"(?:happy|willing|glad|keen|(?<!be )(?<!being )(?<!not )(?<!been )able)"
        r" to (?:help|drive|give|visit|sit|cook|walk|teach|offer|take|lend|fix|run|volunteer|befriend|listen|do)",
        r"(?:want|wanting|like|love|how do i|how can i|can i|could i|id like|looking|keen|interested|sign up|fancy|thinking|thought)(?: \w+){0,3}"
        r" (?:to |in |about |as |of )?(?:volunteer(?:ing)?|be a befriender|become a befriender|help out)",
        r"(?:become|being|be) a (?:volunteer|befriender|good neighbour|helper)",
        r"how (?:do|can) (?:i|we) (?:volunteer|help|get involved|give back)",
        r"(?:volunteer|volunteering) (?:roles?|opportunit\w+|work|vacanc\w+|jobs?|near me|in \w+)",
        r"(?:do you need|are you after|after any|need any|you need|want any) (?:any |some )?(?:more )?(?:volunteers?|helpers|drivers|befrienders|hands)",
        r"give (?:something |summat |a bit |a little )?back",
        r"(?:spare (?:time|hours?|room|car seat)|time on my hands|"
        r"(?:hours?|time|afternoons?|mornings?|evenings?|day)(?: \w+){0,4} (?:spare|free|to spare|to give|for))"
        r"(?: \w+){0,6} (?:help\w*|visit\w*|driv\w+|giv\w+|offer\w*|volunteer\w*|someone|somebody|useful|others|people|charity|community|anyone)",
        r"free (?:most |every |on )?\w+ ?(?:mornings?|afternoons?|evenings?)? (?:for|to \w+) (?:anyone|someone|somebody|people|others)",
        r"would (?:anybody|anyone|somebody|someone) like (?:me|us|my|our)(?! mum| dad| husband| wife)",
        r"(?:i|we|im|were) offering|offer(?:ing)? (?:my (?:time|help|services)|lifts?|help|to help|to volunteer)|can offer",
        r"put my name down to (?:help|drive|visit|volunteer)|make myself useful|strong enough to (?:help|push|lift|dig|carry)(?: \w+)*",
    )
)
# Askers use the same words: they could do with help, want a volunteer to come, ask who could drive them.
_ASKS = re.compile(
    r"(?<!\S)(?:"
    r"could (?:really )?do (?:wi|with)|"
    r"(?:need|needs|want|wants|get|find|have|send|is there|are there|use|ask|after) an? (?:\w+ )?(?:volunteer|befriender|driver)|"
    r"(?:volunteers?|befrienders?|somebody|someone|anyone|anybody|person|people|lad|lass|man|woman|who|that|they) (?:who |that )?"
    r"(?:to|could|can|would|will|might|ll|d) (?:come|help|take|drive|sit|visit|give|run|pop|do|fetch|be|keep|teach|show|cut|ring|phone|walk|"
    r"collect|pick|clean|cook|make|read|have|meet|look|chat|push|play|mend|fix|lend|spare|just|please)|"
    r"is there (?:a|an|any|anyone|someone|somebody|owt)|are there (?:any|other)|who (?:does|do|can|could|would|will|looks?)|"
    r"where (?:can|do|could)|(?:can|could|would|will|please) (?:someone|somebody|anyone|anybody|you|a|they)(?! like (?:me|us|my|our))|"
    r"help (?:me|us|my|him|her|our)|(?:take|drive|sit with|run|visit|ring|teach|show) (?:me|us|him|her|my mum|my dad|mum|dad)|"
    r"i need|we need|i (?:just )?want (?:someone|somebody|a|an)|"
    r"id (?:like|love) (?:someone|somebody|a|an|to (?:talk|speak|meet|have|go|be able|find|join|see|learn))|"
    r"(?:want|like|love) to be (?:in|with|near|around|able)|i cant|rather|wishes|wish i|so i can|so that i"
    r")(?!\S)"
)


def offers_help(words: list[str]) -> bool:
    """Whether a sentence, given as its folded words, offers help to others."""
    text = " ".join(words)
    return any(pattern.search(text) for pattern in _OFFERS) and not _ASKS.search(text)
