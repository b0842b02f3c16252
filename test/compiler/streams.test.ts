import type { Readable } from 'node:stream';
import { expect } from 'chai';
import {
  Ack,
  compileGateway,
  Ctx,
  MessageBody,
  MessageStream,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { problemsOf, untyped } from './problems-of';

/** A gateway whose method takes the stream of the client. */
function withUpload(options: object): typeof SocketGateway {
  @SocketNamespace('/files')
  class Files extends SocketGateway {
    @(untyped(SocketEvent)('save', options))
    save(@MessageStream() stream: Readable) {
      return stream;
    }
  }
  return Files;
}

/** A gateway whose method takes no stream. */
function withoutUpload(options: object): typeof SocketGateway {
  @SocketNamespace('/files')
  class Files extends SocketGateway {
    @(untyped(SocketEvent)('save', options))
    save(@MessageBody() name: string) {
      return name;
    }
  }
  return Files;
}

function withProxy(options: object): typeof SocketGateway {
  @SocketNamespace('/files')
  class Files extends SocketGateway {
    @(untyped(SocketEvent)('save', { whitelist: ['files.*'], ...options }))
    save!: ActionProxy;
  }
  return Files;
}

function streamsOf(type: typeof SocketGateway): unknown {
  const [event] = compileGateway(type).events;
  return (event!.target as { streams?: unknown }).streams;
}

describe('compileGateway: streams', () => {
  it('takes the defaults of @MessageStream, and the limits of the option', () => {
    expect(streamsOf(withUpload({}))).to.deep.equal({
      upload: 'required',
      objects: true,
      maxBytes: Infinity,
      idle: 30_000,
    });
    expect(streamsOf(withUpload({ stream: { maxBytes: 5, idle: 7, objects: false } }))).to.deep.equal({
      upload: 'required',
      objects: false,
      maxBytes: 5,
      idle: 7,
    });
    expect(streamsOf(withoutUpload({}))).to.include({ upload: 'none', idle: 30_000 });
    expect(streamsOf(withoutUpload({ stream: { idle: 7 } }))).to.include({ upload: 'none', idle: 7 });
  });

  it('takes the stream of the context where the option says so', () => {
    @SocketNamespace('/files')
    class Files extends SocketGateway {
      @SocketEvent('save', { stream: {} })
      save(ctx: SocketContext) {
        return ctx.stream;
      }
      @SocketEvent('put', { stream: {} })
      put(@MessageBody() name: string, @Ctx() ctx: SocketContext) {
        return { name, stream: ctx.stream };
      }
      @SocketEvent('get')
      get(ctx: SocketContext) {
        return ctx.params;
      }
    }
    expect(
      compileGateway(Files).events.map(
        ({ target }) => (target as { streams?: { upload: string } }).streams?.upload,
      ),
    ).to.deep.equal(['optional', 'optional', 'none']);
  });

  it('takes streams: true of a proxy', () => {
    expect(streamsOf(withProxy({}))).to.equal(undefined);
    expect(streamsOf(withProxy({ streams: false }))).to.equal(undefined);
    expect(streamsOf(withProxy({ streams: true }))).to.deep.equal({
      upload: 'optional',
      objects: false,
      maxBytes: Infinity,
      idle: 30_000,
    });
    expect(streamsOf(withProxy({ streams: { maxBytes: 5 } }))).to.include({ maxBytes: 5 });
  });

  it('leaves the option out of the action', () => {
    const [handler] = compileGateway(withUpload({ stream: { maxBytes: 5 }, timeout: 9 })).handlers;
    expect(handler!.action).to.deep.equal({ visibility: 'private', timeout: 9 });
  });

  it('refuses options that are wrong', () => {
    const wrong: [options: object, what: string][] = [
      [{ stream: true }, 'stream must be an object: { maxBytes: 50_000_000, idle: 30_000 }'],
      [{ stream: { maxSize: 1 } }, 'stream.maxSize does not exist; there are maxBytes, idle, objects'],
      [
        { stream: { maxBytes: 0 } },
        'stream.maxBytes must be a number of bytes above 0; Infinity switches it off',
      ],
      [
        { stream: { idle: '5s' } },
        'stream.idle must be a number of milliseconds above 0; Infinity switches it off',
      ],
      [{ stream: { objects: 1 } }, 'stream.objects must be true or false'],
      [
        { retryPolicy: true },
        'retryPolicy cannot repeat an event with a stream, which is read once; take it away',
      ],
      [
        { streams: true },
        'streams work on a property of type ActionProxy only, not on a method; take them away',
      ],
    ];
    for (const [options, what] of wrong)
      expect(problemsOf(withUpload(options)), JSON.stringify(options)).to.deep.equal([`Files.save: ${what}`]);
    expect(problemsOf(withUpload({ strem: {} }))).to.have.length(1);
    expect(problemsOf(withProxy({ streams: 1 }))).to.deep.equal([
      'Files.save: streams must be an object: { maxBytes: 50_000_000, idle: 30_000 }',
    ]);
    expect(problemsOf(withProxy({ stream: {} }))).to.deep.equal([
      'Files.save: stream works on methods only; a proxy takes streams with streams: true',
    ]);
  });

  it('refuses limits of an upload that no parameter takes', () => {
    for (const stream of [{}, { maxBytes: 5 }, { maxBytes: 5, idle: 7 }])
      expect(problemsOf(withoutUpload({ stream }))).to.deep.equal([
        'Files.save: stream is for the stream of the client, and no parameter takes it; add one with @MessageStream(), ' +
          'or with @Ctx() for ctx.stream',
      ]);
  });

  it('refuses a cache of what depends on a stream', () => {
    expect(problemsOf(withUpload({ cache: true })).join()).to.include(
      'the result may depend on @MessageStream()',
    );
  });

  it('refuses generators that cannot work', () => {
    @SocketNamespace('/files')
    class Files extends SocketGateway {
      @(untyped(SocketEvent)())
      *rows() {
        yield 1;
      }
      @SocketEvent('acks')
      async *acks(@Ack() ack: Ack) {
        yield ack;
      }
      @SocketEvent('cached', { cache: true })
      async *cached() {
        yield 1;
      }
    }
    expect(problemsOf(Files)).to.deep.equal([
      'Files.rows: a generator cannot answer an event; write an async one: async *rows() { … }',
      'Files.acks: an async generator answers with its stream; take the parameter with @Ack() away',
      'Files.cached: the stream of an async generator cannot be cached; take cache away',
    ]);
  });

  it('keeps the names of the packets of streams', () => {
    @SocketNamespace('/files')
    class Files extends SocketGateway {
      @SocketEvent('$stream:chunk')
      chunk() {
        return 1;
      }
    }
    expect(problemsOf(Files)).to.deep.equal([
      "Files.chunk: '$stream:chunk' begins like the packets of streams, '$stream:'; give the event another name",
    ]);
  });

  it('says where @MessageStream has no effect', () => {
    @SocketNamespace('/files')
    class Files extends SocketGateway {
      plain(@MessageStream() stream: Readable) {
        return stream;
      }
    }
    expect(problemsOf(Files)).to.deep.equal([
      'Files.plain: @MessageStream() has no effect without @SocketEvent on the method; add it',
    ]);
  });
});
