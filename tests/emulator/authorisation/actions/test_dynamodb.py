"""DynamoDB: what its operations take, and which partition keys they touch."""

from __future__ import annotations

import pytest

from mfacli.emulator.authorisation.actions.dynamodb import leading_keys, needs
from mfacli.emulator.refusals import Refusal
from tests.emulator.authorisation.small_book import A, B, SmallBook, call

BOOKS = f"arn:aws:dynamodb:us-east-1:{A}:table/Books"
OTHER = f"arn:aws:dynamodb:us-east-1:{A}:table/Other"
FOREIGN = f"arn:aws:dynamodb:us-east-1:{B}:table/Books"
ISBN = {"Isbn": {"S": "1"}}


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("GetItem", {"TableName": "Books"}, [("dynamodb:GetItem", BOOKS)]),
        ("GetItem", {"TableName": FOREIGN}, [("dynamodb:GetItem", FOREIGN)]),
        ("Query", {"TableName": "Books", "IndexName": "ByYear"}, [("dynamodb:Query", f"{BOOKS}/index/ByYear")]),
        ("ListTables", {}, [("dynamodb:ListTables", "*")]),
        ("ListBackups", {"TableName": "Books"}, [("dynamodb:ListBackups", "*")]),
        ("DescribeLimits", {}, [("dynamodb:DescribeLimits", "*")]),
        ("TagResource", {"ResourceArn": BOOKS}, [("dynamodb:TagResource", BOOKS)]),
        (
            "CreateTable",
            {"TableName": "Books", "Tags": [{"Key": "a", "Value": "b"}], "ResourcePolicy": "{}"},
            [
                ("dynamodb:CreateTable", BOOKS),
                ("dynamodb:TagResource", BOOKS),
                ("dynamodb:PutResourcePolicy", BOOKS),
            ],
        ),
        (
            "BatchGetItem",
            {"RequestItems": {"Books": {}, "Other": {}}},
            [("dynamodb:BatchGetItem", BOOKS), ("dynamodb:BatchGetItem", OTHER)],
        ),
        ("BatchWriteItem", {"RequestItems": {}}, [("dynamodb:BatchWriteItem", "*")]),
        (
            "TransactWriteItems",
            {
                "TransactItems": [
                    {"Put": {"TableName": "Books"}},
                    {"Update": {"TableName": "Books"}},
                    {"Delete": {"TableName": "Other"}},
                    {"ConditionCheck": {"TableName": "Other"}},
                    {"Put": {"TableName": "Books"}},
                ]
            },
            [
                ("dynamodb:PutItem", BOOKS),
                ("dynamodb:UpdateItem", BOOKS),
                ("dynamodb:DeleteItem", OTHER),
                ("dynamodb:ConditionCheckItem", OTHER),
            ],
        ),
        ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": "Books"}}]}, [("dynamodb:GetItem", BOOKS)]),
        ("ExecuteStatement", {"Statement": 'SELECT * FROM "Books"'}, [("dynamodb:PartiQLSelect", BOOKS)]),
        (
            "ExecuteStatement",
            {"Statement": 'select a, b\nfrom "Books"."ByYear" where x = \'update\''},
            [("dynamodb:PartiQLSelect", f"{BOOKS}/index/ByYear")],
        ),
        ("ExecuteStatement", {"Statement": "INSERT INTO Books VALUE {}"}, [("dynamodb:PartiQLInsert", BOOKS)]),
        ("ExecuteStatement", {"Statement": 'UPDATE "Books" SET a=1'}, [("dynamodb:PartiQLUpdate", BOOKS)]),
        ("ExecuteStatement", {"Statement": ' DELETE FROM "Books"\n'}, [("dynamodb:PartiQLDelete", BOOKS)]),
        ("ExecuteStatement", {}, [("dynamodb:ExecuteStatement", "*")]),
        (
            "ExecuteTransaction",
            {"TransactStatements": [{"Statement": 'EXISTS(SELECT * FROM "Books" WHERE a=1)'}]},
            [("dynamodb:PartiQLSelect", BOOKS)],
        ),
        (
            "BatchExecuteStatement",
            {"Statements": [{"Statement": 'DELETE FROM "Books" WHERE a=1'}, {"Statement": "SELECT a FROM Other"}]},
            [("dynamodb:PartiQLDelete", BOOKS), ("dynamodb:PartiQLSelect", OTHER)],
        ),
        (
            "RestoreTableToPointInTime",
            {"SourceTableName": "Other", "TargetTableName": "Books"},
            [("dynamodb:RestoreTableToPointInTime", BOOKS), ("dynamodb:RestoreTableToPointInTime", OTHER)],
        ),
        ("DescribeStream", {"StreamArn": f"{BOOKS}/stream/1"}, [("dynamodb:DescribeStream", f"{BOOKS}/stream/1")]),
        (
            "EnableKinesisStreamingDestination",
            {"TableName": "Books", "StreamArn": "arn:aws:kinesis:us-east-1:1:stream/s"},
            [("dynamodb:EnableKinesisStreamingDestination", BOOKS)],
        ),
        (
            "DescribeGlobalTable",
            {"GlobalTableName": "Books"},
            [("dynamodb:DescribeGlobalTable", f"arn:aws:dynamodb::{A}:global-table/Books")],
        ),
        (
            "ImportTable",
            {"TableCreationParameters": {"TableName": "Books"}},
            [("dynamodb:ImportTable", BOOKS)],
        ),
    ],
)
def test_operation_takes_actions_on_tables(
    name: str, parameters: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    found = needs(call("dynamodb", name, parameters))

    assert [(need.action, need.resource) for need in found] == expected


@pytest.mark.parametrize(
    "statement",
    [
        "gibberish",
        "SELECT a",
        "SELECT * FROM",
        'SELECT * FROM "Books", "Other"',
        'SELECT * FROM "Books" b, "Other" b',
        'SELECT a SELECT "Other" FROM "Books"',
        'SELECT aSELECT Other FROM "Books"',
        'SELECT a WHERE Other FROM "Books"',
        "SELECT 'x FROM Other WHERE ' FROM Books",
        'SELECT * FROM "Books" WHERE a = (SELECT b FROM "Other")',
        'SELECT * FROM "Books.ByYear"',
        "SELECT * FROM Books.ByYear",
        'SELECT * FROM "Books"; DELETE FROM "Other"',
        'UPDATE "Books" "Other" SET a=1',
        f'SELECT * FROM "{FOREIGN}"',
    ],
)
def test_a_statement_that_could_be_about_another_table_is_refused(statement: str) -> None:
    with pytest.raises(Refusal, match="Statement wasn't well formed") as caught:
        needs(call("dynamodb", "ExecuteStatement", {"Statement": statement}))

    assert (caught.value.code, caught.value.status) == ("ValidationException", 400)


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("GetItem", {"TableName": "Books", "Key": ISBN}, ("1",)),
        ("PutItem", {"TableName": "Books", "Item": {**ISBN, "Title": {"S": "x"}}}, ("1",)),
        (
            "BatchGetItem",
            {"RequestItems": {"Books": {"Keys": [ISBN, {"Isbn": {"N": "2"}}]}, "Other": {"Keys": [ISBN]}}},
            ("1", "2"),
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {"Books": [{"PutRequest": {"Item": ISBN}}, {"DeleteRequest": {"Key": ISBN}}]}},
            ("1", "1"),
        ),
        ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": "Books", "Key": ISBN}}]}, ("1",)),
        (
            "Query",
            {
                "TableName": "Books",
                "KeyConditionExpression": "#i = :i AND Y > :y",
                "ExpressionAttributeNames": {"#i": "Isbn"},
                "ExpressionAttributeValues": {":i": {"B": b"1"}, ":y": {"N": "2"}},
            },
            ("1",),
        ),
        (
            "Query",
            {
                "TableName": "Books",
                "KeyConditions": {"Isbn": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "1"}]}},
            },
            ("1",),
        ),
        ("Scan", {"TableName": "Books"}, None),
    ],
)
def test_leading_keys_are_the_partition_keys_that_the_call_touches(
    name: str, parameters: dict[str, object], expected: tuple[str, ...] | None
) -> None:
    book = SmallBook(partition_keys={BOOKS: "Isbn"})

    found = leading_keys(call("dynamodb", name, parameters, book=book), BOOKS)

    assert found == expected


@pytest.mark.parametrize("resource", [OTHER, f"{BOOKS}/index/ByYear"])
def test_leading_keys_of_an_unknown_table_or_of_an_index_are_not_told(resource: str) -> None:
    book = SmallBook(partition_keys={BOOKS: "Isbn"})

    assert leading_keys(call("dynamodb", "GetItem", {"TableName": "Books", "Key": ISBN}, book=book), resource) is None
