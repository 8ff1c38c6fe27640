// One stream of server-sent events for a page, which comes back by itself. fetch instead of EventSource: it tells why it was refused.
import { problem } from './api.js';

const listeners = new Set();
let present = 'idle';

export function linkState() {
  return present;
}

export function onLinkState(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(state) {
  if (state === present) return;
  present = state;
  for (const listener of listeners) listener(state);
}

const firstWait = 500;
const longestWait = 2000;
// The hub shows every ten seconds that it is there; who hears nothing for longer has lost it.
const longestSilence = 25000;

export function live(path, handlers) {
  let closed = false;
  let controller;
  let timer;
  let silence;
  let wait = firstWait;

  async function run() {
    controller = new AbortController();
    const mine = controller;
    if (present !== 'lost') tell('connecting');
    try {
      const answer = await fetch(typeof path === 'function' ? path() : path, {
        signal: mine.signal, credentials: 'same-origin', cache: 'no-store', headers: { Accept: 'text/event-stream' },
      });
      if (!answer.ok) {
        const why = await problem(answer);
        if (closed) return;
        if (why.status >= 400 && why.status < 500 && why.status !== 429) {
          tell('live');
          handlers.problem?.(why);
          return;
        }
        throw why;
      }
      wait = firstWait;
      tell('live');
      handlers.connected?.();
      await read(answer.body.getReader(), mine);
    } catch { /* told by the state of the link */ }
    clearTimeout(silence);
    if (closed || mine !== controller) return;
    tell('lost');
    timer = setTimeout(run, wait);
    wait = Math.min(wait * 2, longestWait);
  }

  async function read(reader, mine) {
    const decoder = new TextDecoder();
    let rest = '';
    for (;;) {
      clearTimeout(silence);
      silence = setTimeout(() => mine.abort(), longestSilence);
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      let end;
      while ((end = rest.indexOf('\n\n')) >= 0) {
        handle(rest.slice(0, end));
        rest = rest.slice(end + 2);
      }
    }
  }

  function handle(block) {
    if (closed) return;
    let name = 'message';
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('event: ')) name = line.slice(7);
      else if (line.startsWith('data: ')) data += line.slice(6);
    }
    if (data) handlers[name]?.(JSON.parse(data));
  }

  run();
  return {
    restart() {
      clearTimeout(timer);
      const before = controller;
      controller = undefined;
      before?.abort();
      if (!closed) run();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      clearTimeout(silence);
      controller?.abort();
      tell('idle');
    },
  };
}
