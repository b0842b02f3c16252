import { expect } from 'chai';
import { Errors as MoleculerErrors } from 'moleculer';
import {
  Ctx,
  Errors,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import {
  ask,
  CollectingLogger,
  connect,
  expectedMask,
  newBroker,
  start,
  type Client,
  type Options,
} from '../support/run-gateway';

const { MoleculerError } = MoleculerErrors;

/** Every property of a wire error, and no other. */
const WIRE_KEYS = ['name', 'message', 'code', 'type', 'data'];

function hold(value: unknown, text: string): boolean {
  return JSON.stringify(value).includes(text);
}

describe('errors on the wire', () => {
  const settings = { port: 0 };
  let thrown: () => unknown;

  @SocketNamespace('/x', { settings })
  class FailingGateway extends SocketGateway {
    @SocketEvent()
    fail() {
      throw thrown();
    }
    @SocketEvent('validated', { params: { name: 'string', age: { type: 'number', positive: true } } })
    validated() {}
    @SocketEvent()
    call(@Ctx() ctx: SocketContext, @MessageBody() action: string) {
      return ctx.call(action);
    }
    @SocketEvent('proxy', { whitelist: ['**'] })
    proxy!: ActionProxy;
  }

  async function client(type: typeof SocketGateway = FailingGateway, options?: Options): Promise<Client> {
    return connect(await start(type, options));
  }
  async function errorOf(make: () => unknown, type?: typeof SocketGateway) {
    thrown = make;
    return (await ask(await client(type), 'fail')).error;
  }

  describe("of Moleculer's family", () => {
    const family: [string, () => unknown, object][] = [
      [
        'MoleculerError',
        () => new MoleculerError('Broken', 518, 'BROKEN', { part: 'wheel' }),
        { name: 'MoleculerError', message: 'Broken', code: 518, type: 'BROKEN', data: { part: 'wheel' } },
      ],
      [
        'MoleculerClientError',
        () => new MoleculerErrors.MoleculerClientError('Broken', 422, 'ERR', { a: 1 }),
        { name: 'MoleculerClientError', message: 'Broken', code: 422, type: 'ERR', data: { a: 1 } },
      ],
      [
        'MoleculerServerError',
        () => new MoleculerErrors.MoleculerServerError('Broken', 503, 'ERR', { a: 1 }),
        { name: 'MoleculerServerError', message: 'Broken', code: 503, type: 'ERR', data: { a: 1 } },
      ],
      [
        'ValidationError with the node in every entry',
        () =>
          new MoleculerErrors.ValidationError('Wrong', 'WRONG', [
            { field: 'a', nodeID: 'secret-node', message: 'no' },
            { field: 'b', nodeID: 'secret-node' },
          ] as never),
        {
          name: 'ValidationError',
          message: 'Wrong',
          code: 422,
          type: 'WRONG',
          data: [{ field: 'a', message: 'no' }, { field: 'b' }],
        },
      ],
      [
        'ServiceNotFoundError',
        () => new MoleculerErrors.ServiceNotFoundError({ action: 'a.b', nodeID: 'node-1' }),
        {
          name: 'ServiceNotFoundError',
          message: "Service 'a.b' is not found on 'node-1' node.",
          code: 404,
          type: 'SERVICE_NOT_FOUND',
          data: { action: 'a.b' },
        },
      ],
      [
        'RequestRejectedError',
        () => new MoleculerErrors.RequestRejectedError({ action: 'a.b', nodeID: 'node-1' }),
        {
          name: 'RequestRejectedError',
          message: "Request is rejected when call 'a.b' action on 'node-1' node.",
          code: 503,
          type: 'REQUEST_REJECTED',
          data: { action: 'a.b' },
        },
      ],
      [
        "one of the application's own",
        () => {
          class OutOfStockError extends MoleculerErrors.MoleculerClientError {}
          return Object.assign(new OutOfStockError('Sold out', 409, 'SOLD_OUT', { left: 0 }), {
            secret: 'secret',
          });
        },
        { name: 'OutOfStockError', message: 'Sold out', code: 409, type: 'SOLD_OUT', data: { left: 0 } },
      ],
      [
        'MoleculerError with data that is no object',
        () => new MoleculerError('Broken', 518, 'BROKEN', 'wheel'),
        { name: 'MoleculerError', message: 'Broken', code: 518, type: 'BROKEN', data: 'wheel' },
      ],
      [
        'MoleculerError whose data is null',
        () => new MoleculerError('Broken', 518, 'BROKEN', null),
        { name: 'MoleculerError', message: 'Broken', code: 518, type: 'BROKEN', data: null },
      ],
      [
        'UnAuthorizedError',
        () => new Errors.UnAuthorizedError(),
        { name: 'UnAuthorizedError', message: 'Unauthorized', code: 401, type: 'INVALID_TOKEN' },
      ],
      [
        'ForbiddenError',
        () => new Errors.ForbiddenError('NOPE', { a: 1 }),
        { name: 'ForbiddenError', message: 'Forbidden', code: 403, type: 'NOPE', data: { a: 1 } },
      ],
      [
        'BadRequestError',
        () => new Errors.BadRequestError('BAD'),
        { name: 'BadRequestError', message: 'Bad request', code: 400, type: 'BAD' },
      ],
      [
        'NotFoundError',
        () => new Errors.NotFoundError('LOST'),
        { name: 'NotFoundError', message: 'Not found', code: 404, type: 'LOST' },
      ],
      [
        'PayloadTooLarge',
        () => new Errors.PayloadTooLarge({ a: 1 }),
        {
          name: 'PayloadTooLarge',
          message: 'Payload too large',
          code: 413,
          type: 'PAYLOAD_TOO_LARGE',
          data: { a: 1 },
        },
      ],
      [
        'RateLimitExceeded',
        () => new Errors.RateLimitExceeded('SLOW', { retryAfter: 1 }),
        {
          name: 'RateLimitExceeded',
          message: 'Rate limit exceeded',
          code: 429,
          type: 'SLOW',
          data: { retryAfter: 1 },
        },
      ],
      [
        'ServiceUnavailableError',
        () => new Errors.ServiceUnavailableError('AWAY'),
        { name: 'ServiceUnavailableError', message: 'Service unavailable', code: 503, type: 'AWAY' },
      ],
    ];
    for (const [name, make, expected] of family) {
      it(`pass through: ${name}`, async () => {
        expect(await errorOf(make)).to.deep.equal(expected);
      });
    }

    it('keep what the application has put into data, but for the node and stacks', async () => {
      const shared = { nodeID: 'secret-node', stack: 'secret at line 1', kept: { deep: [1] } };
      expect((await errorOf(() => new MoleculerError('Broken', 500, 'X', shared))).data).to.deep.equal({
        kept: { deep: [1] },
      });
      expect(shared, "the error's own data is not touched").to.have.property('nodeID', 'secret-node');
    });

    it('never carry their stack, wherever it is', async () => {
      const error = await errorOf(() =>
        Object.assign(new MoleculerError('Broken', 500, 'X', { a: 1 }), { stack: 'secret at line 1' }),
      );
      expect(error).to.have.keys(WIRE_KEYS);
      expect(hold(error, 'secret')).to.equal(false);
    });

    it("come out of Moleculer's own validator without the node", async () => {
      const { error } = await ask(await client(), 'validated', { name: 5, age: -1 });
      expect(error).to.include({
        name: 'ValidationError',
        message: 'Parameters validation error!',
        code: 422,
        type: 'VALIDATION_ERROR',
      });
      expect(error.data.map(({ field, type }: any) => [field, type])).to.deep.equal([
        ['name', 'string'],
        ['age', 'numberPositive'],
      ]);
      for (const entry of error.data) expect(entry).not.to.have.property('nodeID');
    });

    it('are not logged where the client is to blame, and are where the server is', async () => {
      const logger = new CollectingLogger();
      const asking = await client(FailingGateway, { logger });
      thrown = () => new MoleculerError('yours', 499);
      await ask(asking, 'fail');
      expect(logger.errors).to.deep.equal([]);
      thrown = () => new MoleculerError('ours', 500);
      await ask(asking, 'fail');
      expect(logger.errors).to.have.length(1);
      expect(logger.errors[0]!.text).to.include('ours').and.to.include('fail');
    });

    it('are all logged with log4XXResponses', async () => {
      @SocketNamespace('/x', { settings: { port: 0, log4XXResponses: true } })
      class LoggingGateway extends FailingGateway {}
      const logger = new CollectingLogger();
      thrown = () => new MoleculerError('yours', 499);
      await ask(await client(LoggingGateway, { logger }), 'fail');
      expect(logger.having('yours')).to.have.length(1);
    });
  });

  describe('have the name', () => {
    class TokenExpired extends Errors.UnAuthorizedError {}
    class NamedError extends MoleculerError {
      override name = 'OwnName';
    }
    const NAMES: Record<string, () => Error> = {
      ...Object.fromEntries(
        (
          [
            'UnAuthorizedError',
            'ForbiddenError',
            'BadRequestError',
            'NotFoundError',
            'PayloadTooLarge',
            'RateLimitExceeded',
            'ServiceUnavailableError',
          ] as const
        ).map((name) => [name, () => new Errors[name]()]),
      ),
      TokenExpired: () => new TokenExpired(),
      OwnName: () => new NamedError('x', 418, 'TEAPOT'),
      GivenName: () => Object.assign(new MoleculerError('x', 418, 'TEAPOT'), { name: 'GivenName' }),
    };
    for (const [name, make] of Object.entries(NAMES)) {
      it(`of their class, or their own: ${name}`, async () => {
        expect(make().name).to.equal(name);
        expect((await errorOf(make)).name).to.equal(name);
      });
    }
  });

  describe('that are not meant to be seen', () => {
    it('are masked, and logged in full under the id that the client gets', async () => {
      const logger = new CollectingLogger();
      const asking = await client(FailingGateway, { logger });
      thrown = () =>
        Object.assign(new Error('password is hunter2', { cause: new Error('deep cause') }), {
          sql: 'SELECT 1',
        });
      const { error } = await ask(asking, 'fail');
      expect(error).to.deep.equal(expectedMask(error.data.requestID));
      const lines = logger.having(error.data.requestID);
      expect(lines).to.have.length(1);
      expect(lines[0]!.level).to.equal('error');
      for (const part of ['hunter2', 'deep cause', 'SELECT 1', 'errors-on-the-wire.test.ts', "'fail'"]) {
        expect(lines[0]!.text).to.include(part);
      }
    });

    it('have an id each', async () => {
      const asking = await client();
      thrown = () => new Error('no');
      const ids = await Promise.all(
        [1, 2, 3].map(async () => (await ask(asking, 'fail')).error.data.requestID),
      );
      expect(new Set(ids)).to.have.length(3);
    });

    it("have the id of the request that the handler's context has", async () => {
      let requestID: unknown;

      @SocketNamespace('/x', { settings })
      class TracingGateway extends SocketGateway {
        @SocketEvent()
        fail(ctx: SocketContext) {
          requestID = ctx.requestID;
          throw new Error('no');
        }
      }
      const { error } = await ask(await client(TracingGateway), 'fail');
      expect(error.data.requestID).to.be.a('string').and.equal(requestID);
    });

    it('are logged too where nobody asked for an answer', async () => {
      const logger = new CollectingLogger();
      const asking = await client(FailingGateway, { logger });
      thrown = () => new Error('unanswered');
      asking.emit('fail');
      await ask(asking, 'unheard-of');
      expect(logger.having('unanswered')).to.have.length(1);
    });

    it('are masked where nothing tells them from a thrown string', async () => {
      const masked = await errorOf(() => new MoleculerError('Broken'));
      expect(masked).to.deep.equal(expectedMask(masked.data.requestID));
    });

    it('are masked where another node has thrown a string, from a bundle that has renamed MoleculerError', async () => {
      const restored = (name: string) => () =>
        Object.assign(new Error('secret'), {
          name,
          code: 500,
          type: undefined,
          data: undefined,
          retryable: false,
          nodeID: 'far',
        });
      for (const name of ['MoleculerError', 'r', 'Ps', 'x1e', '']) {
        const error = await errorOf(restored(name));
        expect(error, name).to.deep.equal(expectedMask(error.data.requestID));
      }
      expect(await errorOf(restored('PaymentError'))).to.deep.equal({
        name: 'PaymentError',
        message: 'secret',
        code: 500,
      });
    });

    it('are masked however stacks are made', async () => {
      const { stackTraceLimit, prepareStackTrace } = Error;
      const ways = [
        () => (Error.stackTraceLimit = 0),
        () => (Error.prepareStackTrace = (_error, sites) => sites),
        () => (Error.prepareStackTrace = () => undefined),
      ];
      try {
        for (const change of ways) {
          change();
          for (const value of ['secret', new Error('secret'), 5, null]) {
            const error = await errorOf(() => value);
            expect(error).to.deep.equal(expectedMask(error.data.requestID));
          }
          expect(await errorOf(() => new MoleculerError('seen', 418, 'TEAPOT'))).to.include({ code: 418 });
          Object.assign(Error, { stackTraceLimit, prepareStackTrace });
        }
      } finally {
        Object.assign(Error, { stackTraceLimit, prepareStackTrace });
      }
    });

    it('are masked where they only look like ours', async () => {
      const alike = () =>
        Object.assign(new Error('secret'), {
          name: 'MoleculerError',
          code: 404,
          type: 'SEEN',
          data: { secret: 1 },
        });
      const error = await errorOf(alike);
      expect(error).to.deep.equal(expectedMask(error.data.requestID));
    });

    for (const value of ['secret', { secret: 'secret' }, ['secret'], 5, true]) {
      it(`are masked where they are no errors: ${JSON.stringify(value)}`, async () => {
        const logger = new CollectingLogger();
        thrown = () => value;
        const { error } = await ask(await client(FailingGateway, { logger }), 'fail');
        expect(error).to.deep.equal(expectedMask(error.data.requestID));
        expect(logger.having(error.data.requestID)).to.have.length(1);
      });
    }
  });

  describe('of a called service', () => {
    const failing = {
      name: 'failing',
      actions: {
        error: () => {
          throw new Error('secret');
        },
        string: () => {
          throw 'secret';
        },
        nothing: () => Promise.reject(undefined),
        object: () => Promise.reject({ secret: 'secret' }),
        seen: () => {
          throw new MoleculerError('Broken', 418, 'BROKEN', { part: 'wheel', nodeID: 'secret' });
        },
        data: () => {
          throw Object.assign(new TypeError('secret'), { code: 404, type: 'SEEN', data: { secret: 1 } });
        },
        forbidden: () => {
          throw new Errors.ForbiddenError('NOPE', { a: 1 });
        },
        validated: { params: { id: 'number' }, handler: () => 1 },
      },
    };

    for (const where of ['on the same node', 'on another node']) {
      describe(where, () => {
        const far = where === 'on another node';

        async function twoNodes(logger?: CollectingLogger): Promise<Client> {
          if (!far) return connect(await start([FailingGateway, failing], { logger }));
          const other = newBroker(failing, { nodeID: 'secret-far', transporter: 'Fake' });
          await other.start();
          const near = await start(FailingGateway, {
            nodeID: 'secret-near',
            transporter: 'Fake',
            logger,
          });
          await near.broker.waitForServices('failing', 2000, 5);
          return connect(near);
        }

        it("pass through where they are of Moleculer's family", async () => {
          const asking = await twoNodes();
          for (const via of ['call', 'proxy']) {
            expect((await ask(asking, via, 'failing.seen')).error, via).to.deep.equal({
              name: 'MoleculerError',
              message: 'Broken',
              code: 418,
              type: 'BROKEN',
              data: { part: 'wheel' },
            });
            expect((await ask(asking, via, 'failing.forbidden')).error, via).to.deep.equal({
              name: 'ForbiddenError',
              message: 'Forbidden',
              code: 403,
              type: 'NOPE',
              data: { a: 1 },
            });
            const { error } = await ask(asking, via, 'failing.validated', { id: 'one' });
            expect(error).to.include({ name: 'ValidationError', code: 422, type: 'VALIDATION_ERROR' });
            expect(error.data[0]).to.include({ field: 'id' });
            expect(hold(error, 'secret-')).to.equal(false);
          }
        });

        it('are masked where they are anything else', async () => {
          const logger = new CollectingLogger();
          const asking = await twoNodes(logger);
          for (const via of ['call', 'proxy']) {
            for (const action of ['error', 'string', 'nothing', 'object', 'data']) {
              const { error } = await ask(asking, via, `failing.${action}`);
              expect(error, `${via} ${action}`).to.deep.equal(expectedMask(error.data?.requestID));
              expect(error.data.requestID).to.be.a('string');
              expect(logger.having(error.data.requestID), `${via} ${action}`).to.have.length.above(0);
            }
          }
        });

        it('of a service that is not there say so', async () => {
          const asking = await twoNodes();
          expect((await ask(asking, 'call', 'failing.unheard')).error).to.deep.equal({
            name: 'ServiceNotFoundError',
            message: "Service 'failing.unheard' is not found.",
            code: 404,
            type: 'SERVICE_NOT_FOUND',
            data: { action: 'failing.unheard' },
          });
        });
      });
    }
  });

  describe('with exposeErrors', () => {
    @SocketNamespace('/x', { settings, exposeErrors: true })
    class OpenGateway extends FailingGateway {}

    it('carry their own name and message, and never their stack', async () => {
      const error = await errorOf(
        () => Object.assign(new TypeError('Not a number'), { stack: 'secret' }),
        OpenGateway,
      );
      expect(error).to.deep.equal({ name: 'TypeError', message: 'Not a number', code: 500 });
    });

    it('carry code, type and data of their own', async () => {
      const error = await errorOf(
        () => Object.assign(new Error('No file'), { code: 'ENOENT', type: 'FILE', data: { path: '/x' } }),
        OpenGateway,
      );
      expect(error).to.deep.equal({
        name: 'Error',
        message: 'No file',
        code: 'ENOENT',
        type: 'FILE',
        data: { path: '/x' },
      });
    });

    it('answer for thrown values that are no errors too', async () => {
      for (const value of ['text', null, undefined, 5, { a: 1 }]) {
        const error = await errorOf(() => value, OpenGateway);
        expect(error).to.include({ code: 500 });
        expect(error.message).to.be.a('string');
      }
    });
  });

  describe('reformatError', () => {
    const told: unknown[][] = [];
    let rewrite: (error: Error, ctx: SocketContext | undefined) => unknown;

    @SocketNamespace('/x', { settings })
    class RewritingGateway extends FailingGateway {
      override reformatError(...args: [Error, SocketContext | undefined, any]) {
        told.push([...args, this]);
        return rewrite(args[0], args[1]);
      }
    }
    const fail = async (make: () => unknown, how: typeof rewrite) => {
      told.length = 0;
      rewrite = how;
      return errorOf(make, RewritingGateway);
    };

    it('rewrites what the client sees, as a plain object', async () => {
      const error = await fail(
        () => new Error('secret'),
        (original) => ({ name: 'MyError', message: original.message.length, code: 1 }),
      );
      expect(error).to.deep.equal({ name: 'MyError', message: 6, code: 1 });
    });

    it('rewrites it as an error, which is masked like any other', async () => {
      expect(
        await fail(
          () => new Error('secret'),
          () => new MoleculerError('seen', 418, 'TEAPOT'),
        ),
      ).to.deep.equal({
        name: 'MoleculerError',
        message: 'seen',
        code: 418,
        type: 'TEAPOT',
      });
      const error = await fail(
        () => new MoleculerError('seen'),
        () => new Error('secret'),
      );
      expect(error).to.deep.equal(expectedMask(error.data.requestID));
    });

    it('is given the error, the context, the socket, and the service as this', async () => {
      await fail(
        () => new MoleculerError('seen'),
        () => undefined,
      );
      const [error, ctx, socket, service] = told[0] as any[];
      expect(error).to.be.instanceOf(MoleculerError);
      expect(ctx.event).to.equal('fail');
      expect(socket).to.equal(ctx.socket);
      expect(service.name).to.equal('rewriting');
      expect(service.broker).to.be.an('object');
    });

    it('is given an Error also where something else was thrown', async () => {
      for (const value of [null, undefined, 'text', { a: 1 }]) {
        await fail(
          () => value,
          () => undefined,
        );
        expect(told[0]![0]).to.be.instanceOf(Error);
      }
    });

    for (const [name, how] of Object.entries<typeof rewrite>({
      'returns undefined': () => undefined,
      'returns the same error': (error) => error,
      'returns a text': () => 'text',
      throws: () => {
        throw new Error('in reformatError');
      },
      'throws null': () => {
        throw null;
      },
    })) {
      it(`leaves the usual where it ${name}`, async () => {
        const masked = await fail(() => new Error('secret'), how);
        expect(masked).to.deep.equal(expectedMask(masked.data.requestID));
        expect(await fail(() => new MoleculerError('seen', 418, 'TEAPOT'), how)).to.deep.equal({
          name: 'MoleculerError',
          message: 'seen',
          code: 418,
          type: 'TEAPOT',
        });
      });
    }

    it('is logged where it throws', async () => {
      const logger = new CollectingLogger();
      rewrite = () => {
        throw new Error('in reformatError');
      };
      thrown = () => new MoleculerError('seen', 418);
      await ask(await client(RewritingGateway, { logger }), 'fail');
      expect(logger.having('in reformatError')).to.have.length(1);
    });

    it('answers all the same where its result cannot be written', async () => {
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      for (const unwritable of [
        circle,
        { message: circle },
        { code: 10n },
        { name: 'X', message: 'y', data: circle },
      ]) {
        expect(
          await fail(
            () => new Error('secret'),
            () => unwritable,
          ),
        ).to.be.an('object');
      }
    });

    it('answers all the same where it rejects', async () => {
      expect(
        await fail(
          () => new Error('secret'),
          () => Promise.reject(new Error('in reformatError')),
        ),
      ).to.be.an('object');
    });

    it('rewrites errors that come before there is a context', async () => {
      rewrite = (error) => ({ rewritten: error.message });
      const asking = await client(RewritingGateway);
      expect((await ask(asking, 'unheard-of')).error).to.deep.equal({ rewritten: 'Not found' });
    });

    it('still logs in full what it has rewritten', async () => {
      const logger = new CollectingLogger();
      rewrite = () => ({ message: 'sorry' });
      thrown = () => new Error('the real reason');
      expect((await ask(await client(RewritingGateway, { logger }), 'fail')).error).to.deep.equal({
        message: 'sorry',
      });
      expect(logger.having('the real reason')).to.have.length(1);
    });
  });
});
