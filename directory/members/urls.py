"""Addresses of who keeps a group's listings."""

from django.urls import path

from directory.members.views import group, invitation, member

urlpatterns = [
    path("partner/group/<uuid:pk>/", group.group, name="partner-group"),
    path("partner/group/<uuid:pk>/leave/", group.leave, name="partner-group-leave"),
    path("partner/members/<uuid:pk>/", member.member, name="partner-member"),
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
]
