"""/oruk/: the addresses of Open Referral UK 3.0. Read only, for everybody, the same for everybody."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from directory.accounts.doors import PUBLIC, door
from directory.openreferral import answers, queries, reading, taxonomies
from directory.openreferral.modified import newest
from directory.openreferral.moved import led_on, moved
from directory.openreferral.paging import Page, page_of
from directory.openreferral.parameters import OF_TAXONOMIES, OF_TERMS, Asked, BadParameters, read
from directory.openreferral.values import Record

VERSION = "HSDS-UK-3.0"
PROFILE = "https://github.com/OpenReferralUK/uk-profile/blob/main/docs/index.md"
OPENAPI = "https://openreferraluk.org/specifications/3.0/openapi.json"
# Of these, what is repeated is one list.
LISTS = frozenset(("taxonomy_term_id", "taxonomy_id", "organization_id", "parent_id", "day"))


class JsonWhateverIsAsked(BaseContentNegotiation):
    """There is one form, and `format` alone chooses another: browsers and scripts ask for all sorts of types."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class OpenView(APIView):
    """What all of them share: nobody signs in, every site may read, errors are JSON."""

    authentication_classes = ()
    content_negotiation_class = JsonWhateverIsAsked
    schema = None

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """Any script may ask."""
        return answers.preflight()

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        return answers.open_to_all(super().finalize_response(request, response, *args, **kwargs))

    def asked(self, request: Request, allowed: frozenset[str]) -> Asked:
        """What the parameters ask. Raises ValidationError (400)."""
        params = {name: ",".join(values) if name in LISTS else values[-1] for name, values in request.query_params.lists() if values}
        try:
            return read(params, allowed)
        except BadParameters as error:
            raise ValidationError(error.errors) from error


@door(PUBLIC)
class Root(OpenView):
    """What this is."""

    def get(self, request: Request) -> HttpResponseBase:
        body = {"version": VERSION, "profile": PROFILE, "openapi_url": OPENAPI}
        return answers.answer(request._request, body, newest())


@door(PUBLIC)
class ListView(OpenView):
    """A list of one kind of record, page by page or as one stream."""

    kind: reading.Kind = reading.SERVICES

    def get(self, request: Request) -> HttpResponseBase:
        asked, changed = led_on(self.asked(request, self.kind.parameters)), newest()
        if asked.ndjson:
            return answers.stream(request._request, reading.stream(self.kind, asked), changed)
        page = page_of(self.kind.listed(asked), number=asked.page, size=asked.per_page)
        body = page.envelope(self.kind.records(page.ids, asked))
        return answers.answer(request._request, body, changed, link=answers.links(request._request, page))


@door(PUBLIC)
class RecordView(OpenView):
    """One record with all that hangs on it."""

    kind: reading.Kind = reading.SERVICES

    def get(self, request: Request, pk: str) -> HttpResponseBase:
        asked, changed = self.asked(request, self.kind.parameters & {"full_service"}), newest()
        found = reading.one(self.kind, _key(pk), Asked(full=True, full_service=asked.full_service))
        if found is None:
            elsewhere = moved(self.kind, _key(pk))
            if elsewhere is None:
                raise Http404
            return elsewhere
        return answers.answer(request._request, found, changed)


@door(PUBLIC)
class Taxonomies(OpenView):
    """The one taxonomy."""

    def get(self, request: Request) -> HttpResponseBase:
        asked, changed = self.asked(request, OF_TAXONOMIES), newest()
        record = taxonomies.taxonomy_record()
        fits = queries.says_taxonomy(asked.words, record["name"], record["description"])
        return _short_list(request, [record] if fits else [], asked, changed)


@door(PUBLIC)
class Taxonomy(OpenView):
    """The taxonomy with all its terms."""

    def get(self, request: Request, pk: str) -> HttpResponseBase:
        changed = newest()
        if _key(pk) != taxonomies.TAXONOMY:
            raise Http404
        return answers.answer(request._request, taxonomies.taxonomy_record(full=True), changed)


@door(PUBLIC)
class Terms(OpenView):
    """Elements and needs."""

    def get(self, request: Request) -> HttpResponseBase:
        asked, changed = self.asked(request, OF_TERMS), newest()
        elements, needs = queries.elements_and_needs(asked)
        terms = [*map(taxonomies.element_term, elements), *taxonomies.need_terms(needs)]
        return _short_list(request, terms, asked, changed)


@door(PUBLIC)
class Term(OpenView):
    """One element or need."""

    def get(self, request: Request, pk: str) -> HttpResponseBase:
        changed, term = newest(), _key(pk)
        if element := queries.element_called(term):
            return answers.answer(request._request, taxonomies.element_term(element), changed)
        if need := queries.need_called(term):
            return answers.answer(request._request, taxonomies.need_terms([need])[0], changed)
        raise Http404


@door(PUBLIC)
class Nothing(OpenView):
    """Every other address below: not there, and said in JSON."""

    def get(self, request: Request, rest: str) -> HttpResponseBase:
        raise Http404


def _short_list(request: Request, found: list[Record], asked: Asked, changed: Any) -> HttpResponseBase:
    """A page of what is so short that all of it was read."""
    if asked.ndjson:
        return answers.stream(request._request, found, changed)
    pages = max(1, -(-len(found) // asked.per_page))
    begin = (asked.page - 1) * asked.per_page
    page = Page([], asked.page, pages, len(found))
    body = page.envelope(found[begin : begin + asked.per_page])
    return answers.answer(request._request, body, changed, link=answers.links(request._request, page))


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
