import { expect } from 'chai';
import { Errors, type ServiceSchema } from 'moleculer';
import { SocketIOService } from '../../src';
import { ask, connect, newBroker } from '../support/run-gateway';
import { MATH, startIo, type Parts } from './start-io';

/*
 * Errors look as those of moleculer-io, but for the id of the node.
 */

const OPEN = { '/': { events: { call: {} } } };
const VALIDATION = {
  name: 'ValidationError',
  message: 'Parameters validation error!',
  code: 422,
  type: 'VALIDATION_ERROR',
};

describe('errors of moleculer-io', () => {
  it('name the action in the entries of a ValidationError', async () => {
    const client = await connect(await startIo(OPEN), '/');
    expect((await ask(client, 'call', 'math.add', { a: 'x' })).error).to.deep.equal({
      ...VALIDATION,
      data: [
        {
          action: 'math.add',
          type: 'number',
          field: 'a',
          message: "The 'a' field must be a number.",
          actual: 'x',
        },
        { action: 'math.add', type: 'required', field: 'b', message: "The 'b' field is required." },
      ],
    });
  });

  it('do so for actions of other nodes, without the id of the node', async () => {
    const options = { transporter: 'Fake', namespace: 'error-format' } as const;
    await newBroker(MATH, { ...options, nodeID: 'secret-node' }).start();
    const running = await startIo(OPEN, {}, [], { ...options, nodeID: 'gateway' });
    const { error } = await ask(await connect(running, '/'), 'call', 'math.add', { a: 1 });
    expect(error).to.deep.equal({
      ...VALIDATION,
      data: [{ action: 'math.add', type: 'required', field: 'b', message: "The 'b' field is required." }],
    });
  });

  it('do so where socketOnError calls the one of the mixin', async () => {
    const mixin = SocketIOService.methods as Record<string, any>;
    const parts: Parts = {
      methods: {
        socketOnError(error: Error, respond: (answer: unknown) => void) {
          mixin['socketOnError'].call(this, error, (answer: object) => {
            respond({ ...answer, mine: true });
          });
        },
      },
    };
    const client = await connect(await startIo(OPEN, parts), '/');
    const { error } = await ask(client, 'call', 'math.add', { a: 1 });
    expect(error).to.deep.include({ ...VALIDATION, mine: true });
    expect(error.data[0]).to.include({ action: 'math.add', field: 'b' });
  });

  for (const action of [222, null, undefined, {}, true]) {
    it(`are a Bad Request for the action ${JSON.stringify(action)}`, async () => {
      const client = await connect(await startIo(OPEN), '/');
      expect((await ask(client, 'call', action, { a: 1 })).error).to.deep.equal({
        name: 'BadRequestError',
        message: 'Bad Request',
        code: 400,
        type: 'ERR_INVALID_FORMAT',
      });
    });
  }

  it('hold what an action answers itself, untouched', async () => {
    const failing: ServiceSchema = {
      name: 'failing',
      actions: {
        work() {
          throw new Errors.MoleculerClientError('no', 409, 'TAKEN', [{ type: 'a', field: 'b', action: 'c' }]);
        },
      },
    };
    const client = await connect(await startIo(OPEN, {}, [failing]), '/');
    expect((await ask(client, 'call', 'failing.work')).error).to.deep.equal({
      name: 'MoleculerClientError',
      message: 'no',
      code: 409,
      type: 'TAKEN',
      data: [{ type: 'a', field: 'b', action: 'c' }],
    });
  });
});
