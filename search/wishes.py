"""What a sentence wishes besides its needs: how and when it comes, for whom, at no cost, in which language, with which access. Pure.

The patterns are matched on the folded words joined by single blanks, so that apostrophes, accents and capitals play no part.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.languages import LANGUAGES, language_slug


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish: which filter (`field`), its value as in a link's parameters, and from which to which word it was said.

    The field `open` knows, besides the values of a link, today, tonight, tomorrow, weekend and several days ("TU TH"), which search.when
    puts into days.
    """

    field: str
    value: str
    start: int
    end: int


_HOME = r"(?:house|home|flat|door|bungalow|place|kitchen|room)"
_WHOSE = (
    r"(?:the|my|me|our|his|her|their|your|(?:my |our )?(?:mothers|fathers|mums|dads|mams|grans|nans|parents|neighbours|friends)|an? \w+s)"
)
_COMES = r"(?:comes?|coming|visits?|calls?|pops?|popping|nips?|somebody in|someone in)(?: out| over| round| in| along)?"
_HOME_RULES = (
    rf"{_COMES} (?:to|at) (?:me|us|you|him|{_WHOSE}(?: own)? {_HOME}|where i live)",
    r"(?:come|coming|go|call|pop|pops|drop) (?:out|round|over|in) (?:to|and)(?! (?:collect|pick|fetch|take|join)\b)",
    r"(?:someone|somebody|anyone|anybody|person|lady|man|woman|nurse|carer|volunteer|who)(?: (?:who|that|to|can|could|would|will|please))* come and"
    r"(?! (?:collect|pick|fetch|take|join|go|come|with)\b)",
    rf"(?:bring|brings|bringing|brought|fetched?|sent|delivered|delivery|deliver)(?: \w+){{0,3}} (?:to|for|at) {_WHOSE} {_HOME}|delivery to (?:house|home|door)",
    rf"(?:someone|somebody|anyone|anybody)(?: \w+){{0,3}} (?:stay|stop|sit|be|sleep)(?: \w+){{0,2}} (?:in|at) {_WHOSE} (?:house|home|flat)",
    r"(?:stay|stop|sit|be|left) (?:in|at) (?:the )?(?:house|home) with(?! me)|(?:someone|somebody|anyone|carer|nurse)(?: \w+){0,2} pop (?:in|round)",
    r"in (?:the )?(?:house|home)(?= (?:i|he|she|they|we)(?: can)? ?(?:not|cant|dont|doesnt))",
    r"(?:someone|somebody|a person) (?:at|to|on) (?:the|my|our|her|his) (?:door|doorstep)",
    rf"to {_WHOSE}(?: own)? (?:house|home|flat|bungalow)(?= (?:to|and|for|please|with|once|twice|every)|$)",
    rf"in {_WHOSE} own (?:home|house|flat)",
    r"home (?:visits?|visiting|visitors?|carers?|based|delivery|hairdresser|call outs?|library|tuition)|in home|house calls?|call outs?|domiciliary|doorstep",
    r"mobile(?= (?:hairdresser|barber|chiropodist|podiatrist|dentist|optician|foot|library|vet|nail))",
    r"(?<!hospital )at home"
    r"(?! (?:all|alone|by|on (?:my|his|her|their|your|our|me|is)|from|during|every|most|because|but|who|he|she|since|doing|while|now|mum|mam|talks?|knows?|"
    r"and i|wont|will))",
    r"house ?bound|hosebound|cant (?:leave|get out of) the (?:house|flat)",
)
_PHONE_RULES = (
    r"(?:by|over the|via) (?:tele)?phone|over (?:the )?(?:phone|fone)|by (?:fone|tel)|(?:tele)?phone (?:is )?(?:ok|okay|fine|only|preferred|pref|please)",
    r"on the (?:tele)?phone(?= (?:please|once|each|every|at weekends|instead|only)|$)",
    r"(?<!no )(?:tele(?:phone)?|tel|phone) (?:befriend\w*|friends?|line|chats?|support|buddy|counselling|"
    r"group|advice|service|calls?(?= (?:once|every|weekly|daily|each|from)|$))",
    r"(?<!i )(?:rings?|phones?|calls?) (?:me|us|her|him|my \w+|people) (?:up )?(?:once|twice|every|each|for a chat|to chat|now and|regular|a few|weekly|daily|just)",
    r"(?<!not a )(?<!no )(?<!thats a )(?<!another )help ?lines?|someone to (?:ring|phone) (?:me|him|her)",
)
_ONLINE_RULES = (
    r"(?:meet|chat|talk|speak|join)(?: \w+){0,4} online",
    r"(?:over|by|on|via) (?:zoom|teams|video|skype|facetime)|virtual(?:ly)?|pref(?:er)?(?:ably)? online",
    r"online(?= (?:\w+ )?(?:groups?|class\w*|courses?|support|counselling|meetings?|sessions?|chat|forum|therapy|meet|cafe|yoga|exercise|worship|service|peer))",
    r"(?:groups?|class(?:es)?|courses?|counselling|therapy|meetings?|sessions?|support|meet ups?|mediation|worship|prayers?|exercise|yoga) online",
)
_FREE_RULES = (
    r"free of charge|for free|for nowt|(?<!fit )(?<!good )for nothing|(?:at |for )?no (?:cost|charge)|for no money|"
    r"costs? (?:nothing|nowt)|not charge|(?<!one )(?<!body )(?:thats|its|are they|is it) free|"
    r"(?:class|group|session|club|course|lunch|meal|cafe|activities|events) free",
    r"without (?:paying|having to pay)|dont have to pay|no fees?|cant afford to pay|cant pay for",
)
_NOT_FREE_BEFORE = (
    "sugar", "gluten", "dairy", "lactose", "smoke", "drug", "alcohol", "feel", "debt", "rent", "hours", "hour", "afternoons", "time",
    "im", "mornings", "day", "days", "step", "hands", "pain", "set", "break", "evenings", "get", "more", "listener", "is", "hes", "shes",
    "be", "being", "of", "mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays", "weekends", "weekdays", "week",
    "barrier", "fat", "salt", "nut", "tax", "symptom", "stress",
)  # fmt: skip
_NOT_FREE_AFTER = (
    "school", "bus pass", "prescription", "time", "hour", "hours", "on", "at", "to", "up", "range", "from", "afternoon", "afternoons",
    "morning", "mornings", "evening", "evenings", "tv", "most", "every", "day", "days", "weekends", "and", "will", "spirit", "of",
    "monday", "mondays", "tuesday", "tuesdays", "wednesday", "wednesdays", "thursday", "thursdays", "friday", "fridays", "saturday",
    "saturdays", "sunday", "sundays", "cinema", "travel", "entry", "pass",
)  # fmt: skip
_LANGUAGE = "|".join(sorted((name.replace("-", " ") for name in LANGUAGES - {"english"}), key=len, reverse=True))
_ACCESS_RULES = {
    "wheelchair": (
        r"(?<!borrow a )(?<!push a )(?<!push his )(?<!push her )(?<!hire a )(?<!buy a )(?<!need a )(?<!a new )(?<!broken )wheel ?chairs?"
        r"(?! (?:is broken|broke|broken|repairs?|services?|hire|loan|needs|puncture|wont|battery|round|to borrow|clinic|assessment))"
        r"(?: (?:friendly|access|accessible|users?|accessibility|adapted))?|power ?chair|w c (?:user|access|accessible)"
    ),
    "step_free": r"step free|no (?:steps|stairs)(?! to)|without (?:any )?(?:steps|stairs)|level access|on the flat|ramp access|flat access",
    "accessible_toilet": r"(?:disabled|accessible|adapted) (?:toilets?|loos?|wc)",
    "changing_place": r"(?:proper )?changing places?(?: toilets?)?",
    "hearing_loop": r"(?:hearing|induction|t) loop|loop system",
    "quiet_space": r"quiet (?:space|room|hour|area)|sensory (?:friendly|room)|(?:autism|autistic) friendly",
    "assistance_dogs": r"(?:assistance|guide|hearing) dogs?(?: (?:welcome|allowed|friendly))?",
    "parking": r"(?:disabled |blue badge |free |easy )?parkin[g]?(?! (?:badge|permit|ticket|fine))|car park|park right outside|somewhere (?:to|i can) park",
}
_DAYS = {"MO": "mon(?:d|$|s| (?:or|and))", "TU": "tu", "WE": "we[dn]", "TH": "th", "FR": "fr", "SA": "sa", "SU": "su"}
_DAY = r"(?:mon|tues?|wed(?:nes|ns)?|wens|thurs?|thu|fri|sat(?:ur)?|sun)day"
_DAY_SHORT = r"(?:mon|tues|weds|thurs|fri)"
_PART_OF_DAY = r"(?: (?:mornings?|mornin|afternoons?|aftanoon|evenings?|nights?|lunch ?times?|dinner ?times?|am|pm))?"
_MORE_DAYS = rf"{_PART_OF_DAY}(?: or| and)?(?: an?)? {_DAY}s?"
_HAPPENED = r"(?! (?:(?:i|he|she|they|we) (?:was|were|had|did|do|couldnt|found|\w+ed)|of my life|and off)\b)"
_DAY_OF = r"(?! (?:dinners? for|roasts?|joint|best|papers?|school)\b)"
# What was or will be on a day is no wish for that day.
_TOLD = (
    r"(?<!since )(?<!since last )(?<!until )(?<!till )(?<!while )(?<!last )(?<!missed a )(?<!was )(?<!by the )(?<!by )(?<!not a )(?<!only on )"
    r"(?<!payment )(?<!hospital )"
)
# In a long sentence a bare day is part of a story more often than not; a habit ("on Tuesdays") is a wish there, too.
LONG = 14
# For whom: words that a service's own "who it is for" uses, and how they are typed.
_GROUPS = {
    "carers": r"(?:carers|(?:unpaid|family|kinship|spousal|young|parent) carers?|"
    r"carer(?= (?:break|stress|breakdown|strain|support|respite))|carers(?= (?:break|group|assessment)))",
    "men": r"(?:men|mens|blokes|fellas|lads|gents|widowers)",
    "women": r"(?:women|womens|ladies|lasses|widows)",
    "veterans": r"(?:veterans|ex forces|ex servicemen|ex military)",
    "lgbt": r"(?:lgbt\w*|gay men|gay people|lesbians|trans people)",
    "refugees": r"(?:refugees|asylum seekers)",
    "deaf": r"(?:deaf people|the deaf|hard of hearing people)",
    "blind": r"(?:blind people|the blind|partially sighted people|visually impaired people)",
    "dementia": r"(?:(?:people|someone|those) with dementia|pwd)",
    "learning disability": r"(?:(?:people|adults|someone) with (?:a )?learning disabilit(?:y|ies)|ld (?:adults?|client))",
    "children": r"(?:kids|children|little ones)",
    "young people": r"(?:teenagers?|teens|young people|young adults)",
    "families": r"(?:families|parents|dads)",
    "older people": r"(?:pensioners?|pentioners?|elders|oaps?|the elderly|older people|old folk|old people|over (?:60|65|70)s)",
}
# Conditions say for whom only where they name a gathering ("stroke group") or stand behind "for … with".
_CONDITIONS = {
    "dementia": r"(?:dementia|alzheimers?|alzimers|memory|lewy body)",
    "stroke": r"(?:stroke|cva)",
    "parkinsons": r"(?:parkinsons?)",
    "diabetes": r"(?:diabet(?:es|ics?))",
    "copd": r"(?:copd|breathe easy)",
    "ms": r"(?:ms|multiple sclerosis)",
    "cancer": r"(?:cancer)",
    "autism": r"(?:autis(?:m|tic)|asd)",
    "blind": r"(?:blind|vi|visually impaired|visual impairment|sight loss|partially sighted|macular)",
    "deaf": r"(?:deaf|hearing loss|hard of hearing)",
    "learning disability": r"(?:ld|learning disabilit(?:y|ies))",
}
_GATHERING = (
    r"(?:groups?|grp|clubs?|only|sheds?|coffee|nights?|support|break|meet|meet ?ups?|cafes?|choirs?|singing|sessions?|class(?:es)?|friendly|"
    r"swim(?:ming)?|gym|exercise|circle|space|section|place|hour|lunch|forum|network|socials?|peer)"
)
_PERSON = (
    r"(?:im|i am|is|hes|shes|whos|mum|mam|dad|mother|father|nan|gran|grandad|husband|wife|gentleman|gent|lady|man|woman|male|female|client|pt|"
    r"patient|carer|adult|widow|widower|aged?|turned|turning|just|only|over|resident|excluded|veteran|son|daughter)"
)
_NOT_YEARS = (
    r"(?! (?:weeks?|months?|times|days?|hours?|hrs?|miles?|quid|pounds|yards?|feet|steps|on|odd|minutes?|mins?|stone|percent|per|of|"
    r"years (?:ago|together|married)|yrs ago))"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ONES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_SPELLED = rf"(?:{'|'.join(_TENS)})(?: (?:{'|'.join(_ONES)}))?"
_YOUNG = {
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_AGES = (
    rf"{_PERSON} (\d{{2}}|100|{_SPELLED}){_NOT_YEARS}",
    r"(\d{1,3}) ?(?:years? olds?|yr olds?|yrs? old|yo|y o)(?! letter)",
    r"(?:aged?) (\d{1,3})",
    rf"(?:she|he|son|daughter|lad|lass|boy|girl|child|baby|grandson|granddaughter)(?: is|s)? (?:only |just )?([4-9]|1\d){_NOT_YEARS}(?! (?:and|or|\d))",
    rf"(?:son|daughter|lad|lass|boy|girl|grandson|granddaughter)s? ({'|'.join(_YOUNG)}){_NOT_YEARS}",
    r"(\d{2}) ?(?:f|m|female|male)",
)
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twenty": 20}
_RADIUS = r"within (?:about )?(\d{1,2}(?: \d)?|a|one|two|three|four|five|six|eight|ten|twenty) ?(miles?|km|kilomet(?:er|re)s?)(?: (?:of|from|round|around))?"
MILES_OF_KM = 0.621371
AGES = range(4, 111)


def _rules() -> Iterator[tuple[str, str, str]]:
    """(field, value, pattern), the surest of a field first; where the value is empty, the pattern's group says it."""
    for mode, patterns in (("home", _HOME_RULES), ("phone", _PHONE_RULES), ("online", _ONLINE_RULES)):
        yield from (("mode", mode, pattern) for pattern in patterns)
    yield from (("free", "1", pattern) for pattern in _FREE_RULES)
    before = "".join(rf"(?<!\b{word} )" for word in _NOT_FREE_BEFORE)
    yield "free", "1", rf"{before}free(?! (?:{'|'.join(_NOT_FREE_AFTER)})(?:\s|$))"
    yield "open", "now", r"open (?:right )?now|right now|now open|open at the moment|(?:whats|anything|anywhere|whos) (?:on|open) now"
    yield (
        "open",
        "weekend",
        r"(?:(?:at|on|over) (?:the |a |this )?|(?:this|next) )week ?ends?(?! (?:away|breaks?|trip|since|every))|week ?ends",
    )
    yield "open", "", rf"{_TOLD}(?:(?:on|every|each|most) )?(weekdays|{_DAY}s(?:{_MORE_DAYS})*|{_DAY}(?:{_MORE_DAYS})+){_PART_OF_DAY}"
    yield "open", "", rf"{_TOLD}(?:on|of|every|each) (?:an? )?({_DAY}){_PART_OF_DAY}{_DAY_OF}{_HAPPENED}"
    for word in ("in", "speaks?", "speaking", "talks?", "talk", "only"):
        yield (
            "language",
            "",
            rf"{word} (?:some |fluent )?({_LANGUAGE})(?: only| please)?(?! (?:restaurants?|church|shops?|food|club|centre|war|film))",
        )
    yield "language", "", rf"(?:reverted|gone back|going back|back) to ({_LANGUAGE})"
    yield "language", "", rf"(?:anyone|anybody|someone|somebody) (?:who is |whos )?({_LANGUAGE})"
    yield "language", "", rf"({_LANGUAGE}) (?:speakers?|speaking|interpreters?|translators?|please)"
    yield "language", "bsl", r"(?:in )?bsl(?: users?)?|(?:british )?sign language|deaf signer"
    yield from (("access", fact, pattern) for fact, pattern in _ACCESS_RULES.items())
    for who, pattern in _GROUPS.items():
        yield (
            "who",
            who,
            rf"(?:for|just|specially for|aimed at|other|fellow)(?: other| older| local| some| an?)? {pattern}(?: only)?(?! (?:to|who) )",
        )
        if who == "older people":
            yield "who", who, rf"(?:of|to|give|teach|show) {pattern}"
        yield "who", who, rf"{pattern}s?(?= (?:\w+ )?{_GATHERING}(?:\s|$))"
    for who, pattern in _CONDITIONS.items():
        yield "who", who, rf"{pattern}(?= (?:\w+ ){{0,2}}{_GATHERING}(?:\s|$))"
        yield "who", who, rf"(?:for|aimed at)(?: \w+){{0,4}} (?:with|who has|who have|thats got|living with) {pattern}"
    yield "who", "carers", r"carer(?= (?:break|stress|breakdown|strain|support|respite))|carers(?= break)"
    yield from (("who", "", pattern) for pattern in _AGES)


# Bare days and times: a wish in a short sentence, part of a story in a long one.
_SHORT_RULES = (
    ("open", "tonight", r"(?<!again )(?:tonight|tonite|2nite|this evening|toneet)"),
    (
        "open",
        "today",
        r"(?<!came )(?<!been )(?<!rang )(?<!called )(?<!fell )(?<!died )(?<!home )(?<!out )(?<!nothing )(?:today|2day)|this (?:morning|afternoon)",
    ),
    (
        "open",
        "tomorrow",
        r"(?<!coming )(?<!cumin )(?<!back )(?<!home )(?<!op )(?:tomm?orr?ow|tmrw|tomoz|tomorra|tomor?o|2moro|2morrow)",
    ),
    ("open", "weekend", r"(?:in |the |a |this )*week ?end(?! (?:away|breaks?|trip|since|every))"),
    ("open", "", rf"{_TOLD}(?:(?:on|of|every|each|next) )?(?:a )?({_DAY}){_PART_OF_DAY}{_DAY_OF}"),
    (
        "open",
        "",
        rf"(?<!payment )(?<!hospital )(?:(?:on|of|every|each|next) )?({_DAY_SHORT}(?:{_PART_OF_DAY} (?:or|and) {_DAY_SHORT})*){_PART_OF_DAY}",
    ),
)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")


_COMPILED = tuple((field, value, _compiled(pattern)) for field, value, pattern in _rules())
_COMPILED_SHORT = tuple((field, value, _compiled(pattern)) for field, value, pattern in _SHORT_RULES)
_COMPILED_RADIUS = _compiled(_RADIUS)
# "She used to go on a Friday", "they rang on Thursday": a day of a story.
_HAPPENED_BEFORE = re.compile(
    r"(?:^|\s)(?:rang|came|sent|used to|died|fell|went|broke|started|told me|said|would have been|happened|we buried|wedding)(?: \w+){0,4} $"
)
# "He is at home": where somebody is, not where help is wanted.
_STAYS_BEFORE = re.compile(
    r"(?:^|\s)(?:(?:i|we) stop|stays?|staying|stuck|lives?|living|alone|left|fell|fallen|sat|sits|sitting|is|was|been|being|are|am|im|hes|shes|theyre|back)"
    r"(?: \w+)? $"
)


def wishes_in(words: list[str]) -> list[Wish]:
    """The wishes of a sentence given as its folded words, in their order: one of each field, but several of access."""
    text = " ".join(words)
    found: list[Wish] = []
    for field, value, pattern in _COMPILED + (_COMPILED_SHORT if len(words) <= LONG else ()):
        for match in pattern.finditer(text):
            if match.group() == "at home" and _STAYS_BEFORE.search(text[: match.start()]):
                continue
            if field == "open" and not value and "days" not in match.group() and _HAPPENED_BEFORE.search(text[: match.start()]):
                continue
            meant = value or _value(field, match.group(1))
            if meant and not any(wish.field == field and (field != "access" or wish.value == meant) for wish in found):
                found.append(Wish(field, meant, *_span(text, match)))
    around = _COMPILED_RADIUS.search(text)
    if around and float(_miles(*around.groups())) > 0:
        found.append(Wish("radius", _miles(*around.groups()), *_span(text, around)))
    return sorted(found, key=lambda wish: (wish.start, wish.field))


def _value(field: str, said: str) -> str:
    if field == "language":
        return language_slug(said)
    if field == "open":
        return _days(said)
    tens, _, one = said.partition(" ")
    age = int(said) if said.isdigit() else _YOUNG.get(said) or _TENS[tens] + _ONES.get(one, 0)
    return str(age) if age in AGES else ""


def _days(said: str) -> str:
    """The days that are named, in the order of the week: "tuesday or thursday" as "TU TH"."""
    if said == "weekdays":
        return "MO TU WE TH FR"
    return " ".join(day for day, begins in _DAYS.items() if re.search(rf"\b{begins}", said))


def _miles(number: str, unit: str) -> str:
    amount = _NUMBERS.get(number) or float(number.replace(" ", "."))
    return f"{amount * (1 if unit.startswith('mile') else MILES_OF_KM):.3g}"


def _span(text: str, match: re.Match[str]) -> tuple[int, int]:
    """Which words of the text a match covers."""
    start = text.count(" ", 0, match.start())
    return start, start + match.group().strip().count(" ") + 1
