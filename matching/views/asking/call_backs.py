"""The short form by which somebody asks to be rung, and the call at the desk."""

from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from directory import throttle
from directory.accounts.doors import PUBLIC, door, user_of
from directory.accounts.roles import Permission
from directory.geodata.models import Area
from directory.models import Need, Service
from directory.states import WrongState
from directory.suggestions.forms import HONEYPOT
from matching.asking import call_backs, keeping, steps
from matching.asking.promises import promise_words, promised_day
from matching.models import CallBack, Enquiry
from matching.states import CALL_BACK_OPEN, CallBackState
from matching.views.asking import marks
from matching.views.referrals.steps import show_errors

ASKS = 10
SECONDS = 60 * 60

QUESTIONS = {
    CallBack.Kind.ASK: ("Shall we ring you?", "What is it about?", "A few words are enough. We talk about the rest."),
    CallBack.Kind.SUGGEST: ("Tell us, and we ring you", "What is missing or wrong?", "Such as a group, a time, a number."),
    CallBack.Kind.VOLUNTEER: ("Shall we ring you about helping?", "What would you like to do?", "You do not need to know yet."),
}


class CallBackForm(forms.Form):
    """Who to ring, and when."""

    name = forms.CharField(label="Your name", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(
        label="Your telephone number", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"})
    )
    when = forms.ChoiceField(label="When may we ring?", choices=CallBack.When.choices, widget=forms.RadioSelect)
    voicemail = forms.ChoiceField(
        label="If you do not answer, may we leave a message?",
        help_text="Others may hear it. Without a message we ring again.",
        choices=(("yes", "Yes, a message is fine"), ("no", "No, leave no message")),
        widget=forms.RadioSelect,
    )
    about = forms.CharField(max_length=call_backs.ABOUT_MOST, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    need = forms.SlugField(required=False, widget=forms.HiddenInput)
    area = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    service = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    once = forms.CharField(max_length=40, required=False, initial=uuid4, widget=forms.HiddenInput)

    def __init__(self, kind: CallBack.Kind, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["about"].label, self.fields["about"].help_text = QUESTIONS[kind][1:]


@door(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ring_me(request: HttpRequest, kind: str) -> HttpResponse:
    """The form at /ask/ring-me/, /suggest/ring-me/ and /volunteer/ring-me/. Need and area of the search before may come along, never its words."""
    which = CallBack.Kind(kind)
    half_filled = marks.half_filled(request) if which == CallBack.Kind.ASK else None
    if request.method != "POST":
        return _form_page(request, which, CallBackForm(which, initial={**_carried(request), **told_so_far(half_filled)}))
    form = CallBackForm(which, request.POST)
    if request.POST.get(HONEYPOT):
        return _thanks("")
    if not form.is_valid():
        return _form_page(request, which, form)
    if throttle.count("ring-me", throttle.address_of(request), seconds=SECONDS) > ASKS:
        return render(request, "429.html", status=429)
    data = form.cleaned_data
    try:
        call_backs.ask_for(kind=which, **{**data, "voicemail": data["voicemail"] == "yes"})
    except ValidationError as error:
        show_errors(form, error)
        return _form_page(request, which, form)
    if half_filled is None:
        return _thanks(data["when"])
    # What they wanted to pass on stands in the call; the rest of the steps is not needed any more.
    keeping.forget(half_filled)
    return marks.let_go(_thanks(data["when"]))


def _carried(request: HttpRequest) -> dict[str, object]:
    return {**{name: request.GET.get(name, "")[:40].replace("\0", "") for name in ("need", "area", "service")}, "once": uuid4()}


def told_so_far(half_filled: Enquiry | None) -> dict[str, str]:
    """What was written at /ask/ before somebody would rather be rung: it stands in the form, to be rubbed out where it should not come along."""
    if half_filled is None:
        return {}
    said = half_filled.answers
    told = {
        "about": said.get(steps.ABOUT, {}).get("words", "")[: call_backs.ABOUT_MOST],
        "need": half_filled.need_id or "",
        "name": said.get(steps.YOU, {}).get("name", ""),
        "phone": said.get(steps.CONTACT, {}).get("phone", ""),
        "voicemail": said.get(steps.REACH, {}).get("voicemail", ""),
        "when": said.get(steps.REACH, {}).get("ring", ""),
    }
    return {name: value for name, value in told.items() if value}


def _form_page(request: HttpRequest, kind: CallBack.Kind, form: CallBackForm) -> HttpResponse:
    context = {
        "form": form,
        "title": QUESTIONS[kind][0],
        "known": _known(form),
        "back": "/volunteer/" if kind == CallBack.Kind.VOLUNTEER else reverse(kind.value),
        "honeypot": HONEYPOT,
        "days": call_backs.KEPT.days,
        "unreached_days": (call_backs.GIVEN_UP + call_backs.KEPT).days,
    }
    return render(request, "matching/ring_me.html", context, status=400 if form.errors else 200)


def _known(form: CallBackForm) -> str:
    """What the search before tells: "shopping, Marsden"; what is not known on our lists is left out."""
    # A form that was refused holds what was sent, and PostgreSQL takes no NUL.
    values = {name: str(form[name].value() or "").replace("\0", "") for name in ("need", "area", "service")}
    need = Need.objects.filter(pk=values["need"]).values_list("name", flat=True).first()
    area = Area.objects.filter(area_set__installed=True, code=values["area"]).values_list("name", flat=True).first()
    try:
        service = Service.objects.public().filter(pk=UUID(values["service"])).values_list("name", flat=True).first()
    except ValueError:
        service = None
    return ", ".join(part for part in (need, service, area) if part)


def _thanks(when: str) -> HttpResponse:
    query = f"?{urlencode({'when': when})}" if when else ""
    return redirect(f"{reverse('ring-me-thanks')}{query}")


@door(PUBLIC)
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """When we ring; nothing of who it is."""
    when = request.GET.get("when", "")
    part = CallBack.When(when).label.lower() if when in CallBack.When.values and when != CallBack.When.ANY else ""
    promise = promise_words(promised_day(settings.SITE_PHONE_HOURS), part)
    return render(request, "matching/ring_me_thanks.html", {"promise": promise})


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call_back(request: HttpRequest, call_back_id: UUID) -> HttpResponse:
    """Name and number, which is noted as looked at; what came of the call."""
    found = get_object_or_404(CallBack.objects.select_related("need", "service"), pk=call_back_id)
    verbs = {
        "done": (call_backs.done, "Noted: you have talked. Name and number go in 30 days."),
        "tried": (call_backs.not_reached, "Noted. It stays on your list."),
        "close": (call_backs.close, "Closed. Name and number go in 30 days."),
    }
    if request.method == "POST":
        verb, words = verbs.get(request.POST.get("do", ""), (None, ""))
        if verb is None:
            return redirect("desk-call-back", found.pk)
        try:
            verb(found, by=user_of(request), **({"tries": seen_tries(request)} if verb is call_backs.not_reached else {}))
            messages.success(request, words)
        except WrongState as error:
            found.refresh_from_db(fields=["state"])
            if found.state == {"done": CallBackState.DONE, "close": CallBackState.CLOSED}.get(request.POST["do"]):
                messages.info(request, "This is noted already.")
            else:
                messages.error(request, str(error))
        return redirect("desk")
    call_backs.look_at(found, by=user_of(request), where="desk-call-back")
    context = {
        "call": found,
        "open": found.state in CALL_BACK_OPEN,
        "closes_on": call_backs.closes_at(found),
        "actions": _actions(found),
    }
    return render(request, "matching/call_back.html", context)


def seen_tries(request: HttpRequest) -> int | None:
    """How many tries the page showed from which somebody notes another one; None where it does not tell."""
    tries = request.POST.get("tries", "")
    return int(tries) if tries.isascii() and tries.isdigit() and len(tries) < 5 else None


def _actions(found: CallBack) -> list[dict[str, object]]:
    steps = [
        ("done", "We have talked", "first"),
        ("tried", "Could not reach them", "second"),
        ("close", "Close it without a talk", "quiet"),
    ]
    url = reverse("desk-call-back", args=[found.pk])
    return [
        {"label": label, "url": url, "method": "post", "kind": kind, "fields": [("do", do), ("tries", found.tries)]}
        for do, label, kind in steps
    ]
