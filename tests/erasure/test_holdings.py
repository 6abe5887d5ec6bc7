"""Every entry of the catalog says whether it holds people: what is added has to say it, too."""

from __future__ import annotations

from personalization.config.layers import LayeredConfigLoader
from personalization.erasure.artefacts import made_by
from personalization.erasure.holdings import HOLDINGS, SAME_TABLE, Treatment, names_of
from personalization.names import every_pipeline
from personalization.settings import CONFIG_LOADER_ARGS

LAYERS = ("raw", "int", "prm", "feat", "input", "model", "output", "report", "truth")


def kept(entries, known):
    """Names of what stays on a disk: entries of the catalog, and what pipelines read and write."""
    in_memory = {name for name, one in entries.items() if one.get("type") == "MemoryDataset"}
    named = {name for name in entries if not name.startswith("_") and "{" not in name}
    used = {name for one in known.values() for name in one.datasets()}
    return {n for n in (named | used) - in_memory if n.split("_")[0] in LAYERS}


def undeclared(names):
    return sorted(set(names) - HOLDINGS.keys() - SAME_TABLE.keys())


def test_every_entry_is_declared(project_path):
    loader = LayeredConfigLoader(str(project_path / "conf"), "test", **CONFIG_LOADER_ARGS)
    names = kept(loader["catalog"], every_pipeline())
    assert undeclared(names) == []
    assert len(names) > 40
    assert undeclared({*names, "feat_users"}) == ["feat_users"]


def test_nothing_is_declared_that_is_not_there(project_path):
    loader = LayeredConfigLoader(str(project_path / "conf"), "test", **CONFIG_LOADER_ARGS)
    assert (HOLDINGS.keys() | SAME_TABLE.keys()) - kept(
        loader["catalog"], every_pipeline()
    ) == set()


def test_entries_of_one_table_lead_to_it(project_path):
    loader = LayeredConfigLoader(str(project_path / "conf"), "test", **CONFIG_LOADER_ARGS)
    entries = loader["catalog"]
    for name, other in SAME_TABLE.items():
        folder = entries[name]["filepath"]
        told = entries[other]["filepath"] if other in entries else folder
        assert folder == told
        assert folder.endswith(("int_ingested_files", "int_rejected_rows"))


def test_what_is_deleted_is_made_again_by_a_pipeline():
    assert made_by(every_pipeline()).keys() == set(names_of(Treatment.DERIVED))
    assert set(made_by(every_pipeline()).values()) == {"training", "evaluation"}
