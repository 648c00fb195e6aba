"""The short steps of asking, in their order: one question or two each. Pure but for the row that it is asked about."""

from matching.models import Enquiry

ABOUT, WHERE, ANSWERS, WHOM, AGE, KIND, THEM = "about", "where", "answers", "whom", "age", "kind", "them"
OFTEN, WHEN, YOU, CONTACT, REACH, UNDERSTAND, GIVE, CHECK = "often", "when", "you", "contact", "reach", "understand", "give", "check"

STEPS = (ABOUT, WHERE, ANSWERS, WHOM, AGE, KIND, THEM, OFTEN, WHEN, YOU, CONTACT, REACH, UNDERSTAND, GIVE, CHECK)
# What the record of somebody who has one says already.
_ON_RECORD = frozenset({AGE, THEM, YOU, CONTACT, REACH, UNDERSTAND})


def steps_of(enquiry: Enquiry | None) -> tuple[str, ...]:
    """The steps for this form, the last look among them; for one that has not begun, all that somebody who asks for themselves goes through."""
    return tuple(step for step in STEPS if _asked(step, enquiry))


def _asked(step: str, enquiry: Enquiry | None) -> bool:
    if enquiry is not None and enquiry.person_id is not None:
        # Their request is opened at once, and cannot be without a kind of help; everybody else talks about it on the phone.
        return step not in _ON_RECORD and (step != KIND or enquiry.need_id is None or KIND in enquiry.answers)
    if step == THEM:
        return enquiry is not None and enquiry.whom != Enquiry.Whom.SELF
    return step != KIND


def open_step(enquiry: Enquiry) -> str:
    """The first step that was not answered yet; the last look where all are."""
    return next((step for step in steps_of(enquiry) if step not in enquiry.answers), CHECK)


def may_open(step: str, enquiry: Enquiry | None) -> bool:
    """Whether this step can be shown: it is asked here, and everything before it was answered."""
    if enquiry is None:
        return step == ABOUT
    steps = steps_of(enquiry)
    return step in steps and steps.index(step) <= steps.index(open_step(enquiry))


def after(step: str, enquiry: Enquiry) -> str:
    """Where to go on: to the next step, or back to the last look where all had been answered before."""
    if open_step(enquiry) == CHECK:
        return CHECK
    steps = steps_of(enquiry)
    return steps[min(steps.index(step) + 1, len(steps) - 1)] if step in steps else open_step(enquiry)


def before(step: str, enquiry: Enquiry | None) -> str:
    """The step to which "Back" leads; empty on the first one."""
    steps = steps_of(enquiry)
    place = steps.index(step)
    return steps[place - 1] if place else ""


def place_words(step: str, enquiry: Enquiry | None) -> str:
    """Such as "Question 3 of 10"; the finder's answers and the last look are no questions."""
    if step in (ANSWERS, CHECK):
        return ""
    questions = [each for each in steps_of(enquiry) if each not in (ANSWERS, CHECK)]
    return f"Question {questions.index(step) + 1} of {len(questions)}"
