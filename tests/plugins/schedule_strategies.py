"""Random schedules for property tests, and one member of each family."""

from hypothesis import strategies as st

from emlir_schedules import read_schedule, schedule

EXAMPLES = {
    "constant": "constant(total=60)",
    "linear": "linear(total=60, warmup=6, final=0.1)",
    "cosine": "cosine(total=60, warmup=6)",
    "cosine_waves": "cosine_waves(total=60, waves=2, final=0.05)",
    "cosine_restarts": "cosine_restarts(total=60, cycles=3, warmup=6, final=0.1)",
    "warm_restarts": "warm_restarts(total=70, first=10)",
    "polynomial": "polynomial(total=60, power=2, warmup=6, start=0.01)",
    "inverse_sqrt": "inverse_sqrt(total=60, timescale=10, warmup=10)",
    "exponential": "exponential(total=60, gamma=0.95)",
    "step": "step(total=60, size=20)",
    "multistep": 'multistep(total=60, at="20, 45")',
    "wsd": "wsd(total=60, warmup=6, decay=20)",
    "wsd with a root": "wsd(total=60, warmup=6, decay=20, shape=sqrt)",
    "wsd with a cosine": "wsd(total=60, warmup=6, decay=20, shape=cosine)",
    "one_cycle": "one_cycle(total=60, top=18)",
    "one_cycle with lines": "one_cycle(total=60, top=18, shape=linear)",
    "cyclic": "cyclic(total=60, period=20, low=0.1)",
    "rex": "rex(total=60, warmup=6)",
    "tanh": "tanh(total=60, warmup=6)",
    "eml_gamma": "eml_gamma(total=60, top=10)",
    "eml_gamma of order 2": "eml_gamma(total=60, top=10, order=2)",
    "eml_decay": "eml_decay(total=60)",
    "eml_cooldown": "eml_cooldown(total=60, final=0.05) | warmup(6, shape=eml)",
    "eml_tree": 'eml_tree(total=60, tree="eml(1, eml(eml(u, 1), 1))")',
    "formula": 'formula(total=60, text="exp(-2*u) - ln(1 + u)")',
}
"""A member of each family."""

counts = st.integers(1, 40)
parts = st.decimals("0.01", "0.99", places=2).map(str)


@st.composite
def families(draw):
    """A member of some family, with a total."""
    total = draw(st.integers(2, 60))
    common = {"total": total, "warmup": draw(st.integers(0, total - 1))}
    name, options = draw(
        st.sampled_from(
            [
                ("constant", {}),
                ("linear", {"final": draw(parts)}),
                ("cosine", {"final": draw(parts)}),
                ("cosine_waves", {"waves": draw(st.integers(1, 4))}),
                ("cosine_restarts", {"cycles": draw(st.integers(1, 4))}),
                ("polynomial", {"power": draw(st.integers(1, 4))}),
                ("inverse_sqrt", {"timescale": draw(counts)}),
                ("exponential", {"gamma": draw(parts)}),
                ("step", {"size": draw(counts), "gamma": draw(parts)}),
                ("wsd", {"decay": draw(counts), "shape": draw(st.sampled_from(
                    ["linear", "cosine", "sqrt", "eml"]))}),
                ("rex", {"bend": draw(parts)}),
                ("tanh", {}),
                ("eml_gamma", {"top": draw(counts), "order": draw(st.integers(1, 3))}),
                ("eml_decay", {"fast": draw(parts)}),
                ("eml_cooldown", {"final": draw(parts)}),
            ]
        )
    )  # fmt: skip
    return schedule(name, **common, **options)


combined = st.recursive(
    families(),
    lambda inner: st.one_of(
        st.tuples(inner, parts).map(lambda pair: pair[0].scale(pair[1])),
        st.tuples(inner, parts).map(lambda pair: pair[0].floor(pair[1])),
        st.tuples(inner, counts).map(lambda pair: pair[0].warmup(pair[1])),
        st.tuples(inner, inner, counts).map(lambda three: three[0].then(three[1], three[2])),
    ),
    max_leaves=4,
)
"""Schedules made by combinators."""


def examples():
    """The members of :data:`EXAMPLES`, read."""
    return {name: read_schedule(text) for name, text in EXAMPLES.items()}
