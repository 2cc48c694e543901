"""What plugins may use beyond the public names of ``emlir``; stable within a minor version."""

from typing import TYPE_CHECKING

from emlir.assumptions import (
    Assumptions as Assumptions,
    Interval as Interval,
    conjuncts as conjuncts,
)
from emlir.backend import (
    Backend as Backend,
    Compiled as Compiled,
    Dtype as Dtype,
    PointEvaluator as PointEvaluator,
    PointValue as PointValue,
    Reduction as Reduction,
)
from emlir.certificates import Certificate as Certificate, Checker as Checker
from emlir.claims import (
    JOINS as JOINS,
    Bounds as Bounds,
    Cell as Cell,
    Claim as Claim,
    Enclosed as Enclosed,
    Limits as Limits,
    Progress as Progress,
    Proved as Proved,
    Prover as Prover,
    Reason as Reason,
    Refuted as Refuted,
    Sides as Sides,
    Unknown as Unknown,
    Verdict as Verdict,
    relations as relations,
)
from emlir.closed import fold_closed as fold_closed
from emlir.costs import (
    DAG as DAG,
    DEPTH as DEPTH,
    SIZE as SIZE,
    TRANSCENDENTAL as TRANSCENDENTAL,
    CostModel as CostModel,
    K as K,
    LocalCost as LocalCost,
    find_cost as find_cost,
)
from emlir.errors import (
    DataError as DataError,
    DomainError as DomainError,
    InexpressibleError as InexpressibleError,
    MissingDependencyError as MissingDependencyError,
    ParseError as ParseError,
    TooLargeError as TooLargeError,
)
from emlir.evaluate import ball_backend as ball_backend
from emlir.expr.calculus import rebuild as rebuild, substitute as substitute
from emlir.expr.core import Expr as Expr, Operator as Operator, number as number, symbol as symbol
from emlir.expr.numbers import (
    exact as exact,
    read_number as read_number,
    write_integer as write_integer,
    write_number as write_number,
    write_quotient as write_quotient,
)
from emlir.expr.operator import Lowering as Lowering
from emlir.expr.table import (
    all_operators as all_operators,
    find_operator as find_operator,
    lookup as lookup,
)
from emlir.expr.traverse import (
    postorder as postorder,
    tree_size as tree_size,
    use_counts as use_counts,
)
from emlir.fitting.problem import (
    Budget as Budget,
    Candidate as Candidate,
    Constant as Constant,
    NoiseName as NoiseName,
    OutOfTimeError as OutOfTimeError,
    Problem as Problem,
    SizeLimits as SizeLimits,
    Strategy as Strategy,
    effective_rows as effective_rows,
)
from emlir.fitting.tasks import run_tasks as run_tasks
from emlir.lazy import later as later
from emlir.ops.basis import Basis as Basis, find_basis as find_basis
from emlir.ops.macros import MACROS as MACROS
from emlir.ops.reciprocal import DEFINED as DEFINED
from emlir.passes.define import define as define
from emlir.passes.protect import protect as protect
from emlir.plugins import manager as manager
from emlir.program import Program as Program
from emlir.rewrite.conditions import Condition as Condition
from emlir.rewrite.context import Context as Context, Pass as Pass
from emlir.rewrite.library import all_rules as all_rules, rules_used_by as rules_used_by
from emlir.rewrite.log import Step as _LogStep
from emlir.rewrite.pattern import needed_symbols as needed_symbols
from emlir.rewrite.plan import Parametric as Parametric
from emlir.rewrite.rule import Outcome as Outcome, Rewriter as Rewriter, Rule as Rule, rule as rule
from emlir.rewrite.strategy import (
    bottom_up as bottom_up,
    chain as chain,
    fixpoint as fixpoint,
    once as once,
    repeat as repeat,
    top_down as top_down,
)
from emlir.semantics import Semantics as Semantics, check_semantics as check_semantics
from emlir.text.grammar import GrammarReader as GrammarReader, grammar_text as grammar_text
from emlir.text.names import (
    decode_name as decode_name,
    encode_name as encode_name,
    is_plain as is_plain,
    quote as quote,
    unquote as unquote,
)
from emlir.text.parts import assemble as assemble, named_parts as named_parts
from emlir.text.problem import ProblemError as ProblemError, problems_in as problems_in
from emlir.text.reading import Note as Note, Reading as Reading
from emlir.text.sexpr import (
    Atom as Atom,
    Form as Form,
    Group as Group,
    Step as Step,
    TermReader as TermReader,
    choose as choose,
    forms as forms,
)
from emlir.text.syntax import Syntax as Syntax, error_at as error_at

LogStep = _LogStep  # ``Step`` is one of a reader's forms

if TYPE_CHECKING:
    from emlir.blocks import (
        REDUCED_WIDTH as REDUCED_WIDTH,
        added as added,
        blocks as blocks,
        reduced as reduced,
    )
    from emlir.cli.common import (
        FORMULA as FORMULA,
        INTERRUPTED as INTERRUPTED,
        REJECTED as REJECTED,
        UNKNOWN as UNKNOWN,
        finish as finish,
        json_option as json_option,
        read_text as read_text,
        show as show,
        spinner as spinner,
    )
    from emlir.pictures import (
        check_picture as check_picture,
        new_figure as new_figure,
        write_picture as write_picture,
    )
    from emlir.text.advice import Advice as Advice

_BLOCKS = ("REDUCED_WIDTH", "added", "blocks", "reduced")
_COMMANDS = (
    "FORMULA",
    "INTERRUPTED",
    "REJECTED",
    "UNKNOWN",
    "finish",
    "json_option",
    "read_text",
    "show",
    "spinner",
)
_PICTURES = ("check_picture", "new_figure", "write_picture")
__getattr__ = later(  # they import NumPy, Lark, click and matplotlib
    __name__,
    {
        "Advice": "emlir.text.advice",
        **dict.fromkeys(_BLOCKS, "emlir.blocks"),
        **dict.fromkeys(_COMMANDS, "emlir.cli.common"),
        **dict.fromkeys(_PICTURES, "emlir.pictures"),
    },
)
