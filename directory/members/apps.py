"""The room of members, as a Django app."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Invitations are forgotten piece by piece, some time after they ended."""

    name = "directory.members"
    label = "members"
    verbose_name = "members of groups"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory.daily import register_daily
        from directory.members import invitations

        register_daily("invitations_forgotten", invitations.forget_some)
