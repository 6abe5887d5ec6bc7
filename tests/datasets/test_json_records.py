import pytest

from personalization.contracts.file_format import FileFormat
from personalization.datasets.json_records import (
    MALFORMED_JSON,
    NOT_AN_OBJECT,
    find_json,
    read_json_keys,
    read_json_lines,
)
from personalization.datasets.lines import BAD_ENCODING, LAST_LINE_NOT_TERMINATED, NUL_BYTE

FORM = FileFormat(kind="json_lines")


@pytest.fixture
def read(tmp_path):
    def records(text, wanted):
        path = tmp_path / "events.jsonl"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        found = read_json_lines(str(path), FORM, wanted)
        return [(one.number, one.fields, one.problem) for one in found]

    return records


def test_values_at_dotted_paths_keep_every_digit(read):
    text = '{"user": {"id": 9223372036854775806}, "price": 10.10, "n": 1E400}\n'
    assert read(text, ["user.id", "price", "n"]) == [
        (1, ("9223372036854775806", "10.10", "1E400"), None)
    ]


def test_absent_and_null_values_are_none_and_others_are_text(read):
    text = '{"a": null, "b": {"c": 1}, "d": ["x", 2], "e": true, "f": ""}\n'
    assert read(text, ["a", "b.x", "c.d", "d", "e", "f"]) == [
        (1, (None, None, None, '["x", "2"]', "true", ""), None)
    ]


@pytest.mark.parametrize("value", ['"17"', "17", '["17"]', "true"])
def test_a_value_that_stands_in_the_way_of_a_path_is_no_empty_field(read, value):
    assert read(f'{{"user": {value}}}\n', ["user.id"]) == [(1, (), NOT_AN_OBJECT)]
    assert read(f'{{"user": {value}, "user.id": "1"}}\n', ["user.id"]) == [(1, ("1",), None)]


@pytest.mark.parametrize("user", ["null", "[]", '""', "{}", '{"id": null}'])
def test_a_path_that_leads_nowhere_is_an_empty_field(read, user):
    assert read(f'{{"user": {user}}}\n', ["user.id"]) == [(1, (None,), None)]


def test_a_byte_order_mark_costs_nothing_where_files_were_put_together(read):
    text = '\ufeff{"a": "1"}\n\ufeff{"a": "2"}\n\ufeff\n'
    assert read(text, ["a"]) == [(1, ("1",), None), (2, ("2",), None)]


def test_a_key_that_holds_a_dot_itself_is_found():
    assert find_json({"user.id": "1", "user": {"id": "2"}}, "user.id") == "1"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": 1', MALFORMED_JSON),
        ("[1, 2]", MALFORMED_JSON),
        ("7", MALFORMED_JSON),
        ('[{"a": 1}]', MALFORMED_JSON),
        ("[" * 100_000 + "]" * 100_000, "row_too_long"),
        ("[" * 40_000, MALFORMED_JSON),
        ('{"a": "\0"}', NUL_BYTE),
        ('{"a": "x\\u0000"}', NUL_BYTE),
        ('{"a": "\\ud83d"}', BAD_ENCODING),
    ],
)
def test_broken_object_costs_itself_only(read, line, reason):
    text = '{"a": "1"}\n\n' + line + '\n{"a": "\\u00e9"}\n'
    assert read(text, ["a"]) == [(1, ("1",), None), (3, (), reason), (4, ("é",), None)]


def test_last_object_that_is_whole_needs_no_line_break_and_a_cut_one_is_told(read):
    assert read('{"a": "1"}', ["a"]) == [(1, ("1",), None)]
    assert read('{"a": "1"}\n{"a": 12', ["a"])[1] == (2, (), LAST_LINE_NOT_TERMINATED)
    assert read('{"a": "1"}\n[12]', ["a"])[1] == (2, (), MALFORMED_JSON)


def test_keys_are_those_asked_for_that_some_row_has_and_the_others_of_the_top_level(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text('{"u": {"id": null, "x": 1}, "new": 1}\nbroken\n{"a.b": 2}\n')
    assert read_json_keys(str(path), FORM, ["u.id", "a.b", "gone"]) == ("u.id", "new", "a.b")
    path.write_text("\n")
    assert read_json_keys(str(path), FORM, ["u.id"]) is None


LIST = '[{"a": 1}, {"a": 2}]'
LONG_LIST = f"[{'1, ' * FORM.row_characters}1]"
PRETTY = '{\n"a": 1\n}'


@pytest.mark.parametrize("text", [LIST, LONG_LIST, PRETTY, f"[\n{PRETTY}\n]", "a,b\n1,2", "{\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_file_of_which_no_line_is_an_object_is_told(tmp_path, text, end):
    path = tmp_path / "events.jsonl"
    path.write_text(text + end)
    with pytest.raises(ValueError, match="no line holds one whole object"):
        read_json_keys(str(path), FORM, ["a"])
    path.write_text(text + '\n{"a": 1}\n')
    assert read_json_keys(str(path), FORM, ["a"]) == ("a",)


def test_a_file_that_was_cut_in_its_first_line_is_left_to_the_rows(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text('{"a": 1')
    assert read_json_keys(str(path), FORM, ["a"]) == ()
