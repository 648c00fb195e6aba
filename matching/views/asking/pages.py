"""/ask/ step by step: one question or two a page, the finder's answers first, "ring me instead" on each. No account, no JavaScript."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory import clock, throttle
from directory.accounts.doors import PUBLIC, door, user_of
from directory.accounts.roles import Relation
from directory.states import WrongState
from directory.suggestions.forms import HONEYPOT
from matching.asking import answers, keeping, sending, steps
from matching.models import Enquiry, Person
from matching.people import keep_look
from matching.views.asking import marks
from matching.views.asking.fields import StepForm
from matching.views.asking.forms import FORMS
from matching.views.asking.people_forms import AgeForm, WhomForm
from matching.views.asking.words import TITLES, rows_of

BEGUN_AN_HOUR, SENT_AN_HOUR, SECONDS = 60, 10, 60 * 60
ASKED = "asking_opened"
# Of a form that lies half-filled here when somebody begins at /ask/: go on with it, or forget it.
GOES_ON, ANEW = "this", "anew"


@door(PUBLIC)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, name: str) -> HttpResponse:
    """One step. What comes later is not shown before what stands before it is answered."""
    if name not in steps.STEPS:
        raise Http404
    enquiry = marks.form_of(request)
    if enquiry is not None and enquiry.number is not None:
        # Pressed twice, or sent in another window.
        return marks.thank(request, enquiry)
    if enquiry is None and name != steps.ABOUT and (marks.just_sent(request) or _just_opened(request)):
        return redirect("ask-sent")
    if not steps.may_open(name, enquiry):
        return redirect("ask-step", steps.open_step(enquiry) if enquiry is not None else steps.ABOUT)
    if request.method == "POST" and request.POST.get(HONEYPOT):
        return redirect("ask-ended")
    if enquiry is not None and name == steps.ANSWERS:
        return _answers(request, enquiry)
    if enquiry is not None and name == steps.CHECK:
        return _check(request, enquiry)
    return _question(request, name, enquiry)


def _question(request: HttpRequest, name: str, enquiry: Enquiry | None) -> HttpResponse:
    people = keeping.people_of(request.user) if name == steps.WHOM else []
    if request.method != "POST":
        _note_looks(request, [person for person, relation in people if relation == Relation.FAMILY])
        return _page(request, name, enquiry, FORMS[name](enquiry, people, initial=_initial(request, name, enquiry)))
    form = FORMS[name](enquiry, people, request.POST)
    if not form.is_valid():
        return _page(request, name, enquiry, form)
    if isinstance(form, AgeForm) and form.is_minor():
        if enquiry is not None:
            keeping.forget(enquiry)
        return marks.let_go(redirect("ask-young"))
    mark = ""
    if name == steps.ABOUT and enquiry is not None and keeping.is_about_somebody(enquiry) and request.POST.get("form") != GOES_ON:
        if request.POST.get("form") != ANEW:
            # Begun at /ask/, perhaps by somebody else on the same computer: of what lies there nothing is shown or mixed in.
            return _page(request, name, None, form, page="whose")
        keeping.forget(enquiry)
        enquiry = None
    if enquiry is None:
        if not throttle.take("ask-begun", throttle.address_of(request), most=BEGUN_AN_HOUR, seconds=SECONDS):
            return render(request, "429.html", status=429)
        enquiry, mark = keeping.begin()
    try:
        enquiry = _keep(enquiry, name, form)
    except WrongState:
        return redirect("ask-step", name)
    return marks.hold(request, redirect("ask-step", steps.after(name, enquiry)), enquiry, mark)


def _keep(enquiry: Enquiry, name: str, form: StepForm) -> Enquiry:
    """Lock the answers away, and with them what they decide."""
    values = form.kept()
    if isinstance(form, WhomForm):
        whom, person = form.chosen(), form.person()
        changed = whom != enquiry.whom or (person.pk if person is not None else None) != enquiry.person_id
        undo = (steps.AGE, steps.THEM) if changed else ()
        return keeping.keep(enquiry, name, {"whom": values["whom"]}, undo=undo, whom=whom, person=person)
    if name == steps.ABOUT:
        need = keeping.need_called(values["need"] or answers.guess_need(values["words"]))
        return keeping.keep(enquiry, name, values, undo=(steps.KIND, steps.ANSWERS), need=need)
    if name == steps.KIND:
        return keeping.keep(enquiry, name, values, need=keeping.need_called(values["need"]))
    return keeping.keep(enquiry, name, values)


def _initial(request: HttpRequest, name: str, enquiry: Enquiry | None) -> dict[str, Any]:
    """What was answered before; else what the search before, the account or an earlier step tells."""
    if enquiry is not None and name in enquiry.answers:
        return dict(enquiry.answers[name])
    if name == steps.ABOUT:
        return {"need": keeping.need_called(request.GET.get("need", "")[:60].replace("\0", ""))}
    if name == steps.YOU:
        place = enquiry.answers.get(steps.WHERE, {}).get("place", "") if enquiry is not None else ""
        own = user_of(request).name if request.user.is_authenticated else ""
        return {"postcode": place if answers.is_postcode(place) else "", "name": own}
    if name == steps.CONTACT and request.user.is_authenticated:
        return {"email": user_of(request).email}
    return {}


def _page(request: HttpRequest, name: str, enquiry: Enquiry | None, form: Any, **more: Any) -> HttpResponse:
    back = steps.before(name, enquiry)
    context = {
        "form": form,
        "step": name,
        "title": TITLES[name],
        "place": steps.place_words(name, enquiry),
        "back": reverse("ask-step", args=[back]) if back else reverse("ask"),
        "begun": enquiry is not None,
        "whom": enquiry.whom if enquiry is not None else "",
        "honeypot": HONEYPOT,
        "young_carers": settings.YOUNG_CARERS,
        **more,
    }
    wrong = bool(form is not None and form.errors)
    return render(request, f"matching/ask/{more.get('page', 'step')}.html", context, status=400 if wrong else 200)


def _answers(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """What exists comes first; where one of it helps, nothing is kept."""
    if request.method == "POST":
        if request.POST.get("do") == "helped":
            keeping.forget(enquiry)
            return marks.let_go(redirect("ask-ended"))
        try:
            enquiry = keeping.keep(enquiry, steps.ANSWERS, {"seen": True})
        except WrongState:
            return redirect("ask-step", steps.ANSWERS)
        return marks.hold(request, redirect("ask-step", steps.after(steps.ANSWERS, enquiry)), enquiry)
    found = answers.found_for(enquiry)
    need = enquiry.need.pk if enquiry.need is not None else ""
    more = {"page": "answers", "found": found, "results": found.results if found is not None else (), "need": need}
    return _page(request, steps.ANSWERS, enquiry, None, **more)


def _check(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """All that was said, each with a way back to it; then it is sent."""
    at_once = enquiry.person_id is not None
    own = at_once and enquiry.whom == Enquiry.Whom.SELF
    version = keeping.version_of(enquiry)
    changed = request.method == "POST" and request.POST.get("version", version) != version
    if request.method != "POST" or changed:
        _note_looks(request, [enquiry.person] if enquiry.person is not None and not own else [])
        more = {"page": "check", "rows": rows_of(enquiry), "at_once": at_once, "own": own, "version": version, "changed": changed}
        return _page(request, steps.CHECK, enquiry, None, **more)
    if throttle.count("ask-sent", throttle.address_of(request), seconds=SECONDS) > SENT_AN_HOUR:
        return render(request, "429.html", status=429)
    try:
        if at_once:
            ask = sending.open_at_once(enquiry, by=user_of(request), agrees=request.POST.get("agrees") == "yes")
            request.session[ASKED] = {"number": str(ask), "until": (clock.now() + marks.SHOWN_FOR).isoformat()}
            return marks.let_go(redirect("ask-sent"))
        return marks.thank(request, sending.send(enquiry))
    except ValidationError:
        messages.error(request, "Something is still open. Please look at it again, or ring us.")
        return redirect("ask-step", steps.CHECK)
    except (WrongState, PermissionDenied):
        # Pressed twice, or forgotten in another window: the next page tells what is so now.
        return redirect("ask-sent")


def _note_looks(request: HttpRequest, people: Iterable[Person]) -> None:
    """Family read the name of somebody on our records."""
    for person in people:
        keep_look(person, by=user_of(request), where="ask")


@door(PUBLIC)
@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The number to keep, our promise, and what happens next; nothing of what was written."""
    enquiry = marks.just_sent(request)
    if enquiry is not None:
        written = sending.is_written_to(enquiry.answers)
        context = {
            "number": str(enquiry),
            "promise": sending.promise(enquiry.promised_on, written=written),
            "written": written,
            "whom": enquiry.whom,
            "can_follow": bool(enquiry.place),
            "by_mail": bool(enquiry.answers.get(steps.CONTACT, {}).get("email")),
        }
        return render(request, "matching/ask/sent.html", context)
    if opened := _just_opened(request):
        return render(request, "matching/ask/opened.html", {"number": opened})
    half_filled = marks.half_filled(request)
    return redirect("ask-step", steps.open_step(half_filled) if half_filled is not None else steps.ABOUT)


def _just_opened(request: HttpRequest) -> str:
    """The number of the request that somebody on our records has opened a moment ago; empty where there is none."""
    held = request.session.get(ASKED) if request.user.is_authenticated else None
    return str(held["number"]) if held and datetime.fromisoformat(held["until"]) > clock.now() else ""


@door(PUBLIC)
@never_cache
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """ "Stop, and forget what I wrote"; and "I am done" after sending: who comes next at this computer reads nothing."""
    enquiry = marks.half_filled(request)
    forgotten = enquiry is not None and keeping.forget(enquiry)
    done = [request.session.pop(held, None) for held in (marks.SENT, ASKED)]
    return marks.let_go(redirect("home" if any(done) and not forgotten else "ask-ended"))


@door(PUBLIC)
@require_safe
def ended(request: HttpRequest) -> HttpResponse:
    """Nothing was kept."""
    return render(request, "matching/ask/ended.html")


@door(PUBLIC)
@require_safe
def young(request: HttpRequest) -> HttpResponse:
    """Somebody is under 18: whom to ask instead. Nothing was kept."""
    return render(request, "matching/ask/young.html", {"young_carers": settings.YOUNG_CARERS})
