import gzip
import re

import pytest

from personalization.contracts.file_format import FileFormat
from personalization.datasets.file_forms import LOOKED_AT_BYTES, mistaken_form

TEXT = "a,b\n1,2\n"
PLAIN = FileFormat()
PACKED = gzip.compress(TEXT.encode(), mtime=0)  # the same in every process, as names of tests are


@pytest.fixture
def look(tmp_path):
    def told(name, content, form=PLAIN):
        path = tmp_path / name
        path.write_bytes(content)
        return mistaken_form(str(path), form)

    return told


@pytest.mark.parametrize(
    ("name", "content", "form", "told"),
    [
        ("a.csv", PACKED, PLAIN, "compressed by gzip: its name must end in .gz"),
        ("a.csv.gz", TEXT.encode(), PLAIN, "its name ends in .gz, it is no gzip"),
        ("a.csv", b"PK\x03\x04xl/workbook", PLAIN, "ZIP archive or an Excel workbook"),
        ("a.csv", b"PAR1\x15\x00", PLAIN, "set format.kind to parquet"),
        ("a.parquet", TEXT.encode(), FileFormat(kind="parquet"), "it is no Parquet file"),
        ("a.csv", TEXT.encode("utf-16"), PLAIN, "set format.encoding to utf-16"),
        ("a.csv", TEXT.encode("utf-16"), FileFormat(encoding="cp1252"), "encoding to utf-16"),
        ("a.csv.gz", gzip.compress(TEXT.encode("utf-16"), mtime=0), PLAIN, "encoding to utf-16"),
        ("a.csv", b"a,b\r1,2\r" * LOOKED_AT_BYTES + b"\n", PLAIN, "a carriage return alone"),
        ("a.csv", TEXT.encode("utf-8-sig"), FileFormat(encoding="cp1252"), "or save it in cp1252"),
        ("a.csv", TEXT.encode("utf-32"), PLAIN, "set format.encoding to utf-32"),
        ("a.csv", TEXT.encode("utf-16-le"), PLAIN, "seems .* set format.encoding to utf-16-le"),
        ("a.csv", TEXT.encode("utf-16-be"), PLAIN, "seems .* set format.encoding to utf-16-be"),
        ("A.CSV.GZ", TEXT.encode(), PLAIN, "its name ends in .gz, it is no gzip"),
        ("a.csv", TEXT.replace("\n", "\r").encode(), PLAIN, "a carriage return alone"),
    ],
)
def test_a_file_of_another_form_is_told_in_words(look, name, content, form, told):
    assert re.search(told, look(name, content, form))


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.csv", TEXT.encode(), PLAIN),
        ("a.csv", b"", PLAIN),
        ("a.csv.gz", PACKED, PLAIN),
        ("A.CSV.GZ", PACKED, PLAIN),
        ("a.csv", b"a,b\n1,\0\n", PLAIN),
        ("a.csv.gz", b"", PLAIN),
        ("a.csv", TEXT.replace("\n", "\r\n").encode(), PLAIN),
        ("a.csv", TEXT.encode("utf-16"), FileFormat(encoding="utf-16")),
        ("a.csv", TEXT.encode("utf-16-le"), FileFormat(encoding="utf-16-le")),
        ("a.csv", TEXT.encode("utf-8-sig"), FileFormat(encoding="utf-8-sig")),
        ("a.csv", b"a\rb" + b"x" * LOOKED_AT_BYTES, PLAIN),
        ("a.csv", TEXT.encode("utf-32"), FileFormat(encoding="utf-32")),
        ("a.csv", b"PAR1,b\n1,2\n", PLAIN),
        ("a.csv.gz", PACKED[:-10], PLAIN),
        ("a.csv.gz", PACKED[:10] + b"\xff" * 10, PLAIN),
        ("a.parquet", b"", FileFormat(kind="parquet")),
        ("a.parquet", b"PAR1\x00", FileFormat(kind="parquet")),
    ],
)
def test_a_file_as_described_passes(look, name, content, form):
    assert look(name, content, form) is None
