"""The blocks that editors put pages together from: few, each drawn by the components that all pages use."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from wagtail import blocks

from cms.presenting.words import ACCESS_WORDS, DAY_WORDS, MODE_WORDS, first_up
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.models import Need

if TYPE_CHECKING:
    from cms.presenting.addresses import Address

RICH = ["bold", "italic", "link", "ol", "ul"]
MOST_LISTED = 12


def need_choices() -> list[tuple[str, str]]:
    """Every need under its element, as they are now."""
    return [
        (need.slug, f"{need.element.name}: {need.name}")
        for need in Need.objects.select_related("element").order_by("element__order", "order")
    ]


def _is_editor(request: HttpRequest | None) -> bool:
    """Does somebody look at it who could put it right, in a preview or on the page itself?"""
    return request is not None and (getattr(request, "is_preview", False) or allowed(request.user, Permission.EDIT_PAGES))


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
    mode = blocks.ChoiceBlock(
        choices=[(mode, first_up(words)) for mode, words in MODE_WORDS.items()], required=False, label="How it reaches people"
    )
    open = blocks.ChoiceBlock(choices=[(day, f"On {words}") for day, words in DAY_WORDS.items()], required=False, label="When")
    free = blocks.BooleanBlock(required=False, label="Only what is free")
    access = blocks.ChoiceBlock(
        choices=[(fact, first_up(words)) for fact, words in ACCESS_WORDS.items()], required=False, label="Getting in"
    )
    count = blocks.IntegerBlock(min_value=1, max_value=MOST_LISTED, default=5)
    on_a_map = blocks.BooleanBlock(required=False, help_text="With a map beside the list. One map a page.")

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the services as cards, the finder's address for all of them, and for editors a word where nothing is found."""
        from cms.presenting.lists import listed_services
        from cms.public_state import public_state

        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        found = listed_services(
            self.address(value), state=public_state(), most=value.get("count") or 5, on_a_map=bool(value.get("on_a_map"))
        )
        return {**context, "listed": found, "tell_editor": not found.cards and _is_editor((parent_context or {}).get("request"))}

    @staticmethod
    def address(value: Any) -> "Address":
        """What the block asks of the finder."""
        from cms.presenting.addresses import Address

        asked = {name: value.get(name) or "" for name in ("need", "place", "mode", "open", "access")}
        return Address().replace(q=value.get("words") or "", free="1" if value.get("free") else "", **asked)

    class Meta:
        icon = "list-ul"
        template = "cms/blocks/services.html"


class BodyBlock(blocks.StreamBlock):
    """What a page is made of."""

    heading = HeadingBlock()
    words = WordsBlock()
    notice = NoticeBlock()
    services = ServicesBlock()
