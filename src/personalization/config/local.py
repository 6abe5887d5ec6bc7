"""``conf/local``: what belongs to one machine, made once by ``make setup`` and never committed."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

KEY_BYTES: Final = 32

PARAMETERS: Final = """\
# What belongs to this machine. Read last, under every --env; never committed.
# Uncomment and change what you need; each value overrides the one in conf/base and conf/<env>.
#
# training:
#   als:
#     num_threads: 1 # cores for ALS; 0 takes all
#   lists:
#     length: 50 # recommendations per user
"""

SPARK: Final = """\
# Spark on this machine; read once, when its JVM starts.
#
# spark.driver.memory: 6g
# spark.master: local[4]
# spark.local.dir: /fast-disk/spark
# A mirror for the JARs, used by 'make setup':
# spark.jars.ivySettings: /path/to/ivysettings.xml
"""

CREDENTIALS: Final = """\
# The key with which personal data become pseudonyms. Keep it: another key, other pseudonyms.
pseudonyms:
  key: {key}
"""


def create_local(folder: Path) -> None:
    """Write the files of ``conf/local`` that are not there; what is there stays as it is.

    The key is readable by its owner only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "parameters.yml": PARAMETERS,
        "spark.yml": SPARK,
        "credentials.yml": CREDENTIALS.format(key=secrets.token_hex(KEY_BYTES)),
    }
    for name, text in texts.items():
        path = folder / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(text)


if __name__ == "__main__":
    create_local(Path("conf") / "local")
