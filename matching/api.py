"""/api/v1/referrals/: refer somebody in, follow one's own, move them on."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from directory.accounts.doors import door, user_of
from directory.accounts.policy import roles_of
from directory.accounts.roles import Permission, Role
from directory.journal.models import Event
from matching.api_shapes import MoveIn, ReferralIn, ReferralList, ReferralMade, ReferralOut, made, shown
from matching.models import FamilyLink, Referral
from matching.refer_in import KeyReused, refer_in
from matching.referrals import move
from matching.relations import known_in_care
from matching.states import ReferralState

ERRORS = inline_serializer("ReferralErrors", {"errors": serializers.DictField(child=serializers.ListField(child=serializers.CharField()))})
REFUSALS = {400: ERRORS, 401: ERRORS, 403: ERRORS, 413: ERRORS, 415: ERRORS}
PAGE_SIZE = 50
KEY = OpenApiParameter(
    "Idempotency-Key", location=OpenApiParameter.HEADER, description="Your own key for this request, remembered 30 days."
)


class Conflict(exceptions.APIException):
    """409."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def referrals_of(user: Any) -> QuerySet[Referral]:
    """The referrals that stand in a relation to this user: what is outside does not exist for them."""
    roles = roles_of(user)
    if Role.COORDINATOR in roles:
        return Referral.objects.all()
    own = Q(pk=None)
    if Role.COUNCIL_REFERRER in roles:
        own |= Q(referrer=user)
    if Role.PARTNER in roles:
        own |= Q(created_by=user)
    if Role.CARE_WORKER in roles:
        own |= Q(created_by=user, person__in=known_in_care(user))
    if Role.PARTNER in roles:
        own |= Q(service__organisation__memberships__user=user, sent_at__isnull=False)
    if Role.PERSON in roles:
        own |= Q(person__user=user)
    if Role.FAMILY in roles:
        links = FamilyLink.objects.filter(user=user)
        seeing = links.filter(Q(sees=FamilyLink.Sees.REQUESTS) | ~Q(authority=FamilyLink.Authority.NONE))
        own |= Q(created_by=user, person__family__in=links, state=ReferralState.DRAFT) | Q(created_by=user, person__family__in=seeing)
    return Referral.objects.filter(own).distinct()


def _data(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    found = shape(data=request.data)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


@door((Permission.PREPARE_REFERRAL, Permission.SEE_REFERRAL))
class Referrals(APIView):
    """Own referrals; a new one."""

    @extend_schema(
        parameters=[
            OpenApiParameter("changed_since", description="A moment such as 2026-10-01T09:00:00Z."),
            OpenApiParameter("page", type=int),
            OpenApiParameter("page_size", type=int, description="100 at most."),
        ],
        responses={200: ReferralList, **REFUSALS},
    )
    def get(self, request: Request) -> Response:
        """Own referrals, the newest first; with changed_since those that moved since."""
        since, page, size = _listing(request)
        rows = referrals_of(user_of(request)).order_by("-created_at", "pk")
        if since is not None:
            moved = Event.objects.filter(object_type="matching.referral", at__gte=since).values("object_id")
            rows = rows.filter(pk__in=moved)
        with_people = rows.select_related("person").prefetch_related("person__merged_from")
        found = [shown(referral) for referral in with_people[(page - 1) * size : page * size]]
        return Response({"total": rows.count(), "page": page, "page_size": size, "results": found})

    @extend_schema(request=ReferralIn, parameters=[KEY], responses={200: ReferralMade, 201: ReferralMade, 409: ERRORS, **REFUSALS})
    def post(self, request: Request) -> Response:
        """Make and send a referral; for the person themselves, their family and whoever only prepares it is a draft.

        The same key with the same body gives the same referral (200), with another body 409.
        """
        key = request.headers.get("Idempotency-Key", "").strip()
        if len(key) > 200:
            raise exceptions.ValidationError({"Idempotency-Key": ["At most 200 characters."]})
        try:
            answer = refer_in(_data(ReferralIn, request), by=user_of(request), key=key)
        except KeyReused as error:
            raise Conflict({"Idempotency-Key": [str(error)]}) from error
        return Response(made(answer.referral), status=201 if answer.is_new else 200)


@door((Permission.PREPARE_REFERRAL, Permission.SEE_REFERRAL))
class OneReferral(APIView):
    """One own referral."""

    @extend_schema(operation_id="referrals_one", responses={200: ReferralOut, 404: ERRORS, **REFUSALS})
    def get(self, request: Request, referral_id: UUID) -> Response:
        return Response(shown(_own(request, referral_id)))


@door((Permission.SEND_REFERRAL, Permission.ANSWER_REFERRALS, Permission.PREPARE_REFERRAL))
class Moves(APIView):
    """Steps of one referral."""

    @extend_schema(request=MoveIn, responses={200: ReferralOut, 404: ERRORS, 409: ERRORS, **REFUSALS})
    def post(self, request: Request, referral_id: UUID) -> Response:
        """Move it on. 403: not your step; 409: there is no such step from where it is; 404: not a referral of yours."""
        referral, sees_person = _movable(request, referral_id)
        details = _data(MoveIn, request)
        return Response(shown(move(referral, details.pop("to"), by=user_of(request), **details), sees_person=sees_person))


def _own(request: Request, referral_id: UUID) -> Referral:
    found = referrals_of(user_of(request)).filter(pk=referral_id).first()
    if found is None:
        raise Http404
    return found


def _movable(request: Request, referral_id: UUID) -> tuple[Referral, bool]:
    """The referral, and whether this user may know whom it is about: an administrator reaches each one, without seeing the person."""
    found = referrals_of(user_of(request)).filter(pk=referral_id).first()
    if found is not None:
        return found, True
    found = Referral.objects.filter(pk=referral_id).first() if Role.ADMINISTRATOR in roles_of(request.user) else None
    if found is None:
        raise Http404
    return found, False


def _listing(request: Request) -> tuple[Any, int, int]:
    class Listing(serializers.Serializer):
        changed_since = serializers.DateTimeField(required=False)
        page = serializers.IntegerField(min_value=1, max_value=100_000, default=1)
        page_size = serializers.IntegerField(min_value=1, max_value=100, default=PAGE_SIZE)

    unknown = set(request.query_params) - {"changed_since", "page", "page_size"}
    if unknown:
        raise exceptions.ValidationError({name: ["There is no such filter."] for name in sorted(unknown)})
    found = Listing(data=request.query_params.dict())
    found.is_valid(raise_exception=True)
    return found.validated_data.get("changed_since"), found.validated_data["page"], found.validated_data["page_size"]
