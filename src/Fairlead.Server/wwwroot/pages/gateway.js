// AMQP connections: a gateway's has many devices.
import { h, fill, text, keyed } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, banner, button } from '../lib/ui.js';
import { count, ago, dateTime, duration } from '../lib/format.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.gateway;
const page = 100;
const numbers = ['devices', 'links', 'unsettled', 'rejected'];
// So long may a device take that thinks about what it was sent.
const patience = 5;

// What waits to be settled turns amber when none of it is settled for some seconds.
export function unsettled(cell, row) {
  const late = row.unsettled > 0 && row.stalled >= patience;
  const shown = `${row.unsettled}|${late ? row.stalled : ''}`;
  if (cell.dataset.shown === shown) return;
  cell.dataset.shown = shown;
  cell.classList.toggle('warn-cell', late);
  cell.dataset.state = late ? 'amber' : 'quiet';
  fill(cell, count(row.unsettled), late && h('span', { class: 'sub' }, t.gateway.stalled(duration(row.stalled * 1000))));
}

export function mount(root, context) {
  const g = t.gateway;
  let after = context.query.get('after') ?? '';
  const trail = [];
  const total = h('span', { class: 'muted', testid: 'amqp-total' });
  const none = h('div');
  const body = h('tbody', { testid: 'amqp-connections' });
  const table = h('div', { class: 'scroll', tabindex: '0', hidden: true }, h('table', null, h('thead', null, h('tr', null,
    Object.entries(g.columns).map(([key, label]) => h('th', { scope: 'col', class: numbers.includes(key) ? 'num' : null }, label)))), body));
  const previous = button(t.previous, () => turn(trail.pop() ?? ''), { testid: 'previous', disabled: true });
  const next = button(t.next, () => {
    trail.push(after);
    turn(next.dataset.after);
  }, { testid: 'next', disabled: true });
  fill(root, header(t.nav.gateway, g.lead), h('div', { class: 'bar' }, total, h('span', { class: 'grow' }), previous, next), none, table, cli('fairlead gateway status', `curl ${location.origin}/v1/amqp/connections`));
  const stream = live(() => api.query('/v1/console/live/amqp', { after, limit: page }), {
    problem: error => fill(none, banner(g.failed, error)),
    view: show,
  });

  function turn(to) {
    after = to;
    context.remember(api.query('/console/gateway', { after }));
    stream.restart();
  }

  function show(view) {
    text(total, g.total(count(view.total), count(view.links)));
    next.disabled = !view.next;
    next.dataset.after = view.next ?? '';
    previous.disabled = trail.length === 0;
    const isEmpty = view.connections.length === 0;
    fill(none, isEmpty && empty(g.none, g.noneAdvice));
    table.hidden = isEmpty;
    keyed(body, view.connections, one => one.number, make, update);
  }

  function make(one) {
    const cells = {};
    const cell = (key, kind) => cells[key] = h('td', { class: kind, 'data-label': g.columns[key], testid: `amqp-${key}` });
    const row = h('tr', { testid: 'amqp-row', 'data-container': one.container },
      h('th', { scope: 'row' }, h('a', { href: `/console/gateway/${one.number}`, class: 'mono wrap', testid: 'amqp-open' }, one.container || `#${one.number}`)),
      cell('remote', 'mono nowrap'), cell('since', 'nowrap'), cell('devices', 'num'), cell('links', 'num'), cell('unsettled', 'num'), cell('rejected', 'num'));
    row.cells_ = cells;
    return row;
  }

  function update(row, one) {
    const cells = row.cells_;
    text(cells.remote, one.remote);
    cells.remote.title = one.listener;
    text(cells.since, ago(one.since));
    cells.since.title = dateTime(one.since);
    for (const key of ['devices', 'links', 'rejected']) text(cells[key], count(one[key]));
    cells.rejected.classList.toggle('warn-text', one.rejected > 0);
    unsettled(cells.unsettled, one);
  }

  return () => stream.close();
}
