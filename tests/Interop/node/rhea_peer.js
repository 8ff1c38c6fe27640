'use strict';

// client VERSION PORT SASL MAXFRAME: sends to a node and reads back from it; says what went wrong, or "ok".
// server VERSION SASL: queues by address; says its port, then serves until its input ends.
// VERSION is 1 (the one that the Azure SDKs bundle) or 3; SASL is none, anonymous or plain.

const [mode, version, ...rest] = process.argv.slice(2);
const rhea = require(version === '1' ? './node_modules/azure-iot-amqp-base/node_modules/rhea' : 'rhea');
const container = rhea.create_container ? rhea.create_container() : rhea;

function messages() {
  const all = [];
  for (let i = 0; i < 500; i++) all.push({ message_id: i, body: `message ${i}` });
  all.push({ message_id: 'large', body: rhea.message.data_section(Buffer.alloc(60 * 1024, 'a')) });
  all.push({ message_id: 'larger', body: rhea.message.data_section(Buffer.alloc(250 * 1024, 'b')) });
  all.push({
    message_id: 'types',
    correlation_id: 'c',
    content_type: 'application/json',
    application_properties: { text: 'x', number: 5, flag: true, wide: rhea.types.wrap_ulong(7), none: null },
    message_annotations: { 'x-opt-a': rhea.types.wrap_int(200), 'x-opt-b': 'y' },
    body: rhea.message.data_section(Buffer.from('{"t":20}')),
  });
  all.push({ message_id: 'sections', body: rhea.message.data_sections ? rhea.message.data_sections([Buffer.from('a'), Buffer.from('b')]) : 'one' });
  all.push({ message_id: 'sequence', body: rhea.message.sequence_section([1, 'two', { three: 3 }]) });
  return all;
}

function same(a, b) {
  const plain = (value) => JSON.stringify(value, (key, item) => (key === 'buffer' || item === undefined ? undefined : item));
  for (const key of ['message_id', 'correlation_id', 'content_type']) if (plain(a[key]) !== plain(b[key])) return key;
  if (a.application_properties && b.application_properties.text !== 'x') return 'application_properties';
  const content = (body) => (body && body.content !== undefined ? [].concat(body.content).map(String).join('|') : String(body));
  return content(a.body) === content(b.body) ? null : 'body';
}

function client(port, sasl, frame) {
  const wanted = messages();
  const options = { host: '127.0.0.1', port: Number(port), reconnect: false, max_frame_size: Number(frame), idle_time_out: 20000 };
  if (sasl === 'anonymous') options.username = 'anonymous';
  if (sasl === 'plain') Object.assign(options, { username: 'user', password: 'secret' });
  if (sasl === 'denied') Object.assign(options, { username: 'user', password: 'wrong' });
  const connection = container.connect(options);
  let sent = 0;
  let accepted = 0;
  let received = 0;
  const fail = (why) => { process.stdout.write(`failed: ${why}\n`); process.exit(1); };
  const finish = () => { if (accepted === wanted.length && received === wanted.length) connection.close(); };
  container.on('sendable', ({ sender }) => { while (sent < wanted.length && sender.sendable()) sender.send(wanted[sent++]); });
  container.on('accepted', () => { accepted++; finish(); });
  for (const event of ['rejected', 'released', 'modified']) container.on(event, () => fail(event));
  container.on('message', ({ message }) => {
    const difference = same(wanted[received], message);
    if (difference) fail(`message ${received} differs in ${difference}: ${JSON.stringify(message).slice(0, 300)}`);
    received++;
    finish();
  });
  container.on('connection_open', () => {
    connection.open_sender('/queue/rhea');
    connection.open_receiver({ source: '/queue/rhea', credit_window: 20 });
  });
  container.on('connection_close', () => { process.stdout.write('ok\n'); process.exit(0); });
  for (const event of ['connection_error', 'session_error', 'sender_error', 'receiver_error', 'protocol_error', 'error'])
    container.on(event, (context) => fail(`${event} ${context.connection ? context.connection.error || '' : context}`));
  container.on('disconnected', (context) => fail(`disconnected ${context.error || ''}`));
}

function server(sasl) {
  const queues = new Map();
  const queue = (address) => { if (!queues.has(address)) queues.set(address, { items: [], senders: [] }); return queues.get(address); };
  const pump = (node) => {
    for (const sender of node.senders) while (node.items.length > 0 && sender.sendable()) sender.send(node.items.shift());
  };
  if (sasl === 'anonymous') container.sasl_server_mechanisms.enable_anonymous();
  if (sasl === 'plain') container.sasl_server_mechanisms.enable_plain((name, password) => name === 'user' && password === 'secret');
  container.on('sender_open', ({ sender }) => {
    if (sender.source.address === '/refused') { sender.close({ condition: 'amqp:not-found', description: 'no such node' }); return; }
    sender.set_source(sender.source);
    queue(sender.source.address).senders.push(sender);
  });
  container.on('receiver_open', ({ receiver }) => { receiver.set_target(receiver.target); });
  container.on('message', ({ message, receiver }) => { const node = queue(receiver.target.address); node.items.push(message); pump(node); });
  container.on('sendable', ({ sender }) => { if (sender.source.address) pump(queue(sender.source.address)); });
  for (const event of ['protocol_error', 'error']) container.on(event, (context) => process.stderr.write(`${event} ${context.message || context}\n`));
  for (const event of ['disconnected', 'connection_error', 'connection_close', 'session_close', 'sender_close', 'receiver_close']) container.on(event, () => {});
  const listener = container.listen({ port: 0, host: '127.0.0.1', max_frame_size: 4096 });
  listener.on('listening', () => process.stdout.write(`${listener.address().port}\n`));
  process.stdin.on('end', () => process.exit(0));
  process.stdin.resume();
}

if (mode === 'client') client(...rest);
else server(...rest);
