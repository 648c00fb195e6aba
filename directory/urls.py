"""Addresses of the directory: the partners' pages. Moderation is inside /admin/ (wagtail_hooks.py)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
