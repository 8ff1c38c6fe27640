import { h, fill } from '../lib/dom.js';
import * as api from '../lib/api.js';
import { banner, field, command } from '../lib/ui.js';
import t from '../en.js';

export function login(app, problem, done) {
  const user = h('input', { name: 'user', autocomplete: 'username', required: true, testid: 'login-user' });
  const password = h('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true, testid: 'login-password' });
  const told = h('div');
  const form = h('form', {
    class: 'stack',
    onsubmit: async event => {
      event.preventDefault();
      try {
        done(await api.post('/v1/console/session', { user: user.value, password: password.value }));
      } catch (error) {
        fill(told, banner(t.login.failed, error));
        password.select();
      }
    },
  }, field(t.login.user, user), field(t.login.password, password), h('button', { class: 'primary', testid: 'login' }, t.signIn));
  if (problem) fill(told, banner(t.login.again, problem, 'warn'));
  fill(app, h('main', { class: 'login' },
    h('div', { class: 'login-box' },
      h('div', { class: 'brand' }, h('img', { src: '/console/files/icon.svg', alt: '', width: '28', height: '28' }), 'Fairlead'),
      h('h1', null, t.login.title), told, form,
      h('p', { class: 'muted' }, t.login.noPassword), command('fairlead console'))));
  user.focus();
}
