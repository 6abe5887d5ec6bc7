from personalization.contracts.schemas import RAW_TABLES
from personalization.pipelines.data_processing import create_pipeline
from personalization.pipelines.data_processing.published import HOMES

# What outlives a run, but for what is told of a run that was refused.
LEFT_BY_A_REFUSED_RUN = {
    *(f"int_{name}" for name in RAW_TABLES),
    *("int_unsettled_files", "int_repeated_rows", "int_rejected_rows"),
}


def nodes_by_name():
    return {node.name: node for node in create_pipeline().nodes}


def needed_by(dataset):
    """Names of the nodes that have run before ``dataset`` is there."""
    return {node.name for node in create_pipeline().to_outputs(dataset).nodes}


def test_every_raw_table_is_typed_and_every_home_is_published():
    pipeline = create_pipeline()
    assert {f"raw_{name}" for name in RAW_TABLES} <= pipeline.inputs()
    assert set(HOMES) <= pipeline.all_outputs()
    for name in RAW_TABLES:
        (typing,) = create_pipeline().only_nodes_with_outputs(f"int_{name}").nodes
        assert f"raw_{name}" in typing.inputs
        assert typing.name == f"type_{name}"


def test_every_good_row_has_a_home():
    assert {source for home in HOMES.values() for source in home.sources} == set(RAW_TABLES)


def test_every_file_is_looked_at_before_a_row_is_written():
    planning = nodes_by_name()["plan_ingestion"]
    assert {f"raw_{name}" for name in RAW_TABLES} <= set(planning.inputs)
    for name in RAW_TABLES:
        assert "plan_ingestion" in needed_by(f"int_{name}")


def test_files_are_listed_again_once_all_of_them_are_read():
    counting = nodes_by_name()["count_rows"]
    listed = {f"raw_{name}" for name in RAW_TABLES}
    assert listed | {f"int_{name}" for name in RAW_TABLES} <= set(counting.inputs)


def test_nothing_is_published_before_the_limits_are_checked():
    for home in HOMES:
        assert "check_rejections" in needed_by(home)
    before = needed_by("ingestion_allowed")
    written = {name for node in before for name in nodes_by_name()[node].outputs}
    kept = {name for name in written if not name.startswith("ingestion_")}
    assert kept <= LEFT_BY_A_REFUSED_RUN


def test_days_that_a_run_may_touch_are_noted_before_it_publishes_anything():
    for home in HOMES:
        assert "note_unsettled_files" in needed_by(home)


def test_rejected_rows_are_written_down_before_the_limits_can_stop_the_run():
    assert "check_rejections" not in needed_by("int_rejected_rows")
    assert "int_rejected_rows" in nodes_by_name()["check_rejections"].inputs


def test_rows_are_accounted_for_once_every_home_is_published():
    assert set(HOMES) <= set(nodes_by_name()["account_for_rows"].inputs)


def test_the_ledger_is_settled_last_of_all():
    everything = set(nodes_by_name())
    assert needed_by("report_ingested_files") == everything
    assert "report_ingested_files" in create_pipeline().outputs()


def test_what_earlier_runs_left_is_read_under_another_name_than_it_is_written():
    pipeline = create_pipeline()
    assert {"int_ingested_files_before", "int_rejected_rows_before"} <= pipeline.inputs()
    assert not any(name.endswith("_before") for name in pipeline.all_outputs())
