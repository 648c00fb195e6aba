"""Elements, results and a map of the valley, shared by several specimens. Groups and positions are invented."""

from typing import Any

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
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[(west, 53.58), (east, 53.58), (east + 0.01, 53.65), (west + 0.01, 53.65), (west, 53.58)]],
                    },
                }
                for name, west, east in (("Marsden", -1.97, -1.91), ("Slaithwaite", -1.91, -1.87), ("Golcar", -1.87, -1.82))
            ],
        },
    },
}
