import { h, fill } from '../lib/dom.js';
import { header, cli, banner, button, panel, badge, fact, dialog, field, select, confirm, copyButton, toast, empty } from '../lib/ui.js';
import { ago, dateTime, moment } from '../lib/format.js';
import * as api from '../lib/api.js';
import { tokensPanel } from './tokens.js';
import t from '../en.js';

export const title = t.nav.settings;

export async function mount(root, context) {
  const g = t.settings;
  const admin = context.may('admin');
  const told = h('div');
  const facts = h('dl', { class: 'facts' });
  const listeners = h('tbody');
  const certificates = h('tbody');
  const users = h('tbody', { testid: 'users' });
  const noUsers = h('p', { class: 'muted' }, g.noUsers);
  const keys = h('tbody', { testid: 'keys' });
  const settings = h('tbody');
  const restore = h('div', { class: 'command' });
  const search = h('input', { type: 'search', placeholder: g.search, 'aria-label': g.search, testid: 'setting-search' });
  const changed = h('input', { type: 'checkbox', testid: 'only-changed' });
  fill(root,
    header(t.nav.settings, g.lead), told,
    panel(g.hub, facts),
    h('div', { class: 'columns' },
      panel(g.listeners, h('div', { class: 'scroll', tabindex: '0' }, h('table', null, listeners))),
      panel(g.certificates, h('div', { class: 'scroll', tabindex: '0' }, h('table', null, certificates)))),
    h('div', { class: 'columns' },
      panel(g.users, h('p', { class: 'hint' }, g.usersLead), noUsers, h('table', null, users), admin && h('div', { class: 'bar' }, button(g.addUser, () => editUser(), { testid: 'add-user' }), button(g.link, makeLink, { testid: 'make-link' }))),
      panel(g.keys, h('p', { class: 'hint' }, g.keysLead), h('div', { class: 'scroll', tabindex: '0' }, h('table', null, keys)), admin && h('div', { class: 'bar' }, button(g.addKey, addKey, { testid: 'add-key' })))),
    tokensPanel(admin),
    panel(g.backup, h('p', { class: 'hint' }, g.backupLead),
      admin ? h('div', { class: 'bar' }, h('a', { class: 'button', href: '/v1/backup', download: '', testid: 'backup' }, g.backupDownload)) : h('p', { class: 'muted' }, t.needAdmin),
      h('p', { class: 'hint' }, g.restoreText), restore),
    panel(g.configuration, h('div', { class: 'bar' }, search, h('label', { class: 'check' }, changed, g.onlyChanged)),
      h('div', { class: 'scroll', tabindex: '0' }, h('table', null, h('thead', null, h('tr', null, [g.key, g.value, g.origin, g.meaning].map(label => h('th', { scope: 'col' }, label)))), settings))),
    cli('fairlead hub print-config', 'fairlead hub backup hub.tar.gz', 'fairlead key ls', 'fairlead token ls', 'fairlead console'));
  let document;
  search.addEventListener('input', list);
  changed.addEventListener('change', list);
  await load();

  async function load() {
    try {
      document = await api.get('/v1/console/settings');
    } catch (error) {
      fill(told, banner(g.failed, error));
      return;
    }
    fill(facts, fact(g.version, document.version, 'setting-version'), fact(g.data, document.data, 'setting-data'), fact(g.since, `${dateTime(document.startedAt)} (${ago(document.startedAt)})`, 'setting-since'), fact(g.mode, document.devMode ? t.devMode : g.normal, 'setting-mode'));
    fill(listeners, document.listeners.map(one => h('tr', { testid: 'listener-row' }, h('th', { scope: 'row', class: 'mono' }, one.url, copyButton(one.url)), h('td', null, badge(one.plaintext ? g.plaintext : 'TLS', one.plaintext ? (one.loopback ? '' : 'warn') : 'ok')), h('td', { class: 'muted' }, one.loopback ? g.loopback : g.everywhere))));
    fill(certificates, document.certificates.length === 0 ? h('tr', null, h('td', { class: 'muted' }, g.noCertificates)) : document.certificates.map(one => {
      const days = Math.floor((one.endsAt - Date.now()) / 86400000);
      return h('tr', { testid: 'server-certificate' }, h('th', { scope: 'row', class: 'mono' }, one.subject), h('td', { class: 'nowrap' }, dateTime(one.endsAt).slice(0, 10)), h('td', null, badge(g.days(days), days < 30 ? 'warn' : 'ok')));
    }));
    noUsers.hidden = document.users.length > 0;
    fill(users, document.users.map(user => h('tr', { testid: 'user-row' }, h('th', { scope: 'row' }, user.name), h('td', null, badge(t.roles[user.role] ?? user.role)),
      h('td', { class: 'row-actions' }, user.fixed ? h('span', { class: 'muted' }, g.fixedUser) : admin && [button(g.change, () => editUser(user), { class: 'small' }), button(g.removeUser, () => removeUser(user.name), { class: 'small danger' })]))));
    const command = `fairlead hub restore FILE --data ${/^[\w./-]+$/.test(document.data) ? document.data : `'${document.data.replaceAll("'", "'\\''")}'`} --yes`;
    fill(restore, h('code', { testid: 'restore-command' }, command), copyButton(command));
    list();
    if (admin) await loadKeys();
    else fill(keys, h('tr', null, h('td', { class: 'muted' }, t.needAdmin)));
  }

  async function loadKeys() {
    const found = await api.get('/v1/keys').catch(() => ({ keys: [] }));
    fill(keys, found.keys.map(key => h('tr', { testid: 'key-row' }, h('th', { scope: 'row', class: 'mono' }, key.id, copyButton(key.id)), h('td', null, key.description), h('td', { class: 'nowrap' }, moment(Date.parse(key.createdAt ?? key.created))),
      h('td', { class: 'row-actions' }, button(g.removeKey, () => confirm(g.removeKeyTitle, h('p', null, g.removeKeyText(key.id)), g.removeKey, async () => {
        await api.del(`/v1/keys/${api.segment(key.id)}`);
        await loadKeys();
      }), { class: 'small danger' })))));
  }

  function list() {
    const words = search.value.toLowerCase();
    fill(settings, (document?.settings ?? []).filter(one => `${one.key} ${one.description}`.toLowerCase().includes(words) && (!changed.checked || one.origin !== 'default')).map(one => h('tr', { testid: 'setting-row' },
      h('th', { scope: 'row', class: 'mono' }, one.key), h('td', { class: 'mono' }, one.values.join(' ') || '–'), h('td', { class: one.origin === 'default' ? 'muted' : '' }, one.origin), h('td', { class: 'muted small-text' }, one.description))));
  }

  function editUser(user) {
    const name = h('input', { required: true, value: user?.name ?? '', readOnly: Boolean(user), testid: 'user-name', autocomplete: 'off' });
    const password = h('input', { type: 'password', required: true, minlength: '8', testid: 'user-password', autocomplete: 'new-password' });
    const role = select(Object.entries(t.roles), user?.role ?? 'viewer', { testid: 'user-role' });
    dialog(user ? g.changeUser(user.name) : g.addUser, h('div', { class: 'stack' }, field(g.name, name), field(g.password, password, g.passwordHint), field(g.role, role, g.roleHint)), [{
      label: g.saveUser, main: true, testid: 'user-save', failed: g.userFailed,
      run: async () => {
        await api.put(`/v1/console/users/${api.segment(name.value)}`, { password: password.value, role: role.value });
        toast(g.userSaved);
        await load();
      },
    }]);
  }

  function removeUser(name) {
    confirm(g.removeUserTitle(name), h('p', null, g.removeUserText), g.removeUser, async () => {
      await api.del(`/v1/console/users/${api.segment(name)}`);
      await load();
    });
  }

  async function makeLink() {
    const role = select(Object.entries(t.roles), 'viewer', { testid: 'link-role' });
    const place = h('div');
    dialog(g.link, h('div', { class: 'stack' }, h('p', null, g.linkText), field(g.role, role), place), [{
      label: g.makeLink, main: true, testid: 'link-make', run: async () => {
        const made = await api.post('/v1/console/links', { role: role.value });
        const url = location.origin + made.path;
        fill(place, h('div', { class: 'command' }, h('code', { testid: 'link' }, url), copyButton(url)));
        return false;
      },
    }]);
  }

  function addKey() {
    const description = h('input', { required: true, testid: 'key-description' });
    const place = h('div');
    const box = dialog(g.addKey, h('div', { class: 'stack' }, field(g.description, description), place), [{
      label: g.addKey, main: true, testid: 'key-make', failed: g.keyFailed, run: async () => {
        const made = await api.post('/v1/keys', { description: description.value });
        fill(place, banner(g.onceTitle, g.once, 'warn'), h('dl', { class: 'facts' }, fact(g.keyId, made.id, 'key-id'), fact(g.secret, made.secret, 'key-secret')));
        box.querySelector('[data-testid=key-make]').disabled = true;
        await loadKeys();
        return false;
      },
    }]);
  }
}
export { empty };
