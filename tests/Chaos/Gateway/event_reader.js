'use strict';

// A consumer of a hub's events, made of rhea: reads all partitions from a place on, tells each event as a JSON line, and goes on behind the
// last one after each loss of the connection, as consumers do.
// Arguments: host, port, user and password of SASL PLAIN, number of partitions.

const rhea = require('rhea');

const [host, port, username, password, partitions] = process.argv.slice(2);
const retryAfter = 100; // milliseconds
const last = new Map();
const container = rhea.create_container({ id: 'event-reader' });

function tell(event) { process.stdout.write(JSON.stringify(event) + '\n'); }

container.on('connection_open', context => {
    for (let partition = 0; partition < Number(partitions); partition++) {
        const source = { address: `/messages/events/ConsumerGroups/$Default/Partitions/${partition}` };
        const behind = last.get(partition);
        if (behind !== undefined)
            source.filter = { 'apache.org:selector-filter:string': rhea.types.wrap_described(`amqp.annotation.x-opt-offset > '${behind}'`, 0x468c00000004) };
        const receiver = context.connection.open_receiver({ name: `events-${partition}`, source, credit_window: 1000 });
        receiver.partition = partition;
    }
});

container.on('receiver_open', context => tell({ event: 'reading', partition: context.receiver.partition }));

container.on('message', context => {
    const annotations = context.message.message_annotations;
    const sequence = Number(annotations['x-opt-sequence-number']);
    const partition = context.receiver.partition;
    last.set(partition, annotations['x-opt-offset']);
    tell({ event: 'read', partition, sequence, device: annotations['iothub-connection-device-id'], id: context.message.message_id, text: context.message.body.content.toString() });
});

for (const lost of ['disconnected', 'connection_close']) {
    container.on(lost, context => {
        if (context.connection.replaced) return;
        context.connection.replaced = true;
        setTimeout(connect, retryAfter);
    });
}
for (const error of ['connection_error', 'receiver_error', 'session_error', 'protocol_error', 'error']) container.on(error, context => process.stderr.write(`${error}: ${context.error ?? context.receiver?.error ?? ''}\n`));

function connect() { container.connect({ host, port: Number(port), username, password, reconnect: false }); }

connect();
process.stdin.on('end', () => process.exit(0)).resume();
