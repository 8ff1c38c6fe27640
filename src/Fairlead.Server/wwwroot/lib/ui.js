// What pages are made of.
import { h, s, fill, append } from './dom.js';
import { request } from './api.js';
import t from '../en.js';

let toastTimer;
export function toast(message) {
  let place = document.querySelector('.toast');
  if (!place) document.body.append(place = h('div', { class: 'toast', role: 'status', 'aria-live': 'polite' }));
  place.textContent = message;
  place.classList.add('shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => place.classList.remove('shown'), 1800);
}

export async function copy(value) {
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // Over plain HTTP from another machine browsers have no clipboard; this still works.
    const area = h('textarea', { value, class: 'offscreen', 'aria-hidden': 'true' });
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  toast(t.copied);
}

export function copyButton(value, label = t.copy) {
  return h('button', {
    type: 'button', class: 'icon copy', title: label, 'aria-label': label,
    onclick: event => {
      event.stopPropagation();
      copy(typeof value === 'function' ? value() : value);
    },
  }, s('svg', { viewBox: '0 0 16 16', width: '14', height: '14', 'aria-hidden': 'true', class: 'glyph' },
    s('rect', { x: '5.5', y: '5.5', width: '8', height: '8', rx: '1.5' }), s('path', { d: 'M10.5 3.5v-.5a1.5 1.5 0 0 0-1.5-1.5H4A1.5 1.5 0 0 0 2.5 3v5A1.5 1.5 0 0 0 4 9.5h.5' })));
}

// A command that can be copied. The text is exactly what is run.
export function command(value, testid) {
  return h('div', { class: 'command' }, h('code', { testid, tabindex: '0' }, value), copyButton(value, t.copyCommand));
}

export function cli(...commands) {
  return h('details', { class: 'cli' },
    h('summary', null, t.sameInCli),
    commands.map(one => command(one, 'cli')));
}

export function header(title, lead, ...actions) {
  return h('header', { class: 'page-head' },
    h('div', null, h('h1', null, title), lead && h('p', { class: 'lead' }, lead)),
    h('div', { class: 'actions' }, actions));
}

export function button(label, onclick, options = {}) {
  return h('button', { type: 'button', class: options.class, testid: options.testid, disabled: options.disabled, title: options.title, onclick }, label);
}

export function link(path, label, testid) {
  return h('a', { href: path, testid }, label);
}

export const badge = (label, kind = '', testid) => h('span', { class: `badge ${kind}`, testid }, label);

export function empty(title, advice, ...actions) {
  return h('div', { class: 'empty', testid: 'empty' }, h('strong', null, title), h('p', null, advice), actions);
}

// An error says what failed, why, and what to do.
export function explain(error) {
  if (error.status === 0) return { why: t.errors.unreachable, cure: t.errors.unreachableCure };
  const cure = t.errors.cures[error.code] ?? t.errors.cures[error.status] ?? '';
  return { why: error.message || `${error.status} ${error.code}`, cure };
}

export function banner(what, error, kind = 'bad') {
  const { why, cure } = typeof error === 'string' ? { why: error, cure: '' } : explain(error);
  return h('div', { class: `banner ${kind}`, role: 'alert', testid: 'banner' },
    h('strong', null, what), h('span', { testid: 'banner-why' }, why), cure && h('span', { class: 'muted' }, cure));
}

export function field(label, control, hint) {
  const id = control.id || `f${++fields}`;
  control.id = id;
  return h('div', { class: 'field' }, h('label', { for: id }, label), control, hint && h('span', { class: 'hint' }, hint));
}
let fields = 0;

export function select(options, value, attributes = {}) {
  return h('select', attributes, options.map(([key, label]) => h('option', { value: key, selected: key === value }, label)));
}

export function dialog(title, content, buttons) {
  const box = h('dialog', { class: 'dialog', 'aria-label': title, testid: 'dialog' });
  const problem = h('div');
  const form = h('form', {
    method: 'dialog',
    onsubmit: async event => {
      event.preventDefault();
      const main = buttons.find(one => one.main) ?? buttons[0];
      await press(main);
    },
  }, h('h2', null, title), content, problem,
  h('div', { class: 'dialog-buttons' },
    h('button', { type: 'button', class: 'quiet', onclick: () => box.close(), testid: 'dialog-cancel' }, t.cancel),
    buttons.map(one => h('button', {
      type: one.main ? 'submit' : 'button', class: one.class ?? (one.main ? 'primary' : ''), testid: one.testid,
      onclick: one.main ? undefined : () => press(one),
    }, one.label))));
  async function press(one) {
    fill(problem);
    try {
      if (await one.run() !== false) box.close();
    } catch (error) {
      if (error.status === undefined) throw error;
      fill(problem, banner(one.failed ?? t.errors.failed, error));
    }
  }
  box.append(form);
  box.addEventListener('close', () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

export function confirm(title, content, label, run) {
  return dialog(title, content, [{ label, main: true, class: 'danger', run, testid: 'dialog-confirm' }]);
}

export function tabs(items, present) {
  return h('nav', { class: 'tabs', 'aria-label': t.views }, items.map(([path, label, testid]) =>
    h('a', { href: path, 'aria-current': path === present ? 'page' : undefined, testid }, label)));
}

// A value with its label, its copy button and a name for tests.
export function fact(label, value, testid, options = {}) {
  const shown = value instanceof Node ? value : h('span', { testid }, value ?? '–');
  const copied = options.copy ?? (value instanceof Node ? null : value);
  return h('div', { class: 'fact' }, h('dt', null, label), h('dd', null, shown, copied && copied !== '–' && copyButton(String(copied))));
}

export function download(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const anchor = h('a', { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

export async function downloadFrom(path, name) {
  download(name, await (await request('GET', path)).blob());
}

// The newest wish counts: typing must not send a request for each letter.
export function later(run, wait = 200) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), wait);
  };
}

export function panel(title, ...content) {
  return h('section', { class: 'panel' }, title && h('h2', null, title), content);
}

export { append };
