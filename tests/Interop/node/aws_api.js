'use strict';
// Drives the AWS SDK for JavaScript v3 against a hub: one JSON request a line on stdin, one answer a line on stdout. See ../README.md.
const fs = require('node:fs');
const https = require('node:https');
const readline = require('node:readline');
const { NodeHttpHandler } = require('@smithy/node-http-handler');

const packages = { 'iot': '@aws-sdk/client-iot', 'iot-data': '@aws-sdk/client-iot-data-plane', 'sns': '@aws-sdk/client-sns' };
const names = { 'iot': 'IoTClient', 'iot-data': 'IoTDataPlaneClient', 'sns': 'SNSClient' };
const clients = new Map();

function clientFor(request) {
    const key = JSON.stringify([request.service, request.endpoint, request.accessKey, request.ca, request.cert]);
    if (!clients.has(key)) {
        const sdk = require(packages[request.service]);
        const agent = new https.Agent({
            ca: request.ca ? fs.readFileSync(request.ca) : undefined,
            cert: request.cert ? fs.readFileSync(request.cert) : undefined,
            key: request.key ? fs.readFileSync(request.key) : undefined,
        });
        clients.set(key, new sdk[names[request.service]]({
            region: request.region ?? 'us-east-1',
            endpoint: request.endpoint,
            credentials: { accessKeyId: request.accessKey, secretAccessKey: request.secretKey, sessionToken: request.sessionToken },
            maxAttempts: 1,
            requestHandler: new NodeHttpHandler({ httpsAgent: agent }),
        }));
    }
    return clients.get(key);
}

function plain(value) {
    if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
    if (value instanceof Date) return value.getTime() / 1000;
    if (typeof value === 'bigint') return Number(value);
    if (Array.isArray(value)) return value.map(plain);
    if (value && typeof value === 'object') {
        return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined && typeof item !== 'function').map(([name, item]) => [name, plain(item)]));
    }
    return value;
}

function given(value) {
    if (Array.isArray(value)) return value.map(given);
    if (value && typeof value === 'object') {
        const keys = Object.keys(value);
        if (keys.length === 1 && keys[0] === 'base64') return Buffer.from(value.base64, 'base64');
        return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, given(item)]));
    }
    return value;
}

async function serve(request) {
    const answer = { id: request.id };
    try {
        const sdk = require(packages[request.service]);
        const { $metadata, ...result } = await clientFor(request).send(new sdk[`${request.operation}Command`](given(request.parameters ?? {})));
        answer.result = plain(result);
        answer.status = $metadata.httpStatusCode;
        answer.requestId = $metadata.requestId;
    } catch (error) {
        if (error.$metadata?.httpStatusCode === undefined) {
            answer.failure = `${error.name}: ${error.message}`;
        } else {
            const { $metadata, $fault, $response, $retryable, name, message, stack, ...members } = error;
            answer.error = {
                code: name, message, typed: error.constructor.name, status: $metadata.httpStatusCode, requestId: $metadata.requestId, members: plain(members),
            };
        }
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
}

readline.createInterface({ input: process.stdin }).on('line', line => { void serve(JSON.parse(line)); });
