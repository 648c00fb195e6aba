"""The blocks that editors put pages together from: few, each drawn by the components that all pages use."""

from typing import Any

from wagtail import blocks

from directory.models import Need

RICH = ["bold", "italic", "link", "ol", "ul"]
MOST_LISTED = 12


def need_choices() -> list[tuple[str, str]]:
    """Every need under its element, as they are now."""
    return [
        (need.slug, f"{need.element.name}: {need.name}")
        for need in Need.objects.select_related("element").order_by("element__order", "order")
    ]


class HeadingBlock(blocks.CharBlock):
    """A heading within a page."""

    class Meta:
        icon = "title"
        template = "cms/blocks/heading.html"


class WordsBlock(blocks.RichTextBlock):
    """Running text. Wagtail keeps only the marks that RICH allows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=RICH, **kwargs)

    class Meta:
        icon = "pilcrow"
        template = "cms/blocks/words.html"


class NoticeBlock(blocks.StructBlock):
    """What happens next, or what has changed: a title and a few words that stand out."""

    title = blocks.CharBlock(max_length=100)
    text = blocks.RichTextBlock(features=RICH)
    tone = blocks.ChoiceBlock(choices=[("river", "what happens next"), ("clay", "take care"), ("moss", "good news")], default="river")

    class Meta:
        icon = "info-circle"
        template = "cms/blocks/notice.html"


class ServicesBlock(blocks.StructBlock):
    """A list of services that is never out of date: the finder answers it each time the page is read."""

    title = blocks.CharBlock(max_length=100, help_text="Such as: Lunch clubs in the valley")
    need = blocks.ChoiceBlock(choices=need_choices, required=False)
    words = blocks.CharBlock(max_length=100, required=False, help_text="Such as: lunch club")
    place = blocks.CharBlock(max_length=80, required=False, help_text="A village or a postcode; nothing for everywhere.")
    count = blocks.IntegerBlock(min_value=1, max_value=MOST_LISTED, default=5)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the services as cards, and the finder's address for all of them."""
        from cms.presenting.lists import listed_services

        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        found = listed_services(
            need=value.get("need") or "", words=value.get("words") or "", place=value.get("place") or "", most=value.get("count") or 5
        )
        return {**context, "listed": found}

    class Meta:
        icon = "list-ul"
        template = "cms/blocks/services.html"


class BodyBlock(blocks.StreamBlock):
    """What a page is made of."""

    heading = HeadingBlock()
    words = WordsBlock()
    notice = NoticeBlock()
    services = ServicesBlock()
