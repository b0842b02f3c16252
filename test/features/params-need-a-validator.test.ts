import { expect } from 'chai';
import { Validators } from 'moleculer';
import {
  ForwardEvent,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { ask, connect, newBroker, start, type Options } from '../support/run-gateway';

const settings = { port: 0 };

@SocketNamespace('/x', { settings })
class ChatGateway extends SocketGateway {
  @SocketEvent('send', { params: { text: 'string' } })
  send(ctx: SocketContext<{ text: string }>) {
    return ctx.params.text;
  }
  @SocketEvent('rename', { params: { name: 'string' } })
  rename(@MessageBody() body: unknown) {
    return body;
  }
}

@SocketNamespace('/x', { settings })
class NewsGateway extends SocketGateway {
  @ForwardEvent('news.told', { params: { text: 'string' } })
  told(ctx: SocketContext<{ text: string }>) {
    return ctx.params.text;
  }
}

@SocketNamespace('/x', { settings })
class PlainGateway extends SocketGateway {
  @SocketEvent('hi')
  hi() {
    return 'hi';
  }
}

describe('params', () => {
  const WITHOUT_VALIDATOR: Record<string, () => Options> = {
    'validator: false': () => ({ validator: false }),
    'internalMiddlewares: false': () => ({ internalMiddlewares: false }),
    'a validator of other properties': () => ({
      validator: { type: 'Fastest', options: { paramName: 'schema' } } as never,
    }),
  };
  for (const [title, options] of Object.entries(WITHOUT_VALIDATOR)) {
    it(`are refused where the service is created, on a broker with ${title}`, () => {
      expect(() => newBroker(ChatGateway, options())).to.throw(
        'the params of ChatGateway.send, ChatGateway.rename are not checked, because this broker has no validator for ' +
          'params; take `validator: false` out of the options of the broker, or describe the payload with a class or a ' +
          'schema: @MessageBody({ type: NewMessage })',
      );
      expect(() => newBroker(NewsGateway, options())).to.throw(
        'the params of NewsGateway.told are not checked',
      );
      expect(newBroker(PlainGateway, options()).services.map(({ name }) => name)).to.include('plain');
    });
  }

  const WITH_VALIDATOR: Record<string, () => Options> = {
    'no options': () => ({}),
    'validator: true': () => ({ validator: true }),
    'a validator of its own': () => ({ validator: new Validators.Fastest() }),
  };
  for (const [title, options] of Object.entries(WITH_VALIDATOR)) {
    it(`are checked on a broker with ${title}`, async () => {
      const client = await connect(await start(ChatGateway, options()));
      expect(await ask(client, 'send', { text: 'a' })).to.deep.equal({ error: null, result: 'a' });
      expect((await ask(client, 'send', { text: 1 })).error).to.include({ code: 422 });
    });
  }
});
