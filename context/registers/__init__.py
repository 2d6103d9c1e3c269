"""The registers of clause 4, declared, one file for each topic."""

from context.registers.scope import SCOPE
from context.registers.systems import SYSTEMS
from context.registers.understanding import UNDERSTANDING

ISSUES, PARTIES = UNDERSTANDING
REGISTERS = (ISSUES, *SYSTEMS, PARTIES, *SCOPE)
