"""Components of forms. Forms are made anew for each page, since they keep what was sent."""

from django import forms

from carestore.specimens.specimen import Specimen


class AskForm(forms.Form):
    """A form with one field of each kind."""

    name = forms.CharField(label="What is your name?", help_text="The name you like to be called by.", max_length=80)
    phone = forms.CharField(label="Telephone", help_text="We ring from 01632 960 123.", required=False, max_length=30)
    note = forms.CharField(label="What would help?", widget=forms.Textarea(attrs={"rows": 4}), max_length=600)
    day = forms.ChoiceField(label="Which day suits?", choices=[("", "Any day"), ("tu", "Tuesday"), ("fr", "Friday")], required=False)
    how = forms.ChoiceField(
        label="How shall we tell you?", choices=[("ring", "Ring me"), ("post", "Write a letter")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="You may tell the group my name and telephone number", help_text="You can take this back at any time.")


class PlaceForm(forms.Form):
    """One question."""

    place = forms.CharField(label="Where do you live?", help_text="A village or a postcode, such as HD7 5AA.", max_length=80)


def _wrong_form() -> forms.Form:
    return AskForm({"name": "", "note": "Someone to shop with", "how": ""}, auto_id="id_wrong_%s")


def asking() -> list[Specimen]:
    """Specimens of everything that asks."""
    return [
        Specimen(
            "form",
            "A whole form, with what is not right yet",
            "Forms of staff and partners. Errors say what to do, at the top and again at the question.",
            [{"form": _wrong_form()}],
            ("errors", "field"),
        ),
        Specimen(
            "summary",
            "What you told us",
            "Before the last button, and for the plain facts of a person or a referral.",
            [
                {
                    "rows": [
                        {"label": "Who it is for", "value": "My mother", "change_url": "#"},
                        {"label": "What would help", "value": ["Shopping", "Someone to go with"], "change_url": "#"},
                        {"label": "Telephone", "value": "", "change_url": "#"},
                    ]
                }
            ],
        ),
        Specimen("ring_us", "Rather talk?", "Below any form.", [{"phone": "01632 960 123", "hours": "Monday to Friday, 9 to 4"}]),
        Specimen(
            "buttons",
            "Buttons",
            "Verbs: “Ask the co-op”, “Still right”, “I can do this”. One first button on a page.",
            [
                {
                    "actions": [
                        {"label": "Ask the co-op", "url": "#"},
                        {"label": "Still right", "url": "#", "kind": "second"},
                        {"label": "Not now", "url": "#", "kind": "quiet"},
                        {"label": "Take it down", "url": "#", "kind": "stop"},
                    ]
                }
            ],
        ),
        Specimen(
            "form_step",
            "One question a page",
            "Everything the public fills in. Back always works, and so does “ring me instead”.",
            [{"form": PlaceForm(auto_id="id_step_%s"), "question": "", "step": "Question 2 of 5", "back_url": "#", "ring_url": "#"}],
        ),
    ]
