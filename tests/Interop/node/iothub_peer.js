'use strict';

// A hub made of rhea: claims-based security, device-to-cloud, cloud-to-device, methods and twins, and nothing else. It stands for the hubs
// that gateways meet besides ours. Commands come as JSON lines on standard input, what happens goes out as JSON lines.

const crypto = require('crypto');
const readline = require('readline');
const rhea = require('rhea');

const key = Buffer.from(process.argv[2], 'base64');
const host = process.argv[3];
const types = rhea.types;
const container = rhea.create_container({
    id: 'iothub-peer',
    receiver_options: { autoaccept: false, credit_window: 500 },
    sender_options: { autosettle: false },
});

const connections = new Set();
const clouds = new Map();       // device -> sender
const methods = new Map();
const twins = new Map();
const queues = new Map();       // device -> bodies that wait
const desired = new Map();      // device -> object
const reported = new Map();
const subscribed = new Set();
const refusals = [];            // conditions for the next device-to-cloud messages
let silent = 0;                 // device-to-cloud messages that get no outcome

function tell(event) { process.stdout.write(JSON.stringify(event) + '\n'); }

function judge(token, audience) {
    const fields = Object.fromEntries(token.replace(/^SharedAccessSignature /, '').split('&').map(part => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]));
    const signature = crypto.createHmac('sha256', key).update(fields.sr + '\n' + fields.se).digest('base64');
    if (decodeURIComponent(fields.sig || '') !== signature) return 401;
    const resource = decodeURIComponent(fields.sr);
    if (resource.toLowerCase() !== host && !resource.toLowerCase().startsWith(host + '/devices/')) return 401;
    return decodeURIComponent(audience).endsWith('/devices/unknown') ? 404 : 200;
}

function replier(connection) { return connection.cbs; }

function parse(address) {
    const match = /^\/devices\/([^/]+)\/(.+)$/.exec(address || '');
    return match ? { device: decodeURIComponent(match[1]), what: match[2].toLowerCase() } : { what: address };
}

function steal(map, device, link) {
    const before = map.get(device);
    map.set(device, link);
    if (before && before !== link && before.is_open()) before.close({ condition: 'amqp:link:stolen', description: 'another link took its place' });
}

container.on('connection_open', context => {
    context.connection.tokens = new Set();
    connections.add(context.connection);
    tell({ event: 'open', host: context.connection.remote.open.hostname, connections: connections.size });
});
for (const end of ['connection_close', 'disconnected']) {
    container.on(end, context => {
        if (!connections.delete(context.connection)) return;
        for (const links of [clouds, methods, twins]) {
            for (const [device, link] of links) if (link.session.connection === context.connection) links.delete(device);
        }
        tell({ event: end });
    });
}
container.on('connection_error', () => {});
container.on('session_error', () => {});
container.on('error', error => tell({ event: 'error', error: String(error) }));
container.on('protocol_error', error => tell({ event: 'protocol_error', error: String(error) }));

function allowed(connection, device) { return connection.tokens.has('*') || connection.tokens.has(device); }

container.on('receiver_open', context => {
    const receiver = context.receiver;
    receiver.set_target(receiver.remote.attach.target);
    const at = parse(receiver.target.address);
    receiver.at = at;
    if (at.device && !allowed(context.connection, at.device)) {
        receiver.close({ condition: 'amqp:unauthorized-access', description: 'no token for ' + at.device });
        return;
    }
    if (at.device) tell({ event: 'attach', device: at.device, what: at.what, role: 'receiver' });
});

container.on('sender_open', context => {
    const sender = context.sender;
    sender.set_source(sender.remote.attach.source);
    const at = parse(sender.source.address);
    sender.at = at;
    if (at.what === '$cbs') {
        context.connection.cbs = sender;
        return;
    }
    if (at.device && !allowed(context.connection, at.device)) {
        sender.close({ condition: 'amqp:unauthorized-access', description: 'no token for ' + at.device });
        return;
    }
    tell({ event: 'attach', device: at.device, what: at.what, role: 'sender', settle: sender.remote.attach.rcv_settle_mode });
    if (at.what === 'messages/devicebound') steal(clouds, at.device, sender);
    if (at.what === 'methods/devicebound') steal(methods, at.device, sender);
    if (at.what === 'twin') steal(twins, at.device, sender);
});

for (const end of ['sender_close', 'receiver_close']) {
    container.on(end, context => {
        const link = context.sender || context.receiver;
        if (!link.at || link.at.what === '$cbs') return;
        tell({ event: 'detach', device: link.at.device, what: link.at.what });
        for (const map of [clouds, methods, twins]) if (map.get(link.at.device) === link) map.delete(link.at.device);
    });
}
for (const error of ['sender_error', 'receiver_error']) container.on(error, () => {});

function flush(device) {
    const sender = clouds.get(device);
    const queue = queues.get(device) || [];
    while (sender && queue.length > 0 && sender.sendable() && sender.credit > 0) {
        const item = queue.shift();
        const delivery = sender.send({
            message_id: item.id, to: `/devices/${device}/messages/devicebound`, content_type: item.contentType, absolute_expiry_time: item.expiry,
            application_properties: item.properties,
            message_annotations: { 'x-opt-sequence-number': types.wrap_ulong(item.number), 'iothub-deliverycount': types.wrap_ubyte(item.deliveries), 'iothub-enqueuedtime': types.wrap_timestamp(Date.now()) },
            body: rhea.message.data_section(Buffer.from(item.body)),
        }, crypto.randomBytes(16));
        delivery.item = item;
    }
}

container.on('sendable', context => {
    const at = context.sender.at;
    if (!at || !at.device) return;
    // Credit comes after the attach: until then the device counts as offline.
    if (at.what === 'methods/devicebound' && !context.sender.told) {
        context.sender.told = true;
        tell({ event: 'callable', device: at.device });
    }
    flush(at.device);
});

const outcomes = {
    accepted: () => rhea.message.accepted(), released: () => rhea.message.released(), rejected: () => rhea.message.rejected({}), modified: () => rhea.message.modified({}),
};
for (const outcome of Object.keys(outcomes)) {
    container.on(outcome, context => {
        const item = context.delivery.item;
        const device = context.sender.at && context.sender.at.device;
        // With receiver-settle-mode second the sender settles, and says with which outcome.
        if (!context.delivery.remote_settled) context.delivery.update(true, outcomes[outcome]().described());
        if (!item) return;
        tell({ event: 'settled', device, id: item.id, outcome });
        if (outcome === 'released' || outcome === 'modified') {
            item.deliveries++;
            queues.set(device, [item, ...(queues.get(device) || [])]);
            flush(device);
        }
    });
}

function twinAnswer(context, status, version, body) {
    const sender = twins.get(context.receiver.at.device);
    const annotations = { status: types.wrap_int(status) };
    if (version) annotations.version = types.wrap_long(version);
    sender.send({ correlation_id: context.message.correlation_id, message_annotations: annotations, body: rhea.message.data_section(Buffer.from(body)) });
}

function onTwin(context) {
    const device = context.receiver.at.device;
    const annotations = context.message.message_annotations || {};
    const text = context.message.body.content.toString();
    tell({ event: 'twin', device, operation: annotations.operation, resource: annotations.resource, body: text });
    const now = reported.get(device) || { $version: 1 };
    const wanted = desired.get(device) || { $version: 1 };
    if (annotations.operation === 'GET') twinAnswer(context, 200, 0, JSON.stringify({ desired: wanted, reported: now }));
    else if (annotations.operation === 'PUT') {
        subscribed.add(device);
        twinAnswer(context, 200, 0, '');
    } else if (annotations.operation === 'PATCH' && annotations.version !== undefined && Number(annotations.version) !== now.$version) {
        twinAnswer(context, 412, 0, JSON.stringify({ errorCode: 412001, message: 'another version', trackingId: 'T1' }));
    } else if (annotations.operation === 'PATCH') {
        const next = { ...now, ...JSON.parse(text), $version: now.$version + 1 };
        reported.set(device, next);
        twinAnswer(context, 204, next.$version, '');
    }
}

container.on('message', context => {
    const at = context.receiver.at || {};
    const message = context.message;
    if (at.what === '$cbs') {
        context.delivery.accept();
        const properties = message.application_properties;
        const status = judge(message.body, properties.name);
        tell({ event: 'token', name: properties.name, status, type: properties.type });
        if (status === 200) {
            const resource = decodeURIComponent(/sr=([^&]*)/.exec(message.body)[1]);
            context.connection.tokens.add(resource.includes('/devices/') ? resource.split('/devices/')[1] : '*');
        }
        replier(context.connection).send({
            to: message.reply_to, correlation_id: message.message_id,
            application_properties: { 'status-code': types.wrap_int(status), 'status-description': status === 200 ? 'OK' : 'refused' },
            body: rhea.message.data_section(Buffer.alloc(0)),
        });
    } else if (at.what === 'messages/events') {
        if (silent > 0) {
            silent--;
            tell({ event: 'silent', device: at.device });
            return;
        }
        const condition = refusals.shift();
        const body = message.body.content;
        tell({
            event: 'd2c', device: at.device, id: message.message_id, bytes: body.length, hash: crypto.createHash('sha256').update(body).digest('hex'),
            text: body.length < 1000 ? body.toString() : undefined, contentType: message.content_type, contentEncoding: message.content_encoding,
            properties: message.application_properties, refused: condition,
        });
        if (condition) context.delivery.reject({ condition, description: 'as told' });
        else context.delivery.accept();
    } else if (at.what === 'methods/devicebound') {
        context.delivery.accept();
        tell({ event: 'answer', device: at.device, id: Buffer.isBuffer(message.correlation_id) ? container.uuid_to_string(message.correlation_id) : message.correlation_id, status: message.application_properties['IoThub-status'], body: message.body.content.toString() });
    } else if (at.what === 'twin') {
        onTwin(context);
    }
});

let number = 0;
const commands = {
    c2d(command) {
        const item = { id: command.id, body: command.body, contentType: command.contentType, properties: command.properties, deliveries: 0, number: ++number };
        queues.set(command.device, [...(queues.get(command.device) || []), item]);
        flush(command.device);
    },
    method(command) {
        const sender = methods.get(command.device);
        if (!sender || sender.credit < 1) return tell({ event: 'offline', device: command.device });
        sender.send({ correlation_id: types.wrap_uuid(container.string_to_uuid(command.id)), application_properties: { 'IoThub-methodname': command.name }, body: rhea.message.data_section(Buffer.from(command.body)) });
    },
    desired(command) {
        const next = { ...(desired.get(command.device) || { $version: 1 }), ...command.patch };
        next.$version++;
        desired.set(command.device, next);
        if (subscribed.has(command.device) && twins.get(command.device))
            twins.get(command.device).send({ message_annotations: { resource: '/notifications/twin/properties/desired' }, body: rhea.message.data_section(Buffer.from(JSON.stringify({ ...command.patch, $version: next.$version }))) });
    },
    refuse(command) { refusals.push(command.condition); },
    silence(command) { silent = command.count; },
    cut() {
        for (const connection of connections) {
            connections.delete(connection);
            tell({ event: 'disconnected' });
            connection.socket.destroy();
        }
    },
    waiting(command) { tell({ event: 'waiting', device: command.device, count: (queues.get(command.device) || []).length, credit: clouds.get(command.device) ? clouds.get(command.device).credit : 0 }); },
};

readline.createInterface({ input: process.stdin }).on('line', line => {
    const command = JSON.parse(line);
    commands[command.op](command);
}).on('close', () => process.exit(0));

const server = container.listen({ host: '127.0.0.1', port: Number(process.argv[4] || 0) });
server.on('listening', () => tell({ event: 'listening', port: server.address().port }));
