import { h, fill, append, text } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, banner, button, badge, field, select, later, downloadFrom, toast } from '../lib/ui.js';
import { count, duration, quote } from '../lib/format.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.logs;
const mostShown = 500;
const told = ['timestamp', 'logLevel', 'eventType', 'status', 'clientId', 'topicName', 'reason', 'details', 'traceId', 'accountId', 'protocol'];

export function mount(root, context) {
  const l = t.logs;
  const q = context.query;
  const client = h('input', { class: 'mono', value: q.get('client') ?? '', testid: 'log-client', spellcheck: 'false' });
  const topic = h('input', { class: 'mono', value: q.get('topic') ?? '', placeholder: 'lamp1/#', testid: 'log-topic', spellcheck: 'false' });
  const address = h('input', { class: 'mono', value: q.get('address') ?? '', testid: 'log-address', spellcheck: 'false' });
  const level = select([['', l.all], ['error', 'ERROR'], ['warn', 'WARN'], ['info', 'INFO'], ['debug', 'DEBUG']], q.get('level') ?? '', { testid: 'log-level' });
  const problem = h('div');
  const lines = h('div', { class: 'log', role: 'log', testid: 'log', tabindex: '0', 'aria-label': l.lines });
  const skipped = h('span', { class: 'warn-text', testid: 'log-skipped' });
  const shown = h('span', { class: 'muted', testid: 'log-count' });
  const traces = h('div', { class: 'chips', testid: 'traces' });
  const pause = button(t.topics.pause, () => {
    paused = !paused;
    text(pause, paused ? t.topics.resume : t.topics.pause);
    pause.setAttribute('aria-pressed', String(paused));
    if (!paused) draw();
  }, { testid: 'log-pause' });
  const trace = button(l.trace, begin, { testid: 'trace', disabled: !context.may('operator') });
  const save = button(l.download, () => downloadFrom(api.query('/v1/logs', { client: client.value, topic: topic.value, address: address.value, level: level.value, limit: 10000 }), 'log.ndjson'), { testid: 'log-download' });
  const command = h('div');
  let paused = false;
  let missing = 0;
  let fresh = [];
  let running = [];
  fill(root,
    header(t.nav.logs, l.lead),
    h('div', { class: 'grid four' }, field(l.client, client), field(l.topic, topic), field(l.address, address), field(l.level, level)),
    h('div', { class: 'bar' }, trace, h('span', { class: 'hint' }, l.traceHint), h('span', { class: 'grow' }), shown, skipped, pause, button(t.test.clear, () => {
      forget();
      draw();
    }, { testid: 'log-clear' }), save),
    traces, problem, lines, command);

  const stream = live(() => api.query('/v1/console/logs', { client: client.value, topic: topic.value, address: address.value, level: level.value, limit: 200 }), {
    problem: error => fill(problem, banner(l.failed, error)),
    connected: () => {
      fill(problem);
      forget();
    },
    lines: batch => {
      // Nobody has seen these yet; while one reads what is there, the oldest of them go.
      fresh = fresh.concat(batch.lines).slice(-mostShown);
      missing += batch.skipped;
      if (!paused) draw();
    },
  });
  const restart = later(() => {
    remember();
    stream.restart();
  }, 250);
  for (const input of [client, topic, address, level]) input.addEventListener('input', restart);

  function remember() {
    context.remember(api.query('/console/logs', { client: client.value, topic: topic.value, address: address.value, level: level.value }));
    fill(command, cli(`fairlead log tail${client.value ? ` --client ${quote(client.value)}` : ''}${topic.value ? ` --topic ${quote(topic.value)}` : ''}${level.value ? ` --level ${level.value}` : ''}`,
      ...(client.value ? [`fairlead client trace ${quote(client.value)}`] : [])));
    trace.disabled = !client.value || !context.may('operator');
  }

  function forget() {
    fresh = [];
    missing = 0;
    fill(lines);
  }

  let drawing = false;
  function draw() {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      text(skipped, missing ? t.test.skipped(count(missing)) : '');
      if (fresh.length === 0 && !lines.querySelector('.log-line')) {
        text(shown, l.shown(count(0)));
        fill(lines, empty(l.none, client.value ? l.noneClient : l.noneAdvice));
        return;
      }
      const bottom = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
      if (lines.querySelector('.empty')) fill(lines);
      // Rows that are there stay: drawing all of them again for each batch would take the page's time at thousands of lines a second.
      append(lines, fresh.map(line));
      fresh = [];
      while (lines.childElementCount > mostShown) lines.firstChild.remove();
      text(shown, l.shown(count(lines.childElementCount)));
      if (bottom) lines.scrollTop = lines.scrollHeight;
    });
  }

  function line(one) {
    const rest = Object.entries(one).filter(([key]) => !told.includes(key)).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ');
    const bad = one.status === 'Failure' || one.logLevel === 'ERROR';
    return h('div', { class: `log-line${bad ? ' bad' : ''}`, testid: 'log-line', 'data-event': one.eventType },
      h('span', { class: 'muted nowrap' }, one.timestamp?.slice(11) ?? ''), h('span', { class: `level ${(one.logLevel ?? '').toLowerCase()}` }, one.logLevel ?? ''), h('b', null, one.eventType),
      one.clientId && h('a', { href: api.query('/console/logs', { client: one.clientId }) }, one.clientId), one.topicName && h('span', null, one.topicName),
      one.reason && h('span', { class: 'warn-text' }, one.reason), one.details && h('span', null, one.details), rest && h('span', { class: 'muted' }, rest));
  }

  async function begin() {
    try {
      running = (await api.post('/v1/console/traces', { clientId: client.value })).traces;
      toast(l.traceStarted(client.value));
      drawTraces();
    } catch (error) {
      fill(problem, banner(l.traceFailed, error));
    }
  }

  function drawTraces() {
    const now = Date.now();
    running = running.filter(one => one.endsAt > now);
    fill(traces, running.map(one => h('span', { class: 'chip key-0', testid: 'trace-chip' }, l.tracing(one.clientId, duration(one.endsAt - now)),
      h('button', { type: 'button', class: 'link', testid: 'trace-download', onclick: () => downloadFrom(api.query('/v1/logs', { client: one.clientId, limit: 10000 }), `trace-${one.clientId}.ndjson`) }, l.download),
      h('button', { type: 'button', class: 'icon', 'aria-label': l.stop, testid: 'trace-stop', onclick: async () => {
        running = (await api.del(`/v1/console/traces/${api.segment(one.clientId)}`).catch(() => ({ traces: [] }))).traces;
        drawTraces();
      } }, '×'))));
  }

  api.get('/v1/console/traces').then(found => {
    running = found.traces;
    drawTraces();
  }).catch(() => { /* the stream tells what is wrong */ });
  const clock = setInterval(drawTraces, 1000);
  remember();
  return () => {
    clearInterval(clock);
    stream.close();
  };
}
export { badge };
