import { expect } from 'chai';
import { Type } from 'class-transformer';
import { Allow, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace, type ValidationOptions } from '../../src';
import { type ClientError, testGateway } from '../../src/testing';

/** An object that JavaScript cannot convert to a primitive. */
const ODD = { toString: 1, valueOf: 1 };

class Cat {
  @IsString() kind!: string;
}
class Dog {
  @IsInt() age!: number;
}
class Payload {
  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Cat, {
    discriminator: { property: 'kind', subTypes: [{ name: 'dog', value: Dog }] },
  })
  pets?: (Cat | Dog)[];
  @IsOptional() @IsString() @Type(() => String) text?: string;
  @IsOptional() @IsInt() @Type(() => Number) count?: number;
  @Allow() @Type(() => Date) date?: Date;
  @Allow() @Type(() => Buffer) bytes?: Buffer;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Payload) inner?: Payload[];
}
class Typed {
  @IsString() text!: string;
}

const problemOf = (field: string, expected: string, actual: string) => ({
  field,
  type: expected.toLowerCase(),
  message: `The value cannot be converted to ${expected}.`,
  expected,
  actual,
});

const CASES: readonly [what: string, payload: object, problem: object][] = [
  [
    'null among objects of several classes',
    { pets: [{ kind: 'cat' }, null] },
    problemOf('pets.1', 'Object', 'null'),
  ],
  ['an object for a text', { text: ODD }, problemOf('text', 'String', 'object')],
  ['an object in a list of texts', { text: ['a', ODD] }, problemOf('text.1', 'String', 'object')],
  ['an object for a number', { count: ODD }, problemOf('count', 'Number', 'object')],
  ['an object for a date', { date: ODD }, problemOf('date', 'Date', 'object')],
  ['an object for binary data', { bytes: {} }, problemOf('bytes', 'Buffer', 'object')],
  ['a length for binary data', { bytes: { length: 2 ** 31 } }, problemOf('bytes', 'Buffer', 'object')],
  ['a number for binary data', { inner: [{ bytes: 5 }] }, problemOf('inner.0', 'Buffer', 'number')],
  [
    'an object far inside',
    { inner: [{}, { inner: [{ text: ODD }] }] },
    problemOf('inner.1.inner.0.text', 'String', 'object'),
  ],
];

const describeOptions = (validation: ValidationOptions) =>
  describe(`a value that class-transformer cannot convert, ${JSON.stringify(validation)}`, () => {
    @SocketNamespace('/', { validation })
    class Converting extends SocketGateway {
      @SocketEvent()
      take(@MessageBody() { pets, text, bytes }: Payload) {
        return [pets?.length, text, bytes?.length];
      }
    }

    @SocketNamespace('/implicit', { validation: { ...validation, enableImplicitConversion: true } })
    class Implicit extends SocketGateway {
      @SocketEvent()
      take(@MessageBody() { text }: Typed) {
        return text;
      }
    }

    const running: { close(): Promise<void> }[] = [];
    const open = async (type: typeof Converting | typeof Implicit) => {
      const gateway = await testGateway(type);
      running.push(gateway);
      return gateway.connect();
    };
    afterEach(async () => {
      for (const gateway of running.splice(0)) await gateway.close();
    });

    const refusal = async (type: typeof Converting | typeof Implicit, payload: object) => {
      const client = await open(type);
      const error = await client.emit('take', payload).then(
        (result) => expect.fail(`it was accepted: ${JSON.stringify(result)}`),
        (thrown: unknown) => thrown as ClientError,
      );
      expect(error).to.include({ code: 422, type: 'VALIDATION_ERROR' });
      return error.data;
    };

    for (const [what, payload, problem] of CASES)
      it(`is told: ${what}`, async () => {
        expect(await refusal(Converting, payload)).to.deep.equal([problem]);
      });

    it('is told if the type is converted implicitly', async () => {
      expect(await refusal(Implicit, { text: ODD })).to.deep.equal([problemOf('text', 'String', 'object')]);
    });

    it('leaves other values as they were', async () => {
      const client = await open(Converting);
      const bytes = { type: 'Buffer', data: [1] };
      expect(await client.emit('take', { pets: [{ kind: 'dog', age: 1 }], text: 5, bytes })).to.deep.equal([
        1,
        '5',
        1,
      ]);
    });
  });

describeOptions({});
describeOptions({ compiled: false });
