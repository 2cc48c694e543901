"""Fitting: from measured data to a formula, by a search strategy that a plugin offers."""

from emlir.fitting.driver import fit as fit
from emlir.fitting.many import fit_many as fit_many
from emlir.fitting.options import FitOptions as FitOptions
from emlir.fitting.problem import (
    Budget as Budget,
    Candidate as Candidate,
    Constant as Constant,
    OutOfTimeError as OutOfTimeError,
    Problem as Problem,
    Strategy as Strategy,
)
from emlir.fitting.record import FitRecord as FitRecord, Member as Member, Noise as Noise
from emlir.fitting.result import FitResult as FitResult
from emlir.fitting.stability import Range as Range, Stability as Stability, Structure as Structure
