"""client PORT SASL: sends to a node and reads back from it; says what went wrong, or "ok".
server SASL: queues by address; says its port, then serves until its input ends.
SASL is none, anonymous, plain or denied."""

import sys
import threading

from proton import Message, symbol, ulong
from proton.handlers import MessagingHandler
from proton.reactor import Container


def messages():
    result = [Message(id=ulong(i), body="message %d" % i) for i in range(500)]
    result.append(Message(id="large", body=b"a" * 60 * 1024, inferred=True))
    result.append(Message(id="larger", body=b"b" * 250 * 1024, inferred=True))
    result.append(Message(id="types", content_type="application/json", properties={"text": "x", "number": 5, "flag": True},
                          annotations={symbol("x-opt-a"): 200}, body=b'{"t":20}', inferred=True))
    result.append(Message(id="list", body=[1, "two", {"three": 3}]))
    return result


class Client(MessagingHandler):
    def __init__(self, port, sasl):
        super().__init__(prefetch=20)
        self.port, self.sasl = port, sasl
        self.wanted = messages()
        self.sent = self.accepted = self.received = 0

    def on_start(self, event):
        url = "amqp://127.0.0.1:%s" % self.port
        options = dict(reconnect=False, heartbeat=20, virtual_host="hub.test")
        if self.sasl == "none":
            options["sasl_enabled"] = False
        elif self.sasl == "anonymous":
            options["allowed_mechs"] = "ANONYMOUS"
        else:
            options.update(user="user", password="secret" if self.sasl == "plain" else "wrong", allowed_mechs="PLAIN", allow_insecure_mechs=True)
        self.connection = event.container.connect(url, **options)
        # The same name for both links, as proton does for one address.
        event.container.create_sender(self.connection, "/queue/proton", name="both")
        event.container.create_receiver(self.connection, "/queue/proton", name="both")

    def on_sendable(self, event):
        while event.sender.credit and self.sent < len(self.wanted):
            event.sender.send(self.wanted[self.sent])
            self.sent += 1

    def on_accepted(self, event):
        self.accepted += 1
        self.finish()

    def on_rejected(self, event):
        self.fail("rejected")

    def on_message(self, event):
        wanted, got = self.wanted[self.received], event.message
        for name in ("id", "body", "content_type", "properties"):
            if getattr(wanted, name) != getattr(got, name):
                self.fail("message %d differs in %s: %r" % (self.received, name, getattr(got, name)))
        self.received += 1
        self.finish()

    def finish(self):
        if self.accepted == self.received == len(self.wanted):
            self.connection.close()

    def on_connection_closed(self, event):
        print("ok", flush=True)

    def on_transport_error(self, event):
        self.fail("transport %s" % event.transport.condition)

    def on_connection_error(self, event):
        self.fail("connection %s" % event.connection.remote_condition)

    def on_link_error(self, event):
        self.fail("link %s" % event.link.remote_condition)

    def fail(self, why):
        print("failed: %s" % why, flush=True)
        sys.stdout.flush()
        import os
        os._exit(1)


class Server(MessagingHandler):
    def __init__(self, sasl):
        super().__init__(auto_accept=True)
        self.sasl = sasl
        self.queues, self.senders = {}, {}

    def on_start(self, event):
        listener = event.container.listen("127.0.0.1:0")
        import socket
        self.listener = listener
        port = socket.socket(fileno=__import__("os").dup(listener._selectable.fileno())).getsockname()[1]
        print(port, flush=True)

    def on_link_opening(self, event):
        link = event.link
        link.source.copy(link.remote_source)
        link.target.copy(link.remote_target)
        if link.is_sender:
            self.senders.setdefault(link.source.address, []).append(link)

    def on_message(self, event):
        address = event.link.target.address
        self.queues.setdefault(address, []).append(event.message)
        self.pump(address)

    def on_sendable(self, event):
        self.pump(event.link.source.address)

    def pump(self, address):
        queue = self.queues.get(address, [])
        for sender in self.senders.get(address, []):
            while queue and sender.credit:
                sender.send(queue.pop(0))


if sys.argv[1] == "client":
    Container(Client(sys.argv[2], sys.argv[3])).run()
else:
    def wait_for_end():
        sys.stdin.read()
        __import__("os")._exit(0)
    threading.Thread(target=wait_for_end, daemon=True).start()
    Container(Server(sys.argv[2])).run()
