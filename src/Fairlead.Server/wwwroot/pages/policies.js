import { h, fill } from '../lib/dom.js';
import { header, cli, empty, banner, button, tabs, dialog, field } from '../lib/ui.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.policies;
export const policyTabs = present => tabs([['/console/policies', t.nav.policies, 'tab-policies'], ['/console/explain', t.explain.title, 'tab-explain']], present);

export async function mount(root, context) {
  const body = h('tbody');
  const table = h('div', { class: 'scroll', tabindex: '0' }, h('table', null, h('thead', null, h('tr', null, h('th', { scope: 'col' }, t.policies.name), h('th', { scope: 'col' }, 'ARN'))), body));
  const told = h('div');
  const more = button(t.more, () => load(more.dataset.marker), { testid: 'more' });
  fill(root, header(t.nav.policies, t.policies.lead, context.may('admin') && button(t.policies.create, create, { class: 'primary', testid: 'create-policy' })),
    policyTabs('/console/policies'), told, table, h('div', { class: 'bar' }, more), cli('fairlead policy ls'));
  await load('');

  async function load(marker) {
    try {
      const found = await api.get(api.query('/policies', { pageSize: 100, marker }));
      if (!marker) fill(body);
      for (const policy of found.policies ?? []) {
        body.append(h('tr', { testid: 'policy-row' }, h('th', { scope: 'row' }, h('a', { class: 'mono', href: `/console/policies/${api.segment(policy.policyName)}` }, policy.policyName)), h('td', { class: 'mono muted' }, policy.policyArn)));
      }
      more.hidden = !found.nextMarker;
      more.dataset.marker = found.nextMarker ?? '';
      table.hidden = body.children.length === 0;
      fill(told, body.children.length === 0 && empty(t.policies.none, t.policies.noneAdvice));
    } catch (error) {
      fill(told, banner(t.policies.failed, error));
    }
  }

  function create() {
    const name = h('input', { required: true, testid: 'new-policy', spellcheck: 'false' });
    const hub = context.session.hub;
    const prefix = hub ? `arn:${hub.partition}:iot:${hub.region}:${hub.accountId}:` : '';
    const document = h('textarea', { class: 'mono', rows: '12', testid: 'new-policy-document', spellcheck: 'false', value: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['iot:Connect'], Resource: [`${prefix}client/\${iot:Connection.Thing.ThingName}`] }],
    }, null, 2) });
    dialog(t.policies.create, h('div', { class: 'stack' }, field(t.policies.name, name), field(t.policies.document, document)), [{
      label: t.policies.create, main: true, failed: t.policies.createFailed, testid: 'new-policy-save',
      run: async () => {
        await api.post(`/policies/${api.segment(name.value)}`, { policyDocument: document.value });
        context.navigate(`/console/policies/${api.segment(name.value)}`);
      },
    }]);
  }
}
