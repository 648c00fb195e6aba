"""Feeds in the editors' admin, with what became of each the last time."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import CreateView, EditView

from directory.harvest.feeds import set_feed
from directory.harvest.models import Feed, Run
from directory.snippets import Listed, SavesByVerb


class FeedCreate(SavesByVerb, CreateView):
    def write(self, form: Any, user: Any) -> Feed:
        return set_feed(Feed(), form.cleaned_data, by=user)


class FeedEdit(SavesByVerb, EditView):
    def write(self, form: Any, user: Any) -> Feed:
        return set_feed(Feed.objects.get(pk=form.instance.pk), {name: form.cleaned_data[name] for name in form.changed_data}, by=user)


class FeedViewSet(Listed):
    model = Feed
    icon = "download"
    menu_label = "Feeds"
    menu_order = 155
    add_to_admin_menu = True
    add_view_class = FeedCreate
    edit_view_class = FeedEdit
    list_display = [
        "name",
        "active",
        "every_days",
        "last_good_at",
        Column("last_state", label="Last time"),
        Column("last_error", label="What was wrong"),
    ]
    panels = [
        HelpPanel("Another directory that publishes its services as Open Referral UK. The worker fetches it by night when it is due."),
        MultiFieldPanel([FieldPanel(name) for name in ("name", "slug", "url", "licence")], heading="What it is"),
        MultiFieldPanel([FieldPanel(name) for name in ("active", "every_days")], heading="When"),
        MultiFieldPanel([FieldPanel(name) for name in ("details", "per_page", "parameters", "hosts")], heading="How it is asked"),
    ]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Feed]":
        last = Run.objects.filter(feed=OuterRef("pk")).order_by("-started_at")
        return Feed.objects.annotate(last_state=Subquery(last.values("state")[:1]), last_error=Subquery(last.values("error")[:1]))
