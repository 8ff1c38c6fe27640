'use strict';

// Drives the packages for Azure IoT Hub: azure-iot-device over all its transports, azure-iothub, @azure/event-hubs, and rhea for what they
// do not show. Trust in the hub's authority comes from NODE_EXTRA_CA_CERTS. Requests and answers are JSON lines (driver.js).

const crypto = require('node:crypto');
const { Client, Message } = require('azure-iot-device');
const { NoRetry, Message: CommonMessage } = require('azure-iot-common');
const iothub = require('azure-iothub');
const { EventHubConsumerClient, earliestEventPosition } = require('@azure/event-hubs');
const rhea = require('rhea');
const { serve, write, bytes, base64 } = require('./driver.js');

const transports = {
  amqp: () => require('azure-iot-device-amqp').Amqp,
  amqpws: () => require('azure-iot-device-amqp').AmqpWs,
  mqtt: () => require('azure-iot-device-mqtt').Mqtt,
  mqttws: () => require('azure-iot-device-mqtt').MqttWs,
  http: () => require('azure-iot-device-http').Http,
};

const devices = new Map();
const services = new Map();
const raws = new Map();

/** An error as tests see it: its class, then its text. */
function named(error) {
  const name = error?.constructor?.name === 'Object' ? error.name : error?.constructor?.name ?? 'Error';
  return new Error(`${name}: ${error?.message ?? error}`);
}

async function naming(promise) {
  try {
    return await promise;
  } catch (error) {
    throw named(error);
  }
}

// ---- Devices ---------------------------------------------------------------------------------------------------------------------

async function open(request) {
  const client = Client.fromConnectionString(request.connectionString, transports[request.transport ?? 'amqp']());
  client.setRetryPolicy(new NoRetry());
  const device = { client, messages: [], twin: null };
  devices.set(request.client, device);
  client.on('error', (error) => write({ event: 'error', client: request.client, error: String(error.message ?? error) }));
  client.on('disconnect', (error) => write({ event: 'disconnect', client: request.client, error: String(error?.message ?? error ?? '') }));
  if (request.cert) await naming(client.setOptions({ cert: request.cert, key: request.key }));
  await naming(client.open());
  return {};
}

function messageOf(given) {
  const message = new Message(bytes(given.payload));
  if (given.messageId !== undefined) message.messageId = given.messageId;
  if (given.correlationId !== undefined) message.correlationId = given.correlationId;
  if (given.contentType !== undefined) message.contentType = given.contentType;
  if (given.contentEncoding !== undefined) message.contentEncoding = given.contentEncoding;
  for (const [name, value] of Object.entries(given.properties ?? {})) message.properties.add(name, value);
  return message;
}

async function send(request) {
  await naming(devices.get(request.client).client.sendEvent(messageOf(request)));
  return {};
}

async function sendMany(request) {
  const { client } = devices.get(request.client);
  await naming(Promise.all(Array.from({ length: request.count }, (_, index) => client.sendEvent(new Message(String(index))))));
  return {};
}

async function sendBatch(request) {
  const { client } = devices.get(request.client);
  await naming(client.sendEventBatch(request.payloads.map((payload) => new Message(bytes(payload)))));
  return {};
}

/** Messages to the device come as events, numbered; `settle` ends one of them by its number. */
function listen(request) {
  const device = devices.get(request.client);
  device.client.on('message', (message) => {
    const index = device.messages.push(message) - 1;
    write({
      event: 'message', client: request.client, index, payload: base64(message.getData()), messageId: message.messageId ?? null, to: message.to ?? null,
      properties: Object.fromEntries(message.properties.propertyList.map(({ key, value }) => [key, value])),
    });
    if (request.settle) void device.client[request.settle](message);
  });
  return {};
}

async function settle(request) {
  const device = devices.get(request.client);
  await naming(device.client[request.how](device.messages[request.index]));
  return {};
}

/** Answers a method with what was called, or leaves it without an answer. */
async function method(request) {
  devices.get(request.client).client.onDeviceMethod(request.name, (call, response) => {
    write({ event: 'method', client: request.client, name: call.methodName, payload: JSON.stringify(call.payload) });
    if (request.silent) return;
    response.send(request.status ?? 200, { echo: call.payload }, (error) => {
      if (error) write({ event: 'error', client: request.client, error: String(error.message) });
    });
  });
  return {};
}

async function twinGet(request) {
  const device = devices.get(request.client);
  device.twin ??= await naming(device.client.getTwin());
  if (request.again) await naming(device.twin.get());
  return { twin: JSON.stringify(device.twin.properties, (key, value) => (typeof value === 'function' ? undefined : value)) };
}

async function twinDesired(request) {
  const device = devices.get(request.client);
  device.twin ??= await naming(device.client.getTwin());
  device.twin.on('properties.desired', (delta) => write({ event: 'desired', client: request.client, delta: JSON.stringify(delta) }));
  return {};
}

async function twinReport(request) {
  const device = devices.get(request.client);
  device.twin ??= await naming(device.client.getTwin());
  await naming(new Promise((resolve, reject) => device.twin.properties.reported.update(request.patch, (error) => (error ? reject(error) : resolve()))));
  return {};
}

async function setToken(request) {
  await naming(devices.get(request.client).client.updateSharedAccessSignature(request.token));
  return {};
}

async function close(request) {
  await naming(devices.get(request.client).client.close());
  devices.delete(request.client);
  return {};
}

// ---- Services --------------------------------------------------------------------------------------------------------------------

async function service(request) {
  const client = iothub.Client.fromConnectionString(request.connectionString, request.transport === 'amqpws' ? iothub.Client.AmqpWs ?? require('azure-iothub/dist/amqp_ws').AmqpWs : undefined);
  services.set(request.client, { client, connectionString: request.connectionString, registry: iothub.Registry.fromConnectionString(request.connectionString) });
  await naming(client.open());
  return {};
}

async function serviceSend(request) {
  const message = new CommonMessage(bytes(request.payload));
  if (request.messageId !== undefined) message.messageId = request.messageId;
  if (request.ack !== undefined) message.ack = request.ack;
  if (request.expiry !== undefined) message.expiryTimeUtc = request.expiry;
  for (const [name, value] of Object.entries(request.properties ?? {})) message.properties.add(name, value);
  await naming(services.get(request.client).client.send(request.device, message));
  return {};
}

async function feedback(request) {
  const { result: receiver } = await naming(services.get(request.client).client.getFeedbackReceiver());
  receiver.on('message', (message) => {
    write({ event: 'feedback', client: request.client, body: base64(message.data) });
    receiver.complete(message, () => {});
  });
  receiver.on('errorReceived', (error) => write({ event: 'error', client: request.client, error: String(error.message ?? error) }));
  return {};
}

async function files(request) {
  await naming(services.get(request.client).client.getFileNotificationReceiver());
  return {};
}

async function invoke(request) {
  const answer = await naming(services.get(request.client).client.invokeDeviceMethod(request.device, {
    methodName: request.name, payload: request.payload ?? null,
    responseTimeoutInSeconds: request.responseTimeout ?? 10, connectTimeoutInSeconds: request.connectTimeout ?? 0,
  }));
  return { result: JSON.stringify(answer.result) };
}

async function updateTwin(request) {
  const { registry } = services.get(request.client);
  const answer = await naming(registry.updateTwin(request.device, request.patch, '*'));
  return { twin: JSON.stringify(answer.responseBody) };
}

async function serviceClose(request) {
  await naming(services.get(request.client).client.close());
  services.delete(request.client);
  return {};
}

// ---- Readers of events -----------------------------------------------------------------------------------------------------------

function reader(request) {
  return new EventHubConsumerClient(request.group ?? '$Default', request.connectionString, { customEndpointAddress: request.endpoint, retryOptions: { maxRetries: 0 } });
}

async function eventHub(request) {
  const client = reader(request);
  try {
    const properties = await naming(client.getEventHubProperties());
    const partitions = [];
    for (const id of properties.partitionIds) partitions.push(await naming(client.getPartitionProperties(id)));
    return { hub: properties, partitions };
  } finally {
    await client.close();
  }
}

/** Reads events from all partitions until there are `count` of a device. */
async function readEvents(request) {
  const client = reader(request);
  const events = [];
  const startPosition = request.from === undefined ? earliestEventPosition : request.from;
  try {
    await new Promise((resolve, reject) => {
      client.subscribe({
        async processEvents(received, context) {
          for (const event of received) {
            if (request.device && event.systemProperties?.['iothub-connection-device-id'] !== request.device) continue;
            events.push({
              partition: context.partitionId, sequence: event.sequenceNumber, offset: String(event.offset), body: base64(Buffer.isBuffer(event.body) ? event.body : Buffer.from(JSON.stringify(event.body))),
              system: Object.fromEntries(Object.entries(event.systemProperties ?? {}).map(([key, value]) => [key, String(value)])),
              properties: event.properties ?? {}, contentType: event.contentType ?? null, messageId: event.messageId ?? null, key: event.partitionKey ?? null,
              enqueued: event.enqueuedTimeUtc?.getTime() ?? 0,
            });
          }
          if (events.length >= request.count) resolve();
        },
        async processError(error) {
          reject(named(error));
        },
      }, { startPosition, maxWaitTimeInSeconds: 1, maxBatchSize: 1000 });
    });
    return { events };
  } finally {
    await client.close();
  }
}

// ---- Raw links: what the SDKs for C# send ----------------------------------------------------------------------------------------

function raw(request) {
  const container = rhea.create_container({ id: crypto.randomUUID() });
  const url = new URL(request.url);
  // A mechanism that rhea does not bring, and then no other: what it says first is nothing.
  const { mechanism, ...options } = request.options ?? {};
  if (mechanism) options.sasl_mechanisms = { [mechanism]: { start: (done) => done(null, ''), step: (_, done) => done(null, '') } };
  const connection = container.connect({
    host: url.hostname, port: Number(url.port), hostname: request.hostname ?? url.hostname, transport: url.protocol === 'amqps:' ? 'tls' : 'tcp', rejectUnauthorized: true,
    servername: url.hostname, reconnect: false, channel_max: 8191, max_frame_size: 65536, ...options,
  });
  const state = { connection, links: new Map(), sessions: new Map(), deliveries: [] };
  raws.set(request.client, state);
  const name = request.client;
  connection.on('connection_close', (context) => write({ event: 'connection_close', client: name, error: context.connection.error?.condition ?? '' }));
  connection.on('disconnected', () => write({ event: 'disconnected', client: name }));
  return new Promise((resolve, reject) => {
    connection.once('connection_open', (context) => resolve({ container: context.connection.container_id, maxFrame: context.connection.max_frame_size ?? 0 }));
    connection.once('connection_error', (context) => reject(new Error(context.connection.error?.condition ?? 'connection_error')));
    connection.once('disconnected', (context) => reject(new Error(`disconnected: ${context.error?.message ?? ''}`)));
  });
}

function sessionOf(state, name) {
  if (!name) return state.connection;
  if (!state.sessions.has(name)) {
    const session = state.connection.create_session();
    session.begin();
    session.on('session_error', () => {});
    session.on('session_close', () => {});
    state.sessions.set(name, session);
  }
  return state.sessions.get(name);
}

const plain = (value) => (value === null || value === undefined ? null
  : Buffer.isBuffer(value) ? value.toString('hex')
  : typeof value === 'object' && 'value' in value ? { type: value.type?.name ?? null, value: plain(value.value) }
  : value instanceof Date ? value.getTime() : value);

const plainMap = (map) => (map ? Object.fromEntries(Object.entries(map).map(([key, value]) => [key, plain(value)])) : null);

/** Attaches a link; done when the peer has answered, with what it answered. */
function rawAttach(request) {
  const state = raws.get(request.client);
  const session = sessionOf(state, request.session);
  const options = { ...(request.attach ?? {}), name: request.name ?? request.link };
  if (request.role === 'receiver') Object.assign(options, { source: request.address === undefined ? request.source : { address: request.address, ...(request.source ?? {}) }, credit_window: 0, autoaccept: false, autosettle: request.autosettle ?? true });
  else Object.assign(options, { target: { address: request.address }, autosettle: request.autosettle ?? true });
  if (request.properties) options.properties = typed(request.properties);
  if (request.filter) options.source.filter = rhea.filter ? { 'apache.org:selector-filter:string': rhea.types.wrap_described(request.filter, 0x468c00000004) } : undefined;
  const link = request.role === 'receiver' ? session.open_receiver(options) : session.open_sender(options);
  state.links.set(request.link, link);
  const name = request.link;
  link.on('receiver_close', (context) => write({ event: 'detached', client: request.client, link: name, condition: context.receiver.error?.condition ?? '', description: context.receiver.error?.description ?? '' }));
  link.on('sender_close', (context) => write({ event: 'detached', client: request.client, link: name, condition: context.sender.error?.condition ?? '', description: context.sender.error?.description ?? '' }));
  for (const event of ['receiver_error', 'sender_error']) link.on(event, () => {});
  for (const event of ['accepted', 'released', 'rejected', 'modified']) {
    link.on(event, (context) => write({
      event: 'outcome', client: request.client, link: name, outcome: event, id: context.delivery.id, settled: context.delivery.remote_settled ?? null,
      condition: context.delivery.remote_state?.error?.condition ?? '',
    }));
  }
  link.on('settled', (context) => write({
    event: 'settled', client: request.client, link: name, id: context.delivery.id,
    outcome: context.delivery.remote_state?.constructor?.composite_type ?? '',
    condition: context.delivery.remote_state?.error?.condition ?? '',
  }));
  link.on('message', (context) => {
    const { message, delivery } = context;
    const index = state.deliveries.push(delivery) - 1;
    if (name === 'cbs-in') return; // answered by `cbs`
    write({
      event: 'raw', client: request.client, link: name, index, tag: Buffer.from(delivery.tag).toString('hex'), settled: delivery.remote_settled ?? null,
      correlationId: plain(message.correlation_id), messageId: plain(message.message_id), annotations: plainMap(message.message_annotations),
      application: plainMap(message.application_properties), body: message.body?.content ? base64(message.body.content) : plain(message.body), to: message.to ?? null,
    });
  });
  if (request.credit) link.add_credit(request.credit);
  return new Promise((resolve) => {
    const done = () => resolve({
      remote: {
        snd: link.remote.attach?.snd_settle_mode ?? null, rcv: link.remote.attach?.rcv_settle_mode ?? null, initial: link.remote.attach?.initial_delivery_count ?? null,
        max: link.remote.attach?.max_message_size === undefined ? null : Number(link.remote.attach.max_message_size),
        source: link.remote.attach?.source?.address ?? null, target: link.remote.attach?.target?.address ?? null,
      },
    });
    link.once('receiver_open', done);
    link.once('sender_open', done);
  });
}

/** Types that JSON cannot say: {uuid}, {string}, {int}, {small}, {long}, {hex}, {symbol}. */
function typed(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(typed);
  const { types } = rhea;
  if ('uuid' in value) return types.wrap_uuid(Buffer.from(value.uuid.replaceAll('-', ''), 'hex'));
  if ('int' in value) return types.wrap_int(value.int);
  if ('long' in value) return types.wrap_long(value.long);
  if ('ulong' in value) return types.wrap_ulong(value.ulong);
  if ('timestamp' in value) return types.wrap_timestamp(value.timestamp);
  if ('symbol' in value) return types.wrap_symbol(value.symbol);
  if ('hex' in value) return Buffer.from(value.hex, 'hex');
  if ('data' in value) return rhea.message.data_section(bytes(value.data));
  if ('datas' in value) return rhea.message.data_sections(value.datas.map(bytes));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, typed(inner)]));
}

/** Sends a message; done with the outcome, unless it is sent settled. */
function rawSend(request) {
  const link = raws.get(request.client).links.get(request.link);
  const message = typed(request.message);
  const go = () => (request.format === undefined ? link.send(message, request.tag ? Buffer.from(request.tag, 'hex') : undefined)
    : link.send(request.encoded ? bytes(request.encoded) : rhea.message.encode(message), undefined, request.format));
  return new Promise((resolve) => {
    const act = () => {
      const delivery = go();
      if (request.noWait) return resolve({});
      const end = (outcome) => (context) => {
        if (context.delivery !== delivery) return;
        resolve({ outcome, condition: context.delivery.remote_state?.error?.condition ?? '', description: context.delivery.remote_state?.error?.description ?? '' });
      };
      for (const event of ['accepted', 'released', 'rejected', 'modified']) link.on(event, end(event));
    };
    if (link.sendable()) act();
    else link.once('sendable', act);
  });
}

/** A batch: several encoded messages, each a data section of the delivery. */
function rawBatch(request) {
  const parts = request.messages.map((message) => rhea.message.encode(typed(message)));
  const encoded = rhea.message.encode({ body: rhea.message.data_sections(parts) });
  return rawSend({ ...request, encoded: encoded.toString('base64'), format: 0x80013700 });
}

/** Tells an outcome: settled like the SDK for Node, or not settled like the one for C#. */
function rawSettle(request) {
  const delivery = raws.get(request.client).deliveries[request.index];
  const state = { accepted: () => rhea.message.accepted(), released: () => rhea.message.released(), rejected: () => rhea.message.rejected({}), modified: () => rhea.message.modified({ delivery_failed: true }) }[request.outcome]();
  delivery.update(request.settled ?? true, state.described ? state.described() : state);
  return {};
}

function rawCredit(request) {
  raws.get(request.client).links.get(request.link).add_credit(request.credit);
  return {};
}

/** Detaches a link; done when the peer has answered. */
function rawDetach(request) {
  const link = raws.get(request.client).links.get(request.link);
  return new Promise((resolve) => {
    link.once('receiver_close', () => resolve({}));
    link.once('sender_close', () => resolve({}));
    link.close();
  });
}

async function cbs(request) {
  const { client } = request;
  if (!raws.get(client).links.has('cbs-in')) {
    await rawAttach({ client, link: 'cbs-out', role: 'sender', address: '$cbs', session: request.session });
    await rawAttach({ client, link: 'cbs-in', role: 'receiver', address: '$cbs', session: request.session, credit: 100, attach: { target: { address: 'cbs-reply' } } });
  }
  const receiver = raws.get(client).links.get('cbs-in');
  const answer = new Promise((resolve) => {
    const wait = (context) => {
      receiver.removeListener('message', wait);
      resolve({
        status: plain(context.message.application_properties['status-code']), description: context.message.application_properties['status-description'] ?? '',
        correlationId: plain(context.message.correlation_id),
      });
    };
    receiver.on('message', wait);
  });
  await rawSend({
    client, link: 'cbs-out', noWait: true,
    message: {
      message_id: request.messageId ?? crypto.randomUUID(), to: '$cbs', reply_to: request.replyTo ?? 'cbs-reply',
      application_properties: { operation: request.operation ?? 'put-token', type: 'servicebus.windows.net:sastoken', name: request.name },
      body: request.token,
    },
  });
  receiver.add_credit(1);
  return answer;
}

function rawClose(request) {
  raws.get(request.client).connection.close();
  raws.delete(request.client);
  return {};
}

serve({
  open, send, sendMany, sendBatch, listen, settle, method, twinGet, twinDesired, twinReport, setToken, close,
  service, serviceSend, feedback, files, invoke, updateTwin, serviceClose,
  eventHub, readEvents,
  raw, rawAttach, rawSend, rawBatch, rawSettle, rawCredit, rawDetach, rawClose, cbs,
});
