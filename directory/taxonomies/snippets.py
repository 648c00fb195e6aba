"""Other vocabularies in the editors' admin: terms to look at, mappings to set, confirm and take away. Every save goes through the verbs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel, ObjectList
from wagtail.snippets.views.snippets import CreateView, DeleteView, EditView, SnippetViewSet, SnippetViewSetGroup

from directory.snippets import Listed, SavesByVerb
from directory.taxonomies import mapping
from directory.taxonomies.models import NeedMapping, Term


class MappingForm(WagtailAdminModelForm):
    """A term is named by its address: a list of thousands is none to choose from."""

    term_uri = forms.CharField(
        label="Address of the term", max_length=300, help_text="Such as http://id.esd.org.uk/service/242. The terms are in the menu."
    )
    confirmed = forms.BooleanField(label="I know both, and confirm that it is so", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row: NeedMapping = self.instance
        if not row._state.adding:
            self.fields["need"].disabled = self.fields["term_uri"].disabled = True
            self.initial |= {"term_uri": row.term.uri, "confirmed": row.is_confirmed}

    def clean_term_uri(self) -> str:
        uri = str(self.cleaned_data["term_uri"]).strip()
        self.term = Term.objects.filter(uri=uri).first()
        if self.term is None:
            raise ValidationError("No list that was loaded holds this term. Look for it under “Terms”.")
        return uri

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_new = self.instance._state.adding and data.get("need") and getattr(self, "term", None)
        if is_new and NeedMapping.objects.filter(need=data["need"], term=self.term).exists():
            self.add_error("term_uri", "This need and this term are mapped already. Change that one.")
        return data


class _WritesMapping(SavesByVerb):
    def write(self, form: Any, user: Any) -> NeedMapping:
        data = form.cleaned_data
        return mapping.set_mapping(data["need"], form.term, data["kind"], by=user, source=data["source"], confirmed=data["confirmed"])


class MappingCreate(_WritesMapping, CreateView):
    pass


class MappingEdit(_WritesMapping, EditView):
    pass


class MappingDelete(DeleteView):
    def delete_action(self) -> None:
        mapping.remove_mapping(self.object, by=self.request.user)


class MappingViewSet(Listed):
    model = NeedMapping
    icon = "link"
    menu_label = "Needs and terms"
    add_view_class = MappingCreate
    edit_view_class = MappingEdit
    delete_view_class = MappingDelete
    list_display = ["need", "kind", "term", "confirmed_at", "source"]
    list_filter = ["kind", "need"]
    search_fields = ["term__name", "term__uri", "need__name"]
    edit_handler = ObjectList(
        [
            HelpPanel(
                "A feed's service that has a term which means the same as a need, or a part of it, gets that need here. What nobody has "
                "confirmed is marked wherever it shows."
            ),
            *(FieldPanel(name) for name in ("need", "term_uri", "kind", "source", "confirmed")),
        ],
        base_form_class=MappingForm,
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[NeedMapping]":
        return NeedMapping.objects.select_related("need", "term")


class TermViewSet(Listed):
    """Terms come out of files (`manage.py load_taxonomy`) and are looked at only."""

    model = Term
    icon = "list-ul"
    menu_label = "Terms"
    inspect_view_enabled = True
    list_display = ["name", "code", "uri", "taxonomy", "gone"]
    list_filter = ["taxonomy", "gone"]
    search_fields = ["name", "uri", "code"]
    inspect_view_fields = ["taxonomy", "name", "code", "uri", "parent", "description", "gone"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Term]":
        return Term.objects.select_related("taxonomy")


class VocabulariesGroup(SnippetViewSetGroup):
    """One menu for both."""

    items: tuple[type[SnippetViewSet], ...] = (MappingViewSet, TermViewSet)
    menu_label = "Vocabularies"
    menu_icon = "tag"
    menu_order = 160
