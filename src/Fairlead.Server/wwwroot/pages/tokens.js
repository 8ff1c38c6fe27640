// API tokens: a part of the page of settings.
import { h, fill } from '../lib/dom.js';
import { banner, button, panel, badge, fact, dialog, field, select, confirm } from '../lib/ui.js';
import { dateTime } from '../lib/format.js';
import * as api from '../lib/api.js';
import t from '../en.js';

const day = 86400000;

export function tokensPanel(admin) {
  const g = t.tokens;
  const rows = h('tbody', { testid: 'tokens' });
  const none = h('p', { class: 'muted' }, g.none);
  const told = h('div');
  load();
  return panel(g.title, h('p', { class: 'hint' }, g.lead), told, none, h('div', { class: 'scroll', tabindex: '0' }, h('table', null, rows)),
    admin && h('div', { class: 'bar' }, button(g.add, add, { testid: 'add-token' })));

  async function load() {
    try {
      const { tokens } = await api.get('/v1/tokens?maxResults=250');
      none.hidden = tokens.length > 0;
      fill(rows, tokens.map(row));
    } catch (error) {
      fill(told, banner(g.failed, error));
    }
  }

  function row(token) {
    const ends = token.expiresAt ? Date.parse(token.expiresAt) : 0;
    return h('tr', { testid: 'token-row', 'data-token': token.name }, h('th', { scope: 'row' }, token.name), h('td', null, badge(t.roles[token.role])),
      h('td', { class: 'nowrap' }, ends === 0 ? h('span', { class: 'muted' }, g.never) : badge(ends < Date.now() ? g.ended : g.until(dateTime(ends).slice(0, 10)), ends < Date.now() + 14 * day ? 'warn' : '')),
      h('td', { class: 'row-actions' }, admin && button(g.revoke, () => confirm(g.revokeTitle(token.name), h('p', null, g.revokeText), g.revoke, async () => {
        await api.del(`/v1/tokens/${api.segment(token.name)}`);
        await load();
      }), { class: 'small danger', testid: 'revoke-token' })));
  }

  function add() {
    const name = h('input', { required: true, maxlength: '128', testid: 'token-name', autocomplete: 'off' });
    const role = select(Object.entries(t.roles), 'viewer', { testid: 'token-role' });
    const days = h('input', { type: 'number', min: '0', max: '36500', value: '365', testid: 'token-days' });
    const place = h('div');
    const box = dialog(g.add, h('div', { class: 'stack' }, field(g.name, name), field(g.role, role), field(g.days, days, g.daysHint), place), [{
      label: g.make, main: true, testid: 'token-make', failed: g.makeFailed, run: async () => {
        const life = Number(days.value);
        const made = await api.post('/v1/tokens', { name: name.value, role: role.value, ...(life > 0 ? { expiresAt: new Date(Date.now() + life * day).toISOString() } : {}) });
        fill(place, banner(g.onceTitle, g.once, 'warn'), h('dl', { class: 'facts' }, fact(g.token, made.token, 'token-text')));
        box.querySelector('[data-testid=token-make]').disabled = true;
        await load();
        return false;
      },
    }]);
  }
}
