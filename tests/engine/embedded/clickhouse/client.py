"""A second client from another ecosystem against the embedded ClickHouse: PORT USER PASSWORD."""

import datetime
import decimal
import ipaddress
import logging
import sys
import uuid

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError
from clickhouse_connect.driver.external import ExternalData

logging.disable(logging.CRITICAL)
port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def connect(**options):
    return clickhouse_connect.get_client(host="127.0.0.1", port=port, username=user, password=password, **options)


def refused(error, what):
    try:
        what()
    except error as caught:
        return str(caught)
    raise AssertionError(f"{error.__name__} was not raised")


client = connect()
assert client.ping() and client.command("SELECT 1") == 1

columns = {
    "id": "UInt64",
    "s": "String",
    "d": "Date",
    "t": "DateTime64(3, 'UTC')",
    "a": "Array(Int32)",
    "m": "Map(String, Int64)",
    "n": "Nullable(String)",
    "l": "LowCardinality(String)",
    "dec": "Decimal(18, 4)",
    "u": "UUID",
    "ip": "IPv4",
    "tup": "Tuple(Int8, String)",
    "f": "Float64",
    "b": "Bool",
}
structure = ", ".join(f"{name} {kind}" for name, kind in columns.items())
client.command(f"CREATE TABLE typed ({structure}) ENGINE = MergeTree ORDER BY id")
when = datetime.datetime(2026, 2, 10, 1, 2, 3, 456000)
rows = [
    (i, f"é{i}", when.date(), when, [1, i], {"a": i}, None if i % 2 else "x", "l", decimal.Decimal("1.2345"),
     uuid.UUID(int=i), ipaddress.IPv4Address("1.2.3.4"), (1, "q"), 1.5, True)
    for i in range(1000)
]
for compress in ("lz4", "zstd", "gzip", False):
    packed = connect(compress=compress)
    packed.command("TRUNCATE TABLE typed")
    assert packed.insert("typed", rows, column_names=list(columns)).written_rows == 1000
    assert packed.query("SELECT * FROM typed ORDER BY id").result_rows == rows, compress

values = {"a": 41, "s": "it's \\ \n \t é", "arr": ["a'b", "c"], "d": datetime.datetime(2026, 1, 1)}
bound = client.query(
    "SELECT {a:UInt64} + 1, {s:String}, {arr:Array(String)}, {d:DateTime('UTC')}", parameters=values
).result_rows
assert bound == [(42, values["s"], values["arr"], values["d"])], bound
assert client.query("SELECT %(v)s", parameters={"v": "x'y"}).result_rows == [("x'y",)]

with client.query_row_block_stream("SELECT number, toString(number) FROM numbers(300000)") as stream:
    assert sum(len(block) for block in stream) == 300000
client.raw_insert("typed", column_names=["id", "s"], insert_block="5000\tx\n5001\ty\n", fmt="TabSeparated")
assert client.command("SELECT count() FROM typed") == 1002
assert client.raw_query("SELECT 1 AS x", fmt="JSONEachRow") == b'{"x":1}\n'

table = ExternalData(file_name="ext.csv", fmt="CSV", structure=["k UInt64", "v String"], data=b"1,a\n2,b\n")
assert client.query("SELECT v FROM ext ORDER BY k", external_data=table).result_rows == [("a",), ("b",)]

client.command("CREATE TEMPORARY TABLE mine (n Int8)")
client.insert("mine", [[1], [2]], column_names=["n"])
assert client.command("SELECT sum(n) FROM mine") == 3
limited = client.query("SELECT value FROM system.settings WHERE name = 'max_threads'", settings={"max_threads": 3})
assert limited.result_rows == [("3",)]

assert "code: 60" in refused(DatabaseError, lambda: client.query("SELECT * FROM nowhere"))


def drain():
    with client.query_rows_stream("SELECT throwIf(number = 3000000), number FROM numbers(10000000)") as stream:
        for _ in stream:
            pass


assert "Code: 395" in refused(StreamFailureError, drain)
wrong = lambda: clickhouse_connect.get_client(host="127.0.0.1", port=port, username=user, password="wrong")
assert "code: 516" in refused(DatabaseError, wrong)
print("all passed")
