// The shell: who is signed in, where one is, and whether the hub is there.
import { h, fill } from './lib/dom.js';
import * as api from './lib/api.js';
import { linkState, onLinkState } from './lib/live.js';
import { login } from './pages/login.js';
import t from './en.js';

const load = name => () => import(`./pages/${name}.js`);
const routes = [
  [/^\/console\/?$/, load('overview'), 'overview'],
  [/^\/console\/start$/, load('start'), 'start'],
  [/^\/console\/connections$/, load('connections'), 'connections'],
  [/^\/console\/connections\/refused$/, load('refused'), 'connections'],
  [/^\/console\/connections\/client\/([^/]+)$/, load('client'), 'connections'],
  [/^\/console\/things$/, load('things'), 'things'],
  [/^\/console\/things\/([^/]+)$/, load('thing'), 'things'],
  [/^\/console\/things\/([^/]+)\/shadow$/, load('shadow'), 'things'],
  [/^\/console\/edges$/, load('edges'), 'edges'],
  [/^\/console\/gateway$/, load('gateway'), 'gateway'],
  [/^\/console\/gateway\/(\d+)$/, load('gatewaylinks'), 'gateway'],
  [/^\/console\/topics$/, load('topics'), 'topics'],
  [/^\/console\/test$/, load('test'), 'test'],
  [/^\/console\/direct$/, load('direct'), 'direct'],
  [/^\/console\/rules$/, load('rules'), 'rules'],
  [/^\/console\/rules\/([^/]+)$/, load('rule'), 'rules'],
  [/^\/console\/policies$/, load('policies'), 'policies'],
  [/^\/console\/policies\/([^/]+)$/, load('policy'), 'policies'],
  [/^\/console\/explain$/, load('explain'), 'policies'],
  [/^\/console\/logs$/, load('logs'), 'logs'],
  [/^\/console\/metrics$/, load('metrics'), 'metrics'],
  [/^\/console\/settings$/, load('settings'), 'settings'],
];

const groups = [
  [t.nav.hub, [['', 'overview'], ['start', 'start']]],
  [t.nav.devices, [['connections', 'connections'], ['things', 'things'], ['edges', 'edges'], ['gateway', 'gateway']]],
  [t.nav.messages, [['topics', 'topics'], ['test', 'test'], ['direct', 'direct']]],
  [t.nav.logic, [['rules', 'rules'], ['policies', 'policies']]],
  [t.nav.observe, [['logs', 'logs'], ['metrics', 'metrics'], ['settings', 'settings']]],
];

const app = document.getElementById('app');
const themes = ['auto', 'light', 'dark'];
let session;
let leave;
let main;
let visit = 0;

function theme(next) {
  let present = 'auto';
  try {
    if (next) localStorage.setItem('theme', next);
    present = localStorage.getItem('theme') ?? 'auto';
  } catch { /* a browser without storage has the system's theme */ }
  if (present === 'auto') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', present);
  return present;
}

function themeButton() {
  const button = h('button', { type: 'button', class: 'quiet', testid: 'theme' });
  const show = present => {
    button.textContent = { auto: '◐', light: '☀', dark: '☾' }[present];
    button.title = t.theme(present);
    button.setAttribute('aria-label', t.theme(present));
  };
  button.addEventListener('click', () => show(theme(themes[(themes.indexOf(theme()) + 1) % themes.length])));
  show(theme());
  return button;
}

function stateBadge() {
  const badge = h('span', { class: 'link-state', role: 'status', testid: 'link-state' });
  const show = state => {
    badge.className = `link-state ${state}`;
    badge.textContent = t.link[state];
    badge.title = t.linkTitle[state];
  };
  onLinkState(show);
  show(linkState());
  return badge;
}

function shell() {
  const nav = h('nav', { class: 'side', id: 'nav', 'aria-label': t.nav.label }, groups.map(([title, items]) => h('div', { class: 'side-group' },
    h('div', { class: 'side-title' }, title),
    items.map(([path, key]) => h('a', { href: `/console/${path}`, testid: `nav-${key}`, 'data-key': key }, t.nav[key])))));
  const menu = h('button', {
    type: 'button', class: 'quiet menu', 'aria-controls': 'nav', 'aria-expanded': 'false', 'aria-label': t.nav.open,
    onclick: () => menu.setAttribute('aria-expanded', String(nav.classList.toggle('open'))),
  }, '☰');
  nav.addEventListener('click', () => {
    nav.classList.remove('open');
    menu.setAttribute('aria-expanded', 'false');
  });
  main = h('main', { id: 'main', tabindex: '-1' });
  fill(app,
    h('a', { class: 'skip', href: '#main' }, t.skip),
    h('header', { class: 'top' }, menu,
      h('a', { class: 'brand', href: '/console/' }, h('img', { src: '/console/files/icon.svg', alt: '', width: '22', height: '22' }), 'Fairlead'),
      h('span', { class: 'version', testid: 'version' }),
      session.devMode && h('span', { class: 'badge warn', testid: 'dev-mode', title: t.devModeTitle }, t.devMode),
      h('span', { class: 'grow' }), stateBadge(),
      h('span', { class: 'user', testid: 'user' }, session.user, h('span', { class: 'muted role' }, t.roles[session.role])),
      themeButton(),
      h('button', { type: 'button', class: 'quiet', testid: 'sign-out', onclick: signOut }, t.signOut)),
    h('div', { class: 'frame' }, nav, main));
  api.get('/v1/hub').then(hub => {
    session.hub = hub;
    document.querySelector('[data-testid=version]').textContent = hub.version;
  }).catch(() => { /* the state of the link tells */ });
}

async function signOut() {
  await api.del('/v1/console/session').catch(() => { /* it is over in any case */ });
  session = null;
  leave?.();
  leave = null;
  showLogin();
}

function showLogin(problem) {
  document.title = `${t.signIn} · Fairlead`;
  main = null;
  login(app, problem, signedIn);
}

async function signedIn(who) {
  session = who;
  shell();
  await route();
}

export function navigate(path, replace = false) {
  if (path === location.pathname + location.search) replace = true;
  history[replace ? 'replaceState' : 'pushState'](null, '', path);
  return route();
}

// Keeps what a page shows in its address, without opening the page again.
export function remember(path) {
  history.replaceState(null, '', path);
}

async function route() {
  if (!main) return;
  const mine = ++visit;
  leave?.();
  leave = null;
  const path = location.pathname;
  const found = routes.map(([pattern, page, key]) => ({ match: pattern.exec(path), page, key })).find(one => one.match);
  for (const anchor of document.querySelectorAll('.side a')) {
    if (anchor.dataset.key === found?.key) anchor.setAttribute('aria-current', 'page');
    else anchor.removeAttribute('aria-current');
  }
  if (!found) {
    fill(main, h('h1', null, t.notFound), h('p', null, t.notFoundAdvice));
    return;
  }
  const page = await found.page();
  if (mine !== visit) return;
  fill(main);
  document.title = `${page.title} · Fairlead`;
  const context = {
    session, navigate, remember, query: new URLSearchParams(location.search), values: found.match.slice(1).map(decodeURIComponent),
    may: role => ['viewer', 'operator', 'admin'].indexOf(session.role) >= ['viewer', 'operator', 'admin'].indexOf(role),
  };
  const cleanup = await page.mount(main, context);
  if (mine === visit) leave = cleanup;
  else cleanup?.();
  main.scrollTop = 0;
}

document.addEventListener('click', event => {
  const anchor = event.target.closest?.('a[href^="/console"]');
  if (!anchor || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || anchor.hasAttribute('download')) return;
  event.preventDefault();
  navigate(anchor.getAttribute('href'));
});
window.addEventListener('popstate', route);

// A hub that knows no device yet begins with how to get one.
async function isNew() {
  try {
    return !(await api.post('/indices/search', { queryString: '*', maxResults: 1 })).things?.length;
  } catch {
    return false;
  }
}

let checking = false;
api.events.addEventListener('refused', async () => {
  // Either the session has ended, or this user may not: the hub knows.
  if (checking || !session) return;
  checking = true;
  try {
    await api.get('/v1/console/session');
  } catch (error) {
    if (error.status === 401 && session) {
      session = null;
      leave?.();
      leave = null;
      showLogin(t.login.ended);
    }
  } finally {
    checking = false;
  }
});

async function begin() {
  theme();
  const token = location.pathname === '/start' ? new URLSearchParams(location.search).get('t') : null;
  const isEntry = location.pathname === '/' || location.pathname === '/start';
  if (isEntry) history.replaceState(null, '', '/console/');
  try {
    session = token ? await api.post('/v1/console/session', { link: token }) : await api.get('/v1/console/session');
  } catch (error) {
    // A link that was used already does no harm to who is signed in.
    if (token && await api.get('/v1/console/session').then(who => session = who, () => null)) {
      await signedIn(session);
      return;
    }
    showLogin(token ? error.message : error.status === 401 ? '' : error.message);
    return;
  }
  if (isEntry && await isNew()) history.replaceState(null, '', '/console/start');
  await signedIn(session);
}

begin();
