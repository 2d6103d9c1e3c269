"""The registers of clause 6, declared, one file for each topic."""

from planning.registers.changes import CHANGES
from planning.registers.conformity import CONFORMITY
from planning.registers.controls import CONTROLS
from planning.registers.grounds import GROUNDS
from planning.registers.impacts import IMPACTS
from planning.registers.law import LAW
from planning.registers.objectives import OBJECTIVES
from planning.registers.risks import RISKS

REGISTERS = (*GROUNDS, *RISKS, *IMPACTS, *CONTROLS, *LAW, *CONFORMITY, *OBJECTIVES, *CHANGES)
