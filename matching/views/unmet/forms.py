"""What of the unmet need a coordinator looks at."""

from typing import Any

from django import forms

from directory.models import Need
from matching.models import Ask, UnmetNeed
from matching.rules.activities import rules
from matching.unmet.clusters import Filters

MONTHS = ((3, "3 months"), (6, "6 months"), (12, "12 months"), (24, "2 years"))
WHO = (("", "Everybody"), ("adults", "Adults"), ("carers", "Carers"))


class FilterForm(forms.Form):
    """What of the unmet need is looked at."""

    need = forms.ModelChoiceField(label="Need", queryset=Need.objects.order_by("name"), required=False, empty_label="All needs")
    activity = forms.ChoiceField(label="What exactly", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    months = forms.TypedChoiceField(label="How far back", choices=MONTHS, coerce=int, required=False)
    who = forms.ChoiceField(label="For whom", choices=WHO, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        areas = {row["area_code"]: row["area_name"] for row in UnmetNeed.objects.exclude(area_code="").values("area_code", "area_name")}
        areas |= {row["area_code"]: row["area_name"] for row in Ask.objects.open().exclude(area_code="").values("area_code", "area_name")}
        listed = sorted(areas.items(), key=lambda pair: (pair[1], pair[0]))
        self.fields["area"].choices = [("", "All areas"), *listed]  # type: ignore[attr-defined]
        self.fields["activity"].choices = [("", "Anything"), *((slug, rule.label) for slug, rule in rules().items())]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """What was chosen; a choice that is none counts as not made."""
        data = self.cleaned_data
        need = data.get("need")
        return Filters(
            need=need.pk if need else "",
            activity=data.get("activity", ""),
            area=data.get("area", ""),
            months=data.get("months") or 6,
            who=data.get("who", ""),
        )
