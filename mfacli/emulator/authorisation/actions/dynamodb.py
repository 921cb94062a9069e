"""DynamoDB: tables and their indexes; batches, transactions and PartiQL take the single actions of each table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mfacli.emulator.authorisation.actions.needs import (
    ANY,
    Call,
    Need,
    as_mapping,
    as_mappings,
    as_text,
)
from mfacli.emulator.refusals import own_error

_READS_AN_INDEX = ("Query", "Scan", "SearchVectors", "DescribeContributorInsights", "UpdateContributorInsights")
_ACCOUNT_WIDE = ("ListBackups", "ListContributorInsights", "ListGlobalTables", "ListTables", "ListBulkOperations")
_ARNS = ("ResourceArn", "BackupArn", "ExportArn", "ImportArn", "BulkOperationArn", "TableArn")
_TRANSACTION_ACTIONS = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Get": "dynamodb:GetItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}
_PARTIQL_ACTIONS = {
    "select": "dynamodb:PartiQLSelect",
    "insert": "dynamodb:PartiQLInsert",
    "update": "dynamodb:PartiQLUpdate",
    "delete": "dynamodb:PartiQLDelete",
}
_TABLE = r"""(?:"(?P<quoted>[\w-]+)"|(?P<bare>[\w-]+))(?:\."(?P<index>[\w.-]+)")?"""
# One table, at the one place where it may stand. Whatever else holds a word that could begin a clause, be it inside
# quotes, might be read otherwise by the data plane, which cuts statements at such words.
_NO_CLAUSE = r"(?:(?!select\s|\sfrom\s).)*"
_PARTIQL = re.compile(
    rf"""\s*(?:
        (?P<select>select)\s+(?:(?!select\s|\sfrom\s|\swhere\s).)+\s+from
        |(?P<insert>insert)\s+into
        |(?P<update>update)
        |(?P<delete>delete)\s+from
    )\s+{_TABLE}(?:\s+(?:where|order|set|remove|value)\b{_NO_CLAUSE})?\s*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_EXISTS = re.compile(r"\s*exists\s*\((?P<inner>.*)\)\s*", re.IGNORECASE | re.DOTALL)
_STATEMENTS = {"BatchExecuteStatement": "Statements", "ExecuteTransaction": "TransactStatements"}


def needs(call: Call) -> tuple[Need, ...]:
    """Return what a DynamoDB call takes, one need per action and table."""
    if call.name in ("BatchGetItem", "BatchWriteItem"):
        found = [
            Need(action=f"dynamodb:{call.name}", resource=table_arn(call, name))
            for name in call.mapping("RequestItems")
        ]
    elif call.name in ("TransactGetItems", "TransactWriteItems"):
        found = list(_of_transaction(call))
    elif call.name == "ExecuteStatement" or call.name in _STATEMENTS:
        found = [_of_statement(call, statement) for statement in statements(call)]
    else:
        found = list(_of_one(call))
    unique = {(need.action, need.resource): need for need in found}
    return tuple(unique.values()) or (Need(action=f"dynamodb:{call.name}"),)


def table_arn(call: Call, name: str) -> str:
    """Return the ARN of a table that is named, or already given by its ARN."""
    return name if name.startswith("arn:") else call.arn("dynamodb", f"table/{name}")


def statements(call: Call) -> tuple[str, ...]:
    """Return the PartiQL statements of a call."""
    if call.name == "ExecuteStatement":
        return call.texts("Statement")
    entries = call.mappings(_STATEMENTS[call.name])
    return tuple(text for text in (as_text(entry.get("Statement")) for entry in entries) if text is not None)


def actions_of_item(item: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the actions in one entry of a transaction, each with its parameters."""
    for kind, action in _TRANSACTION_ACTIONS.items():
        part = as_mapping(item.get(kind))
        if part:
            yield action, part


def _of_transaction(call: Call) -> Iterator[Need]:
    for item in call.mappings("TransactItems"):
        for action, part in actions_of_item(item):
            name = as_text(part.get("TableName"))
            resource = ANY if name is None else table_arn(call, name)
            yield Need(action=action, resource=resource, facts={"dynamodb:EnclosingOperation": call.name})


def _of_statement(call: Call, statement: str) -> Need:
    """Return what a PartiQL statement takes; raises `Refusal` where it is not plainly about one table."""
    exists = _EXISTS.fullmatch(statement)
    match = _PARTIQL.fullmatch(exists["inner"] if exists else statement)
    if match is None:
        raise own_error("ValidationException", 400, "Statement wasn't well formed, can't be processed")
    verb = next(verb for verb in _PARTIQL_ACTIONS if match[verb])
    resource = table_arn(call, match["quoted"] or match["bare"])
    if match["index"]:
        resource = f"{resource}/index/{match['index']}"
    return Need(action=_PARTIQL_ACTIONS[verb], resource=resource)


def _of_one(call: Call) -> Iterator[Need]:
    action = f"dynamodb:{call.name}"
    for resource in _resources(call):
        yield Need(action=action, resource=resource)
        if call.name == "CreateTable" and call.has("Tags"):
            yield Need(action="dynamodb:TagResource", resource=resource)
        if call.name == "CreateTable" and call.has("ResourcePolicy"):
            yield Need(action="dynamodb:PutResourcePolicy", resource=resource)


def _resources(call: Call) -> Iterator[str]:
    if call.name in _ACCOUNT_WIDE:
        yield ANY
        return
    if call.has("GlobalTableName"):
        yield call.arn("dynamodb", f"global-table/{call.text('GlobalTableName')}", region="")
        return
    table = call.text("TableName", "TargetTableName") or as_text(
        call.mapping("TableCreationParameters").get("TableName")
    )
    if table is not None:
        arn = table_arn(call, table)
        index = call.text("IndexName") if call.name in _READS_AN_INDEX else None
        yield arn if index is None else f"{arn}/index/{index}"
    source = call.text("SourceTableArn", "SourceTableName")
    if source is not None:
        yield table_arn(call, source)
    # A Kinesis stream that a table feeds is not what the permission is asked on.
    named = _ARNS if table is not None else (*_ARNS, "StreamArn")
    yield from (arn for arn in (call.text(name) for name in named) if arn is not None)


def leading_keys(call: Call, resource: str) -> tuple[str, ...] | None:
    """Return the partition key values that the call reads or writes in the table; None where they are not told."""
    table = resource.partition("/index/")[0]
    attribute = call.book.partition_key(table)
    if attribute is None or "/index/" in resource:
        return None
    values = [_value_of(keys.get(attribute)) for keys in _keys(call, table)]
    values += _queried(call, attribute)
    told = tuple(value for value in values if value is not None)
    return told or None


def _keys(call: Call, table: str) -> Iterator[Mapping[str, object]]:
    """Yield every key or item in the call that is meant for `table`."""
    parameters = call.operation.parameters
    yield from (as_mapping(parameters.get(name)) for name in ("Key", "Item"))
    for name, request in call.mapping("RequestItems").items():
        if table_arn(call, name) != table:
            continue
        yield from as_mappings(as_mapping(request).get("Keys"))
        for write in as_mappings(request):
            yield as_mapping(as_mapping(write.get("PutRequest")).get("Item"))
            yield as_mapping(as_mapping(write.get("DeleteRequest")).get("Key"))
    for item in call.mappings("TransactItems"):
        for _, part in actions_of_item(item):
            if table_arn(call, as_text(part.get("TableName")) or "") == table:
                yield from (as_mapping(part.get(name)) for name in ("Key", "Item"))


def _queried(call: Call, attribute: str) -> Iterator[str | None]:
    """Yield the value that a Query's condition demands of the partition key."""
    values = call.mapping("ExpressionAttributeValues")
    names = call.mapping("ExpressionAttributeNames")
    for name, placeholder in re.findall(r"([#\w.-]+)\s*=\s*(:\w+)", call.text("KeyConditionExpression") or ""):
        if names.get(name, name) == attribute:
            yield _value_of(values.get(placeholder))
    condition = as_mapping(call.mapping("KeyConditions").get(attribute))
    if condition.get("ComparisonOperator") == "EQ":
        yield from (_value_of(value) for value in as_mappings(condition.get("AttributeValueList")))


def _value_of(value: object) -> str | None:
    """Return the text of a DynamoDB value such as `{"S": "Ann"}`, whatever its type."""
    for inner in as_mapping(value).values():
        return inner.decode("latin-1") if isinstance(inner, bytes) else str(inner)
    return None
