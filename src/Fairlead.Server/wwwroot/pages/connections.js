import { h, fill, text, keyed } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, tabs, badge, copyButton, confirm, later, banner, button, toast } from '../lib/ui.js';
import { count, ago, dateTime, shortPrincipal } from '../lib/format.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.connections;
const page = 100;

export const connectionTabs = present => tabs([
  ['/console/connections', t.connections.connected, 'tab-connections'],
  ['/console/connections/refused', t.connections.refused, 'tab-refused'],
], present);

export const clientPath = id => `/console/connections/client/${api.segment(id)}`;

export function kick(id, done) {
  return confirm(t.connections.kickTitle(id), h('p', null, t.connections.kickText), t.connections.kick, async () => {
    await api.post(`/v1/console/clients/${api.segment(id)}/disconnect`);
    toast(t.connections.kicked(id));
    done?.();
  });
}

export function mount(root, context) {
  let prefix = context.query.get('prefix') ?? '';
  let after = context.query.get('after') ?? '';
  const trail = [];
  const input = h('input', { type: 'search', value: prefix, placeholder: t.connections.filter, 'aria-label': t.connections.filter, testid: 'filter' });
  const total = h('span', { class: 'muted', testid: 'connected-total' });
  const body = h('tbody', { testid: 'clients' });
  const none = h('div');
  const table = h('div', { class: 'scroll', tabindex: '0' }, h('table', null, h('thead', null, h('tr', null,
    ['client', 'thing', 'address', 'version', 'tls', 'since', 'queued', 'inflight', 'in', 'out'].map(key =>
      h('th', { scope: 'col', class: ['queued', 'inflight', 'in', 'out'].includes(key) ? 'num' : null }, t.connections.columns[key])), h('th', null, h('span', { class: 'offscreen' }, t.actions)))), body));
  const previous = button(t.previous, () => turn(trail.pop() ?? ''), { testid: 'previous', disabled: true });
  const next = button(t.next, () => {
    trail.push(after);
    turn(next.dataset.after);
  }, { testid: 'next', disabled: true });
  const command = h('div');
  fill(root,
    header(t.nav.connections, t.connections.lead),
    connectionTabs('/console/connections'),
    h('div', { class: 'bar' }, input, total, h('span', { class: 'grow' }), previous, next),
    none, table, command);
  const path = () => api.query('/v1/console/live/clients', { prefix, after, limit: page });
  const stream = live(path, {
    problem: error => fill(none, banner(t.connections.failed, error)),
    view: show,
  });
  input.addEventListener('input', later(() => {
    prefix = input.value;
    trail.length = 0;
    turn('');
  }, 100));

  function turn(to) {
    after = to;
    context.remember(api.query('/console/connections', { prefix, after }));
    tellCommand();
    stream.restart();
  }

  function tellCommand() {
    fill(command, cli(`fairlead client ls${prefix ? ` --prefix ${prefix}` : ''}`));
  }

  function show(view) {
    text(total, t.connections.total(count(view.connected)));
    next.disabled = !view.next;
    next.dataset.after = view.next ?? '';
    previous.disabled = trail.length === 0;
    const isEmpty = view.clients.length === 0;
    fill(none, isEmpty && (prefix
      ? empty(t.connections.noMatch, t.connections.noMatchAdvice(prefix))
      : empty(t.connections.none, t.connections.noneAdvice, h('a', { class: 'button', href: '/console/start' }, t.nav.start))));
    table.hidden = isEmpty;
    keyed(body, view.clients, client => client.clientId, make, update);
  }

  function make(client) {
    const cells = {};
    const cell = (key, kind) => cells[key] = h('td', { class: kind, 'data-label': t.connections.columns[key] });
    const row = h('tr', { testid: 'client-row', 'data-client': client.clientId },
      h('th', { scope: 'row' }, h('a', { href: clientPath(client.clientId), class: 'mono' }, client.clientId), copyButton(client.clientId)),
      cell('thing'), cell('address', 'mono'), cell('version'), cell('tls'), cell('since'), cell('queued', 'num'), cell('inflight', 'num'), cell('in', 'num'), cell('out', 'num'),
      h('td', { class: 'row-actions' }, context.may('operator') && h('button', {
        type: 'button', class: 'small', testid: 'kick', 'aria-label': t.connections.kickLabel(client.clientId), onclick: () => kick(client.clientId),
      }, t.connections.kick)));
    row.cells_ = cells;
    return row;
  }

  function update(row, client) {
    const cells = row.cells_;
    if (cells.thing.dataset.value !== (client.thingName ?? '')) {
      cells.thing.dataset.value = client.thingName ?? '';
      fill(cells.thing, client.thingName && h('a', { href: `/console/things/${api.segment(client.thingName)}` }, client.thingName));
    }
    text(cells.address, client.remoteAddress ?? '');
    text(cells.version, client.version);
    text(cells.tls, client.tls ?? (client.connected ? t.connections.plain : ''));
    cells.since.title = dateTime(client.since);
    const state = client.connected ? ago(client.since) : t.connections.away(ago(client.since));
    text(cells.since, state);
    row.classList.toggle('away', !client.connected);
    row.title = shortPrincipal(client.principal);
    text(cells.queued, count(client.queued));
    text(cells.inflight, count(client.inflight));
    text(cells.in, count(client.messagesIn));
    text(cells.out, count(client.messagesOut));
    const kickButton = row.querySelector('[data-testid=kick]');
    if (kickButton) kickButton.disabled = !client.connected;
  }

  tellCommand();
  return () => stream.close();
}
export { badge };
