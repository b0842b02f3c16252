import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, registerDecorator, ValidateNested } from 'class-validator';
import { expect } from 'chai';
import sinon from 'sinon';
import type { ValidationOptions } from '../../src';
import { checkClass } from '../../src/validation/check-class';
import { outcomeOf } from './outcomes';

interface Warning {
  readonly code: string;
}

/** Checks a payload by a class for the first time, and returns what was warned of. */
async function firstUse(
  type: new () => object,
  payload: object,
  options: ValidationOptions = { whitelist: true },
): Promise<{ isImmediate: boolean; isValid: boolean; warnings: [string, Warning][] }> {
  const warn = sinon.stub(process, 'emitWarning');
  const check = checkClass(type, options);
  const { isImmediate, isValid } = await outcomeOf(payload, () => check(payload));
  return { isImmediate, isValid, warnings: warn.args as never };
}

describe('at the first use of a class', () => {
  afterEach(() => {
    sinon.restore();
  });

  it('the compiled function is compared with the libraries, and used if it agrees', async () => {
    class Line {
      @IsString() name!: string;
    }
    class Order {
      @Length(2, 10) code!: string;
      @IsOptional() @IsInt() count?: number;
      @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
    }
    const used = await firstUse(Order, { code: 'ab', lines: [{ name: 'a' }] });
    expect(used).to.deep.equal({ isImmediate: true, isValid: true, warnings: [] });
  });

  it('a class for which class-validator would do something else is left to the libraries, with a warning', async () => {
    // A version of class-validator of the future, in which `validate` also wants a signature.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the class that is patched is not exported
    const { ValidationExecutor } = require('class-validator/cjs/validation/ValidationExecutor') as {
      ValidationExecutor: { prototype: { execute(object: object, schema: unknown, errors: object[]): void } };
    };
    const execute = ValidationExecutor.prototype.execute;
    class Signed {
      @IsString() name!: string;
    }
    sinon.stub(ValidationExecutor.prototype, 'execute').callsFake(function (
      this: unknown,
      object,
      schema,
      errors,
    ) {
      execute.call(this, object, schema, errors);
      if (object instanceof Signed && !('signature' in object))
        errors.push({ property: 'signature', constraints: { isSigned: 'must be signed' }, children: [] });
    });
    const { warnings, ...used } = await firstUse(Signed, { name: 'a' });
    expect(used).to.deep.equal({ isImmediate: false, isValid: false });
    expect(warnings).to.have.length(1);
    const [message, { code }] = warnings[0]!;
    expect(message).to.match(
      /^The compiled validation of the class Signed does not agree with class-validator and /,
    );
    expect(code).to.equal('COMPILED_VALIDATION_DISAGREES');
  });

  it('nothing is compiled with the option compiled: false', async () => {
    class Plain {
      @IsString() name!: string;
    }
    const left = await firstUse(Plain, { name: 'a' }, { whitelist: true, compiled: false });
    expect(left).to.deep.equal({ isImmediate: false, isValid: true, warnings: [] });
  });

  it('no code of the application runs for samples', async () => {
    const seen: unknown[] = [];
    const IsSeen = () => (target: object, propertyName: string) =>
      registerDecorator({
        name: 'isSeen',
        target: target.constructor,
        propertyName,
        validator: { validate: (value) => seen.push(value) > 0 },
      });
    class Watched {
      @IsSeen() name!: string;
    }
    await firstUse(Watched, { name: 'from the client' });
    expect(seen).to.deep.equal(['from the client']);
  });
});
