"""Which risks of the library concern an AI system, and why: pure functions of its traits (ISO/IEC 23894, 6.4.2).

The library says for which systems a risk is typical. `TYPICAL` says by which traits such a system is known. Nobody is kept
from a risk that no trait points to: the page offers the others too, without a reason.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aims.catalogue import edition
from aims.catalogue.risk import ExampleRisk
from context.models import AISystem

Words = str | Promise
NOBODY = "—"  # the library's sign for no consequence


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a system: codes of its choices, and all that is written about it in small letters."""

    task: str = ""
    approach: str = ""
    automation: str = ""
    sourcing: str = ""
    stage: str = ""
    outcome: str = ""
    text: str = ""


def traits_of(system: AISystem) -> Traits:
    """The traits of a record."""
    texts = (system.title, system.purpose, system.domain, system.model_description, system.deployed)
    return Traits(
        system.task_type, system.approach, system.automation, system.sourcing, system.stage,
        system.act_outcome, " ".join(texts).lower(),
    )  # fmt: skip


Hint = Callable[[Traits], str]  # why a system is of a kind; empty where it is not


def always(_traits: Traits) -> str:
    """Every system is."""
    return _("concerns every AI system")


def choice(trait: str, words: Words, kind: type, *values: str) -> Hint:
    """A system whose choice is one of the values."""
    labels: Mapping[str, Words] = dict(getattr(kind, "choices", ()))

    def reason(traits: Traits) -> str:
        found = getattr(traits, trait)
        return str(words) % {"value": labels.get(found, found)} if found in values else ""

    return reason


def task(*values: str) -> Hint:
    """A system with one of these tasks."""
    return choice("task", gettext_lazy("its task is %(value)s"), AISystem.TaskType, *values)


def approach(*values: str) -> Hint:
    """A system that learns in one of these ways."""
    return choice("approach", gettext_lazy("its learning is %(value)s"), AISystem.Approach, *values)


def automation(*values: str) -> Hint:
    """A system that does as much by itself."""
    return choice("automation", gettext_lazy("its automation is %(value)s"), AISystem.Automation, *values)


def sourcing(*values: str) -> Hint:
    """A system that comes from there."""
    return choice("sourcing", gettext_lazy("it comes as: %(value)s"), AISystem.Sourcing, *values)


def stage(*values: str) -> Hint:
    """A system at one of these stages."""
    return choice("stage", gettext_lazy("its stage is %(value)s"), AISystem.Stage, *values)


def high_risk(traits: Traits) -> str:
    """A system that the AI Act calls high-risk."""
    return _("the AI Act calls it high-risk") if traits.outcome.startswith("HIGH_RISK") else ""


def speaks(*words: str) -> Hint:
    """A system whose description holds one of the words."""

    def reason(traits: Traits) -> str:
        found = next((word for word in words if word in traits.text), "")
        return _("its description speaks of “%(word)s”") % {"word": found} if found else ""

    return reason


LEARNS = approach(
    "supervised", "unsupervised", "semi_supervised", "self_supervised", "reinforcement", "transfer"
)
IMAGES = speaks("image", "imaging", "x-ray", "vision", "camera", "radiolog")
PEOPLE = speaks("applicant", "candidate", "recruit", "hiring", "human resources", "employee")
GENERATES = task("generation")
ACTS = automation("high_automation", "full_automation")
CLOUD = sourcing("api_service", "saas_feature")
LATE = stage("re_evaluation", "retirement")

# kind of system in the library → by which traits it is known
TYPICAL: dict[str, tuple[Hint, ...]] = {
    "any": (always,),
    "any ML": (LEARNS,),
    "any trained on PII": (speaks("patient", "customer", "personal"), PEOPLE),
    "supervised learning": (approach("supervised", "semi_supervised", "transfer"),),
    "continuous learning": (approach("reinforcement"), stage("continuous_validation")),
    "classification": (task("classification"),),
    "forecasting": (task("regression"),),
    "scoring": (
        task("regression", "other_prediction_structured"),
        speaks("score", "scoring", "ranks", "ranking"),
    ),
    "recommendation": (speaks("recommend"), task("other_prediction_structured")),
    "fraud": (task("anomaly_detection"), speaks("fraud")),
    "credit": (speaks("credit", "loan"),),
    "security": (speaks("security", "intrusion", "malware"),),
    "medical imaging": (speaks("x-ray", "radiolog", "medical imag"),),
    "imaging": (IMAGES,),
    "vision": (IMAGES,),
    "HR": (PEOPLE,),
    "HR screening": (PEOPLE,),
    "decision support": (automation("assistance", "partial_automation"),),
    "high-risk systems": (high_risk,),
    "agents": (ACTS, speaks("agent")),
    "agentic AI": (ACTS, speaks("agent")),
    "LLM": (GENERATES,),
    "LLM assistant": (GENERATES, speaks("chatbot", "assistant")),
    "LLM API": (sourcing("api_service"),),
    "generative": (GENERATES,),
    "generative tools": (GENERATES,),
    "large models": (GENERATES, speaks("large model", "retrain")),
    "chatbot": (speaks("chatbot", "assistant"),),
    "deepfake": (speaks("deepfake", "synthetic"),),
    "API models": (sourcing("api_service"), speaks("api")),
    "SaaS with AI": (sourcing("saas_feature"),),
    "cloud AI": (CLOUD, speaks("cloud")),
    "open data": (sourcing("open_source_adapted"), speaks("open data")),
    "edge AI": (speaks("device", "sensor", "on the line"),),
}
# risk source of the library → traits that point to it whatever the kind of system
BY_SOURCE: dict[str, tuple[Hint, ...]] = {
    "RS3": (automation("conditional_automation", "high_automation", "full_automation"),),
    "RS6": (LATE,),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A risk of the library for a system, with the reasons (none: no trait points to it)."""

    risk: ExampleRisk
    reasons: tuple[str, ...]


def reasons(risk: ExampleRisk, traits: Traits) -> tuple[str, ...]:
    """Why a risk of the library concerns a system, each reason once."""
    hints = [hint for kind in risk.typical_systems for hint in TYPICAL[kind]]
    hints += [hint for source in risk.risk_sources for hint in BY_SOURCE.get(source, ())]
    return tuple(dict.fromkeys(said for said in (hint(traits) for hint in hints) if said))


def offers(traits: Traits) -> list[Offer]:
    """All risks of the library, in its order."""
    return [Offer(risk, reasons(risk, traits)) for risk in edition().risk.example_risks]


def group_of(code: str) -> str:
    """The group of a risk source of our taxonomy (RS1 …), for its code or for that of Annex C (C.3.1 …)."""
    groups = edition().risk.risk_source_groups
    return next((group.code for group in groups if code in (group.code, group.annex_c)), code)


def not_looked_at(codes: Iterable[str]) -> list[str]:
    """The groups of risk sources that none of the codes names, in the order of the taxonomy."""
    seen = {group_of(code) for code in codes}
    return [group.code for group in edition().risk.risk_source_groups if group.code not in seen]


def consequence_words(risk: ExampleRisk, language: str) -> str:
    """What a risk of the library would mean, a line for each of those concerned."""
    heads = {
        "organisation": _("For the organisation"),
        "individuals": _("For individuals"),
        "society": _("For society"),
    }
    phrase = edition().phrase
    lines = ((heads[who], text) for who, text in risk.consequences.items() if text != NOBODY)
    return "\n".join(f"{head}: {phrase(text, language)}" for head, text in lines)
