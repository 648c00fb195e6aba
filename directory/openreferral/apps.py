from django.apps import AppConfig


class OpenReferralConfig(AppConfig):
    name = "directory.openreferral"
    label = "openreferral"
