"""Files out of a register and into it: exports, and an import from the file to the end."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from aims.organisation.refused import Refused
from aims.pages.exchange_list import listed
from aims.pages.places import crumbs
from aims.pages.request import MemberRequest
from aims.pages.views.registers import known
from aims.records.access import existing, require, visible
from aims.records.base import Part
from aims.records.changes import part_name
from aims.records.display import Named, first_letter_up, label, part_rows, words
from aims.records.exchange import importing
from aims.records.exchange.documents import reader_of
from aims.records.exchange.export import MEDIA, csv_lines, file_name, workbook
from aims.records.exchange.importing import imports, may_import, take_in
from aims.records.exchange.mapping import fields_of, twice_named
from aims.records.exchange.models import Import, ImportRow
from aims.records.exchange.parts import fields_of_part
from aims.records.exchange.reading import Table, column_name, letter
from aims.records.exchange.work import look, start
from aims.records.jobs import attempts_told
from aims.records.registry import Register

SHOWN = 100  # rows of a check on one page
RECORDS = 500  # that a document may go into, as a form lists them
LONG = 1000  # characters that are shown of the parts of a record
SAMPLES = 3  # cells that are shown of each column
ACTS = ImportRow.Act
PLURALS = {
    ACTS.CREATE: gettext_lazy("New"),
    ACTS.CHANGE: gettext_lazy("Changed"),
    ACTS.SAME: gettext_lazy("Same"),
    ACTS.ERROR: gettext_lazy("Errors"),
}


@require_GET
def export(request: MemberRequest, path: str, ending: str) -> HttpResponseBase:
    """The list as it is filtered and sorted, as a file."""
    register = known(path)
    rows, name = listed(request, register), file_name(register, ending, timezone.localdate())
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if ending == "csv":
        lines = csv_lines(request.member, register, rows)
        return StreamingHttpResponse(lines, content_type=MEDIA[ending], headers=headers)
    content = workbook(request.member, register, rows)
    return HttpResponse(content, content_type=MEDIA[ending], headers=headers)


class FileForm(forms.Form):
    """The file to import."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)


def bring_form(request: MemberRequest, register: Register, *data: Any) -> FileForm:
    """The form of a file; where documents are read, with the record that one goes into."""
    form = FileForm(*data)
    if reader_of(register.path):
        live = visible(request.member, register.model).exclude(state="withdrawn").order_by("title", "pk")
        rows = [(str(row.pk), str(row)) for row in live[:RECORDS]]
        form.fields["target"] = forms.ChoiceField(
            label=_("A document goes into"),
            choices=[("", _("a new record")), *rows],
            required=False,
            help_text=_("Of a table, each row names its record itself."),
            initial=request.GET.get("into", ""),
        )
    return form


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: MemberRequest, path: str) -> HttpResponse:
    """Choose the file of a new import; below, the imports so far."""
    register = known(path)
    require(may_import(request.member, register))
    if request.method != "POST":
        return show_bring(request, register, bring_form(request, register))
    form = bring_form(request, register, request.POST, request.FILES)
    if form.is_valid():
        try:
            target = form.cleaned_data.get("target", "")
            of = take_in(request.member, register, form.cleaned_data["file"], target=target)
            return HttpResponseRedirect(place_of(of))
        except Refused as refused:
            form.add_error("file", str(refused))
    return show_bring(request, register, form, 422)


def show_bring(request: MemberRequest, register: Register, form: FileForm, status: int = 200) -> HttpResponse:
    """The page on which a file is chosen."""
    context = {
        "title": _("Import: %(kinds)s") % {"kinds": register.plural},
        "crumbs": crumbs(register, (_("Import"), "")),
        "register": register,
        "form": form,
        "drop": {
            "accept": ".csv,.tsv,.txt,.xlsx" + (",.md,.markdown,.json" if "target" in form.fields else ""),
            "limit_mb": 5,
            "heading": _("Drop a file here, or choose one"),
            "hint": _("A table, a model card (README.md) or a CycloneDX ML-BOM (JSON). Up to 5 MB.")
            if "target" in form.fields
            else _("CSV or XLSX with headings. Up to 5 MB and 20,000 rows."),
        },
        "fields": fields_of(register).values(),
        "parts": [str(part._meta.verbose_name_plural) for part in register.parts],
        "rows": [row_of(of) for of in imports(request.member).filter(path=register.path)[:20]],
    }
    return render(request, "pages/exchange/bring.html", context, status=status)


def row_of(of: Import) -> dict[str, Any]:
    """An import as a row of a list."""
    return {
        "label": of.name,
        "url": place_of(of),
        "icon": "file-text",
        "detail": f"{of.get_state_display()}, {counted(of)}",
        "info": timezone.localtime(of.asked_at).strftime("%Y-%m-%d"),
    }


def place_of(of: Import, **asked: str) -> str:
    """Where an import is shown."""
    address = reverse("import one", args=[of.path, of.pk])
    return f"{address}?{urlencode(asked)}" if asked else address


def counted(of: Import) -> str:
    """How many rows do what."""
    parts = [f"{first_letter_up(str(PLURALS[act]))} {of.counts[act]}" for act in ACTS if of.counts.get(act)]
    number = int(of.counts.get("rows", 0))
    return ", ".join(parts) or ngettext("%(number)d row", "%(number)d rows", number) % {"number": number}


def found(request: MemberRequest, path: str, key: Any) -> Import:
    """An import of a register, if the member may see it."""
    of = imports(request.member).select_related("job", "asked_by").filter(path=path, pk=key).first()
    return look(existing(of))


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: MemberRequest, path: str, key: Any) -> HttpResponse:
    """An import at the stage where it is; what is posted brings it on."""
    of = found(request, path, key)
    if request.method != "POST":
        mapping = of.state == Import.State.READ or (
            of.state == Import.State.CHECKED and "mapping" in request.GET
        )
        return show_mapping(request, of) if mapping else show_rows(request, of)
    try:
        of = bring_on(request, of)
    except Refused as refused:
        of.refresh_from_db()
        return (show_mapping if of.state == Import.State.READ else show_rows)(request, of, refused)
    return HttpResponseRedirect(place_of(of))


def bring_on(request: MemberRequest, of: Import) -> Import:
    """Do what a button says."""
    member, act = request.member, request.POST.get("act", "")
    if act == "place":
        sheets = {name: place_posted(request, f"{name}-") for name in kinds_of_parts(known(of.path))}
        return importing.choose_place(member, of, *place_posted(request), sheets)
    if act == "check":
        parts = {
            name: mapping_posted(request, place["headings"], f"{name}-") for name, place in of.parts.items()
        }
        of = importing.choose_mapping(member, of, mapping_posted(request, of.headings), parts)
    if act not in (importing.CHECK, importing.APPLY, importing.UNDO):
        raise Refused("invalid", _("There is no such step."))
    of = start(member, of, act)
    if of.state == Import.State.APPLIED:
        messages.success(request, _("Imported: %(counts)s.") % {"counts": counted(of)})
    if of.state == Import.State.UNDONE:
        messages.success(request, _("The import is undone."))
    return of


def kinds_of_parts(register: Register) -> dict[str, type[Part]]:
    """The kinds of parts of a register's records, by the name under which a record has them."""
    return {part_name(part): part for part in register.parts}


def place_posted(request: MemberRequest, prefix: str = "") -> tuple[str, int]:
    """A sheet and the row of its headings, as a form says them; 0 where it says none."""
    header = request.POST.get(f"{prefix}header", "")
    number = int(header) if header.isascii() and header.isdigit() and len(header) < 6 else 0
    return request.POST.get(f"{prefix}sheet", "")[:100], number


def mapping_posted(request: MemberRequest, headings: list[str], prefix: str = "") -> dict[str, str]:
    """Position → field, as a form says it."""
    return {str(n): request.POST.get(f"{prefix}c{n}", "") for n in range(len(headings))}


def show_mapping(request: MemberRequest, of: Import, refused: Refused | None = None) -> HttpResponse:
    """Which column fills which field, with the first cells of each."""
    register, content = known(of.path), importing.content(request.member, of)
    columns = columns_shown(content, of.header, of.headings, of.mapping, fields_of(register))
    context = base(of, register) | {
        "columns": columns,
        "sheets": content.sheets,
        "parts": parts_shown(of, register) if content.sheets else [],
        "refused": refused,
        "twice": ", ".join(twice_named(of.headings)),
        "unused": len(columns) - len(of.mapping),
    }
    return render(request, "pages/exchange/mapping.html", context, status=refused.status if refused else 200)


def columns_shown(
    table: Table,
    header: int,
    headings: list[str],
    mapping: dict[str, str],
    fields: dict[str, str],
    prefix: str = "",
) -> list[dict[str, Any]]:
    """The columns of a sheet with their first cells, and what each may fill."""
    below = table.below(header)[:SAMPLES]
    return [
        {
            "place": f"{prefix}c{place}",
            "letter": letter(place),
            "name": column_name(headings, place),
            "samples": [row[place][:60] for _number, row in below if place < len(row) and row[place].strip()],
            "options": [(name, words_, name == mapping.get(str(place))) for name, words_ in fields.items()],
        }
        for place in range(len(headings))
    ]


def parts_shown(of: Import, register: Register) -> list[dict[str, Any]]:
    """Each kind of part with its sheet and columns; without a sheet none of it is imported."""
    tables = importing.part_tables(of)
    found = []
    for name, part in kinds_of_parts(register).items():
        at = of.parts.get(name, {"sheet": "", "header": "", "mapping": {}})
        columns = (
            columns_shown(
                tables[name], at["header"], at["headings"], at["mapping"], fields_of_part(part), f"{name}-"
            )
            if name in tables
            else []
        )
        heading = first_letter_up(str(part._meta.verbose_name_plural))
        found.append({"name": name, "heading": heading, "columns": columns, **at})
    return found


def base(of: Import, register: Register) -> dict[str, Any]:
    """What every page of an import shows."""
    way = (_("Import"), reverse("import", args=[register.path]))
    return {
        "title": of.name,
        "crumbs": crumbs(register, way, (of.name, "")),
        "register": register,
        "of": of,
        "counts": counted(of),
    }


def show_rows(request: MemberRequest, of: Import, refused: Refused | None = None) -> HttpResponse:
    """What each row would do, did, or why it cannot; while a worker is at it, how far it is."""
    register, act = known(of.path), request.GET.get("act", "")
    act = act if act in ACTS.values else ""
    after = request.GET.get("after", "")
    rows = importing.rows_of(of, act)
    if after.isascii() and after.isdigit() and len(after) < 8:
        rows = rows.filter(~Q(sheet="") | Q(number__gt=int(after)))
    found_ = list(rows[: SHOWN + 1])
    context = base(of, register) | {
        "refused": refused,
        "tabs": tabs(of, act),
        "rows": told(request, register, found_[:SHOWN]),
        "next_url": next_rows(of, act, found_),
        "working": of.state == Import.State.WORKING,
        "progress": progress_of(of),
        "may_apply": of.state == Import.State.CHECKED and not of.counts.get(ACTS.ERROR) and changes(of),
        "may_undo": of.state == Import.State.APPLIED and changes(of) and may_import(request.member, register),
    }
    return render(request, "pages/exchange/rows.html", context, status=refused.status if refused else 200)


def next_rows(of: Import, act: str, found_: list[ImportRow]) -> str:
    """Where the rows go on; those of parts without a record come last, and all of them at once."""
    main = [row.number for row in found_[:SHOWN] if not row.sheet]
    return place_of(of, act=act, after=str(main[-1])) if len(found_) > SHOWN and main else ""


def changes(of: Import) -> int:
    """How many records an import makes or changes."""
    return int(of.counts.get(ACTS.CREATE, 0)) + int(of.counts.get(ACTS.CHANGE, 0))


def tabs(of: Import, act: str) -> list[dict[str, Any]]:
    """All rows, then those of each kind."""
    first = {"label": _("All"), "url": place_of(of), "current": not act, "count": of.counts.get("rows", 0)}
    kinds = [kind for kind in ACTS if of.counts.get(kind)]
    return [first] + [
        {"label": PLURALS[k], "url": place_of(of, act=k), "current": k == act, "count": of.counts[k]}
        for k in kinds
    ]


def told(request: MemberRequest, register: Register, rows: list[ImportRow]) -> list[dict[str, Any]]:
    """Rows with their differences in words."""
    named = Named(request.member)
    kinds = kinds_of_parts(register)
    for row in rows:
        if not row.path:
            for values in (row.before, row.after):
                named.want(register.model, [name for name in values if name not in kinds], values)
                want_parts(named, kinds, values)
    return [told_row(known(row.path) if row.path else register, row, named) for row in rows]


def told_row(register: Register, row: ImportRow, named: Named) -> dict[str, Any]:
    """One row: where its record is, and what it changes in words."""
    return {
        "row": row,
        "sheet": first_letter_up(str(register.plural)) if row.path else row.sheet,
        "url": reverse("record", args=[register.path, row.record_id]) if row.record_id else "",
        "tone": {ACTS.ERROR: "bad", ACTS.CREATE: "ok", ACTS.CHANGE: "info"}.get(ACTS(row.act), "idle"),
        "differences": [line for name in row.after for line in told_of(register, row, name, named)],
    }


def want_parts(named: Named, kinds: dict[str, type[Part]], values: dict[str, Any]) -> None:
    """Note what the parts among some values refer to, so that all names are asked at once."""
    for name in values.keys() & kinds.keys():
        for row in values[name]:
            named.want(kinds[name], kinds[name].form, row)


def told_of(register: Register, row: ImportRow, name: str, named: Named) -> list[tuple[str, str, str]]:
    """A field before and after; of one that holds fields of its own (`differences`), each of those that differ."""
    own = None if name in kinds_of_parts(register) else getattr(register.field(name), "differences", None)
    if own is None:
        return [difference(register, row, name, named)]
    found = own(row.before.get(name), row.after[name])
    return [(head, was[:300], becomes[:300]) for head, was, becomes in found]


def difference(register: Register, row: ImportRow, name: str, named: Named) -> tuple[str, str, str]:
    """A field before and after; parts in lines."""
    if part := kinds_of_parts(register).get(name):
        lines = [
            "\n".join(" · ".join(filter(None, row)) for row in part_rows(part, rows, named))
            for rows in (row.before.get(name, []), row.after[name])
        ]
        return label(register.model, name), lines[0][:LONG], lines[1][:LONG]
    field = register.field(name)
    was = words(field, row.before[name], named) if name in row.before else ""
    return label(register.model, name), was[:300], words(field, row.after[name], named)[:300]


def progress_of(of: Import) -> dict[str, Any]:
    """The context of components/progress.html."""
    percent = of.job.progress if of.job else 0
    working = of.state == Import.State.WORKING
    told = _("%(percent)d %% done. You can leave this page.") % {"percent": percent}
    again = attempts_told(of.job) if of.job else ""
    return {
        "percent": percent if working else 100,
        "label": _("Import"),
        "text": f"{told} {again}".strip() if working else _("Done."),
        "done": not working,
        "poll_url": reverse("import progress", args=[of.path, of.pk]) if working else "",
    }


@require_GET
def progress(request: MemberRequest, path: str, key: Any) -> HttpResponse:
    """How far a worker is; when it is done, the page is loaded again."""
    of = found(request, path, key)
    if of.state != Import.State.WORKING:
        return HttpResponse(status=204, headers={"HX-Redirect": place_of(of)})
    return render(request, "components/progress.html", {"progress": progress_of(of)})
