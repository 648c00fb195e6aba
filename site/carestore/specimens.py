"""What /styleguide/ shows: each component with a sample of the valley, and when to use it. Groups, people and numbers are invented."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django import forms


@dataclass(frozen=True)
class Specimen:
    """One component as it is used: the name of its partial, a sentence on when, and one context for each way to show it."""

    name: str
    title: str
    when: str
    contexts: list[dict[str, Any]] = field(default_factory=list)
    shows_also: tuple[str, ...] = ()


class AskForm(forms.Form):
    """A form with one field of each kind."""

    name = forms.CharField(label="What is your name?", help_text="The name you like to be called by.", max_length=80)
    phone = forms.CharField(label="Telephone", help_text="We ring from 01632 960 123.", required=False, max_length=30)
    note = forms.CharField(label="What would help?", widget=forms.Textarea(attrs={"rows": 4}), max_length=600)
    day = forms.ChoiceField(label="Which day suits?", choices=[("", "Any day"), ("tu", "Tuesday"), ("fr", "Friday")], required=False)
    how = forms.ChoiceField(label="How shall we tell you?", choices=[("ring", "Ring me"), ("post", "Write a letter")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="You may tell the group my name and telephone number", help_text="You can take this back at any time.")


class PlaceForm(forms.Form):
    """One question."""

    place = forms.CharField(label="Where do you live?", help_text="A village or a postcode, such as HD7 5AA.", max_length=80)


ELEMENTS = [
    {"name": "My Life", "slug": "my-life", "url": "#", "text": "Appointments, money, using IT, family, faith, loss", "count": "12 places"},
    {"name": "My Home", "slug": "my-home", "url": "#", "text": "Shopping, cleaning, cooking, small jobs, garden", "count": "9 places"},
    {"name": "My Community", "slug": "my-community", "url": "#", "text": "Company, outings, someone to go with", "count": "31 places"},
    {"name": "My Care", "slug": "my-care", "url": "#", "text": "Washing, medicines, getting about, eating", "count": "14 places"},
]
CHECKED = {"text": "Checked 12 days ago", "tone": "moss"}
OLD = {"text": "Not checked since 2023", "tone": "clay"}
LUNCH: dict[str, Any] = {
    "id": "lunch",
    "number": 1,
    "name": "Thursday Lunch and Shopping Bus",
    "url": "#",
    "organisation": "Top End Neighbours",
    "summary": "Minibus to the supermarket on Thursdays, then a hot dinner together.",
    "miles": 0.4,
    "why": ["2 places left on Thursdays", "step-free"],
    "tags": [CHECKED],
    "invented": True,
}
SHARE: dict[str, Any] = {
    "id": "share",
    "number": 2,
    "name": "Valley Food Share",
    "url": "#",
    "summary": "Food and household basics when money is short. Delivered in Marsden, Slaithwaite and Linthwaite.",
    "open_now": "Open now, until 12",
    "why": [{"text": "Comes to you", "strong": True}, "covers Marsden"],
    "tags": [CHECKED],
}
SCOOTERS: dict[str, Any] = {
    "id": "scooters",
    "number": 3,
    "name": "Scooters in Town",
    "url": "#",
    "summary": "Scooters and wheelchairs to borrow in Huddersfield.",
    "miles": 7.1,
    "why": ["you go there"],
    "tags": [OLD],
    "notice": "Ring before you go: the opening times may have changed.",
    "phone": "01632 960 456",
}
MAP: dict[str, Any] = {
    "label": "Map: three places along the valley, most of them in Marsden",
    "areas": [
        {"path": "M0 90 120 40 190 150 150 320H0Z", "name": "Marsden", "x": 66, "y": 250},
        {"path": "M120 40 260 20 300 190 250 320H150L190 150Z", "name": "Slaithwaite", "x": 226, "y": 258},
        {"path": "M260 20 400 10V320H250l50-130Z", "name": "Golcar", "x": 345, "y": 230},
    ],
    "lines": [
        {"path": "M0 210c70-50 110 10 190-40s130-30 210-80", "kind": "river"},
        {"path": "M0 226c76-46 114 6 196-40s130-34 204-80", "kind": "rail"},
    ],
    "pins": [
        {"number": 1, "x": 70, "y": 165, "name": LUNCH["name"], "id": "lunch"},
        {"number": 2, "x": 128, "y": 205, "name": SHARE["name"], "id": "share"},
        {"number": 3, "x": 350, "y": 120, "name": SCOOTERS["name"], "id": "scooters"},
    ],
    "home": {"x": 100, "y": 120, "name": "HD7 6AA"},
    "rest": "3 on the map · 1 comes to you and has no place",
}
LIVING_MAP: dict[str, Any] = {
    **MAP,
    "data": {
        "pins": [
            {"number": 1, "id": "lunch", "name": LUNCH["name"], "url": "#result-lunch", "lat": 53.601, "lon": -1.930},
            {"number": 2, "id": "share", "name": SHARE["name"], "url": "#result-share", "lat": 53.606, "lon": -1.915},
            {"number": 3, "id": "scooters", "name": SCOOTERS["name"], "url": "#result-scooters", "lat": 53.636, "lon": -1.845},
        ],
        "home": {"lat": 53.611, "lon": -1.927, "name": "HD7 6AA"},
        "areas": {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"name": name},
                    "geometry": {"type": "Polygon", "coordinates": [[(west, 53.58), (east, 53.58), (east + 0.01, 53.65), (west + 0.01, 53.65), (west, 53.58)]]},
                }
                for name, west, east in (("Marsden", -1.97, -1.91), ("Slaithwaite", -1.91, -1.87), ("Golcar", -1.87, -1.82))
            ],
        },
    },
}
RING_ACTIONS = [{"label": "Ask the co-op", "url": "#"}, {"label": "Ring me instead", "url": "#", "kind": "second"}]
DAYS = [
    {"day": "Monday", "closed": True},
    {"day": "Tuesday", "times": ["10 to 12", "2 to 4"], "today": True},
    {"day": "Thursday", "times": "10 to 2", "note": "with dinner"},
]
NEEDS = {"shopping": "Shopping", "friendships": "Friendships"}


def _wrong_form() -> forms.Form:
    return AskForm({"name": "", "note": "Someone to shop with", "how": ""}, auto_id="id_wrong_%s")


FINDING = [
    Specimen(
        "ask_box",
        "Ask box",
        "The one question of home and finder. Kind of help and distance only in the finder.",
        [
            {
                "q": "mum can't manage the shopping any more",
                "place": "Marsdin",
                "place_error": "We do not know “Marsdin”. Is it Marsden?",
                "needs": [{"slug": slug, "name": name} for slug, name in NEEDS.items()],
                "need": "shopping",
                "radii": [1, 2, 5, 10],
                "radius": 5,
            }
        ],
    ),
    Specimen("doors", "Four doors", "Home, in this order always. A door is one link, so the whole card can be pressed.", [{"elements": ELEMENTS, "level": 4}], ("element_card",)),
    Specimen(
        "chips",
        "Chips",
        "What was understood, above the list. Each can be taken away, and the page says what is left.",
        [{"chips": [{"label": "Shopping", "remove_url": "#"}, {"label": "for someone else", "remove_url": "#"}, {"label": "near Marsden", "remove_url": "#"}], "clear_url": "#"}],
    ),
    Specimen(
        "map_with_list",
        "List with its map",
        "The list is the page. The map has the same numbers, and all that it shows stands in the list too.",
        [{"map": LIVING_MAP, "results": [LUNCH, SHARE, SCOOTERS], "level": 4}],
        ("map", "map_head", "map_scripts"),
    ),
    Specimen(
        "result_card",
        "Candidate",
        "The result card again, on the match page: reasons in words, points small beside them, the verb below.",
        [
            {
                "result": {
                    "name": "V-17",
                    "why": [{"text": "May shop for M-1042", "strong": True}, {"text": "free Fridays", "points": "+15"}, {"text": "also likes brass bands", "points": "+9"}],
                    "tags": [{"text": "Volunteer", "tone": "heather"}],
                },
                "actions": [{"label": "Ask V-17", "url": "#", "method": "post", "fields": [("volunteer", "V-17")]}, {"label": "Not this one", "url": "#", "kind": "quiet", "hint": "V-17"}],
                "level": 4,
            }
        ],
        ("buttons",),
    ),
    Specimen("map", "Map without scripts", "Drawn by the server from prepared paths: the same picture on paper, in an old browser, without scripts.", [{"map": MAP}]),
    Specimen("pager", "Further along", "Below a long list. Words, not numbers of pages.", [{"previous_url": "#", "next_url": "#", "words": "11 to 20 of 43"}]),
    Specimen(
        "notice",
        "Next step",
        "At the end of a list and after every deed: what happens next, and by when.",
        [
            {"title": "Nothing quite right?", "text": "Tell the co-op. We look for a neighbour who can help, and we ring you within two working days.", "actions": RING_ACTIONS, "level": 4},
            {"title": "We have asked Top End Neighbours", "text": "They answer by Friday. If not, we ring you.", "tone": "moss", "level": 4},
        ],
    ),
    Specimen(
        "empty",
        "Nothing here",
        "Where a list is empty: why, and what one can do. Never “no results found”.",
        [{"title": "Nobody near Scammonden offers this yet", "text": "The nearest is 4 miles away in Slaithwaite. We can ask a neighbour for you.", "actions": RING_ACTIONS, "level": 4}],
    ),
]

READING = [
    Specimen("phone_card", "Telephone", "On a service page, and wherever ringing is the next step.", [{"phone": "01632 960 456", "name": "Top End Neighbours", "hours": "Monday to Friday, 9 to 4", "note": "Leave a message at other times: they ring back."}]),
    Specimen("week", "When, this week", "Days with something on. A closed day is shown only where people would expect it open.", [{"days": DAYS}]),
    Specimen(
        "facts",
        "Yes, no, not known",
        "Access and conditions. What nobody has asked yet says so.",
        [{"facts": [{"label": "Step-free", "value": True}, {"label": "Toilet for wheelchairs", "value": None, "note": "Ring to ask"}, {"label": "Hearing loop", "value": False}, {"label": "Free", "value": "yes"}]}],
    ),
    Specimen("checked", "Checked when", "On every listing. Old ones are not hidden, they say that they are old.", [{"text": "Checked 12 days ago"}, {"text": "Not checked since 2023", "old": True}], ("tag",)),
    Specimen("crumbs", "Way back", "On pages two steps down or deeper.", [{"crumbs": [{"label": "My Home", "url": "#"}, {"label": "Shopping", "url": "#"}, {"label": "Thursday Lunch and Shopping Bus"}]}]),
]

ASKING: list[Specimen | Callable[[], Specimen]] = [
    lambda: Specimen(
        "form_step",
        "One question a page",
        "Everything the public fills in. Back always works, and so does “ring me instead”.",
        [{"form": PlaceForm(auto_id="id_step_%s"), "question": "", "step": "Question 2 of 5", "back_url": "#", "ring_url": "#"}],
    ),
    lambda: Specimen(
        "form",
        "A whole form, with what is not right yet",
        "Forms of staff and partners. Errors say what to do, at the top and again at the question.",
        [{"form": _wrong_form()}],
        ("errors", "field"),
    ),
    Specimen(
        "summary",
        "What you told us",
        "Before the last button, and for the plain facts of a person or a referral.",
        [{"rows": [{"label": "Who it is for", "value": "My mother", "change_url": "#"}, {"label": "What would help", "value": ["Shopping", "Someone to go with"], "change_url": "#"}, {"label": "Telephone", "value": "", "change_url": "#"}]}],
    ),
    Specimen("ring_us", "Rather talk?", "Below any form.", [{"phone": "01632 960 123", "hours": "Monday to Friday, 9 to 4"}]),
    Specimen("buttons", "Buttons", "Verbs: “Ask the co-op”, “Still right”, “I can do this”. One first button on a page.", [{"actions": [{"label": "Ask the co-op", "url": "#"}, {"label": "Still right", "url": "#", "kind": "second"}, {"label": "Not now", "url": "#", "kind": "quiet"}, {"label": "Take it down", "url": "#", "kind": "stop"}]}]),
]

WORKING = [
    Specimen(
        "banner",
        "Banner",
        "News for the whole page, and the answer to what was just done.",
        [
            {"text": "Saved. The page shows it as soon as an editor has looked.", "tone": "moss"},
            {"title": "Two answers are late", "text": "Ring the groups today.", "tone": "clay", "url": "#", "url_label": "See who"},
            {"text": "The office is closed on Friday 25 December.", "tone": "river"},
        ],
    ),
    Specimen("tabs", "Parts of a room", "Desk, partner and council pages. The one that is open is bold and underlined.", [{"label": "Desk", "tabs": [{"label": "Today", "url": "#", "current": True}, {"label": "People", "url": "#"}, {"label": "Referrals", "url": "#", "count": 14}]}]),
    Specimen(
        "work_list",
        "Work that waits",
        "Today at the desk: late, new, promised. Late is a word and a line, not only a colour.",
        [
            {
                "title": "Late",
                "level": 4,
                "rows": [
                    {"title": "R-1042 shopping, Marsden", "url": "#", "meta": "Top End Neighbours has not answered", "due": "Answer was due yesterday", "late": True},
                    {"title": "R-1040 company, Golcar", "url": "#", "meta": "New from the council", "due": "Ring by Thursday", "tag": "New", "tone": "river"},
                ],
            },
            {"title": "Promised", "level": 4, "rows": [], "empty": "No promise falls due this week."},
        ],
    ),
    Specimen(
        "task_list",
        "Tasks with ticks",
        "A partner's start page: what is done and what is next.",
        [{"title": "Your listing", "level": 4, "tasks": [{"title": "Times are right", "done": True, "hint": "You said so on 2 November"}, {"title": "Say what happens first", "url": "#", "due": "A caller asks this next"}]}],
    ),
    Specimen(
        "table",
        "Table, cards on a phone",
        "Things to compare. On a phone each row becomes a card with the names of the columns.",
        [
            {
                "caption": "The matching round of Tuesday",
                "columns": ["Request", "Neighbour", {"label": "Miles", "number": True}, {"label": "What to do", "hide_label": True}],
                "rows": [
                    ["M-1042", "V-17", "0.8", {"text": "", "actions": [{"label": "Ask V-17", "url": "#", "kind": "second"}]}],
                    [{"text": "M-1039", "url": "#"}, {"text": "V-4", "tag": "Trusted by name", "tone": "heather"}, "2.1", {"text": "Waits for a check"}],
                ],
            }
        ],
    ),
    Specimen(
        "timeline",
        "A referral's story",
        "Told downwards, with what comes next at the end.",
        [
            {
                "label": "The story of R-1042",
                "level": 4,
                "events": [
                    {"title": "Asked", "at": datetime(2026, 11, 2, 9, 30, tzinfo=UTC), "by": "the council", "text": "Shopping on Fridays, in Marsden."},
                    {"title": "Top End Neighbours said yes", "when": "4 November", "by": "on the phone"},
                    {"title": "First shopping trip", "when": "Friday 6 November", "state": "now"},
                    {"title": "We ring and ask how it went", "when": "by 20 November", "state": "next"},
                ],
            }
        ],
    ),
    Specimen("fold", "Folded away", "What matters only sometimes.", [{"summary": "7 who cannot, and why", "lines": [{"count": 4, "text": "check not high enough for handling money", "hint": "2 need only a renewed check"}, {"count": 3, "text": "not free on Fridays"}]}]),
]

COUNTING = [
    Specimen(
        "figure",
        "Figure with its table",
        "A picture is always its own table. “1 to 7” is hatched and as long as it could be at most.",
        [
            {
                "level": 4,
                "figure": {
                    "id": "by-element",
                    "title": "Referrals by element, July to September 2026",
                    "sentence": "Most people asked for company.",
                    "unit": "referrals",
                    "rows": [
                        {"label": "My Life", "count": 15, "shown": "15"},
                        {"label": "My Home", "count": 35, "shown": "35"},
                        {"label": "My Community", "count": 60, "shown": "60"},
                        {"label": "My Care", "count": None, "shown": "1 to 7"},
                    ],
                    "note": "Numbers are rounded to the nearest 5. 1 to 7 is not told, so that nobody can be picked out; columns need not add up.",
                    "csv_url": "#",
                },
            },
            {
                "level": 4,
                "figure": {
                    "id": "gaps",
                    "title": "Helped, and not helped",
                    "series": ["found help", "nobody found"],
                    "rows": [
                        {"label": "Shopping", "cells": [{"count": 40, "shown": "40"}, {"count": None, "shown": "1 to 7"}]},
                        {"label": "Sitting service", "cells": [{"count": 0, "shown": "0"}, {"count": 20, "shown": "20"}]},
                    ],
                },
            },
        ],
    ),
]


def groups() -> list[tuple[str, list[Specimen]]]:
    """All specimens under their headings; forms are made anew each time."""
    parts = [("Finding", FINDING), ("Reading a service", READING), ("Asking", ASKING), ("Working", WORKING), ("Counting", COUNTING)]
    return [(title, [one() if callable(one) else one for one in specimens]) for title, specimens in parts]
