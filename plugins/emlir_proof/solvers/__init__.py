"""Checkers that are independent of the exact one: z3 and cvc5 run the script, balls evaluate."""
