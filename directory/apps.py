from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "directory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from directory import admin_policy, relations, signing_in
        from directory.daily import register_daily

        register_daily("codes_forgotten", signing_in.forget_some)
        relations.register()
        admin_policy.register()
