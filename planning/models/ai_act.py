"""The AI Act answer sheet of a system: what was answered under which version of the rules, and what follows."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.catalogue import AIAct
from aims.records.base import Record
from aims.records.fields import Relation
from context.models import AISystem
from planning import act_rules
from planning.ai_act import WHY, headline, version, walk
from planning.fields import AnswersField

LONGEST = 2000  # characters of the reason for one answer


class AIActAnswer(Record):
    """Answers to the AI Act's decision tree for one system; the outcome is computed, never typed."""

    ref_prefix = "ACT"
    settled = ("outcome", "outcomes", "waiting", "rules")

    system = Relation(AISystem, verbose_name=_("AI system"), related_name="act_answers")
    answers = AnswersField(_("answers"), default=dict, blank=True)
    rationale = models.TextField(_("reasons"), blank=True, max_length=4000)
    assessed_on = models.DateField(_("assessed on"), null=True, blank=True)
    applies_from = models.DateField(_("duties apply from"), null=True, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=30, choices=AISystem.Outcome.choices, blank=True, editable=False
    )
    outcomes = models.JSONField(_("all outcomes"), default=list, blank=True, editable=False)
    waiting = models.CharField(_("next question"), max_length=10, blank=True, editable=False)
    rules = models.CharField(_("version of the rules"), max_length=200, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("AI Act answer sheet")
        verbose_name_plural = _("AI Act answer sheets")

    def settle(self, changed: frozenset[str]) -> None:
        """Walk the tree with the answers; the version of the rules is that of the day they were answered."""
        if not isinstance(self.answers, dict):
            return  # refused by `clean`, with words
        act = act_rules.current()
        found = walk(act, self.answers)
        self.outcomes = found.outcomes if found.complete else []
        self.outcome = headline(act, self.outcomes)
        self.waiting = found.waiting
        self.rules = version(act)

    def clean(self) -> None:
        """Answers are those that the tree knows, and reasons are words."""
        if not isinstance(self.answers, dict):
            raise ValidationError({"answers": _("Write the answers as an object, one per question.")})
        act = act_rules.current()
        nodes = {node.code for node in act.decision_tree.nodes}
        unknown = sorted(set(self.answers) - nodes - {WHY})
        if unknown:
            raise ValidationError(
                {"answers": _("There is no question %(codes)s.") % {"codes": ", ".join(unknown)}}
            )
        self._clean_reasons(nodes)
        problems = walk(act, self.answers).problems
        if problems:
            words = [f"{code}: {problem}" for code, problem in problems.items()]
            raise ValidationError({"answers": words})

    def _clean_reasons(self, nodes: set[str]) -> None:
        """The reasons of single answers: a text each, of questions that there are."""
        given = self.answers.get(WHY, {})
        if not isinstance(given, dict) or not set(given) <= nodes:
            raise ValidationError({"answers": _("Write the reasons as an object, one per question.")})
        if any(not isinstance(text, str) or len(text) > LONGEST for text in given.values()):
            raise ValidationError({"answers": _("A reason is a text of at most 2,000 characters.")})

    @property
    def act(self) -> AIAct:
        """The rules under which it was answered."""
        return act_rules.rules_of(self.rules)

    @property
    def exempt_without_reason(self) -> bool:
        """Whether it rests on Art. 6(3) and nobody wrote down why (Art. 6(4))."""
        said = self.answers.get(WHY) or {} if isinstance(self.answers, dict) else {}
        return "ANNEX_III_EXEMPT" in self.outcomes and not str(said.get("Q10", "")).strip()
