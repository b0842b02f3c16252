import { expect } from 'chai';
import { Action } from 'moleculer-decorators';
import {
  Authorize,
  compileGateway,
  Ctx,
  decorate,
  DeclarationError,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import { untyped } from '../compiler/problems-of';
import { ask, connect, newClient, next, start } from '../support/run-in-memory';

/* eslint-disable @typescript-eslint/no-require-imports */

describe('decorate', () => {
  const ChatGateway = (): typeof SocketGateway => require('./plain-javascript/chat-gateway');
  const math = {
    name: 'math',
    actions: { add: ({ params }: { params: { a: number; b: number } }) => params.a + params.b },
  };

  it('makes a gateway of a class in plain JavaScript', async () => {
    const running = await start([ChatGateway(), math]);
    const client = newClient(running, '/chat', { auth: { user: { id: 'ann' } } });
    const welcome = next(client, 'welcome');

    expect(await welcome).to.deep.equal(['hello']);
    expect(await ask(client, 'send', { text: 'tea', other: 1 })).to.deep.include({
      result: { text: 'tea', isMessage: true },
    });
    expect((await ask(client, 'send', { text: 7 })).error).to.include({ code: 422 });
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
    expect((await ask(client, 'call', 'chat.send', { text: 'x' })).error).to.include({ code: 404 });
    expect((await ask(client, 'whoami')).result).to.equal('ANN');
    const forwarded = next(client, 'order.updated');
    await running.broker.emit('order.updated', { id: 1 });
    expect(await forwarded).to.deep.equal([{ id: 1 }]);
  });

  it('applies several decorators to one member: a guarded class with an open login', async () => {
    const client = await connect(await start([ChatGateway(), math]), '/chat');

    expect((await ask(client, 'whoami')).error).to.include({ code: 401 });
    expect((await ask(client, 'login', 'ben')).error).to.equal(null);
    expect((await ask(client, 'whoami')).result).to.equal('BEN');
  });

  it('returns what SocketNamespace returns, and takes one decorator without a list', () => {
    class Talk extends SocketGateway {
      send() {
        return 1;
      }
    }
    const Decorated = decorate(Talk, SocketNamespace('/talk'), { send: SocketEvent() });

    expect(Decorated).not.to.equal(Talk);
    expect(Decorated.prototype).to.equal(Talk.prototype);
    expect(compileGateway(Decorated).events.map(({ name }) => name)).to.deep.equal(['send']);
  });

  it('applies decorators from the bottom up, as TypeScript does', () => {
    class Talk extends SocketGateway {
      send() {
        return 1;
      }
    }
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    decorate(Talk, [note('class, above'), note('class, below')], {
      send: [note('above'), note('below')],
    });

    expect(order).to.deep.equal(['below', 'above', 'class, below', 'class, above']);
  });

  it('takes decorators of other libraries, and a descriptor that one returns', () => {
    class Talk extends SocketGateway {
      send() {
        return 1;
      }

      other() {
        return 1;
      }
    }
    const replaced = () => 2;
    const Decorated = decorate(Talk, SocketNamespace('/talk'), {
      send: [SocketEvent(), Action({ timeout: 5 })],
      other: [SocketEvent(), () => ({ value: replaced, configurable: true, writable: true })],
    });
    const [send] = compileGateway(Decorated).handlers;

    expect(send!.action).to.deep.equal({ timeout: 5 });
    expect(Decorated.prototype.other).to.equal(replaced);
  });

  describe('refuses', () => {
    class Talk extends SocketGateway {
      send() {
        return 1;
      }
    }
    const wrong: Record<string, [members: object, problem: string]> = {
      'a method that there is not': [
        { sned: SocketEvent('send', { timeout: 5 }) },
        "Talk.sned: Talk has no method 'sned'; write the method, or, for a property through which clients call actions, " +
          "say which: SocketEvent({ whitelist: ['math.*'] })",
      ],
      'a hook on no method': [
        { hello: OnConnect() },
        "Talk.hello: Talk has no method 'hello'; write the method",
      ],
      'no decorator': [
        { send: { timeout: 5 } },
        "Talk.send: decorate takes decorators, one or a list of them: SocketEvent('send')",
      ],
      'no decorator in a list': [
        { send: [SocketEvent(), undefined] },
        "Talk.send: decorate takes decorators, one or a list of them: SocketEvent('send')",
      ],
      'a decorator without its parentheses': [
        { send: SocketEvent },
        'Talk.send: @SocketEvent() is applied without parentheses; write @SocketEvent()',
      ],
      'a decorator of parameters': [
        { send: Ctx() },
        'Talk.send: @Ctx() is applied to a method or property; apply it to a parameter of a method with @SocketEvent',
      ],
    };
    for (const [what, [members, problem]] of Object.entries(wrong)) {
      it(what, () => {
        expect(() => untyped(decorate)(Talk, SocketNamespace('/talk'), members)).to.throw(
          DeclarationError,
          problem,
        );
      });
    }

    it('a class decorator that is none', () => {
      expect(() => untyped(decorate)(Talk, ['/talk'])).to.throw(
        DeclarationError,
        "Talk: decorate takes decorators, one or a list of them: SocketNamespace('/chat')",
      );
      expect(() => untyped(decorate)(Talk, [SocketNamespace, Authorize()])).to.throw(
        DeclarationError,
        'Talk: @SocketNamespace() is applied without parentheses',
      );
      expect(() => untyped(decorate)(class Plain {}, SocketNamespace('/'))).to.throw(
        DeclarationError,
        'Plain: @SocketNamespace() is applied to a class that is no gateway',
      );
    });
  });
});
