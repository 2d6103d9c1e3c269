"""What the schedule contributes: obligations laid at the founding, and an ear for every step of a record."""

from aims.records.registry import Workspace
from aims.schedule.floors import guard
from aims.schedule.fulfilment import follow
from aims.schedule.obligations import lay_obligations
from aims.schedule.telling import follow as tell_who_is_called

workspace = Workspace(clause="", founding=(lay_obligations,), followers=(guard, follow, tell_who_is_called))
