// A thing with certificate and policy, and the files that its device needs. The same as 'fairlead thing create' makes.
import * as api from './api.js';
import { zip } from './zip.js';
import { quote } from './format.js';

export const isName = name => /^[A-Za-z0-9_:-][A-Za-z0-9_.:-]{0,127}$/.test(name);

export function defaultPolicy(thing, prefix) {
  const shadow = `$aws/things/${thing}/shadow/*`;
  const allow = (actions, resources) => ({ Effect: 'Allow', Action: actions, Resource: resources.map(resource => prefix + resource) });
  return {
    Version: '2012-10-17',
    Statement: [
      allow(['iot:Connect'], [`client/${thing}`, `client/${thing}/*`]),
      allow(['iot:Publish', 'iot:RetainPublish', 'iot:Receive'], [`topic/${thing}/*`]),
      allow(['iot:Subscribe'], [`topicfilter/${thing}/*`, `topicfilter/${shadow}`]),
      allow(['iot:Publish', 'iot:Receive'], [`topic/${shadow}`]),
      allow(['iot:GetThingShadow', 'iot:UpdateThingShadow', 'iot:DeleteThingShadow', 'iot:ListNamedShadowsForThing'], [`thing/${thing}`, `thing/${thing}/*`]),
    ],
  };
}

export async function createThing(thing) {
  const hub = await api.get('/v1/hub');
  const path = `/things/${api.segment(thing)}`;
  let exists = true;
  try {
    await api.get(path);
  } catch (error) {
    if (error.status !== 404) throw error;
    exists = false;
  }
  if (exists) throw new api.ApiError(409, 'ThingExists', `There is a thing ${thing} already.`);
  await api.post(path, {});
  return addCertificate(thing, hub);
}

// A certificate with the usual policy; the key is in the answer and nowhere else.
export async function addCertificate(thing, known) {
  const hub = known ?? await api.get('/v1/hub');
  const prefix = `arn:${hub.partition}:iot:${hub.region}:${hub.accountId}:`;
  const certificate = await api.post('/keys-and-certificate?setAsActive=true');
  const policyName = `${thing.replace(/[^A-Za-z0-9+=,.@_-]/g, '_')}-default`;
  const policy = defaultPolicy(thing, prefix);
  try {
    await api.post(`/policies/${api.segment(policyName)}`, { policyDocument: JSON.stringify(policy) });
  } catch (error) {
    if (error.status !== 409) throw error;
  }
  await api.put(`/target-policies/${api.segment(policyName)}`, { target: certificate.certificateArn });
  const attached = await api.request('PUT', `/things/${api.segment(thing)}/principals`, {}, { headers: { 'x-amzn-principal': certificate.certificateArn } });
  await attached.text();
  return { thing, hub, certificate, policyName, policy };
}

// Where devices connect: the name by which this page was reached, the port of the listener for MQTT over TLS.
export async function hubAddress(known) {
  const hub = known ?? await api.get('/v1/hub');
  const port = scheme => hub.listeners.map(one => new RegExp(`^${scheme}://.*:(\\d+)`).exec(one)).find(Boolean)?.[1];
  return { host: hub.endpointHost ?? location.hostname, port: port('mqtts') ?? port('tls'), plain: port('mqtt') };
}

export function kitFile(kit, address) {
  const { thing, certificate, hub, policy } = kit;
  const pair = certificate.keyPair;
  const connect = {
    thing, clientId: thing, host: address.host, port: Number(address.port), ...(hub.rootCa ? { rootCa: 'root-CA.crt' } : {}),
    certificate: `${thing}.cert.pem`, privateKey: `${thing}.private.key`, certificateId: certificate.certificateId, region: hub.region,
  };
  const files = [
    { name: `${thing}.cert.pem`, text: certificate.certificatePem, mode: 0o644 },
    { name: `${thing}.private.key`, text: pair.PrivateKey, mode: 0o600 },
    { name: `${thing}.public.key`, text: pair.PublicKey, mode: 0o644 },
    { name: `${thing}-policy.json`, text: `${JSON.stringify(policy, null, 2)}\n`, mode: 0o644 },
    { name: 'connect.json', text: `${JSON.stringify(connect, null, 2)}\n`, mode: 0o644 },
  ];
  if (hub.rootCa) files.push({ name: 'root-CA.crt', text: hub.rootCa, mode: 0o644 });
  const trust = hub.rootCa ? '--cafile root-CA.crt' : '--tls-use-os-certs';
  const common = `-h ${quote(address.host)} -p ${address.port} ${trust} --cert ${quote(`${thing}.cert.pem`)} --key ${quote(`${thing}.private.key`)}`;
  const publish = `mosquitto_pub ${common} -i ${quote(thing)} -q 1 -t ${quote(`${thing}/temp`)} -m 21.5`;
  const subscribe = `mosquitto_sub ${common} -i ${quote(`${thing}/sub`)} -t ${quote(`${thing}/#`)} -v`;
  files.push({ name: 'README.txt', text: `Connection kit of ${thing}\n\n${thing}.private.key is the identity of the device: whoever has it is ${thing}. Keep it secret.\n\n${publish}\n\n${subscribe}\n`, mode: 0o644 });
  return {
    blob: () => zip(files),
    unpack: `unzip ${quote(`${thing}.zip`)} -d ${quote(thing)} && cd ${quote(thing)}`,
    publish,
    subscribe,
  };
}
