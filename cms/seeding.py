"""The first pages of a new site, so that editors have something to change. What is there already is never touched."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.html import escape
from wagtail.models import GroupPagePermission, Page, Site

from cms.models import FinderPage, FixedAddress, HomePage, StandardPage
from cms.own_words import ABOUT, OWN_WORDS, OwnWords
from directory.accounts.granting import ADMIN_GROUPS
from directory.accounts.roles import Role

# (role, what its group may do with pages)
PAGE_PERMISSIONS = {
    Role.EDITOR: ("add_page", "change_page", "publish_page"),
    Role.ADMINISTRATOR: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page"),
}


@transaction.atomic
def make_pages() -> int:
    """Make the home page, the finder's page and the first pages of words, and let the two groups edit. Returns how many pages were made."""
    _let_in()
    home = HomePage.objects.first()
    if home is not None:
        return 0
    home = _make_home()
    pages: list[Page] = [
        FinderPage(title="Find help", slug="find", intro="Say it in your own words, or choose a kind of help."),
        _words_page("about", ABOUT),
        _words_page("accessibility", OWN_WORDS[FixedAddress.ACCESSIBILITY], FixedAddress.ACCESSIBILITY),
        _words_page("privacy", OWN_WORDS[FixedAddress.PRIVACY], FixedAddress.PRIVACY),
    ]
    for page in pages:
        home.add_child(instance=page)
        page.save_revision().publish()
    return 1 + len(pages)


def _make_home() -> HomePage:
    """In the place of the page that Wagtail itself brings, which says nothing."""
    root = Page.get_first_root_node()
    home = HomePage(title=settings.SITE_NAME, slug="start")
    root.add_child(instance=home)
    home.save_revision().publish()
    address = urlsplit(settings.BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    values = {"hostname": address.hostname or "localhost", "port": port, "site_name": settings.SITE_NAME, "root_page": home}
    Site.objects.update_or_create(is_default_site=True, defaults=values)
    for empty in Page.objects.filter(depth=2, slug="home", numchild=0).exclude(pk=home.pk):
        if empty.specific_class is Page:
            empty.delete()
    return home


def _words_page(slug: str, words: OwnWords, stands_at: str = "") -> StandardPage:
    return StandardPage(title=words.title, slug=slug, intro=words.intro, body=list(_body(words)), stands_at=stands_at)


def _body(words: OwnWords) -> Iterable[tuple[str, str]]:
    for part in words.parts:
        if part.heading:
            yield "heading", part.heading
        yield "words", "".join(_html(kind, texts) for kind, texts in part.blocks)


def _html(kind: str, texts: list[str]) -> str:
    if kind == "ul":
        return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _let_in() -> None:
    """The two groups enter the page editor and may work on every page."""
    root = Page.get_first_root_node()
    enter = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    for role, codenames in PAGE_PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=ADMIN_GROUPS[role])
        group.permissions.add(enter)
        for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=codenames):
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
