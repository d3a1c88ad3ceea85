"""The data stack: kept whatever happens, encrypted, closed, and small enough to send inline."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from infra.stacks import DATA

Json = dict[str, Any]
KEPT = {"AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket"}
INLINE_LIMIT = 51_200


@pytest.fixture(scope="module")
def data() -> Json:
    document: Json = yaml.safe_load(DATA.read_text("utf-8"))
    return document


def _of_type(data: Json, kind: str) -> Json:
    return {
        name: found["Properties"]
        for name, found in data["Resources"].items()
        if found["Type"] == kind
    }


def test_what_holds_data_outlives_the_stack(data: Json) -> None:
    for name, found in data["Resources"].items():
        if found["Type"] in KEPT:
            assert found["DeletionPolicy"] == "RetainExceptOnCreate", name
            assert found["UpdateReplacePolicy"] == "Retain", name


def test_tables_can_be_restored_and_are_encrypted(data: Json) -> None:
    tables = _of_type(data, "AWS::DynamoDB::Table")
    assert set(tables) == {"Records", "Access", "Links", "Limits", "Keys"}
    for table in tables.values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["DeletionProtectionEnabled"] == {"Fn::If": ["IsProtected", True, False]}
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["SSESpecification"] == {"SSEEnabled": True}
    recovery = tables["Keys"]["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"]
    assert recovery == 7
    expiring = [name for name, table in tables.items() if "TimeToLiveSpecification" in table]
    assert expiring == ["Records", "Access", "Links", "Limits"]
    for name in expiring:
        told = tables[name]["TimeToLiveSpecification"]
        assert told == {"AttributeName": "expires", "Enabled": True}


def test_every_retention_class_has_a_key_that_rotates(data: Json) -> None:
    keys = _of_type(data, "AWS::KMS::Key")
    classes = {name for name in keys if name.startswith("Key")}
    assert classes == {
        "KeyCore",
        "KeyAccount",
        "KeyMarketing",
        "KeyTransaction",
        "KeySupport",
        "KeyEvidence",
    }
    assert all(keys[name]["EnableKeyRotation"] is True for name in classes)
    # A rotated key costs up to two dollars a month more for good.
    wraps = {"CallbackKey"}
    assert not any(
        one.get("EnableKeyRotation") for name, one in keys.items() if name not in classes
    )
    signs = keys["ReceiptKey"]
    assert (signs["KeySpec"], signs["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    for name in keys.keys() - classes - wraps - {"ReceiptKey"}:
        assert (keys[name]["KeySpec"], keys[name]["KeyUsage"]) == (
            "HMAC_256",
            "GENERATE_VERIFY_MAC",
        )


def test_buckets_are_closed_and_speak_only_tls(data: Json) -> None:
    buckets = _of_type(data, "AWS::S3::Bucket")
    for bucket in buckets.values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert "BucketEncryption" in bucket
    policies = _of_type(data, "AWS::S3::BucketPolicy").values()
    assert {policy["Bucket"]["Ref"] for policy in policies} == set(buckets)
    for policy in policies:
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_log_of_erasures_is_write_once(data: Json) -> None:
    erasures = _of_type(data, "AWS::S3::Bucket")["Erasures"]
    assert erasures["VersioningConfiguration"] == {"Status": "Enabled"}
    assert erasures["ObjectLockEnabled"] is True
    retention = erasures["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention["Days"] >= 35


def test_is_sent_inline() -> None:
    assert DATA.stat().st_size < INLINE_LIMIT


def test_copies_lie_encrypted_and_leave_no_part_behind(data: Json) -> None:
    bucket = data["Resources"]["Exports"]["Properties"]
    rules = {rule["Prefix"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert rules.keys() == {"exports/", "uploads/"}
    assert {rule["Status"] for rule in rules.values()} == {"Enabled"}
    assert rules["exports/"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert rules["uploads/"]["ExpirationInDays"] == 2
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": {"Fn::GetAtt": ["KeyEvidence", "Arn"]},
    }
    assert "VersioningConfiguration" not in bucket  # a copy that is deleted is gone
