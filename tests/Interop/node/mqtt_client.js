'use strict';

// Drives the npm package `mqtt` (MQTT.js): MQTT 3.1, 3.1.1 and 5 over TCP, TLS and WebSocket.

const fs = require('node:fs');
const mqtt = require('mqtt');
const { serve, write, bytes, base64, refusal } = require('./driver.js');

const clients = new Map();

const groupUserProperties = (pairs) => {
  const grouped = {};
  for (const [key, value] of pairs) (grouped[key] ??= []).push(value);
  return grouped;
};

const listUserProperties = (grouped) =>
  Object.entries(grouped ?? {}).flatMap(([key, value]) => [value].flat().map((one) => [key, one]));

const defined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

function publishProperties(given) {
  if (!given) return undefined;
  return defined({
    contentType: given.contentType,
    responseTopic: given.responseTopic,
    correlationData: given.correlationData === undefined ? undefined : bytes(given.correlationData),
    messageExpiryInterval: given.messageExpiry,
    payloadFormatIndicator: given.payloadFormat === undefined ? undefined : given.payloadFormat === 1,
    topicAlias: given.topicAlias,
    userProperties: given.userProperties && groupUserProperties(given.userProperties),
  });
}

function receivedProperties(received) {
  if (!received) return {};
  return defined({
    contentType: received.contentType,
    responseTopic: received.responseTopic,
    correlationData: received.correlationData && base64(received.correlationData),
    messageExpiry: received.messageExpiryInterval,
    payloadFormat: received.payloadFormatIndicator === undefined ? undefined : Number(received.payloadFormatIndicator),
    topicAlias: received.topicAlias,
    subscriptionIdentifiers: received.subscriptionIdentifier === undefined ? undefined : [received.subscriptionIdentifier].flat(),
    userProperties: received.userProperties && listUserProperties(received.userProperties),
  });
}

function connectOptions(request) {
  const five = request.version === 5;
  const will = request.will;
  return defined({
    protocolVersion: request.version,
    protocolId: request.version === 3 ? 'MQIsdp' : 'MQTT',
    clientId: request.clientId,
    clean: request.clean,
    keepalive: request.keepAlive,
    username: request.username,
    password: request.password,
    reconnectPeriod: 0,
    connectTimeout: 20_000,
    resubscribe: false,
    ca: request.ca && fs.readFileSync(request.ca),
    cert: request.cert && fs.readFileSync(request.cert),
    key: request.key && fs.readFileSync(request.key),
    ALPNProtocols: request.alpn && [request.alpn],
    wsOptions: request.headers && { headers: request.headers },
    autoUseTopicAlias: five && request.useTopicAliases === true ? true : undefined,
    properties: five
      ? defined({
          sessionExpiryInterval: request.sessionExpiry,
          receiveMaximum: request.receiveMaximum,
          topicAliasMaximum: request.topicAliasMaximum,
        })
      : undefined,
    will: will && {
      topic: will.topic,
      payload: bytes(will.payload),
      qos: will.qos,
      retain: will.retain,
      properties: five ? { ...publishProperties(will.properties), willDelayInterval: will.delay ?? 0 } : undefined,
    },
  });
}

function connect(request) {
  return new Promise((resolve, reject) => {
    const client = mqtt.connect(request.url, connectOptions(request));
    const state = { client, five: request.version === 5 };
    clients.set(request.client, state);
    client.on('connect', (connack) => {
      state.window = connack.properties?.receiveMaximum ?? (state.five ? 65_535 : Infinity);
      resolve({ sessionPresent: connack.sessionPresent, properties: connackProperties(connack.properties) });
    });
    client.on('error', (error) => reject(refusal(error.message, error.code)));
    client.on('message', (topic, payload, packet) =>
      write({
        event: 'message',
        client: request.client,
        topic,
        payload: base64(payload),
        qos: packet.qos,
        retain: packet.retain,
        dup: packet.dup,
        properties: receivedProperties(packet.properties),
      }));
    client.on('disconnect', (packet) => { state.reasonCode = packet.reasonCode; });
    client.on('close', () => {
      reject(refusal('closed before CONNACK'));
      write({ event: 'disconnected', client: request.client, reasonCode: state.reasonCode ?? -1 });
    });
  });
}

const connackProperties = (properties) =>
  defined({
    assignedClientIdentifier: properties?.assignedClientIdentifier,
    serverKeepAlive: properties?.serverKeepAlive,
    receiveMaximum: properties?.receiveMaximum,
    maximumQoS: properties?.maximumQoS,
    maximumPacketSize: properties?.maximumPacketSize,
    topicAliasMaximum: properties?.topicAliasMaximum,
    sessionExpiry: properties?.sessionExpiryInterval,
    reasonString: properties?.reasonString,
  });

function subscribe(request) {
  const { client, five } = clients.get(request.client);
  const options = five
    ? defined({
        qos: request.qos,
        nl: request.noLocal,
        rap: request.retainAsPublished,
        rh: request.retainHandling,
        properties: request.subscriptionIdentifier && { subscriptionIdentifier: request.subscriptionIdentifier },
      })
    : { qos: request.qos };
  return new Promise((resolve, reject) =>
    client.subscribe(request.filter, options, (error, granted, suback) => {
      if (suback) resolve({ reasonCodes: suback.granted });
      else reject(refusal(error?.message ?? 'no SUBACK', error?.code));
    }));
}

const unsubscribe = (request) =>
  new Promise((resolve, reject) =>
    clients.get(request.client).client.unsubscribe(request.filter, (error, packet) =>
      error ? reject(refusal(error.message, error.code)) : resolve({ reasonCodes: packet?.granted ?? [] })));

const publish = (request) =>
  new Promise((resolve, reject) => {
    const { client, five } = clients.get(request.client);
    const options = defined({
      qos: request.qos,
      retain: request.retain,
      properties: five ? publishProperties(request.properties) : undefined,
    });
    client.publish(request.topic, bytes(request.payload), options, (error, packet) =>
      error ? reject(refusal(error.message, error.code)) : resolve({ reasonCode: packet?.reasonCode ?? 0 }));
  });

// MQTT.js leaves the server's Receive Maximum to the application.
async function publishMany(request) {
  const { client, window } = clients.get(request.client);
  const open = [];
  for (let index = 0; index < request.count; index++) {
    if (open.length >= window) await open[open.length - window];
    open.push(client.publishAsync(request.topic, String(index), { qos: request.qos }));
  }
  await Promise.all(open);
}

const disconnect = (request) =>
  new Promise((resolve) => {
    const { client, five } = clients.get(request.client);
    const options = five
      ? defined({ reasonCode: request.reasonCode ?? 0, properties: request.sessionExpiry === undefined ? undefined : { sessionExpiryInterval: request.sessionExpiry } })
      : {};
    client.end(false, options, () => resolve());
  });

/** Drops the connection without a DISCONNECT. */
const destroy = (request) =>
  new Promise((resolve) => {
    const { client } = clients.get(request.client);
    client.once('close', () => resolve());
    client.stream.destroy();
  });

serve({ connect, subscribe, unsubscribe, publish, publishMany, disconnect, destroy });
