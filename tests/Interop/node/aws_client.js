'use strict';

// Drives the npm package `aws-iot-device-sdk-v2`: its MQTT 3.1.1 and MQTT 5 clients, with mutual TLS (the SDK's own builders, ALPN
// included), over WebSocket without request signing, and plain.

const { auth, iot, io, iotshadow, mqtt, mqtt5, mqtt_request_response } = require('aws-iot-device-sdk-v2');
const { serve, write, bytes, base64, refusal } = require('./driver.js');
const identity = require('./aws_identity.js');

const ESTABLISHED = 0; // SubscriptionStatusEventType, which the SDK does not export
const NEVER_MS = 3_600_000; // tests ask for every connection themselves
const clients = new Map();

const defined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

const unsigned = (request, done) => done();

function parse(url) {
  const { protocol, hostname, port } = new URL(url);
  return { scheme: protocol.slice(0, -1), host: hostname, port: Number(port) };
}

function tlsOptions(request) {
  const options = request.cert
    ? io.TlsContextOptions.create_client_with_mtls_from_path(request.cert, request.key)
    : new io.TlsContextOptions();
  options.override_default_trust_store_from_path(undefined, request.ca);
  options.alpn_list = request.alpn ? [request.alpn] : [];
  return options;
}

// ---- MQTT 5 ----------------------------------------------------------------------------------------------------------------------

function publishPacket(given) {
  const properties = given.properties ?? {};
  return defined({
    topicName: given.topic,
    payload: bytes(given.payload),
    qos: given.qos,
    retain: given.retain,
    contentType: properties.contentType,
    responseTopic: properties.responseTopic,
    correlationData: properties.correlationData === undefined ? undefined : bytes(properties.correlationData),
    messageExpiryIntervalSeconds: properties.messageExpiry,
    payloadFormat: properties.payloadFormat,
    topicAlias: properties.topicAlias,
    userProperties: properties.userProperties?.map(([name, value]) => ({ name, value })),
  });
}

const receivedProperties = (message) =>
  defined({
    contentType: message.contentType,
    responseTopic: message.responseTopic,
    correlationData: message.correlationData && base64(message.correlationData),
    messageExpiry: message.messageExpiryIntervalSeconds,
    payloadFormat: message.payloadFormat,
    subscriptionIdentifiers: message.subscriptionIdentifiers,
    userProperties: message.userProperties?.map(({ name, value }) => [name, value]),
  });

function config5(request) {
  const { scheme, host, port } = parse(request.url);
  if (request.builder === 'mtls') {
    return iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromPath(host, request.cert, request.key)
      .withCertificateAuthorityFromPath(undefined, request.ca)
      .withPort(port)
      .build();
  }
  if (request.builder === 'custom-auth') {
    return iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithCustomAuth(host, defined({
      username: request.username, authorizerName: request.authorizer ?? 'local', password: request.authorizer && request.password,
    }))
      .withCertificateAuthorityFromPath(undefined, request.ca)
      .withPort(port)
      .build();
  }
  if (request.builder === 'sigv4') {
    return iot.AwsIotMqtt5ClientConfigBuilder.newWebsocketMqttBuilderWithSigv4Auth(host, {
      region: 'us-east-1',
      credentialsProvider: auth.AwsCredentialsProvider.newStatic(request.accessKey, request.secretKey, request.sessionToken),
    })
      .withCertificateAuthorityFromPath(undefined, request.ca)
      .withPort(port)
      .build();
  }
  return {
    hostName: host,
    port,
    connectProperties: defined({ keepAliveIntervalSeconds: request.keepAlive, username: request.username, password: request.password }),
    tlsCtx: scheme === 'mqtt' || scheme === 'ws' ? undefined : new io.ClientTlsContext(tlsOptions(request)),
    websocketHandshakeTransform: scheme.startsWith('ws') ? unsigned : undefined,
  };
}

function connect5(request) {
  const config = config5(request);
  Object.assign(config.connectProperties, defined({
    keepAliveIntervalSeconds: request.keepAlive,
    clientId: request.clientId,
    sessionExpiryIntervalSeconds: request.sessionExpiry,
    receiveMaximum: request.receiveMaximum,
    will: request.will && publishPacket(request.will),
    willDelayIntervalSeconds: request.will?.delay,
  }));
  config.sessionBehavior = request.clean ? mqtt5.ClientSessionBehavior.Clean : mqtt5.ClientSessionBehavior.RejoinAlways;
  config.minReconnectDelayMs = NEVER_MS;
  config.maxReconnectDelayMs = NEVER_MS;
  config.extendedValidationAndFlowControlOptions = mqtt5.ClientExtendedValidationAndFlowControl.None;
  if (request.topicAliasMaximum) {
    config.topicAliasingOptions = {
      inboundBehavior: mqtt5.InboundTopicAliasBehaviorType.Enabled,
      inboundCacheMaxSize: request.topicAliasMaximum,
      outboundBehavior: mqtt5.OutboundTopicAliasBehaviorType.LRU,
      outboundCacheMaxSize: request.topicAliasMaximum,
    };
  }
  return start5(request.client, new mqtt5.Mqtt5Client(config));
}

function start5(name, client) {
  clients.set(name, { five: true, client });
  return new Promise((resolve, reject) => {
    client.on('connectionSuccess', ({ connack, settings }) =>
      resolve({
        sessionPresent: connack.sessionPresent,
        properties: defined({
          assignedClientIdentifier: connack.assignedClientIdentifier,
          serverKeepAlive: connack.serverKeepAlive,
          receiveMaximum: connack.receiveMaximum,
          maximumQoS: connack.maximumQos,
          maximumPacketSize: connack.maximumPacketSize,
          topicAliasMaximum: connack.topicAliasMaximum,
          sessionExpiry: connack.sessionExpiryInterval,
          reasonString: connack.reasonString,
          negotiatedKeepAlive: settings.serverKeepAlive,
        }),
      }));
    client.on('connectionFailure', ({ error, connack }) =>
      reject(refusal([String(error), connack?.reasonString].filter(Boolean).join(': '), connack?.reasonCode)));
    client.on('messageReceived', ({ message }) =>
      write({
        event: 'message',
        client: name,
        topic: message.topicName,
        payload: base64(message.payload),
        qos: message.qos,
        retain: message.retain,
        dup: false,
        properties: receivedProperties(message),
      }));
    client.on('disconnection', ({ disconnect }) =>
      write({ event: 'disconnected', client: name, reasonCode: disconnect?.reasonCode ?? -1 }));
    client.start();
  });
}

// ---- MQTT 3.1.1 ------------------------------------------------------------------------------------------------------------------

function config3(request) {
  const { scheme, host, port } = parse(request.url);
  const websocket = scheme.startsWith('ws');
  let builder;
  if (request.builder === 'mtls') {
    builder = iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder_from_path(request.cert, request.key)
      .with_certificate_authority_from_path(undefined, request.ca);
  } else if (request.builder === 'custom-auth') {
    builder = iot.AwsIotMqttConnectionConfigBuilder.new_default_builder()
      .with_certificate_authority_from_path(undefined, request.ca)
      .with_custom_authorizer(request.username, request.authorizer ?? 'local', '', request.authorizer ? request.password : 'secret');
  }
  if (request.builder === 'sigv4') {
    builder = iot.AwsIotMqttConnectionConfigBuilder.new_with_websockets()
      .with_certificate_authority_from_path(undefined, request.ca)
      .with_credentials('us-east-1', request.accessKey, request.secretKey, request.sessionToken);
  }
  if (builder) {
    return builder.with_endpoint(host).with_port(port).build();
  }
  return {
    host_name: host,
    port,
    socket_options: new io.SocketOptions(),
    tls_ctx: scheme === 'mqtt' || scheme === 'ws' ? undefined : new io.ClientTlsContext(tlsOptions(request)),
    use_websocket: websocket,
    websocket_handshake_transform: websocket ? unsigned : undefined,
    username: request.username,
    password: request.password,
  };
}

async function connect3(request) {
  const will = request.will;
  const config = Object.assign(config3(request), defined({
    client_id: request.clientId,
    clean_session: request.clean,
    keep_alive: request.keepAlive,
    reconnect_min_sec: NEVER_MS / 1000,
    reconnect_max_sec: NEVER_MS / 1000,
    will: will && { topic: will.topic, payload: bytes(will.payload), qos: will.qos, retain: will.retain },
  }));
  const client = new mqtt.MqttClient().new_connection(config);
  clients.set(request.client, { five: false, client });
  client.on('message', (topic, payload, dup, qos, retain) =>
    write({ event: 'message', client: request.client, topic, payload: base64(payload), qos, retain, dup, properties: {} }));
  client.on('interrupt', () => write({ event: 'disconnected', client: request.client, reasonCode: -1 }));
  client.on('error', () => {});
  const failed = new Promise((_, reject) =>
    client.on('connection_failure', ({ error }) => reject(refusal(String(error), Number(/return code (\d)/i.exec(String(error))?.[1] ?? -1)))));
  const sessionPresent = await Promise.race([client.connect(), failed]);
  return { sessionPresent, properties: {} };
}

// ---- Both ------------------------------------------------------------------------------------------------------------------------

const connect = (request) => (request.version === 5 ? connect5(request) : connect3(request));

async function subscribe(request) {
  const { five, client } = clients.get(request.client);
  if (!five) {
    const granted = await client.subscribe(request.filter, request.qos);
    return { reasonCodes: [granted.error_code ? 0x80 : granted.qos] };
  }
  const suback = await client.subscribe(defined({
    subscriptionIdentifier: request.subscriptionIdentifier,
    subscriptions: [defined({
      topicFilter: request.filter,
      qos: request.qos,
      noLocal: request.noLocal,
      retainAsPublished: request.retainAsPublished,
      retainHandlingType: request.retainHandling,
    })],
  }));
  return { reasonCodes: suback.reasonCodes };
}

async function unsubscribe(request) {
  const { five, client } = clients.get(request.client);
  if (!five) {
    await client.unsubscribe(request.filter);
    return { reasonCodes: [] };
  }
  const unsuback = await client.unsubscribe({ topicFilters: [request.filter] });
  return { reasonCodes: unsuback.reasonCodes };
}

async function publish(request) {
  const { five, client } = clients.get(request.client);
  if (!five) {
    await client.publish(request.topic, bytes(request.payload), request.qos, request.retain);
    return {};
  }
  const puback = await client.publish(publishPacket(request));
  return { reasonCode: puback?.reasonCode ?? 0 };
}

async function publishMany(request) {
  const { five, client } = clients.get(request.client);
  const one = five
    ? (index) => client.publish({ topicName: request.topic, payload: String(index), qos: request.qos })
    : (index) => client.publish(request.topic, String(index), request.qos);
  await Promise.all(Array.from({ length: request.count }, (_, index) => one(index)));
}

async function disconnect(request) {
  const { five, client } = clients.get(request.client);
  if (!five) {
    await client.disconnect();
    return;
  }
  const stopped = new Promise((resolve) => client.once('stopped', resolve));
  client.stop(defined({ reasonCode: request.reasonCode ?? 0, sessionExpiryIntervalSeconds: request.sessionExpiry }));
  await stopped;
  client.close();
}

// ---- The SDK's shadow client -----------------------------------------------------------------------------------------------------

function shadows(request) {
  const entry = clients.get(request.client);
  const options = { maxRequestResponseSubscriptions: 6, maxStreamingSubscriptions: 4, operationTimeoutInSeconds: 15 };
  entry.shadows ??= entry.five
    ? iotshadow.IotShadowClientv2.newFromMqtt5(entry.client, options)
    : iotshadow.IotShadowClientv2.newFromMqtt311(entry.client, options);
  return entry.shadows;
}

/** One request and its response; a rejection is part of the answer. */
async function shadow(request) {
  try {
    return { properties: { accepted: await shadows(request)[request.call](request.arguments) } };
  } catch (error) {
    const modeled = error.modeledError;
    if (!modeled) throw refusal(String(error.message ?? error), -1);
    return { properties: { rejected: modeled } };
  }
}

/** Subscribes to delta or documents; each event comes as a message on the topic `request.name`. */
async function shadowStream(request) {
  const stream = shadows(request)[request.call](request.arguments);
  const established = new Promise((resolve, reject) =>
    stream.on(mqtt_request_response.StreamingOperation.SUBSCRIPTION_STATUS, ({ type, error }) =>
      type === ESTABLISHED ? resolve() : reject(refusal(String(error)))));
  stream.on(mqtt_request_response.StreamingOperation.INCOMING_PUBLISH, ({ message }) =>
    write({ event: 'message', client: request.client, topic: request.name, payload: base64(JSON.stringify(message)), qos: 1, retain: false, dup: false, properties: {} }));
  stream.open();
  await established;
}

serve({ shadow, shadowStream, connect, subscribe, unsubscribe, publish, publishMany, disconnect, ...identity });
