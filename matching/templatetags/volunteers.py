"""What templates need to know of a volunteer."""

from datetime import datetime

from django import template

from matching.models import Volunteer
from matching.offering.words import moment_words, time_words
from matching.volunteering import photos

register = template.Library()


@register.simple_tag
def photo_words(volunteer: Volunteer) -> str:
    """What is read aloud instead of the photo, for includes/photo.html; empty where there is none."""
    return photos.photo_words(volunteer)


@register.filter
def moment(at: datetime | None) -> str:
    """Day and time as they are said: "Tuesday 15 December, 10 am"."""
    return moment_words(at) if at else ""


@register.filter
def clock_time(at: datetime | None) -> str:
    """The time alone: "10 am"."""
    return time_words(at) if at else ""
