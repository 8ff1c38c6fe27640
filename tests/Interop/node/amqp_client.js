'use strict';

// declare QUEUE [EXCHANGE KEY]: makes a durable queue, and a durable topic exchange that it is bound to.
// drain QUEUE COUNT: takes messages, one line of base64 each, until COUNT different ones have come.

const amqp = require('amqplib');

async function declare(channel, queue, exchange, key) {
  await channel.assertQueue(queue, { durable: true });
  if (!exchange) return;
  await channel.assertExchange(exchange, 'topic', { durable: true });
  await channel.bindQueue(queue, exchange, key || '#');
}

async function drain(channel, queue, count) {
  const different = new Set();
  await channel.prefetch(500);
  await new Promise((resolve, reject) => {
    channel.consume(queue, (message) => {
      if (message === null) return reject(new Error('the queue is gone'));
      const body = message.content.toString('base64');
      process.stdout.write(body + '\n');
      different.add(body);
      channel.ack(message);
      if (different.size >= count) resolve();
    }).catch(reject);
  });
}

async function main() {
  const [url, verb, queue, ...rest] = process.argv.slice(2);
  const connection = await amqp.connect(url);
  const channel = await connection.createChannel();
  if (verb === 'declare') await declare(channel, queue, ...rest);
  else await drain(channel, queue, Number(rest[0]));
  await connection.close();
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
