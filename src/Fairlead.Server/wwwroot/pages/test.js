import { h, fill, text } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, banner, button, badge, field, select, toast } from '../lib/ui.js';
import { count, quote, time } from '../lib/format.js';
import { asText, bestView, fromBase64, show, toBase64, views } from '../lib/payload.js';
import { payloadEditor } from '../lib/payloadview.js';
import { propertiesForm, showProperties, storage } from '../lib/properties.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.test;
const mostShown = 300;

export function mount(root, context) {
  const given = context.query.getAll('filter');
  let filters = given.length ? given : storage.read('test.filters', []);
  let fresh = [...filters];
  let as = context.query.get('as') ?? '';
  let stream;
  let skipped = 0;
  let total = 0;
  let frozen = false;
  let refusals = new Map();

  const filterInput = h('input', { class: 'mono', placeholder: 'lamp1/#', 'aria-label': t.test.filter, testid: 'subscribe-filter', spellcheck: 'false' });
  const chips = h('div', { class: 'chips', testid: 'subscriptions' });
  const told = h('div');
  const asInput = h('input', { value: as, placeholder: t.test.asNobody, testid: 'act-as', spellcheck: 'false' });
  const messages = h('div', { class: 'messages', testid: 'messages', role: 'log', tabindex: '0', 'aria-label': t.test.messages });
  const counter = h('span', { class: 'muted', testid: 'message-count' });
  const missing = h('span', { class: 'warn-text', testid: 'skipped' });
  const format = select([['auto', t.test.auto], ...views.map(view => [view, t.payload[view]])], 'auto', { 'aria-label': t.payload.format, testid: 'message-format' });
  const pause = button(t.topics.pause, () => {
    frozen = !frozen;
    text(pause, frozen ? t.topics.resume : t.topics.pause);
    pause.setAttribute('aria-pressed', String(frozen));
  }, { testid: 'pause' });

  const topic = h('input', { class: 'mono', required: true, testid: 'publish-topic', spellcheck: 'false', value: storage.read('test.topic', '') });
  const qos = select([['0', 'QoS 0'], ['1', 'QoS 1'], ['2', 'QoS 2']], '0', { testid: 'publish-qos', 'aria-label': 'QoS' });
  const retain = h('input', { type: 'checkbox', testid: 'publish-retain' });
  const payload = payloadEditor('{\n  "temp": 21.5\n}', 'json', 'publish-payload');
  const properties = propertiesForm();
  const result = h('div', { testid: 'publish-result', role: 'status' });
  const saved = h('ul', { class: 'plain saved', testid: 'saved' });
  const command = h('div');

  fill(root,
    header(t.nav.test, t.test.lead),
    h('div', { class: 'columns test-columns' },
      h('section', { class: 'panel' }, h('h2', null, t.test.subscribe),
        h('form', { class: 'inline', onsubmit: event => {
          event.preventDefault();
          add(filterInput.value.trim());
        } }, filterInput, h('button', { testid: 'subscribe' }, t.test.subscribe)),
        chips, told, h('div', { class: 'bar tight' }, counter, missing, h('span', { class: 'grow' }), format, pause, button(t.test.clear, () => {
          fill(messages);
          total = skipped = 0;
          tell();
        }, { testid: 'clear' })), messages),
      h('section', { class: 'panel' }, h('h2', null, t.test.publish),
        h('form', { class: 'stack', onsubmit: event => {
          event.preventDefault();
          publish();
        }, onkeydown: event => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          publish();
        } },
        field(t.test.topic, topic), payload.element,
        h('div', { class: 'inline' }, qos, h('label', { class: 'check' }, retain, t.test.retain)), properties.element,
        field(t.test.as, asInput, t.test.asHint),
        h('div', { class: 'bar' }, h('button', { class: 'primary', testid: 'publish', disabled: !context.may('operator') }, t.test.publish), button(t.test.save, save, { testid: 'save-message' }), h('span', { class: 'hint' }, t.test.key))),
        !context.may('operator') && h('p', { class: 'muted' }, t.needOperator), result,
        h('h3', null, t.test.saved), saved)), command);

  asInput.addEventListener('change', () => {
    as = asInput.value.trim();
    begin();
  });
  format.addEventListener('change', () => {
    for (const item of messages.children) item.draw_?.();
  });

  function remember() {
    storage.write('test.filters', filters);
    context.remember(api.query('/console/test', { filter: filters, as }));
    fill(command, cli(filters.length ? `fairlead sub ${filters.map(filter => `-t ${quote(filter)}`).join(' ')} -v` : 'fairlead sub -t \'#\' -v', `fairlead pub -t ${quote(topic.value || 'lamp1/temp')} -m 21.5`));
  }

  function add(filter) {
    if (!filter || filters.includes(filter)) return;
    filters = [...filters, filter];
    fresh = [filter];
    filterInput.value = '';
    begin();
  }

  function begin() {
    remember();
    stream?.close();
    stream = null;
    refusals = new Map();
    fill(told);
    drawChips();
    tell();
    if (filters.length === 0) return;
    const mine = fresh;
    let first = true;
    stream = live(() => {
      const path = api.query('/v1/console/messages', { filter: filters, fresh: first ? mine : [], as });
      first = false;
      return path;
    }, {
      problem: error => {
        fill(told, banner(t.test.subscribeFailed, error));
        if (error.status === 400) filters = filters.slice(0, -1);
        drawChips();
      },
      opened: opened => {
        refusals = new Map(opened.subscriptions.filter(one => !one.granted).map(one => [one.filter, one.reason]));
        fill(told, [...refusals].map(([filter, reason]) => banner(t.test.denied(filter), reason)));
        drawChips();
      },
      messages: take,
    });
    fresh = [];
  }

  function drawChips() {
    fill(chips, filters.map((filter, i) => h('span', { class: `chip key-${i % 6}${refusals.has(filter) ? ' refused' : ''}`, testid: 'subscription', title: refusals.get(filter) ?? '' }, h('span', { class: 'mono' }, filter),
      h('button', { type: 'button', class: 'icon', 'aria-label': t.test.unsubscribe(filter), onclick: () => {
        filters = filters.filter(one => one !== filter);
        begin();
      } }, '×'))));
    if (filters.length === 0 && messages.children.length === 0) fill(messages, empty(t.test.none, t.test.noneAdvice));
    else messages.querySelector('.empty')?.remove();
  }

  function take(batch) {
    total += batch.messages.length;
    skipped += batch.skipped;
    if (batch.denied) text(missing, t.test.deniedCount(count(batch.denied)));
    if (frozen) skipped += batch.messages.length;
    else for (const message of batch.messages) messages.prepend(item(message));
    while (messages.children.length > mostShown) messages.lastChild.remove();
    tell();
  }

  function tell() {
    text(counter, t.test.count(count(total)));
    text(missing, skipped ? t.test.skipped(count(skipped)) : '');
  }

  function item(message) {
    const content = fromBase64(message.payload);
    const body = h('pre', { class: 'payload', testid: 'message-payload' });
    const element = h('article', { class: `message key-${(message.filters[0] ?? 0) % 6}`, testid: 'message' },
      h('header', null, h('span', { class: 'mono', testid: 'message-topic' }, message.topic), h('span', { class: 'muted' }, `QoS ${message.qos}`), message.retain && badge(t.topics.retained),
        message.clientId && h('span', { class: 'muted' }, message.clientId), h('span', { class: 'grow' }), h('time', null, time(message.at, true))), body, showProperties(message.properties));
    element.draw_ = () => {
      const view = format.value === 'auto' ? bestView(content) : format.value;
      // A short JSON document reads best as it came.
      const compact = view === 'json' && format.value === 'auto' && content.length < 100 ? asText(content) : null;
      text(body, compact ?? show(content, view) ?? t.payload.not(t.payload[view]));
    };
    element.draw_();
    return element;
  }

  async function publish() {
    if (!topic.reportValidity() || !payload.check()) return;
    storage.write('test.topic', topic.value);
    const began = performance.now();
    const place = topic.value;
    try {
      const done = await api.post('/v1/console/publish', {
        topic: place, payload: toBase64(payload.read()), qos: Number(qos.value), retain: retain.checked, properties: properties.read(), as: as || undefined,
      });
      fill(result, h('div', { class: 'banner ok', testid: 'sent' }, h('strong', null, t.test.sent(place)), h('span', null, t.test.sentTo(count(done.subscribers), Math.round(performance.now() - began)))));
    } catch (error) {
      const box = banner(t.test.notSent(place), error);
      box.dataset.testid = 'not-sent';
      fill(result, box);
    }
    remember();
  }

  function save() {
    const all = storage.read('test.saved', []);
    all.unshift({ topic: topic.value, qos: qos.value, retain: retain.checked, payload: payload.get(), properties: properties.get() });
    storage.write('test.saved', all.slice(0, 50));
    toast(t.test.savedToast);
    drawSaved();
  }

  function drawSaved() {
    const all = storage.read('test.saved', []);
    fill(saved, all.length === 0 ? h('li', { class: 'muted' }, t.test.noSaved) : all.map((one, i) => h('li', { class: 'inline' },
      h('button', { type: 'button', class: 'link', testid: 'saved-message', onclick: () => {
        topic.value = one.topic;
        qos.value = one.qos;
        retain.checked = one.retain;
        payload.set(one.payload);
        properties.set(one.properties);
      } }, h('span', { class: 'mono' }, one.topic || '–'), h('span', { class: 'muted mono cut' }, ` ${one.payload.value.replace(/\s+/g, ' ').slice(0, 60)}`)),
      h('button', { type: 'button', class: 'icon', 'aria-label': t.test.removeSaved, onclick: () => {
        storage.write('test.saved', all.filter((_, n) => n !== i));
        drawSaved();
      } }, '×'))));
  }

  drawSaved();
  begin();
  return () => stream?.close();
}
