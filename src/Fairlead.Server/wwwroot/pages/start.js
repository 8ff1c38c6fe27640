import { h, fill } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, command, button, banner, field, badge } from '../lib/ui.js';
import { createThing, kitFile, hubAddress, isName } from '../lib/kit.js';
import { download } from '../lib/ui.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.start;

export function mount(root, context) {
  let stream;
  const name = h('input', { value: context.query.get('thing') ?? 'lamp1', required: true, testid: 'thing-name', pattern: '[A-Za-z0-9_.:\\-]{1,128}', spellcheck: 'false' });
  const problem = h('div');
  const step2 = h('li', { class: 'step', hidden: true });
  const step3 = h('li', { class: 'step', hidden: true });
  const create = h('button', { class: 'primary', testid: 'create-thing', disabled: !context.may('admin') }, t.start.create);
  const form = h('form', {
    class: 'inline',
    onsubmit: async event => {
      event.preventDefault();
      fill(problem);
      if (!isName(name.value)) {
        fill(problem, banner(t.start.failed, t.start.badName));
        return;
      }
      create.disabled = true;
      try {
        made(await createThing(name.value));
      } catch (error) {
        fill(problem, banner(t.start.failed, error));
      }
      create.disabled = false;
    },
  }, field(t.start.name, name), create);
  fill(root,
    header(t.nav.start, t.start.lead),
    h('ol', { class: 'steps' },
      h('li', { class: 'step' }, h('h2', null, t.start.one), h('p', null, t.start.oneText), form, problem,
        !context.may('admin') && h('p', { class: 'muted' }, t.start.needAdmin),
        h('p', { class: 'muted' }, t.start.orCli), command('fairlead thing create lamp1 --out lamp1')),
      step2, step3),
    cli('fairlead thing create lamp1 --out lamp1', 'fairlead pub --as lamp1 -t lamp1/temp -m 21.5'));

  async function made(kit) {
    const address = await hubAddress(context.session.hub);
    const files = kitFile(kit, address);
    const tick = h('span', { class: 'tick', testid: 'tick', role: 'status' }, badge(t.start.waiting(kit.thing), 'warn'));
    // The key is shown to nobody but who downloads it, and only now.
    const save = () => download(`${kit.thing}.zip`, files.blob());
    fill(step2, h('h2', null, t.start.two), h('p', null, t.start.twoText(kit.thing)),
      button(t.start.download(kit.thing), save, { class: 'primary', testid: 'download-kit' }),
      h('p', { class: 'muted' }, t.start.twoThen), command(files.unpack, 'unpack-command'));
    fill(step3, h('h2', null, t.start.three), h('p', null, t.start.threeText),
      command(files.publish, 'publish-command'),
      h('p', null, tick), h('p', null, t.start.threeMore), command(files.subscribe, 'subscribe-command'),
      h('p', { class: 'muted' }, t.start.more), h('p', { class: 'links' },
        h('a', { href: `/console/things/${api.segment(kit.thing)}/shadow` }, t.start.toShadow), h('a', { href: '/console/topics' }, t.start.toTopics), h('a', { href: '/console/rules' }, t.start.toRules)));
    step2.hidden = false;
    step3.hidden = false;
    context.remember(api.query('/console/start', { thing: kit.thing }));
    watch(kit.thing, tick);
    step2.scrollIntoView({ block: 'nearest' });
  }

  function watch(thing, tick) {
    stream?.close();
    let had = false;
    stream = live(api.query('/v1/console/live/client', { id: thing }), {
      view: view => {
        const connected = view.events.find(one => one.event === 'connected');
        if (!connected || had) return;
        had = true;
        fill(tick, badge(t.start.connected(thing), 'ok'), h('span', { class: 'muted' }, ` ${connected.detail ?? ''}`));
        tick.classList.add('done');
        tick.dataset.done = 'true';
      },
    });
  }

  return () => stream?.close();
}
