import { expect } from 'chai';
import { ask, askRaw, connect, newClient, refused } from '../support/run-gateway';
import { MATH, startIo } from './start-io';

/*
 * `settings.io.handlers` has the listeners of the events, as moleculer-io makes them. registerNamespace takes them from there.
 */

const hello = (name: string, ack: (error: null, text: string) => void) => ack(null, `hello ${name}`);
const NAMESPACES = {
  '/': { events: { call: { whitelist: ['math.*'] }, hello } },
  dynamic: { createNamespace: false, events: { call: { whitelist: ['math.add'] }, hello } },
};

describe("moleculer-io's settings.io.handlers", () => {
  it('has a function for each event of each namespace, in created() already', async () => {
    let seen: unknown;
    const running = await startIo(NAMESPACES, {
      created(this: any) {
        seen = this.settings.io.handlers;
      },
    });
    const { handlers, namespaces } = running.gateway['settings'].io;
    expect(handlers).to.equal(seen);
    expect(Object.keys(handlers)).to.deep.equal(['/', 'dynamic']);
    for (const name of ['/', 'dynamic']) {
      expect(handlers[name]).to.have.all.keys('call', 'hello');
      expect(handlers[name].call).to.be.a('function');
      expect(handlers[name].hello).to.equal(hello);
    }
    expect(namespaces).to.have.all.keys('/', 'dynamic');
  });

  it('has the open event where the settings declare nothing', async () => {
    const { settings } = (await startIo()).gateway as Record<string, any>;
    expect(settings.io.namespaces).to.deep.equal({ '/': { events: { call: {} } } });
    expect(settings.io.handlers['/'].call).to.be.a('function');
  });

  it('is not published to other nodes', async () => {
    const { broker } = await startIo(NAMESPACES, {}, [MATH], { internalServices: true });
    const services = await broker.call<any[], object>('$node.services', { onlyLocal: true });
    expect(services.find(({ name }) => name === 'io').settings).to.deep.equal({});
  });

  it('has functions that application code may call for a socket', async () => {
    const forwarded = function (this: any, handler: string, ...args: unknown[]) {
      return this.$service.settings.io.handlers[handler].call.apply(this, args);
    };
    const running = await startIo({ ...NAMESPACES, '/': { events: { forwarded } } });
    const client = await connect(running, '/');
    expect((await ask(client, 'forwarded', 'dynamic', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
    expect((await ask(client, 'forwarded', 'dynamic', 'math.params')).error).to.deep.include({
      name: 'ServiceNotFoundError',
      code: 404,
      data: { action: 'math.params' },
    });
    client.emit('forwarded', 'dynamic', 'no.such');
    expect((await ask(client, 'forwarded', 'dynamic', 5)).error).to.include({
      message: 'Bad Request',
      code: 400,
    });
  });

  it('may be given more handlers, which registerNamespace uses', async () => {
    const running = await startIo(NAMESPACES);
    const { handlers } = running.gateway['settings'].io;
    handlers.dynamic.bye = (ack: (text: string) => void) => ack('bye');
    handlers.mine = { call: handlers.dynamic.call, ping: (ack: (text: string) => void) => ack('pong') };
    running.gateway['registerNamespace']('/dynamic', 'dynamic');
    running.gateway['registerNamespace']('/mine', 'mine');
    const [dynamic, mine] = [await connect(running, '/dynamic'), await connect(running, '/mine')];
    expect((await ask(dynamic, 'hello', 'Ada')).result).to.equal('hello Ada');
    expect(await askRaw(dynamic, 'bye')).to.deep.equal(['bye']);
    expect(await askRaw(mine, 'ping')).to.deep.equal(['pong']);
    for (const client of [dynamic, mine]) {
      expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
      expect((await ask(client, 'call', 'math.params')).error).to.include({ code: 404 });
    }
  });

  it("takes a template's function for a disconnect along", async () => {
    const gone: string[] = [];
    let done!: () => void;
    const ended = new Promise<void>((resolve) => (done = resolve));
    const disconnect = function (this: any, reason: string) {
      gone.push(this.nsp.name, reason);
      done();
    };
    const running = await startIo({
      '/': { events: {} },
      t: { createNamespace: false, events: { disconnect } },
    });
    running.gateway['registerNamespace']('/later', 't');
    (await connect(running, '/later')).disconnect();
    await ended;
    expect(gone).to.deep.equal(['/later', 'client namespace disconnect']);
  });

  it('is served by namespaces that come and go', async () => {
    const running = await startIo(NAMESPACES);
    const names = () => [...running.gateway.io._nsps.keys()];
    const item = running.gateway['settings'].io.namespaces.dynamic;
    expect(names()).to.deep.equal(['/']);
    running.gateway['registerNamespace']('/test', 'dynamic', item);
    expect(names()).to.deep.equal(['/', '/test']);
    expect(() => running.gateway['registerNamespace']('/test', 'dynamic', item)).to.throw(
      "Namespace '/test' already exists",
    );
    expect((await ask(await connect(running, '/test'), 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(
      3,
    );
    await running.gateway['removeNamespace']('/test');
    expect(names()).to.deep.equal(['/']);
    await refused(newClient(running, '/test'));
    expect(() => running.gateway['removeNamespace']('/nowhere')).to.throw(
      "Namespace '/nowhere' does not exist",
    );
  });
});
