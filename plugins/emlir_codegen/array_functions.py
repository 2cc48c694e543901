"""What operators are for arrays, in NumPy, JAX and torch alike: ``xp`` is any of the three.

Undefined is NaN. An argument outside the domain becomes NaN before the function sees it, so that
no gradient comes back from there.
"""

from emlir_codegen.python_plain import RELATIONS

_SAME = "abs exp sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh expm1 floor".split()

SPELLINGS = {
    "add": "({} + {})",
    "sub": "({} - {})",
    "mul": "({} * {})",
    "div": "({} / _nonzero({}))",
    "neg": "(-{})",
    "not": "(1.0 - {})",
    "i": "xp.nan",
    "inf": "xp.nan",
    "true": "1.0",
    "false": "0.0",
    "ln": "xp.log(_positive({}))",
    "log1p": "xp.log1p(_above_minus_one({}))",
    "atanh": "xp.atanh(_inside_one({}))",
    "eml": "(xp.exp({}) - xp.log(_positive({})))",
    "neml": "(xp.log(_positive({})) - xp.exp({}))",
    "logaddexp": "xp.logaddexp({}, {})",
    "softplus": "_softplus({})",
    "sigmoid": "_sigmoid({})",
    "where": "_where({}, {}, {})",
    "teml": "_teml({}, {}, {})",
    **{name: f"xp.{name}({{}})" for name in _SAME},
    **{name: f"_{name}({{}}, {{}})" for name in "pow hypot min max mod and or edl".split()},
    **{name: f"_{name}({{}}, {{}})" for name in RELATIONS},
}
"""Texts by operator; the holes are arguments."""

QUOTIENT = "({} / {})"
POWER = "xp.pow({}, {})"
POWERS = {
    (True, True): POWER,
    (True, False): "xp.pow(_nonzero({}), {})",
    (False, True): "xp.pow(_not_negative({}), {})",
    (False, False): "xp.pow(_positive({}), {})",
}
"""Powers with an exponent that is known, by whether that is whole and whether it is positive."""


def _only(name: str, condition: str) -> str:
    return f"def _{name}(x):\n    return xp.where({condition}, x, xp.nan)"


def _relation(name: str, sign: str) -> str:
    return (
        f"def _{name}(x, y):\n    undefined = xp.isnan(x) | xp.isnan(y)\n"
        f"    return xp.where(undefined, xp.nan, xp.where(x {sign} y, 1.0, 0.0))"
    )


HELPERS = {
    "positive": _only("positive", "x > 0"),
    "not_negative": _only("not_negative", "x >= 0"),
    "nonzero": _only("nonzero", "x != 0"),
    "above_minus_one": _only("above_minus_one", "x > -1"),
    "inside_one": _only("inside_one", "(x > -1) & (x < 1)"),
    "pow": """\
def _pow(x, y):
    undefined = xp.isnan(x) | xp.isnan(y) | (x == 0) & (y < 0) | xp.isinf(x) & (y == 0)
    undefined = undefined | xp.isinf(y) & ((x < 0) | (x == 1))
    undefined = undefined | (x == -xp.inf) & (y != xp.floor(y))
    return xp.where(undefined, xp.nan, xp.pow(x, y))""",
    "sigmoid": """\
def _sigmoid(x):
    small = xp.exp(xp.where(x < 0, x, -x))
    return xp.where(x < 0, small, 1.0) / (1.0 + small)""",
    "softplus": "def _softplus(x):\n    return xp.logaddexp(xp.zeros_like(x), x)",
    "hypot": """\
def _hypot(x, y):
    return xp.where(xp.isnan(x) | xp.isnan(y), xp.nan, xp.hypot(x, y))""",
    "min": "def _min(x, y):\n    return xp.where((x <= y) | xp.isnan(x), x, y)",
    "max": "def _max(x, y):\n    return xp.where((x >= y) | xp.isnan(x), x, y)",
    "mod": """\
def _mod(x, y):
    return xp.remainder(x, xp.where((y == 0) | xp.isinf(y), xp.nan, y))""",
    "far": """\
def _far(x):
    return xp.where((xp.abs(x) > 80) & xp.isfinite(x), x, 0.0)""",
    "scaled": """\
def _scaled(x, factor):
    return xp.where((x == 0) | xp.isinf(x), x, x * factor)""",
    "edl": """\
def _edl(x, y):
    far = _far(x)
    root = xp.exp(far / 2)
    value = xp.exp(x - far) / _nonzero(xp.log(_positive(y)))
    return _scaled(_scaled(value, root), root)""",
    "teml": """\
def _teml(x, y, z):
    up, down = _far(x), _far(y)
    value = xp.exp(x - up) / _nonzero(xp.log(_positive(x)))
    value = value * (xp.log(_positive(z)) / _nonzero(xp.exp(y - down)))
    gap = up - down
    back = gap - up
    lost = (up - (gap - back)) - (down + back)
    root = xp.exp(gap / 2)
    return _scaled(_scaled(_scaled(value, root), root), xp.exp(_finite(lost)))""",
    "finite": "def _finite(x):\n    return xp.where(xp.isfinite(x), x, 0.0)",
    "and": "def _and(a, b):\n    return xp.where((a == 0) | (b == 0), 0.0, a * b)",
    "or": "def _or(a, b):\n    return xp.where((a == 1) | (b == 1), 1.0, a + b)",
    "where": """\
def _where(c, x, y):
    return xp.where(xp.isnan(c), xp.nan, xp.where(c == 1, x, y))""",
    **{name: _relation(name, sign) for name, sign in RELATIONS.items()},
}
"""The texts of functions ``_NAME``."""

NUMPY_SPELLINGS = {"min": "xp.minimum({}, {})", "max": "xp.maximum({}, {})"}
"""Faster where no gradient is wanted; elsewhere the first of equals has it, as in emlir."""

SMOOTH_SPELLINGS = {"sinh": "_sinh({})", "cosh": "_cosh({})"}
SMOOTH_HELPERS = {
    "half_exp": """\
def _half_exp(x):
    root = xp.exp(xp.abs(x) / 2)
    return (0.5 * root) * root""",
    "sinh": """\
def _sinh(x):
    far = xp.abs(x) > 40
    return xp.where(far, xp.sign(x) * _half_exp(x), xp.sinh(xp.where(far, 0.0, x)))""",
    "cosh": """\
def _cosh(x):
    far = xp.abs(x) > 40
    return xp.where(far, _half_exp(x), xp.cosh(xp.where(far, 0.0, x)))""",
}
"""JAX has few digits of these far out, and torch may overflow too soon."""

JAX_HELPERS = {
    "number": """\
def _number(x):
    largest = float(jnp.finfo(jnp.result_type(float)).max)
    return x if abs(x) <= largest else jnp.inf if x > 0 else -jnp.inf"""
}
"""A number that may be beyond floats of single precision, about which JAX would warn."""

TORCH_HELPERS = {
    "tensors": """\
def _tensors(*values):
    tensors = [value for value in values if isinstance(value, torch.Tensor)]
    types = [tensor.dtype for tensor in tensors if tensor.is_floating_point()]
    dtype = types[0] if types else torch.get_default_dtype()
    for other in types[1:]:
        dtype = torch.promote_types(dtype, other)
    tensors = [tensor for tensor in tensors if tensor.dim()] or tensors
    device = tensors[0].device if tensors else None
    return [
        value.to(dtype)
        if isinstance(value, torch.Tensor)
        else torch.as_tensor(value, dtype=dtype, device=device)
        for value in values
    ]""",
    "mod": """\
def _mod(x, y):
    y = torch.where((y == 0) | torch.isinf(y), torch.nan, y)
    step = 2.0 ** (700 if y.dtype == torch.float64 else 88)
    less = torch.fmod(torch.fmod(x, y * step * step), y * step)
    return torch.remainder(torch.where(torch.isinf(x / y), less, x), y)""",
}
"""Tensors of one floating type, from tensors and Python's numbers; and the remainder.

torch's own is NaN where the quotient overflows. Each step here is exact, and its quotient a float.
"""
