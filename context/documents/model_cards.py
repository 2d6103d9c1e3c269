"""Model cards as hubs keep them: a README in Markdown, with YAML in front of it or without."""

import re
from typing import Any

from django.utils.translation import gettext as _

from context.documents.found import LINE, Found, lines, task
from context.documents.untrusted import Unreadable, decoded, yaml_of

FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
FENCE = re.compile(r"^ {0,3}(```|~~~)")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
VERSION_ROW = re.compile(
    r"^\|[ \t*]{0,9}version[ \t*]{0,9}\|[ \t]{0,9}([^|\n]{1,50})\|", re.IGNORECASE | re.MULTILINE
)
DECORATION = re.compile(r"^\s*(?:\[?!\[|<|\||>|-{3,}|\*{3,}|`{3})")
LINK = re.compile(r"\[([^\[\]]{0,300})\]\([^()\s]{0,1000}\)")
MOST, LONGEST_LINE = 1_000_000, 500  # characters of a card; of a line that may be a heading
# words of a heading → field of the system, or section and field of its description; the first that fits has it
PLACES: tuple[tuple[str, str], ...] = (
    ("out-of-scope|out of scope|not intended", "not_intended"),
    ("misuse|malicious", "misuse"),
    ("intended use|direct use|use cases?|^uses?$|primary use", "purpose"),
    ("intended users?|^users$", "users"),
    ("limitation|caveat|known issue", "model.limits"),
    ("^bias|risks and bias", "model.limits"),
    ("training data|^datasets?$", "data.provenance"),
    ("preprocess|data preparation", "pipeline.step_data_preparation"),
    ("training procedure|^training$|fine-tuning", "pipeline.step_modelling"),
    ("^evaluation|^results$|^performance", "pipeline.step_verification_validation"),
    ("model description|^description$|^overview$|model details|^summary$", "identification.description"),
    ("human oversight", "oversight"),
)
# names in front of a card that say something here; the others are told
KNOWN = {
    "model_name", "model-name", "version", "base_model", "pipeline_tag", "library_name", "datasets", "metrics",
    "model-index", "tags", "base_model_relation",
}  # fmt: skip
RELATIONS = {"finetune": "fine_tuning", "adapter": "fine_tuning", "quantized": "quantisation"}


def read_card(content: bytes, name: str = "") -> Found:
    """What a model card says; raises `Unreadable` for what is none."""
    text = decoded(content)
    if not text.strip():
        raise Unreadable(_("The file is empty."))
    if len(text) > MOST:
        raise Unreadable(_("The card is too long: at most %(number)d characters.") % {"number": MOST})
    front, body = split(text)
    found = Found(_("model card"))
    sections = sections_of(body)
    _front(found, front)
    _title(found, front, sections, name)
    _sections(found, sections)
    if match := VERSION_ROW.search(body):
        _version(found, match[1].strip())
    if "purpose" not in found.values:
        found.values["purpose"] = _("Not stated in the model card.")
    return found.finished()


def split(text: str) -> tuple[dict[str, Any], str]:
    """The front matter and the text below it; without front matter nothing and the text."""
    match = FRONT.match(text)
    if match is None:
        return {}, text
    front = yaml_of(match[1])
    if front is None:
        return {}, text[match.end() :]
    if not isinstance(front, dict):
        raise Unreadable(_("The front matter is no list of names with values."))
    return front, text[match.end() :]


def sections_of(body: str) -> list[tuple[int, str, str]]:
    """The headings with their level and the text below each; what stands before the first has none. Code is left out."""
    found: list[tuple[int, str, list[str]]] = [(0, "", [])]
    fenced = False
    for line in body.splitlines():
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            if len(line) < LONGEST_LINE and (match := HEADING.match(line)):
                found.append((len(match[1]), plain(match[2]), []))
            else:
                found[-1][2].append(line)
    return [(level, heading, "\n".join(text).strip()) for level, heading, text in found]


def plain(text: str) -> str:
    """Words without the signs of Markdown."""
    return re.sub(r"[*_`]{1,3}", "", LINK.sub(r"\1", text)).strip()


def words(text: str) -> str:
    """The paragraphs and lists of a section, without pictures, tables, quotes and links."""
    kept = [plain(line) for line in text.splitlines() if not DECORATION.match(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _front(found: Found, front: dict[str, Any]) -> None:
    """What stands in front of the card."""
    found.ml["model"] = [_base(front)]
    for library in texts(front.get("library_name"))[:1]:
        found.describe("tools", "frameworks", [{"name": library[:LINE]}])
    metrics = [{"metric": one[:LINE]} for one in texts(front.get("metrics"))[:50]]
    found.describe("tools", "evaluation_metrics", metrics)
    if data := [
        {"dataset": one[:LINE], "data_role": "training"} for one in texts(front.get("datasets"))[:50]
    ]:
        found.ml["data"] = data
    tags = [text_of(front.get("pipeline_tag")), *texts(front.get("tags"))]
    next((tag for tag in tags if task(found, tag)), "")  # the first that is a task
    _version(found, text_of(front.get("version")))
    _index(found, front.get("model-index"))
    for name, value in front.items():
        if name not in KNOWN:
            found.left(name, value)


def _base(front: dict[str, Any]) -> dict[str, Any]:
    """On which model it stands, and how it was made from it."""
    relation = RELATIONS.get(text_of(front.get("base_model_relation")), "")
    base = ", ".join(texts(front.get("base_model")))[:LINE]
    return {"pretrained_base": base, "adaptation": [relation] if relation else []}


def text_of(said: Any) -> str:
    """A text; nothing for anything else."""
    return said.strip() if isinstance(said, str) else ""


def texts(said: Any) -> list[str]:
    """One text or several."""
    several = said if isinstance(said, list) else [said]
    return [text for one in several if (text := text_of(one))]


def _version(found: Found, label: str) -> None:
    if label and "label" not in found.version:
        found.version["label"] = plain(label)[:50]
        found.say("release", plain(label), 50)


def _index(found: Found, index: Any) -> None:
    """The results of testing, as hubs list them."""
    for entry in index if isinstance(index, list) else []:
        for result in entry.get("results") or [] if isinstance(entry, dict) else []:
            if isinstance(result, dict):
                _results(found, result)


def _results(found: Found, result: dict[str, Any]) -> None:
    given = result.get("dataset")
    data: dict[str, Any] = given if isinstance(given, dict) else {}
    where = text_of(data.get("name")) or text_of(data.get("type"))
    part = ", ".join(texts([data.get("config"), data.get("split")]))
    for metric in result.get("metrics") or []:
        if isinstance(metric, dict):
            name = text_of(metric.get("name")) or text_of(metric.get("type"))
            found.result(name, metric.get("value"), dataset=where, subgroup=part)


def _title(found: Found, front: dict[str, Any], sections: list[tuple[int, str, str]], name: str) -> None:
    """What the model is called: in front, in the results, by the first heading, by the file."""
    index = front.get("model-index")
    first = index[0] if isinstance(index, list) and index and isinstance(index[0], dict) else {}
    heading = next((heading for level, heading, _text in sections if level == 1 and heading), "")
    given = text_of(front.get("model_name")) or text_of(front.get("model-name"))
    title = given or heading or text_of(first.get("name")) or re.sub(r"\.\w+\Z", "", name) or _("Model card")
    found.say("title", title, 200)
    found.ml["model"][0]["model_name"] = title[:LINE]


def _sections(found: Found, sections: list[tuple[int, str, str]]) -> None:
    """The text below each heading, in the field that the heading tells; the first paragraph describes the model."""
    for _level, heading, text in sections:
        place = next((place for pattern, place in PLACES if re.search(pattern, heading.lower())), "")
        said = words(text)
        if place and said:
            put(found, place, heading, said)
    opening = next((words(text) for _level, _heading, text in sections if words(text)), "")
    found.describe("identification", "description", found.cut("description", opening.split("\n\n")[0]))


def put(found: Found, place: str, heading: str, said: str) -> None:
    """Set what a heading tells."""
    section, _dot, name = place.partition(".")
    if not name:
        found.say(place, said, 2000 if place == "users" else 4000)
    elif section == "model":
        model = found.ml["model"][0]
        model[name] = found.cut(heading, lines([*model.get(name, "").splitlines(), *said.splitlines()]))
    elif section == "data":
        rows = found.ml.setdefault("data", [{"dataset": heading[:LINE], "data_role": "training"}])
        rows[0].setdefault(name, found.cut(heading, said))
    elif section == "pipeline":
        found.describe(section, name, {"summary": found.cut(heading, said)})
    else:
        found.describe(section, name, found.cut(heading, said))
