"""The forms of the everyday words: all phrases of a need, and a draft of a few that are not kept yet."""

from typing import Any

from django import forms

from directory.models import Need
from search.bench import Draft
from search.everyday_words import phrases_of
from search.phrase_rules import LONGEST, MOST, Voice, faults, lines_of, same_as
from search.query import QUESTION_MAX

TEXT_MOST = MOST * (LONGEST + 2) * 2


class Phrases(forms.Field):
    """Lines of text as phrases."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> tuple[str, ...]:
        text = str(value or "")
        if len(text) > TEXT_MOST:
            raise forms.ValidationError(f"This is too much text for a list of {MOST} phrases.")
        return lines_of(text)


class WordsForm(forms.Form):
    """All phrases of a need in both voices, and which version of them was read."""

    resident = Phrases(label="What residents say, one phrase a line", required=False)
    professional = Phrases(label="What professionals write, one phrase a line", required=False)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    @property
    def words(self) -> dict[Voice, tuple[str, ...]]:
        return {voice: self.cleaned_data[voice.value] for voice in Voice}


class QuestionForm(forms.Form):
    """The phrase to read."""

    q = forms.CharField(label="A phrase as somebody would type it", max_length=QUESTION_MAX, required=False)


class DraftForm(QuestionForm):
    """Phrases to add to one need and to take away, to be tried or published."""

    need = forms.ChoiceField(label="Need")
    voice = forms.ChoiceField(label="Whose words", choices=Voice.choices, initial=Voice.RESIDENT, widget=forms.RadioSelect)
    add = Phrases(label="Phrases to add, one a line", required=False)
    take = Phrases(label="Phrases to take away, one a line", required=False)
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, needs: list[Need], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._needs = {need.slug: need for need in needs}
        self.fields["need"].choices = [(need.slug, need.name) for need in needs]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Need | None:
        """The need that was chosen, also where the rest of the form is wrong."""
        return self._needs.get(self.data.get("need", ""))

    @property
    def draft(self) -> Draft:
        data = self.cleaned_data
        return Draft(data["need"], Voice(data["voice"]), data["add"], data["take"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors or self.chosen is None:
            return data
        if not data["add"] and not data["take"]:
            raise forms.ValidationError("Write at least one phrase to add or to take away.")
        draft, kept = self.draft, phrases_of(self.chosen, Voice(data["voice"]))
        there = set(map(same_as, kept))
        here = f"the {draft.voice.label.lower()}’ phrases of {self.chosen.name}"
        wrong = [
            *faults(draft.applied(kept), kept),
            *(f"“{phrase}” is among {here} already." for phrase in draft.add if same_as(phrase) in there),
        ]
        missing = [f"“{phrase}” is not among {here}." for phrase in draft.take if same_as(phrase) not in there]
        for name, found in (("add", wrong), ("take", missing)):
            if found:
                self.add_error(name, found)
        return data
