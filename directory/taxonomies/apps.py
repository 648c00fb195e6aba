from django.apps import AppConfig


class TaxonomiesConfig(AppConfig):
    name = "directory.taxonomies"
    label = "taxonomies"
    verbose_name = "other vocabularies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from directory.admin_policy import ACTIONS, ModeratorsOnly
        from directory.taxonomies.models import NeedMapping, Term

        register_permission_policy(Term, ModeratorsOnly(Term, frozenset({"view"})))
        register_permission_policy(NeedMapping, ModeratorsOnly(NeedMapping, ACTIONS | {"delete"}))
