"""The look: colours that can be read, components that explain themselves, pages that keep the rules of the house."""

import itertools
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from carestore import context, styleguide
from carestore.templatetags import care
from directory.accounts.roles import Role
from tests import factories

ROOF = Path(styleguide.__file__).parent
COMPONENTS = ROOF / "templates" / "components"
TOKENS = (ROOF / "static" / "carestore" / "tokens.css").read_text()
TONES = ("moss", "heather", "clay", "river", "stone")
# Shown with another component, or part of the page around the styleguide.
PARTS = {"header", "footer", "sheets", "messages", "mark", "button_words", "cell", "field_words", "optional"}
VOID = {"meta", "link", "input", "img", "br", "hr", "use"}


class Page(HTMLParser):
    """Ids, references to them, and what the Content-Security-Policy refuses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.references: set[str] = set()
        self.refused: list[str] = []
        self.levels: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if "id" in found:
            self.ids[found["id"] or ""] += 1
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.references.update((found.get(name) or "").split())
        if (found.get("href") or "").startswith("#") and found["href"] != "#":
            self.references.add((found["href"] or "")[1:])
        inline = tag == "script" and "src" not in found and found.get("type") != "application/json"
        if inline or tag == "style" or "style" in found or any(name.startswith("on") for name in found):
            self.refused.append(self.get_starttag_text() or tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))


@pytest.fixture
def page(client: Client) -> str:
    answer = client.get("/styleguide/")
    assert answer.status_code == 200
    return answer.content.decode()


def schemes() -> dict[str, dict[str, str]]:
    """The tokens in light, dark, and both with more contrast, as the browser would mix them."""
    blocks = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", block)) for block in re.findall(r":root {(.*?)}", TOKENS, re.DOTALL)]
    light, dark, more, more_dark = blocks
    return {"light": light, "dark": light | dark, "more": light | more, "more dark": light | dark | more | more_dark}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    """(words or edge, ground, least contrast): every pair that the sheets put together."""
    grounds = ["paper", "card", *(f"{tone}-pale" for tone in TONES)]
    words = ["ink", "soft", "river", "moss-deep"]
    return [
        *((word, ground, 4.5) for word, ground in itertools.product(words, grounds)),
        *((tone, ground, 4.5) for tone in TONES for ground in ("paper", "card", f"{tone}-pale")),
        *(("on-tone", tone, 4.5) for tone in (*TONES, "moss-deep")),
        *(("edge", ground, 3) for ground in ("paper", "card")),
        ("on-ground", "ground", 4.5),
        ("on-sun", "sun", 4.5),
        ("soft", "hill", 4.5),
        ("ink", "hill", 4.5),
    ]


@pytest.mark.parametrize("scheme", schemes())
def test_every_pair_of_colours_can_be_read(scheme: str) -> None:
    colours = schemes()[scheme]
    too_low = {(a, b): round(contrast(colours[a], colours[b]), 2) for a, b, least in pairs() if contrast(colours[a], colours[b]) < least}
    assert not too_low


@pytest.mark.django_db
def test_every_component_is_shown_and_says_what_it_is_for(page: str) -> None:
    names = {path.stem for path in COMPONENTS.glob("*.html")}
    assert [name for name in sorted(names - PARTS) if f"components/{name}.html" not in page] == []
    assert all(styleguide.described(name) for name in names)


@pytest.mark.django_db
def test_nothing_on_the_page_needs_inline_scripts_or_styles(page: str) -> None:
    assert Page(page).refused == []


@pytest.mark.django_db
def test_labels_hints_and_links_find_what_they_name(page: str) -> None:
    read = Page(page)
    assert [name for name, times in read.ids.items() if times > 1] == []
    assert read.references - set(read.ids) == set()


@pytest.mark.parametrize("sheet", sorted((ROOF / "static" / "carestore").glob("*.*")), ids=lambda path: path.name)
def test_no_sheet_or_script_asks_another_host(sheet: Path) -> None:
    words = sheet.read_text().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|//[a-z]|@import", words)


class Form(forms.Form):
    name = forms.CharField(label="Your name")
    how = forms.ChoiceField(label="How shall we tell you?", choices=[("ring", "Ring me")], widget=forms.RadioSelect)


def test_errors_say_what_to_do_and_lead_to_the_question() -> None:
    html = render_to_string("components/form.html", {"form": Form({"name": "", "how": "fax"})})
    read = Page(html)
    assert "This field is required" not in html
    assert "Your name: Please answer this." in html
    assert "How shall we tell you? Please choose one of these." in html
    assert {"id_name", "id_name_error", "id_how_0"} <= read.references | {"id_how_0"}
    assert read.references <= set(read.ids)


def test_what_people_typed_is_never_read_as_html() -> None:
    typed = "<b onclick=x>"
    result = {"name": typed, "summary": typed, "why": [typed], "organisation": typed + "!", "notice": typed}
    html = render_to_string("components/result_card.html", {"result": result})
    html += render_to_string("components/ask_box.html", {"q": typed, "place": typed, "place_error": typed})
    html += Template("{% load care %}{% fold words %}{{ words }}{% endfold %}{% notice words %}{{ words }}{% endnotice %}").render(
        Context({"words": typed})
    )
    assert "<b onclick" not in html
    assert html.count("&lt;b onclick=x&gt;") >= 12


def test_a_post_button_carries_its_token_and_fields() -> None:
    actions = [{"label": "Ask V-17", "url": "/x/", "method": "post", "fields": [("volunteer", "17")]}]
    html = render_to_string("components/buttons.html", {"actions": actions, "csrf_token": "token"})
    assert 'name="csrfmiddlewaretoken" value="token"' in html
    assert 'name="volunteer" value="17"' in html


counts = st.one_of(st.none(), st.integers(0, 10_000))


@given(st.lists(counts, min_size=1, max_size=12))
def test_bars_stay_in_their_picture_and_a_hidden_one_tells_nothing(numbers: list[int | None]) -> None:
    rows = [{"label": str(number), "count": number, "shown": "1 to 7" if number is None else str(number)} for number in numbers]
    bars = [row["bars"][0] for row in care.bar_widths({"rows": rows})]
    assert all(0 <= bar["width"] <= 100 for bar in bars)
    assert len({bar["width"] for bar in bars if bar["hidden"]}) <= 1
    assert [bar["hidden"] for bar in bars] == [number is None for number in numbers]


def test_a_figure_draws_what_is_hidden_hatched_and_says_it_in_words() -> None:
    rows = [{"label": "My Life", "count": 15, "shown": "15"}, {"label": "My Care", "count": None, "shown": "1 to 7"}]
    html = render_to_string("components/figure.html", {"figure": {"id": "one", "title": "Referrals", "rows": rows}})
    assert html.count("<pattern") == 1
    assert "<b>15</b>" in html
    assert "<b>1 to 7</b>" in html


@pytest.mark.parametrize(
    ("phone", "address"), [("01632 960 123", "tel:01632960123"), ("+44 (0)1484 221000", "tel:+441484221000"), ("0800-1111", "tel:08001111")]
)
def test_a_telephone_number_can_be_pressed(phone: str, address: str) -> None:
    assert care.tel(phone) == address


@pytest.mark.parametrize(
    ("value", "word"), [(True, "Yes"), (False, "No"), (None, "Not known"), ("yes", "Yes"), ("no", "No"), ("unknown", "Not known")]
)
def test_facts_are_said_in_words(value: object, word: str) -> None:
    assert f"<dd>{word}" in render_to_string("components/facts.html", {"facts": [{"label": "Step-free", "value": value}]})


def rooms_of(*roles: Role) -> list[str]:
    request = RequestFactory().get("/desk/people/")
    request.user = factories.user(*roles)
    roof = context.roof(request)["roof"]
    return [way.label for way in roof["rooms"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "rooms"),
    [
        (Role.PERSON, []),
        (Role.VOLUNTEER, []),
        (Role.PARTNER, ["Partner"]),
        (Role.CARE_WORKER, ["Desk"]),
        (Role.COORDINATOR, ["Desk", "Council figures"]),
        (Role.COUNCIL_REFERRER, ["Refer someone"]),
        (Role.ANALYST, ["Council figures"]),
        (Role.EDITOR, ["Admin"]),
        (Role.ADMINISTRATOR, ["Council figures", "Admin"]),
    ],
)
def test_the_header_shows_each_role_its_own_rooms(role: Role, rooms: list[str]) -> None:
    assert rooms_of(role) == rooms


@pytest.mark.django_db
@override_settings(MODULES=frozenset({"directory", "finder"}))
def test_a_room_that_is_switched_off_is_gone_from_the_header() -> None:
    assert rooms_of(Role.COORDINATOR, Role.EDITOR) == ["Admin"]


def test_the_way_one_is_on_is_marked() -> None:
    roof = context.roof(RequestFactory().get("/find/"))["roof"]
    assert [way.label for way in roof["nav"] if way.current] == ["Find help"]
    assert not roof["signed_in"]


@pytest.mark.django_db
@pytest.mark.parametrize("demo", [True, False])
def test_the_demonstration_says_that_it_is_one(client: Client, demo: bool) -> None:
    with override_settings(DEMO=demo):
        assert ("This is a demonstration." in client.get("/styleguide/").content.decode()) is demo


@pytest.mark.parametrize("code", [400, 403, 404, 405, 429, 500])
def test_every_error_page_says_what_to_do_next(code: int) -> None:
    if code == 500:
        html = render_to_string("500.html", context.site_facts())
    else:
        html = render_to_string(f"{code}.html", request=RequestFactory().get("/"))
    assert "01632 960 123" in html
    read = Page(html)
    assert read.refused == []
    assert read.levels[0] == 1
    assert 'href="/"' in html


def test_errors_of_django_say_what_to_do() -> None:
    assert care.kindly("Enter a valid URL.") == "This web address is not whole. It looks like https://example.org."
    said = care.kindly("Ensure this value has at most 30 characters (it has 41).")
    assert said == "This is too long: 41 letters and spaces, and there is room for 30."
    assert care.kindly("Ring us.") == "Ring us."


@pytest.mark.parametrize("said", ["V-103", "HD7 5AA", "HD7 5", "01632 960 123", "07700 900201"])
def test_what_is_said_in_one_breath_is_not_broken(said):
    assert care.whole(f"Ask {said} & ring") == f'Ask <span class="whole">{said}</span> &amp; ring'
    assert care.whole(f"<b>{said}") == f'&lt;b&gt;<span class="whole">{said}</span>'


def test_markup_is_left_as_it_is():
    link = Template('<a href="/V-103/">V-103</a>').render(Context())
    assert care.whole(link) == link
