"""Why not: ready-made words to choose from, and room for one's own. Whoever proposed it reads them."""

from collections.abc import Mapping

from django import forms

WHY_NOT_CHANGED = (
    "We asked, and what stands on the page is right.",
    "Please write it in plainer words; we gladly help.",
    "This belongs into another part of the page.",
    "We could not find out whether it is so. Please ring us.",
    "The page names no private person without their agreement.",
)
WHY_NOT_SUGGESTED = (
    "It is in the lists already.",
    "They do not want to be in the lists.",
    "It is too far away for the people whom we help.",
    "We asked, and what stands on the page is right.",
    "We could not find out whether it is so.",
    "It is a business that sells, and nothing that we list.",
)


class Reason(forms.Form):
    """A ready-made sentence, own words, or both."""

    ready_made: tuple[str, ...] = WHY_NOT_CHANGED
    ready = forms.ChoiceField(label="Why, in words that are often used", required=False)
    reason = forms.CharField(label="In your own words", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["ready"].choices = [("", "…"), *((str(number), words) for number, words in enumerate(self.ready_made))]  # type: ignore[attr-defined]

    @classmethod
    def words_of(cls, data: Mapping[str, str]) -> str:
        """What was chosen and written, as one text; empty where neither was, or where it cannot be read."""
        form = cls(data)
        if not form.is_valid():
            return ""
        ready = form.cleaned_data["ready"]
        return " ".join(filter(None, [cls.ready_made[int(ready)] if ready else "", form.cleaned_data["reason"].strip()]))
