"""Listings in the editors' admin. Every save goes through the verbs, so that version, revision and journal follow as everywhere else.

Lists have no search backend: `wagtail.search` on SQLite is unusable at 20,000 rows. Nothing saves itself while an editor still types:
these rows are live.
"""

from typing import Any
from urllib.parse import unquote

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.views.generic import RevisionsRevertMixin
from wagtail.snippets.views.snippets import (
    CreateView,
    DeleteView,
    EditView,
    SnippetViewSet,
    SnippetViewSetGroup,
)

from directory import listings, needs, organisations, seeding, terms, venues
from directory.admin_forms import AS_TEXT, ServiceForm, as_text
from directory.admin_views import LockByVerb, ServiceCompare, ServicePreview, ServiceVersion, UnlockByVerb
from directory.models import Location, Need, Organisation, Service, Term
from directory.models.organisations import VETTING_FACTS


class SavesByVerb:
    """Of create and edit views: `write` of the viewset's model does the saving, and autosave is off."""

    new_revision = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        self.autosave_enabled = False

    def save_instance(self) -> Model:
        saved = self.write(self.form, self.request.user)  # type: ignore[attr-defined]
        self.new_revision = getattr(saved, "latest_revision", None)
        return saved

    def write(self, form: Any, user: Any) -> Model:
        """Hand what the form holds to a verb; returns what is stored now."""
        raise NotImplementedError


class ServiceCreate(SavesByVerb, CreateView):
    def write(self, form: ServiceForm, user: Any) -> Service:
        return listings.create_service(form.cleaned_data["organisation"], by=user, **form.changes())


class ServiceEdit(SavesByVerb, EditView):
    def write(self, form: ServiceForm, user: Any) -> Service:
        return listings.set_fields(form.instance, form.changes(), by=user)


class ServiceRevert(SavesByVerb, RevisionsRevertMixin, EditView):
    """Bring a version back whole, with what the editor still changed in the form."""

    view_name = "revisions_revert"

    def get_form_kwargs(self) -> dict[str, Any]:
        kept = self.revision.content.get(listings.IN_REVISION)
        text = as_text({name: kept[name] for name in AS_TEXT}) if kept else {}
        return {**super().get_form_kwargs(), "initial": {**text, **({"needs": kept["needs"]} if kept else {})}}

    def write(self, form: ServiceForm, user: Any) -> Service:
        listings.restore(form.instance, self.revision, by=user)
        return listings.set_fields(form.instance, form.changes(), by=user)


def _columns(form: Any) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in form.changed_data}


class OrganisationCreate(SavesByVerb, CreateView):
    def write(self, form: Any, user: Any) -> Organisation:
        return organisations.create_organisation(by=user, **form.cleaned_data)


class OrganisationEdit(SavesByVerb, EditView):
    def write(self, form: Any, user: Any) -> Organisation:
        return organisations.set_organisation(form.instance, _columns(form), by=user)


class OrganisationRevert(SavesByVerb, RevisionsRevertMixin, EditView):
    view_name = "revisions_revert"

    def write(self, form: Any, user: Any) -> Organisation:
        return organisations.set_organisation(form.instance, form.cleaned_data, by=user)


class LocationCreate(SavesByVerb, CreateView):
    def write(self, form: Any, user: Any) -> Location:
        return venues.set_location(Location(), form.cleaned_data, by=user)


class LocationEdit(SavesByVerb, EditView):
    def write(self, form: Any, user: Any) -> Location:
        return venues.set_location(Location.objects.get(pk=form.instance.pk), _columns(form), by=user)


class NeedCreate(SavesByVerb, CreateView):
    def write(self, form: Any, user: Any) -> Need:
        return seeding.set_need(Need(slug=form.cleaned_data["slug"]), _words(form.cleaned_data), by=user)


class NeedEdit(SavesByVerb, EditView):
    def get_object(self, queryset: Any = None) -> Need:
        """Also one that was merged: it may stand alone again."""
        self.live_object = get_object_or_404(Need.every, pk=unquote(str(self.kwargs["pk"])))
        return self.live_object

    @transaction.atomic
    def write(self, form: Any, user: Any) -> Need:
        need = Need.every.get(pk=form.instance.pk)
        into = form.cleaned_data.get("replaced_by")
        seeding.set_need(need, _words(_columns(form)), by=user)
        if "replaced_by" in form.changed_data:
            if need.replaced_by_id:
                needs.part_need(need, by=user)
            if into:
                needs.merge_need(need, into, by=user)
        return need


def _words(values: dict[str, Any]) -> dict[str, Any]:
    """Without the key: an address that changed would break every link to the need. Merging is a verb of its own."""
    return {name: value for name, value in values.items() if name not in ("slug", "replaced_by")}


class Listed(SnippetViewSet):
    """What all of them share."""

    search_backend_name = None
    search_fields = ["name"]
    copy_view_enabled = False
    list_per_page = 50
    lock_view_class = LockByVerb
    unlock_view_class = UnlockByVerb


class ServiceViewSet(Listed):
    model = Service
    icon = "form"
    add_view_class = ServiceCreate
    edit_view_class = ServiceEdit
    revisions_revert_view_class = ServiceRevert
    revisions_compare_view_class = ServiceCompare
    revisions_view_class = ServiceVersion
    preview_on_edit_view_class = ServicePreview
    list_display = ["name", "organisation", "status", "checked_at", "changed_at"]
    list_filter = ["status", "kind", "needs"]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("organisation"), FieldPanel("name"), FieldPanel("other_names"), FieldPanel("kind"), FieldPanel("summary")],
                heading="What it is",
            ),
            FieldPanel("what_you_get"),
            FieldPanel("description"),
            FieldPanel("needs"),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("min_age"), FieldPanel("max_age")]),
                    FieldPanel("who_for"),
                    FieldPanel("not_for"),
                    FieldPanel("group_size"),
                    FieldPanel("languages"),
                    FieldPanel("interpretation"),
                    FieldPanel("faith"),
                ],
                heading="Who it is for",
            ),
            MultiFieldPanel(
                [
                    FieldPanel(name)
                    for name in ("referral_route", "takes_referrals", "how_to_access", "next_step", "wait_time", "what_to_bring")
                ],
                heading="How people start",
            ),
            MultiFieldPanel(
                [FieldPanel(name) for name in ("at_place", "at_home", "online", "by_phone", "outreach")], heading="How it reaches people"
            ),
            MultiFieldPanel(
                [FieldPanel(name) for name in ("area", "times", "closures", "phone", "email", "url")],
                heading="Where and when",
            ),
            MultiFieldPanel(
                [FieldPanel(name) for name in ("is_free", "cost", "costs", "own_money", "direct_payment", "council_funded")],
                heading="What it costs",
            ),
            MultiFieldPanel([FieldPanel(name) for name in ("spaces", "spaces_on", "notice", "notice_until")], heading="Now"),
            MultiFieldPanel(
                [FieldPanel(name) for name in ("status", "visible_from", "visible_to", "cqc_location", "rhythm_days", "internal_note")],
                heading="For staff",
            ),
        ],
        base_form_class=ServiceForm,
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Service]":
        return Service.objects.select_related("organisation", "latest_revision")


class OrganisationViewSet(Listed):
    model = Organisation
    icon = "group"
    add_view_class = OrganisationCreate
    edit_view_class = OrganisationEdit
    revisions_revert_view_class = OrganisationRevert
    list_display = ["name", "kind", "is_vetted", "changed_at"]
    list_filter = ["kind", "ours"]
    panels = [
        MultiFieldPanel(
            [FieldPanel(name) for name in ("name", "other_names", "kind", "description", "url", "email", "phone", "social")],
            heading="What it is",
        ),
        MultiFieldPanel([FieldPanel("logo"), FieldPanel("logo_alt")], heading="Logo"),
        MultiFieldPanel([FieldPanel(name) for name in ("parent", "networks")], heading="Belongs to"),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("charity_number", "company_number", "coop_number", "cqc_provider", "ours")], heading="Registers"
        ),
        MultiFieldPanel(
            [FieldPanel(name) for name in (f"{fact}_{part}" for fact in VETTING_FACTS for part in ("seen_on", "review_on"))],
            heading="Vetting: without all four, people are signposted and no personal data passes",
        ),
    ]


class LocationViewSet(Listed):
    model = Location
    icon = "site"
    add_view_class = LocationCreate
    edit_view_class = LocationEdit
    list_display = ["__str__", "address", "postcode", "found_by"]
    search_fields = ["name", "address", "postcode"]
    panels = [
        MultiFieldPanel(
            [FieldPanel(name) for name in ("name", "address", "postcode", "lat", "lon", "transport", "masked")], heading="Where"
        ),
        MultiFieldPanel([FieldPanel(name) for name in (*venues.ACCESS_FACTS, "access_words")], heading="Getting in"),
    ]


class NeedViewSet(Listed):
    model = Need
    icon = "tag"
    add_view_class = NeedCreate
    edit_view_class = NeedEdit
    list_display = ["name", "element", "plain", "replaced_by"]
    panels = [
        *(FieldPanel(name) for name in ("slug", "element", "name", "plain", "what_counts", "rather_elsewhere", "order")),
        FieldPanel(
            "replaced_by",
            help_text="Its listings move to the need that you choose here, its page leads there, and nobody is offered it any more."
            " Asks and referrals keep the need under which they were made.",
        ),
        HelpPanel(
            "The words by which the finder understands this need are kept under “Everyday words” in the menu, where they can be tried."
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Need]":
        return Need.every.select_related("element", "replaced_by")


class TermCreate(SavesByVerb, CreateView):
    def write(self, form: Any, user: Any) -> Term:
        return terms.set_term(Term(), form.cleaned_data, by=user)


class TermEdit(SavesByVerb, EditView):
    def write(self, form: Any, user: Any) -> Term:
        return terms.set_term(Term.objects.get(pk=form.instance.pk), _columns(form), by=user)


class TermDelete(DeleteView):
    def delete_action(self) -> None:
        terms.remove_term(self.object, by=self.request.user)


class TermViewSet(Listed):
    """School terms, without the holidays: they decide what "in term time" means."""

    model = Term
    icon = "calendar-alt"
    add_view_class = TermCreate
    edit_view_class = TermEdit
    delete_view_class = TermDelete
    list_display = ["name", "first", "last"]
    panels = [FieldPanel(name) for name in ("name", "first", "last", "source")]


class ListingsGroup(SnippetViewSetGroup):
    """One menu for all of them."""

    items = (ServiceViewSet, OrganisationViewSet, LocationViewSet, NeedViewSet, TermViewSet)
    menu_label = "Listings"
    menu_icon = "list-ul"
    menu_order = 150
