"""What the commands and signs of LaTeX are to the lenient reader."""

from collections.abc import Mapping

SIGNS: Mapping[str, tuple[str, str]] = {
    "+": ("PLUS", "add"),
    "-": ("MINUS", "sub"),
    "*": ("TIMES", "mul"),
    r"\cdot": ("TIMES", "mul"),
    r"\times": ("TIMES", "mul"),
    r"\ast": ("TIMES", "mul"),
    "/": ("OVER", "div"),
    r"\div": ("OVER", "div"),
    r"\bmod": ("BMOD", "mod"),
    "<": ("RELATION", "lt"),
    r"\lt": ("RELATION", "lt"),
    ">": ("RELATION", "gt"),
    r"\gt": ("RELATION", "gt"),
    "=": ("RELATION", "eq"),
    r"\le": ("RELATION", "le"),
    r"\leq": ("RELATION", "le"),
    r"\leqslant": ("RELATION", "le"),
    r"\ge": ("RELATION", "ge"),
    r"\geq": ("RELATION", "ge"),
    r"\geqslant": ("RELATION", "ge"),
    r"\ne": ("RELATION", "ne"),
    r"\neq": ("RELATION", "ne"),
    r"\land": ("LAND", "and"),
    r"\wedge": ("LAND", "and"),
    r"\lor": ("LOR", "or"),
    r"\vee": ("LOR", "or"),
    r"\lnot": ("LNOT", "not"),
    r"\neg": ("LNOT", "not"),
    ",": ("COMMA", ","),
    "&": ("AMP", "&"),
}
"""The token of each sign, and its operator."""

FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac")

SIZES: Mapping[str, str] = {
    size + side: {"l": "open", "r": "close", "": ""}[side]
    for size in (r"\big", r"\Big", r"\bigg", r"\Bigg")
    for side in ("l", "r", "")
} | {r"\left": "open", r"\right": "close"}
"""Commands before a bracket, and the side that they say it is."""

BRACKETS: Mapping[str, tuple[str, str]] = {
    "(": ("()", "open"),
    ")": ("()", "close"),
    "[": ("[]", "open"),
    "]": ("[]", "close"),
    r"\lbrack": ("[]", "open"),
    r"\rbrack": ("[]", "close"),
    r"\{": (r"\{\}", "open"),
    r"\}": (r"\{\}", "close"),
    r"\lbrace": (r"\{\}", "open"),
    r"\rbrace": (r"\{\}", "close"),
    r"\lfloor": ("floor", "open"),
    r"\rfloor": ("floor", "close"),
    r"\lceil": ("ceil", "open"),
    r"\rceil": ("ceil", "close"),
    r"\lvert": ("abs", "open"),
    r"\rvert": ("abs", "close"),
    "|": ("abs", ""),
    r"\vert": ("abs", ""),
}
"""The kind of each bracket and its side; a bar does not tell."""

FENCES = ("floor", "ceil", "abs")

KEYWORDS: Mapping[str, str] = {
    "if": "IF",
    "for": "IF",
    "when": "IF",
    "otherwise": "OTHERWISE",
    "else": "OTHERWISE",
    "and": "LAND",
    "or": "LOR",
}
"""Words in \\text that are not names."""

CONSTANTS: Mapping[str, str] = {r"\pi": "pi", r"\infty": "inf"}

ROMAN_CONSTANTS: Mapping[str, str] = {
    "e": "e",
    "i": "i",
    "true": "true",
    "false": "false",
    "True": "true",
    "False": "false",
}
"""Words in \\mathrm or \\text that are constants."""

_CALCULUS = "derivatives, integrals, sums and limits are not read"
_NUMBER = "emlir has no operator for it"
_SETS = "sets and vectors are not read"
_ACCENT = "an accent could mean anything: write the name as x_{hat} or \\mathit{xhat}"
_FONT = "fonts that tell symbols apart are not read: write \\mathit{...} or a subscript"
_UNSURE = "it leaves open which value is meant"

_REFUSED_GROUPS: Mapping[str, str] = {
    _CALCULUS: r"\int \iint \iiint \oint \sum \prod \lim \partial \nabla \dd \limsup \liminf",
    _NUMBER: r"\binom \dbinom \tbinom \choose \pmod \mod \pod \gcd \arg \Re \Im \det \deg \dim",
    _SETS: r"\in \notin \cup \cap \subset \forall \exists \langle \rangle \| \Vert \lVert "
    r"\sup \inf",
    _ACCENT: r"\dot \ddot \hat \bar \vec \tilde \check \breve \acute \grave \widehat \widetilde "
    r"\overline \underline \overrightarrow",
    _FONT: r"\mathbf \boldsymbol \bm \mathcal \mathscr \mathfrak \mathbb \mathsf \mathtt",
    _UNSURE: r"\pm \mp \approx \sim \simeq \equiv \propto \to \cdots \ldots \dots \mid \colon",
    "the text of a formula has no boxes": r"\hbox \mbox \vbox \fbox \boxed \hspace \phantom",
    "write \\frac{a}{b}": r"\over \atop \nicefrac \sfrac",
    "a degree is \\frac{\\pi}{180}": r"\circ \degree",
    "percent are a number: write \\frac{5}{100}": r"\%",
    "leave it out": r"\label \tag \nonumber \notag \limits \middle \color \require",
    "write the relation and \\lnot": r"\not",
    "write it with \\land, \\lor and \\lnot": r"\veebar \oplus \Rightarrow \implies \iff "
    r"\Leftrightarrow \Longrightarrow",
}

REFUSED: Mapping[str, str] = {
    command: reason for reason, commands in _REFUSED_GROUPS.items() for command in commands.split()
} | {
    "'": "a prime could be a derivative: write a subscript",
    "!": "emlir has no factorial",
    "%": "% begins a comment in LaTeX, so the rest would be lost: leave it out",
    "$": "one $ before the formula and one after it, or none",
    "_": "a subscript follows a letter, a word in \\mathit, or \\log",
    ".": "leave out the full stop; a decimal has digits on both sides of its point",
    ";": "leave out the punctuation",
    ":": "write a quotient with / or \\frac",
    "²": "write x^2",
    "³": "write x^3",
    "×": "write \\times",
    "·": "write \\cdot",
    "−": "write the minus sign of the keyboard",
    "≤": "write \\le",
    "≥": "write \\ge",
    "≠": "write \\ne",
    "π": "write \\pi",
    "√": "write \\sqrt{x}",
    "∞": "write \\infty",
    "#": "it has no meaning in a formula",
}
"""Why something is not read; what is not here is unknown."""

VARIANTS = frozenset(
    "varepsilon vartheta varphi varrho varsigma varkappa varpi ell hbar Pi".split()
)
"""Letters by commands, beside the Greek ones."""
