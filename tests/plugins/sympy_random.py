"""Random sympy expressions, as sympy evaluates and prints them."""

import sympy as sp

NAMES = sp.symbols("x y z a b x_1 alpha")
FLOATS = ("0.5", "1.25", "2.5e-5", "3.1e20", "-0.75", "1e-7", "12345.678")
FUNCTIONS = [
    getattr(sp, name)
    for name in (
        "sqrt cbrt exp log sin cos tan cot sec csc sinh cosh tanh coth sech csch asin acos atan "
        "acot asec acsc asinh acosh atanh acoth asech acsch Abs floor ceiling"
    ).split()
]
RELATIONS = (sp.Lt, sp.Le, sp.Gt, sp.Ge, sp.Eq, sp.Ne)


def leaf(random):
    roll = random.random()
    if roll < 0.6:
        return random.choice(NAMES)
    if roll < 0.75:
        return sp.Integer(random.randint(-5, 12))
    if roll < 0.85:
        return sp.Rational(random.randint(-7, 7), random.randint(1, 6))
    return sp.Float(random.choice(FLOATS)) if roll < 0.93 else random.choice((sp.pi, sp.E, sp.I))


def condition(random, depth):
    sides = [random.choice(RELATIONS)(*(term(random, depth) for _ in "ab")) for _ in "ab"]
    return random.choice((sides[0], sides[0], sp.And(*sides), sp.Or(*sides), sp.Not(sides[0])))


def exponent(random, depth):
    ratio = sp.Rational(random.randint(-3, 3), random.randint(1, 4))
    return random.choice((term(random, depth), sp.Integer(random.randint(-3, 4)), ratio))


def choice(random, depth):
    return sp.Piecewise(
        (term(random, depth), condition(random, depth)), (term(random, depth), True)
    )


def term(random, depth):
    if depth <= 0 or random.random() < 0.12:
        return leaf(random)
    x, y = (term(random, depth - 1) for _ in "xy")
    makers = {
        lambda: x + y: 17,
        lambda: x - y: 10,
        lambda: x * y: 17,
        lambda: x / y: 10,
        lambda: x ** exponent(random, depth - 1): 12,
        lambda: random.choice(FUNCTIONS)(x): 24,
        lambda: sp.root(x, random.randint(2, 5)): 2,
        lambda: random.choice((sp.Max, sp.Min))(x, y): 2,
        lambda: sp.Mod(x, y): 2,
        lambda: choice(random, depth - 1): 4,
    }
    return random.choices(list(makers), list(makers.values()))[0]()


def expression(random):
    """Return an expression that sympy can build and print, with its LaTeX."""
    while True:
        depth = random.randint(1, 4)
        try:
            make = condition if random.random() < 0.08 else term
            made = sp.sympify(make(random, depth))
            if not made.has(sp.nan, sp.zoo, sp.oo):
                return made, sp.latex(made)
        except (TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError):
            continue  # such as Max of complex numbers, or a Piecewise that sympy never finishes
