'use strict';

// Fleet provisioning with the identity client of `aws-iot-device-sdk-v2`, as its samples do it.

const { iot, iotidentity, mqtt5 } = require('aws-iot-device-sdk-v2');
const { refusal } = require('./driver.js');

const NEVER_MS = 3_600_000;

function open(request) {
  const config = iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromMemory(request.host, request.certPem, request.keyPem)
    .withCertificateAuthorityFromPath(undefined, request.ca)
    .withPort(request.port)
    .withConnectProperties({ clientId: request.clientId, keepAliveIntervalSeconds: 60 })
    .build();
  config.minReconnectDelayMs = NEVER_MS;
  config.maxReconnectDelayMs = NEVER_MS;
  const client = new mqtt5.Mqtt5Client(config);
  return new Promise((resolve, reject) => {
    client.on('error', () => {});
    client.on('connectionSuccess', () => resolve(client));
    client.on('connectionFailure', ({ error, connack }) => reject(refusal(String(error), connack?.reasonCode)));
    client.start();
  });
}

async function close(client) {
  const stopped = new Promise((resolve) => client.once('stopped', resolve));
  client.stop();
  await stopped;
  client.close();
}

/** A refusal of the service: its members travel as properties of the answer. */
async function asked(promise) {
  try {
    return { result: await promise };
  } catch (error) {
    if (!error.modeledError) throw error;
    return { refused: error.modeledError };
  }
}

/** Connects by claim, gets a certificate and provisions itself with it. */
async function provision(request) {
  const client = await open(request);
  try {
    const identity = iotidentity.IotIdentityClientv2.newFromMqtt5(client, {
      maxRequestResponseSubscriptions: 8, maxStreamingSubscriptions: 2, operationTimeoutInSeconds: 15,
    });
    const made = await asked(request.csr
      ? identity.createCertificateFromCsr({ certificateSigningRequest: request.csr })
      : identity.createKeysAndCertificate({}));
    if (made.refused) return { properties: { stage: 'create', ...made.refused } };
    const registered = await asked(identity.registerThing({
      templateName: request.template,
      certificateOwnershipToken: request.token ?? made.result.certificateOwnershipToken,
      parameters: request.parameters,
    }));
    const answer = { properties: { stage: registered.refused ? 'provision' : 'done', ...made.result, ...registered.result, ...registered.refused } };
    identity.close();
    return answer;
  } finally {
    await close(client);
  }
}

/** Connects with a certificate, publishes once and leaves. */
async function visit(request) {
  const client = await open(request);
  try {
    const puback = await client.publish({ topicName: request.topic, payload: 'here', qos: mqtt5.QoS.AtLeastOnce });
    return { reasonCode: puback?.reasonCode ?? 0 };
  } finally {
    await close(client);
  }
}

module.exports = { provision, visit };
