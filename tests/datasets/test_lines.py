import gzip
import io

import pytest

from personalization.datasets.lines import (
    BAD_ENCODING,
    LAST_LINE_NOT_TERMINATED,
    NUL_BYTE,
    ROW_TOO_LONG,
    TRUNCATED_FILE,
    Line,
    decoder_for,
    read_lines,
)


def lines_of(data, encoding="utf-8", limit=100):
    return list(read_lines(io.BytesIO(data), encoding, limit))


def test_line_breaks_of_both_systems_end_a_line_and_are_no_part_of_it():
    assert lines_of(b"a\r\nb\nc\r\n") == [
        Line(1, "a", None),
        Line(2, "b", None),
        Line(3, "c", None),
    ]


def test_nothing_gives_no_line():
    assert lines_of(b"") == []


def test_blank_lines_keep_their_numbers():
    assert lines_of(b"a\n\n\nb\n") == [
        Line(1, "a", None),
        Line(2, "", None),
        Line(3, "", None),
        Line(4, "b", None),
    ]


def test_last_line_without_a_line_break_is_told():
    assert lines_of(b"a\n12") == [Line(1, "a", None), Line(2, "12", LAST_LINE_NOT_TERMINATED)]


def test_nul_byte_marks_its_line_only_and_is_shown():
    assert lines_of(b"a\nb\0c\nd\n")[1:] == [Line(2, "b\\0c", NUL_BYTE), Line(3, "d", None)]


def test_bytes_of_another_encoding_mark_their_line_only():
    assert lines_of("a\ncafé\nb\n".encode("cp1252")) == [
        Line(1, "a", None),
        Line(2, "caf\ufffd", BAD_ENCODING),
        Line(3, "b", None),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_is_no_part_of_the_first_line(encoding):
    read_as = "utf-8" if encoding == "utf-8-sig" else encoding
    assert lines_of("ä,b\n".encode(encoding), read_as) == [Line(1, "ä,b", None)]


def test_line_of_just_the_limit_is_good_and_one_more_is_too_long():
    assert lines_of(b"a" * 10 + b"\r\n", limit=10) == [Line(1, "a" * 10, None)]
    assert lines_of(b"a" * 11 + b"\nb\n", limit=10) == [
        Line(1, "a" * 10, ROW_TOO_LONG),
        Line(2, "b", None),
    ]


def test_line_of_many_chunks_is_too_long_and_the_next_one_survives():
    line = b"x" * 3_500_000
    assert lines_of(line + b"\nb\n", limit=10) == [
        Line(1, "x" * 10, ROW_TOO_LONG),
        Line(2, "b", None),
    ]


class OneByteAtATime(io.BytesIO):
    def read1(self, size=-1):
        return self.read(min(size, 1))


def test_characters_and_line_breaks_cut_between_two_chunks_are_whole():
    stream = OneByteAtATime("ä\r\n€€\n".encode())
    assert list(read_lines(stream, "utf-8", 2)) == [Line(1, "ä", None), Line(2, "€€", None)]


def test_line_whose_last_character_ends_a_chunk_is_too_long_all_the_same():
    stream = OneByteAtATime(b"abc\nab\n")
    assert list(read_lines(stream, "utf-8", 2)) == [
        Line(1, "ab", ROW_TOO_LONG),
        Line(2, "ab", None),
    ]


@pytest.mark.parametrize("damage", ["cut", "flipped", "not gzip"])
def test_lines_before_the_damage_of_a_compressed_file_survive(damage):
    rows = [f"row {number}" for number in range(5000)]
    packed = gzip.compress("\n".join([*rows, ""]).encode(), compresslevel=0)
    place = len(packed) // 2
    broken = {
        "cut": packed[:place],
        "flipped": packed[:-8] + bytes(4) + packed[-4:],  # the checksum
        "not gzip": b"row 0\n",
    }[damage]
    with gzip.GzipFile(fileobj=io.BytesIO(broken)) as stream:
        *good, last = read_lines(stream, "utf-8", 100)
    assert [line.text for line in good] == rows[: len(good)]
    assert last.problem == TRUNCATED_FILE
    assert last.number == len(good) + 1
    expected = {"cut": 2000, "flipped": 5000, "not gzip": 0}
    assert len(good) >= expected[damage]


def test_unknown_encoding_is_no_decoder():
    with pytest.raises(LookupError, match="klingon"):
        decoder_for("klingon")
