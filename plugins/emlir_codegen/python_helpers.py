"""What Python's own functions do otherwise, or raise an error for: helpers that give NaN."""

_RELATIONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def _inside(name: str, condition: str) -> str:
    return f"def _{name}(x):\n    return math.{name}(x) if {condition} else math.nan"


def _up_to_infinity(name: str, infinity: str) -> str:
    return (
        f"def _{name}(x):\n    try:\n        return math.{name}(x)\n"
        f"    except OverflowError:\n        return {infinity}"
    )


def _relation(name: str, sign: str) -> str:
    return (
        f"def _{name}(x, y):\n    if x != x or y != y:\n        return math.nan\n"
        f"    return 1.0 if x {sign} y else 0.0"
    )


HELPERS = {
    "ln": "def _ln(x):\n    return math.log(x) if x > 0.0 else math.nan",
    "div": "def _div(x, y):\n    return x / y if y != 0.0 else math.nan",
    "sqrt": _inside("sqrt", "x >= 0.0"),
    "sin": _inside("sin", "x - x == 0.0"),
    "cos": _inside("cos", "x - x == 0.0"),
    "tan": _inside("tan", "x - x == 0.0"),
    "asin": _inside("asin", "-1.0 <= x <= 1.0"),
    "acos": _inside("acos", "-1.0 <= x <= 1.0"),
    "acosh": _inside("acosh", "x >= 1.0"),
    "atanh": _inside("atanh", "-1.0 < x < 1.0"),
    "log1p": _inside("log1p", "x > -1.0"),
    "exp": _up_to_infinity("exp", "math.inf"),
    "cosh": _up_to_infinity("cosh", "math.inf"),
    "expm1": _up_to_infinity("expm1", "math.inf"),
    "sinh": _up_to_infinity("sinh", "math.copysign(math.inf, x)"),
    "sigmoid": """\
def _sigmoid(x):
    small = math.exp(-abs(x))
    return (1.0 if x >= 0.0 else small) / (1.0 + small)""",
    "logaddexp": """\
def _logaddexp(x, y):
    if x == y:
        return x + math.log(2.0)
    high, low = (x, y) if x > y else (y, x)
    return high + math.log1p(math.exp(low - high))""",
    "softplus": "def _softplus(x):\n    return _logaddexp(0.0, x)",
    "hypot": """\
def _hypot(x, y):
    return math.nan if x != x or y != y else math.hypot(x, y)""",
    "min": "def _min(x, y):\n    return x if x < y or x != x else y",
    "max": "def _max(x, y):\n    return x if x > y or x != x else y",
    "floor": """\
def _floor(x):
    return x // 1.0 if x - x == 0.0 else x""",
    "mod": """\
def _mod(x, y):
    if y == 0.0 or x - x != 0.0 or y - y != 0.0:
        return math.nan
    return x % y""",
    "pow": """\
def _pow(x, y):
    if x != x or y != y or (x == 0.0 and y < 0.0):
        return math.nan
    if math.isinf(x) and (y == 0.0 or (x < 0.0 and y != _floor(y))):
        return math.nan
    if math.isinf(y) and (x < 0.0 or x == 1.0):
        return math.nan
    try:
        return math.pow(x, y)
    except ValueError:
        return math.nan
    except OverflowError:
        return -math.inf if x < 0.0 and y % 2.0 == 1.0 else math.inf""",
    "edl": """\
def _edl(x, y):
    low = _ln(y)
    if math.isinf(low) and math.isfinite(x):
        return 0.0
    far = x if abs(x) > 80.0 and math.isfinite(x) else 0.0
    value, root = _div(_exp(x - far), low), _exp(far / 2.0)
    return value if value == 0.0 or math.isinf(value) else value * root * root""",
    "teml": """\
def _teml(x, y, z):
    up = x if abs(x) > 80.0 and math.isfinite(x) else 0.0
    down = y if abs(y) > 80.0 and math.isfinite(y) else 0.0
    value = _div(_exp(x - up), _ln(x)) * _div(_ln(z), _exp(y - down))
    gap = up - down
    back = gap - up
    lost = (up - (gap - back)) - (down + back)
    root = _exp(gap / 2.0)
    if value != 0.0 and not math.isinf(value):
        value = value * root * root
    stays = value == 0.0 or math.isinf(value) or not math.isfinite(lost)
    return value if stays else value * _exp(lost)""",
    "and": "def _and(a, b):\n    return 0.0 if a == 0.0 or b == 0.0 else a * b",
    "or": "def _or(a, b):\n    return 1.0 if a == 1.0 or b == 1.0 else a + b",
    "where": """\
def _where(c, x, y):
    return math.nan if c != c else x if c == 1.0 else y""",
    **{name: _relation(name, sign) for name, sign in _RELATIONS.items()},
}
"""By operator, the text of the function ``_OPERATOR``; none of them ever raises an error."""
