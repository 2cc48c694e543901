"""What all tests and all examples in the documentation share."""

import pytest

from emlir.expr import table


@pytest.fixture(scope="session")
def shipped_operators():
    """The names of the operators that the hub and the installed plugins have."""
    return {op.name for op in table.all_operators()}


@pytest.fixture(autouse=True)
def operators_of_one_test(shipped_operators):
    """An operator that a test or an example declares is unknown to the next one."""
    yield
    for name in table._operators.keys() - shipped_operators:
        del table._operators[name]
