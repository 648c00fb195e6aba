"""Components of finding and of reading a service."""

from carestore.specimens.samples import ELEMENTS, LIVING_MAP, LUNCH, MAP, SCOOTERS, SHARE
from carestore.specimens.specimen import Specimen

RING_ACTIONS = [{"label": "Ask the co-op", "url": "#"}, {"label": "Ring me instead", "url": "#", "kind": "second"}]
DAYS = [
    {"day": "Monday", "closed": True},
    {"day": "Tuesday", "times": ["10 to 12", "2 to 4"], "today": True},
    {"day": "Thursday", "times": "10 to 2", "note": "with dinner"},
]
NEEDS = {"shopping": "Shopping", "friendships": "Friendships"}

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
    Specimen(
        "doors",
        "Four doors",
        "Home, in this order always. A door is one link, so the whole card can be pressed.",
        [{"elements": ELEMENTS, "level": 4}],
        ("element_card",),
    ),
    Specimen(
        "chips",
        "Chips",
        "What was understood, above the list. Each can be taken away, and the page says what is left.",
        [
            {
                "chips": [
                    {"label": "Shopping", "remove_url": "#"},
                    {"label": "for someone else", "remove_url": "#"},
                    {"label": "near Marsden", "remove_url": "#"},
                ],
                "clear_url": "#",
            }
        ],
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
                    "why": [
                        {"text": "May shop for M-1042", "strong": True},
                        {"text": "free Fridays", "points": "+15"},
                        {"text": "also likes brass bands", "points": "+9"},
                    ],
                    "tags": [{"text": "Volunteer", "tone": "heather"}],
                },
                "actions": [
                    {"label": "Ask V-17", "url": "#", "method": "post", "fields": [("volunteer", "V-17")]},
                    {"label": "Not this one", "url": "#", "kind": "quiet", "hint": "V-17"},
                ],
                "level": 4,
            }
        ],
        ("buttons",),
    ),
    Specimen(
        "points",
        "Points",
        "Under a result, for editors only: each part of its score and what it says.",
        [{"points": {"total": 612, "cells": [["Need", 480, "For friendships"], ["Reach", 132, "0.8 miles in a straight line"]]}}],
    ),
    Specimen(
        "map",
        "Map without scripts",
        "Drawn by the server from prepared paths: the same picture on paper, in an old browser, without scripts.",
        [{"map": MAP}],
    ),
    Specimen(
        "pager",
        "Further along",
        "Below a long list. Words, not numbers of pages.",
        [{"previous_url": "#", "next_url": "#", "words": "11 to 20 of 43"}],
    ),
    Specimen(
        "notice",
        "Next step",
        "At the end of a list and after every deed: what happens next, and by when.",
        [
            {
                "title": "Nothing quite right?",
                "text": "Tell the co-op. We look for a neighbour who can help, and we ring you within two working days.",
                "actions": RING_ACTIONS,
                "level": 4,
            },
            {
                "title": "We have asked Top End Neighbours",
                "text": "They answer by Friday. If not, we ring you.",
                "tone": "moss",
                "level": 4,
            },
        ],
    ),
    Specimen(
        "empty",
        "Nothing here",
        "Where a list is empty: why, and what one can do. Never “no results found”.",
        [
            {
                "title": "Nobody near Scammonden offers this yet",
                "text": "The nearest is 4 miles away in Slaithwaite. We can ask a neighbour for you.",
                "actions": RING_ACTIONS,
                "level": 4,
            }
        ],
    ),
    Specimen(
        "keep",
        "Keep",
        "On a card and on a service page: puts it on the visitor's own list. A link, so that the page around it is the same for everybody.",
        [{"url": "/saved/keep/?service=00000000-0000-0000-0000-000000000000", "name": "Valley Food Share"}],
    ),
    Specimen(
        "save_search",
        "Tell me",
        "Below a list: a mail when something new fits.",
        [{"url": "/saved/searches/new/?q=shopping"}],
    ),
]


READING = [
    Specimen(
        "phone_card",
        "Telephone",
        "On a service page, and wherever ringing is the next step.",
        [
            {
                "phone": "01632 960 456",
                "name": "Top End Neighbours",
                "hours": "Monday to Friday, 9 to 4",
                "note": "Leave a message at other times: they ring back.",
            }
        ],
    ),
    Specimen(
        "week", "When, this week", "Days with something on. A closed day is shown only where people would expect it open.", [{"days": DAYS}]
    ),
    Specimen(
        "facts",
        "Yes, no, not known",
        "Access and conditions. What nobody has asked yet says so.",
        [
            {
                "facts": [
                    {"label": "Step-free", "value": True},
                    {"label": "Toilet for wheelchairs", "value": None, "note": "Ring to ask"},
                    {"label": "Hearing loop", "value": False},
                    {"label": "Free", "value": "yes"},
                ]
            }
        ],
    ),
    Specimen(
        "checked",
        "Checked when",
        "On every listing. Old ones are not hidden, they say that they are old.",
        [{"text": "Checked 12 days ago"}, {"text": "Not checked since 2023", "old": True}],
        ("tag",),
    ),
    Specimen(
        "crumbs",
        "Way back",
        "On pages two steps down or deeper.",
        [{"crumbs": [{"label": "My Home", "url": "#"}, {"label": "Shopping", "url": "#"}, {"label": "Thursday Lunch and Shopping Bus"}]}],
    ),
]
