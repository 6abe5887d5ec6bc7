from personalization.contracts.schemas import RAW_TABLES
from personalization.pipelines.data_processing import create_pipeline
from personalization.pipelines.data_processing.published import HOMES


def nodes_by_name():
    return {node.name: node for node in create_pipeline().nodes}


def test_every_raw_table_is_typed_and_every_home_is_published():
    pipeline = create_pipeline()
    assert {f"raw_{name}" for name in RAW_TABLES} <= pipeline.inputs()
    assert {f"int_{name}" for name in RAW_TABLES} <= pipeline.all_outputs()
    assert set(HOMES) <= pipeline.all_outputs()
    assert "report_ingestion" in pipeline.outputs()


def test_nothing_is_published_before_the_limits_are_checked():
    for name, node in nodes_by_name().items():
        if name.startswith("publish_"):
            assert "ingestion_counts" in node.inputs
    assert nodes_by_name()["check_rejections"].outputs == ["ingestion_counts"]


def test_rejected_rows_are_written_down_before_the_limits_can_stop_the_run():
    assert "ingestion_counts" not in nodes_by_name()["collect_rejected_rows"].inputs
    assert "int_rejected_rows" in nodes_by_name()["check_rejections"].inputs


def test_every_good_row_has_a_home():
    assert {source for home in HOMES.values() for source in home.sources} == set(RAW_TABLES)
