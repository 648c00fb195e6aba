"""Addresses of the directory: the partners' pages. Moderation is inside /admin/ (wagtail_hooks.py)."""

from django.urls import path

from directory.sections import WITH_A_FORM
from directory.views import contact_pages, editing, partner, partner_home, section_pages, this_week

urlpatterns = [
    path("partner/", partner_home.home, name="partner"),
    path("partner/services/<uuid:pk>/", partner.service, name="partner-service"),
    *[
        path(f"partner/services/<uuid:pk>/{section.slug}/", section_pages.section, {"section": section.slug}, name=section.url_name)
        for section in WITH_A_FORM
    ],
    path("partner/services/<uuid:pk>/contacts/", contact_pages.add, name="partner-contact-add"),
    path("partner/contacts/<uuid:pk>/", contact_pages.contact, name="partner-contact"),
    path("partner/contacts/<uuid:pk>/withdraw/", contact_pages.withdraw, name="partner-contact-withdraw"),
    path("partner/services/<uuid:pk>/now/", editing.now, name="partner-now"),
    path("partner/services/<uuid:pk>/this-week/", this_week.say, name="partner-this-week"),
    path("partner/services/<uuid:pk>/still-right/", editing.still_right, name="partner-still-right"),
    path("partner/edits/<uuid:pk>/undo/", editing.undo, name="partner-undo"),
]
