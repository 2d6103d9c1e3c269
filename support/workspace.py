"""What clause 7 contributes."""

from django.utils.translation import gettext_lazy as _

from aims.records.lifecycles import DECIDERS, approval
from aims.records.registry import Register, Workspace
from support.models import Document, DocumentVersion

workspace = Workspace(
    clause="7",
    registers=(
        Register(
            Document,
            answers=("7.5.1", "7.5.2", "7.5.3", "A.2.3"),
            columns=("title", "kind", "edition", "effective_from", "review_due", "owner"),
            form=(
                (_("What it is"), ("title", "kind", "edition", "codes", "owner")),
                (_("Content"), ("text", "place")),
                (_("Access"), ("access", "access_note")),
                (_("When it holds"), ("effective_from", "review_due")),
            ),
            filters=("state", "kind", "access", "owner"),
            lifecycle=approval(
                _("I have reviewed this document and approve it as suitable and adequate."),
                DECIDERS,
                ("owner", "edition", "effective_from"),
            ),
            parts=(DocumentVersion,),
            record_types=("document", "document_approval", "document_access", "document_version"),
            icon="file-text",
            about=_(
                "Controlled documents: who wrote and approved them, which version holds, who may read them."
            ),
        ),
    ),
)
