"""The choice of lowerings: from the leaves up, the smallest tree that is shown to be right.

The size of a tree grows with the sizes of its arguments, so the best tree of an argument
serves every lowering of its user. Each goal is solved by a generator that asks for other
goals; a stack of generators takes the place of recursion.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from emlir.errors import LoweringError
from emlir.expr.calculus import rebuild
from emlir.expr.core import Expr, Operator
from emlir.expr.numbers import write_quotient
from emlir.expr.traverse import postorder
from emlir.ops.basis import Basis
from emlir.passes.lowering.bounds import Bounds
from emlir.passes.lowering.conditions import Conditions, reach
from emlir.passes.lowering.measure import MOST_COLUMNS, NO_FAULT, Measure
from emlir.passes.lowering.numbers import Use, compositions
from emlir.passes.lowering.opening import Choice, Gap, open_parts, widest
from emlir.passes.lowering.refusal import Refusal, no_tree, not_real, not_shown
from emlir.passes.lowering.samples import Samples
from emlir.passes.lowering.template import Template, Templates
from emlir.passes.lowering.ways import Args, Way, Ways

LARGEST = 10**30
"""Sizes are counted up to here."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way that may be taken."""

    way: Way
    template: Template


Gaps = list[Gap[Candidate]]
Rank = tuple[int, bool, int, int]
Goal = Expr | Use
Outcome = Choice | Refusal
Solving = Generator[Goal, Outcome, Outcome]


class Engine:
    """Lowers expressions into one basis under given conditions.

    With ``leave_open`` a lowering whose condition is not shown is taken where none is shown to
    be right; its condition is then an obligation of the tree. With ``measure`` the right trees
    are ranked by how well floats follow them, without it by what lowerings say of that.
    """

    def __init__(
        self,
        basis: Basis,
        conditions: Conditions,
        samples: Samples,
        expand: bool,
        leave_open: bool = False,
        measure: Measure | None = None,
    ) -> None:
        self.basis = basis
        self.conditions = conditions
        self.samples = samples
        self.expand = expand
        self.leave_open = leave_open
        self.measure = measure
        self.ways = Ways(basis)
        self.templates = Templates(basis)
        self.bounds = Bounds(self.ways, self.templates)
        self._found: dict[Goal, Outcome] = {}
        self._own: set[Expr] = set()

    def run(self, root: Expr) -> Choice:
        """Return what is chosen for ``root``; :class:`emlir.LoweringError` says why nothing is."""
        for node in postorder((root,)):
            if node not in self._found:
                if self.measure is not None:
                    self.measure.renew()
                    self._own.add(node)
                self._solve_fully(node)
        outcome = self._found[root]
        if isinstance(outcome, Refusal):
            raise LoweringError(outcome.reason)
        return outcome

    def _solve_fully(self, root: Goal) -> None:
        stack: list[tuple[Goal, Solving]] = [(root, self._solve(root))]
        active = {root}
        answer: Outcome | None = None
        while stack:
            goal, steps = stack[-1]
            try:
                wanted = next(steps) if answer is None else steps.send(answer)
            except StopIteration as done:
                stack.pop()
                active.remove(goal)
                answer = self._found[goal] = done.value
                continue
            answer = self._found.get(wanted)
            if answer is None and wanted in active:
                answer = Refusal("its lowerings lead back to itself")
            elif answer is None:
                stack.append((wanted, self._solve(wanted)))
                active.add(wanted)

    def _solve(self, goal: Goal) -> Solving:
        if isinstance(goal, Use):
            return self._application(goal.op, goal.args, None)
        if goal.is_symbol:
            return _given(Choice(goal, 1))
        if self.basis.has(goal):
            return self._kept(goal)
        if goal.is_number:
            return self._number(goal)
        return self._application(goal.op, goal.args, goal)

    def _kept(self, node: Expr) -> Solving:
        """A node of the basis stays, over trees of its arguments."""
        parts: list[Choice] = []
        for arg in node.args:
            part = yield arg
            if isinstance(part, Refusal):
                return part
            parts.append(part)
        size = min(1 + sum(part.size for part in parts), LARGEST)
        tree = rebuild(node, tuple(part.tree for part in parts))
        return Choice(tree, size, all(part.safe for part in parts), parts=open_parts(parts))

    def _number(self, node: Expr) -> Solving:
        """A number stays as a parameter, or is built: as a witness does, or from smaller ones."""
        if not self.expand and node.number != 1:
            return Choice(node, 1)
        choices = [
            Choice(template.body, template.base)
            for way in self.ways.named(write_quotient(node.number))
            if (template := self.templates.of(way, ())).pure and self.conditions.fits(way, True)
        ]
        refusal: Refusal | None = None
        for goal in compositions(node.number):
            outcome = yield goal
            if isinstance(outcome, Refusal):
                refusal = refusal or outcome
            else:
                choices.append(outcome)
        if not choices and refusal is not None:
            return refusal
        return min(choices, key=lambda choice: choice.size)

    def _application(self, op: Operator, args: Args, node: Expr | None) -> Solving:
        candidates = self._candidates(op, args, node)
        goal = op(*args) if node is None else node
        parts: dict[Expr, Outcome] = {}
        for arg in (*args, *(arg for candidate in candidates for arg in candidate.way.args)):
            if arg not in parts:
                parts[arg] = yield arg
        ready = [c for c in candidates if _all_chosen(parts, c.way.args)]
        if candidates and not ready:
            return next(part for part in parts.values() if isinstance(part, Refusal))
        real = [c for c in ready if self.conditions.real(c.way.args)]
        best, needs = self._best_pure(real, parts, node, goal)
        inner: Outcome | None = None
        for candidate in real:
            if not candidate.template.pure and self._may_win(candidate, parts, best):
                body = self._body(candidate, node, needs)
                if body is not None:
                    outcome = yield body
                    inner = inner or outcome
                    best = self._better(best, outcome, candidate, goal)
        if best is None and self.leave_open:
            best = yield from self._left_open(needs, parts, goal)
        if best is not None:
            return best
        if isinstance(inner, Refusal):
            return inner.inside(op)
        return self._refusal(op, bool(ready), bool(real), needs)

    def _candidates(self, op: Operator, args: Args, node: Expr | None) -> list[Candidate]:
        found = []
        more = node in self._own  # identities inside identities would have no end
        for way in self.ways.of(op, args, more):
            template = self.templates.of(way.lowering, way.args)
            if self.conditions.fits(way.lowering, template.pure or template.mixed):
                found.append(Candidate(way, template))
        return found

    def _best_pure(
        self,
        candidates: list[Candidate],
        parts: dict[Expr, Outcome],
        node: Expr | None,
        goal: Expr,
    ) -> tuple[Choice | None, Gaps]:
        """Return the best tree written with the basis alone, and what others would need."""
        needs: Gaps = []
        best: Choice | None = None
        for candidate in self._in_order(candidates, parts):
            if self._is_right(candidate, node, needs):
                choice = self._made(candidate, parts, goal)
                if best is None or choice.rank < best.rank:
                    best = choice
                if best.safe or self.measure is None:
                    break
        return best, needs

    def _in_order(
        self, candidates: list[Candidate], parts: dict[Expr, Outcome]
    ) -> Iterator[Candidate]:
        """Those with a pure template, smaller ones first; what is said to be unsafe last."""
        ranked: list[tuple[Rank, Candidate]] = []
        for order, candidate in enumerate(candidates):
            if candidate.template.pure:
                size, lowering = self._size(candidate, parts), candidate.way.lowering
                rank = (size, lowering.requires is not None, reach(lowering), order)
                ranked.append((rank, candidate))
        ranked.sort(key=_rank)
        unsafe: list[Candidate] = []
        for _, candidate in ranked:
            if self.measure is None and not self._is_safe(candidate.way):
                unsafe.append(candidate)
            else:
                yield candidate
        yield from unsafe

    def _left_open(
        self, needs: Gaps, parts: dict[Expr, Outcome], goal: Expr
    ) -> Generator[Goal, Outcome, Choice | None]:
        """Choose among lowerings whose conditions are not shown; they become obligations."""
        best: Choice | None = None
        for gap in widest(self.conditions.context, needs):
            candidate = gap.lowering
            if candidate.template.pure:
                choice = self._made(candidate, parts, goal, gap.missing)
            else:
                outcome = yield self._replacement(candidate)
                if isinstance(outcome, Refusal):
                    continue
                choice = self._over(outcome, candidate, goal, gap.missing)
            if best is None or choice.rank < best.rank:
                best = choice
        return best

    def _is_right(self, candidate: Candidate, node: Expr | None, needs: Gaps) -> bool:
        missing = self.conditions.missing(candidate.way, node)
        if missing:
            needs.append(Gap(candidate, tuple(missing)))
        return not missing

    def _is_safe(self, way: Way) -> bool:
        floats = way.lowering.floats
        return floats is None or self.samples.agree(floats, way.args)

    def _size(self, candidate: Candidate, parts: dict[Expr, Outcome]) -> int:
        sizes = tuple(_choice(parts[arg]).size for arg in candidate.way.args)
        return min(candidate.template.size(sizes), LARGEST)

    def _made(
        self,
        candidate: Candidate,
        parts: dict[Expr, Outcome],
        goal: Expr,
        missing: tuple[Expr, ...] = (),
    ) -> Choice:
        """The choice of a way that is written with the basis alone."""
        chosen = [_choice(parts[arg]) for arg in candidate.way.args]
        tree = candidate.template.over(tuple(choice.tree for choice in chosen))
        made = Choice(tree, self._size(candidate, parts), True, missing, open_parts(chosen))
        return self._judged(made, candidate, goal)

    def _over(
        self, outcome: Choice, candidate: Candidate, goal: Expr, missing: tuple[Expr, ...] = ()
    ) -> Choice:
        """The choice of a way from the outcome of its replacement."""
        over = replace(outcome, missing=missing, parts=open_parts([outcome]))
        return self._judged(over, candidate, goal)

    def _judged(self, choice: Choice, candidate: Candidate, goal: Expr) -> Choice:
        """Whether floats follow: measured, or else what the lowering says."""
        measure, fault = self.measure, None
        if measure is not None:
            limit = MOST_COLUMNS if goal in self._own else None
            fault = measure.fault(goal, choice.tree, choice.missing, limit)
        if fault is not None:
            return replace(choice, safe=fault == NO_FAULT, fault=fault)
        return replace(choice, safe=choice.safe and self._is_safe(candidate.way))

    def _may_win(
        self, candidate: Candidate, parts: dict[Expr, Outcome], best: Choice | None
    ) -> bool:
        if best is None:
            return True
        if best.is_open and not any(_choice(parts[arg]).is_open for arg in candidate.way.args):
            return True
        sizes = tuple(_choice(parts[arg]).size for arg in candidate.way.args)
        smaller = self.bounds.of(candidate.template, sizes) < best.size
        if self.measure is not None and not self.measure.is_exhausted:
            return smaller or not best.safe
        if best.safe:
            return smaller and self._is_safe(candidate.way)
        return smaller or self._is_safe(candidate.way)

    def _body(self, candidate: Candidate, node: Expr | None, needs: Gaps) -> Expr | None:
        """Return the replacement over the original arguments if it is shown to be right."""
        if not self._is_right(candidate, node, needs):
            return None
        return self._replacement(candidate)

    def _replacement(self, candidate: Candidate) -> Expr:
        body = candidate.template.over(candidate.way.args)
        if not candidate.way.lowering.everywhere:
            self.conditions.promise(body, candidate.way.args)
        return body

    def _better(
        self, best: Choice | None, outcome: Outcome, candidate: Candidate, goal: Expr
    ) -> Choice | None:
        if isinstance(outcome, Refusal):
            return best
        choice = self._over(outcome, candidate, goal)
        return choice if best is None or choice.rank < best.rank else best

    def _refusal(self, op: Operator, ready: bool, real: bool, needs: Gaps) -> Refusal:
        if needs:
            return not_shown(op, [gap.missing for gap in needs])
        if ready and not real:
            return not_real(op)
        conditions = self.conditions
        return no_tree(op, self.basis.name, conditions.semantics, conditions.finite)


def _rank(ranked: tuple[Rank, Candidate]) -> Rank:
    return ranked[0]


def _given(choice: Choice) -> Solving:
    return choice
    yield  # a generator that asks for nothing


def _all_chosen(parts: dict[Expr, Outcome], args: Args) -> bool:
    return all(isinstance(parts[arg], Choice) for arg in args)


def _choice(outcome: Outcome) -> Choice:
    assert isinstance(outcome, Choice)
    return outcome
