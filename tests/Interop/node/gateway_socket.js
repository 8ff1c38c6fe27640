'use strict';

// Devices that hold a stream of the gateway open over a WebSocket, by the package ws. Trust in an authority comes from NODE_EXTRA_CA_CERTS.

const WebSocket = require('ws');
const { serve, write } = require('./driver.js');

const sockets = new Map();

/** Opens a stream; what the gateway says comes as events. */
function open(request) {
  const socket = new WebSocket(request.url, { headers: request.headers ?? {} });
  sockets.set(request.client, socket);
  socket.on('message', (data) => write({ event: 'frame', client: request.client, frame: JSON.parse(data.toString()) }));
  socket.on('close', (code) => write({ event: 'closed', client: request.client, code }));
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({}));
    socket.once('unexpected-response', (_, response) => reject(new Error(`status ${response.statusCode}`)));
    socket.once('error', (error) => reject(error));
  });
}

function say(request) {
  sockets.get(request.client).send(request.text);
  return {};
}

/** Leaves without a word. */
function drop(request) {
  sockets.get(request.client).terminate();
  return {};
}

serve({ open, say, drop });
