"""Every mutant there is."""

from tests.mutants import chat, hostile, intake, jobs, memory, money

MUTANTS = (
    *memory.MUTANTS,
    *jobs.MUTANTS,
    *intake.MUTANTS,
    *money.MUTANTS,
    *chat.MUTANTS,
    *hostile.MUTANTS,
)
