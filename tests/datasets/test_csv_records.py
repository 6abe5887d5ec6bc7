import gzip

import pytest

from personalization.contracts.file_format import FileFormat
from personalization.datasets.csv_records import (
    MALFORMED_QUOTES,
    TOO_FEW_FIELDS,
    TOO_MANY_FIELDS,
    UNBALANCED_QUOTE,
    quote_problem,
    read_csv,
    read_csv_header,
    split_fields,
)
from personalization.datasets.lines import (
    BAD_ENCODING,
    LAST_LINE_NOT_TERMINATED,
    NUL_BYTE,
    ROW_TOO_LONG,
    TRUNCATED_FILE,
)


@pytest.fixture
def read(tmp_path):
    """Records of bytes as (number, fields, problem), for the columns a, b and c."""

    def records(data, wanted=("a", "b", "c"), name="file.csv", **form):
        path = tmp_path / name
        path.write_bytes(data)
        shape = FileFormat(**form)
        header = read_csv_header(str(path), shape)
        if header is None:
            return []
        found = read_csv(str(path), shape, header, wanted)
        return [(one.number, one.fields, one.problem) for one in found]

    return records


GOOD = [(2, ("1", "x", "2.5"), None), (3, ("2", "y", "3.5"), None)]


@pytest.mark.parametrize(
    ("separator", "encoding"),
    [(",", "utf-8"), (";", "cp1252"), ("\t", "utf-16"), ("|", "utf-8-sig"), (",", "utf-16-le")],
)
def test_separator_and_encoding_are_as_stated(read, separator, encoding):
    text = f"a{separator}b{separator}c\n1{separator}é{separator}2,5\n"
    if separator == ",":
        text = 'a,b,c\n1,é,"2,5"\n'
    found = read(text.encode(encoding), separator=separator, encoding=encoding)
    assert found == [(2, ("1", "é", "2,5"), None)]


def test_byte_order_mark_is_no_part_of_the_first_column(read):
    assert read(b"\xef\xbb\xbfa,b,c\n1,x,2.5\n2,y,3.5\n") == GOOD
    assert read("\ufeffa,b,c\n1,x,2.5\n2,y,3.5\n".encode("utf-16-le"), encoding="utf-16-le") == GOOD


def test_columns_come_in_the_order_asked_for_and_others_are_left_out(read):
    assert read(b"c, b ,z,a\n2.5,x,?,1\n") == [(2, ("1", "x", "2.5"), None)]


def test_compressed_file_is_read_by_its_name(read):
    assert read(gzip.compress(b"a,b,c\n1,x,2.5\n2,y,3.5\n"), name="f.csv.gz") == GOOD


def test_blank_lines_are_no_rows_and_do_not_shift_the_numbers(read):
    assert read(b"\na,b,c\n\n1,x,2\n\r\n\n2,y,3\n") == [
        (4, ("1", "x", "2"), None),
        (7, ("2", "y", "3"), None),
    ]


def test_header_only_and_empty_files_have_no_rows(read):
    assert read(b"a,b,c\n") == read(b"a,b,c") == read(b"") == []


def test_quoted_fields_hold_separators_and_doubled_quotes(read):
    assert read(b'a,b,c\n"1","x, ""y""",\n') == [(2, ("1", 'x, "y"', ""), None)]


def test_a_quote_inside_an_unquoted_field_is_a_character_like_any_other(read):
    assert read(b'a,b,c\n1,5" pipe,2\n') == [(2, ("1", '5" pipe', "2"), None)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"2,y", TOO_FEW_FIELDS),
        (b"2,y,3,4", TOO_MANY_FIELDS),
        (b'2,"y,3', UNBALANCED_QUOTE),
        (b'2,"y"z,3', MALFORMED_QUOTES),
        (b"2,\0y,3", NUL_BYTE),
        (b"2,\xff,3", BAD_ENCODING),
        (b"2," + b"y" * 1_000_000 + b",3", ROW_TOO_LONG),
    ],
)
@pytest.mark.parametrize("lines_per_record", [1, 3])
def test_broken_row_costs_itself_only(read, row, reason, lines_per_record):
    found = read(b"a,b,c\n1,x,2\n" + row + b"\n3,z,4\n5,u,6\n", lines_per_record=lines_per_record)
    assert found == [
        (2, ("1", "x", "2"), None),
        (3, (), reason),
        (4, ("3", "z", "4"), None),
        (5, ("5", "u", "6"), None),
    ]


@pytest.mark.parametrize("lines_per_record", [1, 3])
def test_last_line_cut_in_a_number_is_rejected_unless_the_break_is_optional(read, lines_per_record):
    data = b"a,b,c\n1,x,2\n2,y,3.2"
    cut = read(data, lines_per_record=lines_per_record)
    assert cut == [(2, ("1", "x", "2"), None), (3, (), LAST_LINE_NOT_TERMINATED)]
    taken = read(data, lines_per_record=lines_per_record, final_newline="optional")
    assert taken[1] == (3, ("2", "y", "3.2"), None)


def test_truncated_file_keeps_its_good_rows_and_names_the_damage(read):
    rows = b"a,b,c\n" + b"1,x,2\n" * 5000
    packed = gzip.compress(rows, compresslevel=0)
    *good, last = read(packed[: len(packed) // 2], name="f.csv.gz")
    assert {one[1:] for one in good} == {(("1", "x", "2"), None)}
    assert last == (len(good) + 2, (), TRUNCATED_FILE)


def test_truncated_file_stays_truncated_where_the_line_break_is_optional(read):
    packed = gzip.compress(b"a,b,c\n" + b"1,x,2\n" * 5000, compresslevel=0)
    found = read(packed[: len(packed) // 2], name="f.csv.gz", final_newline="optional")
    assert found[-1][2] == TRUNCATED_FILE


def test_quoted_line_breaks_stay_in_their_field_blank_lines_too(read):
    data = b'a,b,c\n1,"x\r\n\nz",2\n2,y,3\n'
    assert read(data, lines_per_record=3) == [
        (2, ("1", "x\n\nz", "2"), None),
        (5, ("2", "y", "3"), None),
    ]


def test_record_of_more_lines_than_allowed_is_unbalanced_and_the_rest_survives(read):
    data = b'a,b,c\n1,"x\ny\nz",2\n2,y,3\n'
    assert read(data, lines_per_record=2) == [
        (2, (), UNBALANCED_QUOTE),
        (3, (), TOO_FEW_FIELDS),
        (4, (), TOO_FEW_FIELDS),
        (5, ("2", "y", "3"), None),
    ]


def test_record_of_several_lines_is_rejected_once_for_what_one_of_them_has(read):
    assert read(b'a,b,c\n1,"x\n\xff",2\n2,y,3\n', lines_per_record=3) == [
        (2, (), BAD_ENCODING),
        (4, ("2", "y", "3"), None),
    ]
    assert read(b'a,b,c\n1,"x\ny",2', lines_per_record=3) == [(2, (), LAST_LINE_NOT_TERMINATED)]


def test_record_longer_than_a_row_may_be_is_not_joined(read):
    found = read(b'a,b,c\n1,"xxxxx\nyyyyy",2\n2,y,3\n', lines_per_record=3, row_characters=12)
    assert found[0] == (2, (), UNBALANCED_QUOTE)
    assert found[-1] == (4, ("2", "y", "3"), None)


@pytest.mark.parametrize(
    ("rows", "reason", "good"),
    [
        (b'"1","x,"2"\n"3","z","4"\n"5","u\nv","6"\n', MALFORMED_QUOTES, ["3z4", "5u\nv6"]),
        (b'1,"x,2\n3,4,5\n6,"z",7\n8,u,9\n', UNBALANCED_QUOTE, ["345", "6z7", "8u9"]),
        (b'"1","x\n"3","z","4"\n', UNBALANCED_QUOTE, ["3z4"]),
    ],
)
def test_a_closing_quote_that_is_missing_costs_one_row(read, rows, reason, good):
    first, *others = read(b"a,b,c\n" + rows, lines_per_record=5)
    assert first == (2, (), reason)
    assert [(number, "".join(fields), why) for number, fields, why in others] == [
        (number, fields, None) for number, fields in enumerate(good, start=3)
    ]


def test_quote_open_at_the_end_of_the_file_costs_one_row(read):
    assert read(b'a,b,c\n1,"x,2\n', lines_per_record=5) == [(2, (), UNBALANCED_QUOTE)]


def test_field_of_the_longest_row_allowed_is_read(read):
    long = b"y" * 200_000
    found = read(b'a,b,c\n1,"' + long + b'",2\n', row_characters=300_000)
    assert found[0][1] == ("1", long.decode(), "2")


def test_without_a_header_columns_go_by_position(read):
    assert read(b"1,x,2\n2,y,3\n", wanted=("3", "1"), header=False) == [
        (1, ("2", "1"), None),
        (2, ("3", "2"), None),
    ]


@pytest.mark.parametrize("first", [b'9,"x,2', b"9", b"9,x,2,3,4", b"9,\xff,2,4"])
def test_broken_first_row_without_a_header_costs_one_row(read, first):
    found = read(first + b"\n1,x,2\n2,y,3\n", wanted=("1",), header=False)
    assert found[0][0] == 1
    assert found[0][2] is not None
    assert found[1:] == [(2, ("1",), None), (3, ("2",), None)]


def test_damaged_rows_have_no_say_in_how_many_fields_there_are(read):
    found = read(b"9,\xff,2,4\n9,\xff,2,4\n1,x,2\n", wanted=("1",), header=False)
    assert found[2] == (3, ("1",), None)


def test_header_line_that_is_damaged_is_told_with_its_number(read):
    with pytest.raises(ValueError, match=r"line 2 is damaged \(nul_byte\)"):
        read(b"\na,b\0,c\n1,x,2\n")


def test_header_with_an_open_quote_is_one_name(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b'"a,b,c\n')
    assert read_csv_header(str(path), FileFormat()) == ('"a,b,c',)


def test_only_a_quote_that_is_not_closed_keeps_a_record_open():
    form = FileFormat()
    assert quote_problem('1,"x', form) == UNBALANCED_QUOTE
    assert quote_problem('1,"x"', form) is None
    assert quote_problem('1,"x"y', form) == MALFORMED_QUOTES


def test_other_quotes_than_the_stated_one_mean_nothing():
    assert split_fields("'a,b','c'", FileFormat(quote="'")) == ["a,b", "c"]
    assert split_fields("'a,b'", FileFormat()) == ["'a", "b'"]
