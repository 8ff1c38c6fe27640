// Edge connectors: up or down by their connection, everything else as each last reported.
import { h, fill, text, keyed } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, badge, banner, button, confirm, copyButton } from '../lib/ui.js';
import { count, rate, bytes, ago, dateTime, duration } from '../lib/format.js';
import { clientPath } from './connections.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.edges;
const page = 100;
const numbers = ['buffered', 'oldest', 'rate'];

export function mount(root, context) {
  const g = t.edges;
  let after = context.query.get('after') ?? '';
  const trail = [];
  let shown;
  const total = h('span', { class: 'muted', testid: 'edges-total' });
  const none = h('div');
  const note = h('p', { class: 'hint', testid: 'edges-note', hidden: true }, g.whileDown);
  const body = h('tbody', { testid: 'edges' });
  const table = h('div', { class: 'scroll', tabindex: '0', hidden: true }, h('table', null, h('thead', null, h('tr', null,
    Object.entries(g.columns).map(([key, label]) => h('th', { scope: 'col', class: numbers.includes(key) ? 'num' : null }, label)), h('th', null, h('span', { class: 'offscreen' }, t.actions)))), body));
  const previous = button(t.previous, () => turn(trail.pop() ?? ''), { testid: 'previous', disabled: true });
  const next = button(t.next, () => {
    trail.push(after);
    turn(next.dataset.after);
  }, { testid: 'next', disabled: true });
  fill(root, header(t.nav.edges, g.lead), h('div', { class: 'bar' }, total, h('span', { class: 'grow' }), previous, next), none, table, note, cli('fairlead edge ls', 'fairlead edge status', `curl ${location.origin}/v1/edges`));
  const stream = live(() => api.query('/v1/console/live/edges', { after, limit: page }), {
    problem: error => fill(none, banner(g.failed, error)),
    view: show,
  });
  // Ages grow although nothing comes.
  const clock = setInterval(() => shown && show(shown), 1000);

  function turn(to) {
    after = to;
    context.remember(api.query('/console/edges', { after }));
    stream.restart();
  }

  function show(view) {
    shown = view;
    text(total, g.total(count(view.up), count(view.down)));
    next.disabled = !view.next;
    next.dataset.after = view.next ?? '';
    previous.disabled = trail.length === 0;
    const isEmpty = view.edges.length === 0;
    if (none.hidden !== !isEmpty || !none.firstChild) fill(none, isEmpty && empty(g.none, g.noneAdvice));
    none.hidden = !isEmpty;
    table.hidden = isEmpty;
    note.hidden = !view.edges.some(edge => !edge.up);
    keyed(body, view.edges, edge => edge.clientId, make, update);
  }

  function make(edge) {
    const cells = {};
    const cell = (key, kind) => cells[key] = h('td', { class: kind, 'data-label': g.columns[key], testid: `edge-${key}` });
    const name = h('th', { scope: 'row' }, h('a', { href: clientPath(edge.clientId), class: 'mono' }, edge.clientId), copyButton(edge.clientId), h('span', { class: 'sub' }));
    const row = h('tr', { testid: 'edge-row', 'data-edge': edge.clientId }, name,
      cell('state', 'nowrap'), cell('buffered', 'num'), cell('oldest', 'num'), cell('rate', 'num'), cell('shadow', 'nowrap'), cell('outage', 'nowrap'), cell('version'), cell('asOf', 'nowrap'),
      h('td', { class: 'row-actions' }, context.may('admin') && button(g.forget, () => confirm(g.forgetTitle(edge.clientId), h('p', null, g.forgetText), g.forget, () => api.del(`/v1/edges/${api.segment(edge.clientId)}`)), { class: 'small', testid: 'forget' })));
    row.cells_ = { ...cells, sub: name.querySelector('.sub') };
    return row;
  }

  function update(row, edge) {
    const cells = row.cells_;
    const now = Date.now();
    row.dataset.state = edge.up ? 'up' : 'down';
    text(cells.sub, edge.deviceId && edge.deviceId !== edge.clientId ? `${edge.deviceId} · ${edge.link}` : edge.link);
    mark(cells.state, edge.up ? g.up(ago(edge.since, now)) : g.down(ago(edge.since, now)), edge.up ? 'ok' : 'bad');
    cells.state.title = [dateTime(edge.since), edge.cause].filter(Boolean).join(': ');
    const remarks = [edge.dropped > 0 && g.dropped(count(edge.dropped)), edge.deadLettered > 0 && g.dead(count(edge.deadLettered)), edge.blocked && g.blocked, edge.spoolFault].filter(Boolean).join(', ');
    numberWith(cells.buffered, count(edge.buffered), remarks);
    cells.buffered.classList.toggle('warn-text', edge.buffered > 0 || Boolean(remarks));
    cells.buffered.title = g.bytes(bytes(edge.bufferedBytes));
    text(cells.oldest, edge.oldestAt ? ago(edge.oldestAt, now) : '–');
    text(cells.rate, edge.up && edge.rate !== undefined ? rate(edge.rate) : '–');
    text(cells.shadow, edge.shadowSyncedAt ? g.asOf(ago(edge.shadowSyncedAt, now)) : g.never);
    cells.shadow.title = dateTime(edge.shadowSyncedAt);
    text(cells.outage, edge.lastOutage ? g.outage(duration(edge.lastOutage.to - edge.lastOutage.from), count(edge.lastOutage.buffered)) : '–');
    cells.outage.title = edge.lastOutage ? dateTime(edge.lastOutage.from) : '';
    text(cells.version, edge.version);
    // A connector reports when something changes: one that is up and silent has nothing new to say.
    text(cells.asOf, edge.up ? g.now : g.asOf(ago(edge.reportedAt, now)));
    cells.asOf.title = dateTime(edge.reportedAt);
    cells.asOf.classList.toggle('warn-text', !edge.up);
  }

  function mark(cell, label, kind) {
    if (cell.dataset.kind !== kind) {
      cell.dataset.kind = kind;
      fill(cell, badge(label, kind));
    } else {
      text(cell.firstChild, label);
    }
  }

  function numberWith(cell, number, remark) {
    if (cell.dataset.shown === `${number}|${remark}`) return;
    cell.dataset.shown = `${number}|${remark}`;
    fill(cell, h('span', { testid: 'edge-buffered-count' }, number), remark && h('span', { class: 'sub' }, remark));
  }

  return () => {
    clearInterval(clock);
    stream.close();
  };
}
