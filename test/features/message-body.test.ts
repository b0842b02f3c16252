import { expect } from 'chai';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { z } from 'zod';
import {
  Ctx,
  DeclarationError,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ListedEvent,
  type SocketContext,
} from '../../src';
import { ask, connect, newBroker, start } from '../support/run-in-memory';

const settings = { port: 0 };

class NewMessage {
  @IsString()
  room!: string;
}

class Filter {
  @IsOptional()
  @IsInt()
  limit?: number;
}

describe('@MessageBody with options', () => {
  @SocketNamespace('/x', { name: 'chat', settings })
  class ChatGateway extends SocketGateway {
    @SocketEvent()
    list(
      @MessageBody() room: string,
      @MessageBody(1, { type: Number, optional: true }) limit: number | null | undefined,
      @Ctx() ctx: SocketContext,
    ) {
      return { room, limit: limit === undefined ? 'absent' : limit, args: ctx.args.length };
    }

    @SocketEvent()
    find(
      @MessageBody({ type: Filter, optional: true }) filter: Filter | undefined,
      @Ctx() ctx: SocketContext,
    ) {
      return { filter: filter instanceof Filter ? 'Filter' : String(filter), params: ctx.params };
    }

    @SocketEvent()
    import(@MessageBody({ type: [NewMessage] }) messages: NewMessage[]) {
      return messages.every((message) => message instanceof NewMessage);
    }

    @SocketEvent()
    search(@MessageBody(1, { type: z.object({ text: z.string() }) }) query: { text: string }) {
      return query;
    }

    @SocketEvent()
    raw(@MessageBody() room: string, @MessageBody(1, { unchecked: true }) rest: unknown) {
      return [room, rest];
    }

    @SocketEvent()
    echo(@MessageBody({ unchecked: true }) body: NewMessage) {
      return body;
    }

    @SocketEvent('*', { params: { text: 'string' } })
    others(@MessageBody() body: { text: string }) {
      return body.text;
    }
  }
  const refused = { code: 422, name: 'ValidationError' };

  it('lets an optional argument be left out, undefined or null, and checks any other', async () => {
    const client = await connect(await start(ChatGateway));

    expect((await ask(client, 'list', 'tea')).result).to.deep.equal({
      room: 'tea',
      limit: 'absent',
      args: 1,
    });
    // JSON has no undefined: in an array it is null.
    expect((await ask(client, 'list', 'tea', undefined)).result).to.include({ limit: null });
    expect((await ask(client, 'list', 'tea', null)).result).to.include({ limit: null });
    expect((await ask(client, 'list', 'tea', 5)).result).to.include({ limit: 5 });
    for (const limit of ['5', { $gt: 0 }, [], true, {}]) {
      expect((await ask(client, 'list', 'tea', limit)).error).to.include(refused);
    }
    expect((await ask(client, 'list')).error).to.include(refused);
  });

  it('leaves ctx.params as they are where the first argument is left out', async () => {
    const running = await start(ChatGateway);
    const client = await connect(running);

    expect((await ask(client, 'find')).result).to.deep.equal({ filter: 'undefined', params: {} });
    expect((await ask(client, 'find', null)).result).to.deep.equal({ filter: 'null', params: null });
    expect((await ask(client, 'find', {})).result).to.deep.equal({ filter: 'Filter', params: {} });
    expect((await ask(client, 'find', { limit: 'x' })).error).to.include(refused);
    expect(await running.gateway.actions['find']!({})).to.include({ filter: 'undefined' });
    expect(await running.gateway.actions['find']!({ limit: 5 })).to.include({ filter: 'Filter' });
  });

  it('checks arrays and schemas of any argument', async () => {
    const client = await connect(await start(ChatGateway));

    expect((await ask(client, 'import', [{ room: 'a' }, { room: 'b' }])).result).to.equal(true);
    expect((await ask(client, 'import', [{ room: 'a' }, { room: 5 }])).error).to.include(refused);
    expect((await ask(client, 'search', 0, { text: 'a', more: 1 })).result).to.deep.equal({ text: 'a' });
    expect((await ask(client, 'search', { text: 'a' })).error).to.include(refused);
  });

  it('takes an unchecked argument as it comes, and checks the one beside it', async () => {
    const client = await connect(await start(ChatGateway));

    expect((await ask(client, 'raw', 'tea', { $gt: 0 })).result).to.deep.equal(['tea', { $gt: 0 }]);
    expect((await ask(client, 'raw', 5, { $gt: 0 })).error).to.include(refused);
    expect((await ask(client, 'echo', { room: 5, isAdmin: true })).result).to.deep.equal({
      room: 5,
      isAdmin: true,
    });
  });

  it('leaves the first argument to the rules of params', async () => {
    const client = await connect(await start(ChatGateway));

    expect((await ask(client, 'anything', { text: 'a' })).result).to.equal('a');
    expect((await ask(client, 'anything', { text: 7 })).error).to.include(refused);
  });

  it('tells in listEvents what is unchecked', async () => {
    const { broker } = await start(ChatGateway);
    const events = await broker.call<ListedEvent[], object>('chat.listEvents', {});
    const unchecked = Object.fromEntries(events.map(({ event, unchecked: list }) => [event, list]));

    expect(unchecked).to.deep.equal({
      list: undefined,
      find: undefined,
      import: undefined,
      search: undefined,
      raw: [1],
      echo: [0],
      '*': undefined,
    });
  });

  it('does not register a gateway of which a body would not be checked', () => {
    @SocketNamespace('/x', { settings })
    class OpenGateway extends SocketGateway {
      @SocketEvent()
      send(@MessageBody() message: NewMessage | undefined) {
        return message;
      }
    }

    expect(() => newBroker(OpenGateway)).to.throw(
      DeclarationError,
      /OpenGateway\.send: parameter 1 is not described, so it cannot be checked: .*@MessageBody\(\{ unchecked: true \}\)$/,
    );
  });
});
