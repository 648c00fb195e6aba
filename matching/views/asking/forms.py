"""The questions of asking at /ask/, a form for each step."""

from collections.abc import Callable

from matching.asking import steps
from matching.views.asking.fields import StepForm
from matching.views.asking.help_forms import AboutForm, GiveForm, KindForm, OftenForm, WhenForm, WhereForm
from matching.views.asking.people_forms import AgeForm, ContactForm, ReachForm, ThemForm, UnderstandForm, WhomForm, YouForm

FORMS: dict[str, Callable[..., StepForm]] = {
    steps.ABOUT: AboutForm,
    steps.WHERE: WhereForm,
    steps.WHOM: WhomForm,
    steps.AGE: AgeForm,
    steps.KIND: KindForm,
    steps.THEM: ThemForm,
    steps.OFTEN: OftenForm,
    steps.WHEN: WhenForm,
    steps.YOU: YouForm,
    steps.CONTACT: ContactForm,
    steps.REACH: ReachForm,
    steps.UNDERSTAND: UnderstandForm,
    steps.GIVE: GiveForm,
}
