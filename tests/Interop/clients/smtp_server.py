#!/usr/bin/python3
"""A real SMTP server (aiosmtpd) for one test: every mail is one JSON object a line on stdout. ../README.md lists the fields.

Receivers named bounce@... are refused with 550, those named later-N@... are put off with 451 for their first N tries.
"""

import argparse
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import AuthResult, SMTP


def write(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Mailbox:
    def __init__(self):
        self.tries = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "bounce":
            write({"refused": address})
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name.startswith("later-"):
            tries = self.tries.get(name, 0)
            self.tries[name] = tries + 1
            if tries < int(name.split("-")[1]):
                write({"putOff": envelope.rcpt_tos[0]})
                return "451 4.7.1 try again later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        write({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {key.lower(): str(value) for key, value in message.items()},
            "text": message.get_content(),
            "tls": session.ssl is not None,
            "login": session.auth_data,
        })
        return "250 taken"


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--certificate")
    options.add_argument("--key")
    options.add_argument("--implicit-tls", action="store_true")
    options.add_argument("--user")
    options.add_argument("--password")
    options.add_argument("--port", type=int, default=0)
    given = options.parse_args()
    tls = None
    if given.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(given.certificate, given.key)
    mailbox = Mailbox()

    def authenticate(server, session, envelope, mechanism, data):
        login, password = data.login.decode(), data.password.decode()
        if login == given.user and password == given.password:
            return AuthResult(success=True, auth_data=login)
        return AuthResult(success=False, handled=False)

    def make():
        return SMTP(
            mailbox, hostname="localhost", loop=asyncio.get_running_loop(), enable_SMTPUTF8=True,
            tls_context=None if given.implicit_tls else tls, require_starttls=tls is not None and not given.implicit_tls,
            authenticator=authenticate if given.user else None, auth_required=given.user is not None, auth_require_tls=tls is not None and not given.implicit_tls)

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", given.port, ssl=tls if given.implicit_tls else None)
    write({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(main())
