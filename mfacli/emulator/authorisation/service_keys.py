"""The services' own condition keys, read from a call's parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from mfacli.emulator.authorisation.actions.dynamodb import leading_keys
from mfacli.emulator.authorisation.actions.needs import Call, Need, as_mapping, as_mappings, as_text
from mfacli.emulator.authorisation.actions.s3 import copy_source
from mfacli.emulator.authorisation.tags import request_tags

Keys = dict[str, str | tuple[str, ...]]

# Condition key -> the parameters that may hold its value, the first that is given counting.
_PLAIN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "s3": {
        "s3:prefix": ("Prefix",),
        "s3:delimiter": ("Delimiter",),
        "s3:max-keys": ("MaxKeys",),
        "s3:VersionId": ("VersionId",),
        "s3:if-match": ("IfMatch",),
        "s3:if-none-match": ("IfNoneMatch",),
        "s3:x-amz-acl": ("ACL",),
        "s3:x-amz-grant-full-control": ("GrantFullControl",),
        "s3:x-amz-grant-read": ("GrantRead",),
        "s3:x-amz-grant-read-acp": ("GrantReadACP",),
        "s3:x-amz-grant-write": ("GrantWrite",),
        "s3:x-amz-grant-write-acp": ("GrantWriteACP",),
        "s3:x-amz-metadata-directive": ("MetadataDirective",),
        "s3:x-amz-object-ownership": ("ObjectOwnership",),
        "s3:x-amz-server-side-encryption": ("ServerSideEncryption",),
        "s3:x-amz-server-side-encryption-aws-kms-key-id": ("SSEKMSKeyId",),
        "s3:x-amz-server-side-encryption-customer-algorithm": ("SSECustomerAlgorithm",),
        "s3:x-amz-storage-class": ("StorageClass",),
        "s3:x-amz-website-redirect-location": ("WebsiteRedirectLocation",),
        "s3:object-lock-mode": ("ObjectLockMode",),
        "s3:object-lock-legal-hold": ("ObjectLockLegalHoldStatus",),
        "s3:object-lock-retain-until-date": ("ObjectLockRetainUntilDate",),
    },
    "sns": {"sns:Endpoint": ("Endpoint",), "sns:Protocol": ("Protocol",)},
    "sts": {
        "sts:ExternalId": ("ExternalId",),
        "sts:RoleSessionName": ("RoleSessionName",),
        "sts:SourceIdentity": ("SourceIdentity",),
        "sts:TransitiveTagKeys": ("TransitiveTagKeys",),
        "sts:TaskPolicyArn": ("TaskPolicyArn",),
    },
    "iam": {
        "iam:PolicyARN": ("PolicyArn",),
        "iam:PermissionsBoundary": ("PermissionsBoundary",),
        "iam:AWSServiceName": ("AWSServiceName",),
        "iam:OrganizationsPolicyId": ("OrganizationsPolicyId",),
    },
    "dynamodb": {
        "dynamodb:Select": ("Select",),
        "dynamodb:ReturnValues": ("ReturnValues",),
        "dynamodb:ReturnConsumedCapacity": ("ReturnConsumedCapacity",),
    },
    "ec2": {"ec2:Attribute": ("Attribute",)},
}
# Keys that exist even with one value as lists of values.
_MULTIVALUED = frozenset({"sts:TransitiveTagKeys"})
_TYPED_RESOURCES = ("instance",)


def service_keys(call: Call) -> Keys:
    """Return the keys that hold for all of a call's permissions."""
    service = call.operation.service
    keys: Keys = {}
    for key, parameters in _PLAIN.get(service, {}).items():
        value = _value(call, parameters)
        if value is not None:
            keys[key] = value if key in _MULTIVALUED else value[0]
    compute = _COMPUTED.get(service)
    if compute is not None:
        keys.update(compute(call))
    return keys


def resource_keys(call: Call, need: Need) -> Keys:
    """Return the services' keys that hold for one resource."""
    service = need.action.partition(":")[0]
    if service == "dynamodb":
        leading = leading_keys(call, need.resource)
        return {} if leading is None else {"dynamodb:LeadingKeys": leading}
    if service == "ec2" and ":instance/" in need.resource:
        kind = call.text("InstanceType") if call.name == "RunInstances" else None
        kind = kind or call.book.instance_type(need.resource)
        return {} if kind is None else {"ec2:InstanceType": kind}
    return {}


def _value(call: Call, parameters: tuple[str, ...]) -> tuple[str, ...] | None:
    for name in parameters:
        value = call.operation.parameters.get(name)
        if isinstance(value, datetime):
            return (value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),)
        texts = call.texts(name)
        if texts:
            return texts
    return None


def _of_s3(call: Call) -> Keys:
    keys: Keys = {"s3:signatureversion": "AWS4-HMAC-SHA256"} if call.caller.access_key_id else {}
    if call.has("CopySource"):
        bucket, key, _ = copy_source(call)
        keys["s3:x-amz-copy-source"] = f"{bucket}/{key}"
    place = as_text(call.mapping("CreateBucketConfiguration").get("LocationConstraint"))
    if place is not None:
        keys["s3:locationconstraint"] = place
    tags = request_tags(call) if call.has("Key") else {}
    if tags:
        keys |= {f"s3:RequestObjectTag/{key}": value for key, value in tags.items()}
        keys["s3:RequestObjectTagKeys"] = tuple(tags)
    return keys


def _of_dynamodb(call: Call) -> Keys:
    keys: Keys = {}
    names = call.mapping("ExpressionAttributeNames")
    found = dict.fromkeys(attribute for name in ("Key", "Item") for attribute in call.mapping(name))
    found.update(dict.fromkeys(call.texts("AttributesToGet")))
    written = (call.text("ProjectionExpression") or "").split(",")
    shown = (name.strip().partition(".")[0].partition("[")[0] for name in written)
    found.update(dict.fromkeys(str(names.get(name, name)) for name in shown if name))
    found.update(dict.fromkeys(str(name) for name in names.values()))
    if found:
        keys["dynamodb:Attributes"] = tuple(found)
    if call.name == "Scan":
        keys["dynamodb:FullTableScan"] = "true"
    return keys


def _of_ec2(call: Call) -> Keys:
    keys: Keys = {"ec2:Region": call.operation.region}
    # The attribute of a Modify… call is the parameter that holds the new value.
    if call.name == "ModifyInstanceAttribute":
        for name, value in call.operation.parameters.items():
            given = as_mapping(value).get("Value")
            if given is not None:
                keys[f"ec2:Attribute/{name}"] = str(given).lower() if isinstance(given, bool) else str(given)
    permission = call.mapping("LaunchPermission") or call.mapping("CreateVolumePermission")
    for change in ("Add", "Remove"):
        users = [as_text(entry.get("UserId")) for entry in as_mappings(permission.get(change))]
        groups = [as_text(entry.get("Group")) for entry in as_mappings(permission.get(change))]
        keys |= {f"ec2:{change}/userId": user for user in users if user is not None}
        keys |= {f"ec2:{change}/group": group for group in groups if group is not None}
    return keys


_COMPUTED: Mapping[str, Callable[[Call], Keys]] = {"s3": _of_s3, "dynamodb": _of_dynamodb, "ec2": _of_ec2}
