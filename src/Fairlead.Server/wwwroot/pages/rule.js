import { h, fill, text, keyed } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, badge, banner, button, field, panel, confirm, toast, later } from '../lib/ui.js';
import { count, dateTime, moment, quote } from '../lib/format.js';
import { check } from '../lib/json.js';
import { payloadEditor } from '../lib/payloadview.js';
import { toBase64, fromBase64, show, bestView } from '../lib/payload.js';
import { storage } from '../lib/properties.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.rule.title;
const sample = [{ republish: { roleArn: 'arn:aws:iam::000000000000:role/fairlead', topic: 'alarms/${topic(2)}', qos: 1 } }];

export async function mount(root, context) {
  const isNew = context.values[0] === '+';
  const name = isNew ? '' : context.values[0];
  const path = `/rules/${api.segment(name)}`;
  const admin = context.may('admin');
  const r = t.rule;
  const told = h('div');
  const nameInput = h('input', { class: 'mono', required: true, pattern: '[A-Za-z0-9_]{1,128}', testid: 'rule-name', spellcheck: 'false' });
  const sql = h('textarea', { class: 'mono', rows: '4', spellcheck: 'false', testid: 'rule-sql', 'aria-label': 'SQL', value: 'SELECT temp FROM \'a/+\' WHERE temp > 30' });
  const sqlProblem = h('div', { class: 'hint bad-text', role: 'alert', testid: 'sql-problem' });
  const description = h('input', { testid: 'rule-description' });
  const actions = h('textarea', { class: 'mono', rows: '7', spellcheck: 'false', testid: 'rule-actions', value: JSON.stringify(sample, null, 2) });
  const errorAction = h('textarea', { class: 'mono', rows: '3', spellcheck: 'false', testid: 'rule-error-action', placeholder: '{"republish": {"roleArn": "…", "topic": "errors"}}' });
  const problems = { actions: h('div', { class: 'hint bad-text', role: 'alert', testid: 'actions-problem' }), errorAction: h('div', { class: 'hint bad-text', role: 'alert' }) };
  const functions = h('div', { class: 'functions mono small-text' });
  const save = button(isNew ? r.create : r.save, store, { class: 'primary', testid: 'rule-save', disabled: !admin });
  const toggle = h('span');
  const stats = h('div');
  const topic = h('input', { class: 'mono', value: storage.read('rule.topic', 'a/b'), testid: 'test-topic', spellcheck: 'false' });
  const payload = payloadEditor(storage.read('rule.payload', '{\n  "temp": 31\n}'), 'json', 'test-payload');
  const outcome = h('div', { testid: 'test-result', role: 'status' });
  const clauses = h('tbody');
  const command = h('div');
  let sequence = 0;
  fill(root,
    h('p', { class: 'crumbs' }, h('a', { href: '/console/rules' }, t.nav.rules)),
    header(isNew ? r.create : h('span', { class: 'mono' }, name), isNew ? r.newLead : h('span', { testid: 'rule-state' }), toggle, !isNew && admin && button(r.remove, remove, { class: 'danger', testid: 'rule-delete' })),
    told,
    h('div', { class: 'columns' },
      h('section', { class: 'panel' }, h('h2', null, r.statement), h('div', { class: 'stack' },
        isNew && field(r.name, nameInput, r.nameHint), h('div', { class: 'field' }, h('span', { class: 'label' }, 'SQL'), sql, sqlProblem),
        h('details', { class: 'more' }, h('summary', null, r.functions), functions),
        field(r.description, description), field(r.actions, actions, r.actionsHint), problems.actions, field(r.errorAction, errorAction), problems.errorAction,
        h('div', { class: 'bar' }, save), !admin && h('p', { class: 'muted' }, t.needAdmin))),
      h('section', { class: 'panel' }, h('h2', null, r.test), h('p', { class: 'hint' }, r.testLead), h('div', { class: 'stack' },
        field(t.test.topic, topic), payload.element, h('div', { class: 'bar' }, button(r.run, test, { testid: 'test-run' }), button(r.last, () => test(true), { testid: 'test-last', title: r.lastTitle })), outcome,
        h('div', { class: 'scroll', tabindex: '0' }, h('table', { class: 'clauses' }, clauses))))),
    stats, command);

  api.get('/v1/console/functions').then(found => fill(functions, found.functions.map(one => h('button', { type: 'button', class: 'link', title: r.insert, onclick: () => insert(`${one}()`) }, one)))).catch(() => { /* the editor works without the list */ });

  if (!isNew) {
    try {
      fillFrom((await api.get(path)).rule);
    } catch (error) {
      fill(told, banner(r.failed(name), error));
    }
  }
  const tryLater = later(() => test(), 250);
  for (const input of [sql, topic, payload.element]) input.addEventListener('input', tryLater);
  test();

  function fillFrom(rule) {
    sql.value = rule.sql;
    const filter = /\bFROM\s+'([^']+)'/i.exec(rule.sql)?.[1];
    // A topic that FROM matches, to begin with.
    if (filter) topic.value = filter.replaceAll('+', 'x').replace('#', 'x');
    description.value = rule.description ?? '';
    actions.value = JSON.stringify(rule.actions, null, 2);
    errorAction.value = rule.errorAction ? JSON.stringify(rule.errorAction, null, 2) : '';
    showState(!rule.ruleDisabled);
  }

  function showState(enabled) {
    const place = root.querySelector('[data-testid=rule-state]');
    if (place) fill(place, badge(enabled ? t.rules.enabled : t.rules.disabled, enabled ? 'ok' : ''));
    if (admin && !isNew) fill(toggle, button(enabled ? r.disable : r.enable, async () => {
      try {
        await api.post(`${path}/${enabled ? 'disable' : 'enable'}`);
        showState(!enabled);
      } catch (error) {
        fill(told, banner(r.saveFailed, error));
      }
    }, { testid: 'rule-toggle' }));
  }

  function insert(word) {
    sql.setRangeText(word, sql.selectionStart, sql.selectionEnd, 'end');
    sql.focus();
    tryLater();
  }

  function read(area, place) {
    if (!area.value.trim()) {
      text(place, '');
      return undefined;
    }
    const found = check(area.value);
    text(place, found.problem ? t.payload.jsonProblem(found.line, found.column, found.problem) : '');
    if (found.problem) throw new SyntaxError(found.problem);
    return found.value;
  }

  async function store() {
    fill(told);
    let body;
    try {
      body = { sql: sql.value, description: description.value || undefined, actions: read(actions, problems.actions) ?? [], errorAction: read(errorAction, problems.errorAction), awsIotSqlVersion: '2016-03-23' };
    } catch {
      return;
    }
    if (isNew && !nameInput.reportValidity()) return;
    try {
      if (isNew) await api.post(`/rules/${api.segment(nameInput.value)}`, body);
      else await api.patch(path, body);
      toast(r.saved);
      if (isNew) context.navigate(`/console/rules/${nameInput.value}`);
    } catch (error) {
      fill(told, banner(r.saveFailed, error));
      told.scrollIntoView({ block: 'nearest' });
    }
  }

  function remove() {
    confirm(r.removeTitle(name), h('p', null, r.removeText), r.remove, async () => {
      await api.del(path);
      context.navigate('/console/rules');
    });
  }

  async function test(last = false) {
    const mine = ++sequence;
    const isLast = last === true;
    if (!isLast && !payload.check()) return;
    storage.write('rule.topic', topic.value);
    fill(command, cli(...(isNew ? [] : [`fairlead rule get ${name}`, `fairlead rule stats ${name}`]), `fairlead rule test ${quote(sql.value.replace(/\s+/g, ' '))} --topic ${quote(topic.value)} --payload ${quote(payload.get().value.replace(/\s*\n\s*/g, ''))}`));
    try {
      const answer = await api.post('/v1/rules/test', isLast ? { sql: sql.value, last: true } : { sql: sql.value, topic: topic.value, payloadBase64: toBase64(payload.read()) });
      if (mine !== sequence) return;
      text(sqlProblem, '');
      sql.removeAttribute('aria-invalid');
      if (isLast) {
        topic.value = answer.topic;
        const content = fromBase64(answer.payloadBase64);
        payload.set({ value: show(content, bestView(content)), view: bestView(content) });
      }
      const output = answer.output !== undefined ? JSON.stringify(answer.output) : answer.outputBase64 && show(fromBase64(answer.outputBase64), bestView(fromBase64(answer.outputBase64)));
      fill(outcome, h('div', { class: `banner ${answer.result === 'matched' ? 'ok' : 'warn'}` }, h('strong', { testid: 'test-verdict' }, r.results[answer.result] ?? answer.result), h('span', { testid: 'test-explanation' }, answer.explanation),
        answer.result === 'matched' && h('pre', { class: 'payload', testid: 'test-output' }, output)));
      fill(clauses, answer.clauses.map(clause => h('tr', { class: `depth-${Math.min(clause.depth, 8)}` }, h('th', { scope: 'row' }, clause.clause), h('td', { class: 'mono' }, clause.text), h('td', { class: 'mono' }, clause.result), h('td', { class: 'mono muted' }, clause.operands ?? ''))));
    } catch (error) {
      if (mine !== sequence) return;
      fill(clauses);
      if (isLast) {
        fill(outcome, banner(r.lastFailed, error, 'warn'));
        return;
      }
      text(sqlProblem, error.message);
      sql.setAttribute('aria-invalid', 'true');
      fill(outcome);
    }
  }

  if (isNew) return undefined;
  const numbers = h('dl', { class: 'facts' });
  const actionRows = h('tbody');
  const failures = h('tbody', { testid: 'rule-failures' });
  const noFailures = h('p', { class: 'muted' }, r.noFailures);
  fill(stats, h('div', { class: 'columns' },
    panel(r.counted, numbers, h('div', { class: 'scroll', tabindex: '0' }, h('table', null, h('thead', null, h('tr', null, ['action', 'succeeded', 'failed', 'dropped', 'retried', 'waiting'].map((key, i) => h('th', { scope: 'col', class: i ? 'num' : null }, r.columns[key])))), actionRows))),
    panel(r.failures, noFailures, h('div', { class: 'scroll', tabindex: '0' }, h('table', null, failures)))));
  const stream = live(api.query('/v1/console/live/rule', { name }), {
    view: view => {
      fill(numbers, ['matched', 'executed', 'parseErrors', 'functionFailures', 'throttled', 'waiting'].map(key => h('div', { class: 'fact' }, h('dt', null, r.numbers[key]), h('dd', null, h('span', { testid: `rule-${key}` }, count(view[key]))))));
      fill(actionRows, view.actions.map(action => h('tr', { testid: 'rule-action' }, h('th', { scope: 'row', class: 'mono' }, action.action, action.errorAction && badge(r.errorAction)), ['succeeded', 'failed', 'dropped', 'retried', 'waiting'].map(key => h('td', { class: `num${key === 'failed' && action.failed ? ' bad-text' : ''}`, testid: `action-${key}` }, count(action[key]))))));
      noFailures.hidden = view.failures.length > 0;
      keyed(failures, view.failures, one => `${one.traceId} ${one.timestamp} ${one.action}`, one => h('tr', { testid: 'rule-failure' }, h('td', { class: 'nowrap', title: dateTime(one.timestamp * 1000) }, moment(one.timestamp * 1000)), h('td', { class: 'mono' }, one.action, h('span', { class: 'sub' }, one.resource)), h('td', { class: 'reason' }, one.message, h('span', { class: 'sub mono' }, one.topic))));
    },
  });
  return () => stream.close();
}
