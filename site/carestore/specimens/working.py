"""Components of desk, partner and council pages."""

from datetime import UTC, datetime

from carestore.specimens.specimen import Specimen

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
    Specimen(
        "tabs",
        "Parts of a room",
        "Desk, partner and council pages. The one that is open is bold and underlined.",
        [
            {
                "label": "Desk",
                "tabs": [
                    {"label": "Today", "url": "#", "current": True},
                    {"label": "People", "url": "#"},
                    {"label": "Referrals", "url": "#", "count": 14},
                ],
            }
        ],
    ),
    Specimen(
        "work_list",
        "Work that waits",
        "Today at the desk: late, new, promised. Late is a word and a line, not only a colour.",
        [
            {
                "title": "Late",
                "level": 4,
                "rows": [
                    {
                        "title": "R-1042 shopping, Marsden",
                        "url": "#",
                        "meta": "Top End Neighbours has not answered",
                        "due": "Answer was due yesterday",
                        "late": True,
                    },
                    {
                        "title": "R-1040 company, Golcar",
                        "url": "#",
                        "meta": "New from the council",
                        "due": "Ring by Thursday",
                        "tag": "New",
                        "tone": "river",
                    },
                ],
            },
            {"title": "Promised", "level": 4, "rows": [], "empty": "No promise falls due this week."},
        ],
    ),
    Specimen(
        "task_list",
        "Tasks with ticks",
        "A partner's start page: what is done and what is next.",
        [
            {
                "title": "Your listing",
                "level": 4,
                "tasks": [
                    {"title": "Times are right", "done": True, "hint": "You said so on 2 November"},
                    {"title": "Say what happens first", "url": "#", "due": "A caller asks this next"},
                ],
            }
        ],
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
                    [
                        {"text": "M-1039", "url": "#"},
                        {"text": "V-4", "tag": "Trusted by name", "tone": "heather"},
                        "2.1",
                        {"text": "Waits for a check"},
                    ],
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
                    {
                        "title": "Asked",
                        "at": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
                        "by": "the council",
                        "text": "Shopping on Fridays, in Marsden.",
                    },
                    {"title": "Top End Neighbours said yes", "when": "4 November", "by": "on the phone"},
                    {"title": "First shopping trip", "when": "Friday 6 November", "state": "now"},
                    {"title": "We ring and ask how it went", "when": "by 20 November", "state": "next"},
                ],
            }
        ],
    ),
    Specimen(
        "fold",
        "Folded away",
        "What matters only sometimes.",
        [
            {
                "summary": "7 who cannot, and why",
                "lines": [
                    {"count": 4, "text": "check not high enough for handling money", "hint": "2 need only a renewed check"},
                    {"count": 3, "text": "not free on Fridays"},
                ],
            }
        ],
    ),
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
                    "note": "Rounded to the nearest 5. 1 to 7 is not told, so that nobody can be picked out; columns need not add up.",
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
