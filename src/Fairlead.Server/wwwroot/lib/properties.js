// The MQTT 5 properties of a message as a form.
import { h, fill } from './dom.js';
import { field, select, button } from './ui.js';
import { toBase64 } from './payload.js';
import t from '../en.js';

export function propertiesForm(withExpiry = true) {
  const p = t.properties;
  const contentType = h('input', { testid: 'content-type', placeholder: 'application/json' });
  const responseTopic = h('input', { testid: 'response-topic' });
  const correlation = h('input', { testid: 'correlation' });
  const expiry = h('input', { type: 'number', min: '0', testid: 'expiry' });
  const format = select([['', p.unset], ['utf8', 'UTF-8'], ['bytes', p.bytes]], '', { testid: 'format' });
  const users = h('div', { class: 'stack tight' });
  const addUser = (name = '', value = '') => {
    const row = h('div', { class: 'inline' },
      h('input', { value: name, placeholder: p.name, 'aria-label': p.name, testid: 'user-name' }),
      h('input', { value, placeholder: p.value, 'aria-label': p.value, testid: 'user-value' }),
      h('button', { type: 'button', class: 'icon', 'aria-label': p.remove, onclick: () => row.remove() }, '×'));
    users.append(row);
  };
  const element = h('details', { class: 'more', testid: 'properties' }, h('summary', null, p.title),
    h('div', { class: 'grid' }, field(p.contentType, contentType), field(p.responseTopic, responseTopic), field(p.correlation, correlation),
      withExpiry && field(p.expiry, expiry), field(p.format, format)),
    h('div', { class: 'field' }, h('span', { class: 'label' }, p.user), users, h('div', null, button(p.add, () => addUser(), { class: 'small', testid: 'add-user-property' }))));
  return {
    element,
    read() {
      const pairs = [...users.children].map(row => [...row.querySelectorAll('input')].map(input => input.value)).filter(pair => pair[0]);
      const read = {
        contentType: contentType.value || undefined,
        responseTopic: responseTopic.value || undefined,
        correlationData: correlation.value ? toBase64(new TextEncoder().encode(correlation.value)) : undefined,
        messageExpiry: expiry.value ? Number(expiry.value) : undefined,
        payloadIsUtf8: format.value ? format.value === 'utf8' : undefined,
        user: pairs.length ? pairs : undefined,
      };
      return Object.values(read).some(value => value !== undefined) ? read : undefined;
    },
    get: () => ({
      contentType: contentType.value, responseTopic: responseTopic.value, correlation: correlation.value, expiry: expiry.value, format: format.value,
      users: [...users.children].map(row => [...row.querySelectorAll('input')].map(input => input.value)),
    }),
    set(saved) {
      contentType.value = saved?.contentType ?? '';
      responseTopic.value = saved?.responseTopic ?? '';
      correlation.value = saved?.correlation ?? '';
      expiry.value = saved?.expiry ?? '';
      format.value = saved?.format ?? '';
      fill(users);
      for (const [name, value] of saved?.users ?? []) addUser(name, value);
      element.open = Boolean(saved && Object.entries(saved).some(([, value]) => value?.length));
    },
  };
}

export function showProperties(properties) {
  if (!properties) return null;
  const p = t.properties;
  const rows = [
    [p.contentType, properties.contentType], [p.responseTopic, properties.responseTopic], [p.correlation, properties.correlationData && atob(properties.correlationData)],
    [p.expiry, properties.messageExpiry], [p.format, properties.payloadIsUtf8 === undefined ? undefined : properties.payloadIsUtf8 ? 'UTF-8' : p.bytes],
    ...(properties.user ?? []),
  ].filter(([, value]) => value !== undefined);
  return rows.length ? h('dl', { class: 'facts small' }, rows.map(([name, value]) => h('div', { class: 'fact' }, h('dt', null, name), h('dd', { class: 'mono' }, value)))) : null;
}

export const storage = {
  read(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch { /* a browser without storage keeps nothing */ }
  },
};
