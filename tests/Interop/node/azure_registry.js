'use strict';

// Drives azure-iothub (registry, twins, queries) and devices of azure-iot-device as far as twins go. Trust in the hub's authority comes from
// NODE_EXTRA_CA_CERTS. Requests and answers are JSON lines (driver.js).

const { Client } = require('azure-iot-device');
const { NoRetry } = require('azure-iot-common');
const { Registry } = require('azure-iothub');
const { serve, write } = require('./driver.js');

const transports = {
  amqp: () => require('azure-iot-device-amqp').Amqp,
  mqtt: () => require('azure-iot-device-mqtt').Mqtt,
  http: () => require('azure-iot-device-http').Http,
};
const registries = new Map();
const devices = new Map();

/** An error as tests see it: its class and, of an HTTP answer, status and code. */
async function naming(promise) {
  try {
    return await promise;
  } catch (error) {
    const name = error?.constructor?.name === 'Error' ? error.name : error?.constructor?.name;
    const response = error?.response;
    throw new Error(`${name} ${response?.statusCode ?? ''} ${response?.headers?.['iothub-errorcode'] ?? ''}: ${error?.message ?? error}`);
  }
}

/** Calls a method of Registry by its name. */
async function registry(request) {
  if (!registries.has(request.connectionString)) registries.set(request.connectionString, Registry.fromConnectionString(request.connectionString));
  const client = registries.get(request.connectionString);
  const result = await naming(client[request.method](...(request.args ?? [])));
  const body = result?.responseBody !== undefined ? result.responseBody : result;
  return { result: JSON.stringify(body, (key, value) => (key.startsWith('_') ? undefined : value)) };
}

/** Runs a query to its end, page by page. */
async function query(request) {
  if (!registries.has(request.connectionString)) registries.set(request.connectionString, Registry.fromConnectionString(request.connectionString));
  const pages = registries.get(request.connectionString).createQuery(request.query, request.pageSize);
  const sizes = [];
  const results = [];
  while (pages.hasMoreResults) {
    const page = await naming(pages.next(pages.continuationToken ?? undefined));
    sizes.push(page.result.length);
    results.push(...page.result);
  }
  return { sizes, results: JSON.stringify(results) };
}

async function open(request) {
  const client = Client.fromConnectionString(request.connectionString, transports[request.transport]());
  client.setRetryPolicy(new NoRetry());
  client.on('error', () => {});
  client.on('disconnect', () => write({ event: 'disconnect', client: request.client }));
  await naming(client.open());
  const twin = request.twin ? await naming(client.getTwin()) : null;
  devices.set(request.client, { client, twin });
  if (twin) {
    // The first call is what is there at the beginning.
    twin.on('properties.desired', (delta) => write({ event: 'desired', client: request.client, delta: JSON.stringify(delta) }));
  }
  return { twin: twin ? JSON.stringify(twin.properties, (key, value) => (key === 'update' ? undefined : value)) : null };
}

async function report(request) {
  const { twin } = devices.get(request.client);
  await naming(new Promise((resolve, reject) => twin.properties.reported.update(request.patch, (error) => (error ? reject(error) : resolve()))));
  return {};
}

async function readTwin(request) {
  const device = devices.get(request.client);
  device.twin.removeAllListeners('properties.desired');
  const twin = await naming(device.client.getTwin());
  return { twin: JSON.stringify({ desired: twin.properties.desired, reported: twin.properties.reported }) };
}

async function close(request) {
  await naming(devices.get(request.client).client.close());
  devices.delete(request.client);
  return {};
}

serve({ registry, query, open, report, readTwin, close });
