"""What a file says about an AI system, in the fields that AIMS has; and helpers to fill them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from context.ml_description import cleaned

LINE, TEXT, RESULTS = 300, 4000, 200
PLACES = Decimal("0.000001")  # to which a result is kept
MOST = Decimal(10) ** 12
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?)\s*(.{0,30})\Z", re.ASCII)


@dataclass
class Found:
    """`values` are fields of the system, `ml` its description, `version` and `results` those of a version that the file
    is about; `told` says in words what has no place here, or was shortened."""

    kind: str
    values: dict[str, str] = field(default_factory=dict)
    ml: dict[str, Any] = field(default_factory=dict)
    version: dict[str, str] = field(default_factory=dict)
    results: list[dict[str, Any]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def say(self, name: str, text: str, most: int = TEXT) -> None:
        """Set a field of the system, unless the file said it before."""
        if text and name not in self.values:
            self.values[name] = self.cut(name, text, most)

    def describe(self, section: str, name: str, value: Any) -> None:
        """Set a field of the description, unless the file said it before."""
        if value not in (None, "", [], {}):
            self.ml.setdefault(section, {}).setdefault(name, value)

    def cut(self, name: str, text: str, most: int = TEXT) -> str:
        """A text that fits."""
        text = text.strip()
        if len(text) <= most:
            return text
        self.told.append(
            _("“%(name)s” is shortened to %(number)d characters.") % {"name": name, "number": most}
        )
        return text[: most - 1].rstrip() + "…"

    def result(self, metric: str, value: Any, **beside: str) -> None:
        """A result of testing; what is no number is only told."""
        known = figure(value)
        if known is None or len(self.results) >= RESULTS:
            words = _("The result “%(metric)s: %(value)s” is no number that is kept.")
            self.told.append(words % {"metric": metric[:100], "value": str(value)[:100]})
            return
        number, unit = known
        row = {name: text[:200] for name, text in beside.items() if text}
        self.results.append({"metric": metric[:200] or "–", "value": number, "unit": unit, **row})

    def left(self, name: str, value: Any) -> None:
        """Tell that something has no field."""
        if value not in (None, "", [], {}):
            said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            self.told.append(_("No field for “%(name)s”: %(value)s") % {"name": name, "value": said[:200]})

    def finished(self) -> "Found":
        """With the description in its normal form; raises `Wrong` where a parser made something that it does not take."""
        self.ml = cleaned(self.ml)
        return self


def figure(said: Any) -> tuple[str, str] | None:
    """A number with its unit: 0.9, “10%”, “3.2 points”; None for what is none or is out of bounds."""
    match = NUMBER.match(str(said).strip()[:100]) if not isinstance(said, bool) else None
    try:
        number = Decimal(match[1]) if match else None
    except InvalidOperation:
        number = None
    if match is None or number is None or abs(number) >= MOST:
        return None
    return f"{number.quantize(PLACES).normalize():f}", match[2].strip()


def lines(said: Iterable[str]) -> str:
    """Texts, one a line."""
    return "\n".join(" ".join(one.split()) for one in said if one.strip())


# tasks as hubs and bills of materials call them → task of the description, kind of output, whether content is generated
TASKS: dict[str, tuple[str, str, bool]] = {
    "text-generation": ("content_generation", "text", True),
    "text2text-generation": ("content_generation", "text", True),
    "summarization": ("content_generation", "text", True),
    "conversational": ("content_generation", "text", True),
    "text-to-image": ("content_generation", "image", True),
    "image-to-image": ("content_generation", "image", True),
    "text-to-video": ("content_generation", "video", True),
    "text-to-speech": ("content_generation", "audio", True),
    "text-to-audio": ("content_generation", "audio", True),
    "image-to-text": ("content_generation", "text", True),
    "image-text-to-text": ("content_generation", "text", True),
    "fill-mask": ("other", "text", False),
    "feature-extraction": ("dimensionality_reduction", "numeric", False),
    "sentence-similarity": ("ranking_recommendation", "score", False),
    "text-ranking": ("ranking_recommendation", "ranking", False),
    "translation": ("sequence_translation", "text", True),
    "automatic-speech-recognition": ("sequence_translation", "text", False),
    "classification": ("classification", "class", False),
    "text-classification": ("classification", "class", False),
    "image-classification": ("classification", "class", False),
    "audio-classification": ("classification", "class", False),
    "tabular-classification": ("classification", "class", False),
    "token-classification": ("classification", "class", False),
    "zero-shot-classification": ("classification", "class", False),
    "question-answering": ("other", "text", False),
    "object-detection": ("segmentation_detection", "segmentation", False),
    "image-segmentation": ("segmentation_detection", "segmentation", False),
    "regression": ("regression", "numeric", False),
    "tabular-regression": ("regression", "numeric", False),
    "time-series-forecasting": ("regression", "numeric", False),
    "clustering": ("clustering", "class", False),
    "anomaly-detection": ("anomaly_detection", "score", False),
    "reinforcement-learning": ("planning_control", "action", False),
    "robotics": ("planning_control", "action", False),
}
# the tasks of the description → those of the system's record
KINDS = {
    "classification": "classification",
    "regression": "regression",
    "clustering": "clustering",
    "anomaly_detection": "anomaly_detection",
    "dimensionality_reduction": "dimensionality_reduction",
    "content_generation": "generation",
}
FAMILIES = (
    ("diffusion", "diffusion"),
    ("transformer|bert|gpt|llama|qwen|mistral|t5|llm", "transformer_llm"),
    ("cnn|convolution|resnet|unet|yolo|efficientnet", "neural_network_cnn"),
    ("rnn|lstm|gru|recurrent", "neural_network_rnn"),
    ("forest|boost|gbm", "random_forest_boosting"),
    ("tree", "decision_tree"),
    ("svm|support vector", "svm"),
    ("bayes", "bayesian"),
    ("logistic|linear", "linear_logistic"),
    ("ensemble", "ensemble"),
)
APPROACHES = {
    "supervised": "supervised",
    "unsupervised": "unsupervised",
    "reinforcement-learning": "reinforcement",
    "semi-supervised": "semi_supervised",
    "self-supervised": "self_supervised",
}


def task(found: Found, name: str) -> bool:
    """What a task is called here; False for one that is not known."""
    known = TASKS.get(name.strip().lower().replace(" ", "-").replace("_", "-"))
    if known is None:
        return False
    kind, output, generates = known
    found.describe("task", "task_types", [kind])
    found.describe("task", "output_type", [output])
    if generates:
        found.describe("task", "is_generative", True)
    found.say("task_type", KINDS.get(kind, "other_prediction_structured"))
    return True


def family(*names: str) -> str:
    """The family of a model by what its architecture is called; empty where nothing tells."""
    said = " ".join(names).lower()
    return next((code for pattern, code in FAMILIES if re.search(pattern, said)), "")
