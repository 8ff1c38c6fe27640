'use strict';

// An HTTP server that writes each body as a line to a file before it answers with 200. A request to confirm a destination is confirmed by
// opening its enableUrl.

const fs = require('fs');
const http = require('http');
const https = require('https');

const [port, path] = process.argv.slice(2);
const file = fs.openSync(path, 'a');

function confirm(body) {
  const url = new URL(JSON.parse(body).enableUrl);
  // The certificate of the hub is that of its own authority, which is not the matter here.
  const get = url.protocol === 'https:' ? https.get(url, { rejectUnauthorized: false }) : http.get(url);
  get.on('response', (answer) => answer.resume()).on('error', (error) => process.stderr.write(`${error.stack}\n`));
}

http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('utf8');
    if (request.headers['x-amz-rules-engine-message-type'] === 'DestinationConfirmation') confirm(body);
    else fs.writeSync(file, body + '\n');
    response.end('ok');
  });
}).listen(Number(port), '127.0.0.1');
