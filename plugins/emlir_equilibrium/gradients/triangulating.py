"""``grad_triangulate``: estimators of one gradient, each against an exact one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from torch import Tensor

from emlir_equilibrium.gradients.comparing import WHOLE, Agreement, compare, label
from emlir_equilibrium.gradients.estimating import GradientEstimate, estimate
from emlir_equilibrium.gradients.relaxing import relax
from emlir_equilibrium.pictures import Panel, Picture, Series
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.report import Cost, Report


@dataclass(frozen=True, kw_only=True)
class TriangulationReport(Report):
    """Each method's agreement with the reference, overall and by group of parameters.

    ``residual`` is that of the common state; ``adjoint_residuals`` and ``horizons`` are by method.
    The status is ``ok`` where the state is at rest; a poor method does not change it.
    """

    reference: str
    agreements: tuple[Agreement, ...] = ()
    residual: float = 0.0
    adjoint_residuals: Mapping[str, float | None] = field(default_factory=dict)
    horizons: Mapping[str, int | None] = field(default_factory=dict)

    def of(self, method: str, group: str = WHOLE) -> Agreement:
        """Return one agreement; raises ``KeyError`` if it is not there."""
        for one in self.agreements:
            if (one.method, one.group) == (method, group):
                return one
        raise KeyError(f"no agreement of {method!r} on {group!r}")

    def worst(self, method: str) -> Agreement:
        """Return a method's agreement on the group where it is poorest."""
        groups = [one for one in self.agreements if one.method == method and one.group != WHOLE]
        if not groups:
            raise KeyError(f"no agreement of {method!r} on any group")
        return max(groups, key=lambda one: one.gap)

    def table(self) -> str:
        """Return the figures as text, a line for each method."""
        lines = [f"{'method':16}{'cos':>10}{'1 - cos':>11}{'k':>10}{'worst group':>16}{'cos':>10}"]
        for one in self.agreements:
            if one.group == WHOLE:
                poor = self.worst(one.method)
                lines.append(
                    f"{one.method:16}{one.cosine:10.6f}{one.gap:11.2g}{one.ratio:10.4g}"
                    f"{poor.group:>16}{poor.cosine:10.6f}"
                )
        return "\n".join(lines)

    def picture(self) -> Picture:
        """1 - cos and the ratio of norms, by method and group."""
        groups = tuple(dict.fromkeys(one.group for one in self.agreements))
        gaps = Panel("", "1 - cos", self._bars(groups, "gap"), groups, y_scale="log")
        ratios = self._bars(groups, "ratio")
        norms = Panel("", "k", ratios, groups, y_scale="log", across=(1.0,))
        return Picture(f"gradients against {self.reference}: {self.status}", (gaps, norms))

    def _bars(self, groups: tuple[str, ...], figure: str) -> tuple[Series, ...]:
        """One series a method; a group without an agreement has no bar."""
        found = []
        for method in dict.fromkeys(one.method for one in self.agreements):
            mine = [one for one in self.agreements if one.method == method]
            places = tuple(float(groups.index(one.group)) for one in mine)
            heights = tuple(float(getattr(one, figure)) for one in mine)
            found.append(Series(places, heights, method, "bars"))
        return tuple(found)


def grad_triangulate(
    problem: EquilibriumProblem,
    z: Tensor | None = None,
    methods: Iterable[str] = ("vf", "asymep", "holomorphic"),
    horizons: Iterable[int] = (150, 400),
    *,
    reference: str = "implicit",
    free_steps: int = 1000,
    steps: int | None = None,
    radius: float | None = None,
    phases: int | None = None,
) -> TriangulationReport:
    """Compare gradients of the problem's loss at one state: by group cosine, k, and 1 - cos.

    ``horizons`` are the steps of BPTT, compared as ``bptt@150``. Without ``z`` the state relaxes
    for ``free_steps`` steps. ``steps``, ``radius`` and ``phases`` go to the nudged methods.
    Penalties have no part in it: the gradients are those of ``problem.loss`` alone.
    """
    at = relax(problem, z, free_steps, 1e-14)[0] if z is None else z.detach()
    exact = estimate(problem, at, reference, steps=steps if reference != "implicit" else None)
    made = [
        estimate(problem, at, one, steps=steps, radius=radius, phases=phases) for one in methods
    ]
    made += [estimate(problem, at, "bptt", steps=horizon) for horizon in horizons]
    return report_of(problem, exact, made)


def report_of(
    problem: EquilibriumProblem, exact: GradientEstimate, made: list[GradientEstimate]
) -> TriangulationReport:
    """Return the report of estimates beside an exact one."""
    usable = [one for one in made if one.status != "refused"]
    notes = [note for one in (exact, *made) if one.status == "refused" for note in one.notes]
    found = [row for one in usable for row in compare(problem, one, exact)]
    shown = {row.method for row in found if row.group == WHOLE}
    for one in usable:
        if label(one) not in shown:
            notes.append(f"{label(one)}: no gradient, or one that is not finite")
    notes += exact.notes
    return TriangulationReport(
        status="ok" if exact.status == "ok" and found else "inconclusive",
        method=f"against {exact.method}",
        reference=label(exact),
        agreements=tuple(found),
        residual=exact.residual,
        adjoint_residuals={label(one): one.adjoint_residual for one in (exact, *usable)},
        horizons={label(one): one.horizon for one in usable},
        cost=sum((one.cost for one in made), exact.cost + Cost()),
        evidence={"residual": exact.residual, "adjoint_residual": exact.adjoint_residual},
        notes=tuple(notes),
    )
