"""What templates need to know of a volunteer."""

from django import template

from matching.models import Volunteer
from matching.volunteering import photos

register = template.Library()


@register.simple_tag
def photo_words(volunteer: Volunteer) -> str:
    """What is read aloud instead of the photo, for includes/photo.html; empty where there is none."""
    return photos.photo_words(volunteer)
