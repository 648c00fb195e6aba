"""Two invented people who asked on the website, so that the desk has somebody to ring."""

from datetime import timedelta
from typing import Any

from directory import clock
from matching.asking import keeping, sending, steps
from matching.models import Enquiry

_ASKED: list[tuple[str, str, dict[str, dict[str, Any]]]] = [
    (
        Enquiry.Whom.SELF,
        "friendships",
        {
            steps.ABOUT: {
                "words": "The days are long since my sister moved to Leeds. Somebody to have a cup of tea with.",
                "need": "friendships",
            },
            steps.OFTEN: {"often": "weekly", "urgency": 1},
            steps.YOU: {"name": "Winifred Demo", "postcode": "HD7 6BZ"},
            steps.CONTACT: {"phone": "01632 960231", "email": ""},
            steps.REACH: {"ring": "morning", "voicemail": "yes", "may_answer": "anybody"},
            steps.UNDERSTAND: {"codes": ["hearing-aid"], "more": ""},
            steps.GIVE: {"give": "Scones."},
        },
    ),
    (
        Enquiry.Whom.WORK,
        "shopping",
        {
            steps.ABOUT: {"words": "A customer of our shop cannot carry her bags any more.", "need": "shopping"},
            steps.THEM: {"their_name": "Agnes Demo", "relation": "her grocer", "their_phone": "01632 960233", "knows": "no"},
            steps.OFTEN: {"often": "weekly", "urgency": 2},
            steps.YOU: {"name": "Sam Demo", "postcode": "HD7 5RZ"},
            steps.CONTACT: {"phone": "01632 960232", "email": ""},
            steps.REACH: {"ring": "any", "voicemail": "no", "may_answer": "person"},
            steps.UNDERSTAND: {"codes": [], "more": ""},
            steps.GIVE: {"give": ""},
        },
    ),
]


def ask() -> None:
    """Send both, an hour ago, through the same steps as everybody's."""
    with clock.held_at(clock.now() - timedelta(hours=1)):
        for whom, need, said in _ASKED:
            row, _ = keeping.begin()
            shared = {steps.WHERE: {"place": said[steps.YOU]["postcode"]}, steps.ANSWERS: {"seen": True}, steps.WHEN: {"when": []}}
            for step, answer in {**shared, steps.WHOM: {"whom": whom}, steps.AGE: {"adult": "yes"}, **said}.items():
                row = keeping.keep(row, step, answer, whom=whom, need=keeping.need_called(need), demo=True)
            sending.send(row)
