'use strict';

// Drives the Azure SDKs for Node against a hub: devices over AMQP, MQTT and HTTP, and the HTTP part of the service SDK. One JSON request a
// line on stdin, one answer a line on stdout; events (messages, calls, desired properties) carry no id. See ../README.md.

const { serve, write, base64, bytes, refusal } = require('./driver');
const { Client, Message } = require('azure-iot-device');
const { NoRetry } = require('azure-iot-common');

const transports = {
  Amqp: () => require('azure-iot-device-amqp').Amqp,
  AmqpWs: () => require('azure-iot-device-amqp').AmqpWs,
  Mqtt: () => require('azure-iot-device-mqtt').Mqtt,
  MqttWs: () => require('azure-iot-device-mqtt').MqttWs,
  Http: () => require('azure-iot-device-http').Http,
};
const devices = new Map();

const failed = (error) => refusal(`${error.name}: ${error.message}`, -1, { name: error.name });

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    throw failed(error);
  }
}

const device = (request) => devices.get(request.client);

function made(request) {
  const message = new Message(bytes(request.body));
  if (request.messageId) message.messageId = request.messageId;
  if (request.correlationId) message.correlationId = request.correlationId;
  if (request.contentType) message.contentType = request.contentType;
  if (request.contentEncoding) message.contentEncoding = request.contentEncoding;
  if (request.ack) message.ack = request.ack;
  for (const [name, value] of Object.entries(request.properties ?? {})) message.properties.add(name, value);
  return message;
}

function told(message) {
  return {
    body: base64(message.getData()),
    messageId: message.messageId || null,
    correlationId: message.correlationId || null,
    contentType: message.contentType || null,
    to: message.to || null,
    ack: message.ack || null,
    lockToken: message.lockToken ?? null,
    properties: Object.fromEntries((message.properties?.propertyList ?? []).map(({ key, value }) => [key, value])),
  };
}

serve({
  async open(request) {
    const client = Client.fromConnectionString(request.connectionString, transports[request.transport]());
    const state = { client, messages: new Map(), twin: null, answers: true };
    client.setRetryPolicy(new NoRetry());
    client.on('error', () => {});
    client.on('disconnect', (info) => write({ client: request.client, event: 'disconnect', reason: String(info?.transportObj?.message ?? info) }));
    await attempt(async () => {
      if (request.ca) await client.setOptions({ ca: request.ca, cert: request.cert, key: request.key, http: request.http });
      await client.open();
    });
    devices.set(request.client, state);
  },

  async send(request) {
    await attempt(() => device(request).client.sendEvent(made(request)));
  },

  async batch(request) {
    await attempt(() => device(request).client.sendEventBatch(request.messages.map(made)));
  },

  // Many at once, none waits for the one before.
  async flood(request) {
    const { client } = device(request);
    await attempt(() => Promise.all(Array.from({ length: request.count }, (_, number) => client.sendEvent(new Message(String(number))))));
  },

  async receive(request) {
    const state = device(request);
    state.client.on('message', (message) => {
      const number = state.messages.size + 1;
      state.messages.set(number, message);
      write({ client: request.client, event: 'message', number, ...told(message) });
      if (request.settle) state.client[request.settle](message, () => {});
    });
  },

  async settle(request) {
    const state = device(request);
    await attempt(() => state.client[request.how](state.messages.get(request.number)));
  },

  async method(request) {
    const state = device(request);
    state.client.onDeviceMethod(request.name, (call, answer) => {
      write({ client: request.client, event: 'method', name: call.methodName, payload: call.payload ?? null });
      if (request.status) answer.send(request.status, request.answer, () => {});
    });
  },

  async twin(request) {
    const state = device(request);
    state.twin = await attempt(() => state.client.getTwin());
    return { twin: { desired: state.twin.properties.desired, reported: JSON.parse(JSON.stringify({ ...state.twin.properties.reported, update: undefined })) } };
  },

  async desired(request) {
    device(request).twin.on('properties.desired', (patch) => write({ client: request.client, event: 'desired', patch }));
  },

  async report(request) {
    const { twin } = device(request);
    await attempt(() => new Promise((resolve, reject) => twin.properties.reported.update(request.patch, (error) => (error ? reject(error) : resolve()))));
  },

  async close(request) {
    await attempt(() => device(request).client.close());
    devices.delete(request.client);
  },

  // Service SDK: registry and methods go over HTTPS to port 443 of the host name.
  async invoke(request) {
    const { Client: ServiceClient } = require('azure-iothub');
    const service = ServiceClient.fromConnectionString(request.connectionString);
    const { result } = await attempt(() => service.invokeDeviceMethod(request.deviceId, request.call));
    return { result };
  },

  async addDevice(request) {
    const { Registry } = require('azure-iothub');
    const registry = Registry.fromConnectionString(request.connectionString);
    const { responseBody } = await attempt(() => registry.create({ deviceId: request.deviceId }));
    return { result: responseBody };
  },

  async patchTwin(request) {
    const { Registry } = require('azure-iothub');
    const registry = Registry.fromConnectionString(request.connectionString);
    const { responseBody } = await attempt(() => registry.updateTwin(request.deviceId, JSON.stringify(request.patch), '*'));
    return { result: responseBody };
  },
});
