import { h, fill, text, keyed } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, badge, banner } from '../lib/ui.js';
import { count } from '../lib/format.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.rules;

export function mount(root, context) {
  const body = h('tbody');
  const table = h('div', { class: 'scroll', tabindex: '0' }, h('table', null, h('thead', null, h('tr', null, ['name', 'state', 'sql', 'matched', 'executed', 'failed', 'lastError'].map(key =>
    h('th', { scope: 'col', class: ['matched', 'executed', 'failed'].includes(key) ? 'num' : null }, t.rules.columns[key])))), body));
  const told = h('div');
  const create = context.may('admin') && h('a', { class: 'button primary', href: '/console/rules/+', testid: 'create-rule' }, t.rules.create);
  fill(root, header(t.nav.rules, t.rules.lead, create || h('a', { class: 'button', href: '/console/rules/+', testid: 'create-rule' }, t.rules.tryOne)), told, table, cli('fairlead rule ls', 'fairlead rule test "SELECT * FROM \'a/+\'" --topic a/b --payload \'{"temp":31}\''));
  const stream = live('/v1/console/live/rules', {
    problem: error => fill(told, banner(t.rules.failed, error)),
    view: view => {
      table.hidden = view.rules.length === 0;
      fill(told, view.rules.length === 0 && empty(t.rules.none, t.rules.noneAdvice));
      keyed(body, view.rules, rule => rule.name, rule => {
        const cells = { state: h('td'), sql: h('td', { class: 'mono cut' }), matched: h('td', { class: 'num' }), executed: h('td', { class: 'num' }), failed: h('td', { class: 'num' }), error: h('td', { class: 'reason' }) };
        const row = h('tr', { testid: 'rule-row', 'data-rule': rule.name }, h('th', { scope: 'row' }, h('a', { class: 'mono', href: `/console/rules/${api.segment(rule.name)}` }, rule.name)),
          cells.state, cells.sql, cells.matched, cells.executed, cells.failed, cells.error);
        row.cells_ = cells;
        return row;
      }, (row, rule) => {
        const { cells_: cells } = row;
        if (cells.state.dataset.on !== String(rule.enabled)) {
          cells.state.dataset.on = String(rule.enabled);
          fill(cells.state, badge(rule.enabled ? t.rules.enabled : t.rules.disabled, rule.enabled ? 'ok' : ''));
        }
        text(cells.sql, rule.sql);
        cells.sql.title = rule.sql;
        text(cells.matched, count(rule.matched));
        text(cells.executed, count(rule.executed));
        text(cells.failed, count(rule.failed));
        cells.failed.classList.toggle('bad-text', rule.failed > 0);
        text(cells.error, rule.lastError ?? '');
      });
    },
  });
  return () => stream.close();
}
