import { createRequire } from 'node:module';
import { expect } from 'chai';
import { exports as entries, typesVersions } from '../../package.json';
import SocketIOMixin from '../../src/moleculer-io';
import { SocketIOService } from '../../src';
import { ask, connect, start } from '../support/run-gateway';
import { MATH } from './start-io';

describe('the entry moleculer-socket-gateway/moleculer-io', () => {
  it('is the mixin itself, for require and for import', () => {
    expect(createRequire(__filename)('../../src/moleculer-io')).to.equal(SocketIOService);
    expect(SocketIOMixin).to.equal(SocketIOService);
  });

  it('serves what a service of moleculer-io serves', async () => {
    const settings = { port: 0 } as object;
    const running = await start([{ name: 'io', mixins: [SocketIOMixin], settings }, MATH]);
    const client = await connect(running, '/');
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
  });

  it('is named in package.json for every resolution of modules', () => {
    expect(entries['./moleculer-io']).to.deep.equal({
      types: './dist/moleculer-io/index.d.ts',
      default: './dist/moleculer-io/index.js',
    });
    expect(typesVersions['*'])
      .to.have.property('moleculer-io')
      .that.deep.equals(['./dist/moleculer-io/index.d.ts']);
  });
});
