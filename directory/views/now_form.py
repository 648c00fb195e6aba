"""What changes from week to week and goes onto the page at once: phone, times, places left, a notice."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from directory import clock
from directory.listing_fields import FIELDS
from directory.opening_words import DAYS, lines_of
from directory.times import Every, times_from_json

HOW = [
    ("week", "Every week"),
    ("1", "The first of the month"),
    ("2", "The second of the month"),
    ("3", "The third of the month"),
    ("4", "The fourth of the month"),
    ("5", "The fifth of the month, where there is one"),
    ("-1", "The last of the month"),
    ("once", "Once, on the date beside"),
]
BLANK_ROWS = 3


class NowForm(forms.Form):
    """Phone, places left and the notice."""

    phone = forms.CharField(label="Phone", required=False, max_length=60, help_text="Of the group. Visitors ring it.")
    spaces = forms.IntegerField(
        label="Places left now", required=False, min_value=0, max_value=9999, help_text="Leave it empty if you do not count."
    )
    notice = forms.CharField(label="Notice on your page", required=False, max_length=300, help_text="For example: Closed for half term.")
    notice_until = forms.DateField(label="Take the notice down after", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, seen: Mapping[str, Any], **kwargs: Any) -> None:
        self.seen = seen
        notice, spaces = seen["notice"] or {}, seen["spaces"] or {}
        initial = {"phone": seen["phone"], "spaces": spaces.get("left"), "notice": notice.get("text"), "notice_until": notice.get("until")}
        kwargs["initial"] = {**initial, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """A notice needs its last day, and that day lies ahead."""
        data = super().clean() or self.cleaned_data
        self.listing: dict[str, Any] = {}
        if "phone" in data:
            self._take("phone", data["phone"])
        if "spaces" in data:
            self._take("spaces", self._spaces(data["spaces"]))
        if "notice" in data and "notice_until" in data:
            self._take_notice(data["notice"], data["notice_until"])
        return data

    def _take(self, name: str, value: Any) -> None:
        try:
            self.listing[name] = FIELDS[name].clean(value)
        except ValidationError as error:
            self.add_error(name, error.messages)  # type: ignore[arg-type]

    def _spaces(self, left: int | None) -> dict[str, Any] | None:
        if left is None:
            return None
        before = self.seen["spaces"]
        return before if before and before["left"] == left else {"left": left, "on": clock.today().isoformat()}

    def _take_notice(self, text: str, until: Any) -> None:
        if not text:
            self._take("notice", None)
        elif until is None:
            self.add_error("notice_until", "Say after which day the notice comes down.")
        elif until < clock.today() and {"text": text, "until": until.isoformat()} != self.seen["notice"]:
            self.add_error("notice_until", "That day has passed. Choose today or a later day.")
        else:
            self._take("notice", {"text": text, "until": until.isoformat()})


class ClosedForm(forms.Form):
    """Days on which it is closed. A row without a first day is left out, and so a closure is taken away by emptying it."""

    first = forms.DateField(label="Closed from", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="Up to and with", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label="Why", required=False, max_length=100, help_text="For example: half term.")


class ClosuresForm:
    """All closures that are not over, a row each and one more, blank or with a school holiday; those of a single place, and those of last year,
    are kept as they are."""

    def __init__(self, data: Mapping[str, Any] | None, seen: Mapping[str, Any], holiday: tuple[date, date] | None = None) -> None:
        today = clock.today().isoformat()
        blank = {"first": holiday[0], "last": holiday[1], "reason": "school holidays"} if holiday else {}
        self.shown = [row for row in seen["closures"] if row["last"] >= today and "place" not in row]
        self.kept = [row for row in seen["closures"] if row not in self.shown]
        self.forms = [ClosedForm(data, prefix=f"closed-{index}", initial=initial) for index, initial in enumerate([*self.shown, blank])]
        self.names = [*(f"Closure {number}" for number in range(1, len(self.forms))), "Another closure"]
        self.error = ""

    def is_valid(self) -> bool:
        """Are all rows right? Then `listing` holds the closures."""
        wrong = [form for form in self.forms if not form.is_valid()]
        if wrong:
            return False
        rows = [
            {"first": data["first"].isoformat(), "last": (data["last"] or data["first"]).isoformat(), "reason": data["reason"]}
            for data in (form.cleaned_data for form in self.forms)
            if data["first"]
        ]
        try:
            self.listing = FIELDS["closures"].clean([*self.kept, *rows])
        except ValidationError as error:
            self.error = " ".join(error.messages)
            return False
        return True


class TimeForm(forms.Form):
    """One row of times. A row without an opening time is left out, and so a row is taken away by emptying it."""

    how = forms.ChoiceField(label="How often", choices=HOW, required=False)
    weekday = forms.TypedChoiceField(label="Day", choices=list(enumerate(DAYS)), coerce=int, required=False, empty_value=None)
    on = forms.DateField(label="Date", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    opens = forms.TimeField(label="From", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(label="To", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    term_time_only = forms.BooleanField(label="In term time only", required=False)

    @property
    def is_rare(self) -> bool:
        """Does it differ from a plain weekly time, or is a fault where only the folded part shows it?"""
        given = [self[name].value() for name in ("how", "on", "term_time_only")]
        return given[0] not in (None, "", "week") or any(given[1:]) or bool({"how", "on"} & self.errors.keys())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        given = data.get("opens"), data.get("closes")
        if (given[0] is None) != (given[1] is None) and not self.errors:
            self.add_error("closes" if given[1] is None else "opens", "Say from when and to when.")
        if given[0] is not None and data.get("how") == "once" and not data.get("on"):
            self.add_error("on", "Say on which date.")
        return data


class TimesForm:
    """All times of a listing, a row each and three blank ones; rows of a rarer kind are kept as they are and shown in words."""

    def __init__(self, data: Mapping[str, Any] | None, seen: Mapping[str, Any]) -> None:
        rows: list[dict[str, Any]] = seen["times"]
        self.shown = [row for row in rows if row["every"] != Every.MONTH_DATE]
        self.kept = [row for row in rows if row["every"] == Every.MONTH_DATE]
        self.kept_words = lines_of(times_from_json(self.kept))
        initials = [_row_initial(row) for row in self.shown] + [{} for _ in range(BLANK_ROWS)]
        self.forms = [TimeForm(data, prefix=f"times-{index}", initial=initial) for index, initial in enumerate(initials)]
        self.names = [f"Time {number}" for number in range(1, len(self.forms) + 1)]
        self.error = ""

    def is_valid(self) -> bool:
        """Are all rows right, and do they fit beside each other? Then `listing` holds the times."""
        wrong = [form for form in self.forms if not form.is_valid()]
        if wrong:
            return False
        try:
            self.listing = FIELDS["times"].clean([*self.kept, *self._rows()])
        except ValidationError as error:
            self.error = " ".join(error.messages)
            return False
        return True

    def _rows(self) -> Iterator[dict[str, Any]]:
        for index, form in enumerate(self.forms):
            data = form.cleaned_data
            if data["opens"] is None:
                continue
            before = self.shown[index] if index < len(self.shown) else {}
            how = data["how"] or "week"
            day = {"every": how if how in ("week", "once") else str(Every.MONTH_WEEKDAY)}
            if how == "once":
                day["on"] = data["on"].isoformat()
            else:
                day |= {"weekday": data["weekday"] or 0, "nth": None if how == "week" else int(how)}
            more: dict[str, Any] = {
                name: before[name] for name in ("valid_from", "valid_to", "closed_on_bank_holidays", "place") if name in before
            }
            hours = {"opens": f"{data['opens']:%H:%M}", "closes": f"{data['closes']:%H:%M}"}
            yield {**more, **day, **hours, "term_time_only": data["term_time_only"]}


def _row_initial(row: dict[str, Any]) -> dict[str, Any]:
    how = row["every"] if row["every"] in (Every.WEEK, Every.ONCE) else str(row["nth"])
    return {"how": how, **{name: row.get(name) for name in ("weekday", "on", "opens", "closes", "term_time_only")}}
