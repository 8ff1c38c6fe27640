import { h, fill, text } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, badge, field, panel, empty, copyButton } from '../lib/ui.js';
import { moment, quote } from '../lib/format.js';
import { payloadEditor } from '../lib/payloadview.js';
import { propertiesForm, storage } from '../lib/properties.js';
import { toBase64 } from '../lib/payload.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.direct;
const kept = 5;

export function mount(root, context) {
  const d = t.direct;
  let sequence = 0;
  const form = storage.read('direct.form', {});
  const client = h('input', { class: 'mono', required: true, list: 'clients', value: context.query.get('client') ?? form.client ?? '', testid: 'direct-client', spellcheck: 'false', autocomplete: 'off' });
  const clients = h('datalist', { id: 'clients' });
  const online = h('span');
  const topic = h('input', { class: 'mono', required: true, value: form.topic ?? '', placeholder: 'lamp1/command', testid: 'direct-topic', spellcheck: 'false' });
  const payload = payloadEditor(form.payload?.value ?? '{\n  "on": true\n}', form.payload?.view ?? 'json', 'direct-payload');
  const confirm = h('input', { type: 'checkbox', checked: form.confirm ?? true, testid: 'direct-confirm' });
  const timeout = h('input', { type: 'number', min: '1', max: '15', value: form.timeout ?? '5', testid: 'direct-timeout' });
  const properties = propertiesForm(false);
  const send = h('button', { class: 'primary', testid: 'direct-send', disabled: !context.may('operator') }, d.send);
  const result = h('div', { testid: 'direct-result', role: 'status', 'aria-live': 'polite' });
  const history = h('tbody', { testid: 'direct-history' });
  const command = h('div');
  fill(root,
    header(t.nav.direct, d.lead),
    h('div', { class: 'columns' },
      h('section', { class: 'panel' }, h('form', { class: 'stack', onsubmit: event => {
        event.preventDefault();
        run();
      } },
      h('div', null, field(d.client, client, d.clientHint), online), clients, field(d.topic, topic), payload.element, properties.element,
      h('div', { class: 'inline' }, h('label', { class: 'check' }, confirm, d.confirm), field(d.timeout, timeout)),
      h('div', { class: 'bar' }, send, h('span', { class: 'hint' }, d.key)), !context.may('operator') && h('p', { class: 'muted' }, t.needOperator))),
      h('div', null, panel(d.result, result), panel(d.history, h('div', { class: 'scroll', tabindex: '0' }, h('table', null, history))))),
    command);
  fill(result, empty(d.noResult, d.noResultAdvice));
  timeout.disabled = !confirm.checked;
  confirm.addEventListener('change', () => timeout.disabled = !confirm.checked);
  const tellCommand = () => fill(command, cli(`fairlead send ${quote(client.value || 'lamp1')} ${quote(topic.value || 'lamp1/command')} -m ${quote(payload.get().value.replace(/\s*\n\s*/g, ' '))}${confirm.checked ? ` --confirm --timeout ${timeout.value}` : ''}`));
  root.addEventListener('input', tellCommand);
  tellCommand();
  const keys = event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    }
  };
  document.addEventListener('keydown', keys);

  let known = [];
  const stream = live('/v1/console/live/clients?limit=500', {
    view: view => {
      known = view.clients;
      const sorted = [...known].sort((one, other) => Number(other.connected) - Number(one.connected) || one.clientId.localeCompare(other.clientId));
      const shown = sorted.map(one => `${one.clientId}${one.connected}`).join();
      if (clients.dataset.shown !== shown) {
        clients.dataset.shown = shown;
        fill(clients, sorted.map(one => h('option', { value: one.clientId, label: one.connected ? d.online : d.offline })));
      }
      tellOnline();
    },
  });
  client.addEventListener('input', tellOnline);

  function tellOnline() {
    const found = known.find(one => one.clientId === client.value);
    fill(online, client.value && found && badge(found.connected ? d.online : d.offline, found.connected ? 'ok' : 'warn', 'direct-online'));
  }

  async function run() {
    if (!context.may('operator') || !client.reportValidity() || !topic.reportValidity() || !payload.check()) return;
    const mine = ++sequence;
    const one = {
      at: Date.now(), client: client.value, topic: topic.value, payload: payload.get(), confirm: confirm.checked, timeout: timeout.value, properties: properties.get(),
    };
    storage.write('direct.form', one);
    fill(result, h('p', { class: 'muted', testid: 'direct-waiting' }, one.confirm ? d.waiting(one.timeout) : d.sending));
    const given = properties.read() ?? {};
    const headers = {};
    if (given.user) headers['x-amz-mqtt5-user-properties'] = toBase64(new TextEncoder().encode(JSON.stringify(given.user.map(([name, value]) => ({ [name]: value })))));
    if (given.correlationData) headers['x-amz-mqtt5-correlation-data'] = given.correlationData;
    if (given.payloadIsUtf8 !== undefined) headers['x-amz-mqtt5-payload-format-indicator'] = given.payloadIsUtf8 ? 'UTF8_DATA' : 'UNSPECIFIED_BYTES';
    const began = performance.now();
    try {
      const answer = await fetch(api.query(`/connections/${api.segment(one.client)}/messages`, {
        topic: one.topic, confirmation: one.confirm, timeout: one.confirm ? one.timeout : undefined, contentType: given.contentType, responseTopic: given.responseTopic,
      }), { method: 'POST', body: payload.read(), headers: { ...headers, 'Content-Type': 'application/octet-stream' }, credentials: 'same-origin' });
      const document = await answer.json().catch(() => ({}));
      one.status = answer.status;
      one.code = answer.headers.get('x-amzn-ErrorType') ?? '';
      one.message = answer.ok ? '' : document.message ?? '';
      one.trace = answer.headers.get('x-amzn-RequestId') ?? document.traceId ?? '';
    } catch {
      one.status = 0;
      one.message = t.errors.unreachable;
    }
    one.milliseconds = Math.round(performance.now() - began);
    storage.write('direct.history', [one, ...storage.read('direct.history', [])].slice(0, kept));
    // A slow answer must not take the place of that of a later try.
    if (mine === sequence) showResult(one);
    drawHistory();
  }

  function showResult(one) {
    const good = one.status === 200;
    fill(result,
      h('div', { class: `banner ${good ? 'ok' : 'bad'}`, testid: 'direct-banner' },
        h('strong', null, h('span', { testid: 'direct-status' }, one.status || '–'), ' ', good ? (one.confirm ? d.acknowledged : d.sent) : one.code),
        h('span', { testid: 'direct-message' }, good ? '' : one.message), h('span', { class: 'muted' }, good ? '' : d.cures[one.status] ?? '')),
      h('dl', { class: 'facts' },
        h('div', { class: 'fact' }, h('dt', null, d.took), h('dd', null, h('span', { testid: 'direct-milliseconds' }, one.milliseconds), ' ms')),
        h('div', { class: 'fact' }, h('dt', null, d.to), h('dd', { class: 'mono' }, one.client)),
        h('div', { class: 'fact' }, h('dt', null, d.topic), h('dd', { class: 'mono' }, one.topic)),
        h('div', { class: 'fact' }, h('dt', null, d.trace), h('dd', { class: 'mono' }, one.trace || '–', one.trace && copyButton(one.trace)))));
  }

  function drawHistory() {
    const all = storage.read('direct.history', []);
    fill(history, all.length === 0 ? h('tr', null, h('td', { class: 'muted' }, d.noHistory)) : all.map(one => h('tr', { testid: 'direct-earlier' },
      h('td', { class: 'nowrap' }, moment(one.at)), h('td', null, badge(one.status || '–', one.status === 200 ? 'ok' : 'bad')),
      h('th', { scope: 'row', class: 'mono' }, one.client), h('td', { class: 'mono' }, one.topic), h('td', { class: 'num' }, `${one.milliseconds} ms`),
      h('td', { class: 'row-actions' }, h('button', { type: 'button', class: 'small', testid: 'direct-again', onclick: () => {
        client.value = one.client;
        topic.value = one.topic;
        payload.set(one.payload);
        properties.set(one.properties);
        confirm.checked = one.confirm;
        timeout.value = one.timeout;
        timeout.disabled = !one.confirm;
        tellOnline();
        run();
      } }, d.again)))));
  }

  drawHistory();
  return () => {
    document.removeEventListener('keydown', keys);
    stream.close();
  };
}
export { text };
