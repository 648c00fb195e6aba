"""The eyes of these tests: they see what is wrong, so that green means something."""

import pytest

from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
        ("document.querySelector('main').innerHTML += '<input>'", "label"),
        ("document.querySelector('main h1').style.color = '#ddd'", "color-contrast"),
    ],
)
def test_axe_sees_a_planted_fault(opens: Opens, spoil: str, fault: str) -> None:
    page = opens("/needs/")
    page.evaluate(spoil)
    with pytest.raises(AssertionError, match=fault):
        accessible(page)


def test_a_page_that_runs_out_of_the_screen_is_seen(opens: Opens) -> None:
    page = opens("/needs/", width=320)
    page.evaluate("document.querySelector('main h1').style.width = '400px'")
    with pytest.raises(AssertionError):
        fits(page)
