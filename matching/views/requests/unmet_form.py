"""Recording a request as unmet: what the product proposes from what happened, for the coordinator to confirm or change."""

from typing import Any

from django import forms

from matching.candidates import Candidates
from matching.models import Ask, UnmetNeed
from matching.rules.providers import is_for_providers
from matching.unmet.proposing import propose


class UnmetForm(forms.Form):
    """What emptied the list; for personal care also that the registered providers were gone through with the person."""

    emptied_by = forms.ChoiceField(
        label="Why could nobody help?",
        choices=[("", "Choose …"), *UnmetNeed.EmptiedBy.choices],
        error_messages={"required": "Choose what emptied the list."},
    )
    providers = forms.BooleanField(
        label="I went through the registered providers listed above with the person",
        help_text="This is, or may be, personal care. If the list is empty, no registered provider here is known to us.",
        error_messages={"required": "Go through the registered providers with the person first, and tick it."},
    )

    def __init__(self, ask: Ask, *args: Any, found: Candidates | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_for_providers(ask):
            del self.fields["providers"]
        if found is not None:
            proposal = propose(ask, found)
            self.initial["emptied_by"] = proposal.emptied_by or ""
            self.fields["emptied_by"].help_text = proposal.words
