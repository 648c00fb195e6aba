"""/desk/rounds/: many requests and volunteers at once, as a proposal that a coordinator changes and confirms."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.desk_states import RoundState
from matching.models import Ask, Round, Volunteer
from matching.rounds import confirming, proposals
from matching.rules.errands import ERRANDS
from matching.suggesting.living import living
from matching.views.rounds.words import MOST, Told, comparison, key, sentence, why_left
from matching.views.typed import words_of_error

LISTED = 20
_PAIR_VERBS = {
    "pin": (proposals.pin, "{volunteer} stays with {ask}. The rest was worked out again."),
    "unpin": (proposals.unpin, "{volunteer} and {ask} may change again. The rest was worked out again."),
    "strike": (proposals.strike, "{volunteer} is not asked for {ask}. The rest was worked out again."),
    "unstrike": (proposals.unstrike, "{volunteer} may be asked for {ask} again. The rest was worked out again."),
}


class PairForm(forms.Form):
    """A pair that a coordinator has in mind, by the two numbers."""

    ask_number = forms.CharField(label="Request", max_length=12, help_text="Its number, such as A-101.")
    volunteer_number = forms.CharField(label="Volunteer", max_length=12, help_text="Their number, such as V-101.")

    def clean_ask_number(self) -> Ask:
        """The request of this number."""
        return self._found(Ask, "ask_number", "A")

    def clean_volunteer_number(self) -> Volunteer:
        """The volunteer of this number."""
        return self._found(Volunteer, "volunteer_number", "V")

    def _found(self, kind: type[Any], field: str, letter: str) -> Any:
        digits = self.cleaned_data[field].upper().replace(" ", "").removeprefix(letter).removeprefix("-")
        plain = digits.isascii() and digits.isdigit() and len(digits) <= 9
        found = kind.objects.filter(number=int(digits)).first() if plain else None
        if found is None:
            raise ValidationError(f"There is no {letter}-{digits[:9]}. Look at the number again.")
        return found


@door(Permission.MATCH)
@require_http_methods(["GET", "POST"])
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds there were; a posted form proposes one."""
    if request.method == "POST":
        living()  # read outside of the transaction, so that the process keeps it
        row = proposals.propose_round(by=user_of(request), once=request.POST.get("once", "")[:40])
        messages.success(request, f"{row} is worked out. Nothing has been sent.")
        return redirect("desk-round", row.pk)
    return render(request, "matching/rounds.html", {"rounds": [_line(row) for row in Round.objects.all()[:LISTED]], "once": uuid4()})


def _line(row: Round) -> dict[str, Any]:
    words = {RoundState.PROPOSED: "waits for you", RoundState.CONFIRMED: "confirmed", RoundState.DROPPED: "dropped"}
    return {
        "title": str(row),
        "url": f"/desk/rounds/{row.pk}/",
        "meta": f"{clock.local(row.made_at):%-d %B %Y}. {sentence(row)}",
        "due": words[RoundState(row.state)],
    }


@door(Permission.MATCH)
def one_round(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """One round: its pairs with reasons, who is not served, and what can be changed."""
    row = get_object_or_404(Round.objects.select_related("ended_by"), pk=round_id)
    return _page(request, row, PairForm())


def _page(request: HttpRequest, row: Round, form: PairForm, status: int = 200) -> HttpResponse:
    told, is_open = Told(row), row.state == RoundState.PROPOSED
    page = Paginator(proposals.proposed(row) if is_open else row.rows, MOST).get_page(request.GET.get("page"))
    gaps = told.gaps()
    left = Paginator(gaps, MOST).get_page(request.GET.get("left"))
    decided = [each for each in row.rows if each["state"] != proposals.PROPOSED] if is_open else []
    context = {
        "round": row,
        "is_open": is_open,
        "is_dropped": row.state == RoundState.DROPPED,
        "was_asked": any(each["state"] == proposals.OFFERED for each in row.rows),
        "sentence": sentence(row),
        "page": page,
        "pairs": told.pairs(page.object_list),
        "decided": told.pairs(decided),
        "left": told.left(left.object_list),
        "left_count": len(gaps),
        "left_why": why_left(gaps),
        "left_pages": _further(page, left),
        "struck": told.named(row.strikes),
        "let_go": told.named(row.figures.get("let_go", [])),
        "unsaid": row.figures.get("unsaid", 0),
        "to_say": Ask.objects.waiting().filter(ERRANDS, activity="", person__do_not_contact=False).order_by("made_at", "number")[:MOST],
        "one_by_one": row.figures.get("one_by_one", 0),
        "comparison": comparison(row),
        "form": form,
    }
    return render(request, "matching/round.html", context, status=status)


def _further(pairs: Page[Any], left: Page[Any]) -> dict[str, str]:
    """Further along the second list of the page, which leaves the first where it is: for components/pager.html."""

    def at(number: int) -> str:
        return f"?page={pairs.number}&left={number}#left"

    return {
        "previous": at(left.previous_page_number()) if left.has_previous() else "",
        "next": at(left.next_page_number()) if left.has_next() else "",
        "words": f"{left.start_index()} to {left.end_index()} of {left.paginator.count}",
    }


@door(Permission.MATCH)
@require_POST
def decide(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """One decision about a round: keep a pair or strike it, work it out again, ask the volunteers, or drop it."""
    row = get_object_or_404(Round, pk=round_id)
    living()
    what, version = request.POST.get("decision", ""), _version(request)
    try:
        if what == "pair":
            form = PairForm(request.POST)
            if not form.is_valid():
                return _page(request, row, form, status=400)
            pair = (form.cleaned_data["ask_number"], form.cleaned_data["volunteer_number"])
            messages.success(request, _pair_decision("pin", row, pair, user_of(request), version))
        elif what in _PAIR_VERBS:
            messages.success(request, _pair_decision(what, row, _pair_of(request), user_of(request), version))
        else:
            _whole_decision(request, what, row, version)
    except (ValidationError, WrongState) as error:
        messages.error(request, words_of_error(error))
    return redirect("desk-round", row.pk)


def _pair_decision(what: str, row: Round, pair: tuple[Ask, Volunteer], by: User, version: int) -> str:
    verb, said = _PAIR_VERBS[what]
    verb(row, *pair, by=by, version=version)
    return said.format(ask=pair[0], volunteer=pair[1])


def _pair_of(request: HttpRequest) -> tuple[Ask, Volunteer]:
    ask = get_object_or_404(Ask, pk=key(request.POST.get("ask", "")))
    return ask, get_object_or_404(Volunteer, pk=key(request.POST.get("volunteer", "")))


def _whole_decision(request: HttpRequest, what: str, row: Round, version: int) -> None:
    by = user_of(request)
    if what == "confirm":
        _confirm(request, row, version)
    elif what == "again":
        proposals.solve_again(row, by=by, version=version)
        messages.success(request, "Worked out again with what is known now. Nothing has been sent.")
    elif what == "drop":
        proposals.drop(row, by=by, version=version)
        messages.success(request, "Dropped. Nobody more is asked.")
    else:
        raise ValidationError("Choose what to do.")


def _confirm(request: HttpRequest, row: Round, version: int) -> None:
    chosen, seen = _keys(request, "row"), _keys(request, "seen")
    row = confirming.confirm(row, by=user_of(request), chosen=chosen, seen={*chosen, *seen}, version=version)
    became = [each["state"] for each in row.rows if UUID(each["ask"]) in chosen]
    asked, refused, waiting = became.count(proposals.OFFERED), became.count(proposals.REFUSED), len(proposals.proposed(row))
    who = len({each["volunteer"] for each in row.rows if UUID(each["ask"]) in chosen and each["state"] == proposals.OFFERED})
    if asked:
        messages.success(
            request,
            f"{who} volunteer{' was' if who == 1 else 's were'} asked about {asked} request{'' if asked == 1 else 's'}. "
            "They see need, area and times, not who it is.",
        )
    else:
        messages.warning(request, "Nobody was asked.")
    if refused:
        held = "pair does" if refused == 1 else "pairs do"
        messages.warning(request, f"{refused} {held} not hold any more and went to nobody: the reasons stand below.")
    if waiting:
        messages.success(
            request, f"{waiting} more pair{' waits' if waiting == 1 else 's wait'} for you here. Nobody is asked for them yet."
        )


def _keys(request: HttpRequest, field: str) -> set[UUID]:
    return {found for each in request.POST.getlist(field) if (found := key(each)) is not None}


def _version(request: HttpRequest) -> int:
    """The version that the page showed; one that is none is told as stale."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
