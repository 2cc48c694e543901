"""Expressions for other programs and for pages: FPCore, MathML, DOT, SVG; see the README."""
