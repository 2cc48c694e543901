"""emlir and its peers behind one function each: data and seconds in, a formula out.

All have the operators + - * / exp ln sqrt sin cos (emlir and Operon a power as well) and one
thread. A peer stops when its training error cannot get better, or at the first checkpoint of
its own after the time is over.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.search_suite.judge import r_squared

Array = NDArray[np.float64]
Predict = Callable[[Array], Any]

GOOD_ENOUGH = 1 - 1e-9
"""R² at which emltorch, in single precision, cannot get better."""
TERM = re.compile(r"(?:eml|exp|ln)(?=\()|\be\b|\bx\d*\b|(?<=[(, \[])1(?=[,) \]])| [-+*] ")
"""A node of a tree as emltorch prints it: an operator or a leaf."""
AFFINE = 4
"""Nodes of the a + b* before its trees."""


@dataclass(frozen=True, slots=True)
class Request:
    """Data of shape (n, variables), and how long to search."""

    x: Array
    y: Array
    names: Sequence[str]
    seconds: float
    seed: int
    options: Mapping[str, Any]
    """More arguments of ``emlir.fit``; the peers have no use for them."""


@dataclass(frozen=True, slots=True)
class Found:
    """A formula in the method's own notation, its nodes as the method counts them."""

    formula: str
    size: int
    predict: Predict
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else a record of the run should hold."""


def with_emlir(request: Request) -> Found:
    import emlir

    result = emlir.fit(
        request.x,
        request.y,
        strategy="auto",
        time_limit=request.seconds,
        seed=request.seed,
        names=list(request.names),
        **request.options,
    )
    formula, size = emlir.emit(result.expression), result.expression.tree_size
    more = {"stopped": result.stopped, "work": result.work}
    return Found(formula, size, result.predict, more)


def with_operon(request: Request) -> Found:
    from pyoperon.sklearn import SymbolicRegressor

    search = SymbolicRegressor(
        allowed_symbols="add,sub,mul,div,pow,exp,log,sqrt,sin,cos,constant,variable",
        optimizer_iterations=5,
        max_length=30,
        epsilon=0.0,
        generations=10**9,
        max_evaluations=10**12,
        max_time=max(1, round(request.seconds)),
        n_threads=1,
        random_state=request.seed,
    )
    search.fit(request.x, request.y)
    formula = search.get_model_string(search.model_, 12, list(request.names))
    return Found(formula, int(search.stats_["model_length"]), search.predict)


def with_gplearn(request: Request) -> Found:
    from gplearn.functions import make_function
    from gplearn.genetic import SymbolicRegressor

    started, generations = perf_counter(), 5
    exp = make_function(function=_bounded_exp, name="exp", arity=1)
    names = ("add", "sub", "mul", "div", "sqrt", "log", "sin", "cos", "neg", "inv")
    search = SymbolicRegressor(
        population_size=1000,
        generations=generations,
        function_set=(*names, exp),
        metric="rmse",
        stopping_criteria=1e-12,
        warm_start=True,
        n_jobs=1,
        random_state=request.seed,
        feature_names=list(request.names),
    )
    search.fit(request.x, request.y)
    while perf_counter() - started < request.seconds and search._program.raw_fitness_ > 1e-12:
        generations += 5
        search.set_params(generations=generations)
        search.fit(request.x, request.y)
    return Found(str(search._program), int(search._program.length_), search.predict)


def _bounded_exp(values: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.where(values < 100, np.exp(np.minimum(values, 100)), 0.0)


def with_emltorch(request: Request) -> Found:
    """Its default search with trees that get deeper, and its EML and MUL trees between them."""
    import emltorch
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(request.seed)
    started = perf_counter()
    x = torch.as_tensor(request.x.T, dtype=torch.float32)
    y = torch.as_tensor(request.y, dtype=torch.float32)
    searches = [partial(_trees, emltorch, x, y, depth) for depth in (1, 2, 3, 4, 5)]
    searches.insert(2, partial(_with_products, emltorch, x, y))
    best, best_r2 = None, -np.inf
    for search in searches:
        if best is not None and perf_counter() - started > request.seconds:
            break
        found = search()
        r2 = r_squared(np.asarray(found.predict(request.x), dtype=float), request.y)
        if best is None or r2 > best_r2:
            best, best_r2 = found, r2
        if best_r2 > GOOD_ENOUGH:
            break
    assert best is not None  # the first search always runs
    return best


def _trees(emltorch: Any, x: Any, y: Any, depth: int) -> Found:
    result = emltorch.fit(x, y, depth=depth, device="cpu", r2_target=GOOD_ENOUGH)
    return Found(
        result.expression,
        _printed_size(result.expression),
        lambda rows: result.predict(rows).numpy(),
    )


def _printed_size(formula: str) -> int:
    """Count the nodes of a + b*[tree]."""
    return len(TERM.findall(formula[formula.find("[") :])) + AFFINE


def _with_products(emltorch: Any, x: Any, y: Any) -> Found:
    import torch

    settings = emltorch.HybridMulConfig(
        depth=2,
        num_vars=len(x),
        generations=3,  # a miss takes seconds
        device="cpu",
        use_mul=True,
        r2_target=GOOD_ENOUGH,
    )
    result = emltorch.evolve_hybrid_mul(x, y, settings)

    def predict(rows: Array) -> Any:
        columns = torch.as_tensor(rows.T, dtype=torch.float32)
        with torch.no_grad():
            same = columns.unsqueeze(0).expand(result.tree.num_trees, *columns.shape)
            return (result.a + result.b * result.tree(same)[result.idx]).numpy()

    formula = f"{result.a} + {result.b}*(a tree of eml and mul, which emltorch does not print)"
    return Found(formula, 7 + AFFINE, predict)


METHODS: dict[str, Callable[[Request], Found]] = {
    "emlir": with_emlir,
    "emltorch": with_emltorch,
    "gplearn": with_gplearn,
    "pyoperon": with_operon,
}
