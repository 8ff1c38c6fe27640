import { h, fill } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, badge, banner, button, fact, panel, confirm, copyButton, toast, dialog, download, command } from '../lib/ui.js';
import { ago, dateTime, quote, shortId } from '../lib/format.js';
import { addCertificate, hubAddress, kitFile } from '../lib/kit.js';
import { clientPath } from './connections.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.thing.title;
const certificateId = arn => /:cert\/([0-9a-f]+)$/.exec(arn)?.[1];

export async function mount(root, context) {
  const name = context.values[0];
  const path = `/things/${api.segment(name)}`;
  const admin = context.may('admin');
  const state = h('span');
  const facts = h('dl', { class: 'facts' });
  const certificates = h('div');
  const shadows = h('ul', { class: 'plain' });
  const clients = h('ul', { class: 'plain' });
  const told = h('div');
  fill(root,
    h('p', { class: 'crumbs' }, h('a', { href: '/console/things' }, t.nav.things)),
    header(h('span', { class: 'mono' }, name, copyButton(name)), state,
      h('a', { class: 'button', href: `/console${path}/shadow`, testid: 'to-shadow' }, t.thing.shadow),
      h('a', { class: 'button', href: api.query('/console/direct', { client: name }) }, t.nav.direct),
      admin && button(t.thing.remove, remove, { class: 'danger', testid: 'delete-thing' })),
    told, h('section', { class: 'panel' }, h('h2', null, t.thing.registry), facts),
    panel(t.thing.certificates, certificates, admin && button(t.thing.addCertificate, add, { testid: 'add-certificate' })),
    h('div', { class: 'columns' }, panel(t.thing.connections, clients), panel(t.thing.shadows, shadows)),
    cli(`fairlead thing get ${quote(name)}`, `fairlead thing kit ${quote(name)} --out ${quote(name)}`, `fairlead shadow get ${quote(name)}`));

  await Promise.all([loadThing(), loadCertificates()]);
  const stream = live(api.query('/v1/console/live/thing', { name }), {
    view: view => {
      const connected = view.clients.length > 0;
      fill(state, badge(connected ? t.client.connected : t.client.away, connected ? 'ok' : '', 'thing-state'));
      fill(clients, connected ? view.clients.map(client => h('li', null, h('a', { class: 'mono', href: clientPath(client.clientId) }, client.clientId), h('span', { class: 'muted' }, ` ${client.remoteAddress ?? ''}, ${ago(client.since)}`)))
        : h('li', { class: 'muted' }, t.thing.noClients));
      const names = [...(view.hasShadow ? [''] : []), ...view.shadowNames];
      fill(shadows, names.length ? names.map(one => h('li', null, h('a', { href: api.query(`/console${path}/shadow`, { name: one }) }, one || t.shadow.classic))) : h('li', { class: 'muted' }, t.thing.noShadows));
    },
  });

  async function loadThing() {
    try {
      const thing = await api.get(path);
      fill(facts,
        fact(t.things.columns.type, thing.thingTypeName, 'thing-type'), fact('ARN', thing.thingArn, 'thing-arn'), fact('ID', thing.thingId, 'thing-id'),
        fact(t.thing.version, thing.version, 'thing-version'), fact(t.thing.billing, thing.billingGroupName, 'thing-billing'),
        Object.entries(thing.attributes ?? {}).map(([key, value]) => fact(key, value, `attribute-${key}`)));
    } catch (error) {
      fill(told, error.status === 404 ? empty(t.thing.gone(name), t.thing.goneAdvice, h('a', { class: 'button', href: '/console/things' }, t.nav.things)) : banner(t.thing.failed, error));
    }
  }

  async function loadCertificates() {
    try {
      const { principals = [] } = await api.get(`${path}/principals`);
      const rows = await Promise.all(principals.map(describe));
      fill(certificates, rows.length ? h('div', { class: 'scroll', tabindex: '0' }, h('table', null, h('thead', null, h('tr', null, ['certificate', 'status', 'ends', 'policies'].map(key => h('th', { scope: 'col' }, t.thing.columns[key])), h('th', null, h('span', { class: 'offscreen' }, t.actions)))), h('tbody', null, rows)))
        : empty(t.thing.noCertificates, t.thing.noCertificatesAdvice));
    } catch (error) {
      if (error.status !== 404) fill(certificates, banner(t.thing.failed, error));
    }
  }

  async function describe(arn) {
    const id = certificateId(arn);
    if (!id) return h('tr', null, h('th', { scope: 'row', class: 'mono' }, arn));
    const [{ certificateDescription: one }, { policies = [] }] = await Promise.all([api.get(`/certificates/${id}`), api.post(`/attached-policies/${api.segment(arn)}`)]);
    const active = one.status === 'ACTIVE';
    return h('tr', { testid: 'certificate-row', 'data-id': id },
      h('th', { scope: 'row' }, h('span', { class: 'mono', title: id }, shortId(id)), copyButton(id)),
      h('td', null, badge(one.status, active ? 'ok' : 'bad', 'certificate-status')),
      h('td', { class: 'nowrap' }, one.validity ? dateTime(one.validity.notAfter * 1000) : '–'),
      h('td', null, policies.map((policy, i) => [i > 0 && ', ', h('a', { href: `/console/policies/${api.segment(policy.policyName)}` }, policy.policyName)]), policies.length === 0 && h('span', { class: 'warn-text' }, t.thing.noPolicy)),
      h('td', { class: 'row-actions' }, h('a', { href: api.query('/console/explain', { certificate: id, client: name }) }, t.refused.explain),
        admin && one.status !== 'REVOKED' && button(t.thing.revoke, () => revoke(id), { class: 'small danger', testid: 'revoke' }),
        admin && !active && one.status === 'INACTIVE' && button(t.thing.activate, () => status(id, 'ACTIVE'), { class: 'small' }),
        admin && active && button(t.thing.deactivate, () => status(id, 'INACTIVE'), { class: 'small', testid: 'deactivate' }),
        admin && button(t.thing.detach, () => detach(arn), { class: 'small', testid: 'detach' })));
  }

  async function status(id, next) {
    try {
      await api.put(`/certificates/${id}?newStatus=${next}`);
    } catch (error) {
      fill(told, banner(t.thing.changeFailed, error));
    }
    await loadCertificates();
  }

  function revoke(id) {
    confirm(t.thing.revokeTitle, h('p', null, t.thing.revokeText(shortId(id))), t.thing.revoke, async () => {
      await api.put(`/certificates/${id}?newStatus=REVOKED`);
      await loadCertificates();
    });
  }

  function detach(arn) {
    confirm(t.thing.detachTitle, h('p', null, t.thing.detachText(name)), t.thing.detach, async () => {
      await detachOne(arn);
      await loadCertificates();
    });
  }

  const detachOne = arn => api.request('DELETE', `${path}/principals`, undefined, { headers: { 'x-amzn-principal': arn } });

  async function add() {
    try {
      const kit = await addCertificate(name);
      const files = kitFile(kit, await hubAddress());
      await loadCertificates();
      dialog(t.thing.certificateMade, h('div', { class: 'stack' }, h('p', null, t.thing.certificateText), command(files.unpack), command(files.publish)), [{
        label: t.start.download(name), main: true, testid: 'download-kit', run: () => {
          download(`${name}.zip`, files.blob());
          return false;
        },
      }]);
    } catch (error) {
      fill(told, banner(t.thing.changeFailed, error));
    }
  }

  async function remove() {
    const { principals = [] } = await api.get(`${path}/principals`).catch(() => ({}));
    const own = principals.map(certificateId).filter(Boolean);
    const also = h('input', { type: 'checkbox', checked: true, testid: 'delete-certificates' });
    confirm(t.thing.removeTitle(name), h('div', { class: 'stack' }, h('p', { testid: 'delete-says' }, t.thing.removeText(own.length)),
      own.length > 0 && h('label', { class: 'check' }, also, t.thing.removeCertificates(own.length))), t.thing.remove, async () => {
      for (const arn of principals) await detachOne(arn);
      if (also.checked) {
        for (const id of own) {
          // Only what is active has to be put out of use first; what is revoked stays so.
          const { certificateDescription: one } = await api.get(`/certificates/${id}`);
          if (one.status === 'ACTIVE') await api.put(`/certificates/${id}?newStatus=INACTIVE`);
          await api.request('DELETE', `/certificates/${id}?forceDelete=true`);
        }
      }
      await api.del(path);
      toast(t.thing.removed(name));
      context.navigate('/console/things');
    });
  }

  return () => stream.close();
}
