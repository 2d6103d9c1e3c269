"""How a request of an auditor stands, in words for who looks at it."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone

from aims.organisation.member import Member
from aims.records.models import Comment
from evaluation import requests as asking
from evaluation.models import AuditRequest

register = template.Library()


@register.simple_tag(takes_context=True)
def standing_of(context: Context, request: AuditRequest) -> dict[str, Any]:
    """Who waits for whom, why it came back, and whether the reader may ask again."""
    member: Member = context["request"].member
    now = timezone.now()
    back = request.state == "sent_back"
    return {
        "mine": request.owner_id == member.id,
        "asker": request.created_by,
        "reason": Comment.objects.filter(record_id=request.pk).order_by("-pk").first() if back else None,
        "late": request.state in asking.WAITING and request.due is not None and request.due < now.date(),
        "remind_url": reverse("remind", args=[request.pk]) if asking.may_remind(member, request, now) else "",
    }
