import { expect } from 'chai';
import { Adapter } from 'socket.io-adapter';
import { SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { ask, connect, start } from '../support/run-gateway';

/*
 * `io.options.adapter` is an adapter, as a class or as a function that takes a namespace, or a function that connects first and
 * gives one. Which of them it is does not depend on the text of the function: compilers and minifiers change it.
 */

class OwnAdapter extends Adapter {
  readonly isOwn = true;
}

/** A class as TypeScript compiles it for ES5. */
function CompiledAdapter(this: object): object {
  // eslint-disable-next-line prefer-rest-params -- that is how it is compiled
  return Reflect.construct(OwnAdapter, Array.from(arguments), new.target ?? OwnAdapter) as object;
}
Object.setPrototypeOf(CompiledAdapter, OwnAdapter);
CompiledAdapter.prototype = Object.create(OwnAdapter.prototype, {
  constructor: { value: CompiledAdapter, writable: true, configurable: true },
});

class RestAdapter extends OwnAdapter {
  readonly options: unknown[];
  constructor(...options: [never]) {
    super(...options);
    this.options = options;
  }
}

// Function declarations, since Socket.IO calls them with `new`.
function takesNamespace(namespace: never): OwnAdapter {
  return new OwnAdapter(namespace);
}
function connectsFirst(): Promise<unknown> {
  return Promise.resolve(OwnAdapter);
}
async function connectsToFunction(): Promise<unknown> {
  await Promise.resolve();
  return takesNamespace;
}

const FORMS: Record<string, unknown> = {
  'a class': OwnAdapter,
  'a class whose constructor has only a rest parameter': RestAdapter,
  'a class that was compiled to a function': CompiledAdapter,
  'a function that takes a namespace': takesNamespace,
  'an async arrow function that connects first': async () => OwnAdapter,
  'an arrow function that connects first': () => Promise.resolve(OwnAdapter),
  'a function that connects first': connectsFirst,
  'a function that connects first and gives a function': connectsToFunction,
};

describe('the setting io.options.adapter', () => {
  for (const [name, adapter] of Object.entries(FORMS)) {
    it(`may be ${name}`, async () => {
      @SocketNamespace(['/x', '/tenants/:id'], {
        settings: { port: 0, io: { options: { adapter: adapter as never } } },
      })
      class AdaptedGateway extends SocketGateway {
        @SocketEvent()
        ping() {
          return 'pong';
        }
      }
      const running = await start(AdaptedGateway);
      for (const path of ['/x', '/tenants/1']) {
        expect((await ask(await connect(running, path), 'ping')).result).to.equal('pong');
        const { adapter: used } = running.gateway.namespaces.get(path)!;
        expect(used).to.be.instanceOf(OwnAdapter).and.include({ isOwn: true });
        expect(used.rooms.size, 'it is used').to.equal(1);
      }
    });
  }
});
