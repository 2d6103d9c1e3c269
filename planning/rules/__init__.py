"""The consistency rules of clause 6, one file for each topic: each yields the gaps that break it."""

from planning.rules import changes, controls, grounds, impacts, law, objectives, risks

RULES = (
    *grounds.RULES,
    *risks.RULES,
    *impacts.RULES,
    *controls.RULES,
    *changes.RULES,
    *objectives.RULES,
    *law.RULES,
)
