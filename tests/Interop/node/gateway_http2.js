'use strict';

// The proxy of a site, made of node's http2: two devices post and a third one's stream stays open, all on one connection.
// Arguments: URL, file of the authority (for https), and three times a device and its token. Tells the statuses and the stream's first message.

const fs = require('fs');
const http2 = require('http2');

const [url, authority, ...devices] = process.argv.slice(2);
const session = http2.connect(url, url.startsWith('https:') ? { ca: fs.readFileSync(authority) } : {});
session.on('error', error => { process.stderr.write(`${error}\n`); process.exit(1); });

function post(device, token) {
    return new Promise((resolve, reject) => {
        const request = session.request({ ':method': 'POST', ':path': `/api/${device}`, sas_token: token, 'content-type': 'application/json' });
        request.on('response', head => request.on('end', () => resolve(head[':status'])).resume());
        request.on('error', reject);
        request.end('1');
    });
}

const stream = session.request({ ':path': `/api/${devices[4]}/stream?kinds=messages&ack=auto`, sas_token: devices[5] });
let text = '';
stream.on('data', data => {
    text += data;
    const told = /event: message\ndata: (.*)\n\n/.exec(text);
    if (!told) return;
    Promise.all([post(devices[0], devices[1]), post(devices[2], devices[3])]).then(statuses => {
        process.stdout.write(`${statuses.join(' ')} ${JSON.parse(told[1]).body}`);
        process.exit(0);
    });
});
