"""An emitter: (mul x (exp y)), without recursion."""

from emlir.plugin_api import Expr, Syntax, write_quotient


def write(expr: Expr) -> str:
    out: list[str] = []
    stack: list[Expr | str] = [expr]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            out.append(item)
        elif not item.args:
            out.append(_leaf(item))
        else:
            out.append(f"({item.op.name}")
            stack.append(")")
            for arg in reversed(item.args):
                stack += [arg, " "]
    return "".join(out)


def _leaf(node: Expr) -> str:
    if node.is_symbol:
        return node.name
    return write_quotient(node.number) if node.is_number else node.op.name


LISP = Syntax("lisp", write=write)
