import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import ApiGateway from 'moleculer-web';
import {
  DeclarationError,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ExplorerOptions,
  type SocketNamespaceOptions,
} from '../../src';
import {
  afterwards,
  ask,
  CollectingLogger,
  connect,
  newBroker,
  serviceOf,
  start,
  type Registered,
} from '../support/run-gateway';

type Settings = NonNullable<SocketNamespaceOptions['settings']>;

function chat(settings: Settings, more: Partial<SocketNamespaceOptions> = {}): Registered {
  @SocketNamespace('/chat', { ...more, settings: { port: 0, ip: '127.0.0.1', ...settings } })
  class ChatGateway extends SocketGateway {
    @SocketEvent('say', { description: 'Says it back.' })
    say(@MessageBody() text: string) {
      return text;
    }
  }
  return ChatGateway;
}

interface Got {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Sends a request with exactly this path, which `fetch` would normalize. */
async function get(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  const { hostname, port } = new URL(url);
  const path = url.slice(url.indexOf('/', 'http://'.length));
  const sent = request({ hostname, port, path, headers, method, agent: false }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() };
}

/** What keeps a gateway from starting. */
const failure = (registered: Registered | Registered[]) =>
  start(registered).then(
    () => expect.fail('it started'),
    (error: unknown) => error as Error,
  );

/** Runs with another NODE_ENV, and puts the old one back after the test. */
function inProduction(): void {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  afterwards(() => {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  });
}

describe('the explorer', () => {
  it('is not there unless it is asked for', async () => {
    for (const explorer of [undefined, false]) {
      const { url } = await start(chat(explorer === undefined ? {} : { explorer }));
      expect(await get(`${url}/explorer`)).to.include({ status: 404, text: '' });
    }
  });

  it('serves its files, and nothing else', async () => {
    const { url } = await start(chat({ explorer: true }));
    const page = await get(`${url}/explorer`);
    expect(page.status).to.equal(200);
    expect(page.headers['content-type']).to.equal('text/html; charset=utf-8');
    expect(page.text).to.include('<title>chat · Explorer</title>').and.include('src="explorer/explorer.js"');
    expect((await get(`${url}/explorer/?a=b`)).text).to.include('src="explorer.js"');
    const types: Record<string, string> = {
      'explorer.js': 'text/javascript; charset=utf-8',
      'explorer.css': 'text/css; charset=utf-8',
      'explorer.svg': 'image/svg+xml; charset=utf-8',
      'contract.json': 'application/json; charset=utf-8',
    };
    for (const [file, type] of Object.entries(types)) {
      const { status, headers } = await get(`${url}/explorer/${file}`);
      expect({ status, type: headers['content-type'] }, file).to.deep.equal({ status: 200, type });
    }
    for (const path of ['/', '/explorers', '/explorer/main.ts', '/explorer/../package.json', '/x/explorer'])
      expect((await get(url + path)).status, path).to.equal(404);
  });

  it('allows scripts, styles and connections of its own server only, and none inline', async () => {
    const { url } = await start(chat({ explorer: true }));
    for (const path of ['', '/', '/explorer.js', '/contract.json']) {
      const { headers } = await get(`${url}/explorer${path}`);
      expect(String(headers['content-security-policy']).split('; '), path).to.include.members([
        "default-src 'self'",
        "frame-ancestors 'none'",
      ]);
      expect(headers['content-security-policy']).not.to.match(/unsafe|\*|https?:/);
      expect(headers['x-content-type-options']).to.equal('nosniff');
    }
    const { text } = await get(`${url}/explorer`);
    expect(text.match(/<script(?![^>]*src=)/g)).to.equal(null);
    expect(text).not.to.match(/ style=| on\w+=|<style/);
    for (const path of ['', '/explorer.js', '/explorer.css'])
      expect((await get(`${url}/explorer${path}`)).text, path).not.to.match(
        /(src=|href=|url\(|from ?)["']?https?:/,
      );
  });

  it('is not sent again while it is the same', async () => {
    const { url } = await start(chat({ explorer: true }));
    const { headers } = await get(`${url}/explorer/explorer.js`);
    const again = await get(`${url}/explorer/explorer.js`, { 'if-none-match': String(headers.etag) });
    expect(again).to.include({ status: 304, text: '' });
  });

  it('answers HEAD without a body, and no other method', async () => {
    const { url } = await start(chat({ explorer: true }));
    expect(await get(`${url}/explorer`, {}, 'HEAD')).to.include({ status: 200, text: '' });
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { status, headers } = await get(`${url}/explorer`, {}, method);
      expect({ status, allow: headers.allow }, method).to.deep.equal({ status: 405, allow: 'GET, HEAD' });
    }
  });

  it('serves the contract of the gateway at work', async () => {
    const { url, gateway } = await start(chat({ explorer: true }));
    const read = async () => JSON.parse((await get(`${url}/explorer/contract.json`)).text);
    const contract = await read();
    expect(contract).to.deep.equal(await gateway.broker.call('chat.contract'));
    expect(Object.keys(contract.channels)).to.deep.equal(['chat']);
    (gateway as unknown as SocketGateway).registerNamespace('/late');
    expect(Object.keys((await read()).channels)).to.deep.equal(['chat', 'late']);
  });

  it('leaves the gateway as it is', async () => {
    const running = await start(chat({ explorer: true }));
    const client = await connect(running, '/chat', { transports: ['polling', 'websocket'] });
    expect((await ask(client, 'say', 'hi')).result).to.equal('hi');
    expect((await get(`${running.url}/socket.io/socket.io.js`)).status).to.equal(200);
  });

  it('is at another path, with another title, and tells the page the path of Socket.IO', async () => {
    const settings: Settings = {
      explorer: { path: '/dev/try', title: `<b>"Chat"</b> & 'more'` },
      io: { options: { path: '/ws' } },
    };
    const { url } = await start(chat(settings));
    expect((await get(`${url}/explorer`)).status).to.equal(404);
    const { text } = await get(`${url}/dev/try`);
    expect(text)
      .to.include('src="try/explorer.js"')
      .and.include('data-socket-path="/ws"')
      .and.include('<title>&#60;b&#62;&#34;Chat&#34;&#60;/b&#62; &#38; &#39;more&#39; · Explorer</title>');
    expect((await get(`${url}/dev/try/explorer.js`)).status).to.equal(200);
  });

  it('is at the root, where nothing else is hidden by it', async () => {
    const running = await start(chat({ explorer: { path: '/' } }));
    expect((await get(`${running.url}/`)).text).to.include('src="explorer.js"');
    expect((await get(`${running.url}/other`)).status).to.equal(404);
    await connect(running, '/chat');
  });

  it('is named in the line that is logged at the start', async () => {
    const logger = new CollectingLogger('info');
    const { port } = await start(chat({ explorer: true, ip: '0.0.0.0' }), { logger });
    expect(logger.having('ChatGateway listens')[0]?.text).to.match(
      new RegExp(`1 event, explorer http://localhost:${port}/explorer$`),
    );
    await start(chat({ explorer: { path: '/try' }, ip: '127.0.0.1' }), { logger });
    expect(logger.having('ChatGateway listens')[1]?.text).to.match(
      /explorer http:\/\/127\.0\.0\.1:\d+\/try$/,
    );
  });

  it('is not published to other nodes', async () => {
    const { gateway } = await start(chat({ explorer: { guard: () => true } }));
    expect(gateway.settings['$secureSettings']).to.include('explorer');
  });

  it('is gone when the gateway has stopped, and there again when it starts again', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end('theirs'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    afterwards(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const listeners = server.listeners('request');
    const broker = newBroker(chat({ server, explorer: true }));
    for (let round = 0; round < 2; round++) {
      await broker.start();
      expect((await get(`${url}/explorer`)).status).to.equal(200);
      expect((await get(`${url}/other`)).text).to.equal('theirs');
      await broker.stop();
      expect((await get(`${url}/explorer`)).text).to.equal('theirs');
      expect(server.listeners('request')).to.deep.equal(listeners);
    }
  });

  describe('with several gateways on one server', () => {
    function other(settings: Settings): Registered {
      @SocketNamespace('/other', { settings })
      class OtherGateway extends SocketGateway {
        @SocketEvent()
        ping() {}
      }
      return OtherGateway;
    }
    const channelsAt = async (url: string) =>
      Object.keys((JSON.parse((await get(`${url}/contract.json`)).text) as { channels: object }).channels);

    it('shows those that have it', async () => {
      const { url } = await start([chat({ explorer: { title: 'Both' } }), other({ explorer: true })]);
      expect(await channelsAt(`${url}/explorer`)).to.deep.equal(['chat', 'other']);
      expect((await get(`${url}/explorer`)).text).to.include('<title>Both · Explorer</title>');
    });

    it('shows no gateway that does not have it', async () => {
      const { url } = await start([chat({ explorer: true }), other({})]);
      expect(await channelsAt(`${url}/explorer`)).to.deep.equal(['chat']);
    });

    it('has a page for each path', async () => {
      const { url } = await start([chat({ explorer: true }), other({ explorer: { path: '/try' } })]);
      expect(await channelsAt(`${url}/explorer`)).to.deep.equal(['chat']);
      expect(await channelsAt(`${url}/try`)).to.deep.equal(['other']);
    });

    it('asks the guard of one for all at its path', async () => {
      const { url } = await start([chat({ explorer: true }), other({ explorer: { guard: () => false } })]);
      expect((await get(`${url}/explorer`)).status).to.equal(403);
    });

    it('does not choose between two guards, or two titles', async () => {
      const guards = [chat({ explorer: { guard: () => true } }), other({ explorer: { guard: () => false } })];
      expect((await failure(guards)).message).to.include(
        'OtherGateway: its setting explorer.guard differs from that of ChatGateway, which has its explorer at the same ' +
          'path; give both the same, or another path',
      );
      const titles = [chat({ explorer: { title: 'A' } }), other({ explorer: { title: 'B' } })];
      expect((await failure(titles)).message).to.include(
        'its setting explorer.title differs from that of ChatGateway',
      );
    });

    it('takes in one that comes late, and lets one go', async () => {
      const { url, broker } = await start(chat({}));
      expect((await get(`${url}/explorer`)).status).to.equal(404);
      broker.createService(other({ explorer: true }) as unknown as ServiceSchema);
      await broker.waitForServices('other');
      expect(await channelsAt(`${url}/explorer`)).to.deep.equal(['other']);
      await broker.destroyService(serviceOf(broker, 'other'));
      expect((await get(`${url}/explorer`)).status).to.equal(404);
    });
  });

  describe('on a server that is not its own', () => {
    it('is beside the routes of moleculer-web, and comes before a route of the same path', async () => {
      const routes = [
        { path: '/api', aliases: { 'GET hi': 'greeter.hi' } },
        { path: '/explorer', aliases: { 'GET /': 'greeter.hi', 'GET more': 'greeter.hi' } },
      ];
      const web = chat({ explorer: true, routes }, { mixins: [ApiGateway as never], name: 'api' });
      const greeter = { name: 'greeter', actions: { hi: () => 'hello' } } as ServiceSchema;
      const broker = newBroker([web, greeter]);
      await broker.start();
      const { server } = serviceOf(broker, 'api') as unknown as { server: ReturnType<typeof createServer> };
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect((await get(`${url}/explorer`)).text).to.include('<title>api · Explorer</title>');
      expect((await get(`${url}/api/hi`)).text).to.equal('"hello"');
      expect((await get(`${url}/explorer/more`)).text).to.equal('"hello"');
      await connect({ url }, '/chat');
    });

    it('is there once a gateway that waits is attached', async () => {
      const server = createServer((_request, response) => response.writeHead(404).end('theirs'));
      const broker = newBroker(chat({ server: false, explorer: true }));
      await broker.start();
      const gateway = serviceOf(broker, 'chat') as unknown as SocketGateway;
      await gateway.initSocketIO(server);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      afterwards(() => server.close());
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect((await get(`${url}/explorer`)).status).to.equal(200);
      expect((await get(`${url}/`)).text).to.equal('theirs');
    });

    it('shows the namespaces of SocketIOService', async () => {
      const io = {
        name: 'io',
        mixins: [SocketIOService],
        settings: {
          port: 0,
          explorer: true,
          io: { namespaces: { '/': { events: { call: {} } }, '/admin': { events: { call: {} } } } },
        },
      };
      const { url } = await start(io as unknown as ServiceSchema);
      const { channels } = JSON.parse((await get(`${url}/explorer/contract.json`)).text) as {
        channels: object;
      };
      expect(Object.keys(channels)).to.deep.equal(['root', 'admin']);
      expect((await get(`${url}/explorer`)).text).to.include('<title>io · Explorer</title>');
    });
  });

  describe('guard', () => {
    const paths = ['', '/', '/explorer.js', '/explorer.css', '/contract.json'];

    it('decides about each request', async () => {
      const guard: ExplorerOptions['guard'] = async ({ headers }) => headers['x-key'] === 'let me in';
      const { url } = await start(chat({ explorer: { guard } }));
      for (const path of paths) {
        const refused = await get(`${url}/explorer${path}`);
        expect(refused, path).to.include({
          status: 403,
          text: 'The guard of the explorer does not let you in.\n',
        });
        expect(refused.headers['content-security-policy']).to.include("default-src 'self'");
        expect((await get(`${url}/explorer${path}`, { 'x-key': 'let me in' })).status, path).to.equal(200);
      }
    });

    for (const [what, result] of Object.entries({
      nothing: undefined,
      a: 'text',
      zero: 0,
      one: 1,
      object: {},
    })) {
      it(`lets nobody in with a result that is not true: ${what}`, async () => {
        const { url } = await start(chat({ explorer: { guard: () => result as never } }));
        expect((await get(`${url}/explorer`)).status).to.equal(403);
      });
    }

    it('lets nobody in if it fails, and the log says why', async () => {
      const failures = [
        () => {
          throw new Error('the guard is broken');
        },
        () => Promise.reject(new Error('the guard is broken')),
      ];
      for (const guard of failures) {
        const logger = new CollectingLogger('error');
        const { url } = await start(chat({ explorer: { guard } }), { logger });
        const { status, text } = await get(`${url}/explorer/contract.json`);
        expect(status).to.equal(503);
        expect(text).to.equal('The guard of the explorer could not check the request.\n');
        expect(logger.errors.map((line) => line.text).join('\n')).to.include('the guard is broken');
      }
    });

    it('guards the page, not the sockets', async () => {
      const running = await start(chat({ explorer: { guard: () => false } }));
      await connect(running, '/chat');
    });
  });

  describe('in production', () => {
    it('needs a guard', async () => {
      inProduction();
      for (const explorer of [true, {}, { path: '/try' }]) {
        const error = await failure(chat({ explorer }));
        expect(error).to.be.instanceOf(DeclarationError);
        expect(error.message).to.include(
          "ChatGateway: settings.explorer has no guard, and NODE_ENV is 'production'; say who may see the page: " +
            'explorer: { guard: (req) => isAdmin(req) }, or leave the explorer out',
        );
      }
    });

    it('starts with one, and without an explorer', async () => {
      inProduction();
      const { url } = await start(chat({ explorer: { guard: () => true } }));
      expect((await get(`${url}/explorer`)).status).to.equal(200);
      await start(chat({ explorer: false }));
    });
  });

  describe('options that are not valid', () => {
    const wrong: [unknown, RegExp][] = [
      [null, /settings\.explorer must be true or an object of options, not null/],
      ['/explorer', /settings\.explorer must be true or an object of options, not '\/explorer'/],
      [[], /settings\.explorer must be true or an object of options, not \[\]/],
      [
        { path: 'explorer' },
        /settings\.explorer\.path must be a path that begins with a slash .* not 'explorer'/,
      ],
      [
        { path: '/a/' },
        /settings\.explorer\.path must be a path that begins with a slash and does not end with one/,
      ],
      [{ path: '/a b' }, /settings\.explorer\.path must be a path/],
      [{ path: '/a?b' }, /settings\.explorer\.path must be a path/],
      [{ path: '/../a' }, /settings\.explorer\.path must be a path/],
      [{ path: 7 }, /settings\.explorer\.path must be a path .* not 7/],
      [{ path: '/socket.io' }, /settings\.explorer\.path '\/socket\.io' is below the path of Socket\.IO/],
      [
        { path: '/socket.io/x' },
        /settings\.explorer\.path '\/socket\.io\/x' is below the path of Socket\.IO/,
      ],
      [{ path: '/ready' }, /settings\.explorer\.path '\/ready' is the path of settings\.readiness/],
      [{ guard: true }, /settings\.explorer\.guard must be a function, not true/],
      [{ title: '' }, /settings\.explorer\.title must be a text, not ''/],
      [{ title: 1 }, /settings\.explorer\.title must be a text, not 1/],
      [{ gaurd: () => true }, /settings\.explorer\.gaurd is unknown.*guard/],
      [{ colour: 'red' }, /settings\.explorer\.colour is unknown; the options are path, guard, title/],
    ];
    for (const [explorer, message] of wrong) {
      it(`are refused with a sentence: ${JSON.stringify(explorer)}`, async () => {
        const error = await Promise.resolve()
          .then(() => failure(chat({ explorer: explorer as ExplorerOptions })))
          .catch((reason: unknown) => reason as Error);
        expect(error).to.be.instanceOf(DeclarationError);
        expect(error.message).to.match(message);
      });
    }

    it('leave the server of the application alone', async () => {
      const server = createServer();
      const error = await failure(chat({ server, explorer: { path: 'nowhere' } }));
      expect(error.message).to.include('settings.explorer.path');
      expect(server.listenerCount('request')).to.equal(0);
      expect(server.listenerCount('upgrade')).to.equal(0);
    });
  });
});
