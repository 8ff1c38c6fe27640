#!/usr/bin/python3
"""Drives Eclipse Paho for Python 1.6: MQTT 3.1, 3.1.1 and 5 over TCP, TLS and WebSocket.

Requests come in on stdin, one JSON object a line, and are answered on stdout with the same id.
Events (messages, lost connections) carry no id. ../README.md lists the fields.
"""

import base64
import json
import ssl
import sys
import threading
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCodes
from paho.mqtt.subscribeoptions import SubscribeOptions

DEADLINE = 30.0
VERSIONS = {3: mqtt.MQTTv31, 4: mqtt.MQTTv311, 5: mqtt.MQTTv5}
PUBLISH_PROPERTIES = {
    "contentType": "ContentType",
    "responseTopic": "ResponseTopic",
    "messageExpiry": "MessageExpiryInterval",
    "payloadFormat": "PayloadFormatIndicator",
    "topicAlias": "TopicAlias",
}
CONNACK_PROPERTIES = {
    "assignedClientIdentifier": "AssignedClientIdentifier",
    "serverKeepAlive": "ServerKeepAlive",
    "receiveMaximum": "ReceiveMaximum",
    "maximumQoS": "MaximumQoS",
    "maximumPacketSize": "MaximumPacketSize",
    "topicAliasMaximum": "TopicAliasMaximum",
    "sessionExpiry": "SessionExpiryInterval",
    "reasonString": "ReasonString",
}

output_lock = threading.Lock()


def write(line):
    with output_lock:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


class Refusal(Exception):
    def __init__(self, message, reason_code=-1):
        super().__init__(message)
        self.reason_code = reason_code


def code_of(reason):
    return reason.value if isinstance(reason, ReasonCodes) else int(reason)


def publish_properties(given, packet_type=PacketTypes.PUBLISH):
    if not given:
        return None
    properties = Properties(packet_type)
    for name, attribute in PUBLISH_PROPERTIES.items():
        if name in given:
            setattr(properties, attribute, given[name])
    if "correlationData" in given:
        properties.CorrelationData = base64.b64decode(given["correlationData"])
    for key, value in given.get("userProperties", []):
        properties.UserProperty = (key, value)
    return properties


def received_properties(properties):
    if properties is None:
        return {}
    values = {name: getattr(properties, attribute) for name, attribute in PUBLISH_PROPERTIES.items() if hasattr(properties, attribute)}
    if hasattr(properties, "CorrelationData"):
        values["correlationData"] = base64.b64encode(properties.CorrelationData).decode()
    if hasattr(properties, "UserProperty"):
        values["userProperties"] = [list(pair) for pair in properties.UserProperty]
    if hasattr(properties, "SubscriptionIdentifier"):
        values["subscriptionIdentifiers"] = list(properties.SubscriptionIdentifier)
    return values


class Client:
    def __init__(self, request):
        self.name = request["client"]
        self.five = request["version"] == 5
        self.answers = {}
        self.changed = threading.Condition()
        clean = {} if self.five else {"clean_session": request["clean"]}
        url = urlsplit(request["url"])
        self.paho = mqtt.Client(
            client_id=request["clientId"],
            protocol=VERSIONS[request["version"]],
            transport="websockets" if url.scheme in ("ws", "wss") else "tcp",
            **clean,
        )
        # Tests ask for every connection themselves.
        self.paho.reconnect_delay_set(min_delay=3600, max_delay=3600)
        self.paho.on_connect = self.on_connect
        self.paho.on_disconnect = self.on_disconnect
        self.paho.on_message = self.on_message
        self.paho.on_subscribe = self.on_subscribe
        self.paho.on_unsubscribe = self.on_unsubscribe
        self.paho.on_publish = lambda client, userdata, mid: self.answer(("publish", mid), 0)
        if url.path:
            self.paho.ws_set_options(path=url.path)
        if "ca" in request:
            self.paho.tls_set_context(tls_context(request))
        if "username" in request:
            self.paho.username_pw_set(request["username"], request.get("password"))
        if "will" in request:
            self.set_will(request["will"])

    def set_will(self, will):
        properties = None
        if self.five:
            properties = publish_properties(will.get("properties"), PacketTypes.WILLMESSAGE) or Properties(PacketTypes.WILLMESSAGE)
            properties.WillDelayInterval = will.get("delay", 0)
        self.paho.will_set(will["topic"], base64.b64decode(will["payload"]), will["qos"], will["retain"], properties)

    def answer(self, key, value):
        with self.changed:
            self.answers[key] = value
            self.changed.notify_all()

    def wait_for(self, key):
        with self.changed:
            if not self.changed.wait_for(lambda: key in self.answers or "lost" in self.answers, DEADLINE):
                raise Refusal(f"no answer to {key[0]} within {DEADLINE:.0f} s")
            if key not in self.answers:
                raise Refusal(f"connection lost before the answer to {key[0]}", self.answers["lost"])
            return self.answers.pop(key)

    def connect(self, request):
        url = urlsplit(request["url"])
        arguments = {}
        if self.five:
            properties = Properties(PacketTypes.CONNECT)
            for name, attribute in (("sessionExpiry", "SessionExpiryInterval"), ("receiveMaximum", "ReceiveMaximum"), ("topicAliasMaximum", "TopicAliasMaximum")):
                if name in request:
                    setattr(properties, attribute, request[name])
            arguments = {"clean_start": request["clean"], "properties": properties}
        self.paho.connect(url.hostname, url.port, keepalive=request["keepAlive"], **arguments)
        self.paho.loop_start()
        flags, code, properties = self.wait_for(("connect",))
        if code != 0:
            raise Refusal("CONNECT refused", code)
        known = {} if properties is None else {name: getattr(properties, attribute) for name, attribute in CONNACK_PROPERTIES.items() if hasattr(properties, attribute)}
        return {"sessionPresent": flags["session present"] == 1, "properties": known}

    def on_connect(self, client, userdata, flags, reason, properties=None):
        self.answer(("connect",), (flags, code_of(reason), properties))

    def on_disconnect(self, client, userdata, reason, properties=None):
        # Without a DISCONNECT from the server this is paho's own number for "lost", not a reason code.
        code = reason.value if isinstance(reason, ReasonCodes) else -1
        write({"event": "disconnected", "client": self.name, "reasonCode": code})
        self.answer("lost", code)

    def on_message(self, client, userdata, message):
        write({
            "event": "message",
            "client": self.name,
            "topic": message.topic,
            "payload": base64.b64encode(message.payload).decode(),
            "qos": message.qos,
            "retain": bool(message.retain),
            "dup": bool(message.dup),
            "properties": received_properties(getattr(message, "properties", None)),
        })

    def on_subscribe(self, client, userdata, mid, granted, properties=None):
        self.answer(("subscribe", mid), [code_of(code) for code in granted])

    def on_unsubscribe(self, client, userdata, mid, properties=None, codes=None):
        # In version 5 the codes come as one value or a list; in 3.x there are none.
        codes = [] if codes is None else codes if isinstance(codes, list) else [codes]
        self.answer(("unsubscribe", mid), [code_of(code) for code in codes])

    def subscribe(self, request):
        if self.five:
            options = SubscribeOptions(
                qos=request["qos"],
                noLocal=request.get("noLocal", False),
                retainAsPublished=request.get("retainAsPublished", False),
                retainHandling=request.get("retainHandling", 0),
            )
            properties = None
            if "subscriptionIdentifier" in request:
                properties = Properties(PacketTypes.SUBSCRIBE)
                properties.SubscriptionIdentifier = request["subscriptionIdentifier"]
            _, mid = self.paho.subscribe(request["filter"], options=options, properties=properties)
        else:
            _, mid = self.paho.subscribe(request["filter"], request["qos"])
        return {"reasonCodes": self.wait_for(("subscribe", mid))}

    def unsubscribe(self, request):
        _, mid = self.paho.unsubscribe(request["filter"])
        return {"reasonCodes": self.wait_for(("unsubscribe", mid))}

    def publish(self, request):
        properties = publish_properties(request.get("properties")) if self.five else None
        information = self.paho.publish(request["topic"], base64.b64decode(request["payload"]), request["qos"], request["retain"], properties)
        self.wait_for(("publish", information.mid))
        return {}

    def publish_many(self, request):
        mids = [self.paho.publish(request["topic"], str(index), request["qos"]).mid for index in range(request["count"])]
        for mid in mids:
            self.wait_for(("publish", mid))
        return {}

    def disconnect(self, request):
        if self.five:
            properties = None
            if "sessionExpiry" in request:
                properties = Properties(PacketTypes.DISCONNECT)
                properties.SessionExpiryInterval = request["sessionExpiry"]
            self.paho.disconnect(ReasonCodes(PacketTypes.DISCONNECT, identifier=request.get("reasonCode", 0)), properties)
        else:
            self.paho.disconnect()
        with self.changed:
            self.changed.wait_for(lambda: "lost" in self.answers, DEADLINE)
        self.paho.loop_stop()
        return {}


def tls_context(request):
    context = ssl.create_default_context(cafile=request["ca"])
    if "cert" in request:
        context.load_cert_chain(request["cert"], request["key"])
    if "alpn" in request:
        context.set_alpn_protocols([request["alpn"]])
    return context


clients = {}


def handle(request):
    if request["op"] == "connect":
        client = clients[request["client"]] = Client(request)
        return client.connect(request)
    operations = {"subscribe": Client.subscribe, "unsubscribe": Client.unsubscribe, "publish": Client.publish, "publishMany": Client.publish_many, "disconnect": Client.disconnect}
    return operations[request["op"]](clients[request["client"]], request)


def answer(request):
    try:
        write({"id": request["id"], "ok": True, "reasonCode": 0, **handle(request)})
    except Exception as error:  # a driver never dies on a request: the test judges the answer
        write({"id": request["id"], "ok": False, "reasonCode": getattr(error, "reason_code", -1), "error": f"{type(error).__name__}: {error}"})


def main():
    for line in sys.stdin:
        threading.Thread(target=answer, args=(json.loads(line),), daemon=True).start()


main()
