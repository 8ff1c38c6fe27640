import { h, fill, text } from '../lib/dom.js';
import { header, cli, banner, button, panel, badge, confirm, copyButton, toast } from '../lib/ui.js';
import { dateTime, quote, shortId } from '../lib/format.js';
import { check } from '../lib/json.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.policies.title;

export async function mount(root, context) {
  const name = context.values[0];
  const path = `/policies/${api.segment(name)}`;
  const admin = context.may('admin');
  const p = t.policies;
  const told = h('div');
  const area = h('textarea', { class: 'mono', rows: '18', testid: 'policy-document', spellcheck: 'false', readOnly: !admin, 'aria-label': p.document });
  const problem = h('div', { class: 'hint bad-text', role: 'alert', testid: 'policy-problem' });
  const save = button(p.save, store, { class: 'primary', testid: 'policy-save', disabled: true });
  const versions = h('tbody');
  const targets = h('ul', { class: 'plain', testid: 'policy-targets' });
  let loaded = '';
  fill(root,
    h('p', { class: 'crumbs' }, h('a', { href: '/console/policies' }, t.nav.policies)),
    header(h('span', { class: 'mono' }, name, copyButton(name)), null, admin && button(p.remove, remove, { class: 'danger', testid: 'policy-delete' })),
    told,
    panel(h('span', null, p.document, ' ', copyButton(() => area.value)), area, problem, admin && h('div', { class: 'bar' }, save, h('span', { class: 'hint' }, p.saveHint))),
    h('div', { class: 'columns' }, panel(p.versions, h('table', null, versions)), panel(p.targets, targets)),
    cli(`fairlead policy get ${quote(name)}`, `fairlead policy versions ${quote(name)}`));
  area.addEventListener('input', () => {
    const read = check(area.value);
    text(problem, read.problem ? t.payload.jsonProblem(read.line, read.column, read.problem) : '');
    save.disabled = Boolean(read.problem) || area.value === loaded;
  });
  await load();

  async function load() {
    try {
      const [policy, list, used] = await Promise.all([api.get(path), api.get(`${path}/version`), api.post(`/policy-targets/${api.segment(name)}`)]);
      show(policy.policyDocument);
      fill(versions, list.policyVersions.map(one => h('tr', { testid: 'version-row' },
        h('th', { scope: 'row' }, h('button', { type: 'button', class: 'link', onclick: () => look(one.versionId) }, one.versionId)), h('td', null, one.isDefaultVersion && badge(p.inForce, 'ok')), h('td', { class: 'nowrap' }, dateTime(one.createDate * 1000)),
        h('td', { class: 'row-actions' }, admin && !one.isDefaultVersion && [button(p.use, () => change(() => api.patch(`${path}/version/${one.versionId}`)), { class: 'small' }), button(p.removeVersion, () => change(() => api.del(`${path}/version/${one.versionId}`)), { class: 'small danger' })]))));
      const arns = used.targets ?? [];
      fill(targets, arns.length === 0 ? h('li', { class: 'muted' }, p.noTargets) : arns.map(arn => {
        const certificate = /:cert\/([0-9a-f]+)$/.exec(arn)?.[1];
        return h('li', { class: 'mono', title: arn }, certificate ? [t.client.facts.certificate, ' ', shortId(certificate), copyButton(certificate)] : arn);
      }));
    } catch (error) {
      fill(told, banner(p.failedOne(name), error));
    }
  }

  function show(document) {
    const read = check(document);
    area.value = loaded = read.problem ? document : JSON.stringify(read.value, null, 2);
    save.disabled = true;
  }

  async function look(version) {
    try {
      show((await api.get(`${path}/version/${version}`)).policyDocument);
    } catch (error) {
      fill(told, banner(p.failedOne(name), error));
    }
  }

  async function change(run) {
    fill(told);
    try {
      await run();
    } catch (error) {
      fill(told, banner(p.saveFailed, error));
    }
    await load();
  }

  function store() {
    return change(async () => {
      await api.post(`${path}/version?setAsDefault=true`, { policyDocument: area.value });
      toast(p.saved);
    });
  }

  function remove() {
    confirm(p.removeTitle(name), h('p', null, p.removeText), p.remove, async () => {
      const { policyVersions } = await api.get(`${path}/version`);
      for (const one of policyVersions) if (!one.isDefaultVersion) await api.del(`${path}/version/${one.versionId}`);
      await api.del(path);
      context.navigate('/console/policies');
    });
  }
}
