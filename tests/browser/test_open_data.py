"""The open data pages on small and large screens, and a frame on another site's page."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.browser.conftest import Opens
from tests.browser.seeing import accessible, fits

PAGES = (
    "/open-data/",
    "/open-data/developers/",
    "/open-data/embed/?look=map&place=HD7+5AA",
    "/embed/list/?q=lunch",
    "/embed/map/?place=HD7+5AA",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_for_everybody(opens: Opens, path: str) -> None:
    page = opens(path, width=320)
    fits(accessible(page))
    page.set_viewport_size({"width": 1280, "height": 900})
    fits(accessible(page))


@pytest.fixture
def parish(address: str) -> Iterator[str]:
    """Another site, with a map of ours and a page of ours that may not be framed."""
    frames = "".join(
        f'<iframe src="{address}{path}" title="{name}" width="380" height="640"></iframe>'
        for name, path in (("map", "/embed/map/?place=HD7+5AA"), ("finder", "/find/"))
    )

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>Parish</title>{frames}".encode())

        def log_message(self, *words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_framed_map_opens_listings_beside_it(opens: Opens, parish: str) -> None:
    page = opens("/open-data/")
    other = page.context.new_page()
    other.route(f"{parish}**", lambda route: route.continue_())
    other.goto(parish)
    framed = other.frame_locator("iframe[title=map]")
    framed.locator(".map.live").wait_for()
    with other.context.expect_page() as opened:
        framed.locator("h2 a").first.click()
    assert "/services/" in opened.value.url
    assert other.frame_locator("iframe[title=finder]").locator("#ask-q").count() == 0
