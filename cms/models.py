"""The pages that editors make. The fixed addresses of the product answer without them; where one is live, it gives title, text and blocks."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks import BodyBlock
from cms.previewing import preview


class FixedAddress(models.TextChoices):
    """Addresses at which the words of a StandardPage may stand."""

    ACCESSIBILITY = "accessibility", "/accessibility/"
    PRIVACY = "privacy", "/privacy/"
    ASK = "ask", "/ask/"
    SUGGEST = "suggest", "/suggest/"
    WORRIED = "worried", "/worried/"
    NEEDS = "needs", "/needs/"


def _moved_to(page: Page, name: str, request: HttpRequest | None) -> tuple[int, str, str] | None:
    """Wagtail's parts of an address, with the fixed address of that name in the place of the one in the tree."""
    parts = Page.get_url_parts(page, request)
    return (parts[0], parts[1], reverse(name)) if parts and parts[1] is not None else parts


class HomePage(Page):
    """The words of the first page. It always stands at /, wherever it is in the tree."""

    question = models.CharField(max_length=80, default="What would help?", help_text="The one question that the page asks.")
    intro = models.CharField(max_length=300, blank=True, help_text="One or two sentences under the question.")
    body = StreamField(BodyBlock(), blank=True, help_text="Below the four doors.")

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("question"), FieldPanel("intro"), FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    max_count = 1

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        return _moved_to(self, "home", request)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("home")

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return preview(self, request)


class FinderPage(Page):
    """The words above the finder. It always stands at /find/."""

    intro = models.CharField(max_length=300, blank=True, help_text="One or two sentences above the first question.")
    body = StreamField(BodyBlock(), blank=True, help_text="Shown before anything was asked.")

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count = 1

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        return _moved_to(self, "find", request)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("find")

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return preview(self, request)


class StandardPage(Page):
    """A page of words. With `stands_at` it gives them to a fixed address; otherwise it stands where it is in the tree."""

    intro = models.CharField(max_length=300, blank=True, help_text="The first sentence, a little larger.")
    body = StreamField(BodyBlock(), blank=True)
    stands_at = models.CharField(
        "stands at", max_length=20, choices=FixedAddress.choices, blank=True, help_text="Gives its words to one of the fixed addresses."
    )

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body"), FieldPanel("stands_at")]
    template = "cms/standard_page.html"

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        return _moved_to(self, self.stands_at, request) if self.stands_at else super().get_url_parts(request)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.stands_at) if self.stands_at else super().serve(request, *args, **kwargs)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return preview(self, request)
