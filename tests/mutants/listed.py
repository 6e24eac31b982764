"""Every mutant there is."""

from tests.mutants import chat, intake, jobs, memory, money

MUTANTS = (
    *memory.MUTANTS,
    *jobs.MUTANTS,
    *intake.MUTANTS,
    *money.MUTANTS,
    *chat.MUTANTS,
)
