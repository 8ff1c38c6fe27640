"""Drives boto3 against a hub: one JSON request a line on stdin, one answer a line on stdout. See README.md."""
import base64
import datetime
import json
import sys
import threading

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody
import botocore

CLIENTS = {}
OUT = threading.Lock()


def client(request):
    """One client for each service, endpoint and key."""
    key = json.dumps([request["service"], request["endpoint"], request.get("accessKey"), request.get("ca")])
    if key not in CLIENTS:
        CLIENTS[key] = boto3.session.Session().client(
            request["service"], region_name=request.get("region", "us-east-1"), endpoint_url=request["endpoint"],
            aws_access_key_id=request.get("accessKey"), aws_secret_access_key=request.get("secretKey"),
            aws_session_token=request.get("sessionToken"), verify=request.get("ca", False),
            config=Config(retries={"max_attempts": 0}, connect_timeout=10, read_timeout=60, proxies={}))
    return CLIENTS[key]


def plain(value):
    if isinstance(value, StreamingBody):
        value = value.read()
    if isinstance(value, (bytes, bytearray)):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def given(value):
    """Parameters: {"base64": ...} stands for bytes."""
    if isinstance(value, dict):
        if list(value) == ["base64"]:
            return base64.b64decode(value["base64"])
        return {name: given(item) for name, item in value.items()}
    if isinstance(value, list):
        return [given(item) for item in value]
    return value


def call(request):
    caller = client(request)
    operation = botocore.xform_name(request["operation"])
    parameters = given(request.get("parameters", {}))
    if request.get("paginate"):
        pages = list(caller.get_paginator(operation).paginate(**parameters, PaginationConfig={"PageSize": request["paginate"]}))
        return {"pages": plain(pages), "status": 200}
    result = getattr(caller, operation)(**parameters)
    metadata = result.pop("ResponseMetadata", {})
    return {"result": plain(result), "status": metadata.get("HTTPStatusCode"), "requestId": metadata.get("RequestId")}


def serve(request):
    answer = {"id": request["id"]}
    try:
        answer.update(call(request))
    except ClientError as error:
        response = error.response
        answer["error"] = {
            "code": response["Error"].get("Code"), "message": response["Error"].get("Message"), "typed": type(error).__name__,
            "status": response["ResponseMetadata"]["HTTPStatusCode"], "requestId": response["ResponseMetadata"].get("RequestId"),
            "members": plain({name: item for name, item in response.items() if name not in ("Error", "ResponseMetadata")})}
    except (BotoCoreError, AttributeError, TypeError, ValueError) as error:
        answer["failure"] = f"{type(error).__name__}: {error}"
    with OUT:
        print(json.dumps(answer), flush=True)


def main():
    for line in sys.stdin:
        threading.Thread(target=serve, args=(json.loads(line),), daemon=True).start()


main()
