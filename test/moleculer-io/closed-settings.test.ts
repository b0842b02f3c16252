import { expect } from 'chai';
import { ask, CollectingLogger, connect, newClient, refused } from '../support/run-gateway';
import { MATH, startIo } from './start-io';

/*
 * Settings that open nothing start, and say what to write. Settings that leave `/` out, too.
 */

async function startLogged(namespaces: object | undefined, others = [MATH]) {
  const logger = new CollectingLogger();
  const running = await startIo(namespaces, {}, others, { logger });
  const warnings = logger.lines.filter(({ level }) => level === 'warn').map(({ text }) => text);
  return { ...running, logger, warnings };
}

const OPEN = { events: { call: {} } };

describe("moleculer-io's settings that open nothing", () => {
  const closed: Record<string, { readonly call: object; readonly cure: string }> = {
    'an empty whitelist': {
      call: { whitelist: [] },
      cure: "whitelist: [] lets no action be called; name some: whitelist: ['math.*']",
    },
    'restrict without aliases': {
      call: { mappingPolicy: 'restrict' },
      cure: "mappingPolicy: 'restrict' opens aliases only, and there are none; write some: aliases: { add: 'math.add' }",
    },
    'restrict with no alias in aliases': {
      call: { mappingPolicy: 'restrict', aliases: {} },
      cure: "mappingPolicy: 'restrict' opens aliases only",
    },
  };
  for (const [what, { call, cure }] of Object.entries(closed)) {
    it(`${what}: starts closed, with a warning`, async () => {
      const running = await startLogged({ '/': { events: { call, other: {} } } });
      expect(running.warnings).to.have.length(1);
      expect(running.warnings[0]).to.include(`io: settings.io.namespaces['/'].events['call']: ${cure}`);
      const client = await connect(running, '/');
      expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).error).to.include({ code: 404 });
      expect((await ask(client, 'other', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
    });
  }

  it('a template with such an event warns, too, and a namespace that is registered later', async () => {
    const running = await startLogged({
      '/': OPEN,
      later: { createNamespace: false, events: { call: { whitelist: [] } } },
    });
    expect(running.warnings).to.have.length(1);
    expect(running.warnings[0]).to.include("settings.io.namespaces['later'].events['call']");
    running.gateway['registerNamespace']('/later', 'later');
    expect(running.logger.having("settings.io.namespaces['/later'].events['call']")).to.have.length(1);
    const client = await connect(running, '/later');
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).error).to.include({ code: 404 });
  });

  it('warns of nothing where the settings are open, or there are none', async () => {
    for (const namespaces of [undefined, {}, { '/': OPEN }, { '': OPEN, '/chat': OPEN }]) {
      expect((await startLogged(namespaces)).warnings, JSON.stringify(namespaces)).to.deep.equal([]);
    }
  });

  it("'/' that is left out is closed, and a warning says how to open it, or to silence it", async () => {
    const running = await startLogged({ '/chat': OPEN });
    expect(running.warnings).to.have.length(1);
    expect(running.warnings[0])
      .to.include("declares no '/', which is closed therefore")
      .and.to.include("write '/': { events: { call: { whitelist: ['math.*'] } } }")
      .and.to.include("write '/': { createNamespace: false }");
    expect((await refused(newClient(running, '/'))).message).to.equal('Invalid namespace');

    const silent = await startLogged({ '/chat': OPEN, '/': { createNamespace: false } });
    expect(silent.warnings).to.deep.equal([]);
    expect((await refused(newClient(silent, '/'))).message).to.equal('Invalid namespace');
  });

  it("'/' without events has none, and a warning says so", async () => {
    const running = await startLogged({ '/': { authorization: false } });
    expect(running.warnings).to.have.length(1);
    expect(running.warnings[0]).to.include("settings.io.namespaces['/'] has no events");
    const client = await connect(running, '/');
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).error).to.include({
      type: 'EVENT_NOT_FOUND',
    });
    expect((await startLogged({ '/': { events: {} } })).warnings).to.deep.equal([]);
  });

  it("templates alone leave the open event 'call' on '/', as no settings do", async () => {
    const template = { createNamespace: false, events: { call: { whitelist: ['math.add'] } } };
    const running = await startLogged({ dynamic: template, '/other': template });
    expect(running.warnings).to.deep.equal([]);
    expect([...running.gateway.namespaces.keys()]).to.deep.equal(['/']);
    const client = await connect(running, '/');
    expect((await ask(client, 'call', 'math.params', { a: 1 })).result).to.deep.equal({ a: 1 });
    running.gateway['registerNamespace']('/lobby', 'dynamic');
    const guest = await connect(running, '/lobby');
    expect((await ask(guest, 'call', 'math.params', {})).error).to.include({ code: 404 });
    expect((await ask(guest, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
  });

  it("a template '/' stays closed", async () => {
    const running = await startLogged({ '/': { createNamespace: false, ...OPEN } });
    expect((await refused(newClient(running, '/'))).message).to.equal('Invalid namespace');
    running.gateway['registerNamespace']('/lobby', '/');
    expect(
      (await ask(await connect(running, '/lobby'), 'call', 'math.params', { a: 1 })).result,
    ).to.deep.equal({
      a: 1,
    });
  });
});
