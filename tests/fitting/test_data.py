"""Reading CSV: what is accepted, and for everything else the place and the reason."""

import pytest

import emlir
from emlir.data import read_csv


def write(tmp_path, content):
    path = tmp_path / "data.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_numbers_labels_and_lines(tmp_path):
    path = write(tmp_path, '\ufeffname, x ,y\r\nA,1e-05,2e1\r\n\r\n"B, C",\u22123,.5\r\n')
    data = read_csv(path, "y")
    assert data.y == [20.0, 0.5]
    assert data.variables == {"x": [1e-05, -3.0]}
    assert data.labels == ["A", "B, C"]
    assert data.lines == [2, 4]
    assert data.text_columns == ("name",)


BAD = {
    "empty file": ("", "the file is empty"),
    "blank lines": ("\n\n", "the file is empty"),
    "header only": ("x,y\n", "no rows below the header"),
    "missing target": ("x,why\n1,2\n", "no column 'y'; there is x, why"),
    "ragged": ("x,y\n1,2\n3\n", "line 3: 1 cells, but the header has 2"),
    "duplicate": ("x,x,y\n1,2,3\n", "line 1: two columns are called 'x'"),
    "text": ("x,y\n1,2\n3,4\nfour,5\n", "line 4, column 'x': 'four' is not a number"),
    "thousands": ('x,y\n1,2\n2,"1,234"\n', "line 3, column 'y': '1,234' is not a number"),
    "underscore": ("x,y\n1,2\n2,1_000\n", "'1_000' is not a number"),
    "nan": ("x,y\n1,NaN\n", "line 2, column 'y': NaN is not a finite number"),
    "inf": ("x,y\n-inf,1\n", "line 2, column 'x': -inf is not a finite number"),
    "too large": ("x,y\n1,1e309\n", "too large"),
    "hole": ("x,y\n1,2\n,3\n", "line 3, column 'x': the cell is empty"),
    "empty column": ("x,z,y\n1,,2\n3,,4\n", "column 'z': the cell is empty"),
    "text target": ("x,y\n1,a\n", "target column 'y' holds text"),
    "no variable": ("name,y\na,1\n", "no column of numbers beside"),
    "no name": (",y\n1,2\n", "column 1 has no name"),
    "no header": ("1,2\n3,4\n", "add a header"),
    "semicolons": ("x;y\n1;2\n", "separated by commas"),
    "quote": ('x,y\n1,"2\n3,4\n', "not CSV"),
    "latin-1": (b"x,y\n1,2\n\xe9,3\n", "line 3: not UTF-8"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files(tmp_path, case):
    content, said = BAD[case]
    with pytest.raises(emlir.DataError) as caught:
        read_csv(write(tmp_path, content), "y")
    assert said in str(caught.value)
    assert "data.csv" in str(caught.value)


def test_a_near_name_is_offered(tmp_path):
    with pytest.raises(emlir.DataError, match="did you mean 'period'"):
        read_csv(write(tmp_path, "x,period\n1,2\n"), "periods")
