import { expect } from 'chai';
import { Ctx, MessageBody, SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { ask, connect, newBroker, portOf, type Options } from '../support/run-gateway';
import { rejection } from './rejection';

@SocketNamespace('/x', {
  settings: {
    port: 0,
    $secureSettings: ['secret', 'nested.hidden'],
    secret: 'top-secret',
    nested: { hidden: 'top-secret', shown: 1 },
    shown: 2,
    io: { options: { path: '/top-secret' } },
  },
  metadata: { region: 'eu' },
})
class ChatGateway extends SocketGateway {
  @SocketEvent('published', { visibility: 'published' })
  published(ctx: SocketContext) {
    return { params: ctx.params, meta: ctx.meta, socket: Boolean(ctx.socket) };
  }
  @SocketEvent('public', { visibility: 'public' })
  forServices() {
    return 'public';
  }
  @SocketEvent('protected', { visibility: 'protected' })
  forThisNode() {
    return 'protected';
  }
  @SocketEvent('private')
  forItself() {
    return 'private';
  }
  @SocketEvent()
  async far(
    @MessageBody({ unchecked: true }) body: unknown,
    @Ctx() ctx: SocketContext<unknown, { added?: string }>,
  ) {
    ctx.meta.added = 'here';
    const answer = await ctx.call('far.look', { body }, { meta: { given: 1 }, nodeID: 'far' });
    return { answer, meta: ctx.meta };
  }
}

const far = {
  name: 'far',
  actions: {
    look(ctx: any) {
      ctx.meta.back = ctx.broker.nodeID;
      return { body: ctx.params.body, meta: ctx.meta, caller: ctx.caller };
    },
  },
};

/** A serializer that is not Moleculer's usual one, where its package is there. */
function serializer(): 'Notepack' | 'JSON' {
  try {
    require.resolve('notepack.io');
    return 'Notepack';
  } catch {
    return 'JSON';
  }
}

describe('a gateway among other nodes', () => {
  it('is called and calls as any service, and shows neither its server nor its secrets', async () => {
    const options: Options = { transporter: 'Fake', serializer: serializer(), namespace: 'blue' };
    const near = newBroker(ChatGateway, { ...options, nodeID: 'near' });
    const other = newBroker(far as never, { ...options, nodeID: 'far' });
    const stranger = newBroker([], { ...options, nodeID: 'stranger', namespace: 'green' });
    // Each waits half a second for others.
    await Promise.all([near, other, stranger].map((broker) => broker.start()));
    await Promise.all([other.waitForServices('chat', 2000, 5), near.waitForServices('far', 2000, 5)]);
    const url = `http://localhost:${portOf(near.getLocalService('chat'))}`;
    const client = await connect({ url }, '/x', { path: '/top-secret' });

    // Visibility.
    expect(await other.call('chat.published', { a: 1 }, { meta: { b: 2 } })).to.deep.equal({
      params: { a: 1 },
      meta: { b: 2 },
      socket: false,
    });
    expect(await other.call('chat.forServices')).to.equal('public');
    for (const action of ['chat.forThisNode', 'chat.forItself']) {
      expect((await rejection(other.call(action))).code, action).to.equal(404);
    }
    expect(await near.call('chat.forThisNode')).to.equal('protected');
    expect((await rejection(near.call('chat.forItself'))).code).to.equal(404);
    for (const event of ['public', 'protected', 'private']) {
      expect((await ask(client, event)).result).to.equal(event);
    }
    expect((await rejection(stranger.call('chat.forServices'))).code).to.equal(404);

    // Calls.
    const { error, result } = await ask(client, 'far', { deep: [1, { two: 'zwei' }] });
    expect(error).to.equal(null);
    expect(result.answer).to.deep.equal({
      body: { deep: [1, { two: 'zwei' }] },
      meta: { $socketId: client.id, $rooms: [client.id], added: 'here', given: 1, back: 'far' },
      caller: 'chat',
    });
    expect(result.meta).to.include({ back: 'far', added: 'here' });

    // What others see.
    const services = await other.call<any[], object>('$node.services', { skipInternal: true });
    const [chat] = services.filter(({ name }) => name === 'chat');
    expect(chat.settings).to.deep.equal({ nested: { shown: 1 }, shown: 2 });
    expect(chat.metadata).to.deep.equal({ region: 'eu' });
    const actions = await other.call('$node.actions', { withEndpoints: true });
    expect(JSON.stringify([services, actions])).not.to.include('top-secret');
  });
});
