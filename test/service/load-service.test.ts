import '../../src';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterwards, ask, connect, newBroker, portOf, type RunningGateway } from '../support/run-gateway';
import { ServiceFolder } from '../support/runner-process';

const decorators = require.resolve('moleculer-decorators');

/** A class in TypeScript, without an export. */
const gateway = (path = '/x', name = 'OneGateway') => `
  import { SocketEvent, SocketGateway, SocketIOService, SocketNamespace } from '../../src';
  @SocketNamespace('${path}', { settings: { port: 0, ip: '127.0.0.1' } })
  class ${name} extends SocketGateway {
    @SocketEvent() who() { return this.name; }
  }`;

/** What a file may export, and the name of the service that it is. */
const FORMS: Record<string, [file: string, code: string, name: string]> = {
  'export default of the class': ['a.service.ts', `${gateway()}\nexport default OneGateway;`, 'one'],
  'module.exports of the class': ['b.service.ts', `${gateway()}\nmodule.exports = OneGateway;`, 'one'],
  'export = of the class': ['c.service.ts', `${gateway()}\nexport = OneGateway;`, 'one'],
  'a function of the broker that makes the service': [
    'd.service.ts',
    `${gateway()}\nexport default (broker: any) => new OneGateway(broker);`,
    'one',
  ],
  'a class under @Service': [
    'e.service.ts',
    `import { Service } from '${decorators}';\n${gateway().replace('@SocketN', "@Service({ name: 'decorated' })\n@SocketN")}\nexport default OneGateway;`,
    'decorated',
  ],
  'a class without decorators, in JavaScript': [
    'f.service.js',
    `const { SocketEvent, SocketGateway, SocketNamespace } = require('../../src');
    class OneGateway extends SocketGateway { who() { return this.name; } }
    SocketEvent()(OneGateway.prototype, 'who', Object.getOwnPropertyDescriptor(OneGateway.prototype, 'who'));
    module.exports = SocketNamespace('/x', { settings: { port: 0, ip: '127.0.0.1' } })(OneGateway);`,
    'one',
  ],
  'a schema with the mixin of moleculer-io': [
    'g.service.ts',
    `${gateway()}
    export default { name: 'io', mixins: [SocketIOService], settings: { port: 0, ip: '127.0.0.1', io: { namespaces: { '/x': {
      events: { who: (answer: any) => answer(null, 'io') } } } } } };`,
    'io',
  ],
};

describe('a gateway in a file', () => {
  let folder: ServiceFolder;
  beforeEach(() => {
    folder = new ServiceFolder();
    afterwards(() => folder.remove());
  });

  for (const [form, [file, code, name]] of Object.entries(FORMS)) {
    it(`may be exported as ${form}`, async () => {
      folder.write(file, code);
      const broker = newBroker([]);
      const service = broker.loadService(join(folder.path, file)) as RunningGateway;
      await broker.start();
      expect(service.name).to.equal(name);
      expect(
        (await ask(await connect({ url: `http://127.0.0.1:${portOf(service)}` }), 'who')).result,
      ).to.equal(name);
      expect(service).to.have.property('__filename', join(folder.path, file));
    });
  }

  it('is loaded with all others of a folder, also after the broker has started', async () => {
    folder.write('a.service.ts', `${gateway('/a', 'AGateway')}\nexport default AGateway;`);
    folder.write('b.service.ts', `${gateway('/b', 'BGateway')}\nexport default BGateway;`);
    folder.write('c.service.js', `module.exports = { name: 'c', actions: { act: () => 'acted' } };`);
    const broker = newBroker([]);
    await broker.start();
    expect(broker.loadServices(folder.path, '*.service.{js,ts}')).to.equal(3);
    await broker.waitForServices(['a', 'b', 'c'], 2000, 5);
    const url = `http://127.0.0.1:${portOf(broker.getLocalService('a'))}`;
    for (const name of ['a', 'b']) {
      expect((await ask(await connect({ url }, `/${name}`), 'who')).result).to.equal(name);
    }
  });

  it('is refused with what is wrong, by name, and leaves nothing behind', async () => {
    folder.write(
      'a.service.ts',
      `${gateway().replace('@SocketEvent()', "@SocketEvent('connect')")}\nexport default OneGateway;`,
    );
    const broker = newBroker([]);
    expect(() => broker.loadService(join(folder.path, 'a.service.ts'))).to.throw(
      "OneGateway.who: 'connect' is an event of Socket.IO's own",
    );
    expect(broker.services.map(({ name }) => name)).not.to.include('one');
  });
});
