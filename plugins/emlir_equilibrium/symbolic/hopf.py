"""Where a pair of eigenvalues is imaginary: the Hopf surface in the space of parameters, exactly.

With s^n + a1 s^(n-1) + ... + an the characteristic polynomial, s = i w is a root exactly if

    n = 2    a1 = 0 and w^2 = a2 > 0            (a1 is minus the trace, a2 the determinant)
    n = 3    a1 a2 = a3 and w^2 = a2 > 0
    n = 4    a1 a2 a3 = a3^2 + a1^2 a4 and w^2 = a3/a1 > 0, where a1 is not 0

which is the characteristic polynomial at i w, its real and imaginary part (Kuznetsov, Elements of
Applied Bifurcation Theory, 3.5 and 5.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emlir import Expr, emit, eq, gt, sqrt
from emlir.plugin_api import symbol
from emlir_equilibrium.symbolic.dynamics import Dynamics, Rates, Values, placed, tidy
from emlir_equilibrium.symbolic.matrices import (
    ZERO,
    characteristic_polynomial,
    symbolic_jacobian,
)
from emlir_equilibrium.symbolic.routh import fourth_amount, third_amount


@dataclass(frozen=True)
class HopfSurface:
    """Where ``residual`` is 0 and ``frequency_squared`` positive, a pair is imaginary.

    ``residual`` is positive on the side where the pair has a negative real part, provided that the
    other conditions of Routh and Hurwitz hold.
    """

    residual: Expr
    frequency_squared: Expr

    @property
    def equation(self) -> Expr:
        """The surface: residual = 0."""
        return eq(self.residual, ZERO)

    @property
    def condition(self) -> Expr:
        """That the pair is imaginary, rather than real and of opposite signs."""
        return gt(self.frequency_squared, ZERO)

    @property
    def frequency(self) -> Expr:
        """The angular frequency on the surface."""
        return sqrt(self.frequency_squared)

    def solved_for(self, name: str) -> Expr:
        """Return the value of a parameter on the surface, if the residual is linear in it.

        Raises ``ValueError`` otherwise.

        >>> brusselator = {"x": "a + x^2*y - b*x - x", "y": "b*x - x^2*y"}
        >>> print(hopf_surface(brusselator, {"x": "a", "y": "b/a"}, "a > 0").solved_for("b"))
        a^2 + 1
        """
        slope = tidy(self.residual.diff(name))
        if slope is ZERO or name in slope.symbols:
            raise ValueError(f"the surface is not linear in {name}: {self.residual} = 0")
        rest = tidy(placed(self.residual, {name: 0}))
        return tidy(-rest / slope)

    def at(self, values: Values, assume: Any = None) -> "HopfSurface":
        """Return the surface with values in the places of symbols."""
        parts = self.residual, self.frequency_squared
        return HopfSurface(*(tidy(placed(one, values), assume) for one in parts))

    def latex(self, solve: str | None = None) -> str:
        """Return the equation and the condition in LaTeX; solved for a parameter if asked.

        >>> print(hopf_surface({"x": "p*x - y", "y": "x + p*y"}).latex())
        -2 \\cdot p = 0, \\quad p^{2} + 1 > 0
        """
        solved = None if solve is None else eq(symbol(solve), self.solved_for(solve))
        equation = self.equation if solved is None else solved
        return f"{emit(equation, 'latex')}, \\quad {emit(self.condition, 'latex')}"


def hopf_surface(
    system: Dynamics | Rates, at: Values | None = None, assume: Any = None
) -> HopfSurface:
    """Return where dynamics of 2, 3 or 4 state variables have an imaginary pair of eigenvalues.

    ``at`` holds the equilibrium, as far as it is known: values of state variables. Raises
    ``ValueError`` for other numbers of state variables.

    >>> ring = {"x": "-x - tanh(g*z)", "y": "-y - tanh(g*x)", "z": "-z - tanh(g*y)"}
    >>> surface = hopf_surface(ring, {"x": 0, "y": 0, "z": 0})
    >>> print(surface.equation, surface.frequency_squared, sep=";  ")
    8 - g^3 = 0;  3
    """
    matrix = symbolic_jacobian(system, at, assume)
    return surface_of(characteristic_polynomial(matrix, assume), assume)


def surface_of(coefficients: Sequence[Expr], assume: Any = None) -> HopfSurface:
    """Return the surface of s^n + a1 s^(n-1) + ... + an."""
    a = tuple(coefficients)
    if len(a) == 2:
        return HopfSurface(*a)
    if len(a) == 3:
        return HopfSurface(third_amount(a, assume), a[1])
    if len(a) == 4:
        return HopfSurface(fourth_amount(a, assume), tidy(a[2] / a[0], assume))
    raise ValueError(f"a Hopf surface is of 2, 3 or 4 state variables, not {len(a)}")
