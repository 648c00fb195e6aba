"""The moderators' queue inside the editors' admin: all that waits, the oldest first; changes are decided field by field."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory import moderation
from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.roles import Permission
from directory.change_states import FIELD_UNDECIDED, FieldState
from directory.freshness import how_long_ago
from directory.listing_fields import FIELDS, read_values
from directory.mails import moderators
from directory.models import Change, ChangeField
from directory.reasons import Reason
from directory.states import WrongState
from directory.waiting import changes, hands, kinds
from directory.waiting.kinds import TOO_LONG, Kind, all_waiting, too_long_before, words_of

PER_PAGE = 50
TABS = {"moderation": "What waits", "moderation-live": "Went live at once"}


class Decision(forms.Form):
    """One field of a change: take it or not; the version that the moderator saw goes with it."""

    field = forms.UUIDField()
    do = forms.ChoiceField(choices=[("accept", "Accept"), ("decline", "Decline")])
    version = forms.IntegerField(min_value=0)


class Filters(forms.Form):
    """What of the queue is shown; whatever cannot be read narrows nothing."""

    kind = forms.ChoiceField(label="What", required=False)
    whose = forms.ChoiceField(
        label="Who answers for it", required=False, choices=[("", "Anybody"), ("mine", "I do"), ("nobody", "Nobody yet")]
    )
    late = forms.BooleanField(label=f"Only what waits for more than {TOO_LONG.days} days", required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [("", "Everything"), *((kind.name, kind.label) for kind in kinds.kinds())]  # type: ignore[attr-defined]
        self.full_clean()

    def chosen(self, user: User) -> dict[str, Any]:
        """As all_waiting takes them."""
        data = self.cleaned_data
        whose = data.get("whose", "")
        return {
            "kind": data.get("kind", ""),
            "moderator": user if whose == "mine" else None,
            "nobodys": whose == "nobody",
            "before": too_long_before() if data.get("late") else None,
        }


@door(Permission.MODERATE)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """All that waits, of every kind: since when, of which group, by whom, what it touches, and who answers for it."""
    filters = Filters(request.GET)
    page = Paginator(all_waiting(**filters.chosen(user_of(request))), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": _rows(page, user_of(request)),
        "page": page,
        "query": _query(request),
        "filters": filters,
        "late": all_waiting(before=too_long_before()).count(),
        "days": TOO_LONG.days,
        **furniture("Moderation", tab="moderation"),
    }
    return render(request, "directory/moderation/queue.html", context)


@door(Permission.MODERATE)
@require_POST
def hand(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    """Take a thing that waits, or hand it over to another moderator (`to`)."""
    found = kinds.find(kind)
    if found is None:
        raise Http404
    try:
        hands.take(kind, pk, by=user_of(request), to=_moderator(request.POST.get("to", "")))
    except (ValidationError, WrongState) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        return redirect("moderation")
    messages.success(request, "Handed over." if request.POST.get("to") else "You answer for it now.")
    return redirect(found.url(pk))


@door(Permission.MODERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One change: each field with what stands there now and what is proposed, side by side."""
    shown = get_object_or_404(Change.objects.select_related("service__organisation", "made_by").prefetch_related("fields"), pk=pk)
    if request.method == "POST":
        _accept_plain(request, shown) if request.POST.get("do") == "plain" else _decide(request, shown)
        return redirect("moderation-change" if _waits(pk) else "moderation", *([pk] if _waits(pk) else []))
    live = read_values(shown.service)
    fields = [_side_by_side(field, live[field.name]) for field in shown.fields.all()]
    context = {
        "change": shown,
        "by": changes.made_by(shown),
        "kept_no_more": Change.objects.filter(changes.kept_no_more(), pk=shown.pk).exists(),
        "fields": fields,
        "plain": [field["label"] for field in fields if field["plain"]],
        "age": how_long_ago(shown.made_at),
        "why": Reason(auto_id=False),
        **hand_context(changes.NAME, shown.pk, hands.holder(changes.NAME, shown.pk)),
        **furniture(shown.service.name, inside=True),
    }
    return render(request, "directory/moderation/change.html", context)


def hand_context(kind: str, key: UUID, holder: User | None) -> dict[str, Any]:
    """What moderation/hand.html shows: who answers for it, and who else could."""
    return {"holder": holder, "hand_url": reverse("moderation-hand", args=[kind, key]), "moderators": moderators()}


def furniture(title: str, *, inside: bool = False, tab: str = "") -> dict[str, Any]:
    """The head of a page of moderation: title, the way back, tabs."""
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": "Home"},
        {"url": reverse("moderation") if inside else "", "label": "Moderation"},
    ]
    return {
        "header_title": title,
        "header_icon": "tasks",
        "breadcrumbs_items": [*crumbs, *([{"url": "", "label": title}] if inside else [])],
        "tabs": [{"url": reverse(name), "label": label, "here": name == tab} for name, label in TABS.items()],
    }


def _rows(page: "Page[Any]", user: User) -> list[dict[str, Any]]:
    words = words_of(page)
    people = {person.pk: person for person in User.objects.filter(pk__in={row["answers"] for row in page if row["answers"]})}
    before = too_long_before()
    return [
        {
            "words": words[row["of_kind"], row["of_key"]],
            "since": row["waits_since"],
            "age": how_long_ago(row["waits_since"]),
            "late": row["waits_since"] < before,
            "holder": people.get(row["answers"]),
            "mine": row["answers"] == user.pk,
            "label": _kind(row["of_kind"]).label,
            "hand_url": reverse("moderation-hand", args=[row["of_kind"], row["of_key"]]),
        }
        for row in page
        # One that was settled between the two questions is left out.
        if (row["of_kind"], row["of_key"]) in words
    ]


def _kind(name: str) -> Kind:
    found = kinds.find(name)
    assert found is not None
    return found


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _moderator(key: str) -> User | None:
    if not key:
        return None
    try:
        return moderators().filter(pk=UUID(key)).first() or _nobody()
    except ValueError:
        return _nobody()


def _nobody() -> User:
    raise ValidationError({"to": ["Choose a moderator."]})


def _accept_plain(request: HttpRequest, shown: Change) -> None:
    try:
        taken = moderation.accept_plain(shown, by=user_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return
    if taken:
        messages.success(request, f"On the page now: {', '.join(FIELDS[name].label for name in taken)}.")
    else:
        messages.warning(request, "Nothing here could be accepted at once. Look at each field.")


def _decide(request: HttpRequest, shown: Change) -> None:
    form = Decision(request.POST)
    if not form.is_valid():
        messages.error(request, "That was not a decision we can read. Please try again.")
        return
    field = get_object_or_404(ChangeField, pk=form.cleaned_data["field"], change=shown)
    label = FIELDS[field.name].label
    try:
        _carry_out(field, form.cleaned_data, reason=Reason.words_of(request.POST), by=user_of(request))
    except ValidationError as error:
        messages.error(
            request,
            f"{label}: {'say why; the group reads it' if 'reason' in getattr(error, 'error_dict', {}) else ' '.join(error.messages)}.",
        )
    except WrongState as error:
        messages.error(request, f"{label}: {error}")
    else:
        _say(request, label, FieldState(field.state))


def _carry_out(field: ChangeField, decision: dict[str, Any], *, reason: str, by: User) -> None:
    if decision["do"] == "accept":
        moderation.accept_field(field, by=by, seen_version=decision["version"])
    else:
        moderation.decline_field(field, by=by, reason=reason)


def _say(request: HttpRequest, label: str, state: FieldState) -> None:
    if state == FieldState.CONFLICT:
        messages.warning(request, f"{label} was changed by somebody else meanwhile. Nothing was overwritten: look at both and decide.")
    elif state == FieldState.ACCEPTED:
        messages.success(request, f"{label} is on the page now.")
    else:
        messages.success(request, f"{label} was declined. The group reads your reason.")


def _waits(pk: UUID) -> bool:
    return ChangeField.objects.filter(change_id=pk, state__in=FIELD_UNDECIDED).exists()


def _side_by_side(field: ChangeField, live: Any) -> dict[str, Any]:
    listing_field = FIELDS[field.name]
    changed_meanwhile = field.state in FIELD_UNDECIDED and live not in (field.old_value, field.new_value)
    return {
        "id": field.pk,
        "label": listing_field.label,
        "risky": listing_field.risky,
        "plain": field.state == FieldState.WAITING and not listing_field.risky and not changed_meanwhile,
        "undecided": field.state in FIELD_UNDECIDED,
        "state": field.get_state_display(),
        "old": listing_field.words(field.old_value),
        "live": listing_field.words(live),
        "new": listing_field.words(field.new_value),
        "conflict": changed_meanwhile or field.state == FieldState.CONFLICT,
        "reason": field.reason,
    }
