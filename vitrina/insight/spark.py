# SPDX-License-Identifier: Apache-2.0
"""Spark as an engine: the same expressions on as many machines as its master has. Needs pyspark 4.0 and Java 17."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from .engines import NoEngine

QUIET = "ERROR"


class Spark:
    """Spark under a master: `local[2]`, `local-cluster[2,1,1024]`, `spark://host:7077`. Files must be where the
    executors see them. The session is this process's own and ends with the block. `settings`: further ones of Spark.
    """

    def __init__(self, master: str, settings: Mapping[str, str] | None = None) -> None:
        self.master, self._settings = master, dict(settings or {})

    def __enter__(self) -> Self:
        if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
            raise NoEngine("Spark needs Java 17, which is not here; --engine duckdb needs nothing more.")
        try:
            from pyspark.sql import SparkSession  # noqa: PLC0415 - only where it is installed
        except ImportError:
            raise NoEngine("Spark is not installed: pip install 'pyspark>=4.0.5,<4.1'.") from None
        self._folder = tempfile.TemporaryDirectory(prefix="vitrina-spark-")
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings = {
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "false",  # as Ibis expects: null for what has no value
            "spark.sql.warehouse.dir": self._folder.name,
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.execution.arrow.pyspark.enabled": "true",
            **self._settings,
        }
        builder = SparkSession.builder.master(self.master).appName("vitrina-insight")
        for name, value in settings.items():
            builder = builder.config(name, value)
        try:
            self._session = builder.getOrCreate()
        except Exception as error:
            self._folder.cleanup()
            raise NoEngine(f"Spark does not start under {self.master}: {str(error).splitlines()[0]}") from error
        self._session.sparkContext.setLogLevel(QUIET)
        self.backend = ibis.pyspark.connect(self._session)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.stop()
        self._folder.cleanup()

    def read(self, name: str, files: list[Path], schema: pa.Schema) -> ir.Table:
        if not files:
            return self.hold(name, schema.empty_table())
        frame = self._session.read.parquet(*(str(file.resolve()) for file in files))
        frame.createOrReplaceTempView(name)
        return self.backend.table(name)

    def drop(self, name: str) -> None:
        self._session.catalog.dropTempView(name)

    def hold(self, name: str, rows: pa.Table) -> ir.Table:
        path = Path(self._folder.name) / f"{name}.parquet"
        pq.write_table(rows, path)
        frame = self._session.read.parquet(str(path))
        frame.createOrReplaceTempView(name)
        return self.backend.table(name)

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        # Kept on the executors and cut off from how it was made: plans that hold all that came before take minutes.
        frame = self._session.sql(self.backend.compile(expr)).localCheckpoint()
        frame.createOrReplaceTempView(name)
        return self.backend.table(name)
