"""What an auditor would find wrong in clause 9: each rule yields the gaps that break it, by topic."""

from evaluation.rules import auditing, measuring, reviewing

RULES = (*measuring.RULES, *auditing.RULES, *reviewing.RULES)
