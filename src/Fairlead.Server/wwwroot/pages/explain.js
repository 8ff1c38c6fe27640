import { h, fill } from '../lib/dom.js';
import { header, cli, banner, badge, field, select, panel } from '../lib/ui.js';
import { quote, shortPrincipal } from '../lib/format.js';
import { policyTabs } from './policies.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.explain.title;
const actions = ['iot:Connect', 'iot:Publish', 'iot:RetainPublish', 'iot:Subscribe', 'iot:Receive', 'iot:GetThingShadow', 'iot:UpdateThingShadow', 'iot:DeleteThingShadow', 'iot:SendDirectMessage'];

export function mount(root, context) {
  const e = t.explain;
  const q = context.query;
  const input = (name, options = {}) => h('input', { class: 'mono', value: q.get(name) ?? '', testid: `explain-${name}`, spellcheck: 'false', ...options });
  const thing = input('thing', { placeholder: 'lamp1' });
  const client = input('client');
  const certificate = input('certificate');
  const resource = input('resource', { placeholder: 'topic/lamp1/temp', required: true });
  const ip = input('ip', { placeholder: '192.0.2.1' });
  const present = q.get('action') ?? 'iot:Publish';
  const action = select([...new Set([...actions, present])].map(one => [one, one]), present, { testid: 'explain-action' });
  const answer = h('div', { class: 'stack', testid: 'explain-answer' });
  const command = h('div');
  fill(root,
    header(e.title, e.lead), policyTabs('/console/explain'),
    h('section', { class: 'panel' }, h('form', { class: 'stack', onsubmit: event => {
      event.preventDefault();
      run();
    } },
    h('div', { class: 'grid' }, field(e.thing, thing, e.thingHint), field(e.client, client, e.clientHint), field(e.certificate, certificate), field(e.action, action), field(e.resource, resource, e.resourceHint), field(e.ip, ip)),
    h('div', null, h('button', { class: 'primary', testid: 'explain-run' }, e.run)))),
    answer, command);
  action.addEventListener('change', hint);
  hint();
  if (resource.value && (thing.value || client.value || certificate.value)) run();

  function hint() {
    const kind = action.value === 'iot:Connect' || action.value === 'iot:SendDirectMessage' ? 'client' : action.value === 'iot:Subscribe' ? 'topicfilter' : action.value.endsWith('Shadow') ? 'thing' : 'topic';
    resource.placeholder = `${kind}/lamp1${kind === 'topic' ? '/temp' : kind === 'topicfilter' ? '/#' : ''}`;
  }

  async function run() {
    const question = {
      thing: certificate.value ? undefined : thing.value || undefined, certificateId: certificate.value || undefined, clientId: client.value || undefined, action: action.value,
      resource: resource.value, sourceIp: ip.value || undefined,
    };
    context.remember(api.query('/console/explain', { thing: thing.value, client: client.value, certificate: certificate.value, action: action.value, resource: resource.value, ip: ip.value }));
    const who = certificate.value ? `--cert ${certificate.value}` : thing.value ? `--thing ${quote(thing.value)}` : `--client ${quote(client.value)}`;
    fill(command, cli(`fairlead policy explain ${who} ${action.value.replace(/^iot:(Connect|Publish|Subscribe|Receive)$/, (_, verb) => verb.toLowerCase())} ${quote(resource.value.replace(/^(client|topic|topicfilter)\//, ''))}`));
    try {
      show(await api.post('/v1/explain', question));
    } catch (error) {
      fill(answer, banner(e.failed, error));
    }
  }

  function show(found) {
    const allowed = found.decision === 'ALLOWED';
    fill(answer,
      h('div', { class: `banner ${allowed ? 'ok' : 'bad'}`, role: 'status' },
        h('strong', { testid: 'explain-decision' }, e.decisions[found.decision]),
        h('span', null, e.sentence(shortPrincipal(found.principal), found.action, found.resource.replace(/^arn:[^:]*:iot:[^:]*:[^:]*:/, ''))),
        h('span', { testid: 'explain-statement' }, found.policy ? e.by(found.policy, found.statement) : allowed ? '' : e.nobody),
        found.detail && h('span', { class: 'muted' }, found.detail)),
      found.missingVariables.length > 0 && banner(e.missing, found.missingVariables.join(', '), 'warn'),
      found.policies.length === 0 && !found.detail ? banner(e.noPolicies, e.noPoliciesCure, 'warn') : null,
      found.policies.map(policy => panel(h('span', null, h('a', { class: 'mono', href: `/console/policies/${api.segment(policy.policyName)}` }, policy.policyName)),
        h('div', { class: 'scroll', tabindex: '0' }, h('table', null, h('thead', null, h('tr', null, [e.statement, e.effect, e.matchesAction, e.matchesResource, e.conditions, e.applies].map(label => h('th', { scope: 'col' }, label)))),
          h('tbody', null, policy.statements.map(one => h('tr', { class: one.applies ? 'selected' : null, testid: 'explain-row' },
            h('th', { scope: 'row' }, one.statement), h('td', null, badge(one.effect, one.effect === 'Allow' ? 'ok' : 'bad')), tick(one.matchesAction), tick(one.matchesResource),
            h('td', { class: 'mono' }, (one.failedConditions ?? []).join(', ') || (one.missingVariables ?? []).map(name => e.withoutValue(name)).join(', ') || '–'), tick(one.applies)))))))));
  }

  const tick = yes => h('td', null, yes ? h('span', { class: 'ok-text', 'aria-label': e.yes }, '✓') : h('span', { class: 'muted', 'aria-label': e.no }, '–'));
}
