'use strict';

// The half of a driver that every node client shares: requests come in on stdin, one JSON object a line, and are answered on stdout
// with the same id. Events (messages, lost connections) carry no id. ../README.md lists the fields.

const readline = require('node:readline');

// stdout belongs to the answers; libraries that want to talk do so on stderr.
console.log = console.error;

const write = (line) => process.stdout.write(JSON.stringify(line) + '\n');

const bytes = (base64) => Buffer.from(base64 ?? '', 'base64');

// An empty ArrayBuffer from native code arrives detached and cannot be looked into.
const base64 = (payload) => (payload?.byteLength === 0 ? '' : Buffer.from(payload ?? '').toString('base64'));

/** Answers requests with the function of `operations` that is named like the request's `op`, until stdin ends. */
function serve(operations) {
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', async (line) => {
    const request = JSON.parse(line);
    try {
      const answer = await operations[request.op](request);
      write({ id: request.id, ok: true, reasonCode: 0, ...answer });
    } catch (error) {
      write({ id: request.id, ok: false, reasonCode: error.reasonCode ?? -1, error: String(error.message ?? error) });
    }
  });
  lines.on('close', () => process.exit(0));
}

/** An error that carries the reason code a server gave, or -1. */
function refusal(message, reasonCode, details) {
  return Object.assign(new Error(message), { reasonCode: reasonCode ?? -1, ...details });
}

module.exports = { serve, write, bytes, base64, refusal };
