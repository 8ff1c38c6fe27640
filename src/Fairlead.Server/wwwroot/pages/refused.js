import { h, fill, text, keyed } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, badge, copyButton, banner } from '../lib/ui.js';
import { count, moment, shortId, dateTime } from '../lib/format.js';
import { connectionTabs, clientPath } from './connections.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.connections.refused;

// Where the question "why" is answered for this very case.
export function explainPath(one) {
  if (!one.action) return null;
  const asker = one.certificateId ? { certificate: one.certificateId, client: one.clientId } : { client: one.clientId };
  return api.query('/console/explain', { ...asker, action: one.action, resource: one.resource });
}

export function refusedRow(one) {
  const cells = { at: h('td', { class: 'nowrap' }), count: h('td', { class: 'num' }), reason: h('td', { class: 'reason', testid: 'refused-reason' }) };
  const where = explainPath(one);
  const row = h('tr', { testid: 'refused-row', 'data-client': one.clientId ?? '' },
    cells.at,
    h('td', null, badge(t.refused.stages[one.stage] ?? one.stage, 'bad')),
    h('th', { scope: 'row' }, one.clientId ? h('a', { class: 'mono', href: clientPath(one.clientId) }, one.clientId) : h('span', { class: 'muted' }, '–'),
      one.certificateId && h('span', { class: 'sub mono', title: one.certificateId }, shortId(one.certificateId))),
    h('td', { class: 'mono', testid: 'refused-address' }, one.address ?? '–'),
    h('td', null, one.action && h('span', { class: 'mono', testid: 'refused-action' }, one.action), one.resource && h('span', { class: 'sub mono', testid: 'refused-resource' }, one.resource)),
    cells.reason, cells.count,
    h('td', { class: 'row-actions' }, where && h('a', { href: where, testid: 'refused-explain' }, t.refused.explain), copyButton(() => JSON.stringify(one, null, 2))));
  row.cells_ = cells;
  return row;
}

export function updateRefused(row, one) {
  text(row.cells_.at, moment(one.at));
  row.cells_.at.title = t.refused.firstAt(dateTime(one.firstAt));
  text(row.cells_.count, count(one.count));
  text(row.cells_.reason, one.reason);
}

export const refusedKey = one => [one.stage, one.clientId, one.certificateId, one.address, one.action, one.resource, one.reason].join('\u0000');

export function refusedHead() {
  return h('thead', null, h('tr', null, ['at', 'stage', 'client', 'address', 'action', 'reason', 'count'].map(key =>
    h('th', { scope: 'col', class: key === 'count' ? 'num' : null }, t.refused.columns[key])), h('th', null, h('span', { class: 'offscreen' }, t.actions))));
}

export function mount(root) {
  const body = h('tbody');
  const table = h('div', { class: 'scroll', tabindex: '0' }, h('table', null, refusedHead(), body));
  const none = h('div');
  const total = h('span', { class: 'muted', testid: 'refused-total' });
  fill(root, header(t.connections.refused, t.refused.lead), connectionTabs('/console/connections/refused'), h('div', { class: 'bar' }, total), none, table, cli('fairlead log tail --level error'));
  const stream = live('/v1/console/live/refused', {
    problem: error => fill(none, banner(t.refused.failed, error)),
    view: view => {
      text(total, t.refused.total(count(view.inLastHour)));
      fill(none, view.refused.length === 0 && empty(t.refused.none, t.refused.noneAdvice));
      table.hidden = view.refused.length === 0;
      keyed(body, view.refused, refusedKey, refusedRow, updateRefused);
    },
  });
  return () => stream.close();
}
